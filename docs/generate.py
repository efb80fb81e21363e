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
import rehearsed
import scoreboard
from alarm_tables import ALARM_TABLES
from area_tables import AREA_TABLES
from failures import failure_table
from message_pages import pages
from tabular import table
from tongues import EN, ZH, Tongue
from way_tables import WAY_TABLES

from customs import declaration
from customs.codes import code_list
from customs.declaration import Declaration
from customs.documents import MESSAGES, Subscription, Transfer
from customs.fields import Record, Term, part_type, terms_of
from customs.fields.terms import Decimals
from customs.intake import CONVERTERS, known_headings
from customs.intake.facts import PARTS, is_of_each_order
from customs.intake.goods_headings import LINE_FIELDS, OWN_LABELS, headings_of
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
from customs.tax.words import consumption_in_words, percent, unit_zh

DOCS = Path(__file__).parent

#: The law that the picture of cliffs shows.
PICTURE_DAY = date(2026, 11, 11)

_TABLE = re.compile(r"(?<=<!-- table: )(?P<name>[a-z_ -]+) -->\n.*?(?=<!-- end of table -->)", re.DOTALL)


def findings(tongue: Tongue) -> str:
    """Every finding of the catalogue."""
    return table(
        tongue.heads("Code", "Severity", "Rule", "What is wrong, what to do", "Source"),
        (
            (
                f"`{each.code}`",
                tongue.say(str(each.severity)),
                "" if each.rule is None else str(each.rule),
                f"{tongue.own(each)}<br>→ {tongue.own(each, 'advice_')}",
                tongue.source(each.source),
            )
            for each in CATALOGUE.values()
        ),
    )


def foresight(tongue: Tongue) -> str:
    """Every code of customs: the findings that avoid it, why it cannot occur, or what one would have to know."""
    rows = [(each, foresight_of(each)) for each in receipts.errors()]
    return table(
        tongue.heads("Code", "Receipt", "Problem", "How it is foreseen"),
        (
            (
                f"`{each.code}`" if each.code else "",
                ", ".join(each.receipts) or tongue.say(each.direction),
                each.zh if tongue.chinese else f"{each.en}<br>{each.zh}",
                _foreseen(known, tongue),
            )
            for each, known in rows
            if known.needs != "no-rejection"
        ),
    )


def _foreseen(known: Foresight, tongue: Tongue) -> str:
    avoided = ", ".join(f"`{code}`" for code in known.findings)
    at, colon = (0, "：") if tongue.chinese else (1, ": ")
    if known.ensured:
        return f"{tongue.say('cannot occur')}{colon}{ENSURED[known.ensured][at]}"
    needed = NEEDS[known.needs][at] if known.needs else ""
    if needed and avoided:
        return f"{avoided}，须知道{needed}" if tongue.chinese else f"{avoided}, if one knows {needed}"
    return f"{tongue.say('not')}{colon}{needed}" if needed else avoided


def receipt_families() -> dict[str, Callable[[Tongue], str]]:
    """A table of the catalogue of receipts for each family that has entries, and one of the statuses."""
    names = dict.fromkeys(each.family for each in receipts.errors())
    return {f"receipts {name}": partial(receipt_table, name) for name in names}


def receipt_table(family: str, tongue: Tongue) -> str:
    """The entries of one family of the catalogue of receipts."""
    return table(
        tongue.heads("Code", "What it says, what to do", "Cause, by", "Standing, sources"),
        (
            (
                "<br>".join(filter(None, [*(f"`{code}`" for code in each.codes[:1]), ", ".join(each.receipts)])),
                _receipt_words(each, tongue),
                "<br>".join(
                    filter(None, [f"`{each.cause}`" if each.cause else "", each.party and tongue.own(each.party)])
                ),
                "<br>".join(filter(None, [_receipt_standing(each, tongue), ", ".join(each.sources)])),
            )
            for each in (*receipts.errors(), *receipts.statuses())
            if each.family == family
        ),
    )


def _receipt_words(each: receipts.Meaning, tongue: Tongue) -> str:
    """The words of an entry, those of a second text under the number, its note, and its action by name.

    English has the Chinese beside it, since that is what customs writes.
    """
    said = ["; ".join((each.zh, *(other.zh for other in each.also)))]
    if not tongue.chinese:
        said.insert(0, "; ".join((each.en, *(other.en for other in each.also))))
    words = [text.replace("|", "\\|") for text in said]
    return "<br>".join(filter(None, (*words, tongue.own(each, "note_"), f"→ `{each.action}`")))


