"""Adding a source: an address is typed, looked at by whoever ingests, shown, and added by one click.

    ask -> probe row -> waiting -> (ingest answers the probe) -> found -> added
     ^-------- what was wrong, in words, the address there to be corrected --'

The look happens in another thread or process; here a thread waits for its row and then shows what was found.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bot.doors.slack.add_source_views import (
    ADD,
    ANOTHER,
    ASK_VIEW,
    FOUND_VIEW,
    Found,
    ask_view,
    found_view,
    said_view,
    waiting_view,
)
from bot.doors.slack.admin_payloads import (
    Press,
    Submission,
    errand,
    guarded,
    in_words,
    tell_in_a_window,
    typed,
    under_the_input,
)
from bot.doors.slack.admins import Office
from bot.doors.slack.client import translated
from bot.doors.slack.inbound import checked
from bot.doors.slack.text import one_line, safe_url
from kb.errors import BadInput, NotAllowed, NotFound, ServiceError, SteelyardError
from kb.types import ProbeRow, SourceDraft, Tier, Topic

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

PREVIEW = "preview"  # ingest/probing.py answers these
NOBODY_LOOKED = "Nobody has looked at it within a minute. Is the part of Steelyard that reads sources running?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Of the thread that waits. `first_s`: Slack must have shown "looking" before it is replaced."""

    first_s: float = 1.0
    poll_s: float = 0.25
    whole_s: float = 60.0


