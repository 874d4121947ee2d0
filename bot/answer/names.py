"""Names to subjects: longest match, version-aware, blind to case, hyphens and spaces.

"V4-Pro" is not "V4", "V3.2" is not "V3"; a version we do not hold ("Mistral Medium 4") is reported as unknown, never
matched to its sibling. Names come from the facts alone: fields `name` and `alias`, and the slugs of subjects.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.answer.dates import MONTHS
from bot.answer.values import Mention

_TOKEN = re.compile(
    r"10\^\d+|[a-z]{3,}?(?=v?\d)|[a-z]{1,2}\d+(?:\.\d+)*[a-z]{0,2}(?![a-z])|\d+(?:\.\d+)*[a-z]*|[a-z]+|\+",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?:v|k|r|m|o)?\d+(?:\.\d+)*(?:[a-z]{0,2})$")
_SIZE = re.compile(r"\d+(?:\.\d+)?[bmt]$")
_VARIANTS = frozenset(
    [
        "pro",
        "flash",
        "max",
        "mini",
        "nano",
        "lite",
        "ultra",
        "turbo",
        "next",
        "air",
        "plus",
        "coder",
        "code",
        "scout",
        "maverick",
        "opus",
        "sonnet",
        "haiku",
        "thinking",
        "preview",
        "small",
        "medium",
        "large",
        "cyber",
        "luna",
        "sol",
        "terra",
        "astra",
        "fast",
        "highspeed",
        "exp",
    ]
)
_NEEDS_CAPITAL = frozenset(
    [
        "together",
        "fireworks",
        "meta",
        "modal",
        "nebula",
        "code",
        "replicate",
        "mistral",
        "sol",
        "luna",
        "terra",
        "astra",
        "flash",
        "pro",
        "act",
        "scale",
        "lambda",
        "cost",
        "open",
        "closed",
        "talent",
        "security",
        "support",
        "capability",
        "transparency",
        "regulation",
        "latency",
        "customisation",
    ]
)
_SIZES = frozenset({"small", "medium", "large", "mini", "nano", "max", "plus"})
_PREPOSITIONS = frozenset({"on", "at", "from", "via", "through", "by", "with", "and", "or", "vs", "versus"})
_LONGEST = 9
_NAMED_PREFIXES = ("model", "licence", "vendor", "provider", "gpu", "duty", "rule", "regime")


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    start: int
    end: int
    raw: str


def tokenise(text: str) -> list[Token]:
    """Words and version numbers: "GPT-5.5" is gpt, 5.5; "DeepSeekV3.2" is deepseekv3.2; "10^25" stays whole."""
    return [Token(m.group().lower(), m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text)]


def joined(text: str) -> str:
    return "".join(t.text for t in tokenise(text))


def is_version(token: str) -> bool:
    return bool(_VERSION.match(token)) and not _SIZE.match(token)


class NameBook:
    """An index of every name in a set of facts; cheap to build (thousands of names in milliseconds)."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._families: dict[str, set[str]] = defaultdict(set)
        self._prefixes: dict[str, set[str]] = defaultdict(set)
        self._display: dict[str, str] = {}
        for subject, known in names.items():
            listed = [n for n in known if n.strip()]
            self._display[subject] = listed[0] if listed else _from_slug(subject)
            for name in {*listed, *_slug_names(subject)}:
                self._learn(subject, name, main=name == self._display[subject] or name in _slug_names(subject))

    def _learn(self, subject: str, name: str, *, main: bool) -> None:
        tokens = [t.text for t in tokenise(name)]
        if not tokens:
            return
        self._exact["".join(tokens)].add(subject)
        if subject.startswith("gpu:"):
            self._exact["".join(tokens) + "s"].add(subject)  # "eight H100s"
        if subject.startswith(("vendor:", "provider:")) and len("".join(tokens)) >= 5:
            self._exact["".join(tokens) + "s"].add(subject)  # "anthropics post"
        if main and (subject.startswith("model:") or (subject.startswith("licence:") and _digits(name))):
            self._learn_family(subject, tokens)
            self._learn_short(subject, tokens)

    def _learn_short(self, subject: str, tokens: list[str]) -> None:
        """ "Opus 5.5" for Claude Opus 5.5, "V4 Pro" for DeepSeek V4 Pro, "K2.5" for Kimi K2.5."""
        version = next((i for i, t in enumerate(tokens) if _digits(t)), 0)
        for i in range(1, version + 1):
            telling = tokens[i][0].isalpha() and tokens[i] not in _NEEDS_CAPITAL | _SIZES and not _SIZE.match(tokens[i])
            if telling and subject.startswith("model:"):
                self._exact["".join(tokens[i:])].add(subject)

    def _learn_family(self, subject: str, tokens: list[str]) -> None:
        first_version = next((i for i, t in enumerate(tokens) if any(c.isdigit() for c in t)), len(tokens))
        stem = tokens[:first_version]
        for i in range(len(stem) if subject.startswith("model:") else min(1, len(stem))):
            for j in range(i + 1, len(stem) + 1):
                if len("".join(stem[i:j])) >= 3 and not (i > 0 and j - i == 1 and stem[i] in _NEEDS_CAPITAL | _SIZES):
                    self._families["".join(stem[i:j])].add(subject)
        for i in range(first_version + 1, len(tokens)):
            self._prefixes["".join(tokens[:i])].add(subject)

    def display(self, subject: str) -> str:
        """How people call a subject."""
        return self._display.get(subject) or _from_slug(subject)

    def find(self, text: str) -> tuple[list[Mention], list[str]]:
        """The names in a text and what they may mean, and names of unknown versions, as written."""
        tokens = tokenise(text)
        mentions: list[Mention] = []
        unknown: list[str] = []
        i = 0
        while i < len(tokens):
            step, mention, missing = self._at(text, tokens, i)
            if mention:
                mentions.append(mention)
            if missing:
                unknown.append(missing)
            i += step
        return mentions, list(dict.fromkeys(unknown))

    def _at(self, text: str, tokens: list[Token], i: int) -> tuple[int, Mention | None, str | None]:
        known = self._longest(text, tokens, i, self._exact)
        family = self._longest(text, tokens, i, self._families)
        end = max(known, family)
        if end == 0:
            return 1, None, None
        beyond = self._version_after(text, tokens, i, end, known >= family)
        if beyond:
            return self._versioned(text, tokens, i, beyond)
        key = "".join(t.text for t in tokens[i:end])
        subjects = self._exact.get(key) if known >= family else self._families.get(key)
        only_family = known < family or (key in self._families and not _digits(key))
        found = set(subjects or ()) | (self._families.get(key, set()) if only_family else set())
        if key in self._prefixes and known < family:
            found |= self._prefixes[key]
        mention = Mention(
            text[tokens[i].start : tokens[end - 1].end],
            tuple(sorted(found)),
            tokens[i].start,
            tokens[end - 1].end,
            only_family,
        )
        return end - i, mention, None

    def _longest(self, text: str, tokens: list[Token], i: int, table: Mapping[str, set[str]]) -> int:
        """The end (exclusive) of the longest run from i that is a name; 0 if none."""
        best, key = 0, ""
        for j in range(i, min(len(tokens), i + _LONGEST)):
            if j > i and not _adjacent(text, tokens[j - 1], tokens[j]):
                break
            key += tokens[j].text
            if key in table and not self._shy(tokens, i, j):
                best = j + 1
        return best

    def _shy(self, tokens: list[Token], i: int, j: int) -> bool:
        """An everyday word counts as a name only where it is written or placed as one."""
        if j > i or tokens[i].text not in _NEEDS_CAPITAL:
            return len("".join(t.text for t in tokens[i : j + 1])) < 2
        if tokens[i].raw[0].isupper() and i > 0:
            return False
        return not (
            i > 0
            and tokens[i - 1].text in _PREPOSITIONS
            and tokens[i].text in ("together", "fireworks", "lambda", "meta", "mistral", "replicate", "modal")
        )

    def _version_after(self, text: str, tokens: list[Token], i: int, end: int, exact: bool) -> int:
        """The end of a longer, versioned name that starts here and that no known name covers; 0 if none."""
        stop = end
        name_has_version = _digits("".join(t.text for t in tokens[i:end]))
        while stop < len(tokens) and stop - i < _LONGEST and _adjacent(text, tokens[stop - 1], tokens[stop]):
            token = tokens[stop].text
            hyphen = text[tokens[stop - 1].end : tokens[stop].start] == "-"
            variant = token in _VARIANTS and (hyphen or tokens[stop].raw[0].isupper())
            invented = hyphen and token.isalpha() and name_has_version and _is_suffix(tokens[stop].raw)
            if not (
                variant
                or invented
                or (_SIZE.match(token) and stop > end)
                or (is_version(token) and (hyphen or not name_has_version))
            ):
                break
            stop += 1
        if stop == end:
            return 0
        key = "".join(t.text for t in tokens[i:end])
        modelish = (
            not exact or key in self._families or any(s.startswith(("model:", "licence:")) for s in self._exact[key])
        )
        return stop if modelish and not _is_date(tokens, end) else 0

    def _versioned(self, text: str, tokens: list[Token], i: int, end: int) -> tuple[int, Mention | None, str | None]:
        key = "".join(t.text for t in tokens[i:end])
        said = text[tokens[i].start : tokens[end - 1].end]
        known = self._exact.get(key)
        if known:
            return end - i, Mention(said, tuple(sorted(known)), tokens[i].start, tokens[end - 1].end), None
        variants = self._prefixes.get(key) or (self._families.get(key) if not _digits(key) else None)
        if variants:
            return end - i, Mention(said, tuple(sorted(variants)), tokens[i].start, tokens[end - 1].end, True), None
        return end - i, None, said


