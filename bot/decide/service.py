"""From a use case to a decision on record: the room between the store and the pure engine.

facts as of a day -> market (options, law) -> duties -> engine -> report -> record
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from bot.decide.build import About, build_report
from bot.decide.curves import Curves, curves
from bot.decide.difference import changes
from bot.decide.market import Markets
from bot.decide.report import DecisionReport
from bot.decide.snapshot import Inputs, pack, pack_use_case, unpack, unpack_use_case
from kb.decide.engine import ENGINE_VERSION, decide
from kb.decide.types import Decision, Option
from kb.decide.use_case import UseCase
from kb.errors import BadInput
from kb.facts.view import view
from kb.store import Store
from kb.store.decisions import DecisionDraft, DecisionRecord
from kb.types import FactQuery, FactView, utc_now

SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a decision was asked for; its thread keeps the use case."""

    door: str = "cli"
    channel: str = ""
    thread: str = ""
    user: str = ""
    workspace_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a thread has settled: the use case as said, and the report it led to."""

    use_case: UseCase
    report: DecisionReport


def decision_in(body: Mapping[str, object]) -> int | None:
    """The record that a stored answer carries or names."""
    decision = body.get("decision")
    found = decision.get("id") if isinstance(decision, Mapping) else None
    return found if isinstance(found, int) else None


class Decider:
    """Decides use cases on what is known on a day, and keeps the record. Safe to share between threads."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = utc_now) -> None:
        self._store, self._clock = store, clock
        self._markets = Markets()

    def warm(self, views: Sequence[FactView], as_of: date) -> None:
        """Do what the first decision on these facts would otherwise wait for."""
        market = self._markets.of(views, as_of)
        weigh(UseCase(mlops_fte=Decimal(1)), market.inputs(UseCase()), as_of=as_of, seed=SEED)
        len(market.packed)

    def decide(
        self,
        use_case: UseCase,
        *,
        question: str,
        as_of: date | None = None,
        seed: int = SEED,
        place: Place | None = None,
        owner: str = "",
        review_on: date | None = None,
        save: bool = True,
        before: DecisionReport | None = None,
        views: Sequence[FactView] | None = None,
    ) -> DecisionReport:
        """Weigh the use case as of a day (today). `before`: an earlier decision, to tell the difference from.

        `views`: the facts of that day, where the caller has them at hand.
        """
        place = place or Place()
        day = as_of or self.today()
        known = self.views(day, workspace_id=place.workspace_id) if views is None else views
        market = self._markets.of(known, day)
        inputs = market.inputs(use_case)
        use_case = versions_named(use_case, inputs.options)
        decision = weigh(use_case, inputs, as_of=day, seed=seed)
        report = build_report(decision, About(question=question, owner=owner, review_on=review_on))
        if before is not None:
            report = report.model_copy(update={"changes": changes(before, report)})
        if not save:
            return report
        draft = _draft(use_case, inputs, report, place, pack(inputs, market.shared, market.packed))
        return report.model_copy(update={"id": self._store.decisions.add(draft)})

    def today(self) -> date:
        return self._clock().date()

    def views(self, as_of: date, *, workspace_id: str | None = None) -> list[FactView]:
        facts, events = self._store.facts.followed(workspace_id=workspace_id)
        return view(facts, events, as_of=as_of, today=self.today())

    def earlier(self, place: Place) -> Earlier | None:
        """The latest decision of a thread."""
        if not place.thread:
            return None
        found = self._store.decisions.in_thread(
            place.door, place.channel, place.thread, workspace_id=place.workspace_id
        )
        return Earlier(use_case=unpack_use_case(found[-1].use_case), report=report_of(found[-1])) if found else None

    def interrupted(self, place: Place, question: str, as_of: date) -> DecisionReport | None:
        """The decision of this very question, where a crash came between its record and its answer.

        Taking it up again keeps one record for one question, and a thread that tripled its volume from tripling twice.
        """
        if not place.thread:
            return None
        here = (place.door, place.channel, place.thread)
        found = self._store.decisions.in_thread(*here, workspace_id=place.workspace_id)[-1:]
        if not found or (found[0].question, found[0].as_of, found[0].engine_version) != (
            question,
            as_of,
            ENGINE_VERSION,
        ):
            return None
        answers = self._store.answers.in_thread(*here, workspace_id=place.workspace_id)
        told = {decision_in(answer.body) for answer in answers}
        return None if found[0].id in told else report_of(found[0])

    def record(self, decision_id: int, *, workspace_id: str | None = None) -> DecisionRecord:
        return self._store.decisions.get(decision_id, workspace_id=workspace_id)

    def records(self, *, workspace_id: str | None = None, limit: int = 50) -> list[DecisionRecord]:
        """The newest first, without their inputs."""
        return self._store.decisions.list(workspace_id=workspace_id, limit=limit)

    def curves(self, decision_id: int, *, workspace_id: str | None = None) -> Curves | None:
        """The lines of a recorded decision's chart, from its own inputs; None where no option was left."""
        return curves(replay(self.record(decision_id, workspace_id=workspace_id)))


