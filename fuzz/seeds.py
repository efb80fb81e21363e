"""The seeds: small inputs of every kind, made by the library's own generators. ``python -m fuzz.seeds`` writes them anew.

The keys that sign some of them are thrown away: nothing can sign for the signers of the corpus again.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, given, settings
from lxml import etree

import customs
from customs import areas
from customs.areas.profile.receipts import ReceiptSpec
from customs.documents import MESSAGES, Document, Message
from customs.signing import sign, sign_envelope
from customs.testing import issue_test_key
from customs.testing.parcels import DECLARANT
from customs.testing.strategies import messages_of
from fuzz import sheets, tracks
from fuzz.corpus import write
from fuzz.signatures import CONTENTS, KEYS
from fuzz.targets import TARGETS

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
MORNING = datetime(2026, 11, 11, 8)

#: Bytes of a seed.
MOST = 5_000

_ROUTE = """<dxp:TransInfo><dxp:CopMsgId>C1</dxp:CopMsgId><dxp:SenderId>DXPENT0000000001</dxp:SenderId><dxp:ReceiverIds>
<dxp:ReceiverId>DXPEDCCEB0000002</dxp:ReceiverId></dxp:ReceiverIds><dxp:CreatTime>2026-11-11T08:00:00</dxp:CreatTime>
<dxp:MsgType>CEB311Message</dxp:MsgType></dxp:TransInfo>"""

REPLY = f"""<dxp:DxpRep xmlns:dxp="http://www.chinaport.gov.cn/dxp" ver="1.0"><dxp:RecevierId>DXPENT0000000001</dxp:RecevierId>
<dxp:Response><dxp:ResponseCode>2001</dxp:ResponseCode><dxp:ResponseInfo>receiver unknown</dxp:ResponseInfo><dxp:Results>
<dxp:Result><dxp:RecId>DXPEDCCEB0000002</dxp:RecId><dxp:Code>2001</dxp:Code></dxp:Result></dxp:Results>
<dxp:NoticeTime>2026-11-11</dxp:NoticeTime><dxp:OriHead>{_ROUTE}</dxp:OriHead></dxp:Response></dxp:DxpRep>"""

REQUEST = {"orderNo": "EX1", "sessionID": "ad2254-8hewyf32-55616249", "serviceTime": 1544519952469}

WECHAT = """<xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code><appid>wx0</appid>
<mch_id>1900000000</mch_id><out_trade_no>EX1</out_trade_no><transaction_id>4200000000</transaction_id><state>SUCCESS</state>
<customs>GUANGZHOU_ZS</customs><sub_order_no>EX1</sub_order_no><err_code_des><![CDATA[OK]]></err_code_des></xml>"""

WECHAT_QUERY = """<xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code><mch_id>1900000000</mch_id>
<transaction_id>4200000000</transaction_id><count>2</count><state_0>SUBMITTED</state_0><sub_order_no_0>A</sub_order_no_0>
<state_1>FAIL</state_1><explanation_1>no</explanation_1></xml>"""

ALIPAY = """<alipay><is_success>T</is_success><response><alipay><alipay_declare_no>1</alipay_declare_no>
<out_request_no>R20261111</out_request_no><result_code>SUCCESS</result_code><trade_no>2026111100001</trade_no></alipay>
</response><sign>0</sign><sign_type>MD5</sign_type></alipay>"""


_OPENING = 'zh = "示例"\nen = "Example"\nconfidence = "low"\nsources = ["made up"]\n'

#: Texts of receipts: code and receipt, then the text.
TEXTS = (
    "100 CEB622\n[Code:1313;Desc:订购人购买超过年度限额，totalPrice：27,100.50，limitPrice：26,000.00]",
    "100 CEB312\n［code：1332；desc：支付金额与订单金额不一致(OrderHead.acturalPaid100.00)］[CODE:1320;DESC:清单/订单表体项数不一致]",
    "2 CEB622\n[2]电子口岸申报中,desc:订单信息不存在,运单信息不存在",
    "2 CEB622\n清单新增申报成功[电商企业编码:3301960A12，订单编号:EX2026111100001]",
    "-621001 CEB622\n清单报文校验失败[第2条 订购人证件号码 110101189001011234 不符合规则]",
    "-301001 CEB304\n电子订单签名校验失败",
    " \n22001:支付企业未备案",
    " \n" + "新增申报成功".encode().decode("latin-1"),
)

#: Small profiles: a message with conditions and codes, a gateway, a receipt, rules, an heir.
PROFILES = (
    """districts = ["9999"]
