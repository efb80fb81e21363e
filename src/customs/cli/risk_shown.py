"""How the commands ``risk`` show patterns (风险模式的显示): by pattern with its reasons, as JSON, as a workbook."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli.app import misuse_of, screen
from customs.cli.language import label, words
from customs.files import write_whole
from customs.intake.sheets import SheetError
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import openpyxl
from customs.ledger.risk import RiskHit, RiskRule

#: Hits of a pattern that are shown, and orders of each.
_MOST_SHOWN, _MOST_ORDERS = 20, 3

#: The reasons of a pattern: text of the rule, heading.
_REASONS = (
    ("why", "why customs looks at it 海关关注的原因"),
    ("everyday", "an everyday reason 常见的正常情形"),
    ("look", "who should look 由谁核实"),
    ("source", "known from 依据"),
)


def show_hits(hits: Iterable[RiskHit]) -> None:
    """Print hits by pattern: each with its orders, then the reasons once."""
    for rule, found in groupby(hits, lambda each: each.rule):
        screen.print(Text(f"{words(*rule.title)} ({rule.name})", style="bold"), soft_wrap=True)
        count = 0
        for count, hit in enumerate(found, 1):
            if count <= _MOST_SHOWN:
                times = f"{hit.since:%Y-%m-%d %H:%M} - {hit.until:%Y-%m-%d %H:%M}"
                _say(f"  - {words(hit.told(), hit.told(chinese=True))}")
                _say(f"    {times}: {_orders(hit)}")
        if count > _MOST_SHOWN:
            more = count - _MOST_SHOWN
            _say(words(f"  and {more} more: --out or --json has all", f"  另有 {more} 处：--out 或 --json 可列出全部"))
        for name, heading in _REASONS:
            _say(f"  {label(heading)}: {words(*getattr(rule, name))}")
        _say("")


def hit_values(hit: RiskHit) -> dict[str, Any]:
    """Return a hit as values of JSON, with its reasons."""
    return {
        "rule": hit.rule.name,
        "title": hit.rule.title._asdict(),
        "seen": {"en": hit.told(), "zh": hit.told(chinese=True)},
        "figures": {name: str(value) if hasattr(value, "isoformat") else value for name, value in hit.figures.items()},
        "orders": list(hit.orders),
        "since": hit.since.isoformat(),
        "until": hit.until.isoformat(),
        **{name: getattr(hit.rule, name)._asdict() for name, _ in _REASONS},
    }


def rules_table(rules: Mapping[str, RiskRule]) -> Table:
    """Return the patterns with their reasons and numbers as a table."""
    table = Table(box=SIMPLE, title=label("patterns 风险模式"))
    for heading in ("pattern 模式", "why customs looks at it 海关关注的原因", "numbers 参数", "known from 依据"):
        table.add_column(label(heading), overflow="fold")
    for rule in rules.values():
        title = f"{rule.name}\n{words(*rule.title)}"
        table.add_row(Text(title), Text(words(*rule.why)), Text(_numbers(rule)), Text(words(*rule.source)))
    return table


class RiskWorkbook:
    """A workbook that is written as hits come: the hits, all their orders, and the patterns with their reasons."""

    def __init__(self, rules: Mapping[str, RiskRule]) -> None:
        try:
            self._book: Any = openpyxl().Workbook(write_only=True)
        except SheetError as error:
            raise misuse_of(error.en, error.zh) from None
        self._hits, self._orders, patterns = (
            self._book.create_sheet(name) for name in ("所见 hits", "订单 orders", "模式 patterns")
        )
        self._count = 0
        self._hits.append(
            ["序号 hit", "模式 pattern", "所见", "what was seen", "订单数 orders", "始于 since", "止于 until"]
        )
        self._orders.append(["序号 hit", "模式 pattern", "订单 order"])
        patterns.append(
            [
                "模式 pattern",
                "名称",
                "title",
                *(each for name, _ in _REASONS for each in (f"{name} zh", f"{name} en")),
                "参数 numbers",
            ]
        )
        for rule in rules.values():
            reasons = [text for name, _ in _REASONS for text in reversed(getattr(rule, name))]
            patterns.append([rule.name, rule.title.zh, rule.title.en, *reasons, _numbers(rule)])

    def add(self, hit: RiskHit, orders: Iterable[str]) -> None:
        """Add a hit with all its orders."""
        self._count += 1
        told = hit.told(chinese=True), hit.told()
        self._hits.append([self._count, hit.rule.name, *told, hit.figures["orders"], hit.since, hit.until])
        for each in orders:
            self._orders.append([self._count, hit.rule.name, each])

    def write(self, out: Path) -> None:
        """Write the workbook, whole or not at all."""
        write_whole(out, bytes_of(self._book))


def _orders(hit: RiskHit) -> str:
    named = list(hit.orders[:_MOST_ORDERS])
    more = hit.figures["orders"] - len(named)
    return ", ".join([*named, *([words(f"and {more} more", f"另 {more} 单")] if more else [])])


def _numbers(rule: RiskRule) -> str:
    return ", ".join(f"{name} {value}" for name, value in rule.numbers.items())


def _say(text: str) -> None:
    screen.print(Text(text), soft_wrap=True)
