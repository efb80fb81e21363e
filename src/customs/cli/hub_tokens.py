"""The commands ``hub token`` (访问令牌): make one, list them, revoke them."""

from datetime import datetime, time
from typing import Annotated

import typer

from customs.cli import files
from customs.cli.app import misuse, screen, tell
from customs.cli.common import AsJson, Now, clock_of, day_of
from customs.cli.hub import HUB_FILE, HubFile, commands, hub_opened, hub_settings
from customs.cli.trace_shown import table_of
from customs.exchange.outbox import instant
from customs.hub.enterprises.tokens import TokenScope, TokenStanding, list_tokens, make_token, revoke_token
from customs.hub.settings.hub_file import HubSettings

EnterpriseName = Annotated[str, typer.Argument(metavar="ENTERPRISE", help="Name of the enterprise in the hub's file.")]
TokenName = Annotated[str, typer.Argument(metavar="NAME", help="Name of the token, such as the system that uses it.")]

tokens = typer.Typer(help="Tokens of the interface: make, list, revoke. 访问令牌")

_HEADINGS = (
    ("name", "名称"),
    ("scopes", "权限"),
    ("made", "签发时间"),
    ("until", "有效至"),
    ("revoked", "吊销时间"),
)


@tokens.command("make")
def make(
    enterprise: EnterpriseName,
    name: TokenName,
    scope: Annotated[
        list[TokenScope] | None,
        typer.Option("--scope", help="Scope of the token; may be repeated. Reading alone if left out."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Last day on which it holds.")] = None,
    config: HubFile = HUB_FILE,
    now: Now = None,
) -> None:
    """Make a token and print it. It is not shown again."""
    settings, at = hub_settings(config), instant(clock_of(now, "--now")())
    _known(settings, enterprise)
    last = datetime.combine(day_of(until), time.max) if until else None
    with hub_opened(settings) as (ledger, _), ledger.begin() as connection:
        made = make_token(connection, enterprise, name, scope or [TokenScope.READ], at=at, until=last)
    screen.print(made, highlight=False, markup=False, soft_wrap=True)
    tell("keep it: it is not shown again", "请妥善保存，不再显示")


@tokens.command("list")
def list_(enterprise: EnterpriseName, config: HubFile = HUB_FILE, json: AsJson = False) -> None:
    """List the tokens of an enterprise with what they allow, never themselves."""
    settings = hub_settings(config)
    _known(settings, enterprise)
    with hub_opened(settings) as (ledger, _), ledger.read() as connection:
        found = list_tokens(connection, enterprise)
    if json:
        for each in found:
            screen.print(files.to_json(_row(each)), highlight=False, markup=False, soft_wrap=True)
    else:
        screen.print(table_of(_HEADINGS, [tuple(_row(each).values()) for each in found]))


@tokens.command("revoke")
def revoke(enterprise: EnterpriseName, name: TokenName, config: HubFile = HUB_FILE, now: Now = None) -> None:
    """Revoke the tokens of a name at once. Running it again changes nothing."""
    settings, at = hub_settings(config), instant(clock_of(now, "--now")())
    _known(settings, enterprise)
    with hub_opened(settings) as (ledger, _), ledger.begin() as connection:
        count = revoke_token(connection, enterprise, name, at=at)
    tell(f"{count} revoked", f"已吊销 {count} 个")


def _row(token: TokenStanding) -> dict[str, str]:
    return {
        "name": token.name,
        "scopes": " ".join(token.scopes),
        "made": f"{token.made_at:%Y-%m-%d %H:%M}",
        "until": f"{token.until:%Y-%m-%d}" if token.until else "",
        "revoked": f"{token.revoked_at:%Y-%m-%d %H:%M}" if token.revoked_at else "",
    }


def _known(settings: HubSettings, enterprise: str) -> None:
    if enterprise not in settings.enterprises:
        names = ", ".join(settings.enterprises)
        raise misuse(
            f"the hub has no enterprise {enterprise!r}; there are: {names} 枢纽中没有企业 {enterprise}，现有：{names}"
        )


commands.add_typer(tokens, name="token")
