"""Pages of retirements in the forms that sellers give them, with the defects that they have."""

from dataclasses import replace

import pytest

from ingest.source import Page
from ingest.sources.tables import read_tables
from kb.errors import ParseError
from kb.types import Tier, Topic
from tests.ingest.conftest import World
from tests.ingest.records import parse, record

# After the heads and cells of the sellers' pages; the models and days are made up or shortened.
OPENAI = """# Deprecations
### 2026-04-22: Older snapshots
| Shutdown date | Model snapshot | Substitute model |
| ------------- | -------------- | ---------------- |
| 2026\u201107\u201123 | `alpha-preview-2025-03-11` \\| `alpha-preview` | `alpha-mini` |
| 2026-10-23 | `beta-0613` \\| `beta`, `beta-0613-completions` | `beta-5` or `beta-6` |
### 2025-01-01: An older word on the same model
| Shutdown date | Model / system | Recommended replacement |
|---|---|---|
| 2026-06-01 | beta-0613 | beta-4 |
| | gamma-1 | beta-5 |

| Model | Price |
|---|---|
| alpha-mini | $1 |
"""
ANTHROPIC = """<html><body><table><thead><tr><th>API Model Name</th><th>Current State</th><th>Deprecated</th>
<th>Tentative Retirement Date</th></tr></thead><tbody>
<tr><td><code>zeta-3-20240229</code></td><td>Deprecated</td><td>June 30, 2025</td><td>January 5, 2026</td></tr>
<tr><td><code>zeta-4-20250514</code></td><td>Active</td><td>N/A</td><td>Not sooner than May 14, 2026</td></tr>
</tbody></table>
<table><tr><th>Retirement Date</th><th>Deprecated Model</th><th>Recommended Replacement</th></tr>
<tr><td>January 5, 2026</td><td><code>zeta-3-20240229</code></td><td><code>zeta-4-20250514</code></td></tr></table>
</body></html>"""
GOOGLE = """<html><body><table>
<tr><th>Model</th><th>Release date</th><th>Shutdown date</th><th>Recommended replacement</th></tr>
<tr><td>Eta 2.0 Flash</td><td>February 5, 2025</td><td>Earliest February 2026</td><td>eta-2.5-flash</td></tr>
<tr><td rowspan="2">eta-1.5-pro-002</td><td>September 24, 2024</td><td>September 24, 2025</td><td>eta-2.5-pro</td></tr>
<tr><td>September 24, 2024</td><td>September 30, 2025</td><td>eta-2.5-pro</td></tr>
<tr><td>eta-embed</td><td>May 14, 2024</td><td>No shutdown date announced</td><td></td></tr>
</table></body></html>"""
AZURE = """## Retirements
| Model | Version | Lifecycle | Retirement date | Replacement |
|-------|---------|-----------|-----------------|-------------|
| theta-mini | 2025-05-16 | Deprecated | 2026-11-15 | \u2014 |
| theta | 2024-05-13 | GA | 2026-03-31 for Standard; 2026-10-01 for others | theta-5 |
| iota | 0301 | Deprecated | February 13, 2026 | theta (0125) |
"""


def read(body: str, content_type: str = "text/markdown", **options: str) -> Page:
    source = replace(
        record("deprecations", "https://x.test/deprecations", **options), publisher="Acme", tier=Tier.PRIMARY
    )
    return parse(source, body, content_type)


def told(page: Page) -> dict[tuple[str, str], str]:
    return {(fact.subject, fact.field): fact.value for fact in page.facts}


def test_one_cell_may_name_several_models_and_the_newest_word_counts() -> None:
    page = read(OPENAI, provider="openai", subject="model")
    days = {subject: value for (subject, field), value in told(page).items() if field == "deprecated_on"}
    assert days == {
        "model:alpha-preview-2025-03-11": "2026-07-23",
        "model:alpha-preview": "2026-07-23",
        "model:beta-0613": "2026-10-23",
        "model:beta": "2026-10-23",
        "model:beta-0613-completions": "2026-10-23",
    }
    assert told(page)["model:beta", "replacement"] == "beta-5 or beta-6"
    assert {item.external_id for item in page.items} == {s.partition(":")[2] for s in days} | {"gamma-1"}
    quoted = next(item for item in page.items if item.external_id == "beta-0613")
    assert "Recommended replacement: beta-4" in quoted.html  # what was superseded can still be quoted


