"""The catalogue of findings: every rule that the library checks, with its texts and its source.

Codes are stable: users filter and count by them. Rule numbers are those of the consistency rules gathered from the
unified edition 2022-05, the customs error lists and receipts.
"""

from customs.rules.finding import Kind, Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

_SPEC = "unified edition 2022-05"

# the shape of the input

JSON = Kind(
    "json-unreadable",
    ERROR,
    "无法读取的 JSON：{detail_zh}。",
    "The line is not readable JSON: {detail}.",
    "每行应为一个 JSON 对象，UTF-8 编码（不是 GBK）。",
    "Give one JSON object per line, in UTF-8 (not GBK).",
    "JSON, RFC 8259",
)
SOURCE_DAMAGED = Kind(
    "source-damaged",
    ERROR,
    "自第 {place} 行起无法读取，其后均未申报：{why_zh}。",
    "From line {place} on the file cannot be read, and nothing from there on is declared: {why}.",
    "请重新导出或传输该文件后再次执行，已申报的包裹会自动跳过。",
    "Export or transfer the file again and run it again: parcels that were declared are skipped.",
    "JSON, RFC 8259; gzip, RFC 1952; CSV, RFC 4180; Apache Parquet",
)
NOT_AN_OBJECT = Kind(
    "not-an-object",
    ERROR,
    "此处应为 JSON 对象。",
    "A JSON object is expected here.",
    "请按字段名给出一组值。",
    "Give the fields by name.",
    "docs/parcel.md",
)
MISSING = Kind(
    "field-missing",
    ERROR,
    "缺少 {name}。",
    "{name} is missing.",
    "请提供：{allowed_zh}。",
    "Give it: {allowed}.",
    _SPEC,
)
EMPTY = Kind(
    "field-empty",
    ERROR,
    "{name} 为空或过短。",
    "{name} is empty or too short.",
    "请提供：{allowed_zh}；没有值的选填项请省略。",
    "Give {allowed}, or leave an optional field out.",
    _SPEC,
)
LONG = Kind(
    "field-too-long",
    ERROR,
    "{name} 过长。",
    "{name} is too long.",
    "允许：{allowed_zh}。",
    "Allowed: {allowed}.",
    _SPEC,
)
MANY = Kind(
    "field-count",
    ERROR,
    "{name} 的数量不符。",
    "{name} has too few or too many entries.",
    "允许：{allowed_zh}；超过时不得拆单规避，应按实际订单申报。",
    "Allowed: {allowed}. An order must not be split to pass a limit.",
    _SPEC,
)
FORM = Kind(
    "field-form",
    ERROR,
    "{name} 的格式不正确：{why_zh}。",
    "{name} has the wrong form: {why}.",
    "{hint_zh}允许：{allowed_zh}。",
    "{hint}Allowed: {allowed}.",
    _SPEC,
)
CHARACTERS = Kind(
    "field-characters",
    ERROR,
    "{name} 含有报文不能携带的字符，或格式不正确。",
    "{name} holds characters that a message cannot carry, such as control characters.",
    "请去掉控制字符。允许：{allowed_zh}。",
    "Remove them. Allowed: {allowed}.",
    "XML 1.0, section 2.2",
)
UNKNOWN = Kind(
    "field-unknown",
    ERROR,
    "未知字段{hint_zh}。",
    "The field is not known here{hint}.",
    "请核对字段名（可用 Python 名或报文名）。",
    "Check its name: Python names and wire names are accepted.",
    "docs/glossary.md",
)
TWICE = Kind(
    "field-twice",
    ERROR,
    "同一字段以两个名称给出。",
    "The field is given under both of its names.",
    "只保留一个。",
    "Keep one of them.",
    "docs/glossary.md",
)
REPEATED = Kind(
    "field-repeated",
    ERROR,
    "同一个 JSON 对象中，该字段出现多次。",
    "The field stands more than once in its JSON object.",
    "只保留一个：不同系统取值不同，无法知道以哪个为准。",
    "Keep one of them: readers differ in which one counts.",
    "JSON, RFC 8259, section 4",
)
MORE = Kind(
    "more-mistakes",
    ERROR,
    "另有 {count} 处错误或未检查的条目，未逐一列出。",
    "There are {count} more mistakes, or entries that were not looked at.",
    "请先改正以上各处，再检查一次。",
    "Mend those above first, then check again.",
    "docs/parcel.md",
)
TOO_LARGE = Kind(
    "parcel-too-large",
    ERROR,
    "包裹资料超过 {most} 字节。",
    "The parcel has more than {most} bytes.",
    "请确认每行只有一个包裹，且没有附带其他数据。",
    "Check that the line holds one parcel, and nothing else.",
    "docs/parcel.md",
)
BLANK = Kind(
    "field-blank",
    ERROR,
    "{name} 只有空白字符。",
    "{name} holds nothing but blanks.",
    "请填写实际内容，或省略选填项。",
    "Give its real content, or leave an optional field out.",
    _SPEC,
)
CODE_UNKNOWN = Kind(
    "code-unknown",
    ERROR,
    "{name}：{code_zh}不在代码表 {listed} 中{hint_zh}。",
    "{name}: {code} is not in the list {listed}{hint}.",
    "请使用海关代码表中的代码。",
    'Use a code of that list: customs.codes.code_list("{listed}") shows it.',
    "code lists of the customs administration",
)
MODE_LATER = Kind(
    "trade-mode-not-supported",
    ERROR,
    "暂不支持监管方式 1239（保税电商A）。",
    "Trade mode 1239 (bonded import type A) is not supported yet.",
    "请用 1210（网购保税）或 9610（直购进口）的系统申报；1239 须另行申报。",
    "Declare it with another system; 1210 and 9610 are supported here.",
    "GACC 2016 No. 75",
)
CODE_DOUBTFUL = Kind(
    "code-doubtful",
    WARNING,
    "{name}：{code_zh}不在已知代码表 {listed} 中{hint_zh}。",
    "{name}: {code} is not in the list {listed}, which may be older than the code{hint}.",
    "请核对；代码表可能滞后。",
    "Check it.",
    "code lists of the customs administration",
)
ITEM_NO_LENGTH = Kind(
    "item-no-length",
    ERROR,
    "商品货号超过 20 个字符：订单允许 30，清单只允许 20。",
    "The item number has more than 20 characters: the order admits 30, the list 20.",
    "请使用不超过 20 个字符的货号，订单与清单一致。",
    "Use at most 20 characters in both.",
    "schemas of 2022-05: CEB311 itemNo 30, CEB621 itemNo 20",
)
NEGATIVE = Kind(
    "amount-negative",
    ERROR,
    "{name}（所给或推算）不能为负数。",
    "{name}, as given or derived, is negative.",
    "请填写不小于 0 的数。",
    "Give 0 or more.",
    _SPEC,
)
NOT_POSITIVE = Kind(
    "quantity-not-positive",
    ERROR,
    "{name} 必须大于 0。",
    "{name} must be more than 0.",
    "请填写实际数量。",
    "Give the real quantity.",
    _SPEC,
)
PRICE_ZERO = Kind(
    "price-zero",
    WARNING,
    "单价为 0。",
    "The price is 0.",
    "只有赠品可填 0；海关可能另行估价。",
    "Only a gift is declared at 0; customs may value it itself.",
    "field text of CEB311 price; practice asks for a positive share",
)
CANNOT_DERIVE = Kind(
    "cannot-derive",
    ERROR,
    "未提供 {name}，且无法推算：{why_zh}。",
    "{name} is not given and cannot be derived: {why}.",
    "请提供 {name}。",
    "Give {name}.",
    "what this library derives, docs/parcel.md",
)
OVERFLOW = Kind(
    "amount-overflow",
    ERROR,
    "{name}（所给或推算）超出报文允许的位数。",
    "{name}, as given or derived, has more digits than a message admits.",
    "请核对单价与数量。",
    "Check prices and quantities.",
    "N19,5 of the schemas",
)

# the three documents and the list

