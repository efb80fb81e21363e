"""The check-up of a set-up (配置检查): enterprise file, area, keys, rates, goods, clock and state folder, one by one.

Nothing is changed and nothing secret is told. What depends on a profile is checked for each.
"""

import os
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from customs.areas import Area
from customs.cli.key_checks import CheckState, SetUpCheck, key_checks
from customs.codes import code_list
from customs.exchange.destinations import load_exchange
from customs.exchange.receivers.configured import load_callbacks
from customs.fields.moments import CHINA_TIME
from customs.intake.enterprise import Enterprise, load_enterprise, texts_of
from customs.intake.enterprise_profiles import SetUp
from customs.intake.goods import GoodsRecords
from customs.intake.goods_check import check_goods
from customs.intake.goods_sheets import goods_in
from customs.intake.problems import FileMistake, IntakeError
from customs.intake.profile import Profile
from customs.journal import JournalError, JournalHeldError, read_journal
from customs.journal.forms import DATABASE, JOURNAL
from customs.journal.state import held_lock
from customs.tax import Rate, RateMissingError, Rates, law, shipped


def check_up(config: Path, *, on: date, now: datetime) -> Iterator[SetUpCheck]:
    """Yield the checks of an enterprise file, in order; those after the first depend on what it says."""
    try:
        enterprise, mistakes = _read(config)
    except OSError as error:
        en, zh = texts_of(error)
        yield SetUpCheck("file", CheckState.WRONG, f"{en}: make one with customs init", f"{zh}，请用 customs init 生成")
        return
    for each in mistakes:
        yield SetUpCheck("file", CheckState.WRONG, f"{each.where}: {each.en}", f"{each.where}：{each.zh}")
    if enterprise is None or mistakes:
        return
    several = len(enterprise.profiles) > 1
    count = f"{len(enterprise.profiles)} profiles" if several else "1 profile"
    yield SetUpCheck(
        "file",
        CheckState.GREEN,
        f"{config.name} is valid, {count}",
        f"{config.name} 有效，{len(enterprise.profiles)} 个档案",
    )
    yield from _clock(config, now)
    records: list[SetUpCheck] = []
    goods = _goods(enterprise, records)
    for name, profile in enterprise.profiles.items():
        for check in _of_profile(enterprise, profile, goods, on, now):
            yield check._replace(profile=name if several else "")
    yield from records
    yield from _state(enterprise.state)


def _read(config: Path) -> tuple[Enterprise | None, list[FileMistake]]:
    """Return what an enterprise file says, and every mistake in it, those of its destinations and call-backs too. Raises ``OSError``."""
    enterprise, mistakes = None, list[FileMistake]()
    try:
        enterprise = load_enterprise(config)
    except IntakeError as error:
        mistakes.extend(error.problems)
    for read in (load_exchange, partial(load_callbacks, needed=False)):
        try:
            read(config)
        except IntakeError as error:
            mistakes.extend(each for each in error.problems if each not in mistakes)
    return enterprise, mistakes


def _clock(config: Path, now: datetime) -> Iterator[SetUpCheck]:
    """The clock is not behind what was written before, and its zone is said."""
    zone = datetime.now().astimezone().strftime("%Z %z")
    china = now if now.tzinfo is None else now.astimezone(CHINA_TIME)
    en, zh = (
        f"it is {china:%Y-%m-%d %H:%M} in China; this machine's zone is {zone}",
        f"北京时间 {china:%Y-%m-%d %H:%M}；本机时区 {zone}",
    )
    written = datetime.fromtimestamp(config.stat().st_mtime, CHINA_TIME).replace(tzinfo=None)
    if written > china.replace(tzinfo=None) + timedelta(minutes=5):
        yield SetUpCheck(
            "clock",
            CheckState.WARNING,
            f"{en}: earlier than {config.name} was written, set the clock",
            f"{zh}；早于 {config.name} 的写入时间，请校准时钟",
        )
    else:
        yield SetUpCheck("clock", CheckState.GREEN, en, zh)


