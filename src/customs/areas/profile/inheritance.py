"""Inheritance of profiles (配置继承): a profile that says only what differs from another, key by key."""

from customs.areas.profile.origins import ProfileError, Table, are_tables, problem_at

#: Lists whose tables are matched by a key: of messages the name, of sections their place, and so on.
_MATCHED_BY = {
    "messages": "name",
    "envelopes": "name",
    "receipts": "name",
    "rules": "code",
    "sections": "path",
    "fields": "name",
}

#: Identity is never inherited.
_OWN = (
    "districts",
    "sites",
    "valid_from",
    "valid_to",
    "days",
    "era",
    "gaps",
    "beside",
    "open_to",
    "confidence",
    "sources",
    "zh",
    "en",
    "inherits",
)


def inherited(base: Table, own: Table) -> Table:
    """The data of a profile over that of the one from which it inherits. Raises ``ProfileError``."""
    kept = merged_tables(
        Table(base.origins, base.own, {key: each for key, each in base.items() if key not in _OWN}), own
    )
    dropped = kept.pop("drop", [])
    if not isinstance(dropped, list) or not all(isinstance(each, str) for each in dropped):
        raise ProfileError((problem_at(own.origins["drop"], ("drop",), "has to be a list of names of messages"),))
    messages = base.get("messages")
    names = [each.get("name") for each in messages] if are_tables(messages) else []
    if unknown := [each for each in dropped if each not in names]:
        raise ProfileError(
            (problem_at(own.origins["drop"], ("drop",), f"{own['inherits']} has no message {', '.join(unknown)}"),)
        )
    if dropped and are_tables(kept.get("messages")):
        kept["messages"] = [each for each in kept["messages"] if each.get("name") not in dropped]
    return kept


def merged_tables(base: Table, own: Table) -> Table:
    """A table over another: key by key, lists of messages, sections and fields by the key that names each."""
    merged = Table({**base.origins, **own.origins}, own.own, base)
    for key, value in own.items():
        before = base.get(key)
        if isinstance(before, Table) and isinstance(value, Table):
            merged[key] = merged_tables(before, value)
        elif key in _MATCHED_BY and are_tables(before) and are_tables(value):
            merged[key] = matched(list(before or ()), value, _MATCHED_BY[key])
        else:
            merged[key] = value
    return merged


#: Where the value of a field comes from: a field that says it anew drops what the base said.
_VALUES = frozenset({"from", "or", "const", "template", "sum", "total", "default"})


def _without_value(field: Table) -> Table:
    return Table(field.origins, field.own, {key: value for key, value in field.items() if key not in _VALUES})


def matched(base: list[Table], own: list[Table], by: str) -> list[Table]:
    """Tables over others of the same name; a new one goes to the end, or after the one in its ``after``. Raises
    ``ProfileError``.
    """
    merged = list(base)
    for each in own:
        known = [at for at, other in enumerate(merged) if other.get(by) == each.get(by)]
        after = each.get("after")
        if known:
            before = merged[known[0]]
            merged[known[0]] = merged_tables(_without_value(before) if _VALUES & each.keys() else before, each)
        elif after is not None:
            places = [at for at, other in enumerate(merged) if other.get(by) == after]
            if not places:
                origin = each.origins["after"]
                raise ProfileError((problem_at(origin, origin.path, f"there is no {by} {after!r} to stand after"),))
            merged.insert(
                places[0] + 1, Table(each.origins, each.own, {key: it for key, it in each.items() if key != "after"})
            )
        else:
            merged.append(each)
    return merged
