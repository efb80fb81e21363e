"""The command ``hub init`` (新建枢纽): the file of a hub beside an enterprise file, its ledger and its keys."""

import re
from pathlib import Path
from typing import Annotated

import typer

from customs.cli.app import misuse, screen, tell
from customs.cli.enterprise import CONFIG
from customs.cli.hub import HUB_FILE, commands, hub_settings
from customs.cli.language import words
from customs.cli.ledgers import ledger_told
from customs.files import remove_file, write_together
from customs.hub.settings.hub_file import ENTERPRISE_NAME
from customs.ledger.keys import make_keys
from customs.ledger.upgrading import upgrade

_TEXT = """\
# The file of a hub 枢纽配置文件. See: docs/howto/run-the-hub.md

[ledger]
# sqlite:///FILE for one machine, postgresql://USER@HOST/NAME for several workers; the password stands in PGPASSWORD or .pgpass
# 单机用 sqlite:///文件，多个工作进程用 postgresql://用户@主机/库名；密码用 PGPASSWORD 或 .pgpass 提供
url = "{url}"
keys = "ledger.key"

[serve]
host = "127.0.0.1"
port = 8080

[enterprises.{name}]
file = "{file}"

# Order lists that are dropped into this folder are taken in 放入此目录的订单表将自动接单
# folder = "orders"
# Files that tell what shop, warehouse and carrier did 放入此目录的节点文件将自动登记
# nodes = "nodes"

# Systems that are told each change of an order 接收状态变更的系统
# [enterprises.{name}.hooks.wms]
# url = "https://wms.example/customs"
# secret = {{ env = "WMS_SECRET" }}
"""


@commands.command("init")
def init(
    file: Annotated[
        Path, typer.Option("--enterprise", dir_okay=False, help="Enterprise file; customs.toml if left out.")
    ] = CONFIG,
    name: Annotated[str, typer.Option("--name", help="Name of the enterprise in the hub.")] = "shop",
    url: Annotated[
        str, typer.Option("--ledger", metavar="URL", help="Database; sqlite:///hub.db beside the file if left out.")
    ] = "",
    config: Annotated[Path, typer.Option("--config", dir_okay=False, help="File to make.")] = HUB_FILE,
) -> None:
    """Make the file of a hub, its ledger and the keys of that. Nothing that exists is written over."""
    if not re.fullmatch(ENTERPRISE_NAME, name):
        raise misuse(
            "--name: small letters, digits and hyphens, 40 at most 名称由小写字母、数字和连字符组成，最长 40 位"
        )
    if not file.is_file():
        raise misuse(
            f"--enterprise: there is no file {file}: make one with customs init 没有此文件，请先用 customs init 生成"
        )
    if config.exists():
        raise misuse(f"{config} exists and is not written over 文件已存在，不予覆盖")
    shown = file.resolve().as_posix() if file.is_absolute() else file.as_posix()
    text = _TEXT.format(
        url=url or f"sqlite:///{(config.parent / 'hub.db').resolve().as_posix()}", name=name, file=shown
    )
    write_together({config: text.encode()}, replacing=False)
    try:
        place = hub_settings(config).ledger
        with ledger_told():
            if not place.keys.exists():
                make_keys(place.keys)
            upgrade(place.url)
    except BaseException:
        remove_file(config)  # without its ledger the file is of no use, and would stand in the way of the next init
        raise
    screen.print(
        words(f"{config} is made, with its ledger.", f"已生成 {config} 及其账簿。"), highlight=False, markup=False
    )
    tell(
        f"keep a copy of {place.keys} apart from the database; then: customs hub doctor, customs hub serve",
        f"请将 {place.keys} 另行备份，勿与数据库放在一起；随后执行 customs hub doctor 与 customs hub serve",
    )
