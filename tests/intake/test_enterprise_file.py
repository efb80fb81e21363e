# ruff: noqa: E501
"""The enterprise file: profiles over common values, and every mistake with its file, line and key."""

import pickle
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

import customs
from customs.intake import orders_in
from customs.intake.enterprise import Enterprise, EnterpriseError, UnknownShopError, load_enterprise
from customs.intake.enterprise_keys import EnterpriseKeys, KeyInFile, KeyInToken, KeyInUkey, KeyOfService, Secret
from customs.intake.problems import FileMistake
from customs.intake.sheets import Sheet, SheetRow
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT
from customs.testing.ukey import SimulatedUkey
from support import MORNING, SINGLES_DAY

COMMON = """\
[parties]
platform_code = "91000000000000001N"
platform_name = "示例平台"

[clearance]
trade_mode = "1210"
customs_code = "2991"

[line]
trade_country = "609"
"""


def loaded(folder: Path, text: str | bytes) -> Enterprise:
    file = folder / "customs.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_enterprise(file)


def refused(folder: Path, text: str | bytes) -> list[str]:
    with pytest.raises(EnterpriseError) as caught:
        loaded(folder, text)
    return str(caught.value).splitlines()


def test_without_profiles_the_common_values_are_the_profile_main(tmp_path: Path) -> None:
    enterprise = loaded(tmp_path, COMMON)
    assert (enterprise.default, list(enterprise.profiles)) == ("main", ["main"])
    assert enterprise.profile_for().values == {
        "parties.platform_code": "91000000000000001N",
        "parties.platform_name": "示例平台",
        "clearance.trade_mode": "1210",
        "clearance.customs_code": "2991",
        "line.trade_country": "609",
    }
    assert enterprise.profile_for().spot("clearance.customs_code").en == "customs.toml, line 7, clearance.customs_code"
    assert (enterprise.state, enterprise.goods) == (tmp_path / "state", None)


PROFILES = (
    COMMON
    + """
[profiles.bonded]
shops = ["天猫旗舰店", "T1"]
parties = { merchant_code = "91000000000000002A" }

[profiles.direct]
base = "bonded"
shops = ["京东店"]
clearance.trade_mode = "9610"
clearance.customs_code = "5165"
rates.usd_rate = "7.0573"
"""
).replace("91000000000000002A", "91000000000000003W")


def test_a_profile_has_its_own_values_over_those_of_its_base_and_the_common_ones(tmp_path: Path) -> None:
    enterprise = loaded(tmp_path, PROFILES)
    direct, bonded = enterprise.profile_for("京东店"), enterprise.profile_for("T1")
    assert (direct.name, bonded.name, enterprise.profile_for("direct").name) == ("direct", "bonded", "direct")
    assert bonded.values["clearance.trade_mode"] == "1210"
    assert (direct.values["clearance.trade_mode"], direct.values["clearance.customs_code"]) == ("9610", "5165")
    assert direct.values["parties.merchant_code"] == "91000000000000003W"
    assert direct.spot("parties.merchant_code").zh == "customs.toml 第 14 行 profiles.bonded.parties.merchant_code"
    assert enterprise.set_ups["direct"].rates.usd_rate == Decimal("7.0573")
    assert enterprise.set_ups["bonded"].rates.usd_rate is None


def test_a_profile_has_its_area_and_its_keys_in_place_of_the_common_ones(tmp_path: Path) -> None:
    enterprise = loaded(
        tmp_path,
        '[area]\nname = "unified"\n[keys]\nkey = "a.p12"\n[keys.payment]\nkey = "p.p12"\n'
        '[profiles.A]\narea.settings = "b.toml"\nkeys.payment.key = "q.p12"\n[profiles.B]\nkeys.key = "b.p12"\n',
    )
    one, other = enterprise.set_ups["A"], enterprise.set_ups["B"]
    assert (one.area and (one.area.name, one.area.settings)) == ("", tmp_path / "b.toml")
    assert (other.area and (other.area.name, other.area.settings)) == ("unified", None)
    assert one.keys == EnterpriseKeys(KeyInFile(key=tmp_path / "a.p12"), {"payment": KeyInFile(key=tmp_path / "q.p12")})
    assert other.keys == EnterpriseKeys(
        KeyInFile(key=tmp_path / "b.p12"), {"payment": KeyInFile(key=tmp_path / "p.p12")}
    )


