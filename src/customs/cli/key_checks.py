"""Checks of keys (密钥检查): they open, their certificates are valid, and the declarant holds that of the list."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from customs.fields.moments import CHINA_TIME
from customs.intake.enterprise import texts_of
from customs.intake.enterprise_profiles import SetUp
from customs.intake.profile import Profile
from customs.road.results import DOCUMENTS, DocumentName
from customs.rules import Severity
from customs.rules.signer import compare_declarant
from customs.signing import Certificate, CertificateError, Signer, SigningError, check_signing


class CheckState(StrEnum):
    """States of a check."""

    GREEN = "ok"
    WARNING = "warning"
    WRONG = "wrong"


class SetUpCheck(NamedTuple):
    """One check: what was looked at, how it is, and in both languages what was found or has to be done."""

    name: str
    state: CheckState
    en: str
    zh: str
    profile: str = ""
    """The profile that it is about; empty if there is one only, or for the whole enterprise."""


#: Days before its end from which a certificate is warned of.
_WARNED = 30


def key_checks(set_up: SetUp, profile: Profile, now: datetime) -> Iterator[SetUpCheck]:
    """Yield the checks of a profile's keys: they open, and their certificates are valid and belong to the declarant."""
    if set_up.keys is None:
        yield SetUpCheck(
            "keys",
            CheckState.WRONG,
            "no key is named in [keys]: documents would be unsigned, and no list is written",
            "[keys] 未指定密钥：单证将不加签，也不生成清单",
        )
        return
    try:
        signers = set_up.keys()
    except (SigningError, CertificateError, OSError, UnicodeDecodeError) as error:
        yield SetUpCheck("keys", CheckState.WRONG, *_halves(*texts_of(error)))
        return
    names: list[DocumentName] = [name for name in DOCUMENTS if name in signers]
    yield SetUpCheck("keys", CheckState.GREEN, f"the keys of {', '.join(names)} open", f"密钥可用：{'、'.join(names)}")
    seen: list[Certificate] = []
    for name in names:
        signer: Signer = signers[name]
        if signer.certificate not in seen:
            seen.append(signer.certificate)
            yield _certificate(signer.certificate, now)
    if "declaration_list" in signers:
        yield _declarant(signers["declaration_list"].certificate, profile)
    else:
        yield SetUpCheck(
            "declarant",
            CheckState.WARNING,
            "no key signs the declaration list: it will not be written",
            "没有用于清单的密钥，不生成清单",
        )


def _halves(en: str, zh: str) -> tuple[str, str]:
    return en, zh or en


def _certificate(certificate: Certificate, now: datetime) -> SetUpCheck:
    try:
        check_signing(certificate, now)
    except CertificateError as error:
        return SetUpCheck("certificate", CheckState.WRONG, *_halves(*texts_of(error)))
    moment = now if now.tzinfo else now.replace(tzinfo=CHINA_TIME)
    days = (certificate.valid_to - moment).days
    until = certificate.valid_to.astimezone(CHINA_TIME).date()
    en, zh = (
        f"{certificate.key_name} is valid until {until}, {days} days left",
        f"{certificate.key_name} 有效期至 {until}，剩余 {days} 天",
    )
    if days < _WARNED:
        return SetUpCheck("certificate", CheckState.WARNING, f"{en}: renew it", f"{zh}，请尽快更换")
    return SetUpCheck("certificate", CheckState.GREEN, en, zh)


def _declarant(certificate: Certificate, profile: Profile) -> SetUpCheck:
    code, name = (profile.values.get(f"parties.declarant_{part}") for part in ("code", "name"))
    if not code or not name:
        return SetUpCheck(
            "declarant",
            CheckState.WARNING,
            "the file has no declarant_code and declarant_name to compare with the certificate",
            "档案中没有申报企业代码和名称，无法与证书核对",
        )
    try:
        found = compare_declarant((code, name), (certificate.credit_code, certificate.organisation))
    except CertificateError as error:
        return SetUpCheck("declarant", CheckState.WRONG, str(error), str(error))
    if not found:
        return SetUpCheck("declarant", CheckState.GREEN, f"{code} holds the certificate", f"{code} 与证书持有企业一致")
    state = CheckState.WRONG if any(each.severity == Severity.ERROR for each in found) else CheckState.WARNING
    return SetUpCheck(
        "declarant",
        state,
        " ".join(f"{each.en} {each.advice_en}" for each in found),
        "".join(f"{each.zh}{each.advice_zh}" for each in found),
    )
