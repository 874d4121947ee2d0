"""A mutated body changes exactly the facts that it should: for every kind, against what the bare JSON says."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.facts.view import view
from kb.types import Status, Tier, Topic
from tests.ingest.conftest import World, make_settings
from tests.servers import ReplayServer

Row = dict[str, Any]
Said = Mapping[tuple[str, ...], str]  # (record, field ...) -> value


@dataclass(frozen=True)
class Shape:
    """One API: its body, what a record says in bare JSON, a record by number, and the fields that say something."""

    pack: Callable[[Mapping[str, Row]], Any]
    told: Callable[[str, Row], Iterator[tuple[tuple[str, ...], str]]]
    made: Callable[[int], Row]
    turn: Callable[[Row, int], Row]  # another value in a field that is a fact
    idle: Callable[[Row, int], Row]  # another value in a field that is none


def dollars(value: object) -> str:
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# ---------------------------------------------------------------- the shapes


def openrouter() -> Shape:
    def told(name: str, row: Row) -> Iterator[tuple[tuple[str, ...], str]]:
        for theirs, ours in (("prompt", "price_input"), ("completion", "price_output")):
            if Decimal(row["pricing"][theirs]) > 0:
                yield (name, ours), dollars(Decimal(row["pricing"][theirs]) * 10**6)
        yield (name, "context_tokens"), str(row["context_length"])
        if row["expiration_date"]:
            yield (name, "deprecated_on"), row["expiration_date"]

    def made(n: int) -> Row:
        price = {"prompt": f"0.0000{n + 1:03}", "completion": "0" if n % 4 == 0 else "0.000002"}
        return {
            "pricing": price,
            "context_length": 8192 * (n + 1),
            "expiration_date": None,
            "created": 1,
            "description": "d",
        }

    def turn(row: Row, n: int) -> Row:
        choices: list[Row] = [
            {"pricing": row["pricing"] | {"prompt": f"0.00000{n + 1}"}},
            {"pricing": row["pricing"] | {"completion": "0"}},
            {"context_length": 1000 + n},
            {"expiration_date": f"2027-01-{n % 28 + 1:02}"},
            {"expiration_date": None},
        ]
        return row | choices[n % 5]

    def idle(row: Row, n: int) -> Row:
        return row | {"description": f"described {n}", "top_provider": {"max_completion_tokens": n}}

    return Shape(lambda rows: {"data": [{"id": f"acme/{k}", **r} for k, r in rows.items()]}, told, made, turn, idle)


def hub() -> Shape:
    tags = ("mit", "apache-2.0", "gemma", "other")
    named = {"gemma": "gemma-tou"}

    def told(name: str, row: Row) -> Iterator[tuple[tuple[str, ...], str]]:
        tag = row["tags"][-1].removeprefix("license:")
        if tag != "other":
            yield (name, "licence"), named.get(tag, tag)
        yield (name, "gated"), {False: "no", "auto": "automatic", "manual": "manual"}[row["gated"]]
        yield (name, "revision"), row["sha"]
        yield (name, "openness"), "open-weight"

    def made(n: int) -> Row:
        tag = f"license:{tags[n % 4]}"
        return {
            "tags": ["safetensors", tag],
            "gated": False,
            "sha": f"a{n:039x}",
            "downloads": n,
            "createdAt": "2026-01-01",
        }

    def turn(row: Row, n: int) -> Row:
        choices: list[Row] = [
            {"tags": ["safetensors", f"license:{tags[n // 3 % 4]}"]},
            {"gated": (False, "auto", "manual")[n // 3 % 3]},
            {"sha": f"b{n:039x}"},
        ]
        return row | choices[n % 3]

    def idle(row: Row, n: int) -> Row:
        return row | {"downloads": n, "likes": n, "library_name": f"lib{n}"}

    return Shape(lambda rows: [{"id": f"acme/{k}", **r} for k, r in rows.items()], told, made, turn, idle)


def llmfit() -> Shape:
    tags = ("mit", "llama3.1", None, "other")

    def told(name: str, row: Row) -> Iterator[tuple[tuple[str, ...], str]]:
        if row["license"] in ("mit", "llama3.1"):
            yield (name, "licence"), {"mit": "mit", "llama3.1": "llama-3.1"}[row["license"]]

    return Shape(
        lambda rows: [{"name": f"acme/{k}", **r} for k, r in rows.items()],
        told,
        lambda n: {"license": tags[n % 2], "hf_likes": n, "context_length": 4096},
        lambda row, n: row | {"license": tags[n % 4]},
        lambda row, n: row | {"hf_likes": n, "hf_downloads": n, "use_case": f"use {n}"},
    )


def models_dev() -> Shape:
    def told(name: str, row: Row) -> Iterator[tuple[tuple[str, ...], str]]:
        for theirs, ours in (("input", "price_input"), ("output", "price_output")):
            if row["cost"][theirs] > 0:
                yield (name, ours), dollars(row["cost"][theirs])
        yield (name, "context_tokens"), str(row["limit"]["context"])
        yield (name, "openness"), "open-weight" if row["open_weights"] else "closed"

    def made(n: int) -> Row:
        return {
            "cost": {"input": n, "output": 2.5},
            "limit": {"context": 4096 + n, "output": 5},
            "open_weights": n % 2 == 0,
        }

    def turn(row: Row, n: int) -> Row:
        choices: list[Row] = [
            {"cost": row["cost"] | {"input": n / 8}},
            {"limit": row["limit"] | {"context": 5000 + n}},
            {"open_weights": not row["open_weights"]},
        ]
        return row | choices[n % 3]

    def idle(row: Row, n: int) -> Row:
        return row | {"limit": row["limit"] | {"output": n}, "release_date": "2026-01", "status": "beta"}

    return Shape(lambda rows: {"acme": {"id": "acme", "name": "Acme", "models": dict(rows)}}, told, made, turn, idle)


def history() -> Shape:
    """Two copies; a record is its pairs on both days, and a price that stays is one fact."""
    days = ("2026-01-01", "2026-02-01")

    def told(name: str, row: Row) -> Iterator[tuple[tuple[str, ...], str]]:
        old, new = row["old"], row["new"]
        if old:
            yield (name, "price_input", days[0], days[1] if old != new else "None"), dollars(old)
        if new and old != new:
            yield (name, "price_input", days[1], "None"), dollars(new)

    def pack(rows: Mapping[str, Row]) -> Any:
        copies = [
            {"date": when, "prices": {f"acme/{k}": [r[age], 0.0] for k, r in rows.items()}}
            for when, age in zip(days, ("old", "new"), strict=True)
        ]
        return {"built": "2026-03-01", "snapshots": copies}

    return Shape(
        pack,
        told,
        lambda n: {"old": (n + 1) / 4, "new": (n + 2) / 4},
        lambda row, n: row | ({"new": n / 4} if n % 2 else {"old": n / 4}),
        lambda row, n: dict(row),
    )


SHAPES = {
    "openrouter": openrouter(), "huggingface": hub(), "llmfit": llmfit(), "models-dev": models_dev(),
    "openrouter-history": history(),
}  # fmt: skip


# ---------------------------------------------------------------- the law


def expected(shape: Shape, rows: Mapping[str, Row]) -> dict[tuple[str, ...], str]:
    return {key: value for name, row in rows.items() for key, value in shape.told(name, row)}


def seen(world: World, kind: str) -> dict[tuple[str, ...], str]:
    """What stands today, by the record's name and the field."""
    facts, events = world.store.facts.all()
    told = {}
    for one in view(facts, events, as_of=world.clock().date()):
        fact = one.fact
        if fact.field == "modalities_in" or one.status is Status.RETRACTED:
            continue
        name = fact.subject.rpartition("/")[2].removeprefix("model:")
        if kind == "openrouter-history":
            told[name, fact.field, str(fact.valid_from), str(fact.valid_to)] = fact.value
        elif one.status in (Status.IN_FORCE, Status.SCHEDULED):
            told[name, fact.field] = fact.value
    return told