class AddSource:
    """Listeners of the three windows. `added` shows App Home again."""

    def __init__(
        self, office: Office, added: Callable[[str, str, str], None], patience: Patience | None = None
    ) -> None:
        self._office = office
        self._store = office.administration.store
        self._added = added
        self._patience = patience or Patience()

    def open(self, client: "WebClient", team_id: str, user_id: str, trigger_id: str, url: str = "") -> None:
        """Ask for an address, or look at the one given at once. Raises NotAllowed."""
        self._office.actor(team_id, user_id)
        with translated("opening a window"):
            if not url:
                client.views_open(trigger_id=trigger_id, view=ask_view())
                return
            address = web_address(url)
            opened = client.views_open(trigger_id=trigger_id, view=waiting_view(address))
        self._look(client, team_id, address, str(opened["view"]["id"]))

    def pressed(self, body: dict[str, Any], ack: Callable[..., None], client: "WebClient") -> None:
        """The button in App Home."""
        press = checked(Press, body)
        ack()
        guarded(
            lambda: self.open(client, press.team.id, press.user.id, press.trigger_id),
            lambda words, _: tell_in_a_window(client, press.trigger_id, words),
        )

    def asked(self, body: dict[str, Any], ack: Callable[..., None], client: "WebClient") -> None:
        """An address was typed."""
        given = checked(Submission, body)
        try:
            self._office.actor(given.team.id, given.user.id)
            address = web_address(typed(given.view.state).get("url", ""))
        except BadInput as error:
            ack(response_action="errors", errors={"url": under_the_input(error)})
            return
        except SteelyardError as error:
            ack(response_action="update", view=said_view(in_words(error)))
            return
        ack(response_action="update", view=waiting_view(address))
        self._look(client, given.team.id, address, given.view.id)

    def another(self, body: dict[str, Any], ack: Callable[..., None], client: "WebClient") -> None:
        """Another feed that the page names was chosen."""
        press = checked(Press, body)
        ack()
        if press.view is None:
            return
        view_id, address = press.view.id, web_address(press.chosen)

        def do() -> None:
            self._office.actor(press.team.id, press.user.id)
            with translated("showing a window"):
                client.views_update(view_id=view_id, view=waiting_view(address))
            self._look(client, press.team.id, address, view_id)

        guarded(do, lambda words, _: tell_in_a_window(client, press.trigger_id, words))

    def add(self, body: dict[str, Any], ack: Callable[..., None], client: "WebClient") -> None:
        """The one click. What is added is what was looked at, not what the payload says."""
        given = checked(Submission, body)
        try:
            actor = self._office.actor(given.team.id, given.user.id)
            draft = _draft(self._found(given), typed(given.view.state))
            record = self._office.administration.add_source(actor, draft)
        except NotAllowed as error:
            ack(response_action="update", view=said_view(in_words(error)))
            return
        except SteelyardError as error:
            ack(response_action="errors", errors={"title": under_the_input(error)})
            return
        name = one_line(record.title or record.url, 200)
        ack(
            response_action="update", view=said_view(f"Added source {record.id}: *{name}*. It is read within a minute.")
        )
        self._added(given.team.id, given.user.id, f"Added source {record.id}: {name}.")

    def _found(self, given: Submission) -> Found:
        """What the probe found, if it is this workspace's."""
        try:
            row = self._store.probes.get(int(json.loads(given.view.private_metadata)["probe"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("a window that we did not open") from error
        if row.workspace_id != given.team.id or row.state != "done" or not (row.result or {}).get("ok"):
            raise NotFound("what was found is no longer stored", hint="add the address again")
        return Found.of(row.result or {})

    # ------------------------------------------------------------ waiting

    def _look(self, client: "WebClient", team_id: str, url: str, view_id: str) -> None:
        probe_id = self._store.probes.put(PREVIEW, {"url": url}, workspace_id=team_id)

        def show(view: Mapping[str, object]) -> None:
            try:
                with translated("showing what was found"):
                    client.views_update(view_id=view_id, view=dict(view))
            except ServiceError as error:  # most often the window was closed
                log.info("what was found is not shown", error=str(error))

        errand(
            f"probe-{probe_id}",
            lambda: show(self._view_for(team_id, url, self._awaited(probe_id))),
            lambda words: show(ask_view(url, words)),
        )

    def _awaited(self, probe_id: int) -> ProbeRow | None:
        wait = self._patience
        time.sleep(wait.first_s)
        return self._store.probes.awaited(probe_id, whole_s=wait.whole_s - wait.first_s, poll_s=wait.poll_s)

    def _view_for(self, team_id: str, url: str, row: ProbeRow | None) -> dict[str, object]:
        if row is None:
            return ask_view(url, NOBODY_LOOKED)
        result = row.result or {}
        if not result.get("ok"):
            hint = f" {result['hint']}." if result.get("hint") else ""
            return ask_view(url, one_line(f"{result.get('error') or 'It could not be read.'}{hint}", 600))
        found = Found.of(result)
        same = self._office.administration.same_source(found.url, team_id)
        if same is not None:
            name = one_line(same.title or same.url, 200)
            return ask_view(url, f"This is read already: source {same.id}, *{name}* ({same.status}).")
        return found_view(found, row.id)


def web_address(text: str) -> str:
    """What a person pasted, as an address; `<https://x|x>` and a missing https:// are theirs to write."""
    url = text.strip().removeprefix("<").partition("|")[0].removesuffix(">").strip()
    url = url if "://" in url else f"https://{url}"
    host = url.partition("://")[2].partition("/")[0]
    if safe_url(url) is None or " " in url or ("." not in host and ":" not in host):
        raise BadInput(
            f"{text.strip()[:80] or 'an empty text'} is no web address",
            hint="paste one such as https://example.org/blog",
        )
    return url


def _draft(found: Found, said: dict[str, str]) -> SourceDraft:
    try:
        topic, tier = Topic(said.get("topic") or found.topic), Tier(int(said.get("tier") or found.tier))
    except ValueError as error:
        raise BadInput("choose a topic and a tier from the lists") from error
    title, publisher = said.get("title") or found.title, said.get("publisher", found.publisher)
    return SourceDraft(kind=found.kind, url=found.url, title=title, publisher=publisher, topic=topic, tier=tier)


def register(app: "App", listeners: AddSource) -> None:
    app.action(ADD)(listeners.pressed)
    app.action(ANOTHER)(listeners.another)
    app.view(ASK_VIEW)(listeners.asked)
    app.view(FOUND_VIEW)(listeners.add)
