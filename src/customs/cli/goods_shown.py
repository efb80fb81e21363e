"""Goods records as they are shown (商品备案的显示): as tables, and as values of JSON."""

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli.app import screen
from customs.cli.language import label, words
from customs.cli.parcels import show_texts
from customs.ledger.goods import (
    GoodsEntered,
    GoodsStanding,
    GoodsState,
)
from customs.ledger.goods.content import field_label
from customs.ledger.goods.states import STATE_WORDS

#: The moves of an import, in Chinese.
MOVES: Mapping[str, str] = {
    "new": "新增",
    "changed": "变更",
    "state": "状态变更",
    "same": "不变",
    "frozen": "不得变更",
}


def entered_values(entered: GoodsEntered) -> dict[str, Any]:
    """Return what was entered of a record as values of JSON."""
    return {
        "sku": entered.sku,
        "account_book_no": entered.account_book_no,
        "move": entered.move,
        "version": entered.version,
        "state": entered.state,
        "differences": [each._asdict() for each in entered.differences],
        "findings": [each.as_dict() for each in entered.findings],
    }


def show_entered(entered: GoodsEntered) -> None:
    """Print what was entered of a record: its differences and findings."""
    move = words(entered.move, MOVES[entered.move])
    screen.print(f"{entered.sku}: {move}, {state_words(entered.state)}", highlight=False, soft_wrap=True)
    for each in entered.differences:
        told = f"    {field_label(each.field)}: {each.before or '-'} -> {each.after or '-'}"
        screen.print(Text(told), highlight=False, soft_wrap=True)
    for finding in entered.findings:
        show_texts(finding, finding.code)


def standing_values(each: GoodsStanding) -> dict[str, Any]:
    """Return a record as it stands as values of JSON."""
    held = each.in_force or each.record
    return {
        "sku": each.sku,
        "account_book_no": each.account_book_no,
        "state": each.last.state,
        "version": each.last.version,
        "in_force": each.last.in_force,
        "used": each.last.used,
        "facts": dict(held.facts),
        "valid_from": str(held.valid_from or ""),
        "valid_until": str(held.valid_until or ""),
    }


def state_words(state: GoodsState) -> str:
    """Return a state in the language chosen."""
    return words(state.value, STATE_WORDS[state])


def days_shown(left: int | None) -> Text:
    """Return the days that are left of a record, as they are marked."""
    return Text("" if left is None else str(left), style="yellow")


def goods_table(title: str, *headings: str) -> Table:
    """Return an empty table with a title and headings."""
    table = Table(box=SIMPLE, title=label(title))
    for each in headings:
        table.add_column(label(each), overflow="fold")
    return table
