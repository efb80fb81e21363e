"""Writing procedures (编写作业程序): a form with its steps, kept as a version, in force once a second person approves it."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from customs.hub.cases.acts import CaseAct
from customs.hub.procedures.conditions import CONDITIONS
from customs.hub.procedures.own import KeptProcedure, approve_procedure, keep_procedure, kept_procedures, procedures_of
from customs.hub.procedures.steps import ACTIONS, EVIDENCE, Procedure, ProcedureError
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.case_words import class_choices
from customs.hub.web.rooms.cases import said
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection

#: Steps of a form at most, and empty ones behind those that are there.
MOST_STEPS, _MORE = 20, 3

#: The fields of a step.
FIELDS = ("key", "en", "zh", "action", "when", "evidence", "limit", "four_eyes", "next")

_Key = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$")]

#: The units of a limit, the longest first.
_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)), ("s", timedelta(seconds=1)))


def procedure_writing_pages(console: ConsoleService) -> APIRouter:
    """Return the forms of procedures and their approval."""
    pages = APIRouter(prefix="/e/{enterprise}/procedures")
    writes, form = visitor(console, ConsoleRight.CASES_CHANGE), acting(console, ConsoleRight.CASES_CHANGE)

    @pages.get("/new")
    def begin(visit: Visit = writes) -> Response:
        """Show the form of a new procedure."""
        return _form(visit, {"key": "", "en": "", "zh": ""}, (), [])

    @pages.get("/{key}/edit")
    def edit(key: _Key, visit: Visit = writes) -> Response:
        """Show the form of a procedure with its newest version."""
        with console.ledger.read() as connection:
            found = _newest(connection, visit, key)
        if found is None:
            raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))
        names = {"key": key, "en": found.name.en, "zh": found.name.zh}
        return _form(visit, names, found.classes, _typed_steps(found))

    @pages.post("/write")
    def write(act: Act = form) -> Response:
        """Keep a version of a procedure; a second person approves it."""
        names = {"key": act.value("procedure"), "en": act.value("en"), "zh": act.value("zh")}
        steps, classes = _given_steps(act), act.values("class")
        try:
            return done_once(act, lambda connection: _written(connection, act, names, classes, steps))
        except ProcedureError as error:
            return _form(act.visit, names, classes, steps, fault=said(error))

    @pages.post("/{key}/approve")
    def approve(key: _Key, act: Act = form) -> Response:
        """Approve the version that was seen."""
        version = act.value("version", most=6)

        def enter(connection: LedgerConnection) -> ActDone:
            by = CaseAct(by=act.visit.person.name, at=act.visit.now)
            approve_procedure(connection, act.visit.shop.name, key, int(version) if version.isdecimal() else 0, by)
            text, to = console_text("runs.approved", name=key, version=version), act.visit.here("/procedures")
            return ActDone.saying("procedure_approve", text, subject=key, detail=version, to=to)

        try:
            return done_once(act, enter)
        except ProcedureError as error:
            raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, said(error)) from None

    return pages


def waiting_procedures(kept: Sequence[KeptProcedure]) -> list[KeptProcedure]:
    """Return the newest versions that wait for a second person."""
    newest = dict[str, KeptProcedure]()
    for each in kept:
        newest.setdefault(each.procedure.key, each)
    return [each for each in newest.values() if each.approved_by is None]


def _newest(connection: LedgerConnection, visit: Visit, key: str) -> Procedure | None:
    """Return the newest version of a procedure: the team's own, approved or not, or the shipped one."""
    own = [each.procedure for each in kept_procedures(connection, visit.shop.name) if each.procedure.key == key]
    return own[0] if own else procedures_of(connection, visit.shop.name).get(key)


