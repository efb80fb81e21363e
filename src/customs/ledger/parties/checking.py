"""The check of a parcel's parties (参与企业核对): who is registered, whose papers hold, and who may appear together on a day.

Refusals foreseen: 22001, 22002, -10101 (not registered, another name), 13035 (another payment company), -301008 (another DXP
id), and -621015 where the certificate that signs is given.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from sqlalchemy import func, select

from customs.declaration import Declaration, Parties
from customs.fields import terms_of
from customs.ledger.database import LedgerConnection
from customs.ledger.parties.facts import PARTY_PAPER_WORDS, PartyAgreement, PartyRegistration
from customs.ledger.parties.kept import PARTY_FIELDS, agreements_of, papers_of, registration_of, registrations_of
from customs.ledger.parties.known import KnownParties, known_parties
from customs.ledger.parties.schemes import PartyRole
from customs.ledger.parties.tables import PARTY_AGREEMENTS, PARTY_PAPERS, PARTY_REGISTRATIONS
from customs.rules import Finding, catalogue
from customs.rules.reading import name_of

#: Codes that a finding names at most.
_NAMED = 5

#: Sets of parties whose answers are kept, so that a long list of parcels asks once for each.
_KEPT = 1000


def agreed_codes(
    connection: LedgerConnection, platform_code: str, merchant_code: str, role: PartyRole, *, on: date
) -> frozenset[str] | None:
    """Return the enterprises that may fill a role for a platform and a merchant on a day, None if nothing was ever agreed.

    In the role ``merchant`` the merchants that may sell on the platform are meant, whatever ``merchant_code`` is.
    """
    pair = (platform_code,) if role == "merchant" else (platform_code, merchant_code)
    return _agreed([each for each in agreements_of(connection, *pair) if each.role == role], on)


def _agreed(agreements: Sequence[PartyAgreement], on: date) -> frozenset[str] | None:
    held = frozenset(each.code for each in agreements if each.agreed and each.holds(on))
    return held if agreements else None


def may_appear(
    connection: LedgerConnection, platform_code: str, merchant_code: str, *, on: date
) -> Mapping[PartyRole, frozenset[str]]:
    """Return the enterprises that may appear with a platform and a merchant on a day, for each role of which anything is agreed:
    those that are agreed and, where the ledger knows registrations for the role, registered.
    """
    found = {}
    for role in PARTY_FIELDS:
        agreed = agreed_codes(connection, platform_code, merchant_code, role, on=on)
        if agreed is None:
            continue
        known = bool(registrations_of(connection, role))
        found[role] = frozenset(each for each in agreed if not known or _is_registered(connection, role, each, on))
    return found


def _is_registered(connection: LedgerConnection, role: PartyRole, code: str, on: date) -> bool:
    found = registration_of(connection, role, code)
    return found is not None and all(each.holds(on) for each in (found, *papers_of(connection, role, found.code)))


def check_parties(connection: LedgerConnection, declaration: Declaration, *, on: date) -> list[Finding]:
    """Return what registrations, papers and agreements say against a parcel on a day.

    A role of which the ledger has no registration, or a pair of platform and merchant for which nothing was agreed, is not
    spoken of.
    """
    return _checked(connection, known_parties(connection, [declaration.parties]), declaration.parties, on)


def _checked(connection: LedgerConnection, known: KnownParties, parties: Parties, on: date) -> list[Finding]:
    return [*_registered(connection, known, parties, on), *_together(known, parties, on)]


def _registered(connection: LedgerConnection, known: KnownParties, parties: Parties, on: date) -> Iterator[Finding]:
    for role, field in PARTY_FIELDS.items():
        code = getattr(parties, field)
        if not code or role not in known.roles:
            continue
        found = known.registrations.get((role, code))
        if found is None:
            every = [each.code for each in registrations_of(connection, role) if each.holds(on)]
            told = _codes(every) if every else ""
            facts = {
                "registered": told and f"; registered are {told}",
                "registered_zh": told and f"，已登记的有 {told}",
            }
            yield catalogue.NOT_REGISTERED.at(f"parties.{field}", name=_name(field), code=code, **facts)
        else:
            yield from _on_paper(known, parties, found, on)


def _on_paper(known: KnownParties, parties: Parties, found: PartyRegistration, on: date) -> Iterator[Finding]:
    role, field = found.role, PARTY_FIELDS[found.role]
    papers = known.papers.get((role, found.code), ())
    held = [("registration", found), *[(each.paper, each) for each in papers]]
    for paper, each in held:
        if not each.holds(on):
            days, days_zh = each.days_told()
            words = PARTY_PAPER_WORDS[paper]
            facts = {"paper": words.en, "paper_zh": words.zh, "day": on, "days": days, "days_zh": days_zh}
            yield catalogue.PARTY_DAYS.at(f"parties.{field}", name=_name(field), code=getattr(parties, field), **facts)
    given = getattr(parties, f"{role}_name", None)
    if given is not None and given != found.name:
        facts = {"name": _name(f"{role}_name"), "given": given, "recorded": found.name}
        yield catalogue.PARTY_NAME.at(f"parties.{role}_name", **facts)
    if role == "transmitter" and found.dxp_id and parties.dxp_id != found.dxp_id:
        facts = {"name": _name("dxp_id"), "given": parties.dxp_id, "code": parties.transmitter_code}
        yield catalogue.PARTY_DXP.at("parties.dxp_id", recorded=found.dxp_id, **facts)


def _together(known: KnownParties, parties: Parties, on: date) -> Iterator[Finding]:
    platform, merchant = parties.platform_code, parties.merchant_code
    of_platform = known.agreements.get(platform or "", ())
    for role, field in PARTY_FIELDS.items():
        code = getattr(parties, field)
        mine = [e for e in of_platform if e.role == role and (role == "merchant" or e.merchant_code == merchant)]
        may = _agreed(mine, on) if code and role != "platform" else None
        if may is None or _codes_of(known, role, code) & may:
            continue
        told = _codes(may)
        facts = {"name": _name(field), "code": code, "day": on, "platform": platform, "merchant": merchant}
        yield catalogue.PARTY_APART.at(f"parties.{field}", agreed=told or "nobody", agreed_zh=told or "无", **facts)


def _codes_of(known: KnownParties, role: PartyRole, code: str) -> set[str]:
    """Return the codes of the enterprise that has a code: its own, and those of its registration."""
    found = known.registrations.get((role, code))
    return {code, *([found.code, found.credit_code or ""] if found else [])} - {""}


def _name(field: str) -> str:
    return name_of(terms_of(Parties)[field])


def _codes(codes: Iterable[str]) -> str:
    named = sorted(codes)
    return ", ".join([*named[:_NAMED], *(["..."] if len(named) > _NAMED else [])])


#: What was answered, by day and parties.
_Said: TypeAlias = dict[tuple[object, ...], tuple[Finding, ...]]


def _answered(
    said: _Said, connection: LedgerConnection, declarations: Sequence[Declaration], on: date
) -> list[tuple[Finding, ...]]:
    """Return what was said before of the same parties, or ask the ledger for all of which nothing was said."""
    if len(said) >= _KEPT:
        said.clear()
    keys = [_key(each.parties, on) for each in declarations]
    new = {key: each.parties for key, each in zip(keys, declarations, strict=True) if key not in said}
    if new:
        known = known_parties(connection, new.values())
        said |= {key: tuple(_checked(connection, known, each, on)) for key, each in new.items()}
    return [said[key] for key in keys]


def _key(parties: Parties, on: date) -> tuple[object, ...]:
    return (on, *(getattr(parties, name) for name in type(parties).model_fields))


class PartyAnswers:
    """Answers about parties over many transactions: each set of parties is looked up once, until something is entered.

    A question then costs one statement, which tells that nothing was entered.
    """

    def __init__(self) -> None:
        self._kept: tuple[object, _Said] = (None, {})

    def objections(self, connection: LedgerConnection, declaration: Declaration, *, on: date) -> Sequence[Finding]:
        """Return what registrations and agreements say against a parcel on a day."""
        return self.objections_of(connection, [declaration], on=on)[0]

    def objections_of(
        self, connection: LedgerConnection, declarations: Sequence[Declaration], *, on: date
    ) -> list[tuple[Finding, ...]]:
        """Return what they say against each of many parcels."""
        now = _rows(connection)
        before, said = self._kept
        if now != before:
            said = {}
            self._kept = (now, said)
        return _answered(said, connection, declarations, on)


def _rows(connection: LedgerConnection) -> tuple[int, ...]:
    """Return the number of rows about parties: rows are only added, so that the same number means the same rows."""
    tables = (PARTY_REGISTRATIONS, PARTY_PAPERS, PARTY_AGREEMENTS)
    counted = [select(func.count()).select_from(each).scalar_subquery() for each in tables]
    return tuple(connection.sql.execute(select(*counted)).one())


class LedgerParties:
    """The answers of registrations and agreements to ``customs.foresee``, as its ``records``; it knows nothing else.

    One value speaks of one transaction: what it answered for a set of parties it answers again without asking the database.
    """

    def __init__(self, connection: LedgerConnection) -> None:
        self._connection = connection
        self._said: _Said = {}

    def objections(self, declaration: Declaration, *, on: date) -> Sequence[Finding]:
        """Return what registrations and agreements say against a parcel on a day."""
        return _answered(self._said, self._connection, [declaration], on)[0]

    def quota_used(self, id_type: str, id_number: str, year: int, *, beside: str = "") -> Decimal | None:
        """Return None: the quota answers that."""
        return None

    def goods_on_record(self, account_book_no: str) -> Mapping[str, Mapping[str, str]] | None:
        """Return None: the goods records answer that."""
        return None

    def guarantee_left(self, guarantor_code: str) -> Decimal | None:
        """Return None: the tax bills answer that."""
        return None

    def registered(self, code: str) -> bool | None:
        """Return None: ``objections`` says it by role and day."""
        return None
