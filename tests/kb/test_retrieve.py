"""A question to hits: rules are tested with a bag of words, meaning with the real model."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.answerable import has_answer
from kb.embed import Embedder, load_embedder
from kb.index import Indexes, open_indexes
from kb.ranking import diverse, shares
from kb.retrieve import Retriever, Taste
from kb.settings import load_settings
from kb.store import Store
from kb.types import Filter, Hit, Tier, Topic
from tests.kb.conftest import Clock
from tests.kb.search_fixtures import BagEmbedder, a_passage, embed, put
from tests.kb.store_builders import a_source, an_item, lines_of

BAG = BagEmbedder()


@pytest.fixture(params=["sqlite"])
def back_end(request: pytest.FixtureRequest) -> str:
    """Ranking does not depend on the database; `test_a_postgres_index_ranks` asks the other one."""
    return str(request.param)


@pytest.fixture
def indexes(store: Store, tmp_path: Path) -> Indexes:
    return open_indexes(load_settings(home=tmp_path), store, BAG)


@pytest.fixture
def retriever(store: Store, indexes: Indexes, clock: Clock) -> Retriever:
    return Retriever(store, BAG, indexes, clock)


def texts(hits: list[Hit]) -> list[str]:
    return [hit.passage.text for hit in hits]


FILL = [f"Filler text {n} about nothing in particular." for n in range(150)]


def test_what_the_vectors_alone_found_is_scored_by_its_words_too(store: Store, indexes: Indexes, clock: Clock) -> None:
    class Narrow(Retriever):
        POOL = 8

    long = "licence " * 9 + "and much else that is said of weights, prices, courts and towns beside"
    put(store, [*("licence " * n for n in range(3, 14)), long, *FILL])
    embed(store)
    hits = Narrow(store, BAG, indexes, clock).search("licence of the weights in towns", k=2)
    assert all(hit.lexical is not None for hit in hits)
    assert long in texts(hits)


def test_hits_carry_both_scores_best_first(store: Store, retriever: Retriever) -> None:
    put(store, ["The licence permits commercial use.", "Prices rose for commercial customers.", *FILL])
    embed(store)

    hits = retriever.search("commercial licence", k=3)

    assert texts(hits)[:2] == ["The licence permits commercial use.", "Prices rose for commercial customers."]
    assert hits[0].cosine == pytest.approx(
        float(BAG.embed_query("commercial licence") @ BAG.embed_query(texts(hits)[0]))
    )
    assert hits[0].lexical is not None
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_without_vectors_words_alone_find(store: Store, retriever: Retriever) -> None:
    put(store, ["The licence permits commercial use.", *FILL])

    hits = retriever.search("commercial licence", k=3)

    assert texts(hits) == ["The licence permits commercial use."]
    assert hits[0].cosine is None


def test_a_passage_stored_just_now_is_found_before_it_is_embedded(store: Store, retriever: Retriever) -> None:
    put(store, FILL)
    embed(store)
    retriever.search("anything")
    put(store, ["A brand new zebra licence."])

    hit = retriever.search("zebra licence", k=1)[0]

    assert (hit.passage.text, hit.cosine) == ("A brand new zebra licence.", None)


@pytest.mark.parametrize("question", ["", "   ", "?!", "🙂"])
def test_a_question_without_words(store: Store, retriever: Retriever, question: str) -> None:
    put(store, FILL)
    assert retriever.search(question) == []


def test_an_empty_store(retriever: Retriever) -> None:
    hits = retriever.search("licence")
    assert (hits, has_answer("licence", hits)) == ([], False)


# ---------------------------------------------------------------- filters


def test_a_selective_filter_is_exact(store: Store, retriever: Retriever) -> None:
    """One source in a thousand passages that all match the question better."""
    put(store, [f"The commercial licence of model {n}." for n in range(700)])
    few = [f"Some model number {n} has a licence." for n in range(3)]
    source = put(store, few, source=a_source("https://example.org/few"))
    embed(store)

    hits = retriever.search("commercial licence of model", filter=Filter(source_ids=(source,)), k=8)

    assert sorted(texts(hits)) == few
    assert all(hit.cosine is not None and hit.lexical is not None for hit in hits)


def test_workspaces_see_shared_passages_and_their_own(store: Store, retriever: Retriever) -> None:
    put(store, ["A shared licence."])
    own = store.sources.add(a_source("https://example.org/own"), workspace_id="T1")
    text = "The licence of workspace one."
    store.items.write(own.id, an_item("own", text, passages=lines_of(text)))
    embed(store)

    assert texts(retriever.search("licence")) == ["A shared licence."]
    assert set(texts(retriever.search("licence", filter=Filter(workspace_id="T1")))) == {"A shared licence.", text}
    assert texts(retriever.search("licence", filter=Filter(workspace_id="T2"))) == ["A shared licence."]


def test_as_of_sees_the_version_of_that_day(store: Store, retriever: Retriever, clock: Clock) -> None:
    source = store.sources.add(a_source())
    for text, month in (("The price is two dollars.", 1), ("The price is one dollar.", 2)):
        known = datetime(2026, month, 10, tzinfo=UTC)
        store.items.write(source.id, an_item("price", text, known_from=known, updated_at=known))
    embed(store)

    assert texts(retriever.search("price in dollars")) == ["The price is one dollar."]
    assert texts(retriever.search("price in dollars", filter=Filter(as_of=date(2026, 1, 20)))) == [
        "The price is two dollars."
    ]
    assert retriever.search("price in dollars", filter=Filter(as_of=date(2025, 1, 1))) == []


# ---------------------------------------------------------------- taste


def test_primary_sources_come_before_opinion_on_the_same_words(store: Store, retriever: Retriever) -> None:
    for tier in (Tier.OPINION, Tier.PRESS, Tier.PRIMARY):
        put(store, [f"The licence permits use {int(tier)}."], source=a_source(f"https://example.org/{tier}", tier=tier))
    put(store, FILL)
    embed(store)

    assert [hit.passage.tier for hit in retriever.search("licence permits use", k=3)] == [1, 3, 4]


def test_newer_news_first_but_law_does_not_age(store: Store, retriever: Retriever, clock: Clock) -> None:
    """The same words in another order: only age tells these apart."""
    for topic in (Topic.RELEASE, Topic.REGULATION):
        for years, text in ((3, f"A {topic} was announced"), (0, f"Announced was a {topic}")):
            known = clock.now - timedelta(days=365 * years)
            put(store, [text], topic=topic, known_from=known, published_at=known)
    put(store, FILL)
    embed(store)

    release = retriever.search("release announced", k=2, filter=Filter(topics=(Topic.RELEASE,)))
    law = retriever.search("regulation announced", k=2, filter=Filter(topics=(Topic.REGULATION,)))

    assert texts(release) == ["Announced was a release", "A release was announced"]
    assert law[0].score == pytest.approx(law[1].score, abs=1e-6)


def test_governing_text_stays_above_newer_chatter(store: Store, retriever: Retriever, clock: Clock) -> None:
    old = clock.now - timedelta(days=800)
    law = "Providers of high-risk systems shall keep logs for six months."
    put(
        store,
        [law],
        source=a_source("https://example.org/law", tier=Tier.PRIMARY),
        topic=Topic.REGULATION,
        known_from=old,
    )
    put(store, [f"Yesterday providers spoke of logs and systems again {n}." for n in range(20)], topic=Topic.RELEASE)
    embed(store)

    assert texts(retriever.search("how long shall providers keep logs of high-risk systems", k=3))[0] == law


def test_one_story_and_one_item_do_not_fill_the_list(store: Store, retriever: Retriever) -> None:
    source = store.sources.add(a_source())
    long = "\n".join(f"Zebra model released, part {n}." for n in range(9))
    store.items.write(source.id, an_item("long", long, story_key="zebra"))
    for n in range(5):
        text = f"Zebra model released, says paper {n}."
        store.items.write(source.id, an_item(f"paper-{n}", text, story_key="zebra", passages=lines_of(text)))
    text = "Another zebra model, another story."
    store.items.write(source.id, an_item("other", text, story_key="other", passages=lines_of(text)))
    embed(store)

    stories = [hit.passage.story_key for hit in retriever.search("zebra model released", k=8)]

    assert sorted(stories) == ["other", "zebra", "zebra"]


def test_a_regulation_may_fill_more_of_the_list(store: Store, retriever: Retriever) -> None:
    source = store.sources.add(a_source(topic=Topic.REGULATION))
    act = "\n".join(f"Article {n}: providers shall keep logs." for n in range(14))
    store.items.write(source.id, an_item("act", act, topic=Topic.REGULATION))
    embed(store)

    assert len(retriever.search("providers shall keep logs", k=12)) == Taste().per_long_item


@given(st.lists(st.one_of(st.none(), st.floats(0, 50)), max_size=30))
def test_shares_of_the_best_lie_in_the_unit_interval_and_keep_their_order(scores: list[float | None]) -> None:
    found = shares(scores)
    known = [(before, after) for before, after in zip(scores, found, strict=True) if before is not None]
    assert all(0 <= share <= 1 for share in found)
    assert [after for _, after in sorted(known)] == sorted(after for _, after in known)
    assert not any(before for before, _ in known) or max(found) == 1


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), max_size=40), st.integers(1, 10))
def test_diversity_keeps_the_order_and_the_caps(rows: list[tuple[int, int]], k: int) -> None:
    hits = [
        Hit(passage=a_passage(n, item_id=item, story_key=f"s{story}" if story else ""), score=1.0)
        for n, (item, story) in enumerate(rows)
    ]

    kept = diverse(hits, Taste(), k)

    assert len(kept) <= k
    assert [hit.passage.id for hit in kept] == sorted(hit.passage.id for hit in kept)
    for cap, values in (
        (2, [h.passage.item_id for h in kept]),
        (2, [h.passage.story_key for h in kept if h.passage.story_key]),
    ):
        assert all(values.count(value) <= cap for value in values)
    assert kept[:1] == hits[:1], "the best is always there"


def test_a_postgres_index_ranks(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> None:
    from tests.kb.conftest import _database

    server, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
    with _database(server, template) as url, Store.open(url, clock=clock) as store:
        put(store, ["The licence permits commercial use.", *FILL])
        embed(store)
        found = open_indexes(load_settings(home=tmp_path, index="postgres"), store, BAG)
        hits = Retriever(store, BAG, found, clock).search("commercial licence", k=3)
    assert hits[0].passage.text == "The licence permits commercial use."
    assert hits[0].lexical is not None


# ---------------------------------------------------------------- the real model


@pytest.fixture(scope="module")
def model(models_dir: Path) -> Embedder:
    return load_embedder(load_settings(home=models_dir.parent))


KNOWN = [
    "Input tokens are billed at 0.50 USD for each million, output at 2.00 USD.",
    "You may use, reproduce and distribute the weights for any purpose, including commercially.",
    "Providers of high-risk AI systems shall draw up technical documentation before placing them on the market.",
    "The vendor retired the older checkpoint and asks customers to migrate by June.",
    "Researchers found that prompts hidden in web pages can make agents leak data.",
]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how expensive is the API?", KNOWN[0]),
        ("are we allowed to use it in our business?", KNOWN[1]),
        ("what paperwork does the law demand?", KNOWN[2]),
        ("which model is being discontinued", KNOWN[3]),
        ("prompt injection risks", KNOWN[4]),
    ],
)
def test_meaning_is_found_where_words_differ(
    store: Store, model: Embedder, tmp_path: Path, clock: Clock, question: str, answer: str
) -> None:
    put(store, KNOWN)
    embed(store, model)
    retriever = Retriever(store, model, open_indexes(load_settings(home=tmp_path), store, model), clock)

    assert retriever.search(question, k=1)[0].passage.text == answer


def test_what_is_off_topic_has_no_answer(store: Store, model: Embedder, tmp_path: Path, clock: Clock) -> None:
    put(store, KNOWN)
    embed(store, model)
    retriever = Retriever(store, model, open_indexes(load_settings(home=tmp_path), store, model), clock)

    def answered(question: str) -> bool:
        return has_answer(question, retriever.search(question))

    assert answered("what does a million input tokens cost?")
    assert answered("Which duties do providers of high-risk AI systems have on technical documentation?")
    assert not answered("who won the football match on Sunday?")
    assert not answered("When will Zorblax 7 be launched by Quuxify?")
