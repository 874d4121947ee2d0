"""Claims on models that nobody holds: what was looked for and not found is said; nothing is concluded from the rest."""

import re
from collections.abc import Iterator

from bot.answer.book import FactBook
from bot.answer.text import terms
from bot.check.contract import Verdict
from bot.check.polarity import denied as is_denied
from bot.check.values import Finding, Reading, Weighed
from bot.check.weigh import best_first, said
from kb.types import Tier

_EXISTS = re.compile(
    r"\b(?:releas|launch|open-?sourc|publish|introduc|available|ship|is here|announc|debut)\w*", re.IGNORECASE
)


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    for name in reading.unknown:
        wanted = frozenset(terms(name))
        views = [
            v
            for s in book.subjects("claim:")
            for v in book.of(s)
            if wanted <= frozenset(terms(book.display(s))) and v.fact.tier < Tier.OPINION
        ]
        denied = [v for v in views if v.fact.value.startswith("no ")]
        if not denied:
            continue
        told = _EXISTS.search(reading.text)
        exists = told is not None and not is_denied(reading.text, told.start())
        evidence = best_first([Weighed(v, "against" if exists else "context") for v in denied])
        because = said(evidence[0].view)
        verdict: Verdict = "contradicted" if exists else "unverifiable"
        yield Finding("model/exists", f"{name}: on record?", verdict, because, evidence)
