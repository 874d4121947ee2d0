"""Claims on models that a field of a fact settles: what they take in, their context, their size. Pure."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

from bot.answer.book import FactBook
from bot.answer.text import number
from bot.check.contract import Stance
from bot.check.held import Test, finding, flipped, held_against, models_of, named, names_of
from bot.check.quantities import Quantity, agrees, disagrees
from bot.check.said_of import genuine, linked
from bot.check.values import Finding, Reading, Weighed
from kb.facts.values import parse_list
from kb.types import FactView

_I = re.IGNORECASE
_MEDIA = {
    "image": r"\bimages?\b|\bvision\b|\bpictures?\b|\bvisual\w*",
    "audio": r"\baudio\b|\bspeech\b|\bvoice\b|\bsound\b",
    "video": r"\bvideos?\b",
}
_MULTIMODAL = re.compile(r"\bmulti-?modal\w*", _I)
_TEXT_ONLY = re.compile(r"\btext[- ]only\b|\bonly (?:accepts? |takes? |handles? )?text\b", _I)
_TAKES_IN = re.compile(
    r"\b(?:accept|tak|process|handl|understand|support|input|read|see|analy[sz]|multi-?modal|natively|capabilit)\w*", _I
)
_GIVES_OUT = re.compile(r"\b(?:generat|creat|produc|output|synthesi[sz])\w*", _I)
_CONTEXT = re.compile(r"\bcontext\b|\btoken[- ]window\b|\binput (?:window|limit)\b", _I)
_NO_WINDOW = re.compile(
    r"^\s*(?:output|of (?:output|text|data|code)|(?:tokens )?(?:per|a|/)\s?(?:s|second|"
    r"minute|day|hour|month)\b|(?:of )?training)",
    _I,
)
_OUTPUT_LIMIT = re.compile(r"\b(?:output|trained|generat\w+|corpus|produc\w+|writ\w+|pre-?trained)\b[^.,;]*$", _I)
_SIZES = {"parameters": "parameters", "parameters_active": "active parameters"}
_HOLDS = re.compile(
    r"\bcontext\b|\bwindow\b|\b(?:accept|support|handl|process|read|tak|reach|ingest|fit|feed|hold|limited|up to)\w*|"
    r"\btokens in\b",
    _I,
)
_TRIED = re.compile(
    r"\b(?:gave|gives?|given|fed|feeds|evaluat\w+|test(?:s|ed|ing)?|benchmark\w*|lo(?:ses?|st)|degrad\w+|drops?|beyond|"
    r"train\w*|distil\w*|writes?|wrote|averag\w+|processed|handled|resolved|read out|used|spent|consum\w+)\b",
    _I,
)
_MORE = re.compile(r"\b(?:larger|bigger|longer|greater|wider|more parameters)\b", _I)
_LESS = re.compile(r"\b(?:smaller|shorter|fewer parameters)\b", _I)
_LONG = re.compile(
    r"\b(?:extended|long|large|huge|massive|extensive|big)[- ](?:\w+ )?context\b"
    r"(?! (?:understanding|reasoning|tasks?|performance|benchmarks?|retrieval|evaluation|use|work))|"
    r"\bcontext (?:handling|length)",
    _I,
)
_PRICED = re.compile(
    r"[$€¢]|\b(?:costs?|price[sd]?|dollars?|cents?|charg\w+)\b|\bper (?:million|1M)\b|"
    r"\b(?:trained|training) on\b|/ ?s(?:ec)?\b|\bper second\b",
    _I,
)
_MOST_TOKENS = 100_000_000  # no window is so long: it counts what was read or written
_LONG_TOKENS, _SHORT_TOKENS = 128_000, 32_000
_ACTIVE = re.compile(r"\bactive\b|\bactivat\w+", _I)
_SMALL = re.compile(r"\b(?:small(?:er|est)?|compact|lightweight|tiny|lean)\b(?=[^.]{0,30}\b(?:models?|LLMs?)\b)", _I)
_LARGE = re.compile(r"\b(?:largest|biggest|huge|massive|giant)\b(?=[^.]{0,40}\bmodels?\b|[^.]{0,20}\bLLMs?\b)", _I)


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    """Each comparison that the clause makes of the models that it names."""
    yield from _size(reading, book)
    for one in (_media, _context, _size_range, _relative_size, _compared):
        if found := one(reading, book):
            yield found


# ---------------------------------------------------------------- what it takes in


def _media(reading: Reading, book: FactBook) -> Finding | None:
    wanted = {medium: m for medium, words in _MEDIA.items() if (m := re.search(words, reading.text, _I))}
    multi, only_text = _MULTIMODAL.search(reading.text), _TEXT_ONLY.search(reading.text)
    said = multi or only_text or next(iter(wanted.values()), None)
    groups = named(reading, book, said.span()) if said else []
    makes = _GIVES_OUT.search(reading.text) and not multi
    if not said or not groups or makes or not (multi or only_text or _TAKES_IN.search(reading.text)):
        return None

    def test(view: FactView) -> Stance:
        takes = set(parse_list(view.fact.value))
        fits = takes == {"text"} if only_text else (wanted.keys() <= takes if wanted else len(takes) > 1)
        if fits:
            return flipped("for", reading, said.start())
        partly = bool(wanted.keys() & takes) or (bool(multi) and len(takes) > 1)
        return "limits" if partly else flipped("against", reading, said.start())

    return finding("model/modalities", f"{names_of(groups, book)}: what it takes in",
                   held_against(groups, book, ("modalities_in",), test),
                   reading, ("Meant is what the model takes in; its maker's other models may take more.",))  # fmt: skip


def _context(reading: Reading, book: FactBook) -> Finding | None:
    said = [q for q in reading.quantities if _of_window(q, reading.text)]
    if said and not _PRICED.search(reading.text) and _HOLDS.search(reading.text) and not _TRIED.search(reading.text):
        groups = named(reading, book, (said[0].start, said[0].end))
        test: Test = partial(_fits, said, reading)
    elif not said and (long := _LONG.search(reading.text)):
        groups = named(reading, book, long.span())
        test = partial(_long, reading, long.start())
    else:
        return None
    evidence = held_against(groups, book, ("context_tokens",), test)
    return finding("model/context_tokens", f"{names_of(groups, book)}: context window", evidence, reading)


def _of_window(said: Quantity, text: str) -> bool:
    """A number of tokens, or a bare one beside the word, that is no output limit, speed or amount of training."""
    if _NO_WINDOW.search(text[said.end : said.end + 24]) or _OUTPUT_LIMIT.search(
        text[max(0, said.start - 24) : said.start]
    ):
        return False
    if said.value > _MOST_TOKENS:
        return False
    counted = said.unit == "tokens" or (not said.unit and said.value >= 1000 and not 1900 <= said.value <= 2100)
    return counted and bool(_CONTEXT.search(text) or said.unit == "tokens")


def _fits(said: Sequence[Quantity], reading: Reading, view: FactView) -> Stance | None:
    """All of them agree, or one differs by more than rounding; between the two nothing is said."""
    held = number(view.fact.value)
    if held is None:
        return None
    if any(disagrees(q, held) for q in said):
        return flipped("against", reading, said[0].start)
    return flipped("for", reading, said[0].start) if all(agrees(q, held) for q in said) else "limits"


def _long(reading: Reading, at: int, view: FactView) -> Stance | None:
    held = number(view.fact.value)
    if held is None:
        return None
    return flipped("for" if held >= _LONG_TOKENS else "against" if held <= _SHORT_TOKENS else "limits", reading, at)


# ---------------------------------------------------------------- how large it is


def _size(reading: Reading, book: FactBook) -> Iterator[Finding]:
    said = [
        q
        for q in reading.quantities
        if q.unit == "parameters" or (not q.unit and q.value >= 10**8 and _is_active(q, reading))
    ]
    said = [q for q in said if not re.match(r"[\s-]*tokens?\b", reading.text[q.end :], _I)]
    if not said:
        return
    mentions = [m for m in linked(reading, said[0].start, said[0].end) if not m.family and not _in_name(m.words, said)]
    groups = [g for g in (models_of(m, book) for m in mentions) if g]
    active = [q for q in said if _is_active(q, reading)]
    total = [q for q in said if q not in active]
    for few, field, topic in (
        (total, "parameters_total", "parameters"),
        (active, "parameters_active", "parameters_active"),
    ):
        evidence = held_against(groups, book, (field,), partial(_fits, few, reading)) if few else []
        about = f"{names_of(groups, book)}: {_SIZES[topic]}"
        if found := finding(f"model/{topic}", about, evidence, reading):
            yield found


def _is_active(said: Quantity, reading: Reading) -> bool:
    behind, before = reading.text[said.end : said.end + 24], reading.text[max(0, said.start - 16) : said.start]
    return bool(
        _ACTIVE.search(
            re.split(
                r"[,;\d]|\b(?:of|with|"
                r"and)\b",
                behind,
            )[0]
        )
        or _ACTIVE.search(re.split(r"\d", before)[-1])
    )


def _size_range(reading: Reading, book: FactBook) -> Finding | None:
    """ "Capable models of 70 to 150 billion parameters": how many open-weight models on record lie in the range."""
    said = [q for q in reading.quantities if q.unit == "parameters" or (not q.unit and q.value >= 10**9)]
    if (
        len(said) != 2
        or genuine(reading)
        or not re.fullmatch(r"\s*(?:to|and|-|–|—)\s*", reading.text[said[0].end : said[1].start])
    ):
        return None
    low, high = sorted(q.value for q in said)
    sizes = [(n, v) for v in book.having("parameters_total") if (n := number(v.fact.value)) is not None]
    inside = sorted((v for n, v in sizes if low <= n <= high), key=lambda v: v.fact.known_from, reverse=True)
    larger = sorted(((n, v) for n, v in sizes if n > high), key=lambda row: -row[0])
    evidence = [Weighed(v, "for") for v in inside[:4]] + [Weighed(v, "limits") for _, v in larger[:2]]
    define = f"{len(inside)} open-weight models on record lie in that range, {len(larger)} above it."
    return finding("market/size-range", "open-weight models of that size", evidence, reading, (define,))


def _in_name(words: str, said: Sequence[Quantity]) -> bool:
    """ "Qwen3-8B": the size is part of the name and claims nothing."""
    return len(said) == 1 and said[0].words.strip().lower() in words.lower()


def _relative_size(reading: Reading, book: FactBook) -> Finding | None:
    """ "Smaller models like X": against the middle of all open-weight models on record that day."""
    small, large = _SMALL.search(reading.text), _LARGE.search(reading.text)
    word = small or large
    groups = [g for g in named(reading, book, word.span()) if len(g) == 1] if word else []
    if (
        not word
        or not groups
        or any(m.start <= word.start() < m.end for m in reading.own)
        or re.search(r"\bthan\b|\bgap\b", reading.text, _I)
    ):
        return None
    sizes = sorted(n for v in book.having("parameters_total") if (n := number(v.fact.value)) is not None)
    if len(sizes) < 5:
        return None
    middle, at = sizes[len(sizes) // 2], word.start()

    def test(view: FactView) -> Stance | None:
        held = number(view.fact.value)
        if held is None:
            return None
        fits = held <= middle if small else held >= middle
        near = middle / 2 <= held <= middle * 2
        return flipped("for", reading, at) if fits else "limits" if near else flipped("against", reading, at)

    size = "small" if small else "large"
    define = (
        f"“{size.capitalize()}” is measured against the middle of the {len(sizes)} open-weight models on record, "
        f"{_billions(middle)} billion parameters."
    )
    evidence = held_against(groups, book, ("parameters_total",), test)
    return finding("model/relative-size", f"{names_of(groups, book)}: {size}", evidence, reading, (define,))


# ---------------------------------------------------------------- which of two has more


def _compared(reading: Reading, book: FactBook) -> Finding | None:
    """ "X has a larger context window than Y", "X is smaller than Y": one field of both."""
    than = re.search(r"\bthan\b", reading.text, _I)
    word = _MORE.search(reading.text) or _LESS.search(reading.text)
    mentions = [m for m in genuine(reading, contrasted=True) if models_of(m, book)] if than and word else []
    if than is None or word is None or len(mentions) != 2 or not mentions[0].end <= than.start() < mentions[1].start:
        return None
    if _CONTEXT.search(reading.text):
        field, about = "context_tokens", "context window"
    elif re.search(r"\bparameters\b", reading.text, _I) or re.fullmatch(
        r"\W*(?:a |"
        r"an )?(?:model )?",
        reading.text[word.end() : than.start()],
    ):
        field, about = "parameters_total", "size"
    else:
        return None
    sides = [[v for s in models_of(m, book) for v in book.of(s, field)] for m in mentions]
    values = [[n for v in views if (n := number(v.fact.value)) is not None] for views in sides]
    if not all(values):
        return None
    more, less = min(values[0]) > max(values[1]), max(values[0]) < min(values[1])
    fits = more if _MORE.search(reading.text) else less
    stance: Stance = (
        "for" if fits else "limits" if not (more or less) and set(values[0]) != set(values[1]) else "against"
    )
    evidence = [Weighed(v, flipped(stance, reading, word.start())) for views in sides for v in views[:2]]
    names = names_of([models_of(m, book) for m in mentions], book)
    return finding("model/compared", f"{names}: {about}", evidence, reading)


def _billions(value: Decimal) -> str:
    return f"{value / 10**9:,.0f}"
