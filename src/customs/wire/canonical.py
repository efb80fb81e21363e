"""The canonical writer: documents to bytes that already are inclusive C14N 1.0 after the XML declaration.

Compact, ``xmlns:ceb`` and ``xmlns:xsi`` on the root, no empty optional elements, no whitespace between tags. Signing
hashes these bytes as they stand, and nothing reformats them afterwards (spec of the signature, section 1.2).

The fields of each record type are a table of (name, opening, closing, text function). Walking it defines what is
written; ``compiled`` makes the writers of the document types out of the same terms.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

from customs.documents import Document, Message, Subscription, Transfer
from customs.documents.base import GUID_LENGTH, SUBSCRIPTIONS_IN_A_MESSAGE, VERSION_LENGTH
from customs.fields.digits import plain_digits
from customs.fields.moments import day_digits, instant_digits, latest, moment_digits
from customs.fields.money import exactly
from customs.fields.record import Record, assemble_nested, nested_values, terms_of
from customs.fields.terms import Count, Day, Decimals, Instant, Moment, Part, Term
from customs.wire.compiled import compiled

CEB = "http://www.chinaport.gov.cn/ceb"

#: The namespace of the envelope.
DXP = "http://www.chinaport.gov.cn/dxp"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

XML_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>'

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"})

TextOf = Callable[[Any], str]

_TEXT_OF: dict[type[Term], TextOf] = {
    Decimals: plain_digits,
    Count: str,
    Moment: moment_digits,
    Instant: instant_digits,
    Day: day_digits,
}


_has_special = re.compile("[&<>\r]").search


def escape(value: str) -> str:
    """Character data as C14N writes it."""
    return value.translate(_TEXT) if _has_special(value) else value


_has_special_in_attribute = re.compile('[&<"\t\n\r]').search


def escape_attribute(value: str) -> str:
    """The value of an attribute as C14N writes it."""
    return value.translate(_ATTRIBUTE) if _has_special_in_attribute(value) else value


Field = tuple[str, str, str, TextOf]
Inner = tuple[str, str, bool]


@cache
def _plan(record: type[Record]) -> tuple[tuple[Field, ...], tuple[Inner, ...]]:
    """How a record is written: its plain fields, then the parts that hold further records."""
    terms = [(name, term, term.wire) for name, term in terms_of(record).items() if term.wire]
    fields = [
        (name, f"<ceb:{wire}>", f"</ceb:{wire}>", _TEXT_OF.get(type(term), escape))
        for name, term, wire in terms
        if not isinstance(term, Part)
    ]
    parts = [(name, wire, term.repeated) for name, term, wire in terms if isinstance(term, Part)]
    return tuple(fields), tuple(parts)


def _write_record(element: str, record: Record) -> str:
    values = record.__dict__
    fields, parts = _plan(type(record))
    pieces = [f"<ceb:{element}>"]
    for name, opening, closing, text_of in fields:
        value = values[name]
        if value is not None:
            pieces.append(f"{opening}{text_of(value)}{closing}")
    for name, part, repeated in parts:
        for inner in values[name] if repeated else (values[name],):
            pieces.append(_write_record(part, inner))
    pieces.append(f"</ceb:{element}>")
    return "".join(pieces)


#: Writes the transmitting enterprise, which messages made one after the other mostly share.
_transfer_text = latest(partial(_write_record, "BaseTransfer"))


@cache
def _required(record: type[Record]) -> tuple[tuple[str, Term], ...]:
    terms = terms_of(record).items()
    return tuple(
        (name, term) for name, term in terms if record.model_fields[name].is_required() and not isinstance(term, Part)
    )


def _lacking(record: Record) -> Iterator[str]:
    """The required fields that a record and the records in it do not have."""
    for name, term in _required(type(record)):
        if getattr(record, name) is None:
            yield f"{name} ({term.wire} {term.zh})"
    for name, _, repeated in _plan(type(record))[1]:
        for inner in getattr(record, name) if repeated else (getattr(record, name),):
            yield from _lacking(inner)


_writer = cache(compiled)


def write_document(document: Document) -> str:
    """One document as its canonical element, the namespace prefix ``ceb`` being declared on the message's root.

    Raises ``ValueError`` for a receipt without a field that the standard requires, as one may have been read.
    """
    if document.from_customs and (lacking := next(_lacking(document), None)):
        raise ValueError(
            f"{document.message} {lacking}: the standard requires it, and it is None: give it before the receipt is written "
            "标准要求填写，写出回执前请补上"
        )
    text = _writer(type(document))(nested_values(document))
    return write_plainly(document) if text is None else text


def write_values(kind: type[Document], values: Mapping[str, Any]) -> str:
    """One document that an enterprise sends, from its ``nested_values``: what ``write_document`` writes of it."""
    text = _writer(kind)(values)
    return write_plainly(assemble_nested(kind, values)) if text is None else text


def write_plainly(document: Document) -> str:
    """Return a document as its canonical element by walking the table of its fields: what ``write_document`` writes, by
    definition. It is used as it stands for documents that the compiled writers leave to it.
    """
    return _write_record(document.element, document)


def write_message(
    kind: type[Document],
    guid: str,
    documents: Sequence[str],
    transfer: Transfer | None,
    subscriptions: Sequence[Subscription] = (),
    version: str = "1.0",
) -> bytes:
    """An unsigned message of documents that ``write_document`` wrote.

    Raises ``ValueError`` for none or too many documents, more than five subscriptions, a guid that has not 36
    characters, a version that has not 1 to 10, or a transmitting enterprise where none is due or none where one is.
    """
    if not documents or (kind.most is not None and len(documents) > kind.most):
        raise ValueError(f"{kind.message} holds 1 to {kind.most or 'any number of'} documents, not {len(documents)}")
    if (transfer is None) is not kind.from_customs:
        raise ValueError(
            f"{kind.message} {'comes from customs and names no' if transfer else 'needs its'} transmitting enterprise"
        )
    if len(subscriptions) > SUBSCRIPTIONS_IN_A_MESSAGE:
        raise ValueError(
            f"a message holds at most {SUBSCRIPTIONS_IN_A_MESSAGE} subscriptions, not {len(subscriptions)}"
        )
    if len(guid) != GUID_LENGTH:
        raise ValueError(f"the guid of a message has {GUID_LENGTH} characters, not {len(guid)}")
    if not 1 <= len(version) <= VERSION_LENGTH:
        raise ValueError(f"the version of a message has 1 to {VERSION_LENGTH} characters, not {len(version)}")
    root = f"ceb:{kind.message}Message"
    guid, version = escape_attribute(guid), escape_attribute(version)
    return (
        XML_DECLARATION
        + "".join(
            [
                f'<{root} xmlns:ceb="{CEB}" xmlns:xsi="{XSI}" guid="{guid}" version="{version}">',
                *documents,
                _transfer_text(transfer) if transfer else "",
                *(_write_record("BaseSubscribe", each) for each in subscriptions),
                f"</{root}>",
            ]
        ).encode()
    )


@exactly
def write(message: Message[Document]) -> bytes:
    """A typed message as canonical bytes, unsigned.

    Raises ``ValueError`` for documents of several types, and as ``write_message``.

    >>> transfer = Transfer(transmitter_code="C", transmitter_name="N", dxp_id="D")
    >>> write(Message("4CDE1CFD-EDED-46B1-946C-B8022E42FC94", (), transfer))
    Traceback (most recent call last):
    ValueError: a message holds documents of one type, not []
    """
    kinds = {type(each) for each in message.documents}
    if len(kinds) != 1:
        raise ValueError(f"a message holds documents of one type, not {sorted(each.message for each in kinds)}")
    return write_message(
        kinds.pop(),
        message.guid,
        [write_document(each) for each in message.documents],
        message.transfer,
        message.subscriptions,
        message.version,
    )
