"""The pages under ``docs/messages/``: one for each business document of the standard, and an overview of all of them.

A page has a document and what answers it, which is what one module of ``customs.documents`` holds. All but who sends a
document and which signatures the text of the standard demands comes from the code; ``make tables`` writes the pages.
"""

import inspect
import re
from collections.abc import Iterable, Iterator
from sys import modules

from tabular import table
from tongues import Tongue

from customs import documents
from customs.documents import MESSAGES, Document, Receipt, Subscription, Transfer
from customs.fields import Record, Term, part_type, terms_of
from customs.fields.terms import Code, Day, Decimals, Fixed, Instant, Moment, Part, Text

GENERATED = "<!-- Generated from the code by docs/generate.py. Do not edit: run make tables. -->"

#: Who sends a document. Source: unified edition 2022-05, the chapter of each message.
SENDERS = {
    "CEB311": "the platform or the merchant, or the express or postal operator that acts for them",
    "CEB411": "the payment company, or the express or postal operator that acts for it",
    "CEB511": "the carrier",
    "CEB513": "the carrier",
    "CEB621": "the declarant: the merchant or its agent",
    "CEB623": "the declarant: the merchant or its agent",
    "CEB625": "the declarant: the merchant or its agent",
    "CEB711": "the operator of the supervised site",
    "CEB303": "the platform or the merchant",
    "CEB403": "the payment company or the merchant",
    "CEB505": "the carrier",
    "CEB507": "the operator of the supervised site, or the carrier",
    "CEB509": "the carrier",
    "CEB603": "the declarant: the merchant or its agent",
    "CEB605": "the declarant",
    "CEB607": "the declarant",
    "CEB701": "the declarant",
    "CEB213": "the declarant: the merchant or its agent",
    "CEB215": "the operator of the supervised site",
}

#: Declarations that the text of the standard wants signed although the schema does not (unified edition 2022-05).
SIGNED_BY_THE_TEXT = frozenset({"CEB509", "CEB603", "CEB605", "CEB607", "CEB701"})

Group = tuple[type[Document], ...]


def pages(tongue: Tongue) -> dict[str, str]:
    """The text of every page by its name under ``docs/messages/`` or ``docs/zh/messages/``."""
    return {"index.md": _overview(tongue), **{_name(group[0]): _page(group, tongue) for group in groups()}}


def groups() -> list[Group]:
    """The documents, a group for each page: a declaration first, what answers it after it."""
    found: dict[str, list[type[Document]]] = {}
    for kind in MESSAGES.values():
        found.setdefault(kind.__module__, []).append(kind)
    return [tuple(kinds) for kinds in found.values()]


def english(kind: type[Document]) -> str:
    """The English title of a document, as its docstring opens."""
    found = re.match(rf"{kind.title} (.+?), {kind.message}\b", kind.__doc__ or "")
    assert found, f"{kind.__name__}: its docstring opens with its two titles and its message"
    return found[1]


def _name(kind: type[Document]) -> str:
    """The name of a document's page."""
    *_, side, module = kind.__module__.split(".")
    return f"{'export-' if side == 'exports' else ''}{module.replace('_', '-')}.md"


def _heading(kind: type[Document], tongue: Tongue) -> str:
    return f"{kind.message} {kind.title if tongue.chinese else english(kind)}"


def _link(kind: type[Document]) -> str:
    """A link to a document. Anchors are English on both sites."""
    anchor = f"{kind.message} {english(kind)}".lower().replace(" ", "-")
    return f"[{kind.message}]({_name(kind)}#{anchor})"


def _overview(tongue: Tongue) -> str:
    chinese = tongue.chinese
    heads = tongue.heads("Document", "Declaration", "What customs answers", "Sent by", "Signature")
    named = ("进口", "出口", "进出口") if chinese else ("Import", "Export", "Both sides")
    sides = {
        side: [group for group in groups() if group[0].flow == flow]
        for side, flow in zip(named, ("import", "export", "both"), strict=True)
    }
    said = _OVERVIEW[tongue.language]
    parts = [
        GENERATED,
        f"# {'全部报文' if chinese else 'All messages'}",
        said["opening"].format(all=len(MESSAGES), imports=_count("import"), exports=_count("export")),
        *(
            part
            for side, found in sides.items()
            for part in (f"## {side}", table(heads, (_summary(group, tongue) for group in found)))
        ),
        said["reading"],
        f"## {'单证之外' if chinese else 'Around the documents'}",
        said["around"],
        *_record(Transfer, "BaseTransfer", tongue),
        *_record(Subscription, "BaseSubscribe", tongue),
    ]
    return _joined(parts)


