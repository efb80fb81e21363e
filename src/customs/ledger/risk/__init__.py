"""Risk patterns (申报合规风险): what customs' risk control looks at, seen in your own declared orders, shown and explained.

Orders are observed as they are declared, by keyed hashes of telephone, address and name; ``risk_hits`` reports which
patterns they show. A report stops nothing, scores nobody and gives no advice how to look otherwise: it says who should
find out what really happened. Sources: announcement 194 of 2018, Cai Guan Shui [2018] 49, notices of carriers.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.risk.following import RiskCourse, observe_course, observed_platforms
    from customs.ledger.risk.observing import observe_order
    from customs.ledger.risk.reporting import RiskHit, is_comparable, orders_of, risk_hits
    from customs.ledger.risk.rules import (
        RiskNumbersError,
        RiskRule,
        RiskWords,
        load_risk_numbers,
        read_risk_numbers,
        risk_rules,
    )
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "following": "RiskCourse observe_course observed_platforms",
            "observing": "observe_order",
            "reporting": "RiskHit is_comparable orders_of risk_hits",
            "rules": "RiskNumbersError RiskRule RiskWords load_risk_numbers read_risk_numbers risk_rules",
        },
    )

__all__ = [
    "RiskCourse",
    "RiskHit",
    "RiskNumbersError",
    "RiskRule",
    "RiskWords",
    "is_comparable",
    "load_risk_numbers",
    "observe_course",
    "observe_order",
    "observed_platforms",
    "orders_of",
    "read_risk_numbers",
    "risk_hits",
    "risk_rules",
]
