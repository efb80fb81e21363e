"""Number formats of other currencies (外币格式): a cell that shows ``$99.50`` holds the number 99.5, which is no yuan.

>>> currency_of("[$$-409]#,##0.00"), currency_of('"US$"0.00'), currency_of("[$¥-411]0"), currency_of("[$€-2] 0.00")
('$', 'US$', 'JPY', '€')
>>> currency_of('"¥"#,##0.00'), currency_of("[$¥-804]0.00"), currency_of("[$-804]yyyy"), currency_of("0.00_ ")
('', '', '', '')
"""

import re

_YUAN = frozenset({"¥", "￥", "元", "CNY", "RMB", "人民币"})

#: A currency with the language of a country, as Excel writes it; a language alone is none.
_CURRENCY = re.compile(r"\[\$([^\]-]{1,8})(?:-([0-9A-Fa-f]{1,8}))?\]")

#: The language of Japan, where the sign of the yuan means the yen.
_JAPAN = "411"

_SIGN = re.compile(r"(?:US|HK|NT|A|C|S)?\$|[€£₩₽₹฿]|\b(?:USD|EUR|HKD|JPY|GBP|AUD|KRW)\b", re.IGNORECASE)


def currency_of(number_format: str) -> str:
    """Return the currency other than the yuan that a number format shows, an empty text if it shows none."""
    shown = number_format.partition(";")[0]
    if found := _CURRENCY.search(shown):
        sign, language = found[1].strip(), (found[2] or "").lstrip("0")
        if sign in _YUAN:
            return "JPY" if language == _JAPAN else ""
        return sign
    sign = _SIGN.search(re.sub(r"\[[^\]]*\]", "", shown))
    return sign[0] if sign else ""
