"""Slips of the keyboard put right, word by word, against a given vocabulary."""

from collections.abc import Collection

_SHORTEST, _SURE = 6, 7


def corrected(word: str, vocabulary: Collection[str]) -> str:
    """The one word of the vocabulary that a longer word is a single slip away from; else the word itself.

    A changed letter in a short word makes another word too easily ("counts", "courts"): there only letters that were
    swapped, lost or doubled are put right.
    """
    if len(word) < _SHORTEST or word in vocabulary or not word.isalpha():
        return word
    for known in vocabulary:
        if len(known) < _SHORTEST or abs(len(known) - len(word)) > 1 or known[0] != word[0]:
            continue
        if one_slip(word, known) and (len(word) >= _SURE or not _one_changed(word, known)):
            return word if _inflected(word, known) else known
    return word


def _inflected(word: str, known: str) -> bool:
    """ "Terms" for "term" is grammar, no slip."""
    longer, shorter = (word, known) if len(word) > len(known) else (known, word)
    return longer in (shorter + "s", shorter + "d", shorter + "r")


def _one_changed(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def one_slip(one: str, other: str) -> bool:
    """Damerau-Levenshtein distance of exactly one: a letter changed, lost, added, or two neighbours swapped."""
    if one == other:
        return False
    if len(one) == len(other):
        at = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        swapped = len(at) == 2 and at[1] == at[0] + 1 and one[at[0]] == other[at[1]] and one[at[1]] == other[at[0]]
        return len(at) == 1 or swapped
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    if len(longer) != len(shorter) + 1:
        return False
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
