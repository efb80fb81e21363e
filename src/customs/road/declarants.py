"""The declarants of a run (申报企业): each is compared once with the holder of the certificate that signs the declaration
list.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from customs.rules import Finding
from customs.rules.signer import compare_declarant

if TYPE_CHECKING:
    from customs.signing import Certificate


class Declarants(dict[tuple[str, str], tuple[Finding, ...]]):
    """The findings on declarants by code and name. Each is compared when its first parcel comes."""

    def __init__(self, holder: "Certificate | None", registrations: Mapping[str, str] | None) -> None:
        super().__init__()
        self._holder, self._registrations = holder, registrations

    def __missing__(self, declarant: tuple[str, str]) -> tuple[Finding, ...]:
        holder = self._holder
        self[declarant] = found = (
            compare_declarant(declarant, (holder.credit_code, holder.organisation), self._registrations)
            if holder
            else ()
        )
        return found
