"""Rule 23: the declarant (申报企业) is the holder of the certificate that signs (customs errors -621015, -625013)."""

from collections.abc import Mapping
from typing import Any

from customs.documents import Document
from customs.rules import catalogue
from customs.rules.finding import Finding


def check_declarant(
    document: Document,
    credit_code: str | None,
    organisation: str | None,
    registrations: Mapping[str, str] | None = None,
    *,
    path: str = "declaration_list",
) -> list[Finding]:
    """Compare the declarant of a document with the holder of the certificate; no findings where the certificate names
    no holder.

    An 18-character declarant code is compared with the certificate's credit code; a 10-digit one by way of
    ``registrations`` (registration number to credit code), without which it cannot be compared, which is noted.
    Findings stand at ``path``, the document.
    """
    head: Any = document.__dict__.get("head", document)
    code: str | None = getattr(head, "declarant_code", None)
    if code is None:
        return []
    return list(compare_declarant((code, head.declarant_name), (credit_code, organisation), registrations, path=path))


def compare_declarant(
    declarant: tuple[str, str],
    holder: tuple[str | None, str | None],
    registrations: Mapping[str, str] | None = None,
    *,
    path: str = "declaration_list",
) -> tuple[Finding, ...]:
    """Compare a declarant with the holder of a certificate, each by code and name; the holder's are None where it
    names none.
    """
    (declarant_code, declarant_name), (credit_code, organisation) = declarant, holder
    code = declarant_code if len(declarant_code) == 18 else (registrations or {}).get(declarant_code)
    findings = []
    if code is None or credit_code is None:
        findings.append(catalogue.DECLARANT_UNKNOWN.at(f"{path}.declarant_code"))
    elif code != credit_code:
        findings.append(catalogue.DECLARANT.at(f"{path}.declarant_code"))
    if organisation is not None and organisation != declarant_name:
        findings.append(catalogue.DECLARANT_NAME.at(f"{path}.declarant_name"))
    return tuple(findings)
