"""The answers about goods records, account books and tax bills (备案、账册与税单应答): amounts and quantities as texts."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from customs.hub.api.answers import AnswerPage, BothLanguages, FindingAnswer


class GoodsAnswer(BaseModel):
    """A goods record as it stands."""

    sku: str
    account_book_no: str
    state: str
    version: int
    in_force: int | None
    """The version that may be declared, none if none may."""
    used: bool
    facts: dict[str, str]
    valid_from: date | None
    valid_until: date | None


class GoodsPage(AnswerPage):
    """Goods records in the order in which they were entered; ``next`` leads to those behind them."""

    records: list[GoodsAnswer]


class GoodsChangeAnswer(BaseModel):
    """A change of a goods record, and its cause."""

    at: datetime
    kind: str
    state: str
    version: int
    in_force: int | None
    used: bool
    cause: str
    why: str


class GoodsShown(BaseModel):
    """A goods record with its history."""

    record: GoodsAnswer
    history: list[GoodsChangeAnswer]


class GoodsDifferenceAnswer(BaseModel):
    """A field in which a record differs from the one before."""

    field: str
    before: str
    after: str


class EnteredGoods(BaseModel):
    """The outcome of a row: entered as it says, unreadable with its mistakes, or of a book of others."""

    place: int
    """Its place in the request, from 0."""
    sku: str
    account_book_no: str
    outcome: Literal["new", "changed", "state", "same", "frozen", "unreadable", "forbidden"]
    version: int | None
    state: str | None
    differences: list[GoodsDifferenceAnswer]
    mistakes: list[BothLanguages]
    findings: list[FindingAnswer]


class GoodsEnteredAnswer(BaseModel):
    """The outcomes of the rows of a request, in their order."""

    rows: list[EnteredGoods]


class BookItemAnswer(BaseModel):
    """An item of an account book with what it holds, in its declared unit."""

    record_no: str
    balance: str
    available: str
    expected: str
    actual_in: str
    actual_out: str
    pre_in: str
    pre_out: str
    gained: str
    lost: str


class BookAnswer(BaseModel):
    """An account book with what it holds by item."""

    account_book_no: str
    items: list[BookItemAnswer]


class BookEntryAnswer(BaseModel):
    """An entry of an item: by how much each quantity changed, and its cause."""

    place: int
    kind: str
    at: datetime
    document: str
    cause: str
    change: dict[str, str]


class BookEntryPage(AnswerPage):
    """Entries of an item in order; ``next`` leads to those behind them."""

    entries: list[BookEntryAnswer]


class TaxBillAnswer(BaseModel):
    """A tax bill as it stands; amounts in CNY."""

    tax_bill_no: str
    order_no: str
    list_no: str
    waybill_no: str
    merchant_code: str
    guarantor_code: str
    payment_form_no: str
    status: str
    """1 made 已生成, 2 gathered 已汇总, 3 void 已作废."""
    made_at: datetime | None
    tariff: str
    consumption_tax: str
    vat: str
    total: str
    paid: bool


class TaxBillPage(AnswerPage):
    """Tax bills by number; ``next`` leads to those behind them."""

    bills: list[TaxBillAnswer]


class TaxTotals(BaseModel):
    """Totals of parcels and bills; amounts in CNY."""

    parcels: int
    bills: int
    in_order: int
    explained: int
    unknown: int
    assessed: str
    billed: str
    charged: str
    billed_more: str
    charged_more: str


class TaxCause(BaseModel):
    """A cause of differences: how many parcels name it, and the differences of those that name it alone."""

    cause: str
    group: str
    parcels: int
    billed_more: str
    charged_more: str


class TaxMonth(BaseModel):
    """The reconciliation of a month (按月关税对账): totals in all and by merchant, and the causes, the most frequent first."""

    month: str
    all: TaxTotals
    by_merchant: dict[str, TaxTotals]
    causes: list[TaxCause]