PAID_SUM = Kind(
    "paid-sum",
    ERROR,
    "实付金额 {given} ≠ 商品价格 + 运杂费 + 税款 − 非现金抵扣 = {expected}。",
    "The paid amount {given} is not goods value + freight + tax - discount = {expected}.",
    "请更正实付金额或其组成。",
    "Correct the paid amount or its parts.",
    f"{_SPEC}, CEB311 acturalPaid",
    1,
)
PAYMENT_AMOUNT = Kind(
    "payment-amount",
    ERROR,
    "支付金额 {given} 与订单实付金额 {expected} 不一致。",
    "The amount paid {given} is not the order's paid amount {expected}.",
    "支付单与订单金额必须一致，以实际支付为准。",
    "Payment and order must state the sum really paid.",
    f"{_SPEC}, CEB411 amountPaid",
    2,
)
LINE_TOTAL = Kind(
    "line-total",
    ERROR,
    "总价 {given} ≠ 单价 × 数量 = {expected}。",
    "The total {given} is not price x quantity = {expected}.",
    "请更正单价、数量或总价。",
    "Correct price, quantity or total.",
    f"{_SPEC}, totalPrice",
    3,
)
GOODS_VALUE = Kind(
    "goods-value-sum",
    ERROR,
    "商品价格 {given} ≠ 各项总价之和 {expected}。",
    "The goods value {given} is not the sum of the lines {expected}.",
    "请更正商品价格或各项总价。",
    "Correct the goods value or the lines.",
    "public implementations, by analogy with CEB303",
    4,
)
CURRENCY = Kind(
    "currency",
    ERROR,
    "币制必须为 142（人民币）{hint_zh}。",
    "The currency must be 142, the yuan{hint}.",
    "请按人民币申报，币制填 142。",
    "Declare in CNY, currency 142.",
    f"{_SPEC}, currency",
    5,
)
ID_TYPE = Kind(
    "id-type",
    ERROR,
    "证件类型必须为 1（居民身份证）。",
    "The identity type must be 1, a resident identity card.",
    "请使用居民身份证。",
    "Only resident identity cards are admitted.",
    f"{_SPEC}, buyerIdType",
    5,
)
CONSIGNEE = Kind(
    "consignee-differs",
    ERROR,
    "{name}：订单与运单不一致{hint_zh}。",
    "{name} differs between order and waybill{hint}.",
    "订单与运单的收货人姓名、电话、地址必须一致。",
    "Name, telephone and address must be the same in both.",
    f"{_SPEC}, CEB511 consignee",
    6,
)
PAYER = Kind(
    "payer-not-buyer",
    ERROR,
    "{name}：支付人与订购人不一致。",
    "{name}: the payer is not the buyer.",
    "订购人必须本人支付；不得借用他人身份。",
    "The buyer must pay; another person's identity must not be used.",
    "receipt code 1327",
    7,
)
PAYER_SPELLING = Kind(
    "payer-spelling",
    ERROR,
    "{name}：支付人与订购人仅写法不同（{how_zh}）。",
    "{name}: payer and buyer differ only in their spelling: {how}.",
    "海关逐字比对：支付单与订单均按身份证上的写法填写。",
    "Customs compares each character: write both as the identity card has it.",
    "receipt code 1327",
    7,
)
BUYER = Kind(
    "buyer-differs",
    ERROR,
    "{name}：清单与订单的订购人不一致{hint_zh}。",
    "{name}: the buyer differs between list and order{hint}.",
    "清单订购人必须与订单一致。",
    "List and order must name the same buyer.",
    "receipt code 13127",
    8,
)
PAYMENT_COMPANY = Kind(
    "payment-company-differs",
    ERROR,
    "订单与支付单的支付企业不一致。",
    "The payment company differs between order and payment.",
    "请以实际收款的支付企业为准。",
    "Name the company that really collected the payment.",
    "receipt code 13035",
    9,
)
LINES_DIFFER = Kind(
    "lines-differ",
    ERROR,
    "{name}：清单与订单同一序号的商品不一致。",
    "{name}: list and order differ in the line of this number.",
    "清单商品必须与订单逐项一致。",
    "The list must declare the order's lines, one by one.",
    "receipt code 1322",
    11,
)
DUPLICATE = Kind(
    "duplicate",
    ERROR,
    "{name} 在本批中已出现过（第 {first} 个包裹）。",
    "{name} was already declared in this file, by parcel {first}.",
    "一个订单、一个运单只能申报一份清单；支付交易编号、企业内部编号也不得重复。",
    "One list for one order and one waybill; payment and internal numbers must not repeat either.",
    f"{_SPEC}, orderNo and logisticsNo; receipt codes -401003, -401007, -621004, -621041",
    13,
)
DECLARED_BEFORE = Kind(
    "declared-before",
    ERROR,
    "{name} 此前已申报过（报文 {message}，{day}，{said_zh}）。",
    "{name} was declared before, in message {message} on {day}, with {said}.",
    "内容相同则无须再次申报；内容不同：海关已受理的请变更（appType 2）或撤单（CEB623），"
    "被海关退单的用 customs journal release 解除后重报。",
    "With the same content there is nothing left to declare. Otherwise amend it (appType 2) or cancel it (CEB623); if customs "
    "refused it, release it (customs journal release) and declare it again.",
    f"{_SPEC}, orderNo and logisticsNo",
    13,
)
PACKAGES = Kind(
    "package-count",
    ERROR,
    "件数必须为 1。",
    "The number of packages must be 1.",
    "一个运单对应一件包裹。",
    "A waybill carries one package.",
    f"{_SPEC}, packNo",
    14,
)
NET_WEIGHT = Kind(
    "net-over-gross",
    ERROR,
    "净重 {net} 千克（所给或由法定数量推算）大于毛重 {gross} 千克。",
    "The net weight {net} kg, given or derived from the statutory quantities, exceeds the gross weight {gross} kg.",
    "请核对重量（单位：千克）。",
    "Check both, in kilograms.",
    f"{_SPEC}, netWeight",
    15,
)
SECOND_QTY = Kind(
    "second-quantity",
    ERROR,
    "第二数量与第二计量单位必须同时填写或同时省略，且数量大于 0。",
    "Second statutory quantity and unit must both be given or both be left out, the quantity more than 0.",
    "请补全或删除。",
    "Complete the pair or leave both out.",
    "customs error -625009",
    16,
)
LINE_NUMBERS = Kind(
    "line-numbers",
    ERROR,
    "商品序号必须从 1 起连续编号。",
    "Line numbers must run from 1 without gaps or repeats.",
    "请重新编号，或省略由本库编号。",
    "Number the lines anew, or leave the numbers out.",
    "customs errors -301002, -621027",
    18,
)
BONDED_FIELD = Kind(
    "bonded-field-missing",
    ERROR,
    "1210 保税进口缺少 {name}。",
    "{name} is missing, 1210 (bonded import) needs it.",
    "请提供 {name}。",
    "Give it.",
    f"{_SPEC}, CEB621",
    19,
)
BONDED_EXTRA = Kind(
    "bonded-field-extra",
    ERROR,
    "1210 保税进口不填 {name}。",
    "1210 (bonded import) leaves out {name}.",
    "请省略。",
    "Leave it out.",
    f"{_SPEC}, CEB621",
    19,
)
BONDED_COUNTRY = Kind(
    "bonded-country",
    ERROR,
    "1210 保税进口的起运国必须为 142。",
    "The country of departure of bonded import must be 142.",
    "请填 142 或省略。",
    "Give 142 or leave it out.",
    f"{_SPEC}, CEB621 country",
    19,
)
DIRECT_FIELD = Kind(
    "direct-field-missing",
    ERROR,
    "9610 直购进口缺少 {name}。",
    "{name} is missing, 9610 (direct purchase) needs it.",
    "请提供 {name}。",
    "Give it.",
    f"{_SPEC}, CEB621",
    20,
)
AMENDED = Kind(
    "amended-number-missing",
    ERROR,
    "变更或删除清单，但缺少 {name}。",
    "{name} is missing, a list that is amended or deleted has it.",
    "请填回执给出的编号。",
    "Give the number from the receipt.",
    "receipt codes -621031, -621053, -621057",
)
ZONE_FIELD = Kind(
    "zone-field-missing",
    ERROR,
    "特殊区域出口（1210、1239）缺少 {name}。",
    "{name} is missing, export from a special zone (1210, 1239) needs it.",
    "请提供 {name}。",
    "Give it.",
    f"{_SPEC}, CEB603",
)
TRANSPORT_FIELD = Kind(
    "transport-field-missing",
    ERROR,
    "非邮件运输缺少 {name}。",
    "{name} is missing; only transport by post does without.",
    "请提供 {name}。",
    "Give it.",
    f"{_SPEC}, CEB507 and CEB509",
)
PAYMENT_FORM = Kind(
    "payment-form-missing",
    WARNING,
    "已汇总的税单缺少 {name}。",
    "{name} is missing on a tax bill that is on a payment form.",
    "请向海关核对。",
    "Ask customs for it.",
    f"{_SPEC}, CEB816 entDutyNo",
)
RESULT_LINE = Kind(
    "result-line-missing",
    WARNING,
    "汇总结果单缺少 {name}：2022-05 版必填，2018 版没有。",
    "{name} is missing on a consolidation result: mandatory in the edition 2022-05, unknown in that of 2018.",
    "请核对报文版本。",
    "Check the edition of the message.",
    f"{_SPEC}, CEB792 gseqno",
)
PERIOD = Kind(
    "period",
    ERROR,
    "汇总开始时间与结束时间必须同时填写，且结束不早于开始。",
    "Beginning and end of the period must both be given, the end not before the beginning.",
    "请补全或改正。",
    "Complete or correct them.",
    f"{_SPEC}, CEB701 startTime",
)
NOTHING_TO_CONSOLIDATE = Kind(
    "nothing-to-summarise",
    ERROR,
    "汇总申请既无时间范围也无清单编号。",
    "The request names neither a period nor a list.",
    "请填写时间范围或清单编号。",
    "Give a period or the numbers of the lists.",
    f"{_SPEC}, CEB701",
)
GUARANTOR = Kind(
    "guarantor",
    ERROR,
    "担保企业不是清单中的企业。",
    "The guarantor is no enterprise of the list.",
    "担保企业应为电商平台、电商企业、物流企业或申报企业之一。",
    "It must be platform, merchant, carrier or declarant.",
    f"{_SPEC}, assureCode; text and schema differ, all four allowed",
    21,
)
SINGLE_LIMIT = Kind(
    "single-limit",
    ERROR,
    "计税价格（商品、运费、保费）{value} 元超过单次交易限值 {limit} 元。",
    "The dutiable value {value} CNY (goods, freight, insurance) exceeds the single-transaction limit of {limit} CNY.",
    "须按一般贸易办理；不得拆单规避限值。",
    "The parcel goes as general trade; an order must not be split to pass the limit.",
    "Cai Guan Shui [2018] 49; customs error -621005",
    22,
)
FULL_TAX = Kind(
    "full-tax",
    WARNING,
    "计税价格 {value} 元超过限值，该包裹按货物税率全额征税。",
    "The dutiable value {value} CNY exceeds a limit: the parcel is taxed in full, tariff included.",
    "请告知订购人，并核对关税税率。",
    "Tell the buyer, and check the tariff.",
    "Cai Guan Shui [2016] 18, [2018] 49",
    22,
)
YEARLY_LIMIT = Kind(
    "yearly-limit",
    ERROR,
    "已用额度 {used} 元加计税价格 {value} 元超过年度交易限值 {limit} 元。",
    "The quota used ({used} CNY) plus the dutiable value {value} CNY exceeds the yearly limit of {limit} CNY.",
    "须按一般贸易办理；不得借用他人额度。",
    "The parcel goes as general trade; another person's quota must not be used.",
    "Cai Guan Shui [2018] 49; customs error -621018; receipt code 1313",
    22,
)
DECLARANT = Kind(
    "declarant-not-signer",
    ERROR,
    "申报企业与签名证书的企业不一致。",
    "The declarant is not the enterprise of the signing certificate.",
    "请使用申报企业自己的证书签名。",
    "Sign with the declarant's own certificate.",
    "customs errors -621015 and -625013",
    23,
)
DECLARANT_NAME = Kind(
    "declarant-name",
    WARNING,
    "申报企业名称与签名证书中的名称不一致。",
    "The declarant's name is not the one in the signing certificate.",
    "请核对海关注册名称。",
    "Check the registered name.",
    f"{_SPEC}, agentName; certificates differ in what they name",
    23,
)
DECLARANT_UNKNOWN = Kind(
    "declarant-not-compared",
    NOTE,
    "无法比对申报企业与签名证书：证书未载明信用代码，或申报企业为 10 位注册编码。",
    "Declarant and signing certificate could not be compared: the certificate states no credit code, or the declarant is "
    "given by its 10-digit registration.",
    "请人工核对，或提供注册编码与信用代码的对照。",
    "Compare them yourself, or give the credit code of the registration.",
    "customs error -621015 does not say what it compares",
    23,
)
SIGNER = Kind(
    "signer-not-party",
    WARNING,
    "签名证书的企业不是本单证的{role_zh}。",
    "The enterprise of the signing certificate is not this document's {role}.",
    "请用{role_zh}自己的证书签名，或核对所受委托。",
    "Sign with the {role}'s own certificate, or check that it authorised the signer.",
    f"{_SPEC}: who declares each document; that customs compares it is known for lists only",
)
SIGNER_UNKNOWN = Kind(
    "signer-not-compared",
    NOTE,
    "无法比对{role_zh}与签名证书：证书未载明信用代码，或该企业为 10 位注册编码。",
    "The document's {role} and the signing certificate could not be compared: the certificate states no credit code, or the "
    "enterprise is given by its 10-digit registration.",
    "请人工核对。",
    "Compare them yourself.",
    f"{_SPEC}: who declares each document",
)
FREIGHT = Kind(
    "freight-link",
    WARNING,
    "订单运杂费 {given} ≠ 运单运费 + 保费 {expected}。",
    "The order's freight {given} is not the waybill's freight + insurance {expected}.",
    "运费、保费应为实际费用，请核对。",
    "Both must be the real costs; check them.",
    f"{_SPEC}, CEB621 freight; how the two relate is not stated",
    28,
)

