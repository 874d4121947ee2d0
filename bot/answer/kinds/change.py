"""What changed in a period: facts that became known, what they replaced, what is coming, and the news by story."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.answer.book import date_of
from bot.answer.dates import written
from bot.answer.kinds.common import (
    PRICE_FIELDS,
    Case,
    missing_names,
    passage_lines,
    say_all,
    settle,
    with_disputes,
    with_history,
)
from bot.answer.quotes import quote_of
from bot.answer.text import plural, sentence_spans, site_of, terms
from bot.answer.values import Draft, Evidence, Line, Understood
from kb.facts.fields import prefix_of
from kb.types import FactView, ItemVersion, Status

_SHORTLIST = re.compile(
    r"\b(?:we|our|i)\b[^.?!]{0,20}\bshort-?list\w*|\bour (?:models?|list|candidates|picks?)\b|\bwe "
    r"(?:picked|chose|selected)\b",
    re.I,
)
_TOPICS = {
    "Licences": ("licence",),
    "Prices": ("offer", "gpu"),
    "Regulation": ("duty", "rule", "regime"),
    "Models": ("model",),
    "Vendors": ("vendor", "provider"),
}
_ASKED = {"price": ("offer", "gpu"), "licence": ("licence", "model"), "regulation": ("duty", "rule", "regime")}
_EACH, _MOST = 5, 16
_AHEAD = timedelta(days=60)


def compose(case: Case) -> Draft:
    if _SHORTLIST.search(case.read.question) and not case.read.subjects:
        return _ask_for_list(case)
    first, last = span(case.read)
    groups = [happened(case, first, last)]
    groups += [_fresh(case, first, last, heading, prefixes) for heading, prefixes in _TOPICS.items()]
    groups.append(news(case, "News", limit=_EACH) if not asked_topics(case) or case.read.subjects else [])
    if last >= case.read.as_of:
        groups.append(_coming(case, last))
    lines, more = fewest([settle(g) for g in groups], _MOST)
    if case.read.subjects and not lines:
        lines = settle(passage_lines(case, must_name=True))
    period = f"{written(first)} to {written(last)}"
    named = case.read.period is not None and case.read.period.sense not in ("now", "ahead")
    looked = f"Period looked at: {period}." if named else f"No period was named, so I looked at {period}."
    notes = [
        *missing_names(case),
        looked,
        *([f"{plural(more, 'further change')} in that period not shown."] if more else []),
    ]
    if not lines:
        about = " on " + ", ".join(case.names(case.read.subjects)[:3]) if case.read.subjects else ""
        because = f"nothing that I hold{about} became known from {period}"
        return Draft(notes=tuple(notes), abstained_because=because, lead=f"I found no change: {because}.")
    return Draft(tuple(lines), notes=tuple(notes))


def fewest(groups: Sequence[Sequence[Line]], most: int) -> tuple[list[Line], int]:
    """The groups in their order, together no more than `most`: the longest give way first; how many were left out."""
    sizes = [len(g) for g in groups]
    while sum(sizes) > most:
        sizes[sizes.index(max(sizes))] -= 1
    return [line for g, n in zip(groups, sizes, strict=True) for line in g[:n]], sum(map(len, groups)) - sum(sizes)


def _ask_for_list(case: Case) -> Draft:
    question = "Which models are on your shortlist? I have no list of yours in this thread, and will not guess it."
    because = "the shortlist is not known in this thread"
    return Draft(
        questions=(question,),
        abstained_because=because,
        lead="I do not know your shortlist, so I cannot say what changed for it.",
    )


def span(read: Understood) -> tuple[date, date]:
    """The days asked about; without any, the last seven, or a quarter where something was named."""
    period, as_of = read.period, read.as_of
    if period is None or period.sense in ("now", "ahead"):
        return as_of - timedelta(days=90 if read.subjects and period is None else 7), as_of
    return period.since or as_of - timedelta(days=30), min(period.until or as_of, as_of)


def news_span(read: Understood) -> tuple[date | None, date]:
    """The period as asked, open at its beginning where none was named."""
    period = read.period
    return (period.since if period else None), min((period.until if period else None) or read.as_of, read.as_of)


def _fresh(case: Case, first: date, last: date, heading: str, prefixes: Sequence[str]) -> list[Line]:
    views = [
        v
        for v in case.book.views
        if first <= moved_on(v) <= last and v.status is not Status.SUPERSEDED and _wanted(case, v, prefixes)
    ]
    moved = [v for v in views if _changed(case, v, first, last)]
    if heading == "Prices" and not moved:
        heading = "Prices newly recorded, with no earlier value to compare"
    views = moved or [v for v in views if v.fact.source_id is None]  # a table's row is no news for being read
    views = sorted(views, key=lambda v: (v.fact.field not in _DATED, -moved_on(v).toordinal(), v.fact.key))[:_EACH]
    return [*say_all(with_disputes(case, views), heading), *with_history(case, views, heading)]


def moved_on(view: FactView) -> date:
    """The day a fact began to matter: a price when it took effect, anything else when it became known."""
    fact = view.fact
    return fact.valid_from if fact.valid_from and prefix_of(fact.subject) in ("offer", "gpu") else fact.known_from


_DATED = {
    "released": "Releases",
    "deprecated_on": "Retirements",
    "applies_from": "Law that began to apply",
    "in_force_from": "Law that began to apply",
    "deadline": "Deadlines that passed",
}


def happened(case: Case, first: date | None, last: date) -> list[Line]:
    """What the period's own days say: released, retired, in force. Only the asked kind, if one was asked for."""
    asked = [f for f in case.read.fields if f in _DATED] or [f for f in _DATED if not asked_topics(case)]
    found = []
    topics = asked_topics(case)
    for view in case.book.having(*asked):
        day = date_of(view)
        named = not case.read.subjects or view.fact.subject in {
            o for s in case.read.subjects for o in case.book.related(s)
        }
        if day and (first is None or first <= day) and day <= last and named and of_topic(view, topics):
            found.append((day, view.fact.key, view))
    recent = [v for _, _, v in sorted(found, key=lambda f: f[:2], reverse=True)]
    return [
        line for field in asked for line in say_all([v for v in recent if v.fact.field == field][:_EACH], _DATED[field])
    ]


