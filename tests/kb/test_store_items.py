"""Items: what a write does, versions, quotes, articles. Filters are in test_store_filters.py."""

from dataclasses import replace

import pytest

from kb.errors import BadInput, NotFound
from kb.store import Store
from kb.types import Filter, PassageDraft, Tier, Topic
from tests.kb.conftest import Clock
from tests.kb.store_builders import NOON, a_source, an_item, day, lines_of


@pytest.fixture
def source(store: Store) -> int:
    return store.sources.add(a_source()).id


def current(store: Store, external_id: str = "one") -> int:
    """The id of the one current version."""
    (version,) = [v for v in store.items.recent(Filter(), limit=99) if v.external_id == external_id]
    return version.id


def test_a_new_item(store: Store, source: int, clock: Clock) -> None:
    draft = an_item(published_at=day(2, 1), flags=("hidden_text",), topic=Topic.PRICE)
    assert store.items.write(source, draft) == "new"
    (version,) = store.items.versions(store.items.heads(source)["one"].item_id)
    assert (version.version, version.text, version.flags, version.topic) == (1, draft.text, draft.flags, Topic.PRICE)
    assert (version.publisher, version.tier, version.workspace_id) == ("Example Press", Tier.PRESS, None)
    assert (version.known_from, version.known_until, version.first_seen_at) == (NOON, None, clock.now)
    assert store.items.version(version.id) == version
    passages = store.items.of_version(version.id)
    assert [p.text for p in passages] == draft.text.split("\n")
    assert all(version.text[p.start : p.end] == p.text and p.heading_path == ("Heading",) for p in passages)


def test_the_same_entry_writes_nothing(store: Store, source: int, clock: Clock) -> None:
    store.items.write(source, an_item())
    store.items.mark_vanished(source, ["one"])
    before, heads = store.items.counts(), store.items.heads(source)
    clock.forward(days=1)
    again = an_item(title="another title", known_from=clock.now, updated_at=clock.now)
    assert store.items.write(source, again) == "unchanged"
    assert (store.items.counts(), store.items.heads(source)) == (before, heads)
    assert heads["one"].vanished
    store.items.mark_returned(source, ["one"])
    assert not store.items.heads(source)["one"].vanished


def test_an_edit_is_a_new_version_from_when_it_was_known(store: Store, source: int) -> None:
    store.items.write(source, an_item(known_from=day(2, 1)))
    edit = an_item(text="Edited line.", known_from=day(2, 10), topic=Topic.SECURITY)
    assert store.items.write(source, edit) == "edited"
    head = store.items.heads(source)["one"]
    assert (head.version, head.entry_hash, head.known_from) == (2, edit.entry_hash, day(2, 10))
    first, second = store.items.versions(head.item_id)
    assert (first.known_from, first.known_until) == (day(2, 1), day(2, 10))
    assert (second.known_from, second.known_until, second.topic) == (day(2, 10), None, Topic.SECURITY)
    assert store.items.write(source, an_item(known_from=day(2, 12))) == "edited"  # back to the first text: a third
    assert store.items.heads(source)["one"].version == 3


def test_an_edit_that_claims_to_be_older_leaves_no_day_with_two_versions(store: Store, source: int) -> None:
    store.items.write(source, an_item(known_from=day(2, 10)))
    store.items.write(source, an_item(text="Edited.", known_from=day(1, 1)))
    first, second = store.items.versions(store.items.heads(source)["one"].item_id)
    assert (first.known_until, second.known_from) == (day(2, 10), day(2, 10))
    for as_of, expected in ((day(2, 9), set()), (day(2, 10), {2}), (day(3, 1), {2})):
        found = store.items.recent(Filter(as_of=as_of.date()), limit=9)
        assert {v.version for v in found} == expected


