"""Profiles (关区配置) as tables for people and as data for programs."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.areas import AreaProfile, Problem, ProfileError
from customs.areas.needs import NeededFact, needed_facts
from customs.areas.profile.base import Need, ProfilePart
from customs.areas.profile.fields import FieldSpec, LocalMessage
from customs.areas.profile.model import Parameter
from customs.areas.profile.receipts import ReceiptSpec
from customs.areas.profile.rules import Rule
from customs.cli.language import label as in_words
from customs.cli.rates import optional
from customs.payments.agencies import places_of_codes

#: How sure it is that something is asked for, from the strongest.
_NEEDS: Mapping[Need, str] = {
    "required": "required 必填",
    "observed": "observed 常填",
    "optional": "optional 可选",
    "unknown": "unknown 不详",
}


# the list of areas


def row_of(profile: AreaProfile, on: date | None) -> dict[str, Any]:
    """A line of the list, for programs."""
    row: dict[str, Any] = {
        "name": profile.name,
        "zh": profile.zh,
        "en": profile.en,
        "codes": sorted(profile.codes),
        "valid_from": optional(profile.valid_from),
        "valid_to": optional(profile.valid_to),
        "messages": [each.name for each in profile.messages],
        "takes_unified": list(profile.takes_unified),
        "beside": list(profile.beside),
        "confidence": profile.confidence,
    }
    return row if on is None else {**row, "on": str(on), "in_force": profile.in_force(on)}


def problem_of(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "key": problem.key, "reason": problem.reason}


def listing(found: Iterable[AreaProfile], failed: Mapping[str, ProfileError], on: date | None) -> Table:
    """Every area with its codes, days and messages."""
    table = Table(box=SIMPLE, expand=True)
    if on:
        table.add_column("", no_wrap=True)
        table.caption = Text(f"● in force on {on} 当日适用")
    table.add_column(in_words("area\n关区"), ratio=5, overflow="fold")
    table.add_column(in_words("codes\n关区代码"), ratio=3, overflow="fold")
    table.add_column(in_words("days\n适用期"), no_wrap=True)
    table.add_column(in_words("messages\n报文"), ratio=4, overflow="fold")
    table.add_column(in_words("sure\n可信度"), no_wrap=True)
    for profile in found:
        mark = [] if on is None else [Text("●", "green") if profile.in_force(on) else Text("")]
        area = Text(profile.name, "bold").append(f"\n{profile.zh}\n{profile.en}", "not bold")
        messages = " ".join([*(each.name for each in profile.messages), *profile.takes_unified])
        table.add_row(
            *mark, area, " ".join(sorted(profile.codes)), _days(profile, "\n"), Text(messages), profile.confidence
        )
    for name in failed:
        table.add_row(*[Text("")] * bool(on), Text(f"{name}\nbroken 不可用", "red"))
    return table


def _days(profile: AreaProfile, between: str) -> str:
    if profile.valid_from is None and profile.valid_to is None:
        return "always"
    return f"{profile.valid_from or ''} –{between}{profile.valid_to or ''}".strip()


# one area


def card_of(profile: AreaProfile) -> dict[str, Any]:
    """A whole area but for the fields of its messages, for programs."""
    gateway = profile.gateway
    elsewhere = {document: {"zh": why.zh, "en": why.en} for document, why in profile.declared_elsewhere.items()}
    return {
        **row_of(profile, None),
        "codes": {code: profile.sites.get(code) for code in sorted(profile.codes)},
        "days": profile.days,
        "era": in_a_line(profile.era),
        "sources": list(profile.sources),
        "gaps": list(profile.gaps),
        "inherits": profile.inherits,
        "declared_elsewhere": elsewhere,
        "payment_places": payment_places(profile),
        "messages": [_message_row(each) for each in profile.messages],
        "parameters": _named_rows(profile.parameters),
        "numberings": _named_rows(profile.numberings),
        "secrets": _named_rows(profile.secrets),
        "facts": list(facts_of(profile)),
        "rules": [_rule_row(each) for each in profile.rules],
        "gateway": gateway.model_dump(mode="json") if gateway else None,
        "receipts": [_receipt_row(profile, each) for each in profile.receipts],
    }


def _named_rows(parts: Mapping[str, ProfilePart]) -> list[dict[str, Any]]:
    return [{"name": name, **each.model_dump()} for name, each in parts.items()]


def _message_row(message: LocalMessage) -> dict[str, Any]:
    return {
        "name": message.name,
        "zh": message.zh,
        "en": message.en,
        "documents": list(message.documents),
        "batch": message.batch,
        "declared_by": list(message.declared_by),
        "stands_for": list(message.stands_for),
        "with_a_parcel": message.with_a_parcel,
    }


def _rule_row(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "severity": rule.severity,
        "zh": rule.zh,
        "en": rule.en,
        "applies_to": list(rule.applies_to),
        "when": rule.when,
        "source": rule.source,
    }


def _receipt_row(profile: AreaProfile, receipt: ReceiptSpec) -> dict[str, Any]:
    return {
        "name": receipt.name,
        "zh": receipt.zh,
        "format": receipt.format,
        "keys": list(receipt.keys),
        "states": {state.path: dict(profile.state_maps[state.state_map]) for state in receipt.states},
    }


def facts_of(profile: AreaProfile) -> Iterator[dict[str, Any]]:
    """The local facts that the area asks for, the needed ones first, for programs."""
    for each in needed_facts(profile):
        yield {
            "name": each.fact.field,
            "of": "line" if each.fact.of_line else "parcel",
            "zh": each.fact.zh,
            "en": each.fact.en,
            "kind": each.fact.kind,
            "need": each.need,
            "when": each.when,
            "personal": each.fact.personal,
            "used_by": list(each.used_by),
        }


def card(profile: AreaProfile) -> Iterator[Table]:
    """An area as people read it, table by table; what it does not have is left out."""
    yield _identity(profile)
    yield from _given_tables(profile)
    if profile.rules:
        table = _table("rules 规则", "rule", "what it says 内容")
        for rule in profile.rules:
            table.add_row(Text(f"{rule.code}\n{rule.severity}"), _both(rule.zh, rule.en, _under(rule)))
        yield table
    if profile.gateway:
        yield _gateway(profile)
    if profile.receipts:
        table = _table("receipts 回执", "receipt", "codes and states 状态")
        for each in profile.receipts:
            shown = Text()
            for state in each.states:
                who = state.authority if isinstance(state.authority, str) else f"by {state.authority.path}"
                codes = ", ".join(
                    f"{code} {canonical}" for code, canonical in profile.state_maps[state.state_map].items()
                )
                shown.append(f"{state.path} ({who}): {codes}\n")
            shown.rstrip()
            table.add_row(Text(f"{each.name}\n{each.zh}"), shown)
        yield table


def _identity(profile: AreaProfile) -> Table:
    title = Text(f"{profile.name}\n{profile.zh}\n{profile.en}")
    table = Table(title=title, title_justify="left", box=SIMPLE, show_header=False, expand=True)
    table.add_column("what", no_wrap=True)
    table.add_column("facts", ratio=1, overflow="fold")
    codes = [f"{code} {profile.sites.get(code, '')}".strip() for code in sorted(profile.codes)]
    days = _days(profile, " ") + (f" ({profile.days})" if profile.days else "")
    elsewhere = [f"{document}: {why.zh}, {why.en}" for document, why in profile.declared_elsewhere.items()]
    for label, text in (
        ("codes 关区代码", ", ".join(codes)),
        ("days 适用期", days),
        ("era 沿革", in_a_line(profile.era)),
        ("confidence 可信度", profile.confidence),
        ("sources 来源", "\n".join(profile.sources)),
        ("not known 未知", "\n".join(profile.gaps)),
        ("inherits 继承", profile.inherits),
        ("beside 同时申报", ", ".join(profile.beside)),
        ("unified 统一版", ", ".join(profile.takes_unified)),
        ("elsewhere 另行申报", "\n".join(elsewhere)),
        (
            "payment agencies 支付机构",
            "\n".join(f"{agency}: {', '.join(places)}" for agency, places in payment_places(profile).items()),
        ),
    ):
        if text:
            table.add_row(in_words(label), Text(text))
    return table


def payment_places(profile: AreaProfile) -> dict[str, list[str]]:
    """The names that payment agencies have for the area's codes; with the codes behind each name where there are
    several.
    """
    return {
        agency: [place if len(places) == 1 else f"{place} ({' '.join(codes)})" for place, codes in places.items()]
        for agency, places in places_of_codes(profile.codes).items()
    }


def _given_tables(profile: AreaProfile) -> Iterator[Table]:
    """The messages, and what a user gives for them: settings, and facts of parcels."""
    if profile.messages:
        yield _messages(profile)
    if profile.parameters or profile.numberings or profile.secrets:
        yield _settings(profile)
    if facts := needed_facts(profile):
        yield _local_facts(profile, facts)


def _messages(profile: AreaProfile) -> Table:
    table = _table("messages 报文", "message", "what it declares 单证", "batch\n每报文")
    for each in profile.messages:
        more = [", ".join(each.documents), f"by {', '.join(each.declared_by)}" if each.declared_by else ""]
        sent = "" if each.with_a_parcel else "on request 按需"
        told = _both(each.zh, each.en, "; ".join(filter(None, [*more, sent])))
        table.add_row(Text(each.name), told, str(each.batch))
    return table


def _settings(profile: AreaProfile) -> Table:
    table = _table("settings 设置", "setting", "what it is 含义", "need\n要求")
    for name, parameter in profile.parameters.items():
        told = _both(parameter.zh, parameter.en, parameter.note)
        table.add_row(Text(f"parameters.{name}"), told, Text(_asked(parameter)))
    for name, numbering in profile.numberings.items():
        noted = "; ".join(filter(None, [f"example {numbering.example}" if numbering.example else "", numbering.note]))
        table.add_row(Text(f"companies.*.{name}"), _both(numbering.zh, numbering.en, noted), "per company\n每企业")
    for name, secret in profile.secrets.items():
        table.add_row(Text(f"secrets.{name}"), _both(secret.zh, secret.en, secret.note), "secret\n保密")
    return table


def _local_facts(profile: AreaProfile, facts: Iterable[NeededFact]) -> Table:
    on_request = {each.name for each in profile.messages if not each.with_a_parcel}
    table = _table("facts of parcels 本地字段", "local", "what it is 含义", "need\n要求")
    for needed in facts:
        fact, asked = needed.fact, [name for name in needed.used_by if name in on_request]
        told = [
            "of each line 商品" if fact.of_line else "",
            fact.kind + ("; personal 个人信息" if fact.personal else ""),
            f"for {', '.join(asked)}" if len(asked) == len(needed.used_by) else "",
        ]
        need = _NEEDS[needed.need].replace(" ", "\n") + (f"\nif {needed.when}" if needed.when else "")
        table.add_row(Text(fact.field), _both(fact.zh, fact.en, "; ".join(filter(None, told))), Text(need))
    return table


def _asked(parameter: Parameter) -> str:
    if parameter.default is not None:
        return f"default\n{parameter.default}"
    return _NEEDS[parameter.need].replace(" ", "\n")


def _gateway(profile: AreaProfile) -> Table:
    assert profile.gateway is not None, "only areas with a gateway come here"
    gateway = profile.gateway
    table = _table("gateway 网关", "what", "facts")
    steps = [
        f"{each.name}: {each.cipher or 'envelope'} of {', '.join(map(str, each.input)) or each.envelope}"
        for each in gateway.all_steps
    ]
    form = [f"{name}: {part}" for name, part in gateway.form.items()]
    for label, text in (
        ("transport 传输", gateway.transport),
        ("address 地址", gateway.address),
        ("steps 步骤", "\n".join(steps)),
        ("form 表单", "\n".join(form)),
        ("reply 应答", in_a_line(gateway.reply)),
    ):
        if text:
            table.add_row(in_words(label), Text(text))
    return table


def _under(rule: Rule) -> str:
    parts = [f"if {rule.when}" if rule.when else "", f"for {', '.join(rule.applies_to)}" if rule.applies_to else ""]
    return "; ".join(filter(None, parts))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=in_words(title), title_justify="left", box=SIMPLE, expand=True)
    for at, each in enumerate(columns):
        table.add_column(in_words(each), ratio=3 if at == 1 else None, overflow="fold")
    return table


def _both(zh: str, en: str, more: str = "") -> Text:
    return Text(f"{zh}\n{en}").append(f"\n{more}" if more else "", "dim")


# the fields of a message


def fields_of(message: LocalMessage) -> Iterator[dict[str, Any]]:
    """Every field with its path and all that the profile says of it, for programs; what it does not say is left out."""
    for section, spec, _ in message.fields():
        told = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"name"})
        yield {"path": _path(section.path, spec), "need": spec.need, **told}


def field_table(profile: AreaProfile, message: LocalMessage) -> Table:
    """The fields of a message in their order."""
    title = Text(f"{profile.name} {message.name} {message.zh}, {message.en}")
    if message.note:
        title.append(f"\n{message.note}", "dim")
    table = Table(title=title, title_justify="left", box=SIMPLE, expand=True)
    table.add_column(in_words("field\n字段"), ratio=5, overflow="fold")
    table.add_column(in_words("source\n来源"), ratio=4, overflow="fold")
    table.add_column(in_words("need\n要求"), overflow="fold")
    table.add_column(in_words("form\n格式"), ratio=3, overflow="fold")
    for section in message.sections:
        if section.path:
            table.add_row(Text(section.path, "bold"))
        for spec in section.fields:
            field = Text(spec.name).append(f"\n{spec.zh}" if spec.zh else "")
            field.append(f"\n{spec.note}" if spec.note else "", "dim")
            need = _NEEDS[spec.need].replace(" ", "\n") if spec.filled else "empty\n空"
            need += (f"\nif {spec.when}" if spec.when else "") + (
                f"\nempty if {spec.empty_when}" if spec.empty_when else ""
            )
            table.add_row(field, Text(_source(spec)), Text(need), Text(_form(spec)))
    return table


def _path(at: str, spec: FieldSpec) -> str:
    return f"{at}/{spec.name}" if at else spec.name


def _source(spec: FieldSpec) -> str:
    told = [
        spec.from_,
        f"or {spec.or_}" if spec.or_ is not None else None,
        f"always '{spec.const}'" if spec.const is not None else None,
        str(spec.template) if spec.template is not None else None,
        " + ".join(map(str, spec.sum)).replace("+ -", "- ") if spec.sum is not None else None,
        f"total of {spec.total}" if spec.total is not None else None,
        f"default '{spec.default}'" if spec.default is not None else None,
    ]
    return "\n".join(filter(None, told))


def _form(spec: FieldSpec) -> str:
    told = {
        "at most {} characters": spec.most,
        "at most {} digits": spec.digits,
        "at most {} places": spec.scale,
        "{} places": spec.places,
        "times {}": spec.factor,
        "at least {}": spec.least,
        "{} characters, zeros before": spec.pad,
        "{}": spec.time_format,
        "map {}": spec.code_map,
        "numbering {}": spec.numbering,
    }
    lines = [words.format(value) for words, value in told.items() if value is not None]
    return "\n".join([*lines, *(["left out if empty"] if spec.omit else [])])


def in_a_line(text: str) -> str:
    """A text of several lines in one."""
    return " ".join(text.split())
