"""The accounts of the quota (额度账户): one for a person and a calendar year, with what is held and what is used."""

from sqlalchemy import Column, ForeignKey, Integer, String

from customs.ledger.accounts import account_kind
from customs.ledger.columns import NUMBER, TABLES, KeptYuan

#: Held by orders in flight, and used, in CNY of dutiable value; neither is ever below 0. An entry names its order, and
#: the figure that customs printed.
QUOTA = account_kind(
    TABLES,
    "quota",
    keys=[
        Column("person", NUMBER, ForeignKey("people.id"), nullable=False),
        Column("year", Integer, nullable=False),
    ],
    figures={"held": KeptYuan, "used": KeptYuan},
    details=[Column("order", String(200), index=True), Column("told", KeptYuan)],
    checks={"floor": "held >= 0 AND used >= 0"},
)
