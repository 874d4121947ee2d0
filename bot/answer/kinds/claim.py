"""Claims to check: "is it true that ...", "check this: <article>", and content that we are asked to believe. Pure.

Each claim is judged by `bot.check` against the facts of the day; what was asked about is told beside the verdict.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.answer.intent_words import CHECK
from bot.answer.kinds import plain
from bot.answer.kinds.common import Case, missing_names, overdue, settle, used_views
from bot.answer.values import Draft, Evidence, Line
from bot.check.judge import judged
from bot.check.values import Judged
from bot.check.wording import ORDER, WORDS, beside, counted, short, told

_ASKS = re.compile(
    r"^.*?\b(?:is (?:it|that|this) (?:true|correct|right)|true|correct|right|claims?|says|said|states?) that\s+|"
    r"^\s*(?:fact[- ]check|debunk)\s*:?\s+(?:(?:the )?claim\s*:?\s*)?(?:that\s+)?",
    re.I | re.S,
)
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_MOST_LINES, _MOST_UNSETTLED, _MOST_BESIDE = 20, 8, 6
_ONLY_LINK = "the message holds only links"


def compose(case: Case) -> Draft:
    text = CHECK.sub("", case.read.question)
    if text != case.read.question:
        return _article(case, case.read.article or text)
    draft = plain.claim(case)
    if plain.is_pasted(case):
        return draft
    return _single(case, draft)


# ---------------------------------------------------------------- one claim


def _single(case: Case, draft: Draft) -> Draft:
    """The verdict first, then what is on record of the things named."""
    claims = _judged(case, _ASKS.sub("", case.read.question, count=1).rstrip("? "))
    settled = _gravest_first(c for c in claims if c.finding.verdict != "unverifiable")
    if not settled:
        return draft
    lines = [_line(case, c, "", quoted=len(settled) > 1) for c in settled[:4]]
    said = {v.fact.id for v in used_views(lines)}
    rest = [line for line in draft.lines if not {v.fact.id for v in used_views([line])} <= said]
    notes = dict.fromkeys([*draft.notes, *(d for c in settled for d in c.finding.definitions)])
    return replace(
        draft, lines=tuple(settle([*lines, *rest[:_MOST_BESIDE]])), notes=tuple(notes), abstained_because=None, lead=""
    )


# ---------------------------------------------------------------- an article


def _article(case: Case, text: str) -> Draft:
    """Every claim with its verdict, the gravest first; what nothing settles is a note."""
    claims = _judged(case, _LINK.sub(" ", text))
    if not claims:
        because = _ONLY_LINK if _LINK.search(text) else "it states nothing that could be checked"
        lead = f"I found no claim to check: {because}. Paste the text, or run `steelyard check` with the address."
        return Draft(abstained_because=because, lead=lead)
    ordered = _gravest_first(c for c in claims if c.finding.verdict != "unverifiable")
    lines = [_line(case, c, WORDS[c.finding.verdict], quoted=True) for c in ordered[:_MOST_LINES]]
    summary = _summary(claims)
    notes = [
        *_unsettled(claims),
        *_left(ordered),
        *_definitions(ordered),
        *missing_names(case),
        *overdue(used_views(lines)),
    ]
    if not lines:
        because = "no stored fact settles any of its claims"
        return Draft(notes=tuple(notes), abstained_because=because, lead=f"I cannot confirm or deny this: {because}.")
    return Draft((summary, *lines), notes=tuple(notes))


def _judged(case: Case, text: str) -> list[Judged]:
    claims, _ = judged(text, case.book, case.read.as_of)
    return claims


def _gravest_first(claims: Iterable[Judged]) -> list[Judged]:
    return sorted(claims, key=lambda c: ORDER.index(c.finding.verdict))


def _line(case: Case, claim: Judged, section: str, *, quoted: bool) -> Line:
    word = WORDS[claim.finding.verdict]
    text = f"“{short(claim.text)}”: {claim.finding.why}" if section else f"{word}: {claim.finding.why}"
    if quoted and not section:
        text = f"{word} (“{short(claim.text, 80)}”): {claim.finding.why}"
    if worse := beside(claim.finding.verdict, claim.whole):
        text = f"{text} {worse}"
    evidence = tuple(Evidence(e.view) for e in told(claim))
    return Line(
        text, evidence, formula=f"evidence counted: {counted(claim.finding.evidence)}", section=section, literal=True
    )


def _summary(claims: Sequence[Judged]) -> Line:
    counts = {verdict: sum(c.finding.verdict == verdict for c in claims) for verdict in ORDER}
    text = (
        f"Of {len(claims)} claims {counts['contradicted']} are contradicted, {counts['qualified']} true only in part, "
        f"{counts['confirmed']} confirmed, and {counts['unverifiable']} cannot be checked against what is on record."
    )
    formula = f"{' + '.join(str(counts[v]) for v in ORDER)} = {len(claims)}"
    views = [e.view for c in claims for e in told(c) if e.stance != "context"][:1]
    return Line(text, tuple(Evidence(v) for v in views), formula=formula, literal=True)


def _unsettled(claims: Sequence[Judged]) -> list[str]:
    open_ = [c for c in claims if c.finding.verdict == "unverifiable"]
    if not open_:
        return []
    shown = "; ".join(f"“{short(c.text, 90)}” ({c.kind})" for c in open_[:_MOST_UNSETTLED])
    more = f"; and {len(open_) - _MOST_UNSETTLED} more" if len(open_) > _MOST_UNSETTLED else ""
    return [f"Cannot be checked: {shown}{more}."]


def _left(ordered: Sequence[Judged]) -> list[str]:
    left = len(ordered) - _MOST_LINES
    return [f"{left} more judged claims are left out here; `steelyard check` shows all."] if left > 0 else []


def _definitions(ordered: Sequence[Judged]) -> list[str]:
    """What the words of the gravest verdicts mean, and whom their sources measured."""
    return list(dict.fromkeys(d for c in ordered for d in c.finding.definitions))[:3]
