"""Which missing input would change the best option most often? At most three are asked.

For each input that nobody stated, plausible values are put in the place of the assumption and the draws are run again;
the share of draws in which the choice changes, averaged over the values, ranks the questions. Where the answer that was
assumed is as likely as any, it is one of the values: a question that only an unlikely answer settles ranks low.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from kb.decide.again import DRAWS, Again, within_budget
from kb.decide.filters.shipping import SHIPPED
from kb.decide.scene import Scene
from kb.decide.types import Question
from kb.decide.use_case import CLOSED, OPEN, UseCase

LEAST_FLIPS = 0.2
MOST = 3
D = Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A question with the values that its answer may plausibly have."""

    input: str
    text: str
    plausible: tuple[object, ...]
    matters: Callable[[UseCase], bool] = lambda _: True


ASKABLE: tuple[Missing, ...] = (
    Missing(
        input="requests_per_month",
        text="How many requests a month do you expect, and how many tokens go in and come out of one?",
        plausible=(D(5_000), D(2_000_000), D(50_000_000)),
    ),
    Missing(
        input="inference_in",
        text="Must the data be processed in a certain place, for example only in the EU?",
        plausible=("eu",),
    ),
    Missing(
        input="data_class",
        text="What data go in: public, internal, confidential, personal, or classified?",
        plausible=("public", "personal"),
    ),
    Missing(
        input="mlops_fte",
        text="How many people could run models on GPUs for you, in full-time positions?",
        plausible=(D(1), D(3)),
    ),
    Missing(
        input="task",
        text="What is the model for: classifying, answering from documents, writing code, acting as an agent?",
        plausible=("classify", "rag", "code", "agent"),
    ),
    Missing(
        input="eu_seat",
        text="Is your principal place of business in the EU?",
        plausible=(True, False),
    ),
    Missing(
        input="mau",
        text="How many people use your products a month, affiliates included?",
        plausible=(D(1_000_000), D(150_000_000), D(800_000_000)),
    ),
    Missing(
        input="customisation",
        text="Do you need to fine-tune the model, or are prompts and your documents enough?",
        plausible=("prompt", "lora", "full"),
    ),
    Missing(
        input="transfer_basis",
        text="Can you sign a processing agreement, with a basis for transferring personal data?",
        plausible=(True, False),
        matters=lambda use: use.data_class in ("personal", "special_category"),
    ),
    Missing(
        input="accredited_cloud",
        text="Is a cloud accredited for this at hand, inside the gap?",
        plausible=(True, False),
        matters=lambda use: bool(use.air_gap or use.data_class == "classified"),
    ),
    Missing(input="batch_share", text="Which share of the requests may wait a day?", plausible=(D("0.8"),)),
    Missing(input="cached_share", text="Which share of a prompt is the same every time?", plausible=(D("0.7"),)),
    Missing(input="peak_factor", text="How much busier is your peak than the average?", plausible=(D("1.5"), D(10))),
)

MINIMUM: tuple[tuple[str, ...], ...] = (  # what a first answer needs some of, by the dossier's numbers
    ("task",),
    ("data_class",),
    ("inference_in", "no_foreign_jurisdiction", "on_premises", "air_gap"),
    ("eu_exposure", "eu_seat"),
    ("requests_per_month", "tokens_per_month", "tokens_in_per_month", "tokens_out_per_month"),
    ("mau", "revenue_usd_per_month", "revenue_usd_12_months", "mau_on"),
    ("mlops_fte",),
)
_VOLUME = MINIMUM[4]

Choices = NDArray[np.str_]


def is_underspecified(use_case: UseCase) -> bool:
    """Nearly all of the minimum is missing: at most one of the seven is known, and that decides nothing by itself.

    A volume lets costs be compared; an air gap or classified data leave few options; named models narrow the question.
    """
    if use_case.distribution in SHIPPED and use_case.is_known("distribution"):
        return False
    if use_case.air_gap or use_case.data_class == "classified":
        return False
    if use_case.is_known("shortlist") and use_case.shortlist & {OPEN, CLOSED}:
        return False
    asked = (*MINIMUM, ("shortlist", "asked_about"))
    known = [names for names in asked if any(use_case.is_known(name) for name in names)]
    return not known or (len(known) == 1 and _VOLUME not in known)


def _choices(scene: Scene, again: Again) -> Choices:
    """The choice in each of the first draws; "" where no option is left."""
    if not scene.options:
        return np.full(DRAWS, "")
    outcome = again.outcome(scene)
    scores = np.where(within_budget(scene, outcome.bands[1])[:, None], outcome.scores, -np.inf)
    names = np.array([*(scene.choice(row) for row in range(len(scene.options))), ""])
    best = np.where(np.isfinite(scores.max(axis=0)), scores.argmax(axis=0), -1)
    return names[best]


def _is_missing(use_case: UseCase, name: str) -> bool:
    if name == "requests_per_month":
        return not any(use_case.is_known(other) for other in _VOLUME)
    return not use_case.is_known(name)


def _flips(missing: Missing, base: Choices, again: Again) -> float:
    changed = []
    for value in missing.plausible:
        other = again.after(missing.input, value)
        same = other is again.base
        changed.append(0.0 if same else float((_choices(other, again) != base).mean()))
    return sum(changed) / len(changed)


def ranked(again: Again) -> Iterator[Question]:
    """Every missing input with its share of flips, in the order of asking when equal."""
    base = _choices(again.base, again)
    for missing in ASKABLE:
        if missing.matters(again.said) and _is_missing(again.said, missing.input):
            flips = _flips(missing, base, again)
            yield Question(input=missing.input, text=missing.text, flips=round(flips, 2))


def choose(questions: Sequence[Question], *, at_least_one: bool = False) -> tuple[Question, ...]:
    """Those that flip often enough, most often first. A tie is settled by the strongest even if it is weak."""
    by_flips = sorted(questions, key=lambda question: -question.flips)
    strong = [question for question in by_flips if question.flips > LEAST_FLIPS][:MOST]
    return tuple(strong or (by_flips[:1] if at_least_one else ()))
