"""A decision in Slack: blocks that Slack takes, the form prefilled and read back, the listeners over signed POSTs."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from pydantic import SecretStr
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.signature import SignatureVerifier

from bot.answer.usecase import parse
from bot.decide.difference import changes
from bot.decide.report import DecisionReport
from bot.decide.service import Decider, Place
from bot.decide.snapshot import unpack_use_case
from bot.doors.slack.app import build_app
from bot.doors.slack.decisions import GONE
from bot.doors.slack.refine import REFINE_VIEW, Opened, in_words, refined, submitted, view_of
from bot.doors.slack.render import render
from bot.doors.slack.render_decision import REFINE_ACTION, back, front, marks_by
from kb.decide.use_case import UseCase
from kb.errors import BadInput
from kb.settings import Settings
from kb.store import Store
from tests.bot.decide_world import BANK, opened_world
from tests.fakes import made_answer

SECRET = "s3cret"
PLACE = Place(door="slack", channel="C1", thread="1700000000.000100", user="U1", workspace_id="T1")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Decider]]:
    yield from opened_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def bank(world: tuple[Store, Decider]) -> DecisionReport:
    return world[1].decide(parse(BANK), question=BANK, place=PLACE)


# ---------------------------------------------------------------- what is shown


def test_every_block_is_one_of_slacks_and_within_its_limits(bank: DecisionReport) -> None:
    answer = made_answer(BANK, texts=(bank.verdict,), decision=bank.model_dump(mode="json"))
    messages = render(answer, answer_id=3, key="k")
    for message in messages:
        assert len(message.blocks) <= 50
        assert sum(block["type"] == "table" for block in message.blocks) <= 1
        for block in message.blocks:
            plain = json.loads(json.dumps(block))
            parsed = Block.parse(plain)
            assert parsed is not None
            assert parsed.to_dict() == plain
    shown = json.dumps([m.blocks for m in messages], ensure_ascii=False)
    headings = (
        "*Options*: 8 of the",
        "*Ruled out: ",
        "Duties of",
        "What would change it",
        "Assumed, since nothing was said",
        "*Sources*",
    )
    for heading in headings:
        assert heading in shown, heading
    assert "(stale)" in shown
    assert "[1]" in shown
    assert "[2]" in shown
    assert "not legal advice" in shown
    assert "you are compliant" not in shown.lower()
    assert messages[0].body.startswith(f"**{bank.verdict[:40]}")


def test_a_follow_up_tells_the_difference_first(world: tuple[Store, Decider], bank: DecisionReport) -> None:
    after = world[1].decide(parse("and air-gapped?", earlier=parse(BANK)), question="and air-gapped?", save=False)
    after = after.model_copy(update={"changes": changes(bank, after)})
    first = json.dumps(front(after, marks_by({}))[0], ensure_ascii=False)
    assert "*What changed*" in first
    assert "Air-gapped: not known → yes." in first


def test_source_text_cannot_speak_as_slack(bank: DecisionReport) -> None:
    duty = bank.duties[0].model_copy(update={"says": "<!channel> see https://evil.example *now*"})
    shown = json.dumps(back(bank.model_copy(update={"duties": (duty,)}), marks_by({})), ensure_ascii=False)
    assert "<!channel>" not in shown
    assert "https://evil.example" not in shown


# ---------------------------------------------------------------- the form, pure


def state_of(view: dict[str, Any], **typed: str) -> dict[str, Any]:
    """What Slack sends back of a form in which only `typed` was touched."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element, name = block["element"], block["block_id"]
        if element["type"] == "static_select":
            value = typed.get(name, element["initial_option"]["value"])
            option = next(o for o in element["options"] if o["value"] == value)
            values[name] = {"value": {"type": "static_select", "selected_option": option}}
        else:
            text = typed.get(name, element.get("initial_value")) or None
            values[name] = {"value": {"type": "plain_text_input", "value": text}}
    return values


def view_for(report: DecisionReport) -> dict[str, Any]:
    assert report.id is not None
    made: dict[str, Any] = view_of(report, Opened(decision_id=report.id, message_ts="1.2"))
    return made


