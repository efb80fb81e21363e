"""Texts of alarms (告警文字): what is seen, where, since when, what to do, in both languages; nothing personal.

A provider is told of its own exceptions in a text of its own: its numbers, and what it is asked to do.
"""

from collections.abc import Sequence
from datetime import datetime

from customs.codes import code_list
from customs.hub.alarms.alarm import HubAlarm
from customs.hub.alarms.routing import AlarmWord
from customs.hub.alarms.rules import AlarmRule, AlarmWords
from customs.hub.alarms.spans import in_words
from customs.hub.channels.notices import Notice
from customs.hub.counts.providers import PROVIDER_KINDS


def seen(alarm: HubAlarm, rule: AlarmRule) -> AlarmWords:
    """Return the sentence of an alarm with its figures."""
    figures = _Figures({"count": str(alarm.count), **alarm.figures})
    zh = _Figures(figures | {name.removesuffix("_zh"): text for name, text in figures.items() if name.endswith("_zh")})
    return AlarmWords(_on_a_line(rule.seen.en.format_map(figures)), _on_a_line(rule.seen.zh.format_map(zh)))


class _Figures(dict[str, str]):
    """Figures of an alarm; one that was seen before its rule had a figure shows a dash for it."""

    def __missing__(self, name: str) -> str:
        return "–"


def where(alarm: HubAlarm) -> AlarmWords:
    """Return the customs district and provider of an alarm; empty texts where it has neither."""
    en, zh = list[str](), list[str]()
    if alarm.place.district:
        name_en, name_zh = district_words(alarm.place.district)
        en.append(f"customs district {name_en}")
        zh.append(f"关区 {name_zh}")
    if alarm.place.provider:
        kind, _, code = alarm.place.provider.partition(":")
        known = PROVIDER_KINDS.get(kind)  # another release may know more kinds
        en.append(f"{known.en} {code}" if known else alarm.place.provider)
        zh.append(f"{known.zh} {code}" if known else alarm.place.provider)
    return AlarmWords(_on_a_line(", ".join(en)), _on_a_line("，".join(zh)))


def _on_a_line(text: str) -> str:
    """Return a text that holds what orders say of themselves; what cannot be printed is put as ``\ufffd``."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def district_words(code: str) -> tuple[str, str]:
    """Return a customs district by code and name, in English and Chinese."""
    found = code_list("districts").get(code)
    return (f"{code} {found.en}".strip(), f"{code} {found.zh}".strip()) if found else (code, code)


def notice_of(
    alarm: HubAlarm,
    rule: AlarmRule,
    word: AlarmWord,
    now: datetime,
    explains: Sequence[tuple[HubAlarm, AlarmRule]] = (),
) -> Notice:
    """Return the notice of an alarm for those who run the hub.

    ``explains`` are the alarms that it is the cause of, which are not told themselves.
    """
    place, title = where(alarm), rule.title
    text = _recovered(alarm, now) if word is AlarmWord.RECOVERED else _open(alarm, rule, now, explains)
    sign_zh, sign_en = (
        (word.zh, word.value) if word is AlarmWord.RECOVERED else (alarm.severity.zh, alarm.severity.value)
    )
    return Notice(
        subject_en=_line(f"[{sign_en}] {title.en}", place.en),
        subject_zh=_line(f"【{sign_zh}】{title.zh}", place.zh, "："),
        text_en="\n".join(text[0]),
        text_zh="\n".join(text[1]),
        severity="info" if word is AlarmWord.RECOVERED else alarm.severity.value,
        key=f"alarm-{alarm.id}-{alarm.told + 1}",
    )


def provider_notice_of(alarm: HubAlarm, rule: AlarmRule, word: AlarmWord, now: datetime) -> Notice:
    """Return the notice of an alarm for the provider whose exceptions it is about."""
    said, (since_zh, since_en) = seen(alarm, rule), _since(alarm.since)
    en, zh = [f"{said.en}.", f"since {since_en}"], [f"{said.zh}。", f"起始时间：{since_zh}"]
    if alarm.examples:
        en.append(_on_a_line(f"such as {', '.join(alarm.examples)}"))
        zh.append(_on_a_line(f"例如：{'、'.join(alarm.examples)}"))
    if word is AlarmWord.RECOVERED:
        en, zh = ["This is over. Thank you."], ["上述异常已恢复，谢谢。"]
    else:
        en.append("Please see to it and tell the declarant when it is done.")
        zh.append("请尽快处理，并告知申报企业。")
    return Notice(
        subject_en=_line(f"[{word.value}] {rule.title.en}", where(alarm).en),
        subject_zh=_line(f"【{word.zh}】{rule.title.zh}", where(alarm).zh, "："),
        text_en="\n".join(en),
        text_zh="\n".join(zh),
        severity="info" if word is AlarmWord.RECOVERED else alarm.severity.value,
        key=f"alarm-{alarm.id}-{alarm.told + 1}",
    )


def _open(
    alarm: HubAlarm, rule: AlarmRule, now: datetime, explains: Sequence[tuple[HubAlarm, AlarmRule]]
) -> tuple[list[str], list[str]]:
    said, place = seen(alarm, rule), where(alarm)
    (since_zh, since_en), (for_zh, for_en) = _since(alarm.since), in_words(now - alarm.since)
    en, zh = [f"{said.en}."], [f"{said.zh}。"]
    if place.en:
        en.append(f"where: {place.en}")
        zh.append(f"位置：{place.zh}")
    en.append(f"since: {since_en} ({for_en})")
    zh.append(f"起始时间：{since_zh}（{for_zh}）")
    if alarm.examples:
        en.append(_on_a_line(f"orders such as: {', '.join(alarm.examples)}"))
        zh.append(_on_a_line(f"订单例如：{'、'.join(alarm.examples)}"))
    for other, its in explains:
        told = seen(other, its)
        en.append(f"this explains: {told.en} ({where(other).en})" if where(other).en else f"this explains: {told.en}")
        zh.append(f"由此引起：{told.zh}（{where(other).zh}）" if where(other).zh else f"由此引起：{told.zh}")
    en.append(f"what to do: {rule.todo.en}")
    zh.append(f"处理：{rule.todo.zh}")
    en.append(f"to take it on: customs hub alarms ack {alarm.id}")
    zh.append(f"认领：customs hub alarms ack {alarm.id}")
    return en, zh


def _recovered(alarm: HubAlarm, now: datetime) -> tuple[list[str], list[str]]:
    opened = alarm.opened_at or alarm.since
    (since_zh, since_en), (for_zh, for_en) = _since(opened), in_words(now - opened)
    en = [f"All is well again. The alarm was open since {since_en}, for {for_en}; at most: {alarm.peak}."]
    zh = [f"已恢复正常。告警始于 {since_zh}，持续 {for_zh}，峰值 {alarm.peak}。"]
    return en, zh


def _since(at: datetime) -> tuple[str, str]:
    return f"{at:%m-%d %H:%M}", f"{at:%Y-%m-%d %H:%M}"


def _line(title: str, place: str, between: str = ": ") -> str:
    return f"{title}{between}{place}" if place else title
