"""Requests to payment agencies, filled from a declaration (由申报数据填写支付申报): its order, payment and buyer.

Facts that no declaration holds are parameters; the error names all missing facts at once. Nothing is derived from the
law here: prepare an order first if its amounts are left out.

>>> from customs.payments.agencies.customs_places import place
>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> try:
...     wechat_request(parcel, place("wechat", "NINGBO"), WechatMerchant("wx0", "1"))
... except MissingFactsError as error:
...     error.missing
('merchant.customs_no',)
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from customs.declaration import Declaration
from customs.fields.money import EXACT
from customs.payments.agencies.alipay import AlipayIdentity, AlipayRequest
from customs.payments.agencies.customs_places import Agency, Place
from customs.payments.agencies.wechat import WechatIdentity, WechatRequest, WechatSplit

#: The only document that customs admits for buyers.
_IDENTITY_CARD = "1"
#: What a customs registration number has.
_REGISTRATION = 10


@dataclass(frozen=True, slots=True)
class WechatMerchant:
    """The merchant at WeChat Pay (商户): its application, its number there, and its number with the place declared to."""

    app_id: str
    merchant_id: str
    customs_no: str | None = None
    """None for the place ``NO``, to which nothing is declared."""


@dataclass(frozen=True, slots=True)
class AlipayMerchant:
    """The merchant at Alipay (商户): its partner number, and its number with the place declared to."""

    partner: str
    customs_code: str | None = None


class MissingFactsError(ValueError):
    """A request that cannot be filled. ``missing`` names fields of the declaration by path, and parameters by name."""

    def __init__(self, *missing: str) -> None:
        super().__init__(f"give {', '.join(missing)}: the request cannot be filled without")
        self.missing = missing


def wechat_request(
    declaration: Declaration,
    place: Place,
    merchant: WechatMerchant,
    *,
    paid_under: str | None = None,
    action: Literal["ADD", "MODIFY"] = "ADD",
    with_duty: bool = False,
    with_identity: bool = True,
) -> WechatRequest:
    """Return the request to WeChat Pay for a payment, from the declaration of its order.

    ``paid_under`` is the order number under which it was paid, where that is another than the order's: the request is
    then for a part (拆单), the order's number its sub order; the product amount is what was paid less the freight of
    the order. ``with_duty`` adds the tax of the order, which some areas want; ``with_identity`` adds the buyer. Raises
    ``MissingFactsError``, and pydantic's ``ValidationError`` for amounts of which no whole fen can be made and for
    numbers beyond WeChat Pay's limits, which are narrower than those of customs (32 characters).
    """
    _check_agency(place, WechatRequest.agency)
    order, payment = declaration.order, declaration.payment
    is_part = paid_under is not None and paid_under != order.order_no
    missing = [
        *(["merchant.customs_no"] if place.needs_merchant_number and not merchant.customs_no else []),
        *(["order.tax_total"] if with_duty and order.tax_total is None else []),
        *(_missing_amounts(declaration, with_freight=True) if is_part else []),
        *_missing_identity(declaration, with_identity),
    ]
    if missing:
        raise MissingFactsError(*missing)
    identity = WechatIdentity(certificate_no=order.buyer_id_number, name=order.buyer_name) if with_identity else None
    return WechatRequest(
        app_id=merchant.app_id,
        merchant_id=merchant.merchant_id,
        order_no=order.order_no if paid_under is None else paid_under,
        payment_no=payment.payment_no,
        place=place.code,
        merchant_customs_no=merchant.customs_no,
        duty_amount=order.tax_total if with_duty else None,
        action=action,
        split=_part(declaration) if is_part else None,
        identity=identity,
    )


def alipay_request(
    declaration: Declaration,
    place: Place,
    merchant: AlipayMerchant,
    *,
    request_no: str,
    is_part: bool = False,
    with_identity: bool = True,
) -> AlipayRequest:
    """Return the request to Alipay for a payment, from the declaration of its order.

    ``request_no`` is the number of the request; give each call another. For a place that takes the customs code of 10
    characters, the merchant's number may be left out if the declaration has such a code. ``is_part`` says
    that the payment covers further orders (拆单). Raises ``MissingFactsError``, and pydantic's ``ValidationError`` for
    an amount of which no whole fen can be made and for numbers beyond Alipay's limits.
    """
    _check_agency(place, AlipayRequest.agency)
    order, parties = declaration.order, declaration.parties
    code = merchant.customs_code or _customs_code(declaration, place)
    missing = [
        *([] if code else ["merchant.customs_code"]),
        *_missing_amounts(declaration, with_freight=False),
        *_missing_identity(declaration, with_identity),
    ]
    amount = _paid(declaration)
    if missing or code is None or amount is None:
        raise MissingFactsError(*missing)
    return AlipayRequest(
        partner=merchant.partner,
        request_no=request_no,
        payment_no=declaration.payment.payment_no,
        merchant_customs_code=code,
        merchant_customs_name=parties.merchant_name,
        amount=amount,
        place=place.code,
        sub_order_no=order.order_no if is_part else None,
        identity=AlipayIdentity(name=order.buyer_name, id_number=order.buyer_id_number) if with_identity else None,
    )


def _check_agency(place: Place, agency: Agency) -> None:
    if place.agency != agency:
        raise ValueError(f"the place {place.code} is one of {place.agency}: give one of {agency}")


def _customs_code(declaration: Declaration, place: Place) -> str | None:
    code = declaration.parties.merchant_code
    return code if place.takes_customs_code and len(code) == _REGISTRATION else None


def _paid(declaration: Declaration) -> Decimal | None:
    """Return the amount paid for the order, from the payment or else from the order."""
    given = declaration.payment.amount_paid
    return declaration.order.paid_amount if given is None else given


def _missing_amounts(declaration: Declaration, *, with_freight: bool) -> list[str]:
    """Return the amounts that are missing or contradict each other; the shop must say which one is right."""
    order, payment = declaration.order, declaration.payment
    contradict = None not in (order.paid_amount, payment.amount_paid) and order.paid_amount != payment.amount_paid
    return [
        *(["payment.amount_paid"] if _paid(declaration) is None else []),
        *(["payment.amount_paid equal to order.paid_amount"] if contradict else []),
        *(["order.freight"] if with_freight and order.freight is None else []),
    ]


def _missing_identity(declaration: Declaration, wanted: bool) -> list[str]:
    other = wanted and declaration.order.buyer_id_type != _IDENTITY_CARD
    return ["order.buyer_id_type 1 (the agencies compare identity cards only)"] if other else []


def _part(declaration: Declaration) -> WechatSplit:
    paid, freight = _paid(declaration), declaration.order.freight
    assert paid is not None, "missing amounts were named before"
    assert freight is not None, "missing amounts were named before"
    return WechatSplit(
        sub_order_no=declaration.order.order_no,
        order_amount=paid,
        transport_amount=freight,
        product_amount=EXACT.subtract(paid, freight),
    )
