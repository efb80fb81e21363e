"""The business key (业务主键): what names a declaration, in messages, receipts and memory alike.

Customs and receipts identify a document by business fields, never by its guid. A key from a document holds all its
fields; a key from a receipt may hold fewer, and numbers that customs gave since.

>>> key = BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", "O1")))
>>> key["order_no"], key.get("list_no"), str(key)
('O1', '', 'CEB311 P1 O1')
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

#: What separates the texts of a key that are held as one; no number of the trade holds it.
SEPARATOR = "\x1f"


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


@dataclass(frozen=True, slots=True, eq=False)
class BusinessKeys(Sequence[BusinessKey]):
    r"""The business keys of the documents of one message, held as one text each until they are asked for.

    >>> keys = BusinessKeys("CEB311", ("platform_code", "order_no"), ("P1\x1fO1", "P1\x1fO2"))
    >>> len(keys), keys[1]["order_no"]
    (2, 'O2')
    >>> keys == tuple(keys)
    True
    """

    message: str
    names: tuple[str, ...]
    """The fields that name a document, as in ``Document.key_fields``."""
    texts: tuple[str, ...]
    """For each document the texts of these fields, joined by ``SEPARATOR``."""

    @classmethod
    def of(cls, keys: Iterable[BusinessKey]) -> "BusinessKeys":
        """Return keys of one message with the same fields. Raises ``ValueError`` for others, and for none."""
        given = tuple(keys)
        kinds = {(key.message, tuple([name for name, _ in key.fields])) for key in given}
        if len(kinds) != 1:
            raise ValueError(
                "keys of one message with the same fields are expected 此处须为同一种报文、字段相同的业务主键"
            )
        ((message, names),) = kinds
        return cls(message, names, tuple([SEPARATOR.join([text for _, text in key.fields]) for key in given]))

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[BusinessKey]:
        return map(self._key, self.texts)

    @overload
    def __getitem__(self, index: int) -> BusinessKey: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[BusinessKey, ...]: ...
    def __getitem__(self, index: int | slice) -> BusinessKey | tuple[BusinessKey, ...]:
        """Return the key of a document, or those of several."""
        if isinstance(index, slice):
            return tuple(map(self._key, self.texts[index]))
        return self._key(self.texts[index])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, BusinessKeys) and (self.message, self.names) == (other.message, other.names):
            return self.texts == other.texts
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def _key(self, text: str) -> BusinessKey:
        return BusinessKey(self.message, tuple(zip(self.names, text.split(SEPARATOR), strict=True)))