def test_a_bound_is_no_day() -> None:
    page = read(ANTHROPIC, "text/html", provider="anthropic", subject="model")
    assert told(page) == {
        ("model:zeta-3-20240229", "deprecated_on"): "2026-01-05",
    }
    assert "Not sooner than May 14, 2026" in next(i.html for i in page.items if i.external_id == "zeta-4-20250514")


def test_merged_cells_and_words_instead_of_days() -> None:
    page = read(GOOGLE, "text/html", provider="google", subject="model")
    assert told(page) == {
        ("model:eta-1.5-pro-002", "deprecated_on"): "2025-09-24",
        ("model:eta-1.5-pro-002", "replacement"): "eta-2.5-pro",
    }
    assert {item.external_id for item in page.items} == {"eta-2.0-flash", "eta-1.5-pro-002", "eta-embed"}


def test_a_version_has_its_own_column_and_two_days_are_none() -> None:
    page = read(AZURE, provider="azure")
    assert told(page) == {
        ("offer:azure/theta-mini-2025-05-16", "deprecated_on"): "2026-11-15",
        ("offer:azure/iota-0301", "deprecated_on"): "2026-02-13",
        ("offer:azure/iota-0301", "replacement"): "theta (0125)",
    }
    assert {item.external_id for item in page.items} == {"theta-mini-2025-05-16", "theta-2024-05-13", "iota-0301"}


@pytest.mark.parametrize(
    "body", ["", "<html><body>Loading...</body></html>", "| Model | Price |\n|---|---|\n| a | $1 |\n", "no tables here"]
)
def test_a_page_without_such_a_table_is_refused(body: str) -> None:
    with pytest.raises(ParseError):
        read(body)


def test_a_page_that_breaks_off_is_not_complete() -> None:
    assert read(ANTHROPIC, "text/html").complete
    assert not read(ANTHROPIC[: ANTHROPIC.index("</tbody>")], "text/html").complete


def test_a_day_that_moves_and_a_row_that_goes(world: World) -> None:
    world.server.put("/d.md", OPENAI.encode(), "text/markdown")
    world.add("d.md", kind="deprecations", publisher="Acme", topic=Topic.RELEASE, tier=Tier.PRIMARY,
              options={"provider": "acme"})  # fmt: skip
    assert world.one().facts == 10
    world.later(days=1)
    world.server.put("/d.md", OPENAI.replace("2026-10-23", "2026-12-01").encode(), "text/markdown")
    report = world.one()
    assert (report.facts, report.retracted) == (3, 0)
    world.later(days=1)
    less = "\n".join(line for line in OPENAI.splitlines() if "alpha-preview" not in line)
    world.server.put("/d.md", less.replace("2026-10-23", "2026-12-01").encode(), "text/markdown")
    report = world.one()
    assert (report.facts, report.retracted) == (0, 4)


# ---------------------------------------------------------------- tables


def test_spans_repeat_cells_and_nested_tables_stand_alone() -> None:
    body = (
        "<table><tr><th>A</th><th>B</th><th>C</th></tr><tr><td rowspan=2>1</td><td colspan=2>2</td></tr>"
        "<tr><td>3</td><td><table><tr><th>X</th></tr><tr><td>y</td></tr></table></td></tr></table>"
    )
    outer, inner = read_tables(body)
    assert [[cell.text for cell in row] for row in outer.rows] == [["1", "2", "2"], ["1", "3", "X y"]]
    assert inner.head == ("X",)


def test_absurd_spans_stay_small() -> None:
    (table,) = read_tables("<table><tr><th>A</th></tr><tr><td rowspan=99999999 colspan=99999999>1</td></tr></table>")
    assert len(table.rows[0]) <= 40


def test_bars_in_code_and_behind_a_backslash_are_text() -> None:
    (table,) = read_tables("| A | B |\n|:--|--:|\n| `x|y` | a \\| b |\n| short |\n\nno | table")
    assert [[cell.text for cell in row] for row in table.rows] == [["x|y", "a | b"], ["short", ""]]
    assert table.rows[0][0].codes == ("x|y",)
