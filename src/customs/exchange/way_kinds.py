"""Kinds of ways (通道种类): for each its settings, as ``customs.toml`` gives them, and the way that they open.

A kind is a value of settings and a class that takes it; both are loaded when a destination of the kind is opened, so that
what only some need is loaded by those alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from customs.exchange.contract import ExchangeWay, WayError
from customs.fields.moments import Clock
from customs.intake.enterprise_keys import Secret
from customs.intake.enterprise_reading import Reading, Steps
from customs.signing import SigningError


@dataclass(frozen=True, slots=True)
class WayKind:
    """A kind of way: the module that has it, its settings and its class, and True if that asks by time."""

    module: str
    settings: str
    way: str
    by_time: bool = False


#: The kinds by the name that ``customs.toml`` gives them.
KINDS: Mapping[str, WayKind] = {
    "folder": WayKind("customs.exchange.folders", "FolderSettings", "FolderWay"),
    "https": WayKind("customs.exchange.ways.https", "HttpsSettings", "HttpsWay", by_time=True),
    "ftp": WayKind("customs.exchange.ways.ftp", "FtpSettings", "FtpWay"),
    "soap": WayKind("customs.exchange.ways.soap", "SoapSettings", "SoapWay"),
    "shandong": WayKind("customs.exchange.ways.shandong", "ShandongSettings", "ShandongWay"),
    "amqp": WayKind("customs.exchange.ways.amqp", "AmqpSettings", "AmqpWay"),
}


def checked_settings(reading: Reading, kind: str, table: Mapping[str, Any], steps: Steps) -> None:
    """Note the keys that a kind of way does not have, those that it needs, and values of another form."""
    form = _form(kind)
    names = [each.name for each in fields(form)]
    reading.known(table, tuple(names), steps)
    for each in fields(form):
        if each.name not in table and each.default is MISSING and each.default_factory is MISSING:
            reading.wrong((*steps, each.name), f"{kind} needs this key", f"{kind} 须填此键")
    _check_values(reading, form, table, steps)
    for name, value in table.items():
        if isinstance(value, dict) and name in names:
            for inner, each in value.items():
                in_clear = inner in _SECRET and not isinstance(each, dict)
                if in_clear or (isinstance(each, dict) and not _is_secret(each)):
                    reading.wrong((*steps, name, inner), *_IN_CLEAR)


def _check_values(reading: Reading, form: Any, table: Mapping[str, Any], steps: Steps) -> None:
    """Note values that are of another type than their fields."""
    for name, hint in get_type_hints(form).items():
        if name not in table:
            continue
        value, wanted = table[name], _types(hint)
        if type(value) not in wanted or (isinstance(value, list) and not all(isinstance(each, str) for each in value)):
            en, zh = _TYPES[wanted[-1]]
            reading.wrong((*steps, name), f"this has to be {en}", f"此处应为{zh}")
        elif isinstance(value, dict) and (nested := _nested(hint)):
            _check_values(reading, nested, value, (*steps, name))


def _types(hint: Any) -> tuple[type, ...]:
    """Return the types of TOML that a field takes, the one to be told of last."""
    kind = get_origin(hint) or hint
    if kind in (Union, UnionType):
        return tuple(each for one in reversed(get_args(hint)) for each in _types(one))
    if kind is tuple:
        return (list,)
    if kind is float:
        return (int, float)
    if kind in (bool, int):
        return (kind,)
    if kind is NoneType:
        return ()
    return (dict,) if kind is Mapping or is_dataclass(kind) else (str,)


def _nested(hint: Any) -> Any:
    """Return the class whose fields a table fills; None if it is a table of texts."""
    return next((each for each in get_args(hint) or (hint,) if is_dataclass(each)), None)


#: How the types are told.
_TYPES: Mapping[type, tuple[str, str]] = {
    str: ("text, in quotes", "文本，须加引号"),
    list: ('a list of texts, such as ["in"]', '文本列表，如 ["in"]'),
    dict: ('a table, such as { user = "SHOP" }', '表，如 { user = "SHOP" }'),
    bool: ("true or false", " true 或 false"),
    int: ("a whole number", "整数"),
    float: ("a number", "数字"),
}

#: Names of credentials that are always secret.
_SECRET = frozenset({"password", "key"})

#: What to do about a secret that stands in the file, or is named in another form.
_IN_CLEAR = (
    'a secret does not stand in this file: write { env = "VARIABLE" } or { file = "FILE" }, which holds it',
    '密钥不得写在此文件中：请写 { env = "环境变量名" } 或 { file = "文件名" }',
)


def _is_secret(value: object) -> bool:
    """True for a table that names where a secret is kept."""
    return isinstance(value, dict) and len(value) == 1 and isinstance(value.get("env", value.get("file")), str)


def open_way(
    kind: str, table: Mapping[str, Any], beside: Path, *, clock: Clock, since: Callable[[], datetime | None]
) -> ExchangeWay:
    """Open the way of a destination. Paths are relative to the folder ``beside``; secrets are read now.

    ``since`` tells when everything was last fetched, for ways that ask by time. Raises ``WayError`` for settings that do
    not fit together, a secret that is not there, and a library that is not installed.
    """
    known = KINDS[kind]
    try:
        settings = filled(_form(kind), table, beside)
        way: Any = getattr(import_module(known.module), known.way)
        found: ExchangeWay = way(settings, clock=clock, since=since) if known.by_time else way(settings)
    except (ValueError, SigningError) as error:
        raise WayError(str(error)) from None
    except OSError as error:
        name = Path(str(error.filename or "")).name
        raise WayError(f"{name} cannot be read: {error.strerror} 文件 {name} 无法读取") from None
    return found


def _form(kind: str) -> Any:
    known = KINDS[kind]
    return getattr(import_module(known.module), known.settings)


def filled(form: Any, table: Mapping[str, Any], beside: Path) -> Any:
    """Return settings from a table: each field has the key of its name; a path is relative to ``beside``.

    Raises ``ValueError`` for a value that a field does not take.
    """
    hints = get_type_hints(form)
    try:
        return form(**{name: _value(hints[name], value, beside) for name, value in table.items()})
    except TypeError as error:
        raise ValueError(f"{error} 配置项有误") from None


def _value(kind: Any, value: Any, beside: Path) -> Any:
    kinds = get_args(kind) or (kind,)
    if isinstance(value, dict):
        nested = _nested(kind)
        return filled(nested, value, beside) if nested else {name: _text(each, beside) for name, each in value.items()}
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and Path in kinds:
        return beside / value
    return value


def _text(value: Any, beside: Path) -> str:
    """Return a text, or the secret that an environment variable or a file holds."""
    if not isinstance(value, dict):
        return str(value)
    if "file" in value:
        return Secret(file=beside / value["file"]).read()
    return Secret(env=value["env"]).read()
