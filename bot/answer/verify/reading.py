"""A sentence as tokens: words, names, numbers with unit and bound, dates with theirs; in segments and chunks. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.answer.dates import date_mentions
from bot.answer.text import power_text
from bot.answer.verify.lexicon import root

_FAR = date(1904, 1, 1)  # a day without a year lands in this one
_BELOW_TWENTY = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORD_NUMBERS = {word: i for i, word in enumerate(_BELOW_TWENTY.split())}
WORD_NUMBERS |= {word: 10 * i for i, word in enumerate(_TENS.split(), 2)} | {"twentieth": 20}
_SCALE = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "t": 12}
_LISTS = frozenset((",", "and", "or", "to", "against", "versus", "-", "–"))  # between figures of one scale
_SHARES = frozenset(("its", "the", "their"))  # "15 of its 309 billion"
_MONEY = {"eur": "EUR", "euro": "EUR", "euros": "EUR", "€": "EUR", "usd": "USD", "$": "USD", "dollars": "USD",
          "dollar": "USD", "gbp": "GBP", "£": "GBP", "pounds": "GBP"}  # fmt: skip
UNITS = {
    "hour": "hour", "hours": "hour", "h": "hour", "day": "day", "days": "day", "week": "week", "weeks": "week",
    "month": "month", "months": "month", "year": "year", "years": "year", "minute": "minute", "minutes": "minute",
    "second": "second", "seconds": "second", "gb": "GB", "mb": "MB", "tb": "TB", "kb": "KB", "bytes": "byte",
    "tokens": "token", "token": "token", "characters": "character", "words": "word", "users": "user",
    "parameters": "parameter", "parameter": "parameter", "flop": "flop", "flops": "flop", "%": "%", "x": "times",
    "times": "times", "individuals": "person", "people": "person", "persons": "person", "developers": "developer",
}  # fmt: skip
_TOKEN = re.compile(
    r"\[(?P<date>[\d*]{4}(?:-\d\d){0,2})\]"
    r"|(?P<law>\d{4}/\d{2,4})"
    r"|(?P<power>10\^\d+)"
    r"|(?P<money>[$€£])"
    r"|(?P<num>\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)*)"
    r"(?P<suffix>(?:st|nd|rd|th)(?![a-z])|\s?(?:[kKmMbBtT](?![A-Za-z0-9])|bn(?![a-z])|mn(?![a-z])|[x](?![A-Za-z])))?"
    r"(?P<tail>[A-Za-z][\w]*)?"
    r"|(?P<word>[^\W\d_]+(?:['’][a-z]+)?\d*(?:\.\d+)*[A-Za-z]*(?:\d+[a-z]*)?)"
    r"|(?P<mark>[%,;:.()\"“”?!\-–—/&])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: word, name, num, date or mark. `label`: the word before it that it numbers ("article" of 50)."""

    kind: str
    text: str
    root: str
    value: Decimal | None = None
    glued: bool = False  # joined to the token before by a hyphen or a bracket
    scaled: bool = False  # a scale ("million") was written
    start: bool = False  # first of its sentence
    raw: str = ""


_COMPOUNDS = tuple(
    (re.compile(rf"\b(?:{pattern})", re.I), " " + one)
    for pattern, one in (
        (r"e\.g\.", "eg"),
        (r"i\.e\.", "ie"),
        (r"etc\.", "etc"),
        (r"general[- ]purpose\b", "gpai"),
        (r"high[- ]risk\b", "highrisk"),
        (r"third[- ]countr(?:y|ies)\b", "thirdcountry"),
        (r"open[- ]source\b", "opensource"),
        (r"open[- ]weights?\b", "openweight"),
        (r"closed[- ]source\b", "closedsource"),
        (r"fine[- ]?tun", "finetun"),
        (r"(?:pre|post)-?train", "train"),
        (r"machine[- ]readabl[ey]\b", "machinereadable"),
        (r"on[- ]demand\b", "ondemand"),
        (r"off[- ]peak\b", "offpeak"),
        (r"on[- ]peak\b", "onpeak"),
        (r"small and medium[- ]sized enterprises\b", "SMEs"),
        (r"small mid[- ]cap enterprises\b", "SMCs"),
        (r"law enforcement\b", "lawenforcement"),
        (r"not (?:to )?comply(?:ing)?(?: with)?\b|non-?compliance(?: with)?\b|failure to comply with\b", "breach of"),
        (r"generally available\b", "generally"),
        (r"European Union\b|EU\b", "Union"),
        (r"self[- ]host", "selfhost"),
        (r"supervised finetuning\b", "SFT"),
        (r"reinforcement learning\b", "RL"),
        (r"mixture[- ]of[- ]experts\b", "MoE"),
    )
)