def _goods(enterprise: Enterprise, told: list[SetUpCheck]) -> GoodsRecords | None:
    """Return the goods records; what is wrong with the list as such is told."""
    if enterprise.goods is None:
        told.append(
            SetUpCheck(
                "goods",
                CheckState.WARNING,
                "no goods list is named: order lists have to give every fact of the goods",
                "未指定商品备案表，须由订单表给出全部商品信息",
            )
        )
        return None
    path = enterprise.goods.path
    try:
        return goods_in(path, enterprise.goods.sheet)
    except IntakeError as error:
        first, more = error.problems[0], len(error.problems) - 1
        more_en, more_zh = (f", and {more} more mistakes", f"，另有 {more} 处错误") if more else ("", "")
        told.append(
            SetUpCheck(
                "goods",
                CheckState.WRONG,
                f"{first.where}: {first.en}{more_en}: run customs goods check",
                f"{first.where}：{first.zh}{more_zh}；请执行 customs goods check",
            )
        )
    except OSError as error:
        told.append(SetUpCheck("goods", CheckState.WRONG, *texts_of(error)))
    return None


def _of_profile(
    enterprise: Enterprise, profile: Profile, goods: GoodsRecords | None, on: date, now: datetime
) -> Iterator[SetUpCheck]:
    set_up = enterprise.set_ups[profile.name]
    yield from _district(profile)
    yield from _area(enterprise, profile)
    yield from key_checks(set_up, profile, now)
    try:
        rates = enterprise.rates_of(profile)
    except IntakeError as error:
        yield SetUpCheck("rates", CheckState.WRONG, error.problems[0].en, error.problems[0].zh)
        return
    yield from _rates(rates, goods, on)
    yield from _exchange(set_up, rates or shipped(), goods, on)
    if goods is not None:
        yield _records(goods, rates, on)


def _district(profile: Profile) -> Iterator[SetUpCheck]:
    """Warn of a customs district that the list does not have; the list may be older than the district."""
    for name in ("customs_code", "port_code"):
        code = profile.values.get(f"clearance.{name}")
        if code and code not in code_list("districts"):
            en, zh = (
                f"{name} {code} is not in the list of districts: check it",
                f"{name} {code} 不在关区代码表中，请核对",
            )
            yield SetUpCheck("district", CheckState.WARNING, en, zh)


def _area(enterprise: Enterprise, profile: Profile) -> Iterator[SetUpCheck]:
    try:
        area = enterprise.area_of(profile)
    except IntakeError as error:
        yield SetUpCheck("area", CheckState.WRONG, error.problems[0].en, error.problems[0].zh)
        return
    lacking = [each for one in (area, *area.beside) for each in _lacking(one, profile)]
    if lacking:
        en, zh = ", ".join(en for en, _ in lacking), "、".join(zh for _, zh in lacking)
        yield SetUpCheck(
            "area", CheckState.WRONG, f"{area.name}: the settings lack {en}", f"{area.name}：设置缺少 {zh}"
        )
    else:
        yield SetUpCheck("area", CheckState.GREEN, f"{area.name}, {area.profile.en}", f"{area.name}，{area.profile.zh}")


