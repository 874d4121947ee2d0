"""Decisions on the starter facts: what a report carries, what a record keeps, what a follow-up changes."""

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.answer.usecase import parse
from bot.decide.markdown import to_markdown
from bot.decide.market import Market
from bot.decide.report import DecisionReport
from bot.decide.service import Decider, Place, differing, replay, report_of
from bot.decide.shown import eliminations, shortlist, sources_of, usd
from bot.decide.snapshot import pack, pack_use_case, squeezed, unpack, unpack_use_case
from kb.decide.figures import significant
from kb.decide.use_case import UseCase
from kb.errors import BadInput, NotFound
from kb.store import Store
from tests.bot.decide_world import BANK, NOW, SHOP, opened_world

World = tuple[Store, Decider]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    yield from opened_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def bank(world: World) -> DecisionReport:
    _, decider = world
    return decider.decide(parse(BANK), question=BANK, place=Place(thread="bank"), owner="IT risk")


def test_every_figure_has_a_dated_source(bank: DecisionReport) -> None:
    assert len(bank.options) > 20
    assert [s.n for s in bank.sources] == list(range(1, len(bank.sources) + 1))
    for row in bank.options:
        assert row.cost.sources, row.id
        assert row.cost.as_of is not None
        assert row.cost.as_of <= bank.as_of
        for n in (*row.cost.sources, *row.licence_sources):
            source = bank.source(n)
            assert source.url.startswith("http")
            assert source.published <= bank.as_of
        if row.cost.stale:
            assert any(bank.source(n).stale for n in row.cost.sources)
    for duty in bank.duties:
        assert duty.sources, duty.says
    cited = {s.n for s in sources_of(bank, shortlist(bank), eliminations(bank))}
    assert {n for row in shortlist(bank) for n in row.cost.sources} <= cited


def test_residency_strikes_out_and_says_so(bank: DecisionReport) -> None:
    [place, to_confirm] = [gone for gone in eliminations(bank) if gone.rule == "H2"]
    assert to_confirm.title == "H2 Where inference runs, to confirm"
    assert to_confirm.count > 10
    assert place.count > 50
    assert place.sources
    assert all("EU" in reason for reason in place.reasons)
    assert {row.origin for row in bank.inputs if row.name == "inference_in"} == {"stated"}
    assert any(row.origin == "default" for row in bank.inputs)


def test_one_figure_of_a_cost_everywhere(bank: DecisionReport) -> None:
    """The table's cost is the central estimate that verdict, record and chart tell."""
    for row in bank.options:
        assert usd(row.cost).startswith(f"{significant(row.cost.point):,f}")
    first = bank.options[0]
    assert f"USD {significant(first.cost.point):,f} a month" in bank.verdict


def test_the_first_three_say_why_they_rank(bank: DecisionReport) -> None:
    assert [bool(row.why) for row in bank.options[:5]] == [True, True, True, False, False]
    assert all(row.why.startswith(f"{row.label}: ") for row in bank.options[:3])


def test_no_host_without_a_promise_is_ranked(bank: DecisionReport) -> None:
    assert not [row.id for row in bank.options if row.region == "global"]
    assert "RunPod" not in " ".join(row.label for row in bank.options)
    apart = {gone.label for gone in bank.eliminated if any(f.outcome == "unknown" for f in gone.findings)}
    ranked = {row.label for row in bank.options}
    assert apart
    assert not apart & ranked


def test_the_parts_of_a_cost_add_up(bank: DecisionReport) -> None:
    for row in bank.options[:20]:
        total = sum(part.usd_per_month for part in row.cost.parts)
        assert abs(total - row.cost.point) <= len(row.cost.parts) * row.cost.point.__class__("0.01"), row.id
        assert all(part.formula for part in row.cost.parts), row.id


def test_the_record_computes_the_same_again(world: World, bank: DecisionReport) -> None:
    store, decider = world
    assert bank.id is not None
    record = decider.record(bank.id)
    assert report_of(record) == bank
    assert differing(record) == []
    assert replay(record).verdict == bank.verdict
    changed = replace(record, seed=record.seed + 1)
    assert "options" in differing(changed)
    assert record.owner == "IT risk"
    assert any(q.field == "price_input" and q.subject_pattern == "offer:*" for q in record.stands_on)
    with pytest.raises(BadInput, match="was made by engine 0"):
        replay(replace(record, engine_version="0"))
    assert [r.id for r in store.decisions.standing_on("offer:nobody-knows/it", "price_input")] != []


