"""Names in a sentence to subjects of the catalogue.

"V4-Pro" is not "V4": a name is read to its end, and only a name that we hold whole is its subject. A version that we
do not hold of a family that we do is a new subject. Where it is not clear where a name ends, there is no name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.propose.families import PRODUCTS, SPOKEN, UNFINISHED, Families
from ingest.propose.tokens import Token, key_of, slug_of, tokens
from kb.types import Fact

_LETTERED = re.compile(r"\b(?P<name>[a-z]\d(?:-(?:mini|pro|nano|preview))*)\b")  # OpenAI's "o3-mini"
_AFTER = frozenset(
    ("And", "Or", "With", "For", "Under", "Today", "Now", "Is", "Are", "Has", "In", "On", "At", "By", "From", "To",
     "The", "Our", "Available", "Released", "Model", "Models", "Series", "Family", "License", "Licence")
)  # fmt: skip
_MONTH = re.compile(r"2\d(?:0\d|1[0-2])")
_LAW = re.compile(r"\b(?:act|law|regulation|directive|sb|gdpr|dora|dsgvo|rgpd|traiga|raise)\b|\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at a place; of several `subjects` it does not say which. `developer` is a vendor's slug, of models."""

    start: int
    end: int
    text: str
    subjects: tuple[str, ...]
    developer: str = ""
    finished: bool = True  # no preview

    @property
    def subject(self) -> str:
        return self.subjects[0]


