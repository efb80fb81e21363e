"""The picture of the cliffs shows what the assessments say, and nothing else."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import plot
import pytest

from customs.tax import LawError, Regime
from support import ROOT, absent, some

if TYPE_CHECKING:
    from matplotlib.figure import Figure

D = Decimal
NOW = date(2026, 11, 11)
PICTURE = ROOT / "docs" / "images" / "tax-cliffs.svg"


@pytest.fixture(autouse=True)
def _matplotlib() -> None:
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError:
        absent("matplotlib is not installed")


@pytest.fixture(scope="module")
def figure() -> "Figure":
    return plot.cliffs(NOW)


def drawn(figure: "Figure") -> dict[str, dict[Any, Any]]:
    """Tax over value of every named line of a figure."""
    lines: list[Any] = [
        line for axes in figure.axes for line in axes.get_lines() if not str(line.get_label()).startswith("_")
    ]
    return {str(line.get_label()): dict(zip(*line.get_data(), strict=True)) for line in lines}


def test_every_point_of_every_line_is_an_assessment(figure: "Figure") -> None:
    lines = drawn(figure)
    samples = {sample.name: sample for panel in plot.PANELS for sample in panel.samples}
    assert lines.keys() == samples.keys()
    for name, points in lines.items():
        assert len(points) >= 2
        for value, due in points.items():
            assert due == float(plot.at(samples[name], D(str(value)), NOW).due)


def test_a_cent_at_the_threshold_of_50_ml_of_skin_care_costs_69_79(figure: "Figure") -> None:
    serum = drawn(figure)["skin care, 50 ml"]
    assert (serum[499.99], serum[500.00]) == (45.50, 115.29)


def test_one_piece_over_the_single_limit_is_taxed_in_full_and_two_have_no_line(figure: "Figure") -> None:
    one, two = (drawn(figure)[name] for name in ("one handbag", "two handbags"))
    assert (one[5000.00], one[5000.01]) == (455.00, 989.00)
    assert plot.at(plot.BAG, D("5000.01"), NOW).regime is Regime.FULL
    assert max(two) == 5000.00


def test_the_course_between_two_points_is_straight() -> None:
    for sample in (plot.SERUM, plot.WINE, plot.BAG, plot.WATCH):
        points = plot.course(sample, NOW, D(25000))
        pairs = [each for each in pairwise(points) if each[1][0] - each[0][0] > D("0.01")]
        for (value, due), (after, then) in some(pairs):
            middle = ((value + after) / 2).quantize(D("0.01"))
            straight = due + (then - due) * (middle - value) / (after - value)
            assert abs(plot.at(sample, middle, NOW).due - straight) <= D("0.02")


def test_before_2019_goods_over_the_single_limit_have_one_course_whatever_their_pieces() -> None:
    lines = drawn(plot.cliffs(date(2018, 6, 1)))
    assert lines["one handbag\ntwo handbags"][2000.01] == 459.20


def test_there_is_no_picture_of_days_before_the_regime() -> None:
    with pytest.raises(LawError, match="2016-04-08"):
        plot.cliffs(date(2016, 4, 7))


def test_the_same_figure_gives_the_same_text(figure: "Figure") -> None:
    assert plot.svg(figure) == plot.svg(figure) == plot.svg(plot.cliffs(NOW))


def test_the_committed_picture_is_the_one_drawn_now(figure: "Figure") -> None:
    committed, now = PICTURE.read_text(encoding="utf-8"), plot.svg(figure)
    made_with = re.compile("Matplotlib v[0-9.]+")
    of_then, of_now = (found[0] for found in map(made_with.search, (committed, now)) if found)
    if of_then != of_now:
        absent(f"the picture was drawn with {of_then}, here is {of_now}")
    assert committed == now, "run: make tables"
