"""What a thread remembers between questions, as plain JSON in the thread store."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.answer.values import Amount, Draft, Kind, Understood, UseCase

_MOST_SUBJECTS = 40


@dataclass(frozen=True, slots=True)
class Memory:
    kind: Kind
    subjects: tuple[str, ...]
    fields: tuple[str, ...]
    factors: tuple[str, ...]
    options: tuple[str, ...]
    use_case: UseCase
    questions: tuple[str, ...]
    computed: Mapping[str, object]


def remember(read: Understood, draft: Draft, state: Mapping[str, object]) -> dict[str, object]:
    """The thread's state after this answer."""
    if read.kind is Kind.OUT_OF_SCOPE:
        return dict(state)
    case = read.use_case
    asked = [*_texts(state.get("questions")), read.question][-6:]
    return {
        "kind": read.kind.value,
        "subjects": list(read.subjects)[:_MOST_SUBJECTS],
        "fields": list(read.fields),
        "factors": list(read.factors),
        "options": list(read.options),
        "questions": asked,
        "use_case": {
            "flags": sorted(case.flags),
            "jurisdictions": list(case.jurisdictions),
            "roles": list(case.roles),
            "activities": list(case.activities),
            "modalities": list(case.modalities),
            "amounts": {k: [str(a.value), a.words] for k, a in case.amounts.items()},
        },
        "computed": draft.remember or state.get("computed") or {},
    }


def recall(state: Mapping[str, object]) -> Memory:
    """Read a stored state; what is missing or of an older shape counts as empty."""
    case: Any = state.get("use_case") or {}
    kind = str(state.get("kind") or Kind.FACT)
    computed: Any = state.get("computed") or {}
    return Memory(
        kind=Kind(kind) if kind in set(Kind) else Kind.FACT,
        subjects=_texts(state.get("subjects")),
        fields=_texts(state.get("fields")),
        factors=_texts(state.get("factors")),
        options=_texts(state.get("options")),
        use_case=UseCase(
            flags=frozenset(_texts(case.get("flags"))),
            jurisdictions=_texts(case.get("jurisdictions")),
            roles=_texts(case.get("roles")),
            activities=_texts(case.get("activities")),
            modalities=_texts(case.get("modalities")),
            amounts={k: Amount(Decimal(v[0]), v[1]) for k, v in (case.get("amounts") or {}).items()},
        ),
        questions=_texts(state.get("questions")),
        computed=computed,
    )


_BARE_VERSION = re.compile(
    r"^\W*(?:ok(?:ay)?[, ]+)?(?:(?:and|or|what about|how about|same for|also|for|is it the same for|then)\s+)*"
    r"(?:the |version |v)*(?P<version>\d+(?:\.\d+)*)(?: (?:one|version))?\s*(?:then)?\W*$",
    re.IGNORECASE,
)


def bare_version(text: str) -> str:
    """ "and 5.3?" asks about version 5.3 of what the thread is about."""
    match = _BARE_VERSION.match(text)
    return match.group("version") if match else ""


def other_version(name: str, version: str) -> str:
    """ "GLM-5.2" with 5.3 is "GLM-5.3"; empty for a name without a version."""
    found = re.search(r"\d+(?:\.\d+)*(?![\d.]*[BbMmTt]\b)", name)
    return name[: found.start()] + version if found else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(v) for v in value) if isinstance(value, list | tuple) else ()
