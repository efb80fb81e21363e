"""Rule 23: the declarant (申报企业) is the holder of the certificate that signs the list (customs error -621015)."""

from collections.abc import Mapping

from customs.documents import DeclarationList
from customs.rules import catalogue
from customs.rules.finding import Finding


def check_declarant(
    document: DeclarationList,
    credit_code: str | None,
    organisation: str | None,
    registrations: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Compare the declarant with what the certificate states of its holder.

    An 18-character declarant code is compared with the certificate's credit code; a 10-digit one by way of
    ``registrations`` (registration number to credit code), without which it cannot be compared, which is noted.
    """
    head = document.head
    code = head.declarant_code if len(head.declarant_code) == 18 else (registrations or {}).get(head.declarant_code)
    findings = []
    if code is None or credit_code is None:
        findings.append(catalogue.DECLARANT_UNKNOWN.at("declaration_list.declarant_code"))
    elif code != credit_code:
        findings.append(catalogue.DECLARANT.at("declaration_list.declarant_code"))
    if organisation is not None and organisation != head.declarant_name:
        findings.append(catalogue.DECLARANT_NAME.at("declaration_list.declarant_name"))
    return findings
