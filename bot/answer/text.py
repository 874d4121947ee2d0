"""Pure reading of words and numbers, shared by understanding, ranking, quoting and checking."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from urllib.parse import urlsplit

STOP = frozenset(
    [
        "a",
        "about",
        "after",
        "all",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "being",
        "but",
        "by",
        "can",
        "could",
        "count",  # "who counts as ..."
        "did",
        "do",
        "does",
        "doing",
        "done",
        "for",
        "from",
        "get",
        "had",
        "has",
        "have",
        "having",
        "he",
        "her",
        "here",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "like",
        "may",
        "me",
        "might",
        "more",
        "most",
        "much",
        "must",
        "my",
        "no",
        "nor",
        "not",
        "of",
        "off",
        "on",
        "one",
        "only",
        "or",
        "other",
        "our",
        "ours",
        "out",
        "over",
        "own",
        "per",
        "please",
        "same",
        "say",
        "says",
        "shall",
        "she",
        "should",
        "since",
        "so",
        "some",
        "such",
        "tell",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "this",
        "those",
        "through",
        "to",
        "today",
        "too",
        "under",
        "until",
        "up",
        "us",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "yours",
        "ok",
    ]
)
_IRREGULAR = {
    "licence": "licens", "licences": "licens", "license": "licens", "licenses": "licens", "licensing": "licens",
    "licensed": "licens", "licencing": "licens", "data": "data", "weights": "weight", "hosting": "host",
    "hosted": "host", "costs": "cost", "prices": "price", "pricing": "price", "priced": "price", "duties": "duti",
    "duty": "duti", "obligation": "duti", "obligations": "duti", "applies": "appli", "apply": "appli",
    "applied": "appli", "application": "appli", "applicable": "appli", "customisation": "customis",
    "customization": "customis", "customise": "customis", "customize": "customis", "artificial": "artificial",
    "training": "train", "trained": "train", "trains": "train", "providers": "provid", "provider": "provid",
    "military": "militari", "defense": "defenc", "defence": "defenc", "labelling": "label", "labeling": "label",
}  # fmt: skip
_SUFFIXES = (
    "isations", "izations", "isation", "ization", "ations", "ation", "ments", "ment", "ings", "ing", "ities", "ity",
    "ies", "ied", "ers", "er", "ed", "es", "ly", "s", "e", "y",
)  # fmt: skip
_WORD = re.compile(r"10\^\d+|[a-z0-9]+(?:[.\-'][a-z0-9]+)*", re.IGNORECASE)
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "expens": ("price", "cost"), "cheap": ("price", "cost"), "fee": ("price",), "cost": ("price",),
    "price": ("cost",), "law": ("regulat", "act"), "rule": ("duti",), "deadline": ("appli", "date"),
    "finetun": ("fine", "tun"), "distil": ("output", "train"), "airgap": ("air", "gap", "premis"),
    "soldier": ("militari",),
    "defenc": ("militari",), "weapon": ("militari",), "hospital": ("health", "medic"), "clinic": ("health", "medic"),
    "bank": ("financ",), "custom": ("organis",), "gpus": ("gpu",), "sovereign": ("jurisdict",
     "resid"), "selfhost": ("self", "host"),
    "onprem": ("premis",), "vram": ("memori",), "watermark": ("mark",), "recruit": ("employ",), "hire": ("employ",),
    "cv": ("employ",), "resum": ("employ",), "fine": ("penalti",), "flop": ("comput",), "comput": ("flop",),
    "chatbot": ("interact",), "deepfak": ("deep", "fake"), "hack": ("secur",), "jailbreak": ("secur",),
}  # fmt: skip


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A light stem: enough to meet plural, tense and British or American spelling."""
    low = word.lower().replace("'", "")
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if any(c.isdigit() for c in low) or len(low) <= 3:
        return low
    for suffix in _SUFFIXES:
        if low.endswith(suffix) and len(low) - len(suffix) >= 4:
            return low[: -len(suffix)].replace("z", "s")
    return low.replace("z", "s")


def words(text: str) -> list[str]:
    """Every word, lower-cased, as written; hyphened words whole."""
    return [m.group().lower() for m in _WORD.finditer(text.replace("\u00a0", " "))]


@lru_cache(maxsize=20_000)
def terms(text: str) -> tuple[str, ...]:
    """Stemmed content words; a hyphened word gives its parts too ("air-gapped": airgap, air, gap)."""
    return tuple(term for word in words(text) for term in _terms_of(word))


