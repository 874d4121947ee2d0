"""What was announced, said or published: the telling sentences of stored items, newest first, one a story."""

import re
from collections.abc import Sequence
from datetime import date

from bot.answer.dates import written
from bot.answer.kinds.change import happened, news_span
from bot.answer.kinds.common import Case, best_span, flat, say_all, unheld_names
from bot.answer.text import sentence_spans, site_of, terms
from bot.answer.values import Draft, Evidence, Line, News, Quote
from kb.types import Hit, Passage

_MOST, _FACTS = 6, 4
_LEAST_OVERLAP = 0.6
_NEAR, _LEAST_NEAR = 0.55, 0.34
_OF_BEST = 0.55
_LEAD_LONGEST = 420
_WHAT_IS = re.compile(r"^\W*(?:what|who)(?:'s| is| are)\b|\btell me (?:more )?about\b|\bknow about\b", re.I)
_LABEL = re.compile(r"\w+: \S+$")  # a field of a feed, no sentence
_TAILS = ("news", "blog", "research", "engineering", "hq")


def compose(case: Case) -> Draft:
    """Items of the asked publisher on the asked topic; what the facts date in the same period stands behind."""
    ask = case.read.news or News()
    found = newest(relevant(case, ask))
    lines = [line for hit in found[:_MOST] if (line := told(hit, ask))]
    if case.read.subjects and case.read.period and not ask.topic:
        lines += happened(case, *news_span(case.read))[:_FACTS]
    notes = _notes(case, len(found))
    if lines:
        return Draft(tuple(lines), notes=notes)
    known = say_all([v for s in case.read.subjects[:3] for v in case.book.of(s, "released")][:3], "On record")
    because = f"no stored item {_sought(ask)}{_when(case)}"
    return Draft(tuple(known), notes=notes, abstained_because=because, lead=f"I found nothing: {because}.")


def _sought(ask: News) -> str:
    by = f"of {ask.publisher} " if ask.publisher else ""
    return f"{by}speaks of {ask.topic}" if ask.topic else f"{by}was found".strip()


def _when(case: Case) -> str:
    period = case.read.period
    if period is None or period.sense == "now":
        return ""
    return f" ({period.words})"


def _notes(case: Case, found: int) -> tuple[str, ...]:
    more = [f"{found - _MOST} more stored items fit; these are the newest."] if found > _MOST else []
    return tuple(more)


# ---------------------------------------------------------------- which items


def relevant(case: Case, ask: News) -> list[Hit]:
    """Hits that speak of the topic and come from, or name, the publisher; flagged ones and opinion are left out."""
    hits = [h for h in case.gathered.news if h.passage.quotable]
    kept = [h for h in hits if _on_topic(h, ask) and _of_publisher(h.passage, ask)]
    best = max((h.score for h in kept), default=0.0)
    return [h for h in kept if h.score >= _OF_BEST * best]


def _on_topic(hit: Hit, ask: News) -> bool:
    """Every name of the topic must stand there; of its other words, most."""
    topic = frozenset(terms(ask.topic)) - frozenset(terms(ask.publisher))
    if not topic:
        return True
    said = frozenset(terms(f"{hit.passage.title} {hit.passage.text}"))
    if any(not frozenset(terms(name)) <= said for name in (*ask.names, *_proper(ask.topic))):
        return False
    overlap = len(topic & said) / len(topic)
    return overlap >= _LEAST_OVERLAP or (overlap >= _LEAST_NEAR and (hit.cosine or 0.0) >= _NEAR)


def _proper(topic: str) -> list[str]:
    """Words written as names: a capital or a figure inside."""
    return [w for w in topic.split() if re.search(r"[A-Z]|\d", w)]


def _of_publisher(passage: Passage, ask: News) -> bool:
    if not ask.publisher or is_by(ask.publisher, passage.publisher, passage.url):
        return True
    return frozenset(terms(ask.publisher)) <= frozenset(terms(f"{passage.title} {passage.text}"))


def is_by(name: str, *places: str) -> bool:
    """Does the name stand, word for word, in a publisher, title or address? "Hugging Face" is in huggingface.co."""
    wanted = re.sub(r"[^a-z0-9]", "", name.lower())
    if len(wanted) >= 6 and wanted.endswith("s") and is_by(wanted[:-1], *places):  # "anthropics post"
        return True
    for place in places:
        words = re.findall(r"[a-z0-9]+", place.lower())
        if len(wanted) >= 3 and any(w in {wanted + tail for tail in _TAILS} for w in words):
            return True
        if any(
            "".join(words[i:j]) == wanted for i in range(len(words)) for j in range(i + 1, min(i + 4, len(words) + 1))
        ):
            return True
    return False


def newest(hits: Sequence[Hit]) -> list[Hit]:
    """One hit a story (the best of it), newest first."""
    stories: set[str] = set()
    kept = []
    for hit in sorted(hits, key=lambda h: -h.score):
        title = re.sub(r"\W+", "", hit.passage.title.lower())
        keys = {
            k for k in (hit.passage.story_key, f"title:{title}" if title else "", f"item:{hit.passage.item_id}") if k
        }
        if not keys & stories:
            kept.append(hit)
        stories |= keys
    return sorted(kept, key=lambda h: day_of(h.passage), reverse=True)


def day_of(passage: Passage) -> date:
    return (passage.published_at or passage.known_from).date()


def titled(case: Case) -> list[Line]:
    """Items whose title bears a name that no fact speaks of: what is stored on it, in its source's words."""
    if not _WHAT_IS.search(case.read.question):
        return []
    names = frozenset(t for n in unheld_names(case) for t in terms(n))
    hits = [
        h for h in case.gathered.hits if names and names <= frozenset(terms(h.passage.title)) and h.passage.quotable
    ]
    ask = News(topic=" ".join(unheld_names(case)))
    return [line for hit in newest(hits)[:3] if (line := told(hit, ask))]


# ---------------------------------------------------------------- in words


def told(hit: Hit, ask: News) -> Line | None:
    """Publisher, day, title, and the sentence that says most on the topic, verbatim."""
    passage = hit.passage
    asked = frozenset(terms(f"{ask.topic} {' '.join(ask.names)}"))
    span = best_span(passage.text, asked) or opening(passage.text)
    if not span:
        return None
    by, day, title = passage.publisher or site_of(passage.url), day_of(passage), flat(passage.title)
    quote = Quote(
        span,
        None,
        passage.title,
        by,
        passage.url,
        day,
        int(passage.tier),
        passage.version_id,
        passage.known_from.date(),
    )
    named = f", “{title}”" if title and flat(span) != title else ""
    return Line(f"{by} ({written(day)}){named}: “{flat(span)}”", (Evidence(quote=quote),), literal=True)


def opening(text: str) -> str:
    """The first whole sentence of some length; of a short entry, all of it."""
    for start, end in sentence_spans(text[:3000]):
        if (
            40 <= end - start <= _LEAD_LONGEST
            and text[start] not in "#|"
            and " | " not in text[start:end]
            and "http" not in text[start:end]
        ):
            return text[start:end]
    short = text.strip().split(" | ")[0]
    if _LABEL.match(short):
        return ""
    return short if 0 < len(short) <= _LEAD_LONGEST and "http" not in short and "\n" not in short else ""
