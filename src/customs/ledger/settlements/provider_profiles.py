"""Profiles of providers (服务商账单配置): how a carrier or warehouse writes its bill, and what was agreed with it.

No two of them have the same bill, so that columns, divisors, steps and prices are data in a TOML file. ``carrier_halves``
and ``carrier_tenths`` are shipped as examples of freight, ``storage``, ``work`` and ``packaging`` for the others; copy one
and fill in the contract.

>>> profile = provider_profile("carrier_halves")
>>> profile.kind, profile.columns["waybill"][0], profile.contracts[0].rule.divisor
('freight', '运单号', 6000)
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from customs.fields.frozen import FrozenDict
from customs.intake.sheets import SheetError
from customs.ledger.settlements.weights import FreightPrice, WeighingRule, WeightStep

#: The kinds of bills: 运费, 仓租, 增值作业, 包材.
ChargeKind = Literal["freight", "storage", "work", "packaging"]

_KINDS: tuple[ChargeKind, ...] = ("freight", "storage", "work", "packaging")

#: The words of columns by kind: those that a bill must have first.
COLUMN_WORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "freight": (
        ("waybill", "chargeable", "amount"),
        ("day", "province", "actual", "length", "width", "height", "volume", "first fee", "more fee", "surcharge",
         "insurance", "discount", "return fee"),
    ),
    "storage": (("sku", "day", "quantity"), ("amount",)),
    "work": (("order", "work", "quantity"), ("amount", "day")),
    "packaging": (("waybill", "material", "quantity"), ("amount", "day")),
}  # fmt: skip

#: The words of the enterprise's own figures by kind.
OWN_WORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "freight": (
        ("waybill",),
        ("day", "theory", "scale", "declared", "length", "width", "height", "left", "collected", "province"),
    ),
    "storage": (("sku", "day", "quantity"), ()),
    "work": (("order", "work", "quantity"), ("day",)),
    "packaging": (("waybill", "material", "quantity"), ("day",)),
}

#: The words that make the number of a line.
KEYS: Mapping[str, tuple[str, ...]] = {
    "freight": ("waybill",), "storage": ("sku", "day"), "work": ("order", "work"), "packaging": ("waybill", "material"),
}  # fmt: skip

_SHIPPED = ("carrier_halves", "carrier_tenths", "storage", "work", "packaging")


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightContract:
    """The terms agreed with a carrier from a day on."""

    since: date
    rule: WeighingRule
    first_weight: Decimal
    prices: tuple[FreightPrice, ...]
    discount: Decimal | None = None
    """The share of the price that is paid, such as 0.9; None takes that of the bill."""

    def price_to(self, province: str) -> FreightPrice | None:
        """Return the price to a province, None if nothing was agreed."""
        named = [each for each in self.prices if province in each.to]
        return next(iter(named or [each for each in self.prices if not each.to]), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProfile:
    """A provider: its bill, the enterprise's own figures beside it, contracts and tolerances."""

    name: str
    kind: ChargeKind
    columns: Mapping[str, tuple[str, ...]]
    own: Mapping[str, tuple[str, ...]]
    contracts: tuple[FreightContract, ...] = ()
    subscribed: frozenset[str] = frozenset()
    """Materials and work that were agreed; none means that all were."""
    tolerances: Mapping[str, Decimal] = FrozenDict()
    """``weight`` in kg, ``volume_factor``, ``scale`` and ``declared`` as shares, ``amount`` in CNY."""

    def contract_on(self, day: date | None) -> FreightContract | None:
        """Return the contract of a day, or the newest one without a day; None before the first."""
        found = [each for each in self.contracts if day is None or each.since <= day]
        return max(found, key=lambda each: each.since, default=None)


class ProviderProfileError(SheetError):
    """A profile that is not as it must be: which key, and what it takes, in English and Chinese."""


def provider_profile(name_or_path: str | Path) -> ProviderProfile:
    """Return a shipped profile by its name, or the one of a TOML file. Raises ``ProviderProfileError``, ``OSError``."""
    name = str(name_or_path)
    if name in _SHIPPED:
        text = files("customs.ledger.settlements").joinpath("profiles", f"{name}.toml").read_text(encoding="utf-8")
    elif not name.endswith(".toml"):
        raise ProviderProfileError(
            f"there is no profile {name}: give the path of a TOML file, or one of {', '.join(_SHIPPED)}",
            f"没有名为 {name} 的服务商配置，请给出 TOML 文件路径，或选用 {'、'.join(_SHIPPED)}",
        )
    else:
        text = Path(name).read_text(encoding="utf-8")
    return read_profile(Path(name).stem, text)


