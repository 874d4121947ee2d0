"""Answers made of hostile text, by number: the same number makes the same answer. For every test of what is emitted."""

import random
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from slack_sdk.models.blocks import Block

from bot.answer.contract import Answer, Cell, Citation, Sentence, Table
from bot.decide.report import DecisionReport
from bot.doors.slack.blocks import Message
from bot.doors.slack.text import safe_url
from tests.fakes import made_answer

LINK = "https://vendor.example/licence?a=1&b=2"

PIECES = (
    "<!channel>",
    "<!here|all>",
    "<@U123>",
    "<#C123|general>",
    "<!subteam^S1>",
    "<!date^1^{date}|x>",
    "@channel",
    "@everyone",
    "boss@corp.example",
    "[click](https://evil.example/x)",
    "![img](http://evil.example/a.png)",
    "[r][1]",
    "\n[1]: https://evil.example\n",
    "https://evil.example",
    "HTTPS://EVIL.example",
    "www.evil.example",
    "evil.example/path",
    "mailto:a@b.example",
    "javascript:alert(1)",
    "slack://open",
    "<https://evil.example|here>",
    "<a href='https://evil.example'>x</a>",
    "```",
    "\n```py\ncode\n",
    "~~~",
    "`tick",
    "\n# heading\n",
    "\n=====\n",
    "\n> quote\n",
    "\n| a | b |\n|---|---|\n| c | d |\n",
    "\n- item\n",
    "\n1. one\n",
    "**bold",
    "_it_",
    "~s~",
    "\u202eright to left\u202c",
    "\u2066iso\u2069",
    "مرحبا بالعالم",
    "שלום",
    "👩‍💻",
    "🇫🇷",
    ":wave:",
    "e\u0301\u0302\u0303",
    "\x00\x1b[31m",
    "\u2028",
    "&lt;!channel&gt;",
    "&amp;amp;",
    "&",
    "<",
    ">",
    "|",
    "!",
    "](",
    "<!",
    "http:",
    "//evil.example",
    "\\",
    "\t",
    "plain words here",
    "w" * 400,
    "long-" * 900,
    "字" * 700,
)
_KEPT = frozenset({"schema_version", "id", "seed", "as_of", "group", "rule", "outcome", "origin", "name", "review_on"})


def hostile_text(chance: random.Random, most: int = 6) -> str:
    return chance.choice(("", " ", "\n")).join(chance.choices(PIECES, k=chance.randint(1, most))) or "<"


def hostile_answer(number: int, report: DecisionReport | None = None) -> Answer:
    """One in twenty carries `report` with hostile words wherever words stand; some have tables of 200 rows."""
    chance = random.Random(number)

    def text() -> str:
        return hostile_text(chance)

    citations = tuple(_citation(n, text(), chance) for n in range(1, chance.randint(2, 6)))
    sections = tuple(text() for _ in range(chance.randint(0, 3)))
    sentences = tuple(_sentence(text(), len(sections), len(citations), chance) for _ in range(chance.randint(0, 8)))
    decision = _worded(report.model_dump(mode="json"), chance) if report and number % 20 == 0 else None
    more: dict[str, Any] = {
        "answer": text(),
        "sentences": sentences,
        "sections": sections,
        "citations": citations,
        "questions": tuple(text() for _ in range(chance.randint(0, 3))),
        "notes": tuple(text() for _ in range(chance.randint(0, 4))),
        "tables": tuple(_table(text, chance) for _ in range(chance.choice((0, 0, 0, 0, 1, 2)))),
        "decision": decision,
    }
    return made_answer(text(), **more)


def citation_set(answer: Answer) -> set[str]:
    """The addresses that may be linked: those of its citations and of its decision's sources, fit for a link."""
    given = [citation.url for citation in answer.citations]
    given += [source["url"] for source in (answer.decision or {}).get("sources", ())]
    return {target for url in given if (target := safe_url(url))}


def _citation(n: int, text: str, chance: random.Random) -> Citation:
    url = chance.choice((LINK, LINK, "javascript:alert(1)", "https://u:p@evil.example/", "<!channel>", text))
    published = chance.choice((None, date(2026, 1, 2)))
    words = {"title": text, "publisher": text, "quote": text, "locator": text}
    return Citation(n=n, url=url, published_at=published, tier=chance.randint(1, 4), as_of=date(2026, 11, 2), **words)


def _sentence(text: str, sections: int, citations: int, chance: random.Random) -> Sentence:
    section = chance.choice((None, *range(sections)))
    numbers = tuple(chance.choices(range(1, citations + 1), k=chance.randint(0, 3))) if citations else ()
    formula = chance.choice((None, text))
    return Sentence(text=text, citations=numbers, evidence="computed", formula=formula, section=section)


def _table(text: Callable[[], str], chance: random.Random) -> Table:
    width, rows = chance.choice(((2, 200), (3, 3), (22, 4), (1, 1)))
    cells = tuple(Cell(text=text(), citations=(1,), as_of=chance.choice((None, date(2026, 1, 1)))) for _ in range(6))
    columns = tuple(text() for _ in range(width))
    return Table(title=text(), columns=columns, rows=tuple(tuple(chance.choices(cells, k=width)) for _ in range(rows)))


def _worded(value: Any, chance: random.Random, name: str = "") -> Any:
    """The report with about half of its words replaced; addresses become the one that may be linked, or worse."""
    if isinstance(value, dict):
        return {key: _worded(each, chance, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_worded(each, chance, name) for each in value[:12]]
    if not isinstance(value, str) or name in _KEPT or _is_data(value):
        return value
    if name == "url":
        return chance.choice((LINK, "javascript:alert(1)", hostile_text(chance)))
    return hostile_text(chance, 3) if chance.random() < 0.5 else value


def _is_data(text: str) -> bool:
    """A number, a date or a code, which the contract would refuse otherwise."""
    return text[:1].isdigit() or text[:2] in ("-0", "O1", "O2", "O3", "O4", "O5", "O6")


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from strings(each)


def check(messages: list[Message], allowed: set[str]) -> None:
    """Valid by Slack's own classes, within the limits that those do not know, and with no link but the allowed."""
    for message in messages:
        assert message.text.strip()
        assert 1 <= len(message.blocks) <= 50
        assert sum(len(str(b["text"])) for b in message.blocks if b["type"] == "markdown") <= 12_000
        tables = [b for b in message.blocks if b["type"] == "table"]
        assert len(tables) <= 1
        ids = [b["block_id"] for b in message.blocks if "block_id" in b]
        assert len(ids) == len(set(ids))
        for block in message.blocks:
            parsed = Block.parse(block)
            assert parsed is not None
            assert parsed.to_dict() == block
        for table in tables:
            rows = table["rows"]
            assert isinstance(rows, list)
            assert len(rows) <= 100
            assert all(1 <= len(row) <= 20 for row in rows)
        for text in [message.text, *strings(list(message.blocks))]:
            linked = set(re.findall(r"(?i)<(https?://[^|>]*)\|", text))
            assert linked <= allowed
            rest = re.sub(r"(?i)<https?://[^|>]*\|", "", text)
            assert not re.search(r"<[!@#]", rest), text
            assert not re.search(r"(?i)\b[a-z]+://", rest), text
            assert "](" not in rest
            assert not re.search(r"@(here|channel|everyone)\b", rest)
    assert [m.part for m in messages] == list(range(1, len(messages) + 1))
    assert {m.parts for m in messages} == {len(messages)}
