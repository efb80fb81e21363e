"""Payment agencies (支付机构) that send the payer's document CEB411: WeChat Pay and Alipay, asked by a platform.

A platform asks the agency to declare a payment to a place of customs; the agency knows the payer and declares it. This
room holds the requests, the places with their calls in order, the signatures and the answers. It sends nothing. Sources
are in ``customs_places.toml`` and in the modules; verify what is marked as general knowledge against the agency's page.

>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> numbers = {"GUANGZHOU_NS_GJ": "000000001", "GUANGZHOU_ZS": "4401000000"}
>>> calls = calls_for("wechat", "GUANGZHOU_NS_GJ", lambda place: wechat_request(
...     parcel, place, WechatMerchant("wx0", "1", numbers[place.code])))
>>> [(each.place, each.merchant_customs_no) for each in calls]
[('GUANGZHOU_NS_GJ', '000000001'), ('GUANGZHOU_ZS', '4401000000')]
>>> calls[0].identity
WechatIdentity(certificate_type='IDCARD', certificate_no='***', name='***')
"""

from customs.payments.agencies.alipay import (
    AlipayAnswer,
    AlipayIdentity,
    AlipayRequest,
    answer_of_alipay,
    read_alipay,
    write_alipay,
)
from customs.payments.agencies.answers import AgencyAnswerError
from customs.payments.agencies.customs_places import (
    Agency,
    Basis,
    Place,
    Route,
    UnknownPlaceError,
    about,
    calls_for,
    place,
    places_for,
    places_in_order,
    places_of,
    places_of_codes,
)
from customs.payments.agencies.from_declaration import (
    AlipayMerchant,
    MissingFactsError,
    WechatMerchant,
    alipay_request,
    wechat_request,
)
from customs.payments.agencies.signatures import (
    AlipayKey,
    Md5Key,
    Rsa2Key,
    RsaKey,
    UnsignableError,
    alipay_md5_signature,
    alipay_rsa_signature,
    joined,
    wechat_md5_signature,
    wechat_signature_holds,
)
from customs.payments.agencies.wechat import (
    DECLARE_PATH,
    QUERY_PATH,
    REDECLARE_PATH,
    WechatIdentity,
    WechatQuery,
    WechatRedeclaration,
    WechatRequest,
    WechatSplit,
    write_wechat,
)
from customs.payments.agencies.wechat_answers import (
    IdentityCheck,
    VerifyDepartment,
    WechatAnswer,
    WechatState,
    answer_of_wechat,
    read_wechat,
    read_wechat_query,
)
from customs.payments.agencies.yuan_and_fen import fen_of, yuan_digits, yuan_of

__all__ = [
    "DECLARE_PATH",
    "QUERY_PATH",
    "REDECLARE_PATH",
    "Agency",
    "AgencyAnswerError",
    "AlipayAnswer",
    "AlipayIdentity",
    "AlipayKey",
    "AlipayMerchant",
    "AlipayRequest",
    "Basis",
    "IdentityCheck",
    "Md5Key",
    "MissingFactsError",
    "Place",
    "Route",
    "Rsa2Key",
    "RsaKey",
    "UnknownPlaceError",
    "UnsignableError",
    "VerifyDepartment",
    "WechatAnswer",
    "WechatIdentity",
    "WechatMerchant",
    "WechatQuery",
    "WechatRedeclaration",
    "WechatRequest",
    "WechatSplit",
    "WechatState",
    "about",
    "alipay_md5_signature",
    "alipay_request",
    "alipay_rsa_signature",
    "answer_of_alipay",
    "answer_of_wechat",
    "calls_for",
    "fen_of",
    "joined",
    "place",
    "places_for",
    "places_in_order",
    "places_of",
    "places_of_codes",
    "read_alipay",
    "read_wechat",
    "read_wechat_query",
    "wechat_md5_signature",
    "wechat_request",
    "wechat_signature_holds",
    "write_alipay",
    "write_wechat",
    "yuan_digits",
    "yuan_of",
]