def _lacking(area: Area, profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield the settings that an area needs and does not have, such as its numbers of the enterprises."""
    for name, parameter in area.profile.parameters.items():
        if parameter.need == "required" and not area.parameter(name):
            yield f"parameters.{name}", f"parameters.{name}（{parameter.zh}）"
    for each in area.missing_secrets:
        yield f"secrets.{each.name}", f"secrets.{each.name}（{each.zh}）"
    needed = {
        (profile.values.get(str(spec.from_), ""), spec.numbering)
        for _, spec in area.profile.fields()
        if spec.numbering and spec.from_ and spec.need == "required"
    }
    for code, numbering in sorted(needed):
        if code and code not in area.numbers.get(numbering, {}):
            yield f"companies.{code}.{numbering}", f"companies.{code}.{numbering}"


def _rates(rates: Rates | None, goods: GoodsRecords | None, on: date) -> Iterator[SetUpCheck]:
    if rates is None:
        yield SetUpCheck(
            "rates",
            CheckState.WARNING,
            "the shipped example counts, which is not for real declarations: name your table in [rates]",
            "使用随库示例税率表，不能用于实际申报，请在 [rates] 指定自己的税率表",
        )
    codes = {each.facts.get("hs_code", "") for each in (goods or {}).values()} - {""}
    without = sorted(code for code in codes if _rate(rates or shipped(), code, on) is None)
    if without:
        shown, more = ", ".join(without[:5]), len(without) - 5
        en, zh = (f" and {more} more", f"等 {len(without)} 个") if more > 0 else ("", "")
        yield SetUpCheck(
            "rates", CheckState.WRONG, f"no rate on {on} for {shown}{en}", f"{on} 没有以下编码的税率：{shown}{zh}"
        )
    elif rates is not None:
        yield SetUpCheck(
            "rates",
            CheckState.GREEN,
            f"every commodity code of the goods has a rate on {on}",
            f"{on} 的税率覆盖全部商品编码",
        )


def _rate(rates: Rates, code: str, on: date) -> Rate | None:
    try:
        return rates.rate(code, on)
    except RateMissingError:
        return None


def _exchange(set_up: SetUp, rates: Rates, goods: GoodsRecords | None, on: date) -> Iterator[SetUpCheck]:
    """The exchange rate is there where a threshold of the goods is in a foreign currency, as for beer."""
    found = [_rate(rates, each.facts.get("hs_code", ""), on) for each in (goods or {}).values()]
    classes = {each.consumption for each in found if each and each.consumption}
    tests = [law.on(on).consumption.get(name) for name in classes]
    needed = any(tier.currency for test in tests if test for tier in test.tiers)
    if needed and set_up.rates.usd_rate is None and "502" not in law.on(on).exchange:
        yield SetUpCheck(
            "exchange",
            CheckState.WRONG,
            "goods such as beer need the month's customs rate of the US dollar: usd_rate in [rates]",
            "啤酒等商品需要当月海关美元汇率，请在 [rates] 填写 usd_rate",
        )
    elif needed:
        yield SetUpCheck("exchange", CheckState.GREEN, "the rate of the US dollar is there", "已有美元汇率")


def _records(goods: GoodsRecords, rates: Rates | None, on: date) -> SetUpCheck:
    found = check_goods(goods, on=on, rates=rates)
    errors = sum(each.finding.is_error for each in found)
    warnings = len(found) - errors
    if not found:
        return SetUpCheck(
            "goods",
            CheckState.GREEN,
            f"{len(goods):,} {_of(goods)} without a finding",
            f"{len(goods):,} 条备案，没有问题",
        )
    state = CheckState.WRONG if errors else CheckState.WARNING
    return SetUpCheck(
        "goods",
        state,
        f"{len(goods):,} {_of(goods)}, errors {errors}, warnings {warnings}: run customs goods check",
        f"{len(goods):,} 条备案，{errors} 个错误、{warnings} 个警告：请执行 customs goods check",
    )


def _of(goods: GoodsRecords) -> str:
    return "record" if len(goods) == 1 else "records"


def _state(folder: Path) -> Iterator[SetUpCheck]:
    """The state folder can be used and is not held, and its journal can be read."""
    if not (folder / DATABASE).exists():
        above = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
            yield SetUpCheck(
                "state",
                CheckState.GREEN,
                f"{folder} is made with the first declaration",
                f"{folder} 将在首次申报时建立",
            )
        else:
            yield SetUpCheck(
                "state",
                CheckState.WRONG,
                f"{folder} cannot be made: {above} is no folder that you may write to",
                f"无法建立 {folder}：{above} 不可写",
            )
        return
    try:
        if (folder / JOURNAL.lock).exists():
            held_lock(folder, JOURNAL).close()
        with read_journal(folder) as journal:
            parcels = journal.parcels
    except JournalHeldError:
        yield SetUpCheck(
            "state",
            CheckState.WARNING,
            f"{folder} is held by another process that declares",
            f"{folder} 正被另一申报进程使用",
        )
    except (JournalError, sqlite3.Error, OSError) as error:
        yield SetUpCheck("state", CheckState.WRONG, str(error), str(error))
    else:
        yield SetUpCheck(
            "state",
            CheckState.GREEN,
            f"{parcels:,} parcels are recorded in {folder}",
            f"{folder} 已登记 {parcels:,} 个包裹",
        )
