"""撤销申请单 cancellation, CEB623, and its receipt, CEB624: takes a declared list back before release. Signed.

Source: unified edition 2022-05, CEB623Message and CEB624Message.
"""

from customs.documents.base import Document
from customs.documents.imports.applications import ApplicationReceipt, ListApplication
from customs.fields import clearance, head


class Cancellation(Document, ListApplication):
    """撤销申请单 cancellation, CEB623."""

    message = "CEB623"
    element = "InvtCancel"
    title = "撤销申请单"
    must_be_signed = True
    key_fields = ("declarant_code", "internal_no")

    reason: clearance.CancelReason
    note: head.Note | None = None


class CancellationReceipt(ApplicationReceipt):
    """撤销申请单回执 receipt of a cancellation, CEB624."""

    message = "CEB624"
    element = "InvtCancelReturn"
    title = "撤销申请单回执"
    answers = "CEB623"
