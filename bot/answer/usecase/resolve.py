"""From findings to one value per input: the only place where they are weighed against each other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.answer.usecase.found import Act, Found
from bot.answer.usecase.geography import in_eu
from kb.decide.use_case import Origin, UseCase

_SETS = frozenset(
    {
        "modalities",
        "languages",
        "excluded_vendors",
        "excluded_origins",
        "excluded_hosts",
        "shortlist",
        "regimes",
        "essential",
    }
)
_GROWING = frozenset({"excluded_vendors", "excluded_origins", "excluded_hosts", "regimes"})  # over a thread
_MORE = frozenset({"languages", "modalities"})  # where a turn says "plus", "also"
_STRICTEST = {
    "data_class": ("classified", "special_category", "personal", "confidential", "internal", "public"),
    "customisation": ("full", "distil", "lora", "prompt", "none"),
    "distribution": ("maas", "redistribute", "on_device", "saas", "internal"),
}
_BEFORE = {"sector": {"defence": 0, "public": 2}, "task": {"agent": 2}}  # else 1; then the first said
_FIRST = frozenset({"sector", "task", "annex_iii", "prohibited_practice"})
_UNSET: Mapping[str, object] = {name: getattr(UseCase(), name) for name in (*_SETS, "mau_on")}


def resolve(findings: Iterable[Found], base: UseCase, *, adds: bool = False, plus: bool = False) -> UseCase:
    """`base` with the findings of one message; what was not taken is remarked."""
    by_name: dict[str, list[Found]] = defaultdict(list)
    for one in findings:
        by_name[one.name].append(one)
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = dict(base.origins)
    remarks: dict[str, str] = dict(base.remarks)
    for name, group in by_name.items():
        stated = _outer([f for f in group if f.act is Act.SET])
        value, chosen = _weigh(name, stated)
        if chosen:
            values[name] = _joined(name, value, base, adds=adds, plus=plus)
            origins[name] = _origin(chosen)
            remarks.pop(name, None)
        elif stated:
            remarks[name] = "; ".join(f'"{f.words}"' for f in stated) + ": contradictory, not taken"
        _unmake(name, group, base, values, origins)
        if name not in values:
            _remark(remarks, name, group)
    return replace(base, **values, origins=origins, remarks=remarks)


def _remark(remarks: dict[str, str], name: str, group: list[Found]) -> None:
    for one in (f for f in group if f.act is Act.REMARK):
        remarks[name] = f'"{one.words}": {one.assumption}'


def _outer(group: list[Found]) -> list[Found]:
    """Without what lies inside a longer finding ("1.5k in" inside "1.5k in / 300 out"), and derived only if alone."""
    stated = [f for f in group if not f.derived] or group
    return [f for f in stated if not any(_covers(g, f) for g in stated)]


def _covers(outer: Found, inner: Found) -> bool:
    wider = outer.end - outer.start > inner.end - inner.start
    return wider and outer.start <= inner.start and inner.end <= outer.end and outer.value != inner.value


def _weigh(name: str, group: list[Found]) -> tuple[Any, list[Found]]:
    if not group:
        return None, []
    if name in _SETS:
        return frozenset().union(*(f.value for f in group)), group  # type: ignore[arg-type]
    if name == "mau_on":
        return {k: v for f in group for k, v in f.value.items()}, group  # type: ignore[attr-defined]
    pick = _PICKS.get(name) or (_first if name in _FIRST else _agreed)
    chosen = pick(name, group)
    return (chosen.value, [chosen]) if chosen else (None, [])


def _first(name: str, group: list[Found]) -> Found:
    order = _BEFORE.get(name, {})
    return min(group, key=lambda f: (order.get(str(f.value), 1), f.start))


def _strictest(name: str, group: list[Found]) -> Found:
    return min(group, key=lambda f: (_STRICTEST[name].index(str(f.value)), f.start))


def _agreed(_name: str, group: list[Found]) -> Found | None:
    """One value, said once or more often; two different ones are none."""
    return group[0] if all(f.value == group[0].value for f in group) else None


def _narrowest(_name: str, group: list[Found]) -> Found | None:
    """A member state within "the EU"; two countries are none."""
    countries = [f for f in group if f.value != "eu"]
    if countries and len(countries) < len(group) and not all(in_eu(str(f.value)) for f in countries):
        return None
    return _agreed(_name, countries or group)


def _any(_name: str, group: list[Found]) -> Found:
    return next((f for f in group if f.value is True), group[0])


_PICKS: Mapping[str, Callable[[str, list[Found]], Found | None]] = {
    **dict.fromkeys(_STRICTEST, _strictest),
    "inference_in": _narrowest,
    "eu_exposure": _any,
}


def _joined(name: str, value: Any, base: UseCase, *, adds: bool, plus: bool) -> Any:
    """Exclusions and regimes grow over a thread; a shortlist does when the turn adds to it."""
    if name in _GROWING or (name == "shortlist" and adds):
        return getattr(base, name) | value
    if name in _MORE and plus:
        return (getattr(base, name) or frozenset()) | value
    return {**base.mau_on, **value} if name == "mau_on" else value


def _origin(chosen: list[Found]) -> Origin:
    words = ", ".join(dict.fromkeys(f.words for f in sorted(chosen, key=lambda f: f.start)))
    assumption = "; ".join(dict.fromkeys(f.assumption for f in chosen if f.assumption))
    return Origin(kind="derived" if all(f.derived for f in chosen) else "stated", words=words, assumption=assumption)


def _unmake(name: str, group: list[Found], base: UseCase, values: dict[str, Any], origins: dict[str, Origin]) -> None:
    """Take members out, or make an input unknown again, unless this message also states it."""
    cleared = [f for f in group if f.act is Act.CLEAR and (name != "data_class" or f.value == base.data_class)]
    if name not in values and cleared:
        values[name] = _UNSET.get(name)
        origins.pop(name, None)
    for one in (f for f in group if f.act is Act.REMOVE):
        taken: Any = one.value
        left = (values.get(name, getattr(base, name)) or frozenset()) - taken
        values[name] = left or _UNSET[name]
        if not left:
            origins.pop(name, None)
