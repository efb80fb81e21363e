"""Checks of the declaration list at the e-port (清单校验)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from customs.office.case import OfficeCase, OfficeCheck, when
from customs.office.checks.trade import same_number_twice
from customs.office.duty import dutiable_value, dutiable_values, limits, number
from customs.tax import RateMissingError

_LIST = ("CEB621",)

#: What a bonded list (1210) has to hold, and what it leaves out; a direct list (9610) the other way round.
_BONDED = ("emsNo", "areaCode", "areaName")
_DIRECT = ("trafNo", "voyageNo", "billNo")

#: The enterprises of which one guarantees the tax.
_GUARANTORS = ("ebpCode", "ebcCode", "logisticsCode", "agentCode")


def _field_faults(case: OfficeCase) -> Iterator[tuple[bool, str]]:
    """The conditions of single fields, with what is said (清单报文校验失败)."""
    paper, new = case.paper, case.paper["appType"] == "1"
    bonded, direct = paper["tradeMode"] == "1210", paper["tradeMode"] == "9610"
    yield new and bool(paper["preNo"] or paper["invtNo"]), "preNo应由电子口岸生成"
    blank = next((name for name, text in paper.head.items() if not text.strip()), "")
    yield bool(blank), f"{blank}不能为空"
    yield not paper["copNo"], "copNo不能为空"
    yield not (bonded or direct), "tradeMode不正确"
    yield paper["assureCode"] not in [paper[each] for each in _GUARANTORS], "担保企业编号不是清单中的企业"
    yield any(each.get("currency", "142") != "142" for each in (paper.head, *paper.lines)), "currency应为142"
    yield number(paper["packNo"]) != 1, "packNo应为1"
    yield number(paper["netWeight"]) > number(paper["grossWeight"]), "净重大于毛重"
    for each in _BONDED if bonded else _DIRECT if direct else ():
        yield not paper[each], f"{each}不能为空"
    for each in _DIRECT if bonded else ():
        yield bool(paper[each]), f"{each}应为空"
    yield bonded and paper["country"] != "142", "country应为142"
    yield direct and paper["country"] == "142", "country不正确"


def _line_faults(case: OfficeCase, line: Mapping[str, str]) -> Iterator[tuple[bool, str]]:
    """The conditions of a line."""
    second = line.get("qty2", ""), line.get("unit2", "")
    yield case.paper["tradeMode"] == "1210" and not line.get("itemRecordNo"), "itemRecordNo不能为空"
    yield bool(second[0]) is not bool(second[1]), "第二数量与第二单位不符合规则"
    yield line["unit"] == line["unit1"] and number(line["qty"]) != number(line["qty1"]), "法定数量与申报数量不一致"
    yield abs(number(line["price"]) * number(line["qty"]) - number(line["totalPrice"])) >= _CENT, "总价不等于单价乘数量"


_CENT = Decimal("0.01")


def _wrong_field(case: OfficeCase) -> str | None:
    for broken, said in _field_faults(case):
        if broken:
            return said
    for line in case.paper.lines:
        for broken, said in _line_faults(case, line):
            if broken:
                return f"商品序号[{line['gnum']}]{said}"
    return None


def _not_on_record(case: OfficeCase) -> str | None:
    books = case.settings.account_books
    if books is None or case.paper["tradeMode"] != "1210":
        return None
    book = books.get(case.paper["emsNo"], {})
    for line in case.paper.lines:
        found = book.get(line.get("itemRecordNo", ""))
        if found is None:
            return f"商品序号[{line['gnum']}]商品未备案"
        if found.hs_code != line["gcode"]:
            return f"商品序号[{line['gnum']}]与备案库商品编码不一致"
    return None


def _not_in_library(case: OfficeCase) -> str | None:
    for line in case.paper.lines:
        try:
            found = case.settings.rates.rate(line["gcode"], case.now.date())
        except RateMissingError:
            return f"商品序号[{line['gnum']}]在参数库中没有匹配商品编号"
        if (found.legal_unit1, found.legal_unit2 or "") != (line["unit1"], line.get("unit2", "")):
            return f"商品序号[{line['gnum']}]与参数库法定计量单位不一致"
    return None


def _not_permitted(case: OfficeCase) -> str | None:
    known = case.settings.registered
    return when(known is not None and "declarant" not in known.get(case.paper["agentCode"], ()))


def _over_single(case: OfficeCase) -> str | None:
    single, yearly = limits(case.now.date())
    value = sum(dutiable_values(case.paper), Decimal(0))
    pieces = sum((number(line["qty"]) for line in case.paper.lines), Decimal(0))
    return when(value > single and (pieces != 1 or value > yearly), f"{single}")


def _over_yearly(case: OfficeCase) -> str | None:
    paper, yearly = case.paper, limits(case.now.date())[1]
    person = case.store.person(paper["buyerIdType"], paper["buyerIdNumber"], case.now.year)
    spent, held = case.store.spent[person], case.held
    spent -= held.value if held else Decimal(0)
    value = dutiable_value(paper)
    return when(spent + value > yearly, f"已使用额度:{spent}，年度限额:{yearly}")


def _book_is_empty(case: OfficeCase) -> str | None:
    book, books = case.paper["emsNo"], case.settings.account_books
    for line in case.paper.lines if books and case.paper["tradeMode"] == "1210" else ():
        record = line["itemRecordNo"]
        found = (books or {}).get(book, {}).get(record)
        if found and found.left is not None and case.store.taken[book, record] + number(line["qty"]) > found.left:
            return f"商品序号[{line['gnum']}]账册余量不足"
    return None


def _already_declared(case: OfficeCase) -> str | None:
    return when(case.paper["appType"] == "1" and case.held is not None)


def _newer_is_there(case: OfficeCase) -> str | None:
    held = case.held
    return when(case.paper["appType"] == "1" and held is not None and case.paper["appTime"] <= held.paper["appTime"])


def _nothing_to_change(case: OfficeCase) -> str | None:
    return when(case.paper["appType"] != "1" and case.held is None)


def _may_not_change(case: OfficeCase) -> str | None:
    held = case.held
    return when(case.paper["appType"] != "1" and held is not None and (held.released or bool(held.withdrawn)))


def _numbers_missing(case: OfficeCase, *names: str) -> str | None:
    missing = {each for each in ("preNo", "invtNo") if not case.paper[each]}
    return when(case.paper["appType"] != "1" and missing == set(names))


def _other_number(case: OfficeCase) -> str | None:
    held, number_given = case.held, case.paper["invtNo"]
    return when(bool(held and number_given and held.invt_no and number_given != held.invt_no))


LISTS = (
    OfficeCheck("-621016", _LIST, _not_permitted),
    OfficeCheck("-621004", _LIST, _already_declared, "printed"),
    OfficeCheck("-621055", _LIST, _newer_is_there, "seen"),
    OfficeCheck("-621041", _LIST, _already_declared, "seen"),
    OfficeCheck("-621011", _LIST, _nothing_to_change, "printed"),
    OfficeCheck("-621042", _LIST, _nothing_to_change, "seen"),
    OfficeCheck("-621012", _LIST, _may_not_change, "printed"),
    OfficeCheck("-621043", _LIST, _may_not_change, "seen"),
    OfficeCheck("-621053", _LIST, lambda case: _numbers_missing(case, "preNo", "invtNo")),
    OfficeCheck("-621057", _LIST, lambda case: _numbers_missing(case, "invtNo")),
    OfficeCheck("-621999", _LIST, _other_number),
    OfficeCheck("-621027", _LIST, same_number_twice, "printed"),
    OfficeCheck("-621031", _LIST, same_number_twice, "seen"),
    OfficeCheck("-621001", _LIST, _wrong_field),
    OfficeCheck("-621001", _LIST, _not_on_record),
    OfficeCheck("-621001", _LIST, _not_in_library),
    OfficeCheck("-621003", _LIST, _book_is_empty),
    OfficeCheck("-621005", _LIST, _over_single),
    OfficeCheck("-621018", _LIST, _over_yearly),
)