def test_a_district_that_the_list_does_not_have_yet_is_taken(tmp_path: Path) -> None:
    values = loaded(tmp_path, '[clearance]\ncustoms_code = "9999"\n').profile_for().values
    assert values == {"clearance.customs_code": "9999"}


def test_an_order_without_a_shop_goes_by_the_default_profile(tmp_path: Path) -> None:
    enterprise = loaded(tmp_path, 'profile = "direct"\n' + PROFILES)
    headings = ("订单号", "SKU", "数量")
    sheet = Sheet(file="orders.csv", kind="csv", headings=headings, rows=iter([SheetRow(2, ("A1", "S1", "1"))]))
    (order,) = orders_in(sheet, profiles=enterprise.profiles.values(), on=SINGLES_DAY)
    assert order.given["clearance"]["trade_mode"] == "9610"
    assert [each.code for each in order.findings if each.code.startswith("shop-")] == []


def test_orders_without_a_shop_need_a_default_profile_where_there_are_several(tmp_path: Path) -> None:
    enterprise = loaded(tmp_path, PROFILES)
    with pytest.raises(UnknownShopError) as caught:
        enterprise.profile_for()
    assert caught.value.zh == "企业档案有多个档案且未指定默认：请在“店铺”列写明（天猫旗舰店, T1, 京东店）"
    with pytest.raises(UnknownShopError, match="has the shop 拼多多店; there are 天猫旗舰店, T1, 京东店"):
        enterprise.profile_for("拼多多店")
    assert loaded(tmp_path, 'profile = "direct"\n' + PROFILES).profile_for("").name == "direct"


