r"""The file of a hub (枢纽配置文件, ``hub.toml``): its database, its enterprises with their files, and who is told of changes.

>>> from tempfile import mkdtemp
>>> file = Path(mkdtemp()) / "hub.toml"
>>> _ = file.write_text('[ledger]\nurl = "sqlite:///hub.db"\n[enterprises.shop]\nfile = "shop/customs.toml"', encoding="utf-8")
>>> settings = load_hub(file)
>>> list(settings.enterprises), settings.enterprises["shop"].file.name
(['shop'], 'customs.toml')
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from customs.bilingual import halves
from customs.hub.alarms.reading import read_alarms
from customs.hub.alarms.settings import AlarmSettings, shipped_settings
from customs.hub.calls.making import Hook, HookSettingError, hook_secret
from customs.hub.cases.mail_settings import mails_have_enterprises
from customs.hub.cases.reading import read_cases
from customs.hub.cases.settings import CaseSettings
from customs.hub.channels.settings import read_channels
from customs.hub.channels.telling import Channel
from customs.hub.orders.retention import RetentionSettings, read_retention
from customs.hub.reports.report_settings import ReportSettings, read_reports
from customs.hub.settings.console_place import ConsolePlace, read_console
from customs.hub.settings.metrics import MetricsPlace, read_metrics
from customs.hub.settings.settlement_places import SettlementPlace, read_settlements
from customs.hub.settings.traces import TracesPlace, read_traces
from customs.intake.enterprise_keys import Secret
from customs.intake.enterprise_reading import Reading, Steps
from customs.intake.enterprise_text import read_text
from customs.intake.problems import EnterpriseError
from customs.ledger.configured import LedgerPlace, load_ledger_place
from customs.signing import SigningError

#: The form of an enterprise's name.
ENTERPRISE_NAME = r"[a-z0-9][a-z0-9-]{0,39}"

_TABLES = (
    "ledger",
    "enterprises",
    "serve",
    "alarms",
    "channels",
    "reports",
    "metrics",
    "retention",
    "console",
    "cases",
    "settlements",
    "traces",
)

_HOOK = ("url", "secret", "inner", "ca_file")


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterprisePlace:
    """An enterprise of a hub: its file, the hooks that are told of its orders, and the folders of its files, if any."""

    name: str
    file: Path
    hooks: Mapping[str, Hook] = field(repr=False)
    folder: Path | None = None
    """The folder of order lists."""
    nodes: Path | None = None
    """The folder of node files."""


@dataclass(frozen=True, kw_only=True)
class ServePlace:
    """Where the interface of a hub listens (监听地址), and how often its workers look for work, in seconds."""

    host: str = "127.0.0.1"
    port: int = 8080
    every: float = 1.0
    proxies: tuple[str, ...] = ()
    """Addresses of proxies whose word on the caller's address (``X-Forwarded-For``) is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings:
    """The file of a hub, read and checked."""

    file: Path
    ledger: LedgerPlace
    enterprises: Mapping[str, EnterprisePlace]
    serve: ServePlace = ServePlace()
    alarms: AlarmSettings = field(default_factory=shipped_settings, repr=False)
    metrics: MetricsPlace = field(default_factory=MetricsPlace)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    console: ConsolePlace = field(default_factory=ConsolePlace)
    reports: ReportSettings = field(default_factory=ReportSettings, repr=False)
    cases: CaseSettings = field(default_factory=CaseSettings, repr=False)
    settlements: Mapping[str, SettlementPlace] = field(default_factory=dict)
    traces: TracesPlace = field(default_factory=TracesPlace)


def load_hub(path: Path | str) -> HubSettings:
    """Read the file of a hub. Raises ``EnterpriseError`` with every mistake, and ``OSError``."""
    ledger = load_ledger_place(path)
    text = read_text(Path(path))
    reading = Reading(text)
    reading.known(text.data, _TABLES, ())
    given = reading.table(text.data.get("enterprises", {}), ("enterprises",))
    found = {name: _enterprise(reading, name, value) for name, value in given.items()}
    if not given:
        reading.wrong(
            ("enterprises",),
            'a hub has at least one enterprise: [enterprises.NAME] with file = "customs.toml"',
            '至少须有一家企业：[enterprises.名称]，其下写 file = "customs.toml"',
        )
    _folders_apart(reading, [each for each in found.values() if each])
    serve = _serve(reading, text.data)
    alarms = read_alarms(reading, reading.table(text.data.get("alarms", {}), ("alarms",)), ("alarms",))
    reading.known(alarms.watched, tuple(given), ("alarms", "watched"))
    metrics = read_metrics(reading, reading.table(text.data.get("metrics", {}), ("metrics",)), ("metrics",))
    retention = read_retention(reading, reading.table(text.data.get("retention", {}), ("retention",)), ("retention",))
    console = read_console(reading, reading.table(text.data.get("console", {}), ("console",)), ("console",))
    given_channels = reading.table(text.data.get("channels", {}), ("channels",))
    channels = read_channels(reading, given_channels)
    reports = read_reports(reading, reading.table(text.data.get("reports", {}), ("reports",)), ("reports",))
    cases = read_cases(reading, reading.table(text.data.get("cases", {}), ("cases",)), ("cases",))
    mails_have_enterprises(reading, cases.mail, tuple(given))
    told = {"alarms": alarms.channels, "reports": reports.channels, "cases": cases.channels}
    _channels_there(reading, tuple(given_channels), told)
    settled = reading.table(text.data.get("settlements", {}), ("settlements",))
    reading.known(settled, tuple(given), ("settlements",))
    settlements = read_settlements(reading, settled, ("settlements",))
    traces = read_traces(reading, reading.table(text.data.get("traces", {}), ("traces",)), ("traces",))
    if reading.problems:
        raise EnterpriseError(reading.problems)
    return HubSettings(
        file=text.path,
        ledger=ledger,
        enterprises={name: each for name, each in found.items() if each is not None},
        serve=serve,
        alarms=alarms,
        metrics=metrics,
        retention=retention,
        channels=channels,
        console=console,
        reports=reports,
        cases=cases,
        settlements=settlements,
        traces=traces,
    )


