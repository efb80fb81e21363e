"""The course of a document at customs (海关办理流程): stored, compared, released, taxed, closed, taken back.

Each step returns what is said now, as letters, and what comes later, as functions of the time with the wait before them.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import TypeAlias

from customs.office.case import OfficeCase
from customs.office.chance import Chance
from customs.office.checks.matching import AT_CUSTOMS, Joined
from customs.office.duty import ListDuty, duty_of, number
from customs.office.letters import PRE_ENTRY, Letter, consolidation_result, receipt, tax_bill, tax_status
from customs.office.papers import Paper
from customs.office.settings import OfficeSettings
from customs.office.store import Held, OfficeStore
from customs.office.texts import said
from customs.office.waiting import WaitingLists

#: What is said at a step, or the step that follows later.
CourseStep: TypeAlias = "Letter | Callable[[datetime], Iterable[tuple[timedelta, CourseStep]]]"
CourseSteps: TypeAlias = "Iterator[tuple[timedelta, CourseStep]]"

_NOW = timedelta(0)
_ZERO = Decimal(0)

#: What is said at status 2, by the type of the declaration.
_TAKEN = {"1": "new", "2": "changed", "3": "deleted"}

#: The documents that a list names: what is said where one is missing, and how the store finds it.
_MISSING = {"no-order": "order_of", "no-payment": "payment_of", "no-waybill": "waybill_of"}


class Course:
    """The steps of documents from the e-port to the end, over the memory of the office."""

    def __init__(self, settings: OfficeSettings, store: OfficeStore, chance: Chance, guids: Iterator[str]) -> None:
        self._settings, self._store, self._chance, self._guids = settings, store, chance, guids
        self._given = count(1)
        self._waiting = WaitingLists(lambda paper: not self._missing(paper))

    def numbers_for(self, paper: Paper) -> dict[str, str]:
        """Return the numbers of a document that its receipts repeat, new ones for a document that has none."""
        held = self._store.held.get(paper.key)
        known = held.pre_no if held else ""
        pre_no = known or (paper["preNo"] if len(paper["preNo"]) == 18 else "") or self._pre_no(paper)
        numbers = {"preNo": pre_no}
        if held and held.invt_no:
            numbers["invtNo"] = numbers["rkdNo"] = numbers["sumNo"] = held.invt_no
        return numbers

    def _pre_no(self, paper: Paper) -> str:
        first = PRE_ENTRY.get(paper.kind.message, "E")
        return f"{first}{paper['customsCode'] or '0000'}{paper['appTime'][:4]}{next(self._given):09}"

    def accept(self, case: OfficeCase) -> tuple[Letter, bool]:
        """Take a document in at the e-port; return its receipt, and True if it goes on to customs."""
        paper = case.paper
        if paper["appStatus"] == "1":
            return receipt(paper, "1", said("stored"), case.now, self.numbers_for(paper)), False
        if warning := self._warning(case):
            return receipt(paper, "2", said(warning), case.now, self.numbers_for(paper)), warning != "22007"
        pre_no = self.numbers_for(paper)["preNo"]
        held = self._store.keep(paper)
        held.pre_no = pre_no
        held.reach("deleted" if paper["appType"] == "3" else "2")
        if paper["appType"] == "1":
            self._store.counts[paper.key].accepted += 1
        self._withdraw(paper)
        return receipt(paper, "2", self._said_at_first(paper), case.now, {"preNo": pre_no}), paper["appType"] != "3"

    def _warning(self, case: OfficeCase) -> str:
        """The code of customs that a receipt with status 2 carries, empty for none."""
        paper, known = case.paper, case.settings.registered
        if paper.kind.message != "CEB311":
            return ""
        if paper["appType"] != "1" and any(each.released for each in self._store.lists_naming(paper)):
            return "22007"
        code = paper["payCode"]
        return "22001" if known is not None and code and "payment" not in known.get(code, ()) else ""

    def _said_at_first(self, paper: Paper) -> str:
        taken = _TAKEN.get(paper["appType"], "new")
        if paper.kind.message != "CEB621" or taken != "new":
            return said(taken, paper["guid"])
        missing = [code for code, there in zip(_MISSING, self._store.arrived(paper), strict=True) if not there]
        return said("new-list", paper["ebcCode"], paper["orderNo"]) + "".join(f"[{said(each)}]" for each in missing)

    def _missing(self, paper: Paper) -> list[str]:
        return [code for code, find in _MISSING.items() if getattr(self._store, find)(paper) is None]

    def _withdraw(self, paper: Paper) -> None:
        """Note on a list that an application about it is under way."""
        if paper.kind.message in ("CEB623", "CEB625", "CEB605") and (
            held := self._store.list_numbered(paper["invtNo"])
        ):
            held.withdrawn = paper.kind.message

    def store_at_customs(self, paper: Paper, at: datetime) -> CourseSteps:
        """Store a document at customs, or refuse it; a list waits until what it joins is there."""
        held = self._store.standing(*paper.key)
        if held is None:
            return
        match paper.kind.message:
            case "CEB621":
                yield from self._list(held, at)
            case "CEB603" | "CEB213":
                yield from self._exported(held, at)
            case "CEB701":
                yield from self._consolidated(held, at)
            case "CEB623" | "CEB605":
                yield from self._cancellation(held, at)
            case "CEB625":
                yield from self._return(held, at)
            case _:
                yield from self._simple(held, at)

    def _letter(self, held: Held, status: str, text: str, at: datetime) -> tuple[timedelta, Letter]:
        """Move a document to a status, and say so."""
        held.reach(status)
        return _NOW, self._told(held, status, text, at)

    def _told(self, held: Held, status: str, text: str, at: datetime) -> Letter:
        numbers = self.numbers_for(held.paper) | {"guid": next(self._guids)}
        return receipt(held.paper, status, text, at, numbers)

    def _simple(self, held: Held, at: datetime) -> CourseSteps:
        """Order, payment, waybill and the rest, which end when they are stored or concluded."""
        paper = held.paper
        if paper.kind.message == "CEB311" and self._other_name(paper):
            yield self._letter(held, "99", said("99"), at)
            return
        if paper.kind.ends == "399":
            held.invt_no = held.invt_no or self._customs_no(paper)
        yield self._letter(held, paper.kind.ends, said("1800" if paper.kind.ends == "120" else "399"), at)
        for each in self._waiting.freed_by(paper):
            yield self._settings.pace.release, lambda at, each=each: self.store_at_customs(each, at)  # type: ignore[misc]

    def _other_name(self, paper: Paper) -> bool:
        known = self._settings.persons.get(paper["buyerIdNumber"])
        return known is not None and known != paper["buyerName"]

    def _customs_no(self, paper: Paper) -> str:
        flag = "E" if paper.kind.export else "I"
        return f"{paper['customsCode'] or '0000'}{paper['appTime'][:4]}{flag}{next(self._given):09}"

    def _list(self, held: Held, at: datetime) -> CourseSteps:
        paper = held.paper
        if self._missing(paper):
            self._waiting.wait(paper)
            return
        case = OfficeCase(paper, self._store, self._settings, at)
        order, payment, waybill = (getattr(self._store, find)(paper) for find in _MISSING.values())
        joined = Joined(case, order, payment, waybill)
        self._give_back(held)
        for check in AT_CUSTOMS:
            if (detail := check.broken(joined)) is not None:
                text = said(check.code or "same-order", detail)
                yield self._letter(held, "100", text, at)
                if "CEB312" in check.receipts:
                    yield self._letter(order, "100", text, at)
                return
        duty = duty_of(paper, at.date(), self._settings)
        self._count(held, duty, at)
        if not held.invt_no:
            self._store.number(held, self._customs_no(paper))
        yield self._letter(held, "120", said("1800"), at)
        yield from self._looked_at(held, duty)

    def _count(self, held: Held, duty: ListDuty, at: datetime) -> None:
        """Count a list to the buyer's year, to the guarantee and to the account book."""
        paper = held.paper
        held.value, held.tax, held.counted_in = duty.value, duty.total, at.year
        self._store.spent[self._person(held)] += duty.value
        self._store.secured[paper["assureCode"]] += duty.total
        for line in paper.lines:
            self._store.taken[paper["emsNo"], line.get("itemRecordNo", "")] += number(line["qty"])

    def _give_back(self, held: Held, share: Decimal = Decimal(1)) -> None:
        """Undo the counting of a list, or a share of it."""
        if not held.counted_in:
            return
        paper, value, tax = held.paper, held.value * share, held.tax * share
        self._store.spent[self._person(held)] -= value
        self._store.secured[paper["assureCode"]] -= tax
        held.value, held.tax = held.value - value, held.tax - tax
        if share == 1:
            held.counted_in = 0
        for line in paper.lines if share == 1 else ():
            self._store.taken[paper["emsNo"], line.get("itemRecordNo", "")] -= number(line["qty"])

    def _person(self, held: Held) -> bytes:
        return self._store.person(held.paper["buyerIdType"], held.paper["buyerIdNumber"], held.counted_in)

    def _looked_at(self, held: Held, duty: ListDuty) -> CourseSteps:
        """A list after it was stored: an officer looks at it, its goods are opened, or it is released."""
        pace, paper = self._settings.pace, held.paper
        detained = self._settings.detained.get(paper["orderNo"], "")
        wait = pace.release
        if self._chance.of(*paper.key, "300") < self._settings.reviewed:
            yield wait, lambda at: self._if_standing(held, "300", said("1200"), at)
            wait += pace.review
        if detained or self._chance.of(*paper.key, "500") < self._settings.inspected:
            yield wait, lambda at: self._if_standing(held, "500", said("500"), at)
            wait += pace.inspection
        if detained:
            yield wait, lambda at: self._if_standing(held, detained, said(detained), at)
        else:
            yield wait, lambda at: self._release(held, duty, at)

    def _if_standing(self, held: Held, status: str, text: str, at: datetime) -> CourseSteps:
        if held.stands:
            yield self._letter(held, status, text, at)

    def _release(self, held: Held, duty: ListDuty, at: datetime) -> CourseSteps:
        if not held.stands:
            return
        held.released_at = at
        yield self._letter(held, "800", said("2600"), at)
        yield self._settings.pace.bill, lambda at: self._bill(held, duty, at)
        yield self._settings.pace.closing, lambda at: self._if_standing(held, "899", said("899"), at)

    def _bill(self, held: Held, duty: ListDuty, at: datetime) -> CourseSteps:
        if held.stands:
            held.tax_no = f"{held.invt_no}_0"
            yield _NOW, tax_bill(held, duty, at, next(self._guids))
            yield self._settings.pace.payment_form, lambda at: self._on_a_form(held, at)

    def _on_a_form(self, held: Held, at: datetime) -> CourseSteps:
        if held.tax_no and held.stands and not held.void:
            form_no = f"{held.paper['customsCode']}{at:%Y%m}-L{next(self._given):08}"
            yield _NOW, tax_status(held, "2", at, next(self._guids), form_no)

    def _void(self, held: Held, at: datetime) -> CourseSteps:
        if held.tax_no and not held.void:
            held.void = True
            yield _NOW, tax_status(held, "3", at, next(self._guids))

    def _exported(self, held: Held, at: datetime) -> CourseSteps:
        """A list of the export side: stored, released, closed."""
        if not held.invt_no:
            self._store.number(held, self._customs_no(held.paper))
        yield self._letter(held, "120", said("1800"), at)
        yield self._settings.pace.release, lambda at: self._leave(held, at)

    def _consolidated(self, held: Held, at: datetime) -> CourseSteps:
        """A consolidation: concluded, and then the general-trade declaration that was made of the lists."""
        yield from self._simple(held, at)
        yield self._settings.pace.release, lambda at: self._result(held, at)

    def _result(self, held: Held, at: datetime) -> CourseSteps:
        lists = [found for line in held.paper.lines if (found := self._store.list_numbered(line["invtNo"]))]
        if lists:
            yield _NOW, consolidation_result(held, lists, at, next(self._guids))

    def _leave(self, held: Held, at: datetime) -> CourseSteps:
        if held.stands:
            held.released_at = at
            yield self._letter(held, "800", said("2600"), at)
            yield self._settings.pace.closing, lambda at: self._if_standing(held, "899", said("899"), at)

    def _cancellation(self, held: Held, at: datetime) -> CourseSteps:
        """A cancellation: the list is taken back, its quota given back, its tax bill void."""
        found = self._store.list_numbered(held.paper["invtNo"])
        if held.paper.kind.message == "CEB623":
            yield self._letter(held, "120", said("1800"), at)
        yield self._letter(held, "399", said("2300"), at)
        if found and found.stands:
            self._give_back(found)
            found.reach("cancelled")
            yield from self._void(found, at)

    def _return(self, held: Held, at: datetime) -> CourseSteps:
        """A return: what comes back is given back of quota and tax, whole lists void their tax bill."""
        yield self._letter(held, "120", said("1800"), at)
        wait = _NOW
        if self._chance.of(*held.paper.key, "300") < self._settings.reviewed:
            yield _NOW, lambda at: self._if_standing(held, "300", said("1200"), at)
            wait = self._settings.pace.review
        yield wait, lambda at: self._returned(held, at)

    def _returned(self, held: Held, at: datetime) -> CourseSteps:
        yield self._letter(held, "399", said("399"), at)
        found = self._store.list_numbered(held.paper["invtNo"])
        if found is None:
            return
        before = self._value_of(found, found.returned)
        for line in held.paper.lines:
            found.returned[line["gnum"]] = found.returned.get(line["gnum"], _ZERO) + number(line["qty"])
        whole, after = self._value_of(found, None), self._value_of(found, found.returned)
        if whole > before:
            self._give_back(found, (after - before) / (whole - before))
        if after == whole:
            yield from self._void(found, at)

    @staticmethod
    def _value_of(held: Held, quantities: dict[str, Decimal] | None) -> Decimal:
        """The price of what came back of a list, or of all of it."""
        return sum(
            (
                number(line["price"])
                * (number(line["qty"]) if quantities is None else quantities.get(line["gnum"], _ZERO))
                for line in held.paper.lines
            ),
            _ZERO,
        )
