"""The chart of a decision: its numbers, its words, and that the same record draws the same picture."""

import struct
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal

import pytest

from bot.answer.usecase import parse
from bot.charts import cost_chart
from bot.decide.curves import Curves, curves
from bot.decide.service import Decider, replay
from kb.decide.engine import decide
from kb.decide.types import Group
from tests.bot.decide_world import BANK, opened_world
from tests.kb.decide.decide_builders import AS_OF, hosted, metered, simple_case


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Curves]:
    for _, decider in opened_world(tmp_path_factory.mktemp("world")):
        yield _curves(decider)


def _curves(decider: Decider) -> Curves:
    report = decider.decide(parse(BANK), question=BANK)
    assert report.id is not None
    found = curves(replay(decider.record(report.id)))
    assert found is not None
    return found


def test_a_line_for_the_best_of_each_kind(drawn: Curves) -> None:
    groups = [curve.group for curve in drawn.curves]
    assert {Group.CLOSED_API, Group.MANAGED_OPEN, Group.SELF_HOSTED} <= set(groups)
    assert groups == sorted(groups, key=list(Group).index)
    for curve in drawn.curves:
        assert len(curve.volumes) == len(curve.usd)
        nearest = min(range(len(curve.usd)), key=lambda n: abs(curve.volumes[n] - float(drawn.volume)))
        assert curve.usd[nearest] == pytest.approx(float(curve.now), rel=0.4)  # GPUs come in steps
        if curve.group in (Group.CLOSED_API, Group.CLOSED_CLOUD, Group.MANAGED_OPEN):
            assert all(low < high for low, high in zip(curve.usd, curve.usd[1:], strict=False))


def test_break_evens_lie_on_both_lines(drawn: Curves) -> None:
    assert drawn.crossings
    for crossing in drawn.crossings:
        if crossing.volume is None:
            assert crossing.says.endswith("never cheaper")
            continue
        machine = next(c for c in drawn.curves if c.option_id == crossing.machine)
        beyond = [n for n, v in enumerate(machine.volumes) if v > float(crossing.volume) * 1.01]
        seller = next(c for c in drawn.curves if c.option_id == crossing.seller)
        assert all(machine.usd[n] <= seller.usd[n] * 1.001 for n in beyond)


def test_the_same_picture_with_words_for_who_cannot_see_it(drawn: Curves) -> None:
    chart = cost_chart(drawn)
    assert chart.png == cost_chart(drawn).png
    assert chart.png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", chart.png[16:24])
    assert 1_200 <= width <= 1_800
    assert 900 <= height <= 2_400
    assert chart.alt.startswith("Line chart of monthly cost in USD against requests a month")
    assert "6,000,000 requests a month" in chart.alt
    for curve in drawn.curves:
        assert curve.label in chart.alt


def test_a_closed_option_alone_has_no_break_even() -> None:
    found = curves(decide(simple_case(), [metered("a", "1", "4")], as_of=AS_OF, draws=200))
    assert found is not None
    assert len(found.curves) == 1
    assert found.crossings == ()
    assert found.curves[0].best
    assert not found.volume_is_assumed
    assert cost_chart(found).png


def test_a_hand_computed_break_even_is_the_engines(store_of_two: Curves) -> None:
    [crossing] = store_of_two.crossings
    assert crossing.volume is not None
    low, high = Decimal("0.99"), Decimal("1.01")
    by_line = [
        v
        for v, gpu, api in zip(
            store_of_two.curves[0].volumes,
            next(c for c in store_of_two.curves if c.group is Group.SELF_HOSTED).usd,
            next(c for c in store_of_two.curves if c.group is Group.CLOSED_API).usd,
            strict=True,
        )
        if gpu > api
    ]
    step = Decimal(store_of_two.curves[0].volumes[1] / store_of_two.curves[0].volumes[0])
    assert Decimal(max(by_line)) * low <= crossing.volume <= Decimal(max(by_line)) * step * high or not by_line


@pytest.fixture
def store_of_two() -> Curves:
    options = [metered("dear", "10", "30"), hosted(region="us")]
    found = curves(decide(simple_case(on_call=True), options, as_of=AS_OF, draws=200))
    assert found is not None
    return found


def test_deciding_does_not_load_matplotlib() -> None:
    code = "import sys, bot.charts, bot.decide.service; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