# tax

TAX_TOTAL = Kind(
    "tax-total",
    WARNING,
    "代扣税款 {given} 与应征税款 {expected} 不一致。",
    "The tax collected {given} is not the tax assessed {expected}.",
    "请核对税率、计税价格；按所给金额申报。",
    "Check rates and dutiable value; the amount given is declared.",
    f"{_SPEC}, CEB311 taxTotal",
)
RATE_MISSING = Kind(
    "rate-missing",
    ERROR,
    "税率表中没有商品编码 {hs_code} 在 {day} 的税率。",
    "The rate table has no rate for commodity code {hs_code} on {day}.",
    "请核对商品编码，或提供含该编码的税率表。",
    "Check the code, or give a rate table that has it.",
    "docs/tax.md",
)
TARIFF_MISSING = Kind(
    "tariff-missing",
    ERROR,
    "该包裹须全额征税，税率表中没有商品编码 {hs_code} 在 {day} 的关税税率。",
    "The parcel is taxed in full, and the rate table has no tariff for commodity code {hs_code} on {day}.",
    "请提供含该编码关税税率的税率表。",
    "Give a rate table that has its tariff.",
    "docs/tax.md",
)
QUANTITY_MISSING = Kind(
    "legal-quantity-missing",
    ERROR,
    "从量计征消费税，缺少以 {unit} 计的法定数量。",
    "Consumption tax is measured by the statutory quantity in unit {unit}, which is missing.",
    "请提供法定数量。",
    "Give it.",
    "consumption tax table",
)
EXCHANGE_MISSING = Kind(
    "exchange-rate-missing",
    ERROR,
    "消费税适用税额以外币计，缺少 {day} 当月币制 {currency} 的计征汇率。",
    "A threshold of consumption tax is in a foreign currency, and the customs exchange rate of currency {currency} for the month of "
    "{day} is not known.",
    "请用 exchange（命令行 --usd-rate）提供当月海关计征汇率。",
    "Give the month's customs exchange rate as exchange, on the command line as --usd-rate.",
    "docs/tax.md",
)
NO_LAW = Kind(
    "no-law",
    ERROR,
    "没有 {day} 适用的跨境电商零售进口税收政策。",
    "No law of retail import is known for {day}.",
    "请核对申报日期。",
    "Check the declaration day.",
    "Cai Guan Shui [2016] 18",
)
LEGAL_UNIT = Kind(
    "legal-unit",
    ERROR,
    "法定计量单位 {given} 与税则 {expected} 不符，无法判断消费税。",
    "The statutory unit {given} is not {expected} of the tariff, so consumption tax cannot be decided.",
    "请按税则的法定计量单位填写法定数量（化妆品为净含量，千克）。",
    "Give the statutory quantity in the tariff's unit (for cosmetics the net content in kilograms).",
    "announcement 55 of 2016",
)
SPREADSHEET_NUMBER = Kind(
    "number-from-spreadsheet",
    ERROR,
    "{name} 被表格软件改成了小数或科学计数法。",
    "{name} was changed by a spreadsheet into a decimal or a power of ten.",
    "科学计数法会丢失末位数字：请将该列设为文本，从源系统重新导出。",
    "A power of ten has lost its last digits: format the column as text and export it from the source again.",
    "practice; -301002 and 1320 when the numbers do not match",
)
GARBLED = Kind(
    "text-garbled",
    WARNING,
    "{name} 是乱码（问号、替换字符，或编码读错）。",
    "{name} is garbled: question marks, replacement characters, or text read in a wrong encoding.",
    "请以 UTF-8 从源系统重新导出；姓名须与身份证一致。",
    "Export it from the source again in UTF-8. Names have to be those of the identity card.",
    "practice; customs compares names with the register of persons",
)
BLANKS = Kind(
    "text-blanks",
    WARNING,
    "{name} 首尾有空格，或含全角空格、换行、制表符。",
    "{name} has blanks at its ends, full-width blanks, tabs or line breaks.",
    "请删除：海关逐字符比对。",
    "Remove them: customs compares character by character.",
    "practice; 1320 and 1322 when documents do not match",
)
ENTERPRISE_CODE = Kind(
    "enterprise-code",
    ERROR,
    "{name} {given} 不是企业代码：{wrong_zh}。",
    "{name}: {given} is not the code of an enterprise, {wrong}.",
    "请填 18 位统一社会信用代码，或 10 位海关注册编码。",
    "Give the unified social credit code, 18 characters, or the customs registration number, 10 characters.",
    "GB 32100-2015; receipt codes -10102 and its family",
)
TELEPHONE = Kind(
    "telephone-doubtful",
    WARNING,
    "{name} 不像电话号码。",
    "{name} does not look like a telephone number.",
    "请填数字号码，可带区号和连接号。",
    "Give its digits, with area code and hyphens if you like.",
    "practice",
)
MASKED = Kind(
    "masked-text",
    WARNING,
    "{name} 经过脱敏（含 *）。",
    "{name} is masked (it has *).",
    "请向平台取得完整内容，海关按真实信息核验。",
    "Get the whole of it from the platform: customs compares it with the real one.",
    "practice",
)
DXP_ID = Kind(
    "dxp-id",
    ERROR,
    "DXP 编号 dxpId {given} 的格式不正确。",
    "The number of the exchange client, dxpId {given}, has the wrong form.",
    "请填数据中心分配的编号：DXP 开头，共 16 位，如 DXPENT0000000001。",
    "Give the one that the data centre assigned: 16 characters that begin with DXP, such as DXPENT0000000001.",
    "exchange platform; numbers seen in messages, confidence medium",
)
DISTRICT = Kind(
    "district-doubtful",
    WARNING,
    "{name} 不是行政区划代码。",
    "{name} is not the code of an administrative district.",
    "请填 6 位行政区划代码，如 110105。",
    "Give the six digits of the district, such as 110105.",
    "GB/T 2260",
)
DIRECT_FROM_CHINA = Kind(
    "direct-from-china",
    WARNING,
    "直购进口（9610）的起运国为中国 142。",
    "A direct purchase (9610) departs from China, 142.",
    "请填发运的国家（地区）代码。",
    "Give the country from which it is sent.",
    "unified edition 2022-05, CEB621 country",
)
BONDED_BY_AIR = Kind(
    "bonded-by-air",
    WARNING,
    "网购保税进口（1210）的运输方式为航空 5。",
    "A bonded parcel (1210) is declared with transport by air, 5.",
    "请填出区的运输方式，通常为 7（保税区）、W（物流中心）、X（物流园区）、Y（保税港区）或 9。",
    "Give the mode of the zone that it leaves, usually 7, W, X, Y or 9.",
    "unified edition 2022-05, CEB621 trafMode",
)
WEIGHT_DOUBTFUL = Kind(
    "weight-doubtful",
    WARNING,
    "毛重 {given} 千克，超过 {most} 千克，可能误填为克。",
    "The gross weight is {given} kg, above {most} kg; it may have been given in grams.",
    "请以千克填写。",
    "Give it in kilograms.",
    "no text names a limit",
)
PIECES = Kind(
    "pieces-not-whole",
    WARNING,
    "数量 {given} 不是整数，而计量单位 {unit} 按个数计。",
    "The quantity is {given}, but unit {unit} counts pieces.",
    "请填整数，或改用实际的计量单位。",
    "Give a whole number, or the unit that was really meant.",
    "practice",
)
PAID_LATER = Kind(
    "payment-time-doubtful",
    WARNING,
    "支付时间 {paid} 在申报日 {day} 之后，或早于一年以前。",
    "The payment of {paid} is after the declaration day {day}, or more than a year before it.",
    "请核对支付时间的年月日。",
    "Check the date of the payment.",
    "practice: a parcel is paid first, and declared soon after",
)
NEW_NUMBERED = Kind(
    "new-list-numbered",
    ERROR,
    "新申报（appType 1）不得填写 {name}。",
    "A new declaration (appType 1) must not have {name}.",
    "请删除；变更填 appType 2，删除填 3。",
    "Leave it out; to amend give appType 2, to delete 3.",
    "receipt codes -621001, -625008",
)
QUANTITIES_DIFFER = Kind(
    "quantities-differ",
    ERROR,
    "申报单位与法定单位同为 {unit}，数量却不同：{given} 与 {legal}。",
    "The traded unit is the statutory unit {unit}, but the quantities differ: {given} and {legal}.",
    "单位相同时两者必须相等。",
    "With the same unit both have to be equal.",
    "unified edition 2022-05, CEB621 qty1; logic check of customs",
)
KILOGRAMS = Kind(
    "kilograms-over-net",
    WARNING,
    "以千克计的法定数量合计 {sum}，大于净重 {net}。",
    "The statutory quantities in kilograms add up to {sum}, more than the net weight {net}.",
    "请核对净重与法定数量。",
    "Check the net weight and the statutory quantities.",
    "logic check of customs",
)
TARIFF_UNIT = Kind(
    "tariff-unit",
    ERROR,
    "{name} 为 {given}，税则 {hs_code} 的法定计量单位为 {expected}。",
    "{name} is {given}; the tariff has {expected} for {hs_code}.",
    "请按税则填写法定计量单位和数量。",
    "Give the statutory unit and quantity of the tariff.",
    "receipt code -625012",
)
BATTERY_CLASS = Kind(
    "battery-class",
    WARNING,
    "税率表未说明 {hs_code} 是哪一类电池，按不征消费税计算。",
    "The rate table does not say which kind of battery {hs_code} is, so no consumption tax is computed.",
    "请在税率表 consumption 栏填 lithium_battery（2026-09-01 起 2%，2027-09-01 起 4%）或 battery（4%）；"
    "免税的（钠离子、固态、燃料电池，至 2028-12-31）不填。",
    "Give lithium_battery (2 % from 2026-09-01, 4 % from 2027-09-01) or battery (4 %) in the column consumption; "
    "exempt kinds have none (sodium-ion, solid-state, fuel cells, until 2028-12-31).",
    "Cai Shui [2015] 16; MoF, GACC and STA announcement 20 of 2026",
)
LEGAL_QUANTITY = Kind(
    "legal-quantity-doubtful",
    WARNING,
    "法定数量 {declared} 大于规格型号所示的净含量（或片数）{stated}：按此达到高档化妆品认定标准，少缴税款 {short} 元。",
    "The statutory quantity {declared} exceeds the {stated} that the specification states. By the specification the "
    "goods reach the threshold of consumption tax, and {short} CNY of tax are missing.",
    "请核对：法定数量为净含量（千克，1 升计 1 千克）或片数，不是毛重。",
    "Check it: it is the net content in kilograms, one litre counting as one, or the number of sheets, and not the gross weight.",
    "announcement 55 of 2016; Cai Shui [2016] 103",
)

