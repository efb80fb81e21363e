"""Messages limited to what the official schemas know."""

from typing import Any

from customs.documents import Document, Message

#: What only the text and practice of the standard know, and what only its schema demands: head or lines, and fields.
SCHEMA_ONLY: dict[str, tuple[str, dict[str, Any]]] = {
    "CEB816": ("head", {"order_no": None, "waybill_no": None}),
    "CEB792": ("lines", {"result_line_no": 1}),
}


def known_to_the_schema(message: Message[Document]) -> Message[Document]:
    """The message limited to what the official schema knows."""
    if message.documents[0].message not in SCHEMA_ONLY:
        return message
    part, update = SCHEMA_ONLY[message.documents[0].message]

    def limited(document: Any) -> Any:
        inner = getattr(document, part)
        if part == "head":
            return document.model_copy(update={part: inner.model_copy(update=update)})
        return document.model_copy(update={part: tuple(line.model_copy(update=update) for line in inner)})

    return Message(message.guid, tuple(map(limited, message.documents)))
