"""The code lists (代码表): name in Chinese and English, the fields that use it, source, date.

>>> LISTS["districts"].state, LISTS["districts"].open
('2025', True)
"""

from typing import NamedTuple

#: Schemas and text of the unified edition.
EDITION = "unified edition"

#: Parameters of the customs administration. General trade has other codes since 2018; retail import kept these.
PARAMETERS = "parameters of the customs administration"


class About(NamedTuple):
    """A code list: names, wire names of the fields that use it, source, and the year or month of its content.

    An ``open`` list is incomplete or changes often: an unknown code is a warning there, not an error.
    """

    zh: str
    en: str
    used_by: str
    source: str
    state: str
    open: bool = False


#: Every list by its name.
LISTS: dict[str, About] = {
    "app_types": About("报送类型", "kinds of submission", "appType", EDITION, "2022-05"),
    "app_statuses": About("业务状态", "states of a submission", "appStatus", EDITION, "2022-05"),
    "order_types": About("订单类型", "kinds of order", "orderType", EDITION, "2022-05"),
    "id_types": About("证件类型", "identity documents", "buyerIdType, payerIdType", EDITION, "2022-05"),
    "ie_flags": About("进出口标记", "import or export", "ieFlag", EDITION, "2022-05"),
    "delivery_statuses": About("物流运单状态", "states of delivery", "logisticsStatus", EDITION, "2022-05"),
    "tax_statuses": About("税单状态", "states of a tax bill", "status", EDITION, "2022-05"),
    "declaration_kinds": About(
        "申报业务类型", "simplified or consolidated declaration", "statisticsFlag", EDITION, "2022-05"
    ),
    "fee_flags": About("费用标志", "how freight and insurance are stated", "fFlag, iFlag", EDITION, "2022-05"),
    "summary_flags": About("汇总标志", "grouping of a consolidated declaration", "summaryFlag", EDITION, "2022-05"),
    "item_name_flags": About(
        "按商品名汇总标志", "grouping by the name of the goods", "itemNameFlag", EDITION, "2022-05"
    ),
    "dxp_modes": About("报文传输模式", "ways of transmission", "dxpMode", EDITION, "2022-05"),
    "subscribe_statuses": About("订阅状态", "what a subscriber receives", "status", EDITION, "2022-05"),
    "trade_modes": About("贸易方式（进口）", "trade modes of retail import", "tradeMode", EDITION, "2022-05"),
    "export_trade_modes": About("贸易方式（出口）", "trade modes of the export side", "tradeMode", EDITION, "2022-05"),
    "supervision_modes": About("监管方式", "all supervision modes of customs", "", PARAMETERS, "2025"),
    "transport_modes": About("运输方式", "modes of transport", "trafMode", PARAMETERS, "2018"),
    "wrap_types": About("包装种类", "kinds of packaging, one digit", "wrapType", PARAMETERS, "2018"),
    "wrap_types_2018": About(
        "包装种类（两位码）", "kinds of packaging in general-trade declarations", "", PARAMETERS, "2018"
    ),
    "currencies": About("币制", "currencies", "currency, fCurrency, iCurrency", PARAMETERS, "2018"),
    "countries": About("国别（地区）", "countries and regions", "country, tradeCountry", PARAMETERS, "2018"),
    "units": About("计量单位", "units", "unit, unit1, unit2", PARAMETERS, "2018"),
    "districts": About(
        "关区代码",
        "customs districts and their offices",
        "customsCode, portCode",
        "three tables, merged",
        "2025",
        open=True,
    ),
    "return_statuses": About("回执状态", "status of a document", "returnStatus", EDITION, "2022-05", open=True),
    "return_info_codes": About(
        "回执信息代码",
        "codes inside the text of a receipt",
        "returnInfo",
        "published receipts and code",
        "2023",
        open=True,
    ),
    "dxp_errors": About(
        "数据交换平台错误代码",
        "errors of the exchange platform",
        "ResponseCode",
        f"{EDITION}, table 7-1",
        "2022-05",
        open=True,
    ),
    "export_errors": About(
        "出口业务报文错误代码",
        "errors of the export side, by ranges",
        "returnStatus",
        "unified edition of 2018",
        "2018",
        open=True,
    ),
    "business_errors": About(
        "业务报文错误代码",
        "errors of the import side, negative return statuses",
        "returnStatus",
        f"{EDITION}, table 7-2",
        "2022-05",
        open=True,
    ),
}

#: Lists that are known to be incomplete or to change: an unknown code is a warning there, an error elsewhere.
OPEN_LISTS = frozenset(name for name, about in LISTS.items() if about.open)
