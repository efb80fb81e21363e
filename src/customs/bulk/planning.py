"""Planning (容量规划): the cores, keys, messages, storage and journals that so many parcels a day take.

Arithmetic over what a machine does, which is measured or that of a reference machine, and over what is asked of it. The
peak counts, not the day: a machine that declares a day's parcels in a day has nothing left for the eleventh of November.
Of cores and keys the one that is used up first drives the result.

>>> plan = planned(Demand(parcels_per_day=1_000_000, peak=200), KEYS["ukey"], REFERENCE)
>>> plan.keys, plan.driven_by, plan.messages_per_day
(3, 'key', 40000)
>>> planned(Demand(parcels_per_day=1_000_000, peak=200), KEYS["file-rsa"], REFERENCE).driven_by
'core'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal, NamedTuple

from customs.documents.base import DOCUMENTS_IN_A_MESSAGE

DAY = 86_400

#: The days that messages and journal are kept: customs inspects goods for three years from their release (Regulation on
#: customs inspection, article 2).
THREE_YEARS = 1_096

#: The share of a day's parcels in its fullest hour, where no peak is given.
FULLEST_HOUR = 0.25

#: How much more than the peak is planned for.
HEAD_ROOM = 0.5


class PlanningError(ValueError):
    """A demand that nothing can be planned for."""


class KeyKind(NamedTuple):
    """A kind of key: its name and its description; for a device the signatures that one makes in a second, and whose
    figure that is. A key in a file has none: the core signs, and that is measured.
    """

    name: str
    en: str
    zh: str
    per_second: float | None
    source_en: str
    source_zh: str

    @property
    def in_file(self) -> bool:
        """True if the core makes the signatures."""
        return self.per_second is None


_MEASURED = ("measured on the machine", "本机实测")

#: The kinds of keys by name. Figures of devices differ widely: give that of your own.
KEYS: Mapping[str, KeyKind] = {
    each.name: each
    for each in (
        KeyKind("file-rsa", "RSA-2048 key in a file", "RSA-2048 密钥文件", None, *_MEASURED),
        KeyKind("file-sm2", "SM2 key in a file", "SM2 密钥文件", None, *_MEASURED),
        KeyKind(
            "ukey",
            "U-key or IC card of the e-port",
            "电子口岸 U-key 或 IC 卡",
            4,
            "the e-port names 250 signatures a minute; 2 to 12 a second are seen",
            "电子口岸称每分钟 250 次；实际每秒 2 至 12 次",
        ),
        KeyKind(
            "hsm",
            "hardware security module (PKCS#11)",
            "加密机（PKCS#11）",
            500,
            "assumed, for a small module: from some hundred to ten thousand RSA-2048 signatures a second are on offer",
            "按小型加密机假定；市售产品每秒 RSA-2048 签名从数百次到一万次不等",
        ),
        KeyKind(
            "remote",
            "signing service",
            "加签服务",
            200,
            "assumed: one request at a time, 5 milliseconds from question to answer",
            "按逐个请求、每次往返 5 毫秒假定",
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFigures:
    """Seconds that one core of a machine takes, and bytes that are stored."""

    parcel: float
    """One parcel, from JSON to its written documents."""
    message: float
    """One message, beside its documents and its signature."""
    rsa: float
    """One signature with RSA-2048."""
    sm2: float
    """One signature with SM2."""
    journal: float
    """One parcel in the journal, its share of the message files included."""
    document_bytes: float
    """One document in a message."""
    message_bytes: float
    """One message beside its documents, the signature included."""
    journal_bytes: float
    """One parcel in the journal."""

    def __post_init__(self) -> None:
        """Raise ``PlanningError`` for a figure that is not positive; a message may cost nothing beside the rest."""
        for name in self.__slots__:
            if not 0 <= getattr(self, name) < float("inf") or (not getattr(self, name) and name != "message"):
                raise PlanningError(
                    f"{name}: a figure of a machine is more than 0, not {getattr(self, name)} 性能数据须大于 0"
                )


#: A server with two cores of an Intel Xeon with AVX-512 IFMA, CPython 3.11.
REFERENCE = MachineFigures(
    parcel=480e-6,
    message=120e-6,
    rsa=290e-6,
    sm2=260e-6,
    journal=250e-6,
    document_bytes=1_300,
    message_bytes=2_800,
    journal_bytes=1_600,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """The parcels that are asked of the machines, and how."""

    parcels_per_day: int
    peak: float
    """Parcels a second, at the fullest time. See ``peak_of``."""
    batch: int = DOCUMENTS_IN_A_MESSAGE
    """Documents in a message at the peak; one for each parcel that is declared by itself."""
    documents: int = 4
    """Documents of a parcel that this enterprise declares."""
    head_room: float = HEAD_ROOM
    """How much more than the peak is planned for, as a share of it."""
    days_kept: int = THREE_YEARS
    """Days for which messages and journal are kept."""

    def __post_init__(self) -> None:
        """Raise ``PlanningError`` for what nothing can be planned for."""
        if self.parcels_per_day < 1:
            raise PlanningError(f"a day has at least one parcel, not {self.parcels_per_day} 每日至少一个包裹")
        if not self.parcels_per_day / DAY <= self.peak < float("inf"):
            least = self.parcels_per_day / DAY
            raise PlanningError(
                f"the peak is at least the average of the day, {least:.2f} parcels a second, not {self.peak:g} "
                f"峰值不得低于全日平均值（每秒 {least:.2f} 个包裹）"
            )
        if not 1 <= self.batch <= DOCUMENTS_IN_A_MESSAGE:
            raise PlanningError(
                f"a message holds 1 to {DOCUMENTS_IN_A_MESSAGE} documents, not {self.batch} "
                f"每份报文含 1 至 {DOCUMENTS_IN_A_MESSAGE} 份单证"
            )
        if not 1 <= self.documents <= 4:
            raise PlanningError(f"a parcel has 1 to 4 documents, not {self.documents} 每个包裹有 1 至 4 份单证")
        if not 0 <= self.head_room < float("inf") or self.days_kept < 0:
            raise PlanningError("head-room and days are not negative 余量和天数不得为负")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The machines, keys and storage that a demand takes."""

    cores: int
    """Cores that build, sign and journal."""
    keys: int
    """Keys that sign; of a key in a file, copies need not be counted."""
    journals: int
    """State folders, each with one writer; a parcel always belongs to the same one."""
    signatures_per_second: float
    """At the peak."""
    messages_per_day: int
    rows_per_day: int
    """Documents entered in the journal."""
    message_bytes_per_day: int
    journal_bytes_per_day: int
    stored_bytes: int
    """Messages and journal of all days that are kept."""
    core_carries: float
    """Parcels a second that one core builds and journals, and signs for if the key is in a file."""
    key_carries: float
    """Parcels a second that one key signs for."""
    hours: float
    """The time that the cores and keys take for the parcels of a day, with nothing else to do."""
    driven_by: Literal["core", "key"]
    """The one that costs a parcel more: the time of a core beside the signature, or the signature."""


