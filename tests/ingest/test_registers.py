"""Lists that go on: releases on GitHub, the Federal Register, acts of the Union, papers on arXiv."""

import json
from typing import Any

import pytest

from ingest.source import Page
from kb.errors import ParseError
from kb.types import Filter, Tier, Topic
from tests.ingest.conftest import World
from tests.ingest.records import parse, record
from tests.servers import Reply

# ---------------------------------------------------------------- GitHub


def release(number: int, tag: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "tag_name": tag, "name": f"Release {tag}", "draft": False, "prerelease": False,
        "html_url": f"https://github.com/acme/engine/releases/tag/{tag}", "published_at": "2026-10-01T10:00:00Z",
        "body": f"## What is new\n* Support for One in {tag}", "author": {"login": "someone"}, **more,
    }  # fmt: skip


def releases(*rows: object, **headers: str) -> Page:
    return parse(
        record("github-releases", "https://api.github.test/repos/acme/engine/releases"), json.dumps(rows), **headers
    )


def test_releases_are_entries_and_drafts_are_not() -> None:
    page = releases(
        release(3, "v3", draft=True),
        release(2, "v2", prerelease=True, name=None, body=None, updated_at="2026-10-02T00:00:00Z"),
        release(1, "v1"),
        {"message": "no release"},
    )
    assert [(item.external_id, item.title) for item in page.items] == [
        ("release-2", "acme/engine v2"),
        ("release-1", "acme/engine Release v1"),
    ]
    assert page.items[0].categories == ("prerelease",)
    assert page.items[1].html.startswith("## What is new")
    assert not page.items[1].record
    assert page.refused == ("release 4: it lacks its id, its tag or its address",)
    assert not page.window


def test_the_first_page_is_a_window_on_more() -> None:
    assert releases(release(1, "v1"), link='<https://api.github.test/r?page=2>; rel="next"').window


def test_a_limit_that_was_hit_is_told_in_the_servers_words() -> None:
    with pytest.raises(ParseError, match="API rate limit exceeded"):
        parse(
            record("github-releases", "https://api.github.test/r"), '{"message": "API rate limit exceeded for 1.2.3.4"}'
        )


def test_releases_are_asked_conditionally_and_found(world: World) -> None:
    world.server.put("/r.json", json.dumps([release(1, "v1")]).encode(), "application/json")
    world.add("r.json", kind="github-releases", publisher="Acme", topic=Topic.RELEASE, tier=Tier.RECOGNISED)
    assert world.one().new == 1
    assert world.one().outcome == "not_modified"
    assert world.server.hits("/r.json")[-1].headers["accept"] == "application/vnd.github+json"
    assert [version.title for version in world.store.items.recent(Filter(), limit=5)] == ["acme/engine Release v1"]


# ---------------------------------------------------------------- Federal Register


def document(number: str, **more: Any) -> dict[str, Any]:
    return {
        "document_number": number, "title": f"Rule {number} on Artificial Intelligence", "type": "Rule",
        "abstract": "The agency <b>amends</b> its rules.", "publication_date": "2026-10-01",
        "effective_on": "2027-01-15",
        "html_url": f"https://www.federalregister.gov/documents/2026/10/01/{number}/rule", "citation": "91 FR 1234",
        "agencies": [{"name": "Commerce Department"}, {"raw_name": "Bureau of Things"}], **more,
    }  # fmt: skip


def register(found: object, **options: str) -> Page:
    source = record("federal-register", "https://fr.test/api/v1/documents.json?page=1", **options)
    return parse(source, json.dumps(found), "application/json")


def test_documents_are_entries_and_their_days_facts() -> None:
    later = "https://fr.test/api/v1/documents.json?page=2"
    page = register(
        {
            "count": 900,
            "next_page_url": later,
            "results": [
                document("2026-20001"),
                document("2026-20002", type="Proposed Rule", comments_close_on="2026-12-01"),
                document("2026-20003", type="Presidential Document", effective_on=None, abstract=None, agencies=None),
                {"title": "no number"},
            ],
        }
    )
    (fact,) = page.facts
    assert (fact.subject, fact.field, fact.value) == (
        "rule:us-federal-register/2026-20001",
        "applies_from",
        "2027-01-15",
    )
    assert str(fact.known_from) == "2026-10-01"
    assert "takes effect on 15 January 2027" in fact.statement
    assert fact.source_url.startswith("https://www.federalregister.gov/")
    assert "Comments close on: 2026-12-01" in page.items[1].html
    assert "&lt;b&gt;" not in page.items[0].html
    assert page.items[0].author == "Commerce Department and Bureau of Things"
    assert page.refused == ("document 4: it has no number",)
    assert page.window
    assert page.next_request is None
    more = register({"count": 900, "next_page_url": later, "results": [document("2026-20001")]}, pages="2")
    assert more.next_request is not None
    assert more.next_request.url == later