valid_from = 2020-01-01
[conditions]
dear = { all = ["bonded", { not = "far" }] }
bonded = { fact = "clearance.trade_mode", in = ["1210"] }
far = { fact = "line.price", above = "100" }
[code_maps.mode]
reads = { "1" = "1210", "2" = "9610" }
[numberings.local]
zh = "编号"
en = "Number"
pattern = "C[0-9]{3}"
example = "C001"
[[messages]]
name = "A1"
zh = "订单"
en = "order"
documents = ["order"]
root = "R"
parcel_path = "L/D"
[[messages.sections]]
path = "L/D"
fields = [
  { name = "mode", zh = "方式", from = "clearance.trade_mode", code_map = "mode", when = "bonded" },
  { name = "who", zh = "企业", from = "parties.platform_code", numbering = "local" },
  { name = "at", zh = "时间", from = "payment.paid_at", time_format = "yyyy-MM-dd" },
  { name = "text", zh = "文", template = "{order.order_no}-{time:yyyyMMdd}", most = 30 },
  { name = "amount", zh = "金额", sum = ["order.goods_value", "-order.discount", "lines:line.tax"] },
]
""",
    """[secrets.word]
zh = "口令"
en = "Password"
[[messages]]
name = "A2"
zh = "支付"
en = "payment"
documents = ["payment"]
root = "P"
id = "{serial:3}"
sections = [{ path = "", fields = [{ name = "no", zh = "编号", from = "payment.payment_no" }] }]
[gateway]
transport = "https_form"
before_message = [{ name = "sign", cipher = "md5", input = ["message.id", "secret.word"] }]
steps = [{ name = "plain", cipher = "base64", input = ["content"] }]
form = { data = "step.plain", key = "'fixed'" }
[[receipts]]
name = "B1"
zh = "回执"
root = "B"
keys = { order_no = "no" }
answered_at = { paths = ["when"], time_format = "yyyyMMdd" }
states = [{ authority = "customs", path = "code", state_map = "code" }]
[state_maps.code]
"1" = "sent"
""",
    """takes_unified = ["CEB511"]
[goods_facts.shape]
zh = "形状"
en = "Shape"
values = ["round"]
[[rules]]
code = "sum"
zh = "金额"
en = "amounts"
equal = [["order.goods_value"], ["order.discount", "lines:line.tax"]]
tolerance = "0.01"
[[rules]]
code = "limit"
zh = "上限"
en = "limit"
at_most = { fact = "parcel.line_count", value = "5" }
""",
    """inherits = "jiangxi_jkf"
