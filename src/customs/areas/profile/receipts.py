"""Receipts of a profile (回执): how each is told from others, and where its keys, texts, time and states are."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from customs.areas.profile.base import Filled, ProfilePart, Whole
from customs.documents.base import Authority

#: What tells which declaration a receipt is about.
KeyName = Literal[
    "order_no", "payment_no", "waybill_no", "list_no", "pre_entry_no", "internal_no", "business_no", "company_code", "message",
    "message_id", "item_no", "goods_record_no",
]  # fmt: skip


class Heard(ProfilePart):
    """The authority, by a code in the receipt itself."""

    path: str
    reads: Mapping[str, Authority]


class StateSpec(ProfilePart):
    """A state in a receipt: where it is, who says it, and the map that reads it."""

    authority: Authority | Heard
    path: str
    state_map: str


class AnsweredAt(ProfilePart):
    """The time of a receipt: texts joined by a blank, and how a time is written there.

    ``widths`` says how many characters each text has where the platform loses zeros at its beginning.
    """

    paths: Annotated[tuple[str, ...], Field(min_length=1)]
    time_format: str
    widths: tuple[Annotated[Whole, Field(ge=0)], ...] = ()

    @model_validator(mode="after")
    def _one_each(self) -> "AnsweredAt":
        if self.widths and len(self.widths) != len(self.paths):
            raise PydanticCustomError("widths", "`widths` has one number for each of `paths`")
        return self


class ReceiptSpec(ProfilePart):
    """A receipt of the area: how it is told from others, its keys, texts, time and states."""

    name: Filled
    zh: Filled
    format: Literal["xml", "json"] = "xml"
    root: str = ""
    recognised_by: Mapping[str, str] = {}
    answer_path: str = ""
    keys: Mapping[KeyName, str] = {}
    answered_at: AnsweredAt | None = None
    texts: tuple[str, ...] = ()
    split: Mapping[KeyName, Annotated[str, StringConstraints(min_length=1, max_length=1)]] = {}
    states: Annotated[tuple[StateSpec, ...], Field(min_length=1)]
    note: str = ""
