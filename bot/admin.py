"""What admins do, whichever door they come through: checked, done and written to the audit log in one transaction.

    door -> (who is it? an `Actor`) -> Administration.<action> -> store + audit, all of it or nothing

A workspace's admins administer what is the workspace's own. What is shared by all (workspace NULL: the sources that
ship with Steelyard, what their text proposes) belongs to whoever runs Steelyard: the terminal, and the admins of the
one workspace where the process serves a single one (`Actor.shared`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from bot.pending import claim_of
from bot.preferences import (
    DIGEST,
    FOLLOW_UPS,
    GENERATOR,
    GENERATOR_TOKENS,
    RETENTION_DAYS,
    WORKSPACE,
    Days,
    Digest,
    Preferences,
    Tokens,
    channel,
)
from kb.errors import BadDataFile, BadInput, Conflict, NotFound
from kb.store import Store
from kb.types import Fact, SourceDraft, SourceRecord, Tier, Topic

MOST_IMPORTED = 500
COMPOSER = "composer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, in whose name. `workspace_id` None: the terminal. `shared`: may change what is shared by all."""

    name: str  # "slack:U01ALICE", "cli:ada"
    workspace_id: str | None
    shared: bool


def terminal(user: str, workspace_id: str | None = None) -> Actor:
    return Actor(name=f"cli:{user}", workspace_id=workspace_id, shared=True)


