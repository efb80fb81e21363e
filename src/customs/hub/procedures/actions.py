"""Actions of steps (步骤操作): what the hub does itself, with the functions by which it does it anywhere else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import update

from customs.bilingual import halves
from customs.fields.frozen import FrozenDict
from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.kept import lock_case
from customs.hub.cases.states import CaseState
from customs.hub.cases.working import comment_on_case, move_case
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.gate import OrderNotTakenInError
from customs.hub.orders.requests import OrderErasedError
from customs.hub.orders.stages import OrderStage
from customs.hub.procedures.conditions import order_row
from customs.hub.procedures.steps import ProcedureError
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.turns.refunds import ask_cancellation, ask_refund
from customs.hub.turns.returns import GoodsBack, ask_return
from customs.ledger.database import LedgerConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPlace:
    """The place where an action is done: the enterprise, the case and the order of the run, and what was written for it."""

    hub: HubEnterprise
    case: int | None
    order: str
    act: CaseAct
    words: str = field(default="", repr=False)

    @property
    def order_name(self) -> tuple[str, str]:
        """The platform's code and the order's number. Raises ``ProcedureError`` if the run has no order."""
        platform_code, _, order_no = self.order.partition("/")
        if not order_no:
            raise ProcedureError("this step needs an order: begin the run for one 此步骤需要订单，请对订单执行")
        return platform_code, order_no

    @property
    def seen(self) -> SeenCase:
        """The case. Raises ``ProcedureError`` if the run has none."""
        if self.case is None:
            raise ProcedureError("this step needs a case: begin the run for one 此步骤需要工单，请对工单执行")
        return SeenCase(self.hub.name, self.case)


@dataclass(frozen=True, slots=True)
class ActionDone:
    """The outcome of an action: True if it was done, and what came of it, in both languages."""

    done: bool
    en: str
    zh: str


def do_action(connection: LedgerConnection, name: str, place: ActionPlace) -> ActionDone:
    """Do an action within the transaction. Raises ``ProcedureError`` for what it needs and the run has not."""
    try:
        return _DOING[name](connection, place)
    except (OrderNotTakenInError, OrderErasedError) as error:
        return ActionDone(False, *halves(str(error)))


def _push(connection: LedgerConnection, place: ActionPlace) -> ActionDone:
    """Have the worker look at the order at once: it sends what customs lacks, as far as a machine may."""
    row = order_row(connection, place.hub.name, "/".join(place.order_name))
    if row is None or row.stage != OrderStage.DECLARED:
        return ActionDone(False, "nothing of the order was declared", "订单尚未申报")
    connection.sql.execute(update(HUB_ORDERS).where(HUB_ORDERS.c.id == row.id).values(due=place.act.at))
    return ActionDone(True, "the next turn sends what customs lacks", "下一轮处理将补推所缺单证")


def _hold(connection: LedgerConnection, place: ActionPlace) -> ActionDone:
    platform_code, order_no = place.order_name
    found = ask_refund(connection, place.hub, platform_code, order_no, now=place.act.at)
    return ActionDone(True, found.en, found.zh)


def _cancel(connection: LedgerConnection, place: ActionPlace) -> ActionDone:
    found = ask_cancellation(connection, place.hub, place.order_name, place.words, now=place.act.at)
    told = " ".join(each.code for each in found.findings)
    return ActionDone(found.outcome != "refused", f"{found.en} {told}".strip(), f"{found.zh} {told}".strip())


def _return(connection: LedgerConnection, place: ActionPlace) -> ActionDone:
    found = ask_return(connection, place.hub, place.order_name, GoodsBack(reason=place.words), now=place.act.at)
    return ActionDone(found.outcome != "refused", found.en, found.zh)


def _asking(state: CaseState, *, outside: bool) -> "Doing":
    def ask(connection: LedgerConnection, place: ActionPlace) -> ActionDone:
        if place.words:
            comment_on_case(connection, place.seen, place.words, place.act, outside=outside)
        return _moving(state)(connection, place)

    return ask


def _moving(state: CaseState) -> "Doing":
    def move(connection: LedgerConnection, place: ActionPlace) -> ActionDone:
        case = lock_case(connection, place.seen.enterprise, place.seen.number)
        if case.state is CaseState.NEW:  # who works on it by a procedure has looked at it
            move_case(connection, place.seen, CaseState.WORKING, place.act)
        if case.state is not state:
            move_case(connection, place.seen, state, place.act)
        return ActionDone(True, f"the case is {state.value}", f"工单{state.zh}")

    return move


Doing = Callable[[LedgerConnection, ActionPlace], ActionDone]

_DOING: Mapping[str, Doing] = FrozenDict(
    {
        "push": _push,
        "hold": _hold,
        "cancel": _cancel,
        "return": _return,
        "ask_buyer": _asking(CaseState.WAITING_BUYER, outside=True),
        "ask_provider": _asking(CaseState.WAITING_PROVIDER, outside=False),
        "wait_customs": _moving(CaseState.WAITING_CUSTOMS),
        "resolve": _moving(CaseState.RESOLVED),
    }
)