def test_full_text_enriches_and_is_no_edit(store: Store, source: int, clock: Clock) -> None:
    entry = an_item(text="A summary.", known_from=day(2, 1), published_at=day(2, 1))
    store.items.write(source, entry)
    clock.forward(days=3)
    article = an_item(text="A summary.\nAnd all of it.", known_from=clock.now, reason="full_text", entry_hash="other")
    assert store.items.write(source, article) == "enriched"
    assert store.items.write(source, article) == "unchanged"
    head = store.items.heads(source)["one"]
    assert (head.entry_hash, head.known_from) == (entry.entry_hash, day(2, 1))
    summary, full = store.items.versions(head.item_id)
    assert (summary.known_from, summary.known_until) == (day(2, 1), day(2, 1))
    assert (full.known_from, full.known_until, full.published_at) == (day(2, 1), None, day(2, 1))
    assert full.first_seen_at == clock.now
    for as_of in (None, day(2, 1).date()):
        assert [v.id for v in store.items.recent(Filter(as_of=as_of), limit=9)] == [full.id]
    assert store.items.write(source, entry) == "unchanged"
    quoted = store.items.find_quote("A summary.", version_ids=[summary.id])
    assert quoted is not None
    assert quoted.id == summary.id


def test_an_edit_after_full_text_ends_it(store: Store, source: int) -> None:
    store.items.write(source, an_item(text="A summary.", known_from=day(2, 1)))
    store.items.write(source, an_item(text="All of it.", reason="full_text"))
    assert store.items.write(source, an_item(text="A new summary.", known_from=day(2, 5))) == "edited"
    bounds = [(v.known_from, v.known_until) for v in store.items.versions(store.items.heads(source)["one"].item_id)]
    assert bounds == [(day(2, 1), day(2, 1)), (day(2, 1), day(2, 5)), (day(2, 5), None)]


def test_what_cannot_be_written(store: Store, source: int) -> None:
    with pytest.raises(NotFound, match="to enrich"):
        store.items.write(source, an_item(reason="full_text"))
    with pytest.raises(NotFound, match="no source 99"):
        store.items.write(99, an_item())
    with pytest.raises(BadInput, match="not the text at its place"):
        store.items.write(
            source, an_item(passages=(PassageDraft(ordinal=0, heading_path=(), start=0, end=5, text="?"),))
        )
    with pytest.raises(BadInput, match="external id"):
        store.items.write(source, an_item(external_id="x" * 2001))
    with pytest.raises(BadInput, match="no time zone"):
        store.items.write(source, an_item(known_from=NOON.replace(tzinfo=None)))
    assert store.items.counts()["items"] == 0  # each was one transaction


def test_the_same_id_in_two_sources_is_two_items(store: Store, source: int) -> None:
    other = store.sources.add(a_source("https://other.example/"), workspace_id="T1").id
    assert [store.items.write(s, an_item()) for s in (source, other)] == ["new", "new"]
    assert [store.items.heads(s)["one"].item_id for s in (source, other)] == [1, 2]


def test_write_many_says_what_each_did(store: Store, source: int) -> None:
    drafts = [an_item(str(n)) for n in range(5)]
    assert store.items.write_many(source, drafts, batch=2) == ["new"] * 5
    changed = [*drafts[:4], replace(drafts[4], entry_hash="other"), an_item("5"), an_item("5")]
    expected = ["unchanged"] * 4 + ["edited", "new", "unchanged"]
    assert store.items.write_many(source, changed, batch=3) == expected


def test_rows_of_tables_written_together_are_as_written_one_by_one(store: Store, source: int) -> None:
    drafts = [an_item(str(n), record=True, passages=()) for n in range(6)]
    again = replace(drafts[1], text="changed", entry_hash="other")
    mixed = [*drafts[:4], again, an_item("news"), drafts[0]]
    assert store.items.write_many(source, mixed) == ["new"] * 4 + ["edited", "new", "unchanged"]
    other = store.sources.add(a_source("https://other.example/"), workspace_id="T1").id
    assert [store.items.write(other, draft) for draft in mixed] == ["new"] * 4 + ["edited", "new", "unchanged"]
    together, singly = store.items.heads(source), store.items.heads(other)
    assert {name: replace(head, item_id=0) for name, head in together.items()} == {
        name: replace(head, item_id=0) for name, head in singly.items()
    }
    with pytest.raises(NotFound):
        store.items.write_many(999, drafts)
    with pytest.raises(BadInput):
        store.items.write_many(source, [drafts[5], replace(drafts[5], external_id="")])
    assert "5" not in store.items.heads(source)


def test_counts(store: Store, source: int) -> None:
    store.items.write(source, an_item())
    store.items.write(source, an_item(text="one line"))
    expected = {"sources": 1, "items": 1, "versions": 2, "passages": 3, "vectors": 0, "facts": 0}
    assert store.items.counts() == expected
    store.sources.set_status(source, "removed")
    assert store.items.counts() == {**expected, "sources": 0}


