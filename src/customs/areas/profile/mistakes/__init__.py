"""References inside a profile: every name that a field, rule, step or receipt uses has to exist and to fit its place.

The form of single values is checked by the models; here is what has to fit together.
"""

from collections.abc import Iterator

from customs.areas.profile.fields import Path
from customs.areas.profile.mistakes.conditions import check_conditions, looks_at_lines
from customs.areas.profile.mistakes.messages import check_message, check_tree
from customs.areas.profile.mistakes.names import (
    Mistake,
    check_fact,
    check_summand,
)
from customs.areas.profile.mistakes.posting import check_gateway
from customs.areas.profile.model import CUSTOMS_CODE, AreaProfile, CodeMap, Numbering
from customs.areas.profile.number_forms import number_form
from customs.areas.profile.patterns import time_writer
from customs.areas.profile.rules import Rule
from customs.areas.profile.tables import table
from customs.codes import LISTS
from customs.codes.states import State
from customs.documents import MESSAGES


def mistakes(profile: AreaProfile) -> Iterator[Mistake]:
    """Yield what does not fit together in a profile: the key, and what is wrong with it."""
    yield from _identity(profile)
    for name, numbering in profile.numberings.items():
        yield from _numbering(numbering, ("numberings", name))
    yield from check_conditions(profile)
    for name, mapped in profile.code_maps.items():
        yield from _code_map(mapped, ("code_maps", name))
    for at, message in enumerate(profile.messages):
        yield from check_message(profile, message, ("messages", at))
    for at, envelope in enumerate(profile.envelopes):
        yield from check_tree(profile, envelope, ("envelopes", at), "", ())
    for at, rule in enumerate(profile.rules):
        yield from _rule(profile, rule, ("rules", at))
    if profile.gateway is not None:
        yield from check_gateway(profile, profile.gateway)
    yield from _receipts(profile)


def _identity(profile: AreaProfile) -> Iterator[Mistake]:
    if profile.valid_from and profile.valid_to and profile.valid_to < profile.valid_from:
        yield ("valid_to",), "is before valid_from"
    for at, name in enumerate(profile.takes_unified):
        if name not in MESSAGES:
            yield ("takes_unified", at), f"{name} is no message of the unified edition"
    for code in profile.codes:
        if not CUSTOMS_CODE(code):
            yield ("districts" if code in profile.districts else "sites",), f"{code} is no customs code of four digits"
    for at, code in enumerate(profile.open_to):
        if not CUSTOMS_CODE(code):
            yield ("open_to", at), f"{code} is no customs code of four digits"
        elif code in profile.codes:
            yield ("open_to", at), f"{code} leads to this profile anyway"
    for kind, key in (("messages", profile.messages), ("envelopes", profile.envelopes)):
        yield from _twice([each.name for each in key], kind)
    yield from _twice([each.code for each in profile.rules], "rules")
    yield from _twice([each.name for each in profile.receipts], "receipts")


def _twice(names: list[str], key: str) -> Iterator[Mistake]:
    seen: set[str] = set()
    for at, name in enumerate(names):
        if name in seen:
            yield (key, at), f"{name} appears twice"
        seen.add(name)


def _numbering(numbering: Numbering, at: Path) -> Iterator[Mistake]:
    if numbering.pattern is None:
        return
    try:
        fits = number_form(numbering.pattern)
    except ValueError as error:
        yield (*at, "pattern"), str(error)
        return
    if not fits(numbering.example):
        yield (*at, "example"), f"a numbering with a pattern needs an example of it, {numbering.example!r} does not fit"