# persons

ID_NUMBER = Kind(
    "id-number",
    ERROR,
    "{name} 不是有效的居民身份证号码：{why_zh}。",
    "{name} is not a valid resident identity number: {why}.",
    "请按身份证上的号码填写{hint_zh}。",
    "Give it as it is on the card{hint}.",
    "GB 11643-1999",
)

# signing

# what records say against a parcel

NOT_REGISTERED = Kind(
    "not-registered",
    ERROR,
    "{name} {code} 未在海关备案{registered_zh}。",
    "{name} {code} is not registered with customs{registered}.",
    "请先办理备案，或核对代码。",
    "Register the enterprise first, or check its code.",
    "receipt codes 22001, 22002, -10101",
)
PARTY_NAME = Kind(
    "party-name-differs",
    ERROR,
    "{name} 为“{given}”，备案名称为“{recorded}”。",
    "{name} is {given}, and registered is {recorded}.",
    "请按海关备案的名称填写，或先变更备案。",
    "Give the name as registered, or change the registration first.",
    "receipt codes 22001, 22002, -10101",
)
ORDER_OF_TWO_CHANNELS = Kind(
    "order-of-two-channels",
    ERROR,
    "该店铺的订单 {number} 已在平台 {platform} 名下申报过（报文 {message}，{day}），购买人和商品相同。",
    "Order {number} of this shop was declared under platform {platform}, in message {message} on {day}: the same buyer, the same "
    "goods.",
    "同一订单只申报一次，请保留交易所在平台的一条。原申报的平台有误的，先撤单（CEB623）或在被退单后用 customs journal release 解除。",
    "An order is declared once: keep the one of the platform where it was placed. If the wrong platform was declared, cancel it "
    "first (CEB623), or release it after it was refused (customs journal release).",
    "announcement 194 of 2018, one list for one order",
)
ORDER_NUMBER_OF_TWO_CHANNELS = Kind(
    "order-number-of-two-channels",
    WARNING,
    "该店铺在平台 {platform} 名下也申报过订单号 {number}（报文 {message}，{day}），但购买人或商品不同。",
    "Order number {number} of this shop was declared under platform {platform} too, in message {message} on {day}, with another "
    "buyer or other goods.",
    "确系另一笔订单的可以申报；如是同一订单的修改，请对原申报办理变更（appType 2）或撤单。",
    "If it really is another order, declare it. If it is the same one with changes, amend (appType 2) or cancel what was declared.",
    "announcement 194 of 2018, one list for one order",
)
PARTY_DAYS = Kind(
    "party-not-valid",
    ERROR,
    "{name} {code} 的{paper_zh}在申报日 {day} 无效：有效期{days_zh}。",
    "The {paper} of {name} {code} does not hold on {day}: it holds {days}.",
    "请先延续{paper_zh}并登记新的有效期，或使用当日有效的企业。",
    "Renew the {paper} and enter its new days first, or use an enterprise for which it holds.",
    "receipt codes 22001, 22002, -10101",
)
PARTY_DXP = Kind(
    "dxp-id-not-registered",
    ERROR,
    "{name} {given} 不是传输企业 {code} 登记的编号 {recorded}。",
    "{name} {given} is not the number registered for transmitter {code}, which is {recorded}.",
    "请使用与传输节点和卡绑定的编号，或登记新的编号。",
    "Use the number that the exchange client and the card are bound to, or enter the new one.",
    "receipt code -301008",
)
PARTY_APART = Kind(
    "parties-not-agreed",
    ERROR,
    "{name} {code} 在 {day} 不在平台 {platform}、电商企业 {merchant} 的约定范围内，约定为：{agreed_zh}。",
    "{name} {code} is not agreed for platform {platform} and merchant {merchant} on {day}; agreed: {agreed}.",
    "请使用约定的企业，或先登记新的约定。",
    "Use an enterprise that is agreed, or enter the new agreement first.",
    "receipt code 13035",
)
GOODS_NOT_ON_RECORD = Kind(
    "goods-not-on-record",
    ERROR,
    "账册 {book} 中没有备案序号 {number} 的商品。",
    "Account book {book} has no goods under the record number {number}.",
    "请先备案商品，或核对备案序号。",
    "Put the goods on record first, or check the number.",
    "receipt codes -621001, -625007",
)
GOODS_DIFFER = Kind(
    "goods-differ-from-record",
    ERROR,
    "{name} 为 {given}，备案为 {recorded}。",
    "{name} is {given}, the record has {recorded}.",
    "请按备案申报，或先变更备案。",
    "Declare what is on record, or change the record first.",
    "receipt codes -625010, -625012",
)
BOOK_SHORT = Kind(
    "book-short",
    ERROR,
    "账册 {book} 商品项 {number} 可用数量 {left}，本单申报 {asked}。",
    "Account book {book} has {left} left of item {number}, the parcel asks for {asked}.",
    "请待入区核注清单核扣后再申报，或核对备案序号。",
    "Wait until an in-list is deducted, or check the record number.",
    "receipt code -621003",
)
GUARANTEE_SHORT = Kind(
    "guarantee-short",
    ERROR,
    "担保余额 {left} 元，不足税款 {due} 元。",
    "The guarantee has {left} CNY left, the tax is {due} CNY.",
    "请追加担保，或待已缴税款核销后再申报。",
    "Add to the guarantee, or wait until paid tax is taken off it.",
    "receipt code 1311",
)

