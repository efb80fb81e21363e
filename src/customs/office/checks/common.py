"""Checks of every kind of document (通用校验): signature, senders, enterprises, code lists, copies."""

import re
from collections.abc import Callable, Iterator

from customs.codes import code_list
from customs.office.case import OfficeCase, OfficeCheck, when
from customs.office.papers import KINDS
from customs.office.settings import OfficeRole
from customs.signing import CertificateError

#: The enterprises that a document names, by field, and what they have to be registered for.
_ROLES: dict[str, OfficeRole] = {
    "ebpCode": "platform",
    "ebcCode": "merchant",
    "logisticsCode": "carrier",
    "operatorCode": "operator",
}

#: The documents whose payer has to be registered; an order with another one is stored with a warning (22001).
_OF_PAYER = "CEB411"

#: Fields whose value has to be in a code list, wherever they stand.
_LISTED = {
    "unit": "units",
    "unit1": "units",
    "unit2": "units",
    "country": "countries",
    "tradeCountry": "countries",
    "customsCode": "districts",
    "portCode": "districts",
    "wrapType": "wrap_types",
    "trafMode": "transport_modes",
}

#: The identity numbers of enterprises: 10 characters of the customs registration, or 18 of the credit code.
_ENTERPRISE = re.compile("[0-9A-Z]{10}|[0-9A-HJ-NPQRTUWXY]{18}")

#: Documents that are joined to lists, or change by their own rules.
_OWN_RULES = ("CEB621", "CEB623", "CEB625")


def _unsigned(case: OfficeCase) -> str | None:
    return when(case.signature is None)


def _changed(case: OfficeCase) -> str | None:
    return when(case.signature is not None and case.signature.digest_holds is False)


def _unverified(case: OfficeCase) -> str | None:
    return when(case.signature is not None and not case.signature.valid)


def _other_signer(case: OfficeCase) -> str | None:
    found = _holder(case)
    declarant = "operator" if case.paper.kind.message == "CEB711" else "agent"
    return when(
        found is not None
        and (
            found[0] not in ("", case.paper[f"{declarant}Code"])
            or (case.paper.kind.message != "CEB625" and found[1] not in ("", case.paper[f"{declarant}Name"]))
        )
    )


def _holder(case: OfficeCase) -> tuple[str, str] | None:
    """Code and name of the enterprise that signed, empty where the certificate does not say."""
    if case.signature is None or case.signature.certificate is None:
        return None
    try:
        certificate = case.signature.certificate
        return certificate.credit_code or "", certificate.organisation or ""
    except CertificateError:
        return None


def other_name(case: OfficeCase) -> str | None:
    """Refuse a name of the declarant that is not the certificate's."""
    found = _holder(case)
    return when(found is not None and found[1] not in ("", case.paper["agentName"]))


def _other_sender(case: OfficeCase) -> str | None:
    return when(bool(case.sender) and case.sender != case.dxp_id, "senderId与传输节点dxpId信息不一致")


def _not_listed(case: OfficeCase) -> str | None:
    for values in (case.paper.head, *case.paper.lines):
        for field, listed in _LISTED.items():
            if (value := values.get(field)) and value not in code_list(listed):
                return f"{field}不在代码表中"
    return None


def _no_such_operation(case: OfficeCase) -> str | None:
    return when(case.paper["appType"] not in ("1", "2", "3"), "appType")


def _bad_enterprise(case: OfficeCase) -> str | None:
    for field, code in _enterprises(case):
        known = case.settings.registered
        if not _ENTERPRISE.fullmatch(code) or (known is not None and code not in known):
            return field
    return None


def _other_role(case: OfficeCase) -> str | None:
    known = case.settings.registered
    for field, code in _enterprises(case) if known is not None else ():
        if _role(field) not in (known or {})[code]:
            return field
    return None


def _role(field: str) -> OfficeRole:
    return "payment" if field == "payCode" else _ROLES[field]


def _enterprises(case: OfficeCase) -> Iterator[tuple[str, str]]:
    fields = (*_ROLES, "payCode") if case.paper.kind.message == _OF_PAYER else tuple(_ROLES)
    for field in fields:
        if code := case.paper[field]:
            yield field, code


def _stale(case: OfficeCase) -> str | None:
    held = case.held
    return when(held is not None and case.paper["appTime"] <= held.paper["appTime"])


def _exists(case: OfficeCase) -> str | None:
    named = "，".join(case.paper.key[1:]) if case.paper.kind.exists == "100" else ""
    return when(case.paper["appType"] == "1" and case.held is not None, named)


def _unknown(case: OfficeCase) -> str | None:
    return when(case.paper["appType"] != "1" and case.held is None)


def _used(case: OfficeCase) -> str | None:
    lists = case.store.lists_naming(case.paper) if case.paper["appType"] != "1" else ()
    return when(any(not each.released or case.paper.kind.message != "CEB311" for each in lists))


#: The rules in their order, each with the name of its code in the table of kinds.
_RULES: tuple[tuple[str, Callable[[OfficeCase], str | None], tuple[str, ...]], ...] = (
    ("unsigned", _unsigned, ()),
    ("changed", _changed, ()),
    ("unverified", _unverified, ()),
    ("signer", _other_signer, ()),
    ("form", _other_sender, ()),
    ("operation", _no_such_operation, ()),
    ("stale", _stale, ()),
    ("exists", _exists, _OWN_RULES),
    ("unknown", _unknown, _OWN_RULES),
    ("used", _used, _OWN_RULES),
    ("form", _not_listed, ()),
)

#: Kinds whose schema or text demands a signature; the others are verified only where they are signed.
_MUST_SIGN = frozenset({"CEB621", "CEB623", "CEB625", "CEB711", "CEB509", "CEB603", "CEB605", "CEB607", "CEB701"})
_NAMES_SIGNER = frozenset({"CEB621", "CEB623", "CEB625", "CEB711", "CEB603", "CEB605", "CEB607"})


def _applies(name: str, message: str) -> bool:
    if name == "unsigned":
        return message in _MUST_SIGN
    return name != "signer" or message in _NAMES_SIGNER


def _checks() -> Iterator[OfficeCheck]:
    for name, broken, but in _RULES:
        for message, kind in KINDS.items():
            code = str(getattr(kind, name))
            if code and message not in but and _applies(name, message):
                numbering = "printed" if message == "CEB621" and name in ("changed", "unverified") else ""
                yield OfficeCheck(code, (message,), broken, numbering)
        if name == "form" and broken is _other_sender:
            yield OfficeCheck("-10102", tuple(KINDS), _bad_enterprise)
            yield OfficeCheck("-10101", tuple(KINDS), _other_role)
    yield OfficeCheck("-621049", ("CEB621",), _unverified, "seen")


COMMON = tuple(_checks())
