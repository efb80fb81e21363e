"""Parties (参与企业): registrations by numbering scheme with their days, and who may appear together for a shop.

Self-operated shops, merchants on a platform (POP) and distribution (分销) differ in who stands where; what was agreed for a
platform and a merchant is data. Refusals foreseen: 22001, 22002, 13035.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.parties.kept import (
        PARTY_FIELDS,
        PartyAgreement,
        PartyRegistration,
        PartyRole,
        agreed_codes,
        check_parties,
        enter_agreement,
        enter_registration,
        registration_of,
        scheme_of,
    )
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "kept": "PARTY_FIELDS PartyAgreement PartyRegistration PartyRole agreed_codes check_parties enter_agreement "
            "enter_registration registration_of scheme_of"
        },
    )

__all__ = [
    "PARTY_FIELDS",
    "PartyAgreement",
    "PartyRegistration",
    "PartyRole",
    "agreed_codes",
    "check_parties",
    "enter_agreement",
    "enter_registration",
    "registration_of",
    "scheme_of",
]
