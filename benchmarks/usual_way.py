"""The usual way (常见做法): a declaration as most teams write it, for the comparison.

The values of the four documents are at hand as dictionaries, tax included. They become elements of lxml, 100 documents a
message, and python-xmlsec adds the enveloped signature. Nothing is read from JSON, taxed or checked. The messages hold
the same values as ours, which ``same_values`` proves.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import xmlsec
from lxml import etree

import customs
from benchmarks.measure import Work
from benchmarks.yardstick import Parcels, messages
from customs.testing.keys import KeyPair
from customs.wire.canonical import CEB, XSI

#: The values of a record by the names of the standard; records in it are lists of them.
Values = Mapping[str, Any]


class Ready(NamedTuple):
    """What a message will hold: its name, the documents, and the transmitting enterprise."""

    name: str
    element: str
    documents: Sequence[Values]
    transfer: Values


def usual_way(parcels: Parcels) -> Work:
    """Make the signed messages of the parcels from values that are ready."""
    ready = [ready_values(content) for content in messages(parcels)]
    key = opened(parcels.pair)
    assert all(same_values(one, made_and_signed(one, key)) for one in ready)

    def run() -> int:
        for one in ready:
            made_and_signed(one, key)
        return parcels.count

    return run


def opened(pair: KeyPair) -> xmlsec.Key:
    """Load the key with its certificate."""
    key = xmlsec.Key.from_memory(pair.key, xmlsec.constants.KeyDataFormatPem)
    key.load_cert_from_memory(pair.certificate, xmlsec.constants.KeyDataFormatPem)
    key.name = pair.signer().certificate.key_name
    return key


def made_and_signed(ready: Ready, key: xmlsec.Key) -> bytes:
    """Build a message of elements, sign it and write it."""
    root = etree.Element(f"{{{CEB}}}{ready.name}", nsmap={"ceb": CEB, "xsi": XSI})
    root.set("guid", customs.random_guids())
    root.set("version", "1.0")
    for document in ready.documents:
        add(root, ready.element, document)
    add(root, "BaseTransfer", ready.transfer)
    sign(root, key)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def add(parent: "etree._Element", name: str, values: Values) -> None:
    """Add a record with its fields, and the records in it."""
    element = etree.SubElement(parent, f"{{{CEB}}}{name}")
    for field, value in values.items():
        if isinstance(value, list):
            for inner in value:
                add(element, field, inner)
        elif value is not None:
            etree.SubElement(element, f"{{{CEB}}}{field}").text = str(value)


def sign(root: "etree._Element", key: xmlsec.Key) -> None:
    """Add the enveloped signature with its certificate, by python-xmlsec."""
    node = xmlsec.template.create(root, xmlsec.constants.TransformInclC14N, xmlsec.constants.TransformRsaSha1, ns="ds")
    root.append(node)
    reference = xmlsec.template.add_reference(node, xmlsec.constants.TransformSha1, uri="")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    about_key = xmlsec.template.ensure_key_info(node)
    xmlsec.template.add_key_name(about_key, key.name)
    xmlsec.template.add_x509_data(about_key)
    context = xmlsec.SignatureContext()
    context.key = key
    context.sign(node)


def ready_values(content: bytes) -> Ready:
    """Return the values of a message, as a shop has them before it is written."""
    root = etree.fromstring(content)
    *documents, transfer, _ = root
    local = etree.QName(documents[0]).localname
    return Ready(etree.QName(root).localname, local, [values(each) for each in documents], values(transfer))


def values(element: "etree._Element") -> Values:
    """Return the fields of a record; records in it as lists of such."""
    found: dict[str, Any] = {}
    for child in element:
        name = etree.QName(child).localname
        if len(child):
            found.setdefault(name, []).append(values(child))
        else:
            found[name] = child.text
    return found


def same_values(ready: Ready, content: bytes) -> bool:
    """True if a message is signed and holds what was ready."""
    return customs.verify(content).valid and ready_values(content) == ready
