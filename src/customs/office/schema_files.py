"""The schemas against which the office validates (报文结构校验): those that the library ships, compiled once."""

from functools import cache
from typing import Any

from lxml import etree

from customs.documents import MESSAGES
from customs.wire.envelope_schema import envelope_schemas
from customs.wire.schema import message_schema, schemas


class _Beside(etree.Resolver):
    """Finds the schema of the signature, which the others name."""

    def resolve(self, system_url: str | None, public_id: str | None, context: Any) -> Any:
        name = (system_url or "").rpartition("/")[2]
        return self.resolve_string(schemas()[name], context)


@cache
def schema_of(message: str) -> etree.XMLSchema:
    """Return the schema of a message, such as ``CEB621``, or of an envelope, ``DxpMsg``."""
    text = envelope_schemas()["terminal-node.xsd"] if message == "DxpMsg" else message_schema(MESSAGES[message])
    parser = etree.XMLParser(resolve_entities=False)
    parser.resolvers.add(_Beside())
    return etree.XMLSchema(etree.fromstring(text.encode(), parser))
