"""Refusals (退回清单): a line of JSON for each parcel that was refused, with its reasons.

>>> refusal(7, "EX1", ["CEB311"], ())
'{"parcel": 7, "order_no": "EX1", "written": ["CEB311"], "findings": []}'
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from customs.road.results import AreaFindings
from customs.rules import Finding

#: The file of the refusals of a run.
REFUSED = "refused.jsonl"


def refusal(
    position: int,
    order_no: str | None,
    written: Sequence[str],
    findings: Iterable[Finding],
    beside: Iterable[AreaFindings] = (),
) -> str:
    """Return a line of ``refused.jsonl``: a parcel by its position and order number, and every finding.

    ``beside`` is what further areas say; it is told where one of them refused the parcel.
    """
    row: dict[str, Any] = {
        "parcel": position,
        "order_no": order_no,
        "written": list(written),
        "findings": [finding.as_dict() for finding in findings],
    }
    if any(each.refused for each in beside):
        row["beside"] = {each.area: [finding.as_dict() for finding in each.findings] for each in beside}
    return json.dumps(row, ensure_ascii=False, default=str)
