"""The book of customs' requests for payment data (数据获取请求登记) in a state folder: each session and order once.

The server writes it. Whoever has the payment data reads it beside the server and puts an upload for each request into the
outbox (``put_uploads``), which knows what was answered and hands the same signed bytes over until customs has them.
Requests hold no personal data; uploads do, and are sealed as every message in the outbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl

from customs.exchange.contract import Delivery
from customs.exchange.outbox import Outbox, UnknownDeliveryError, instant, written
from customs.exchange.receivers.pushed import PushedItem
from customs.fields.moments import Clock
from customs.journal.records import checksum
from customs.journal.state import Closing, JournalError, OpenState, Tables, open_state, read_state
from customs.payments.payment_answer import PaymentDataStore, read_request, upload
from customs.payments.payment_data import DataRequest
from customs.payments.payment_terms import PaymentDataError
from customs.signing import Signer, SigningError

TABLES = Tables(
    home="exchange/data-requests",
    file="requests.db",
    forms=(
        """CREATE TABLE requests(
            id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, body BLOB NOT NULL, at TEXT NOT NULL,
            caller TEXT NOT NULL, checksum BLOB NOT NULL)""",
    ),
    name=("book of requests for payment data", "支付原始数据请求登记"),
    doing="receiving requests for payment data",
)

#: The name of an upload among messages.
UPLOAD_NAME = "realTimeDataUpload"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRequest:
    """A request of customs as it was kept (已登记的请求)."""

    identity: str
    request: DataRequest
    at: datetime
    """When it came, in China."""
    caller: str

    @property
    def upload_id(self) -> str:
        """The id of its upload in the outbox."""
        return f"179-{self.identity[:32]}"


class RequestBook(Closing):
    """The requests in a state folder; made by ``open_request_book`` and ``read_request_book``."""

    def __init__(self, state: OpenState) -> None:
        self._state = state

    def take_all(self, items: Sequence[PushedItem]) -> Sequence[bool]:
        """Enter requests, all of them or none; return for each if it is new. Raises ``JournalError``."""
        database = self._state.database
        new = []
        with self._state.written():
            for each in items:
                values = (each.identity, each.content, written(instant(each.received)), each.caller)
                done = database.execute(
                    "INSERT OR IGNORE INTO requests(identity, body, at, caller, checksum) VALUES (?, ?, ?, ?, ?)",
                    (*values, checksum(*values)),
                )
                new.append(done.rowcount == 1)
        return new

    def settle(self) -> None:
        """Do nothing: the uploads are made by whoever has the payment data."""

    def requests(self) -> tuple[KeptRequest, ...]:
        """Return the requests in the order in which they came. Raises ``JournalError`` for one that is damaged."""
        rows = self._state.database.execute("SELECT identity, body, at, caller, checksum FROM requests ORDER BY id")
        found = []
        for *values, kept in rows.fetchall():
            if checksum(*values) != kept:
                raise JournalError(
                    f"the book of requests for payment data in {self._state.folder} is damaged: put a copy of the folder "
                    "back 支付原始数据请求登记已损坏，请以备份恢复状态目录"
                )
            identity, body, at, caller = values
            request = read_request(body)
            found.append(KeptRequest(identity=identity, request=request, at=datetime.fromisoformat(at), caller=caller))
        return tuple(found)

    def close(self) -> None:
        """Give the book to the next process."""
        self._state.close()


def open_request_book(folder: Path) -> RequestBook:
    """Open the book in a state folder to enter requests; make it if it does not exist.

    Raises ``JournalHeldError`` if another process has it, and ``JournalError`` if the folder cannot be used.
    """
    return RequestBook(open_state(folder, TABLES))


def read_request_book(folder: Path) -> RequestBook:
    """Open the book in a state folder to read it, also beside the server. Raises ``JournalError`` if there is none."""
    return RequestBook(read_state(folder, TABLES))


@dataclass(frozen=True, slots=True)
class UploadPut:
    """A request that has its upload in the outbox, or why it has none yet (上传安排)."""

    request: KeptRequest
    reason: str = ""
    """Why no upload could be made: the next call tries again."""


def put_uploads(
    requests: Sequence[KeptRequest], payments: PaymentDataStore, signer: Signer, outbox: Outbox, clock: Clock
) -> tuple[UploadPut, ...]:
    """Put an upload into the outbox for each request that has none; return what was tried.

    A request whose upload is there already is left out, so that it may be called as often as one likes: nothing is signed
    twice. Raises what the store of payments and the outbox raise.
    """
    found = []
    for each in requests:
        if _is_put(outbox, each.upload_id):
            continue
        try:
            body = upload(each.request, payments, signer, clock)
        except (PaymentDataError, SigningError) as error:
            found.append(UploadPut(each, str(error)))
            continue
        outbox.put([_delivery(each.upload_id, body)], at=instant(clock()))
        found.append(UploadPut(each))
    return tuple(found)


def _is_put(outbox: Outbox, upload_id: str) -> bool:
    try:
        outbox.entry(upload_id)
    except UnknownDeliveryError:
        return False
    return True


def _delivery(upload_id: str, body: bytes) -> Delivery:
    form = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True))
    return Delivery(id=upload_id, name=UPLOAD_NAME, file_name=f"{upload_id}.json", content=body, form=form)
