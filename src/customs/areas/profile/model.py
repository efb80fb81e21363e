"""The profile of a customs area (关区配置): everything that is data about one area, as a value.

A profile is written in TOML (``docs/area-profiles.md``) and loaded by ``customs.areas.profile.loading``. Nothing here computes.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from customs.rules import Practice

#: How sure it is that a field is asked for: by an official table, by every implementation read, not, or nobody knows.
Need = Literal["required", "observed", "optional", "unknown"]

#: What a fact is: its values are ``str``, ``Decimal``, ``int``, ``datetime`` and ``date``.
FactKind = Literal["text", "decimal", "count", "moment", "day"]

#: Who speaks in a receipt.
Authority = Literal["platform", "customs", "inspection", "tax"]

#: Whether a text has the form of a customs code (关区代码): four digits, of which the first may be a letter.
CUSTOMS_CODE = re.compile("[0-9A-Z][0-9]{3}").fullmatch


def _filled(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("empty", "needs a text")
    return value


def _number(value: object) -> object:
    if isinstance(value, float):
        raise PydanticCustomError("float", 'is a number with a point: write it as text, such as "0.01"')
    return value


Filled = Annotated[str, AfterValidator(_filled)]
Plain = Annotated[Decimal, BeforeValidator(_number)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]

#: One source or several.
Some = Annotated[tuple[str, ...], Field(min_length=1)]

#: The documents that travel with every parcel; other roles are written on request only.
ParcelDocument = Literal["order", "payment", "waybill", "declaration_list"]
WITH_A_PARCEL = get_args(ParcelDocument)

#: What a message may declare: the documents of a parcel, a part of one, and what belongs to other occasions.
Role = (
    ParcelDocument
    | Literal[
        "declaration_list_head",
        "goods_record",
        "status",
        "cancellation",
        "goods_return",
        "warehouse_entry",
        "gate_pass",
    ]
)

#: What tells which declaration a receipt is about.
KeyName = Literal[
    "order_no", "payment_no", "waybill_no", "list_no", "pre_entry_no", "internal_no", "business_no", "company_code", "message",
    "message_id", "item_no", "goods_record_no",
]  # fmt: skip


class _Model(BaseModel):
    """Read once and kept: the parts of profiles are compared by identity."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class Said(_Model):
    """A reason in both languages."""

    zh: Filled
    en: Filled


class Condition(_Model):
    """One comparison of a fact, or others joined: exactly one of ``is``, ``in``, ``given``, ``above``, ``all``, ``any``, ``not``."""

    fact: str | None = None
    is_: str | None = Field(None, alias="is")
    in_: tuple[str, ...] | None = Field(None, alias="in")
    given: bool | None = None
    above: Plain | None = None
    all_: "tuple[str | Condition, ...] | None" = Field(None, alias="all", min_length=1)
    any_: "tuple[str | Condition, ...] | None" = Field(None, alias="any", min_length=1)
    not_: "str | Condition | None" = Field(None, alias="not")

    @model_validator(mode="after")
    def _one_of(self) -> "Condition":
        compared = [each for each in (self.is_, self.in_, self.given, self.above) if each is not None]
        joined = [each for each in (self.all_, self.any_, self.not_) if each is not None]
        if (self.fact is None) is bool(compared) or len(compared) + len(joined) != 1:
            raise PydanticCustomError(
                "condition", "needs `fact` with one of `is`, `in`, `given`, `above`; or one of `all`, `any`, `not`"
            )
        return self


class CodeMap(_Model):
    """Codes of the area and of the standard: ``reads`` leads from local to canonical, ``writes`` says which local code is written."""

    reads: Mapping[str, str] = {}
    writes: Mapping[str, str] = {}
    table: str | None = None
    code_list: str | None = None

    @model_validator(mode="after")
    def _one_of(self) -> "CodeMap":
        if sum(map(bool, (self.reads, self.table, self.code_list))) != 1:
            raise PydanticCustomError("map", "needs one of `reads`, `table`, `code_list`")
        if self.writes and not self.reads:
            raise PydanticCustomError("map", "`writes` goes with `reads`")
        return self


class Parameter(_Model):
    """What the enterprise configures once, such as the number that a platform gave it."""

    zh: Filled
    en: Filled
    need: Literal["required", "optional"] = "required"
    default: str | None = None
    values: tuple[str, ...] = ()
    example: str = ""
    note: str = ""