UNSIGNED = Kind(
    "unsigned",
    NOTE,
    "{title}没有签名人，未签名写出。",
    "The {document} has no signer and is written unsigned.",
    "如接收方要求签名，请提供该企业的密钥。",
    "Give that enterprise's key where the receiver asks for a signature.",
    f"{_SPEC}, chapter 6",
)
LIST_UNSIGNED = Kind(
    "list-not-signed",
    ERROR,
    "清单没有签名人，未写出。",
    "The declaration list has no signer and is not written.",
    "请提供申报企业的密钥。",
    "Give the declarant's key.",
    "schema of CEB621: Signature is mandatory",
)
NOT_SIGNED = Kind(
    "signing-failed",
    ERROR,
    "{title}签名失败：{reason}",
    "Signing the {document} failed: {reason}.",
    "请检查密钥设备后重试。",
    "Check the key and try again.",
    "customs.signing",
)

DOCUMENT_TOO_LARGE = Kind(
    "document-too-large",
    ERROR,
    "订单 {order_no} 的{title}（{document}）有 {size} 字节，每份报文中的单证合计至多 {most} 字节。",
    "The {document} of order {order_no} has {size} bytes; the documents of a message may have {most} together.",
    "请拆分为商品行较少的订单；接入点允许更大的报文时，可调高 most_bytes（--most-bytes）。",
    "Split the order into several with fewer lines of goods; if the destination takes larger messages, raise most_bytes "
    "(--most-bytes).",
    "byte limit of the destination",
)

# what is sent next of a parcel that was declared

MOVE_IN_FLIGHT = Kind(
    "move-in-flight",
    ERROR,
    "订单 {order}：{title}{said_zh}，暂不能{how_zh}。",
    "Order {order}: the {document} is {said}, so {how} has to wait.",
    "请等待回执；超时未答的，先按业务主键向海关或电子口岸查询，确认无记录后方可重报。",
    "Wait for the answer. If it is overdue, ask customs or the e-port by the business key first, and send again only if nothing "
    "is stored.",
    "receipt codes -301010, -621004, -621041: a second copy is refused",
)
MOVE_UNCERTAIN = Kind(
    "move-uncertain",
    ERROR,
    "订单 {order}：{title}{said_zh}，海关可能已有记录，不能直接{how_zh}。",
    "Order {order}: the {document} is {said}, and customs may hold it, so {how} could declare it twice.",
    "请先按业务主键查询：已有记录的视为已受理，确认无记录的再重报。",
    "Ask by the business key first: if customs holds it, take it as accepted; if nothing is stored, send it again.",
    "receipt codes -301010, -621004, -621008: ask before repeating",
)
MOVE_NOT_ALLOWED = Kind(
    "move-not-allowed",
    ERROR,
    "订单 {order}：{title}{said_zh}，不能{how_zh}。",
    "Order {order}: the {document} is {said}, which does not allow {how}.",
    "可{how_zh}的情形：{allowed_zh}。{hint_zh}",
    "It is allowed when: {allowed}. {hint}",
    "receipt codes -301011, -621012, -623005; transitions of states, deduced",
)
MOVE_OTHER_KEY = Kind(
    "move-other-key",
    ERROR,
    "订单 {order}：{title}的 {name} 与已申报的不同，海关会视为另一份单证。",
    "Order {order}: {name} of the {document} is not the one that was declared; customs would take it for another document.",
    "业务主键不得修改；确需更换的，先撤销原单证再另行申报。",
    "A business key stays as it is. To change it, take the first document back and declare a new one.",
    "unified edition 2022-05, business keys; receipt code -621999",
)
LIST_NUMBER_UNKNOWN = Kind(
    "list-number-unknown",
    ERROR,
    "订单 {order}：缺少海关给出的 {name}，不能{how_zh}。",
    "Order {order}: {name}, which customs gives with its receipts, is not known, so {how} is not possible.",
    "请补齐清单回执（CEB622），或按业务主键查询。",
    "Add the receipts of the list (CEB622), or ask by the business key.",
    "unified edition 2022-05, CEB621, CEB623, CEB625; receipt codes -621031, -623003",
)
GOODS_LEFT = Kind(
    "goods-left",
    ERROR,
    "订单 {order}：货物已放行并离开监管场所，不能撤单。",
    "Order {order}: the goods were released and have left the supervised site, so the list cannot be cancelled.",
    "请办理退货（CEB625）。",
    "Declare a return (CEB625).",
    "receipt code -623005; practice",
)
RELEASE_DAY_UNKNOWN = Kind(
    "release-day-unknown",
    ERROR,
    "订单 {order}：放行日期未知，无法计算退货期限。",
    "Order {order}: the day of release is not known, so the deadlines of a return cannot be told.",
    "请补齐放行回执（CEB622，800），或直接给出放行日期。",
    "Add the receipt of the release (CEB622, 800), or give the day.",
    "GACC 2020 No. 45",
)
RETURN_LATE = Kind(
    "return-late",
    ERROR,
    "订单 {order}：{why_zh}。",
    "Order {order}: {why}.",
    "逾期不退税、不返还额度：按国内退货处理。依据：{source}。",
    "After the deadline neither tax nor quota is given back: handle it as a domestic return. Source: {source}.",
    "GACC 2020 No. 45: 30 days to apply, 45 days to have the goods back",
)
RETURN_QUANTITY = Kind(
    "return-quantity",
    ERROR,
    "订单 {order}：商品序号 {gnum} 的退货数量不符：购买 {bought}，此前已退 {before}，本次 {given}。",
    "Order {order}: line {gnum} cannot return {given}: {bought} were bought, {before} came back before.",
    "商品序号须为原清单所列，数量大于 0，历次合计不超过购买数量。",
    "Name a line of the list and a quantity above 0; all returns together are at most what was bought.",
    "unified edition 2022-05, CEB625; receipt code -625209",
    rule=24,
)
RETURN_BEFORE = Kind(
    "return-earlier-unknown",
    ERROR,
    "订单 {order}：此前已有退货申请 {numbers}，但未给出其退货数量。",
    "Order {order}: there is a return before this one, {numbers}, and its quantities were not given.",
    "请给出历次已退数量（earlier），并为本次退货另用企业内部编号。",
    "Give the quantities of the returns before (earlier), and an internal number of its own for this one.",
    "receipt codes -625022, -625033, -625209",
)
NO_REFUND = Kind(
    "no-refund",
    ERROR,
    "订单 {order}：不属于跨境电商零售进口税制，不适用退货退税。",
    "Order {order}: it was not taxed as retail import, so no return gives tax back.",
    "请按申报时适用的税制办理。",
    "Handle it by the tax that applied when it was declared.",
    "GACC 2020 No. 45",
)
ENTRY_DIFFERS = Kind(
    "entry-differs",
    ERROR,
    "订单 {order}：{name} 与同一入库明细单的其他包裹不同。",
    "Order {order}: {name} is not that of the other parcels of the warehouse entry.",
    "一份入库明细单只含同一航次、同一提运单的包裹，请分开申报。",
    "One warehouse entry holds the parcels of one crossing and one bill: declare them apart.",
    "unified edition 2022-05, CEB711",
)
ENTRY_BONDED = Kind(
    "entry-bonded",
    ERROR,
    "订单 {order}：入库明细单仅用于直购进口（9610）。",
    "Order {order}: a warehouse entry is for direct purchase (9610) only.",
    "请去掉网购保税（1210）包裹。",
    "Leave bonded parcels (1210) out.",
    "unified edition 2022-05, CEB711",
)
AREA_NO_APPLICATION = Kind(
    "area-no-application",
    ERROR,
    "{area}：该关区以本地格式申报清单，其{title}格式未知，未生成报文。",
    "{area}: its lists are declared in a format of its own, whose form of the {document} is not known; nothing is written.",
    "请在该关区平台上办理；确认接受统一版报文的，改用 area=unified。",
    "Use the area's platform; if it takes the unified edition for this, give the run area=unified.",
    "profiles of the areas",
)
APPLICATION_UNSIGNED = Kind(
    "application-not-signed",
    ERROR,
    "{title}没有签名人，未写出。",
    "The {document} has no signer and is not written.",
    "请提供申报企业的密钥。",
    "Give the declarant's key.",
    "schemas of CEB623, CEB625 and CEB711: Signature is mandatory",
)

