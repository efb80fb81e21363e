"""Small profiles: one with every section, one with the fewest, one with two messages that are much alike."""

GOOD = """# a small profile
zh = "示例"
en = "Example"
confidence = "low"
sources = ["made up"]
districts = ["9999"]
sites = { "9998" = "示例口岸" }
valid_from = 2020-01-01
valid_to = 2021-12-31
takes_unified = ["CEB511"]

[conditions]
bonded = { fact = "clearance.trade_mode", in = ["1210"] }
dear = { fact = "line.price", above = "100" }
both = { all = ["bonded", { not = "direct" }] }
direct = { fact = "clearance.trade_mode", is = "9610" }

[code_maps.mode]
reads = { "1" = "1210", "2" = "9610", "3" = "9610" }
writes = { "9610" = "2" }

[code_maps.unit]
code_list = "units"

[code_maps.country]
table = "country_inspection"

[parameters.sender]
zh = "发送方"
en = "Sender"

[numberings.local]
zh = "编号"
en = "Number"
pattern = "C[0-9]{3}"
example = "C001"

[secrets.word]
zh = "口令"
en = "Password"

[facts.colour]
zh = "颜色"
en = "Colour"

[goods_facts.shape]
zh = "形状"
en = "Shape"

[[messages]]
name = "A1"
zh = "订单"
en = "order"
documents = ["order"]
batch = 2
root = "R"
parcel_path = "L/D"
line_path = "L/D/G"
attributes = { version = "{parameter.sender}" }
id = "{parameter.sender}{serial:3}"
file_name = "{message.id}.xml"

[[messages.sections]]
path = "L"
fields = [
  { name = "count", zh = "数", from = "message.count" },
  { name = "sum", zh = "总", total = "order.paid_amount" },
]

[[messages.sections]]
path = "L/D"
fields = [
  # two lines of comment
  # in a list
  { name = "no", zh = "编号", from = "order.order_no", most = 30 },
  { name = "mode", zh = "方式", from = "clearance.trade_mode", code_map = "mode" },
  { name = "who", zh = "企业", from = "parties.platform_code", numbering = "local" },
  { name = "at", zh = "时间", from = "payment.paid_at", time_format = "yyyy-MM-dd" },
  { name = "text", zh = "文", template = "{order.order_no}-{time:yyyyMMdd}" },
  { name = "amount", zh = "金额", sum = ["order.goods_value", "-order.discount", "lines:line.tax"] },
  { name = "fixed", zh = "常量", const = "1", when = "both" },
  { name = "note", zh = "备注", need = "optional" },
]

[[messages.sections]]
path = "L/D/G"
fields = [
  { name = "item", zh = "货号", from = "line.item_no", or = "line.hs_code", when = "dear" },
  { name = "shape", zh = "形状", from = "goods.shape", need = "optional", empty_when = "bonded" },
]

[[messages]]
name = "A2"
zh = "支付"
en = "payment"
documents = ["payment"]
root = "P"
sections = [{ path = "", fields = [{ name = "no", zh = "编号", from = "payment.payment_no" }] }]

[[envelopes]]
name = "W"
root = "W"
sections = [{ path = "", fields = [{ name = "data", zh = "数据", from = "step.plain" }] }]

[[rules]]
code = "sum"
zh = "金额"
en = "amounts"
applies_to = ["A1"]
when = "bonded"
equal = [["order.goods_value"], ["order.discount", "lines:line.tax"]]
tolerance = "0.01"

[[rules]]
code = "limit"
zh = "上限"
en = "limit"
at_most = { fact = "parcel.line_count", value = "5" }

[gateway]
transport = "https_form"
before_message = [{ name = "sign", cipher = "md5", input = ["message.id", "secret.word"] }]
steps = [
  { name = "plain", cipher = "base64", input = ["content"] },
  { name = "wrapped", envelope = "W" },
]
form = { data = "step.wrapped", key = "'fixed'", from = "parameter.sender" }

[[receipts]]
name = "B1"
zh = "回执"
root = "B"
keys = { order_no = "no" }
answered_at = { paths = ["when"], time_format = "yyyyMMdd" }
states = [{ authority = "customs", path = "code", state_map = "code" }]

[state_maps.code]
"1" = "sent"
"""


#: A profile of rules, to which one is added.
TINY = """zh = "示例"
en = "Example"
confidence = "low"
sources = ["made up"]

[conditions]
bonded = { fact = "clearance.trade_mode", is = "1210" }

[facts.colour]
zh = "颜色"
en = "Colour"

[goods_facts.shape]
zh = "形状"
en = "Shape"

[[rules]]
code = "one"
zh = "规则"
en = "The rule"
"""

TWINS = """zh = "示例"
en = "Example"
confidence = "low"
sources = ["made up"]

[[messages]]
name = "OLD"
zh = "旧"
en = "old"
documents = ["order"]
root = "M"
[[messages.sections]]
path = ""
fields = [
    { name = "version", zh = "版本", const = "1" },
    { name = "order", zh = "订单", from = "order.order_no", need = "required" },
    { name = "note", zh = "备注", from = "order.note", need = "optional" },
]

[[messages]]
name = "NEW"
zh = "新"
en = "new"
documents = ["order"]
root = "M"
[[messages.sections]]
path = ""
fields = [
    { name = "version", zh = "版本", const = "2" },
    { name = "order", zh = "订单", from = "order.order_no", need = "required" },
    { name = "waybill", zh = "运单", from = "waybill.waybill_no", need = "optional" },
]
"""
