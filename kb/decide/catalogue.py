"""The options of a day, from dated facts.

offers with a price in force -> O1, O2, O3 | models with a measured throughput -> O3d, O4, O5 | the rest -> why not
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kb.decide.book import Book, Facts, indexed, number_of, ref_of
from kb.decide.hosts import Host, Uplift, host_from
from kb.decide.memory import fits
from kb.decide.models import Models
from kb.decide.places import OWN, is_eu
from kb.decide.prices import price_from, regions_of
from kb.decide.rigs import PER_HOUR, Rent, cheapest, rents_of, rigs_of
from kb.decide.types import Group, Hardware, Model, Option, Price, Ref
from kb.facts.values import parse_date
from kb.types import FactView


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """What could have been an option, and what it lacks."""

    subject: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    options: tuple[Option, ...]
    skipped: tuple[Skipped, ...]


def options_from(facts: Facts, *, as_of: date) -> tuple[Option, ...]:
    """Every concrete option that the views of `as_of` allow, by id."""
    return survey(facts, as_of=as_of).options


def survey(facts: Facts, *, as_of: date) -> Catalogue:
    """The options, and what was left out for want of a fact."""
    shop = _Shop(indexed(facts), as_of)
    options = [*shop.per_token(), *shop.per_gpu()]
    sellers = _sellers(options, as_of)
    counted = (replace(o, providers_of_weights=max(1, len(sellers[o.model.slug]))) for o in options)
    return Catalogue(options=tuple(sorted(counted, key=lambda o: o.id)), skipped=tuple(shop.skipped))


def _sellers(options: Sequence[Option], as_of: date) -> dict[str, set[str]]:
    """By model: who sells it by the token and has not retired it."""
    found: dict[str, set[str]] = defaultdict(set)
    for option in options:
        if option.price is not None and (option.retired_on is None or option.retired_on > as_of):
            found[option.model.slug].add(option.provider)
    return found


class _Shop:
    """Walks the book once; notes what it leaves out."""

    def __init__(self, book: Book, as_of: date) -> None:
        self.book, self.as_of = book, as_of
        self.models = Models(book)
        self.skipped: list[Skipped] = []
        self._hosts: dict[str, Host] = {}

    def host(self, slug: str) -> Host:
        if slug not in self._hosts:
            self._hosts[slug] = host_from(self.book, slug)
        return self._hosts[slug]

    def skip(self, subject: str, reason: str) -> None:
        self.skipped.append(Skipped(subject=subject, reason=reason))

    # ------------------------------------------------------------ by the token

    def per_token(self) -> Iterator[Option]:
        for offer in self.book.subjects("offer:"):
            provider, _, path = offer.removeprefix("offer:").partition("/")
            model = self.models.get(self.book.text(offer, "model") or path)
            if model is None:
                self.skip(offer, "which model it serves is not recorded")
            else:
                yield from self._offer(offer, f"{provider}/{path}", self.host(provider), model)

    def _offer(self, offer: str, id_: str, host: Host, model: Model) -> Iterator[Option]:
        regions = regions_of(self.book, offer)
        if not regions:
            self.skip(offer, "no price is in force")
        for region in regions:
            price = price_from(self.book, offer, region, self.as_of)
            if isinstance(price, str):
                self.skip(offer, price)
                continue
            yield self._sold(offer, id_, host, model, price, region)
            for uplift in host.uplifts:
                if not region and uplift.region not in regions and uplift.covers(model.released):
                    yield self._sold(offer, id_, host, model, _dearer(price, uplift), uplift.region, uplift.view)

    def _sold(
        self, offer: str, id_: str, host: Host, model: Model, price: Price, region: str, why: FactView | None = None
    ) -> Option:
        retired_on, notice = self._retirement(offer, host, model)
        evidence = dict(host.evidence)
        if region:
            evidence["eu_inference"] = ref_of(why) if why else price.refs[0]
        if notice is not None:
            evidence["retired_on"] = ref_of(notice)
        return Option(
            id=f"{id_}/{region}" if region else id_,
            group=_group(model, host),
            model=model,
            provider=host.slug,
            provider_name=host.name,
            region=region or host.region,
            operator_country=host.country,
            price=price,
            retired_on=retired_on,
            no_retention=host.no_retention,
            eu_inference=is_eu(region) if region else host.eu_inference,
            fine_tuning=host.customisation if host.customisation in ("lora", "full") else "prompt",
            refs=price.refs,
            regions=frozenset({region}) if region else host.regions,
            foreign_control=host.foreign_control,
            brokered=host.brokered,
            evidence=evidence,
        )

    def _retirement(self, offer: str, host: Host, model: Model) -> tuple[date | None, FactView | None]:
        """The offer's own date; a model's date binds whom its maker sells through, not other hosts of open weights."""
        view = self.book.one(offer, "deprecated_on")
        if view is not None:
            return parse_date(view.fact.value), view
        if model.open_weights and host.slug != model.developer:
            return None, None
        return self.models.retired_on(model.slug)

    # ------------------------------------------------------------ by the GPU

    def per_gpu(self) -> Iterator[Option]:
        for subject in self.book.subjects("model:"):
            model = self.models.get(subject.removeprefix("model:"))
            if model is None or not model.open_weights:
                continue
            rigs = rigs_of(self.book, model.slug)
            if not rigs:
                self.skip(subject, "no throughput is published, so self-hosting cannot be costed")
            elif model.memory_gb is None:
                self.skip(subject, "the size of the weights is not recorded, so no replica can be sized")
            else:
                yield from self._hosted(model, rigs)

    def _hosted(self, model: Model, rigs: dict[str, Hardware]) -> Iterator[Option]:
        for gpu, rig in sorted(rigs.items()):
            rents = cheapest(rents_of(self.book, gpu), rig.gpus)
            if not rents:
                self.skip(f"gpu:{gpu}", f"no price on demand for {rig.gpus} GPUs is in force")
            sized = _sized(model, rig)
            yield from (self._rented(sized, rig, rent) for rent in rents)
            yield from self._dedicated(sized, rig)
            yield _owned(sized, rig)

    def _rented(self, model: Model, rig: Hardware, rent: Rent) -> Option:
        gpu_arm = self.book.one(f"provider:{rent.provider}-gpu", "name")
        host = self.host(f"{rent.provider}-gpu" if gpu_arm else rent.provider)
        hardware = replace(rig, usd_per_gpu_hour=rent.usd_per_gpu_hour, provider=rent.provider)
        id_ = f"self/{model.slug}/{rig.gpu}@{rent.provider}"
        return _run(id_, Group.SELF_HOSTED, model, host, hardware, ref_of(rent.view))

    def _dedicated(self, model: Model, rig: Hardware) -> Iterator[Option]:
        for subject in self.book.subjects("provider:"):
            for view in self.book.views(subject, "dedicated_price_per_hour", gpu=rig.gpu):
                slug, price = subject.removeprefix("provider:"), number_of(view)
                if view.fact.unit == PER_HOUR and price is not None:
                    hardware = replace(rig, usd_per_gpu_hour=price, provider=slug)
                    id_ = f"{slug}/dedicated/{model.slug}/{rig.gpu}"
                    yield _run(id_, Group.DEDICATED_OPEN, model, self.host(slug), hardware, ref_of(view))


_OF_THE_OPERATOR = ("country", "foreign_control", "machines")


def _dearer(price: Price, uplift: Uplift) -> Price:
    return replace(price, region_factor=uplift.factor, refs=(*price.refs, ref_of(uplift.view)))


def _group(model: Model, host: Host) -> Group:
    if model.open_weights:
        return Group.MANAGED_OPEN
    return Group.CLOSED_API if host.slug == model.developer else Group.CLOSED_CLOUD


def _run(id_: str, group: Group, model: Model, host: Host, hardware: Hardware, rent: Ref) -> Option:
    """A model on somebody's GPUs. What a host says of its serverless regions says nothing of a dedicated endpoint."""
    dedicated = group is Group.DEDICATED_OPEN
    return Option(
        id=id_,
        group=group,
        model=model,
        provider=host.slug,
        provider_name=host.name,
        region="global" if dedicated else host.region,
        operator_country=host.country,
        hardware=replace(hardware, refs=(*hardware.refs, rent)),
        no_retention=host.no_retention if dedicated or host.brokered else True,
        eu_inference=None if dedicated else host.eu_inference,
        fine_tuning="weights",
        refs=(*hardware.refs, rent),
        regions=frozenset() if dedicated else host.regions,
        foreign_control=host.foreign_control,
        brokered=host.brokered,
        evidence={k: v for k, v in host.evidence.items() if not dedicated or k in _OF_THE_OPERATOR},
    )


def _sized(model: Model, rig: Hardware) -> Model:
    """A replica that was measured holds its model: at a smaller precision whose size is not recorded."""
    return model if fits(model, rig, 0) else replace(model, memory_gb=None)


def _owned(model: Model, rig: Hardware) -> Option:
    return Option(
        id=f"own/{model.slug}/{rig.gpus}x-{rig.gpu}",
        group=Group.ON_PREMISES,
        model=model,
        provider=OWN,
        provider_name="own data centre",
        region=OWN,
        operator_country="",
        hardware=rig,
        no_retention=True,
        eu_inference=True,
        fine_tuning="weights",
        refs=rig.refs,
        regions=frozenset({OWN}),
    )
