"""What the bot says to the labelled questions, held against the passages that answer them.

Citation precision: of the citations given, those whose quotation stands in the stored version that they name. Gold
precision: of the quotations, those out of a passage that the labels name. Gold recall: of the needed provisions, those
quoted, over answerable questions that were answered. Abstaining is saying no sentence, or why nothing is said.
"""

from collections.abc import Sequence

from bot.answer import Answer, Steelyard
from kb.retrieve import Retriever
from kb.store import Store
from tests.eval import house, retrieval
from tests.eval.knowledge import NOW
from tests.eval.questions import sound
from tests.eval.retrieval_set import Question


def measured(name: str, store: Store, retriever: Retriever, asked: Sequence[Question]) -> list[house.Row]:
    steelyard = Steelyard(store, retriever, {}, clock=lambda: NOW)
    steelyard.warm()
    answers = {q.id: steelyard.ask(q.text, as_of=q.as_of, keep=False) for q in asked}
    return [*_abstention(name, asked, answers), *_support(name, store, answers), *_gold(name, store, asked, answers)]


def abstains(answer: Answer) -> bool:
    return bool(answer.abstained_because) or not (answer.sentences or answer.tables)


def _abstention(name: str, asked: Sequence[Question], answers: dict[str, Answer]) -> list[house.Row]:
    said = [abstains(answers[q.id]) for q in asked]
    return house.f1_row(name, "default", "abstention", said, [not q.answerable for q in asked])


def _support(name: str, store: Store, answers: dict[str, Answer]) -> list[house.Row]:
    """Every sentence has evidence, and every quotation is stored."""
    evidenced = [float(bool(s.citations or s.formula)) for a in answers.values() for s in a.sentences]
    stored = [
        float(store.items.find_quote(c.quote, version_ids=(c.version_id,) if c.version_id else ()) is not None)
        for a in answers.values()
        for c in a.citations
        if c.quote is not None
    ]
    problems = sum(len(sound(answer, store)) for answer in answers.values())
    return [
        house.row(name, "default", "sentences with evidence", evidenced),
        house.row(name, "default", "citation precision", stored),
        house.Row(name, "default", "quotes not stored", stored.count(0.0), None, None, len(stored)),
        house.Row(name, "default", "problems of soundness", problems, None, None, len(answers)),
    ]


def _gold(name: str, store: Store, asked: Sequence[Question], answers: dict[str, Answer]) -> list[house.Row]:
    """Quotations against the labelled passages."""
    places = retrieval.Places(store)
    precise: list[float] = []
    recalled: list[float] = []
    hit: list[float] = []
    answered = [q for q in asked if q.answerable and not abstains(answers[q.id])]
    for question in answered:
        units = [{places.text(at) for at in place.ids} for place in places.units(question)]
        quotes = [retrieval.flat(c.quote) for c in answers[question.id].citations if c.quote]
        found = [any(_of(quote, unit) for quote in quotes) for unit in units]
        recalled.append(sum(found) / len(found))
        hit.append(float(any(found)))
        precise += [float(any(_of(quote, unit) for unit in units)) for quote in quotes]
    return [
        house.row(name, "default", "gold recall", recalled),
        house.row(name, "default", "gold hit", hit),
        house.row(name, "default", "gold precision", precise),
        house.Row(name, "default", "answered of answerable", len(answered), None, None, len(answered)),
    ]


def _of(quote: str, passages: set[str]) -> bool:
    return any(quote in passage or passage in quote for passage in passages)
