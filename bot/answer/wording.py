"""Who words an answer: chosen by the asker, the channel, the workspace or the settings, within a budget.

    choose -> Choice -> reword -> Worded

A generator that cannot be asked, fails or has spent its budget leaves the composed sentences, and a note that says why.
Only one that somebody names for this very question raises what is wrong with it.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.answer.prompt import word_prompt
from bot.answer.values import Line
from bot.answer.word import Reply, reworded
from bot.generate import Generator, Limits, configured
from bot.generate.account import Accounts, lower
from bot.preferences import Preferences
from kb.errors import (
    BadInput,
    BudgetSpent,
    ConfigurationError,
    GenerationError,
    GeneratorBusy,
    PromptTooLong,
    SteelyardError,
)
from kb.settings import Settings
from kb.store import Store
from kb.types import DayBudget

log = structlog.get_logger("steelyard.word")
COMPOSER = "composer"
MAX_TOKENS = 1200
Generators = Mapping[str, Generator] | Callable[[str], Generator]


@dataclass(frozen=True, slots=True)
class Choice:
    """`generator` None: sentences stay as composed. `note`: why, where somebody chose otherwise."""

    name: str
    generator: Generator | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Worded:
    """New words by the index of their line. `sent_to`: the other machine that read the question; empty: none."""

    by: str
    texts: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sent_to: str = ""


class Wording:
    def __init__(
        self, store: Store, generators: Generators, settings: Settings | None, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._generators, self._clock = store, generators, clock
        self._settings = settings
        self._default = settings.generator if settings else COMPOSER
        self._accounts = Accounts(store)

    def choose(self, asked: str | None, workspace_id: str | None, channel: str) -> Choice:
        """`asked`: for this question alone; raises what is wrong with it."""
        name = asked or self._preferred(workspace_id, channel) or self._default
        if name == COMPOSER:
            return Choice(COMPOSER)
        try:
            return Choice(name, self._made(name))
        except (ConfigurationError, BadInput) as error:
            if asked:
                raise
            log.error("generator cannot be asked; composed sentences stand", generator=name, error=str(error))
            return Choice(COMPOSER, None, _note(name, error))

    def reword(
        self,
        choice: Choice,
        question: str,
        lines: Sequence[Line],
        *,
        workspace_id: str | None,
        channel: str,
        cancel: threading.Event,
    ) -> Worded:
        if choice.generator is None or not lines:
            return Worded(choice.name, notes=(choice.note,) if choice.note else ())
        prompt, limits = word_prompt(question, lines), self._limits()
        try:
            account = self._accounts.open(
                choice.generator,
                prompt,
                limits.max_tokens,
                budget=self._budget(workspace_id),
                now=self._clock(),
                workspace_id=workspace_id,
                channel=channel,
            )
        except BudgetSpent as error:
            log.info("no budget; composed sentences stand", generator=choice.name, reason=str(error))
            return Worded(COMPOSER, notes=(_note(choice.name, error),))
        reply = reworded(lines, choice.generator, prompt, limits=limits, cancel=cancel)
        account.close(outcome_of(reply), reply.usage, reply.characters, answered=_answered(reply))
        notes = (_note(choice.name, reply.trouble),) if reply.trouble else ()
        return Worded(choice.name, reply.texts, notes, choice.generator.goes_to)

    def _preferred(self, workspace_id: str | None, channel: str) -> str | None:
        """What the channel or its workspace chose, if that is set up on this machine."""
        name = Preferences(self._store.settings, workspace_id).generator(channel)
        return name if name in (COMPOSER, *self._offered()) else None

    def _offered(self) -> tuple[str, ...]:
        """The names that somebody may choose."""
        if not callable(self._generators):
            return tuple(self._generators)
        return configured(self._settings) if self._settings else ()

    def _made(self, name: str) -> Generator:
        if callable(self._generators):
            return self._generators(name)
        if name not in self._generators:
            known = ", ".join([COMPOSER, *self._generators])
            raise BadInput(f"no generator is called {name!r}", hint=f"one of: {known}")
        return self._generators[name]

    def _limits(self) -> Limits:
        if self._settings is None:
            return Limits(max_tokens=MAX_TOKENS, timeout_s=20.0)
        chosen = self._settings
        return Limits(
            max_tokens=MAX_TOKENS,
            timeout_s=chosen.generator_timeout_s,
            connect_s=chosen.generator_connect_s,
            silence_s=chosen.generator_silence_s,
        )

    def _budget(self, workspace_id: str | None) -> DayBudget:
        """What whoever runs Steelyard allows, or less where the workspace's admins say so."""
        own = Preferences(self._store.settings, workspace_id).generator_tokens()
        return day_budget(self._settings, own)


def day_budget(settings: Settings | None, own_tokens: int | None) -> DayBudget:
    """Of a workspace whose admins said `own_tokens`."""
    if settings is None:
        return DayBudget(tokens=own_tokens or 0)
    return DayBudget(
        tokens=lower(settings.generator_day_tokens, own_tokens),
        usd=settings.generator_day_usd,
        usd_in_all=settings.generator_day_usd_in_all,
    )


def outcome_of(reply: Reply) -> str:
    """In a word, for the account."""
    if reply.trouble is not None:
        return type(reply.trouble).__name__
    return "cut" if reply.usage and reply.usage.cut else "done"


def _answered(reply: Reply) -> bool:
    """Whether tokens were used: an error in place of an answer is not billed."""
    unbilled = (ConfigurationError, GeneratorBusy, PromptTooLong)
    return bool(reply.characters or reply.usage) or not isinstance(reply.trouble, unbilled)


def _note(name: str, error: SteelyardError) -> str:
    """Quiet, and without what a server said: that is in the log."""
    if isinstance(error, BudgetSpent):
        return f"Not reworded by {name}: {error}."
    if isinstance(error, GenerationError):
        return f"{name.capitalize()} did not finish, so sentences stand as composed."
    return f"Not reworded by {name}: it is not set up as it should be; `steelyard doctor` says more."
