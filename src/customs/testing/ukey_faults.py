"""Faults of a simulated U-key (模拟 U-key 的故障): the ways in which a reply of the client control goes wrong."""

import json
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from websockets.sync.server import ServerConnection

    from customs.testing.ukey import SimulatedUkey

Json = dict[str, Any]

SIGN = "cus-sec_SpcSignDataAsPEM"

GREETING = {"_id": 0, "_method": "open", "_status": "00", "_args": {"Result": True, "Data": [], "Error": []}}


class UkeyFault(Enum):
    """A fault in a reply. Unless stated otherwise, the key has signed nevertheless."""

    #: The PIN is refused, although it is right; the key does not sign.
    REFUSED_PIN = auto()
    #: Err:Custom50070; the key does not sign.
    READER_RESET_FAILED = auto()
    #: Err:Custom50200; the key does not sign.
    READER_NOT_OPENED = auto()
    #: A failure with a code that no list has; the key does not sign.
    UNKNOWN_FAILURE = auto()
    #: A failure whose text repeats PIN, data and the certificate's holder; the key does not sign.
    TALKATIVE_FAILURE = auto()
    #: The reply to an earlier request comes before the right one.
    STALE_REPLY_FIRST = auto()
    #: Only the reply to an earlier request comes.
    STALE_REPLY_ONLY = auto()
    #: The reply has a number that was never used.
    WRONG_NUMBER = auto()
    #: The reply has the right number, and another method.
    WRONG_METHOD = auto()
    #: Frames that answer nothing come without end.
    CHATTER = auto()
    #: The connection breaks instead of the reply.
    DISCONNECT = auto()
    #: The connection is closed after the reply; ``wait_for_disconnect`` says when it is.
    DISCONNECT_AFTERWARDS = auto()
    #: The reply comes once ``release`` is called, on the connection of its request.
    SLOW = auto()
    #: The reply comes before the one to the next request, whatever the connection.
    LATE = auto()
    #: Text that is not JSON and repeats the request.
    GARBAGE = auto()
    #: The first half of the reply.
    TRUNCATED = auto()
    #: A list, nested deeper than parsers go.
    NESTED = auto()
    #: JSON in another form than a reply's.
    OTHER_FORM = auto()
    #: A reply of a megabyte.
    OVERSIZED = auto()
    #: The reply in a binary frame.
    BINARY = auto()
    #: Text that is not UTF-8.
    NOT_UTF8 = auto()
    #: Success without data.
    EMPTY_DATA = auto()
    #: A signature or certificate that is not base64.
    NOT_BASE64 = auto()
    #: A signature over other data, under the right number.
    SIGNATURE_OF_OTHER_DATA = auto()
    #: The number of another card's certificate.
    OTHER_CARD_NUMBER = auto()
    #: Another card's signature under this card's number.
    OTHER_CARD_SIGNATURE = auto()
    #: Success in the reply, with a status other than 00.
    OTHER_STATUS = auto()


class Refused(Exception):  # noqa: N818  not an error of the test
    """The key or the control refuses; the arguments are its messages."""


class Turn:
    """A request, and the reply to it."""

    def __init__(self, ukey: "SimulatedUkey", link: "ServerConnection", request: Json) -> None:
        self.ukey, self.link, self.args = ukey, link, request["args"]
        self.number: int = request["_id"]
        self.method: str = request["_method"]
        self.reply: Json = {}

    def work(self, fault: "UkeyFault | tuple[str, ...] | None") -> None:
        """Let the key do what is asked, unless it fails."""
        failure = _FAILURES[fault](self) if isinstance(fault, UkeyFault) and fault in _FAILURES else fault
        try:
            if isinstance(failure, tuple):
                raise Refused(*failure)
            self.reply = self.written(self.ukey.answer_to(self.method, self.args))
        except Refused as refused:
            self.reply = self.written([], refused.args)

    def written(self, data: list[str], errors: tuple[str, ...] = ()) -> Json:
        """A reply of the control's form."""
        args = {"Result": not errors, "Data": data, "Error": list(errors)}
        return {"_id": self.number, "_method": self.method, "_status": "00", "_args": args}

    def with_data(self, data: list[str]) -> Json:
        """The reply with other data."""
        return self.written(data) if self.reply["_args"]["Result"] else self.reply

    @property
    def stale(self) -> Json:
        """A reply to the request before this one, over other data."""
        data = self.ukey.signed("an earlier request") if self.method == SIGN else self.reply["_args"]["Data"]
        return {**self.with_data(data), "_id": self.number - 1}


#: Faults in which the key does not sign: the messages of the control.
_FAILURES: Mapping[UkeyFault, Callable[[Turn], tuple[str, ...]]] = {
    UkeyFault.REFUSED_PIN: lambda turn: ("口令错误", ""),
    UkeyFault.READER_RESET_FAILED: lambda turn: ("读卡器复位失败", "Err:Custom50070"),
    UkeyFault.READER_NOT_OPENED: lambda turn: ("打开读卡器失败", "Err:Custom50200"),
    UkeyFault.UNKNOWN_FAILURE: lambda turn: ("未知错误", "Err:Custom59999"),
    UkeyFault.TALKATIVE_FAILURE: lambda turn: (
        f"调用失败 {turn.ukey.certificate.organisation} {turn.args.get('inData')} {turn.args.get('passwd')}",
        "Err:Custom59998",
    ),
}


