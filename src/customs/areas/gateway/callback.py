"""Signing for a platform that calls back (回调加签): it makes messages of the unified edition from ours, and asks for our
signature.

Zhejiang and Jiangxi do so with cebFlag 03. A signature over whatever a platform posts would sign for others: so the
form is opened with the platform's key, its content is read as strictly as any foreign message, and the caller says
for each document if it is his own. The message is signed as this library writes it. It is not published if a platform
accepts that, or how it wants the answer.
"""

from collections.abc import Callable, Mapping

from customs.areas.area import Area
from customs.areas.gateway.opening import open_form
from customs.areas.gateway.steps import GatewayError
from customs.areas.keys import Key
from customs.documents import Document
from customs.signing import Signer, sign
from customs.wire import ReadError, read, write


def sign_callback(
    area: Area, form: Mapping[str, str], signer: Signer, *, platform_key: Key, ours: Callable[[Document], bool]
) -> bytes:
    """The message that the platform posted, with the enterprise's signature.

    ``form`` are the parameters that it posted, ``platform_key`` its public key. ``ours`` returns true for a document
    that the enterprise declared: compare amounts and goods, not the number alone. Raises ``GatewayError`` for a form
    that cannot be opened, for an area whose forms have no signature, for content that is no message of the unified
    edition or is not as the standard says, and for a document that is not ours; ``SigningError`` if the signer fails.
    """
    return sign_message(open_form(area, form, public_key=platform_key), signer, ours=ours)


def sign_message(content: bytes, signer: Signer, *, ours: Callable[[Document], bool]) -> bytes:
    """The message that a platform made of ours, opened already, with the enterprise's signature.

    Raises ``GatewayError`` for content that is no message of the unified edition or is not as the standard says, and for
    a document that is not ours; ``SigningError`` if the signer fails.
    """
    try:
        message = read(content)
    except ReadError as error:
        raise GatewayError(f"the platform posted no message of the unified edition: {error}") from None
    if message.oddities:
        odd = message.oddities[0]
        raise GatewayError(f"the platform posted a message that differs from the standard: {odd.code} at {odd.path}")
    for at, document in enumerate(message.documents, 1):
        if not ours(document):
            raise GatewayError(f"document {at} of {document.message} is not what was declared here: it is not signed")
    return sign(write(message), signer)