def test_the_form_has_every_input_prefilled_with_its_origin(bank: DecisionReport) -> None:
    view = view_for(bank)
    View(**json.loads(json.dumps(view))).validate_json()
    assert len(view["blocks"]) <= 100
    for block in view["blocks"]:
        if block["type"] != "context":
            assert Block.parse(json.loads(json.dumps(block))).to_dict() == block  # type: ignore[union-attr]
    by_name = {block.get("block_id"): block for block in view["blocks"]}
    assert by_name["requests_per_month"]["element"]["initial_value"] == "6,000,000"
    assert by_name["requests_per_month"]["hint"]["text"].startswith("You said “200k questions a day”")
    assert by_name["data_class"]["element"]["initial_option"]["value"] == "personal"
    assert by_name["peak_factor"]["hint"]["text"].startswith("Assumed: ")
    assert by_name["air_gap"]["element"]["initial_option"]["value"] == "-"
    assert "hint" not in by_name["air_gap"]


def test_only_what_was_touched_changes(bank: DecisionReport) -> None:
    said = parse(BANK)
    texts = submitted(state_of(view_for(bank), requests_per_month="20M", air_gap="yes", mlops_fte=" "))
    made = refined(said, bank, texts)
    assert isinstance(made, UseCase)
    assert made.requests_per_month == 20_000_000
    assert (made.origins["requests_per_month"].kind, made.origins["air_gap"].kind) == ("form", "form")
    assert (made.air_gap, made.mlops_fte) == (True, None)
    assert "mlops_fte" not in made.origins
    assert made.origins["inference_in"] == said.origins["inference_in"]
    assert made.peak_factor is None  # an assumption that nobody touched stays one
    words = in_words(bank, texts)
    assert words == "Refined: Air-gapped: yes; Requests a month: 20M; People to run models (FTE): not said"


def test_wrong_values_are_told_at_their_input(bank: DecisionReport) -> None:
    texts = submitted(state_of(view_for(bank), requests_per_month="lots", peak_factor="0.1"))
    errors = refined(parse(BANK), bank, texts)
    assert isinstance(errors, dict)
    assert set(errors) == {"requests_per_month", "peak_factor"}
    assert "'lots' is not a number" in errors["requests_per_month"]
    nothing = refined(parse(BANK), bank, submitted(state_of(view_for(bank))))
    assert isinstance(nothing, dict)
    assert "Nothing was changed" in next(iter(nothing.values()))


def test_what_a_form_does_not_tell_stays(bank: DecisionReport) -> None:
    texts = submitted({"requests_per_month": {"value": {"type": "plain_text_input", "value": "20M"}}})
    made = refined(parse(BANK), bank, texts)
    assert isinstance(made, UseCase)
    assert (made.requests_per_month, made.inference_in) == (20_000_000, parse(BANK).inference_in)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"decision": "x", "ts": "", "url": ""}', "null"])
def test_a_form_that_is_not_ours(text: str) -> None:
    with pytest.raises(BadInput):
        Opened.of(text)


# ---------------------------------------------------------------- signed POSTs


