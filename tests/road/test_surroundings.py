"""What surrounds the library changes nothing that it writes: the caller's decimal context, locale, time zone, options of
Python, the seed of hashes.
"""

import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_UP,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    Inexact,
    InvalidOperation,
    Overflow,
    Rounded,
    Subnormal,
    Underflow,
    getcontext,
    localcontext,
)

import pytest

import customs
from customs import areas
from customs.documents import ParcelDocuments
from customs.fields.digits import plain_digits
from customs.payments.agencies.yuan_and_fen import fen_of, yuan_of
from customs.payments.payment_data import without_trailing_zeros
from customs.road import build
from customs.rules import Memory, check_assessment, check_declaration, match
from customs.tax import Rate, apportion, decide, explain, from_function
from customs.tax import shipped as shipped_rates
from customs.tax.law import on as law_on
from customs.tax.postal import postal_tax
from customs.tax.splitting import advice_on
from customs.testing import sample_parcels, tax_bill_of
from customs.testing.areas import parcel_for, sample_area
from support import MORNING, ROOT, SINGLES_DAY

GOLDEN = ROOT / "tests" / "golden"

TRAPS = (
    Clamped, DivisionByZero, FloatOperation, Inexact, InvalidOperation, Overflow, Rounded, Subnormal, Underflow,
)  # fmt: skip


@contextmanager
def hostile(seed: int) -> Iterator[None]:
    """Compute in a decimal context that the seed draws: from 1 to 28 digits, any traps, small exponents."""
    chance = random.Random(seed)  # noqa: S311  not for secrets
    context = Context(
        prec=chance.randint(1, 28),
        rounding=chance.choice([ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_UP]),
        Emin=-chance.choice([0, 1, 9, 999_999]),
        Emax=chance.choice([0, 1, 9, 999_999]),
        capitals=chance.choice([0, 1]),
        clamp=chance.choice([0, 1]),
        traps=chance.sample(TRAPS, chance.randint(0, len(TRAPS))),
    )
    with localcontext(context):
        yield


SIGNER = customs.KeyFile(GOLDEN / "test.key", GOLDEN / "test.crt")()


def run(**conditions: object) -> customs.Run:
    return customs.Run(
        signer=SIGNER,
        on=SINGLES_DAY,
        clock=customs.fixed_clock(MORNING),
        guids=customs.seeded_guids(1),
    ).with_(**conditions)


LINES = [
    line
    for mode in ("1210", "9610")
    for line in (ROOT / "examples" / f"parcels-{mode}.jsonl").read_text(encoding="utf-8").splitlines()[:3]
]


def sent() -> list[tuple[str, bytes]]:
    return [(each.name, each.content) for batch in run().prepare_many(LINES) for each in batch.messages]


@pytest.mark.long
def test_the_bytes_of_the_road_are_the_same_in_200_decimal_contexts() -> None:
    plain = sent()
    assert [name for name, _ in plain] == ["CEB311", "CEB411", "CEB511", "CEB621"]
    for seed in range(200):
        with hostile(seed):
            assert sent() == plain, seed


PARCEL = next(sample_parcels(1, seed=11, mode="1210"))
LINE = PARCEL.order.lines[0]
ASSESSED = customs.assess(PARCEL, on=SINGLES_DAY)
#: The parcel with amounts of many digits that do not add up, and parts of a piece.
WRONG = PARCEL.model_copy(
    update={
        "order": PARCEL.order.model_copy(
            update={
                "tax_total": Decimal("12345.67891"),
                "paid_amount": Decimal("1674.53"),
                "goods_value": Decimal("98765.4321"),
                "lines": tuple(each.model_copy(update={"qty": Decimal("12345678.5")}) for each in PARCEL.order.lines),
            }
        )
    }
)
BILL = tax_bill_of(ASSESSED)
WRITTEN = {each.name: each.content for each in run().prepare(PARCEL).messages}
POSTAL = law_on(date(2015, 6, 1)).postal or pytest.fail("parcels were postal articles then")
LIMITS = law_on(SINGLES_DAY).limits
THIRDS = [Decimal("0.3333"), Decimal("123456.78912"), Decimal("1")]


