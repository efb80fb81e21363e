"""From receipts to the states of parcels, in one run: `make bench`.

10,000 parcels with 12 receipts each, shuffled and duplicated, become states with explanations and next steps in one call.
Folding and explaining is compared with reading the same receipts by ``customs.read`` in the same run: all of them, and
each once, since bytes that were read are not read again. Another number of
parcels is an argument: ``python -m benchmarks.receipts 1000``.
"""

import gc
import random
import sys
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import customs
from benchmarks.measure import save
from customs.receipts.explanation import explain
from customs.receipts.next_step import next_step
from customs.receipts.streams import TrackedParcels, track_all

T = TypeVar("T")

PARCELS = 10_000
EIGHT = datetime(2026, 11, 11, 8)
NOW = EIGHT + timedelta(days=1)

#: The share of receipts that arrive twice.
TWICE = 0.25

#: Twelve receipts of a parcel: message, element, the element of its number, seconds, status, text.
COURSE = [
    ("CEB312", "OrderReturn", "orderNo", 1, "2", "新增申报成功"),
    ("CEB312", "OrderReturn", "orderNo", 3, "120", "[Code:1800;Desc:逻辑校验通过]"),
    ("CEB412", "PaymentReturn", "paymentNo", 1, "2", "新增申报成功"),
    ("CEB412", "PaymentReturn", "paymentNo", 3, "120", "[Code:1800;Desc:逻辑校验通过]"),
    ("CEB512", "LogisticsReturn", "logisticsNo", 1, "2", "新增申报成功"),
    ("CEB512", "LogisticsReturn", "logisticsNo", 3, "120", "[Code:1800;Desc:逻辑校验通过]"),
    ("CEB622", "InventoryReturn", "copNo", 4, "2", "清单新增申报成功"),
    ("CEB622", "InventoryReturn", "copNo", 5, "3", ""),
    ("CEB622", "InventoryReturn", "copNo", 6, "120", "[Code:1800;Desc:逻辑校验通过]"),
    ("CEB622", "InventoryReturn", "copNo", 8, "300", "[Code:1200;Desc:待人工审核]"),
    ("CEB622", "InventoryReturn", "copNo", 9, "800", "[Code:2600;Desc:放行]"),
    ("CEB622", "InventoryReturn", "copNo", 99, "899", ""),
]

#: The course of one parcel in twenty: refused at last.
REFUSED = [
    *COURSE[:9],
    ("CEB622", "InventoryReturn", "copNo", 8, "100", "[Code:1313;Desc:订购人购买超过年度限额]"),
    *COURSE[7:9],
]

#: The enterprise that each receipt names, and the element of the status time.
COMPANIES = {
    "CEB312": "<ebpCode>P1</ebpCode><ebcCode>M1</ebcCode>",
    "CEB412": "<payCode>Y1</payCode>",
    "CEB512": "<logisticsCode>L1</logisticsCode>",
    "CEB622": "<customsCode>2992</customsCode><ebpCode>P1</ebpCode><ebcCode>M1</ebcCode><agentCode>D1</agentCode>",
}
NUMBERS = {"CEB412": "payTransactionId"}


def main() -> None:
    parcels = int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS
    contents, sent = receipts(parcels), [submissions(each) for each in range(parcels)]
    gc.collect()
    gc.disable()
    reading = seconds(lambda: deque(map(customs.read, contents), 0))
    once = seconds(lambda: deque(map(customs.read, dict.fromkeys(contents)), 0))
    gc.collect()
    whole, told = timed(lambda: explained(contents, sent))
    gc.enable()
    found, steps = told
    assert len(found.unread) == 0
    beyond = whole - reading
    print(f"\n{len(contents):,} receipts of {parcels:,} parcels: {len(found.parcels):,} states, {steps:,} explanations")
    print(f"{'reading by customs.read':44}{reading:10.2f} s{1e6 * reading / len(contents):12.1f} microseconds each")
    print(
        f"{'from bytes to states and explanations':44}{whole:10.2f} s{1e6 * whole / len(contents):12.1f} microseconds each"
    )
    print(f"{'the whole beyond reading all, to that':44}{beyond / reading:10.2f}")
    print(f"{'the whole beyond reading each once, to that':44}{(whole - once) / once:10.2f}")
    save(
        "receipts",
        ("lxml", "pydantic"),
        parcels=parcels,
        receipts=len(contents),
        seconds={"reading": round(reading, 2), "whole": round(whole, 2)},
        beyond_reading_all=round(beyond / reading, 3),
        beyond_reading_each_once=round((whole - once) / once, 3),
    )


def explained(contents: list[bytes], sent: list[list[customs.Submitted]]) -> tuple[TrackedParcels, int]:
    """The states of all parcels in one call, and then the explanation and next step of each."""
    found = track_all(contents, sent=sent)
    count = 0
    for parcel in found.parcels:
        next_step(parcel.state, now=NOW)
        for document in parcel.state.documents.values():
            if document.deciding is not None:
                count += len(explain(document.deciding))
    return found, count


def submissions(number: int) -> list[customs.Submitted]:
    """The four documents of a parcel as they were sent."""
    order = f"EX{number:012d}"
    fields = {
        "CEB311": {"platform_code": "P1", "order_no": order},
        "CEB411": {"payment_company_code": "Y1", "payment_no": order, "order_no": order},
        "CEB511": {"carrier_code": "L1", "waybill_no": order, "order_no": order},
        "CEB621": {"declarant_code": "D1", "internal_no": order, "merchant_code": "M1", "order_no": order},
    }
    at = EIGHT + timedelta(seconds=number % 3600)
    return [
        customs.Submitted(key=customs.BusinessKey(kind, tuple(key.items())), guid=f"{kind}-{number}", app_time=at)
        for kind, key in fields.items()
    ]


def receipts(parcels: int) -> list[bytes]:
    """The receipts of so many parcels, some twice, in any order, with repeatable content."""
    chance = random.Random(14)  # noqa: S311  not for secrets
    found = [message(number, *each) for number in range(parcels) for each in (REFUSED if number % 20 == 0 else COURSE)]
    found += chance.sample(found, int(len(found) * TWICE))
    chance.shuffle(found)
    return found


def message(number: int, kind: str, element: str, named: str, second: float, status: str, text: str) -> bytes:
    """One receipt as customs sends it."""
    guid = f"{number:08X}-0000-4000-8000-{int(second * 10):012X}"
    at = EIGHT + timedelta(seconds=number % 3600 + second)
    name = NUMBERS.get(kind, named)
    said = f"<returnInfo>{text}</returnInfo>" if text else ""
    numbers = f"<{name}>EX{number:012d}</{name}>"
    if kind == "CEB622":
        numbers += f"<preNo>B2026{number:013d}</preNo>" + (
            f"<invtNo>29922026I{number:09d}</invtNo>" if second > 5 else ""
        )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{kind}Message xmlns="http://www.chinaport.gov.cn/ceb" guid="{guid}" version="1.0">'
        f"<{element}><guid>{guid}</guid>{COMPANIES[kind]}{numbers}<returnStatus>{status}</returnStatus>"
        f"<returnTime>{at:%Y%m%d%H%M%S}000</returnTime>{said}</{element}></{kind}Message>"
    ).encode()


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """The time of the processor that something takes, whatever else the machine does, and its result."""
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def seconds(work: Callable[[], object]) -> float:
    return timed(work)[0]


if __name__ == "__main__":
    main()