#: A mistake in an enterprise file, and what is said of it.
MISTAKES = {
    "unknown table": ("[parteis]\n", "customs.toml:1: parteis: parteis is unknown: the nearest is parties 没有 parteis：相近的是 parties"),
    "field without its table": ('customs_code = "2991"\n', "customs.toml:1: customs_code: customs_code stands in the table [clearance] customs_code 应写在 [clearance] 表中"),
    "unknown field": ('[parties]\nplatform_nmae = "a"\n', "customs.toml:2: parties.platform_nmae: [parties] has no field platform_nmae: the nearest is platform_name [parties] 没有字段 platform_nmae：相近的是 platform_name"),
    "wire name": ('[parties]\nebpName = "a"\n', "customs.toml:2: parties.ebpName: [parties] has no field ebpName: the nearest is platform_name [parties] 没有字段 ebpName：相近的是 platform_name"),
    "field of another table": ('[parties]\nport_code = "2991"\n', "customs.toml:2: parties.port_code: [parties] has no field port_code: port_code stands in [clearance] [parties] 没有 port_code：port_code 应写在 [clearance]"),
    "field of each order": ('[order]\n\nbuyer_name = "贾宝玉"\n', "customs.toml:3: order.buyer_name: each order has its own: give it in the order list 每个订单各不相同，请写在订单表中"),
    "number for a code": ("[clearance]\ncustoms_code = 2991\n", 'customs.toml:2: clearance.customs_code: 2991 is a number; a code is a text and may begin with zeros: write "2991" (a code of the list districts, 4 characters) 所给 2991 是数字；代码为文本，可能以 0 开头：应写作 "2991"（代码表 districts 中的代码，4 位）'),
    "code too short": ('[clearance]\ncustoms_code = "299"\n', 'customs.toml:2: clearance.customs_code: "299" has 3 characters instead of 4 (a code of the list districts, 4 characters) 所给 "299" 有 3 位，应为 4 位（代码表 districts 中的代码，4 位）'),
    "code of no list": ('[line]\ntrade_country = "999"\n', 'customs.toml:2: line.trade_country: "999" is not in the list (a code of the list countries, 3 characters) "999" 不在代码表中（代码表 countries 中的代码，3 位）'),
    "name for a code": ('[line]\ntrade_country = "日本"\n', 'customs.toml:2: line.trade_country: "日本" is a name, its code is 116: write "116" (a code of the list countries, 3 characters) 所给 "日本" 是名称，代码为 116：应写作 "116"（代码表 countries 中的代码，3 位）'),
    "check character": ('[parties]\nplatform_code = "91000000000000001M"\n', "customs.toml:2: parties.platform_code: 电商平台代码 ebpCode: 91000000000000001M is not the code of an enterprise, its check character would be N. Give the unified social credit code, 18 characters, or the customs registration number, 10 characters. 电商平台代码 ebpCode 91000000000000001M 不是企业代码：校验码应为 N。请填 18 位统一社会信用代码，或 10 位海关注册编码。"),
    "name too long": (f'[parties]\nplatform_name = "{"名" * 101}"\n', "customs.toml:2: parties.platform_name: it has 101 characters (1 to 100 characters) 所给的值有 101 个字符（1 至 100 个字符）"),
    "key twice": ('[area]\nname = "unified"\nname = "ningbo_kjb2c"\n', "customs.toml:3: name: the key is given twice: leave one of them (column 22) 该键重复出现，请只保留一处（第 22 列）"),
    "table twice": ("[area]\n[keys]\n[area]\n", "customs.toml:3: area: the table is given twice: put its keys together under one heading (column 6) 该表重复出现，请合并到一处（第 6 列）"),
    "text without quotes": ("[area]\nname = unified\n", "customs.toml:2: name: the value is not written as TOML wants: put texts into quotes (column 8) 值的写法不符合 TOML：文本须加引号（第 8 列）"),
    "path of Windows": ('[keys]\nkey = "C:\\keys\\a.key"\n', "customs.toml:2: key: a backslash in double quotes begins an escape: write a path of Windows in single quotes, 'C:\\keys\\a.key', or with slashes, \"C:/keys/a.key\" 双引号中的反斜杠是转义符：Windows 路径请用单引号，如 'C:\\keys\\a.key'，或用斜杠，如 \"C:/keys/a.key\""),
    "path of Windows with a tab": ('[keys]\nkey = "C:\\temp.key"\n', "customs.toml:2: keys.key: a backslash in double quotes begins an escape: write a path of Windows in single quotes, 'C:\\keys\\a.key', or with slashes, \"C:/keys/a.key\" 双引号中的反斜杠是转义符：Windows 路径请用单引号，如 'C:\\keys\\a.key'，或用斜杠，如 \"C:/keys/a.key\""),
    "password in clear": ('[keys]\nkey = "a.p12"\npassword = "hunter2"\n', 'customs.toml:3: keys.password: a password in clear is refused: write { env = "VARIABLE" } or { file = "FILE" }, which holds it 口令不得以明文写出：请写 { env = "环境变量名" } 或 { file = "文件名" }'),
    "key of a misspelt document": ('[keys.paymnet]\nkey = "a.p12"\n', "customs.toml:1: keys.paymnet: paymnet is no key of this table, payment is 此表没有 paymnet，相近的是 payment"),
    "key that is nowhere": ('[keys]\ncert = "a.crt"\n', "customs.toml:1: keys: say where the key is: key (a file), module (PKCS#11), ukey or service 请写明密钥所在：key（文件）、module（PKCS#11）、ukey 或 service"),
    "token without its PIN": ('[keys]\nmodule = "p11.so"\ntoken = "e-port"\nlabel = "signing"\n', "customs.toml:1: keys: pin is missing: a key by module needs it 缺少 pin：以 module 指定的密钥须有此项"),
    "exchange rate": ('[rates]\nusd_rate = "705.73%"\n', 'customs.toml:2: rates.usd_rate: this is the price of one US dollar in CNY, such as "7.0573" 此处应为一美元折合的人民币，如 "7.0573"'),
    "exchange rate as a number": ("[rates]\nusd_rate = 7.0573\n", 'customs.toml:2: rates.usd_rate: this has to be text, in quotes, "7.0573" 此处应为文本，须加引号："7.0573"'),
    "goods without a file": ('[goods]\nsheet = "A"\n', "customs.toml:1: goods: file is missing: the name of the goods list 缺少 file：商品备案表的文件名"),
    "column of no field": ('[columns]\n"订单号码" = "order.oder_no"\n', 'customs.toml:2: columns.订单号码: order.oder_no is no field of an order list, order.order_no is 订单表没有字段 order.oder_no，相近的是 order.order_no'),
    "converter of another field": ('[columns]\nA = { field = "line.qty", convert = "fen" }\n', "customs.toml:2: columns.A: fen does not convert to line.qty: leave it out 转换 fen 不适用于 line.qty：请删去 convert"),
    "converter that there is not": ('[columns]\nA = { field = "waybill.gross_weight", convert = "gram" }\n', "customs.toml:2: columns.A: gram does not convert to waybill.gross_weight: there are kilograms, grams 转换 gram 不适用于 waybill.gross_weight：可用的有 kilograms、grams"),
    "column of a wrong form": ("[columns]\nA = { ignored = true }\n", 'customs.toml:2: columns.A: write "order.order_no", { field = "order.order_no", convert = "..." } or { ignore = true } 请写 "order.order_no"、{ field = "order.order_no", convert = "..." } 或 { ignore = true }'),
    "part of what is no address": ('[columns]\nA = { field = "order.consignee", join = 1 }\n', "customs.toml:2: columns.A.join: join is for parts of an address: order.consignee is one value, leave join out join 仅用于地址分列，order.consignee 不是地址，请删去 join"),
    "part of an address without a place": ('[columns]\nA = { field = "order.consignee_address", join = true }\n', "customs.toml:2: columns.A.join: join is the place of the column in the address: a number from 1 to 9 join 为该列在地址中的顺序：1 至 9 的数字"),
    "shops that are no list": ('[profiles.A]\nshops = "T1"\n', 'customs.toml:2: profiles.A.shops: shops are a list of names, such as ["天猫旗舰店", "A01"] 店铺应为名称列表，如 ["天猫旗舰店", "A01"]'),
    "shop of two profiles": ('[profiles.A]\nshops = ["T1"]\n[profiles.B]\nshops = ["T1"]\n', "customs.toml:4: profiles.B.shops: the shop T1 belongs to the profile A too, with the same trade mode, customs district and merchant: no order tells which is meant 店铺“T1”也属于档案 A，且贸易方式、关区、电商企业均相同，无法区分"),
    "unknown base": ('[profiles.A]\nbase = "B"\n', "customs.toml:2: profiles.A.base: there is no profile B; there are A 没有档案 B；现有 A"),
    "base of itself": ('[profiles.A]\nbase = "A"\n', "customs.toml:2: profiles.A.base: A is a base of itself 档案 A 以自身为基础，请改正"),
    "unknown default": ('profile = "B"\n[profiles.A]\n', "customs.toml:1: profile: there is no profile B; there are A 没有档案 B；现有 A"),
    "columns in a profile": ("[profiles.A.columns]\n", "customs.toml:1: profiles.A.columns: [columns] is of the whole enterprise: put it at the top of the file [columns] 属于整个企业，请写在文件顶层"),
    "text for a table": ('parties = "a"\n', "customs.toml:1: parties: this is a table: write [parties] and its keys below 此处应为表：请写 [parties]，其键写在下面"),
    "local fact": ('[local]\nSender = "a"\n', "customs.toml:2: local.Sender: names of local facts are lower-case letters, digits and _ 本地字段名称只用小写字母、数字和下划线"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_file_line_and_key(tmp_path: Path, mistake: str) -> None:
    text, said = MISTAKES[mistake]
    assert refused(tmp_path, text) == [said]


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = '[clearance]\ntrade_mode = "1220"\n[parties]\ncarrier_code = "1"\n[colour]\n'
    assert [each.partition(": ")[0] + ": " + each.split(": ")[1] for each in refused(tmp_path, text)] == [
        "customs.toml:2: clearance.trade_mode",
        "customs.toml:4: parties.carrier_code",
        "customs.toml:5: colour",
    ]


def test_points_in_a_text_or_a_comment_are_no_parts_of_a_key(tmp_path: Path) -> None:
    text = f"[parties]\nplatform_name = '{'.' * 40}'  # {'.' * 40}\n"
    assert loaded(tmp_path, text).profile_for().values == {"parties.platform_name": "." * 40}


def test_a_shop_has_no_more_than_fifty_profiles(tmp_path: Path) -> None:
    districts = [f"{code:04}" for code in range(51)]
    text = "".join(f'[profiles.p{code}]\nshops = ["T"]\nclearance.customs_code = "{code}"\n' for code in districts)
    assert refused(tmp_path, text) == [
        "customs.toml:152: profiles.p0050.shops: the shop T has more than 50 profiles 店铺“T”的档案超过 50 个"
    ]


def test_profiles_stand_on_no_more_than_ten_others(tmp_path: Path) -> None:
    chain = [f'[profiles.p{number}]\nbase = "p{number + 1}"\n' for number in range(10)]
    assert len(loaded(tmp_path, "".join([*chain, "[profiles.p10]\n"])).profiles) == 11
    longer = "".join([*chain, '[profiles.p10]\nbase = "p11"\n[profiles.p11]\n'])
    assert refused(tmp_path, longer) == [
        "customs.toml:2: profiles.p0.base: the profile has more than 10 bases below each other 档案逐级引用超过 10 级"
    ]


def test_of_many_mistakes_twenty_are_told_and_the_others_counted(tmp_path: Path) -> None:
    said = refused(tmp_path, "".join(f"[colour{number}]\n" for number in range(25)))
    assert (len(said), said[-1]) == (21, "and 5 more 另有 5 处")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (COMMON.encode("gb18030"), "customs.toml:3: the file is not in UTF-8 but in another encoding, such as GBK: save it as UTF-8 文件不是 UTF-8，而是其他编码（如 GBK）：请另存为 UTF-8"),
        (COMMON.encode("utf-16"), "customs.toml:1: the file is not in UTF-8 but in UTF-16: save it as UTF-8 文件不是 UTF-8，而是UTF-16：请另存为 UTF-8"),
        (b"#" * ((1 << 20) + 1), "customs.toml: the file is larger than 1,048,576 bytes: no enterprise file is 文件超过 1,048,576 字节，不是企业档案"),
        (b"\na = '" + b"a" * 4096 + b"'", "customs.toml:2: the line has more than 4,096 characters: break it 该行超过 4,096 个字符，请分行"),
        (b"\na" + b".a" * 31 + b" = 1", "customs.toml:2: the key has more than 30 parts: no key of the file has 键超过 30 层，文件中没有这样的键"),
        (b"a = " + b"[" * 4000, "customs.toml: tables are nested too deep 嵌套过深"),
    ],
    ids=["GBK", "UTF-16", "too large", "long line", "long key", "too deep"],
)  # fmt: skip
def test_a_file_in_another_form_is_told_as_such(tmp_path: Path, content: bytes, said: str) -> None:
    assert refused(tmp_path, content) == [said]