@lru_cache(maxsize=100_000)
def _terms_of(word: str) -> tuple[str, ...]:
    parts = re.split(r"[\-']", word)
    found = [stem("".join(parts))] if len(parts) > 1 else []
    found += [stem(p) for p in parts if p and p not in STOP]
    return tuple(t for t in found if t not in STOP and (len(t) > 1 or t.isdigit()))


def expand(query: tuple[str, ...]) -> dict[str, float]:
    """Query terms with weight 1, their synonyms with 0.4."""
    weights = dict.fromkeys(query, 1.0)
    for term in query:
        for other in _SYNONYMS.get(term, ()):
            weights.setdefault(other, 0.4)
    return weights


# ---------------------------------------------------------------- numbers

_SCALE = {
    "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "mio": 10**6, "million": 10**6, "millions": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9, "billions": 10**9, "t": 10**12, "trillion": 10**12,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?<![\w.^])(\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:\s?(thousand|million|millions|billion|billions|trillion|mn|mio|bn|[kKmMbBtT])(?![a-zA-Z0-9]))?"
)
_POWER = re.compile(r"\b10\s?(?:\^|\*\*)\s?\(?(\d+)\)?")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_POWER_SUPER = re.compile(r"\b10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)")


def power_text(text: str) -> str:
    """10²⁵ and 10**25 written as 10^25."""
    text = _POWER_SUPER.sub(lambda m: "10^" + m.group(1).translate(_SUPERSCRIPT), text)
    return _POWER.sub(lambda m: f"10^{m.group(1)}", text)


def number(text: str) -> Decimal | None:
    """The number a value is, "10^25" and "1,128" included; None if it is words."""
    clean = power_text(text.strip()).replace(",", "")
    if clean.startswith("10^") and clean[3:].isdigit():
        return Decimal(10) ** int(clean[3:])
    try:
        value = Decimal(clean)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def numbers(text: str) -> set[Decimal]:
    """Every number in the text with its scale: "800M", "$20 million", "1,128", "10^25"."""
    text = power_text(text)
    found = {Decimal(10) ** int(m.group(1)) for m in _POWER.finditer(text)}
    for match in _NUMBER.finditer(_POWER.sub(" ", text)):
        plain = Decimal(re.sub(r"[,\u00a0\u202f]", "", match.group(1)))
        scale = _SCALE.get((match.group(2) or "").lower(), 1)
        found.add(plain * scale)
    return {n.normalize() for n in found}


def number_set(text: str) -> set[Decimal]:
    """The telling numbers of a text: no years, no small counts."""
    return {n for n in numbers(text) if n >= 1000 and not (1900 <= n <= 2100)}


def grouped(value: Decimal | int) -> str:
    """1128 as "1,128"; no trailing zeros; money keeps its cents."""
    number_ = Decimal(value)
    if number_ == number_.to_integral_value():
        return f"{int(number_):,}"
    whole, _, rest = f"{number_.normalize():f}".partition(".")
    return f"{int(whole):,}.{rest}"


def compact(value: Decimal | int) -> str:
    """800000000 as "800 million"."""
    number_ = Decimal(value)
    for size, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if abs(number_) >= size:
            return f"{grouped(number_ / size)} {name}"
    return grouped(number_)


# ---------------------------------------------------------------- sentences and spans

_BREAK = re.compile(r"(?<=[.!?;])\s+(?=[A-Z(\"'\u2018\u201c\d])|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Art|No|Nos|e\.g|i\.e|Inc|Ltd|Co|vs|cf|approx|U\.S|Mr|Ms|Dr|para|pt|ch|s)|\b[A-Z])\.$"
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence or line lies; spans are verbatim, without outer blanks."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BREAK.finditer(text):
        if "\n" not in match.group() and _ABBREVIATION.search(text[start : match.start()]):
            continue
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(text)))
    trimmed = [(s + len(text[s:e]) - len(text[s:e].lstrip()), s + len(text[s:e].rstrip())) for s, e in spans]
    return [(s, e) for s, e in trimmed if e > s]


def site_of(url: str) -> str:
    """Who speaks where no publisher is named: the site."""
    return urlsplit(url).netloc.removeprefix("www.") or "The source"


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listed(parts: list[str]) -> str:
    """a, b and c."""
    if len(parts) <= 1:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
