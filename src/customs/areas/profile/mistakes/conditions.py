"""Conditions (条件) that join others by name: none may lead back to itself, or stand for more than it is worth asking."""

from collections.abc import Iterator
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

from customs.areas.profile.fields import Path
from customs.areas.profile.mistakes.names import Mistake, check_fact, check_numbers
from customs.areas.profile.model import AreaProfile
from customs.areas.profile.rules import Condition

#: Comparisons that a condition may stand for, those of the conditions that it joins among them.
MOST_COMPARISONS = 200


def check_conditions(profile: AreaProfile) -> Iterator[Mistake]:
    """Yield what is wrong with the conditions of a profile: facts, texts, and the names that they join."""
    sizes = _sizes(profile)
    for name, condition in profile.conditions.items():
        yield from _condition(profile, condition, ("conditions", name), sizes)
        if sizes.get(name, 0) > MOST_COMPARISONS:
            yield ("conditions", name), f"stands for more than {MOST_COMPARISONS} comparisons"


def looks_at_lines(profile: AreaProfile, condition: Condition) -> bool:
    """True if a condition compares a fact of a line of goods, itself or by one that it joins."""
    waiting, seen = [condition], set[str]()
    while waiting:
        each = waiting.pop()
        if each.fact is not None and each.fact.of_line:
            return True
        for one in each.joined:
            if isinstance(one, Condition):
                waiting.append(one)
            elif one in profile.conditions and one not in seen:
                seen.add(one)
                waiting.append(profile.conditions[one])
    return False


def _condition(profile: AreaProfile, condition: Condition, at: Path, sizes: dict[str, int]) -> Iterator[Mistake]:
    if condition.fact is not None:
        kinds = ("decimal", "count") if condition.above is not None else None
        yield from check_fact(profile, condition.fact, (*at, "fact"), of_line=True, kinds=kinds)
        texts: list[tuple[Path, str]] = [((*at, "is"), condition.is_)] if condition.is_ is not None else []
        texts += [((*at, "in", number), text) for number, text in enumerate(condition.in_ or ())]
        yield from check_numbers(profile, condition.fact, texts)
    for key, several in (("all", condition.all_), ("any", condition.any_)):
        for number, each in enumerate(several or ()):
            yield from _joined(profile, each, (*at, key, number), sizes)
    if condition.not_ is not None:
        yield from _joined(profile, condition.not_, (*at, "not"), sizes)


def _joined(profile: AreaProfile, each: str | Condition, at: Path, sizes: dict[str, int]) -> Iterator[Mistake]:
    """Check a condition that another joins."""
    if isinstance(each, Condition):
        yield from _condition(profile, each, at, sizes)
    elif each not in profile.conditions:
        yield at, f"there is no condition {each!r}"
    elif each not in sizes:
        yield at, f"the condition {each!r} leads back to itself"


def _sizes(profile: AreaProfile) -> dict[str, int]:
    """How many comparisons each condition stands for, at most one more than is admitted; those that lead back to
    themselves are left out.
    """
    joined = {
        name: [each for each in _names_in(condition) if each in profile.conditions]
        for name, condition in profile.conditions.items()
    }
    order = TopologicalSorter(joined)
    with suppress(CycleError):  # what leads into a circle is never ready
        order.prepare()
    sizes: dict[str, int] = {}
    while ready := order.get_ready():
        for name in ready:
            size = _comparisons(profile.conditions[name]) + sum(sizes[each] for each in joined[name])
            sizes[name] = min(size, MOST_COMPARISONS + 1)
        order.done(*ready)
    return sizes


def _names_in(condition: Condition) -> Iterator[str]:
    for each in condition.joined:
        if isinstance(each, str):
            yield each
        else:
            yield from _names_in(each)


def _comparisons(condition: Condition) -> int:
    """The comparisons in a condition itself."""
    inside = sum(_comparisons(each) for each in condition.joined if isinstance(each, Condition))
    return inside + (condition.fact is not None)
