"""The pages under ``docs/messages/``: one for each business document of the standard, and an overview of all of them.

A page has a document and what answers it, which is what one module of ``customs.documents`` holds. All but who sends a
document and which signatures the text of the standard demands comes from the code; ``make tables`` writes the pages.
"""

import inspect
import re
from collections.abc import Iterable, Iterator
from sys import modules

from tabular import table

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


def pages() -> dict[str, str]:
    """The text of every page by its name under ``docs/messages/``."""
    return {"index.md": _overview(), **{_name(group[0]): _page(group) for group in groups()}}


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


def _heading(kind: type[Document]) -> str:
    return f"{kind.message} {english(kind)}"


def _link(kind: type[Document]) -> str:
    return f"[{kind.message}]({_name(kind)}#{_heading(kind).lower().replace(' ', '-')})"


def _overview() -> str:
    heads = ("Document", "中文", "Declaration", "What customs answers", "Sent by", "Signature")
    sides = {
        side: [group for group in groups() if group[0].flow == flow]
        for side, flow in (("Import", "import"), ("Export", "export"), ("Both sides", "both"))
    }
    parts = [
        GENERATED,
        "# All messages",
        f"The standard has {len(MESSAGES)} messages: {_count('import')} of import, {_count('export')} of export, and the format"
        " error that may answer any of them. Each has a typed document, read by `customs.read` and written by"
        " `customs.write`. A declaration and what customs answers to it share a page.",
        *(part for side, found in sides.items() for part in (f"## {side}", table(heads, map(_summary, found)))),
        _READING,
        "## Around the documents",
        "The root of a message is `CEBnnnMessage` with a `guid` of 36 characters and a `version` of 1 to 10. Declarations are"
        " followed by `BaseTransfer`, once, `BaseSubscribe`, at most five times, and the signature; messages from customs hold"
        " documents only. On the export side `copCode` may be empty.",
        *_record(Transfer, "BaseTransfer"),
        *_record(Subscription, "BaseSubscribe"),
    ]
    return _joined(parts)


def _count(flow: str) -> int:
    return sum(kind.flow == flow for kind in MESSAGES.values())


def _summary(group: Group) -> Iterator[str]:
    first = group[0]
    declared = [kind for kind in group if not kind.from_customs]
    yield f"[{english(first)}]({_name(first)})"
    yield first.title
    yield ", ".join(map(_link, declared))
    yield ", ".join(_link(kind) for kind in group if kind.from_customs)
    yield _sender(first)
    yield _signature(first)


_READING = """\
## How to read the tables

Fields stand in the order of the standard, which is the order on the wire.

- **May hold**: lengths count characters. From 0 characters on, the element may be empty. A *decimal* has at most 19
  digits, 5 of them after the point; in JSON it is a string of plain digits. Times and days are those of China, in
  Python `datetime` and `date`.
- **Required**: *yes*, the element has to stand; *no*, it is left out where there is nothing to say; *filled in*, it has to
  stand, and the typed document has it where it is not given. Customs does not always keep to it: what a receipt lacks is
  `None` and [an oddity](../reading.md#incomplete-receipts).
- **Code list**: the list from which the value is taken, as `customs.codes.code_list` has it.
- **Personal**: *yes* for data of a person, or free text that may hold such data; masked wherever it is shown.
- **Business key**: the fields by which customs identifies a document. What customs answers leads to its declaration by
  fields that stand in both, never by the guid.
- **Signature**: what the schema demands. Where only the text of the standard demands one, the page says so."""


def _page(group: Group) -> str:
    first = group[0]
    title = english(first)
    parts = [GENERATED, f"# {title[0].upper()}{title[1:]} {first.title}", *_said(first), _import(group)]
    for kind in group:
        facts = _facts(kind)
        parts += [f"## {_heading(kind)}", table(next(facts), facts), *_tables(kind)]
    return _joined(parts)


def _said(kind: type[Document]) -> list[str]:
    """What the docstring of the document's module says, but for its opening names."""
    paragraphs = re.split(r"\n\n+", inspect.getdoc(modules[kind.__module__]) or "")
    said = [" ".join(paragraph.split()) for paragraph in paragraphs]
    opening = said[0].partition(": ")[2]
    return [f"{opening[0].upper()}{opening[1:]}", *said[1:]]


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


