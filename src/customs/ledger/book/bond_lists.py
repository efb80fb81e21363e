"""Bond lists (核注清单) and what customs says of them, as values: INV101, INV201, INV202 and INV211 of the bonded system (金关二期).

A bond list moves goods into an account book (I) or out of it (E). Retail parcels leave by an out-list of kind 8 whose bills
name the declaration lists (CEB621) that it gathers. Customs deducts in two steps: announced (预核扣), then deducted (已核扣).

Source: messages of 2020 and 2024 of running systems; no official schema is public.

>>> NUMBER.fullmatch("QD311124E000098849") is not None
True
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from customs.documents.oddity import Oddity
from customs.ledger.book.items import BookItem

#: 核注清单编号: QD, the customs district, the year, I or E, nine digits.
NUMBER = re.compile(r"QD[0-9]{4}[0-9]{2}[IE][0-9]{9}")

#: 清单类型 invtType of retail goods (保税电商).
RETAIL = "8"

#: 监管方式 of lists that count against nothing: vrfdedModecd N (不扣) and NF (不扣但检查余量).
UNCOUNTED = frozenset({"N", "NF"})

#: vrfdedModecd F, 反扣: takes back what the same list would add.
REVERSED = "F"


class Direction(StrEnum):
    """进出口标记 impexpMarkcd: into the book or out of it."""

    IN = "I"
    OUT = "E"


class DeclaredAs(StrEnum):
    """申报类型 dclTypecd."""

    NEW = "1"
    CHANGE = "2"
    DELETION = "3"


class Deduction(StrEnum):
    """核扣标记 vrfdedMarkcd."""

    NONE = "0"
    PRE = "1"
    DEDUCTED = "2"
    WRITTEN_OFF = "3"


@dataclass(frozen=True, slots=True, kw_only=True)
class BondNumbers:
    """核注清单的编号: the numbers by which a bond list is known. Receipts may lack its own number."""

    own_no: str = ""
    """企业内部清单编号 etpsInnerInvtNo."""
    bond_no: str = ""
    """核注清单编号 bondInvtNo."""
    pre_entry_no: str = ""
    """预录入统一编号 seqNo, invtPreentNo."""

    def __bool__(self) -> bool:
        return bool(self.own_no or self.bond_no or self.pre_entry_no)


@dataclass(frozen=True, slots=True, kw_only=True)
class BondLine:
    """核注清单表体 InvtListType: goods of one item."""

    number: str
    """商品序号 gdsSeqno."""
    item: BookItem | None
    """None where the line names no record number (备案序号): such a line counts nowhere and is reported."""
    sku: str = ""
    """料号 gdsMtno."""
    quantity: Decimal | None
    """申报数量 dclQty, in ``unit``; None where it is missing."""
    unit: str = ""
    """申报计量单位 dclUnitcd."""
    hs_code: str = ""
    name: str = ""
    legal_quantity: Decimal | None = None
    legal_unit: str = ""
    change: str = ""
    """修改标志 modfMarkcd: 0 unchanged, 1 changed, 2 deleted, 3 added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BondList:
    """核注清单 INV101: a list as it was declared, new, changed or deleted."""

    numbers: BondNumbers
    ems_no: str
    """账册编号 putrecNo."""
    direction: Direction
    declared_as: DeclaredAs = DeclaredAs.NEW
    change_no: int | None = None
    """变更次数 chgTmsCnt; None where the message does not say it."""
    kind: str = ""
    """清单类型 invtType; 8 is retail."""
    supervision: str = ""
    """监管方式 supvModecd."""
    related_bond_no: str = ""
    """关联清单编号 rltInvtNo: the other side of a transfer."""
    related_ems_no: str = ""
    """关联账册编号 rltPutrecNo."""
    lines: tuple[BondLine, ...]
    retail_list_nos: tuple[str, ...] = ()
    """InvtCbecBillType, CbecBillNo: the retail declaration lists (清单编号 invtNo) that this list gathers."""
    others: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The further fields of the head that are known, by their names in lower case."""
    oddities: tuple[Oddity, ...] = field(default=(), repr=False)

    @property
    def gathers_parcels(self) -> bool:
        """True for an out-list of retail parcels (保税电商 type 8)."""
        return self.kind == RETAIL and self.direction is Direction.OUT

    @property
    def brings_parcels_back(self) -> bool:
        """True for an in-list of kind 8 that names retail lists: goods that came back (客退入区)."""
        return self.kind == RETAIL and self.direction is Direction.IN and bool(self.retail_list_nos)


@dataclass(frozen=True, slots=True, kw_only=True)
class BondHead:
    """核注清单表头 BondInvtBsc: how a list stands at customs, as INV201 and INV211 repeat it."""

    numbers: BondNumbers
    ems_no: str = ""
    direction: Direction | None = None
    change_no: int | None = None
    kind: str = ""
    related_bond_no: str = ""
    related_ems_no: str = ""
    deduction: Deduction | None = None
    """核扣标记 vrfdedMarkcd."""
    mode: str = ""
    """核扣方式 vrfdedModecd: D, F, N, NF or E."""
    status: str = ""
    """清单状态 invtStucd: 0 passed, 1 declared, 2 rejected, 3 deleted."""
    gate: str = ""
    """进出卡口状态 invtIochkptStucd."""
    entry_released: str = ""
    """报关单放行 entryStucd: 0 no, 1 yes."""
    pre_deducted_at: datetime | None = None
    deducted_at: datetime | None = None
    others: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BondReceipt:
    """核注清单审批回执 INV201: what customs decided on a list."""

    numbers: BondNumbers
    change_no: int | None
    declared_as: DeclaredAs | None
    """typecd."""
    result: str
    """manageResult: 1 passed and deducted, 2 to a person, 3 rejected, 4 pre-deducted, 5 passed and not deducted, Y stored."""
    at: datetime | None
    reasons: tuple[str, ...] = ()
    head: BondHead | None = None
    lines: tuple[BondLine, ...] = ()
    oddities: tuple[Oddity, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReceipt:
    """报关单生成回执 INV202: the declaration that was made of a list. It moves nothing in the book."""

    numbers: BondNumbers
    entry_no: str
    """统一编号 entrySeqNo of the declaration."""
    result: str
    """manageResult: 1 made, 2 not made."""
    at: datetime | None
    reasons: tuple[str, ...] = ()
    oddities: tuple[Oddity, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRow:
    """记账表体 BwsDt: an item as customs' book has it after a list was booked. An empty quantity is None, not nought."""

    item: BookItem | None
    sku: str = ""
    bond_no: str = ""
    """记账清单编号 invtNo: the list that made the row."""
    line_number: str = ""
    """记账清单商品序号 invtGNo."""
    in_quantity: Decimal | None = None
    """入仓数量 inQty."""
    actual_in: Decimal | None = None
    actual_out: Decimal | None = None
    pre_in: Decimal | None = None
    pre_out: Decimal | None = None
    unit: str = ""
    in_at: datetime | None = None
    out_at: datetime | None = None
    kept_until: datetime | None = None
    """存储期限 limitDate."""
    others: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookStatement:
    """核注清单记账回执 INV211: a list was booked, and how the rows of the book stand after it."""

    head: BondHead
    rows: tuple[BookRow, ...]
    oddities: tuple[Oddity, ...] = field(default=(), repr=False)


BondMessage = BondList | BondReceipt | EntryReceipt | BookStatement