def _receipt_standing(each: receipts.Meaning, tongue: Tongue) -> str:
    """The standing of code and text, and how sure it is where that is not high."""
    certainty = [] if each.certainty == "high" else [tongue.say(each.certainty)]
    return tongue.listed([tongue.say(each.standing), *certainty, *([tongue.say("acted so")] * bool(each.acted))])


def receipt_actions(tongue: Tongue) -> str:
    """Every action, and whether a machine may take it."""
    return table(
        tongue.heads("Action", "What to do", "By a machine"),
        (
            (
                f"`{each}`",
                tongue.own(each),
                tongue.say("yes" if each.machine else "no")
                + (f"{'：' if tongue.chinese else ': '}{tongue.own(each, 'limit_')}" if each.limit_en else ""),
            )
            for each in Action
        ),
    )


def receipt_ranges(tongue: Tongue) -> str:
    """The families of codes with their ranges."""
    return table(
        tongue.heads("Family", "Direction", "Numbers"),
        (
            (
                each.zh if tongue.chinese else f"{each.en} {each.zh}",
                tongue.say(each.direction),
                ", ".join(_range_of(*pair, tongue) for pair in each.ranges),
            )
            for each in receipts.families().values()
            if each.ranges
        ),
    )


def _range_of(first: int, last: int, tongue: Tongue) -> str:
    to = "至" if tongue.chinese else "to"
    return f"`{last}` {to} `{first}`" if first < 0 else f"`{first}` {to} `{last}`"


def receipt_sources(tongue: Tongue) -> str:
    """The sources of the catalogue."""
    return table(
        tongue.heads("Key", "Source", "What it is"),
        (
            (each.key, tongue.say(each.title, "receipt_sources"), tongue.say(each.trust, "receipt_sources"))
            for each in receipts.sources().values()
        ),
    )


