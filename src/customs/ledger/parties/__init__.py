"""Parties (参与企业): registrations by numbering scheme, licences and certificates with their days, and who may appear together.

Self-operated shops, merchants on a platform (POP) and distribution (分销) differ in who stands where; what was agreed for a
platform and a merchant is data. Refusals foreseen: 22001, 22002, -10101, 13035, -301008, and -621015 by the credit codes.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.parties.checking import LedgerParties, PartyAnswers, agreed_codes, check_parties, may_appear
    from customs.ledger.parties.expiring import PartyEnd, ending_parties
    from customs.ledger.parties.facts import PARTY_PAPER_WORDS, PartyAgreement, PartyPaper, PartyRegistration
    from customs.ledger.parties.kept import (
        PARTY_FIELDS,
        PartyEntry,
        PartyFact,
        agreements_of,
        credit_codes,
        enter_agreement,
        enter_changed,
        enter_paper,
        enter_registration,
        papers_of,
        party_history,
        registration_of,
        registrations_of,
    )
    from customs.ledger.parties.listing import PartiesError, parties_in, parties_list
    from customs.ledger.parties.schemes import ROLES, PartyCodeError, PartyRole, check_code, scheme_of
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "checking": "LedgerParties PartyAnswers agreed_codes check_parties may_appear",
            "expiring": "PartyEnd ending_parties",
            "facts": "PARTY_PAPER_WORDS PartyAgreement PartyPaper PartyRegistration",
            "kept": "PARTY_FIELDS PartyEntry PartyFact agreements_of credit_codes enter_agreement enter_changed enter_paper "
            "enter_registration papers_of party_history registration_of registrations_of",
            "listing": "PartiesError parties_in parties_list",
            "schemes": "ROLES PartyCodeError PartyRole check_code scheme_of",
        },
    )

__all__ = [
    "PARTY_FIELDS",
    "PARTY_PAPER_WORDS",
    "ROLES",
    "LedgerParties",
    "PartiesError",
    "PartyAgreement",
    "PartyAnswers",
    "PartyCodeError",
    "PartyEnd",
    "PartyEntry",
    "PartyFact",
    "PartyPaper",
    "PartyRegistration",
    "PartyRole",
    "agreed_codes",
    "agreements_of",
    "check_code",
    "check_parties",
    "credit_codes",
    "ending_parties",
    "enter_agreement",
    "enter_changed",
    "enter_paper",
    "enter_registration",
    "may_appear",
    "papers_of",
    "parties_in",
    "parties_list",
    "party_history",
    "registration_of",
    "registrations_of",
    "scheme_of",
]
