"""Topics and stories."""

import pytest

from ingest.classify import story_key
from ingest.topics import topic_of
from kb.types import Topic


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Introducing our new open-weight model", Topic.RELEASE),
        ("vllm v0.11.2", Topic.RELEASE),
        ("We are cutting prices: $0.05 per million tokens", Topic.PRICE),
        ("Licence change: relicensing under Apache 2.0", Topic.LICENCE),
        ("Parliament adopts changes to the AI Act", Topic.REGULATION),
        ("Grace period for content marking ends", Topic.REGULATION),
        ("CVE-2026-1234: remote code execution in a serving library", Topic.SECURITY),
        ("A benchmark for browsing agents", Topic.CAPABILITY),
        ("Summer party at our office", Topic.OTHER),
    ],
)
def test_a_title_tells_the_topic(title: str, topic: Topic) -> None:
    assert topic_of(title, "", "", Topic.OTHER) is topic


@pytest.mark.parametrize("topic", [Topic.REGULATION, Topic.LICENCE, Topic.PRICE])
def test_some_sources_speak_of_one_thing_only(topic: Topic) -> None:
    assert topic_of("Introducing a new model", "We release it today.", "", topic) is topic


def test_words_of_the_body_decide_where_the_title_is_silent() -> None:
    body = "The court fined the company. Regulators and lawmakers say that the AI Act and its code of practice apply."
    assert topic_of("What happened on Tuesday", body, "", Topic.RELEASE) is Topic.REGULATION


def test_a_source_keeps_its_topic_where_words_do_not_tell() -> None:
    assert topic_of("Tuesday", "Nothing much.", "", Topic.CAPABILITY) is Topic.CAPABILITY
    assert topic_of("", "", "", Topic.OTHER) is Topic.OTHER


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/news/a-model/",
        "http://example.org/news/a-model?utm_source=rss&utm_medium=feed",
        "https://m.example.org/news/a-model?fbclid=1#comments",
        "https://EXAMPLE.org//news/a-model/amp",
        "https://example.org/news/a-model/index.html",
        " https://example.org/news/a-model#:~:text=x",
    ],
)
def test_one_story_has_one_key(url: str) -> None:
    assert story_key(url, "whatever") == "example.org/news/a-model"


def test_what_names_another_story_stays() -> None:
    assert story_key("https://e.org/?p=2&a=1&utm_id=9", "") == "e.org?a=1&p=2"
    assert story_key("https://e.org/changelog#1.12.3", "") != story_key("https://e.org/changelog#1.12.4", "")
    assert story_key("https://e.org/feed.xml#entry-0a1b2c", "") == "e.org/feed.xml#entry-0a1b2c"


@pytest.mark.parametrize("url", ["", "https://e.org/", "http://[bad", "mailto:x"])
def test_without_an_address_of_its_own_the_title_is_the_story(url: str) -> None:
    assert story_key(url, "Prices  fall — again!") == "title:prices fall again"
