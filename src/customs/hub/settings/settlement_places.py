"""The terms by which an enterprise settles bills (对账设置, table ``[settlements.NAME]``): times, rates, and its providers' profiles.

The console compares by them; the commands ``settle`` take them as options.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from customs.fields.frozen import FrozenDict
from customs.intake.enterprise_reading import Reading, Steps
from customs.intake.sheets import SheetError
from customs.ledger.settlements.payment_case import SettlementTerms
from customs.ledger.settlements.provider_profiles import ProviderProfile, provider_profile
from customs.ledger.settlements.settlement_terms import load_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementPlace:
    """The terms of an enterprise for its payment companies, and the profiles of its carriers and warehouses by name."""

    terms: SettlementTerms = field(default_factory=SettlementTerms, repr=False)
    providers: Mapping[str, ProviderProfile] = field(default=FrozenDict(), repr=False)


def read_settlements(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Mapping[str, SettlementPlace]:
    """Read the table ``[settlements]`` of a hub's file, one table for each enterprise; mistakes are noted in ``reading``."""
    return FrozenDict({name: _place(reading, value, (*steps, name)) for name, value in table.items()})


def _place(reading: Reading, value: object, steps: Steps) -> SettlementPlace:
    table = reading.table(value, steps)
    reading.known(table, ("terms", "providers"), steps)
    file = reading.path_at(table, "terms", steps)
    providers = reading.table(table.get("providers", {}), (*steps, "providers"))
    found = [_provider(reading, providers, name, (*steps, "providers")) for name in providers]
    profiles = [each for each in found if each is not None]
    if len({each.name for each in profiles}) < len(profiles):
        reading.wrong(
            (*steps, "providers"),
            "two profiles have the same key provider: give each provider a name of its own",
            "有两个服务商配置的 provider 相同，请为每个服务商取不同的名称",
        )
    return SettlementPlace(
        terms=_terms(reading, file, steps) if file else SettlementTerms(),
        providers=FrozenDict({each.name: each for each in profiles}),
    )


def _terms(reading: Reading, file: Path, steps: Steps) -> SettlementTerms:
    try:
        return load_terms(file)
    except SheetError as error:
        reading.wrong((*steps, "terms"), error.en, error.zh)
    except OSError as error:
        _unread(reading, file, error, (*steps, "terms"))
    return SettlementTerms()


def _provider(reading: Reading, table: Mapping[str, Any], name: str, steps: Steps) -> ProviderProfile | None:
    file = reading.path_at(table, name, steps)
    try:
        return provider_profile(file) if file else None
    except SheetError as error:
        reading.wrong((*steps, name), error.en, error.zh)
    except OSError as error:
        _unread(reading, file, error, (*steps, name))
    return None


def _unread(reading: Reading, file: Path | None, error: OSError, steps: Steps) -> None:
    reading.wrong(steps, f"{file} cannot be read: {error.strerror}", f"{file} 无法读取：{error.strerror}")
