"""Who may administer: every action by everybody who is no admin of that workspace; nothing of one seen in another."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.doors.slack.add_source_views import ADD, ANOTHER, ASK_VIEW, FOUND_VIEW
from bot.doors.slack.home_view import EXPORT, GENERATOR, IMPORT, RETENTION, SOURCE_MENU, WORTH_VIEW
from bot.doors.slack.proposals import APPROVE, REJECT
from bot.doors.slack.source_commands import OPML_VIEW
from tests.bot.admin_world import ADMIN, BOT, GONE, GUEST, LISTED, MEMBER, OPML, THEIRS, AdminWorld, admin_world

NEW = {"title": "New", "publisher": "", "topic": "release", "tier": "2"}
Act = Callable[[AdminWorld, str, str], Any]

ACTIONS: dict[str, Act] = {
    "pause": lambda w, user, team: w.press(user, SOURCE_MENU, f"pause:{w.ids['T1']}", team=team, menu=True),
    "remove": lambda w, user, team: w.press(user, SOURCE_MENU, f"remove:{w.ids['T1']}", team=team, menu=True),
    "worth": lambda w, user, team: w.press(user, SOURCE_MENU, f"worth:{w.ids['T1']}", team=team, menu=True),
    "worth, saved": lambda w, user, team: w.submit(
        user, WORTH_VIEW, {"topic": "price", "tier": "1"}, team=team, metadata={"source": w.ids["T1"]}
    ),
    "add": lambda w, user, team: w.press(user, ADD, team=team),
    "look": lambda w, user, team: w.submit(user, ASK_VIEW, {"url": "https://new-t1.example/"}, team=team),
    "look at another": lambda w, user, team: w.press(user, ANOTHER, "https://x.example/feed", team=team, menu=True),
    "add, found": lambda w, user, team: w.submit(user, FOUND_VIEW, NEW, team=team, metadata={"probe": w.probes["T1"]}),
    "import": lambda w, user, team: w.press(user, IMPORT, team=team),
    "import, pasted": lambda w, user, team: w.submit(user, OPML_VIEW, {"opml": OPML}, team=team),
    "export": lambda w, user, team: w.press(user, EXPORT, team=team),
    "generator": lambda w, user, team: w.press(user, GENERATOR, "openai", team=team, menu=True),
    "retention": lambda w, user, team: w.press(user, RETENTION, "90", team=team, menu=True),
    "approve": lambda w, user, team: w.press(user, APPROVE, str(w.ids["fact:T1"]), team=team),
    "reject": lambda w, user, team: w.press(user, REJECT, str(w.ids["fact:T1"]), team=team),
    "/pause": lambda w, user, team: w.command(user, f"sources pause {w.ids['T1']}", team=team),
    "/remove": lambda w, user, team: w.command(user, f"sources remove {w.ids['T1']}", team=team),
    "/resume": lambda w, user, team: w.command(user, f"sources resume {w.ids['T1']}", team=team),
    "/add": lambda w, user, team: w.command(user, "sources add https://new-t1.example/", team=team),
    "/import": lambda w, user, team: w.command(user, "sources import", team=team),
    "/export": lambda w, user, team: w.command(user, "sources export", team=team),
    "/generator": lambda w, user, team: w.command(user, "generator openai", team=team),
    "/follow-ups": lambda w, user, team: w.command(user, "follow-ups on", team=team),
    "/proposals": lambda w, user, team: w.command(user, "proposals", team=team),
}
# Who acts, and of which team the payload says that it is. The last two lie.
STRANGERS = {
    "a member": (MEMBER, "T1"),
    "a guest whom somebody made admin": (GUEST, "T1"),
    "a bot": (BOT, "T1"),
    "an owner who left": (GONE, "T1"),
    "nobody": ("U9NOBODY", "T1"),
    "another workspace's owner, forged": (THEIRS, "T1"),
    "a workspace that never installed us, forged": (ADMIN, "T9"),
}
OWN = {"import, pasted", "export", "/export", "look", "/add", "add", "import", "/import"}  # of theirs alone
OWN |= {"generator", "/generator", "/follow-ups", "retention", "/proposals", "look at another"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminWorld]:
    with admin_world(tmp_path_factory.mktemp("matrix")) as opened:
        yield opened


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("action", ACTIONS)
def test_only_admins_of_that_workspace(world: AdminWorld, action: str, who: str) -> None:
    before, calls = world.fingerprint(), len(world.slack.calls)
    user, team = STRANGERS[who]
    _, answer = ACTIONS[action](world, user, team)
    assert world.fingerprint() == before
    made = [call for call in world.slack.calls[calls:] if not call.method.startswith(("users.", "usergroups."))]
    opened = [json.dumps(call.arguments) for call in made if call.method == "views.open"]
    made = [call for call in made if not (call.method == "respond" and team == "T9")]  # that we are not installed
    assert [call.method for call in made if call.method != "views.open"] == []
    if team == "T9":
        return
    [told] = opened or [json.dumps(answer, ensure_ascii=False)]
    assert "Only admins can do this" in told
    assert ADMIN in told
    assert LISTED in told
    assert THEIRS not in told


@pytest.mark.parametrize("action", [action for action in ACTIONS if action not in OWN])
def test_another_workspaces_owner_reaches_nothing_of_this_one(world: AdminWorld, action: str) -> None:
    """An admin, at home: numbers of T1's rows name nothing there."""
    before, calls = world.fingerprint(), len(world.slack.calls)
    _, answer = ACTIONS[action](world, THEIRS, "T2")
    assert world.fingerprint() == before
    said = json.dumps([call.arguments for call in world.slack.calls[calls:]] + [answer])
    assert "Source of T1" not in said
    assert "says T1" not in said
    assert "New for T1" not in said


