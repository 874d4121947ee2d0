"""Slips of the finger in the words that values hang on: "18,000 requsts", "2k tokns", "infernce", "montly".

Only a letter left out, doubled or swapped with its neighbour is put right, never another letter: "taken" is no "token".
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

_WORDS = (
    *("requests", "request", "tokens", "questions", "question", "queries", "documents", "document", "messages"),
    *("tickets", "invoices", "contracts", "emails", "customers", "conversations", "transcripts", "prompts"),
    *("monthly", "weekly", "month", "months", "budget", "dollars", "million", "thousand"),
    *("inference", "hosting", "confidential", "personal", "classified", "premises", "batches"),
    *("latency", "availability", "uptime", "engineers", "engineer", "developers", "employees"),
    *("summarise", "summarize", "classify", "extract", "translate", "transcribe", "chatbot", "assistant"),
    *("languages", "English", "German", "French", "Spanish", "Italian", "Dutch", "Portuguese"),
    *("Germany", "France", "Switzerland", "Netherlands", "Austria", "Belgium", "Sweden", "hospital", "insurer"),
)
# slips that are words in their own right
_OWN_WORDS = frozenset(
    (
        "baches",
        "bathes",
        "budge",
        "contacts",
        "contract",
        "conversation",
        "customer",
        "developer",
        "dollar",
        "email",
        "employee",
        "employes",
        "franc",
        "hosing",
        "insure",
        "invoice",
        "italia",
        "language",
        "message",
        "mont",
        "moth",
        "moths",
        "netherland",
        "persona",
        "premies",
        "premise",
        "premiss",
        "premisses",
        "prompt",
        "summaries",
        "swede",
        "ticket",
        "token",
        "tokes",
        "transcript",
    )
)
_LETTERS = re.compile(r"(?<![\w.@/-])[^\W\d_]{4,}(?![\w@-]|\.\w)")


def corrected(text: str) -> tuple[str, dict[str, str]]:
    """The text with its slips put right, and each right word with its slip, where it has but one."""
    slips = dict(_slips_in(text))
    if not slips:
        return text, {}
    put_right = _LETTERS.sub(lambda m: slips.get(m.group(), m.group()), text)
    once = {right: slip for slip, right in slips.items() if list(slips.values()).count(right) == 1}
    return put_right, {right: slip for right, slip in once.items() if right not in text}


def as_written(words: str, slips: Mapping[str, str]) -> str:
    """Words of a corrected text as the asker wrote them."""
    for right, slip in slips.items():
        words = re.sub(rf"\b{re.escape(right)}\b", slip, words)
    return words


def _slips_in(text: str) -> Iterator[tuple[str, str]]:
    known = _known()
    for word in dict.fromkeys(_LETTERS.findall(text)):
        right = known.get(word.lower())
        if right:
            yield word, right if word.islower() or right[0].isupper() else right.capitalize()


@cache
def _known() -> dict[str, str]:
    """Every slip of every word; what two words could be, or is a word of its own, is none."""
    found: dict[str, set[str]] = {}
    for word in _WORDS:
        for slip in _slips(word.lower()):
            found.setdefault(slip, set()).add(word)
    rights = {word.lower() for word in _WORDS}
    return {slip: of.pop() for slip, of in found.items() if len(of) == 1 and slip not in rights | _OWN_WORDS}


def _slips(word: str) -> set[str]:
    """A letter left out but the first, doubled, or swapped with the next."""
    out = {word[:i] + word[i + 1 :] for i in range(1, len(word))}
    doubled = {word[:i] + word[i] + word[i:] for i in range(len(word))}
    swapped = {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 1)}
    return {slip for slip in out | doubled | swapped if slip != word and len(slip) >= 4}
