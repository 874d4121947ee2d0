"""The inputs of a use case as people meet them: in a YAML file, in a form, in a table. One row an input.

A value arrives as YAML or as text typed into a form; `read` makes the engine's value of it or says what is wrong
(BadInput), `written` says it back. What `written` gives, `read` takes.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

from kb.decide import use_case as u
from kb.errors import BadInput

Kind = Literal["number", "share", "whole", "yes_no", "choice", "word", "words", "date", "by_month"]
SECTIONS = ("Work", "Data and place", "Volume", "Organisation", "Preferences")
_ZERO, _ONE = Decimal(0), Decimal(1)
_NUMBER = re.compile(
    r"^[~ ]*(?:USD|\$)?\s*(?P<digits>\d[\d,_ ']*(?:\.\d+)?)\s*(?P<unit>k|m|mn|bn|b|%)?$", re.IGNORECASE
)
_TIMES = {"k": Decimal(1_000), "m": Decimal(10**6), "mn": Decimal(10**6), "b": Decimal(10**9), "bn": Decimal(10**9)}
_WORD = re.compile(r"^[\w.()+/|-]{1,60}$")
_MONTH = re.compile(r"^\d{4}-(?:0[1-9]|1[0-2])$")
_NEXT_MONTH = re.compile(r"[;,]\s*(?=\d{4}-)")  # a comma also separates thousands
_MOST_WORDS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """`low` and `high` bound numbers, both included."""

    name: str
    label: str
    kind: Kind
    section: str
    low: Decimal = _ZERO
    high: Decimal = Decimal(10**15)
    choices: tuple[str, ...] = ()

    def read(self, value: object) -> object:
        """The engine's value; None for an empty one."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        return _READERS[self.kind](self, value)

    def refuse(self, problem: str) -> BadInput:
        return BadInput(f"{self.name}: {problem}", hint=f"{self.label}: {_expected(self)}")


def _expected(given: Input) -> str:
    return {
        "number": "a number such as 20000, 20k or 1.5M",
        "share": "a share between 0 and 1, or a percentage",
        "whole": "a whole number",
        "yes_no": "yes or no",
        "choice": f"one of {', '.join(given.choices)}",
        "word": "one word, such as eu; of places also several, such as eu or uk",
        "words": "words, separated by commas",
        "date": "a date such as 2026-06-01",
        "by_month": "figures by month, such as 2025-03: 700M",
    }[given.kind]


# ---------------------------------------------------------------- reading


def _amount(given: Input, value: object) -> Decimal:
    """A number, or text that says one; bounded."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise given.refuse(f"{value!r} is not a number")
    try:
        amount = _spoken(value) if isinstance(value, str) else Decimal(str(value))
    except InvalidOperation:
        raise given.refuse(f"{value!r} is not a number") from None
    if not amount.is_finite() or not given.low <= amount <= given.high:
        raise given.refuse(f"{value} is not between {given.low:,f} and {given.high:,f}")
    return amount


def _spoken(text: str) -> Decimal:
    match = _NUMBER.match(text.strip())
    if match is None:
        raise InvalidOperation
    amount = Decimal(re.sub(r"[,_ ']", "", match["digits"]))
    unit = (match["unit"] or "").lower()
    return amount / 100 if unit == "%" else amount * _TIMES.get(unit, _ONE)


def _whole(given: Input, value: object) -> int:
    amount = _amount(given, value)
    if amount % 1:
        raise given.refuse(f"{value} is not a whole number")
    return int(amount)


def _yes_no(given: Input, value: object) -> bool:
    said = str(value).strip().lower()
    if said in ("yes", "true"):
        return True
    if said in ("no", "false"):
        return False
    raise given.refuse(f"{value!r} is neither yes nor no")


def _choice(given: Input, value: object) -> str:
    said = str(value).strip()
    if said not in given.choices:
        raise given.refuse(f"{said!r} is not known")
    return said


def _word(given: Input, value: object) -> str:
    said = str(value).strip()
    if given.name == "inference_in":  # any of several places: "EU or UK"
        said = re.sub(r"\s*(?:\bor\b|,|\|)\s*", "|", said)
    if isinstance(value, list | dict | bool) or not _WORD.match(said):
        raise given.refuse(f"{value!r} is not one word")
    return said if given.name in ("annex_iii", "prohibited_practice") else said.lower()


def _words(given: Input, value: object) -> frozenset[str]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple | set | frozenset) or len(parts) > _MOST_WORDS:
        raise given.refuse("is not a list of words")
    said = frozenset(str(part).strip() for part in parts if str(part).strip())
    for word in sorted(said):
        if not _WORD.match(word) or (given.choices and word not in given.choices):
            raise given.refuse(f"{word!r} is not known")
    return said


def _date(given: Input, value: object) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        raise given.refuse(f"{value!r} is not a date") from None


def _by_month(given: Input, value: object) -> Mapping[str, Decimal]:
    if isinstance(value, str):
        value = {month: amount for month, _, amount in (part.partition(":") for part in _NEXT_MONTH.split(value))}
    if not isinstance(value, Mapping):
        raise given.refuse("is not a list of months")
    found = {str(month).strip(): amount for month, amount in value.items()}
    for month in found:
        if not _MONTH.match(month):
            raise given.refuse(f"{month!r} is not a month")
    return {month: _amount(given, amount) for month, amount in sorted(found.items())}


_READERS: Mapping[Kind, Callable[[Input, object], object]] = {
    "number": _amount,
    "share": _amount,
    "whole": _whole,
    "yes_no": _yes_no,
    "choice": _choice,
    "word": _word,
    "words": _words,
    "date": _date,
    "by_month": _by_month,
}


# ---------------------------------------------------------------- saying back


def plain(amount: Decimal) -> str:
    """Thousands separated, no trailing zeros."""
    text = f"{amount:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(value: object) -> str:
    """A value of an input as text; "" for an unknown one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{month}: {plain(amount)}" for month, amount in sorted(value.items()))
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return value.isoformat() if isinstance(value, date) else str(value)