class FakeSlackApi(ThreadingHTTPServer):
    """Answers auth.test and views.open, and keeps what was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                json_sent = "json" in self.headers.get("content-type", "")
                given = json.loads(raw or "{}") if json_sent else {k: v[0] for k, v in parse_qs(raw).items()}
                api.calls.append((self.path.removeprefix("/api/"), given))
                who = {"user_id": "UB", "bot_id": "B1", "team_id": "T1"}
                body = json.dumps({"ok": True, "url": "https://t.example/", **who}).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """The calls are kept, not logged."""

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def api() -> Iterator[FakeSlackApi]:
    server = FakeSlackApi()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def app(world: tuple[Store, Decider], api: FakeSlackApi, tmp_path: Path) -> App:
    url = f"http://127.0.0.1:{api.server_address[1]}/api/"
    client = WebClient(token="xoxb-1", base_url=url)
    settings = Settings(home=tmp_path, slack_bot_token=SecretStr("xoxb-1"))
    return build_app(settings, world[0], client, accepted=lambda: None, signing_secret=SECRET)


def post(app: App, payload: dict[str, Any], *, secret: str = SECRET) -> tuple[int, Any]:
    body, at = urlencode({"payload": json.dumps(payload)}), str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=at, body=body)
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": at,
        "x-slack-signature": signature or "",
    }
    response = app.dispatch(BoltRequest(body=body, headers=headers))
    return response.status, json.loads(response.body) if response.body else None


def pressed(report: DecisionReport, **more: Any) -> dict[str, Any]:
    action = {"type": "button", "action_id": REFINE_ACTION, "block_id": "b", "value": str(report.id), "action_ts": "1"}
    given = {
        "type": "block_actions",
        "user": {"id": "U1"},
        "team": {"id": "T1"},
        "api_app_id": "A1",
        "token": "unused",
        "trigger_id": "1.2.a",
        "container": {"type": "message", "message_ts": "1700000001.000200", "channel_id": "C1"},
        "actions": [action],
    }
    return given | more


def submission(report: DecisionReport, view_id: str, *, team: str = "T1", **typed: str) -> dict[str, Any]:
    view = view_for(report)
    filled = view | {"id": view_id, "state": {"values": state_of(view, **typed)}}
    return {"type": "view_submission", "user": {"id": "U1"}, "team": {"id": team}, "token": "unused", "view": filled}


def test_the_button_opens_the_form(app: App, api: FakeSlackApi, bank: DecisionReport) -> None:
    assert post(app, pressed(bank))[0] == 200
    [view] = [given["view"] for method, given in api.calls if method == "views.open"]
    view = json.loads(view) if isinstance(view, str) else view
    assert view["callback_id"] == REFINE_VIEW
    assert Opened.of(view["private_metadata"]).message_ts == "1700000001.000200"


def test_a_decision_told_in_private_is_refined_in_private(
    app: App, api: FakeSlackApi, world: tuple[Store, Decider]
) -> None:
    """Whatever the payload says of it: an answer to a command has no thread that others may read."""
    mine = replace(PLACE, thread="command:1.2.abc")
    report = world[1].decide(parse(BANK), question=BANK, place=mine)
    assert post(app, pressed(report, response_url="https://hooks.slack.com/actions/1"))[0] == 200
    [view] = [given["view"] for method, given in api.calls if method == "views.open"]
    view = json.loads(view) if isinstance(view, str) else view
    assert Opened.of(view["private_metadata"]).response_url == "https://hooks.slack.com/actions/1"


def test_the_button_of_another_workspace_opens_nothing(app: App, api: FakeSlackApi, bank: DecisionReport) -> None:
    url = f"http://127.0.0.1:{api.server_address[1]}/respond"
    assert post(app, pressed(bank, team={"id": "T2"}, response_url=url))[0] == 200
    assert [method for method, _ in api.calls if method == "views.open"] == []
    assert [given["text"] for method, given in api.calls if method == "/respond"] == [GONE]


def test_wrong_signature_is_refused(app: App, bank: DecisionReport) -> None:
    assert post(app, pressed(bank), secret="another")[0] == 401


def test_errors_are_shown_in_the_form_and_nothing_is_stored(
    app: App, world: tuple[Store, Decider], bank: DecisionReport
) -> None:
    before = world[0].inbox.counts()
    status, body = post(app, submission(bank, "V1", requests_per_month="lots"))
    assert status == 200
    assert body["response_action"] == "errors"
    assert set(body["errors"]) == {"requests_per_month"}
    assert world[0].inbox.counts() == before


def test_a_submitted_form_is_a_question_in_the_thread_once(
    app: App, world: tuple[Store, Decider], bank: DecisionReport
) -> None:
    for _ in range(2):  # Slack, or an impatient finger, sends it again
        assert post(app, submission(bank, "V2", requests_per_month="20M")) == (200, None)
    rows = world[0].inbox.claim(owner="t", limit=10, lease_s=30, door="slack")
    [row] = [row for row in rows if row.inquiry.event_id == "form:V2"]
    inquiry = row.inquiry
    assert (inquiry.channel, inquiry.thread, inquiry.user) == (PLACE.channel, PLACE.thread, "U1")
    assert inquiry.text == "Refined: Requests a month: 20M"
    use_case = unpack_use_case(json.loads(inquiry.payload["use_case"]))
    assert use_case == replace(parse(BANK), requests_per_month=use_case.requests_per_month, origins=use_case.origins)
    assert use_case.requests_per_month == 20_000_000


def test_a_decision_that_is_gone_says_so_in_the_form(app: App, bank: DecisionReport) -> None:
    status, body = post(app, submission(bank, "V3", team="T2", requests_per_month="20M"))
    assert status == 200
    assert GONE in body["errors"].values()
