"""Messages of the bonded system to test with: INV101, INV201, INV202 and INV211, as bytes."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

DS = "http://www.w3.org/2000/09/xmldsig#"


def _fields(values: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())


def _package(kind: str, body: str) -> bytes:
    envelope = f"<EnvelopInfo><version>1.0</version><message_type>{kind}</message_type></EnvelopInfo>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?><Package xmlns="{DS}">{envelope}<DataInfo><BussinessData>{body}'
        "</BussinessData></DataInfo></Package>"
    ).encode()


def bond_list(
    own_no: str = "B1",
    lines: Sequence[tuple[str, str]] = (("12", "100"),),
    *,
    retail: Sequence[str] = (),
    extra: str = "",
    **head: str,
) -> bytes:
    """INV101 of lines (record number, quantity), as a client sends it: signed, names in capitals."""
    values = {
        "EtpsInnerInvtNo": own_no,
        "PutrecNo": "T2992W000001",
        "DclTypecd": "1",
        "InvtType": "0",
        "ImpexpMarkcd": "I",
        "SupvModecd": "1210",
        "IcCardNo": "9300012345678",
        "DecType": "1",
        **head,
    }
    goods = [
        {"GdsSeqno": f"{at}", "PutrecSeqno": record, "GdsMtno": f"SKU{record}", "DclQty": quantity, "DclUnitcd": "122"}
        for at, (record, quantity) in enumerate(lines, 1)
    ]
    rows = "".join(f"<InvtListType>{_fields(each)}</InvtListType>" for each in goods)
    bills = "".join(
        f"<InvtCbecBillType>{_fields({'No': str(at), 'CbecBillNo': number})}</InvtCbecBillType>"
        for at, number in enumerate(retail, 1)
    )
    body = f"<InvtMessage><SysId>95</SysId><InvtHeadType>{_fields(values)}</InvtHeadType>{rows}{bills}{extra}</InvtMessage>"
    package = _package("INV101", f"<DelcareFlag>0</DelcareFlag>{body}").decode().partition("?>")[2]
    return f'<Signature xmlns="{DS}"><Object>{package}</Object></Signature>'.encode()


def _head(own_no: str, bond_no: str, **head: str) -> str:
    values = {
        "bondInvtNo": bond_no,
        "chgTmsCnt": "0",
        "putrecNo": "T2992W000001",
        "etpsInnerInvtNo": own_no,
        "impexpMarkcd": "I",
        "prevdTime": "",
        "formalVrfdedTime": "",
        "vrfdedMarkcd": "1",
        "invtStucd": "0",
        "vrfdedModecd": "D",
        "bondInvtTypecd": "0",
        "bizopEtpsNm": "虚构保税仓储公司",
        **head,
    }
    return f"<BondInvtBsc>{_fields(values)}</BondInvtBsc>"


def receipt(
    result: str,
    at: str,
    own_no: str = "B1",
    bond_no: str = "QD299226I000000001",
    *,
    change: str = "0",
    declared_as: str = "1",
    why: str = "",
    **head: str,
) -> bytes:
    """INV201."""
    approval = {
        "etpsPreentNo": "202600000000000001",
        "businessId": bond_no,
        "tmsCnt": change,
        "typecd": declared_as,
        "manageResult": result,
        "manageDate": at,
        "rmk": why,
    }
    basic = _head(own_no, bond_no, **{"chgTmsCnt": change, **head})
    return _package("INV201", f"<INV201><HdeApprResult>{_fields(approval)}</HdeApprResult>{basic}</INV201>")


def entry_receipt(bond_no: str = "QD299226I000000001", result: str = "1") -> bytes:
    """INV202."""
    values = {
        "invPreentNo": "202600000000000001",
        "businessId": bond_no,
        "entrySeqNo": "I20260000000000001",
        "manageResult": result,
        "createDate": "2026-10-02 09:00:00",
        "reason": "",
    }
    return _package("INV202", f"<INV202><InvApprResult>{_fields(values)}</InvApprResult></INV202>")


def statement(
    at: str,
    rows: Sequence[Mapping[str, str]] = (),
    own_no: str = "B1",
    bond_no: str = "QD299226I000000001",
    **head: str,
) -> bytes:
    """INV211: deducted at a time, with rows of the book."""
    basic = _head(own_no, bond_no, **{"vrfdedMarkcd": "2", "formalVrfdedTime": at, **head})
    empty = {"actlIncQty": "", "actlRedcQty": "", "prevdIncQty": "", "prevdRedcQty": ""}
    body = "".join(
        f"<BwsDt>{_fields({'bwsNo': 'T2992W000001', 'invtNo': bond_no, 'gdsSeqno': '12', **empty, **row})}</BwsDt>"
        for row in rows
    )
    return _package("INV211", f"<INV211>{basic}{body}</INV211>")
