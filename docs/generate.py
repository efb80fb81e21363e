"""The tables of the docs that the code knows: ``make tables`` writes them anew between their markers.

A table stands between ``<!-- table: name -->`` and ``<!-- end of table -->``. The pages under ``docs/messages/`` are
written as a whole (``message_pages``), and so is the picture of the cliffs of tax (``plot``). Tests compare what
is written with what the code says.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import plot
from area_tables import AREA_TABLES
from message_pages import pages
from tabular import table

from customs import declaration
from customs.codes import code_list
from customs.declaration import Declaration
from customs.documents import MESSAGES, Subscription, Transfer
from customs.fields import Record, Term, part_type, terms_of
from customs.fields.terms import Decimals
from customs.payments.agencies import (
    AlipayIdentity,
    AlipayRequest,
    WechatIdentity,
    WechatQuery,
    WechatRedeclaration,
    WechatRequest,
    WechatSplit,
)
from customs.payments.payment_answer import UploadReply
from customs.payments.payment_data import DataRequest, PaymentUpload
from customs.receipts import catalogue as receipts
from customs.receipts.actions import Action
from customs.receipts.foresight import ENSURED, NEEDS, Foresight, foresight_of
from customs.rules import CATALOGUE
from customs.tax import law
from customs.tax.formula import composite_rate
from customs.tax.words import consumption_in_words

DOCS = Path(__file__).parent

#: The law that the picture of cliffs shows.
PICTURE_DAY = date(2026, 11, 11)

_TABLE = re.compile(r"(?<=<!-- table: )(?P<name>[a-z_ -]+) -->\n.*?(?=<!-- end of table -->)", re.DOTALL)


def findings() -> str:
    """Every finding of the catalogue."""
    return table(
        ("Code", "Severity", "Rule", "What is wrong, what to do", "问题与处理", "Source"),
        (
            (
                f"`{each.code}`",
                str(each.severity),
                "" if each.rule is None else str(each.rule),
                f"{each.en}<br>→ {each.advice_en}",
                f"{each.zh}<br>→ {each.advice_zh}",
                each.source,
            )
            for each in CATALOGUE.values()
        ),
    )


def foresight() -> str:
    """Every code of customs: the findings that avoid it, why it cannot occur, or what one would have to know."""
    rows = [(each, foresight_of(each)) for each in receipts.errors()]
    return table(
        ("Receipt", "Code", "问题", "Problem", "How it is foreseen"),
        (
            (
                ", ".join(each.receipts) or each.direction,
                f"`{each.code}`" if each.code else "",
                each.zh,
                each.en,
                _foreseen(known),
            )
            for each, known in rows
            if known.needs != "no-rejection"
        ),
    )


def _foreseen(known: Foresight) -> str:
    avoided = ", ".join(f"`{code}`" for code in known.findings)
    if known.ensured:
        return f"cannot occur: {ENSURED[known.ensured][1]}"
    if known.needs:
        return f"{avoided}, if one knows {NEEDS[known.needs][1]}" if avoided else f"not: {NEEDS[known.needs][1]}"
    return avoided


def receipt_families() -> dict[str, Callable[[], str]]:
    """A table of the catalogue of receipts for each family that has entries, and one of the statuses."""
    names = dict.fromkeys(each.family for each in receipts.errors())
    return {f"receipts {name}": partial(receipt_table, name) for name in names}


def receipt_table(family: str) -> str:
    """The entries of one family of the catalogue of receipts."""
    return table(
        ("Code", "In", "What it says, what to do", "说明与处理", "Cause", "By", "Standing", "Sources"),
        (
            (
                ", ".join(f"`{code}`" for code in each.codes[:1]),
                ", ".join(each.receipts),
                _receipt_words(each, "en"),
                _receipt_words(each, "zh"),
                f"`{each.cause}`" if each.cause else "",
                each.party.value if each.party else "",
                _receipt_standing(each),
                ", ".join(each.sources),
            )
            for each in (*receipts.errors(), *receipts.statuses())
            if each.family == family
        ),
    )


def _receipt_words(each: receipts.Meaning, language: str) -> str:
    """The words of an entry, those of a second text under the number, its note, and its action by name."""
    words = "; ".join((getattr(each, language), *(getattr(other, language) for other in each.also)))
    note = getattr(each, f"note_{language}")
    return "<br>".join(filter(None, (words.replace("|", "\\|"), note, f"→ `{each.action}`")))


def _receipt_standing(each: receipts.Meaning) -> str:
    """The standing of code and text, and how sure it is where that is not high."""
    return (
        each.standing + ("" if each.certainty == "high" else f", {each.certainty}") + (", acted so" * bool(each.acted))
    )


def receipt_actions() -> str:
    """Every action, and whether a machine may take it."""
    return table(
        ("Action", "What to do", "处理办法", "By a machine"),
        (
            (
                f"`{each}`",
                each.en,
                each.zh,
                ("yes" if each.machine else "no") + (f": {each.limit_en}" if each.limit_en else ""),
            )
            for each in Action
        ),
    )


def receipt_ranges() -> str:
    """The families of codes with their ranges."""
    return table(
        ("Family", "中文", "Direction", "Numbers"),
        (
            (each.en, each.zh, each.direction, ", ".join(_range_of(*pair) for pair in each.ranges))
            for each in receipts.families().values()
            if each.ranges
        ),
    )


def _range_of(first: int, last: int) -> str:
    return f"`{last}` to `{first}`" if first < 0 else f"`{first}` to `{last}`"


def receipt_sources() -> str:
    """The sources of the catalogue."""
    return table(
        ("Key", "Source", "What it is"), ((each.key, each.title, each.trust) for each in receipts.sources().values())
    )


def fields() -> str:
    """Every field of documents and parcel: a row for each pair of names and meaning, with the places where it stands."""
    found: dict[tuple[str, str, str, str], tuple[list[str], list[str]]] = {}
    for place, name, term, in_parcel in _all_terms():
        row = term.zh, name, term.wire or "", term.en
        places = found.setdefault(row, ([], []))[in_parcel]
        if place not in places:
            places.append(place)
    return table(
        ("中文", "Python name", "Wire name", "Meaning", "Messages", "In the parcel"),
        (
            (zh, f"`{name}`", f"`{wire}`" if wire else "", en, ", ".join(messages), ", ".join(parcel))
            for (zh, name, wire, en), (messages, parcel) in sorted(found.items(), key=lambda row: row[0][1:])
        ),
    )


def _all_terms() -> Iterator[tuple[str, str, Term, bool]]:
    """Place, Python name and term of every field, and whether the place is in the parcel."""
    for message, document in MESSAGES.items():
        yield from ((message, name, term, False) for name, term in _inside(document))
    others: dict[str, type[Record]] = {
        "BaseTransfer": Transfer,
        "BaseSubscribe": Subscription,
        "openReq": DataRequest,
        "payExInfoStr": PaymentUpload,
        "upload reply": UploadReply,
        "WeChat Pay": WechatRequest,
        "WeChat Pay split": WechatSplit,
        "WeChat Pay query": WechatQuery,
        "WeChat Pay redeclaration": WechatRedeclaration,
        "WeChat Pay identity": WechatIdentity,
        "Alipay": AlipayRequest,
        "Alipay identity": AlipayIdentity,
    }
    for element, record in others.items():
        yield from ((element, name, term, False) for name, term in _inside(record))
    for name, term in terms_of(Declaration).items():
        yield "(top)", name, term, True
        if inner := part_type(Declaration, name):
            yield from ((name, inside, each, True) for inside, each in _inside(inner))


def _inside(record: type[Record]) -> Iterator[tuple[str, Term]]:
    for name, term in terms_of(record).items():
        yield name, term
        if inner := part_type(record, name):
            yield from _inside(inner)


def section(record: type[Record]) -> str:
    """The fields of one section of the parcel."""
    said = _docstrings().get(record.__name__, {})
    return table(
        ("Field", "中文", "What it is", "What it may hold", "Given or derived"),
        (
            (
                f"`{name}`" + (f"<br>`{term.wire}`" if term.wire else ""),
                term.zh,
                term.en + (" *(personal)*" if term.personal else ""),
                "[amount](#amounts)" if isinstance(term, Decimals) else term.allowed.en,
                _given_or_derived(record, name, said.get(name, "")),
            )
            for name, term in terms_of(record).items()
        ),
    )


def _given_or_derived(record: type[Record], name: str, said: str) -> str:
    """Whether a field must be given, and what becomes of it otherwise, in the words of its docstring where it has
    one.
    """
    info = record.model_fields[name]
    if info.is_required():
        return f"**Required.** {re.sub('^Given[;:] (.)', lambda found: str(found[1]).upper(), said)}".strip()
    if said:
        return said
    return "Optional." if info.default is None else f"`{info.default}`, unless given."


def _docstrings() -> dict[str, dict[str, str]]:
    """The strings below the fields of the parcel's records, by class and field."""
    found: dict[str, dict[str, str]] = {}
    module = ast.parse(Path(declaration.__file__ or "").read_text(encoding="utf-8"))
    for record in module.body:
        if not isinstance(record, ast.ClassDef):
            continue
        for pair in zip(record.body, record.body[1:], strict=False):
            match pair:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                    found.setdefault(record.name, {})[name] = " ".join(said.split())
    return found


