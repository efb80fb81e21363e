"""Knowledge from the ledger (账簿应答): one object that answers ``check``, ``declare`` and ``foresee``.

It is the ``knowledge`` of a run, what was declared, and the ``records`` of ``foresee``: quota, goods on record, guarantee and
registrations. What the ledger never heard of is not answered, and nothing is checked then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from decimal import Decimal
from itertools import islice

from customs.declaration import Declaration
from customs.documents import BusinessKey
from customs.journal.keys import of_declaration, text_of
from customs.ledger.bills import guarantees_left
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.declared.asking import declared_under
from customs.ledger.declared.keyed import content_hashes
from customs.ledger.declared.together import asked_together, keys_asked, objections_to
from customs.ledger.goods.answering import LedgerGoods
from customs.ledger.parties import PartyAnswers
from customs.ledger.quota import quota_beside
from customs.road import Run
from customs.road.given import Source
from customs.road.stages import TOGETHER, in_groups
from customs.rules import Finding
from customs.rules.knowledge import Declared
from customs.rules.records import check_records
from customs.tax import TaxAssessment

#: Answers that are kept for a run: those of the parcels that it and its workers may have taken and not decided yet.
_MOST_KEPT = 50_000


class LedgerKnowledge:
    """The knowledge of a ledger: of a whole one, read anew for each question, or of one transaction."""

    def __init__(self, ledger: Ledger | LedgerConnection, parties: PartyAnswers | None = None) -> None:
        self._ledger, self._parties = ledger, parties or PartyAnswers()
        self._kept: dict[str, Declared | None] = {}

    def _read(self) -> AbstractContextManager[LedgerConnection]:
        return nullcontext(self._ledger) if isinstance(self._ledger, LedgerConnection) else self._ledger.read()

    def declared(self, key: BusinessKey) -> Declared | None:
        """Return the latest declaration under the key, with all messages that carry its order; None if there is none."""
        if (text := text_of(key)) in self._kept:
            return self._kept[text]
        with self._read() as connection:
            return declared_under(connection, key)

    def digest(self, content: bytes) -> str:
        """Return the keyed hash under which the ledger knows a content."""
        return content_hashes(self._ledger.keys).content(content).hex()

    def quota_used(self, id_type: str, id_number: str, year: int, *, beside: str = "") -> Decimal | None:
        """Return what a buyer has used or holds of a year's quota, without the order ``beside``; None for an unknown buyer."""
        asked = (id_type, id_number), beside
        with self._read() as connection:
            return quota_beside(connection, [asked], year).get(asked)

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
            return guarantees_left(connection, [guarantor_code]).get(guarantor_code)

    def registered(self, code: str) -> bool | None:
        """Return None: registrations are asked for by role and day, see ``objections``."""
        return None

    def objections(self, declaration: Declaration, *, on: date) -> Sequence[Finding]:
        """Return what the ledger says against a parcel on a day beside the other answers: parties, book, one order from two channels."""
        with self._read() as connection:
            return objections_to(connection, self._parties, [declaration], on=on)[0]

    def against(self, declaration: Declaration, *, on: date, assessment: TaxAssessment | None = None) -> list[Finding]:
        """Return what the ledger says against a parcel on a day: goods, book, parties, guarantee, and one order from two channels."""
        with self._read() as connection:
            own = LedgerKnowledge(connection, self._parties)
            return [*own.objections(declaration, on=on), *check_records(declaration, assessment, own)]

    def asked(self, source: Source, *, run: Run) -> Source:
        """Return a parcel as a run takes it, with what the ledger says against it and the quota that its buyer has used.

        A parcel that was declared with the same content, or that cannot be read, is given back as it is.
        """
        with self._read() as connection:
            return asked_together(connection, self._parties, [source], run=run)[0][0]

    def asked_all(self, sources: Iterable[Source], *, run: Run, together: int = TOGETHER) -> Iterator[Source]:
        """Yield parcels as ``asked`` does, where the ledger is asked once for as many as one message holds, or ``together``.

        The run that takes these parcels is then told by ``declared`` what this read, for the latest of them: what others declare
        meanwhile is found when the messages are noted. A thread or process needs an object of its own for it.
        """
        for group in in_groups(sources, together):
            with self._read() as connection:
                asked, declared = asked_together(connection, self._parties, group, run=run)
            self._keep(declared)
            yield from asked

    def _forget(self, declarations: Iterable[Declaration]) -> None:
        """Ask anew about parcels that were noted."""
        for each in declarations:
            for key in keys_asked(of_declaration(each)):
                self._kept.pop(key, None)

    def _keep(self, declared: Mapping[str, Declared | None]) -> None:
        """Keep what was read under keys; the oldest answers go."""
        for key in declared:
            self._kept.pop(key, None)
        self._kept.update(declared)
        for key in list(islice(self._kept, max(0, len(self._kept) - _MOST_KEPT))):
            del self._kept[key]
