"""Procedures of a team (自定义程序): kept version by version in the ledger, each in force once a second person approves it.

One takes the place of a shipped one of its key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, insert, select

from customs.hub.cases.acts import CaseAct
from customs.hub.procedures.steps import Procedure, ProcedureError, read_procedure, shipped_procedures
from customs.hub.procedures.tables import HUB_PROCEDURE_APPROVALS, HUB_PROCEDURES
from customs.ledger.database import LedgerConnection

#: Characters of a procedure at most.
LONGEST = 50_000

_KEPT, _APPROVED = HUB_PROCEDURES.c, HUB_PROCEDURE_APPROVALS.c


def keep_procedure(connection: LedgerConnection, enterprise: str, key: str, text: str, act: CaseAct) -> Procedure:
    """Keep a version of a procedure of the team's own, as TOML; its version follows the one before, and a second person approves it.

    Raises ``ProcedureError`` with every mistake.
    """
    if len(text) > LONGEST:
        raise ProcedureError(f"a procedure has {LONGEST} characters at most 程序最长 {LONGEST} 个字符")
    procedure = read_procedure(key, text)
    wanted = select(func.coalesce(func.max(_KEPT.version), 0)).where(_KEPT.enterprise == enterprise, _KEPT.key == key)
    newest = connection.sql.execute(wanted).scalar_one()
    if procedure.version != newest + 1:
        raise ProcedureError(f"the next version of {key} is {newest + 1} {key} 的下一版本为 {newest + 1}")
    row = {"enterprise": enterprise, "key": key, "version": procedure.version, "at": act.at, "by": act.by, "body": text}
    connection.sql.execute(insert(HUB_PROCEDURES), row)
    return procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProcedure:
    """A version of a procedure of a team: who wrote it, and who approved it, if anybody did."""

    procedure: Procedure
    at: datetime
    by: str
    approved_at: datetime | None
    approved_by: str | None


def approve_procedure(connection: LedgerConnection, enterprise: str, key: str, version: int, act: CaseAct) -> None:
    """Approve the newest version of a procedure, which is in force from then on.

    Raises ``ProcedureError`` if there is none, if it was approved, or if who approves it wrote it.
    """
    found = [each for each in kept_procedures(connection, enterprise) if each.procedure.key == key]
    if not found or found[0].procedure.version != version:
        raise ProcedureError(
            f"version {version} of {key} is not the newest one that there is {key} 的第 {version} 版不是最新版本"
        )
    if found[0].approved_by is not None:
        raise ProcedureError(f"version {version} of {key} is approved already {key} 的第 {version} 版已复核")
    if found[0].by == act.by:
        raise ProcedureError("who wrote a procedure does not approve it 编写人不能复核自己编写的程序")
    row = {"enterprise": enterprise, "key": key, "version": version, "at": act.at, "by": act.by}
    connection.sql.execute(insert(HUB_PROCEDURE_APPROVALS), row)


def kept_procedures(connection: LedgerConnection, enterprise: str) -> list[KeptProcedure]:
    """Return the procedures of a team in all versions, by key, the newest version first."""
    key = (_APPROVED.enterprise == _KEPT.enterprise, _APPROVED.key == _KEPT.key, _APPROVED.version == _KEPT.version)
    wanted = (
        select(_KEPT.key, _KEPT.body, _KEPT.at, _KEPT.by, _APPROVED.at.label("approved_at"), _APPROVED.by.label("who"))
        .outerjoin(HUB_PROCEDURE_APPROVALS, and_(*key))
        .where(_KEPT.enterprise == enterprise)
        .order_by(_KEPT.key, _KEPT.version.desc())
    )
    return [
        KeptProcedure(
            procedure=read_procedure(row.key, row.body),
            at=row.at,
            by=row.by,
            approved_at=row.approved_at,
            approved_by=row.who,
        )
        for row in connection.sql.execute(wanted)
    ]


def procedures_of(connection: LedgerConnection, enterprise: str) -> Mapping[str, Procedure]:
    """Return the procedures of an enterprise by their keys: those that are shipped, and its own in their newest approved version."""
    found = dict(shipped_procedures())
    own = [each.procedure for each in kept_procedures(connection, enterprise) if each.approved_by is not None]
    return {**found, **{each.key: each for each in reversed(own)}}


def procedures_for(connection: LedgerConnection, enterprise: str, case_class: str) -> list[Procedure]:
    """Return the procedures for a class of cases."""
    return [each for each in procedures_of(connection, enterprise).values() if case_class in each.classes]
