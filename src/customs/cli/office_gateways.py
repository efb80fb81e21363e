"""The file of ``customs office --gateways`` (网关密钥与回调): the secrets that gateways check, and where they push receipts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from customs.cli.app import misuse
from customs.office.gateways import GATEWAYS
from customs.office.http_door import GatewaySecrets
from customs.office.push_door import PushDoor
from customs.office.pushes import PushTarget
from customs.office.served import ServedOffice

#: The table of a gateway with the address at which the enterprise is called.
_CALLBACK = "callback"


@dataclass(frozen=True, slots=True)
class GatewayFile:
    """The secrets and the call-backs that a file gives to gateways."""

    secrets: GatewaySecrets = field(default_factory=dict, repr=False)
    targets: Mapping[str, PushTarget] = field(default_factory=dict)

    def doors(self, office: ServedOffice) -> list[PushDoor]:
        """Return the doors through which the office pushes. A gateway that cannot push ends the command."""
        try:
            return [PushDoor(office, name, to, self.secrets[name]) for name, to in self.targets.items()]
        except ValueError as error:
            raise misuse(f"--gateways: {error}") from None


def gateway_file(file: Path) -> GatewayFile:
    """Read the file. Each secret is in a file of its own, beside it. What is wrong ends the command."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        unknown = [name for name in told if name not in GATEWAYS]
        if unknown:
            raise ValueError(f"no gateway {unknown[0]!r}; there are {', '.join(sorted(GATEWAYS))}")
        targets = {name: PushTarget(**table.pop(_CALLBACK)) for name, table in told.items() if _CALLBACK in table}
        secrets = {
            gateway: {name: (file.parent / path).read_text(encoding="utf-8").strip() for name, path in table.items()}
            for gateway, table in told.items()
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise misuse(f"--gateways: {error}") from None
    return GatewayFile(secrets, targets)
