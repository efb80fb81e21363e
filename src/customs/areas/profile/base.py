"""The base of all parts of a profile (关区配置): frozen models that refuse unknown keys, and the types of simple values."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

#: How sure it is that a field is asked for: an official table says so, every client that was read sends it, it may be
#: absent,
#: or nothing is known.
Need = Literal["required", "observed", "optional", "unknown"]

#: The kind of a fact: its values are ``str``, ``Decimal``, ``int``, ``datetime`` and ``date``.
FactKind = Literal["text", "decimal", "count", "moment", "day"]

#: The documents that travel with every parcel; other roles are written on request only.
ParcelDocument = Literal["order", "payment", "waybill", "declaration_list"]


def _filled(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("empty", "needs a text")
    return value


def _number(value: object) -> object:
    if isinstance(value, float):
        raise PydanticCustomError("float", 'is a number with a point: write it as text, such as "0.01"')
    return value


def _whole(value: object) -> object:
    if isinstance(value, str):
        raise PydanticCustomError("whole", "has to be a whole number, without quotes")
    return value


#: A text that is not empty.
Filled = Annotated[str, AfterValidator(_filled)]

#: A decimal number, written as text.
Plain = Annotated[Decimal, BeforeValidator(_number)]

#: A whole number, written without quotes.
Whole = Annotated[int, BeforeValidator(_whole)]

#: A whole number from 1, written without quotes.
Positive = Annotated[Whole, Field(gt=0)]

#: The name of something that a profile defines.
ProfileName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


class ProfilePart(BaseModel):
    """A part of a profile: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Said(ProfilePart):
    """A reason in both languages."""

    zh: Filled
    en: Filled
