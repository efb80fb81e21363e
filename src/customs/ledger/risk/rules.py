"""Rules of risk patterns (风险模式规则): each pattern in words and numbers, as the table ``rules.toml`` has it.

>>> rule = risk_rules()["address_shared"]
>>> rule.title.en, rule.title.zh, rule.numbers["people"]
('one address, many people', '同一地址、多人收货', Decimal('5'))
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import NamedTuple

from customs.fields.frozen import FrozenDict
from customs.shipped import text_of

#: The highest number that a rule may be given; it is only there to keep figures sane.
_MOST = 1_000_000


class RiskWords(NamedTuple):
    """A text of a rule in English and Chinese."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRule:
    """A pattern that risk control looks at: in words, with its numbers and its source."""

    name: str
    title: RiskWords
    seen: RiskWords
    """The sentence of a hit, with names of its figures in braces."""
    why: RiskWords
    """Why customs looks at it."""
    everyday: RiskWords
    """An everyday reason for it."""
    look: RiskWords
    """Who should look, and for what."""
    source: RiskWords
    numbers: Mapping[str, Decimal]


class RiskNumbersError(ValueError):
    """A file of numbers for the rules names something else; the text says what, in English and Chinese."""


@cache
def risk_rules() -> Mapping[str, RiskRule]:
    """Return the rules by name, with the numbers that are shipped."""
    rules = tomllib.loads(text_of("customs.ledger.risk", "rules.toml"))
    return FrozenDict(
        {
            name: RiskRule(
                name=name,
                numbers=FrozenDict({each: Decimal(value) for each, value in rule.pop("numbers").items()}),
                **{text: RiskWords(*pair) for text, pair in rule.items()},
            )
            for name, rule in rules.items()
        }
    )


def load_risk_numbers(path: Path) -> Mapping[str, RiskRule]:
    """Return the rules with the numbers of a TOML file in the place of those shipped: a table for each rule.

    Raises ``RiskNumbersError``, ``OSError``.
    """
    return read_risk_numbers(path.name, path.read_text(encoding="utf-8"))


def read_risk_numbers(name: str, text: str) -> Mapping[str, RiskRule]:
    r"""Return the rules with the numbers of a TOML text. Raises ``RiskNumbersError``.

    >>> read_risk_numbers("mine.toml", "[address_shared]\npeople = 8")["address_shared"].numbers["people"]
    Decimal('8')
    """
    try:
        given = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RiskNumbersError(f"{name} is no TOML: {error} 不是有效的 TOML") from None
    rules = dict(risk_rules())
    for rule_name, numbers in given.items():
        rule = rules.get(rule_name)
        if rule is None or not isinstance(numbers, dict):
            raise RiskNumbersError(f"{name}: there is no rule {rule_name} 没有此规则")
        if unknown := sorted(numbers.keys() - rule.numbers.keys()):
            known = ", ".join(rule.numbers) or "-"
            raise RiskNumbersError(
                f"{name}, {rule_name}: {unknown[0]} is no number of this rule, which has {known} 此规则没有这一参数"
            )
        changed = {each: _number(f"{name}, {rule_name}.{each}", value) for each, value in numbers.items()}
        rules[rule_name] = replace(rule, numbers=FrozenDict({**rule.numbers, **changed}))
    return FrozenDict(rules)


def _number(at: str, value: object) -> Decimal:
    try:
        found = Decimal("nan") if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or not 0 < found <= _MOST:
        raise RiskNumbersError(f"{at}: must be a number above 0, up to {_MOST:,} 应为大于 0 的数")
    return found