def _folders_apart(reading: Reading, places: list[EnterprisePlace]) -> None:
    """Note the folders that are named twice: whose files these are, and of which kind, could not be told."""
    owners = dict[Path, str]()
    for each in places:
        for key, folder in (("folder", each.folder), ("nodes", each.nodes)):
            own = f"[enterprises.{each.name}] {key}"
            owner = owners.setdefault(folder.resolve(), own) if folder else own
            if owner != own:
                reading.wrong(
                    ("enterprises", each.name, key),
                    f"this is the folder of {owner}: each kind of file of each enterprise has a folder of its own",
                    f"此目录已用于 {owner}，各企业的各类文件须各用一个目录",
                )


def _channels_there(reading: Reading, there: tuple[str, ...], named: Mapping[str, frozenset[str]]) -> None:
    """Note the channels that tables name and the file does not have: what is told there reaches nobody."""
    for table, names in named.items():
        for name in sorted(names - set(there)):
            reading.wrong(
                (table,),
                f"[{table}] tells the channel {name}, which the file does not have: add [channels.{name}]; "
                f"there are: {', '.join(there) or 'none'}",
                f"[{table}] 通知的渠道 {name} 不存在：请添加 [channels.{name}]；现有：{'、'.join(there) or '无'}",
            )


def _serve(reading: Reading, data: Mapping[str, Any]) -> ServePlace:
    """Read ``[serve]``."""
    table = reading.table(data.get("serve", {}), ("serve",))
    reading.known(table, ("host", "port", "every", "proxies"), ("serve",))
    port, every = table.get("port", ServePlace.port), table.get("every", ServePlace.every)
    if not isinstance(port, int) or not 0 <= port <= 65535:
        reading.wrong(("serve", "port"), "a port is a number from 0 to 65535", "端口为 0 至 65535 的整数")
    if not isinstance(every, int | float) or not 0.05 <= every <= 60:
        reading.wrong(("serve", "every"), "this is from 0.05 to 60 seconds", "间隔为 0.05 至 60 秒")
    proxies = _proxies(reading, table.get("proxies", []))
    if reading.problems:
        return ServePlace()
    host = reading.text_at(table, "host", ("serve",)) or ServePlace.host
    return ServePlace(host=host, port=port, every=float(every), proxies=proxies)


def _proxies(reading: Reading, value: object) -> tuple[str, ...]:
    try:
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(str(ip_address(each)) for each in value)
    except ValueError:
        pass
    reading.wrong(
        ("serve", "proxies"),
        'this is a list of addresses, such as ["10.0.0.2"]',
        '此处应为地址列表，如 ["10.0.0.2"]',
    )
    return ()


def _enterprise(reading: Reading, name: str, value: object) -> EnterprisePlace | None:
    steps: Steps = ("enterprises", name)
    table = reading.table(value, steps)
    reading.known(table, ("file", "folder", "nodes", "hooks"), steps)
    if not re.fullmatch(ENTERPRISE_NAME, name):
        reading.wrong(
            steps,
            "the name of an enterprise has small letters, digits and hyphens, 40 at most",
            "企业名称由小写字母、数字和连字符组成，最长 40 位",
        )
    file = reading.path_at(table, "file", steps)
    if file is None and "file" not in table:
        reading.wrong((*steps, "file"), "the enterprise file is missing: file = ...", "缺少企业档案：file = ...")
    hooks = reading.table(table.get("hooks", {}), (*steps, "hooks"))
    read = {hook: _hook(reading, hook, each, (*steps, "hooks", hook)) for hook, each in hooks.items()}
    if file is None:
        return None
    told = {hook: each for hook, each in read.items() if each}
    folder, nodes = (reading.path_at(table, key, steps) for key in ("folder", "nodes"))
    return EnterprisePlace(name=name, file=file, hooks=told, folder=folder, nodes=nodes)


def _hook(reading: Reading, name: str, value: object, steps: Steps) -> Hook | None:
    table = reading.table(value, steps)
    reading.known(table, _HOOK, steps)
    url, secret = reading.text_at(table, "url", steps), table.get("secret")
    inner, ca_file = table.get("inner", False), reading.path_at(table, "ca_file", steps)
    if not isinstance(inner, bool):
        reading.wrong((*steps, "inner"), "this is true or false", "此处应为 true 或 false")
        return None
    if not (isinstance(secret, dict) and len(secret) == 1 and isinstance(secret.get("env", secret.get("file")), str)):
        reading.wrong(
            (*steps, "secret"),
            'the secret is { env = "VARIABLE" } or { file = "FILE" }, which holds it',
            '密钥请写 { env = "环境变量名" } 或 { file = "文件名" }',
        )
        return None
    where = Secret(env=secret["env"]) if "env" in secret else Secret(file=reading.text.path.parent / secret["file"])
    try:
        return Hook(
            name=name,
            url=url,
            secret=hook_secret(where.read()),
            inner=inner,
            ca_file=str(ca_file) if ca_file else None,
        )
    except (HookSettingError, SigningError, OSError, ValueError) as error:
        reading.wrong(steps, *halves(str(error)))
        return None
