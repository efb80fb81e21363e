"""The business key (业务主键): what names a declaration, in messages, receipts and memory alike.

Customs and receipts identify a document by business fields, never by its guid. A key from a document holds all its
fields; a key from a receipt may hold fewer, and numbers that customs gave since.

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

    def matches(self, other: "BusinessKey") -> bool:
        """Return True if both name the same declaration, as far as both say.

        They have to be of the same message, where both name it, to agree in every field that both fill, and to share
        a number; codes of enterprises alone name no declaration.

        >>> declared = BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", "O1")))
        >>> declared.matches(BusinessKey("", (("order_no", "O1"), ("waybill_no", "W1"))))
        True
        >>> declared.matches(BusinessKey("CEB311", (("platform_code", "P1"),)))
        False
        """
        if self.message and other.message and self.message != other.message:
            return False
        theirs = dict(other.fields)
        shared = [(name, text, theirs[name]) for name, text in self.fields if text and theirs.get(name)]
        return any(name.endswith(("_no", "_id")) for name, *_ in shared) and all(
            mine == yours for _, mine, yours in shared
        )

    def __str__(self) -> str:
        return " ".join((self.message, *(text for _, text in self.fields)))
