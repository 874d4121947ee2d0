"""The chart of a decision as a picture in its thread."""

from typing import TYPE_CHECKING

import structlog

from bot.doors.slack.client import error_code, translated
from kb.errors import ServiceError

if TYPE_CHECKING:
    from bot.doors.slack.deliver import SlackDoor
    from bot.doors.slack.in_thread import Place

log = structlog.get_logger("steelyard.slack")

ALT_LIMIT = 1_000


def show_chart(door: "SlackDoor", place: "Place", decision_id: int, *, look_first: bool) -> None:
    """The decision's chart as a file in the thread, once. A workspace without `files:write` simply has none."""
    from slack_sdk.errors import SlackApiError

    name = f"decision-{decision_id}.png"
    try:
        if not door.offers("files.uploadV2") or door.desk.charts is None:
            return
        if look_first and door.readback.has_file(place.channel, place.thread_ts, name):
            return
        chart = door.desk.charts(decision_id, place.team or None)
        if chart is None:
            return
        with translated("uploading a chart"):
            door.client.files_upload_v2(
                channel=place.channel,
                thread_ts=place.thread_ts,
                file=chart.png,
                filename=name,
                title=f"{chart.title} (decision {decision_id})",
                alt_txt=chart.alt[:ALT_LIMIT],
            )
    except ServiceError as error:
        if isinstance(error.__cause__, SlackApiError):
            door.not_offered("files.uploadV2", error_code(error.__cause__))
        log.warning("no chart shown", decision=decision_id, error=str(error))
