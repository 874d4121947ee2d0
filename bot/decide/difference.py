"""What changed from one decision of a thread to the next: inputs, verdict, options, duties. Pure, on the reports."""

from bot.decide.report import ChangedInput, Changes, DecisionReport
from kb.decide.figures import significant

_MOST_NAMED = 4


def changes(before: DecisionReport, after: DecisionReport) -> Changes:
    """`says` tells the change in sentences, the inputs first."""
    inputs = _inputs(before, after)
    there, here = {o.id: o.label for o in before.options}, {o.id: o.label for o in after.options}
    gone = tuple(label for id_, label in there.items() if id_ not in here)
    back = tuple(label for id_, label in here.items() if id_ not in there)
    duties = [{f"{duty.article}: {duty.says}" for duty in report.duties} for report in (before, after)]
    made = Changes(
        since=before.id,
        inputs=inputs,
        verdict_before=before.verdict,
        best_before=_best(before),
        best_after=_best(after),
        no_longer_possible=gone,
        possible_again=back,
        duties_added=tuple(sorted(duties[1] - duties[0])),
        duties_gone=tuple(sorted(duties[0] - duties[1])),
    )
    return made.model_copy(update={"says": tuple(_says(made, before, after))})


def _inputs(before: DecisionReport, after: DecisionReport) -> tuple[ChangedInput, ...]:
    then, now = {row.name: row for row in before.inputs}, {row.name: row for row in after.inputs}
    found = []
    for name in dict.fromkeys([*now, *then]):
        was, is_ = then.get(name), now.get(name)
        if (was.value if was else "") == (is_.value if is_ else ""):
            continue
        known = is_ or was
        found.append(
            ChangedInput(
                name=name,
                label=known.label if known else name,
                before=was.value if was else "",
                after=is_.value if is_ else "",
                words=is_.words if is_ else "",
            )
        )
    return tuple(found)


def _best(report: DecisionReport) -> str:
    best = report.option(report.best)
    return best.label if best else ""


def _says(made: Changes, before: DecisionReport, after: DecisionReport) -> list[str]:
    said = [f"{row.label}: {row.before or 'not known'} → {row.after or 'not known'}." for row in made.inputs]
    said.append(_verdict(made, before, after))
    cost = _cost(made, before, after)
    said += [cost] if cost else []
    if made.no_longer_possible:
        said.append(f"No longer possible: {_named(made.no_longer_possible)}.")
    if made.possible_again:
        said.append(f"Possible now: {_named(made.possible_again)}.")
    if made.duties_added:
        said.append(f"Duties added: {len(made.duties_added)}.")
    if made.duties_gone:
        said.append(f"Duties that fall away: {len(made.duties_gone)}.")
    return said


def _verdict(made: Changes, before: DecisionReport, after: DecisionReport) -> str:
    if made.best_before == made.best_after:
        if not made.best_after:
            return "Still no option wins surely enough." if after.options else "No option is left."
        return f"The choice stays: {made.best_after} ({before.p_best:.0%} → {after.p_best:.0%} of the draws)."
    was, now = made.best_before or "no sure winner", made.best_after or "no sure winner"
    return f"The choice changes: {was} → {now}."


def _cost(made: Changes, before: DecisionReport, after: DecisionReport) -> str:
    was, now = before.option(before.best), after.option(after.best)
    if was is None or now is None or significant(was.cost.point) == significant(now.cost.point):
        return ""
    return f"Cost of the choice: {significant(was.cost.point):,f} → {significant(now.cost.point):,f} USD a month."


def _named(labels: tuple[str, ...]) -> str:
    more = len(labels) - _MOST_NAMED
    return "; ".join(labels[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