class TestFindQuote:
    TEXT = "Weights are Open_100%.\nÉtat: the price is $0.50 \\ token; it's “low”."

    @pytest.mark.parametrize("quote", ["Open_100%", "État", "$0.50 \\ token", "it's “low”", "Open_100%.\nÉtat"])
    def test_to_the_letter(self, store: Store, source: int, quote: str) -> None:
        store.items.write(source, an_item(text=self.TEXT))
        found = store.items.find_quote(quote)
        assert found is not None
        assert quote in found.text

    @pytest.mark.parametrize("quote", ["open_100%", "OpenX100%", "Open%", "_pen", "0.5 ", "État:  the", ""])
    def test_no_wildcards_no_other_case(self, store: Store, source: int, quote: str) -> None:
        store.items.write(source, an_item(text=self.TEXT))
        assert store.items.find_quote(quote) is None

    def test_workspaces_old_versions_and_removed_sources(self, store: Store, source: int) -> None:
        own = store.sources.add(a_source("https://own.example/"), workspace_id="T1").id
        store.items.write(own, an_item(text="our secret plan"))
        assert store.items.find_quote("secret") is None
        assert store.items.find_quote("secret", workspace_id="T2") is None
        found = store.items.find_quote("secret", workspace_id="T1")
        assert found is not None
        store.items.write(own, an_item(text="our public plan"))
        store.sources.set_status(own, "removed")
        assert store.items.find_quote("secret", workspace_id="T1", version_ids=[found.id]) is not None
        assert store.items.find_quote("secret", workspace_id="T1", version_ids=[found.id + 1]) is None


class TestArticles:
    def test_claimed_when_due_and_done_once(self, store: Store, source: int, clock: Clock) -> None:
        store.items.write_many(source, [an_item("one"), an_item("two"), an_item("three")])
        store.items.want_article(source, "one")
        store.items.want_article(source, "two", at=day(3, 2))
        (one,) = store.items.claim_articles("a", 9, 60)
        assert (one.external_id, one.url, one.source_id) == ("one", "https://example.org/one", source)
        assert store.items.claim_articles("b", 9, 60) == []
        store.items.finish_article(one.item_id, True)
        clock.forward(days=2)
        (two,) = store.items.claim_articles("b", 9, 60)
        assert two.external_id == "two"

    def test_retried_later_or_given_up(self, store: Store, source: int, clock: Clock) -> None:
        store.items.write(source, an_item())
        store.items.want_article(source, "one")
        (one,) = store.items.claim_articles("a", 9, 60)
        assert store.items.finish_article(one.item_id, False, clock.now.replace(hour=15), owner="a")
        assert store.items.claim_articles("a", 9, 60) == []
        clock.forward(hours=4)
        assert len(store.items.claim_articles("a", 9, 60)) == 1
        clock.forward(minutes=2)
        assert len(store.items.claim_articles("b", 9, 60)) == 1  # a's lease passed
        assert store.items.finish_article(one.item_id, True, owner="a") is False
        assert store.items.finish_article(one.item_id, False, None, owner="b")
        clock.forward(days=9)
        assert store.items.claim_articles("b", 9, 60) == []

    def test_the_claimed_version_is_the_current_one(self, store: Store, source: int) -> None:
        store.items.write(source, an_item())
        store.items.write(source, an_item(text="edited", url="https://example.org/moved"))
        store.items.want_article(source, "one")
        assert [v.url for v in store.items.claim_articles("a", 9, 60)] == ["https://example.org/moved"]

    def test_not_of_paused_sources(self, store: Store, source: int) -> None:
        store.items.write(source, an_item())
        store.items.want_article(source, "one")
        store.sources.set_status(source, "paused")
        assert store.items.claim_articles("a", 9, 60) == []


def test_passages_are_searched_under_title_and_headings(store: Store, source: int) -> None:
    text = "Body."
    passages = tuple(replace(p, heading_path=("Title of one", "Licence")) for p in lines_of(text))
    store.items.write(source, an_item(text=text, passages=passages))
    assert [row.text for row in store.vectors.texts_after(0, 9)] == ["Title of one > Licence\nBody."]
    assert current(store) == 1
