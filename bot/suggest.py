"""What to ask next: follow-ups that make sense after an answer, at most four. Pure, and of the product's own kind.

Each was tried against the answering core: a suggestion that it could not take up would be worse than none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.answer.contract import Answer
from bot.decide.report import DecisionReport

MOST = 4


@dataclass(frozen=True, slots=True)
class Prompt:
    """`title` is what the button says, `message` what pressing it asks."""

    title: str
    message: str


EU = Prompt("And if data must stay in the EU?", "And if the data must stay in the EU?")
TRIPLE = Prompt("Triple the volume", "What if the volume triples and the peak factor is 6?")
NOT_PERSONAL = Prompt("Without personal data?", "And without personal data?")
ON_PREMISES = Prompt("The same on-prem?", "The same, but on our own premises?")
BATCH = Prompt("What if half can be batch?", "What would it cost if half of the requests may run in batch?")
VOLUME = Prompt("At 300,000 requests a month", "Assume 300,000 requests a month, 1,500 tokens in and 300 out.")
UK = Prompt("What about UK customers?", "What about our UK customers?")
CHANGED = Prompt("What changed this month?", "What changed this month?")
DUTIES = Prompt("Which duties follow?", "When do the EU AI Act's high-risk duties apply?")
DECIDE = Prompt("Open or closed for us?", "Open or closed model for a customer-support assistant in the EU?")
_BY_KIND = {
    "regulation": (UK, CHANGED, DECIDE),
    "change": (DUTIES, DECIDE),
    "fact": (CHANGED, DECIDE),
    "permission": (CHANGED, DECIDE),
    "comparison": (DECIDE, CHANGED),
}


def prompts_after(answer: Answer, report: DecisionReport | None) -> list[Prompt]:
    """The follow-ups to offer; what the use case says already is not offered again."""
    if report is not None:
        return list(_of_decision(report))[:MOST]
    return list(_BY_KIND.get(answer.resolved_kind or answer.kind, (DECIDE, CHANGED)))[:MOST]


def _of_decision(report: DecisionReport) -> Iterator[Prompt]:
    said = {row.name: row.value for row in report.inputs if row.origin != "default"}
    yield TRIPLE if "requests_per_month" in said else VOLUME
    if "inference_in" not in said:
        yield EU
    if said.get("data_class") in ("personal", "special_category"):
        yield NOT_PERSONAL
    if said.get("on_premises") != "yes":
        yield ON_PREMISES
    if "batch_share" not in said:
        yield BATCH
    if "regimes" not in said:
        yield UK
