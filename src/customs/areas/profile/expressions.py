"""Expressions in profiles (取值表达式): the names, templates, sums and inputs that a profile writes as text, parsed once
at load.

>>> Summand.parse("-lines:line.tax")
Summand(fact='line.tax', negative=True, over_lines=True)
>>> [piece if isinstance(piece, str) else (piece.fact, piece.pattern) for piece in Template.parse("{message}_{serial:5}").pieces]
[('message.name', ''), '_', ('message.serial', '5')]
>>> GatewayInput.parse("secret.aes_key").secret
'aes_key'
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field
from pydantic_core import CoreSchema, core_schema

#: Sections of the facts that are the same for all parcels of a message.
SHARED_SECTIONS = ("message", "parameter", "step")


class _Expression:
    """A value that a profile writes as one text."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse the text. Raises ``ValueError``."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls.parse,
            core_schema.str_schema(),
            serialization=core_schema.to_string_ser_schema(),
        )


class FactName(_Expression, str):
    """The name of a fact: a section and a field, such as ``order.order_no``."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(text)

    @property
    def section(self) -> str:
        """The part before the point: ``order``, ``line``, ``local``, ``parameter``, ``step``, ..."""
        return self.partition(".")[0]

    @property
    def field(self) -> str:
        """The part after the point."""
        return self.partition(".")[2]

    @property
    def of_line(self) -> bool:
        """True if each line of goods has its own value."""
        return self.section in ("line", "goods")

    @property
    def shared(self) -> bool:
        """True if all parcels of a message have the same value."""
        return self.section in SHARED_SECTIONS


#: One fact or several.
SomeFacts = Annotated[tuple[FactName, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Summand(_Expression):
    """A fact in a sum: ``order.freight``, ``-order.discount``, or ``lines:line.tax``, which is added up over the
    lines.
    """

    fact: FactName
    negative: bool = False
    over_lines: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        plain = text.removeprefix("-")
        fact = plain.removeprefix("lines:")
        return cls(FactName(fact), text.startswith("-"), fact != plain)

    def __str__(self) -> str:
        return f"{'-' if self.negative else ''}{'lines:' if self.over_lines else ''}{self.fact}"


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in a template that a fact fills; ``pattern`` is what follows the colon, ``words`` the code map or the
    numbering that follows the at sign.
    """

    fact: FactName
    pattern: str = ""
    words: str = ""


_HOLE = re.compile(r"\{([a-z][a-z0-9_.]*)(?::([^{}]+)|@([a-z][a-z0-9_]*))?\}")

#: Short names in templates.
_SHORT = {"message": "message.name", "time": "message.time", "serial": "message.serial", "guid": "message.guid"}


@dataclass(frozen=True, slots=True)
class Template(_Expression):
    """A text with holes, such as ``{message}_{time:yyyyMMdd}{serial:5}``."""

    text: str
    pieces: tuple[str | Hole, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(text, tuple(_pieces(text)))

    @classmethod
    def of(cls, fact: str) -> Self:
        """The template that holds one fact and nothing else."""
        return cls(fact, (Hole(FactName(fact)),))

    @property
    def facts(self) -> tuple[FactName, ...]:
        """The facts that fill the holes, in their order."""
        return tuple(piece.fact for piece in self.pieces if isinstance(piece, Hole))

    @property
    def worded(self) -> bool:
        """True if a hole is filled through a code map or a numbering."""
        return any(isinstance(piece, Hole) and piece.words for piece in self.pieces)

    def __hash__(self) -> int:
        """The hash of the text, which says it all and keeps its hash: templates are looked up for every message."""
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.pieces)


def _pieces(text: str) -> Iterator[str | Hole]:
    last = 0
    for found in _HOLE.finditer(text):
        if found.start() > last:
            yield _plain(text[last : found.start()], text)
        yield Hole(FactName(_SHORT.get(found[1], found[1])), found[2] or "", found[3] or "")
        last = found.end()
    if last < len(text):
        yield _plain(text[last:], text)


def _plain(piece: str, whole: str) -> str:
    if "{" in piece or "}" in piece:
        raise ValueError(f"the template {whole!r} has a brace that opens no hole such as {{serial:5}}")
    return piece


@dataclass(frozen=True, slots=True)
class GatewayInput(_Expression):
    """An input of a step, or a parameter of the form; exactly one of five kinds.

    ``content`` is the message, ``secret.x`` a secret, ``step.x`` the result of an earlier step, ``'x'`` a literal
    text; everything else is a fact or a template.
    """

    text: str
    content: bool = False
    secret: str | None = None
    step: str | None = None
    literal: str | None = None
    template: Template | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        section, _, name = text.partition(".")
        if text == "content":
            return cls(text, content=True)
        if section == "secret":
            return cls(text, secret=name)
        if section == "step":
            return cls(text, step=name)
        if len(text) > 1 and text[0] == text[-1] == "'":
            return cls(text, literal=text[1:-1])
        return cls(text, template=Template.parse(text) if "{" in text or "}" in text else Template.of(text))

    @property
    def facts(self) -> tuple[FactName, ...]:
        """The facts that it draws on."""
        return self.template.facts if self.template else ()

    def __str__(self) -> str:
        return self.text
