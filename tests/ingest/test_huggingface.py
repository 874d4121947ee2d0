"""The Hub: tags, gates, revisions, pages; and which repository is which model, to the version."""

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest

from ingest.source import Page
from ingest.sources.repos import licence_of, subject_of
from kb.errors import ParseError
from kb.facts.view import view
from kb.types import Status, Tier, Topic
from tests.ingest.conftest import World
from tests.ingest.prices import COMMON
from tests.ingest.records import parse, record
from tests.servers import Reply

URL = "https://huggingface.test/api/models?author=acme"


def model(name: str, *tags: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "tags": ["transformers", *tags], "gated": False, **more}


def read(*models: object) -> Page:
    source = replace(record("huggingface", URL), publisher="Hugging Face (acme)", tier=Tier.PRIMARY)
    return parse(source, json.dumps(models), "application/json")


def told(page: Page) -> dict[tuple[str, str], str]:
    return {(fact.subject, fact.field): fact.value for fact in page.facts}


# ---------------------------------------------------------------- which model, which licence


@pytest.mark.parametrize(
    ("repository", "subject"),
    [
        ("deepseek-ai/DeepSeek-V4-Pro", "model:deepseek-v4-pro"),
        ("deepseek-ai/DeepSeek-V4-Pro-0813", "model:deepseek-v4-pro-0813"),
        ("deepseek-ai/DeepSeek-V4-Pro-Base", "model:deepseek-ai/deepseek-v4-pro-base"),
        ("deepseek-ai/DeepSeek-V4", "model:deepseek-ai/deepseek-v4"),
        ("deepseek-ai/deepseek-v3.2", "model:deepseek-v3.2"),
        ("deepseek-ai/DeepSeek-V3.2-Speciale", "model:deepseek-ai/deepseek-v3.2-speciale"),
        ("unsloth/DeepSeek-V4-Pro", "model:unsloth/deepseek-v4-pro"),
        ("zai-org/GLM-5-FP8", "model:zai-org/glm-5-fp8"),
        ("mistralai/Devstral-2-123B-Instruct-2512", "model:devstral-2"),
        ("Qwen/Qwen3.5-27B", "model:qwen3.5-27b"),
        ("Qwen/Qwen3.5-27B-GPTQ-Int4", "model:qwen/qwen3.5-27b-gptq-int4"),
        ("a_b/_c", "model:a_b/c"),
        ("bare", "model:bare"),
    ],
)
def test_a_repository_is_a_model_only_where_the_catalogue_cites_it(repository: str, subject: str) -> None:
    assert subject_of(repository) == subject


@pytest.mark.parametrize(
    ("repository", "tags", "name", "licence"),
    [
        ("a/b", ["apache-2.0"], "", "apache-2.0"),
        ("a/b", ["llama3"], "", "llama-3"),
        ("a/b", ["llama3.1"], "", "llama-3.1"),
        ("a/b", ["qwen"], "", "qwen-2024"),
        ("a/b", ["qwen-research"], "", "qwen-research"),
        ("moonshotai/Kimi-K2.6", ["other"], "Modified-MIT", "kimi-modified-mit"),
        ("mistralai/Devstral-2", ["modified-mit"], "", "mistral-modified-mit"),
        ("acme/copy-of-kimi", ["modified-mit"], "", "modified-mit"),
        ("a/b", ["other"], "", ""),
        ("a/b", ["other"], "other", ""),
        ("a/b", ["unknown"], "", ""),
        ("a/b", ["mit", "apache-2.0"], "", ""),
        ("a/b", [], "", ""),
        ("a/b", ["other"], "Acme Licence v2 (2026)", "acme-licence-v2-2026"),
    ],
)
def test_a_tag_names_a_licence_or_none(repository: str, tags: list[str], name: str, licence: str) -> None:
    assert licence_of(repository, tags, name) == licence


# ---------------------------------------------------------------- a record