# What goes out in place of the reply, and when.


def _text(reply: Json) -> str:
    return json.dumps(reply, ensure_ascii=False)


def _unchanged(turn: Turn) -> Iterator[str | bytes]:
    yield _text(turn.reply)


def _with(**changes: Any) -> Callable[[Turn], Iterator[str | bytes]]:
    def conduct(turn: Turn) -> Iterator[str | bytes]:
        yield _text({**turn.reply, **changes})

    return conduct


def _data(change: Callable[[Turn, list[str]], list[str]]) -> Callable[[Turn], Iterator[str | bytes]]:
    def conduct(turn: Turn) -> Iterator[str | bytes]:
        yield _text(turn.with_data(change(turn, turn.reply["_args"]["Data"])))

    return conduct


def _stale_first(turn: Turn) -> Iterator[str | bytes]:
    yield _text(turn.stale)
    yield _text(turn.reply)


def _stale_only(turn: Turn) -> Iterator[str | bytes]:
    yield _text(turn.stale)


def _chatter(turn: Turn) -> Iterator[str | bytes]:
    while True:
        yield json.dumps(GREETING)


def _disconnect(turn: Turn) -> Iterator[str | bytes]:
    turn.link.socket.shutdown(socket.SHUT_RDWR)
    yield from ()


def _disconnect_afterwards(turn: Turn) -> Iterator[str | bytes]:
    yield _text(turn.reply)
    turn.link.close()


def _slow(turn: Turn) -> Iterator[str | bytes]:
    turn.ukey.wait_for_release()
    yield _text(turn.reply)


def _late(turn: Turn) -> Iterator[str | bytes]:
    turn.ukey.hold_back(_text(turn.reply))
    yield from ()


def _garbage(turn: Turn) -> Iterator[str | bytes]:
    yield f"<html>{turn.args}</html>"


def _truncated(turn: Turn) -> Iterator[str | bytes]:
    whole = _text(turn.reply)
    yield whole[: len(whole) // 2]


def _nested(turn: Turn) -> Iterator[str | bytes]:
    yield "[" * 60_000


def _oversized(turn: Turn) -> Iterator[str | bytes]:
    yield _text({**turn.reply, "_filler": "*" * 1024 * 1024})


def _binary(turn: Turn) -> Iterator[str | bytes]:
    yield _text(turn.reply).encode()


def _not_utf8(turn: Turn) -> Iterator[str | bytes]:
    turn.link.send(b"\xff" + _text(turn.reply).encode(), text=True)
    yield from ()


def _of_other_data(turn: Turn, data: list[str]) -> list[str]:
    return turn.ukey.signed(f"{turn.args['inData']} ") if turn.method == SIGN else data


def _of_other_card(turn: Turn, data: list[str]) -> list[str]:
    other = turn.ukey.other_card
    if turn.method == SIGN:
        return [b64encode(other.sign(turn.args["inData"].encode()).value).decode(), *data[1:]]
    return data


def _other_number(turn: Turn, data: list[str]) -> list[str]:
    return [*data[:1], *(turn.ukey.other_card.certificate.key_name for _ in data[1:])]


_CONDUCT: Mapping[UkeyFault, Callable[[Turn], Iterator[str | bytes]]] = {
    UkeyFault.STALE_REPLY_FIRST: _stale_first,
    UkeyFault.STALE_REPLY_ONLY: _stale_only,
    UkeyFault.WRONG_NUMBER: _with(_id=999_999_999),
    UkeyFault.WRONG_METHOD: _with(_method="cus-sec_SpcGetUName"),
    UkeyFault.CHATTER: _chatter,
    UkeyFault.DISCONNECT: _disconnect,
    UkeyFault.DISCONNECT_AFTERWARDS: _disconnect_afterwards,
    UkeyFault.SLOW: _slow,
    UkeyFault.LATE: _late,
    UkeyFault.GARBAGE: _garbage,
    UkeyFault.TRUNCATED: _truncated,
    UkeyFault.NESTED: _nested,
    UkeyFault.OTHER_FORM: _with(_args="成功!"),
    UkeyFault.OVERSIZED: _oversized,
    UkeyFault.BINARY: _binary,
    UkeyFault.NOT_UTF8: _not_utf8,
    UkeyFault.EMPTY_DATA: _data(lambda turn, data: []),
    UkeyFault.NOT_BASE64: _data(lambda turn, data: ["%%%", *data[1:]]),
    UkeyFault.SIGNATURE_OF_OTHER_DATA: _data(_of_other_data),
    UkeyFault.OTHER_CARD_NUMBER: _data(_other_number),
    UkeyFault.OTHER_CARD_SIGNATURE: _data(_of_other_card),
    UkeyFault.OTHER_STATUS: _with(_status="01"),
}


def frames_of(turn: Turn, fault: "UkeyFault | tuple[str, ...] | None") -> Iterator[str | bytes]:
    """The frames that answer a request, as the fault has them."""
    return _CONDUCT.get(fault, _unchanged)(turn) if isinstance(fault, UkeyFault) else _unchanged(turn)
