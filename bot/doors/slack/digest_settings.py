"""A channel's digest, set in the channel: `/steelyard digest` opens a form, saving it shows the admin a preview first.

command -> (an admin?) -> form, prefilled -> saved and audited -> preview in the outbox -> ack
                                                `-> only a channel whose preview was asked for gets a digest
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import structlog
from pydantic import StringConstraints, ValidationError

from bot.digest import digest_for_week, digest_json, next_hour
from bot.digest.posting import channel_of
from bot.doors.slack.admin_payloads import Command, Submission, guarded, typed
from bot.doors.slack.admins import Office
from bot.doors.slack.announce import PREVIEW
from bot.doors.slack.blocks import Block, context
from bot.doors.slack.client import translated
from bot.doors.slack.forms import ACTION, field, line, menu, modal, option
from bot.doors.slack.inbound import Id, Payload, checked
from bot.doors.slack.text import harmless, harmless_raw
from bot.preferences import Digest, Preferences
from kb.errors import BadInput, NotAllowed, ServiceError
from kb.store import Store
from kb.types import OutboxDraft, Topic

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

DIGEST_VIEW = "steelyard_digest"
WORD = "digest"
USAGE = "`/steelyard digest` opens its settings, `/steelyard digest preview` shows you the last seven days."
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TOPICS: Mapping[Topic, str] = {
    Topic.RELEASE: "Releases",
    Topic.LICENCE: "Licences",
    Topic.PRICE: "Prices",
    Topic.REGULATION: "Regulation",
    Topic.SECURITY: "Security",
    Topic.CAPABILITY: "Capability",
}
_ON, _OFF = "on", "off"


class _Opened(Payload):
    channel: Id


class _Form(Payload):
    on: Annotated[str, StringConstraints(pattern=r"^(on|off)$")]
    weekday: Annotated[str, StringConstraints(pattern=r"^[0-6]$")]
    hour: Annotated[str, StringConstraints(pattern=r"^(1?\d|2[0-3])$")]


def digest_view(channel: str, chosen: Digest) -> dict[str, object]:
    """The form, prefilled. An hour is the channel's own, also when its clocks change."""
    hours = {str(hour): f"{hour:02d}:00" for hour in range(24)}
    days = {str(number): name for number, name in enumerate(DAYS)}
    blocks: list[Block] = [
        field("on", "Weekly digest", menu({_ON: "Post it here", _OFF: "Off"}, _ON if chosen.on else _OFF)),
        field("weekday", "Day", menu(days, str(chosen.weekday))),
        field("hour", "Hour", menu(hours, str(chosen.hour))),
        field("time_zone", "Time zone", line(chosen.time_zone, 60), hint="As the tz database names it: Europe/Paris"),
        field("topics", "Topics", _topics(chosen.topics), optional=True, hint="None ticked: all of them"),
        *context("A week in which nothing happened is skipped. You see a preview before the first post."),
    ]
    metadata = json.dumps({"channel": channel})
    return modal("Weekly digest", blocks, callback=DIGEST_VIEW, submit="Save", metadata=metadata)


def _topics(chosen: Sequence[Topic]) -> Block:
    options = [option(topic.value, name) for topic, name in TOPICS.items()]
    picked = [option(topic.value, TOPICS[topic]) for topic in chosen if topic in TOPICS]
    element: Block = {"type": "checkboxes", "action_id": ACTION, "options": options}
    return element | ({"initial_options": picked} if picked else {})


