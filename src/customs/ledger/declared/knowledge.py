"""Knowledge from the ledger (账簿应答): one object that answers ``check``, ``declare`` and ``foresee``.

It is the ``knowledge`` of a run, what was declared, and the ``records`` of ``foresee``: quota, goods on record, guarantee and
registrations. What the ledger never heard of is not answered, and nothing is checked then.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from decimal import Decimal

from customs.declaration import Declaration
from customs.documents import BusinessKey
from customs.fields.money import ZERO, exactly
from customs.ledger.accounts import find_account
from customs.ledger.bills import guarantee_of
from customs.ledger.bills.tables import GUARANTEES
from customs.ledger.book.answering import check_book
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.declared.asking import declared_under
from customs.ledger.declared.keyed import content_hashes
from customs.ledger.declared.shop_orders import of_another_platform
from customs.ledger.goods.answering import LedgerGoods
from customs.ledger.parties import PartyAnswers
from customs.ledger.people import find_person
from customs.ledger.quota import QUOTA, OrderUnknownError, order_key, order_standing
from customs.road.given import Given, Source, plain
from customs.road.recognition import content_to_digest, keys_of, parcel_key
from customs.rules import Finding
from customs.rules.knowledge import Declared
from customs.rules.parcel import read_checked
from customs.rules.records import check_records
from customs.tax import TaxAssessment


class LedgerKnowledge:
    """The knowledge of a ledger: of a whole one, read anew for each question, or of one transaction."""

    def __init__(self, ledger: Ledger | LedgerConnection, parties: PartyAnswers | None = None) -> None:
        self._ledger, self._parties = ledger, parties or PartyAnswers()

    def _read(self) -> AbstractContextManager[LedgerConnection]:
        return nullcontext(self._ledger) if isinstance(self._ledger, LedgerConnection) else self._ledger.read()

    def declared(self, key: BusinessKey) -> Declared | None:
        """Return the latest declaration under the key, with all messages that carry its order; None if there is none."""
        with self._read() as connection:
            return declared_under(connection, key)

    def digest(self, content: bytes) -> str:
        """Return the keyed hash under which the ledger knows a content."""
        return content_hashes(self._ledger.keys).content(content).hex()

    @exactly
    def quota_used(self, id_type: str, id_number: str, year: int, *, beside: str = "") -> Decimal | None:
        """Return what a buyer has used or holds of a year's quota, without the order ``beside``; None for an unknown buyer."""
        with self._read() as connection:
            person = find_person(connection, id_type, id_number)
            account = None if person is None else find_account(connection, QUOTA, person=person, year=year)
            if account is None:
                return None
            own = ZERO
            if beside:
                try:
                    standing = order_standing(connection, beside)
                    own = standing.held.get(year, ZERO) + standing.used.get(year, ZERO)
                except OrderUnknownError:
                    own = ZERO
            return account.figures["used"] + account.figures["held"] - own

    def goods_on_record(self, account_book_no: str) -> Mapping[str, Mapping[str, str]] | None:
        """Return the goods of an account book that may be declared, None if the ledger has no record of the book."""
        with self._read() as connection:
            found = LedgerGoods(connection).goods_on_record(account_book_no)
            if found is None or isinstance(self._ledger, LedgerConnection):
                return found
            return dict(found)

    def guarantee_left(self, guarantor_code: str) -> Decimal | None:
        """Return what is free of a guarantee, None if none was entered."""
        with self._read() as connection:
            if find_account(connection, GUARANTEES, guarantor_code=guarantor_code) is None:
                return None
            return guarantee_of(connection, guarantor_code).free

    def registered(self, code: str) -> bool | None:
        """Return None: registrations are asked for by role and day, see ``objections``."""
        return None

    def objections(self, declaration: Declaration, *, on: date) -> Sequence[Finding]:
        """Return what the ledger says against a parcel on a day beside the other answers: parties, book, one order from two channels."""
        with self._read() as connection:
            another = of_another_platform(connection, declaration, content_hashes(connection.keys))
            parties = self._parties.objections(connection, declaration, on=on)
            return [*([another] if another else []), *parties, *check_book(connection, declaration)]

    def against(self, declaration: Declaration, *, on: date, assessment: TaxAssessment | None = None) -> list[Finding]:
        """Return what the ledger says against a parcel on a day: goods, book, parties, guarantee, and one order from two channels."""
        with self._read() as connection:
            own = LedgerKnowledge(connection, self._parties)
            return [*own.objections(declaration, on=on), *check_records(declaration, assessment, own)]

    def asked(self, source: Source, *, on: date) -> Source:
        """Return a parcel as a run takes it, with what the ledger says against it and the quota that its buyer has used.

        A parcel that was declared with the same content, or that cannot be read, is given back as it is.
        """
        declaration = _readable(source)
        if declaration is None:
            return source
        with self._read() as connection:
            own = LedgerKnowledge(connection, self._parties)
            before = own.declared(parcel_key(keys_of(declaration)))
            if before and own.digest(content_to_digest(declaration)) in before.carriers:
                return source
            order = declaration.order
            used = own.quota_used(
                order.buyer_id_type,
                order.buyer_id_number,
                on.year,
                beside=order_key(declaration.parties.platform_code, order.order_no),
            )
            if used is not None and used > (declaration.quota_used or ZERO):
                declaration = declaration.model_copy(update={"quota_used": used})
            findings = tuple(own.against(declaration, on=on))
        if used is None and not findings:
            return source
        given = source if isinstance(source, Given) else Given(source)
        return given._replace(
            parcel=declaration, order_no=given.order_no or order.order_no, findings=(*given.findings, *findings)
        )


def _readable(source: Source) -> Declaration | None:
    """Return the declaration of a parcel, None if it cannot be read or its source refuses it: the run says why."""
    if isinstance(source, Given) and source.refused:
        return None
    given = plain(source)
    if isinstance(given, Declaration):
        return given
    found, findings = read_checked(given)
    return None if any(each.is_error for each in findings) else found