def _facts(kind: type[Document]) -> Iterator[tuple[str, str]]:
    yield "Message", f"`{kind.message}Message`"
    yield "中文", kind.title
    yield "Sent by", _sender(kind)
    yield "Flow", "import and export" if kind.flow == "both" else kind.flow
    if issubclass(kind, Receipt):
        yield "Answers", _link(MESSAGES[kind.answers]) if kind.answers else "a message of any type"
        if kind.finds_by:
            yield "Leads to the declaration by", _fields(kind, kind.finds_by) + _lacking(kind)
    yield "Element", f"`{kind.element}`"
    yield "Documents in a message", {None: "any number", 1: "1"}.get(kind.most, f"1 to {kind.most}")
    yield "Signature", _signature(kind)
    yield "Business key", _fields(kind, kind.key_fields)
    yield "Class", f"`{kind.__name__}`"


def _sender(kind: type[Document]) -> str:
    return "customs" if kind.from_customs else SENDERS[kind.message]


def _signature(kind: type[Document]) -> str:
    if kind.from_customs:
        return "none"
    if kind.must_be_signed:
        return "required"
    return "required by the text, not by the schema" if kind.message in SIGNED_BY_THE_TEXT else "optional"


def _fields(kind: type[Document], names: Iterable[str]) -> str:
    """Fields of a document or of its head, under both names."""
    terms = terms_of(_head(kind))
    return ", ".join(f"`{name}` (`{terms[name].wire}`)" for name in names)


def _head(kind: type[Document]) -> type[Record]:
    """The head of a document, or the document itself if it has none."""
    return (part_type(kind, "head") if "head" in kind.model_fields else None) or kind


def _lacking(kind: type[Receipt]) -> str:
    """Which of the fields that lead to a declaration need not stand in it."""
    fields = _head(MESSAGES[kind.answers]).model_fields
    names = [f"`{name}`" for name in kind.finds_by if not fields[name].is_required()]
    return f"; optional in the declaration: {', '.join(names)}" if names else ""


def _tables(kind: type[Document]) -> Iterator[str]:
    """A table for the document's own fields, and one for each of its parts."""
    terms = terms_of(kind)
    if not any(isinstance(term, Part) for term in terms.values()):
        yield from _record(kind, kind.element)
    for name, term in terms.items():
        inner = part_type(kind, name)
        if isinstance(term, Part) and inner:
            said = f"{term.zh}, {term.en[0].lower()}{term.en[1:]}: `{name}` of `{kind.__name__}`, {_times(term)}."
            yield from _record(inner, str(term.wire), said)


def _times(part: Part) -> str:
    if not part.repeated:
        return "once"
    if part.maximum is None:
        return "any number" if part.minimum == 0 else f"{part.minimum} or more"
    return f"{part.minimum} to {part.maximum}"


def _record(record: type[Record], element: str, said: str = "") -> Iterator[str]:
    """The fields of one element: heading, class, table."""
    yield f"### {element}"
    yield f"{said} Class `{record.__name__}`.".strip()
    yield table(
        ("#", "Wire name", "Python name", "中文名称", "Meaning", "May hold", "Required", "Code list", "Personal"),
        (
            (
                str(number),
                f"`{term.wire}`",
                f"`{name}`",
                term.zh,
                term.en,
                _may_hold(term),
                _required(record, name),
                _listed(term),
                "yes" if term.personal else "",
            )
            for number, (name, term) in enumerate(terms_of(record).items(), 1)
        ),
    )


def _may_hold(term: Term) -> str:
    match term:
        case Decimals():
            return "a decimal"
        case Fixed(value=value):
            return f"`{value}`"
        case Moment():
            return "`YYYYMMDDhhmmss`"
        case Instant():
            return "`YYYYMMDDhhmmssSSS`"
        case Day():
            return "`YYYYMMDD`"
        case Code(length=length):
            return "1 character" if length == 1 else f"{length} characters"
        case Text(minimum=0, maximum=None):
            return "any text"
        case Text(pattern=str(pattern)):
            return f"{term.allowed.en}, `{pattern}`"
    return term.allowed.en


def _required(record: type[Record], name: str) -> str:
    info = record.model_fields[name]
    if info.is_required():
        return "yes"
    return "no" if info.default is None else "filled in"


def _listed(term: Term) -> str:
    listed = term.listed if isinstance(term, (Code, Text)) else None
    return f"`{listed}`" if listed else ""


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"
