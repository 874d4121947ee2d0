"""The general fall-back: what carries the question's words beyond its names, wherever it stands. Pure.

A fact or a stored passage answers if its rarest words are those of the question. It comes first where the chosen facts
speak of something else, stands alone where nothing was chosen, and nothing is said where nothing covers the question.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from bot.answer.dates import date_mentions
from bot.answer.kinds.common import PRICE_FIELDS, Case, label_of, settle, unheld_names
from bot.answer.kinds.fact import nothing
from bot.answer.kinds.news import newest, told
from bot.answer.text import expand, stem, terms
from bot.answer.values import Draft, Kind, Line, News
from kb.types import Hit

_NEAR, _NEAR_ENOUGH, _NEAR_STRAY, _NEAR_OWN = 0.40, 0.55, 0.5, 0.2
_LEAST, _LEAST_FIRST, _COVERED = 0.6, 0.75, 0.5
_OF_BEST = 0.8
_NEAR_SURE, _HALF = 0.6, 0.45  # as near as this, half of the words will do
_STRAY = 0.34  # passages that carry less of the question than this answer another one
_MOST = 3
_TALK = frozenset(terms(
    "know describe explain summarise overview detail details info good give show help want need many still long "
    "current currently really actually called call name named exactly now please quick question anyone "
    "anything something version versions llm ai model models new newest latest recent recently "
    "pls thanks happen happened"
))  # fmt: skip
_DEEDS = frozenset(terms(
    "find found add added buy bought acquire acquired publish published announce announced release released launch "
    "launched ship shipped post posted write wrote say said report reported introduce introduced unveil make made use "
    "conclude concluded show showed learn learned test tested evaluate evaluated open opened change changed hire hired "
    "raise raised sign signed join joined get got"
))  # fmt: skip
_DEED_WEIGHT = 0.35
_OTHER_WORDS = {
    "bought": "acquired acquires acquisition", "buy": "acquired acquires acquisition bought",
    "sold": "acquired acquires",
    "acquired": "acquisition acquires bought buys part", "add": "supports introducing available launches live",
    "speech": "tts asr voice", "text": "tts asr", "money": "funding raises investment million", "funding": "raises",
    "boss": "ceo", "hired": "joins appoints names", "partner": "collaborates teams", "cyber": "cybersecurity security",
    "chip": "processor lpu silicon accelerator", "layoffs": "cuts jobs", "merged": "joins merges acquired part",
    "founded": "started", "outage": "incident downtime", "hacked": "breach incident", "sued": "lawsuit court",
}  # fmt: skip
_ALSO = {stem(word): terms(others) for word, others in _OTHER_WORDS.items()}
_BACKED = (Kind.FACT, Kind.REGULATION, Kind.OUT_OF_SCOPE)


def backed(case: Case, draft: Draft) -> Draft:
    """The draft with what covers the question better before it, or in the place of a refusal."""
    answerable = case.read.kind in _BACKED or (case.read.news is not None and not draft.lines)
    if not answerable or case.read.resolved_from or not case.gathered.hits or case.read.parts:
        return draft
    stray = case.read.kind is Kind.OUT_OF_SCOPE
    wanted = _Wanted.of(case)
    if not wanted.weights or case.read.unknown:
        return draft
    quoted = bool(draft.lines) and not any(e.view or not e.quote for line in draft.lines for e in line.evidence)
    empty = not draft.lines or (quoted and case.read.news is None)
    chosen = max((wanted.share(_of_line(line)) for line in draft.lines), default=0.0)
    if not empty and (chosen >= _COVERED or _answers_field(case, draft)):
        return draft
    lines = passages(case, wanted, least=_LEAST if empty else max(_LEAST_FIRST, chosen + 0.3), stray=stray)
    if not lines and quoted and empty and chosen < _STRAY:
        return nothing(case, draft.notes)
    if not lines:
        return draft
    if empty:
        return Draft(tuple(settle(lines)), notes=draft.notes)
    return replace(draft, lines=tuple(settle([*lines, *draft.lines[:4]])), abstained_because=None, lead="")


def _answers_field(case: Case, draft: Draft) -> bool:
    """Facts of an asked field of a named subject answer in other words than the question's."""
    if any(line.formula for line in draft.lines[:3]):
        return True
    views = [e.view for line in draft.lines[:3] for e in line.evidence if e.view]
    asked = set(case.read.fields) - {"definition", "summary", "status"}
    related = {o for s in case.read.subjects[:12] for o in case.book.related(s)}
    return any(v.fact.field in asked and v.fact.subject in related for v in views)


def _of_line(line: Line) -> frozenset[str]:
    said = [line.text]
    for evidence in line.evidence:
        if evidence.view:
            said.append(f"{evidence.view.fact.field.replace('_', ' ')} {label_of(evidence.view.fact.field)}")
        if evidence.quote:
            said.append(f"{evidence.quote.title} {evidence.quote.publisher} {_host(evidence.quote.url)}")
    return frozenset(terms(" ".join(said)))


def _host(url: str) -> str:
    return " ".join(re.split(r"[^a-z0-9]+", urlsplit(url).netloc.lower()))


