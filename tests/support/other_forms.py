"""Signed messages in forms that others write: XML-DSig as the default namespace, and with indents."""

from base64 import b64encode

from customs.signing import Signer
from customs.wire.canonical import CEB, XML_DECLARATION

DS = "http://www.w3.org/2000/09/xmldsig#"


def with_default_namespace(message: bytes, signer: Signer, indent: str = "") -> bytes:
    """The message signed in the other form of the trade: the Signature declares XML-DSig as its default namespace.

    ``indent`` stands between the elements of the signature, and in the certificate.
    """
    algorithm = signer.algorithm
    content = indent.join(
        (
            "",
            '<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"></CanonicalizationMethod>',
            f'<SignatureMethod Algorithm="{algorithm.signature_method}"></SignatureMethod>',
            f'<Reference URI=""><Transforms><Transform Algorithm="{DS}enveloped-signature"></Transform></Transforms>',
            f'<DigestMethod Algorithm="{algorithm.digest_method}"></DigestMethod>',
            f"<DigestValue>{b64encode(algorithm.digest(message[len(XML_DECLARATION) :])).decode()}</DigestValue></Reference>",
            "",
        )
    )
    scope = f' xmlns="{DS}" xmlns:ceb="{CEB}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    made = signer.sign(f"<SignedInfo{scope}>{content}</SignedInfo>".encode())
    certificate = b64encode(made.certificate.der).decode()
    signature = indent.join(
        (
            f'<Signature xmlns="{DS}">',
            f"<SignedInfo>{content}</SignedInfo>",
            f"<SignatureValue>{b64encode(made.value).decode()}</SignatureValue>",
            f"<KeyInfo><KeyName>{made.key_name}</KeyName><X509Data>",
            f"<X509Certificate>{certificate[:64]}{indent}{certificate[64:]}</X509Certificate></X509Data></KeyInfo></Signature>",
        )
    )
    end = message.rindex(b"</")
    return message[:end] + signature.encode() + message[end:]