def stored(world: World) -> tuple[int, int]:
    """The newest fact's id, and how many events there are."""
    facts, events = world.store.facts.all()
    return max(fact.id for fact in facts), len(events)


def touched(world: World, since: tuple[int, int]) -> set[tuple[str, str]]:
    """Names and fields of the facts that were added, or to which something happened."""
    facts, events = world.store.facts.all()
    ids = {event.fact_id for event in events[since[1] :]} | {fact.id for fact in facts if fact.id > since[0]}
    found = [fact for fact in facts if fact.id in ids]
    return {(fact.subject.rpartition("/")[2].removeprefix("model:"), fact.field) for fact in found}


def mutate(draw: Callable[[st.SearchStrategy[Any]], Any], shape: Shape, rows: Mapping[str, Row]) -> dict[str, Row]:
    names, n = list(rows), draw(st.integers(0, 200))
    how = draw(st.sampled_from(["turn", "turn", "drop", "add", "reorder", "idle"]))
    name = names[n % len(names)]
    if how == "drop" and len(names) > 7:
        return {key: row for key, row in rows.items() if key != name}
    if how == "add":
        return {**rows, f"m{n % 20}x": shape.made(n)}
    if how == "reorder":
        return {key: rows[key] for key in draw(st.permutations(names))}
    change = shape.idle if how == "idle" else shape.turn
    return {**rows, name: change(dict(rows[name]), n)}


