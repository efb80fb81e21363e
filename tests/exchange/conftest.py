"""What tests of the exchange share: the broker of this machine, and databases for the ledger."""

import ipaddress
from collections.abc import Iterator

import pytest
from cryptography import x509

from support import absent
from support.authority import Authority
from support.ledger_fixtures import postgres, postgresql_databases, sqlite_databases
from support.rabbitmq import Rabbit, command, rabbit_running

__all__ = ["postgres", "postgresql_databases", "rabbit", "sqlite_databases"]


@pytest.fixture(scope="session")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rabbit]:
    if command() is None:
        absent("RabbitMQ is not installed")
    folder = tmp_path_factory.mktemp("rabbit")
    authority = Authority(folder)
    certificate = authority.server_file(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    with rabbit_running(folder, authority, certificate) as rabbit:
        yield rabbit
