"""Two workspaces on one bot, with admins, members and guests: the app fed by signed payloads, its calls recorded."""

import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from bot.admin import Administration
from bot.doors.slack.administer import office_of
from bot.doors.slack.app import build_app
from bot.doors.slack.client import client_with
from bot.wire import OpmlLists
from kb.errors import ServiceError
from kb.settings import Settings
from kb.store import Store
from kb.store.proposals import Examined
from kb.types import PROPOSAL, FactDraft, SourceDraft, Tier, Topic, utc_now
from tests.bot.slack_server import Call, SmallSlack, small_slack
from tests.kb.store_builders import a_fact, an_item

SECRET = "s3cret"
ADMIN, MEMBER, GUEST, BOT, GONE, LISTED = "U1ADMIN", "U1MEMBER", "U1GUEST", "U1BOT", "U1GONE", "U1LISTED"
THEIRS = "U2ADMIN"
PEOPLE: dict[str, dict[str, Any]] = {
    ADMIN: {"team_id": "T1", "is_admin": True},
    LISTED: {"team_id": "T1"},
    MEMBER: {"team_id": "T1"},
    GUEST: {"team_id": "T1", "is_restricted": True, "is_admin": True},
    BOT: {"team_id": "T1", "is_bot": True, "is_admin": True},
    GONE: {"team_id": "T1", "deleted": True, "is_owner": True},
    THEIRS: {"team_id": "T2", "is_owner": True, "is_admin": True},
}
OPML = '<opml version="2.0"><body><outline type="rss" text="Lab" xmlUrl="https://lab.example/feed"/></body></opml>'
QUOTE = "OpenAI released GPT-6.2 Sol on 9 September 2026."


@dataclass
class TwoTeams:
    """Implements `Clients` for T1 and T2."""

    url: str
    made: dict[str, WebClient] = field(default_factory=dict)

    def of(self, team_id: str | None) -> WebClient:
        if team_id not in self.teams():
            raise ServiceError("not installed there", transient=False)
        if team_id not in self.made:
            settings = Settings(slack_api_url=self.url)
            self.made[str(team_id)] = client_with(settings, f"xoxb-{team_id}")
        return self.made[str(team_id)]

    def teams(self) -> list[str]:
        return ["T1", "T2"]


@dataclass
class AdminWorld:
    store: Store
    slack: SmallSlack
    app: App
    administration: Administration
    ids: dict[str, int]  # "shared", "T1", "T2": a source of each; "fact:shared", "fact:T1", "fact:T2": a proposal
    probes: dict[str, int]
    triggers: int = 0

    # ------------------------------------------------------------ payloads

    def post(self, body: str, kind: str = "application/x-www-form-urlencoded") -> tuple[int, Any]:
        at = str(int(time.time()))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body)
        headers = {"content-type": kind, "x-slack-request-timestamp": at, "x-slack-signature": signature or ""}
        response = self.app.dispatch(BoltRequest(body=body, headers=headers))
        try:
            return response.status, json.loads(response.body) if response.body else None
        except ValueError:
            return response.status, response.body

    def interact(self, payload: dict[str, Any]) -> tuple[int, Any]:
        self.triggers += 1
        common = {"token": "unused", "api_app_id": "A1", "trigger_id": f"1.{self.triggers}.a"}
        return self.post(urlencode({"payload": json.dumps(common | payload)}))

    def press(
        self, user: str, action: str, value: str = "-", *, team: str = "T1", menu: bool = False, **more: Any
    ) -> Any:
        kind, chosen = (
            ("static_select", {"selected_option": {"value": value}}) if menu else ("button", {"value": value})
        )
        pressed = {"type": kind, "action_id": action, "block_id": "b", "action_ts": "1", **chosen}
        view = {"id": "V1", "type": "home", "private_metadata": '{"page": 0}'}
        given = {"type": "block_actions", "user": {"id": user}, "team": {"id": team}, "view": view} | more
        return self.interact(given | {"actions": [pressed]})

    def submit(
        self, user: str, callback: str, values: dict[str, str], *, team: str = "T1", metadata: object = None
    ) -> Any:
        state = {
            name: {"value": {"selected_option": {"value": value}} if name in ("topic", "tier") else {"value": value}}
            for name, value in values.items()
        }
        view = {
            "id": "V1",
            "type": "modal",
            "callback_id": callback,
            "private_metadata": json.dumps(metadata) if metadata else "",
            "state": {"values": state},
        }
        return self.interact({"type": "view_submission", "user": {"id": user}, "team": {"id": team}, "view": view})

    def command(self, user: str, text: str, *, team: str = "T1") -> Any:
        self.triggers += 1
        return self.post(
            urlencode(
                {
                    "command": "/steelyard",
                    "text": text,
                    "team_id": team,
                    "user_id": user,
                    "channel_id": "C1",
                    "trigger_id": f"1.{self.triggers}.b",
                    "response_url": f"{self.slack.url}respond",
                    "api_app_id": "A1",
                }
            )
        )

    def open_home(self, user: str, *, team: str = "T1", tab: str = "home") -> Any:
        inner = {"type": "app_home_opened", "user": user, "tab": tab, "channel": "D1", "event_ts": "1.1"}
        body = {"type": "event_callback", "team_id": team, "api_app_id": "A1", "event_id": "Ev1", "event": inner}
        return self.post(json.dumps(body), "application/json")

    # ------------------------------------------------------------ what is seen

    def views(self, method: str) -> list[dict[str, Any]]:
        given = [call.arguments["view"] for call in self.slack.called(method)]
        return [json.loads(view) if isinstance(view, str) else view for view in given]

    def fingerprint(self) -> list[object]:
        """All that an admin could change, of everybody."""
        settings = [self.store.settings.all("workspace", workspace_id=team) for team in (None, "T1", "T2")]
        sources = [self.store.sources.list(workspace_id=team, include_removed=True) for team in ("T1", "T2")]
        events = [self.store.facts.contested(workspace_id=team)[1] for team in ("T1", "T2")]
        return [settings, sources, events, self.store.audit.all()]


