"""References inside a profile: every name that a field, rule, step or receipt uses has to stand for something.

What a single value has to look like is said in ``customs.areas.profile.model``; here is what has to fit together.
"""

import re
from collections.abc import Iterator

from customs.areas.gateway.ciphers import CIPHERS
from customs.areas.profile.model import CUSTOMS_CODE, AreaProfile, CodeMap, Condition, Gateway, Numbering, Rule, Step
from customs.areas.profile.patterns import time_writer
from customs.areas.profile.references.names import (
    SHARED,
    Mistake,
    Path,
    check_numbers,
    check_source,
    check_template,
    check_term,
    looks_at_lines,
)
from customs.areas.profile.references.trees import check_message, check_tree
from customs.areas.profile.tables import table
from customs.areas.states import State
from customs.codes import LISTS
from customs.documents import MESSAGES


def mistakes(profile: AreaProfile) -> Iterator[Mistake]:
    """What does not fit together: the key, and what is wrong with it."""
    yield from _identity(profile)
    for name, condition in profile.conditions.items():
        yield from _condition(profile, condition, ("conditions", name), (name,))
    for name, mapped in profile.code_maps.items():
        yield from _map(mapped, ("code_maps", name))
    for at, message in enumerate(profile.messages):
        yield from check_message(profile, message, ("messages", at))
    for at, envelope in enumerate(profile.envelopes):
        yield from check_tree(profile, envelope, ("envelopes", at), "", None)
    yield from _rules(profile)
    yield from _gateway(profile)
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
    for kind, key in (("messages", profile.messages), ("envelopes", profile.envelopes)):
        yield from _twice([each.name for each in key], kind)
    yield from _twice([each.code for each in profile.rules], "rules")
    yield from _twice([each.name for each in profile.receipts], "receipts")
    for name, numbering in profile.numberings.items():
        yield from _numbering(numbering, ("numberings", name))


def _numbering(numbering: Numbering, at: Path) -> Iterator[Mistake]:
    if numbering.pattern is None:
        return
    try:
        fits = re.fullmatch(numbering.pattern, numbering.example)
    except re.error as error:
        yield (*at, "pattern"), f"is no regular expression: {error}"
        return
    if not fits:
        yield (*at, "example"), f"a numbering with a pattern needs an example of it, {numbering.example!r} is none"


def _twice(names: list[str], key: str) -> Iterator[Mistake]:
    for at, name in enumerate(names):
        if name in names[:at]:
            yield (key, at), f"{name} stands twice"


def _condition(profile: AreaProfile, condition: Condition, at: Path, within: tuple[str, ...]) -> Iterator[Mistake]:
    if condition.fact is not None:
        kinds = ("decimal", "count") if condition.above is not None else None
        yield from check_source(profile, condition.fact, (*at, "fact"), of_line=True, kinds=kinds)
        texts: list[tuple[Path, str]] = [((*at, "is"), condition.is_)] if condition.is_ is not None else []
        texts += [((*at, "in", number), text) for number, text in enumerate(condition.in_ or ())]
        yield from check_numbers(profile, condition.fact, texts)
    for key, joined in (("all", condition.all_), ("any", condition.any_), ("not", condition.not_)):
        for number, each in enumerate(joined if isinstance(joined, tuple) else () if joined is None else (joined,)):
            where = (*at, key, number) if key != "not" else (*at, key)
            if isinstance(each, Condition):
                yield from _condition(profile, each, where, within)
            elif each not in profile.conditions:
                yield where, f"there is no condition {each!r}"
            elif each in within:
                yield where, f"the condition {each!r} leads back to itself"
            else:
                yield from _condition(profile, profile.conditions[each], where, (*within, each))


def _map(mapped: CodeMap, at: Path) -> Iterator[Mistake]:
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


def _rules(profile: AreaProfile) -> Iterator[Mistake]:
    for number, rule in enumerate(profile.rules):
        at: Path = ("rules", number)
        yield from _reach(profile, rule, at)
        for side, sum_ in enumerate(rule.equal or ()):
            for place, each in enumerate(sum_):
                yield from check_term(profile, each, (*at, "equal", side, place), of_line=False)
        if rule.at_most:
            yield from check_source(profile, rule.at_most.fact, (*at, "at_most", "fact"), kinds=("decimal", "count"))
        if rule.among:
            yield from check_source(profile, rule.among.fact, (*at, "among", "fact"), of_line=True, kinds=("text",))
        if rule.distinct is not None:
            yield from check_source(profile, rule.distinct, (*at, "distinct"), of_line=True)
        for key, facts in (("all_given", rule.all_given), ("same", rule.same), ("same_in_batch", rule.same_in_batch)):
            for place, each in enumerate(facts or ()):
                yield from check_source(profile, each, (*at, key, place), of_line=key == "all_given")