def test_a_snapshot_gives_the_same_values_back(world: World) -> None:
    _, decider = world
    use_case = parse(BANK)
    market = Market(decider.views(NOW.date()), NOW.date())
    inputs = market.inputs(use_case)
    packed = pack(inputs, market.shared, market.packed)
    assert len(json.dumps(packed)) < 150_000
    assert unpack(packed) == inputs
    assert squeezed(unpack({"day": market.packed, "duties": [], "facts": []})) == market.packed
    earlier_version = json.loads(zlib.decompress(base64.b64decode(market.packed)))
    assert unpack(earlier_version) == market.shared
    assert unpack_use_case(pack_use_case(use_case)) == use_case
    for broken in ({"shared": [], "inputs": {"options": [{"$": 3}]}}, packed | {"day": "?"}, {"day": packed["day"]}):
        with pytest.raises(BadInput, match="cannot be read"):
            unpack(broken)


def test_a_follow_up_keeps_the_use_case_and_shows_the_difference(world: World, bank: DecisionReport) -> None:
    _, decider = world
    earlier = decider.earlier(Place(thread="bank"))
    assert earlier is not None
    then = parse("and if volume triples?", earlier=earlier.use_case)
    after = decider.decide(then, question="and if volume triples?", before=earlier.report, save=False)
    assert after.id is None
    assert after.changes is not None
    assert [(c.name, c.before, c.after) for c in after.changes.inputs] == [
        ("requests_per_month", "6,000,000", "18,000,000")
    ]
    assert after.changes.since == bank.id
    assert after.changes.says[0].startswith("Requests a month: 6,000,000")
    sovereign = replace(earlier.use_case, no_foreign_jurisdiction=True)
    stricter = decider.decide(sovereign, question="no CLOUD Act", before=earlier.report, save=False)
    assert stricter.changes is not None
    assert stricter.changes.no_longer_possible
    assert any(said.startswith("No longer possible: ") for said in stricter.changes.says)


def test_a_thread_of_another_workspace_is_not_seen(world: World) -> None:
    _, decider = world
    place = Place(door="slack", channel="C1", thread="1.1", workspace_id="T1")
    made = decider.decide(parse(SHOP), question=SHOP, place=place)
    assert decider.earlier(place) is not None
    assert decider.earlier(replace(place, workspace_id="T2")) is None
    assert made.id is not None
    with pytest.raises(NotFound):
        decider.record(made.id, workspace_id="T2")


def test_as_of_a_day_uses_only_what_was_known(world: World) -> None:
    _, decider = world
    before = decider.decide(parse(SHOP), question=SHOP, as_of=date(2026, 3, 1), save=False)
    assert before.as_of == date(2026, 3, 1)
    assert all(source.published <= date(2026, 3, 1) for source in before.sources)
    now = decider.decide(parse(SHOP), question=SHOP, save=False)
    assert any(source.published > date(2026, 3, 1) for source in now.sources)


def test_beyond_a_shortlist_that_leaves_nothing(world: World) -> None:
    _, decider = world
    use_case = parse("An internal tool in the US, 10k requests a month.").told(shortlist=frozenset({"no-such-model"}))
    report = decider.decide(use_case, question="only that one", save=True)
    assert report.verdict.startswith("Nothing on your shortlist (no-such-model) is left. Beyond it: ")
    assert report.options
    assert "set aside" in report.assumptions[0]
    assert report.id is not None
    assert differing(decider.record(report.id)) == []


def test_a_family_on_the_shortlist_means_its_versions(world: World) -> None:
    _, decider = world
    named = parse("A US chat app, 300M requests a month, 800 million monthly users in March 2025.")
    named = named.told(shortlist=frozenset({"llama-4"}))
    report = decider.decide(named, question="Llama 4?", save=False)
    assert report.verdict.startswith("Nothing on your shortlist (llama-4")
    struck = {gone.label for gone in report.eliminated for f in gone.findings if f.rule == "H7"}
    assert any(label.startswith("Llama 4") for label in struck)
    assert not any(row.model.startswith("Llama 4") for row in report.options)


def test_nothing_known_asks_at_most_three_questions(world: World) -> None:
    _, decider = world
    report = decider.decide(UseCase(), question="open or closed?", save=False)
    assert report.best == ""
    assert 1 <= len(report.questions) <= 3
    assert report.options == ()


def test_the_document_names_rules_sources_and_no_compliance(bank: DecisionReport) -> None:
    text = to_markdown(bank)
    assert text.startswith(f"# Decision {bank.id}: We are an EU bank.")
    for heading in ("Options", "Ruled out", "Duties", "What would change it", "Use case", "Assumptions", "Sources"):
        assert f"\n## {heading}" in text, heading
    assert "H2 Where inference runs" in text
    assert "as of 22 November 2026" in text
    assert "stale" in text
    assert "not legal advice" in text
    assert "you are compliant" not in text.lower()
