"""Means (申报条件): guarantees, papers, certificates, keys and account books, without which nothing can be declared soon."""

from collections.abc import Iterator
from datetime import date

from customs.bilingual import halves
from customs.fields.money import EXACT
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace, Looking
from customs.hub.alarms.settings import AlarmSettings
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.intake.problems import IntakeError
from customs.ledger.bills.guarantee import (
    GuaranteeBalance,
    daily_tax,
    days_held,
    expected_releases,
    forecast_guarantee,
    guarantees,
)
from customs.ledger.book.write_off import WriteOffCycle
from customs.ledger.database import LedgerConnection
from customs.ledger.parties.expiring import PartyEnd, ending_parties
from customs.ledger.parties.facts import PARTY_PAPER_WORDS
from customs.road import Run
from customs.signing import Certificate, CertificateError, SigningError
from customs.signing.signer import Signer

#: What a key signs to show that it can.
PROBE = b"customs hub: is the key there?"

#: Roles of parties that are providers of orders.
_KINDS = {"platform": "platform", "payment_company": "payer", "carrier": "carrier", "area_operator": "warehouse"}


def _guarantees(looking: Looking) -> list[GuaranteeBalance]:
    watched = looking.settings.watched_of(looking.enterprise.name).guarantors
    found = guarantees(looking.connection) if _may_look(looking, watched) else []
    return [each for each in found if each.total and (watched is None or each.guarantor_code in watched)]


def _may_look(looking: Looking, watched: tuple[str, ...] | None) -> bool:
    """True if something of what enterprises of a hub share is watched for this one."""
    return bool(watched) if watched is not None else looking.enterprise.belongings.everything


def guarantee_low(looking: Looking) -> Iterator[AlarmCondition]:
    """Guarantees of which little is free."""
    for each in _guarantees(looking):
        share = EXACT.divide(each.free, each.total)
        if share < looking.rule.numbers["share"]:
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, subject=each.guarantor_code),
                figures={"free": f"{each.free:.2f}", "total": f"{each.total:.2f}", "share": f"{share:.0%}"},
            )


def guarantee_runs_out(looking: Looking) -> Iterator[AlarmCondition]:
    """Guarantees that run out soon at the tax of an average day."""
    today, days = looking.now.date(), int(looking.rule.numbers["days"])
    for each in _guarantees(looking):
        daily = daily_tax(looking.connection, each.guarantor_code, today)
        releases = expected_releases(looking.connection, each.guarantor_code)
        found = forecast_guarantee(each.free, daily, after=today, days=days, releases=releases, held_for=days_held())
        if found.runs_out_on is not None:
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, subject=each.guarantor_code),
                figures={"free": f"{each.free:.2f}", "daily": f"{daily:.2f}", "day": str(found.runs_out_on)},
            )


def papers_end(looking: Looking) -> Iterator[AlarmCondition]:
    """Parties of which a paper ends soon."""
    days = int(looking.rule.numbers["days"])
    ending = [each for each in _ends(looking, days) if each.left >= 0]
    yield from _by_party(looking, ending, days=str(days))


def papers_ended(looking: Looking) -> Iterator[AlarmCondition]:
    """Parties of which a paper has ended."""
    yield from _by_party(looking, [each for each in _ends(looking, 0) if each.left < 0])


def ends_seen(
    connection: LedgerConnection, enterprise: HubEnterprise, settings: AlarmSettings, *, on: date, within: int
) -> list[PartyEnd]:
    """Return the papers of parties that an enterprise may see, which end within so many days or have ended."""
    watched = settings.watched_of(enterprise.name).parties
    if watched is None and not enterprise.belongings.everything:
        return []
    return [
        each for each in ending_parties(connection, on=on, within=within) if watched is None or each.code in watched
    ]


def _ends(looking: Looking, days: int) -> list[PartyEnd]:
    return ends_seen(looking.connection, looking.enterprise, looking.settings, on=looking.now.date(), within=days)


def _by_party(looking: Looking, ends: list[PartyEnd], **figures: str) -> Iterator[AlarmCondition]:
    by_party: dict[tuple[str, str], list[PartyEnd]] = {}
    for each in ends:
        by_party.setdefault((each.role, each.code), []).append(each)
    for (role, code), papers in by_party.items():
        words = [PARTY_PAPER_WORDS[each.paper] for each in papers]
        shown = [f"{word.en} {each.valid_until}" for word, each in zip(words, papers, strict=True)]
        shown_zh = [f"{word.zh} {each.valid_until}" for word, each in zip(words, papers, strict=True)]
        name = f"{papers[0].name} {code}".strip()
        yield AlarmCondition(
            place=AlarmPlace(looking.rule.name, "", f"{_KINDS[role]}:{code}" if role in _KINDS else "", code),
            count=len(papers),
            figures={"name": name, "papers": ", ".join(shown), "papers_zh": "、".join(shown_zh), **figures},
        )


def certificate_ends(looking: Looking) -> Iterator[AlarmCondition]:
    """Profiles of which a certificate ends soon, or has ended."""
    for profile in looking.enterprise.profiles:
        ends = [certificate.valid_to.date() for certificate in _certificates(looking, profile)]
        left = (min(ends) - looking.now.date()).days if ends else None
        if left is not None and left <= looking.rule.numbers["days"]:
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, subject=profile),
                figures={"name": profile, "day": str(min(ends)), "days": str(left)},
            )


def _certificates(looking: Looking, profile: str) -> list[Certificate]:
    try:
        return [each.certificate for each in _signers(looking.enterprise.run(profile, looking.now.date()))]
    except (SigningError, CertificateError, IntakeError, OSError):
        return []  # the rule key_lost tells it


def key_lost(looking: Looking) -> Iterator[AlarmCondition]:
    """Profiles whose key cannot be opened, or does not sign."""
    for profile in looking.enterprise.profiles:
        if why := _why_not(looking, profile, looking.now.date()):
            en, zh = halves(why)
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, subject=profile),
                figures={"name": profile, "why": en[:200], "why_zh": (zh or en)[:200]},
            )


def _why_not(looking: Looking, profile: str, on: date) -> str:
    """Return why the keys of a profile cannot be used; empty if they can."""
    try:
        for each in _signers(looking.enterprise.run(profile, on)):
            each.sign(PROBE)
    except (SigningError, CertificateError, IntakeError) as error:
        return str(error)
    except OSError as error:
        return f"{error.strerror or type(error).__name__} 系统错误：{error.strerror or type(error).__name__}"
    return ""


def _signers(run: Run) -> list[Signer]:
    """Return the signers of a run, each once."""
    return list({id(each): each for each in run.signers.values()}.values())


def write_off_due(looking: Looking) -> Iterator[AlarmCondition]:
    """Account books whose report of write-off is due soon, or late."""
    books = looking.settings.watched_of(looking.enterprise.name).books
    for book, ends in books.items():
        cycle = WriteOffCycle(ends=ends)
        left = cycle.days_left(looking.now.date())
        if ends < looking.now.date() and left <= looking.rule.numbers["days"]:
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, subject=book),
                figures={"name": book, "ends": str(ends), "day": str(cycle.due), "days": str(left)},
            )
