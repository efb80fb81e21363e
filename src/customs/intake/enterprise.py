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

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from customs import areas
from customs.areas import Area, ProfileError, SettingsError, UnknownAreaError
from customs.areas.registry import UNIFIED
from customs.bilingual import halves
from customs.fields.moments import Clock
from customs.intake.columns import OwnColumn
from customs.intake.enterprise_file import (
    OF_ENTERPRISE,
    PLAIN_OF_ENTERPRISE,
    GoodsFile,
    goods_of,
    level_of,
    own_columns,
    state_of,
)
from customs.intake.enterprise_profiles import SetUp, default_of, levels_of, profiles_of, told_apart, unknown_key
from customs.intake.enterprise_reading import Reading
from customs.intake.enterprise_text import read_text
from customs.intake.problems import EnterpriseError, FileMistake, shown_name
from customs.intake.profile import Profile
from customs.intake.rate_files import RateFileError, rates_in
from customs.road.numbers import Guids
from customs.road.run import Run
from customs.signing import CertificateError, SigningError
from customs.tax import Rates

__all__ = ["Enterprise", "EnterpriseError", "SetUp", "UnknownShopError", "load_enterprise"]


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

    def run_of(self, profile: Profile, *, on: date, clock: Clock, guids: Guids, **more: Any) -> Run:
        """Return the run of a profile: its area with settings, its keys as the way to open them, its rates. ``more`` are
        further conditions of ``Run``, such as ``only``.

        The keys are opened once, to see that they can be. Raises ``EnterpriseError`` that names every file and key
        which cannot be used, and where the enterprise file names it.
        """
        set_up = self.set_ups[profile.name]
        problems: list[FileMistake] = []
        area, rates = self._area(set_up, problems), self._rates(set_up, problems)
        if problems:
            raise EnterpriseError(problems)
        exchange = {"502": set_up.rates.usd_rate} if set_up.rates.usd_rate else None
        conditions: dict[str, Any] = {"area": area, "rates": rates, "exchange": exchange, **more}
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
    return halves(str(error))


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
    levels = dict(levels_of(reading, data))
    goods, state, columns = goods_of(reading, data), state_of(reading, data), own_columns(reading, data)
    default = default_of(reading, data, levels)
    made = dict(profiles_of(reading, common, levels, default))
    told_apart(reading, [profile for profile, _ in made.values()])
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
            reading.wrong((name,), *unknown_key(name, (*OF_ENTERPRISE, *PLAIN_OF_ENTERPRISE)))