@pytest.mark.parametrize(("action", "admin"), [*((action, ADMIN) for action in ACTIONS), ("approve", LISTED)])
def test_admins_of_that_workspace_succeed(tmp_path: Path, action: str, admin: str) -> None:
    with admin_world(tmp_path) as world:
        if action == "/resume":
            world.command(admin, f"sources pause {world.ids['T1']}")
        status, answer = ACTIONS[action](world, admin, "T1")
        assert status == 200
        said = json.dumps([c.arguments for c in world.slack.calls if c.method.startswith("views")] + [answer])
        assert "Only admins" not in said
        assert "errors" not in said
        did = [row.action for row in world.store.audit.list("T1")]
        done = {
            "pause": "source.pause",
            "remove": "source.remove",
            "resume": "source.resume",
            "worth, saved": "source.worth",
            "add, found": "source.add",
            "import, pasted": "source.import",
            "export": "source.export",
            "generator": "generator.set",
            "retention": "retention_days.set",
            "follow-ups": "follow_ups.set",
            "approve": "proposal.approve",
            "reject": "proposal.reject",
        }
        expected = done.get(action.removeprefix("/")) if action != "/import" else None
        assert did[:1] == ([expected] if expected else [])
        assert world.store.audit.list("T2") == []
        assert all(row.actor == f"slack:{admin}" for row in world.store.audit.all())


def shown_to(world: AdminWorld, user: str, team: str) -> str:
    """Everything that a person of a team can have shown."""
    seen = len(world.slack.calls)
    answers = [world.open_home(user, team=team), world.command(user, "sources list", team=team)]
    answers += [world.command(user, "proposals", team=team), world.command(user, "sources export", team=team)]
    calls = [c for c in world.slack.calls[seen:] if c.token == f"xoxb-{team}" and not c.method.startswith("users.")]
    return json.dumps([call.arguments for call in calls] + answers, ensure_ascii=False)


def test_nothing_of_one_workspace_is_seen_in_another(tmp_path: Path) -> None:
    with admin_world(tmp_path) as world:
        world.press(ADMIN, APPROVE, str(world.ids["fact:shared"]))
        world.press(ADMIN, RETENTION, "90", menu=True)
        world.command(ADMIN, f"sources pause {world.ids['T1']}")
        ours, theirs = shown_to(world, ADMIN, "T1"), shown_to(world, THEIRS, "T2")
        for mine, other in ((ours, "T2"), (theirs, "T1")):
            assert f"Source of {other}" not in mine
            assert f"says {other}" not in mine
            assert "Source of shared" in mine
        assert "90 days" in ours
        assert "*90 days*" not in theirs
        assert ADMIN not in theirs
        assert "Proposed facts (2)" in theirs, "what T1 believes, T2 still has to decide on"
        assert "Proposed facts (1)" in ours
        assert [f.id for f in believed(world, "T1")] == [world.ids["fact:shared"]]
        assert believed(world, "T2") == []
        assert shown_to(world, THEIRS, "T1").count("Source of") == 0


def believed(world: AdminWorld, team: str) -> list[Any]:
    facts, _ = world.store.facts.followed(workspace_id=team)
    return [fact for fact in facts if fact.key.startswith("proposal/")]


def test_other_rooms_keep_workspaces_apart(tmp_path: Path) -> None:
    """Answers, decisions, feedback and charts of T1, asked for by T2: not there."""
    from bot.decide.service import Decider
    from bot.doors.slack.decisions import chart_maker
    from kb.errors import NotFound

    with admin_world(tmp_path) as world:
        store = world.store
        answer_id = store.answers.add(
            question="secret of T1?", kind="fact", as_of=world.administration.now().date(), body={}, workspace_id="T1",
            door="slack", channel="C1", thread="1.1", user=MEMBER,
        )  # fmt: skip
        assert store.answers.in_thread("slack", "C1", "1.1", workspace_id="T2") == []
        assert store.decisions.list(workspace_id="T2") == []
        payload = {"value": f"down:{answer_id}", "action_id": "steelyard_feedback"}
        world.press(THEIRS, payload["action_id"], payload["value"], team="T2", response_url=f"{world.slack.url}respond")
        assert store.answers.verdicts(workspace_id="T1") == {"up": 0, "down": 0}
        with pytest.raises(NotFound):
            Decider(store).record(1, workspace_id="T2")
        with pytest.raises(NotFound):
            chart_maker(Decider(store))(1, "T2")
