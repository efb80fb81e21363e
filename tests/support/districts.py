"""Districts with a gateway at the simulated office: what customs.toml says of each, and the desk of an enterprise there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import customs
from customs import areas
from customs.areas.keys import Key
from customs.exchange import read_outbox
from customs.journal import open_journal
from customs.office.gateways import GATEWAYS
from customs.office.http_door import http_door
from customs.office.served import ServedOffice
from customs.receipts.streams import track_all
from customs.signing import Signer
from customs.testing import issue_test_key, sample_parcels
from customs.testing.areas import parcel_for, sample_area
from customs.testing.parcels import DECLARANT
from support import MORNING
from support.command_line import run
from support.exchanges import Time

WORD = "0123456789abcdef"
KEY = rsa.generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

#: The secrets that every gateway of the office checks.
SECRETS = {
    name: {
        "key": WORD,
        "password": WORD,
        "aes_key": WORD,
        "platform_key": PRIVATE.decode(),
        "enterprise_key": PUBLIC.decode(),
    }
    for name in GATEWAYS
}


@dataclass(frozen=True)
class District:
    """A district: the area whose messages go to a gateway, what customs.toml says of it, and how a parcel ends there."""

    area: str
    gateway: str
    settings: str
    ends: str | None = None
    """The state by the receipts that came; None where none comes, or none that says which parcel it is of."""
    answers: int = 0
    """Receipts that come in."""
    foreign: int = 0
    """Messages that are of no edition that the office knows: it says so (CEB900)."""


FORM = 'kind = "https"\ndialect = "{}"\n'
SOAP = 'kind = "soap"\ndialect = "{}"\n'
CLIENT = 'credentials = { clientid = "TEST", key = { file = "word" } }'
NINGBO = 'credentials = { userid = "TEST", password = { file = "word" }, customs = "3105" }'

DISTRICTS = (
    District("guangzhou", "guangzhou", FORM.format("guangzhou") + CLIENT, "released", 10),
    District("guangzhou_kj", "guangzhou", FORM.format("guangzhou") + CLIENT, "sent", 4),
    District("unified", "shenzhen", FORM.format("shenzhen") + CLIENT, "released", 10),
    District("haikou", "hainan", FORM.format("hainan") + 'credentials = { dxpid = "DXPENT0000000001" }', "released", 5),
    District("ningbo_kjb2c", "ningbo", FORM.format("ningbo") + NINGBO, "released", 3),
    District("ningbo_kjb2c_2013", "ningbo", FORM.format("ningbo") + NINGBO),
    District("shanghai_shcepp", "shanghai", FORM.format("shanghai") + 'accepted = ["SUCCESS"]'),
    District("chongqing_dtc", "chongqing", FORM.format("chongqing")),
    District("changsha_ext", "changsha", FORM.format("changsha") + 'accepted = ["1"]', foreign=1),
    District("zhengzhou_etrade", "zhengzhou", FORM.format("zhengzhou")),
    District("zhejiang_jkf", "zhejiang", SOAP.format("zhejiang"), "sent", 3),
    District("jiangxi_jkf", "jiangxi", SOAP.format("jiangxi"), "sent", 2),
    District("unified", "zhejiang_ceb", SOAP.format("zhejiang_ceb")),
    District(
        "zhengzhou_airport_cbec",
        "zhengzhou_airport",
        SOAP.format("zhengzhou_airport") + 'namespace = "urn:wbs"\noperation = "push"',
        "stored",
        1,
    ),
    District(
        "unified",
        "shandong",
        'kind = "shandong"\nkey_file = "key.pem"\ncredentials = { name = "TEST", password = { file = "word" } }',
        "released",
        10,
    ),
)

DISTRICT = {each.area: each for each in DISTRICTS}


def declarant() -> Signer:
    """The key of the declarant, which the office compares with the list."""
    return issue_test_key(DECLARANT[0], "990196T005", since=datetime(2026, 1, 1)).signer()


def set_clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Give the commands that send and receive a clock that is set forward by hand."""
    time = Time(MORNING)
    for module in ("customs.cli.sending", "customs.cli.receiving"):
        monkeypatch.setattr(f"{module}.system_clock", time)
    return time


@dataclass
class Desk:
    """The desk of an enterprise, and the office over HTTP."""

    folder: Path
    office: ServedOffice
    address: str
    time: Time

    def lay_out(self, district: District, signer: Signer) -> list[bytes]:
        """Declare a parcel for a district under the journal; return its messages."""
        place = area_of(district.area)
        conditions = customs.Run(
            on=MORNING.date(),
            clock=customs.fixed_clock(MORNING),
            guids=customs.seeded_guids(1),
            signer=signer,
            area=place,
        )
        (parcel,) = sample_parcels(1, seed=7, mode="1210")
        (self.folder / "messages").mkdir(exist_ok=True)
        made = []
        with open_journal(self.folder / "state") as journal, journal.run("shop", self.folder / "messages", at=MORNING):
            for batch in conditions.prepare_many([parcel_for(parcel, place.profile)]):
                journal.record(batch, self.folder / "messages", area=place, at=MORNING)
                made += [each.content for each in batch.messages]
        (self.folder / "word").write_text(WORD, encoding="utf-8")
        (self.folder / "key.pem").write_bytes(PRIVATE)
        (self.folder / "customs.toml").write_text(
            f'[destinations.gate]\n{district.settings}\naddress = "{self.address}/{district.gateway}"\nplain = true\n'
            f'areas = ["{district.area}", "unified"]\n',
            encoding="utf-8",
        )
        return made

    def send(self) -> int:
        return run("send", self.folder / "messages", "--config", self.folder / "customs.toml", "--wait", "0").exit_code

    def receive(self) -> int:
        return run("receive", "--config", self.folder / "customs.toml").exit_code

    def standing(self) -> set[str]:
        with read_outbox(self.folder / "state", "gate") as outbox:
            return {each.standing.state.value for each in outbox.entries()}

    def received(self) -> int:
        """How many receipts stand as files, those that came with the answer too."""
        folder = self.folder / "receipts"
        return len(list(folder.iterdir())) if folder.exists() else 0

    def node(self, area: str) -> str | None:
        """The state of the parcel, as ``customs track`` tells it."""
        folders = [self.folder / "messages", self.folder / "receipts"]
        found = track_all([each for each in folders if each.exists()], areas=(area, "unified")).parcels
        nodes = [each.state.node.value for each in found if each.state.node]
        return nodes[-1] if nodes else None


def area_of(name: str) -> areas.Area:
    profile = areas.find(name)
    whole = sample_area(profile)
    kinds: dict[str, Key] = {
        "platform_key": PUBLIC if name == "zhengzhou_etrade" else PRIVATE,
        "rsa_key": PRIVATE,
    }
    return areas.configure(
        profile,
        parameters=whole.parameters,
        companies=whole.companies,
        secrets={each: kinds.get(each, WORD) for each in profile.secrets},
        serials=areas.counting(),
    )


@contextmanager
def desk_at(folder: Path, time: Time, **more: Any) -> Iterator[Desk]:
    """Serve an office over HTTP; give the desk of an enterprise there."""
    office = ServedOffice(folder / "office", clock=time, seed=7, **more)
    server = http_door(office, secrets=SECRETS)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Desk(folder, office, f"http://127.0.0.1:{server.server_address[1]}", time)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        office.close()