class SourceLists(Protocol):
    """OPML in and out."""

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds of source that can be read."""
        ...

    def read(self, data: bytes, name: str) -> tuple[list[SourceDraft], list[str]]:
        """The sources of a list, and what was left out with reasons. Raises BadDataFile."""
        ...

    def write(self, sources: Iterable[SourceRecord]) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Imported:
    added: tuple[SourceRecord, ...]
    known: tuple[str, ...]
    refused: tuple[str, ...]


class Administration:
    """Every action checks that the actor may, and leaves one row in the audit log."""

    def __init__(
        self,
        store: Store,
        lists: SourceLists,
        generators: Sequence[str],
        clock: Callable[[], datetime],
        *,
        sends_to: Mapping[str, str] = MappingProxyType({}),
        default_generator: str = COMPOSER,
    ) -> None:
        """`sends_to`: the other machine that a generator sends questions to, by its name."""
        self.store, self.sends_to, self._default_generator = store, sends_to, default_generator
        self.generators = (COMPOSER, *generators)
        self.now = clock
        self._lists = lists

    # ------------------------------------------------------------ sources

    def add_source(self, actor: Actor, draft: SourceDraft) -> SourceRecord:
        """Raises Conflict naming the source that reads the same address already."""
        self._check_kind(draft)
        if known := self.same_source(draft.url, actor.workspace_id):
            raise Conflict(f"{draft.url} is read already: {_named(known)}", hint=_way_back(known))
        with self.store.together():
            record = self.store.sources.add(draft, workspace_id=actor.workspace_id)
            self._note(actor, "source.add", _named(record), None, _brief(record))
        return record

    def same_source(self, url: str, workspace_id: str | None) -> SourceRecord | None:
        """The source that this workspace sees and that reads the same address, however it is spelled."""
        wanted = _spelled(url)
        sources = self.store.sources.list(workspace_id=workspace_id)
        return next((source for source in sources if _spelled(source.url) == wanted), None)

    def pause(self, actor: Actor, source_id: int) -> SourceRecord:
        return self._set_status(actor, source_id, "paused", reason="paused by an admin")

    def resume(self, actor: Actor, source_id: int) -> SourceRecord:
        return self._set_status(actor, source_id, "active")

    def remove(self, actor: Actor, source_id: int) -> SourceRecord:
        """It is read and found no more; what answers quoted from it stays quotable."""
        return self._set_status(actor, source_id, "removed")

    def set_worth(self, actor: Actor, source_id: int, *, topic: Topic, tier: Tier) -> SourceRecord:
        with self.store.together():
            before = self._own_source(actor, source_id)
            self.store.sources.set_worth(source_id, topic=topic, tier=tier)
            return self._noted(actor, "source.worth", before)

    def import_list(self, actor: Actor, data: bytes, name: str) -> Imported:
        """Add every feed of an OPML list that is not there yet. Raises BadInput where there is none in it."""
        drafts, refused = self._read_list(data, name)
        with self.store.together():
            known = {_spelled(source.url) for source in self.store.sources.list(workspace_id=actor.workspace_id)}
            fresh = [draft for draft in drafts if _spelled(draft.url) not in known]
            added = [self.store.sources.add(draft, workspace_id=actor.workspace_id) for draft in fresh]
            there = tuple(draft.url for draft in drafts if _spelled(draft.url) in known)
            after = {"added": [record.id for record in added], "known": len(there), "refused": len(refused)}
            self._note(actor, "source.import", name, None, after)
        return Imported(tuple(added), there, tuple(refused))

    def export_list(self, actor: Actor) -> tuple[bytes, int]:
        """What this workspace reads as OPML, and how many sources that is."""
        records = self.store.sources.list(workspace_id=actor.workspace_id)
        if not records:
            raise NotFound("there is no source to export")
        self._note(actor, "source.export", f"{len(records)} sources", None, {"sources": len(records)})
        return self._lists.write(records), len(records)

    def _read_list(self, data: bytes, name: str) -> tuple[list[SourceDraft], list[str]]:
        hint = "an OPML file lists feeds as <outline xmlUrl=...>"
        try:
            listed, refused = self._lists.read(data, name)
        except BadDataFile as error:
            raise BadInput(f"{name}: {error.problem}", hint=hint) from error
        drafts = [draft for draft in listed if draft.kind in self._lists.kinds]
        refused += [f"{d.url}: no kind of source is called {d.kind}" for d in listed if d.kind not in self._lists.kinds]
        if not drafts:
            raise BadInput(f"{name}: no feed in it", hint=hint)
        if len(drafts) > MOST_IMPORTED:
            raise BadInput(f"{name}: {len(drafts)} feeds; at most {MOST_IMPORTED} at once", hint="split the list")
        return drafts, refused

    def _check_kind(self, draft: SourceDraft) -> None:
        if draft.kind not in self._lists.kinds:
            raise BadInput(
                f"no kind of source is called {draft.kind!r}", hint=f"one of: {', '.join(self._lists.kinds)}"
            )

    def _set_status(self, actor: Actor, source_id: int, status: str, reason: str | None = None) -> SourceRecord:
        with self.store.together():
            before = self._own_source(actor, source_id)
            if before.status == status:
                raise Conflict(f"{_named(before)} is {status} already")
            self.store.sources.set_status(source_id, status, reason=reason)
            if status == "active":
                self.store.sources.refresh_now(source_id)
            return self._noted(actor, f"source.{_DEEDS[status]}", before)

    def _own_source(self, actor: Actor, source_id: int) -> SourceRecord:
        """The source, if this actor may change it. Another workspace's is not there at all."""
        record = self.store.sources.get(source_id, workspace_id=actor.workspace_id)
        if not may_change(actor, record):
            raise BadInput(
                f"{_named(record)} is shared by every workspace here",
                hint=f"whoever runs Steelyard changes it, with `steelyard sources pause {record.id}` and its like",
            )
        return record

    def _noted(self, actor: Actor, action: str, before: SourceRecord) -> SourceRecord:
        after = self.store.sources.get(before.id, workspace_id=actor.workspace_id)
        self._note(actor, action, _named(before), _brief(before), _brief(after))
        return after

    # ------------------------------------------------------------ proposals

    def approve(self, actor: Actor, fact_id: int, *, reconsider: bool = False) -> Fact:
        """An admin's word: the claim holds. Raises Conflict where somebody decided before (unless reconsidering)."""
        with self.store.together():
            fact, where = self._undecided(actor, fact_id, "approved", reconsider)
            self.store.proposals.approve(fact_id, actor=actor.name, workspace_id=where)
            self._note(actor, "proposal.approve", fact.statement, {"fact": fact_id}, {"value": fact.value})
        return fact

    def reject(self, actor: Actor, fact_id: int, *, why: str = "", reconsider: bool = False) -> Fact:
        """The claim does not hold, whoever states it."""
        with self.store.together():
            fact, where = self._undecided(actor, fact_id, "rejected", reconsider)
            claim = claim_of(self.store, fact_id, self.now().date(), workspace_id=actor.workspace_id)
            ids = [one.id for one in claim.facts] if claim else [fact_id]
            for one in ids:
                self.store.proposals.reject(one, actor=actor.name, why=why, workspace_id=where)
            self._note(actor, "proposal.reject", fact.statement, {"facts": ids}, {"why": why})
        return fact

    def _undecided(self, actor: Actor, fact_id: int, kind: str, reconsider: bool) -> tuple[Fact, str | None]:
        """The fact, and for whom the word will count: an actor of the shared decides for everybody."""
        word = self.store.proposals.last_word(fact_id, workspace_id=actor.workspace_id)
        fact = self.store.facts.get(fact_id, workspace_id=actor.workspace_id)
        if word.kind != "proposed" and not (reconsider and (word.kind != kind or word.actor in _NOBODIES)):
            who = _NOBODIES.get(word.actor, f"by {word.actor}")
            raise Conflict(f"This was decided already: {word.kind} {who} on {word.at:%Y-%m-%d}.")
        return fact, fact.workspace_id if actor.shared else actor.workspace_id

    # ------------------------------------------------------------ preferences

    def set_generator(self, actor: Actor, name: str | None, *, channel_id: str = "") -> None:
        """For a channel, else for the whole workspace; None: what is configured."""
        if name is not None and name not in self.generators:
            raise BadInput(f"no generator is called {name!r}", hint=f"one of: {', '.join(self.generators)}")
        self._prefer(actor, GENERATOR, name, channel_id)

    def set_generator_tokens(self, actor: Actor, tokens: int | None) -> None:
        """The most that this workspace's answers may use a day; None: what whoever runs Steelyard allows."""
        try:
            kept = None if tokens is None else TypeAdapter(Tokens).validate_python(tokens)
        except ValidationError as error:
            raise BadInput(f"{tokens} tokens are no budget for a day", hint="1000 or more") from error
        self._prefer(actor, GENERATOR_TOKENS, kept, "")

    def leaving(self, name: str | None) -> str:
        """What leaves this machine where that generator words the answers; None: the one that is configured."""
        host = self.sends_to.get(name or self._default_generator)
        return f"the text of each question and its evidence leaves this machine for {host}" if host else ""

    def set_digest(self, actor: Actor, channel_id: str, digest: Digest) -> None:
        self._prefer(actor, DIGEST, digest, channel_id)

    def set_retention(self, actor: Actor, days: int | None) -> None:
        """Days that questions and answers are kept; None: for good."""
        try:
            kept = None if days is None else TypeAdapter(Days).validate_python(days)
        except ValidationError as error:
            raise BadInput(f"{days} days cannot be kept to", hint="a number of days from 7 to 3650") from error
        self._prefer(actor, RETENTION_DAYS, kept, "")

    def set_follow_ups(self, actor: Actor, on: bool | None, *, channel_id: str = "") -> None:
        self._prefer(actor, FOLLOW_UPS, on, channel_id)

    def _prefer(self, actor: Actor, key: str, value: object, channel_id: str) -> None:
        scope = channel(channel_id) if channel_id else WORKSPACE
        chosen = Preferences(self.store.settings, actor.workspace_id)
        with self.store.together():
            before = self.store.settings.get(scope, key, workspace_id=actor.workspace_id)
            chosen.put(scope, key, value)
            after = self.store.settings.get(scope, key, workspace_id=actor.workspace_id)
            self._note(actor, f"{key}.set", scope, {"value": before}, {"value": after})

    def _note(
        self,
        actor: Actor,
        action: str,
        subject: str,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> None:
        self.store.audit.add(actor.workspace_id, actor.name, action, subject, before, after)


_DEEDS = {"active": "resume", "paused": "pause", "removed": "remove"}
_NOBODIES = {
    "agreement": "because a second independent source says the same",
    "patterns": "because its source does not say so any more",
}


def may_change(actor: Actor, record: SourceRecord) -> bool:
    return record.workspace_id == actor.workspace_id or (record.workspace_id is None and actor.shared)


def _named(record: SourceRecord) -> str:
    return f"source {record.id} ({record.title or record.url})"


def _brief(record: SourceRecord) -> dict[str, object]:
    return {"url": record.url, "status": record.status, "topic": str(record.topic), "tier": int(record.tier)}


def _way_back(record: SourceRecord) -> str:
    return f"it is paused; resume source {record.id}" if record.status == "paused" else ""


def _spelled(url: str) -> str:
    """An address without what makes no difference: scheme, www, a trailing slash."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower().removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return url
    return f"{host}{port}{parts.path.rstrip('/')}{f'?{parts.query}' if parts.query else ''}"
