"""An answer as it is kept. A decision is kept once, as its record; the answer that carries it only names it."""

from bot.answer.contract import Answer
from bot.decide.service import decision_in, report_of
from kb.store import Store
from kb.types import AnswerRecord

_NAMED = frozenset({"id"})


def kept(answer: Answer) -> dict[str, object]:
    """What is stored of an answer."""
    body = answer.model_dump(mode="json")
    decided = decision_in(body)
    return body | {"decision": {"id": decided}} if decided is not None else body


def restored(store: Store, record: AnswerRecord) -> Answer:
    """The answer as it was given, with its whole decision."""
    body, decided = dict(record.body), decision_in(record.body)
    if decided is not None and set(body["decision"]) == _NAMED:  # type: ignore[call-overload]
        report = report_of(store.decisions.get(decided, workspace_id=record.workspace_id))
        body["decision"] = report.model_dump(mode="json")
    return Answer.model_validate(body)
