r"""Call-backs of an enterprise (回调配置): the tables ``[callbacks.NAME]`` of ``customs.toml``, and the receivers they stand for.

Each names a kind, where it is called, from which networks, and what its dialect needs. A secret is never written in the
file: it is named by an environment variable or a file. Kinds of which a call proves nothing, or not the whole message,
need their networks.

>>> from tempfile import mkdtemp
>>> file = Path(mkdtemp()) / "customs.toml"
>>> _ = file.write_text(
...     '[callbacks.gz]\nkind = "guangzhou"\nclient_id = "C1"\nkey = {env = "GZ_KEY"}', encoding="utf-8")
>>> [(each.name, each.kind, each.path) for each in load_callbacks(file).callbacks]
[('gz', 'guangzhou', '/gz')]
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from customs.areas import AreaProfile
from customs.exchange.boxes import Boxes
from customs.exchange.destinations import Exchange, load_exchange
from customs.exchange.item_reading import UNIFIED_EDITION
from customs.exchange.outbox_rows import checked_destination
from customs.exchange.receivers.pushed import Network, PushDialect, PushReceiver
from customs.exchange.receivers.stores import InboxBook, PushBook, ThreadedStore
from customs.fields.moments import Clock
from customs.intake.enterprise_keys import Secret
from customs.intake.enterprise_reading import Reading, Steps
from customs.intake.enterprise_text import read_text
from customs.intake.problems import EnterpriseError

#: The keys that every kind has, and those of the server as a whole.
_COMMON = ("kind", "path", "from")


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One call-back (回调): who calls where, and what is known of him."""

    name: str
    kind: str
    path: str
    networks: tuple[Network, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False, hash=False)
    files: Mapping[str, Path] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Callbacks:
    """The call-backs of an enterprise, with what they share with its destinations."""

    exchange: Exchange
    callbacks: tuple[Callback, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackKind:
    """A kind of call-back: the keys that it needs, and how its dialect is made.

    Dialects may raise ``ValueError``, ``SigningError`` and ``OSError`` for what cannot be used.
    """

    texts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    networks: bool = False
    """True if they have to be given."""
    areas: Sequence[str | AreaProfile] = UNIFIED_EDITION
    """The formats of its receipts; those of the area's settings come before them."""
    dialect: Callable[[Callback, Clock], PushDialect]


def _guangzhou(callback: Callback, clock: Clock) -> PushDialect:
    from customs.exchange.receivers.guangzhou import GuangzhouPush

    return GuangzhouPush(client_id=callback.texts["client_id"], key=callback.secrets["key"].read())


def _ningbo(callback: Callback, clock: Clock) -> PushDialect:
    from customs.exchange.receivers.ningbo import NingboPush

    return NingboPush(user_id=callback.texts["user_id"], password=callback.secrets["password"].read())


def _zhejiang(callback: Callback, clock: Clock) -> PushDialect:
    from customs import areas
    from customs.areas.keys import public_key
    from customs.exchange.receivers.zhejiang import ZhejiangPush

    area = areas.load_settings(callback.files["settings"], areas.find)
    key = callback.files["platform_key"].read_bytes()
    public_key(key)  # what is wrong with it is told now
    return ZhejiangPush(area=area, platform_key=key)


def _data_requests(callback: Callback, clock: Clock) -> PushDialect:
    from customs.exchange.receivers.data_requests import DataRequestPush

    return DataRequestPush(clock=clock)


#: The kinds by the name that ``customs.toml`` gives them.
KINDS: Mapping[str, CallbackKind] = {
    "guangzhou": CallbackKind(
        texts=("client_id",),
        secrets=("key",),
        areas=(*UNIFIED_EDITION, "guangzhou", "guangzhou_kj"),
        dialect=_guangzhou,
    ),
    "zhejiang": CallbackKind(
        files=("settings", "platform_key"), areas=(*UNIFIED_EDITION, "zhejiang_jkf", "jiangxi_jkf"), dialect=_zhejiang
    ),
    "ningbo": CallbackKind(
        texts=("user_id",), secrets=("password",), networks=True, areas=("ningbo_kjb2c",), dialect=_ningbo
    ),
    "payment_data": CallbackKind(networks=True, dialect=_data_requests),
}


def load_callbacks(path: Path | str, *, needed: bool = True) -> Callbacks:
    """Read the call-backs of an enterprise file; without any that is a mistake if they are ``needed``.

    Raises ``EnterpriseError`` with every mistake, and ``OSError``.
    """
    exchange = load_exchange(path)
    text = read_text(Path(path))
    reading = Reading(text)
    given = reading.table(text.data.get("callbacks", {}), ("callbacks",))
    found = [_callback(reading, name, value) for name, value in given.items()]
    if needed and not given:
        reading.wrong(
            ("callbacks",),
            "there is no call-back: add a table [callbacks.NAME]",
            "没有回调配置，请添加 [callbacks.名称]",
        )
    _apart(reading, found)
    if reading.problems:
        raise EnterpriseError(reading.problems)
    return Callbacks(exchange=exchange, callbacks=tuple(found))


def _apart(reading: Reading, callbacks: Sequence[Callback]) -> None:
    """Note paths that two call-backs have, and a second one for requests for payment data."""
    for at, each in enumerate(callbacks):
        before = callbacks[:at]
        if any(each.path == other.path for other in before):
            reading.wrong(
                ("callbacks", each.name, "path"), f"another call-back has the path {each.path}", "路径与其他回调重复"
            )
        if each.kind == "payment_data" and any(other.kind == each.kind for other in before):
            reading.wrong(
                ("callbacks", each.name, "kind"), "one call-back of this kind is enough", "此种回调只能有一个"
            )


def _callback(reading: Reading, name: str, value: object) -> Callback:
    steps: Steps = ("callbacks", name)
    table = reading.table(value, steps)
    try:
        checked_destination(name)
    except ValueError:
        reading.wrong(
            steps,
            "the name of a call-back is lower-case letters, digits, - and _",
            "回调名称只用小写字母、数字、- 和 _",
        )
    kind = reading.text_at(table, "kind", steps)
    if kind not in KINDS:
        reading.wrong((*steps, "kind"), f"the kind is one of {', '.join(KINDS)}", f"kind 应为 {'、'.join(KINDS)} 之一")
        return Callback(name=name, kind="", path=f"/{name}")
    known = KINDS[kind]
    names = (*known.texts, *known.secrets, *known.files)
    reading.known(table, (*_COMMON, *names), steps)
    for each in names:
        if each not in table:
            reading.wrong((*steps, each), f"{kind} needs this key", f"{kind} 须填此键")
    paths = {each: reading.path_at(table, each, steps) for each in known.files}
    return Callback(
        name=name,
        kind=kind,
        path=_path(reading, table, steps, f"/{name}"),
        networks=_networks(reading, table, known, steps),
        texts={each: reading.text_at(table, each, steps) for each in known.texts},
        secrets={each: _secret(reading, table.get(each), (*steps, each)) for each in known.secrets if each in table},
        files={each: path for each, path in paths.items() if path},
    )


def _path(reading: Reading, table: Mapping[str, Any], steps: Steps, default: str) -> str:
    path = reading.text_at(table, "path", steps) or default
    if not re.fullmatch(r"(/[A-Za-z0-9_.~-]+)+", path):
        reading.wrong(
            (*steps, "path"),
            "a path is a slash and letters, digits, _ . ~ -, such as /platDataOpen",
            "路径以斜杠开头，只用字母、数字和 _ . ~ -，如 /platDataOpen",
        )
    return path


def _networks(reading: Reading, table: Mapping[str, Any], kind: CallbackKind, steps: Steps) -> tuple[Network, ...]:
    value = table.get("from", [])
    try:
        found = tuple(ip_network(each) for each in value) if isinstance(value, list) else None
    except ValueError:
        found = None
    if found is None or not all(isinstance(each, str) for each in value):
        reading.wrong(
            (*steps, "from"),
            'this is a list of networks, such as ["203.0.113.0/24", "198.51.100.7"]',
            '此处应为网段列表，如 ["203.0.113.0/24", "198.51.100.7"]',
        )
        return ()
    if kind.networks and not found:
        reading.wrong(
            (*steps, "from"),
            "the calls of this kind prove too little: name the networks from which they come",
            "此种调用本身不足以验证来源，请填写其来源网段",
        )
    return found


def _secret(reading: Reading, value: object, steps: Steps) -> Secret:
    if isinstance(value, dict) and len(value) == 1:
        kept = next(iter(value.values()))
        if isinstance(kept, str) and kept.strip() and kept.isprintable():
            if "env" in value:
                return Secret(env=kept)
            if "file" in value:
                return Secret(file=reading.text.path.parent / kept)
    reading.wrong(
        steps,
        'write { env = "VARIABLE" } or { file = "FILE" }, which holds it',
        '请写 { env = "环境变量名" } 或 { file = "文件名" }',
    )
    return Secret()


class OpenCallbacks:
    """The receivers of call-backs with their open stores, by path; made by ``open_callbacks``."""

    def __init__(self) -> None:
        self.receivers: dict[str, PushReceiver] = {}
        self._stores: list[ThreadedStore] = []

    def add(self, path: str, receiver: PushReceiver, store: ThreadedStore) -> None:
        """Add a receiver and its store."""
        self.receivers[path] = receiver
        self._stores.append(store)

    def close(self) -> None:
        """Store what waits, and give the stores to the next process."""
        for each in self._stores:
            each.close()


def open_callbacks(settings: Callbacks, clock: Clock, boxes: Boxes) -> OpenCallbacks:
    """Open the receivers of an enterprise with their stores: inboxes, and in the state folder requests for payment data.

    Raises ``CallbackError`` for what a call-back names and cannot be used, what the boxes raise, such as
    ``JournalHeldError`` if another process receives the same, and ``JournalError`` if the state folder cannot be used.
    """
    return open_receivers(settings, clock, partial(_book_of, settings.exchange, boxes))


def open_receivers(
    settings: Callbacks, clock: Clock, book_of: Callable[[Callback], Callable[[], PushBook]]
) -> OpenCallbacks:
    """Open the receivers of an enterprise with the books in which each call-back keeps its calls.

    Raises ``CallbackError`` for what a call-back names and cannot be used, and what opening a book raises.
    """
    opened = OpenCallbacks()
    try:
        for each in settings.callbacks:
            dialect = dialect_of(each, clock)
            store = ThreadedStore(book_of(each))
            receiver = PushReceiver(name=each.name, dialect=dialect, store=store, networks=each.networks)
            opened.add(each.path, receiver, store)
    except BaseException:
        opened.close()
        raise
    return opened


class CallbackError(Exception):
    """A call-back names what cannot be used; the text says what, in both languages."""


def dialect_of(callback: Callback, clock: Clock) -> PushDialect:
    """Return how the calls of a call-back are read. Raises ``CallbackError`` for what it names and cannot be used."""
    from customs.signing import SigningError

    try:
        return KINDS[callback.kind].dialect(callback, clock)
    except OSError as error:
        name = Path(str(error.filename or "")).name
        raise CallbackError(
            f"callbacks.{callback.name}: {name} cannot be read: {error.strerror} 文件 {name} 无法读取"
        ) from None
    except (ValueError, LookupError, SigningError) as error:
        raise CallbackError(f"callbacks.{callback.name}: {error}") from None


def _book_of(exchange: Exchange, boxes: Boxes, callback: Callback) -> Callable[[], PushBook]:
    if callback.kind == "payment_data":
        from customs.exchange.receivers.request_book import open_request_book

        return lambda: open_request_book(exchange.state)
    areas = KINDS[callback.kind].areas
    return lambda: InboxBook(boxes.inbox(callback.name), areas=areas, folder=exchange.receipts)
