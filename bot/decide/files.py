"""A use case from a YAML file, checked against the table of inputs. What is wrong is named with its field (BadInput).

question: open or closed for our help desk?
owner: the platform team
review_on: 2027-05-01
use_case:
  task: rag
  requests_per_month: 20k
  data_class: personal
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from bot.decide.inputs import TABLE
from kb.decide.use_case import Origin, UseCase
from kb.errors import BadInput

SUFFIXES = (".yaml", ".yml")
_BESIDE = ("question", "owner", "review_on", "use_case")
_MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a file asks for."""

    use_case: UseCase
    question: str
    owner: str = ""
    review_on: date | None = None


def read_brief(path: Path) -> Brief:
    """The file's use case, every value marked as coming from it."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"{path}: larger than {_MOST_BYTES:,} bytes")
        given = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = getattr(error, "problem_mark", None)
        line = f" at line {place.line + 1}" if place else ""
        raise BadInput(f"{path}: this is no YAML{line}") from error
    return brief_of(given, str(path))


def brief_of(given: object, name: str) -> Brief:
    """A use case from plain values; `name` is the file to name in errors."""
    if not isinstance(given, Mapping):
        raise BadInput(f"{name}: expected inputs with values", hint="for example: `requests_per_month: 20000`")
    inputs = given.get("use_case") if "use_case" in given else {k: v for k, v in given.items() if k not in _BESIDE}
    if not isinstance(inputs, Mapping):
        raise BadInput(f"{name}: use_case: expected inputs with values")
    if "use_case" in given:
        for key in given:
            _known(key, _BESIDE, name)
    return Brief(
        use_case=use_case_from(inputs, Origin(kind="form", words=f"from {Path(name).name}"), name),
        question=_text(given, "question", name),
        owner=_text(given, "owner", name),
        review_on=_date(given.get("review_on"), name),
    )


def use_case_from(given: Mapping[object, object], origin: Origin, name: str) -> UseCase:
    """Each input read by its kind; `origin` marks them all."""
    values: dict[str, object] = {}
    for key, value in given.items():
        field = _known(key, tuple(TABLE), name)
        try:
            read = TABLE[field].read(value)
        except BadInput as error:
            raise BadInput(f"{name}: {error}", hint=error.hint) from error
        if read is not None:
            values[field] = read
    return UseCase().told(**values, origins=dict.fromkeys(values, origin))


def _known(key: object, names: tuple[str, ...], file: str) -> str:
    if key in names:
        return str(key)
    close = difflib.get_close_matches(str(key), [*names, *TABLE], n=1)
    raise BadInput(f"{file}: {key}: no such input", hint=f"did you mean {close[0]}?" if close else "")


def _text(given: Mapping[object, object], key: str, name: str) -> str:
    value = given.get(key) or ""
    if not isinstance(value, str):
        raise BadInput(f"{name}: {key}: expected text")
    return " ".join(value.split())[:4000]


def _date(value: object, name: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise BadInput(f"{name}: review_on: {value!r} is not a date", hint="write it as 2026-06-01") from None