def read_profile(name: str, text: str) -> ProviderProfile:
    """Return a profile from its TOML. Raises ``ProviderProfileError``."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProviderProfileError(
            f"{name}.toml is no TOML: {error}", f"{name}.toml 不是有效的 TOML：{error}"
        ) from None
    kind: ChargeKind | None = next((each for each in _KINDS if each == data.get("kind")), None)
    if kind is None:
        raise _wrong(name, "kind", f"one of {', '.join(_KINDS)}")
    contracts = tuple(_contract(name, at, each) for at, each in enumerate(_tables(name, data, "contract")))
    tolerances = data.get("tolerances", {})
    return ProviderProfile(
        name=str(data.get("provider", name)),
        kind=kind,
        columns=_columns(name, "columns", data.get("columns"), COLUMN_WORDS[kind]),
        own=_columns(name, "own", data.get("own"), OWN_WORDS[kind]),
        contracts=contracts,
        subscribed=frozenset(map(str, data.get("subscribed", ()))),
        tolerances=FrozenDict(
            {word: _decimal(name, f"tolerances.{word}", value, ("0", "1000")) for word, value in tolerances.items()}
        ),
    )


def _wrong(name: str, key: str, allowed: str) -> ProviderProfileError:
    return ProviderProfileError(f"{name}.toml, {key}: must be {allowed}", f"{name}.toml 的 {key} 应为：{allowed}")


def _tables(name: str, data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _wrong(name, key, f"tables [[{key}]]")
    return found


def _columns(
    name: str, key: str, data: object, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    needed, others = words
    if not isinstance(data, dict):
        raise _wrong(name, key, f"a table [{key}] with the headings of {', '.join(needed)}")
    if unknown := sorted(data.keys() - {*needed, *others}):
        raise _wrong(name, f"{key}.{unknown[0]}", f"one of {', '.join((*needed, *others))}")
    if missing := [each for each in needed if each not in data]:
        raise _wrong(name, f"{key}.{missing[0]}", "the heading of this column")
    for word, titles in data.items():
        if not isinstance(titles, list) or not titles or not all(isinstance(each, str) for each in titles):
            raise _wrong(name, f"{key}.{word}", 'a list of headings such as ["运单号"]')
    return FrozenDict({word: tuple(titles) for word, titles in data.items()})


def _contract(name: str, at: int, data: Mapping[str, Any]) -> FreightContract:
    where, divisor = f"contract[{at}]", data.get("divisor")
    if not isinstance(data.get("since"), date):
        raise _wrong(name, f"{where}.since", "a day such as 2026-01-01")
    if not isinstance(divisor, int) or not 1 <= divisor <= 99_999:
        raise _wrong(name, f"{where}.divisor", "a whole number from 1 to 99999")
    decimals = data.get("decimals")
    if decimals is not None and decimals not in range(4):
        raise _wrong(name, f"{where}.decimals", "0, 1, 2 or 3")
    steps = tuple(_step(name, f"{where}.steps", each) for each in _tables(name, data, "steps"))
    if not steps or steps[-1].up_to is not None:
        raise _wrong(name, f"{where}.steps", "tables of which the last has no up_to")
    return FreightContract(
        since=data["since"],
        rule=WeighingRule(
            divisor=divisor,
            steps=steps,
            least=_decimal(name, f"{where}.least", data.get("least", "0"), ("0", "1000")),
            decimals=decimals,
        ),
        first_weight=_decimal(name, f"{where}.first_weight", data.get("first_weight"), ("0", "1000")),
        prices=tuple(_price(name, f"{where}.prices", each) for each in _tables(name, data, "prices")),
        discount=_decimal(name, f"{where}.discount", data["discount"], ("0", "1")) if "discount" in data else None,
    )


def _step(name: str, where: str, data: Mapping[str, Any]) -> WeightStep:
    if data.get("rounding", "up") not in ("up", "nearest"):
        raise _wrong(name, f"{where}.rounding", "up or nearest")
    up_to = data.get("up_to")
    return WeightStep(
        step=_decimal(name, f"{where}.step", data.get("step"), ("0.001", "100")),
        up_to=None if up_to is None else _decimal(name, f"{where}.up_to", up_to, ("0", "100000")),
        nearest=data.get("rounding") == "nearest",
    )


def _price(name: str, where: str, data: Mapping[str, Any]) -> FreightPrice:
    return FreightPrice(
        to=frozenset(map(str, data.get("to", ()))),
        first=_decimal(name, f"{where}.first", data.get("first"), ("0", "999.9")),
        more=_decimal(name, f"{where}.more", data.get("more"), ("0", "999.9")),
        surcharge=_decimal(name, f"{where}.surcharge", data.get("surcharge", "0"), ("0", "999.9")),
    )


def _decimal(name: str, where: str, value: object, bounds: tuple[str, str]) -> Decimal:
    """Return a number, written as text so that it is exact."""
    least, most = map(Decimal, bounds)
    allowed = f'a number as text from "{least}" to "{most}"'
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise _wrong(name, where, allowed)
    try:
        found = Decimal(value)
    except ArithmeticError:
        raise _wrong(name, where, allowed) from None
    if not found.is_finite() or not least <= found <= most:
        raise _wrong(name, where, allowed)
    return found
