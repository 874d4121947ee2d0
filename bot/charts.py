"""Charts as PNG bytes with their words for who cannot see them. The only file that knows matplotlib."""

import io
from dataclasses import dataclass
from string import ascii_uppercase
from textwrap import fill
from typing import TYPE_CHECKING, Any

from bot.decide.curves import Crossing, Curve, Curves, describe
from kb.decide.figures import KINDS
from kb.decide.types import Group

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's palette, told apart by colour-blind readers; the dashes tell apart who cannot see colour.
_STYLES: dict[Group, tuple[str, Any]] = {
    Group.CLOSED_API: ("#0072B2", "solid"),
    Group.CLOSED_CLOUD: ("#56B4E9", (0, (6, 2))),
    Group.MANAGED_OPEN: ("#009E73", "solid"),
    Group.DEDICATED_OPEN: ("#CC79A7", (0, (5, 1, 1, 1))),
    Group.SELF_HOSTED: ("#D55E00", "solid"),
    Group.ON_PREMISES: ("#6B4C9A", (0, (3, 1))),
    Group.HYBRID: ("#000000", (0, (1, 1))),
}
_SECOND = (0, (4, 1.5, 1, 1.5))  # another line of the same kind
_STEPS = (Group.DEDICATED_OPEN, Group.SELF_HOSTED, Group.ON_PREMISES)  # GPUs come whole
_WIDTH, _HEIGHT, _LINE, _DPI = 10.0, 5.0, 0.235, 150  # inches: the plot, and each line of the legend below it
_LABEL_WIDTH = 100  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    png: bytes
    alt: str
    title: str


def cost_chart(of: Curves) -> Chart:
    """Monthly cost against volume for the best option of each kind, break-evens marked. Same input, same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    title = "Monthly cost against volume"
    marked = dict(zip(ascii_uppercase, (c for c in of.crossings if c.volume is not None), strict=False))
    breaks = _breaks(of, marked)
    lines = len(of.curves) + sum(text.count("\n") + 1 for _, text in breaks)
    figure = Figure(figsize=(_WIDTH, _HEIGHT + _LINE * lines), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    seen: set[Group] = set()
    for curve in sorted(of.curves, key=lambda c: not c.best):
        _line(axes, curve, second=curve.group in seen)
        seen.add(curve.group)
    _frame(axes, of, title)
    _mark(axes, of, marked)
    _legend(axes, of, breaks)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return Chart(png=out.getvalue(), alt=describe(of), title=title)


def _line(axes: "Axes", curve: Curve, *, second: bool) -> None:
    colour, dashes = _STYLES[curve.group]
    axes.plot(
        curve.volumes,
        curve.usd,
        color=colour,
        linestyle=_SECOND if second else dashes,
        linewidth=3.6 if curve.best else 2.0,
        drawstyle="steps-post" if curve.group in _STEPS else "default",
        label=curve.option_id,
        zorder=4 if curve.best else 3,
    )


def _frame(axes: "Axes", of: Curves, title: str) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(of.curves[0].volumes[0], of.curves[0].volumes[-1])
    axes.set_title(title, fontsize=16, loc="left", fontweight="bold")
    axes.set_xlabel("requests a month", fontsize=13)
    axes.set_ylabel("USD a month", fontsize=13)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(base=10, numticks=14))
        axis.set_major_formatter(FuncFormatter(_short))
        axis.set_minor_formatter(NullFormatter())
    axes.tick_params(labelsize=12)
    axes.grid(which="major", color="#d9d9d9", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    now, whose = float(of.volume), "assumed" if of.volume_is_assumed else "your volume"
    axes.axvline(now, color="#555555", linewidth=1.2, linestyle=(0, (2, 3)), zorder=2)
    axes.annotate(
        f"{whose}: {_short(now)} a month",
        (now, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(5, -4),
        textcoords="offset points",
        fontsize=11,
        color="#333333",
        verticalalignment="top",
    )


def _mark(axes: "Axes", of: Curves, marked: dict[str, Crossing]) -> None:
    """A dot on your volume's line where each option stands, a ring with its letter at each break-even."""
    for curve in of.curves:
        colour = _STYLES[curve.group][0]
        axes.plot(
            [float(of.volume)], [float(curve.now)], "o", markersize=6, markeredgecolor="white", color=colour, zorder=5
        )
    for letter, crossing in marked.items():
        at, usd = float(crossing.volume or 0), float(crossing.usd or 0)
        axes.plot([at], [usd], "o", markersize=17, markerfacecolor="white", markeredgecolor="#222222", zorder=6)
        axes.annotate(letter, (at, usd), ha="center", va="center", fontsize=11, fontweight="bold", zorder=7)


def _breaks(of: Curves, marked: dict[str, Crossing]) -> list[tuple[str, str]]:
    """Each break-even in words under its letter, the earliest first; those that never come share one line."""
    letters = {id(crossing): letter for letter, crossing in marked.items()}
    names = {curve.option_id: _name(curve) for curve in of.curves}
    come = [
        (
            letters[id(c)],
            f"from {_short(float(c.volume))} a month, {names[c.machine]} costs less than {names[c.seller]}",
        )
        for c in of.crossings
        if c.volume is not None
    ]
    never: dict[str, list[str]] = {}
    for crossing in of.crossings:
        if crossing.volume is None:
            never.setdefault(names[crossing.seller], []).append(names[crossing.machine])
    told = [("–", f"at no volume cheaper than {seller}: {', '.join(machines)}") for seller, machines in never.items()]
    return [(letter, fill(text, _LABEL_WIDTH)) for letter, text in [*sorted(come), *told]]


def _name(curve: Curve) -> str:
    """The label without the number of its kind, which the legend says in words."""
    return curve.label.removeprefix(f"{curve.group} ")


def _legend(axes: "Axes", of: Curves, breaks: list[tuple[str, str]]) -> None:
    """The lines, dearest at the asked volume first as they lie in the plot, then the break-evens."""
    from matplotlib.lines import Line2D

    handles, ids = axes.get_legend_handles_labels()
    drawn = dict(zip(ids, handles, strict=True))
    pairs: list[tuple[Any, str]] = []
    for curve in sorted(of.curves, key=lambda c: -c.now):
        choice = ", the choice" if curve.best else ""
        cost = f"{_short(float(curve.now))} USD"
        pairs.append((drawn[curve.option_id], f"{cost}: {_name(curve)} · {KINDS[curve.group]}{choice}"))
    for letter, text in breaks:
        pairs.append((Line2D([], [], linestyle="", marker=f"${letter}$", markersize=9, color="#222222"), text))
    axes.legend(
        [handle for handle, _ in pairs],
        [text for _, text in pairs],
        loc="upper left",
        bbox_to_anchor=(0.0, -0.13),
        fontsize=11,
        frameon=False,
        handlelength=3.2,
        borderaxespad=0.0,
    )


def _short(value: float, _position: object = None) -> str:
    """1,200,000 -> 1.2M."""
    for size, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{float(f'{value / size:.2g}'):g}{unit}"
    return f"{float(f'{value:.2g}'):g}"
