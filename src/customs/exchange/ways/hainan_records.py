"""The receipts of Hainan's window (海南窗口回执): records in a text that looks like JSON and is not.

Each record is a receipt of the unified edition under other names, CEB312 or CEB622, and is given as such; what belongs to the
window alone (its own numbers, when it stored the receipt) is left out. A record that lacks what makes a receipt stays as it
came, so that a person sees it. Source: the client of the window, with an example.

>>> said = '[{ org_id=1, returninfo=新增, 成功 [x], orderno=A1 }, { org_id=1, orderno=A2 }]'.encode()
>>> [each.decode() for each in hainan_records(said)]
['{ org_id=1, returninfo=新增, 成功 [x], orderno=A1 }', '{ org_id=1, orderno=A2 }']
>>> record = '{ re_order_guid=G, returnstatus=2, returntime=1714536300000, returninfo=新增, 成功 [x], orderno=A1 }'
>>> received = unified_receipt("CEB312", record.encode()).decode()
>>> received[received.index("<ceb:returnTime>") : received.index("</ceb:OrderReturn>")]
'<ceb:returnTime>20240501120500000</ceb:returnTime><ceb:returnInfo>新增, 成功 [x]</ceb:returnInfo>'
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from customs.fields.moments import CHINA_TIME
from customs.wire.canonical import XML_DECLARATION, escape

#: Records of one answer: more are left to the next fetch.
MOST_RECORDS = 100_000

#: The names of a record begin one; everything else may stand in a text.
_BETWEEN_RECORDS = re.compile(r"\}\s*,\s*(?=\{\s*[a-z_0-9]{1,40}=)")


class _Unified(NamedTuple):
    """A receipt of the unified edition: its element, and its fields in order with their names at the window."""

    element: str
    fields: Mapping[str, str]


_END = {"returnStatus": "returnstatus", "returnTime": "returntime", "returnInfo": "returninfo"}
_UNIFIED: Mapping[str, _Unified] = {
    "CEB312": _Unified(
        "OrderReturn",
        {"guid": "re_order_guid", "ebpCode": "ebpcode", "ebcCode": "ebccode", "orderNo": "orderno", **_END},
    ),
    "CEB622": _Unified(
        "InventoryReturn",
        {
            "guid": "re_elist_guid", "customsCode": "customscode", "ebpCode": "ebpcode", "ebcCode": "ebccode",
            "agentCode": "agentcode", "preNo": "preno", "invtNo": "invtno", **_END,
        },
    ),
}  # fmt: skip

#: Every name of a record, and what stands before it: texts hold commas and line breaks too.
_NAMES = {
    "org_id",
    "instm",
    "returntime2",
    "trans_dxpid",
    *(name for each in _UNIFIED.values() for name in each.fields.values()),
}
_NAME = re.compile(rf"(?:^\{{|,)\s*({'|'.join(sorted(_NAMES))})=")

_EPOCH = datetime(1970, 1, 1) + CHINA_TIME.utcoffset(None)


def hainan_records(content: bytes) -> list[bytes] | None:
    """Return the records of an answer that looks like JSON and is not; None if it is no list.

    Texts may hold commas, brackets and line breaks: records are parted where a brace ends one and the next begins with a
    name.
    """
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        return None
    if not (text.startswith("[") and text.endswith("]")):
        return None
    inside = text[1:-1].strip()
    if not inside:
        return []
    if not (inside.startswith("{") and inside.endswith("}")):
        return None
    parts = _BETWEEN_RECORDS.split(inside, MOST_RECORDS)
    return [(part if part.endswith("}") else part + "}").encode() for part in parts[:-1]] + [parts[-1].encode()]


def unified_receipt(name: str, record: bytes) -> bytes:
    """Return a record as the receipt of the unified edition that it is; as it came if guid, status or time are missing."""
    _, *parts = _NAME.split(record.decode().removesuffix("}"))
    told = dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))
    element, fields = _UNIFIED[name]
    needed = (fields[each] for each in ("guid", "returnStatus", "returnTime"))
    if len(told) * 2 != len(parts) or not all(told.get(each) for each in needed):
        return record
    try:
        at = _EPOCH + timedelta(milliseconds=int(told["returntime"]))
    except (ValueError, OverflowError):
        return record
    told["returntime"] = f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03}"
    inside = "".join(f"<ceb:{own}>{escape(told[each])}</ceb:{own}>" for own, each in fields.items() if told.get(each))
    return (
        XML_DECLARATION
        + (
            f'<ceb:{name}Message xmlns:ceb="http://www.chinaport.gov.cn/ceb" guid="{escape(told[fields["guid"]])}" version="1.0">'
            f"<ceb:{element}>{inside}</ceb:{element}></ceb:{name}Message>"
        ).encode()
    )
