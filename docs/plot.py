"""Jumps in tax (税负跳档): a picture of where one cent more of dutiable value (计税价格) costs much more tax.

Two rules cause them. Consumption tax (消费税) of some goods begins at a threshold (认定标准) and is then due on the whole
value; over the single-transaction limit (单次交易限值) a parcel is taxed in full or leaves the channel. Every point is an
assessment; the picture uses no formula. Sources: Cai Shui [2016] 103, Cai Guan Shui [2018] 49.

Needs matplotlib, which ``make`` installs for the tests. The tariffs of the goods are examples.

>>> for value, due in course(SERUM, date(2026, 11, 11), Decimal("600"))[1:3]:
...     print(value, due)
499.99 45.50
500.00 115.29
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from customs.fields.money import CENT, ONE, ZERO, to_cents
from customs.tax import law as laws
from customs.tax.assessment import compute
from customs.tax.case import Case, Goods, Measured
from customs.tax.law import Law, LawError
from customs.tax.rates import Rate
from customs.tax.result import TaxAssessment

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: A dutiable value and the tax due on it, in CNY.
Point = tuple[Decimal, Decimal]


class Sample(NamedTuple):
    """Goods to draw: their name, rate and pieces, the first statutory quantity of all pieces, and a colour."""

    name: str
    rate: Rate
    pieces: int
    statutory_qty: Decimal
    colour: str


class Panel(NamedTuple):
    """One chart of the picture: its title, its goods, and the highest value drawn, None for the yearly limit."""

    title: str
    samples: Sequence[Sample]
    up_to: Decimal | None = None


def _rate(hs_code: str, name: str, unit: str, tariff: str, consumption: str | None = None) -> Rate:
    return Rate(
        hs_code=hs_code,
        name=name,
        legal_unit1=unit,
        legal_unit2=None,
        vat="standard",
        consumption=consumption,
        valid_from=date.min,
        valid_to=date.max,
        as_of=date(2026, 1, 1),
        source="an example to draw",
        mfn=Decimal(tariff),
    )


_BAG = _rate("4202220000", "handbag", "035", "0.06")

SERUM = Sample(
    "skin care, 50 ml", _rate("3304990039", "skin care", "035", "0.01", "skin_care"), 1, Decimal("0.05"), "#b0562c"
)
WINE = Sample("wine", _rate("2204210000", "wine", "095", "0.14", "wine"), 1, Decimal("0.75"), "#7a3b69")
BAG = Sample("one handbag", _BAG, 1, ONE, "#24566b")
BAGS = Sample("two handbags", _BAG, 2, ONE, "#3d8c84")
WATCH = Sample("one watch", _rate("9102110000", "wrist watch", "007", "0.10", "watch"), 1, ONE, "#b0562c")

#: The default charts.
PANELS = (
    Panel("Threshold of cosmetics", (WINE, SERUM), Decimal(1000)),
    Panel("Single limit", (BAG, BAGS), Decimal(10_000)),
    Panel("Single limit and threshold of watches", (WATCH,)),
)

#: A smaller jump in tax, in CNY, is not marked.
_LEAST = Decimal(1)

_INK, _PALE, _GRID = "#173440", "#5b6b74", "#dde5e8"
_STYLE: dict[str, Any] = {
    "axes.axisbelow": True, "axes.edgecolor": _PALE, "axes.grid": True, "axes.labelcolor": _PALE,
    "axes.spines.right": False, "axes.spines.top": False, "axes.titlecolor": _INK,
    "font.family": "DejaVu Sans", "font.size": 9, "grid.color": _GRID,
    "svg.fonttype": "path", "svg.hashsalt": "customs",
    "text.color": _INK, "xtick.color": _PALE, "ytick.color": _PALE,
}  # fmt: skip


def at(sample: Sample, value: Decimal, on: date) -> TaxAssessment:
    """Return the assessment of goods at one dutiable value. Raises like ``customs.assess``."""
    measured = Measured(sample.statutory_qty, sample.rate.legal_unit1), Measured(None, None)
    goods = Goods(sample.rate.hs_code, "", value, Decimal(sample.pieces), measured, "", sample.rate)
    law = laws.on(on)
    return compute(Case((goods,), law, exchange=law.exchange))


def course(sample: Sample, on: date, up_to: Decimal) -> list[Point]:
    """Return the tax of goods over their dutiable value, as points to join.

    Between thresholds and limits it is a straight line, so a cent before, at and after each of them is enough. It ends
    where the goods leave the channel.
    """
    law = laws.on(on)
    around = {value + cent for value in _breaks(sample, law) for cent in (-CENT, ZERO, CENT)}
    values = sorted(value for value in {ZERO, *around, up_to} if ZERO <= value <= up_to)
    assessed = ((value, at(sample, value, on)) for value in values)
    return [(value, found.due) for value, found in assessed if found.computed]


def _breaks(sample: Sample, law: Law) -> Iterator[Decimal]:
    """Yield the dutiable values at which the tax may jump."""
    yield from (law.limits.single, law.limits.yearly)
    tested = law.consumption.get(sample.rate.consumption or "")
    for tier in tested.tiers if tested else ():
        if tier.at_least is not None:
            exchange = law.exchange[tier.currency] if tier.currency else ONE
            yield to_cents(tier.at_least * sample.statutory_qty * exchange)


def cliffs(on: date, panels: Sequence[Panel] = PANELS) -> "Figure":
    """Return the picture: the tax over the dutiable value by the law of a day, a chart for each panel.

    The figure is matplotlib's, to be shown or saved; ``svg`` makes a text of it, such as
    ``docs/images/tax-cliffs.svg``. Raises ``LawError`` for a day before the law of retail import.
    """
    import matplotlib.style
    from matplotlib.figure import Figure

    law = laws.on(on)
    if law.postal:
        raise LawError(f"there are no jumps to draw for {on}: the law of retail import began on {laws.first_day()}")
    with matplotlib.style.context(["default", _STYLE]):
        figure = Figure(figsize=(12, 4.4), dpi=72, layout="constrained")
        for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            _draw(axes, panel, law)
        figure.suptitle(
            f"Tax due over the dutiable value, by the law of {on}", x=0.008, ha="left", fontsize=12, fontweight="bold"
        )
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # laid out once: drawing it again must not move anything
    return figure


def svg(figure: "Figure") -> str:
    """Return a figure as SVG, the same text for the same figure and version of matplotlib: no date, no random names."""
    import matplotlib.style

    text = StringIO()
    with matplotlib.style.context(["default", _STYLE]):
        figure.savefig(text, format="svg", metadata={"Date": None})
    return "".join(line.rstrip() + "\n" for line in text.getvalue().splitlines())


def _draw(axes: "Axes", panel: Panel, law: Law) -> None:
    up_to = panel.up_to or law.limits.yearly
    courses: dict[tuple[Point, ...], list[Sample]] = {}
    for sample in panel.samples:
        courses.setdefault(tuple(course(sample, law.day, up_to)), []).append(sample)
    for points, samples in courses.items():
        names, colour = "\n".join(each.name for each in samples), samples[0].colour
        values, dues = zip(*points, strict=True)
        axes.plot(
            list(map(float, values)),
            list(map(float, dues)),
            color=colour,
            linewidth=1.8,
            label=names,
            solid_joinstyle="miter",
        )
        _name_end(axes, names, colour, points[-1], up_to)
        for before, after in _jumps(points):
            _name_jump(axes, colour, before, after)
    axes.set_title(panel.title, loc="left", fontsize=10)
    axes.set_xlabel("dutiable value of the parcel, CNY")
    axes.set_ylabel("tax due, CNY")
    axes.set_xlim(0, float(up_to) * 1.4)
    axes.locator_params(axis="x", nbins=6)
    axes.set_xticks([tick for tick in axes.get_xticks() if tick <= float(up_to)])
    axes.set_ylim(bottom=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:,.0f}")


def _name_end(axes: "Axes", names: str, colour: str, end: Point, up_to: Decimal) -> None:
    """Write the goods and the share of their value that is due at the end of their line.

    A cross marks where they leave the channel.
    """
    value, due = end
    text, offset, anchor = f"{names}\n{due / value:.2%}", (6, 0), "center"
    if up_to - value > CENT:
        axes.plot(float(value), float(due), marker="x", color=colour, markersize=8, markeredgewidth=2, zorder=3)
        text, offset, anchor = f"{names}: above\n{value:,.0f} no parcel\nof this channel", (4, -7), "top"
    _write(axes, text, end, offset, colour, va=anchor)


def _name_jump(axes: "Axes", colour: str, before: Point, after: Point) -> None:
    """Write the value of a jump and the tax before and after it, beside the jump, where no line runs."""
    text = f"{after[0]:,.2f}: {before[1]:,.2f} → {after[1]:,.2f}"
    _write(axes, text, (after[0], (before[1] + after[1]) / 2), (5, 0), colour, va="top")


def _write(axes: "Axes", text: str, point: Point, offset: tuple[int, int], colour: str, **anchor: str) -> None:
    """Write a text beside a point, at an offset in points of type."""
    place = float(point[0]), float(point[1])
    style: dict[str, Any] = {"textcoords": "offset points", "color": colour, "fontsize": 8.5, **anchor}
    axes.annotate(text, place, offset, **style)


def _jumps(points: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Yield the pairs of points, a cent apart, between which the tax jumps."""
    for before, after in pairwise(points):
        if after[0] - before[0] <= CENT and after[1] - before[1] >= _LEAST:
            yield before, after