def _count(flow: str) -> int:
    return sum(kind.flow == flow for kind in MESSAGES.values())


def _summary(group: Group, tongue: Tongue) -> Iterator[str]:
    first = group[0]
    declared = [kind for kind in group if not kind.from_customs]
    named = first.title if tongue.chinese else english(first)
    yield f"[{named}]({_name(first)})" + ("" if tongue.chinese else f" {first.title}")
    yield ", ".join(map(_link, declared))
    yield ", ".join(_link(kind) for kind in group if kind.from_customs)
    yield _sender(first, tongue)
    yield _signature(first, tongue)


_OVERVIEW = {
    "en": {
        "opening": "The standard has {all} messages: {imports} of import, {exports} of export, and the format"
        " error that may answer any of them. Each has a typed document, read by `customs.read` and written by"
        " `customs.write`. A declaration and what customs answers to it share a page.",
        "around": "The root of a message is `CEBnnnMessage` with a `guid` of 36 characters and a `version` of 1 to 10."
        " Declarations are followed by `BaseTransfer`, once, `BaseSubscribe`, at most five times, and the signature;"
        " messages from customs hold documents only. On the export side `copCode` may be empty.",
        "reading": """\
## How to read the tables

Fields stand in the order of the standard, which is the order on the wire.

- **May hold**: lengths count characters. From 0 characters on, the element may be empty. A *decimal* has at most 19
  digits, 5 of them after the point; in JSON it is a string of plain digits. Times and days are those of China, in
  Python `datetime` and `date`.
- **Required**: *yes*, the element has to stand; *no*, it is left out where there is nothing to say; *filled in*, it has to
  stand, and the typed document has it where it is not given. Customs does not always keep to it: what a receipt lacks is
  `None` and [an oddity](../reading.md#incomplete-receipts).
- **List**: the code list from which the value is taken, as `customs.codes.code_list` has it.
- ***(personal)***: data of a person, or free text that may hold such data; masked wherever it is shown.
- **Business key**: the fields by which customs identifies a document. What customs answers leads to its declaration by
  fields that stand in both, never by the guid.
- **Signature**: what the schema demands. Where only the text of the standard demands one, the page says so.""",
    },
    "zh": {
        "opening": "标准共有 {all} 种报文：进口 {imports} 种，出口 {exports} 种，另有报文格式错误回执，可答复其中任一种。"
        "每种报文都有带类型的单证，由 `customs.read` 解析、`customs.write` 写出。申报报文与海关对它的回执同在一页。",
        "around": "报文的根元素为 `CEBnnnMessage`，带 36 个字符的 `guid` 和 1 至 10 个字符的 `version`。申报报文的单证之后依次为一个"
        " `BaseTransfer`、至多五个 `BaseSubscribe` 和签名；海关发出的报文只有单证。出口报文的 `copCode` 可以为空。",
        "reading": """\
## 表格读法

字段按标准的次序排列，也就是报文中的次序。

- **取值**：长度按字符计。从 0 个字符起的，元素可以为空。小数至多 19 位，其中小数点后至多 5 位；在 JSON 中是普通数字的文本。
  时间和日期为北京时间，在 Python 中是 `datetime` 和 `date`。
- **必填**：*是*，元素必须有；*否*，无内容时不写；*缺省填入*，元素必须有，未给出时由单证类型填入。海关未必照此办理：回执缺少的字段为
  `None`，并记为[异常](../reading.md#incomplete-receipts)。
- **代码表**：值所在的代码表，名称同 `customs.codes.code_list`。
- **（个人信息）**：个人信息，或可能含有个人信息的自由文本，显示时一律遮盖。
- **业务主键**：海关据以识别单证的字段。回执凭两边都有的字段找到申报单证，从不凭 guid。
- **签名**：schema 的要求。仅标准正文要求的，页面另行注明。""",
    },
}