# customs districts with formats of their own

_PROFILE = "the profile of the area: customs areas show NAME"

AREA_FIELD_MISSING = Kind(
    "area-field-missing",
    ERROR,
    "{area}：报文 {message} 要求 {name}，未提供。",
    "{area}: message {message} demands {name}, which is not given.",
    "请提供：{allowed_zh}。",
    "Give it: {allowed}.",
    _PROFILE,
)
AREA_FIELD_SEEN = Kind(
    "area-field-usual",
    WARNING,
    "{area}：报文 {message} 的 {name} 未提供；没有公布的字段表，但已知实现均填写此项。",
    "{area}: {name} of message {message} is not given. No table is published, but every known implementation fills it.",
    "请提供：{allowed_zh}；或向平台核实可以省略。",
    "Give it: {allowed}; or ask the platform whether it can be left out.",
    _PROFILE,
)
AREA_FIELD_EMPTY = Kind(
    "area-field-empty",
    ERROR,
    "{area}：报文 {message} 的 {name} 在此情形下应为空。",
    "{area}: {name} of message {message} has to be empty in this case.",
    "请省略该值。",
    "Leave it out.",
    _PROFILE,
)
AREA_FIELD_LONG = Kind(
    "area-field-too-long",
    ERROR,
    "{area}：报文 {message} 的 {name} 过长，最多 {most} 位{counted_zh}。",
    "{area}: {name} of message {message} is too long: at most {most} characters or digits{counted}.",
    "请使用较短的内容，各单证保持一致。",
    "Use a shorter one, the same in all documents.",
    _PROFILE,
)
AREA_FIELD_PLACES = Kind(
    "area-field-places",
    ERROR,
    "{area}：报文 {message} 的 {name} 小数位过多，最多 {places} 位。",
    "{area}: {name} of message {message} has too many places after the point: at most {places}.",
    "请按该位数填写，不会自动舍入。",
    "Give it with that many: it is never rounded for you.",
    _PROFILE,
)
AREA_CODE = Kind(
    "area-code",
    ERROR,
    "{area}：报文 {message} 的 {name} 没有与代码 {code} 对应的本地代码。",
    "{area}: {name} of message {message} has no local code for {code}.",
    "请核对代码；关区不支持的业务不能在此申报。",
    "Check the code: what the area has no code for cannot be declared there.",
    _PROFILE,
)
AREA_COMPANY = Kind(
    "area-company",
    ERROR,
    "{area}：未设置企业 {code} 的编号（{numbering}），报文 {message} 的 {name} 须填此编号。",
    "{area}: the number of enterprise {code} in the numbering {numbering} is not set; {name} of message {message} needs it.",
    "请在该关区的设置 companies 中提供。",
    "Set it under companies in the settings of the area.",
    _PROFILE,
)
AREA_SETTING_MISSING = Kind(
    "area-setting-missing",
    ERROR,
    "{area}：未设置 {name}。",
    "{area}: {name} is not set.",
    "请在该关区的设置中提供 {setting}。",
    "Give {setting} in the settings of the area.",
    _PROFILE,
)
AREA_FACT_FORM = Kind(
    "area-fact-form",
    ERROR,
    "{area}：{name} 的格式不正确。",
    "{area}: {name} has the wrong form.",
    "请提供：{allowed_zh}。",
    "Give {allowed}.",
    _PROFILE,
)
AREA_RULE = Kind(
    "area-rule",
    ERROR,
    "{area}：{said_zh}（规则 {rule}）。",
    "{area}: {said} (rule {rule}).",
    "请按该关区的要求更正。",
    "Correct it as the area asks.",
    _PROFILE,
)
AREA_RULE_DOUBT = Kind(
    "area-rule-doubtful",
    WARNING,
    "{area}：{said_zh}（规则 {rule}）。",
    "{area}: {said} (rule {rule}).",
    "请核对。",
    "Check it.",
    _PROFILE,
)
AREA_NOT_IN_FORCE = Kind(
    "area-not-in-force",
    WARNING,
    "{area}（{name}）的格式在 {day} 不在适用期（{days}）。",
    "The format {name} of {area} is not in force on {day} but {days}.",
    "请核对；该关区当日的格式由 customs.areas.of 给出。",
    "Check it: customs.areas.of gives the format of the day.",
    _PROFILE,
)
AREA_OTHER_OFFICE = Kind(
    "area-other-office",
    WARNING,
    "{area}（{name}）未知受理关区 {code}，已知为：{known}。",
    "{area} ({name}) is not known to serve the customs code {code}, but {known}.",
    "请核对设置与关区；该关区当日的格式为 {right}。",
    "Check settings and code: the format of that code on the day is {right}.",
    _PROFILE,
)
AREA_NOT_HERE = Kind(
    "area-not-here",
    NOTE,
    "{area}（{name}）在 {day} 不受理关区 {place}，未向其生成报文。",
    "{area} ({name}) does not serve the customs code {place} on {day}: no message is made for it.",
    "如应申报，请核对日期与关区。",
    "Check day and code, if it should be declared there.",
    _PROFILE,
)
AREA_FACT_UNKNOWN = Kind(
    "area-fact-unknown",
    WARNING,
    "没有关区使用本地字段 {name}{hint_zh}。",
    "No area that is known asks for the local fact {name}{hint}.",
    "请核对名称：customs areas show NAME 列出所需字段。",
    "Check its name: customs areas show NAME lists what an area asks for.",
    _PROFILE,
)
AREA_ELSEWHERE = Kind(
    "area-elsewhere",
    NOTE,
    "{area}：{title}不经此接口申报（{why_zh}）。",
    "{area}: the {document} is not declared through this interface: {why}.",
    "请由相应企业按其渠道申报。",
    "Its declarant sends it on a channel of its own.",
    _PROFILE,
)
AREA_BESIDE = Kind(
    "area-beside",
    NOTE,
    "{area}：同一包裹还须向 {other} 申报。",
    "{area}: the same parcel is declared to {other} as well.",
    "请在设置 beside 中给出该接口。",
    "Give its settings as beside.",
    _PROFILE,
)
GATEWAY_FAILED = Kind(
    "gateway-failed",
    ERROR,
    "{area}：报文 {message} 无法封装：{reason}。",
    "{area}: message {message} cannot be wrapped: {reason}.",
    "请检查密钥与设置后重试。",
    "Check keys and settings, and try again.",
    "customs.areas",
)
NOT_WRAPPED = Kind(
    "not-wrapped",
    NOTE,
    "{area}：未设置 {secret}，报文未按网关要求封装。",
    "{area}: {secret} is not set, so messages are written without the gateway's wrapping.",
    "发送前请提供网关密钥，或自行封装。",
    "Give it before sending, or wrap them yourself.",
    "customs.areas",
)

# order lists, goods records and the enterprise file

_INTAKE = "docs/order-lists.md"

