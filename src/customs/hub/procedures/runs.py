"""Runs of procedures as they are kept (执行存取): where a run stands, its entries, and what was said in them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select

from customs.hub.cases.acts import CaseAct
from customs.hub.cases.classes import CaseWords
from customs.hub.procedures.steps import Procedure, ProcedureError, ProcedureStep
from customs.hub.procedures.tables import HUB_RUN_ENTRIES, HUB_RUN_WORDS, HUB_RUNS
from customs.hub.store.sealed import opened, seal
from customs.ledger.database import LedgerConnection

_RUNS, _ENTRIES, _WORDS = HUB_RUNS.c, HUB_RUN_ENTRIES.c, HUB_RUN_WORDS.c


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    """执行中: a step is to be taken."""
    DONE = "done"
    """已完成: every step was done or passed over."""
    STOPPED = "stopped"
    """已中止: given up, for a reason."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return {"running": "执行中", "done": "已完成", "stopped": "已中止"}[self.value]


class StepOutcome(StrEnum):
    """The outcome of a step, as its entry says it."""

    BEGUN = "begun"
    """开始执行: the run began."""
    ASKED = "asked"
    """待复核: a first person asks for it; a second one has to agree."""
    DECLINED = "declined"
    """复核未通过: the second person did not agree."""
    DONE = "done"
    """已完成."""
    REFUSED = "refused"
    """未能完成: the hub could not do it as things stand; it may be tried again."""
    PASSED = "passed"
    """已跳过: its condition does not hold."""
    LATE = "late"
    """超时: it takes longer than allowed."""
    STOPPED = "stopped"
    """中止: the run was given up."""

    @property
    def once(self) -> bool:
        """True if a step has it once at most."""
        return self in (StepOutcome.DONE, StepOutcome.PASSED, StepOutcome.LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEntry:
    """An entry of a run: what became of a step, when, by whom, and the evidence or what was said."""

    place: int
    step: str
    outcome: StepOutcome
    at: datetime
    by: str
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRun:
    """A run as it stands: over which case and order, by which procedure, and at which step."""

    id: int
    enterprise: str
    procedure: Procedure
    case: int | None
    order: str
    state: RunState
    step: str
    due: datetime | None
    begun_at: datetime
    begun_by: str
    entries: int

    @property
    def current(self) -> ProcedureStep | None:
        """The step that is to be taken, None at the end."""
        return self.procedure.step(self.step) if self.step else None


def read_run(connection: LedgerConnection, enterprise: str, number: int, *, locked: bool = False) -> HubRun:
    """Return a run, for this transaction alone if it is locked. Raises ``ProcedureError`` if there is none."""
    wanted = select(HUB_RUNS).where(_RUNS.id == number, _RUNS.enterprise == enterprise)
    row = connection.sql.execute(wanted.with_for_update() if locked else wanted).one_or_none()
    if row is None:
        raise ProcedureError(f"there is no run {number} 没有执行记录 {number}")
    return run_of_row(row)


def runs_of(connection: LedgerConnection, enterprise: str, *, case: int | None = None, order: str = "") -> list[HubRun]:
    """Return the runs over a case, or over an order, in the order in which they began."""
    here = _RUNS.case == case if case is not None else _RUNS.order == order
    wanted = select(HUB_RUNS).where(_RUNS.enterprise == enterprise, here).order_by(_RUNS.id)
    return [run_of_row(row) for row in connection.sql.execute(wanted)]


def entries_of_run(connection: LedgerConnection, number: int) -> list[RunEntry]:
    """Return the entries of a run, with what was said where it was not erased."""
    wanted = select(HUB_RUN_WORDS).where(_WORDS.run == number, _WORDS.salt.is_not(None))
    said = {row.place: opened(connection.keys, row) or b"" for row in connection.sql.execute(wanted)}
    kept = select(HUB_RUN_ENTRIES).where(_ENTRIES.run == number).order_by(_ENTRIES.place)
    return [
        RunEntry(
            place=row.place,
            step=row.step,
            outcome=StepOutcome(row.outcome),
            at=row.at,
            by=row.by,
            words=said.get(row.place, b"").decode(),
        )
        for row in connection.sql.execute(kept)
    ]


def enter_step(
    connection: LedgerConnection, run: HubRun, step: str, outcome: StepOutcome, act: CaseAct, place: int
) -> None:
    """Enter what became of a step at a place of the log; ``act.why`` is the evidence or what was said."""
    once = {StepOutcome.LATE: f"late {step}"}.get(outcome, step) if outcome.once else None
    row = {"run": run.id, "place": place, "step": step, "outcome": outcome, "once": once, "at": act.at, "by": act.by}
    connection.sql.execute(insert(HUB_RUN_ENTRIES), row)
    if act.why:
        sealed = seal(connection.keys, act.why.encode())._asdict()
        connection.sql.execute(insert(HUB_RUN_WORDS), {"run": run.id, "place": place, **sealed})


def run_of_row(row: Any) -> HubRun:
    """Return the run of a row of the table of runs."""
    kept = row._mapping
    same = ("id", "enterprise", "case", "order", "step", "due", "begun_at", "begun_by", "entries")
    return HubRun(procedure=_procedure(row.body), state=RunState(row.state), **{name: kept[name] for name in same})


def procedure_text(procedure: Procedure) -> str:
    """Return a procedure as a run keeps it: JSON."""
    table = asdict(procedure)
    for each in table["steps"]:
        each["limit"] = each["limit"].total_seconds()
    return json.dumps(table, ensure_ascii=False)


def _procedure(text: str) -> Procedure:
    table = json.loads(text)
    steps = [_kept_step(each) for each in table.pop("steps")]
    name, classes = CaseWords(*table.pop("name")), tuple(table.pop("classes"))
    return Procedure(**table, name=name, classes=classes, steps=tuple(steps))


def _kept_step(table: Mapping[str, Any]) -> ProcedureStep:
    changed = {"name": CaseWords(*table["name"]), "limit": timedelta(seconds=table["limit"])}
    return ProcedureStep(**{**table, **changed})
