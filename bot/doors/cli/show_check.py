"""A check on the terminal: what is judged first, in the order of the article; what nothing settles as a list."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.answer.dates import written
from bot.answer.text import plural
from bot.check.contract import CheckedClaim, CheckEvidence, CheckReport, Stance, Verdict
from bot.check.wording import beside

_STYLE: dict[Verdict, str] = {
    "confirmed": "green", "qualified": "yellow", "contradicted": "bold red", "unverifiable": "dim",
}  # fmt: skip
_STANCE: dict[Stance, str] = {"for": "for", "against": "against", "limits": "limits", "context": "beside it"}
_MOST_SOURCES = 4
_LONGEST = 160


def show_check(console: Console, report: CheckReport) -> None:
    counts = report.counts
    told = f", published {written(report.published_on)}" if report.published_on else ""
    console.print(f"Checked: {report.source}{told}; by what was known on {written(report.as_of)}", markup=False)
    console.print(
        f"{plural(len(report.claims), 'claim')}: {counts.contradicted} contradicted, {counts.qualified} qualified, "
        f"{counts.confirmed} confirmed, {counts.unverifiable} unverifiable"
    )
    for claim in report.claims:
        if claim.verdict != "unverifiable" or claim.topic:
            _show(console, claim)
    _rest(console, [c for c in report.claims if c.verdict == "unverifiable" and not c.topic])
    for missing in report.not_said:
        console.print(f"\nNot said in it: {missing.about}", markup=False)
        for each in missing.evidence:
            _indented(console, each.statement)
            _indented(console, _source(each), style="dim")
    if report.left_out:
        console.print(f"\nLeft out as promotion or references: {len(report.left_out)} sentences")
    for note in report.notes:
        console.print(note, markup=False, style="dim")


def _show(console: Console, claim: CheckedClaim) -> None:
    console.print()
    head = Text(f"{claim.n}. ").append(claim.verdict.capitalize(), style=_STYLE[claim.verdict])
    head.append(f" ({claim.kind}; {claim.about})" if claim.about else f" ({claim.kind})", style="dim")
    console.print(head)
    _indented(console, f"“{_short(claim.text)}”")
    _indented(console, claim.why)
    if worse := beside(claim.verdict, claim.sentence_verdict):
        _indented(console, worse, style=_STYLE[claim.sentence_verdict])
    for line in claim.definitions:
        _indented(console, line, style="dim")
    for each in claim.evidence[:_MOST_SOURCES]:
        _indented(console, _source(each), style="dim")


def _source(evidence: CheckEvidence) -> str:
    measured = f"; measured: {evidence.population}" if evidence.population else ""
    old = ", may have changed" if evidence.stale else ""
    return (
        f"{_STANCE[evidence.stance]}: {evidence.publisher}, {evidence.title}, as of {written(evidence.as_of)}{old} "
        f"(tier {evidence.tier}{measured}) {evidence.url}"
    )


def _rest(console: Console, claims: Sequence[CheckedClaim]) -> None:
    if not claims:
        return
    console.print("\nUnverifiable: nothing on record settles these")
    for claim in claims:
        _indented(console, f"{claim.n}. ({claim.kind}) {_short(claim.text)}", style="dim")


def _indented(console: Console, text: str, *, style: str = "") -> None:
    console.print(Padding(Text(text, style=style), (0, 0, 0, 3)))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"
