"""A run (一次申报作业): the conditions that all its parcels share, checked once, and the ways to send parcels through it.

>>> from datetime import date, datetime
>>> import customs
>>> from customs.testing import sample_parcels
>>> run = customs.Run(on=date(2026, 11, 11), clock=customs.fixed_clock(datetime(2026, 11, 11, 8)), guids=customs.seeded_guids(1))
>>> [parcel.refused for parcel in run.examine(sample_parcels(3, seed=7, mode="9610"))]
[False, False, False]
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from customs import areas
from customs.areas import Area, AreaProfile
from customs.areas.area import with_counters
from customs.documents import Subscription
from customs.documents.base import LEAST_MESSAGE_BYTES, MOST_MESSAGE_BYTES, SUBSCRIPTIONS_IN_A_MESSAGE
from customs.fields.moments import Clock, a_day
from customs.road import sending, stages
from customs.road.declarants import Declarants
from customs.road.given import Source
from customs.road.local import Districts
from customs.road.numbers import Guids, SeededGuids
from customs.road.results import DOCUMENTS, Batch, DocumentName, Prepared
from customs.rules.knowledge import Knowledge
from customs.tax import DEFAULT, Method, RateTable

if TYPE_CHECKING:
    from customs.signing import Signer

#: One signer for all documents, or one for each: payer and carrier sign their own.
Signers: TypeAlias = "Signer | Mapping[DocumentName, Signer] | None"

#: Opens keys: a function without arguments that returns signers, or one for each document that returns its signer.
OneKeys = Callable[[], Signers] | Mapping[DocumentName, Callable[[], "Signer"]]

#: The same for a pool of keys, of which each worker process opens one.
Keys = OneKeys | Sequence[OneKeys]


class LiveSignersError(TypeError):
    """A run with signers that are open cannot be pickled: a key stays where it was opened."""

    def __init__(self) -> None:
        super().__init__(
            "a run with open signers cannot be pickled: give keys= in place of signer=, such as "
            'keys=customs.KeyFile("a.key", "a.crt"), and each worker opens its own '
            "已打开的密钥不能随作业序列化：请改用 keys= 给出打开方式，由各工作进程自行打开"
        )


@dataclass(frozen=True, kw_only=True)
class Run:
    """The conditions that all parcels of a run share. A run is a value: frozen, comparable, picklable.

    Give keys either open, as ``signer``, or as the way to open them, as ``keys``: then the run can be pickled and
    each worker process opens its own. Without either, documents are written unsigned, except the declaration list,
    which is not written. Raises ``UnknownAreaError``, ``SigningError`` for keys that cannot be opened, ``TypeError``
    for a day that is a text, and ``ValueError`` for a signer of an unknown document, for both ``signer`` and
    ``keys``, for more than 5 subscriptions, for a ``most_bytes`` that is too small, and for an ``only`` that names no
    documents, or none that the area takes.
    """

    on: date
    """The declaration day, whose law applies."""
    clock: Clock
    """The time of submission: ``system_clock`` or a ``fixed_clock``."""
    guids: Guids = field(repr=False)
    """The numbers of documents and messages: ``random_guids``, or ``seeded_guids`` in tests."""
    area: str | AreaProfile | Area = "unified"
    """Where the parcels go: a name, a profile, or a profile with the settings of an enterprise
    (``areas.configure``).
    """
    signer: Signers = field(default=None, repr=False)
    """One signer for all documents, or one for each by name: ``order``, ``payment``, ``waybill``,
    ``declaration_list``.
    """
    keys: Keys | None = field(default=None, repr=False)
    """How to open the keys: a ``KeyFile`` or a function without arguments, for all documents or for each by name. Of a
    list of these each worker process opens one, and this process the first.
    """
    rates: RateTable | None = field(default=None, repr=False)
    """As for ``customs.assess``, like ``method`` and ``exchange``; the shipped example table if left out."""
    method: Method = DEFAULT
    exchange: Mapping[str, Decimal] | None = field(default=None, hash=False)
    """Customs exchange rates of the month in CNY, by currency code."""
    subscriptions: tuple[Subscription, ...] = ()
    """Further parties that receive the data or the receipts, at most 5."""
    registrations: Mapping[str, str] | None = field(default=None, repr=False, hash=False)
    """From 10-digit registration numbers to credit codes, to compare the declarant with the certificate."""
    knowledge: Knowledge | None = field(default=None, repr=False)
    """Facts beyond the parcels, such as earlier declarations. A run asks it and never writes to it; without
    it, each stream knows its own parcels alone."""
    only: tuple[DocumentName, ...] = ()
    """The documents that this enterprise declares, of ``order``, ``payment`` and ``waybill``; all four if empty. Others
    are neither built nor written, and what only they need may be left out of a parcel: it is None in the declaration
    that was read, and so are the other documents of the outcome. Each document is checked by itself
    (``check_document``); no tax is assessed.
    """
    most_bytes: int = MOST_MESSAGE_BYTES
    """The most bytes of a message: it is closed before the document that would exceed them. A parcel with a document that
    no message may hold is refused. For an envelope around it, see ``Destination.most_bare_bytes``."""
    first: int = 1
    """The position of the first parcel of a stream; see ``from_position``."""

    def __post_init__(self) -> None:
        a_day(self.on)
        if self.signer is not None and self.keys is not None:
            raise ValueError("give signer= or keys=, not both")
        object.__setattr__(self, "subscriptions", tuple(self.subscriptions))
        if isinstance(self.keys, Sequence):
            object.__setattr__(self, "keys", tuple(self.keys))
            if not self.keys:
                raise ValueError("keys=[] names no key: leave keys= out for a run without one 密钥列表为空")
        if len(self.subscriptions) > SUBSCRIPTIONS_IN_A_MESSAGE:
            raise ValueError(
                f"a message names at most {SUBSCRIPTIONS_IN_A_MESSAGE} subscriptions, not {len(self.subscriptions)}"
            )
        if self.most_bytes < LEAST_MESSAGE_BYTES:
            raise ValueError(
                f"most_bytes is at least {LEAST_MESSAGE_BYTES:,}, since one document may need them, not {self.most_bytes:,} "
                f"most_bytes 不得小于 {LEAST_MESSAGE_BYTES:,}，一份单证可能需要这么多字节"
            )
        object.__setattr__(self, "only", _single(self.only))
        if self.only and not self.format.unified:
            raise ValueError(
                f"{self.place.name} takes none of {', '.join(self.only)} by itself 该关区不接受单独申报的此类单证"
            )
        _ = self.place, self.signers  # found or refused now, not at the first parcel

    @cached_property
    def place(self) -> Area:
        """The area with its settings."""
        profile = areas.find(self.area) if isinstance(self.area, str) else self.area
        return areas.configure(profile) if isinstance(profile, AreaProfile) else profile

    @cached_property
    def signers(self) -> "Mapping[DocumentName, Signer]":
        """The open signers by document. In another process the first use opens them anew."""
        given = self.signer if self.keys is None else _opened(self.keys)
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            return dict.fromkeys(DOCUMENTS, given)
        if unknown := sorted(given.keys() - set(DOCUMENTS)):
            raise ValueError(f"signers are given by document, {', '.join(DOCUMENTS)}; not known: {', '.join(unknown)}")
        return given

    @cached_property
    def districts(self) -> Districts:
        """The findings of the areas that hold for every parcel at a customs district, by customs code."""
        return Districts(self.place, self.on)

    @cached_property
    def declarants(self) -> Declarants:
        """The findings on each declarant, compared with the holder of the certificate that signs the list."""
        signer = self.signers.get("declaration_list")
        return Declarants(signer.certificate if signer else None, self.registrations)

    @cached_property
    def format(self) -> sending.Format:
        """The messages that the areas take."""
        return sending.Format.of(self.place, self.only)

    def prepare(self, declaration: Source) -> Prepared:
        """Take one parcel to its messages of one document each.

        ``findings`` of the outcome say what is wrong with the parcel; an error means no messages.
        """
        parcel = stages.examine(self, self.first, declaration, self.knowledge)
        if isinstance(parcel, Prepared):
            return parcel
        (prepared,) = sending.send(self, [stages.write(self, parcel, keep=True)]).parcels
        return prepared

    def prepare_many(self, declarations: Iterable[Source], *, workers: int | None = None) -> Iterator[Batch]:
        """Take a stream of parcels to messages of up to 100 documents and ``most_bytes``.

        Memory does not grow with the stream, except for the order, waybill, payment and internal numbers seen, each of
        which may be declared once, and the buyers, whose parcels of a year are added up. Parcels of different
        transmitting enterprises go into different messages. The typed documents of a parcel are released when they are
        written; ``examine`` keeps them, and ``customs.read`` reads them back. Every input ends in a batch, in a message
        or with findings that say why not; a refused parcel never holds up the others.
        With ``workers`` the stream is cut into chunks of 1,000 parcels, no message holds parcels of two, and as many
        processes take the chunks to their messages; the batches are the same in the same order whatever their number.
        Each opens its own ``keys``. 1 does the same without further processes. Give parcels as JSON: texts cross at no
        cost. Declaration and assessment of such a parcel are made again when they are asked for.

        Raises ``TypeError`` for a single parcel or the name of a file. With ``workers``, raises ``LiveSignersError`` for
        open signers, ``ValueError`` for more workers than a pool has keys, and ``WorkerLostError`` if a process dies.

        >>> from datetime import date
        >>> import customs
        >>> run = customs.Run(on=date(2026, 11, 11), clock=customs.system_clock, guids=customs.random_guids)
        >>> for batch in run.prepare_many(['{"order": ', "{}"]):
        ...     for parcel in batch.parcels:
        ...         print(parcel.position, parcel.findings[0].code, parcel.findings[0].path)
        1 json-unreadable
        2 field-missing parties
        """
        if workers is not None:
            from customs.road import many  # which needs a run

            return many.batches(self, stages.a_stream(declarations), workers)
        parcels = stages.examined(self, stages.a_stream(declarations), together=stages.TOGETHER)
        return sending.batches(self, parcels)

    def examine(self, declarations: Iterable[Source]) -> Iterator[Prepared]:
        """Take a stream of parcels to tax, documents and findings, in order, without any message.

        The findings are those that customs would raise. With a key, the declarant is compared with its certificate too.
        Raises ``TypeError`` for a single parcel or the name of a file.
        """
        parcels = stages.examined(self, stages.a_stream(declarations))
        return (stages.outcome(parcel) for parcel in parcels)

    def with_(self, **changes: Any) -> "Run":
        """Return the run with other conditions, checked anew; the names are those of ``Run``."""
        return replace(self, **changes)

    def from_position(self, first: int) -> "Run":
        """Return the run for a part of a stream that begins with parcel ``first``, such as the chunk of one worker.

        Positions count from there. Seeded guids and the serial numbers of ``areas.counting`` are derived from the
        seed or start and that position, so that no two parts share any; numbers are left over where a message holds
        several parcels. Sources of your own have to see to that themselves. Call it on the run of the whole stream,
        before any part was sent.
        """
        guids = self.guids.from_position(first) if isinstance(self.guids, SeededGuids) else self.guids
        area = _after(self.place, (first - self.first) * self.format.messages)
        _ = self.declarants, self.districts  # which the parts share, and the open keys
        if area is self.place:
            return self._part(first=first, guids=guids)
        return self._part("place", "districts", "format", first=first, guids=guids, area=area)

    def knowing(self, knowledge: Knowledge | None) -> "Run":
        """Return the run with other knowledge, such as that of one transaction; its keys stay open."""
        return self._part(knowledge=knowledge)

    def with_key(self, number: int) -> "Run":
        """Return the run for a worker process: with one of a pool of ``keys``, by its number from 0."""
        if not isinstance(self.keys, Sequence):
            return self
        return self._part("signers", "declarants", keys=self.keys[number])

    def _part(self, *forgotten: str, **changes: Any) -> "Run":
        """Return the run with changes that need no check; its keys stay open, and what was worked out stays known, but
        for what is forgotten.
        """
        part = object.__new__(Run)
        part.__dict__.update({name: value for name, value in self.__dict__.items() if name not in forgotten}, **changes)
        return part

    def __getstate__(self) -> dict[str, Any]:
        """The conditions as given; open keys and what was worked out stay behind."""
        if self.signer is not None:
            raise LiveSignersError
        return {each.name: getattr(self, each.name) for each in fields(self)}


def _after(area: Area, messages: int) -> Area:
    """Return the area, and those beside it, with the serial numbers that follow after some messages."""
    return with_counters(area, lambda _, counter: counter.after(messages))


def _single(only: Iterable[DocumentName]) -> tuple[DocumentName, ...]:
    """Return documents that one enterprise declares by itself, in the order in which they are sent."""
    given: tuple[str, ...] = (only,) if isinstance(only, str) else tuple(only)
    unknown = set(given) - {"order", "payment", "waybill"}
    if isinstance(only, str) or unknown:
        told = ", ".join(sorted(unknown or given))
        raise ValueError(f'only= is a tuple of "order", "payment", "waybill", such as ("payment",), not {told!r}')
    return tuple(name for name in DOCUMENTS if name in given)


def _opened(keys: Keys) -> Signers:
    if isinstance(keys, Sequence):
        keys = keys[0]
    return {document: open_one() for document, open_one in keys.items()} if isinstance(keys, Mapping) else keys()


def prepare(
    declaration: Source,
    *,
    on: date,
    clock: Clock,
    guids: Guids,
    area: str | AreaProfile | Area = "unified",
    signer: Signers = None,
    keys: Keys | None = None,
    rates: RateTable | None = None,
    method: Method = DEFAULT,
    exchange: Mapping[str, Decimal] | None = None,
    subscriptions: Sequence[Subscription] = (),
    registrations: Mapping[str, str] | None = None,
    knowledge: Knowledge | None = None,
) -> Prepared:
    """Take one parcel to its messages of one document each: the short form of ``Run(...).prepare``.

    >>> from datetime import date, datetime
    >>> import customs
    >>> from customs.testing import sample_parcels
    >>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
    >>> prepared = customs.prepare(parcel, on=date(2026, 11, 11),
    ...     clock=customs.fixed_clock(datetime(2026, 11, 11, 8)), guids=customs.seeded_guids(1))
    >>> [message.name for message in prepared.messages]  # without a key the list is not written
    ['CEB311', 'CEB411', 'CEB511']
    >>> [finding.code for finding in prepared.findings]
    ['unsigned', 'unsigned', 'unsigned', 'list-not-signed']
    """
    return Run(
        on=on,
        clock=clock,
        guids=guids,
        area=area,
        signer=signer,
        keys=keys,
        rates=rates,
        method=method,
        exchange=exchange,
        subscriptions=tuple(subscriptions),
        registrations=registrations,
        knowledge=knowledge,
    ).prepare(declaration)
