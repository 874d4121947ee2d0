"""App Home: how to ask; and for admins the sources, proposals, settings and the log. Everybody else reads.

app_home_opened -> who is it? -> gathered -> home_view (pure) -> views.publish
a press in it   -> done (bot/admin.py) -> published again, with a notice on top
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from bot.admin import may_change
from bot.doors.slack.add_source_views import said_view
from bot.doors.slack.admin_payloads import (
    HomeOpened,
    Press,
    Submission,
    errand,
    guarded,
    in_words,
    tell_in_a_window,
    typed,
    under_the_input,
)
from bot.doors.slack.admins import Kind, Office
from bot.doors.slack.client import translated
from bot.doors.slack.home_view import (
    DEFAULT,
    EXPORT,
    GENERATOR,
    PAGE,
    RETENTION,
    SOURCE_MENU,
    SOURCES_A_PAGE,
    WORTH_VIEW,
    HomeState,
    Menu,
    home_view,
    worth_view,
)
from bot.doors.slack.inbound import checked
from bot.doors.slack.proposals import waiting
from bot.doors.slack.text import one_line
from bot.preferences import GENERATOR as GENERATOR_KEY
from bot.preferences import Preferences
from kb.errors import BadInput, NotAllowed, ServiceError, SteelyardError
from kb.types import SourceRecord, Tier, Topic

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

LOGGED = 20


class Home:
    """Publishes App Home, and does what is pressed there. `default_generator`: what is configured."""

    def __init__(self, office: Office, default_generator: str) -> None:
        self._office = office
        self._default = default_generator
        self._administration = office.administration
        self._store = office.administration.store

    def opened(self, body: dict[str, Any]) -> None:
        """The event; the agent's message tab is somebody else's."""
        given = checked(HomeOpened, body)
        if given.event.tab == "home":
            self.publish(given.team_id, given.event.user)

    def publish(self, team_id: str, user_id: str, *, page: int = 0, notice: str = "") -> None:
        """Show it to one person. Somebody of another workspace sees nothing of this one."""
        kind = self._office.admins.kind(team_id, user_id)
        if kind is Kind.OUTSIDER:
            return
        view = home_view(self.gather(team_id, kind, page=page, notice=notice))
        with translated("showing App Home"):
            self._office.clients.of(team_id).views_publish(user_id=user_id, view=view)

    def gather(self, team_id: str, kind: Kind, *, page: int = 0, notice: str = "") -> HomeState:
        """What is shown: of this workspace and of what is shared, never of another."""
        admin, chosen = kind is Kind.ADMIN, Preferences(self._store.settings, team_id)
        sources = sorted(self._store.sources.list(workspace_id=team_id), key=_worst_first)
        last = max(0, (len(sources) - 1) // SOURCES_A_PAGE)
        page = min(max(page, 0), last)
        return HomeState(
            now=self._administration.now(),
            team_id=team_id,
            admin=admin,
            admins=self._office.admins.named(team_id),
            shared=self._office.shared,
            notice=notice,
            sources=tuple(sources),
            page=page,
            health=self._store.sources.health(),
            claims=tuple(waiting(self._office, team_id)) if admin else (),
            generators=self._administration.generators,
            generator=(generator := chosen.generator() or self._default),
            leaving=self._administration.leaving(generator),
            spent=self._spent(team_id),
            channel_generators={c: v.strip('"') for c, v in chosen.channels(GENERATOR_KEY).items()},
            digests=chosen.digests(),
            retention_days=chosen.retention_days(),
            log=tuple(self._store.audit.list(team_id, limit=LOGGED)) if admin else (),
        )

    def _spent(self, team_id: str) -> str:
        spent = self._store.generations.spent(self._administration.now().date(), workspace_id=team_id)
        if not spent.calls:
            return ""
        cost = f", about {spent.usd:.4f} USD" if spent.unpriced < spent.calls else ""
        unknown = f" ({spent.unpriced} of unknown cost)" if spent.unpriced else ""
        return f"Today: answers reworded: {spent.calls}, tokens: {spent.tokens:,}{cost}{unknown}."

    def again(self, client: "WebClient", press: Press, notice: str) -> None:
        """After a press: the same page, with a word on what became of it."""
        self.refreshed(press.team.id, press.user.id, notice, page=_page_of(press))

    def refreshed(self, team_id: str, user_id: str, notice: str, *, page: int = 0) -> None:
        """What was done holds, whether it can be shown or not."""
        try:
            self.publish(team_id, user_id, page=page, notice=notice)
        except ServiceError as error:
            log.warning("app home not shown again", error=str(error))

    # ------------------------------------------------------------ presses

    def turned(self, body: dict[str, Any], ack: Callable[..., None]) -> None:
        press = checked(Press, body)
        ack()
        self.publish(press.team.id, press.user.id, page=int(press.chosen) if press.chosen.isdigit() else 0)

    def menu(self, body: dict[str, Any], ack: Callable[..., None], client: "WebClient") -> None:
        """Pause, resume, remove, or say what it is worth."""
        press = checked(Press, body)
        chosen = Menu.of(press.chosen)
        ack()

        def do() -> None:
            actor = self._office.actor(press.team.id, press.user.id)
            if chosen.deed == "worth":
                record = self._store.sources.get(chosen.source_id, workspace_id=press.team.id)
                if not may_change(actor, record):
                    raise BadInput(f"source {record.id} is shared by every workspace here")
                with translated("opening a window"):
                    client.views_open(trigger_id=press.trigger_id, view=worth_view(record))
                return
            administration = self._administration
            deed = {"pause": administration.pause, "resume": administration.resume, "remove": administration.remove}
            self.again(client, press, told(deed[chosen.deed](actor, chosen.source_id)))

        self._guarded(press, client, do)

    def worth(self, body: dict[str, Any], ack: Callable[..., None]) -> None:
        """Topic and tier, from their window."""
        given = checked(Submission, body)
        said = typed(given.view.state)
        try:
            source_id = int(json.loads(given.view.private_metadata)["source"])
            topic, tier = Topic(said.get("topic", "")), Tier(int(said.get("tier", "")))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("a window that we did not open") from error
        try:
            actor = self._office.actor(given.team.id, given.user.id)
            record = self._administration.set_worth(actor, source_id, topic=topic, tier=tier)
        except NotAllowed as error:
            ack(response_action="update", view=said_view(in_words(error)))
            return
        except SteelyardError as error:
            ack(response_action="errors", errors={"topic": under_the_input(error)})
            return
        ack()
        name = one_line(record.title or record.url, 200)
        self.refreshed(given.team.id, given.user.id, f"{name}: {record.topic}, tier {int(record.tier)}.")

    def generator(self, body: dict[str, Any], ack: Callable[..., None], client: "WebClient") -> None:
        press = checked(Press, body)
        ack()

        def do() -> None:
            actor = self._office.actor(press.team.id, press.user.id)
            self._administration.set_generator(actor, None if press.chosen == DEFAULT else press.chosen)
            self.again(client, press, f"Answers are worded by {one_line(press.chosen, 60)}.")

        self._guarded(press, client, do)

    def retention(self, body: dict[str, Any], ack: Callable[..., None], client: "WebClient") -> None:
        press = checked(Press, body)
        ack()

        def do() -> None:
            actor = self._office.actor(press.team.id, press.user.id)
            days = int(press.chosen) if press.chosen.isdigit() else None
            self._administration.set_retention(actor, days)
            kept = f"{days} days" if days else "for good"
            self.again(client, press, f"Questions and answers are kept {kept}.")

        self._guarded(press, client, do)

    def export(self, body: dict[str, Any], ack: Callable[..., None], client: "WebClient") -> None:
        press = checked(Press, body)
        ack()

        def do() -> None:
            self.again(client, press, send_list(self._office, press.team.id, press.user.id))

        self._guarded(press, client, do)

    def _guarded(self, press: Press, client: "WebClient", do: Callable[[], None]) -> None:
        def tell(words: str, admin: bool) -> None:
            if admin:
                self.again(client, press, words)
            else:
                tell_in_a_window(client, press.trigger_id, words)

        guarded(do, tell)


def send_list(office: Office, team_id: str, user_id: str) -> str:
    """Send the sources as an OPML file to the one who asked alone; says so, before it has arrived."""
    data, count = office.administration.export_list(office.actor(team_id, user_id))
    client = office.clients.of(team_id)  # Bolt's own adds a team_id to every call, which files do not take

    def send() -> None:
        with translated("sending a file"):
            channel = client.conversations_open(users=user_id)["channel"]["id"]
            name, title = "steelyard-sources.opml", "Sources as OPML"
            client.files_upload_v2(channel=channel, content=data.decode(), filename=name, title=title)

    def failed(words: str) -> None:
        try:
            with translated("telling of a file"):
                client.chat_postMessage(channel=user_id, text=f"The list of sources could not be sent. {words}")
        except ServiceError as error:
            log.warning("a list was not sent, and nobody told", error=str(error))

    errand("export", send, failed)
    return f"{count} sources come to you as a file, in our direct messages."


def told(record: SourceRecord) -> str:
    name = one_line(record.title or record.url, 200)
    return f"Source {record.id} ({name}) is now {record.status}."


def _worst_first(record: SourceRecord) -> tuple[bool, bool, int]:
    return (record.state.broken_since is None, not record.state.failures, record.id)


def _page_of(press: Press) -> int:
    try:
        return int(json.loads(press.view.private_metadata)["page"]) if press.view else 0
    except (ValueError, KeyError, TypeError):
        return 0


def register(app: "App", home: Home) -> None:
    import re

    def is_home(body: dict[str, Any]) -> bool:
        return bool((body.get("event") or {}).get("tab") == "home")

    app.event("app_home_opened", matchers=[is_home])(home.opened)
    app.action(re.compile(rf"{PAGE}_\w+"))(home.turned)
    app.action(SOURCE_MENU)(home.menu)
    app.action(GENERATOR)(home.generator)
    app.action(RETENTION)(home.retention)
    app.action(EXPORT)(home.export)
    app.view(WORTH_VIEW)(home.worth)
