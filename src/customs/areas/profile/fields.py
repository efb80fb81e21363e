"""Messages of a profile (地方报文): trees of elements, and the fields in them with the fact that each is filled from."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from customs.areas.profile.base import Filled, Need, ParcelDocument, Plain, Positive, ProfilePart, Whole
from customs.areas.profile.expressions import FactName, Summand, Template

#: The roles of messages that travel with every parcel.
WITH_A_PARCEL = get_args(ParcelDocument)

#: The role of a message: the documents of a parcel, a part of one, and messages for other occasions.
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
        "export_order",
        "export_waybill",
        "export_list",
    ]
)

#: Where a part of a profile was written, from the profile downwards.
Path = tuple[str | int, ...]


class FieldSpec(ProfilePart):
    """A field of a local message: its name there, the fact that fills it, and what is allowed."""

    name: Filled
    zh: str = ""
    from_: FactName | None = Field(None, alias="from")
    or_: FactName | None = Field(None, alias="or")
    const: str | None = None
    template: Template | None = None
    sum: Annotated[tuple[Summand, ...], Field(min_length=1)] | None = None
    total: FactName | None = None
    default: str | None = None
    need: Need = "required"
    when: str | None = None
    empty_when: str | None = None
    most: Positive | None = None
    digits: Positive | None = None
    scale: Annotated[Whole, Field(ge=0)] | None = None
    places: Annotated[Whole, Field(ge=0)] | None = None
    factor: Annotated[Plain, Field(gt=0)] | None = None
    least: Plain | None = None
    pad: Annotated[Whole, Field(gt=0, le=64)] | None = None
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
        if not given and self.needed:
            raise PydanticCustomError("field", "is needed, but has no `from`, `const`, `template`, `sum` or `total`")
        return self

    @property
    def needed(self) -> bool:
        """True if a finding says that the field is missing."""
        return self.need in ("required", "observed")

    @property
    def filled(self) -> bool:
        """True if the field ever holds something."""
        return bool(self.facts) or self.const is not None or self.template is not None

    @property
    def facts(self) -> tuple[FactName, ...]:
        """Every fact that the field draws on, in the order of the keys ``from``, ``or``, ``total``, ``sum``,
        ``template``.
        """
        named = tuple(each for each in (self.from_, self.or_, self.total) if each is not None)
        return (*named, *(each.fact for each in self.sum or ()), *(self.template.facts if self.template else ()))


class Section(ProfilePart):
    """The fields of one element; ``path`` is that of the element, below the root."""

    path: str
    fields: tuple[FieldSpec, ...]


class LocalEnvelope(ProfilePart):
    """Elements around a message, or a message itself: the tree and the fields in their order."""

    name: Filled
    format: Literal["xml", "json"] = "xml"
    root: str = ""
    attributes: Mapping[str, Template] = {}
    namespace: str = ""
    prefix: str = ""
    unprefixed: str = ""
    xml_declaration: bool = True
    lead: Template = Template("", ())
    sections: tuple[Section, ...]

    @model_validator(mode="after")
    def _rooted(self) -> "LocalEnvelope":
        if (self.format == "xml") is not bool(self.root):
            raise PydanticCustomError("root", "an XML message needs `root`, one in JSON has none")
        if bool(self.prefix) and not self.namespace:
            raise PydanticCustomError("prefix", "`prefix` needs `namespace`")
        if self.unprefixed and not self.prefix:
            raise PydanticCustomError("unprefixed", "`unprefixed` goes with `prefix`")
        return self

    def fields(self) -> Iterator[tuple[Section, FieldSpec, Path]]:
        """Every field with its section, and where it was written below the message."""
        for number, section in enumerate(self.sections):
            for position, spec in enumerate(section.fields):
                yield section, spec, ("sections", number, "fields", position)

    def templates(self) -> Iterator[tuple[Template, Path]]:
        """The templates that belong to no field, and where each was written below the message."""
        yield self.lead, ("lead",)
        for name, template in self.attributes.items():
            yield template, ("attributes", name)

    def facts(self) -> Iterator[FactName]:
        """Every fact that fields and templates draw on."""
        for template, _ in self.templates():
            yield from template.facts
        for _, spec, _ in self.fields():
            yield from spec.facts


class LocalMessage(LocalEnvelope):
    """A message of the area: the documents it declares, who does, how many in one, where parcels and lines repeat.

    With ``when``, parcels that do not meet the condition do not go into it.
    """

    zh: Filled
    en: Filled
    documents: Annotated[tuple[Role, ...], Field(min_length=1)]
    declared_by: tuple[str, ...] = ()
    stands_for: tuple[str, ...] = ()
    when: str | None = None
    batch: Positive = 1
    double_width: bool = False
    parcel_path: str = ""
    line_path: str | None = None
    further_lines: tuple[str, ...] = ()
    id: Template = Template.parse("{guid}")
    file_name: Template = Template.parse("{message}_{message.guid}.xml")
    note: str = ""

    @property
    def with_a_parcel(self) -> bool:
        """True if it is sent with every parcel; goods records, states and returns are written on request."""
        return set(self.documents) <= set(WITH_A_PARCEL)

    @property
    def line_paths(self) -> tuple[str, ...]:
        """The paths of all elements that repeat for each line of goods."""
        return (*(() if self.line_path is None else (self.line_path,)), *self.further_lines)

    def templates(self) -> Iterator[tuple[Template, Path]]:
        """The number of the message, the name of its file, and the templates of the envelope."""
        yield self.id, ("id",)
        yield self.file_name, ("file_name",)
        yield from super().templates()
