"""Deadlines (总时限): one signature takes no longer than this in all, whatever the other side sends or leaves out.

Only the system's search for the address of a name cannot be ended from here.

>>> end = Deadline.after(10)
>>> 0 < end.part() <= 10, end.part(most=0.5), end.is_over
(True, 0.5, False)
"""

import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of something that may take so many seconds."""

    seconds: float
    end: float
    """By the monotonic clock."""

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Return the deadline that many seconds from now."""
        return cls(seconds, time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """The seconds that are left, 0 once it is over."""
        return max(self.end - time.monotonic(), 0.0)

    @property
    def is_over(self) -> bool:
        """True if no time is left."""
        return not self.left

    def part(self, most: float | None = None) -> float:
        """Return the seconds that one step may take, ``most`` at most. Raises ``TimeoutError`` if no time is left."""
        left = self.left
        if not left:
            raise TimeoutError("the deadline is over")
        return left if most is None else min(left, most)


class InnerAddressError(OSError):
    """A host has an address that is not of the public network: ``address``."""

    def __init__(self, address: str) -> None:
        super().__init__("the address is of the inner network")
        self.address = address


def connected(
    host: str, port: int, end: Deadline, most: float | None = None, *, public_only: bool = False
) -> socket.socket:
    """Return a connection to the first address of a host that takes one before the deadline. Raises ``OSError``.

    ``most`` are the seconds for each address. With ``public_only`` a host of which any address is not of the public network
    raises ``InnerAddressError``. The name is looked up once, so that what was checked is what is connected to.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if public_only:
        _check_public([str(address[0]) for *_, address in found])
    problem: OSError = OSError("the name has no address")
    for family, kind, protocol, _, address in found:
        link = socket.socket(family, kind, protocol)
        try:
            link.settimeout(end.part(most))
            link.connect(address)
        except OSError as error:
            link.close()
            problem = error
        else:
            return link
    raise problem


def _check_public(addresses: list[str]) -> None:
    for each in addresses:
        if not ipaddress.ip_address(each.partition("%")[0]).is_global:
            raise InnerAddressError(each)