def built(parcel: customs.Declaration) -> ParcelDocuments:
    documents, _ = build(parcel, tax=ASSESSED.due, on=SINGLES_DAY, app_time=MORNING, guids=customs.seeded_guids(1))
    assert documents is not None
    return documents


def with_amounts() -> str:
    """The amounts of a parcel, read in the decimal context of the moment."""
    parcel, findings = customs.read_declaration(LINES[0])
    assert parcel is not None
    assert not findings
    return str([(plain_digits(each.price), plain_digits(each.value)) for each in parcel.order.lines])


def remembered() -> Decimal:
    memory = Memory()
    memory.use("1", "110101180001010000", Decimal("1674.53"))
    memory.use("1", "110101180001010000", Decimal("2999.99"))
    return memory.used("1", "110101180001010000", None)


def in_an_area() -> bytes:
    profile = areas.find("zhejiang_jkf")
    prepared = run(area=sample_area(profile)).prepare(parcel_for(PARCEL, profile))
    return b"".join(each.content for each in prepared.messages)


def refused() -> list[str]:
    parcel = PARCEL.model_dump(mode="json", exclude_none=True)
    parcel["order"]["lines"][0] |= {"qty": "1,284.50", "price": "1e5", "legal_qty1": 12345678901.5}
    return [str(each) for each in customs.read_declaration(parcel)[1]]


#: Public functions that compute, each in the decimal context of its caller.
COMPUTING: dict[str, Callable[[], object]] = {
    "read_declaration": with_amounts,
    "read_declaration, refused": refused,
    "Line.value": lambda: LINE.value,
    "assess": lambda: customs.assess(PARCEL, on=SINGLES_DAY),
    "postal_tax": lambda: postal_tax(Decimal("1674.53"), 1, POSTAL),
    "explain": lambda: [(each.zh, each.en) for each in explain(ASSESSED)],
    "decide": lambda: decide(LIMITS, Decimal("4999.999"), Decimal(3), Decimal("21000.001")),
    "apportion": lambda: apportion(Decimal("1674.53"), THIRDS, ["a", "b", "c"]),
    "advice_on": lambda: advice_on(ASSESSED),
    "refund": lambda: customs.refund(ASSESSED, {1: Decimal(1)}),
    "net_of": lambda: customs.net_of(customs.PriceWithTax(Decimal("1109.10"), "3305100090"), on=SINGLES_DAY).net,
    "check_declaration": lambda: list(check_declaration(WRONG)),
    "check_assessment": lambda: list(check_assessment(WRONG, ASSESSED)),
    "build": lambda: built(PARCEL),
    "match": lambda: match(built(WRONG)),
    "check_document": lambda: customs.check_document(built(WRONG).order),
    "read": lambda: [customs.read(each) for each in WRITTEN.values()],
    "write": lambda: [customs.write(customs.read(each)) for each in WRITTEN.values()],
    "reconcile": lambda: customs.reconcile(ASSESSED, BILL).zh,
    "tax_bill_of": lambda: tax_bill_of(ASSESSED),
    "sample_parcels": lambda: list(sample_parcels(3, seed=4, mode="9610")),
    "the quota of a stream": remembered,
    "an area": in_an_area,
    "fen and yuan": lambda: (fen_of(Decimal("1674.53")), yuan_of(167453)),
    "payment data": lambda: plain_digits(without_trailing_zeros(Decimal("1674.50"))),
    "Run.prepare": lambda: [each.content for each in run().prepare(PARCEL).messages],
    "Run.examine": lambda: [each.findings for each in run().examine([PARCEL])],
}


@pytest.mark.parametrize("name", COMPUTING)
@pytest.mark.long
def test_every_function_that_computes_gives_the_same_figures_in_any_decimal_context(name: str) -> None:
    compute = COMPUTING[name]
    plain = compute()
    assert plain, "there is something to compare"
    for seed in range(12):
        with hostile(seed):
            found = compute()
        assert found == plain, seed