CELL_NUMBER = Kind(
    "cell-number",
    ERROR,
    "{name} 在表格中是数字{shown_zh}：{why_zh}。",
    "{name} is a number in the table{shown}: {why}.",
    "请把整列设为“文本”格式，并从来源系统重新取得原值；不要在现有数字上补位。",
    "Format the column as text and take the value from its source again; do not mend the number itself.",
    _INTAKE,
)
CELL_ERROR = Kind(
    "cell-error",
    ERROR,
    "{name} 的单元格是表格错误值{shown_zh}。",
    "The cell of {name} holds an error of the spreadsheet{shown}.",
    "请改正公式，或直接填写其值。",
    "Mend the formula, or write its value.",
    _INTAKE,
)
CELL_UNCOMPUTED = Kind(
    "cell-uncomputed",
    ERROR,
    "{name} 的单元格是公式，文件中没有其计算结果。",
    "The cell of {name} is a formula whose value the file does not hold.",
    "请用电子表格软件打开并保存一次，或直接填写其值。",
    "Open the file in a spreadsheet program and save it, or write the value.",
    _INTAKE,
)
CELL_MERGED = Kind(
    "cell-merged",
    ERROR,
    "{name} 取自跨行或跨列的合并单元格，不能确定属于哪一行。",
    "{name} comes from a merged area over several lines, orders or columns: it is not certain to which it belongs.",
    "请取消合并，逐行填写。",
    "Unmerge the cells and fill in each row.",
    _INTAKE,
)
CELL_PLACEHOLDER = Kind(
    "cell-placeholder",
    ERROR,
    "{name} 填写了 {shown} 以表示没有值。",
    "{name} says {shown} where there is no value.",
    "没有值的单元格请留空；必填项请填写实际值。",
    "Leave the cell empty, or give the value where it is required.",
    _INTAKE,
)
CELL_MIDNIGHT = Kind(
    "cell-midnight",
    WARNING,
    "{name} 恰为零点，单元格可能只有日期、没有时间。",
    "{name} is exactly midnight: the cell may hold a day without its time.",
    "请核对；应填写实际时间。",
    "Check it, and give the real time.",
    _INTAKE,
)
ROW_HIDDEN = Kind(
    "row-hidden",
    ERROR,
    "第 {row} 行被隐藏（手工隐藏或筛选）：既不申报，也不默默略去。",
    "Row {row} is hidden, by hand or by a filter: it is neither declared nor left out in silence.",
    "请取消隐藏或筛选；不申报的行请删除。",
    "Show the row, or delete it if it is not to be declared.",
    _INTAKE,
)
ROW_BEYOND = Kind(
    "row-beyond",
    ERROR,
    "第 {row} 行在最后一个表头之后还有值，各列可能已错位。",
    "Row {row} has a value beyond the last heading: its columns may be shifted.",
    "请检查该行是否多出逗号或分隔符，含逗号的文本应加双引号。",
    "Look for a comma too many: a text that has one stands in double quotes.",
    _INTAKE,
)
ROW_REPEATED = Kind(
    "row-repeated",
    ERROR,
    "第 {row} 行与同一订单的第 {first} 行完全相同，可能被重复粘贴。",
    "Row {row} says the same as row {first} of its order, as if pasted twice.",
    "重复的请删除；确实购买多件的，请合并为一行并填写总数量。",
    "Delete it; if more was really bought, give the whole quantity in one row.",
    _INTAKE,
)
ORDER_AGAIN = Kind(
    "order-again",
    ERROR,
    "第 {row} 行与前面的行相隔，再次出现该订单的货号 {sku}（第 {first} 行已有），可能是订单被重复录入或修改后未删旧行。",
    "Row {row}, apart from the rows above, has SKU {sku} of the order again, which row {first} has: the order may be there twice.",
    "请删除作废的行；确实购买两次的，请与该订单的其他行放在一起。",
    "Delete the rows that no longer count; if it was bought twice, put the row beside those of its order.",
    _INTAKE,
)
SKU_TWICE = Kind(
    "sku-twice",
    WARNING,
    "第 {row} 行与同一订单的第 {first} 行货号相同：{sku}。",
    "Row {row} has the same SKU as row {first} of its order: {sku}.",
    "请核对是否为重复行；同一货号同价的商品宜合并为一行。",
    "Check that neither is a repetition; goods of one SKU and price are better one line.",
    _INTAKE,
)
ROW_OTHER = Kind(
    "row-not-an-order",
    ERROR,
    "第 {row} 行不是订单行，而是{what_zh}。",
    "Row {row} is no line of an order but {what}.",
    "请删除该行。",
    "Delete the row.",
    _INTAKE,
)
ORDER_NO_ABSENT = Kind(
    "order-no-absent",
    ERROR,
    "第 {row} 行有内容，但没有订单编号。",
    "Row {row} has values but no order number.",
    "请填写订单编号；合计、说明等行请删除。",
    "Give the order number; delete rows of totals and remarks.",
    _INTAKE,
)
ROW_LOOSE = Kind(
    "order-row-loose",
    ERROR,
    "与该订单相邻的第 {row} 行没有可用的订单编号，可能是本订单的商品。",
    "Row {row}, beside this order, has no order number that can be taken and may be one of its lines.",
    "请在该行填写订单编号，或删除该行。",
    "Give that row its order number, or delete it.",
    _INTAKE,
)
ORDER_ALIKE = Kind(
    "order-no-alike",
    ERROR,
    "订单编号与第 {row} 行的订单编号仅有空格、大小写或全角之别，可能是同一订单。",
    "The order number differs from that of row {row} only in blanks, case or width: both may be one order.",
    "请核对并统一写法；订单的商品不得分开申报。",
    "Check both and write them alike; the lines of one order are declared together.",
    _INTAKE,
)
ROWS_DIFFER = Kind(
    "rows-differ",
    ERROR,
    "同一订单的各行{name} 不一致：{one_zh}，{other_zh}。",
    "{name} differs between rows of the order: {one}, {other}.",
    "一个订单只有一个值：请改正，或在其余行留空；不同订单请用不同的订单编号。",
    "An order has one value: mend it, or leave the other rows empty. Different orders have different numbers.",
    _INTAKE,
)
SOURCES_DIFFER = Kind(
    "sources-differ",
    ERROR,
    "{name} 有两个来源且不一致：{one_zh}，{other_zh}。",
    "{name} is given twice and differs: {one}, {other}.",
    "请改正其中之一，或只保留一处。",
    "Mend one of them, or keep one only.",
    _INTAKE,
)
SKU_ABSENT = Kind(
    "sku-absent",
    ERROR,
    "没有货号 SKU，且未填写商品资料。",
    "The line has no SKU and no goods facts of its own.",
    "请填写商品备案表中的货号。",
    "Give a SKU of the goods records.",
    _INTAKE,
)
SKU_UNKNOWN = Kind(
    "sku-unknown",
    ERROR,
    "商品备案表中没有货号 {sku}{near_zh}。",
    "The goods records have no SKU {sku}{near}.",
    "请核对货号（大小写、空格、开头的 0），或先补充商品备案。",
    "Check its case, blanks and leading zeros, or add the record first.",
    _INTAKE,
)
GOODS_UNUSABLE = Kind(
    "goods-record-unusable",
    ERROR,
    "货号 {sku} 的商品备案不能使用：{why_zh}。",
    "The record of SKU {sku} cannot be used: {why}.",
    "请改正商品备案；用 customs goods check 检查整份备案。",
    "Mend the record; customs goods check looks at all of them.",
    _INTAKE,
)
GOODS_STATE = Kind(
    "goods-not-approved",
    ERROR,
    "货号 {sku} 的备案状态为“{state_zh}”，不得申报。",
    "The record of SKU {sku} is {state}: the goods may not be declared.",
    "请待备案通过并更新商品备案表后再申报。",
    "Declare them once the record is approved and the table says so.",
    _INTAKE,
)
GOODS_DAY = Kind(
    "goods-record-not-valid",
    ERROR,
    "货号 {sku} 的备案在 {day} 不在有效期内（{from_zh}{until_zh}）。",
    "The record of SKU {sku} is not valid on {day}{from_en}{until_en}.",
    "请更新商品备案及其有效期。",
    "Renew the record and its days.",
    _INTAKE,
)
GOODS_BOOK = Kind(
    "goods-other-book",
    ERROR,
    "货号 {sku} 备案于账册 {book}，而申报使用账册 {other}。",
    "SKU {sku} is on record in account book {book}, and the parcel is declared under {other}.",
    "请使用该账册的备案料号，或改正账册编号。",
    "Use the record number of that book, or mend the book's number.",
    _INTAKE,
)
LEGAL_PLACES = Kind(
    "legal-quantity-places",
    ERROR,
    "{name} 按备案换算为 {quantity}，超过 5 位小数。",
    "{name} by the record is {quantity}, which has more than 5 decimals.",
    "请核对商品备案中的法定数量换算；法定数量不作舍入。",
    "Check the conversion in the goods record; a legal quantity is not rounded.",
    _INTAKE,
)
SHOP_UNKNOWN = Kind(
    "shop-unknown",
    ERROR,
    "没有店铺{shown_zh}的企业档案。",
    "No profile of the enterprise is for the shop{shown}.",
    "请填写以下之一：{known}。",
    "Give one of: {known}.",
    _INTAKE,
)
SHOP_ABSENT = Kind(
    "shop-absent",
    ERROR,
    "有多个企业档案，订单未说明店铺。",
    "There are several profiles of the enterprise, and the order names no shop.",
    "请在“店铺”列填写以下之一：{known}。",
    "Give one of these in the column shop: {known}.",
    _INTAKE,
)


# goods records as a whole

_GOODS = "docs/goods-records.md"

