"""Cases from what the hub itself sees (建单来源): from an alarm, and from an order that was looked up.

>>> from customs.hub.alarms.condition import AlarmPlace
>>> alarm_cause(AlarmPlace("rejections", "2991", "", "1313"))
'alarm/rejections/2991//1313'
"""

from collections.abc import Sequence

from customs.hub.alarms.alarm import HubAlarm
from customs.hub.alarms.condition import AlarmPlace
from customs.hub.alarms.rules import AlarmSeverity, rule_named
from customs.hub.cases.causes import LONGEST_CAUSE, receipt_cause
from customs.hub.cases.classes import class_of_alarm, class_of_receipt
from customs.hub.cases.opening import LONGEST_TITLE, CaseLink, CaseSource, NewCase
from customs.hub.cases.priorities import CaseImpact

#: Orders of an alarm that its case is tied to at most; the alarm knows the others.
MOST_EXAMPLES = 20


def alarm_cause(place: AlarmPlace) -> str:
    """Return the cause of a case that an alarm opens: the alarm by its place."""
    return "/".join(("alarm", *place))[:LONGEST_CAUSE]


def case_of_alarm(alarm: HubAlarm, examples: Sequence[CaseLink] = ()) -> NewCase:
    """Return the case of an alarm, once more the same as long as it is open; ``examples`` are some of its orders.

    A serious alarm touches a whole customs district or provider.
    """
    rule = rule_named(alarm.place.rule)
    where = " ".join(filter(None, alarm.place[1:]))
    serious = alarm.severity is AlarmSeverity.SERIOUS
    return NewCase(
        title=f"{rule.title.zh} {rule.title.en} {where}".strip()[:LONGEST_TITLE],
        text=f"{rule.todo.zh}\n{rule.todo.en}",
        case_class=class_of_alarm(alarm.place.rule),
        source="alarm",
        cause=alarm_cause(alarm.place),
        links=(CaseLink("alarm", str(alarm.id)), *examples[:MOST_EXAMPLES]),
        impact=CaseImpact.AREA if serious else None,
    )


def case_of_receipt(
    code: str, order: CaseLink, district: str, *, source: CaseSource = "lookup", text: str = ""
) -> NewCase:
    """Return the case of an order that customs refused with a code: that of the code in its customs district."""
    return NewCase(
        title=f"{code} {district}".strip(),
        text=text,
        case_class=class_of_receipt(code),
        source=source,
        cause=receipt_cause(code, district),
        links=(order, CaseLink("code", code)),
    )
