"""What a search reads in a question, and what it makes of candidates: pure parts of retrieval."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kb.answerable import has_answer, missing_provisions, names_in, nowhere, probability, signs
from kb.asked import asked, domains_of, versions_in
from kb.follow import labels_of, references_of
from kb.ranking import Candidate, Taste, domain_of, fused, is_recital, scored, versions_of, with_feedback
from kb.types import Hit, Passage, Tier, Topic
from tests.kb.search_fixtures import a_passage

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def passage(id: int, text: str, *path: str, topic: Topic = Topic.REGULATION, title: str = "The Act") -> Passage:
    known = {"title": title, "publisher": "Union", "tier": Tier.PRIMARY, "topic": topic, "published_at": NOW}
    return a_passage(
        id, text=text, end=len(text), heading_path=path, url="https://example.org/act", known_from=NOW, **known
    )


def found(question: str, *passages: Passage) -> list[int]:
    """Ids in the order in which equal scores are put by what the question asks for."""
    candidates = [Candidate(p, 0.5, 1.0) for p in passages]
    return [h.passage.id for h in scored(candidates, [0.5] * len(candidates), asked(question), Taste(), NOW)]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Which works council must we tell?", "workers' representatives"),
        ("do we need a FRIA", "fundamental rights impact assessment"),
        ("who is seen first in A&E", "patient triage"),
        ("when was it EOL", "deprecated"),
    ],
)
def test_the_thesaurus_lends_the_words_of_the_text(question: str, words: str) -> None:
    assert words in asked(question).also_text


def test_the_thesaurus_is_silent_on_what_it_does_not_know() -> None:
    assert asked("shock wave boundary layer interaction").also == ()


def test_what_kind_of_text_is_asked_for() -> None:
    assert domains_of("Which duties do deployers have under the AI Act?") == {"law"}
    assert domains_of("is the Gemma licence commercial") == {"licence"}
    assert domains_of("when was it released") == {"news"}
    assert domains_of("hello") == frozenset()


def test_versions_are_told_from_other_numbers() -> None:
    read = [(v.name, v.version) for v in versions_in("DeepSeek V3.2, Qwen2.5-72B and GLM-5 since Article 6 of 2026")]
    assert read == [("deepseek", "3.2"), ("qwen", "2.5"), ("glm", "5")]
    assert versions_of("deepseek", "DeepSeek-V3.2 follows DeepSeek V3; a deepseek 70b") == {"3.2", "3"}


def test_another_version_comes_after_the_one_asked_for() -> None:
    old = passage(1, "DeepSeek V3 was released.", topic=Topic.RELEASE)
    new = passage(2, "DeepSeek V3.2 was released.", topic=Topic.RELEASE)
    assert found("DeepSeek V3.2 release", old, new) == [2, 1]
    assert found("DeepSeek V3 release", old, new) == [1, 2]


def test_articles_bind_and_recitals_explain() -> None:
    recital = passage(1, "(12) Providers should keep logs.")
    article = passage(2, "1. Providers shall keep logs.", "CHAPTER III", "Article 19 Logs")
    assert (is_recital(recital), is_recital(article)) == (True, False)
    assert found("must providers keep logs", recital, article) == [2, 1]


def test_text_of_the_kind_asked_for_comes_first() -> None:
    law = passage(2, "x", "Article 1")
    licence = passage(1, "x", topic=Topic.LICENCE)
    assert (domain_of(law), domain_of(licence)) == ("law", "licence")
    assert domain_of(replace(law, tier=Tier.PRESS)) == "news"
    assert found("which duty under the AI Act", licence, law) == [2, 1]


def test_a_passage_points_to_other_provisions_of_its_own_act() -> None:
    text = "Systems of Annex III and Article 49(2), but not Article 6 of Regulation (EU) 2016/679."
    own = passage(1, text, "CHAPTER III", "Article 6 Classification")
    assert labels_of(own.heading_path) == {"article 6"}
    assert references_of(own) == {"annex iii", "article 49"}


def test_fusion_is_a_convex_sum_of_shares_of_the_best() -> None:
    assert fused([0.8, 0.4, None], [2.0, 4.0, 4.0], 0.5) == pytest.approx([0.75, 0.75, 1.0])


def test_feedback_moves_towards_what_was_found() -> None:
    import numpy as np

    question, other = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)
    moved = with_feedback(question, [other], 1.0)
    assert moved == pytest.approx([0.5**0.5, 0.5**0.5])


# ---------------------------------------------------------------- is the answer here at all?


def hit(p: Passage, cosine: float = 0.6) -> Hit:
    return Hit(passage=p, score=1.0, cosine=cosine, lexical=5.0)


def test_a_provision_that_nobody_holds_is_missing() -> None:
    hits = [hit(passage(1, "The list (a) of systems.", "ANNEX III High-risk AI systems"))]
    assert missing_provisions("What does Annex XV say?", hits) == ["Annex XV"]
    assert missing_provisions("What does Annex III (b) say?", hits) == ["point (b)"]
    assert missing_provisions("What does Annex III (a) say?", hits) == []


def test_a_recital_is_held_by_its_number() -> None:
    hits = [hit(passage(1, "(12) The notion of AI system ... (13) The notion of deployer ..."))]
    assert missing_provisions("What does recital 13 say?", hits) == []
    assert missing_provisions("What does recital 212 say?", hits) == ["Recital 212"]


def test_names_are_capitalised_or_mixed_and_not_explained_elsewhere() -> None:
    assert list(names_in("May the FRIA of Zorblax cover GLM-6 in London?")) == ["zorblax", "glm-6"]
    assert list(names_in("Zorblax's law on robots")) == ["zorblax"]
    assert list(names_in("Zorblax 13B licence")) == ["zorblax"]
    assert list(names_in("which Q2-series update came")) == ["q2"]
    assert list(names_in("Robots in the street")) == []
    assert nowhere("the price of Zorblax", ["GLM costs 2 USD."]) == ["zorblax"]
    assert nowhere("the price of Zorblax", ["Zorblax costs 2 USD."]) == []


def test_a_question_that_names_what_no_text_names_has_no_answer() -> None:
    text = passage(1, "Providers of high-risk AI systems shall draw up technical documentation.", "Article 11")
    asks = "Which technical documentation must providers of high-risk AI systems draw up?"
    assert has_answer(asks, [hit(text)])
    assert not has_answer("When will Zorblax ship the Quux assistant?", [hit(text, 0.3)])
    assert not has_answer(asks, [])
    assert probability(signs(asks, [hit(text)])) > probability(signs(asks, [hit(text, 0.1)]))
