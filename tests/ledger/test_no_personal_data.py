"""Nothing personal stands in clear in a ledger: its files, its log of writing, its dumps and its logs are searched.

Each concept of the ledger is used by one function in ``USES``; add a line for a new one.
"""

import base64
import logging
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import customs
from customs.declaration import Declaration
from customs.exchange.contract import Item
from customs.exchange.messages_in_files import delivery_of
from customs.hub.orders.requests import OrderRequest, note_request
from customs.hub.orders.taking_in import take_in
from customs.hub.shown.order import show_order
from customs.hub.store.answered import claim_key
from customs.ledger import EntryCause, Ledger, LedgerConnection, find_person, open_ledger, person_of, rotate_people
from customs.ledger.bills import enter_bill, enter_parcel
from customs.ledger.declared import (
    LedgerKnowledge,
    declared_entries,
    hold_declared,
    note_declared,
    release_declared,
)
from customs.ledger.exchange import put_messages, take_items
from customs.ledger.parties import PartyAgreement, PartyPaper, PartyRegistration, check_parties, enter_changed
from customs.ledger.people import identity_of
from customs.ledger.quota import (
    close_year,
    correct,
    may_buy,
    observe,
    put_back,
    quota_of,
    quota_order_of,
    reserve,
    restore,
    take,
    void,
)
from customs.ledger.risk import observe_order, risk_hits
from customs.ledger.settlements.own_payments import enter_payments
from customs.ledger.settlements.payment_case import DeclaredPayment
from customs.ledger.trace import Recall, load_traces, recall, trace_parcel
from customs.reconciliation.three_way import BillSide, OwnSide
from customs.tax import assess
from customs.testing import sample_parcels
from support.ledger_uses import use_book, use_cases, use_goods, use_uploads
from support.ledgers import KEYS, LedgerDatabases

AT, DAY = datetime(2026, 11, 11, 8), date(2026, 11, 11)
PARCELS = list(sample_parcels(8, seed=19, mode="1210"))

#: How a text may stand in a file: as written, as bytes in a dump, packed for a message.
WRITTEN: Sequence[Callable[[str], bytes]] = (
    lambda text: text.encode(),
    lambda text: text.encode("utf-16-le"),
    lambda text: text.encode().hex().encode(),
    lambda text: base64.b64encode(text.encode()).rstrip(b"=")[:-1],
)


def personal(parcel: Declaration) -> set[str]:
    """All that says who buys, pays and receives."""
    order, payment = parcel.order, parcel.payment
    found = {
        order.buyer_id_number,
        order.buyer_name,
        order.buyer_telephone,
        order.consignee,
        order.consignee_telephone,
        order.consignee_address,
    }
    if payment:
        found |= {payment.payer_id_number, payment.payer_name, payment.payer_telephone or ""}
    return found - {""}


def use_people(connection: LedgerConnection, parcel: Declaration) -> None:
    person = person_of(connection, parcel.order.buyer_id_type, parcel.order.buyer_id_number)
    assert identity_of(connection, person) == (parcel.order.buyer_id_type, parcel.order.buyer_id_number)


def use_quota(connection: LedgerConnection, parcel: Declaration) -> None:
    asked = quota_order_of(parcel, assess(parcel, on=DAY))
    may_buy(connection, asked.buyer, asked.amount, on=DAY)
    reserve(connection, asked, at=AT, enforced=False)
    key, ticket = asked.order, EntryCause("ticket", f"T/{asked.order}", "clerk", "seen")
    take(connection, key, EntryCause("receipt", f"{key}/1"), at=AT)
    put_back(connection, key, EntryCause("receipt", f"{key}/2"), at=AT)
    take(connection, key, EntryCause("receipt", f"{key}/3"), at=AT)
    person = find_person(connection, *asked.buyer)
    assert person
    observe(connection, person, EntryCause("receipt", f"{key}/4"), year=2026, told=Decimal(20000), at=AT)
    correct(connection, person, ticket, year=2026, by_amount=Decimal(1), at=AT)
    restore(connection, key, EntryCause("receipt", f"{key}/5"), at=AT)
    void(connection, key, ticket, at=AT)
    close_year(connection, 2026, at=datetime(2027, 1, 1))
    quota_of(connection, asked.buyer, on=DAY)