def _code_map(mapped: CodeMap, at: Path) -> Iterator[Mistake]:
    if mapped.table is not None:
        try:
            table(mapped.table)
        except LookupError as error:
            yield (*at, "table"), str(error)
    if mapped.code_list is not None and mapped.code_list not in LISTS:
        yield (*at, "code_list"), f"there is no code list {mapped.code_list!r}"
    for canonical, local in mapped.writes.items():
        if local not in mapped.reads:
            yield (*at, "writes", canonical), f"{local!r} is written for it, but is not read"
        elif mapped.reads[local] != canonical and canonical in mapped.reads.values():
            yield (*at, "writes", canonical), f"{local!r} is written for it, but is read as {mapped.reads[local]!r}"
    meanings: dict[str, list[str]] = {}
    for local, canonical in mapped.reads.items():
        meanings.setdefault(canonical, []).append(local)
    for canonical, local_codes in meanings.items():
        if len(local_codes) > 1 and canonical not in mapped.writes:
            yield (
                (*at, "reads"),
                f"{' and '.join(local_codes)} all mean {canonical!r}: `writes` has to name the one that is written",
            )


def _rule(profile: AreaProfile, rule: Rule, at: Path) -> Iterator[Mistake]:
    yield from _reach(profile, rule, at)
    for side, summands in enumerate(rule.equal or ()):
        for place, each in enumerate(summands):
            yield from check_summand(profile, each, (*at, "equal", side, place), of_line=False)
    if rule.at_most:
        yield from check_fact(profile, rule.at_most.fact, (*at, "at_most", "fact"), kinds=("decimal", "count"))
    if rule.among:
        yield from check_fact(profile, rule.among.fact, (*at, "among", "fact"), of_line=True, kinds=("text",))
    if rule.distinct is not None:
        yield from check_fact(profile, rule.distinct, (*at, "distinct"), of_line=True)
    for key, facts in (("all_given", rule.all_given), ("same", rule.same), ("same_in_batch", rule.same_in_batch)):
        for place, name in enumerate(facts or ()):
            yield from check_fact(profile, name, (*at, key, place), of_line=key == "all_given")


def _reach(profile: AreaProfile, rule: Rule, at: Path) -> Iterator[Mistake]:
    """Check the messages that a rule is for, and its condition."""
    names = {each.name for each in profile.messages}
    for place, name in enumerate(rule.applies_to):
        if name not in names:
            yield (*at, "applies_to", place), f"there is no message {name!r}"
    if rule.when is not None and rule.when not in profile.conditions:
        yield (*at, "when"), f"there is no condition {rule.when!r}"
    elif rule.when is not None and looks_at_lines(profile, profile.conditions[rule.when]):
        yield (*at, "when"), f"the condition {rule.when!r} looks at a line of goods, a rule at the whole parcel"


#: States in which a parcel may go on.
_GOOD = {State.ACCEPTED.value, State.CONCLUDED.value, State.RELEASED.value, State.CLOSED.value}


def _state_maps(profile: AreaProfile) -> Iterator[Mistake]:
    """Check that codes lead to states that exist, and codes that nobody knows to none in which a parcel may go on."""
    states = {each.value for each in State}
    for name, codes in profile.state_maps.items():
        for code, state in codes.items():
            if state not in states:
                yield (
                    ("state_maps", name, code),
                    f"{state!r} is no canonical state; there are {', '.join(sorted(states))}",
                )
        if codes.get("other") in _GOOD:
            yield ("state_maps", name, "other"), "would read a code that nobody knows as a success"


def _receipts(profile: AreaProfile) -> Iterator[Mistake]:
    yield from _state_maps(profile)
    for number, receipt in enumerate(profile.receipts):
        if receipt.format == "json" and receipt.root:
            yield ("receipts", number, "root"), "a receipt in JSON has no root"
        for place, spec in enumerate(receipt.states):
            if spec.state_map not in profile.state_maps:
                yield (
                    ("receipts", number, "states", place, "state_map"),
                    f"there is no {spec.state_map!r} under [state_maps]",
                )
        if receipt.answered_at:
            try:
                time_writer(receipt.answered_at.time_format)
            except ValueError as error:
                yield ("receipts", number, "answered_at", "time_format"), str(error)