@dataclass(frozen=True, slots=True)
class Names:
    """What the catalogue calls things. `lexicon`: kind -> key -> subjects."""

    lexicon: Mapping[str, Mapping[tuple[str, ...], tuple[str, ...]]]
    developers: Mapping[str, str]  # by model subject
    bare: frozenset[tuple[str, ...]]  # names without a version that are whole names ("Command A")
    first: frozenset[str]  # words with which a model's name begins
    families: Families

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> "Names":
        """From the facts `name`, `alias` and `developer`."""
        found: dict[str, dict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
        developers: dict[str, str] = {}
        bare = set()
        for fact in facts:
            kind = fact.subject.partition(":")[0]
            if fact.field == "developer":
                developers[fact.subject] = fact.value
            if fact.field not in ("name", "alias") or (kind == "regime" and not _LAW.search(fact.value)):
                continue
            key = key_of(re.sub(r"\s*\(.*\)", "", fact.value) if kind == "model" else fact.value)
            if kind == "model" and not any(word[0].isdigit() for word in key):
                if fact.field == "alias" or len(key) < 2:
                    continue
                bare.add(key)
            if key and fact.subject not in found[kind][key]:
                found[kind][key].append(fact.subject)
        lexicon = {kind: {key: tuple(subjects) for key, subjects in keys.items()} for kind, keys in found.items()}
        families = Families.of(developers)
        first = frozenset(key[0] for key in lexicon.get("model", ())) | frozenset(families.heads)
        return cls(lexicon, developers, frozenset(bare), first, families)

    # ------------------------------------------------------------ everything but models

    def find(self, text: str, kind: str) -> list[Mention]:
        """Longest names first come; places that they share are given once."""
        words, found, at = tokens(text), [], 0
        known = self.lexicon.get(kind, {})
        longest = max(map(len, known), default=0)
        while at < len(words):
            size = next(
                (n for n in range(min(longest, len(words) - at), 0, -1) if _known(words[at : at + n], known)), 0
            )
            if size and _whole(words, at, size, kind):
                run = words[at : at + size]
                found.append(_mention(text, run, known[tuple(token.word for token in run)]))
            at += max(size, 1)
        return found

    def vendor_of(self, publisher: str) -> str:
        """The slug of the vendor (or else the provider) that a publisher is, or nothing."""
        key = key_of(publisher)
        for kind in ("vendor", "provider"):
            subjects = self.lexicon.get(kind, {}).get(key)
            if subjects:
                return subjects[0].partition(":")[2]
        return ""

    # ------------------------------------------------------------ models

    def models(self, text: str, *, about: str = "") -> list[Mention]:
        """Models named, in order. `about`: more text that says whose they may be (title, publisher)."""
        words, found, at = tokens(text), [], 0
        while at < len(words):
            mention, size = self._model(text, words, at, about)
            if mention:
                found.append(mention)
            at += max(size, 1)
        return sorted(found + self._lettered(text), key=lambda mention: mention.start)

    def _model(self, text: str, words: Sequence[Token], at: int, about: str) -> tuple[Mention | None, int]:
        """The name that begins here, and how many tokens to pass over."""
        if words[at].word not in self.first:
            return None, 1
        known = self.lexicon.get("model", {})
        given = [token.word for token in words[at : at + 4]]
        size, developer = self.families.longest(_joined(words, at, given))
        alias = next((n for n in range(8, 0, -1) if _known(words[at : at + n], known)), 0)
        if not size and not alias:
            return None, 1
        if at and words[at].attached and words[at].gap != "/":
            return None, 1
        end = self._end(words, at, max(size, alias))
        run = words[at:end]
        key = tuple(token.word for token in run)
        subjects = known.get(key, ())
        if not (subjects or (size and self._new(run, size))) or not _written_as_name(run):
            return None, max(end - at, 1)
        if end < len(words) and _runs_on(words[end]):
            return None, end - at
        if not subjects:
            subjects = (f"model:{slug_of(run, glued=run[0].word in self.families.glued)}",)
        who = self.developers.get(subjects[0], developer or "")
        if not size and not self._about(who, f"{text} {about}"):  # a bare "R1" or "K2" needs its maker beside it
            return None, end - at
        finished = not any(token.word in UNFINISHED for token in run)
        return _mention(text, run, subjects, developer=who, finished=finished), end - at

    def _end(self, words: Sequence[Token], at: int, size: int) -> int:
        """Where the name that has at least `size` tokens ends."""
        end = at + size
        while end < len(words) and words[end].joined:
            token, before = words[end], words[end - 1]
            apart = (
                token.gap == " " and before.numeric and len(token.word) != 4
            )  # "Gemma 3 27B", but not "GPT-5 2 times"
            version = token.numeric and (not apart or _is_size(words, end))
            letter = token.gap == "" and (before.numeric or token.word == "+")
            series = len(token.raw) <= 2 and token.capital and _followed_by_digit(words, end)
            spoken = token.capital or token.attached or token.word in SPOKEN
            variant = token.word in self.families.variants and spoken
            attached = token.gap not in (" ", "") and token.capital
            middle = token.capital and end - at <= 2 and _followed_by_number(words, end)
            if not (version or letter or series or variant or attached or middle):
                break
            end += 1
        return end

    def _new(self, run: Sequence[Token], size: int) -> bool:
        """Whether a name that we do not hold is a version of a family that we do."""
        rest = run[size:]
        if not rest or any(token.word in PRODUCTS and token.word not in self.families.variants for token in rest):
            return False
        if rest[0].word in PRODUCTS and not rest[0].attached:  # "Claude Code 2", "Mistral Code"
            return False
        if (
            re.fullmatch(r"2\d(?:0\d|1[0-2])", rest[-1].word) and rest[-1].gap == " "
        ):  # a month: which build is not said
            return False
        named = any(token.numeric for token in rest) or tuple(token.word for token in run[:size]) in self.bare
        return named or (
            (rest[0].gap in ("-", "\u2011") and not rest[0].word.islower()) or (rest[0].attached and rest[0].capital)
        )

    def _about(self, developer: str, text: str) -> bool:
        return any(f"vendor:{developer}" in mention.subjects for mention in self.find(text, "vendor"))

    def _lettered(self, text: str) -> list[Mention]:
        """ "OpenAI o3 and o4-mini": letter and digit alone are a name only behind their maker's."""
        vendors = [m for m in self.find(text, "vendor") if re.match(r" [a-z]\d", text[m.end : m.end + 3])]
        if not vendors:
            return []
        letter, developer = text[vendors[0].end + 1], vendors[0].subject.partition(":")[2]
        return [
            Mention(m.start(), m.end(), m["name"], (f"model:{m['name']}",), developer, "preview" not in m["name"])
            for m in _LETTERED.finditer(text)
            if m["name"][0] == letter and m.start() > vendors[0].start
        ]


def _joined(words: Sequence[Token], at: int, given: list[str]) -> list[str]:
    """The words that can still be of one name with the first."""
    size = 1
    while size < len(given) and words[at + size].joined:
        size += 1
    return given[:size]


def _known(run: Sequence[Token], known: Mapping[tuple[str, ...], tuple[str, ...]]) -> bool:
    return bool(run) and tuple(token.word for token in run) in known and all(token.joined for token in run[1:])


def _whole(words: Sequence[Token], at: int, size: int, kind: str) -> bool:
    """Whether the name stands by itself: "Annex I" is not in "Annex III", "MIT" not in "modified MIT"."""
    after = words[at + size] if at + size < len(words) else None
    if after is not None and after.gap == "" and after.word != "s":
        return False
    if kind in ("vendor", "provider", "licence") and not any(t.capital or t.numeric for t in words[at : at + size]):
        return words[at].word in ("xai", "gpt") or (size > 1 and kind == "licence")
    return not (kind == "licence" and at and words[at - 1].word == "modified")


def _followed_by_digit(words: Sequence[Token], at: int) -> bool:
    return at + 1 < len(words) and words[at + 1].numeric and words[at + 1].gap == ""


def _is_size(words: Sequence[Token], at: int) -> bool:
    after = words[at + 1] if at + 1 < len(words) else None
    return after is not None and after.gap == "" and after.word in ("b", "m", "t", "x")


def _followed_by_number(words: Sequence[Token], at: int) -> bool:
    return at + 1 < len(words) and words[at + 1].numeric and words[at + 1].gap == " "


def _written_as_name(run: Sequence[Token]) -> bool:
    """A capital somewhere, or all of it in one piece as a machine writes it ("gpt-oss-20b")."""
    return any(token.capital for token in run) or (len(run) > 2 and all(b.attached for _, b in pairwise(run)))


def _runs_on(token: Token) -> bool:
    """Whether the name goes on with a word that we do not know ("Claude Opus 4.5 System Card")."""
    if token.gap == " ":
        return token.capital and token.raw not in _AFTER and not token.raw.isupper()
    return token.joined and token.gap not in (":", ": ", "/") and token.word != "s" and token.gap != ""


def _mention(text: str, run: Sequence[Token], subjects: tuple[str, ...], **more: object) -> Mention:
    start, end = run[0].start, run[-1].end
    return Mention(start, end, text[start:end], subjects, **more)  # type: ignore[arg-type]