# ---------------------------------------------------------------- the table


def _rows(section: str, *rows: tuple[str, Kind, str] | Input) -> Iterable[Input]:
    for row in rows:
        if isinstance(row, Input):
            yield row
        else:
            name, kind, label = row
            high = _ONE if kind == "share" else Decimal(10**15)
            yield Input(name=name, label=label, kind=kind, section=section, high=high, choices=_CHOICES.get(name, ()))


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "task": get_args(u.Task),
    "data_class": get_args(u.DataClass),
    "sector": get_args(u.Sector),
    "customisation": get_args(u.Customisation),
    "distribution": get_args(u.Distribution),
    "profile": get_args(u.Profile),
    "regimes": tuple(r for r in get_args(u.Regime) if r != "none"),
    "modalities": ("text", "image", "audio", "video"),
    "essential": tuple(f"C{n}" for n in range(1, 11)),
}


def _bounded(name: str, label: str, section: str, low: str, high: str, kind: Kind = "number") -> Input:
    return Input(name=name, label=label, kind=kind, section=section, low=Decimal(low), high=Decimal(high))


_TABLE: tuple[Input, ...] = (
    *_rows(
        "Work",
        ("task", "choice", "Task"),
        ("modalities", "words", "What goes in"),
        ("languages", "words", "Languages"),
        _bounded("quality_floor", "Least capability (0 to 100)", "Work", "0", "100"),
        ("customisation", "choice", "Customisation"),
        ("trains_on_outputs", "yes_no", "Outputs will train other models"),
        ("distribution", "choice", "How it is offered"),
        ("offers_model_as_a_service", "yes_no", "Sells the model itself as a service"),
        ("military_use", "yes_no", "Military use"),
    ),
    *_rows(
        "Data and place",
        ("data_class", "choice", "Most sensitive data"),
        ("inference_in", "word", "Where inference must run"),
        ("no_foreign_jurisdiction", "yes_no", "No operator under foreign jurisdiction"),
        ("air_gap", "yes_no", "Air-gapped"),
        ("on_premises", "yes_no", "Own premises only"),
        ("accredited_cloud", "yes_no", "An accredited cloud is at hand"),
        ("transfer_basis", "yes_no", "Processing agreement and transfer basis"),
        ("sector", "choice", "Sector"),
        ("annex_iii", "word", "Annex III point of the EU AI Act"),
        ("prohibited_practice", "word", "Article 5 practice"),
        ("eu_exposure", "yes_no", "Users or output in the EU"),
        ("eu_seat", "yes_no", "Seat in the EU"),
        ("regimes", "words", "Other regimes"),
    ),
    *_rows(
        "Volume",
        ("requests_per_month", "number", "Requests a month"),
        ("tokens_in_per_request", "number", "Tokens in, a request"),
        ("tokens_out_per_request", "number", "Tokens out, a request"),
        ("reasoning_tokens_per_request", "number", "Hidden reasoning tokens, a request"),
        ("tokens_per_month", "number", "Tokens a month, in and out"),
        ("tokens_in_per_month", "number", "Tokens in, a month"),
        ("tokens_out_per_month", "number", "Tokens out, a month"),
        ("cached_share", "share", "Share of input read from cache"),
        ("batch_share", "share", "Share of requests that may wait a day"),
        _bounded("peak_factor", "Peak over average", "Volume", "1", "1000"),
        ("first_token_p95_s", "number", "First token within, seconds (p95)"),
        ("context_tokens", "number", "Longest prompt, tokens"),
        _bounded("availability_target", "Availability", "Volume", "0.5", "1", "share"),
    ),
    *_rows(
        "Organisation",
        ("mau", "number", "Monthly active users, all affiliates"),
        ("mau_on", "by_month", "Monthly active users in past months"),
        ("revenue_usd_per_month", "number", "Group revenue last month, USD"),
        ("revenue_usd_12_months", "number", "Group revenue over 12 months, USD"),
        _bounded("mlops_fte", "People to run models (FTE)", "Organisation", "0", "10000"),
        ("on_call", "yes_no", "On call around the clock"),
        ("own_gpus", "yes_no", "Own GPUs"),
        ("budget_usd_per_month", "number", "Budget, USD a month"),
        _bounded("horizon_months", "Horizon, months", "Organisation", "1", "240", "whole"),
        _bounded("forced_migration_months", "Forced migration notice, months", "Organisation", "0", "240", "whole"),
        ("exit_plan_required", "yes_no", "Exit plan required"),
        ("go_live", "date", "Goes live on"),
    ),
    *_rows(
        "Preferences",
        ("profile", "choice", "Profile of weights"),
        ("essential", "words", "Criteria that may not be traded away"),
        ("shortlist", "words", "Only these models"),
        ("asked_about", "words", "Asked about"),
        ("excluded_vendors", "words", "Excluded vendors"),
        ("excluded_origins", "words", "Excluded countries of origin"),
        ("excluded_hosts", "words", "Excluded countries of hosts"),
    ),
)  # fmt: skip
TABLE: Mapping[str, Input] = {row.name: row for row in _TABLE}
