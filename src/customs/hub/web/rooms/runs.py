"""Procedures (作业程序) and their runs: step by step over a case, with the buttons that carry steps out, and a second person."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response

from customs.hub.cases.acts import CaseAct
from customs.hub.cases.classes import CaseWords
from customs.hub.cases.kept import CaseError, NoCaseError
from customs.hub.procedures.conditions import CONDITIONS
from customs.hub.procedures.own import kept_procedures, procedures_of
from customs.hub.procedures.running import RunPlace, begin_run, decline_step, stop_run, take_step
from customs.hub.procedures.runs import HubRun, RunEntry, RunState, StepOutcome, entries_of_run, read_run
from customs.hub.procedures.steps import ACTIONS, ProcedureError, ProcedureStep
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.case_words import class_words, working_time
from customs.hub.web.rooms.cases import said
from customs.hub.web.rooms.procedure_writing import waiting_procedures
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection

#: The number of a case or of a run in an address.
RunNumber = Annotated[int, Path(ge=1, le=2**62)]

#: The right that an action needs, beside that of cases: it does to an order what the page of the order does.
ACTION_RIGHTS: Mapping[str, ConsoleRight] = dict.fromkeys(("push", "hold", "cancel", "return"), ConsoleRight.ORDERS)

#: How each outcome of a step looks.
OUTCOME_KINDS = {
    "done": "good",
    "refused": "bad",
    "declined": "bad",
    "late": "warn",
    "asked": "warn",
    "stopped": "warn",
}


def run_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of procedures and runs."""
    pages = APIRouter(prefix="/e/{enterprise}")
    seen, form = visitor(console, ConsoleRight.CASES), acting(console, ConsoleRight.CASES_CHANGE)

    @pages.get("/procedures")
    def show(visit: Visit = seen) -> Response:
        """List the procedures: shipped ones and the team's own."""
        with console.ledger.read() as connection:
            found = list(procedures_of(connection, visit.shop.name).values())
            kept = kept_procedures(connection, visit.shop.name)
        waiting = waiting_procedures(kept)
        steps = {each.key: [_step(step) for step in each.steps] for each in found}
        classes = {key: class_words(key) for each in found for key in each.classes}
        by_key = {each.procedure.key: [_step(step) for step in each.procedure.steps] for each in waiting}
        approved = {
            key: [each for each in kept if each.approved_by and each.procedure.key == key][:1] for key in sorted(steps)
        }
        return page(
            visit,
            "procedures.html",
            procedures=found,
            steps=steps,
            classes=classes,
            waiting=waiting,
            waiting_steps=by_key,
            approved=approved,
        )

    @pages.post("/cases/{number}/run")
    def begin(number: RunNumber, act: Act = form) -> Response:
        """Begin a procedure over a case, and over one of its orders if it is named."""
        try:
            return done_once(act, lambda connection: _begun(connection, act, number))
        except NoCaseError:
            raise _nothing() from None
        except ProcedureError as error:
            raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, said(error)) from None

    @pages.get("/runs/{number}")
    def read(number: RunNumber, visit: Visit = seen) -> Response:
        """Show a run."""
        return _run(visit, number)

    @pages.post("/runs/{number}/{doing}")
    def do(number: RunNumber, doing: Literal["take", "decline", "stop"], act: Act = form) -> Response:
        """Take the step that was seen, do not agree to it, or give the run up."""
        try:
            return done_once(act, lambda connection: RUN_ACTS[doing](connection, act, number))
        except (CaseError, ProcedureError) as error:
            return _run(act.visit, number, typed=str(act.form.get("evidence", "")), fault=said(error))

    return pages


def _nothing() -> PageError:
    return PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))


def _begun(connection: LedgerConnection, act: Act, case: int) -> ActDone:
    visit = act.visit
    procedure = procedures_of(connection, visit.shop.name).get(act.value("procedure", most=40))
    if procedure is None:
        raise _nothing()
    place = RunPlace(enterprise=visit.shop.name, case=case, order=act.value("order", most=190))
    run = begin_run(connection, procedure, place, CaseAct(by=visit.person.name, at=visit.now))
    return _entered(visit, "run_begin", run, "begun")