def limits() -> str:
    """The limits by day."""
    over = {"full": "taxed in full", "one_piece": "one piece: taxed in full; else outside", "outside": "outside"}
    return table(
        ("From", "To", "One transaction", "One person, one year", "Over the first", "Over the second", "Source"),
        (
            (
                *_period(row),
                _yuan(row["single"]),
                _yuan(row["yearly"]),
                over[row["over_single"]],
                over[row["over_yearly"]],
                row["source"],
            )
            for row in _law("limits")
        ),
    )


def vat() -> str:
    """The rates of VAT by day."""
    rows = ((row["band"], *_period(row), _percent(row["rate"]), row["source"]) for row in _law("vat"))
    return table(("Band", "From", "To", "Rate", "Source"), rows)


def consumption() -> str:
    """The classes of consumption tax by day, their tiers in words."""
    return table(
        ("Class", "From", "To", "What is due", "Measured by", "Source"),
        (
            (
                f"`{row['class']}`",
                *_period(row),
                consumption_in_words(each).replace("%", " %"),
                _measured_by(each),
                row["source"],
            )
            for row in _law("consumption")
            for each in [law.on(max(row["from"], law.first_day())).consumption[row["class"]]]
        ),
    )


def _measured_by(each: law.ConsumptionTax) -> str:
    """The statutory quantity that thresholds and amounts of a class count by, where it has some."""
    if all(tier.at_least is None and not tier.specific for tier in each.tiers):
        return ""
    quantity = "first" if each.per == "legal_qty1" else "second"
    return f"{quantity} statutory quantity" + (
        f", unit `{each.unit}` {code_list('units')[each.unit].zh}" if each.unit else ""
    )


