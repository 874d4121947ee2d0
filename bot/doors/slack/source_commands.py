"""`/steelyard sources ...`, `proposals`, `generator`, `follow-ups`, `help`, and the window that takes an OPML list.

Everybody may list; everything else is the admins'. Each answer is seen by the one who typed alone.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.doors.slack.add_source import AddSource
from bot.doors.slack.add_source_views import said_view
from bot.doors.slack.admin_payloads import (
    Command,
    Press,
    Submission,
    guarded,
    in_words,
    tell_in_a_window,
    typed,
    under_the_input,
)
from bot.doors.slack.admins import Kind, Office
from bot.doors.slack.blocks import Block, context, sections
from bot.doors.slack.client import translated
from bot.doors.slack.forms import field, line, modal
from bot.doors.slack.home import Home, send_list, told
from bot.doors.slack.home_view import DEFAULT, IMPORT
from bot.doors.slack.inbound import checked
from bot.doors.slack.proposals import proposal_blocks, waiting
from bot.doors.slack.text import one_line
from bot.preferences import Preferences
from bot.source_words import last_success, next_due, state_of, trouble_of
from kb.errors import BadInput, NotAllowed, SteelyardError

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

OPML_VIEW = "steelyard_opml"
OPML_LENGTH = 3_000  # what one input takes; longer lists go through the terminal
LISTED = 20
WORDS = ("sources", "proposals", "generator", "follow-ups", "help")

HELP = """*Asking*
`/steelyard ask <question>`: answered to you alone, then yours to share. Or mention me, or write to me.
*Being told*
`/steelyard watch [number]`: a direct message when that decision changes; without a number, what you are told of
`/steelyard digest [preview]`: this channel's weekly digest
*Sources*
`/steelyard sources list [page]`: what is read, and how it fares
*For admins*
`/steelyard sources add [address]`: a feed, a page that names one, or a page to watch
`/steelyard sources pause|resume|remove <number>`
`/steelyard sources import`, `/steelyard sources export`: OPML
`/steelyard proposals`: facts that sources propose, to approve or reject
`/steelyard generator [name|default]`: who words the answers in this channel
`/steelyard generator budget [tokens|default]`: the most that it may use a day, in the whole workspace
`/steelyard follow-ups [on|off|default]`: whether I answer in my threads here without a mention
Everything else is in my App Home: click my name, then Home."""
USAGE = "`/steelyard sources list|add|pause|resume|remove|import|export`, for example `/steelyard sources pause 12`"

BUDGET = "budget"
_SWITCH: dict[str, bool | None] = {"on": True, "off": False, DEFAULT: None}

Ack = Callable[..., None]


class Commands:
    """`run` takes a command whose first word is one of `WORDS`."""

    def __init__(self, office: Office, add: AddSource, home: Home) -> None:
        self._office = office
        self._administration = office.administration
        self._add = add
        self._home = home

    def run(self, body: dict[str, Any], ack: Ack, client: "WebClient") -> None:
        command = checked(Command, body)
        word, *rest = command.text.split()
        deeds = {
            "help": self._help,
            "proposals": self._proposals,
            "sources": self._sources,
            "generator": self._generator,
            "follow-ups": self._follow_ups,
        }
        guarded(
            lambda: deeds[word.lower()](command, rest, ack, client),
            lambda words, _: ack(text=words, response_type="ephemeral"),
        )

    def _help(self, command: Command, rest: list[str], ack: Ack, client: "WebClient") -> None:
        _say(ack, HELP, [*sections([HELP]), *context(f"Admins: {self._office.admins.named(command.team_id)}.")])

    def _proposals(self, command: Command, rest: list[str], ack: Ack, client: "WebClient") -> None:
        self._office.actor(command.team_id, command.user_id)
        claims = waiting(self._office, command.team_id)
        heading = f"*{len(claims)} proposed facts*" if claims else "*Proposed facts*"
        _say(ack, "Proposed facts", [*sections([heading]), *proposal_blocks(claims, may_decide=True)])

    def _generator(self, command: Command, rest: list[str], ack: Ack, client: "WebClient") -> None:
        """Of this channel; without a name, what is chosen."""
        if rest[:1] == [BUDGET]:
            self._generator_budget(command, rest[1:], ack)
            return
        if rest:
            name = None if rest[0] == DEFAULT else rest[0]
            actor = self._office.actor(command.team_id, command.user_id)
            self._administration.set_generator(actor, name, channel_id=command.channel_id)
        chosen = self._preferences(command).generator(command.channel_id)
        known = ", ".join(self._administration.generators)
        leaving = self._administration.leaving(chosen)
        said = f"Answers in this channel are worded by {chosen or 'what is configured'}" + (
            f": {leaving}" if leaving else ""
        )
        _say(ack, f"{said}. There are: {known}.")

    def _generator_budget(self, command: Command, rest: list[str], ack: Ack) -> None:
        """Tokens a day for the whole workspace; without a number, what is chosen."""
        if rest:
            if rest[0] != DEFAULT and not (rest[0].isascii() and rest[0].isdigit() and len(rest[0]) < 13):
                raise BadInput("a budget is a number of tokens a day", hint=f"/steelyard generator {BUDGET} 100000")
            actor = self._office.actor(command.team_id, command.user_id)
            self._administration.set_generator_tokens(actor, None if rest[0] == DEFAULT else int(rest[0]))
        tokens = self._preferences(command).generator_tokens()
        told = f"at most {tokens:,} tokens" if tokens else "as much as whoever runs Steelyard allows"
        _say(ack, f"Rewording answers of this workspace may use {told} a day (UTC).")

    def _follow_ups(self, command: Command, rest: list[str], ack: Ack, client: "WebClient") -> None:
        """In this channel; without a word, what is chosen."""
        if rest:
            if rest[0] not in _SWITCH:
                raise BadInput("follow-ups are on, off or default", hint="/steelyard follow-ups on")
            actor = self._office.actor(command.team_id, command.user_id)
            self._administration.set_follow_ups(actor, _SWITCH[rest[0]], channel_id=command.channel_id)
        on = self._preferences(command).follow_ups(command.channel_id)
        word = next(name for name, value in _SWITCH.items() if value is on)
        _say(ack, f"Follow-ups without a mention, in this channel: {word}.")

    def _preferences(self, command: Command) -> Preferences:
        """To be read by members of this workspace."""
        if self._office.admins.kind(command.team_id, command.user_id) is Kind.OUTSIDER:
            raise NotAllowed("You are not a member of this workspace.")
        return Preferences(self._administration.store.settings, command.team_id)

    def _sources(self, command: Command, rest: list[str], ack: Ack, client: "WebClient") -> None:
        verb, arguments = (rest[0].lower(), rest[1:]) if rest else ("list", [])
        if verb == "list":
            self._list(command, arguments, ack)
        elif verb in ("pause", "resume", "remove"):
            self._set(command, verb, arguments, ack)
        elif verb == "add":
            self._add.open(client, command.team_id, command.user_id, command.trigger_id, " ".join(arguments))
            ack()
        elif verb == "import":
            self._office.actor(command.team_id, command.user_id)
            _open_import(client, command.trigger_id)
            ack()
        elif verb == "export":
            _say(ack, send_list(self._office, command.team_id, command.user_id))
        else:
            raise BadInput(f"sources cannot {verb[:20]}", hint=USAGE)

    def _list(self, command: Command, arguments: list[str], ack: Ack) -> None:
        self._preferences(command)
        records = self._administration.store.sources.list(workspace_id=command.team_id)
        page = int(arguments[0]) if arguments and arguments[0].isdigit() else 1
        last = max(1, -(-len(records) // LISTED))
        page, now = min(max(page, 1), last), self._administration.now()
        lines = [
            f"{r.id}  *{one_line(r.title or r.url, 120)}*: {state_of(r)}, read {last_success(r, now)}, "
            f"next {next_due(r, now)}{f' _{one_line(trouble_of(r), 200)}_' if trouble_of(r) else ''}"
            for r in records[(page - 1) * LISTED : page * LISTED]
        ]
        more = f"Page {page} of {last}; `/steelyard sources list {page + 1}` shows more." if page < last else ""
        _say(ack, f"{len(records)} sources", [*sections(lines or ["No sources yet."]), *context(more)])

    def _set(self, command: Command, verb: str, arguments: list[str], ack: Ack) -> None:
        actor = self._office.actor(command.team_id, command.user_id)
        if len(arguments) != 1 or not arguments[0].isdigit() or len(arguments[0]) > 18:
            raise BadInput(f"say which source to {verb}", hint=f"/steelyard sources {verb} 12")
        administration = self._administration
        deed = {"pause": administration.pause, "resume": administration.resume, "remove": administration.remove}[verb]
        _say(ack, told(deed(actor, int(arguments[0]))))

    # ------------------------------------------------------------ OPML in

    def import_pressed(self, body: dict[str, Any], ack: Ack, client: "WebClient") -> None:
        press = checked(Press, body)
        ack()

        def do() -> None:
            self._office.actor(press.team.id, press.user.id)
            _open_import(client, press.trigger_id)

        guarded(do, lambda words, _: tell_in_a_window(client, press.trigger_id, words))

    def imported(self, body: dict[str, Any], ack: Ack) -> None:
        """A list was pasted: what is wrong with it is said under it."""
        given = checked(Submission, body)
        text = typed(given.view.state).get("opml", "")
        try:
            actor = self._office.actor(given.team.id, given.user.id)
            done = self._administration.import_list(actor, text.encode(), "the list")
        except NotAllowed as error:
            ack(response_action="update", view=said_view(in_words(error)))
            return
        except SteelyardError as error:
            ack(response_action="errors", errors={"opml": under_the_input(error)})
            return
        counted = f"{len(done.added)} added, {len(done.known)} known already, {len(done.refused)} refused"
        lines = [f"*{counted}.*", *(f"• {one_line(reason, 200)}" for reason in done.refused[:10])]
        ack(response_action="update", view=said_view("\n".join(lines)))
        self._home.refreshed(given.team.id, given.user.id, f"OPML imported: {counted}.")


def _open_import(client: "WebClient", trigger_id: str) -> None:
    how = "Paste the file's text. A longer list: steelyard sources import FILE, in the terminal."
    blocks = [field("opml", "OPML", line("", OPML_LENGTH, several=True), hint=how)]
    with translated("opening a window"):
        view = modal("Import sources", blocks, callback=OPML_VIEW, submit="Import")
        client.views_open(trigger_id=trigger_id, view=view)


def _say(ack: Ack, text: str, blocks: list[Block] | None = None) -> None:
    more = {"blocks": blocks} if blocks else {}
    ack(text=text, response_type="ephemeral", **more)


def register(app: "App", commands: Commands, command: str) -> None:
    """Before the listener of every other word."""

    def is_ours(body: dict[str, Any]) -> bool:
        return str(body.get("text") or "").strip().partition(" ")[0].lower() in WORDS

    app.command(command, matchers=[is_ours])(commands.run)
    app.action(IMPORT)(commands.import_pressed)
    app.view(OPML_VIEW)(commands.imported)