def test_a_byte_order_mark_and_the_line_ends_of_windows_change_nothing(tmp_path: Path) -> None:
    plain = loaded(tmp_path, COMMON)
    windows = loaded(tmp_path, b"\xef\xbb\xbf" + COMMON.replace("\n", "\r\n").encode())
    assert windows.profile_for().values == plain.profile_for().values
    assert windows.profile_for().spots == plain.profile_for().spots


@given(st.text(st.sampled_from("[]{}=.\"'\\\\#\n abkeys1é密"), max_size=60))
def test_whatever_stands_in_the_file_it_is_read_or_refused(text: str) -> None:
    problems: tuple[FileMistake, ...] = ()
    with TemporaryDirectory() as folder:
        try:
            loaded(Path(folder), text)
        except EnterpriseError as error:
            problems = error.problems
    assert [each for each in problems if each.file != "customs.toml" or not each.en or not each.zh] == []


@pytest.mark.parametrize("name", ["password", "pin"])
@pytest.mark.parametrize(
    "value",
    ['"hunter2"', "'hunter2'", '{ text = "hunter2" }', '["hunter2"]', '{ env = "hunter 2" }', '"hunter2', "hunter2"],
)
def test_a_password_in_clear_is_refused_and_never_shown(tmp_path: Path, name: str, value: str) -> None:
    kind = 'key = "a.p12"' if name == "password" else 'ukey = "ws://127.0.0.1:61232"'
    said = refused(tmp_path, f"[keys]\n{kind}\n{name} = {value}\n")
    assert said[0].startswith("customs.toml:3: ")
    assert [each for each in said if "hunter" in each] == []


