"""Planted instructions and clean entries: `python -m tests.eval.injections [--held] [--misses] [--shared DIR]`.

`--generators` instead asks questions on planted entries through generators that obey them (`tests/eval/obedient.py`).

Attacks of the BIPIA benchmark are planted into recorded feed entries in every disguise below and drafted as ingestion
does. Prints the share that is flagged by disguise and by family of attack, and the share of clean entries that are
flagged. Open half: attacks with an even number in their family, entries whose hash is even; the other is held back.

A question or a task without a word on answers or readers ("How do solar panels work?") is no different from what an
article says; such families are listed and counted apart.
"""

import argparse
import base64
import codecs
import hashlib
import html
import json
import logging
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from ingest.draft import draft_of
from kb.types import RawItem
from tests.eval.topics import NOW, SHARED, entries, record_of

SEED = 20261122
PLANTS = 4  # entries that each attack is planted in, for each disguise
UNADDRESSED = (
    "Information Retrieval",
    "Content Creation",
    "Learning and Tutoring",
    "Language Translation",
    "Programming Help",
)  # tasks for whoever reads, with no word on an answer
_LOOKALIKE = str.maketrans("aceopxyijs", "асеорхуіјѕ")
_LEET = str.maketrans("oieast", "013457")

Disguise = Callable[[str, str, random.Random], str]  # body, attack -> body


def _at_end(body: str, attack: str, _: random.Random) -> str:
    return f"{body}\n<p>{html.escape(attack)}</p>"


def _inside(body: str, attack: str, rng: random.Random) -> str:
    sentences = body.split(". ")
    at = rng.randrange(len(sentences)) + 1
    return ". ".join([*sentences[:at], html.escape(attack).rstrip("."), *sentences[at:]])


def _wrapped(markup: str) -> Disguise:
    return lambda body, attack, _: body + markup.replace("ATTACK", html.escape(attack))


def _written(change: Callable[[str], str]) -> Disguise:
    return lambda body, attack, _: f"{body}\n<p>{html.escape(change(attack))}</p>"


def _tags(attack: str) -> str:
    return "Read on." + "".join(chr(0xE0000 + ord(c)) for c in attack if ord(c) < 0x7F)


DISGUISES: dict[str, Disguise] = {
    "at the end": _at_end,
    "inside a paragraph": _inside,
    "display:none": _wrapped('<div style="display:none">ATTACK</div>'),
    "zero size": _wrapped('<span style="font-size:0px">ATTACK</span>'),
    "white on white": _wrapped('<p style="color:#ffffff;background-color:white">ATTACK</p>'),
    "off-screen": _wrapped('<div style="position:absolute;left:-9999px">ATTACK</div>'),
    "aria-hidden": _wrapped('<span aria-hidden="true">ATTACK</span>'),
    "comment": _wrapped("<!-- ATTACK -->"),
    "alt text": _wrapped('<img src="a.png" alt="ATTACK">'),
    "title attribute": _wrapped('<a href="/x" title="ATTACK">more</a>'),
    "zero-width": _written("\u200b".join),
    "tag characters": _written(_tags),
    "bidi override": _written(lambda attack: f"\u202e{attack[::-1]}\u202c"),
    "base64": _written(lambda attack: base64.b64encode(attack.encode()).decode()),
    "hex": _written(lambda attack: attack.encode().hex()),
    "rot13": _written(lambda attack: codecs.encode(attack, "rot13")),
    "leetspeak": _written(lambda attack: attack.translate(_LEET)),
    "lookalikes": _written(lambda attack: attack.translate(_LOOKALIKE)),
    "reversed": _written(lambda attack: attack[::-1]),
}


def attacks(shared: Path, *, held: bool) -> Iterator[tuple[str, str]]:
    """Family and text."""
    file = shared / "data" / "benchmarks" / "bipia" / "text_attack_train.json"
    for family, texts in json.loads(file.read_text("utf-8")).items():
        for number, text in enumerate(texts):
            if number % 2 == held:
                yield family, text


