"""Sentences near to the letter of a text, made by rule: as it stands or lightly moved, and with one thing made wrong.

People who write paraphrases change much, and those who corrupt a sentence change little; a judge that saw only theirs
would take nearness to the letter for a fault. A generator keeps near to the letter. Seeded; nothing is kept in files.
"""

import random
import re
from collections.abc import Callable, Sequence

from bot.answer.verify.vocabulary import EXCLUSIVE

Change = Callable[[random.Random, str], str]

_SAME = (
    (r"\bshall not\b", ("must not", "may not")), (r"\b(?:shall|must)\b(?! not)", ("has to", "is required to", "must")),
    (r"\bmay\b(?! not)", ("can", "is allowed to")), (r"\bat least\b", ("no less than", "a minimum of")),
    (r"\bup to\b", ("at most", "no more than")), (r"\bprior to\b", ("before",)), (r"\bunless\b", ("except where",)),
    (r"\bprohibited\b", ("forbidden", "not allowed", "banned")), (r"\bpermitted\b", ("allowed",)),
    (r"\bin accordance with\b", ("under", "in line with")), (r"\bwhere\b", ("if", "when")), (r"\bEUR\b", ("euros",)),
    (r"\bonly\b", ("solely", "exclusively")), (r"\brequires\b", ("needs", "calls for")),
    (r"\bcosts\b", ("is priced at",)),
    (r"\bincluding\b", ("among them",)), (r"\bensure\b", ("make sure",)), (r"\bconcerning\b", ("about", "on")),
    (r"\bapproximately\b", ("about",)), (r"\bimmediately\b", ("at once",)), (r"\bis published\b", ("comes",)),
)  # fmt: skip
_WRONG = (
    (r"\b(shall|must|may|can|will|is|are|was|were|has|have|does)\b(?! not\b)", (r"\1 not",)),
    (r"\b(shall|must|may|can|will|is|are|was|were|has|have|does) not\b", (r"\1",)),
    (r"\bno\b", ("a",)), (r"\bwithout\b", ("with",)), (r"\bunless\b", ("even if",)), (r"\bexcept\b", ("including",)),
    (r"\bonly\b", ("not only",)), (r"\b(?:prohibited|forbidden)\b", ("permitted",)),
    (r"\bpermitted\b", ("prohibited",)),
    (r"\b(?:shall|must|has to)\b(?! not)", ("need not", "may", "should", "is encouraged to")),
    (r"\b(?:may|can)\b(?! not)", ("must", "may not")), (r"\bup to\b", ("at least",)), (r"\bat least\b", ("at most",)),
    (r"\bis (?=available|based|released|published|open|developed)", ("is planned to be ", "might be ")),
    (r"\bcosts\b", ("is expected to cost", "does not cost")), (r"\bbefore\b", ("after",)), (r"\bafter\b", ("before",)),
    (r"\b[Pp]roviders\b", ("deployers", "importers")), (r"\b[Dd]eployers\b", ("providers",)),
    (r"\bThe Commission\b", ("The Board", "The AI Office")), (r"\bMember States\b", ("Providers",)),
    (r"\binput\b", ("output",)), (r"\boutput\b", ("input",)), (r"\bgiven\b", ("refused",)), (r"\ball\b", ("some",)),
    (r"\bsome\b", ("all",)), (r"\bLicensor\b", ("Licensee",)), (r"\bLicensee\b", ("Licensor",)),
)  # fmt: skip
_ASIDE = re.compile(r" ?\([^()]*\)")
_AHEAD = re.compile(
    r"^([^()]{20,}?),? ((?:before|within|until|after|in the case of|if|where|unless|as of) [^,()]{6,60})\.$"
)
_NAMES = re.compile(r"\b[A-Z][\w.-]*\d[\w.-]*|(?<=[a-z] )[A-Z][a-z]+\b")


def true(rng: random.Random, text: str) -> str:
    """The same in as many words."""
    for change in rng.sample((_reworded, _fronted, _shortened, _as_it_is), 2):
        text = change(rng, text)
    return text


def wrong(rng: random.Random, text: str) -> str | None:
    """One thing made wrong; None where nothing offers itself."""
    changes: Sequence[Change] = (_turned, _turned, _turned, _exchanged, _excluded)
    for change in rng.sample(changes, len(changes)):
        made = change(rng, text)
        if made != text:
            return made
    return None


def _as_it_is(_: random.Random, text: str) -> str:
    return text


def _by(rng: random.Random, text: str, rules: Sequence[tuple[str, Sequence[str]]]) -> str:
    fits = [(found, words) for pattern, words in rules if (found := re.search(pattern, text))]
    if not fits:
        return text
    found, words = rng.choice(fits)
    return text[: found.start()] + found.expand(rng.choice(words)) + text[found.end() :]


def _reworded(rng: random.Random, text: str) -> str:
    return _by(rng, text, _SAME)


def _turned(rng: random.Random, text: str) -> str:
    return _by(rng, text, _WRONG)


def _shortened(_: random.Random, text: str) -> str:
    return _ASIDE.sub("", text, count=1)


def _fronted(_: random.Random, text: str) -> str:
    found = _AHEAD.match(text)
    return f"{found[2][0].upper()}{found[2][1:]}, {found[1]}." if found else text


def _exchanged(rng: random.Random, text: str) -> str:
    """Two names in each other's place."""
    names = list(_NAMES.finditer(text))
    if len({n.group() for n in names}) < 2:
        return text
    one, other = sorted(rng.sample(names, 2), key=lambda n: n.start())
    return text[: one.start()] + other.group() + text[one.end() : other.start()] + one.group() + text[other.end() :]


def _excluded(rng: random.Random, text: str) -> str:
    """Of words that exclude each other, another one."""
    for line in rng.sample(EXCLUSIVE.strip().splitlines(), 20):
        words = line.split()
        found = re.search(rf"\b(?:{'|'.join(words)})\b", text)
        if found:
            return text[: found.start()] + rng.choice([w for w in words if w != found.group()]) + text[found.end() :]
    return text
