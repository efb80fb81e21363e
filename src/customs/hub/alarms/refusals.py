"""Refusals (退单): many for one cause, more than usual, fewer releases than usual, and quota that customs sees otherwise."""

from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from customs.codes.errors import ErrorCause
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace, Looking
from customs.hub.alarms.counted import CODE, DISTRICT, PROVIDER, counted, same_hours
from customs.hub.alarms.spans import in_words
from customs.hub.counts.tallies import TallyName
from customs.receipts.explained import cause_words

_DECIDED = (TallyName.RELEASED, TallyName.REJECTED)


def rejections(looking: Looking) -> Iterator[AlarmCondition]:
    """Causes for which a share of the decided orders of a district was refused, by the provider who has to act."""
    window, numbers = looking.rule.times["window"], looking.rule.numbers
    decided = counted(looking, _DECIDED, [DISTRICT], window)
    refused = counted(looking, [TallyName.REJECTED], [DISTRICT, PROVIDER, CODE], window)
    for (district, provider, code), group in refused.items():
        share = Decimal(group.count) / decided[district,].count
        if group.count < looking.cases or share < numbers["share"]:
            continue
        (zh, en), (cause_zh, cause) = in_words(window), cause_words(ErrorCause(code) if code else None)
        figures = {"window": en, "window_zh": zh, "cause": cause, "cause_zh": cause_zh, "share": f"{share:.0%}"}
        yield AlarmCondition(
            place=AlarmPlace(looking.rule.name, district, provider, code),
            count=group.count,
            figures={**figures, "decided": str(decided[district,].count)},
            examples=group.examples,
        )


def rejections_unusual(looking: Looking) -> Iterator[AlarmCondition]:
    """Districts where the share of refused orders is far above that of the same hours of the days before."""
    numbers, window = looking.rule.numbers, looking.rule.times["window"]
    counts = same_hours(looking, _DECIDED, window, int(numbers["days"]))
    for district in sorted({district for district, _ in counts}):
        refused = counts.get((district, TallyName.REJECTED), [])
        released = counts.get((district, TallyName.RELEASED), [0] * len(refused))
        pairs = list(zip(refused, released, strict=True)) if refused else []
        shares = [Decimal(no) / (no + yes) for no, yes in pairs[1:] if no + yes]
        if not pairs or pairs[0][0] < looking.cases or len(shares) < numbers["known"]:
            continue
        decided, usual = sum(pairs[0]), median(shares)
        share = Decimal(pairs[0][0]) / decided
        if share > max(usual * numbers["factor"], usual + numbers["more"]):
            zh, en = in_words(window)
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, district),
                count=pairs[0][0],
                figures={
                    "window": en,
                    "window_zh": zh,
                    "decided": str(decided),
                    "share": f"{share:.0%}",
                    "usual": f"{usual:.0%}",
                },
            )


def releases_unusual(looking: Looking) -> Iterator[AlarmCondition]:
    """Districts where far fewer orders were released than in the same hours of the days before."""
    numbers, window = looking.rule.numbers, looking.rule.times["window"]
    counts = same_hours(looking, [TallyName.RELEASED], window, int(numbers["days"]))
    for (district, _), (today, *before) in counts.items():
        usual = Decimal(median(before)) if len(before) >= numbers["known"] else Decimal(0)
        if usual >= numbers["floor"] and today < usual * numbers["share"]:
            zh, en = in_words(window)
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, district),
                count=today,
                figures={"window": en, "window_zh": zh, "usual": f"{usual:.0f}"},
            )


def quota_disagrees(looking: Looking) -> Iterator[AlarmCondition]:
    """Orders that were held to be within the buyers' quota, and that customs refused for it."""
    window = looking.rule.times["window"]
    refused = counted(looking, [TallyName.REJECTED], [DISTRICT, CODE], window)
    for (district, code), group in refused.items():
        if code == ErrorCause.QUOTA and group.count >= looking.cases:
            zh, en = in_words(window)
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, district),
                count=group.count,
                figures={"window": en, "window_zh": zh},
                examples=group.examples,
            )
