"""Every price, clause and date that a rendered decision says has a source with its day, and nothing vouches for anyone.

Walks the report of many varied use cases as the terminal shows it, as Markdown and as JSON.
"""

import io
import json
import re
from functools import cache

import pytest
from rich.console import Console

from bot.decide.build import About, build_report
from bot.decide.markdown import to_markdown
from bot.decide.report import NOT_LEGAL_ADVICE, DecisionReport, FindingRow
from bot.decide.shown import eliminations, freshness, shortlist, usd
from bot.doors.cli.show_decision import show_decision
from tests.kb.decide.shipped import TODAY
from tests.kb.decide.test_cases_more import CASES, decided

NAMES = sorted(CASES)
assert len(NAMES) >= 12
_LAW = ("H5", "H6", "H7", "H8", "H9", "H10", "H11", "H15", "H17", "H19")
_VOUCHES = re.compile(
    r"\b(?:compliant|in compliance|fully compl\w+|(?<!to )compl(?:y|ies|ied) with|conforms? (?:to|with)|"
    r"no (?:legal )?risk|"
    r"legally (?:safe|sound|fine)|(?:GDPR|DORA|AI Act|CLOUD Act)[- ](?:proof|safe|ready)|"
    r"satisf(?:y|ies) (?:the )?(?:AI Act|GDPR|DORA|law)|you (?:are|will be) (?:safe|fine|covered|allowed))\b",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@cache
def report(name: str) -> DecisionReport:
    return build_report(decided(name), About(question=name))


@cache
def terminal(name: str) -> str:
    out = io.StringIO()
    show_decision(Console(file=out, width=400, force_terminal=False), report(name))
    return out.getvalue()


@cache
def markdown(name: str) -> str:
    return to_markdown(report(name))


def rendered(name: str) -> dict[str, str]:
    return {
        "terminal": terminal(name),
        "markdown": markdown(name),
        "json": json.dumps(report(name).model_dump(mode="json"), ensure_ascii=False),
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_price_has_sources_of_a_day(name: str) -> None:
    for row in report(name).options:
        assert row.cost.sources, row.id
        assert row.cost.as_of is not None, row.id
        assert row.cost.as_of <= TODAY
        if row.cost.stale:
            assert "stale" in freshness(row.cost)
            assert any(report(name).source(n).stale for n in row.cost.sources), row.id
    for row in shortlist(report(name)):
        for text in (terminal(name), markdown(name)):
            line = next(line for line in text.splitlines() if row.label in line and usd(row.cost) in line)
            assert row.cost.as_of is not None
            assert row.cost.as_of.isoformat() in line
            assert ("stale" in line) == row.cost.stale
            assert re.search(r"\[\d+\]", line)
    if "USD" in report(name).verdict:
        assert re.search(r"prices of \d{1,2} [A-Z][a-z]+ \d{4}(?:, stale)?\)", report(name).verdict)
    for flip in report(name).flips:
        if re.search(r"(?:USD per|USD a million|[a-z] \()", flip.says) and "no option" not in flip.says:
            assert flip.sources, flip.says


def _findings(name: str) -> list[FindingRow]:
    found = [f for gone in report(name).eliminated for f in gone.findings]
    return found + [f for row in report(name).options for f in row.findings]


@pytest.mark.parametrize("name", NAMES)
def test_every_clause_and_date_has_sources(name: str) -> None:
    for finding in _findings(name):
        told = finding.rule in _LAW and finding.outcome in ("fail", "pass")
        if told or _DAY.search(finding.reason):
            assert finding.sources, finding
    for row in report(name).options:
        if "commercial use:" in row.licence:
            assert row.licence_sources, row.id
    for duty in report(name).duties:
        assert duty.sources, duty.says
        assert duty.article


@pytest.mark.parametrize("name", NAMES)
def test_every_source_is_dated_and_what_is_overdue_says_so(name: str) -> None:
    for source in report(name).sources:
        assert source.url.startswith("http")
        assert source.published <= TODAY
        assert source.as_of <= TODAY
        assert source.tier in (1, 2, 3)
    for text in (terminal(name), markdown(name)):
        listed = {int(n): line for line in text.splitlines() for n in re.findall(r"^(?:- )?\[(\d+)\] ", line)}
        for n, line in listed.items():
            assert "published" in line
            assert "as of" in line
            assert ("stale: overdue" in line) == report(name).source(n).stale
        marked = {int(n) for n in re.findall(r"\[(\d+)\]", text)}
        assert marked <= listed.keys()
    cited = {n for e in eliminations(report(name)) for n in e.sources}
    assert cited <= {s.n for s in report(name).sources}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_vouches_for_anyone(name: str) -> None:
    for door, text in rendered(name).items():
        found = _VOUCHES.search(text.replace(NOT_LEGAL_ADVICE, ""))
        assert found is None, (door, text[max(0, found.start() - 80) : found.end() + 80] if found else "")
        assert "not legal advice" in text


def test_some_of_what_is_shown_is_stale_and_is_marked_so() -> None:
    """Else the test above would hold of nothing."""
    assert any(row.cost.stale for name in NAMES for row in shortlist(report(name)))
