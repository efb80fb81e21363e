"""The tables of alarms: the rules as they are shipped, and how long orders may wait."""

from datetime import timedelta
from decimal import Decimal

from tabular import table
from tongues import Tongue

from customs.hub.alarms.rules import AlarmRule, alarm_rules, shipped_limits
from customs.hub.alarms.spans import in_words


def _span(span: timedelta, tongue: Tongue) -> str:
    if not span:
        return tongue.say("at once")
    return in_words(span)[0 if tongue.chinese else 1]


def _figures(rule: AlarmRule, tongue: Tongue) -> str:
    numbers = [f"`{name}` {_plain(value)}" for name, value in rule.numbers.items()]
    times = [f"`{name}` {_span(value, tongue)}" for name, value in rule.times.items()]
    return tongue.listed([*numbers, *times])


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def rules(tongue: Tongue) -> str:
    """Every rule with its severity, figures and times."""
    return table(
        tongue.heads("Rule", "Alarm", "Severity", "Figures", "Opens after, closes after", "Source"),
        (
            (
                f"`{rule.name}`",
                rule.title.zh if tongue.chinese else rule.title.en,
                rule.severity.zh if tongue.chinese else rule.severity.value,
                _figures(rule, tongue),
                tongue.listed([_span(rule.after, tongue), _span(rule.well_after, tongue)]),
                rule.source.zh if tongue.chinese else rule.source.en,
            )
            for rule in alarm_rules().values()
        ),
    )


def limits(tongue: Tongue) -> str:
    """Every time-out by its name."""
    return table(
        tongue.heads("Key", "An alarm after"),
        ((f"`{name}`", _span(span, tongue)) for name, span in shipped_limits().items()),
    )


ALARM_TABLES = {"alarm rules": rules, "alarm limits": limits}