def test_a_search_without_hits_is_read_and_an_error_is_not() -> None:
    assert register({"count": 0, "description": "none"}).items == ()
    for body in ({"errors": {"conditions": "bad"}}, [], {"message": "Internal error"}):
        with pytest.raises(ParseError):
            register(body)


def test_what_falls_off_the_window_still_holds(world: World) -> None:
    def put(*numbers: int) -> None:
        found = {"count": 900, "next_page_url": world.server.url("d.json") + "?page=2",
                 "results": [document(f"2026-{n}") for n in numbers]}  # fmt: skip
        world.server.put("/d.json", json.dumps(found).encode(), "application/json")

    put(3, 2, 1)
    world.add("d.json", kind="federal-register", publisher="FR", topic=Topic.REGULATION, tier=Tier.PRIMARY)
    assert world.one().facts == 3
    put(5, 4, 3)
    report = world.one()
    assert (report.new, report.vanished, report.facts, report.retracted, report.reason) == (2, 0, 2, 0, None)


# ---------------------------------------------------------------- EUR-Lex


def act(celex: str, force: str, title: str = "Regulation on things") -> dict[str, Any]:
    said = {"celex": celex, "force": force, "title": title, "date": "2024-06-13",
            "type": "http://publications.europa.eu/resource/authority/resource-type/REG"}  # fmt: skip
    return {key: {"type": "literal", "value": value} for key, value in said.items() if value}


def test_an_act_with_several_days_is_one_act_in_force_from_the_first() -> None:
    rows = [act("32024R1689", day) for day in ("2026-08-02", "2024-08-01", "9999-12-31", "2025-02-02")]
    found = {"head": {"vars": ["celex"]}, "results": {"bindings": [*rows, act("32025R0001", ""), act("", "")]}}
    page = parse(record("eurlex", "https://cellar.test/sparql"), json.dumps(found))
    (fact,) = page.facts
    assert (fact.subject, fact.field, fact.value) == ("regime:eu/celex-32024r1689", "in_force_from", "2024-08-01")
    assert [item.external_id for item in page.items] == ["32024R1689", "32025R0001"]
    assert "1 August 2024; 2 February 2025; 2 August 2026" in page.items[0].html
    assert page.items[0].url.endswith("CELEX:32024R1689")
    assert page.items[0].categories == ("REG",)
    assert page.refused == ("1 rows have no CELEX number",)


@pytest.mark.parametrize("body", ["{}", "[]", '{"results": {"bindings": 7}}', "Virtuoso 37000 Error SP030"])
def test_what_is_no_answer_to_a_query_is_refused(body: str) -> None:
    with pytest.raises(ParseError):
        parse(record("eurlex", "https://cellar.test/sparql"), body)


# ---------------------------------------------------------------- arXiv


def paper(number: str, version: int = 1, title: str = "A paper") -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/{number}v{version}</id><title>{title}</title>"
        f"<updated>2026-10-0{version}T00:00:00Z</updated><published>2026-10-01T00:00:00Z</published>"
        f"<summary>We study {number}, version {version}, with care and at length.</summary>"
        f'<author><name>A. Author</name></author><category term="cs.CL"/></entry>'
    )


def search(*entries: str, total: int | None = None) -> str:
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"><id>http://arxiv.org/api/x</id><title>Query</title>'
        f"<opensearch:totalResults>{len(entries) if total is None else total}</opensearch:totalResults>"
        f"{''.join(entries)}</feed>"
    )


def papers(body: str) -> Page:
    return parse(record("arxiv", "https://export.arxiv.test/api/query"), body, "application/atom+xml")


def test_a_paper_keeps_its_identity_through_versions() -> None:
    old, new = papers(search(paper("2610.00001", 1))), papers(search(paper("2610.00001", 2), paper("cs/9901001", 1)))
    assert old.items[0].external_id == new.items[0].external_id == "arxiv:2610.00001"
    assert new.items[0].url == "https://arxiv.org/abs/2610.00001"
    assert new.items[1].external_id == "arxiv:cs/9901001"
    assert not old.window
    assert papers(search(paper("2610.00001"), total=9000)).window


def test_announced_papers_that_are_not_there_and_errors_are_failures() -> None:
    with pytest.raises(ParseError, match="announces 9000"):
        papers(search(total=9000))
    error = "<entry><id>http://arxiv.org/api/errors#bad</id><title>Error</title><summary>incorrect id</summary></entry>"
    with pytest.raises(ParseError, match="incorrect id"):
        papers(search(error))
    assert papers(search()).items == ()


def test_a_new_version_is_an_edit(world: World) -> None:
    world.server.put("/q", search(paper("2610.00001", 1)).encode())
    world.add("q", kind="arxiv", publisher="arXiv", topic=Topic.CAPABILITY, tier=Tier.RECOGNISED)
    assert world.one().new == 1
    world.server.put("/q", search(paper("2610.00001", 2)).encode())
    report = world.one()
    assert (report.new, report.edited, report.vanished) == (0, 1, 0)
    world.server.fault("/q", Reply(body=search(total=5).encode()), times=1)
    assert world.one().outcome == "failed"
