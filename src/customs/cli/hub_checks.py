"""The check-up of a hub (枢纽检查): its file, ledger, enterprises, destinations, hooks, tokens and backlog, one by one."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from customs.bilingual import halves
from customs.cli.check_up import check_up
from customs.cli.key_checks import CheckState, SetUpCheck
from customs.exchange.contract import LocalWay, WayError
from customs.exchange.destinations import Destination, Exchange
from customs.exchange.receivers.configured import Callback, CallbackError, dialect_of
from customs.exchange.standing import DeliveryState
from customs.exchange.way_kinds import open_way
from customs.hub.api.callbacks import callback_path
from customs.hub.cases.mail_settings import MailPlace
from customs.hub.channels.telling import GIVEN_UP_AFTER, notices_left
from customs.hub.dropped.folder import DropFolder, DropFolderError
from customs.hub.enterprises.tokens import list_tokens
from customs.hub.service.backlog import Backlog, backlog_of
from customs.hub.service.opening import OpenEnterprise, open_enterprise
from customs.hub.settings.hub_file import EnterprisePlace, HubSettings, load_hub
from customs.hub.settings.oidc_place import OidcPlace
from customs.hub.store.clocks import ClockOffError, check_clock
from customs.hub.web.oidc_check import ProviderFaultError, check_provider
from customs.intake.problems import IntakeError
from customs.ledger.database import Ledger, open_ledger
from customs.ledger.engines import LedgerError
from customs.ledger.keys import LedgerKeyError, load_keys
from customs.ledger.restored import RestoredLedgerError, restored_at

#: How long an order may be due before it is said that nobody works.
WAITED = timedelta(minutes=10)

_GREEN, _WARNING, _WRONG = CheckState.GREEN, CheckState.WARNING, CheckState.WRONG


def hub_check_up(config: Path, *, now: datetime) -> Iterator[SetUpCheck]:
    """Yield the checks of a hub, in order; those after the first depend on what its file says."""
    try:
        settings = load_hub(config)
    except IntakeError as error:
        for each in error.problems:
            yield SetUpCheck("hub file", _WRONG, f"{each.where}: {each.en}", f"{each.where}：{each.zh}")
        return
    count = len(settings.enterprises)
    yield SetUpCheck(
        "hub file", _GREEN, f"{config.name} is valid, enterprises: {count}", f"{config.name} 有效，企业 {count} 家"
    )
    for place in settings.enterprises.values():
        for check in (*check_up(place.file, on=now.date(), now=now), *_exchange(place, now)):
            yield check._replace(profile=f"{place.name} {check.profile}".strip())
    yield from (_mails(name, place) for name, place in settings.cases.mail.items())
    if settings.console.oidc:
        yield _sign_in(settings.console.oidc)
    yield from _ledger(settings, now)


def _mails(name: str, place: MailPlace) -> SetUpCheck:
    """Mails for cases can be fetched."""
    with closing(place.source()) as source:
        try:
            list(source.waiting(0))  # reaches the place, and reads no mail
        except WayError as error:
            return SetUpCheck("mails", _WRONG, *halves(str(error)))
    return SetUpCheck("mails", _GREEN, f"those of {name} can be fetched", f"{name} 的来信可以读取")


def _sign_in(place: OidcPlace) -> SetUpCheck:
    """People can sign in to the console by the identity provider."""
    try:
        check_provider(place)
    except ProviderFaultError as error:
        return SetUpCheck("sign-in", _WRONG, error.en, error.zh)
    return SetUpCheck("sign-in", _GREEN, f"{place.issuer} answers", f"{place.issuer} 可用")


def _exchange(place: EnterprisePlace, now: datetime) -> Iterator[SetUpCheck]:
    """The destinations open, and take the messages of every profile."""
    try:
        opened = open_enterprise(place, lambda: now)
    except (IntakeError, OSError):
        return  # told by the check-up of its file
    if not opened.exchange.destinations:
        yield SetUpCheck(
            "destinations",
            _WRONG,
            f"{place.file.name} has none: add a table [destinations.NAME]",
            f"{place.file.name} 未设接入点，请添加 [destinations.名称]",
        )
    for destination in opened.exchange.destinations.values():
        yield _destination(opened.exchange, destination, now)
    taken = {area for each in opened.exchange.destinations.values() for area in each.areas}
    for name in opened.hub.profiles:
        try:
            area = opened.hub.run(name, now.date()).place.name
        except (IntakeError, OSError):
            continue  # told by the check-up of its file
        if opened.exchange.destinations and area not in taken:
            yield SetUpCheck(
                "destinations",
                _WRONG,
                f"none takes messages of {area}: add it to the areas of one",
                f"没有接入点接收 {area} 的报文，请在 areas 中补充",
                name,
            )
    for callback in opened.callbacks.callbacks:
        yield _callback(place.name, callback, now)
    yield from _drop_folders(opened)
    for hook in opened.hooks.values():
        yield SetUpCheck("hooks", _GREEN, f"{hook.name} is told of changes", f"状态变更将告知 {hook.name}")


def _callback(enterprise: str, callback: Callback, now: datetime) -> SetUpCheck:
    """A call-back can be opened with what it names."""
    try:
        dialect_of(callback, lambda: now)
    except CallbackError as error:
        en, zh = halves(str(error))
        return SetUpCheck("call-backs", _WRONG, en, zh or en)
    at = callback_path(enterprise, callback)
    return SetUpCheck("call-backs", _GREEN, f"{callback.name} is called at {at}", f"{callback.name} 的接收路径为 {at}")


def _drop_folders(opened: OpenEnterprise) -> Iterator[SetUpCheck]:
    """Files can be dropped into each folder and moved."""
    for kind, folder in (("order folder", opened.folder), ("node folder", opened.nodes)):
        if folder is None:
            continue
        try:
            DropFolder(folder).check()
        except DropFolderError as error:
            yield SetUpCheck(kind, _WRONG, *halves(str(error)), opened.hub.name)
        else:
            yield SetUpCheck(kind, _GREEN, f"{folder} can be used", f"{folder} 可用", opened.hub.name)


def _destination(exchange: Exchange, destination: Destination, now: datetime) -> SetUpCheck:
    name = destination.name
    try:
        way = open_way(
            destination.kind, destination.settings, exchange.file.parent, clock=lambda: now, since=lambda: None
        )
        with closing(way):
            if isinstance(way, LocalWay):
                way.check_place()
    except (WayError, OSError) as error:
        en, zh = halves(str(error))
        return SetUpCheck("destinations", _WRONG, f"{name}: {en}", f"{name}：{zh or en}")
    return SetUpCheck("destinations", _GREEN, f"{name} can be used", f"{name} 可用")


def _ledger(settings: HubSettings, now: datetime) -> Iterator[SetUpCheck]:
    place = settings.ledger
    try:
        with open_ledger(place.url, load_keys(place.keys)) as ledger:
            yield SetUpCheck("ledger", _GREEN, "it opens with its keys", "账簿与密钥可用")
            yield from _of_ledger(settings, ledger, now)
    except (LedgerError, LedgerKeyError, OSError) as error:
        en, zh = halves(str(error))
        yield SetUpCheck("ledger", _WRONG, en, zh or en)


def _of_ledger(settings: HubSettings, ledger: Ledger, now: datetime) -> Iterator[SetUpCheck]:
    if (there := ledger.time_there()) is not None:
        yield _clock(there, now)
    with ledger.read() as connection:
        if (at := restored_at(connection)) is not None:
            en, zh = halves(str(RestoredLedgerError(at)))
            yield SetUpCheck("ledger", _WRONG, en, zh)
        for name in settings.enterprises:
            if not list_tokens(connection, name):
                yield SetUpCheck(
                    "tokens",
                    _WARNING,
                    "there are none, so nobody can give orders over HTTP: customs hub token make",
                    "尚无令牌，无法通过 HTTP 接单：请执行 customs hub token make",
                    name,
                )
            for check in _backlog(backlog_of(connection, name, now=now), now):
                yield check._replace(profile=name)
            yield from _channels(settings, notices_left(connection, since=now - GIVEN_UP_AFTER))


def _channels(settings: HubSettings, left: Mapping[tuple[str, str], int]) -> Iterator[SetUpCheck]:
    """Notices reach somebody: each is for a channel of the file, and none was refused or given up of late."""
    for name in settings.channels:
        yield SetUpCheck(
            "channels",
            _GREEN,
            f"{name} is set: try it with customs hub tell",
            f"{name} 已设置，可用 customs hub tell 测试",
        )
    for (name, state), count in sorted(left.items()):
        if name not in settings.channels:
            yield SetUpCheck(
                "channels",
                _WRONG,
                f"notices for {name}: {count:,}, but the file has no [channels.{name}]",
                f"有 {count:,} 条通知发往 {name}，但配置中没有 [channels.{name}]",
            )
        elif state != "waiting":
            yield SetUpCheck(
                "channels", _WARNING, f"{name}: {count:,} notices {state}", f"{name}：{count:,} 条通知未送达"
            )


def _clock(there: datetime, now: datetime) -> SetUpCheck:
    """The clocks of the database and of this machine agree."""
    try:
        check_clock(now, there)
    except ClockOffError as error:
        return SetUpCheck("clock", _WRONG, error.en, error.zh)
    seconds = round(abs(there - now).total_seconds())
    return SetUpCheck("clock", _GREEN, f"that of the database is {seconds} s off", f"数据库时钟相差 {seconds} 秒")


def _backlog(found: Backlog, now: datetime) -> Iterator[SetUpCheck]:
    if found.orders_since and now - found.orders_since > WAITED:
        yield SetUpCheck(
            "work",
            _WARNING,
            f"{found.orders:,} orders are due, the oldest since {found.orders_since:%Y-%m-%d %H:%M}: is a worker running?",
            f"{found.orders:,} 个订单到期未申报，最早为 {found.orders_since:%Y-%m-%d %H:%M}，请确认工作进程在运行",
        )
    if found.calls_since and now - found.calls_since > WAITED:
        yield SetUpCheck(
            "work",
            _WARNING,
            f"{found.calls:,} calls were not taken, the oldest of {found.calls_since:%Y-%m-%d %H:%M}",
            f"{found.calls:,} 条回调未被接收，最早为 {found.calls_since:%Y-%m-%d %H:%M}",
        )
    if dead := found.messages.get(DeliveryState.DEAD, 0):
        yield SetUpCheck("work", _WARNING, f"{dead:,} messages are dead letters", f"{dead:,} 份报文已作废，请处理")
    if parked := found.messages.get(DeliveryState.PARKED, 0):
        yield SetUpCheck("work", _WARNING, f"{parked:,} messages are parked", f"{parked:,} 份报文被搁置，请处理")