def plain(text: str) -> str:
    """One line, one spelling of quotes, per cent and powers, links without their address."""
    text = re.sub(r"\s*\n\s*(?:\n|[-*•])\s*", "; ", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", power_text(text)).replace("\\", "")
    text = text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ").replace("~", " ")
    text = re.sub(r"\bper ?cent\b", "%", text, flags=re.I)
    text = re.sub(r"\b(\d\d)\.(\d\d)\.((?:19|20)\d\d)\b", r"\3-\2-\1", text)
    text = re.sub(r"(?<=\d)-(?=(?:thousand|million|billion|trillion)\b)", " ", text)
    text = re.sub(r"\b(?:the )?United States(?: of America)?\b", "USA", text)
    text = re.sub(r"\bUS ?\$|\bU\.S\. dollars?|\bUS dollars?", " USD ", text)
    text = re.sub(r"\b([A-Z]\w*\d)s\b", r"\1", text)
    text = re.sub(r"\bU\.?S\.?(?=[\s,;.)-]|$)", "USA", text)
    text = re.sub(r"(?<=[A-Za-z])'s\b", "", text)
    for pattern, one in _COMPOUNDS:
        text = pattern.sub(one, text)
    text = re.sub(r"\bnon-(?=[a-z])", "non", text)
    text = re.sub(r" - (?=[A-Z])", "; ", text)
    text = re.sub(r"n't\b", " not", text).replace("cannot", "can not")
    return re.sub(r"\s+", " ", text).strip()


def _key(first: date, last: date) -> str:
    if first == last:
        return f"****-{first:%m-%d}" if first.year == _FAR.year else first.isoformat()
    if (last - first).days > 31:
        return f"{first.year}"
    return f"****-{first:%m}" if first.year in (_FAR.year, _FAR.year - 1) else f"{first:%Y-%m}"


def with_dates(text: str) -> str:
    """Each date written as [2026-08-02]; of what is missing, stars."""
    for found in reversed(date_mentions(text, _FAR)):
        if found.first.year in (_FAR.year, _FAR.year - 1) and found.first != found.last:
            continue  # a month without a year: "may", "march"
        said = text[found.start : found.end]
        if re.search(r"\b(?:may|march)\b", said):
            continue  # "Licence 1 may need" names no day
        lead = re.match(r"(?:in|since|from|until|by|during|of|after|before|last|this|for|over)\s+", said, re.I)
        text = (
            text[: found.start]
            + (lead.group() if lead else "")
            + f"[{_key(found.first, found.last)}]"
            + text[found.end :]
        )
    return text


def tokens(text: str) -> list[Token]:
    text = with_dates(plain(text))
    found: list[Token] = []
    last = 0
    for m in _TOKEN.finditer(text):
        gap = text[last : m.start()]
        last = m.end()
        glued = gap == "" and bool(found) and found[-1].text in "-–/" and found[-1].kind == "mark"
        found.extend(replace(t, glued=glued) if i == 0 else t for i, t in enumerate(_of(m)))
    return _starts(_shared(_scaled(found)))


def _of(m: re.Match[str]) -> Iterator[Token]:
    if m["date"]:
        yield Token("date", m["date"], m["date"])
    elif m["law"]:
        yield Token("name", m["law"], m["law"])
    elif m["power"]:
        yield Token("num", m["power"], m["power"], Decimal(10) ** int(m["power"][3:]))
    elif m["money"]:
        yield Token("word", _MONEY[m["money"]].lower(), _MONEY[m["money"]].lower())
    elif m["num"]:
        yield from _number(m)
    elif m["word"]:
        yield _word(m["word"])
    else:
        yield Token("mark", m["mark"], m["mark"])


def _number(m: re.Match[str]) -> Iterator[Token]:
    said, suffix = re.sub(r"[,\u00a0\u202f ]", "", m["num"]), (m["suffix"] or "").strip()
    if m["tail"] or said.count(".") > 1:
        whole = f"{said}{suffix}{m['tail'] or ''}".lower()
        yield Token("name", whole, whole)
        return
    value = Decimal(said)
    if suffix.lower() in _SCALE:
        yield Token("num", said, said, (value * 10 ** _SCALE[suffix.lower()]).normalize(), scaled=True)
        return
    yield Token("num", said, said, value.normalize())
    if suffix == "x":
        yield Token("word", "x", "x")


def _word(raw: str) -> Token:
    low = raw.lower()
    if any(c.isdigit() for c in raw):
        return Token("name", low, low, raw=raw)
    if low in _MONEY:
        return Token("word", _MONEY[low].lower(), _MONEY[low].lower(), raw=raw)
    name = raw[0].isupper()
    return Token("name" if name else "word", low, root(low), raw=raw)


def _scaled(found: list[Token]) -> list[Token]:
    """Number words as numbers; "35 million" and "per million" as one."""
    out: list[Token] = []
    i = 0
    while i < len(found):
        token = found[i]
        after = found[i + 1] if i + 1 < len(found) else None
        if (
            token.kind in ("word", "name")
            and token.text in WORD_NUMBERS
            and _counts(token, found[i - 1] if i else None, after)
        ):
            token = Token("num", token.text, token.text, Decimal(WORD_NUMBERS[token.text]))
        if token.kind == "num" and after and after.text in _SCALE and len(after.text) > 2 and not token.scaled:
            assert token.value is not None
            value = (token.value * 10 ** _SCALE[after.text]).normalize()
            token = Token("num", f"{token.text} {after.text}", token.text, value, scaled=True)
            i += 1
        elif token.text in _SCALE and len(token.text) > 2 and token.kind == "word":
            token = Token("num", token.text, token.text, (Decimal(10) ** _SCALE[token.text]).normalize(), scaled=True)
        out.append(token)
        i += 1
    return out


def _shared(found: list[Token]) -> list[Token]:
    """ "2, 9 and 27 billion", "4.12 against 2.94 trillion": the scale is that of all of them."""
    for i in reversed(range(len(found) - 2)):
        one, between, last = found[i : i + 3]
        if between.text == "of" and last.text in _SHARES and i + 3 < len(found):
            last = found[i + 3]
            shares = last.kind == "num" and last.scaled
        else:
            shares = between.text in _LISTS and last.kind == "num" and last.scaled and not last.glued
        if shares and one.kind == "num" and not one.scaled and one.value and last.value and one.value < 1000:
            scale = last.value / (Decimal(last.root) if last.root[0].isdigit() else 1)
            found[i] = replace(one, value=(one.value * scale).normalize(), scaled=True, root=one.text)
    return found


def _counts(token: Token, before: Token | None, after: Token | None) -> bool:
    """ "seven %", "fifteen days" count something; "one of them" and "the two" do not."""
    if after is None or (after.kind in ("date", "mark") and after.text not in ("%", "-")):
        return False
    if token.text == "one" and before and before.text in ("only", "just", "exactly"):
        return True
    if token.text == "one":
        return after.text in UNITS or after.text in _SCALE or after.text == "usd"
    return after.text not in ("of", "is", "are", "and", "or", "which", "that", "in")


def _starts(found: Sequence[Token]) -> list[Token]:
    return [
        replace(t, start=i == 0 or (found[i - 1].kind == "mark" and found[i - 1].text in ".?!:"))
        for i, t in enumerate(found)
    ]
