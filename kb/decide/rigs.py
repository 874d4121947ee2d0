"""Hardware that a model's throughput was measured on, rented, dedicated or owned."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kb.decide.book import Book, number_of, refs
from kb.decide.types import Hardware
from kb.types import FactView

PER_HOUR = "USD per GPU-hour"
_USUAL_SHAPE = (1000, 1000)  # tokens in and out that most sources publish first


@dataclass(frozen=True, slots=True, kw_only=True)
class Rent:
    """One GPU's price an hour at a provider. `node`: how many must be taken together."""

    provider: str
    usd_per_gpu_hour: Decimal
    node: int
    view: FactView


def rigs_of(book: Book, model: str) -> dict[str, Hardware]:
    """By GPU: one replica as it was measured, without a price."""
    by_gpu: dict[str, list[FactView]] = defaultdict(list)
    for view in book.views(f"model:{model}", "throughput_tokens_per_s_per_gpu"):
        by_gpu[view.fact.qualifiers.get("gpu", "")].append(view)
    found = {gpu: _rig(book, gpu, views) for gpu, views in by_gpu.items()}
    return {gpu: rig for gpu, rig in found.items() if rig is not None}


def _shape(view: FactView) -> tuple[int, int]:
    said = view.fact.qualifiers
    return int(said["input_tokens"]), int(said["output_tokens"])


def _rig(book: Book, gpu: str, views: Sequence[FactView]) -> Hardware | None:
    memory = book.one(f"gpu:{gpu}", "memory_gb")
    size = number_of(memory) if memory else None
    if size is None:
        return None
    first = min(views, key=lambda view: (_shape(view) != _USUAL_SHAPE, _shape(view), view.fact.key))
    tokens_in, tokens_out = _shape(first)
    return Hardware(
        gpu=gpu,
        gpus=int(first.fact.qualifiers["gpus"]),
        memory_gb_per_gpu=size,
        usd_per_gpu_hour=None,
        provider="own",
        tokens_per_s_per_gpu=number_of(first),
        throughput_in_tokens=tokens_in,
        throughput_out_tokens=tokens_out,
        throughput_is_slo=first.fact.qualifiers.get("regime") == "slo",
        measured=tuple(sorted((*_shape(view), number_of(view) or Decimal(0)) for view in views)),
        refs=refs([first, memory]),
    )


def rents_of(book: Book, gpu: str) -> Iterator[Rent]:
    """On-demand prices of a GPU at named providers."""
    for view in book.views(f"gpu:{gpu}", "price_per_hour"):
        label, terms = view.fact.qualifiers.get("provider", ""), view.fact.qualifiers.get("terms", "")
        price = number_of(view)
        if price is not None and view.fact.unit == PER_HOUR and terms.startswith("on-demand") and label:
            node = re.search(r"(\d+) GPUs", terms)
            yield Rent(provider=listed(label), usd_per_gpu_hour=price, node=int(node[1]) if node else 1, view=view)


def listed(label: str) -> str:
    """The provider slug of a price list's label: "AWS (p5.48xlarge, us-east-1)" is "aws"."""
    return "-".join(re.sub(r"\(.*\)", "", label).lower().split())


def cheapest(rents: Iterator[Rent], gpus: int) -> list[Rent]:
    """By provider the lowest price that a replica of so many GPUs can be had at."""
    best: dict[str, Rent] = {}
    for rent in rents:
        known = best.get(rent.provider)
        if gpus % rent.node == 0 and (known is None or rent.usd_per_gpu_hour < known.usd_per_gpu_hour):
            best[rent.provider] = rent
    return [best[provider] for provider in sorted(best)]
