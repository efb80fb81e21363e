"""Enveloped signatures (内嵌签名) in parsed documents: the bytes that one signs and the bytes that it covers, both in
inclusive C14N 1.0.

The functions raise ``lxml.etree.LxmlError`` for a document that cannot be canonicalised. Source: W3C, XML Signature
Syntax and Processing, sections 4.4.1 and 6.6.4.
"""

from lxml import etree

_XML = "{http://www.w3.org/XML/1998/namespace}"


def signed_info(root: etree._Element, signature: etree._Element) -> bytes:
    """SignedInfo in its place, canonical: with the namespaces in scope, and the root's attributes of the namespace
    ``xml``.

    Parsed anew first: lxml writes ``xmlns=""`` on the children of a sub-tree that inherits a default namespace.
    """
    alone = etree.fromstring(etree.tostring(signature[0], with_tail=False))
    for name, value in root.items():
        if name.startswith(_XML):
            alone.set(name, value)
    return etree.tostring(alone, method="c14n")


def check_canonical(signature: etree._Element) -> None:
    """Refuse a signature that cannot be canonicalised, KeyInfo included, over which other verifiers fail: with a relative
    namespace, say. What it covers is canonicalised by the functions here.
    """
    etree.tostring(signature, method="c14n")


def without(root: etree._Element, signature: etree._Element) -> bytes:
    """The document without its signature, which is taken out of it, canonical; text around the signature stays."""
    tail, before = signature.tail or "", signature.getprevious()
    signature.tail = None
    root.remove(signature)
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        root.text = (root.text or "") + tail
    return etree.tostring(root, method="c14n")