def peak_of(parcels_per_day: int, share: float = FULLEST_HOUR) -> float:
    """Return the parcels a second of the fullest hour, which has such a share of the day's parcels.

    >>> round(peak_of(1_000_000), 1)
    69.4
    """
    return max(share, 1 / 24) * parcels_per_day / 3600


def planned(demand: Demand, key: KeyKind, figures: MachineFigures, per_second: float | None = None) -> Plan:
    """Return what a demand takes with keys of a kind, on machines of such figures.

    ``per_second`` are the signatures that one key of yours makes in a second, where the kind's figure is not yours.
    Raises ``PlanningError`` if it is not positive, or given for a key in a file.
    """
    if per_second is not None and (key.in_file or not 0 < per_second < float("inf")):
        raise PlanningError(
            "signatures a second are given for a device, and more than 0 每秒签名数只用于密钥设备，且须大于 0"
        )
    messages = demand.documents / demand.batch
    signature = 1 / (per_second or key.per_second) if key.per_second else _of_file(key, figures)
    signing = messages * signature
    building = figures.parcel * demand.documents / 4 + messages * figures.message + figures.journal
    on_core = building + (signing if key.in_file else 0)
    wanted = demand.peak * (1 + demand.head_room)
    cores, keys = _count(wanted * on_core), 1 if key.in_file else _count(wanted * signing)
    rate = min(cores / on_core, float("inf") if key.in_file else keys / signing)
    per_day = ceil(demand.parcels_per_day / demand.batch) * demand.documents
    rows = demand.parcels_per_day * demand.documents
    stored = round(rows * figures.document_bytes + per_day * figures.message_bytes)
    journal = round(demand.parcels_per_day * figures.journal_bytes)
    return Plan(
        cores=cores,
        keys=keys,
        journals=_count(wanted * figures.journal),
        signatures_per_second=demand.peak * messages,
        messages_per_day=per_day,
        rows_per_day=rows,
        message_bytes_per_day=stored,
        journal_bytes_per_day=journal,
        stored_bytes=(stored + journal) * demand.days_kept,
        core_carries=1 / on_core,
        key_carries=1 / signing,
        hours=demand.parcels_per_day / rate / 3600,
        driven_by="key" if signing > building else "core",
    )


def _count(busy: float) -> int:
    """Return how many it takes of what is so busy, at least one."""
    return max(1, ceil(busy))


def _of_file(key: KeyKind, figures: MachineFigures) -> float:
    return figures.sm2 if key.name == "file-sm2" else figures.rsa
