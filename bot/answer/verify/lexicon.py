"""What a word means, and what it excludes. Names, numbers and dates are read elsewhere. Pure."""

from functools import lru_cache

from bot.answer.text import STOP, stem
from bot.answer.verify import general, vocabulary


def _lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


def _meanings() -> dict[str, str]:
    """The name of its meaning by word, and by stem where no word is written like that."""
    found: dict[str, str] = {}
    for first, *others in _lines(vocabulary.SAME):
        for word in (first, *others):
            found.setdefault(word, found.get(first, first))
    for word, meaning in list(found.items()):
        found.setdefault(stem(word), meaning)
    return found


_MEANING = _meanings()
_PLAIN = frozenset(vocabulary.PLAIN.split())
_MEASURED = frozenset(general.MEASURED.split())
_GENERAL = frozenset(general.STEMS.split())


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """The meaning of a word: the first of its group, else its stem."""
    low = word.lower().strip("'’")
    return _MEANING.get(low) or _MEANING.get(stem(low)) or stem(low)


def known(word: str) -> bool:
    """A plain word, not a name: it is listed, or its stem is."""
    return word in _PLAIN or word in _MEANING or stem(word) in _MEANING or stem(word) in _GENERAL


def general_word(word: str) -> bool:
    """One of those that stand for many others: a verb, an adverb, a plain adjective."""
    return word.endswith("ly") or stem(word) in _GENERAL or word in _MEASURED


def _exclusives() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for group in _lines(vocabulary.EXCLUSIVE):
        roots = frozenset(root(w) for w in group)
        for one in roots:
            found[one] = found.get(one, frozenset()) | (roots - {one})
    return found


EXCLUSIVE = _exclusives()
ROLES = frozenset(root(w) for w in _lines(vocabulary.EXCLUSIVE)[0])
ACTORS = ROLES | frozenset(root(w) for w in _lines(vocabulary.EXCLUSIVE)[1])
GLUE = frozenset(vocabulary.GLUE.split()) | STOP
FREE = frozenset(vocabulary.FREE.split())
GENERIC = frozenset(root(w) for w in vocabulary.GENERIC.split())
RELATIONS = frozenset(vocabulary.RELATIONS.split())
VARIANTS = frozenset(vocabulary.VARIANTS.split())
HINTS = frozenset(general.HINTS.split())
DENIALS = frozenset(root(w) for w in ("prohibit", "exclude", "restriction"))
NEGATORS = frozenset(vocabulary.NEGATORS.split())
OPENERS = frozenset(vocabulary.OPENERS.split())
AUXILIARIES = frozenset(vocabulary.AUXILIARIES.split())
LABELS = frozenset(vocabulary.LABELS.split())
