"""The enterprise file (企业档案, ``customs.toml``): what is the same for every order of an enterprise, by profile.

A profile stands for a shop, merchant, trade mode and customs district; it holds the common tables of the file with its
own over them. ``docs/enterprise-file.md`` lists every key.

>>> from tempfile import mkdtemp
>>> file = Path(mkdtemp()) / "customs.toml"
>>> _ = file.write_text('clearance.trade_mode = "1210"', encoding="utf-8")
>>> enterprise = load_enterprise(file)
>>> enterprise.default, enterprise.profiles["main"].values["clearance.trade_mode"]
('main', '1210')
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from customs import areas
from customs.areas import Area, ProfileError, SettingsError, UnknownAreaError
from customs.areas.registry import UNIFIED
from customs.fields.moments import Clock
from customs.intake.columns import OwnColumn
from customs.intake.enterprise_file import (
    MOST_NAMES,
    OF_ENTERPRISE,
    OF_PROFILE,
    PLAIN_OF_ENTERPRISE,
    PLAIN_OF_PROFILE,
    AreaChoice,
    GoodsFile,
    RatesChoice,
    Reading,
    TableLevel,
    columns_of,
    goods_of,
    level_of,
    shops_of,
    state_of,
)
from customs.intake.enterprise_keys import EnterpriseKeys
from customs.intake.enterprise_text import read_text
from customs.intake.facts import PARTS
from customs.intake.problems import EnterpriseError, FileMistake, near, shown_name
from customs.intake.profile import Profile
from customs.intake.profile_choice import TELL_APART
from customs.intake.rate_files import RateFileError, rates_in
from customs.road.numbers import Guids
from customs.road.results import DocumentName
from customs.road.run import Run
from customs.signing import CertificateError, SigningError
from customs.tax import Rates

__all__ = ["Enterprise", "EnterpriseError", "SetUp", "UnknownShopError", "load_enterprise"]

#: The profile of a file that has none.
MAIN = "main"


class UnknownShopError(LookupError):
    """An order list names a shop that no profile has, or several; or none, and there is no default profile."""

    def __init__(self, shop: str, known: tuple[str, ...], *, several: bool = False) -> None:
        names, shown = ", ".join(known[:10]), shown_name(shop)
        self.en, self.zh = (
            (
                f"the enterprise file has several profiles and no default: name the shop in the column shop ({names})",
                f"企业档案有多个档案且未指定默认：请在“店铺”列写明（{names}）",
            )
            if not shop
            else (
                f"the shop {shown} has several profiles: name the profile itself",
                f"店铺“{shown}”有多个档案，请写明档案名称",
            )
            if several
            else (
                f"no profile of the enterprise file has the shop {shown}; there are {names}",
                f"企业档案中没有店铺“{shown}”；现有 {names}",
            )
        )
        super().__init__(f"{self.en} {self.zh}")


class SetUp(NamedTuple):
    """The conditions of a profile's run (申报条件): where its parcels go, what signs them, by which rates."""

    area: AreaChoice | None
    keys: EnterpriseKeys | None
    keys_line: int
    rates: RatesChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """An enterprise file that was read and checked; made by ``load_enterprise``."""

    file: Path
    profiles: Mapping[str, Profile]
    default: str
    """The name of the profile for orders without a shop; empty if there are several and none is chosen."""
    set_ups: Mapping[str, SetUp] = field(repr=False)
    columns: Mapping[str, OwnColumn] = field(repr=False)
    """The enterprise's own headings, and what they mean."""
    goods: GoodsFile | None
    state: Path
    """The folder of the journal."""

    def profile_for(self, shop: str = "") -> Profile:
        """Return the profile of a shop, by the names of its ``shops`` or its own. Raises ``UnknownShopError``.

        A shop may have several profiles, such as one for each trade mode; then the rows of an order tell.
        """
        wanted, every = shop.strip(), self.profiles.values()
        found = [each for each in every if (wanted in (each.name, *each.shops) if wanted else each.default)]
        if len(found) != 1:
            names = (name for each in every for name in (each.shops or (each.name,)))
            raise UnknownShopError(wanted, tuple(dict.fromkeys(names)), several=len(found) > 1)
        return found[0]

    def run_of(
        self, profile: Profile, *, on: date, clock: Clock, guids: Guids, only: tuple[DocumentName, ...] = ()
    ) -> Run:
        """Return the run of a profile: its area with settings, its keys as the way to open them, its rates.

        The keys are opened once, to see that they can be. Raises ``EnterpriseError`` that names every file and key
        which cannot be used, and where the enterprise file names it.
        """
        set_up = self.set_ups[profile.name]
        problems: list[FileMistake] = []
        area, rates = self._area(set_up, problems), self._rates(set_up, problems)
        if problems:
            raise EnterpriseError(problems)
        exchange = {"502": set_up.rates.usd_rate} if set_up.rates.usd_rate else None
        conditions: dict[str, Any] = {"area": area, "rates": rates, "exchange": exchange, "only": only}
        try:
            return Run(on=on, clock=clock, guids=guids, keys=set_up.keys, **conditions)
        except (SigningError, CertificateError, OSError) as error:
            raise EnterpriseError([self.problem(set_up.keys_line, "keys", *texts_of(error))]) from None
        except ValueError as error:
            raise EnterpriseError([self.problem(0, "", *texts_of(error))]) from None

    def area_of(self, profile: Profile) -> Area:
        """Return the area of a profile with its settings. Raises ``EnterpriseError``."""
        problems: list[FileMistake] = []
        area = self._area(self.set_ups[profile.name], problems)
        if area is None:
            raise EnterpriseError(problems)
        return area

    def rates_of(self, profile: Profile) -> Rates | None:
        """Return the rates of a profile, None for the shipped example. Raises ``EnterpriseError``."""
        problems: list[FileMistake] = []
        rates = self._rates(self.set_ups[profile.name], problems)
        if problems:
            raise EnterpriseError(problems)
        return rates

    def _area(self, set_up: SetUp, problems: list[FileMistake]) -> Area | None:
        choice = set_up.area
        try:
            return area_named(choice.name if choice else "", choice.settings if choice else None)
        except (UnknownAreaError, SettingsError, ProfileError, OSError) as error:
            problems.append(self.problem(choice.line if choice else 0, "area", *texts_of(error)))
            return None

    def _rates(self, set_up: SetUp, problems: list[FileMistake]) -> Rates | None:
        choice = set_up.rates
        try:
            return rates_in(choice.file).rates if choice.file else None
        except (RateFileError, OSError) as error:
            problems.append(self.problem(choice.line, "rates.file", *texts_of(error)))
            return None

    def problem(self, line: int, key: str, en: str, zh: str) -> FileMistake:
        """Return a problem of this file."""
        return FileMistake(self.file.name, line, key, en, zh)


