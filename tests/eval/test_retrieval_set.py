"""The labelled retrieval questions hold together, and each anchor stands in the recorded text that it points to."""

import re
from pathlib import Path

import pytest
import yaml

from ingest.extract import Extracted, extract_entry, extract_page
from ingest.source import Response, Source
from ingest.sources.feed import FeedSource
from ingest.sources.page import PageSource
from kb.glosses import GLOSSES
from kb.store import Store
from kb.types import RawItem, SourceDraft, SourceRecord, Tier
from tests.eval.knowledge import NOW, documents
from tests.eval.retrieval_set import FILES, Half, Question, feeds, questions

FLOORS = {"law": 100, "licence": 50, "feed": 70}
ANCHOR_WORDS = 9
AMENDMENT = "https://eur-lex.europa.eu/eli/reg/2026/1744/oj"
ENTRIES = 1500


@pytest.fixture(scope="module")
def asked() -> tuple[Question, ...]:
    return questions("open") + questions("held") + questions("third")


def test_counts_reach_the_floors(asked: tuple[Question, ...]) -> None:
    assert len(asked) >= 260
    for kind, floor in FLOORS.items():
        assert sum(q.kind == kind for q in asked) >= floor
    assert sum(q.why == "off_topic" for q in asked) >= 20
    assert sum(q.why == "near_miss" for q in asked) >= 35
    assert sum(q.answerable and q.as_of is not None for q in asked) >= 40
    assert sum(len(q.units) > 1 for q in asked) >= 25


def test_no_question_is_asked_twice(asked: tuple[Question, ...]) -> None:
    said = {(" ".join(re.findall(r"\w+", q.text.lower())), q.as_of) for q in asked}
    assert len(said) == len({q.id for q in asked}) == len(asked)


def test_halves_are_disjoint_and_alike() -> None:
    opened, held = questions("open"), questions("held")
    assert not {q.id for q in opened} & {q.id for q in held}
    assert not {q.text.lower() for q in opened} & {q.text.lower() for q in held}
    for kind in FLOORS:
        assert abs(sum(q.kind == kind for q in opened) - sum(q.kind == kind for q in held)) <= 4


def test_anchors_are_locators(asked: tuple[Question, ...]) -> None:
    for question in asked:
        for gold in (gold for unit in question.units for gold in unit):
            assert len(gold.anchor.split()) <= ANCHOR_WORDS, question.id
            assert gold.where, question.id
            assert bool(gold.feed) == (question.kind == "feed"), question.id


def test_no_provision_is_asked_for_before_it_was_published(asked: tuple[Question, ...]) -> None:
    early = [q for q in asked if q.as_of is not None and f"{q.as_of}" < "2026-07-24"]
    assert not [q.id for q in early for unit in q.units for gold in unit if gold.doc == AMENDMENT]


@pytest.mark.parametrize("half", ["held", "third"])
def test_a_held_half_that_changed_is_refused(half: Half, tmp_path: Path) -> None:
    (tmp_path / FILES[half]).write_text("[]")
    with pytest.raises(ValueError, match="not the half that was set aside"):
        questions(half, tmp_path)


def test_no_gloss_is_a_question_that_evaluates(asked: tuple[Question, ...]) -> None:
    glosses = {said.lower() for entry in yaml.safe_load(GLOSSES.read_text("utf-8")) for said in entry["questions"]}
    assert not [q.id for q in asked if q.text.lower() in glosses]


def test_every_anchor_occurs_once_in_its_document(asked: tuple[Question, ...], shared: Path, tmp_path: Path) -> None:
    golds = [(q.id, g) for q in asked for unit in q.units for g in unit if not g.feed]
    with Store.open(f"sqlite:///{tmp_path / 's.db'}", clock=lambda: NOW) as store:
        texts = _documents(store, shared, {g.doc for _, g in golds})
    assert not [(i, g.anchor) for i, g in golds if texts.get(g.doc, "").count(g.anchor) != 1]


def test_every_anchor_occurs_in_one_entry(asked: tuple[Question, ...], shared: Path, tmp_path: Path) -> None:
    golds = [(q.id, g) for q in asked for unit in q.units for g in unit if g.feed]
    with Store.open(f"sqlite:///{tmp_path / 's.db'}", clock=lambda: NOW) as store:
        entries = {name: _entries(store, shared, name) for name in feeds()}
    assert sum(len(held) for held in entries.values()) <= ENTRIES
    links = {g.doc for _, g in golds}
    texts = {
        name: [(e.url, _said(extract_entry(e), e)) for e in held if e.url in links] for name, held in entries.items()
    }
    assert not [
        (i, g.anchor) for i, g in golds if sum(u == g.doc and g.anchor in t for u, t in texts.get(g.feed, [])) != 1
    ]


def _documents(store: Store, shared: Path, wanted: set[str]) -> dict[str, str]:
    """Text by address; of two texts published under one address the first, as `ingest_documents` keeps it."""
    texts: dict[str, str] = {}
    for document in documents(shared):
        if document.url in wanted and document.url not in texts:
            record = store.sources.add(SourceDraft(kind="page", url=document.url, tier=Tier.PRIMARY))
            for raw in _parse(PageSource(), record, document.path.read_bytes(), document.media_type):
                texts[document.url] = _said(extract_page(raw), raw)
    return texts


def _entries(store: Store, shared: Path, name: str) -> list[RawItem]:
    record = store.sources.add(SourceDraft(kind="feed", url=f"https://feeds.example/{name}", tier=Tier.RECOGNISED))
    return _parse(FeedSource(), record, (shared / "data" / "feeds" / name).read_bytes(), "application/xml")


def _parse(reader: Source, record: SourceRecord, body: bytes, media_type: str) -> list[RawItem]:
    headers = {"content-type": media_type}
    response = Response(url=record.url, status=200, body=body, headers=headers, received_at=NOW)
    return list({raw.external_id: raw for raw in reversed(reader.parse(record, response).items)}.values())


def _said(found: Extracted, raw: RawItem) -> str:
    """The text that is stored, whitespace normalised: an entry without a body says its title."""
    return " ".join((found.text or found.title or raw.title).split())
