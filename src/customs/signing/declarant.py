"""The enterprise that declares and the certificate (申报企业与签名证书): customs refuses a list that another enterprise
signed (-621015); payments and waybills are declared, and so signed, by payment company and carrier.
"""

from collections.abc import Mapping

from customs.documents import Document, Message
from customs.rules import Finding, check_declarant, check_party
from customs.signing.certificate import Certificate


def check_signer(
    message: Message[Document], certificate: Certificate, registrations: Mapping[str, str] | None = None
) -> list[Finding]:
    """Return what customs would refuse about the enterprise that signed a message: findings at ``documents[0]`` and
    so on.

    Documents that name a declarant are compared: declaration lists, cancellations, returns, and their like of the
    export side. ``registrations`` lead from 10-digit registration numbers to credit codes; which of the two the error
    -621015 compares is not stated, so that what cannot be compared is noted. Raises ``CertificateError`` for a damaged
    certificate.

    >>> from datetime import date, datetime
    >>> import customs
    >>> from customs.testing import issue_test_key, sample_parcels
    >>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
    >>> made = customs.prepare(parcel, signer=None, on=date(2026, 11, 11),
    ...     clock=customs.fixed_clock(datetime(2026, 11, 11, 8)), guids=customs.seeded_guids(1))
    >>> other = issue_test_key("别家公司", "91000000000000008C", since=datetime(2026, 1, 1))
    >>> message = Message("4CDE1CFD-EDED-46B1-946C-B8022E42FC94", (made.documents.declaration_list,))
    >>> [each.code for each in check_signer(message, Certificate.load(other.certificate))]
    ['declarant-not-signer', 'declarant-name']
    """
    code, organisation = certificate.credit_code, certificate.organisation
    return [
        finding
        for position, document in enumerate(message.documents)
        for finding in check_declarant(document, code, organisation, registrations, path=f"documents[{position}]")
    ]


def check_signing_party(
    message: Message[Document], certificate: Certificate, registrations: Mapping[str, str] | None = None
) -> list[Finding]:
    """Return warnings where a message was signed by another enterprise than the one that declares its documents.

    As ``check_signer``, for documents that name no declarant: of orders the platform or the merchant, of payments the
    payment company, of waybills the carrier, of arrivals the site operator. Raises ``CertificateError`` for a damaged
    certificate.
    """
    code, organisation = certificate.credit_code, certificate.organisation
    return [
        finding
        for position, document in enumerate(message.documents)
        for finding in check_party(document, code, organisation, registrations, path=f"documents[{position}]")
    ]