def use_bills(connection: LedgerConnection, parcel: Declaration) -> None:
    number = parcel.order.order_no
    own = OwnSide(order_no=number, assessment=assess(parcel, on=DAY))
    enter_parcel(connection, own, EntryCause("order", number), AT)
    zero = Decimal(0)
    bill = BillSide(tax_bill_no=f"T-{number}", list_no=f"L-{number}", order_no=number, head=(zero, zero, zero))
    enter_bill(connection, bill, EntryCause("receipt", number), AT)


def use_settlements(connection: LedgerConnection, parcel: Declaration) -> None:
    payment = DeclaredPayment(
        order_no=parcel.order.order_no,
        payment_no=f"P-{parcel.order.order_no}",
        amount=Decimal("1.00"),
        paid_at=AT,
    )
    enter_payments(connection, [payment], cause=EntryCause("file", parcel.order.order_no), at=AT)


def use_risk(connection: LedgerConnection, parcel: Declaration) -> None:
    observe_order(connection, parcel, assess(parcel, on=DAY), at=AT)
    for each in risk_hits(connection, since=DAY, until=DAY):
        logging.getLogger("risk").warning("%r %s %s", each, each.told(), each.told(chinese=True))


def use_declared(connection: LedgerConnection, parcel: Declaration) -> None:
    run = customs.Run(
        on=DAY, clock=customs.fixed_clock(AT), guids=customs.random_guids, knowledge=LedgerKnowledge(connection)
    )
    (batch,) = run.prepare_many([parcel])
    note_declared(connection, batch, at=AT)
    hold_declared(connection, batch, at=AT)
    assert run.prepare(parcel).skipped or batch.messages
    assert list(declared_entries(connection, parcel.order.order_no))
    release_declared(connection, parcel.order.order_no, "622 -621001", at=AT)


def use_trace(connection: LedgerConnection, parcel: Declaration) -> None:
    order, line = parcel.order, parcel.order.lines[0]
    rows = f"溯源码,货号,批次,订单编号,收货人,电话\nC-{order.order_no},{line.item_no or 'A1'},B1,{order.order_no},"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "codes.csv"
        path.write_text(f"{rows}{order.consignee},{order.consignee_telephone}\n", encoding="utf-8")
        load_traces(connection, path, at=AT)
    list(recall(connection, Recall(sku=line.item_no or "A1")))
    trace_parcel(connection, order.order_no)


def use_exchange(connection: LedgerConnection, parcel: Declaration) -> None:
    run = customs.Run(on=DAY, clock=customs.fixed_clock(AT), guids=customs.random_guids)
    (batch,) = run.prepare_many([parcel])
    put_messages(connection, "port", [delivery_of(each) for each in batch.messages], at=AT)
    item = Item(name=f"{parcel.order.order_no}.xml", content=batch.messages[0].content)
    take_items(connection, "port", [item], at=AT)


def use_parties(connection: LedgerConnection, parcel: Declaration) -> None:
    parties, cause = parcel.parties, EntryCause("file", parcel.order.order_no, "clerk", "entered")
    carrier = PartyRegistration(role="carrier", code=parties.carrier_code, name=parties.carrier_name)
    pair: dict[str, Any] = {"platform_code": parties.platform_code, "merchant_code": parties.merchant_code}
    enter_changed(connection, carrier, cause, at=AT)
    enter_changed(connection, PartyPaper(role="carrier", code=carrier.code, paper="express_licence"), cause, at=AT)
    enter_changed(connection, PartyAgreement(**pair, role="carrier", code="3301960ABC"), cause, at=AT)
    assert [each.code for each in check_parties(connection, parcel, on=DAY)] == ["parties-not-agreed"]


