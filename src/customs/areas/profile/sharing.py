"""Sections that several messages share (共用报文段): named once under ``[shared_sections]``, and used wherever they stand.

A section with ``use`` takes the fields of a shared one. Its own ``fields`` replace those of the same name or follow
them, ``drop`` leaves some out, and ``need`` is that of every field which does not say its own.
"""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from customs.areas.profile.base import Need
from customs.areas.profile.inheritance import matched
from customs.areas.profile.origins import ProfileError, Table, are_tables, problem_at

#: Keys of a section that are gone once its fields stand in it.
_DIRECTIONS = ("use", "drop", "need")


def with_shared_sections(data: Table, *, all_used: bool = True) -> Table:
    """The data of a profile with the fields of shared sections wherever these are used. Raises ``ProfileError``, also
    for a section that the profile itself shares and nothing uses, unless its heirs may: ``all_used=False``.
    """
    shared = data.get("shared_sections", Table({}, data.own, {}))
    if not isinstance(shared, Table) or not all(map(_is_shared, shared.values())):
        raise _error(data, "shared_sections", "has to hold tables with `fields`, a list of tables, and nothing else")
    used = {section.get("use") for tree in _trees(data) for section in _sections(tree)}
    for name in shared:
        if all_used and name not in used and shared.origins[name].file == data.own.file:
            raise _error(shared, name, "no section uses it")
    for tree in _trees(data):
        if are_tables(tree.get("sections")):
            tree["sections"] = [_filled(section, shared) for section in tree["sections"]]
    return data


def _is_shared(section: object) -> bool:
    return isinstance(section, Table) and section.keys() == {"fields"} and are_tables(section["fields"])


def _trees(data: Table) -> Iterator[Table]:
    for key in ("messages", "envelopes"):
        if are_tables(data.get(key)):
            yield from data[key]


def _sections(tree: Table) -> list[Table]:
    found = tree.get("sections")
    return found if are_tables(found) else []


def _filled(section: Table, shared: Mapping[str, Any]) -> Table:
    """A section with all its fields, and without the directions that said which."""
    if section.keys().isdisjoint(_DIRECTIONS):
        return section
    fields = section.get("fields", [])
    if not are_tables(fields):
        return section  # refused with the models
    fields = _dropped(section, _taken(section, fields, shared))
    if "need" in section:
        fields = [_with_need(section, each) for each in fields]
    kept = {key: value for key, value in section.items() if key not in _DIRECTIONS}
    return Table(section.origins, section.own, {**kept, "fields": fields})


def _taken(section: Table, own: list[Table], shared: Mapping[str, Any]) -> list[Table]:
    """The fields of the shared section, those of the section over them."""
    if "use" not in section:
        return own
    name = section["use"]
    if not isinstance(name, str) or name not in shared:
        raise _error(section, "use", f"there is no {name!r} under [shared_sections]")
    return matched(shared[name]["fields"], own, "name")


def _dropped(section: Table, fields: list[Table]) -> list[Table]:
    dropped, names = section.get("drop", []), [each.get("name") for each in fields]
    if not isinstance(dropped, list) or any(each not in names for each in dropped):
        raise _error(section, "drop", "has to be a list of names of fields that the section has")
    return [each for each in fields if each.get("name") not in dropped]


def _with_need(section: Table, field: Table) -> Table:
    if section["need"] not in get_args(Need):
        raise _error(section, "need", f"has to be one of {', '.join(get_args(Need))}")
    return field if "need" in field else Table(field.origins, field.own, {**field, "need": section["need"]})


def _error(table: Table, key: str, reason: str) -> ProfileError:
    origin = table.origins.get(key, table.own)
    return ProfileError((problem_at(origin, origin.path, reason),))
