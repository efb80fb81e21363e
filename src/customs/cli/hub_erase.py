"""The command ``hub erase`` (删除个人信息): the personal data of an order is erased since its buyer asks for it."""

from typing import Annotated

import typer

from customs.cli.app import misuse, tell
from customs.cli.common import Now, clock_of
from customs.cli.hub import HUB_FILE, HubFile, commands, hub_opened, hub_settings
from customs.cli.hub_tokens import EnterpriseName
from customs.exchange.outbox import instant
from customs.hub.orders.erasing import erase_order
from customs.hub.orders.gate import OrderNotTakenInError
from customs.hub.procedures.said import erase_said_of_order


@commands.command("erase")
def erase(
    enterprise: EnterpriseName,
    order: Annotated[str, typer.Option("--order", help="Number of the order.")],
    platform: Annotated[str, typer.Option("--platform", help="Customs code of its platform.")],
    config: HubFile = HUB_FILE,
    now: Now = None,
) -> None:
    """Erase the personal data of an order for good, since its buyer asks for it; figures and numbers stay.

    What was declared is kept for as long as the law asks: then it says until when, and exits 1.
    """
    settings, at = hub_settings(config), instant(clock_of(now, "--now")())
    with hub_opened(settings) as (ledger, _):
        with ledger.begin() as connection:
            try:
                done = erase_order(connection, enterprise, (platform, order), settings.retention, now=at)
            except OrderNotTakenInError:
                raise misuse(f"--order: {order} is not in the hub 枢纽中没有订单 {order}") from None
            if done.outcome in ("erased", "known"):
                erase_said_of_order(connection, enterprise, f"{platform}/{order}")
        ledger.overwrite_erased()
    if done.outcome == "kept":
        tell(
            f"{order} was declared: the law asks to keep it until {done.until:%Y-%m-%d}; it is erased then by itself",
            f"{order} 已向海关申报，依法须保存至 {done.until:%Y-%m-%d}，届时自动删除",
        )
    elif done.outcome == "open":
        tell(
            f"{order} is open: cancel it first, then erase it",
            f"{order} 尚未办结：请先撤单，再行删除",
        )
    else:
        tell(f"the personal data of {order} is erased", f"{order} 的个人信息已删除")
    raise typer.Exit(0 if done.outcome in ("erased", "known") else 1)
