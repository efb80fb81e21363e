"""The business key (业务主键): what names a declaration, in messages, receipts and memory alike.

Customs and receipts identify a document by business fields, never by its guid. A key from a document holds all its fields; a key from
a receipt may hold fewer, and numbers that customs gave since.

>>> key = BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", "O1")))
>>> key["order_no"], key.get("list_no"), str(key)
('O1', '', 'CEB311 P1 O1')
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BusinessKey:
    """The message that declares the document, such as ``CEB311``, and the fields that name it, with their texts."""

    message: str
    fields: tuple[tuple[str, str], ...]
    """Python names of the fields and their texts; a text is empty where the document leaves the field out."""

    def __getitem__(self, name: str) -> str:
        """Return the text of a field. Raises ``KeyError`` for a field that the key does not have."""
        for each, text in self.fields:
            if each == name:
                return text
        raise KeyError(name)

    def get(self, name: str) -> str:
        """Return the text of a field, empty if the key does not have it."""
        return dict(self.fields).get(name, "")

    def __str__(self) -> str:
        return " ".join((self.message, *(text for _, text in self.fields)))