def _reach(profile: AreaProfile, rule: Rule, at: Path) -> Iterator[Mistake]:
    """The messages that a rule is for, and when."""
    names = {each.name for each in profile.messages}
    for place, name in enumerate(rule.applies_to):
        if name not in names:
            yield (*at, "applies_to", place), f"there is no message {name!r}"
    if rule.when is not None and rule.when not in profile.conditions:
        yield (*at, "when"), f"there is no condition {rule.when!r}"
    elif rule.when is not None and looks_at_lines(profile, profile.conditions[rule.when]):
        yield (*at, "when"), f"the condition {rule.when!r} looks at a line of goods, a rule at the whole parcel"


def _gateway(profile: AreaProfile) -> Iterator[Mistake]:
    if profile.gateway is None:
        return
    if profile.gateway.steps and not profile.gateway.form:
        yield ("gateway", "steps"), "lead nowhere without `form`: what is posted"
    done: set[str] = set()
    for key, steps in (("before_message", profile.gateway.before_message), ("steps", profile.gateway.steps)):
        for number, step in enumerate(steps):
            at: Path = ("gateway", key, number)
            yield from _step(profile, step, at)
            for place, each in enumerate(step.input):
                yield from _part(profile, each, (*at, "input", place), done, content=key == "steps")
            done.add(step.name)
    for name, text in profile.gateway.form.items():
        yield from _part(profile, text, ("gateway", "form", name), done, content=True)
    yield from _without_a_parcel(profile, profile.gateway)


def _step(profile: AreaProfile, step: Step, at: Path) -> Iterator[Mistake]:
    """What a step does, and with which secret."""
    if step.cipher is not None and step.cipher not in CIPHERS:
        yield (*at, "cipher"), f"there is no cipher {step.cipher!r}; there are {', '.join(CIPHERS)}"
    elif step.cipher is not None and bool(CIPHERS[step.cipher].needs_key) is (step.secret is None):
        yield (*at, "secret"), f"the cipher {step.cipher} {'takes no key' if step.secret else 'needs a key'}"
    if step.envelope is not None and step.envelope not in {each.name for each in profile.envelopes}:
        yield (*at, "envelope"), f"there is no envelope {step.envelope!r}"
    if step.secret is not None and step.secret not in profile.secrets:
        yield (*at, "secret"), f"there is no {step.secret!r} under [secrets]"


def _without_a_parcel(profile: AreaProfile, gateway: Gateway) -> Iterator[Mistake]:
    """What a gateway asks of a parcel: messages of the unified edition, which it carries too, have none there, others may have several."""
    parts: list[tuple[Path, str]] = [(("gateway", "form", name), text) for name, text in gateway.form.items()]
    for key, steps in (("before_message", gateway.before_message), ("steps", gateway.steps)):
        parts += [
            (("gateway", key, at, "input", place), each)
            for at, step in enumerate(steps)
            for place, each in enumerate(step.input)
        ]
    several = any(message.batch > 1 for message in profile.messages)
    for where, text in parts if profile.takes_unified or several else ():
        for section in re.findall(r"([a-z]+)\.[a-z]", "" if text.startswith("'") else text):
            if section not in (*SHARED, "secret"):
                yield (
                    where,
                    f"{section} are facts of a parcel: messages of the unified edition have none here, a batch has several",
                )


def _part(profile: AreaProfile, text: str, at: Path, done: set[str], *, content: bool) -> Iterator[Mistake]:
    section, _, field = text.partition(".")
    if text == "content":
        if not content:
            yield at, "the message is not written yet at this step"
    elif section == "secret":
        if field not in profile.secrets:
            yield at, f"there is no {field!r} under [secrets]"
    elif section == "step":
        if field not in done:
            yield at, f"no step before is called {field!r}"
    elif "{" in text:
        yield from check_template(profile, text, at, of_line=False)
    elif not (text.startswith("'") and text.endswith("'")):
        yield from check_source(profile, text, at)


def _receipts(profile: AreaProfile) -> Iterator[Mistake]:
    states = {each.value for each in State}
    for name, codes in profile.state_maps.items():
        for code, state in codes.items():
            if state not in states:
                yield (
                    ("state_maps", name, code),
                    f"{state!r} is no canonical state; there are {', '.join(sorted(states))}",
                )
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