def test_a_record_becomes_facts_of_a_revision() -> None:
    page = read(
        model(
            "acme/One",
            "safetensors",
            "license:mit",
            sha="ab12",
            lastModified="2026-10-01T10:00:00.000Z",
            gated="manual",
        )
    )
    assert told(page) == {
        ("model:acme/one", "licence"): "mit",
        ("model:acme/one", "gated"): "manual",
        ("model:acme/one", "revision"): "ab12",
        ("model:acme/one", "openness"): "open-weight",
    }
    facts = {fact.field: fact for fact in page.facts}
    assert facts["licence"].locator == "licence tag of the repository, revision ab12"
    assert str(facts["licence"].known_from) == "2026-10-01"  # since that was pushed
    assert str(facts["gated"].known_from) == "2026-11-22"  # since we saw it
    assert {fact.tier for fact in page.facts} == {Tier.PRIMARY}
    assert facts["licence"].source_url == "https://huggingface.co/acme/One"
    (item,) = page.items
    assert item.record
    assert "licence tag: mit\ngated: manual\nlast modified: 2026-10-01" in item.html
    assert "downloads" not in item.html


def test_the_card_is_asked_where_the_tags_say_nothing() -> None:
    card = {"license": ["cc-by-nc-4.0"], "base_model": "acme/Base"}
    assert told(read(model("acme/One", cardData=card)))["model:acme/one", "licence"] == "cc-by-nc-4.0"
    assert "base model: acme/Base" in read(model("acme/One", cardData=card)).items[0].html


def test_what_is_no_record_is_named() -> None:
    page = read(model("acme/One"), "nonsense", {"id": 7}, model("", "license:mit"))
    assert len(page.items) == 1
    assert page.refused == tuple(f"record {n}: it names no model" for n in (2, 3, 4))


@pytest.mark.parametrize("body", ['{"error": "Rate limited"}', "<html>", '[{"id": "a', "7", '{"a": NaN}'])
def test_what_is_no_list_is_refused(body: str) -> None:
    with pytest.raises(ParseError):
        parse(record("huggingface", URL), body)


def test_a_table_may_be_a_gzip_file_but_no_bomb() -> None:
    source = record("llmfit", "https://x.test/t.json.gz")
    rows = json.dumps([{"name": "acme/One", "license": "mit"}]).encode()
    assert len(parse(source, gzip.compress(rows)).facts) == 1
    for bad in (gzip.compress(rows)[:-9], b"\x1f\x8b nonsense", gzip.compress(b" " * 60_000_000)):
        with pytest.raises(ParseError):
            parse(source, bad)


# ---------------------------------------------------------------- pages, over HTTP


def pages(world: World, second: object) -> None:
    link = f'<{world.server.url("p2.json")}?cursor=x>; rel="next", <{world.server.url("p1.json")}>; rel="first"'
    first = json.dumps([model("acme/One", "license:mit")]).encode()
    world.server.put("/p1.json", first, "application/json")
    world.server.fault("/p1.json", Reply(headers={"Link": link}))
    world.server.put("/p2.json", json.dumps(second).encode(), "application/json")


def test_pages_are_followed_and_a_change_on_the_second_is_seen(world: World) -> None:
    pages(world, [model("acme/Two", "license:mit")])
    world.add("p1.json", kind="huggingface", publisher="Hub", topic=Topic.LICENCE, tier=Tier.PRIMARY)
    assert world.one().new == 2
    assert world.source().state.etag is None  # the first page may stand while the second changes
    pages(world, [model("acme/Two", "license:gemma")])
    report = world.one()
    assert (report.edited, report.facts, report.retracted) == (1, 1, 0)


def test_a_page_on_another_host_is_not_followed() -> None:
    link = '<https://elsewhere.test/api/models?cursor=x>; rel="next"'
    page = parse(record("huggingface", URL), json.dumps([model("acme/One")]), link=link)
    assert page.next_request is None
    link = '</api/models?cursor=x>; rel="next"'
    page = parse(record("huggingface", URL), json.dumps([model("acme/One")]), link=link)
    assert page.next_request is not None
    assert page.next_request.url == "https://huggingface.test/api/models?cursor=x"


def test_sources_that_disagree_are_shown_as_disputed(world: World) -> None:
    tables = {
        "a.json": ("huggingface", [model("acme/One", "license:mit")]),
        "b.json": ("llmfit", [{"name": "acme/One", "license": "cc-by-nc-4.0"}]),
    }
    for path, (kind, body) in tables.items():
        world.server.put(f"/{path}", json.dumps(body).encode(), "application/json")
        world.add(path, kind=kind, publisher=kind, **COMMON)
    world.refresh()
    facts, events = world.store.facts.all()
    seen = [one for one in view(facts, events, as_of=world.clock().date()) if one.fact.field == "licence"]
    assert {(one.fact.value, one.status) for one in seen} == {
        ("mit", Status.DISPUTED),
        ("cc-by-nc-4.0", Status.DISPUTED),
    }