class DigestSettings:
    """`posted` is called once something is to be announced."""

    def __init__(self, office: Office, store: Store, posted: Callable[[], None]) -> None:
        self._office, self._store, self._posted = office, store, posted
        self._now = office.administration.now

    def command(self, body: dict[str, Any], ack: Callable[..., None], client: "WebClient") -> None:
        command = checked(Command, body)
        rest = command.text.split()[1:]
        deeds = {(): self._open, ("preview",): self._preview}
        deed = deeds.get(tuple(word.lower() for word in rest))
        if deed is None:
            ack(text=USAGE, response_type="ephemeral")
            return
        guarded(lambda: deed(command, ack, client), lambda words, _: ack(text=words, response_type="ephemeral"))

    def _open(self, command: Command, ack: Callable[..., None], client: "WebClient") -> None:
        self._office.actor(command.team_id, command.user_id)
        chosen = Preferences(self._store.settings, command.team_id).digest(command.channel_id)
        chosen = chosen or Digest(time_zone=zone_of(client, command.user_id))
        with translated("opening a form"):
            client.views_open(trigger_id=command.trigger_id, view=digest_view(command.channel_id, chosen))
        ack()

    def _preview(self, command: Command, ack: Callable[..., None], client: "WebClient") -> None:
        chosen = Preferences(self._store.settings, command.team_id).digest(command.channel_id)
        self._show(command.team_id, command.channel_id, command.user_id, chosen or Digest(), command.trigger_id)
        ack(text="Here is what the last seven days would give:", response_type="ephemeral")

    def submit(self, body: dict[str, Any], ack: Callable[..., None]) -> None:
        """Wrong values are shown in the form; right ones are kept and previewed, then acknowledged."""
        submission = checked(Submission, body)
        channel = _channel_of(submission.view.private_metadata)
        try:
            actor = self._office.actor(submission.team.id, submission.user.id)
            digest = read_form(typed(submission.view.state), _ticked(submission.view.state.values))
        except BadInput as error:
            ack(response_action="errors", errors={error.hint: harmless_raw(str(error))})
            return
        except (NotAllowed, ServiceError) as error:
            ack(response_action="errors", errors={"on": harmless_raw(_plain(error))})
            return
        before = Preferences(self._store.settings, submission.team.id).digest(channel)
        fresh = digest.on and not (before is not None and before.previewed)
        kept = digest.model_copy(update={"previewed": digest.on or bool(before and before.previewed)})
        with self._store.together():  # a digest is posted only where its preview is on its way
            self._office.administration.set_digest(actor, channel, kept)
            if fresh:
                self._show(submission.team.id, channel, submission.user.id, kept, submission.view.id)
        ack()

    def _show(self, team: str, channel: str, user: str, chosen: Digest, once: str) -> None:
        """To that person alone. `once` names the command or form, so that a repeat of it shows nothing twice."""
        now = self._now()
        made = digest_for_week(self._store, now.date(), workspace_id=team, channel=channel, topics=chosen.topics)
        draft = OutboxDraft(
            idempotency_key=f"preview:{team}:{channel}:{once}",
            door="slack",
            workspace_id=team,
            channel=channel,
            thread="",
            kind=PREVIEW,
            payload={"digest": digest_json(made), "user": user, "says": says(team, channel, chosen, now)},
        )
        self._store.outbox.put(draft)
        self._posted()


def says(team: str, channel: str, chosen: Digest, now: datetime) -> str:
    """When the first real one comes."""
    if not chosen.on:
        return "Only you see this. No digest is posted in this channel: `/steelyard digest` changes that."
    at = next_hour(now, channel_of(team, channel, chosen))
    when = f"{DAYS[at.weekday()]}, {at.day} {at:%B} at {at:%H:%M} ({chosen.time_zone})"
    return f"Only you see this preview. The first digest is posted here on {when}. `/steelyard digest` changes that."


def read_form(values: Mapping[str, str], topics: Sequence[str]) -> Digest:
    """The digest of a submitted form. BadInput: its hint names the input that is wrong."""
    try:
        form = _Form.model_validate(values)
    except ValidationError as error:
        raise BadInput("choose one of these", hint=str(error.errors()[0]["loc"][0])) from error
    known = tuple(topic for topic in TOPICS if topic.value in topics)
    given = {"on": form.on == _ON, "weekday": int(form.weekday), "hour": int(form.hour)}
    try:
        return Digest(**given, time_zone=values.get("time_zone", ""), topics=known if len(known) < len(TOPICS) else ())
    except ValidationError as error:
        raise BadInput("no time zone is called that; write for example Europe/Paris", hint="time_zone") from error


def zone_of(client: "WebClient", user: str) -> str:
    """The person's own time zone; UTC where Slack does not say."""
    try:
        with translated("reading a time zone"):
            found = str((client.users_info(user=user).get("user") or {}).get("tz") or "UTC")
        return Digest(time_zone=found).time_zone
    except (ServiceError, ValidationError) as error:
        log.info("time zone not known", error=str(error))
        return "UTC"


def _ticked(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[str]:
    element = next(iter(values.get("topics", {}).values()), {})
    return [str(each.get("value")) for each in element.get("selected_options") or [] if isinstance(each, Mapping)]


def _channel_of(metadata: str) -> str:
    try:
        return checked(_Opened, json.loads(metadata)).channel
    except ValueError as error:
        raise BadInput("a form that we did not open") from error


def _plain(error: Exception) -> str:
    return "Only admins can change this." if isinstance(error, NotAllowed) else harmless(str(error))


def is_digest_command(body: dict[str, Any]) -> bool:
    return str(body.get("text") or "").strip().partition(" ")[0].lower() == WORD


def register(app: "App", office: Office, store: Store, posted: Callable[[], None], command: str) -> None:
    """Before the listener of all other commands: the first that matches takes it."""
    settings = DigestSettings(office, store, posted)
    app.command(command, matchers=[is_digest_command])(settings.command)
    app.view(DIGEST_VIEW)(settings.submit)