def _take(connection: LedgerConnection, act: Act, number: int) -> ActDone:
    visit, step = act.visit, act.value("step", most=40)
    _check_right(connection, visit, number)
    evidence = str(act.form.get("evidence", "")).strip()
    by = CaseAct(by=visit.person.name, at=visit.now)
    return _entered(visit, "run_take", take_step(connection, visit.shop, (number, step), evidence, by), "taken", step)


def _decline(connection: LedgerConnection, act: Act, number: int) -> ActDone:
    visit, step = act.visit, act.value("step", most=40)
    run = decline_step(connection, visit.shop.name, (number, step), _reasoned(act))
    return _entered(visit, "run_decline", run, "declined", step)


def _stop(connection: LedgerConnection, act: Act, number: int) -> ActDone:
    run = stop_run(connection, act.visit.shop.name, number, _reasoned(act))
    return _entered(act.visit, "run_stop", run, "stopped")


def _reasoned(act: Act) -> CaseAct:
    return CaseAct(by=act.visit.person.name, at=act.visit.now, why=act.value("why", most=2000))


#: The acts on a run.
RUN_ACTS: Mapping[str, Callable[[LedgerConnection, Act, int], ActDone]] = {
    "take": _take,
    "decline": _decline,
    "stop": _stop,
}


def _entered(visit: Visit, action: str, run: HubRun, key: str, step: str = "") -> ActDone:
    text, subject = console_text(f"runs.{key}"), f"run {run.id}"
    detail = f"{run.procedure.key} {step}".strip()
    return ActDone.saying(action, text, subject=subject, detail=detail, to=visit.here(f"/runs/{run.id}"))


def _check_right(connection: LedgerConnection, visit: Visit, number: int) -> None:
    """Raise ``PageError`` if the step that stands is done by the hub and the person may not have it do so."""
    step = read_run(connection, visit.shop.name, number).current
    right = ACTION_RIGHTS.get(step.action) if step else None
    if right is not None and not visit.may(right):
        raise PageError(HTTPStatus.FORBIDDEN, console_text("problem.not_allowed", name=visit.person.name))


def _words(words: CaseWords) -> BothTexts:
    return BothTexts(words.zh, words.en)


def _step(step: ProcedureStep) -> dict[str, object]:
    """Return a step as pages show it."""
    condition = CONDITIONS.get(step.when)
    return {
        "key": step.key,
        "name": _words(step.name),
        "action": _words(ACTIONS[step.action]) if step.action else None,
        "when": BothTexts(condition.zh, condition.en) if condition else None,
        "evidence": step.evidence,
        "hours": working_time(step.limit),
        "four_eyes": step.four_eyes,
    }


def _asked(entries: list[RunEntry], step: str) -> RunEntry | None:
    """Return by whom the step that stands is asked for, if a second person has to agree to it."""
    last = [each for each in entries if each.step == step and each.outcome is not StepOutcome.LATE][-1:]
    return last[0] if last and last[0].outcome is StepOutcome.ASKED else None


def _run(visit: Visit, number: int, *, typed: str = "", fault: BothTexts | None = None) -> Response:
    with visit.console.ledger.read() as connection:
        try:
            run = read_run(connection, visit.shop.name, number)
        except ProcedureError:
            raise _nothing() from None
        entries = entries_of_run(connection, number)
    outcomes = {each.step: each.outcome.value for each in entries}
    names = {each.key: _words(each.name) for each in run.procedure.steps}
    return page(
        visit,
        "run.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        run=run,
        title=_words(run.procedure.name),
        running=run.state is RunState.RUNNING,
        current=_step(run.current) if run.current else None,
        asked=_asked(entries, run.step),
        steps=[(_step(each), outcomes.get(each.key, "open")) for each in run.procedure.steps],
        entries=entries,
        names=names,
        kinds=OUTCOME_KINDS,
        typed=typed,
        fault=fault,
    )