def _page(group: Group, tongue: Tongue) -> str:
    first = group[0]
    title = english(first)
    heading = first.title if tongue.chinese else f"{title[0].upper()}{title[1:]} {first.title}"
    parts = [GENERATED, f"# {heading}", *_said(first, tongue), _import(group)]
    for kind in group:
        facts = _facts(kind, tongue)
        parts += [f"## {_heading(kind, tongue)}", table(next(facts), facts), *_tables(kind, tongue)]
    return _joined(parts)


def _said(kind: type[Document], tongue: Tongue) -> list[str]:
    """What the docstring of the document's module says, but for its opening names."""
    paragraphs = re.split(r"\n\n+", inspect.getdoc(modules[kind.__module__]) or "")
    said = [" ".join(paragraph.split()) for paragraph in paragraphs]
    opening = said[0].partition(": ")[2]
    words = [f"{opening[0].upper()}{opening[1:]}", *said[1:]]
    return [_in_chinese(paragraph, tongue) for paragraph in words] if tongue.chinese else words


def _in_chinese(paragraph: str, tongue: Tongue) -> str:
    """A paragraph in Chinese; the sources of most messages are said in one way."""
    if found := re.fullmatch(r"Source: unified edition 2022-05, (\w+)(?: and (\w+))?\.", paragraph):
        return f"依据：统一版 2022-05，{'、'.join(filter(None, found.groups()))}。"
    return tongue.say(paragraph, "messages")


def _import(group: Group) -> str:
    """The import of a page's classes, as a block that runs."""
    module = modules[group[0].__module__]
    names = sorted(
        name
        for name, each in vars(module).items()
        if inspect.isclass(each) and issubclass(each, Record) and each.__module__ == module.__name__
    )
    place = documents.__name__ if set(names) <= set(documents.__all__) else module.__name__
    line = f"from {place} import {', '.join(names)}"
    if len(line) > 100:
        line = "\n".join([f"from {place} import (", *(f"    {name}," for name in names), ")"])
    return f"```python\n{line}\n```"


def _facts(kind: type[Document], tongue: Tongue) -> Iterator[tuple[str, str]]:
    (message,) = tongue.heads("Message")
    yield message, f"`{kind.message}Message`"
    if not tongue.chinese:
        yield "中文", kind.title
    for head, value in _rest_of_facts(kind, tongue):
        yield tongue.say(head, "headings"), value


def _rest_of_facts(kind: type[Document], tongue: Tongue) -> Iterator[tuple[str, str]]:
    yield "Sent by", _sender(kind, tongue)
    yield "Flow", tongue.say("import and export" if kind.flow == "both" else kind.flow)
    if issubclass(kind, Receipt):
        yield "Answers", _link(MESSAGES[kind.answers]) if kind.answers else tongue.say("a message of any type")
        if kind.finds_by:
            yield "Leads to the declaration by", _fields(kind, kind.finds_by) + _lacking(kind, tongue)
    yield "Element", f"`{kind.element}`"
    to = "至" if tongue.chinese else "to"
    yield "Documents in a message", {None: tongue.say("any number"), 1: "1"}.get(kind.most, f"1 {to} {kind.most}")
    yield "Signature", _signature(kind, tongue)
    yield "Business key", _fields(kind, kind.key_fields)
    yield "Class", f"`{kind.__name__}`"


def _sender(kind: type[Document], tongue: Tongue) -> str:
    return tongue.say("customs" if kind.from_customs else SENDERS[kind.message], "senders")


def _signature(kind: type[Document], tongue: Tongue) -> str:
    if kind.from_customs:
        return tongue.say("none")
    if kind.must_be_signed:
        return tongue.say("required")
    by_text = kind.message in SIGNED_BY_THE_TEXT
    return tongue.say("required by the text, not by the schema" if by_text else "optional")


def _fields(kind: type[Document], names: Iterable[str]) -> str:
    """Fields of a document or of its head, under both names."""
    terms = terms_of(_head(kind))
    return ", ".join(f"`{name}` (`{terms[name].wire}`)" for name in names)