def texts_of(error: Exception) -> tuple[str, str]:
    """Return what an error says, in English and Chinese; one text for both where it has no halves of its own."""
    if isinstance(error, RateFileError):
        return error.en, error.zh
    if isinstance(error, OSError):
        name, why = Path(str(error.filename or "")).name, error.strerror or type(error).__name__
        return f"{name} cannot be read: {why}", f"文件 {name} 无法读取"
    return str(error), ""


def area_named(name: str, settings: Path | None) -> Area:
    """Return the area of a name, or of a file of settings, which has to agree with the name if both are given.

    Raises ``UnknownAreaError``, ``SettingsError``, ``ProfileError`` and ``OSError``.
    """
    if settings is None:
        return areas.configure(areas.find(name or UNIFIED))
    found = areas.load_settings(settings, areas.find)
    if name not in ("", found.name):
        raise SettingsError(
            f"{settings.name} is for {found.name}, and the name says {name}: leave the name out 关区不一致，请删去 name"
        )
    return found


def load_enterprise(path: Path | str) -> Enterprise:
    """Read an enterprise file and check every value in it. Files that it names are not opened.

    Raises ``EnterpriseError`` with every mistake, and ``OSError`` where the file cannot be read.
    """
    text = read_text(Path(path))
    reading = Reading(text)
    data = text.data
    _known_tables(reading, data)
    common = level_of(reading, data, ())
    levels = dict(_profiles(reading, data))
    goods, state, columns = goods_of(reading, data), state_of(reading, data), columns_of(reading, data)
    default = _default(reading, data, levels)
    made = dict(_made(reading, common, levels, default))
    _told_apart(reading, [profile for profile, _ in made.values()])
    if reading.problems:
        raise EnterpriseError(reading.problems)
    return Enterprise(
        file=text.path,
        profiles={name: profile for name, (profile, _) in made.items()},
        set_ups={name: set_up for name, (_, set_up) in made.items()},
        default=default,
        columns=columns,
        goods=goods,
        state=state,
    )


def _known_tables(reading: Reading, data: Mapping[str, Any]) -> None:
    for name in data:
        if name not in (*OF_ENTERPRISE, *PLAIN_OF_ENTERPRISE):
            reading.wrong((name,), *_unknown(name, (*OF_ENTERPRISE, *PLAIN_OF_ENTERPRISE)))


def _unknown(name: str, known: tuple[str, ...]) -> tuple[str, str]:
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


def _profiles(reading: Reading, data: Mapping[str, Any]) -> Iterator[tuple[str, TableLevel]]:
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
                reading.wrong((*steps, each), *_unknown(each, (*OF_PROFILE, *PLAIN_OF_PROFILE)))
        level = level_of(reading, own, steps)
        level.shops, level.base = shops_of(reading, own, steps), reading.text_at(own, "base", steps)
        yield name, level


def _default(reading: Reading, data: Mapping[str, Any], levels: Mapping[str, TableLevel]) -> str:
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


def _told_apart(reading: Reading, profiles: list[Profile]) -> None:
    """Note two profiles of one shop that no value of an order tells apart."""
    by_shop: dict[str, list[Profile]] = {}
    for profile in profiles:
        for shop in dict.fromkeys((profile.name, *profile.shops)):
            others = by_shop.setdefault(shop, [])
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


def _made(
    reading: Reading, common: TableLevel, levels: Mapping[str, TableLevel], default: str
) -> Iterator[tuple[str, tuple[Profile, SetUp]]]:
    for name, level in levels.items():
        yield name, _over(name, [common, *_bases(reading, name, levels), level], default=name == default)
    if not levels:
        yield MAIN, _over(MAIN, [common], default=True)


def _bases(reading: Reading, name: str, levels: Mapping[str, TableLevel]) -> list[TableLevel]:
    """Return the levels below a profile, the lowest first."""
    found: dict[str, TableLevel] = {}
    base = levels[name].base
    while base:
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
