"""Personal data of orders is erased when its time is over: nothing readable is left, and figures say what they said."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import func, select, update

from customs.declaration import Declaration
from customs.exchange.copies import CopyErasedError
from customs.hub.orders.erasing import Erased, erase_order, retention_turn
from customs.hub.orders.gate import OrderNotTakenInError
from customs.hub.orders.retention import RetentionSettings
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.service.watching import watching_lanes
from customs.hub.service.works import Work, WorkPace
from customs.hub.settings.hub_file import HubSettings, load_hub
from customs.hub.shown.order import list_orders, show_order
from customs.hub.store.tables import HUB_HISTORY, HUB_NUMBERS, HUB_ORDERS
from customs.hub.turns.refunds import ask_refund
from customs.intake.problems import EnterpriseError
from customs.ledger import Ledger, open_ledger
from customs.ledger.configured import LedgerPlace
from customs.ledger.exchange import items_after, open_ledger_outbox, read_ledger_inbox
from customs.ledger.people import PEOPLE
from customs.ledger.quota import quota_order_of, reserve
from customs.signing import Signer
from customs.tax import assess
from customs.testing import sample_parcels
from support import exactly, some
from support.hub_office import PORT, HubAtWork, hub_at_work
from support.ledgers import KEYS, LedgerDatabases

T = TypeVar("T")

EIGHT = datetime(2026, 11, 11, 8)
RULES = RetentionSettings()
LATER = EIGHT + RULES.declared + timedelta(days=1)


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer)


def give(hub: HubAtWork, count: int, seed: int = 7) -> list[Declaration]:
    orders = list(sample_parcels(count, seed=seed, mode="1210"))
    with hub.ledger.begin() as connection:
        take_in(connection, "shop", orders, at=hub.now)
    return orders


def released(hub: HubAtWork, count: int, seed: int = 7) -> list[Declaration]:
    orders = give(hub, count, seed)
    for _ in range(5):
        hub.turn()
        hub.rehearsal.now += timedelta(minutes=5)
    with hub.ledger.read() as connection:
        assert {each.node for each in list_orders(connection, "shop")} == {"released"}
    return orders


def kept(hub: HubAtWork) -> dict[str, int]:
    """How many contents of each kind can still be opened."""
    with hub.ledger.read() as connection:
        salts = {"orders": HUB_ORDERS.c.salt, "history": HUB_HISTORY.c.salt, "people": PEOPLE.c.salt}
        wanted = {name: select(func.count(column)) for name, column in salts.items()}
        found = {name: int(connection.sql.execute(each).scalar_one()) for name, each in wanted.items()}
        items = [each.number for each in items_after(connection, f"shop/{PORT}", 0, 1000)]
    inbox = read_ledger_inbox(hub.ledger, f"shop/{PORT}")
    with open_ledger_outbox(hub.ledger, f"shop/{PORT}") as outbox:
        messages = [each.id for each in outbox.entries()]
        found["messages"] = sum(_opens(outbox.delivery, each) for each in messages)
    found["receipts"] = sum(_opens(inbox.content, each) for each in items)
    return found


def _opens(opening: Callable[[T], object], name: T) -> bool:
    try:
        opening(name)
    except CopyErasedError:
        return False
    return True


NOTHING = dict.fromkeys(("orders", "history", "people", "messages", "receipts"), 0)


def turns(hub: HubAtWork, now: datetime, most: int = 200) -> list[Erased]:
    done = [retention_turn(hub.ledger, "shop", RULES, now=now, most=most)]
    while done[-1].orders:
        done.append(retention_turn(hub.ledger, "shop", RULES, now=now, most=most))
    return done


def test_declared_orders_are_erased_three_years_after_release_and_not_a_day_before(hub: HubAtWork) -> None:
    released(hub, 4)
    before = kept(hub)
    assert min(before.values()) >= 4
    assert turns(hub, EIGHT + RULES.declared - timedelta(days=1)) == [Erased()]
    assert kept(hub) == before
    assert sum(each.orders for each in turns(hub, LATER)) == 4
    assert kept(hub) == NOTHING


def test_many_are_erased_in_turns_of_bounded_size(hub: HubAtWork) -> None:
    released(hub, 5)
    assert [each.orders for each in turns(hub, LATER, most=2)] == [2, 2, 1, 0]


def test_an_order_that_never_went_to_customs_is_erased_sooner(hub: HubAtWork) -> None:
    (order, _) = give(hub, 2)
    name = order.parties.platform_code, order.order.order_no
    with hub.ledger.begin() as connection:
        ask_refund(connection, hub.enterprise, *name, now=hub.now)
    assert turns(hub, EIGHT + RULES.undeclared - timedelta(days=1)) == [Erased()]
    assert [each.orders for each in turns(hub, EIGHT + RULES.undeclared + timedelta(days=1))] == [1, 0]
    assert kept(hub)["orders"] == 1, "the other order still waits to be declared"


def test_an_order_that_is_open_is_never_erased(hub: HubAtWork) -> None:
    give(hub, 3)
    hub.turn()
    assert turns(hub, LATER + timedelta(days=3650)) == [Erased()]
    with hub.ledger.begin() as connection:
        connection.sql.execute(update(HUB_ORDERS).values(stage=OrderStage.HELD, due=None))
    assert turns(hub, LATER + timedelta(days=3650)) == [Erased()]


def test_orders_of_another_enterprise_are_left(hub: HubAtWork) -> None:
    released(hub, 2)
    assert retention_turn(hub.ledger, "other", RULES, now=LATER) == Erased()
    assert kept(hub)["orders"] == 2


def test_what_is_shown_and_counted_stays_as_it_was(hub: HubAtWork) -> None:
    orders = released(hub, 3)

    def shown() -> object:
        with hub.ledger.read() as connection:
            one = orders[0]
            found = show_order(connection, "shop", one.parties.platform_code, one.order.order_no, now=LATER)
            return list_orders(connection, "shop"), found.nodes, found.numbers, found.gate, found.line

    before = shown()
    turns(hub, LATER)
    assert shown() == before


def test_a_buyer_who_bought_since_is_kept_and_the_older_order_is_not(hub: HubAtWork) -> None:
    released(hub, 1)
    buyers = kept(hub)["people"]
    hub.rehearsal.now = EIGHT + timedelta(days=RULES.declared.days)
    again = list(sample_parcels(1, seed=7, mode="1210"))
    renamed = [
        each.model_copy(update={"order": each.order.model_copy(update={"order_no": f"{each.order.order_no}X"})})
        for each in again
    ]
    with hub.ledger.begin() as connection:
        for each in exactly(1, renamed):
            asked = quota_order_of(each, assess(each, on=hub.now.date()))
            reserve(connection, asked, at=hub.now, enforced=False)
    done = turns(hub, LATER)
    assert (sum(each.orders for each in done), sum(each.people for each in done)) == (1, 0)
    assert kept(hub)["people"] == buyers


def test_copies_under_a_number_that_another_order_has_wait_for_that_one(hub: HubAtWork) -> None:
    (first,), (second,) = released(hub, 1), released(hub, 1, seed=8)
    orders, numbers = HUB_ORDERS.c, HUB_NUMBERS.c
    with hub.ledger.begin() as connection:
        ids = {row.order_no: row.id for row in connection.sql.execute(select(orders.order_no, orders.id))}
        own = select(numbers.number).where(numbers.order == ids[second.order.order_no])
        shared = sorted(set(connection.sql.execute(own).scalars()))
        for each in some(shared):
            row = {"number": each, "name": "also", "order": ids[first.order.order_no]}
            connection.sql.execute(HUB_NUMBERS.insert().values(row))
        later = update(HUB_ORDERS).where(orders.id == ids[second.order.order_no])
        connection.sql.execute(later.values(node_at=LATER))
    assert [each.orders for each in turns(hub, LATER)] == [1, 0]
    assert kept(hub)["messages"] == 4, "the messages of the second order can still be read"
    assert sum(each.orders for each in turns(hub, LATER + RULES.declared)) == 1
    assert kept(hub) == NOTHING


def test_a_person_who_asks_is_told_what_the_law_keeps_and_until_when(hub: HubAtWork) -> None:
    (order,) = released(hub, 1)
    name = order.parties.platform_code, order.order.order_no
    with hub.ledger.begin() as connection:
        asked = erase_order(connection, "shop", name, RULES, now=hub.now)
        assert asked.outcome == "kept"
        assert asked.until
        assert timedelta(0) <= asked.until - EIGHT - RULES.declared < timedelta(hours=1)
        assert erase_order(connection, "shop", name, RULES, now=LATER).outcome == "erased"
        assert erase_order(connection, "shop", name, RULES, now=LATER).outcome == "known"
        with pytest.raises(OrderNotTakenInError):
            erase_order(connection, "other", name, RULES, now=LATER)


def test_a_person_whose_order_was_never_declared_is_erased_at_once(hub: HubAtWork) -> None:
    (order,) = give(hub, 1)
    name = order.parties.platform_code, order.order.order_no
    with hub.ledger.begin() as connection:
        assert erase_order(connection, "shop", name, RULES, now=hub.now).outcome == "open"
        ask_refund(connection, hub.enterprise, *name, now=hub.now)
        assert erase_order(connection, "shop", name, RULES, now=hub.now).outcome == "erased"
    assert kept(hub) == NOTHING


def test_the_file_may_keep_longer_and_not_shorter_than_the_law_asks(tmp_path: Path) -> None:
    file = tmp_path / "hub.toml"
    begin = '[ledger]\nurl = "sqlite:///hub.db"\n[enterprises.shop]\nfile = "customs.toml"\n[retention]\n'
    file.write_text(begin + "declared_days = 3650\nundeclared_days = 30\n", "utf-8")
    wanted = RetentionSettings(declared=timedelta(days=3650), undeclared=timedelta(days=30))
    assert load_hub(file).retention == wanted
    file.write_text(begin + "declared_days = 1000\n", "utf-8")
    with pytest.raises(EnterpriseError, match="three years"):
        load_hub(file)


def test_no_salt_of_what_was_erased_is_left_in_the_file_or_a_dump(
    databases: LedgerDatabases, signer: Signer, tmp_path: Path
) -> None:
    """Without its salt nothing opens a content, so the files are searched for the salts."""
    with databases.fresh() as url, open_ledger(url, KEYS) as ledger:
        hub = hub_at_work(ledger, EIGHT, signer)
        released(hub, 3)
        with ledger.read() as connection:
            salts = [bytes(each) for each in connection.sql.execute(select(HUB_ORDERS.c.salt)).scalars()]
            salts += [bytes(each) for each in connection.sql.execute(select(HUB_HISTORY.c.salt)).scalars()]
        assert any(_stands(each, left) for each in salts for left in _files(databases, url, tmp_path))
        for work in some(_retention_of(hub, LATER)):
            while work.turn().more:
                pass
        for left in some(_files(databases, url, tmp_path)):
            for each in some(salts):
                assert not _stands(each, left)


def _retention_of(hub: HubAtWork, now: datetime) -> list[Work]:
    """The works of retention, as a worker does them."""
    settings = HubSettings(file=Path("hub.toml"), ledger=LedgerPlace("", Path("ledger.key")), enterprises={})
    pace = WorkPace(clock=lambda: now, chance=Random(1))  # noqa: S311  a jitter
    lanes = watching_lanes(hub.ledger, settings, [hub.enterprise], pace)
    return [each for lane in lanes for each in lane if each.kind == "retention"]


def _stands(salt: bytes, left: bytes) -> bool:
    return salt in left or salt.hex().encode() in left


def _files(databases: LedgerDatabases, url: str, folder: Path) -> list[bytes]:
    """The files of SQLite as they are, its log too, or a dump of PostgreSQL."""
    if databases.postgres is None:
        path = Path(url.removeprefix("sqlite:///"))
        return [each.read_bytes() for each in path.parent.glob(f"{path.name}*") if each.suffix != ".lock"]
    program = shutil.which("pg_dump") or str(databases.postgres.programs / "pg_dump")
    dumped = folder / "dump.sql"
    subprocess.run([program, "--dbname", url, "--file", str(dumped)], check=True, capture_output=True)
    return [dumped.read_bytes()]