class Numbering(_Model):
    """A way to number enterprises; settings lead from an enterprise's customs code to its number there."""

    zh: Filled
    en: Filled
    pattern: str | None = None
    example: str = ""
    note: str = ""


class Secret(_Model):
    """A key or password that a gateway gave to the enterprise. Settings hold it; nothing ever shows it."""

    zh: Filled
    en: Filled
    note: str = ""


class Fact(_Model):
    """A fact of a parcel or of a line of goods that goes beyond the standard."""

    zh: Filled
    en: Filled
    kind: FactKind = "text"
    values: tuple[str, ...] = ()
    code_list: str | None = None
    personal: bool = False


class FieldSpec(_Model):
    """A field of a local message: its name there, where its value comes from, and what is allowed."""

    name: Filled
    zh: str = ""
    from_: str | None = Field(None, alias="from")
    or_: str | None = Field(None, alias="or")
    const: str | None = None
    template: str | None = None
    sum: Some | None = None
    total: str | None = None
    default: str | None = None
    need: Need = "required"
    when: str | None = None
    empty_when: str | None = None
    most: Annotated[int, Field(gt=0)] | None = None
    digits: Annotated[int, Field(gt=0)] | None = None
    scale: Annotated[int, Field(ge=0)] | None = None
    places: Annotated[int, Field(ge=0)] | None = None
    factor: Annotated[Plain, Field(gt=0)] | None = None
    least: Plain | None = None
    pad: Annotated[int, Field(gt=0, le=64)] | None = None
    time_format: str | None = None
    code_map: str | None = None
    numbering: str | None = None
    omit: bool = False
    bare: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _one_of(self) -> "FieldSpec":
        given = [each for each in (self.from_, self.const, self.template, self.sum, self.total) if each is not None]
        if len(given) > 1:
            raise PydanticCustomError("field", "needs one of `from`, `const`, `template`, `sum`, `total`, not several")
        if self.or_ is not None and self.from_ is None:
            raise PydanticCustomError("field", "`or` goes with `from`")
        if not given and self.need in ("required", "observed"):
            raise PydanticCustomError("field", "is needed, but has no `from`, `const`, `template`, `sum` or `total`")
        return self

    @property
    def filled(self) -> bool:
        """Whether the field ever holds something."""
        return any(each is not None for each in (self.from_, self.const, self.template, self.sum, self.total))


class Section(_Model):
    """Fields that stand in one element; ``path`` is that of the element, below the root."""

    path: str
    fields: tuple[FieldSpec, ...]


class Envelope(_Model):
    """Elements around a message, or a message itself: the tree and the fields in their order."""

    name: Filled
    format: Literal["xml", "json"] = "xml"
    root: str = ""
    attributes: Mapping[str, str] = {}
    namespace: str = ""
    prefix: str = ""
    lead: str = ""
    sections: tuple[Section, ...]

    @model_validator(mode="after")
    def _rooted(self) -> "Envelope":
        if (self.format == "xml") is not bool(self.root):
            raise PydanticCustomError("root", "an XML message needs `root`, one in JSON has none")
        if bool(self.prefix) and not self.namespace:
            raise PydanticCustomError("prefix", "`prefix` needs `namespace`")
        return self


class LocalMessage(Envelope):
    """A message of the area: the documents it declares, who does, how many in one, where parcels and lines repeat."""

    zh: Filled
    en: Filled
    documents: Annotated[tuple[Role, ...], Field(min_length=1)]
    declared_by: tuple[str, ...] = ()
    stands_for: tuple[str, ...] = ()
    batch: Annotated[int, Field(gt=0)] = 1
    parcel_path: str = ""
    line_path: str | None = None
    id: str = "{guid}"
    file_name: str = "{message}_{message.guid}.xml"
    note: str = ""

    @property
    def with_a_parcel(self) -> bool:
        """Whether it is sent with every parcel; goods records, states and returns are written on request."""
        return set(self.documents) <= set(WITH_A_PARCEL)


class AtMost(_Model):
    """A fact that must not exceed a value."""

    fact: str
    value: Plain


class Among(_Model):
    """A fact that has one of some values."""

    fact: str
    values: Annotated[tuple[str, ...], Field(min_length=1)]