def test_keys_in_tokens_ukeys_and_services_are_read(tmp_path: Path) -> None:
    text = """\
[keys]
module = "p11.so"
token = "e-port"
label = "signing"
pin = { env = "PIN" }

[keys.payment]
ukey = "ws://127.0.0.1:61232"
pin = { file = "pin.txt" }

[keys.waybill]
service = "https://sign.example.com/ceb"
form = "pinduoduo"
cert = "waybill.crt"
fixed = { ceb_name = "511", company_type = "4" }
headers = { Authorization = { env = "TOKEN" } }
"""
    keys = loaded(tmp_path, text).set_ups["main"].keys
    assert keys == EnterpriseKeys(
        KeyInToken(module=tmp_path / "p11.so", token="e-port", pin=Secret(env="PIN"), label="signing"),  # noqa: S106
        {
            "payment": KeyInUkey(ukey="ws://127.0.0.1:61232", pin=Secret(file=tmp_path / "pin.txt")),
            "waybill": KeyOfService(
                service="https://sign.example.com/ceb",
                form="pinduoduo",
                cert=tmp_path / "waybill.crt",
                fixed={"ceb_name": "511", "company_type": "4"},
                headers={"Authorization": Secret(env="TOKEN")},
            ),
        },
    )
    assert pickle.loads(pickle.dumps(keys)) == keys  # noqa: S301


