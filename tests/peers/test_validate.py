"""The validators refuse what Slack refuses; a checker that passes everything would make the journeys worthless."""

import pytest

from tests.peers.validate import Validator

GOOD = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}


def call(**more: object) -> dict[str, object]:
    return {"channel": "C1", "text": "x", "blocks": [GOOD]} | more


def test_a_good_call_has_no_problems(validator: Validator) -> None:
    assert validator.problems("chat.postMessage", call(unfurl_links=False)) == []


@pytest.mark.parametrize(
    "bad",
    [
        {"colour": "red"},  # no such argument
        {"text": ""},
        {"channel": 3},
        {"metadata": {"event_type": "x"}, "blocks": [{"type": "sectoin"}]},
        {"blocks": [{"type": "section", "text": {"type": "markdown", "text": "x"}}]},
        {"blocks": [{"type": "image", "image_url": "https://x.example/a.png"}]},  # no alt text
        {"blocks": [GOOD | {"colour": "red"}]},
        {"blocks": [GOOD] * 51},
        {"blocks": [GOOD | {"block_id": "a"}] * 2},
        {"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * 101}]},
        {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]},
        {"blocks": [{"type": "markdown", "text": "x" * 6001}] * 2},
    ],
)
def test_bad_calls_are_named(validator: Validator, bad: dict[str, object]) -> None:
    assert validator.problems("chat.postMessage", call(**bad))


def test_methods_outside_the_list_are_named(validator: Validator) -> None:
    assert validator.problems("reminders.add", {})
