r"""Terms of settling payments in a file (对账参数): how long things may take, what is registered and agreed.

>>> terms = read_terms("terms.toml", 'declare_within = 2\nmerchants = ["1999000001"]\n[companies]\n"4403169D3W" = "wechat"')
>>> terms.declare_within.days, sorted(terms.merchants), dict(terms.companies)
(2, ['1999000001'], {'4403169D3W': 'wechat'})
"""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from customs.fields.frozen import FrozenDict
from customs.intake.sheets import SheetError
from customs.ledger.settlements.bill_rows import Company
from customs.ledger.settlements.payment_case import SettlementTerms

_KEYS = ("declare_within", "refund_within", "merchants", "rates", "companies")

_COMPANIES: tuple[Company, ...] = ("wechat", "alipay")

#: The longest time that may be given, in days.
_MOST_DAYS = 366


class SettlementTermsError(SheetError):
    """Terms that are not as they must be: which key, and what it takes, in English and Chinese."""


def load_terms(path: Path) -> SettlementTerms:
    """Return the terms of a TOML file. Raises ``SettlementTermsError``, ``OSError``."""
    return read_terms(path.name, path.read_text(encoding="utf-8"))


def read_terms(name: str, text: str) -> SettlementTerms:
    """Return terms from their TOML. Raises ``SettlementTermsError``."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettlementTermsError(f"{name} is no TOML: {error}", f"{name} 不是有效的 TOML：{error}") from None
    if unknown := sorted(data.keys() - {*_KEYS}):
        raise _wrong(name, unknown[0], f"one of {', '.join(_KEYS)}")
    merchants = data.get("merchants", [])
    if not isinstance(merchants, list) or not all(isinstance(each, str) for each in merchants):
        raise _wrong(name, "merchants", 'a list of numbers such as ["1999000001"]')
    return SettlementTerms(
        declare_within=_days(name, "declare_within", data.get("declare_within", 3)),
        refund_within=_days(name, "refund_within", data.get("refund_within", 7)),
        merchants=frozenset(merchants),
        rates=FrozenDict({each: _rate(name, each, rate) for each, rate in _table(name, "rates", data).items()}),
        companies=FrozenDict(
            {code: _company(name, code, each) for code, each in _table(name, "companies", data).items()}
        ),
    )


def _wrong(name: str, key: str, allowed: str) -> SettlementTermsError:
    return SettlementTermsError(f"{name}, {key}: must be {allowed}", f"{name} 的 {key} 应为：{allowed}")


def _table(name: str, key: str, data: Mapping[str, object]) -> Mapping[str, object]:
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise _wrong(name, key, f"a table [{key}]")
    return found


def _days(name: str, key: str, value: object) -> timedelta:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_DAYS:
        raise _wrong(name, key, f"a whole number of days from 0 to {_MOST_DAYS}")
    return timedelta(days=value)


def _rate(name: str, key: str, value: object) -> Decimal:
    try:
        found = Decimal(value) if isinstance(value, str) else Decimal("nan")
    except ArithmeticError:
        found = Decimal("nan")
    if not found.is_finite() or not 0 <= found < 1:
        raise _wrong(name, f"rates.{key}", 'a rate as text, such as "0.006"')
    return found


def _company(name: str, key: str, value: object) -> Company:
    found: Company | None = next((each for each in _COMPANIES if each == value), None)
    if found is None:
        raise _wrong(name, f"companies.{key}", f"one of {', '.join(_COMPANIES)}")
    return found