@pytest.mark.parametrize("kind", SHAPES)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_mutated_body_changes_exactly_what_it_should(kind: str, data: st.DataObject) -> None:
    shape = SHAPES[kind]
    rows = {f"m{n}": shape.made(n) for n in range(9)}
    with TemporaryDirectory() as home, ReplayServer() as server:
        world = World(make_settings(Path(home)), server)
        put(world, shape, rows)
        world.add("t.json", kind=kind, title=kind, publisher="Acme", topic=Topic.PRICE, tier=Tier.RECOGNISED)
        world.one()
        for _ in range(5):
            assert seen(world, kind) == expected(shape, rows)
            before, since = expected(shape, rows), stored(world)
            rows = mutate(data.draw, shape, rows)
            after = expected(shape, rows)
            world.later(days=1)
            put(world, shape, rows)
            world.one()
            changed = {key[:2] for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
            assert {pair for pair in touched(world, since) if pair[1] != "modalities_in"} == changed
        assert seen(world, kind) == expected(shape, rows)
        world.close()


def put(world: World, shape: Shape, rows: Mapping[str, Row]) -> None:
    body = json.dumps(shape.pack(rows)).encode()
    world.server.put("/t.json", body, "application/json", modified=world.clock().timestamp())


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("cut", ["[]", "{}", "", '{"data": []}', "[", "null", "half"])
def test_an_empty_or_cut_body_takes_nothing_back(kind: str, cut: str, world: World) -> None:
    shape = SHAPES[kind]
    rows = {f"m{n}": shape.made(n) for n in range(9)}
    put(world, shape, rows)
    world.add("t.json", kind=kind, title=kind, publisher="Acme", topic=Topic.PRICE, tier=Tier.RECOGNISED)
    world.one()
    before = world.store.facts.revision()[:2]
    world.later(days=1)
    if cut == "half":
        put(world, shape, dict(list(rows.items())[:3]))
    else:
        world.server.put("/t.json", cut.encode(), "application/json")
    world.one()
    assert world.store.facts.revision()[:2] == before
    assert seen(world, kind) == expected(shape, rows)
    world.later(days=1)
    put(world, shape, rows)
    assert world.one().reason is None
    assert world.store.facts.revision()[:2] == before
