"""Answers of the e-port's client control (控件返回): success with data, or failure with a code, advice and a text without
secrets.

>>> args = {"Result": False, "Data": [], "Error": ["读卡器复位失败", "Err:Custom50070"]}
>>> answer = answer_in({"_status": "00", "_args": args})
>>> answer.holds, answer.advice
(False, 'the reader could not be reset: take the key or card out, ... and restart the client control (Custom50070)')
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customs.fields.record import MASK

#: Advice by the code at the end of the control's message. Users report that a restart helps after the first two codes;
#: the other advice is derived from the texts of the errors.
ADVICE: Mapping[str, str] = {
    "Custom50070": "the reader could not be reset: take the key or card out, put it in again, and restart the client control",
    "Custom50200": "the reader could not be opened: plug it in, close other programs that use it, and restart the client control",
    "Base60408": "the client control cannot reach its own service: restart it",
    "Base50000": "the client control does not accept an argument: bring it up to date",
    "51500": "the key's library does not accept a parameter: bring the client control and the key's driver up to date",
}

#: Words of a message that is about the PIN. No source lists the codes of a refused PIN, so that every failure which
#: mentions one is taken for it: general knowledge, on the safe side.
_ABOUT_PIN = ("pin", "passw", "密码", "口令")

_CODE = re.compile(r"(?<![A-Za-z0-9])((?:Custom|Base)\d{5}|51500)(?!\d)")
_WORD = re.compile(r"\w+")
_LONG_NUMBER = re.compile(r"\d{6}")

#: Characters of the control's text that are shown, and those that are looked at for it. The text may have 64 KiB.
_LONGEST_TEXT = 120
_LONGEST_READ = 2_000

#: Characters in a row of the data that a text may not repeat.
_REPEATED = 4


class Pin:
    """A PIN that does not show where local variables are shown, and that can be wiped out."""

    __slots__ = ("_octets",)

    def __init__(self, pin: str) -> None:
        self._octets = bytearray(pin, "ascii")

    def __repr__(self) -> str:
        return repr(MASK)

    @property
    def text(self) -> str:
        """The PIN, for a request. Python keeps this copy until it needs the memory for something else."""
        return self._octets.decode("ascii")

    def wipe(self) -> None:
        """Overwrite the PIN and forget it."""
        self._octets[:] = bytes(len(self._octets))
        self._octets.clear()


@dataclass(frozen=True, slots=True)
class Secrets:
    """Texts that no message may repeat: the PIN, the data, names of the holder."""

    pin: Pin
    data: str
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return "Secrets()"

    def are_in(self, text: str) -> bool:
        """Return True if a text repeats the PIN, a name of the certificate's holder, or four characters in a row of
        the data.
        """
        known = (self.pin.text, *self.names)
        return any(each in text for each in known) or not _pieces(text).isdisjoint(_pieces(self.data))


@dataclass(frozen=True, slots=True, repr=False)
class UkeyAnswer:
    """A reply of the control: success or not, its data, and its error messages."""

    holds: bool
    data: tuple[str, ...]
    errors: str

    @property
    def is_about_pin(self) -> bool:
        text = self.errors.lower()
        return any(word in text for word in _ABOUT_PIN)

    @property
    def advice(self) -> str | None:
        """The advice for a known failure, or None."""
        found = _CODE.search(self.errors)
        advice = ADVICE.get(found[1]) if found else None
        return f"{advice} ({found[1]})" if found and advice else None

    def said(self, secrets: Secrets | None) -> str:
        """Return the control's own text, to follow an error. If it could repeat a secret, return its code alone."""
        text = " ".join("".join(each if each.isprintable() else " " for each in self.errors).split())
        if secrets is None or secrets.are_in(text):
            code = _CODE.search(text)
            text = code[1] if code and not (secrets and secrets.pin.text in code[1]) else ""
        text = _masked(text)[:_LONGEST_TEXT].rstrip()
        return f". It says: {text}" if text else ""


def _pieces(text: str) -> set[str]:
    """Return each four characters in a row of a text."""
    return {text[at : at + _REPEATED] for at in range(len(text) - _REPEATED + 1)}


def _masked(text: str) -> str:
    """Return the beginning of a text without its words that hold a long number, or what may be the start of one."""
    read = text[:_LONGEST_READ]
    is_cut = len(read) < len(text)

    def masked(word: re.Match[str]) -> str:
        begins = is_cut and word.end() == len(read) and any(map(str.isdigit, word[0]))
        return MASK if begins or _LONG_NUMBER.search(word[0]) else word[0]

    return _WORD.sub(masked, read)


def answer_in(reply: Mapping[str, Any]) -> UkeyAnswer | None:
    """Return the answer in a reply, or None for a reply in another form."""
    args, status = reply.get("_args"), reply.get("_status")
    result = args.get("Result") if isinstance(args, dict) else None
    if not isinstance(args, dict) or not isinstance(result, bool):
        return None
    data, errors = args.get("Data"), args.get("Error")
    if result and not (isinstance(data, list) and all(isinstance(each, str) for each in data)):
        return None
    texts = [each for each in errors if isinstance(each, str)] if isinstance(errors, list) else []
    return UkeyAnswer(
        result and status == "00", tuple(data) if result and isinstance(data, list) else (), " ".join(texts)
    )
