"""What can be measured of a sentence beside its evidence, as numbers for `judge` to weigh. Pure.

Every rule gives 1 where it objects. Beside them: how far each content word is from the nearest one of the evidence, how
much of the evidence's nearest sentence is told, words on which the sense turns and which only one side has, who acts,
and whether words that both have stand in the same order and as near to each other.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from bot.answer.verify.cues import ACTOR, CUES
from bot.answer.verify.nearness import vectors
from bot.answer.verify.parts import Piece, is_content, kin
from bot.answer.verify.reading import Token

_FAR = 12.0  # words apart: as good as in different sentences


def measures(claim: Piece, said: Piece, around: Piece) -> dict[str, float]:
    near = nearest(claim, said)
    return {
        **_borne_out(claim, said, around, near),
        **_cues(claim, said, near),
        **_actors(claim, said, near),
        **_order(claim, said),
    }


def nearest(claim: Piece, said: Piece) -> Piece:
    """The sentence of the evidence that shares most words."""
    return max(said.sentences, key=lambda s: (len(claim.roots & s.roots), -len(s.tokens)), default=said)


def _spoken(found: Sequence[Token]) -> list[Token]:
    return [t for t in found if is_content(t)]


def _support(found: Sequence[Token], held: Sequence[Token]) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """Of each token: 1 where it or its meaning is said, else the cosine with what is nearest."""
    have = {t.root for t in held} | {t.text for t in held}
    told = np.array([t.root in have or t.text in have or kin(t.root, have) for t in found])
    if told.all() or not held:
        return told.astype(np.float32)
    words = vectors(tuple(t.text for t in found)) @ vectors(tuple(sorted({t.text for t in held}))).T
    return np.where(told, np.float32(1), np.minimum(words.max(axis=1), np.float32(1)))


def _borne_out(claim: Piece, said: Piece, around: Piece, near: Piece) -> dict[str, float]:
    mine, theirs = _spoken(claim.tokens), _spoken(near.tokens)
    if not mine:
        return {}
    lack = np.sort(1 - _support(mine, _spoken([*said.tokens, *around.tokens])))[::-1]
    close = 1 - _support(mine, theirs)
    untold = 1 - _support(theirs, mine) if theirs else np.ones(1, np.float32)
    centre = [vectors(tuple(t.text for t in part)).mean(axis=0) for part in (mine, theirs) if part]
    alike = float(centre[0] @ centre[-1] / max(np.linalg.norm(centre[0]) * np.linalg.norm(centre[-1]), 1e-6))
    return {
        "lack_sum": float(lack.sum()), "lack_most": float(lack[0]), "lack_next": float(lack[1:2].sum()),
        "lack_share": float(lack.mean()), "new_share": float((lack > 0).mean()), "near_share": float(close.mean()),
        "near_sum": float(close.sum()), "untold_share": float(untold.mean()), "alike": alike,
        "sentences": float(min(len(said.sentences), 4)),
    }  # fmt: skip


def _cues(claim: Piece, said: Piece, near: Piece) -> dict[str, float]:
    mine, theirs, anywhere = claim.text, near.text, said.text
    found: dict[str, float] = {}
    for name, cue in CUES.items():
        here, there = bool(cue.search(mine)), bool(cue.search(theirs))
        found[f"{name}_new"] = float(here and not cue.search(anywhere))
        found[f"{name}_not_near"] = float(here and not there)
        found[f"{name}_gone"] = float(there and not here)
    turns = [sum(len(CUES[name].findall(text)) for name in ("no", "deny")) for text in (mine, theirs)]
    found["parity"] = float((turns[0] - turns[1]) % 2)
    return found


def _actors(claim: Piece, said: Piece, near: Piece) -> dict[str, float]:
    mine, theirs, anywhere = ([_singular(a) for a in ACTOR.findall(p.text)] for p in (claim, near, said))
    return {
        "actors_new": float(len(set(mine) - set(anywhere))),
        "first_actor": float(bool(mine and theirs) and mine[0] != theirs[0]),
        "last_actor": float(bool(mine and theirs) and mine[-1] != theirs[-1]),
    }


def _singular(word: str) -> str:
    return word.lower().replace("ies", "y").removesuffix("s")


def _order(claim: Piece, said: Piece) -> dict[str, float]:
    """Of words that follow each other: how far apart in the evidence, and how often the other way round."""
    where: dict[str, list[int]] = {}
    for i, token in enumerate(said.tokens):
        where.setdefault(token.root, []).append(i)
    both = [t.root for t in claim.tokens if (is_content(t) or t.kind in ("num", "date")) and t.root in where]
    gaps: list[float] = []
    turned = 0
    for one, other in pairwise(both):
        gap = min((b - a for a in where[one] for b in where[other] if a != b), key=abs, default=0)
        gaps.append(min(abs(gap), _FAR) / _FAR)
        turned += gap < 0
    return {
        "gap": sum(gaps) / len(gaps) if gaps else 1.0,
        "gap_most": max(gaps, default=1.0),
        "turned": turned / len(gaps) if gaps else 0.0,
    }