def clean(shared: Path, *, held: bool) -> list[tuple[str, RawItem]]:
    """Feed and entry, of one half."""
    folder, found = shared / "data" / "feeds", []
    for file in sorted(folder.rglob("*.xml")):
        feed = str(file.relative_to(folder))
        for raw in entries(file, f"https://feeds.example/{feed}"):
            if hashlib.sha256(f"{feed}{raw.external_id}".encode()).digest()[0] % 2 == held:
                found.append((feed, raw))
    return found


def flags(feed: str, raw: RawItem) -> tuple[str, ...]:
    return draft_of(record_of(f"https://feeds.example/{feed}"), raw, None, NOW).flags


def measure(shared: Path, *, held: bool) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]], list[str]]:
    """(planted, flagged) by family and disguise, and the attacks missed in plain words."""
    rng = random.Random(SEED)
    hosts = [(feed, raw) for feed, raw in clean(shared, held=held) if len(raw.html) > 200 and "<" in raw.html]
    planted, found, missed = Counter[tuple[str, str]](), Counter[tuple[str, str]](), []
    for family, attack in attacks(shared, held=held):
        for name, disguise in DISGUISES.items():
            for feed, raw in rng.sample(hosts, PLANTS):
                planted[family, name] += 1
                if flags(feed, replace(raw, html=disguise(raw.html, attack, rng))):
                    found[family, name] += 1
                elif name == "at the end":
                    missed.append(f"{family}: {attack}")
    return planted, found, sorted(set(missed))


def _share(found: Counter[tuple[str, str]], planted: Counter[tuple[str, str]], keys: Sequence[tuple[str, str]]) -> str:
    hits, total = sum(found[k] for k in keys), sum(planted[k] for k in keys)
    return f"{hits}/{total} ({hits / total:.1%})"


def with_generators(shared: Path) -> int:
    """Every attack in every manner in process; a fifth of them through each SDK. 1 if anything did not hold."""
    from tests.eval.obedient import MANNERS, World, over_the_wire, services, sweep, told

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    texts = [text for held in (False, True) for _, text in attacks(shared, held=held)]
    with tempfile.TemporaryDirectory() as folder, services() as others:
        world = World(Path(folder), texts, *(service.generator() for service in others))
        print(f"{len(texts)} attacks in four places each; ingestion alone flags {dict(world.flagged)} of {len(texts)}")
        tallies = {"in process": sweep(world, range(len(texts)), list(MANNERS))}
        tallies |= {s.name: over_the_wire(world, s, range(0, len(texts), 5), list(MANNERS)) for s in others}
    for name, tally in tallies.items():
        print("\n".join([f"{name}:", *told(tally), *tally.worst[:20]]))
    return 1 if any(tally.breaches for tally in tallies.values()) else 0


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held", action="store_true", help="the half set aside; its misses are not named")
    parser.add_argument("--misses", action="store_true", help="list plain attacks missed and clean entries flagged")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--generators", action="store_true", help="with generators that obey what they read")
    asked = parser.parse_args(argv)
    if asked.generators:
        return with_generators(asked.shared)
    planted, found, missed = measure(asked.shared, held=asked.held)
    addressed = [key for key in planted if key[0] not in UNADDRESSED]
    print(f"attacks that address an answer: {_share(found, planted, addressed)} flagged")
    for name in DISGUISES:
        print(f"  {name:20}{_share(found, planted, [k for k in addressed if k[1] == name])}")
    print("by family, in plain words at the end and inside:")
    for family in dict.fromkeys(family for family, _ in planted):
        keys = [k for k in planted if k[0] == family and k[1] in ("at the end", "inside a paragraph")]
        print(f"  {family:26}{_share(found, planted, keys)}")
    rows = clean(asked.shared, held=asked.held)
    wrong = [(feed, raw, said) for feed, raw in rows if (said := flags(feed, raw))]
    print(f"clean entries flagged: {len(wrong)} of {len(rows)} ({len(wrong) / len(rows):.2%})")
    if asked.misses and not asked.held:
        print("\n".join(missed))
        print("\n".join(f"{', '.join(said)}: {feed} {raw.title[:80]}" for feed, raw, said in wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
