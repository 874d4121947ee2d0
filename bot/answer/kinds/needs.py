"""What a model must take in: modalities and context asked for, against what is known of each model."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bot.answer.kinds import hardware
from bot.answer.kinds.common import Case, say_all
from bot.answer.text import listed as and_list
from bot.answer.text import number
from bot.answer.values import Evidence, Line


def requirements(case: Case) -> list[Line]:
    """Models against the asked modalities and context: those that meet all, come near, or are text only."""
    asked = case.read.use_case.modalities
    context = case.read.use_case.amounts.get("context_tokens")
    if not asked and not context:
        return []
    need = context.value if context else None
    scored = sorted(_scored(case, asked, need), key=lambda row: row[0], reverse=True)
    full = [m for s, m in scored if s[0] == len(asked) and s[1]]
    near = [m for s, m in scored if m not in full and s[0] > 0]
    near = few_a_maker(case, prominent(case, near))
    near.sort(key=lambda m: (not is_open(case, m), -len(set(asked) & takes(case, m))))
    text_only = [
        m for m in prominent(case, case.book.subjects("model:")) if is_open(case, m) and takes(case, m) == {"text"}
    ]
    lines = _requirement_lines(case, full[:3], "Meets what you asked for")
    lines += _requirement_lines(case, near[:5], "Meets a part of it")
    lines += (
        listed(case, text_only[:12], "modalities_in", "These open models take in text only", "Text only")
        if asked
        else []
    )
    return lines + _long_context_prices(case, [*full[:4], *near[:5]])


def _scored(case: Case, asked: Sequence[str], need: Decimal | None) -> list[tuple[tuple[int, bool, date], str]]:
    rows = []
    for model in case.book.subjects("model:"):
        inputs = takes(case, model)
        if not inputs:
            continue
        tokens = window(case, model)
        rows.append(
            (
                (
                    len(set(asked) & inputs),
                    need is None or bool(tokens and tokens >= need * Decimal("0.95")),
                    released(case, model),
                ),
                model,
            )
        )
    return rows


def takes(case: Case, model: str) -> set[str]:
    view = case.book.one(model, "modalities_in")
    return {p.strip().lower() for p in view.fact.value.split(",")} if view else set()


def window(case: Case, model: str) -> Decimal | None:
    view = case.book.one(model, "context_tokens")
    return number(view.fact.value) if view else None


def is_open(case: Case, model: str) -> bool:
    view = case.book.one(model, "openness")
    return bool(view and view.fact.value == "open-weight")


def released(case: Case, model: str) -> date:
    view = case.book.one(model, "released")
    return date.fromisoformat(view.fact.value) if view else date.min


def newest(case: Case, models: Sequence[str]) -> list[str]:
    return sorted(models, key=lambda m: released(case, m), reverse=True)


def prominent(case: Case, models: Sequence[str]) -> list[str]:
    """Those on which most is known and which most sellers offer, the newer first among equals."""
    return sorted(
        models, key=lambda m: (len(case.book.of(m)) + 2 * len(case.book.offers_of(m)), released(case, m)), reverse=True
    )


def few_a_maker(case: Case, models: Sequence[str], most: int = 2) -> list[str]:
    """No more than two models of one developer: the reader wants the field, not a catalogue."""
    seen: dict[str | None, int] = {}
    kept = []
    for model in models:
        maker = case.book.vendor_of(model)
        seen[maker] = seen.get(maker, 0) + 1
        if seen[maker] <= most:
            kept.append(model)
    return kept


def listed(case: Case, models: Sequence[str], field: str, opening: str, section: str) -> list[Line]:
    """One sentence for many models that say the same of a field."""
    views = [v for m in models for v in case.book.of(m, field)[:1]]
    if not views:
        return []
    names = and_list([case.book.display(v.fact.subject) for v in views])
    return [Line(f"{opening}: {names}.", tuple(Evidence(v) for v in views), section=section, literal=True)]


def _requirement_lines(case: Case, models: Sequence[str], section: str) -> list[Line]:
    """One sentence or two a model, on one line."""
    lines: list[Line] = []
    for model in models:
        views = [v for f in ("modalities_in", "context_tokens") for v in case.book.of(model, f)[:1]]
        if views:
            text = " ".join(v.fact.statement.strip() for v in views)
            lines.append(Line(text, tuple(Evidence(v) for v in views), section=section, literal=True))
    return lines


def _long_context_prices(case: Case, models: Sequence[str]) -> list[Line]:
    tiered = [
        v
        for m in models
        for o in case.book.offers_of(m)
        for v in case.book.of(o, "price_input")
        if v.fact.qualifiers.get("context")
    ]
    return say_all(tiered[:2], "Long-context price tiers")


def size_of(case: Case, model: str) -> Decimal | None:
    view = hardware.weights_of(case, model)
    return number(view.fact.value) if view else None