class Rule(_Model):
    """A rule of the area, as data: sums that are equal, a limit, facts given, distinct, the same, or among some values."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
    zh: Filled
    en: Filled
    source: str = ""
    applies_to: tuple[str, ...] = ()
    when: str | None = None
    severity: Literal["error", "warning"] = "error"
    equal: tuple[Some, Some] | None = None
    tolerance: Plain = Decimal(0)
    at_most: AtMost | None = None
    distinct: str | None = None
    all_given: Some | None = None
    same: tuple[str, str] | None = None
    among: Among | None = None
    same_in_batch: Some | None = None

    @model_validator(mode="after")
    def _one_of(self) -> "Rule":
        kinds = (self.equal, self.at_most, self.distinct, self.all_given, self.same, self.among, self.same_in_batch)
        if sum(each is not None for each in kinds) != 1:
            raise PydanticCustomError(
                "rule", "needs one of `equal`, `at_most`, `distinct`, `all_given`, `same`, `among`, `same_in_batch`"
            )
        return self


class Step(_Model):
    """One step of a gateway: a cipher over its input, or an envelope to write."""

    name: Name
    cipher: str | None = None
    input: tuple[str, ...] = ()
    secret: str | None = None
    envelope: str | None = None

    @model_validator(mode="after")
    def _one_of(self) -> "Step":
        if (self.cipher is None) is (self.envelope is None):
            raise PydanticCustomError("step", "needs one of `cipher`, `envelope`")
        if self.envelope is not None and (self.input or self.secret):
            raise PydanticCustomError("step", "`input` and `secret` go with `cipher`")
        return self


class Gateway(_Model):
    """How messages leave: steps, then the parameters of the form that is posted. Sending is the user's."""

    transport: Filled
    address: str = ""
    reply: str = ""
    before_message: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    form: Mapping[str, str] = {}


class Heard(_Model):
    """Who speaks, by a code in the receipt itself."""

    path: str
    reads: Mapping[str, Authority]


class StateSpec(_Model):
    """Where a receipt holds a state, whose it is, and by which map it is read."""

    authority: Authority | Heard
    path: str
    state_map: str


class AnsweredAt(_Model):
    """When a receipt was made: texts joined by a blank, and their pattern."""

    paths: Annotated[tuple[str, ...], Field(min_length=1)]
    time_format: str


class ReceiptSpec(_Model):
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


class AreaProfile(_Model):
    """One area, whole. ``name`` is that of its folder."""

    name: str
    zh: Filled
    en: Filled
    confidence: Literal["high", "medium", "low"]
    sources: Annotated[tuple[Filled, ...], Field(min_length=1)]
    era: str = ""
    districts: tuple[str, ...] = ()
    sites: Mapping[str, str] = {}
    valid_from: date | None = None
    valid_to: date | None = None
    days: str = ""
    inherits: str | None = None
    beside: tuple[str, ...] = ()
    takes_unified: tuple[str, ...] = ()
    declared_elsewhere: Mapping[ParcelDocument, Said] = {}
    gaps: tuple[str, ...] = ()
    practice: Practice = Practice()
    conditions: Mapping[str, Condition] = {}
    code_maps: Mapping[str, CodeMap] = {}
    parameters: Mapping[Name, Parameter] = {}
    numberings: Mapping[Name, Numbering] = {}
    secrets: Mapping[Name, Secret] = {}
    facts: Mapping[Name, Fact] = {}
    goods_facts: Mapping[Name, Fact] = {}
    messages: tuple[LocalMessage, ...] = ()
    envelopes: tuple[Envelope, ...] = ()
    rules: tuple[Rule, ...] = ()
    gateway: Gateway | None = None
    receipts: tuple[ReceiptSpec, ...] = ()
    state_maps: Mapping[str, Mapping[str, str]] = {}

    @property
    def codes(self) -> frozenset[str]:
        """The customs codes that lead to this area: whole districts and single offices."""
        return frozenset((*self.districts, *self.sites))

    def in_force(self, on: date) -> bool:
        """Whether the profile resolves on a day; by its name it can be used on any."""
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)

    def message(self, name: str) -> LocalMessage:
        """The local message of that name. Raises ``LookupError``, whose text lists those that exist."""
        for each in self.messages:
            if each.name == name:
                return each
        raise LookupError(
            f"{self.name} has no message {name!r}; there are {', '.join(each.name for each in self.messages) or 'none'}"
        )
