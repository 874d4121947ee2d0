"""What admins do: the actions and their log, the windows, App Home as Slack takes it, and who hears what."""

import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.admin import Actor, terminal
from bot.doors.slack.add_source import web_address
from bot.doors.slack.add_source_views import ADD, ASK_VIEW, FOUND_VIEW, Found, ask_view, found_view
from bot.doors.slack.admins import KEPT_S, Admins, Kind
from bot.doors.slack.home_view import GENERATOR, IMPORT, PAGE, RETENTION, SOURCE_MENU, WORTH_VIEW
from bot.doors.slack.proposals import APPROVE, REJECT
from bot.doors.slack.source_commands import OPML_VIEW
from bot.preferences import GENERATOR as GENERATOR_KEY
from bot.preferences import WORKSPACE, Digest, Preferences
from ingest.fetch import Fetcher
from ingest.probing import answer_probes
from ingest.suggest import suggest
from kb.errors import BadInput, Conflict, NotFound, ServiceError
from kb.settings import Settings
from kb.types import DayBudget, GenerationDraft, SourceDraft, Tier, Topic, Used, utc_now
from tests.bot.admin_world import ADMIN, LISTED, MEMBER, OPML, QUOTE, AdminWorld, TwoTeams, admin_world
from tests.servers import ReplayServer

FEED = b"""<rss version="2.0"><channel><title>Example Lab</title>
<item><guid>1</guid><title>We release a 12B model under Apache-2.0</title><link>https://example.org/1</link></item>
<item><guid>2</guid><title>Model weights released: Small 4</title><link>https://example.org/2</link></item>
</channel></rss>"""
PAGE_WITH_FEED = b"""<html><head><title>Lab</title><link rel="alternate" type="application/rss+xml" href="/feed.xml">
<link rel="alternate" type="application/rss+xml" href="/comments.xml"></head><body><p>Hello.</p></body></html>"""
HOSTILE = "<!channel> <@U1> [x](https://evil.example) *b* `c` " + "long" * 60
T1 = Actor(name=f"slack:{ADMIN}", workspace_id="T1", shared=False)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AdminWorld]:
    with admin_world(tmp_path) as opened:
        yield opened


