"""The text itself: where retrieval holds that the answer stands in a stored passage, that passage is quoted. Pure.

It takes the place of a refusal, and stands after facts that say it in other words; a provision that no stored text has
is said to be missing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.answer.kinds.common import Case, quote_line
from bot.answer.kinds.fact import nothing
from bot.answer.quotes import is_record
from bot.answer.text import sentence_spans, terms
from bot.answer.values import Draft, Kind, Line
from kb.answerable import THRESHOLD, has_answer, missing_provisions, names_in, nowhere
from kb.asked import asked
from kb.glosses import likeness
from kb.ranking import domain_of
from kb.types import Hit

_SPEAKS = (Kind.FACT, Kind.REGULATION, Kind.PERMISSION, Kind.OUT_OF_SCOPE, Kind.DECISION)
_SURE = 0.75  # where the question does not look like one of ours
_INSTEAD, _BESIDE, _ENOUGH = 4, 3, 8  # lines at most: in the place of a refusal; beside facts; in all
_OURS = 0.3  # likeness to the words in which some provision is asked for
_NEAR = 0.4  # cosine: nearly everything off our topics stays below, nearly everything answerable does not
_OF_BEST = 0.95  # of the best hit's score: what is further behind seldom answers
_SHORTEST, _LONGEST = 30, 420
_EMPTY = re.compile(r" \| |http")  # rows of tables and addresses say nothing by themselves
_LENT = 0.5  # of a word that the thesaurus lent
SECTION = "The text"


def with_text(case: Case, draft: Draft) -> Draft:
    """The draft with the passages that answer, or a refusal where they do not and it speaks of something else."""
    hits = [hit for hit in case.gathered.found if hit.passage.quotable]
    if case.read.kind not in _SPEAKS or case.read.news or case.read.parts or case.read.thread or not hits:
        return draft
    question = case.read.question
    if (absent := missing_provisions(question, hits)) and case.read.kind is not Kind.DECISION:
        return nothing(case, draft.notes, because=f"no passage found is of {', '.join(absent)}")
    stray = case.read.kind is Kind.OUT_OF_SCOPE
    if stray and _strange(question, hits):
        return draft
    if not has_answer(question, hits, threshold=_SURE if stray else THRESHOLD):
        return _if_of_it(case, draft)
    if not draft.lines and not draft.questions and not draft.tables:
        lines = list(quoted(question, hits, _INSTEAD, ()))
        return Draft(tuple(lines), notes=draft.notes) if lines else draft
    news = domain_of(hits[0].passage) == "news"
    beside = hits[:1] if news else [hit for hit in hits if domain_of(hit.passage) != "news"]
    room = max(min(_BESIDE, _ENOUGH - len(draft.lines)), 0)
    return replace(draft, lines=(*draft.lines, *quoted(question, beside, room, draft.lines)))


def _strange(question: str, hits: Sequence[Hit]) -> bool:
    """Nothing in it is ours: no word of a domain, no name, no provision asked for in such words, no passage near."""
    near = max((hit.cosine or 0.0 for hit in hits), default=0.0)
    named = asked(question).domains or any(names_in(question))
    return not named and likeness(question) < _OURS and near < _NEAR


def _if_of_it(case: Case, draft: Draft) -> Draft:
    """Facts that carry none of the names asked about answer another question."""
    if case.read.kind not in (Kind.FACT, Kind.REGULATION) or case.read.mentions or not draft.lines:
        return draft
    said = [line.text for line in draft.lines] + [
        e.quote.text for line in draft.lines for e in line.evidence if e.quote
    ]
    if names := nowhere(case.read.question, said):
        return nothing(case, draft.notes, because=f"what I hold does not name {', '.join(names)}")
    return draft


def quoted(question: str, hits: Sequence[Hit], most: int, before: Sequence[Line]) -> Iterator[Line]:
    """The telling span of each of the first passages that are about as good as the best, once."""
    own, lent = frozenset(terms(question)), frozenset(terms(asked(question).also_text))
    said = {e.quote.text for line in before for e in line.evidence if e.quote}
    for hit in hits[:most]:
        span = telling_span(hit.passage.text, own, lent) if hit.score >= _OF_BEST * hits[0].score else ""
        if span and not any(span in text or text in span for text in said):
            said.add(span)
            yield quote_line(hit, span, SECTION)


def telling_span(text: str, own: frozenset[str], lent: frozenset[str]) -> str:
    """The sentence, or line of a list, that shares most with the question and its other words; the longer on a tie."""
    best = max(
        ((_worth(text[start:end], own, lent), end - start, start, end) for start, end in _spans(text)), default=None
    )
    return text[best[2] : best[3]] if best else ""


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for line in re.finditer(r"[^\n]+", text):
        for start, end in sentence_spans(text[line.start() : line.end()]):
            a, b = line.start() + start, line.start() + end
            if (
                _SHORTEST <= b - a <= _LONGEST
                and text[a] != "#"
                and not _EMPTY.search(text[a:b])
                and not is_record(text[a:b])
            ):
                yield a, b


def _worth(span: str, own: frozenset[str], lent: frozenset[str]) -> float:
    words = frozenset(terms(span))
    return len(words & own) + _LENT * len(words & (lent - own))
