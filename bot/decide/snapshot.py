"""What the engine was given, as JSON that gives the same values back.

    {"day": what every use case of the day has in common, "duties": [...], "facts": [...] that only the duties cite}

`day` is text: zlib over JSON, in base64. Hundreds of options share models, licences and references, so in that JSON
equal objects are stored once: `{"shared": [...], "inputs": {...}}`, where `{"$": 7}` stands for the seventh shared
object. Records of earlier versions hold that JSON itself.
"""

import base64
import binascii
import json
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kb.decide.filters import Cited
from kb.decide.types import Duty, Option
from kb.decide.use_case import UseCase
from kb.errors import BadInput

MARK = "$"
_LEAST_FIELDS = 3  # a smaller object is hardly longer than its reference


@dataclass(frozen=True, slots=True, kw_only=True)
class FactUsed:
    """A fact that the published verdict cites, as it stood."""

    key: str
    subject: str
    field: str
    value: str
    unit: str
    status: str
    known_from: str
    recorded_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that the engine needs beside the use case, the day and the seed; `facts` are for the reader of a record."""

    options: tuple[Option, ...]
    duties: tuple[Duty, ...]
    cited: Cited
    facts: tuple[FactUsed, ...] = field(default=())


def squeezed(shared: Inputs) -> str:
    """What the use cases of a day have in common: inputs without duties."""
    plain = _sorted(_adapter().dump_python(shared, mode="json", exclude_defaults=True))
    pool = _Pool()
    pool.token(plain)
    text = json.dumps({"inputs": pool.packed(plain), "shared": pool.shared}, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), level=6)).decode()


def pack(inputs: Inputs, shared: Inputs, day: str) -> dict[str, object]:
    """`day` is `squeezed(shared)`, which its caller keeps; `inputs` has the same options and law."""
    own = replace(inputs, options=(), cited=Cited(refs={}), facts=inputs.facts[len(shared.facts) :])
    plain = _sorted(_adapter().dump_python(own, mode="json", exclude_defaults=True))
    return {"day": day, "duties": plain["duties"], "facts": plain.get("facts", [])}


def unpack(stored: Mapping[str, object]) -> Inputs:
    """The values of a stored snapshot; BadInput where it is of a shape that this version cannot read."""
    try:
        if "day" not in stored:
            return _pooled(stored)
        shared = _pooled(json.loads(zlib.decompress(base64.b64decode(str(stored["day"]), validate=True))))
        own = {"options": [], "cited": {"refs": {}}, "duties": stored["duties"], "facts": stored["facts"]}
        told: Inputs = _adapter().validate_python(own)
    except (KeyError, IndexError, ValueError, zlib.error, binascii.Error) as error:  # ValidationError is a ValueError
        raise BadInput(
            "this record's inputs cannot be read by this version", hint="use the version it names"
        ) from error
    return replace(shared, duties=told.duties, facts=(*shared.facts, *told.facts))


def _pooled(stored: Mapping[str, Any]) -> Inputs:
    shared: list[Any] = []
    for one in stored["shared"]:
        shared.append(_expanded(one, shared))  # an object only refers to earlier ones
    inputs: Inputs = _adapter().validate_python(_expanded(stored["inputs"], shared))
    return inputs


def pack_use_case(use_case: UseCase) -> dict[str, object]:
    plain: dict[str, object] = _sorted(_use_cases().dump_python(use_case, mode="json", exclude_defaults=True))
    return plain


def unpack_use_case(stored: Mapping[str, object]) -> UseCase:
    try:
        return _use_cases().validate_python(dict(stored))
    except ValidationError as error:
        raise BadInput("a stored use case cannot be read by this version") from error


@cache
def _adapter() -> TypeAdapter[Inputs]:
    return TypeAdapter(Inputs)


@cache
def _use_cases() -> TypeAdapter[UseCase]:
    return TypeAdapter(UseCase)


def _sorted(value: Any) -> Any:
    """Sets come in an order that changes from run to run; only lists of bare words are sets here."""
    if isinstance(value, dict):
        return {name: _sorted(part) for name, part in value.items()}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(part, str) for part in value) else [_sorted(part) for part in value]
    return value


class _Pool:
    """Gives equal objects equal tokens in one walk, then writes each of those that recur once."""

    def __init__(self) -> None:
        self.shared: list[object] = []
        self._tokens: dict[tuple[object, ...], int] = {}
        self._token_of: dict[int, int] = {}  # by identity: the tree lives as long as the pool
        self._times: Counter[int] = Counter()
        self._places: dict[int, int] = {}

    def token(self, value: Any) -> object:
        if isinstance(value, dict):
            key: tuple[object, ...] = (dict, *((name, self.token(part)) for name, part in value.items()))
        elif isinstance(value, list):
            key = (list, *(self.token(part) for part in value))
        else:
            return type(value), value
        token = self._tokens.setdefault(key, len(self._tokens))
        self._times[token] += 1
        self._token_of[id(value)] = token
        return token

    def packed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.packed(part) for part in value]
        if not isinstance(value, dict):
            return value
        token = self._token_of[id(value)]
        if token in self._places:
            return {MARK: self._places[token]}
        made = {name: self.packed(part) for name, part in value.items()}
        if self._times[token] < 2 or len(made) < _LEAST_FIELDS:
            return made
        self._places[token] = len(self.shared)
        self.shared.append(made)
        return {MARK: self._places[token]}


def _expanded(value: Any, shared: list[Any]) -> Any:
    if isinstance(value, dict):
        if set(value) == {MARK}:
            return shared[value[MARK]]
        return {name: _expanded(part, shared) for name, part in value.items()}
    return [_expanded(part, shared) for part in value] if isinstance(value, list) else value
