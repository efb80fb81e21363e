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
        if not _is_public(ipaddress.ip_address(each.partition("%")[0])):
            raise InnerAddressError(each)


#: Addresses of IPv6 that lead to one of IPv4, which is their end: compatible ones, and those of a translator (RFC 6052).
_LEADING = (ipaddress.ip_network("::/96"), ipaddress.ip_network("64:ff9b::/96"))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Return True for an address of one host in the public network, also where an address of IPv6 leads to one of IPv4.

    >>> [_is_public(ipaddress.ip_address(each)) for each in ("8.8.8.8", "64:ff9b::808:808", "64:ff9b::a00:1", "224.0.0.1")]
    [True, True, False, False]
    """
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    ends = address.ipv4_mapped or address.sixtofour
    if any(address in each for each in _LEADING):
        ends = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return ends is None or _is_public(ends)