GOODS_FACT = Kind(
    "goods-fact",
    ERROR,
    "货号 {sku} 的{name} 不可用：{why_zh}。",
    "SKU {sku}: {name} cannot be used, {why}.",
    "请在商品备案表中改正。",
    "Correct it in the goods list.",
    _GOODS,
)
GOODS_PRICE = Kind(
    "goods-price-far",
    WARNING,
    "单价 {given} 元与备案单价 {recorded} 元相差超过 {most}%。",
    "The price of {given} CNY is more than {most} % from the {recorded} CNY on record.",
    "请核对价格；确有变动的，先变更备案单价。",
    "Check the price; if it has really changed, change the record first.",
    _GOODS,
)
GOODS_EXPIRES = Kind(
    "goods-record-expires",
    WARNING,
    "货号 {sku} 的备案将于 {day} 到期，还有 {left} 天。",
    "The record of SKU {sku} ends on {day}, in {left} days.",
    "请及时办理备案延期。",
    "Have the record extended in time.",
    _GOODS,
)
GOODS_FROZEN = Kind(
    "goods-record-frozen",
    ERROR,
    "货号 {sku} 的备案已用于申报，{name} 不得由 {before} 变更为 {after}。",
    "The record of SKU {sku} has been declared: {name} may not change from {before} to {after}.",
    "请撤回变更，或以新货号、新备案料号另行备案。",
    "Take the change back, or put the goods on record anew with a SKU and record number of their own.",
    _GOODS,
)
GOODS_LACKS = Kind(
    "goods-lacks",
    WARNING,
    "货号 {sku} 的备案缺少 {names}。",
    "The record of SKU {sku} lacks {names}.",
    "请补充；否则须由订单表逐行给出。",
    "Add it; otherwise the order list has to give it in every row.",
    _GOODS,
)
GOODS_UNITS_DIFFER = Kind(
    "goods-units-differ",
    WARNING,
    "商品编码 {hs_code}：货号 {sku} 的法定单位为 {given}，货号 {other} 为 {expected}；税率表中没有该编码，无法核对。",
    "Commodity code {hs_code}: SKU {sku} has the statutory units {given}, SKU {other} has {expected}, and no rate tells "
    "which is right.",
    "同一商品编码的法定单位相同，请按税则核对，并使用含该编码的税率表。",
    "A commodity code has the same units for all goods: check the tariff, and use a rate table that has the code.",
    _GOODS,
)
GOODS_SECOND_UNIT = Kind(
    "goods-second-unit",
    ERROR,
    "货号 {sku} 的第二法定单位不完整：{why_zh}。",
    "The second statutory unit of SKU {sku} is incomplete: {why}.",
    "第二法定单位与其换算应同时填写或同时为空。",
    "Give the second unit and its conversion, or neither.",
    "receipt code -625009",
)
GOODS_CONVERSION = Kind(
    "goods-conversion",
    ERROR,
    "货号 {sku} 的{name} 为 {given}，应为 {expected}：{why_zh}。",
    "SKU {sku}: {name} is {given} and would be {expected}, {why}.",
    "请改正换算或单位。",
    "Correct the conversion or the unit.",
    _GOODS,
)
GOODS_NOT_CONVERTED = Kind(
    "goods-not-converted",
    WARNING,
    "货号 {sku} 的法定单位 {unit} 与成交单位不同，但没有{name}。",
    "SKU {sku} has the statutory unit {unit}, which is not the traded unit, and no {name}.",
    "请填写一个成交单位折合的法定数量；否则须由订单表给出法定数量。",
    "Give the statutory quantity of one traded unit; otherwise the order list has to give the quantity.",
    _GOODS,
)
GOODS_CONTENT = Kind(
    "goods-content",
    WARNING,
    "货号 {sku} 的{name} 为 {given}，而净含量“{content}”为 {expected}。",
    "SKU {sku}: {name} is {given}, and the net content {content} is {expected}.",
    "法定数量按净含量填写，不含包装；请核对。化妆品按此数量判定是否征收消费税。",
    "The statutory quantity is the net content without its packaging: check it. For cosmetics it decides on consumption tax.",
    "GACC announcement 55 of 2016",
)
GOODS_TWICE = Kind(
    "goods-twice",
    WARNING,
    "货号 {sku} 与 {other} 的{name} 相同。",
    "SKU {sku} has the same {name} as {other}.",
    "如为同一商品请合并，否则请核对。",
    "Put them together if they are the same goods, otherwise check.",
    _GOODS,
)
GOODS_ALIKE = Kind(
    "goods-alike",
    WARNING,
    "货号 {sku} 与 {other} 疑似同一商品（{why_zh}），税负不同：{given_zh}；{expected_zh}。",
    "SKU {sku} looks like {other} ({why}) and is taxed otherwise: {given}; {expected}.",
    "请核对归类与净含量；归类由申报企业负责。",
    "Check classification and net content, for which the declarant is responsible.",
    "Cai Guan Shui [2016] 48",
)


#: Every kind of finding.
KINDS = (
    JSON,
    SOURCE_DAMAGED,
    NOT_AN_OBJECT,
    MISSING,
    EMPTY,
    LONG,
    MANY,
    FORM,
    CHARACTERS,
    UNKNOWN,
    TWICE,
    REPEATED,
    MORE,
    TOO_LARGE,
    BLANK,
    CODE_UNKNOWN,
    MODE_LATER,
    CODE_DOUBTFUL,
    ITEM_NO_LENGTH,
    NEGATIVE,
    NOT_POSITIVE,
    PRICE_ZERO,
    CANNOT_DERIVE,
    OVERFLOW,
    PAID_SUM,
    PAYMENT_AMOUNT,
    LINE_TOTAL,
    GOODS_VALUE,
    CURRENCY,
    ID_TYPE,
    CONSIGNEE,
    PAYER,
    PAYER_SPELLING,
    BUYER,
    PAYMENT_COMPANY,
    LINES_DIFFER,
    DUPLICATE,
    DECLARED_BEFORE,
    PACKAGES,
    NET_WEIGHT,
    SECOND_QTY,
    LINE_NUMBERS,
    BONDED_FIELD,
    BONDED_EXTRA,
    BONDED_COUNTRY,
    DIRECT_FIELD,
    AMENDED,
    ZONE_FIELD,
    TRANSPORT_FIELD,
    PAYMENT_FORM,
    RESULT_LINE,
    PERIOD,
    NOTHING_TO_CONSOLIDATE,
    GUARANTOR,
    SINGLE_LIMIT,
    FULL_TAX,
    YEARLY_LIMIT,
    DECLARANT,
    DECLARANT_NAME,
    DECLARANT_UNKNOWN,
    SIGNER,
    SIGNER_UNKNOWN,
    FREIGHT,
    TAX_TOTAL,
    RATE_MISSING,
    TARIFF_MISSING,
    QUANTITY_MISSING,
    EXCHANGE_MISSING,
    NO_LAW,
    LEGAL_UNIT,
    BATTERY_CLASS,
    LEGAL_QUANTITY,
    SPREADSHEET_NUMBER,
    GARBLED,
    BLANKS,
    ENTERPRISE_CODE,
    MASKED,
    TELEPHONE,
    DXP_ID,
    DISTRICT,
    DIRECT_FROM_CHINA,
    BONDED_BY_AIR,
    WEIGHT_DOUBTFUL,
    PIECES,
    PAID_LATER,
    NEW_NUMBERED,
    QUANTITIES_DIFFER,
    KILOGRAMS,
    TARIFF_UNIT,
    ID_NUMBER,
    NOT_REGISTERED,
    PARTY_NAME,
    ORDER_OF_TWO_CHANNELS,
    ORDER_NUMBER_OF_TWO_CHANNELS,
    PARTY_DAYS,
    PARTY_DXP,
    PARTY_APART,
    GOODS_NOT_ON_RECORD,
    GOODS_DIFFER,
    BOOK_SHORT,
    GUARANTEE_SHORT,
    UNSIGNED,
    LIST_UNSIGNED,
    NOT_SIGNED,
    DOCUMENT_TOO_LARGE,
    AREA_FIELD_MISSING,
    AREA_FIELD_SEEN,
    AREA_FIELD_EMPTY,
    AREA_FIELD_LONG,
    AREA_FIELD_PLACES,
    AREA_CODE,
    AREA_COMPANY,
    AREA_SETTING_MISSING,
    AREA_FACT_FORM,
    AREA_RULE,
    AREA_RULE_DOUBT,
    AREA_NOT_IN_FORCE,
    AREA_OTHER_OFFICE,
    AREA_NOT_HERE,
    AREA_FACT_UNKNOWN,
    AREA_ELSEWHERE,
    AREA_BESIDE,
    GATEWAY_FAILED,
    NOT_WRAPPED,
    MOVE_IN_FLIGHT,
    MOVE_UNCERTAIN,
    MOVE_NOT_ALLOWED,
    MOVE_OTHER_KEY,
    LIST_NUMBER_UNKNOWN,
    GOODS_LEFT,
    RELEASE_DAY_UNKNOWN,
    RETURN_LATE,
    RETURN_QUANTITY,
    RETURN_BEFORE,
    NO_REFUND,
    ENTRY_DIFFERS,
    ENTRY_BONDED,
    AREA_NO_APPLICATION,
    APPLICATION_UNSIGNED,
    CELL_NUMBER,
    CELL_ERROR,
    CELL_UNCOMPUTED,
    CELL_MERGED,
    CELL_PLACEHOLDER,
    CELL_MIDNIGHT,
    ROW_HIDDEN,
    ROW_BEYOND,
    ROW_REPEATED,
    ORDER_AGAIN,
    SKU_TWICE,
    ROW_OTHER,
    ORDER_NO_ABSENT,
    ROW_LOOSE,
    ORDER_ALIKE,
    ROWS_DIFFER,
    SOURCES_DIFFER,
    SKU_ABSENT,
    SKU_UNKNOWN,
    GOODS_UNUSABLE,
    GOODS_STATE,
    GOODS_DAY,
    GOODS_BOOK,
    LEGAL_PLACES,
    SHOP_UNKNOWN,
    SHOP_ABSENT,
    GOODS_FACT,
    GOODS_PRICE,
    GOODS_EXPIRES,
    GOODS_FROZEN,
    GOODS_LACKS,
    GOODS_UNITS_DIFFER,
    GOODS_SECOND_UNIT,
    GOODS_CONVERSION,
    GOODS_NOT_CONVERTED,
    GOODS_CONTENT,
    GOODS_TWICE,
    GOODS_ALIKE,
)

#: Every kind by its code.
CATALOGUE: dict[str, Kind] = {each.code: each for each in KINDS}
