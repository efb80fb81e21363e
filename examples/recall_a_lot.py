"""A lot is recalled, and a code traced to its origin (召回演练): python examples/recall_a_lot.py [FOLDER]

The warehouse, its tables and the parcels are fictitious; a second scan puts one code on a second parcel, which is told.
"""

import sys
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from customs.ledger import EntryCause, make_keys, open_ledger, upgrade
from customs.ledger.trace import Recall, load_traces, lots_of, recall, take_back, trace_code, trace_faults

now = datetime(2026, 11, 20, 8)
folder = Path(sys.argv[1] if len(sys.argv) > 1 else mkdtemp())
url = f"sqlite:///{folder / 'ledger.db'}"
upgrade(url)

tables = {
    "lots": "货号,批次,原产国,生产日期,核注清单编号\nA1,B1,日本,2026-03-01,QD299126I000000007\nA1,B2,日本,2026-05-01,\n",
    "picks": "订单编号,运单编号,商品序号,货号,批次,数量\nO1,W1,1,A1,B1,2\nO2,W2,1,A1,B1,1\nO3,W3,1,A1,B2,1\n",
    "labels": "溯源码,货号,批次\nC001,A1,B1\nC002,A1,B1\nC003,A1,B1\nC004,A1,B2\n",
    "scans": "溯源码,运单编号,扫描时间\nC001,W1,2026-11-11 09:00\nC002,W1,2026-11-11 09:01\n"
    "C003,W2,2026-11-12 10:00\nC003,W3,2026-11-12 10:01\n",
}

with open_ledger(url, make_keys(folder / "ledger.keys")) as ledger:
    for name, text in tables.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        with ledger.begin() as connection:
            loaded = load_traces(connection, path, at=now)
        print(f"{name}: {loaded.lots} lots, {loaded.entries} entries")

    with ledger.read() as connection:
        (lot,) = lots_of(connection, "A1", "B1")
        print(f"lot A1/B1 of {lot.lot.produced_on}, origin {lot.lot.origin_country}, came in by {lot.lot.bond_no}")
        for each in recall(connection, Recall(sku="A1", batch="B1")):
            print(f"  order {each.parcel.order_no}: {each.quantity} pieces, codes {', '.join(each.codes)}")
        for fault in trace_faults(connection):
            print(fault.en)
        traced = trace_code(connection, "C003")

    entries = traced.entries if traced else ()
    wrong = next(each.id for each in entries if each.entry.waybill_no == "W3")
    with ledger.begin() as connection:
        take_back(connection, [wrong], EntryCause("ticket", "T1", by="clerk", why="the scanner saw W3 beside it"), now)
        print(f"corrected: {len(list(trace_faults(connection)))} faults left")