def model_names(views: Iterable[FactView]) -> dict[str, str]:
    """Names and aliases of models with their slugs, for the parser's shortlist."""
    found: dict[str, str] = {}
    for seen in views:
        subject = seen.fact.subject
        if subject.startswith("model:") and seen.fact.field in ("name", "alias"):
            found.setdefault(seen.fact.value, subject.removeprefix("model:"))
    return found


def versions_named(use_case: UseCase, options: Iterable[Option]) -> UseCase:
    """Where a family is named ("llama-4"), its versions that are on offer are meant."""
    slugs = {option.model.slug for option in options}

    def meant(names: frozenset[str]) -> frozenset[str]:
        found: set[str] = set()
        for name in names:
            family = {slug for slug in slugs if slug.startswith(f"{name}-")}
            found |= {name} if name in slugs or not family else family
        return frozenset(found)

    return replace(use_case, shortlist=meant(use_case.shortlist), asked_about=meant(use_case.asked_about))


def weigh(use_case: UseCase, inputs: Inputs, *, as_of: date, seed: int) -> Decision:
    """The engine's verdict. Where a shortlist leaves nothing, what would be chosen beyond it is weighed and said."""
    run = partial(decide, options=inputs.options, as_of=as_of, seed=seed, duties=inputs.duties, cited=inputs.cited)
    decision = run(use_case)
    if decision.assessed or not decision.eliminated or not use_case.shortlist:
        return decision
    beyond = run(replace(use_case, shortlist=frozenset()))
    names = ", ".join(sorted(use_case.shortlist))
    said = f"Nothing on your shortlist ({names}) is left. Beyond it: {beyond.verdict}"
    if not beyond.assessed:
        return replace(decision, verdict=said, questions=beyond.questions)
    set_aside = f"the shortlist ({names}) is set aside, since nothing on it is left"
    return replace(beyond, verdict=said, assumptions=(set_aside, *beyond.assumptions))


def replay(record: DecisionRecord) -> Decision:
    """The decision again, from its own inputs alone; only the engine that made it can."""
    if record.engine_version != ENGINE_VERSION:
        raise BadInput(
            f"decision {record.id} was made by engine {record.engine_version}, this is {ENGINE_VERSION}",
            hint="its figures are in the record; to compute them again, install the version that made it",
        )
    inputs = unpack(record.inputs)
    return weigh(unpack_use_case(record.use_case), inputs, as_of=record.as_of, seed=record.seed)


def report_of(record: DecisionRecord) -> DecisionReport:
    """The report as it was published."""
    return DecisionReport.model_validate({**record.verdict, "id": record.id})


def differing(record: DecisionRecord) -> list[str]:
    """The published fields that come out differently when the decision is computed again; none is expected."""
    published = report_of(record)
    about = About(question=record.question, owner=record.owner, review_on=record.review_on)
    again = build_report(replay(record), about).model_copy(update={"id": record.id, "changes": published.changes})
    return [name for name in DecisionReport.model_fields if getattr(published, name) != getattr(again, name)]


def _stands_on(inputs: Inputs) -> tuple[FactQuery, ...]:
    """Patterns, not subjects: a new cheaper offer is a change too."""
    pairs = {(f"{fact.subject.partition(':')[0]}:*", fact.field) for fact in inputs.facts}
    return tuple(FactQuery(subject_pattern=pattern, field=field) for pattern, field in sorted(pairs))


def _draft(
    use_case: UseCase, inputs: Inputs, report: DecisionReport, place: Place, snapshot: dict[str, object]
) -> DecisionDraft:
    return DecisionDraft(
        question=report.question,
        engine_version=report.engine_version,
        seed=report.seed,
        as_of=report.as_of,
        use_case=pack_use_case(use_case),
        inputs=snapshot,
        verdict=report.model_dump(mode="json"),
        stands_on=_stands_on(inputs),
        workspace_id=place.workspace_id,
        door=place.door,
        channel=place.channel,
        thread=place.thread,
        user=place.user,
        owner=report.owner,
        review_on=report.review_on,
    )
