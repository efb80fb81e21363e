"""Calls at a local gateway (网关请求与应答), taken apart by no framework, and the desk behind a gateway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class GatewayCall:
    """A request as a gateway gets it."""

    method: str
    path: str
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """By names in lower case."""
    body: bytes = field(repr=False)

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form in the body."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, max_num_fields=50))


class GatewayAnswer(NamedTuple):
    """An answer of a gateway."""

    content: bytes = b""
    status: int = 200


class GatewayDesk(Protocol):
    """The desk behind a gateway: it takes messages, has what waits to be fetched and what was noted, and the shared secrets.

    A secret that the desk does not have is not checked, as far as a message can be read without it.
    """

    @property
    def secrets(self) -> Mapping[str, str]:
        """The secrets by name; keys of RSA are PEM."""
        ...

    @property
    def now(self) -> datetime:
        """The time in China."""
        ...

    @property
    def waiting(self) -> Mapping[str, bytes]:
        """The receipts that wait, by number."""
        ...

    @property
    def orders(self) -> Mapping[str, str]:
        """The orders that the gateway has, each with its number there or its state."""
        ...

    def take(self, content: bytes, name: str = "") -> str:
        """Take a message in a file of a name, and return an empty text; or the code of a gateway that does not, and words
        for it after a colon.
        """
        ...

    def confirm(self, number: str) -> bool:
        """Take a receipt off the list; False if it is not there."""
        ...

    def noted_since(self, instant: datetime, kind: str) -> Sequence[str]:
        """Return the records of a kind since an instant, in the gateway's words."""
        ...
