"""Parties as they are kept (参与企业登记): who is registered for which role and until when, and who may appear together.

Promised: the same cause twice changes nothing, with other facts it is refused; rows are never changed or deleted; of two
writers about one enterprise one comes after the other, so that what is last in the ledger was entered last.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Row, Table, func, or_, select
from stdnum.cn import uscc

from customs.fields.frozen import FrozenDict
from customs.ledger.accounts import upserting
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.parties.facts import PartyAgreement, PartyPaper, PartyRegistration
from customs.ledger.parties.schemes import ROLES, PartyCodeError, PartyRole, check_code, check_dxp_id, scheme_of
from customs.ledger.parties.tables import PARTIES, PARTY_AGREEMENTS, PARTY_PAPERS, PARTY_REGISTRATIONS
from customs.ledger.parts import in_parts

PartyFact: TypeAlias = PartyRegistration | PartyPaper | PartyAgreement

F = TypeVar("F", bound=PartyFact)

#: The fields in which a parcel names the enterprise of a role.
PARTY_FIELDS: Mapping[PartyRole, str] = FrozenDict({role: words.field for role, words in ROLES.items()})

#: Where each fact is kept, and by which of its columns it is known.
_KEPT: Mapping[type, tuple[Table, tuple[str, ...]]] = FrozenDict(
    {
        PartyRegistration: (PARTY_REGISTRATIONS, ("role", "code")),
        PartyPaper: (PARTY_PAPERS, ("role", "code", "paper")),
        PartyAgreement: (PARTY_AGREEMENTS, ("platform_code", "merchant_code", "role", "code")),
    }
)


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """A fact as it was entered: why and when."""

    fact: PartyFact
    cause: EntryCause
    at: datetime


def enter_registration(
    connection: LedgerConnection, given: PartyRegistration, cause: EntryCause, *, at: datetime
) -> bool:
    """Enter a registration as it stands from now on; return False if the cause was entered before.

    Raises ``PartyCodeError`` for a number that its role cannot have, ``CauseUsedError`` for a cause with other facts.
    """
    check_code(given.role, given.code)
    if given.credit_code and not (
        uscc.is_valid(given.credit_code) and uscc.compact(given.credit_code) == given.credit_code
    ):
        raise PartyCodeError(
            "the credit code has not 18 characters, or its check character is wrong",
            "统一社会信用代码不足 18 位或校验码不符",
        )
    if given.dxp_id:
        check_dxp_id(given.dxp_id)
    own = given.code if scheme_of(given.code) == "credit code" else None
    values = {"credit_code": own, "scheme": scheme_of(given.code)}
    return _enter(
        connection, given, cause, at, {**values, **({"credit_code": given.credit_code} if given.credit_code else {})}
    )


def enter_paper(connection: LedgerConnection, given: PartyPaper, cause: EntryCause, *, at: datetime) -> bool:
    """Enter a licence or a certificate as it stands from now on; return False if the cause was entered before."""
    check_code(given.role, given.code)
    return _enter(connection, given, cause, at)


def enter_agreement(connection: LedgerConnection, given: PartyAgreement, cause: EntryCause, *, at: datetime) -> bool:
    """Enter an agreement, or its end; return False if the cause was entered before."""
    check_code("platform", given.platform_code)
    check_code("merchant", given.merchant_code)
    check_code(given.role, given.code)
    return _enter(connection, given, cause, at)


def enter_changed(connection: LedgerConnection, given: PartyFact, cause: EntryCause, *, at: datetime) -> str:
    """Enter a fact of a list and return what became of it: ``new``, ``changed``, or ``same`` if the ledger has it so."""
    _lock(connection, given)
    before = _standing(connection, given)
    if before == given:
        return "same"
    entered = (
        enter_registration(connection, given, cause, at=at)
        if isinstance(given, PartyRegistration)
        else enter_paper(connection, given, cause, at=at)
        if isinstance(given, PartyPaper)
        else enter_agreement(connection, given, cause, at=at)
    )
    return ("changed" if before else "new") if entered else "same"


def _enter(
    connection: LedgerConnection,
    given: PartyFact,
    cause: EntryCause,
    at: datetime,
    more: Mapping[str, Any] | None = None,
) -> bool:
    _lock(connection, given)
    table, known_by = _KEPT[type(given)]
    values = {**asdict(given), **(more or {})}
    said = {"cause_kind": cause.kind, "cause": cause.id, "by": cause.by, "why": cause.why, "at": at}
    adding = upserting(connection, table).on_conflict_do_nothing().returning(table.c.id)
    if connection.sql.execute(adding, {**values, **said}).scalar() is not None:
        return True
    same = [table.c[name] == values[name] for name in known_by]
    wanted = select(*[table.c[name] for name in values]).where(
        *same, table.c.cause_kind == cause.kind, table.c.cause == cause.id
    )
    if dict(connection.sql.execute(wanted).one()._mapping) != values:
        raise CauseUsedError("party", cause)
    return False


def _lock(connection: LedgerConnection, given: PartyFact) -> None:
    """Have other writers about the same enterprise wait until the transaction ends."""
    _, known_by = _KEPT[type(given)]
    key = "/".join([type(given).__name__, *[getattr(given, name) for name in known_by]])
    connection.sql.execute(upserting(connection, PARTIES).on_conflict_do_nothing(), {"key": key})
    connection.sql.execute(select(PARTIES.c.id).where(PARTIES.c.key == key).with_for_update()).scalar_one()


def _standing(connection: LedgerConnection, given: PartyFact) -> PartyFact | None:
    """Return the fact that the ledger has in the place of another one."""
    table, known_by = _KEPT[type(given)]
    same = [table.c[name] == getattr(given, name) for name in known_by]
    return next(iter(last_facts(connection, type(given), *same)), None)


def last_facts(connection: LedgerConnection, kind: type[F], *conditions: ColumnElement[bool]) -> tuple[F, ...]:
    """Return the facts of a kind as they stand, those of which rows hold conditions: the last of each enterprise, paper or
    agreement.
    """
    table, known_by = _KEPT[kind]
    last = select(func.max(table.c.id)).where(*conditions).group_by(*[table.c[name] for name in known_by])
    wanted = select(table).where(table.c.id.in_(last)).order_by(*[table.c[name] for name in known_by])
    return tuple(_fact(kind, row) for row in connection.sql.execute(wanted))


def _fact(kind: type[Any], row: Row[Any]) -> Any:
    values = {name: row._mapping[name] for name in kind.__dataclass_fields__}
    if values.get("credit_code") == values["code"]:
        values["credit_code"] = None
    return kind(**values)


def registrations_named(
    connection: LedgerConnection, codes: Iterable[str]
) -> Mapping[tuple[str, str], PartyRegistration]:
    """Return the registrations as they stand of enterprises by role and code, and by role and credit code; of two enterprises
    with one number that whose code it is.
    """
    table, found = PARTY_REGISTRATIONS.c, list[PartyRegistration]()
    for part in in_parts(dict.fromkeys(codes)):
        named = select(table.code).where(or_(table.code.in_(part), table.credit_code.in_(part)))
        found += last_facts(connection, PartyRegistration, table.code.in_(named))
    numbered = dict[tuple[str, str], PartyRegistration]()
    for each in reversed(found):
        if each.credit_code:
            numbered[each.role, each.credit_code] = each
    for each in found:
        numbered[each.role, each.code] = each
    return numbered


def registration_of(connection: LedgerConnection, role: PartyRole, code: str) -> PartyRegistration | None:
    """Return the registration of an enterprise for a role as it stands, by its code or its credit code; None if there is none."""
    return registrations_named(connection, [code]).get((role, code))


def registrations_of(connection: LedgerConnection, role: PartyRole | None = None) -> tuple[PartyRegistration, ...]:
    """Return all registrations as they stand, or those for a role."""
    columns = PARTY_REGISTRATIONS.c
    return last_facts(connection, PartyRegistration, *([] if role is None else [columns.role == role]))


def papers_of(
    connection: LedgerConnection, role: PartyRole | None = None, code: str | None = None
) -> tuple[PartyPaper, ...]:
    """Return all further papers as they stand, or those of a role or an enterprise."""
    columns = PARTY_PAPERS.c
    wanted = [*([columns.role == role] if role else []), *([columns.code == code] if code else [])]
    return last_facts(connection, PartyPaper, *wanted)


def agreements_of(
    connection: LedgerConnection, platform_code: str | None = None, merchant_code: str | None = None
) -> tuple[PartyAgreement, ...]:
    """Return all agreements as they stand, ended ones among them, or those of a platform or a merchant."""
    columns = PARTY_AGREEMENTS.c
    wanted = [
        *([columns.platform_code == platform_code] if platform_code else []),
        *([columns.merchant_code == merchant_code] if merchant_code else []),
    ]
    return last_facts(connection, PartyAgreement, *wanted)


def credit_codes(connection: LedgerConnection) -> Mapping[str, str]:
    """Return the credit code of each customs code: what ``Run.registrations`` compares a declarant's certificate by."""
    found = registrations_of(connection)
    return FrozenDict({each.code: each.credit_code for each in found if each.credit_code})


def party_history(connection: LedgerConnection, code: str) -> Iterator[PartyEntry]:
    """Yield what was entered about an enterprise, in order of its kind and time, with causes."""
    for kind, (table, _) in _KEPT.items():
        for row in connection.sql.execute(select(table).where(table.c.code == code).order_by(table.c.id)):
            cause = EntryCause(row.cause_kind, row.cause, row.by, row.why)
            yield PartyEntry(_fact(kind, row), cause, row.at)
