"""Histories of polls that are worse than the recorded ones, each with what it should come to.

A poll is a body with how long after the one before it is asked for. `Told` is the sum over all polls but the first.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.servers import CHALLENGE

BEGINNING = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What all polls after the first report together, and what is stored in the end."""

    items: int
    versions: int
    new: int = 0
    edited: int = 0
    vanished: int = 0
    returned: int = 0
    renamed: int = 0
    flapped: int = 0
    emptied: int = 0
    failed: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    name: str
    polls: tuple[bytes, ...]
    told: Told
    apart: timedelta = HOUR


def post(
    n: int,
    *,
    guid: str = "",
    link: str = "",
    title: str = "",
    body: str = "",
    at: datetime | None = None,
) -> str:
    """Entry number `n`, with a body that is long enough to be its own."""
    said = body or (
        f"The {n}th note of the laboratory tells of a model that weighs {n} billion parameters. It was trained on "
        f"{n} clusters, it costs {n} cents a million tokens, and its licence has {n} clauses, all of which are "
        "printed below in the order in which its lawyers thought of them."
    )
    dated = format_datetime(at or BEGINNING - timedelta(days=n), usegmt=True)
    return (
        f"<item><guid isPermaLink='false'>{guid or f'note-{n}'}</guid><link>{link or f'http://lab.org/notes/{n}'}</link>"
        f"<title>{title or f'Note {n}'}</title><description>{said}</description><pubDate>{dated}</pubDate></item>"
    )


def feed(posts: Iterable[str]) -> bytes:
    return f"<rss version='2.0'><channel><title>A laboratory</title>{''.join(posts)}</channel></rss>".encode()


def feed_of(numbers: Iterable[int], **how: str) -> bytes:
    return feed(post(n, **how) for n in numbers)


TEN = range(1, 11)


def cut_inside_an_entry() -> History:
    """The sixth of ten entries breaks off: nothing vanishes, and half an entry is no edit."""
    whole = feed_of(TEN)
    at = whole.index(b"<title>Note 6")
    polls = (whole, whole[: at + 40], whole, whole[: at + 90], whole)
    return History(name="cut inside an entry", polls=polls, told=Told(items=10, versions=10, refused=2))


def stale_mirror() -> History:
    """Behind a load balancer one mirror lags by two entries."""
    fresh, stale = feed_of(range(1, 13)), feed_of(range(3, 13))
    polls = (stale, fresh, stale, fresh, stale, fresh)
    return History(
        name="a mirror that lags", polls=polls, told=Told(items=12, versions=12, new=2, vanished=4, returned=4)
    )


def disagreeing_mirrors() -> History:
    """Two mirrors render one entry in two ways. The first change is an edit, going back and forth is none."""
    one, other = feed_of(TEN), feed([post(1, title="Note 1 &#8211; updated"), *(post(n) for n in range(2, 11))])
    polls = (one, *([other, one] * 5))
    return History(name="mirrors that disagree", polls=polls, told=Told(items=10, versions=11, edited=1, flapped=9))


def rotating_ids() -> History:
    """Every body has ids of its own; links and words stay."""
    polls = tuple(feed(post(n, guid=f"session-{poll}-{n}") for n in TEN) for poll in range(6))
    return History(name="ids rotate", polls=polls, told=Told(items=10, versions=10, renamed=50))


def rotating_ids_and_links() -> History:
    polls = tuple(
        feed(post(n, guid=f"s{poll}-{n}", link=f"http://lab.org/notes/{n}?session={poll}") for n in TEN)
        for poll in range(6)
    )
    return History(name="ids and links rotate", polls=polls, told=Told(items=10, versions=10, renamed=50))


def rotating_links() -> History:
    polls = tuple(feed(post(n, link=f"http://lab.org/notes/{n}?session={poll}") for n in TEN) for poll in range(6))
    return History(name="links rotate", polls=polls, told=Told(items=10, versions=10, renamed=50))


def rotating_ids_of_short_notes() -> History:
    """Entries that say next to nothing are known by their time, or by their link."""

    def one(n: int, poll: int) -> str:
        return post(n, guid=f"{poll}-{n}", title="Release", body=".", link=f"http://lab.org/r/{n}?s={poll}")

    polls = tuple(feed(one(n, poll) for n in TEN) for poll in range(4))
    return History(name="ids of short notes rotate", polls=polls, told=Told(items=10, versions=10, renamed=30))


def short_notes_that_are_new() -> History:
    """The same few words every day, at another time and place: news each time, or a nightly build would be lost."""

    def one(n: int) -> str:
        return post(n, title="Nightly build", body="Built.", at=BEGINNING + timedelta(days=n, minutes=n))

    polls = tuple(feed([one(n)]) for n in range(5))
    told = Told(items=5, versions=5, new=4, vanished=4)
    return History(name="short notes that are new", polls=polls, told=told, apart=timedelta(days=1))


def to_https() -> History:
    """All links, and with them all ids, move to https on another day."""
    before = feed(post(n, guid=f"http://lab.org/notes/{n}") for n in TEN)
    after = feed(post(n, guid=f"https://lab.org/notes/{n}", link=f"https://www.lab.org/notes/{n}/") for n in TEN)
    told = Told(items=10, versions=10, renamed=10)
    return History(name="all links to https", polls=(before, after, after), told=told)


