"""Districts and keys (关区与密钥): where the enterprise declares, until when its certificates and papers hold, and where messages go."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from customs.areas import AreaProfile
from customs.exchange.delivery_words import DELIVERY_WORDS
from customs.hub.alarms.means import ends_seen
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.shown.deliveries import destinations_shown
from customs.hub.web.catalogue import BothTexts
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import Visit, visitor
from customs.intake.problems import IntakeError
from customs.ledger.parties.expiring import EXPIRY_WARNING
from customs.ledger.parties.facts import PARTY_PAPER_WORDS
from customs.receipts.nodes import title_of
from customs.road import DocumentName
from customs.signing import Certificate, CertificateError, Signer, SigningError

#: The messages by whose names documents are shown.
_MESSAGES: Mapping[DocumentName, str] = {
    "order": "CEB311", "payment": "CEB411", "waybill": "CEB511", "declaration_list": "CEB621",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """A key by which documents are signed: its certificate's number, and how many days that still holds."""

    documents: tuple[DocumentName, ...]
    certificate: str
    ends: date
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProfile:
    """A profile of an enterprise: its area, and its keys, or why they do not open."""

    name: str
    area: AreaProfile | None = None
    keys: tuple[ShownKey, ...] = ()
    fault: str = ""


def district_pages(console: ConsoleService) -> APIRouter:
    """Return the page of districts and keys."""
    pages = APIRouter(prefix="/e/{enterprise}/districts")
    seen = visitor(console, ConsoleRight.LOOK)

    @pages.get("")
    def show(visit: Visit = seen) -> Response:
        """Show profiles with their keys, destinations, and papers that end soon."""
        shop, today = visit.shop, visit.now.date()
        with console.ledger.read() as connection:
            destinations = destinations_shown(connection, shop)
            papers = ends_seen(connection, shop, console.alarms, on=today, within=EXPIRY_WARNING)
        return page(
            visit,
            "districts.html",
            profiles=tuple(profiles_shown(shop, today)),
            destinations=destinations,
            papers=papers,
            paper_words=PARTY_PAPER_WORDS,
            delivery_words=DELIVERY_WORDS,
            title_words=lambda document: BothTexts(*title_of(_MESSAGES[document])),
            soon=EXPIRY_WARNING,
        )

    return pages


def profiles_shown(enterprise: HubEnterprise, on: date) -> Iterator[ShownProfile]:
    """Yield the profiles of an enterprise as they stand on a day."""
    for name in enterprise.profiles:
        try:
            run = enterprise.run(name, on)
            keys = tuple(_keys(run.signers, on))
        except (SigningError, CertificateError, IntakeError, OSError) as error:
            yield ShownProfile(name=name, fault=str(error))
        else:
            yield ShownProfile(name=name, area=run.place.profile, keys=keys)


def _keys(signers: Mapping[DocumentName, Signer], on: date) -> Iterator[ShownKey]:
    """Yield each key once, with the documents that it signs."""
    signed = dict[Certificate, list[DocumentName]]()
    for document, signer in signers.items():
        signed.setdefault(signer.certificate, []).append(document)
    for certificate, documents in signed.items():
        ends = certificate.valid_to.date()
        yield ShownKey(documents=tuple(documents), certificate=certificate.key_name, ends=ends, left=(ends - on).days)