def _head(kind: type[Document]) -> type[Record]:
    """The head of a document, or the document itself if it has none."""
    return (part_type(kind, "head") if "head" in kind.model_fields else None) or kind


def _lacking(kind: type[Receipt], tongue: Tongue) -> str:
    """Which of the fields that lead to a declaration need not stand in it."""
    fields = _head(MESSAGES[kind.answers]).model_fields
    names = [f"`{name}`" for name in kind.finds_by if not fields[name].is_required()]
    if not names:
        return ""
    return f"{'；申报单证中可不填：' if tongue.chinese else '; optional in the declaration: '}{', '.join(names)}"


def _tables(kind: type[Document], tongue: Tongue) -> Iterator[str]:
    """A table for the document's own fields, and one for each of its parts."""
    terms = terms_of(kind)
    if not any(isinstance(term, Part) for term in terms.values()):
        yield from _record(kind, kind.element, tongue)
    for name, term in terms.items():
        inner = part_type(kind, name)
        if isinstance(term, Part) and inner:
            times = _times(term, tongue)
            said = f"{term.zh}, {term.en[0].lower()}{term.en[1:]}: `{name}` of `{kind.__name__}`, {times}."
            if tongue.chinese:
                said = f"{term.zh}：`{kind.__name__}` 的 `{name}`，{times}。"
            yield from _record(inner, str(term.wire), tongue, said)


def _times(part: Part, tongue: Tongue) -> str:
    chinese = tongue.chinese
    if not part.repeated:
        return tongue.say("once")
    if part.maximum is None:
        if part.minimum == 0:
            return tongue.say("any number")
        return f"至少 {part.minimum} 个" if chinese else f"{part.minimum} or more"
    return f"{part.minimum} 至 {part.maximum} 个" if chinese else f"{part.minimum} to {part.maximum}"


_COLUMNS = ("Wire name, Python name", "Meaning", "May hold", "Required")


def _record(record: type[Record], element: str, tongue: Tongue, said: str = "") -> Iterator[str]:
    """The fields of one element: heading, class, table."""
    yield f"### {element}"
    yield f"{said}类 `{record.__name__}`。" if tongue.chinese else f"{said} Class `{record.__name__}`.".strip()
    titles = [tongue.say(title, "headings") if title != "Meaning" else _meaning_title(tongue) for title in _COLUMNS]
    yield table(
        titles,
        (
            (
                f"`{term.wire}`<br>`{name}`",
                _meaning(term, tongue),
                _may_hold(term, tongue) + _listed(term, tongue),
                tongue.say(_required(record, name)),
            )
            for name, term in terms_of(record).items()
        ),
    )


def _meaning_title(tongue: Tongue) -> str:
    return "名称" if tongue.chinese else "Meaning"


def _may_hold(term: Term, tongue: Tongue) -> str:
    match term:
        case Decimals():
            return tongue.say("a decimal")
        case Fixed(value=value):
            return f"`{value}`"
        case Moment():
            return "`YYYYMMDDhhmmss`"
        case Instant():
            return "`YYYYMMDDhhmmssSSS`"
        case Day():
            return "`YYYYMMDD`"
        case Code(length=length):
            if tongue.chinese:
                return f"{length} 位"
            return "1 character" if length == 1 else f"{length} characters"
        case Text(minimum=0, maximum=None):
            return tongue.say("any text")
        case Text(pattern=str(pattern)):
            return f"{tongue.own(term.allowed)}, `{pattern}`"
    return tongue.own(term.allowed)


def _required(record: type[Record], name: str) -> str:
    info = record.model_fields[name]
    if info.is_required():
        return "yes"
    return "no" if info.default is None else "filled in"


def _meaning(term: Term, tongue: Tongue) -> str:
    if tongue.chinese:
        return term.zh + "（个人信息）" * term.personal
    return f"{term.zh}<br>{term.en}" + " *(personal)*" * term.personal


def _listed(term: Term, tongue: Tongue) -> str:
    """The code list that a value is taken from, where the words do not name it already."""
    listed = term.listed if isinstance(term, (Code, Text)) else None
    if not listed or listed in _may_hold(term, tongue):
        return ""
    return f"，代码表 `{listed}`" if tongue.chinese else f", list `{listed}`"


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"