def of_topic(view: FactView, topics: set[str]) -> bool:
    return not topics or prefix_of(view.fact.subject) in topics


def _changed(case: Case, view: FactView, first: date, last: date) -> bool:
    """A change, not merely a statement new to us: it replaced another value, or took effect in the period."""
    began = view.fact.valid_from
    tracked = prefix_of(view.fact.subject) == "gpu"  # a tracker's row begins when it was read
    return bool(began and first <= began <= last and not tracked) or any(
        o.fact.value != view.fact.value for o in case.book.replaced_by(view)
    )


def _wanted(case: Case, view: FactView, prefixes: Sequence[str]) -> bool:
    subject = view.fact.subject
    if prefix_of(subject) not in prefixes or view.fact.field in ("name", "alias"):
        return False
    topics = asked_topics(case)
    if view.fact.field in _DATED and not case.book.replaced_by(view):
        return False  # told under its own day; a day that was moved is a change of its own
    if topics and prefix_of(subject) not in topics:
        return False
    if topics and prefix_of(subject) == "model" and view.fact.field != "licence":
        return False
    return not case.read.subjects or subject in {o for s in case.read.subjects for o in case.book.related(s)}


def asked_topics(case: Case) -> set[str]:
    fields = set(case.read.fields)
    topics: set[str] = set()
    if fields & PRICE_FIELDS or re.search(r"\bpric\w+", case.read.question, re.I):
        topics |= set(_ASKED["price"])
    if "licence" in fields or re.search(r"\blicen[cs]\w+", case.read.question, re.I):
        topics |= set(_ASKED["licence"])
    if re.search(r"\bregulat\w+|\blaws?\b|\bAI Act\b|\bcomplian\w+", case.read.question, re.I):
        topics |= set(_ASKED["regulation"])
    return topics


def _coming(case: Case, last: date) -> list[Line]:
    """Dates ahead: duties that start, prices that change, models that end."""
    found: list[tuple[date, str, FactView]] = []
    every = {p for ps in _TOPICS.values() for p in ps}
    for view in case.book.views:
        day = date_of(view) or (view.fact.valid_from if view.status is Status.SCHEDULED else None)
        if (
            day
            and last < day <= last + _AHEAD
            and view.status is not Status.SUPERSEDED
            and _wanted(case, view, sorted(every))
        ):
            found.append((day, view.fact.key, view))
    return say_all([v for _, _, v in sorted(found, key=lambda f: f[:2])][:_EACH], "Coming up")


def news(case: Case, heading: str, limit: int = 6) -> list[Line]:
    """The newest items, one a story, quoted; flagged ones and opinion are left out."""
    asked = frozenset(terms(" ".join(m.words for m in case.read.mentions)))
    lines: list[Line] = []
    stories: set[str] = set()
    for version in case.gathered.recent:
        if version.story_key in stories or not version.quotable:
            continue
        if version.published_at is None and version.version == 1:
            continue  # an undated page seen for the first time is no news
        if asked and not asked & frozenset(terms(version.title)):
            continue
        line = _news_line(version, heading)
        if line:
            stories.add(version.story_key)
            lines.append(line)
        if len(lines) == limit:
            break
    return lines


def _news_line(version: ItemVersion, heading: str) -> Line | None:
    spans = [
        (s, e) for s, e in sentence_spans(version.text[:3000]) if 40 <= e - s <= 320 and version.text[s] not in "#|"
    ]
    if not spans:
        return None
    day = (version.published_at or version.known_from).date()
    text = version.text[spans[0][0] : spans[0][1]]
    quote = quote_of(version, text)
    said = " ".join(text.split())
    return Line(
        f"{version.publisher or site_of(version.url)} ({written(day)}): “{said}”",
        (Evidence(quote=quote),),
        section=heading,
        literal=True,
    )
