"""Follow-ups (后续申报): what is sent next of a parcel that was declared, checked and not yet in a message.

A follow-up is a value. ``customs.receipts.dispatch`` puts follow-ups into messages of up to 100 documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from customs.declaration import Declaration
from customs.documents import Document, Transfer
from customs.documents.exports.cancellation import ExportCancellation
from customs.documents.imports.cancellation import Cancellation
from customs.documents.imports.goods_return import GoodsReturn
from customs.documents.imports.warehouse_entry import WarehouseEntry
from customs.road.stages import Documented
from customs.rules import Finding
from customs.tax.refund import Refund
from customs.tax.returns import ReturnDeadlines


class Move(StrEnum):
    """A step that the sender can take after a parcel was declared."""

    RESUBMISSION = "resubmission"
    """重报: refused documents are declared again."""
    AMENDMENT = "amendment"
    """变更: documents that customs holds are changed (appType 2)."""
    DELETION = "deletion"
    """删除: documents that customs holds are deleted (appType 3)."""
    CANCELLATION = "cancellation"
    """撤单: the list is taken back (CEB623, export CEB605)."""
    GOODS_RETURN = "goods_return"
    """退货: released goods come back (CEB625)."""
    WAREHOUSE_ENTRY = "warehouse_entry"
    """入库明细: parcels of a crossing reached the supervised site (CEB711)."""


#: The name of each move in Chinese and English, within a sentence.
NAMES: Mapping[Move, tuple[str, str]] = {
    Move.RESUBMISSION: ("重报", "a resubmission"),
    Move.AMENDMENT: ("变更", "an amendment"),
    Move.DELETION: ("删除", "a deletion"),
    Move.CANCELLATION: ("撤单", "a cancellation"),
    Move.GOODS_RETURN: ("退货", "a return"),
    Move.WAREHOUSE_ENTRY: ("申报入库明细", "a warehouse entry"),
}

#: A document that follows the four of a parcel.
Application = Cancellation | GoodsReturn | WarehouseEntry | ExportCancellation


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One thing to send next; with an error among the findings it is refused and nothing of it is written.

    A correction has the documents of the parcel that are sent again, an application its own document.
    """

    move: Move
    order_no: str
    """The order number; of a document about several parcels, its own internal number."""
    declaration: Declaration | None = None
    """The parcel as it is declared next."""
    documents: tuple[Document, ...] = ()
    """The documents to send; none, if it is refused."""
    findings: tuple[Finding, ...] = ()
    refund: Refund | None = None
    """What a return gives back."""
    deadlines: ReturnDeadlines | None = None
    """The last days of a return."""
    transfer: Transfer | None = None
    """The enterprise that transmits; None for that of the declaration."""
    corrected: Documented | None = field(default=None, repr=False)
    """The parcel of a correction on the road."""

    @property
    def refused(self) -> bool:
        """True if any finding is an error."""
        return any(finding.is_error for finding in self.findings)