def test_a_ukey_signs_as_the_file_says(tmp_path: Path) -> None:
    made = issue_test_key(*DECLARANT, since=MORNING)
    (tmp_path / "pin.txt").write_text("12345678\n")
    with SimulatedUkey(made, pin="12345678") as ukey:
        enterprise = loaded(tmp_path, f'[keys]\nukey = "{ukey.url}"\npin = {{ file = "pin.txt" }}\n')
        assert [*run_of(enterprise).signers] == ["order", "payment", "waybill", "declaration_list"]


def with_key(folder: Path, tables: str = "") -> Enterprise:
    """An enterprise whose key is in the folder, for the declarant of the sample parcels."""
    made = issue_test_key(*DECLARANT, since=MORNING)
    (folder / "a.key").write_bytes(made.key)
    (folder / "a.crt").write_bytes(made.certificate)
    return loaded(folder, f'[keys]\nkey = "a.key"\ncert = "a.crt"\n{tables}')


def run_of(enterprise: Enterprise) -> customs.Run:
    return enterprise.run_of(
        enterprise.profile_for(), on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1)
    )


def test_the_run_of_a_profile_signs_and_each_process_opens_its_own_key(tmp_path: Path) -> None:
    run = run_of(with_key(tmp_path, '[area]\nname = "unified"\n[rates]\nusd_rate = "7.05"\n'))
    assert (run.place.name, run.exchange, run.on) == ("unified", {"502": Decimal("7.05")}, date(2026, 11, 11))
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    messages = [each.content for each in run.prepare(parcel).messages]
    assert [each.count(b"<ds:SignatureValue>") for each in messages] == [1, 1, 1, 1]
    again = pickle.loads(pickle.dumps(run))  # noqa: S301
    assert [each.content for each in again.prepare(parcel).messages] == messages


def test_files_that_cannot_be_used_are_told_where_the_enterprise_file_names_them(tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text("hs_code,mfn\n1234567890,0\n", encoding="utf-8")
    enterprise = loaded(tmp_path, '[area]\nsettings = "a.toml"\n[rates]\nfile = "rates.csv"\n[keys]\nkey = "no.p12"\n')
    with pytest.raises(EnterpriseError) as caught:
        run_of(enterprise)
    assert str(caught.value).splitlines() == [
        "customs.toml:1: area: a.toml cannot be read: No such file or directory 文件 a.toml 无法读取",
        "customs.toml:3: rates.file: rates.csv lacks the column name rates.csv 缺少列 name",
    ]
    with pytest.raises(EnterpriseError) as caught:
        run_of(loaded(tmp_path, '[keys]\nkey = "no.p12"\n'))
    assert (
        str(caught.value)
        == "customs.toml:1: keys: no.p12 cannot be read: No such file or directory 文件 no.p12 无法读取"
    )


def test_a_password_comes_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enterprise = loaded(tmp_path, '[keys]\nkey = "a.p12"\npassword = { env = "OUR_PASSWORD" }\n')
    (tmp_path / "a.p12").write_bytes(b"0\x82")
    monkeypatch.delenv("OUR_PASSWORD", raising=False)
    with pytest.raises(EnterpriseError, match="the environment variable OUR_PASSWORD must hold the password"):
        run_of(enterprise)
    monkeypatch.setenv("OUR_PASSWORD", "hunter2")
    with pytest.raises(EnterpriseError) as caught:
        run_of(enterprise)
    assert "hunter2" not in str(caught.value)
