"""Where and how the console of a hub is served (控制台设置, table ``[console]``)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from customs.hub.settings.oidc_place import OidcPlace, read_oidc
from customs.intake.enterprise_reading import Reading, Steps

_KEYS = ("address", "idle_minutes", "longest_hours", "oidc")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolePlace:
    """The address under which people open the console, and how long a session lasts."""

    address: str = ""
    """Scheme and host, such as ``https://hub.example.com``; where it is empty, the host that the browser asks for counts."""
    idle: timedelta = timedelta(minutes=30)
    """How long a session lasts without a page."""
    longest: timedelta = timedelta(hours=10)
    """How long a session lasts at most."""
    oidc: OidcPlace | None = None
    """The identity provider by which people sign in, beside their passwords."""


def read_console(reading: Reading, table: Mapping[str, Any], steps: Steps) -> ConsolePlace:
    """Read the table ``[console]`` of a hub's file; mistakes are noted in ``reading``."""
    reading.known(table, _KEYS, steps)
    address = table.get("address", "")
    if not isinstance(address, str) or (address and not re.fullmatch(r"https?://[^/\s?#@]+", address)):
        reading.wrong(
            (*steps, "address"),
            "this is a scheme and a host without a path, such as https://hub.example.com",
            "此处为协议和主机名，不含路径，如 https://hub.example.com",
        )
        address = ""
    given = reading.table(table.get("oidc", {}), (*steps, "oidc"))
    oidc = read_oidc(reading, given, (*steps, "oidc")) if given else None
    if oidc and not address:
        reading.wrong(
            (*steps, "oidc"),
            "signing in by a provider needs address in [console]: the provider sends people back there",
            "使用统一身份认证须在 [console] 中填写 address：认证后返回此地址",
        )
    return ConsolePlace(
        address=address,
        oidc=oidc,
        idle=timedelta(minutes=_number(reading, table, (*steps, "idle_minutes"), 30, 480)),
        longest=timedelta(hours=_number(reading, table, (*steps, "longest_hours"), 10, 24)),
    )


def _number(reading: Reading, table: Mapping[str, Any], steps: Steps, usual: int, most: int) -> int:
    value = table.get(str(steps[-1]), usual)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        reading.wrong(steps, f"this is a whole number from 1 to {most}", f"此处为 1 至 {most} 的整数")
        return usual
    return value
