"""Profiles of an enterprise file (多店铺档案): each holds the common values, those of its base, and its own on top."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from customs.intake.enterprise_file import (
    MOST_NAMES,
    OF_PROFILE,
    PLAIN_OF_PROFILE,
    AreaChoice,
    RatesChoice,
    TableLevel,
    level_of,
    shops_of,
)
from customs.intake.enterprise_keys import EnterpriseKeys
from customs.intake.enterprise_reading import Reading
from customs.intake.facts import PARTS
from customs.intake.problems import near, shown_name
from customs.intake.profile import Profile
from customs.intake.profile_choice import TELL_APART

#: The profile of a file that has none.
MAIN = "main"

#: Profiles of one shop at most: one for each trade mode, district and merchant.
MOST_OF_A_SHOP = 50

#: Profiles below each other at most.
MOST_BASES = 10


class SetUp(NamedTuple):
    """The conditions of a profile's run (申报条件): where its parcels go, what signs them, by which rates."""

    area: AreaChoice | None
    keys: EnterpriseKeys | None
    keys_line: int
    rates: RatesChoice


def unknown_key(name: str, known: tuple[str, ...]) -> tuple[str, str]:
    """Return the words for a table or key that there is not, with the nearest one there is."""
    if part := next((part for part, record in PARTS.items() if name in record.model_fields), None):
        return f"{name} stands in the table [{part}]", f"{name} 应写在 [{part}] 表中"
    alike = near(name, known)
    en, zh = (
        (f"the nearest is {alike}", f"相近的是 {alike}")
        if alike
        else (f"there are {', '.join(known)}", f"可用的有 {'、'.join(known)}")
    )
    return f"{shown_name(name)} is unknown: {en}", f"没有 {shown_name(name)}：{zh}"


def levels_of(reading: Reading, data: Mapping[str, Any]) -> Iterator[tuple[str, TableLevel]]:
    """Yield the tables of each profile, by its name."""
    tables = reading.table(data.get("profiles", {}), ("profiles",))
    if len(tables) > MOST_NAMES:
        reading.wrong(("profiles",), f"there are more than {MOST_NAMES:,} profiles", f"档案超过 {MOST_NAMES:,} 个")
        return
    for name, value in tables.items():
        steps = ("profiles", name)
        own = reading.table(value, steps)
        for each in own:
            if each in ("goods", "state", "columns"):
                reading.wrong(
                    (*steps, each),
                    f"[{each}] is of the whole enterprise: put it at the top of the file",
                    f"[{each}] 属于整个企业，请写在文件顶层",
                )
            elif each not in (*OF_PROFILE, *PLAIN_OF_PROFILE):
                reading.wrong((*steps, each), *unknown_key(each, (*OF_PROFILE, *PLAIN_OF_PROFILE)))
        level = level_of(reading, own, steps)
        level.shops, level.base = shops_of(reading, own, steps), reading.text_at(own, "base", steps)
        yield name, level


def default_of(reading: Reading, data: Mapping[str, Any], levels: Mapping[str, TableLevel]) -> str:
    """Return the name of the profile for orders without a shop, an empty text if there is none."""
    name = reading.text_at(data, "profile", ())
    if name and name not in levels:
        en, zh = (
            (f"there are {', '.join(levels)}", f"现有 {'、'.join(levels)}")
            if levels
            else ("there are none", "文件中没有档案")
        )
        reading.wrong(
            ("profile",), f"there is no profile {shown_name(name)}; {en}", f"没有档案 {shown_name(name)}；{zh}"
        )
    if not levels:
        return MAIN
    return name or (next(iter(levels)) if len(levels) == 1 else "")


def told_apart(reading: Reading, profiles: list[Profile]) -> None:
    """Note two profiles of one shop that no value of an order tells apart."""
    by_shop: dict[str, list[Profile]] = {}
    for profile in profiles:
        for shop in dict.fromkeys((profile.name, *profile.shops)):
            others = by_shop.setdefault(shop, [])
            if len(others) == MOST_OF_A_SHOP:
                reading.wrong(
                    ("profiles", profile.name, "shops"),
                    f"the shop {shown_name(shop)} has more than {MOST_OF_A_SHOP} profiles",
                    f"店铺“{shown_name(shop)}”的档案超过 {MOST_OF_A_SHOP} 个",
                )
                return
            alike = [each for each in others if all(_agree(each, profile, path) for path in TELL_APART)]
            if alike:
                other = alike[0].name
                reading.wrong(
                    ("profiles", profile.name, "shops"),
                    f"the shop {shown_name(shop)} belongs to the profile {other} too, with the same trade mode, customs "
                    f"district and merchant: no order tells which is meant",
                    f"店铺“{shown_name(shop)}”也属于档案 {other}，且贸易方式、关区、电商企业均相同，无法区分",
                )
            others.append(profile)


def _agree(one: Profile, other: Profile, path: str) -> bool:
    values = one.values.get(path), other.values.get(path)
    return None in values or values[0] == values[1]


def profiles_of(
    reading: Reading, common: TableLevel, levels: Mapping[str, TableLevel], default: str
) -> Iterator[tuple[str, tuple[Profile, SetUp]]]:
    """Yield each profile with its set-up, by its name; without any, the common values are the one profile."""
    for name, level in levels.items():
        yield name, _over(name, [common, *_bases(reading, name, levels), level], default=name == default)
    if not levels:
        yield MAIN, _over(MAIN, [common], default=True)


def _bases(reading: Reading, name: str, levels: Mapping[str, TableLevel]) -> list[TableLevel]:
    """Return the levels below a profile, the lowest first."""
    found: dict[str, TableLevel] = {}
    base = levels[name].base
    while base:
        if len(found) == MOST_BASES:
            reading.wrong(
                ("profiles", name, "base"),
                f"the profile has more than {MOST_BASES} bases below each other",
                f"档案逐级引用超过 {MOST_BASES} 级",
            )
            return []
        if base == name or base in found:
            reading.wrong(
                ("profiles", name, "base"), f"{base} is a base of itself", f"档案 {base} 以自身为基础，请改正"
            )
            return []
        if base not in levels:
            reading.wrong(
                ("profiles", name, "base"),
                f"there is no profile {shown_name(base)}; there are {', '.join(levels)}",
                f"没有档案 {shown_name(base)}；现有 {'、'.join(levels)}",
            )
            return []
        found[base] = levels[base]
        base = levels[base].base
    return [*found.values()][::-1]


def _over(name: str, levels: list[TableLevel], *, default: bool) -> tuple[Profile, SetUp]:
    """Put levels over each other, the last one on top."""
    values: dict[str, str] = {}
    spots: dict[str, Any] = {}
    keys: dict[Any, Any] = {}
    file, usd_rate = None, None
    area, rates_line, keys_line = None, 0, 0
    for each in levels:
        values |= each.values
        spots |= each.spots
        keys |= each.keys
        area = each.area or area
        file, usd_rate = each.rates.file or file, each.rates.usd_rate or usd_rate
        rates_line = each.rates.line if each.rates.file else rates_line
        keys_line = each.keys_line if each.keys else keys_line
    whole = keys.pop(None, None)
    opener = EnterpriseKeys(whole, keys) if whole or keys else None
    profile = Profile(name=name, values=values, shops=levels[-1].shops, default=default, spots=spots)
    return profile, SetUp(area, opener, keys_line, RatesChoice(file, usd_rate, rates_line))
