"""What the Slack door asks of the rest of the house, so that it holds no store itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answer.contract import Answer
from bot.answer.stored import restored
from bot.decide.service import Decider
from bot.doors.slack.decisions import chart_maker
from kb.errors import NotFound
from kb.store import Store

if TYPE_CHECKING:
    from bot.charts import Chart

Charts = Callable[[int, str | None], "Chart | None"]


@dataclass(frozen=True, slots=True)
class Desk:
    """`charts` draws a decision of a workspace; `recorded` gives an answer again, whole (NotFound, or of another
    workspace: NotFound too); `newcomer` says whether a person had no answer before this one.
    """

    charts: Charts | None = None
    recorded: Callable[[int, str | None], Answer] | None = None
    newcomer: Callable[[str, str | None, int | None], bool] = lambda user, workspace_id, answer_id: False


def desk_on(store: Store) -> Desk:
    def recorded(answer_id: int, workspace_id: str | None) -> Answer:
        record = store.answers.get(answer_id)
        if record.workspace_id not in (None, workspace_id):
            raise NotFound("no such answer in this workspace")
        return restored(store, record)

    def newcomer(user: str, workspace_id: str | None, answer_id: int | None) -> bool:
        return not store.answers.answered_before(user, but=answer_id, workspace_id=workspace_id)

    return Desk(chart_maker(Decider(store)), recorded, newcomer)
