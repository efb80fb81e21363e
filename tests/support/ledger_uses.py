"""What is done with a parcel in the account book and the goods records, as a user would, for searches in what a ledger leaves."""

import logging
import secrets
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from customs.declaration import Declaration
from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.kept import entries_of_case
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from customs.hub.cases.working import comment_on_case
from customs.hub.web.people import add_person
from customs.hub.web.uploads import keep_upload, upload_of
from customs.intake import GoodsRecord
from customs.ledger import EntryCause, LedgerConnection
from customs.ledger.book.answering import check_book
from customs.ledger.book.bond_messages import read_bond_message
from customs.ledger.book.entering import adjust_book, cause_of, enter_message
from customs.ledger.book.holdings import papers_of, stated_quantities
from customs.ledger.book.items import book_item
from customs.ledger.book.retail import enter_retail
from customs.ledger.goods import GoodsState, check_parcel_goods, enter_goods, move_goods, note_uses, uses_of
from support import bond_messages as bonded
from support.retail_documents import answered, asked_back, cancelled, declared, returned

AT = datetime(2026, 11, 11, 8)


def use_book(connection: LedgerConnection, parcel: Declaration) -> None:
    """A list is declared, released, asked to be cancelled, given back; an out-list with the name of who typed it gathers it."""
    number, book = parcel.order.order_no, parcel.clearance.account_book_no or ""
    list_no, bond_no = f"29912026I{number[-9:]}", f"QD299126E{number[-9:]}"
    back = asked_back({1: "1"}, AT, f"R{number}", parcel)
    numbered = back.model_copy(update={"head": back.head.model_copy(update={"list_no": list_no})})
    for place, document in enumerate(
        (
            declared(parcel),
            answered("800", AT, parcel, list_no=list_no),
            cancelled("100", AT, parcel, list_no=list_no),
            numbered,
            returned("399", AT, f"R{number}", parcel, list_no=list_no),
        )
    ):
        assert enter_retail(connection, document, EntryCause("message", f"{number}/{place}"), AT) or place == 2
    lines = [((each.record_no or "").lstrip("0"), f"{each.qty:f}") for each in parcel.order.lines]
    who = {"InputName": parcel.order.buyer_name, "Rmk": parcel.order.consignee_address}
    out = {"PutrecNo": book, "ImpexpMarkcd": "E", "InvtType": "8"}
    stated = [{"bwsNo": book, "gdsSeqno": record, "actlRedcQty": quantity} for record, quantity in lines]
    for content in (
        bonded.bond_list(f"B{number}", lines, retail=(list_no,), **out, **who),
        bonded.statement(f"{AT}", stated, f"B{number}", bond_no, putrecNo=book, impexpMarkcd="E"),
    ):
        enter_message(connection, read_bond_message(content), cause_of(content), AT)
    ticket = EntryCause("ticket", f"B{number}", "clerk", "customs agreed")
    adjust_book(connection, book_item(book, lines[0][0]), parcel.order.lines[0].qty, "32", ticket, AT)
    check_book(connection, parcel)
    assert any(each.list_no == list_no for each in papers_of(connection, book).parcels)
    assert stated_quantities(connection, book)


def use_goods(connection: LedgerConnection, parcel: Declaration) -> None:
    """The goods of a parcel are put on record, declared, and one of them is suspended."""
    number, book = parcel.order.order_no, parcel.clearance.account_book_no or ""
    for line in parcel.order.lines:
        facts = {"hs_code": line.hs_code, "unit": line.unit, "record_no": line.record_no or ""}
        record = GoodsRecord(sku=line.item_no or number, facts=facts, account_book_no=book, state="approved")
        enter_goods(connection, record, EntryCause("file", number, "clerk", "list"), at=AT)
    check_parcel_goods(connection, parcel, on=AT.date())
    note_uses(connection, uses_of(parcel), at=AT)
    ticket = EntryCause("ticket", number, "clerk", "customs said so")
    move_goods(connection, (parcel.order.lines[0].item_no or number, book), GoodsState.SUSPENDED, ticket, at=AT)


def use_uploads(connection: LedgerConnection, parcel: Declaration) -> None:
    """A person of the console uploads a list with the buyer's data, and looks at it."""
    number = add_person(connection, f"of-{parcel.order.order_no.lower()}"[:40], "a hash", at=AT)
    visit: Any = SimpleNamespace(
        person=SimpleNamespace(id=number),
        shop=SimpleNamespace(name="shop"),
        now=AT,
        console=SimpleNamespace(randomness=secrets.token_bytes),
    )
    name = f"{parcel.order.buyer_name} {parcel.order.buyer_id_number}.json"
    upload = keep_upload(connection, visit, "goods", name, parcel.model_dump_json().encode())
    logging.getLogger("hub").warning("%r", upload_of(connection, visit, "goods", upload))


def use_cases(connection: LedgerConnection, parcel: Declaration) -> None:
    """A buyer complains with name and number, and the desk answers with the address."""
    order, act = parcel.order, CaseAct(by="clerk", at=AT, why=parcel.order.buyer_name)
    link = CaseLink("order", f"4401000001/{order.order_no}")
    new = NewCase(title=order.buyer_name, text=f"{order.buyer_name} {order.buyer_id_number}", links=(link,))
    case = open_case(connection, "shop", new, act).case
    comment_on_case(connection, SeenCase("shop", case.id), order.consignee_address, act, outside=True)
    logging.getLogger("hub").warning("%r %r", case, entries_of_case(connection, case.id, words=True))