districts = ["9998"]
""",
)


def main() -> None:
    """Write the seeds of every target, and what the signers signed."""
    unsigned = [content for name in ("CEB411", "CEB511") for content in islice(generated(MESSAGES[name]), 1)]
    seeds = {
        "read": [content for kind in MESSAGES.values() for content in islice(generated(kind), 1)],
        "unwrap": [enveloped(content) for content in unsigned],
        "reply": [REPLY.encode()],
        "read_declaration": list(parcels()),
        "verify": list(signed(unsigned)),
        "profile": list(profiles()),
        "receipts": list(receipts()),
        "local": list(local_messages()),
        "payment_agencies": [each.replace("\n", "").encode() for each in (WECHAT, WECHAT_QUERY, ALIPAY)],
        "payment_data": [
            f"openReq={quote(json.dumps(REQUEST))}".encode(),
            b"openReq={&quot;orderNo&quot;:&quot;EX1&quot;}",
        ],
        "track": [
            next(generated(MESSAGES["CEB622"])),
            tracks.BETWEEN.join(next(generated(MESSAGES[each])) for each in ("CEB312", "CEB621", "CEB622", "CEB624")),
            tracks.BETWEEN.join(
                [REPLY.encode(), next(generated(MESSAGES["CEB816"])), next(generated(MESSAGES["CEB626"]))]
            ),
        ],
        "explain": [each.encode() for each in TEXTS],
        "sheets": list(tables()),
    }
    for name, contents in seeds.items():
        for at, content in enumerate(contents):
            assert len(content) <= MOST, (name, at, len(content))
            write(TARGETS[name], f"seed-{at:02}", content)


def generated(kind: type[Document]) -> Iterator[bytes]:
    """Yield messages of a kind, the smallest first."""
    found = list[bytes]()

    @settings(
        max_examples=60,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(messages_of(kind, most=1))
    def collect(message: Message[Document]) -> None:
        found.append(customs.write(message))

    collect()
    yield from sorted(found, key=len)


def enveloped(content: bytes) -> bytes:
    """Return a message in an envelope."""
    return customs.wrap(
        content, copy_id="C1", sender="DXPENT0000000001", receivers=["DXPEDCCEB0000002"], created=MORNING
    )


def parcels() -> Iterator[bytes]:
    """Yield a shipped parcel of each trade mode, whole, as one document and as a few lines."""
    for mode in ("1210", "9610"):
        line = (EXAMPLES / f"parcels-{mode}.jsonl").read_text(encoding="utf-8").splitlines()[0]
        yield line.encode()
        parcel = json.loads(line)
        yield json.dumps({"order": parcel["order"]}, ensure_ascii=False).encode()
        yield json.dumps({"waybill": parcel["waybill"], "clearance": parcel["clearance"]}, ensure_ascii=False).encode()


def signed(contents: list[bytes]) -> Iterator[bytes]:
    """Yield messages and envelopes that two new keys signed, and keep the certificates and what was signed."""
    KEYS.mkdir(exist_ok=True)
    CONTENTS.mkdir(exist_ok=True)
    envelope = enveloped(b"<CEB311Message/>")
    covered = []
    for kind in ("RSA", "SM2"):
        pair = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1), kind=kind)
        (KEYS / f"{kind.lower()}.crt").write_bytes(pair.certificate)
        made = [sign(each, pair.signer()) for each in contents]
        made += [sign_envelope(envelope, pair.signer(), with_certificate=named) for named in (True, False)]
        covered += [without_signature(each) for each in made]
        yield from made
    for at, content in enumerate(sorted(set(covered))):
        (CONTENTS / f"{at}.xml").write_bytes(content)


def without_signature(message: bytes) -> bytes:
    """Return a message as it was before it was signed, with the namespaces that signing declares on its root."""
    start, end = message.index(b"<ds:Signature"), message.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    return message[:start] + message[end:]


TABLE = """订单编号,商品名称,数量,下单时间,备注
EX1,面霜,2,2026-11-11 08:00:00,"a ""b"" c"
EX1,="0123",1,20261111080000,'0123
"EX2","鞋",1.5,,"两
行"
"""

ORDERS = """{"order_no": "EX1", "buyer": {"name": "A"}, "note": null, "paid": true, "lines": [{"sku": "S1", "price": 99.50}, {"note": "x"}]}
{"order_no": "EX2", "total": 1e2, "tags": ["a"], "items": [{"sku": "S2"}], "reasons": [{"zh": "错"}]}
"""

SHEETS = (
    f"""<worksheet xmlns="{sheets.MAIN}"><dimension ref="A1"/><cols><col min="2" max="2" hidden="1"/></cols><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row><row r="2" hidden="1">
