"""Procedures of a team (自定义程序): kept version by version in the ledger; one takes the place of a shipped one of its key."""

from collections.abc import Mapping

from sqlalchemy import func, insert, select

from customs.hub.cases.acts import CaseAct
from customs.hub.procedures.steps import Procedure, ProcedureError, read_procedure, shipped_procedures
from customs.hub.procedures.tables import HUB_PROCEDURES
from customs.ledger.database import LedgerConnection

#: Characters of a procedure at most.
LONGEST = 50_000

_KEPT = HUB_PROCEDURES.c


def keep_procedure(connection: LedgerConnection, enterprise: str, key: str, text: str, act: CaseAct) -> Procedure:
    """Keep a version of a procedure of the team's own, as TOML; its version follows the one before.

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


def procedures_of(connection: LedgerConnection, enterprise: str) -> Mapping[str, Procedure]:
    """Return the procedures of an enterprise by their keys: those that are shipped, and its own in their newest version."""
    newest = (
        select(_KEPT.key, func.max(_KEPT.version).label("version"))
        .where(_KEPT.enterprise == enterprise)
        .group_by(_KEPT.key)
        .subquery()
    )
    wanted = select(_KEPT.key, _KEPT.body).join(
        newest, (newest.c.key == _KEPT.key) & (newest.c.version == _KEPT.version)
    )
    rows = connection.sql.execute(wanted.where(_KEPT.enterprise == enterprise).order_by(_KEPT.key))
    return {**shipped_procedures(), **{row.key: read_procedure(row.key, row.body) for row in rows}}


def procedures_for(connection: LedgerConnection, enterprise: str, case_class: str) -> list[Procedure]:
    """Return the procedures for a class of cases."""
    return [each for each in procedures_of(connection, enterprise).values() if case_class in each.classes]
