"""The enterprise that signs (加签企业): rule 23, the declarant of a list is the holder of the certificate (customs errors
-621015, -625013), and the same question for documents that others declare: orders, payments, waybills, arrivals.

>>> from customs.documents import MESSAGES
>>> sorted(name for name in SIGNING_PARTIES if MESSAGES[name].flow == "import")
['CEB311', 'CEB411', 'CEB511', 'CEB513', 'CEB711']
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from customs.documents import Document
from customs.rules import catalogue
from customs.rules.finding import Finding

_SHOP = ("platform", "merchant")

#: Who declares, and so signs, each message that names no declarant: the beginnings of the fields that hold its code and name.
SIGNING_PARTIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CEB303": _SHOP,
        "CEB311": _SHOP,
        "CEB403": ("payment_company", *_SHOP),
        "CEB411": ("payment_company",),
        "CEB505": ("carrier",),
        "CEB507": ("site_operator",),
        "CEB509": ("carrier",),
        "CEB511": ("carrier",),
        "CEB513": ("carrier",),
        "CEB215": ("site_operator",),
        "CEB711": ("site_operator",),
    }
)

_ROLES = {
    "platform": ("电商平台", "platform"),
    "merchant": ("电商企业", "merchant"),
    "payment_company": ("支付企业", "payment company"),
    "carrier": ("物流企业", "carrier"),
    "site_operator": ("监管场所经营人", "site operator"),
}


class _Party(NamedTuple):
    """An enterprise as a document has it."""

    role: str
    code: str
    name: str


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
    is_holder = _is_holder(declarant_code, credit_code, registrations)
    findings = []
    if is_holder is None:
        findings.append(catalogue.DECLARANT_UNKNOWN.at(f"{path}.declarant_code"))
    elif not is_holder:
        findings.append(catalogue.DECLARANT.at(f"{path}.declarant_code"))
    if organisation is not None and organisation != declarant_name:
        findings.append(catalogue.DECLARANT_NAME.at(f"{path}.declarant_name"))
    return tuple(findings)


def check_party(
    document: Document,
    credit_code: str | None,
    organisation: str | None,
    registrations: Mapping[str, str] | None = None,
    *,
    path: str = "",
) -> list[Finding]:
    """Compare the enterprise that declares an order, a payment, a waybill or the like with the holder of the certificate,
    as ``check_declarant`` does for lists; one of several suffices, such as platform or merchant.

    A party that cannot be compared by its code is taken for the holder if it has its name. Findings warn or note at
    ``path``, the document.
    """
    parties = list(_parties(document))
    same = [_is_holder(each.code, credit_code, registrations) for each in parties]
    if not parties or any(
        is_holder or (is_holder is None and each.name == organisation)
        for is_holder, each in zip(same, parties, strict=True)
    ):
        return []
    kind = catalogue.SIGNER_UNKNOWN if None in same else catalogue.SIGNER
    roles = [_ROLES[each.role] for each in parties]
    shown = {"role_zh": "或".join(zh for zh, _ in roles), "role": " or ".join(en for _, en in roles)}
    return [kind.at(f"{path}.{parties[0].role}_code".removeprefix("."), **shown)]


def _is_holder(code: str, credit_code: str | None, registrations: Mapping[str, str] | None) -> bool | None:
    """Return True if a code is that of the certificate's holder, None if they cannot be compared."""
    known = code if len(code) == 18 else (registrations or {}).get(code)
    return None if known is None or credit_code is None else known == credit_code


def _parties(document: Document) -> Iterator[_Party]:
    """Yield the enterprises that may sign a document, as far as it names them."""
    head: Any = document.__dict__.get("head", document)
    for role in SIGNING_PARTIES.get(type(document).message, ()):
        if code := getattr(head, f"{role}_code", None):
            yield _Party(role, code, getattr(head, f"{role}_name", None) or "")
