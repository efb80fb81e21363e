"""Messages of every kind before they are signed."""

from functools import cache
from itertools import cycle, islice

from hypothesis import HealthCheck, Phase, given, settings

from customs.documents import MESSAGES, Document, Message, Transfer
from customs.road import seeded_guids
from customs.testing import documents_of
from customs.wire import write

#: Who transmits, with everything in its name and note that XML has to escape.
TRANSFER = Transfer(
    transmitter_code="3302961234",
    transmitter_name='测试 <&> "\'" 𠮷',
    dxp_id="DXPENTTEST000001",
    note="\t一\r\n二\r三\n]]> &amp;",
)


@cache
def unsigned(name: str, count: int) -> bytes:
    """A message of so many documents, which vary: ten of them, drawn without chance, over and over."""
    documents: list[Document] = []

    @settings(
        max_examples=10,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(documents_of(MESSAGES[name]))
    def gather(document: Document) -> None:
        documents.append(document)

    gather()
    return write(Message(seeded_guids(1)(), tuple(islice(cycle(reversed(documents)), count)), TRANSFER))