def _written(
    connection: LedgerConnection,
    act: Act,
    names: Mapping[str, str],
    classes: Sequence[str],
    steps: Sequence[Mapping[str, str]],
) -> ActDone:
    visit, key = act.visit, names["key"]
    own = [each.procedure.version for each in kept_procedures(connection, visit.shop.name) if each.procedure.key == key]
    text = procedure_toml(max(own, default=0) + 1, (names["en"], names["zh"]), classes, steps)
    by = CaseAct(by=visit.person.name, at=visit.now)
    kept = keep_procedure(connection, visit.shop.name, key, text, by)
    told = console_text("runs.written", version=kept.version)
    to = visit.here("/procedures")
    return ActDone.saying("procedure_write", told, subject=key, detail=str(kept.version), to=to)


def procedure_toml(
    version: int, name: tuple[str, str], classes: Sequence[str], steps: Sequence[Mapping[str, str]]
) -> str:
    """Return a procedure as the ledger keeps it: TOML; what is left empty is left out.

    >>> print(procedure_toml(1, ("Check", "核对"), ["tax/tax_differs"], [{"key": "look", "en": "Look", "zh": "查看", "limit": "2h"}]))
    version = 1
    name = ["Check", "核对"]
    classes = ["tax/tax_differs"]
    [[steps]]
    key = "look"
    name = ["Look", "查看"]
    limit = "2h"
    """
    lines = [f"version = {version}", f"name = {_toml(list(name))}", f"classes = {_toml(list(classes))}"]
    for step in steps:
        lines += ["[[steps]]", f"key = {_toml(step['key'])}", f"name = {_toml([step['en'], step['zh']])}"]
        lines += [f"{each} = {_toml(step[each])}" for each in FIELDS[3:7] if step.get(each)]
        lines += ["four_eyes = true"] if step.get("four_eyes") == "yes" else []
        lines += [f"next = {_toml(step['next'])}"] if step.get("next") else []
    return "\n".join(lines)


def _toml(value: str | list[str]) -> str:
    """Return a text or list of texts as TOML, whose texts are those of JSON, but that the last control has to be escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _given_steps(act: Act) -> list[dict[str, str]]:
    """Return the steps of a form; those without key and names are none."""
    found = [
        {name: act.value(f"step{place}_{name}", most=200) for name in FIELDS} for place in range(1, MOST_STEPS + 1)
    ]
    return [each for each in found if each["key"] or each["en"] or each["zh"]]


def _typed_steps(procedure: Procedure) -> list[dict[str, str]]:
    return [
        {
            "key": each.key,
            "en": each.name.en,
            "zh": each.name.zh,
            "action": each.action,
            "when": each.when,
            "evidence": each.evidence,
            "limit": span_text(each.limit),
            "four_eyes": "yes" if each.four_eyes else "",
            "next": each.next,
        }
        for each in procedure.steps
    ]


def span_text(span: timedelta) -> str:
    """Return a time as tables write it.

    >>> span_text(timedelta(hours=4)), span_text(timedelta(days=2)), span_text(timedelta(minutes=90))
    ('4h', '2d', '90m')
    """
    sign, unit = next(each for each in _UNITS if not span % each[1])
    return f"{span // unit}{sign}"


def _form(
    visit: Visit,
    names: Mapping[str, str],
    classes: Sequence[str],
    steps: Sequence[Mapping[str, str]],
    *,
    fault: BothTexts | None = None,
) -> Response:
    nothing = ("", "–")
    choices: dict[str, list[tuple[str, str]]] = {
        "action": [("", visit.text("runs.by_person"))]
        + [(key, each.zh if visit.chinese else each.en) for key, each in ACTIONS.items()],
        "when": [nothing] + [(key, each.zh if visit.chinese else each.en) for key, each in CONDITIONS.items()],
        "evidence": [(each, visit.text(f"runs.{each}") if each else "–") for each in EVIDENCE],
        "four_eyes": [("", visit.text("runs.one_person")), ("yes", visit.text("runs.four_eyes"))],
    }
    empty: dict[str, Any] = dict.fromkeys(FIELDS, "")
    shown = [*steps, *[empty | {"limit": "4h"}] * _MORE][:MOST_STEPS]
    return page(
        visit,
        "procedure_form.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        names=names,
        steps=shown,
        fields=FIELDS,
        choices=choices,
        classes=class_choices(visit.chinese),
        chosen=set(classes),
        fault=fault,
    )
