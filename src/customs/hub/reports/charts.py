"""Charts (图表) of a report: drawn as SVG by the server, readable without colour, each beside its table.

Series differ by pattern, dash and mark, and every bar carries its number. A chart is a picture of its table and says so to
who cannot see it.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape

from customs.hub.reports.cells import shown
from customs.hub.reports.measures import HealthShare
from customs.hub.reports.report_words import ReportWords
from customs.hub.reports.table_model import ChartKind, ReportCell, ReportTable

_WIDTH, _LEFT, _BAR = 880, 300, 22

#: The width of a label in letters; Chinese ones count double.
_LONGEST = 40

_INK, _PALE = "#1b3a57", "#8fb3d3"

#: Fills of series: full, hatched, outlined.
_FILLS = (_INK, "url(#hatched)", "#ffffff")

#: Dashes and marks of lines.
_LINES = (("", "circle"), ("7 4", "square"), ("2 3", "triangle"))

_PATTERN = (
    '<defs><pattern id="hatched" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse">'
    f'<rect width="6" height="6" fill="#ffffff"/><rect width="3" height="6" fill="{_PALE}"/></pattern></defs>'
)


def chart_of(table: ReportTable, *, chinese: bool) -> str:
    """Return the chart of a table as SVG, whose pattern is named after the table; empty for a table without one."""
    drawn = _DRAWN[table.chart](table, chinese) if table.chart else ""
    return drawn.replace('"hatched"', f'"hatched-{table.name}"').replace("#hatched)", f"#hatched-{table.name})")


def _svg(table: ReportTable, height: int, parts: Sequence[str], chinese: bool) -> str:
    title = escape(table.title.text(chinese=chinese))
    return (
        f'<svg role="img" aria-label="{title}" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{title}</title>{_PATTERN}{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="13" fill="#222222">{escape(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
        f'fill="{fill}" stroke="{_INK}" stroke-width="1"/>'
    )


def _counts(row: Sequence[ReportCell]) -> list[int]:
    return [each for each in row if isinstance(each, int)]


def _label(table: ReportTable, row: Sequence[ReportCell], chinese: bool) -> str:
    """Return what a bar is of: the texts of its row, but for who refused an order, cut where they are too long."""
    texts = [shown(each, chinese=chinese) for each in row if isinstance(each, str | ReportWords) and each != "-"]
    kept, width = "", 0
    for letter in " ".join(texts[table.name == "causes" :]):
        width += 1 if letter.isascii() else 2
        if width > _LONGEST:
            return f"{kept}…"
        kept += letter
    return kept


def _bars(table: ReportTable, chinese: bool) -> str:
    """A bar for each row by its first count; what a second count takes of it, such as the overdue, is full."""
    most = max((_counts(row)[0] for row in table.rows), default=0) or 1
    parts = []
    is_split = table.name == "waiting"
    for place, row in enumerate(table.rows):
        y, counts = place * (_BAR + 8) + 4, _counts(row)
        scale = (_WIDTH - _LEFT - 120) / most
        parts.append(_text(_LEFT - 8, y + 16, _label(table, row, chinese), "end"))
        parts.append(_rect(_LEFT, y, counts[0] * scale, _BAR, _FILLS[1] if is_split else _FILLS[0]))
        if is_split and counts[1]:
            parts.append(_rect(_LEFT, y, counts[1] * scale, _BAR, _FILLS[0]))
        told = f"{counts[0]:,}"
        if is_split and counts[1]:
            told += f"（超时 {counts[1]:,}）" if chinese else f" ({counts[1]:,} overdue)"
        parts.append(_text(_LEFT + counts[0] * scale + 6, y + 16, told))
    return _svg(table, len(table.rows) * (_BAR + 8) + 8, parts, chinese)


def _legend(names: Sequence[str], draw: Callable[[int, float], str], y: float) -> list[str]:
    parts, x = list[str](), 50.0
    for place, name in enumerate(names):
        parts += [draw(place, x), _text(x + 34, y + 12, name)]
        x += 60 + sum(8 if each.isascii() else 14 for each in name)
    return parts


def _hours(table: ReportTable, chinese: bool) -> str:
    """Three bars for each hour."""
    top, height, left = 34, 190, 50
    most = max((count for row in table.rows for count in _counts(row)), default=0) or 1
    step = (_WIDTH - left - 10) / len(table.rows)
    names = [each.text(chinese=chinese) for each in table.headings[1:]]
    parts = _legend(names, lambda place, x: _rect(x, 6, 26, 14, _FILLS[place]), 6)
    for part in (0, 0.5, 1):
        y = top + height * (1 - part)
        parts.append(f'<line x1="{left}" x2="{_WIDTH - 10}" y1="{y:.0f}" y2="{y:.0f}" stroke="#cccccc"/>')
        parts.append(_text(left - 6, y + 4, f"{most * part:,.0f}", "end"))
    for place, row in enumerate(table.rows):
        x, counts = left + place * step, _counts(row)
        for number, count in enumerate(counts):
            bar, tall = step * 0.26, height * count / most
            parts.append(_rect(x + 3 + number * bar, top + height - tall, bar - 1, tall, _FILLS[number]))
        if place % 2 == 0:
            parts.append(_text(x, top + height + 18, str(row[0])))
    return _svg(table, top + height + 28, parts, chinese)


def _mark(kind: str, x: float, y: float) -> str:
    style = f'fill="#ffffff" stroke="{_INK}" stroke-width="2"'
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {style}/>'
    if kind == "square":
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" {style}/>'
    return f'<polygon points="{x:.1f},{y - 5:.1f} {x + 5:.1f},{y + 4:.1f} {x - 5:.1f},{y + 4:.1f}" {style}/>'


def _trend(table: ReportTable, chinese: bool) -> str:
    """A line for each share, by day; a day without a figure breaks it."""
    top, height, left = 34, 190, 50
    places = [place for place, each in enumerate(table.rows[0]) if isinstance(each, HealthShare)]
    names = [table.headings[place].text(chinese=chinese) for place in places]
    step = (_WIDTH - left - 60) / max(len(table.rows) - 1, 1)

    def line(number: int, x1: float, y1: float, x2: float, y2: float) -> str:
        dash = f' stroke-dasharray="{_LINES[number][0]}"' if _LINES[number][0] else ""
        return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{_INK}" stroke-width="2"{dash}/>'

    parts = _legend(names, lambda place, x: line(place, x, 13, x + 26, 13) + _mark(_LINES[place][1], x + 13, 13), 6)
    for percent in (0, 25, 50, 75, 100):
        y = top + height * (1 - percent / 100)
        parts.append(f'<line x1="{left}" x2="{_WIDTH - 20}" y1="{y:.0f}" y2="{y:.0f}" stroke="#cccccc"/>')
        parts.append(_text(left - 6, y + 4, f"{percent} %", "end"))
    for number, place in enumerate(places):
        last: tuple[float, float] | None = None
        for day, row in enumerate(table.rows):
            share = row[place]
            value = share.value if isinstance(share, HealthShare) else None
            here = None if value is None else (left + 20 + day * step, top + height * (1 - float(value)))
            if last and here:
                parts.append(line(number, *last, *here))
            last = here
        parts += [
            _mark(_LINES[number][1], left + 20 + day * step, top + height * (1 - float(share.value)))
            for day, row in enumerate(table.rows)
            if isinstance(share := row[place], HealthShare) and share.value is not None
        ]
    every = -(-len(table.rows) // 10)
    for day, row in enumerate(table.rows):
        if day % every == 0:
            parts.append(_text(left + 20 + day * step, top + height + 18, str(row[0])[5:], "middle"))
    return _svg(table, top + height + 28, parts, chinese)


_DRAWN: Mapping[ChartKind, Callable[[ReportTable, bool], str]] = {"bars": _bars, "hours": _hours, "trend": _trend}