def _is_suffix(word: str) -> bool:
    """ "MoE" behind a version makes another model of it; "API" or "Licence" does not."""
    return word[0].isupper() and word.lower() not in _NO_SUFFIX


_NO_SUFFIX = frozenset(
    ["api", "apis", "licence", "license", "licensed", "based", "hosted", "level", "class", "type", "like", "style",
     "community", "weights", "model", "models", "terms", "eu", "us", "uk", "vs"]
)  # fmt: skip


def _digits(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _adjacent(text: str, left: Token, right: Token) -> bool:
    gap = text[left.end : right.start]
    if gap == " " and len(left.text) == 1 and left.text.isalpha():
        return False  # "a 100 people" is no A100
    return len(gap) <= 2 and all(c in " -_/\u2011\u00a0:" for c in gap)


def _is_date(tokens: list[Token], at: int) -> bool:
    """ "OpenAI 6 January": the number belongs to a date, or is a year or a count."""
    token = tokens[at].text
    if re.fullmatch(r"(19|20)\d\d", token):
        return True
    return token.isdigit() and at + 1 < len(tokens) and tokens[at + 1].text in MONTHS


def _from_slug(subject: str) -> str:
    return subject.partition(":")[2].rpartition("/")[2].replace("-", " ")


def _slug_names(subject: str) -> list[str]:
    prefix, _, slug = subject.partition(":")
    if prefix in ("model", "vendor", "provider", "licence", "gpu"):
        return [slug.replace("-", " ")]
    return []


def book_of(names: Mapping[str, Iterable[str]]) -> NameBook:
    """Names worth matching in a question: offers and factors are reached through others."""
    return NameBook({s: n for s, n in names.items() if s.partition(":")[0] in _NAMED_PREFIXES})