def shuffled_and_redated() -> History:
    rng = random.Random(4)

    def shuffled(poll: int) -> bytes:
        order = list(TEN)
        rng.shuffle(order)
        return feed(post(n, at=BEGINNING + poll * HOUR) for n in order)

    polls = tuple(shuffled(poll) for poll in range(6))
    return History(name="shuffled and re-dated", polls=polls, told=Told(items=10, versions=10))


def rotating_advertisement() -> History:
    """Three advertisements take turns in a title: two edits, then only what was said before."""
    ads = ("Hosting at half the price", "Hire a hero", "GPUs by the hour")
    polls = tuple(
        feed([post(1, title=f"Note 1 [{ads[poll % 3]}]"), *(post(n) for n in range(2, 11))]) for poll in range(12)
    )
    return History(name="an advertisement rotates", polls=polls, told=Told(items=10, versions=12, edited=2, flapped=9))


def endless_advertisement() -> History:
    """A title that never repeats: six versions a day, and on the next day what it says then."""
    polls = tuple(
        feed([post(1, title=f"Note 1, read {poll} times"), *(post(n) for n in range(2, 11))]) for poll in range(24)
    )
    return History(name="a counter in a title", polls=polls, told=Told(items=10, versions=15, edited=5, flapped=18))


def emptied_and_full() -> History:
    polls = (feed_of(TEN), feed([]), feed_of(TEN), feed([]), feed_of(range(11)))
    told = Told(items=11, versions=11, new=1, vanished=20, returned=20, emptied=2)
    return History(name="empty, then full", polls=polls, told=told)


def replaced_by_html() -> History:
    page = b"<!DOCTYPE html><html><head><title>We have moved</title></head><body>Our new site</body></html>"
    polls = (feed_of(TEN), page, CHALLENGE, b"upstream connect error", b"", feed_of(TEN))
    return History(name="HTML, then the feed again", polls=polls, told=Told(items=10, versions=10, failed=4))


def changing_encodings() -> History:
    """The same words as UTF-8 with and without a byte order mark, as UTF-16, Latin-1 and, unsaid, Windows-1252."""
    text = feed([post(1, title="Poids libres: déjà vu", body="Où trouver les poids? " * 12), *map(post, range(2, 5))])
    said = text.decode()
    polls = (
        text,
        b"\xef\xbb\xbf" + text,
        b"\xff\xfe" + f'<?xml version="1.0" encoding="utf-16"?>{said}'.encode("utf-16-le"),
        b'<?xml version="1.0" encoding="iso-8859-1"?>' + said.encode("latin-1"),
        said.encode("cp1252"),
        b'<?xml version="1.0" encoding="utf-8"?>' + text,
    )
    return History(name="encodings flip", polls=polls, told=Told(items=4, versions=4))


def sliding_window() -> History:
    """The last ten of thirty: each poll brings two and drops two."""
    polls = tuple(feed_of(range(30 - 2 * poll, 20 - 2 * poll, -1)) for poll in range(10))
    return History(name="a window slides", polls=polls, told=Told(items=28, versions=28, new=18, vanished=18))


def back_after_a_month() -> History:
    """Three entries are gone for a month and come back, one of them under another id."""
    again = feed([*(post(n) for n in range(1, 10)), post(10, guid="tag:lab.org,2026:10")])
    polls = (feed_of(TEN), feed_of(range(1, 8)), feed_of(range(1, 8)), again)
    told = Told(items=10, versions=10, vanished=3, returned=3, renamed=1)
    return History(name="back after a month", polls=polls, told=told, apart=timedelta(days=15))


def corrected_and_withdrawn() -> History:
    """A change that stands for a month and is then taken back is two edits: that is what happened."""
    one, other = feed_of(TEN), feed([post(1, body="The price is 3 cents. " * 12), *(post(n) for n in range(2, 11))])
    return History(
        name="a correction taken back",
        polls=(one, other, one),
        told=Told(items=10, versions=12, edited=2),
        apart=timedelta(days=30),
    )


def rotating_ids_with_a_new_entry_each_time() -> History:
    """What is really new is not lost among the rotating ids, nor is an edit."""
    polls = tuple(
        feed(
            post(n, guid=f"{poll}-{n}", body="Rewritten: " + "the terms changed. " * 15 if (n, poll) == (8, 3) else "")
            for n in range(10 - poll, 15 - poll)
        )
        for poll in range(4)
    )
    told = Told(items=8, versions=9, new=3, edited=1, vanished=3, renamed=12)
    return History(name="ids rotate among news", polls=polls, told=told)


MADE: tuple[Callable[[], History], ...] = (
    cut_inside_an_entry,
    stale_mirror,
    disagreeing_mirrors,
    rotating_ids,
    rotating_ids_and_links,
    rotating_links,
    rotating_ids_of_short_notes,
    short_notes_that_are_new,
    to_https,
    shuffled_and_redated,
    rotating_advertisement,
    endless_advertisement,
    emptied_and_full,
    replaced_by_html,
    changing_encodings,
    sliding_window,
    back_after_a_month,
    corrected_and_withdrawn,
    rotating_ids_with_a_new_entry_each_time,
)


def histories() -> list[History]:
    return [make() for make in MADE]
