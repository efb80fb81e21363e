"""The table of the codes that the simulated office gives: drawn, answered, foreseen, explained, anew each time."""

from tabular import table
from tongues import Tongue

import customs
from customs.receipts.catalogue import coded
from customs.receipts.foresight import ENSURED, NEEDS, foresight_of
from customs.testing.provoking import PROVOCATIONS, Provocation, Stage, warnings_of


def provocations(tongue: Tongue) -> str:
    """Every code with what draws it, the answer of the office, the warning before it, and what to do."""
    return table(
        tongue.heads("Code", "What draws it", "Answer, what to do", "How it is foreseen"),
        (_row(each, each.rehearsed(), tongue) for each in PROVOCATIONS),
    )


def _row(each: Provocation, stage: Stage, tongue: Tongue) -> tuple[str, ...]:
    answer = each.answer(stage)
    assert answer, f"the office does not give {each.code}"
    status, text = answer
    told = customs.explain(text, code=status, receipt=each.receipt, direction="export" if each.export else "import")
    actions = dict.fromkeys(f"`{one.action}`" for one in told if one.known)
    shown = f"`{status}` {text}".replace("|", "\\|")
    return (
        f"`{each.code}`<br>{each.receipt}",
        tongue.own(each),
        f"{shown}<br>→ {tongue.listed(list(actions))}",
        _warned(each, stage, tongue),
    )


def _warned(each: Provocation, stage: Stage, tongue: Tongue) -> str:
    side = "export" if each.export else "import"
    meanings = [one for one in coded(each.code) if one.direction in (side, "both")]
    carried = [one for one in meanings if each.receipt in one.receipts]
    known = [foresight_of(one) for one in carried or meanings]
    avoiding = {code for one in known for code in one.findings}
    if found := [code for code in warnings_of(each, stage) if code in avoiding]:
        return tongue.listed([f"`{code}`" for code in found])
    at, colon = (0, "：") if tongue.chinese else (1, ": ")
    for one in (each.beyond, *(one.ensured or one.needs for one in known)):
        if one in ENSURED:
            return f"{tongue.say('cannot occur')}{colon}{ENSURED[one][at]}"
        if one in NEEDS:
            return f"{tongue.say('not')}{colon}{NEEDS[one][at]}"
    raise AssertionError(f"{each.code} is neither foreseen nor explained")