def exchange() -> str:
    """The customs exchange rates that are known."""
    currencies = code_list("currencies")
    return table(
        ("Currency", "From", "To", "CNY for one", "Source"),
        (
            (f"`{row['currency']}` {currencies[row['currency']].zh}", *_period(row), row["rate"], row["source"])
            for row in _law("exchange")
        ),
    )


def returns() -> str:
    """How goods come back after release, by day."""
    return table(
        ("From", "To", "Days to apply", "Days to be back", "Source"),
        ((*_period(row), str(row["apply_within"]), str(row["back_within"]), row["source"]) for row in _law("returns")),
    )


def postal() -> str:
    """The rates of postal articles by category."""
    return table(
        ("From", "To", "Category 1", "2", "3", "4", "Source"),
        (
            (*_period(row), *(_percent(rate) for rate in row["rates"]), *[""] * (4 - len(row["rates"])), row["source"])
            for row in _law("postal_rates")
        ),
    )


def postal_limits() -> str:
    """What is waived, and what a parcel of postal articles may be worth."""
    waived = (
        ("tax that is waived", *_period(row), f"up to {_yuan(row['up_to'])}", row["source"])
        for row in _law("postal_waivers")
    )
    values = (
        ("value of a parcel", *_period(row), f"{_yuan(row['near'])}; {_yuan(row['far'])}", row["source"])
        for row in _law("postal_limits")
    )
    titles = ("What", "From", "To", "CNY (from Hong Kong, Macao and Taiwan; from elsewhere)", "Source")
    return table(titles, [*waived, *values])