def valid(view: dict[str, Any]) -> dict[str, Any]:
    """A view that Slack's own library takes, block by block."""
    plain: dict[str, Any] = json.loads(json.dumps(view))
    assert len(plain["blocks"]) <= 100
    if plain["type"] == "modal":
        View(**plain).validate_json()
    for block in plain["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        assert parsed.to_dict() == block
    ids = [block["block_id"] for block in plain["blocks"] if "block_id" in block]
    assert len(ids) == len(set(ids))
    return plain


def words(view: object) -> str:
    return json.dumps(view, ensure_ascii=False)


# ---------------------------------------------------------------- the actions


def test_what_is_done_is_logged_with_before_and_after(world: AdminWorld) -> None:
    admin, source = world.administration, world.ids["T1"]
    admin.pause(T1, source)
    with pytest.raises(Conflict, match="paused already"):
        admin.pause(T1, source)
    admin.set_worth(T1, source, topic=Topic.PRICE, tier=Tier.PRIMARY)
    admin.set_digest(T1, "C1", Digest(on=True))
    admin.set_retention(T1, 90)
    admin.set_retention(T1, None)
    rows = world.store.audit.list("T1")
    assert [row.action for row in rows[::-1]] == [
        "source.pause", "source.worth", "digest.set", "retention_days.set", "retention_days.set",
    ]  # fmt: skip
    pause, worth = rows[-1], rows[-2]
    assert (pause.actor, pause.subject) == (f"slack:{ADMIN}", f"source {source} (Source of T1)")
    assert ((pause.before or {})["status"], (pause.after or {})["status"]) == ("active", "paused")
    assert ((worth.before or {})["tier"], (worth.after or {})["tier"]) == (3, 1)
    assert (rows[0].before, rows[0].after) == ({"value": "90"}, {"value": None})
    assert Preferences(world.store.settings, "T1").digest("C1") == Digest(on=True)
    assert world.store.audit.list("T2") == world.store.audit.list(None) == []
    with pytest.raises(BadInput):
        admin.set_retention(T1, 1)
    with pytest.raises(BadInput, match="oracle"):
        admin.set_generator(T1, "oracle")


def test_shared_sources_are_the_operators_or_the_only_workspaces(world: AdminWorld) -> None:
    admin, shared = world.administration, world.ids["shared"]
    with pytest.raises(BadInput, match="shared by every workspace"):
        admin.pause(T1, shared)
    with pytest.raises(NotFound):
        admin.pause(T1, world.ids["T2"])
    assert admin.pause(Actor(name="slack:U1", workspace_id="T1", shared=True), shared).status == "paused"
    assert admin.resume(terminal("ada"), shared).status == "active"
    assert [row.actor for row in world.store.audit.all()] == ["cli:ada", "slack:U1"]


def test_the_same_address_however_spelled_is_named(world: AdminWorld) -> None:
    for url in ("http://www.shared.example/feed/", "https://shared.example/feed"):
        with pytest.raises(Conflict, match="Source of shared"):
            world.administration.add_source(T1, SourceDraft(kind="feed", url=url))
    added = world.administration.add_source(T1, SourceDraft(kind="feed", url="https://t2.example/feed"))
    assert added.workspace_id == "T1", "what another workspace reads is nobody else's business"


def test_an_import_is_all_or_nothing_and_an_export_imports_equal(world: AdminWorld) -> None:
    done = world.administration.import_list(T1, OPML.encode(), "feeds.opml")
    assert [r.url for r in done.added] == ["https://lab.example/feed"]
    data, count = world.administration.export_list(T1)
    assert count == 3
    again = world.administration.import_list(T1, data, "export")
    assert (again.added, len(again.known)) == ((), 3)
    for bad, said in (("no xml", "root element is not <opml>"), ("<opml/>", "no feed in it")):
        with pytest.raises(BadInput, match=said):
            world.administration.import_list(T1, bad.encode(), "bad")
    outline = '<outline xmlUrl="https://a.example/" s:kind="oracle"/>'
    strange = f'<opml xmlns:s="urn:steelyard:opml:1"><body>{outline}</body></opml>'
    with pytest.raises(BadInput, match="no feed in it"):
        world.administration.import_list(T1, strange.encode(), "strange")


def test_an_action_that_fails_leaves_no_trace_and_none_goes_unlogged(world: AdminWorld) -> None:
    """Done and logged is one transaction: a log that cannot be written undoes the deed."""
    before = world.fingerprint()
    loud = Actor(name="slack:\ud800", workspace_id="T1", shared=False)  # no database stores half a surrogate
    with pytest.raises(BadInput):
        world.administration.pause(loud, world.ids["T1"])
    assert world.fingerprint() == before


def test_two_admins_decide_at_once_and_one_of_them_hears_so(world: AdminWorld) -> None:
    fact, outcomes, gate = world.ids["fact:T1"], [], threading.Barrier(6)

    def decide(number: int) -> None:
        actor = Actor(name=f"slack:U{number}", workspace_id="T1", shared=False)
        act = world.administration.approve if number % 2 else world.administration.reject
        gate.wait()
        try:
            act(actor, fact)
            outcomes.append("done")
        except Conflict as error:
            outcomes.append(str(error))

    threads = [threading.Thread(target=decide, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("done") == 1
    assert all("decided already" in said for said in outcomes if said != "done")
    assert len(world.store.audit.list("T1")) == 1


def test_a_word_of_an_only_workspace_is_everybodys(world: AdminWorld) -> None:
    fact = world.ids["fact:shared"]
    world.administration.approve(T1, fact)
    assert world.store.proposals.last_word(fact, workspace_id="T2").kind == "proposed"
    world.administration.reject(terminal("ada"), fact, why="a joke")
    assert world.store.proposals.last_word(fact, workspace_id="T2").kind == "rejected"
    with pytest.raises(Conflict, match="rejected by cli:ada"):
        world.administration.approve(T1, fact)
    assert world.administration.approve(T1, fact, reconsider=True).id == fact


# ---------------------------------------------------------------- who may


def test_who_somebody_is_is_asked_again_after_five_minutes(world: AdminWorld) -> None:
    now = [0.0]
    admins = Admins(TwoTeams(world.slack.url), Settings(slack_admins=LISTED), clock=lambda: now[0])
    for _ in range(3):
        assert admins.allows("T1", ADMIN)
    assert len(world.slack.called("users.info")) == 1
    now[0] = KEPT_S + 1
    assert admins.kind("T1", MEMBER) is Kind.MEMBER
    assert admins.allows("T1", ADMIN)
    assert len(world.slack.called("users.info")) == 3
    assert not admins.allows("T2", LISTED), "a listed id counts where that person is"


def test_members_of_the_admin_group_and_a_slack_that_does_not_answer(world: AdminWorld) -> None:
    clients = TwoTeams(world.slack.url)
    assert Admins(clients, Settings(slack_admin_group="S1")).allows("T1", MEMBER)
    world.slack.errors["usergroups.users.list"] = "missing_scope"
    assert not Admins(clients, Settings(slack_admin_group="S1")).allows("T1", MEMBER)
    world.slack.errors["users.info"] = "internal_error"
    with pytest.raises(ServiceError):
        Admins(clients, Settings()).allows("T1", ADMIN)
    status, answer = world.command(ADMIN, f"sources pause {world.ids['T1']}")
    assert status == 200
    assert "Try again" in answer["text"]
    assert world.store.audit.all() == []


def test_without_the_scope_the_settings_of_an_only_workspace_decide(world: AdminWorld) -> None:
    class OnlyT1(TwoTeams):
        def teams(self) -> list[str]:
            return ["T1"]

    world.slack.errors["users.info"] = "missing_scope"
    admins = Admins(OnlyT1(world.slack.url), Settings(slack_admins=LISTED))
    assert [admins.kind("T1", user) for user in (LISTED, ADMIN)] == [Kind.ADMIN, Kind.MEMBER]
    assert Admins(TwoTeams(world.slack.url), Settings(slack_admins=LISTED)).kind("T1", LISTED) is Kind.OUTSIDER


# ---------------------------------------------------------------- App Home


def test_home_is_valid_with_many_sources_of_hostile_names_and_turns_its_pages(world: AdminWorld) -> None:
    for n in range(130):
        draft = SourceDraft(kind="feed", url=f"https://s{n}.example/{'x' * n}", title=HOSTILE)
        world.administration.add_source(T1, draft)
    world.open_home(ADMIN)
    world.press(ADMIN, f"{PAGE}_after", "3")
    world.press(ADMIN, f"{PAGE}_after", "999")
    pages = [valid(view) for view in world.views("views.publish")]
    assert [json.loads(page["private_metadata"])["page"] for page in pages] == [0, 3, 10]
    for page in pages:
        assert "<!channel>" not in words(page)
        assert "https://evil.example" not in words(page)
    assert "Page 4 of 11" in words(pages[1])


def test_members_read_and_are_told_whom_to_ask(world: AdminWorld) -> None:
    world.open_home(MEMBER)
    world.open_home(ADMIN, tab="messages")
    [home] = [valid(view) for view in world.views("views.publish")]
    told = words(home)
    assert "Source of T1" in told
    assert f"<@{ADMIN}>" in told
    assert not [b for b in home["blocks"] if b["type"] == "actions" or "accessory" in b]
    assert "Log of what" not in told
    assert QUOTE not in told


def test_presses_in_home_do_and_show_again(world: AdminWorld) -> None:
    source = world.ids["T1"]
    world.press(ADMIN, SOURCE_MENU, f"pause:{source}", menu=True)
    world.press(ADMIN, SOURCE_MENU, f"pause:{source}", menu=True)
    world.press(ADMIN, SOURCE_MENU, f"pause:{world.ids['shared']}", menu=True)
    world.press(ADMIN, GENERATOR, "openai", menu=True)
    world.press(ADMIN, RETENTION, "default", menu=True)
    world.press(ADMIN, SOURCE_MENU, f"worth:{source}", menu=True)
    world.submit(ADMIN, WORTH_VIEW, {"topic": "price", "tier": "1"}, metadata={"source": source})
    notices = [view["blocks"][0]["text"]["text"] for view in world.views("views.publish")]
    assert "is now paused" in notices[0]
    assert "is paused already" in notices[1]
    assert "shared by every workspace" in notices[2]
    assert "worded by openai" in notices[3]
    assert "kept for good" in notices[4]
    assert "price, tier 1" in notices[5]
    valid(world.views("views.open")[0])
    assert world.store.sources.get(source, workspace_id="T1").tier is Tier.PRIMARY


# ---------------------------------------------------------------- proposals


def test_a_proposal_is_shown_with_its_quote_and_decided_once(world: AdminWorld) -> None:
    world.open_home(ADMIN)
    [home] = [valid(view) for view in world.views("views.publish")]
    assert QUOTE in words(home)
    assert "Paper, 10 Sep 2026, tier 2" in words(home)
    fact = world.ids["fact:T1"]
    for _ in range(2):
        world.press(ADMIN, APPROVE, str(fact))
    world.press(LISTED, REJECT, str(fact))
    notices = [view["blocks"][0]["text"]["text"] for view in world.views("views.publish")[1:]]
    assert notices[0].startswith("Approved: OpenAI released")
    assert [f"approved by <@{ADMIN}>" in said for said in notices[1:]] == [True, True]
    assert [row.action for row in world.store.audit.list("T1")] == ["proposal.approve"]


def test_a_list_that_was_asked_for_is_answered_in_its_place(world: AdminWorld) -> None:
    status, answer = world.command(ADMIN, "proposals")
    assert status == 200
    assert answer["response_type"] == "ephemeral"
    [first, *_] = [b for b in answer["blocks"] if b["type"] == "actions"]
    reply = {"view": None, "response_url": f"{world.slack.url}respond"}
    world.press(ADMIN, APPROVE, first["elements"][0]["value"], **reply)
    [call] = world.slack.called("respond")
    assert call.arguments["replace_original"] is True
    assert call.arguments["text"].startswith("Approved")


# ---------------------------------------------------------------- adding a source


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        ("example.org/blog", "https://example.org/blog"),
        (" <https://example.org/a|example.org/a> ", "https://example.org/a"),
        ("http://127.0.0.1:8080/feed", "http://127.0.0.1:8080/feed"),
    ],
)
def test_what_is_pasted_becomes_an_address(pasted: str, address: str) -> None:
    assert web_address(pasted) == address


@pytest.mark.parametrize("pasted", ["", "hello", "two words.example", "ftp://x.example", "https://u@x.example"])
def test_what_is_no_address_is_refused_in_words(pasted: str) -> None:
    with pytest.raises(BadInput, match="no web address"):
        web_address(pasted)


def test_a_bad_address_is_corrected_in_the_window_and_added_with_one_click(world: AdminWorld, tmp_path: Path) -> None:
    """The whole way, with ingest's own worker on real HTTP."""
    settings = Settings(home=tmp_path, allow_private_addresses=True, host_pause_s=0)
    with ReplayServer() as site, Fetcher(settings, utc_now) as fetcher:
        site.put("/blog", PAGE_WITH_FEED, content_type="text/html")
        site.put("/feed.xml", FEED, content_type="application/rss+xml")
        world.press(ADMIN, ADD)
        assert words(valid(world.views("views.open")[0])).count("url") >= 1
        _, answer = world.submit(ADMIN, ASK_VIEW, {"url": "not an address"})
        assert "no web address" in answer["errors"]["url"]

        missing = look(world, fetcher, site.url("nothing"))
        assert "HTTP 404" in words(missing)
        [field] = [b for b in missing["blocks"] if b["type"] == "input"]
        assert field["element"]["initial_value"] == site.url("nothing")

        found = look(world, fetcher, site.url("blog"))
        assert found["callback_id"] == FOUND_VIEW
        assert "We release a 12B model" in words(found)
        inputs = {b["block_id"]: b["element"] for b in found["blocks"] if b["type"] == "input"}
        assert inputs["topic"]["initial_option"]["value"] == "release"
        assert inputs["tier"]["initial_option"]["value"] == "3"
        assert "/comments.xml" in words(found)
        said = {"title": "Example Lab", "publisher": "Lab", "topic": "release", "tier": "2"}
        metadata = json.loads(found["private_metadata"])
        _, answer = world.submit(ADMIN, FOUND_VIEW, said, metadata=metadata)
        assert "Added source" in words(valid(answer["view"]))
        _, answer = world.submit(ADMIN, FOUND_VIEW, said, metadata=metadata)
        assert "is read already" in answer["errors"]["title"]
        again = look(world, fetcher, site.url("blog"))
        assert "This is read already" in words(again)
    added = world.store.sources.find(site.url("feed.xml"), workspace_id="T1")
    assert added is not None
    assert (added.workspace_id, added.publisher, added.tier) == ("T1", "Lab", Tier.RECOGNISED)


def look(world: AdminWorld, fetcher: Fetcher, url: str) -> dict[str, Any]:
    """Submit an address, let ingest answer, and wait for what the window then shows."""
    seen = len(world.slack.called("views.update"))
    _, answer = world.submit(ADMIN, ASK_VIEW, {"url": url})
    assert "Looking at" in words(valid(answer["view"]))
    assert answer_probes(world.store, fetcher, utc_now, owner="ingest", stopped=lambda: False) == 1
    gate = threading.Event()
    for _ in range(200):
        if len(world.slack.called("views.update")) > seen:
            break
        gate.wait(0.05)
    return valid(world.views("views.update")[-1])


def test_a_window_of_another_workspace_or_a_forged_one_adds_nothing(world: AdminWorld) -> None:
    said = {"title": "x", "publisher": "", "topic": "release", "tier": "2"}
    for probe in (world.probes["T2"], 999):
        _, answer = world.submit(ADMIN, FOUND_VIEW, said, metadata={"probe": probe})
        assert answer["response_action"] == "errors"
    _, answer = world.submit(ADMIN, FOUND_VIEW, said, metadata={"probe": "'; drop"})
    assert "did not open" in answer["errors"]["title"]
    assert world.store.audit.all() == []


def test_found_windows_are_valid_whatever_a_site_says() -> None:
    entries = tuple({"published": HOSTILE, "title": HOSTILE, "link": ""} for _ in range(3))
    others = ("https://x.example/" + "y" * 200, "https://x.example/feed")
    given = {"kind": "page", "url": "https://x.example", "title": HOSTILE, "newest": entries, "others": others}
    view = valid(found_view(Found.of(given | {"refused": (HOSTILE,) * 5}), 1))
    assert "<!channel>" not in words([b for b in view["blocks"] if b["type"] != "input"])  # inputs show it literally
    valid(ask_view("https://x.example", HOSTILE.replace("<", "&lt;")))


def test_topic_and_tier_are_proposed() -> None:
    assert suggest("https://www.nist.gov/feed", []).tier is Tier.PRIMARY
    assert suggest("https://somebody.substack.com/feed", []).tier is Tier.OPINION
    assert suggest("https://paper.example/feed", []).tier is Tier.PRESS
    known = suggest("https://github.com/vllm-project/vllm/tags.atom", [])
    assert known.publisher


# ---------------------------------------------------------------- commands


def test_commands_say_what_they_did_and_what_they_can(world: AdminWorld) -> None:
    source = world.ids["T1"]
    said = [
        world.command(ADMIN, text)[1]["text"]
        for text in (
            f"sources pause {source}", f"sources resume {source}", "sources pause", "sources dance", "help",
            "sources list 1", f"sources remove {source}", f"sources pause {world.ids['T2']}",
        )
    ]  # fmt: skip
    expected = (
        "is now paused", "is now active", "Say which source to pause", "Sources cannot dance", "For admins",
        "2 sources", "is now removed", "No source",
    )  # fmt: skip
    for words_said, wanted in zip(said, expected, strict=True):
        assert wanted in words_said
    _, listed = world.command(MEMBER, "sources list")
    assert "Source of shared" in json.dumps(listed)


def test_a_channel_has_its_own_generator_and_follow_ups(world: AdminWorld) -> None:
    said = [
        world.command(ADMIN, text)[1]["text"]
        for text in (
            "generator openai",
            "generator",
            "generator default",
            "follow-ups on",
            "follow-ups",
            "follow-ups x",
        )
    ]
    leaving = "the text of each question and its evidence leaves this machine for llm.example"
    assert f"worded by openai: {leaving}." in said[0]
    assert "leaves this machine" not in said[2]
    assert "worded by openai" in said[1]
    assert "what is configured" in said[2]
    assert said[3] == said[4] == "Follow-ups without a mention, in this channel: on."
    assert "on, off or default" in said[5]
    assert Preferences(world.store.settings, "T1").follow_ups("C1") is True
    assert Preferences(world.store.settings, "T1").follow_ups("C2") is None


def test_admins_set_the_daily_tokens_of_their_workspace(world: AdminWorld) -> None:
    said = [
        world.command(ADMIN, f"generator budget{more}")[1]["text"] for more in (" 50000", "", " 12", " x", " default")
    ]
    assert said[0] == said[1] == "Rewording answers of this workspace may use at most 50,000 tokens a day (UTC)."
    assert "12 tokens are no budget for a day" in said[2]
    assert "a number of tokens a day" in said[3]
    assert "whoever runs Steelyard allows" in said[4]
    assert "Only admins" in world.command(MEMBER, "generator budget 9000000")[1]["text"]
    actions = [row.action for row in world.store.audit.list("T1")]
    assert actions[:2] == ["generator_tokens.set", "generator_tokens.set"]


def test_home_says_what_leaves_this_machine_and_what_was_spent(world: AdminWorld) -> None:
    Preferences(world.store.settings, "T1").put(WORKSPACE, GENERATOR_KEY, "openai")
    used = Used(tokens_read=1_200, tokens_written=300, cost_usd=Decimal("0.0125"))
    today = world.administration.now().date()
    draft = GenerationDraft(day=today, workspace_id="T1", channel="C1", generator="openai", model="m", most=used)
    world.store.generations.begin(draft, DayBudget())
    world.open_home(MEMBER)
    shown = words(valid(world.views("views.publish")[-1]))
    assert "the text of each question and its evidence leaves this machine for llm.example" in shown
    assert "Today: answers reworded: 1, tokens: 1,500, about 0.0125 USD." in shown


def test_opml_is_pasted_and_what_is_wrong_with_it_is_said_there(world: AdminWorld) -> None:
    world.press(ADMIN, IMPORT)
    valid(world.views("views.open")[0])
    _, answer = world.submit(ADMIN, OPML_VIEW, {"opml": "nothing of the kind"})
    assert "its root element is not <opml>" in answer["errors"]["opml"]
    _, answer = world.submit(ADMIN, OPML_VIEW, {"opml": OPML})
    assert "1 added, 0 known already, 0 refused" in words(valid(answer["view"]))


def test_a_member_is_refused_politely(world: AdminWorld) -> None:
    _, answer = world.command(MEMBER, "sources export")
    assert answer["text"].startswith("Only admins can do this. They are <@U1LISTED>, <@U1ADMIN>")