def use_hub(connection: LedgerConnection, parcel: Declaration) -> None:
    take_in(connection, "shop", [parcel], at=AT, hooks=("wms",))
    shown = show_order(connection, "shop", parcel.parties.platform_code, parcel.order.order_no, now=AT)
    logging.getLogger("hub").warning("%r", shown)
    why, content = f"{parcel.order.buyer_name} {parcel.order.consignee_address}", parcel.model_dump_json()
    request = OrderRequest(order=shown.line.id, kind="return", number="R1", reason=why, quantities={1: Decimal(1)})
    note_request(connection, request, at=AT)
    logging.getLogger("hub").warning("%r", request)
    claim_key(connection, "shop", parcel.order.buyer_telephone or why, content.encode(), now=AT)


#: What is done with each parcel: a line for each concept of the ledger.
USES: Sequence[Callable[[LedgerConnection, Declaration], None]] = (
    use_people,
    use_quota,
    use_bills,
    use_settlements,
    use_trace,
    use_risk,
    use_declared,
    use_parties,
    use_exchange,
    use_book,
    use_goods,
    use_hub,
    use_cases,
    use_uploads,
)


def use_all(ledger: Ledger) -> None:
    """Use every concept with every parcel, and look at it as a user would."""
    for parcel in PARCELS:
        for use in USES:
            with ledger.begin() as connection:
                use(connection, parcel)
    with ledger.begin() as connection:
        rotate_people(connection)


def copies(databases: LedgerDatabases, url: str) -> Iterator[tuple[str, bytes]]:
    """All that a ledger leaves on the disk: database files, the log written ahead, a dump, the log of the server."""
    server = databases.postgres
    if server is None:
        path = Path(url.removeprefix("sqlite:///"))
        files = sorted(path.parent.glob(f"{path.name}*"))
        assert f"{path.name}-wal" in [each.name for each in files]
        yield from ((each.name, each.read_bytes()) for each in files)
        return
    name = url.removeprefix("postgresql://postgres@/").partition("?")[0]
    program = shutil.which("pg_dump") or str(server.programs / "pg_dump")
    dump = [program, "-h", str(server.folder), "-U", "postgres", name]
    yield "dump", subprocess.run(dump, check=True, capture_output=True).stdout
    server.run("CHECKPOINT")
    for path in [*server.folder.glob("data/base/*/*"), *server.folder.glob("data/pg_wal/*"), server.folder / "log"]:
        if path.is_file():
            yield path.name, path.read_bytes()


def found_in(content: bytes, texts: set[str]) -> set[str]:
    return {text for text in texts for written in WRITTEN if written(text) in content}


@pytest.mark.long
def test_nothing_personal_stands_in_clear_in_files_dumps_and_logs(
    databases: LedgerDatabases, ledger_url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    if databases.postgres:  # the log of the server holds every statement with its values
        name = ledger_url.removeprefix("postgresql://postgres@/").partition("?")[0]
        databases.postgres.run(f"ALTER DATABASE {name} SET log_statement = 'all'")
    known = set[str]().union(*map(personal, PARCELS))
    number = PARCELS[0].order.order_no
    with caplog.at_level(logging.DEBUG), open_ledger(ledger_url, KEYS) as ledger:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
        try:
            use_all(ledger)
        finally:
            logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
        left = dict(copies(databases, ledger_url))  # while it is open, so that the log written ahead is there
    assert {name: found for name, content in left.items() if (found := found_in(content, known))} == {}
    assert any(number.encode() in content for content in left.values()), (
        "business numbers are found, so the search finds"
    )
    assert number in left.get("dump", number.encode()).decode()
    said = capfd.readouterr()
    assert found_in((caplog.text + said.out + said.err).encode(), known) == set()


@pytest.mark.parametrize("written", WRITTEN)
def test_a_text_is_found_however_it_is_written(written: Callable[[str], bytes]) -> None:
    text = PARCELS[0].order.buyer_id_number
    assert found_in(b"..." + written(text) + b"...", {text}) == {text}
