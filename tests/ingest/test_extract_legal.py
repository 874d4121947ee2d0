"""Acts of the European Union: complete, and with heading paths that say where each passage stands."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from ingest.extract import Extracted, extract_page
from tests.ingest import records

ACT = "eu_ai_act_2024/ai_act.xhtml"
OMNIBUS = "omnibus_2026_1744/omnibus-32026R1744.html"


@cache
def extracted(path: Path) -> Extracted:
    source = records.record("page", "https://example.org/act")
    return extract_page(records.parse(source, path.read_bytes(), "application/xhtml+xml").items[0])


def blocks(text: str) -> list[tuple[tuple[str, ...], str]]:
    """(heading path, text below it) in order, as a chunker reads it."""
    path: list[tuple[int, str]] = []
    found: list[tuple[tuple[str, ...], str]] = []
    for part in re.split(r"^(#{1,6} .*)$", text, flags=re.M):
        if heading := re.match(r"(#{1,6}) (.*)$", part):
            path = [step for step in path if step[0] < len(heading[1])] + [(len(heading[1]), heading[2])]
        elif part.strip():
            found.append((tuple(name for _, name in path), part.strip()))
    return found


def below(text: str, last_heading: str) -> tuple[tuple[str, ...], str]:
    return next((path, said) for path, said in blocks(text) if path and path[-1].startswith(last_heading))


@pytest.mark.parametrize("name", [ACT, OMNIBUS])
def test_nothing_of_an_act_is_lost(shared: Path, name: str) -> None:
    from lxml import etree

    path = shared / "data/regulation" / name
    body = etree.parse(str(path)).getroot().find("{http://www.w3.org/1999/xhtml}body")
    published = Counter(re.sub(r"\W", "", "".join(body.itertext())))
    kept = Counter(re.sub(r"\W", "", extracted(path).text))
    assert published - kept == Counter()
    assert kept - published == Counter("Footnotes")  # the one heading that we add


def test_the_ai_act_reads_by_chapter_section_and_article(shared: Path) -> None:
    text = extracted(shared / "data/regulation" / ACT).text
    path, article = below(text, "Article 6 ")
    assert path == (
        "CHAPTER III HIGH-RISK AI SYSTEMS",
        "SECTION 1 Classification of AI systems as high-risk",
        "Article 6 Classification rules for high-risk AI systems",
    )
    assert article.startswith("1. Irrespective of whether")
    assert "\n(a) the AI system is intended to perform a narrow procedural task;\n(b) " in article
    path, article = below(text, "Article 50 ")
    assert path[0].startswith("CHAPTER IV TRANSPARENCY OBLIGATIONS")
    assert len(path) == 2
    path, article = below(text, "Article 113 ")
    assert path == ("CHAPTER XIII FINAL PROVISIONS", "Article 113 Entry into force and application")
    assert "It shall apply from 2 August 2026." in article
    assert (
        "(c) Article 6(1) and the corresponding obligations in this Regulation shall apply from 2 August 2027."
        in article
    )
    path, annex = below(text, "ANNEX III ")
    assert path == ("ANNEX III High-risk AI systems referred to in Article 6(2)",)
    assert "\n1. Biometrics, in so far as their use is permitted" in annex


def test_all_articles_and_annexes_are_headings(shared: Path) -> None:
    text = extracted(shared / "data/regulation" / ACT).text
    numbers = [int(n) for n in re.findall(r"^#+ Article (\d+) ", text, re.M)]
    assert numbers == list(range(1, 114))
    assert len(re.findall(r"^# ANNEX [IVX]+ ", text, re.M)) == 13
    assert below(text, "Whereas")[1].startswith("(1) The purpose of this Regulation")


def test_an_amending_point_is_a_heading_and_its_dates_stand_together(shared: Path) -> None:
    text = extracted(shared / "data/regulation" / OMNIBUS).text
    path, said = below(text, "(40) ")
    assert path == (
        "Article 1 Amendments to Regulation (EU) 2024/1689",
        "(40) in Article 113, the third paragraph is amended as follows:",
    )
    assert (
        "(i) 2 December 2027 as regards AI systems classified as high-risk pursuant to Article 6(2) and Annex III"
        in said
    )
    assert (
        "(ii) 2 August 2028 as regards AI systems classified as high-risk pursuant to Article 6(1) and Annex I" in said
    )
    assert len(said) < 1200


def test_quoted_articles_stay_under_the_article_that_quotes_them(shared: Path) -> None:
    text = extracted(shared / "data/regulation" / OMNIBUS).text
    quoted = [path for path, _ in blocks(text) if any("Article 75c" in name for name in path)]
    assert quoted == [
        (
            "Article 1 Amendments to Regulation (EU) 2024/1689",
            "(32) the following articles are inserted:",
            "Article 75c Non-compliance, fines and periodic penalty payments",
        )
    ]
    top = re.findall(r"^# (.*)$", text, re.M)
    assert [name.split(" ")[1] for name in top if name.startswith("Article")] == ["1", "2", "3", "4"]
    assert "AIP 0102 | AI systems subject to point 2 of Section A of Annex I" in text


def test_older_class_names_and_consolidated_texts_read_alike() -> None:
    older = (
        "<p class='ti-section-1'>CHAPTER I</p><p class='ti-section-2'>General</p>"
        "<p class='ti-art'>Article 1</p><p class='sti-art'>Scope</p><p class='normal'>1. This applies.</p>"
    )
    consolidated = (
        "<p class='title-division-1'>CHAPTER I</p><p class='title-division-2'>General</p>"
        "<p class='title-article-norm'>Article 1</p><p class='stitle-article-norm'>Scope</p><p>1. This applies.</p>"
    )
    for markup in (older, consolidated):
        item = records.parse(
            records.record("page", "https://e.org"), f"<html><body>{markup}{'<p>And so on.</p>' * 9}", "text/html"
        )
        text = extract_page(item.items[0]).text
        assert text.startswith("# CHAPTER I General\n\n## Article 1 Scope\n\n1. This applies.")


def test_the_exponent_of_a_power_of_ten_is_kept_as_one(shared: Path) -> None:
    text = extracted(shared / "data" / "regulation" / ACT).text
    assert "floating point operations is greater than 10^25" in text
    assert "1025" not in re.sub(r"No 1025/2012", "", text)