def fields(tongue: Tongue) -> str:
    """Every field of documents and parcel: a row for each pair of names and meaning, with the places where it stands."""
    found: dict[tuple[str, str, str, str], tuple[list[str], list[str]]] = {}
    for place, name, term, in_parcel in _all_terms():
        row = term.zh, name, term.wire or "", term.en
        places = found.setdefault(row, ([], []))[in_parcel]
        if place not in places:
            places.append(place)
    rows = sorted(found.items(), key=lambda row: row[0][1:])
    meaning = [] if tongue.chinese else ["Meaning"]
    return table(
        ["中文", *tongue.heads("Python name", "Wire name"), *meaning, *tongue.heads("Messages", "In the parcel")],
        (
            (
                zh,
                f"`{name}`",
                f"`{wire}`" if wire else "",
                *([en] if meaning else []),
                ", ".join(messages),
                ", ".join(parcel),
            )
            for (zh, name, wire, en), (messages, parcel) in rows
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


def section(record: type[Record], tongue: Tongue) -> str:
    """The fields of one section of the parcel."""
    said = _docstrings().get(record.__name__, {})
    amounts = "[金额](#amounts)" if tongue.chinese else "[amount](#amounts)"
    titles = ("Field", "What it is", "What it may hold", "Given or derived")
    return table(
        tongue.heads(*titles),
        (
            (
                f"`{name}`" + (f"<br>`{term.wire}`" if term.wire else ""),
                term.zh + ("" if tongue.chinese else f"<br>{term.en}") + _personal(term, tongue),
                amounts if isinstance(term, Decimals) else tongue.own(term.allowed),
                _given_or_derived(record, name, said.get(name, ""), tongue),
            )
            for name, term in terms_of(record).items()
        ),
    )


def _personal(term: Term, tongue: Tongue) -> str:
    if not term.personal:
        return ""
    return "（个人信息）" if tongue.chinese else " *(personal)*"


def _given_or_derived(record: type[Record], name: str, said: str, tongue: Tongue) -> str:
    """Whether a field must be given, and what becomes of it otherwise, in the words of its docstring where it has
    one.
    """
    info = record.model_fields[name]
    words = tongue.say(said, "said")
    if info.is_required():
        remark = words if tongue.chinese else re.sub("^Given[;:] (.)", lambda found: str(found[1]).upper(), words)
        return f"**{tongue.say('Required.')}** {remark}".strip()
    if said:
        return words
    if info.default is None:
        return tongue.say("Optional.")
    return f"缺省为 `{info.default}`。" if tongue.chinese else f"`{info.default}`, unless given."


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


def limits(tongue: Tongue) -> str:
    """The limits by day."""
    over = {"full": "taxed in full", "one_piece": "one piece: taxed in full; else outside", "outside": "outside"}
    titles = ("From", "To", "One transaction", "One person, one year", "Over the first", "Over the second", "Source")
    return table(
        tongue.heads(*titles),
        (
            (
                *_period(row),
                _yuan(row["single"]),
                _yuan(row["yearly"]),
                tongue.say(over[row["over_single"]]),
                tongue.say(over[row["over_yearly"]]),
                tongue.source(row["source"]),
            )
            for row in _law("limits")
        ),
    )


def vat(tongue: Tongue) -> str:
    """The rates of VAT by day."""
    rows = (
        (tongue.say(row["band"]), *_period(row), _percent(row["rate"]), tongue.source(row["source"]))
        for row in _law("vat")
    )
    return table(tongue.heads("Band", "From", "To", "Rate", "Source"), rows)


def consumption(tongue: Tongue) -> str:
    """The classes of consumption tax by day, their tiers in words."""
    return table(
        tongue.heads("Class of goods", "From", "To", "What is due", "Measured by", "Source"),
        (
            (
                f"`{row['class']}`",
                *_period(row),
                _consumption_due(each) if tongue.chinese else consumption_in_words(each).replace("%", " %"),
                _measured_by(each, tongue),
                tongue.source(row["source"]),
            )
            for row in _law("consumption")
            for each in [law.on(max(row["from"], law.first_day())).consumption[row["class"]]]
        ),
    )


def _consumption_due(tested: law.ConsumptionTax) -> str:
    """The tiers of a class in Chinese."""
    which = {"legal_qty1": "第一法定数量", "legal_qty2": "第二法定数量"}[tested.per]
    counted = unit_zh(tested.unit) or which
    tiers = []
    for tier in tested.tiers:
        amounts = "或".join(f"每{unit_zh(unit)} {amount} 元" for unit, amount in tier.specific.items())
        charged = " 加".join(filter(None, (percent(tier.rate) if tier.rate else "", amounts)))
        if tier.at_least is not None:
            currency = code_list("currencies")[tier.currency].zh if tier.currency else "元"
            charged = f"每{counted} {tier.at_least:,} {currency}及以上：{charged}"
        tiers.append(charged)
    if tested.at_least is not None:
        tiers[-1] = f"以下：{tiers[-1]}" if tested.tiers[-1].at_least is None else f"{tiers[-1]}；以下不征"
    return "；".join(tiers)


def _measured_by(each: law.ConsumptionTax, tongue: Tongue) -> str:
    """The statutory quantity that thresholds and amounts of a class count by, where it has some."""
    if all(tier.at_least is None and not tier.specific for tier in each.tiers):
        return ""
    quantity = tongue.say("first" if each.per == "legal_qty1" else "second")
    unit = f"`{each.unit}` {code_list('units')[each.unit].zh}" if each.unit else ""
    if tongue.chinese:
        return f"{quantity}法定数量" + (f"，单位 {unit}" if unit else "")
    return f"{quantity} statutory quantity" + (f", unit {unit}" if unit else "")


def exchange(tongue: Tongue) -> str:
    """The customs exchange rates that are known."""
    currencies = code_list("currencies")
    return table(
        tongue.heads("Currency", "From", "To", "CNY for one", "Source"),
        (
            (
                f"`{row['currency']}` {currencies[row['currency']].zh}",
                *_period(row),
                row["rate"],
                tongue.source(row["source"]),
            )
            for row in _law("exchange")
        ),
    )


def returns(tongue: Tongue) -> str:
    """How goods come back after release, by day."""
    return table(
        tongue.heads("From", "To", "Days to apply", "Days to be back", "Source"),
        (
            (*_period(row), str(row["apply_within"]), str(row["back_within"]), tongue.source(row["source"]))
            for row in _law("returns")
        ),
    )


def postal(tongue: Tongue) -> str:
    """The rates of postal articles by category."""
    return table(
        tongue.heads("From", "To", "Category 1", "2", "3", "4", "Source"),
        (
            (
                *_period(row),
                *(_percent(rate) for rate in row["rates"]),
                *[""] * (4 - len(row["rates"])),
                tongue.source(row["source"]),
            )
            for row in _law("postal_rates")
        ),
    )


def postal_limits(tongue: Tongue) -> str:
    """What is waived, and what a parcel of postal articles may be worth."""
    waived = (
        (
            tongue.say("tax that is waived"),
            *_period(row),
            f"{_yuan(row['up_to'])} 及以下" if tongue.chinese else f"up to {_yuan(row['up_to'])}",
            tongue.source(row["source"]),
        )
        for row in _law("postal_waivers")
    )
    values = (
        (
            tongue.say("value of a parcel"),
            *_period(row),
            f"{_yuan(row['near'])}; {_yuan(row['far'])}",
            tongue.source(row["source"]),
        )
        for row in _law("postal_limits")
    )
    titles = ("What", "From", "To", "CNY (from Hong Kong, Macao and Taiwan; from elsewhere)", "Source")
    return table(tongue.heads(*titles), [*waived, *values])


def composite(tongue: Tongue) -> str:
    """The composite rates within the limits, computed for each day on which one of them changes."""
    first: date = min(row["from"] for row in _law("limits"))
    changes = {row["from"] for kind in ("vat", "consumption", "factors") for row in _law(kind)}
    classes = ("wine", "make_up")
    return table(
        tongue.heads("From", "Low band", "Standard band", *(f"with `{name}`" for name in classes)),
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


def _sections() -> dict[str, Callable[[Tongue], str]]:
    """A table for each section of the parcel, one for the lines, one for the top."""
    records: dict[str, type[Record]] = {"parcel": Declaration, "lines": declaration.Line}
    for name in terms_of(Declaration):
        if inner := part_type(Declaration, name):
            records[name] = inner
    return {name: partial(section, record) for name, record in records.items()}


def order_headings(tongue: Tongue) -> str:
    """Every field that a column of an order list can mean, with the headings that are recognised."""
    return table(
        tongue.heads("Field", "Headings"),
        ((f"`{path}`", ", ".join(f"`{each}`" for each in names if each != path)) for path, names in known_headings()),
    )


def order_converters(tongue: Tongue) -> str:
    """The converters that the enterprise file may name."""
    return table(
        tongue.heads("Converter", "What it is for"),
        ((f"`{name}`", tongue.own(each)) for name, each in CONVERTERS.items()),
    )


def enterprise_fields(part: str, tongue: Tongue) -> str:
    """The fields of a part that an enterprise file may hold for all orders."""
    return table(
        tongue.heads("Field", "What it is", "What it may hold"),
        (
            (
                f"`{name}`",
                term.zh + ("" if tongue.chinese else f"<br>{term.en}"),
                tongue.own(term.allowed),
            )
            for name, term in terms_of(PARTS[part]).items()
            if not is_of_each_order(part, name) and name != "local"
        ),
    )


def goods_fields(tongue: Tongue) -> str:
    """The fields of a goods record, and the headings that mean them."""
    names = [*OWN_LABELS, *LINE_FIELDS]
    return table(
        tongue.heads("Field", "What it is", "Headings"),
        (
            (
                f"`{name}`",
                OWN_LABELS[name] if name in OWN_LABELS else terms_of(declaration.Line)[name].zh,
                "、".join(headings_of(name)),
            )
            for name in names
        ),
    )


def decisions(tongue: Tongue) -> str:
    """Every decision with its day and standing."""
    found = [
        (page.name, re.match(r"# (\d+)\. (.+)\n\nDate: (\S+) *\nStatus: (.+)\n", page.read_text(encoding="utf-8")))
        for page in sorted((DOCS / "adr").glob("*.md"))
    ]
    return table(
        ("Decision", "Date", "Status"),
        ((f"[{head[1]}. {head[2]}](adr/{name})", head[3], head[4]) for name, head in found if head),
    )


TABLES: dict[str, Callable[[Tongue], str]] = {
    "headings": order_headings,
    "converters": order_converters,
    **{f"enterprise {part}": partial(enterprise_fields, part) for part in PARTS},
    "goods fields": goods_fields,
    "decisions": decisions,
    "failures": failure_table,
    "foresight": foresight,
    "provocations": rehearsed.provocations,
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
    **ALARM_TABLES,
    **AREA_TABLES,
    **WAY_TABLES,
    **scoreboard.SCOREBOARD,
}


def renewed(text: str, tongue: Tongue = EN) -> str:
    """The text of a page with each of its tables as the code has it now."""
    return _TABLE.sub(lambda found: f"{found['name']} -->\n\n{TABLES[found['name']](tongue)}\n", text)


def tongue_of(page: Path) -> Tongue:
    """The language of a page."""
    return ZH if "zh" in page.relative_to(DOCS).parts else EN


def main() -> None:
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        page.write_text(renewed(text, tongue_of(page)), encoding="utf-8")
    for folder, tongue in ((DOCS / "messages", EN), (DOCS / "zh" / "messages", ZH)):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages(tongue).items():
            (folder / name).write_text(text, encoding="utf-8")
    for name, tongue in (("rooms.svg", EN), ("rooms.zh.svg", ZH)):
        (DOCS / "images" / name).write_text(scoreboard.picture(tongue), encoding="utf-8")
    (DOCS / "images" / "tax-cliffs.svg").write_text(plot.svg(plot.cliffs(PICTURE_DAY)), encoding="utf-8")


if __name__ == "__main__":
    main()