def test_the_decimal_context_of_the_caller_is_left_as_it_was() -> None:
    with localcontext(Context(prec=5)) as context:
        stream = run().prepare_many(LINES)
        next(stream)
        assert (context.prec, Decimal(1) / 3) == (5, Decimal("0.33333")), "a stream does not leave its own behind"
        customs.assess(PARCEL, on=SINGLES_DAY)
        assert Decimal(2) / 3 == Decimal("0.66667")


def test_a_rate_table_that_changes_the_decimal_context_changes_no_figure() -> None:
    shipped = shipped_rates()

    class Careless:
        """Asks the shipped rates, and leaves a low precision behind."""

        def rate(self, hs_code: str, day: date) -> Rate | None:
            getcontext().prec = 5
            return shipped.rate(hs_code, day)

    plain = sent()
    with localcontext():
        messages = [
            (each.name, each.content) for batch in run(rates=Careless()).prepare_many(LINES) for each in batch.messages
        ]
    assert messages == plain


def test_a_rate_table_that_traps_what_is_rounded_changes_no_figure() -> None:
    shipped = shipped_rates()

    def rate(hs_code: str, day: date) -> Rate | None:
        getcontext().traps[Inexact] = True
        return shipped.rate(hs_code, day)

    plain = run().prepare(PARCEL)
    with localcontext():
        changed = run(rates=from_function(rate)).prepare(PARCEL)
    assert changed.assessment == plain.assessment
    assert [each.content for each in changed.messages] == [each.content for each in plain.messages]


def test_a_number_too_long_for_the_standard_is_refused_in_any_decimal_context() -> None:
    parcel = PARCEL.model_dump(mode="json", exclude_none=True)
    parcel["order"]["lines"][0]["price"] = "123456789012345.12345"
    for seed in range(20):
        with hostile(seed):
            findings = customs.read_declaration(parcel)[1]
        assert [(each.code, each.path) for each in findings] == [("field-form", "order.lines[0].price")], seed


@pytest.mark.parametrize(
    ("given", "written"),
    [("0E-7", "0.00000"), ("0E-999999", "0.00000"), ("0E+999999", "0"), ("12.5000000", "12.50000"), ("1E+2", "100")],
)
def test_an_amount_with_more_places_than_the_standard_admits_is_written_with_five(given: str, written: str) -> None:
    order = PARCEL.order.model_dump() | {"discount": Decimal(given)}
    assert plain_digits(type(PARCEL.order).model_validate(order).discount) == written


_HASH = """
import hashlib, customs
from datetime import date, datetime
from customs.testing import sample_parcels
run = customs.Run(on=date(2026, 11, 11), clock=customs.fixed_clock(datetime(2026, 11, 11, 8)),
    guids=customs.seeded_guids(1), keys=customs.KeyFile("tests/golden/test.key", "tests/golden/test.crt"))
found = hashlib.sha256()
for batch in run.prepare_many(sample_parcels(30, seed=11, mode="1210")):
    for message in batch.messages:
        found.update(message.file_name.encode() + message.content)
print(found.hexdigest())
"""


@pytest.mark.parametrize(
    ("options", "surroundings"),
    [
        ([], {"PYTHONHASHSEED": "1", "TZ": "America/New_York", "LC_ALL": "C"}),
        (["-O"], {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"}),
        (["-OO", "-X", "utf8=0"], {"PYTHONHASHSEED": "3", "TZ": "UTC", "LANG": "tr_TR.UTF-8"}),
    ],
)
@pytest.mark.long
def test_locale_time_zone_options_and_hash_seed_change_no_byte(
    options: list[str], surroundings: dict[str, str]
) -> None:
    here = hashlib.sha256()
    for batch in run().prepare_many(sample_parcels(30, seed=11, mode="1210")):
        for message in batch.messages:
            here.update(message.file_name.encode() + message.content)
    told = subprocess.run(
        [sys.executable, *options, "-c", _HASH],
        env={**os.environ, **surroundings},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == here.hexdigest()
