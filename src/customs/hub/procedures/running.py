"""Running procedures (执行程序): step by step over a case or an order, with evidence, and a second person where one is needed.

Promised: a step is done once, however often it is asked for and by however many people at once; what it does and its entry are
one transaction. Who asks for a step of four eyes is not who agrees to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.entries import MACHINE
from customs.hub.cases.kept import read_case
from customs.hub.cases.tables import HUB_CASE_FILES
from customs.hub.cases.working import comment_on_case
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.procedures.actions import ActionPlace, do_action
from customs.hub.procedures.conditions import condition_holds, order_row
from customs.hub.procedures.runs import (
    HubRun,
    RunState,
    StepOutcome,
    enter_step,
    entries_of_run,
    procedure_text,
    read_run,
    run_of_row,
)
from customs.hub.procedures.steps import Procedure, ProcedureError, ProcedureStep
from customs.hub.procedures.tables import HUB_RUNS
from customs.ledger.accounts import upserting
from customs.ledger.database import Ledger, LedgerConnection

#: Characters of evidence at most, and of a number.
LONGEST_EVIDENCE, LONGEST_NUMBER = 4000, 100

#: Runs that one transaction looks at.
TOGETHER = 200

_RUNS = HUB_RUNS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlace:
    """The thing that a procedure is run over: a case, an order as ``PLATFORM/ORDER``, or both."""

    enterprise: str
    case: int | None = None
    order: str = field(default="")


def begin_run(connection: LedgerConnection, procedure: Procedure, place: RunPlace, act: CaseAct) -> HubRun:
    """Begin a run at its first step, or return the one that is open for the same case and order.

    Raises ``ProcedureError`` for an order that there is not, or neither case nor order, and ``NoCaseError``.
    """
    if place.case is None and not place.order:
        raise ProcedureError("a run is over a case, an order or both 请指定工单或订单")
    if place.case is not None:
        read_case(connection, place.enterprise, place.case)
    if place.order and order_row(connection, place.enterprise, place.order) is None:
        raise ProcedureError(f"there is no order {place.order} 没有订单 {place.order}")
    living = f"{place.enterprise}/{procedure.key}/{place.case or ''}/{place.order}"[:300]
    row = {
        "enterprise": place.enterprise,
        "procedure": procedure.key,
        "version": procedure.version,
        "body": procedure_text(procedure),
        "case": place.case,
        "order": place.order,
        "living": living,
        "state": RunState.RUNNING,
        "step": "",
        "begun_at": act.at,
        "begun_by": act.by,
        "entries": 0,
    }
    adding = upserting(connection, HUB_RUNS).on_conflict_do_nothing().returning(_RUNS.id)
    number = connection.sql.execute(adding, [row]).scalar()
    if number is None:
        return run_of_row(connection.sql.execute(select(HUB_RUNS).where(_RUNS.living == living)).one())
    run = read_run(connection, place.enterprise, number)
    return _go(connection, run, procedure.steps[0].key, [("", StepOutcome.BEGUN, act)], act)


def take_step(
    connection: LedgerConnection, hub: HubEnterprise, seen: tuple[int, str], evidence: str, act: CaseAct
) -> HubRun:
    """Take the step of a run that a person saw, by the run's number and the key of the step; return the run after it.

    A step of four eyes is asked for by the first person and done when a second one takes it. Raises ``ProcedureError`` for a
    step that is not the one to be taken, evidence that is missing, and what the step needs.
    """
    run, step = _standing(connection, hub.name, seen)
    asked = _asked(connection, run, step)
    words = asked.why if asked else evidence.strip()
    _checked(connection, run, step, words)
    if step.four_eyes and asked is None:
        return _stay(connection, run, step, StepOutcome.ASKED, replace(act, why=words))
    if asked is not None and asked.by == act.by:
        raise ProcedureError("a second person agrees to this step 此步骤须由另一人复核")
    if not step.action:
        return _done(connection, run, step, replace(act, why=words))
    place = ActionPlace(hub=hub, case=run.case, order=run.order, act=act, words=words)
    outcome = do_action(connection, step.action, place)
    said = replace(act, why="\n".join(filter(None, (words, f"{outcome.en} {outcome.zh}"))))
    if not outcome.done:
        return _stay(connection, run, step, StepOutcome.REFUSED, said)
    return _done(connection, run, step, said)


def decline_step(connection: LedgerConnection, enterprise: str, seen: tuple[int, str], act: CaseAct) -> HubRun:
    """Do not agree to a step that another person asked for, for a reason. Raises ``ProcedureError``."""
    run, step = _standing(connection, enterprise, seen)
    asked = _asked(connection, run, step)
    if asked is None or asked.by == act.by:
        raise ProcedureError("no other person asked for this step 没有他人提交的待复核步骤")
    if not act.why.strip():
        raise ProcedureError("say why you do not agree 请填写不同意的原因")
    return _stay(connection, run, step, StepOutcome.DECLINED, act)


def stop_run(connection: LedgerConnection, enterprise: str, number: int, act: CaseAct) -> HubRun:
    """Give a run up, for a reason. Raises ``ProcedureError``."""
    run = read_run(connection, enterprise, number, locked=True)
    if run.state is not RunState.RUNNING or not act.why.strip():
        raise ProcedureError("a run that goes on is stopped for a reason 仅可中止执行中的程序，并须填写原因")
    enter_step(connection, run, run.step, StepOutcome.STOPPED, act, run.entries + 1)
    values = {"state": RunState.STOPPED, "living": None, "due": None, "ended_at": act.at, "entries": run.entries + 1}
    return _changed(connection, run, values)


def runs_turn(ledger: Ledger, enterprise: str, *, now: datetime) -> int:
    """Enter which steps take longer than allowed, each once, and say so in their cases; return how many."""
    with ledger.begin() as connection:
        wanted = (
            select(HUB_RUNS)
            .where(_RUNS.enterprise == enterprise, _RUNS.due <= now, _RUNS.state == RunState.RUNNING)
            .order_by(_RUNS.due, _RUNS.id)
            .limit(TOGETHER)
            .with_for_update(skip_locked=True)
        )
        runs = [run_of_row(row) for row in connection.sql.execute(wanted)]
        for run in runs:
            act = CaseAct(by=MACHINE, at=now)
            enter_step(connection, run, run.step, StepOutcome.LATE, act, run.entries + 1)
            _changed(connection, run, {"due": None, "entries": run.entries + 1})
            if run.case is not None:
                name = run.procedure.step(run.step).name
                words = f"the step takes longer than allowed: {name.en} 步骤超时：{name.zh}"
                comment_on_case(connection, SeenCase(enterprise, run.case), words, act)
    return len(runs)


def _standing(connection: LedgerConnection, enterprise: str, seen: tuple[int, str]) -> tuple[HubRun, ProcedureStep]:
    """Return a locked run and its step, if that is the one that was seen."""
    number, key = seen
    run = read_run(connection, enterprise, number, locked=True)
    step = run.current
    if run.state is not RunState.RUNNING or step is None:
        raise ProcedureError(f"run {number} is {run.state.value} 执行 {number} {run.state.zh}")
    if step.key != key:
        raise ProcedureError(
            f"the step to be taken is {step.key}, not {key}: another person went on "
            f"当前步骤为 {step.name.zh}（{step.key}），已有人继续处理"
        )
    return run, step


def _asked(connection: LedgerConnection, run: HubRun, step: ProcedureStep) -> CaseAct | None:
    """Return by whom a step of four eyes is asked for, with the evidence; None if nobody does."""
    found = None
    for each in entries_of_run(connection, run.id):
        if each.step == step.key and each.outcome is StepOutcome.ASKED:
            found = CaseAct(by=each.by, at=each.at, why=each.words)
        elif each.step == step.key and each.outcome in (StepOutcome.DECLINED, StepOutcome.REFUSED):
            found = None
    return found


def _checked(connection: LedgerConnection, run: HubRun, step: ProcedureStep, words: str) -> None:
    """Raise ``ProcedureError`` if the evidence of a step is missing."""
    if step.evidence and not words:
        asked = {"words": ("words", "文字说明"), "number": ("a number", "编号"), "file": ("a file", "附件编号")}
        en, zh = asked[step.evidence]
        raise ProcedureError(f"this step needs {en} as evidence 此步骤须填写{zh}作为依据")
    if len(words) > (LONGEST_NUMBER if step.evidence == "number" else LONGEST_EVIDENCE):
        raise ProcedureError("the evidence is too long 依据过长")
    if step.evidence == "file":
        files = HUB_CASE_FILES.c
        here = select(files.id).where(files.case == run.case, files.id == (int(words) if words.isdecimal() else 0))
        if connection.sql.execute(here).first() is None:
            raise ProcedureError("name a file of the case by its number 请填写本工单附件的编号")


def _done(connection: LedgerConnection, run: HubRun, step: ProcedureStep, act: CaseAct) -> HubRun:
    return _go(connection, run, run.procedure.after(step), [(step.key, StepOutcome.DONE, act)], act)


def _go(
    connection: LedgerConnection,
    run: HubRun,
    key: str,
    entered: Sequence[tuple[str, StepOutcome, CaseAct]],
    act: CaseAct,
) -> HubRun:
    """Enter what was done, pass over steps whose condition does not hold, and stand at the next one or at the end."""
    passed = list(entered)
    while key:
        step = run.procedure.step(key)
        if condition_holds(connection, run.enterprise, run.order, step.when):
            break
        passed.append((key, StepOutcome.PASSED, CaseAct(by=MACHINE, at=act.at)))
        key = run.procedure.after(step)
    for place, (name, outcome, by) in enumerate(passed, run.entries + 1):
        enter_step(connection, run, name, outcome, by, place)
    values: dict[str, Any] = {"step": key, "entries": run.entries + len(passed)}
    if key:
        values["due"] = act.at + run.procedure.step(key).limit
    else:
        values |= {"state": RunState.DONE, "living": None, "due": None, "ended_at": act.at}
    return _changed(connection, run, values)


def _stay(connection: LedgerConnection, run: HubRun, step: ProcedureStep, outcome: StepOutcome, act: CaseAct) -> HubRun:
    enter_step(connection, run, step.key, outcome, act, run.entries + 1)
    return _changed(connection, run, {"entries": run.entries + 1})


def _changed(connection: LedgerConnection, run: HubRun, values: Mapping[str, Any]) -> HubRun:
    connection.sql.execute(update(HUB_RUNS).where(_RUNS.id == run.id).values(values))
    return read_run(connection, run.enterprise, run.id)
