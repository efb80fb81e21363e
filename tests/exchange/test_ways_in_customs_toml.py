"""Ways over a network as the enterprise file gives them: addresses in the file, secrets beside it."""

from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from customs.exchange import WayError
from customs.exchange.destinations import Exchange, load_exchange
from customs.exchange.way_kinds import open_way
from customs.intake.problems import EnterpriseError
from support import MORNING
from support.authority import Authority

WORD = "a-word-of-nobody"

WHOLE = """
[destinations.canton]
kind = "https"
dialect = "guangzhou"
address = "https://gateway.example.com"
credentials = { clientid = "TEST", key = { file = "word" } }
ca_file = "authority.pem"
limits = { deadline = 60.0 }

[destinations.island]
kind = "https"
dialect = "hainan"
address = "http://10.0.0.1:8080"
plain = true
credentials = { dxpid = "DXPENT0000000001" }

[destinations.files]
kind = "ftp"
host = "ftp.example.com"
layout = "guangzhou"
credentials = { user = "TEST", password = { env = "FTP_WORD" } }

[destinations.own_files]
kind = "ftp"
host = "ftp.example.com"
layout = { send = "a", receive = ["b", "c"] }
credentials = { user = "TEST" }

[destinations.lake]
kind = "soap"
dialect = "zhejiang_ceb"
address = "https://service.example.com"

[destinations.bay]
kind = "shandong"
address = "https://port.example.com/transport"
credentials = { name = "TEST", password = { file = "word" } }
key_file = "key.pem"

[destinations.node]
kind = "amqp"
host = "mq.example.com"
send_queue = "IN"
receive_queue = "OUT"
credentials = { user = "TEST", password = { file = "word" } }
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "word").write_text(WORD, encoding="utf-8")
    key = rsa.generate_private_key(65537, 2048)
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    Authority(tmp_path)
    monkeypatch.setenv("FTP_WORD", WORD)
    return tmp_path


def exchange_of(shop: Path, text: str) -> Exchange:
    (shop / "customs.toml").write_text(text, encoding="utf-8")
    return load_exchange(shop / "customs.toml")


def opened(exchange: Exchange, shop: Path, name: str) -> object:
    destination = exchange.destinations[name]
    return open_way(
        destination.kind, destination.settings, shop, clock=lambda: MORNING, since=lambda: datetime(2026, 11, 11)
    )


def test_every_kind_of_way_opens_from_the_file_and_shows_no_secret(shop: Path) -> None:
    exchange = exchange_of(shop, WHOLE)
    ways = {name: opened(exchange, shop, name) for name in exchange.destinations}
    assert {name: type(way).__name__ for name, way in ways.items()} == {
        "canton": "HttpsWay",
        "island": "HttpsWay",
        "files": "FtpWay",
        "own_files": "FtpWay",
        "lake": "SoapWay",
        "bay": "ShandongWay",
        "node": "AmqpWay",
    }
    assert WORD not in f"{exchange!r} {ways!r}"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (('dialect = "guangzhou"', 'dialect = "atlantis"'), "atlantis"),
        (('clientid = "TEST", ', ""), "clientid"),
        (("https://gateway.example.com", "http://gateway.example.com"), "plain = true"),
    ],
)
def test_settings_that_do_not_fit_are_told_when_the_way_is_opened(
    wrong: tuple[str, str], told: str, shop: Path
) -> None:
    exchange = exchange_of(shop, WHOLE.replace(*wrong))
    with pytest.raises(WayError, match=told):
        opened(exchange, shop, "canton")


def test_a_key_that_a_kind_does_not_have_is_told_with_the_file(shop: Path) -> None:
    with pytest.raises(EnterpriseError, match="colour"):
        exchange_of(shop, WHOLE.replace('kind = "soap"', 'kind = "soap"\ncolour = "blue"'))
