"""The answers about tax and receipts (计税与解释应答): amounts as texts in CNY, reasons in both languages."""

from datetime import date

from pydantic import BaseModel

from customs.hub.api.answers import BothLanguages, FindingAnswer


class TaxAmounts(BaseModel):
    """Taxes in CNY to the cent; none where nothing was computed, outside the channel."""

    tariff: str | None
    consumption_tax: str | None
    vat: str | None
    due: str | None


class TaxLine(BaseModel):
    """The tax of one line of goods."""

    line: int
    hs_code: str
    dutiable_value: str
    tariff_rate: str
    consumption_rate: str
    vat_rate: str
    taxes: TaxAmounts


class TaxReason(BaseModel):
    """One step of the assessment, with the source of its rule; a step of the whole parcel names no line."""

    code: str
    line: int | None
    zh: str
    en: str
    source: str


class OrderTax(BaseModel):
    """The tax of one order; without one its findings say why."""

    place: int
    """Its place in the request, from 0."""
    order_no: str | None
    day: date | None
    """The day whose law counts."""
    regime: str | None
    dutiable_value: str | None
    taxes: TaxAmounts | None
    lines: list[TaxLine]
    reasons: list[TaxReason]
    findings: list[FindingAnswer]


class OrderTaxes(BaseModel):
    """The taxes of the orders of a request, in their order; nothing is kept of them."""

    orders: list[OrderTax]


class ExplainedAction(BaseModel):
    """The step after a receipt, and whether a machine may do it."""

    name: str
    zh: str
    en: str
    by_machine: bool


class ExplainedParty(BaseModel):
    """Who has to do it."""

    name: str
    zh: str
    en: str


class ExplanationAnswer(BaseModel):
    """One thing that a receipt says, explained; nothing of its text is repeated."""

    known: bool
    clear: bool
    code: str | None
    happened: BothLanguages
    cause: BothLanguages | None
    action: ExplainedAction
    party: ExplainedParty | None
    notes: list[BothLanguages]
    certainty: str
    sources: list[str]


class Explained(BaseModel):
    """The explanations of a receipt, a text or a code."""

    explanations: list[ExplanationAnswer]
