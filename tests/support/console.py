"""The console over a filled ledger: a night of a hub has passed, and people of every role are signed in.

The texts of some parcels hold what a page must not take for its own: tags and quotes. The ledger is filled once in a session
of tests, and each test has a copy of its own.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from lxml import html
from starlette.testclient import TestClient

from customs.declaration import Declaration
from customs.hub.enterprises.belongings import EVERYTHING
from customs.hub.web.console import console_application
from customs.hub.web.passwords import Passwords
from customs.hub.web.people import EVERYWHERE, add_person, person_named, set_password, set_roles
from customs.hub.web.roles import ConsoleRole
from customs.hub.web.service import ConsoleService
from customs.hub.web.sessions import open_session
from customs.ledger import Ledger, open_ledger
from customs.office import OfficeSettings
from customs.signing import Signer
from customs.testing import sample_parcels
from customs.testing.hub import HubRehearsal, rehearse_hub
from customs.testing.night import NightPlan, rehearse_night
from support.console_settlements import SETTLING, fill_settlements
from support.ledgers import KEYS, LedgerDatabases

#: When the night begins.
EVENING = datetime(2026, 11, 11, 20)

#: What stands in the texts of the first parcels: a page shows it as it is, and never runs it.
HOSTILE = "\"'><script>alert(1)</script>"

#: The places of parcels that customs refuses, and of one that the own checks refuse.
REFUSED, STOPPED = (5, 6, 7), 8

#: The password of everybody.
PASSWORD = "seven green boats"  # noqa: S105  of a test

#: Hashes at no cost.
CHEAP = Passwords(hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

_NUMBERS = count()


@dataclass
class ConsoleReader:
    """A browser of one person: pages are asked for, forms of a page are posted with what stands in them."""

    client: TestClient
    language: str = "zh-CN"

    def get(self, path: str, *, follow: bool = True, **headers: str) -> Any:
        """Ask for a page, below ``/console``."""
        sent = {"Accept-Language": self.language, **headers}
        return self.client.get(f"/console{path}", headers=sent, follow_redirects=follow)

    def shop(self, path: str = "/") -> Any:
        """Ask for a page of the enterprise."""
        return self.get(f"/e/shop{path}")

    def submit(self, answer: Any, action: str, *, follow: Any = True, file: Any = None, **fields: Any) -> Any:
        """Post the form of a page whose address ends so, with the fields that stand in it and these."""
        (form, *_) = [each for each in html.fromstring(answer.text).forms if str(each.action).endswith(action)]
        given: dict[str, Any] = {}
        for name, value in form.form_values():
            given.setdefault(name, []).append(value)
        return self.post(str(form.action), {**given, **fields}, follow=follow, file=file)

    def post(
        self,
        address: str,
        fields: dict[str, Any],
        *,
        follow: bool = True,
        file: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Post fields to an address, as a browser does from the console's own pages."""
        sent = {"Origin": "http://localhost", "Accept-Language": self.language, **(headers or {})}
        files = {"file": file} if file else None
        return self.client.post(address, data=fields, files=files, headers=sent, follow_redirects=follow)


@dataclass
class FilledConsole:
    """A console over a copy of the filled ledger, at the end of its night."""

    service: ConsoleService
    ledger: Ledger
    hub: HubRehearsal
    parcels: list[Declaration]
    application: Any = field(repr=False)

    def reader(self, role: str, language: str = "zh-CN") -> ConsoleReader:
        """The browser of whoever has a role, signed in."""
        found = self.stranger(language)
        with self.ledger.begin() as connection:
            number = person_named(connection, f"of-{role}").id
            token = open_session(connection, number, self.service.place, now=self.service.clock())
        found.client.cookies.set("customs_console", token)
        return found

    def path(self, place: int) -> str:
        """The address of a parcel within the enterprise."""
        parcel = self.parcels[place]
        return f"/orders/{parcel.parties.platform_code}/{parcel.order.order_no}"

    def stranger(self, language: str = "zh-CN") -> ConsoleReader:
        """The browser of somebody who has not signed in."""
        return ConsoleReader(TestClient(self.application, base_url="http://localhost"), language)


def fill(url: str, signer: Signer) -> tuple[datetime, list[Declaration]]:
    """Let a small night pass over a ledger: parcels are released, refused, given up and open."""
    parcels = list(sample_parcels(14, seed=11, mode="1210"))
    parcels[0] = hostile(parcels[0])
    stopped = parcels[STOPPED].order.model_copy(update={"buyer_id_number": "110105184912310021"})
    parcels[STOPPED] = parcels[STOPPED].model_copy(update={"order": stopped})
    with open_ledger(url, KEYS) as ledger:
        hub = rehearse_hub(
            ledger,
            EVENING,
            signer,
            settings=OfficeSettings(refused={parcels[place].order.order_no: "毛重有误" for place in REFUSED}),
        )
        rehearse_night(hub, parcels, NightPlan(arriving=5))
        fill_settlements(ledger, parcels, hub.now)
        with ledger.begin() as connection:
            for role in ConsoleRole:
                number = add_person(connection, f"of-{role.value}", CHEAP.hashed(PASSWORD), at=EVENING)
                set_roles(connection, number, "shop" if role is not ConsoleRole.ADMIN else EVERYWHERE, [role])
                set_password(connection, number, CHEAP.hashed(PASSWORD), at=EVENING, changes=False)
        return hub.now, parcels


def hostile(parcel: Declaration) -> Declaration:
    """A parcel whose texts hold tags and quotes."""
    lines = tuple(each.model_copy(update={"item_description": HOSTILE}) for each in parcel.order.lines)
    order = parcel.order.model_copy(
        update={"lines": lines, "consignee_address": f"{parcel.order.consignee_address}{HOSTILE}", "note": HOSTILE}
    )
    return parcel.model_copy(update={"order": order})


@contextmanager
def filled_console(template: Path, signer: Signer, folder: Path) -> Iterator[FilledConsole]:
    """A console over a copy of the ledger that was filled once at ``template``."""
    if not template.exists():
        with LedgerDatabases(template.parent).fresh() as url:
            now, _ = fill(url, signer)
            made = Path(url.removeprefix("sqlite:///"))
            template.with_suffix(".now").write_text(now.isoformat(), encoding="utf-8")
            shutil.copyfile(made, template)
    now = datetime.fromisoformat(template.with_suffix(".now").read_text(encoding="utf-8")) + timedelta(minutes=1)
    copy = folder / f"console{next(_NUMBERS)}.db"
    shutil.copyfile(template, copy)
    with open_ledger(f"sqlite:///{copy}", KEYS) as ledger:
        hub = rehearse_hub(ledger, now, signer)
        shop = replace(hub.enterprise, belongings=EVERYTHING)
        service = ConsoleService(
            ledger=ledger,
            enterprises={"shop": shop},
            clock=lambda: hub.now,
            settlements={"shop": SETTLING},
            passwords=CHEAP,
            patience=60,
        )
        parcels = list(sample_parcels(14, seed=11, mode="1210"))
        yield FilledConsole(service, ledger, hub, parcels, mounted(service))


def mounted(service: ConsoleService) -> Any:
    """The application of a console where the hub serves it."""
    application = FastAPI()
    application.mount("/console", console_application(service))
    return application