<c r="A2"><v>1.10101E+17</v></c><c r="B2" s="1"><v>46337.5</v></c><c r="C2" t="e"><v>#N/A</v></c></row><row r="4">
<c r="A4" t="b"><v>1</v></c><c r="B4"><f>1+1</f></c><c r="C4" t="str"><f>A4</f><v>x</v></c><c r="E4"><v>7</v></c></row></sheetData>
<autoFilter ref="A1:C4"/><mergeCells><mergeCell ref="A4:A5"/></mergeCells></worksheet>
----
<sst xmlns="{sheets.MAIN}"><si><t>b</t></si><si><r><rPr><b/></rPr><t>c</t></r><phoneticPr fontId="1"/></si></sst>""",
    f"""<worksheet xmlns="{sheets.MAIN}"><sheetData><row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>
<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>3</v></c></row></sheetData>
<mergeCells><mergeCell ref="A2:A3"/></mergeCells></worksheet>""",
)


def tables() -> Iterator[bytes]:
    """Yield tables of text in each encoding, orders in JSON, sheets of workbooks, and files that are none."""
    yield from (TABLE.encode(each) for each in ("utf-8", "utf-8-sig", "gb18030"))
    yield TABLE.replace(",", "\t").encode("utf-16")
    yield f"sep=;\r\n{TABLE.replace(',', ';')}".encode()
    yield f"订单列表,,,,\n\n{TABLE}".encode()
    yield ORDERS.encode()
    yield f"[{ORDERS.strip().replace(chr(10), ',')}]".encode()
    yield from (each.encode() for each in SHEETS)
    yield b"<html><table><tr><td>a</td></tr></table>"


def profiles() -> Iterator[bytes]:
    """Yield profiles of a few lines, and the shipped ones that are small."""
    yield from ((_OPENING + each).encode() for each in PROFILES)
    for file in sorted((ROOT / "src" / "customs" / "areas" / "profiles").glob("*/profile.toml")):
        if file.stat().st_size <= MOST:
            yield file.read_bytes()


def receipts() -> Iterator[bytes]:
    """Yield a receipt of every form that an area's platform answers in, after the name of the area."""
    for name in areas.names():
        for spec in areas.find(name).receipts:
            yield f"{name}\n".encode() + receipt(spec)
    yield b"unified\n" + REPLY.encode()
    yield b"unified\n" + next(generated(MESSAGES["CEB622"]))


def local_messages() -> Iterator[bytes]:
    """Yield the smallest golden message of every area, after the name of the area."""
    for name in areas.names():
        if found := sorted(
            (ROOT / "tests" / "golden" / "areas").glob(f"{name}-*"), key=lambda each: each.stat().st_size
        ):
            yield f"{name}\n".encode() + found[0].read_bytes()


def receipt(spec: ReceiptSpec) -> bytes:
    """Return a receipt with a code, its numbers and its texts."""
    inside = dict.fromkeys([each.path for each in spec.states], "1")
    inside |= {path: f"K-{name}" for name, path in spec.keys.items()} | dict.fromkeys(spec.texts, "text")
    if spec.answered_at is not None:
        inside |= dict.fromkeys(spec.answered_at.paths, "2026-11-11 08:00:00")
    root = tree(spec.answer_path, inside)
    for path, text in spec.recognised_by.items():
        put(root, path, "1" if text == "*" else text)
    return json.dumps(root).encode() if spec.format == "json" else etree.tostring(element(spec.root or "any", root))


Tree = dict[str, "Tree | str"]


def tree(path: str, inside: Mapping[str, str]) -> Tree:
    """Return texts below a path."""
    root: Tree = {}
    for name, text in inside.items():
        put(root, f"{path}/{name}".strip("/"), text)
    return root


def put(root: Tree, path: str, text: str) -> None:
    """Set a text at a path; what stands there stays."""
    *steps, last = path.split("/")
    for step in steps:
        below = root.setdefault(step, {})
        if isinstance(below, str):
            return
        root = below
    root.setdefault(last, text)


def element(name: str, below: Tree | str) -> etree._Element:
    """Return an element with a text or with elements."""
    made = etree.Element(name)
    if isinstance(below, str):
        made.text = below
    else:
        made.extend([element(step, inside) for step, inside in below.items()])
    return made


if __name__ == "__main__":
    main()
