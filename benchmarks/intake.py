"""Reading of order lists beside the reader library alone, in one run: `make bench`.

100,000 rows of 18 columns as XLSX and as CSV: rows in a second of ``read_sheet`` and of what it stands on (openpyxl in its
read-only mode, the csv module), and how much memory a process takes at its peak beyond what it had before. Then the whole
road of a smaller list, see ``benchmarks.intake_road``. Another number of rows is an argument:
``python -m benchmarks.intake 1000``.
"""

import csv
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from benchmarks.intake_road import STEPS, road
from benchmarks.measure import save
from customs.intake.reading import read_sheet

ROWS = 100_000

HEADINGS = (
    "订单编号", "运单编号", "支付编号", "店铺", "订购人姓名", "订购人证件号码", "订购人电话", "收货地址", "SKU", "商品名称", "数量",
    "单价", "总价", "运杂费", "代扣税款", "支付时间", "备注", "币制",
)  # fmt: skip

EIGHT = datetime(2026, 11, 11, 8)

#: Rounds of each measurement: the shortest time counts.
ROUNDS = 2


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with TemporaryDirectory() as folder:
        workbook, table = Path(folder) / "orders.xlsx", Path(folder) / "orders.csv"
        writer = multiprocessing.get_context("fork").Process(target=write_tables, args=(workbook, table, rows))
        writer.start()
        writer.join()
        found = {
            "xlsx": measured(by_read_sheet, workbook),
            "openpyxl": measured(by_openpyxl, workbook),
            "csv": measured(by_read_sheet, table),
            "csv_module": measured(by_csv, table),
        }
    print(f"\n{rows:,} rows of {len(HEADINGS)} columns{'rows a second':>36}{'peak memory':>16}")
    for name, label in LABELS.items():
        seconds, memory = found[name]
        print(f"{label:48}{rows / seconds:18,.0f}{memory / 1e6:13.1f} MB")
    orders, lines_of_road, steps = road()
    print(f"\n{orders:,} orders of {lines_of_road:,} rows{'orders a second':>36}{'to JSON':>16}")
    for name, label in STEPS.items():
        print(f"{label:48}{orders / steps[name]:18,.0f}{steps[name] / steps['json']:16.2f}")
    save(
        "intake",
        ("lxml", "openpyxl"),
        rows=rows,
        columns=len(HEADINGS),
        rows_per_second={name: round(rows / seconds) for name, (seconds, _) in found.items()},
        peak_memory_mb={name: round(memory / 1e6, 1) for name, (_, memory) in found.items()},
        xlsx_to_openpyxl=round(found["xlsx"][0] / found["openpyxl"][0], 2),
        road={
            "orders": orders,
            "rows": lines_of_road,
            "orders_per_second": {STEPS[name]: round(orders / spent) for name, spent in steps.items()},
            "rows_per_second": {STEPS[name]: round(lines_of_road / spent) for name, spent in steps.items()},
            "time_to_json": {STEPS[name]: round(spent / steps["json"], 2) for name, spent in steps.items()},
        },
    )


LABELS = {
    "xlsx": "read_sheet of a workbook",
    "openpyxl": "openpyxl alone, read-only, values only",
    "csv": "read_sheet of a table of text",
    "csv_module": "the csv module alone",
}


def lines(count: int) -> Iterator[tuple[object, ...]]:
    """Yield rows of orders with three lines each."""
    for each in range(count):
        order, qty = f"EX20261111{each // 3:08d}", each % 5 + 1
        yield (
            order, f"SF{order}", f"P{order}", f"店铺{each % 3}", f"张{each % 997}", f"1101011890{each % 10_000:08d}", f"138{each:08d}",
            f"浙江省杭州市示例区示例路{each % 5000}号", f"SKU{each % 800:05d}", f"示例面霜 {each % 800}", qty, 99.5, 99.5 * qty, 0, 9.05,
            EIGHT + timedelta(seconds=each % 3600), None, "142",
        )  # fmt: skip


def write_tables(workbook: Path, table: Path, rows: int) -> None:
    """Write the same rows twice, in a process of its own, whose memory is not counted."""
    write_workbook(workbook, rows)
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *lines(rows)])


def write_workbook(path: Path, rows: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("订单")
    page.append(HEADINGS)
    for row in lines(rows):
        page.append(row)
    book.save(path)


def by_read_sheet(path: Path) -> int:
    with read_sheet(path) as sheet:
        return sum(1 for _ in sheet.rows)


def by_openpyxl(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    count = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return count


def by_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def measured(work: Callable[[Path], int], path: Path) -> tuple[float, int]:
    """Return the time of the processor and the memory that a work takes in a process of its own."""
    costs = [_in_a_process(work, path) for _ in range(ROUNDS)]
    return min(spent for spent, _ in costs), min(memory for _, memory in costs)


def _in_a_process(work: Callable[[Path], int], path: Path) -> tuple[float, int]:
    here, there = multiprocessing.Pipe()
    worker = multiprocessing.get_context("fork").Process(target=_worked, args=(work, path, there))
    worker.start()
    spent, memory = here.recv()
    worker.join()
    return float(spent), int(memory)


def _worked(work: Callable[[Path], int], path: Path, answer: Connection) -> None:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    work(path)
    spent = time.process_time() - start
    answer.send((spent, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024))


if __name__ == "__main__":
    main()
