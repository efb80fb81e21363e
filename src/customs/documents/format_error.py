"""报文格式校验回执 format error, CEB900: the answer to a message that could not be read, on either side of the standard.

It points back to the message by the CopMsgId of its envelope. Source: unified edition 2022-05, CEB900Message.
"""

from customs.documents.base import Receipt
from customs.fields import head, receipts


class FormatError(Receipt):
    """报文格式校验回执 format error, CEB900; one in a message."""

    message = "CEB900"
    element = "MessageReturn"
    title = "报文格式校验回执"
    flow = "both"
    most = 1
    key_fields = ("original_message_id",)
    answers = ""  # whatever the envelope of that id held
    finds_by = ()
    authority = "platform"

    guid: head.Guid | None
    return_status: receipts.ReturnStatus | None
    return_info: receipts.FormatInfo | None
    returned_at: receipts.FormatTime | None
    original_message_id: receipts.OriginalMessageId | None
    original_message_type: receipts.OriginalMessageType | None
    original_content: receipts.OriginalContent | None