def answers(slack: SmallSlack, people: dict[str, dict[str, Any]]) -> Any:
    """Slack that also knows people; everything else as the small one has it."""
    plain = slack.answer

    def answer(call: Call, basic: str) -> dict[str, Any]:
        if call.method in slack.errors or call.token not in slack.tokens:
            return plain(call, basic)
        if call.method == "users.info":
            slack.calls.append(call)
            user = people.get(call.arguments["user"])
            found = {"id": call.arguments["user"], **(user or {})}
            return {"ok": True, "user": found} if user else {"ok": False, "error": "user_not_found"}
        if call.method == "users.list":
            team = slack.tokens[call.token]
            return {"ok": True, "members": [{"id": i, **p} for i, p in people.items() if p["team_id"] == team]}
        if call.method == "usergroups.users.list":
            return {"ok": True, "users": [MEMBER]}
        return plain(call, basic) | {"view": {"id": "V1"}}

    return answer


def authorized(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
    if team_id not in ("T1", "T2"):
        return None
    token = f"xoxb-{team_id}"
    return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_token=token, bot_id="B1", bot_user_id="UBOT")


@cache
def _migrated() -> bytes:
    """An empty database: copying one is quicker than migrating for every test."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        Store.open(f"sqlite:///{path}").close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()


@contextmanager
def admin_world(home: Path, *, shared: bool = False, **more: object) -> Iterator[AdminWorld]:
    (home / "admin.db").write_bytes(_migrated())
    with small_slack() as slack, Store.open(f"sqlite:///{home / 'admin.db'}") as store:
        slack.tokens |= {"xoxb-T1": "T1", "xoxb-T2": "T2"}
        slack.answer = answers(slack, dict(PEOPLE))  # type: ignore[method-assign]
        settings = Settings(home=home, slack_api_url=slack.url, slack_admins=LISTED, **more)  # type: ignore[arg-type]
        administration = Administration(
            store, OpmlLists(("feed", "page")), ("openai",), utc_now, sends_to={"openai": "llm.example"}
        )
        clients = TwoTeams(slack.url)
        app = build_app(
            settings,
            store,
            client_with(settings, None),
            accepted=lambda: None,
            signing_secret=SECRET,
            authorize=authorized,
            office=office_of(administration, clients, settings, shared=shared),
        )
        ids: dict[str, int] = {}
        for owner in (None, "T1", "T2"):
            name = owner or "shared"
            draft = SourceDraft(kind="feed", url=f"https://{name.lower()}.example/feed", title=f"Source of {name}")
            ids[name] = store.sources.add(draft, workspace_id=owner).id
            ids[f"fact:{name}"] = proposed(store, ids[name], name)
        probes = {team: looked(store, team) for team in ("T1", "T2")}
        yield AdminWorld(store, slack, app, administration, ids, probes)


def proposed(store: Store, source_id: int, name: str) -> int:
    """A fact that text proposes, of the workspace that its source is of."""
    day = datetime(2026, 9, 10, tzinfo=UTC)
    text = f"{QUOTE}\nIt is told by {name}."
    store.items.write(source_id, an_item(name, text, published_at=day, known_from=day))
    [version] = [v for v in store.proposals.unexamined(50) if v.text == text]
    draft: FactDraft = a_fact(
        f"{PROPOSAL}{name}",
        subject=f"model:of-{name.lower()}",
        field="released",
        value="2026-09-09",
        statement=f"OpenAI released GPT-6.2 Sol, says {name}.",
        quote=QUOTE,
        item_version_id=version.id,
        known_from=day.date(),
        publisher="Paper",
        tier=Tier.RECOGNISED,
    )
    store.proposals.keep([Examined(version, (draft,))], patterns=1)
    workspace = version.workspace_id
    return next(f.id for f in store.facts.contested(workspace_id=workspace)[0] if f.key == draft.key)


def looked(store: Store, team: str, **more: object) -> int:
    """A probe that ingest has answered."""
    probe = store.probes.put("preview", {"url": f"https://new-{team.lower()}.example/"}, workspace_id=team)
    [row] = store.probes.claim("ingest", 1, 30)
    result = {
        "ok": True,
        "kind": "feed",
        "url": f"https://new-{team.lower()}.example/feed",
        "title": f"New for {team}",
        "publisher": "",
        "entries": 2,
        "newest": [{"published": "2026-11-20", "title": "A model", "link": "https://x.example/1"}],
        "refused": [],
        "others": [],
        "topic": Topic.RELEASE.value,
        "tier": 2,
    } | more
    assert store.probes.done(row.id, result, owner="ingest")
    return probe