# ---------------------------------------------------------------- what must be covered


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The question's content words with their weights; names apart, for each of them must occur."""

    weights: dict[str, float]
    names: tuple[frozenset[str], ...]
    rarest: tuple[str, ...]

    @staticmethod
    def of(case: Case) -> "_Wanted":
        case.book.warm()
        text = _undated(case)
        names = [frozenset(terms(m.words)) for m in case.read.mentions]
        named = frozenset(t for n in names for t in n)
        words = [t for t in dict.fromkeys(terms(text)) if t not in named and t not in _TALK]
        weights = {t: case.book.idf(t) * (_DEED_WEIGHT if t in _DEEDS else 1.0) for t in words}
        held = [frozenset(terms(n)) for n in unheld_names(case)]
        most = max(weights.values(), default=0.0)
        rarest = tuple(t for t in weights if weights[t] == most)
        return _Wanted(weights, tuple(n for n in [*names, *held] if n), rarest)

    def share(self, said: frozenset[str]) -> float:
        total = sum(self.weights.values())
        return sum(w for t, w in self.weights.items() if occurs(t, said)) / total if total else 0.0


def _undated(case: Case) -> str:
    text = case.read.question
    for day in sorted(date_mentions(text, case.read.today), key=lambda d: -d.start):
        text = text[: day.start] + " " + text[day.end :]
    return text


def occurs(term: str, said: Iterable[str]) -> bool:
    """The word, another word for it, or one of the same long stem ("reranker", "rerank")."""
    if term in said or any(o in said for o in (*_ALSO.get(term, ()), *expand((term,)))):
        return True
    return len(term) >= 6 and any(len(s) >= 5 and (s.startswith(term) or term.startswith(s)) for s in said)


# ---------------------------------------------------------------- passages


def passages(case: Case, wanted: _Wanted, *, least: float, stray: bool) -> list[Line]:
    """The best covering passages of different stories, verbatim."""
    scored = [(s, h) for h in case.gathered.hits if (s := _worth(wanted, h, stray)) >= least]
    best = max((s + (h.cosine or 0.0) for s, h in scored), default=0.0)
    kept = [replace(h, score=s) for s, h in scored if s + (h.cosine or 0.0) >= _OF_BEST * best]
    ask = News(topic=_undated(case))
    order = sorted(newest(kept), key=lambda h: -(h.score + (h.cosine or 0.0)))
    return [line for h in order[:_MOST] if (line := told(h, ask))]


def _worth(wanted: _Wanted, hit: Hit, stray: bool) -> float:
    """How much of the question a passage carries; 0 where a name or the rarest word is missing, or it is far off."""
    passage, near = hit.passage, hit.cosine or 0.0
    if not passage.quotable:
        return 0.0
    outside = frozenset(terms(f"{passage.title} {passage.publisher} {_host(passage.url)}"))
    said = outside | frozenset(terms(passage.text))
    if any(not all(occurs(t, said) for t in name) for name in wanted.names) or not any(
        occurs(t, said) for t in wanted.rarest
    ):
        return 0.0
    if stray and (near < _NEAR_STRAY or not any(occurs(t, outside) for t in wanted.rarest)):
        return 0.0
    share = wanted.share(said)
    own = bool(wanted.names) and all(any(occurs(t, outside) for t in name) for name in wanted.names)
    if own and near >= _NEAR_SURE and share >= _HALF:
        return max(share, _LEAST)
    if own and share >= _LEAST_FIRST:
        return share if near >= _NEAR_OWN else 0.0
    return share if near >= (_NEAR if share >= 0.8 and wanted.names else _NEAR_ENOUGH if share < 0.8 else 0.33) else 0.0


# ---------------------------------------------------------------- another quantity than the one stored

_OTHER = re.compile(
    r"\b(?:costs?|costed|spen[dt]|price|paid)\b[^?]{0,30}\bto (?:\w+ )?(?P<deed>train|develop|build|create|make|"
    r"research)\b|"
    r"\b(?P<what>training (?:costs?|budget|bill|run|time|tokens?)|kwh|energy|electricity|carbon|co2|emissions?|water|"
    r"employees|headcount|salar\w+|revenues?|profits?|valuation|ceo|latency|tokens per second|hallucinat\w+)\b",
    re.IGNORECASE,
)


def other_quantity(case: Case, draft: Draft) -> Draft:
    """Prices for a question on training costs answer nothing: say that the figure is not held."""
    match = _OTHER.search(case.read.question) if case.read.kind is Kind.FACT and case.read.of("model") else None
    if match is None or draft.abstained_because:
        return draft
    word = match.group("deed") or match.group("what")
    asked = terms(word)
    on_it = [line for line in draft.lines if all(occurs(t, _of_line(line)) for t in asked)]
    if on_it:
        return replace(draft, lines=tuple(on_it))
    if not any(v.fact.field in PRICE_FIELDS for line in draft.lines for e in line.evidence if (v := e.view)):
        return draft
    names = ", ".join(case.names(case.read.of("model"))[:2])
    because = f"no source that I hold says so of {names}: the figure is not disclosed, or not stored here"
    return Draft(abstained_because=because, lead=f"I cannot answer that: {because}.")