def composite() -> str:
    """The composite rates within the limits, computed for each day on which one of them changes."""
    first: date = min(row["from"] for row in _law("limits"))
    changes = {row["from"] for kind in ("vat", "consumption", "factors") for row in _law(kind)}
    classes = ("wine", "make_up")
    return table(
        ("From", "Low band", "Standard band", *(f"with `{name}`" for name in classes)),
        (
            (
                f"`{day}`",
                _composite(day, "low", None),
                *(_composite(day, "standard", name) for name in (None, *classes)),
            )
            for day in sorted({first, *(day for day in changes if day > first)})
        ),
    )


def _composite(day: date, band: str, name: str | None) -> str:
    in_force = law.on(day)
    rate = in_force.consumption[name].rate if name else Decimal(0)
    return f"{composite_rate(in_force.vat[band].rate, rate, in_force.factor) * 100:.2f} %"


def _law(kind: str) -> list[dict[str, Any]]:
    """The rows of one kind in the law's own file."""
    rows: dict[str, list[dict[str, Any]]] = tomllib.loads(
        files("customs.tax").joinpath("law.toml").read_text(encoding="utf-8")
    )
    return rows[kind]


def _period(row: dict[str, Any]) -> tuple[str, str]:
    return f"`{row['from']}`", f"`{row['to']}`" if "to" in row else ""


def _yuan(amount: str) -> str:
    return f"{Decimal(amount):,}"


def _percent(rate: str) -> str:
    return f"{Decimal(rate) * 100:.0f} %"


def _sections() -> dict[str, Callable[[], str]]:
    """A table for each section of the parcel, one for the lines, one for the top."""
    records: dict[str, type[Record]] = {"parcel": Declaration, "lines": declaration.Line}
    for name in terms_of(Declaration):
        if inner := part_type(Declaration, name):
            records[name] = inner
    return {name: partial(section, record) for name, record in records.items()}


TABLES: dict[str, Callable[[], str]] = {
    "foresight": foresight,
    "findings": findings,
    "fields": fields,
    "limits": limits,
    "vat": vat,
    "consumption": consumption,
    "composite": composite,
    "exchange": exchange,
    "returns": returns,
    "postal": postal,
    "postal_limits": postal_limits,
    "receipts status": partial(receipt_table, "status"),
    "receipt actions": receipt_actions,
    "receipt ranges": receipt_ranges,
    "receipt sources": receipt_sources,
    **receipt_families(),
    **_sections(),
    **AREA_TABLES,
}


def renewed(text: str) -> str:
    """The text of a page with each of its tables as the code has it now."""
    return _TABLE.sub(lambda found: f"{found['name']} -->\n\n{TABLES[found['name']]()}\n", text)


def main() -> None:
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        page.write_text(renewed(text), encoding="utf-8")
    for name, text in pages().items():
        (DOCS / "messages" / name).write_text(text, encoding="utf-8")
    (DOCS / "images" / "tax-cliffs.svg").write_text(plot.svg(plot.cliffs(PICTURE_DAY)), encoding="utf-8")


if __name__ == "__main__":
    main()
