"""Late orders (超时订单): not declared, not answered, too long at a node, without a document, or left to somebody."""

from collections.abc import Iterator

from sqlalchemy import Select, and_, exists, select

from customs.codes.states import State
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace, Looking
from customs.hub.alarms.waiting import Wait, WaitingOrders, too_long
from customs.hub.counts.providers import PROVIDER_KINDS, PROVIDER_OF_DOCUMENT, provider_parts
from customs.hub.orders.nodes import GOODS, MAY_SHIP, HubNode
from customs.hub.orders.stages import OrderStage
from customs.hub.store.tables import HUB_NODES, HUB_ORDERS
from customs.receipts.nodes import title_of, words_of
from customs.receipts.timeouts import TIMEOUT_NAMES

_ORDERS, _NODES = HUB_ORDERS.c, HUB_NODES.c

#: Nodes at which the list waits for a document that has not arrived.
_BEFORE_CUSTOMS = (State.STORED, State.SENT, State.TECHNICAL_FAILURE)

#: What the goods are waited to reach: the name of the time-out, from which nodes on, and whose part it is.
_GOODS_WAITS = {
    HubNode.PACKED: ((State.RELEASED.value, HubNode.PICKED.value), "warehouse"),
    HubNode.LEFT_ZONE: ((HubNode.PACKED.value, HubNode.WEIGHED.value), "warehouse"),
    HubNode.COLLECTED: ((HubNode.LEFT_ZONE.value,), "carrier"),
    HubNode.SIGNED: ((HubNode.COLLECTED.value,), "carrier"),
}

_GOODS_WORDS = {
    HubNode.PACKED: ("打包", "packed"),
    HubNode.LEFT_ZONE: ("出区", "out of the zone"),
    HubNode.COLLECTED: ("揽收", "collected"),
    HubNode.SIGNED: ("签收", "signed for"),
}


def _condition(looking: Looking, waiting: WaitingOrders, subject: str = "", **figures: str) -> AlarmCondition:
    return AlarmCondition(
        place=AlarmPlace(looking.rule.name, waiting.district, waiting.provider, subject),
        count=waiting.count,
        since=waiting.since,
        figures={"modes": ", ".join(f"{mode or '-'} {count}" for mode, count in waiting.modes), **figures},
        examples=waiting.examples,
    )


def _declared() -> Select[tuple[int]]:
    return select(_ORDERS.id).where(_ORDERS.stage == OrderStage.DECLARED)


def _reaching(node: HubNode) -> Select[tuple[int]]:
    """Select orders with the node event of their living attempt."""
    event = and_(_NODES.order == _ORDERS.id, _NODES.node == node, _NODES.attempt == _ORDERS.attempt)
    return select(_ORDERS.id).join(HUB_NODES, event)


def undeclared(looking: Looking) -> Iterator[AlarmCondition]:
    """Orders that are due to be declared."""
    orders = select(_ORDERS.id).where(_ORDERS.stage == OrderStage.RECEIVED)
    for each in too_long(looking, Wait(limit="undeclared", orders=orders, since=_ORDERS.due)):
        yield _condition(looking, each)


def unanswered(looking: Looking) -> Iterator[AlarmCondition]:
    """Declared orders of which nobody has said anything."""
    orders = _reaching(HubNode.DECLARED).where(_ORDERS.stage == OrderStage.DECLARED, _ORDERS.node == "")
    for each in too_long(looking, Wait(limit="unanswered", orders=orders, since=_NODES.at)):
        yield _condition(looking, each)


def overdue(looking: Looking) -> Iterator[AlarmCondition]:
    """Orders too long at a node of customs; those that wait for a provider's document are another rule's."""
    for node, limit in TIMEOUT_NAMES.items():
        orders = _declared().where(_ORDERS.node == node, _ORDERS.lacks == "")
        zh, en = words_of(node)
        for each in too_long(looking, Wait(limit=limit, orders=orders, since=_ORDERS.node_at)):
            yield _condition(looking, each, node.value, node=en, node_zh=zh)


def lacking(looking: Looking) -> Iterator[AlarmCondition]:
    """Lists whose order, payment or waybill has not arrived, by the provider that declares it."""
    for document, kind in PROVIDER_OF_DOCUMENT.items():
        # only declared orders are at these nodes; to say so would lead SQLite to an index of all declared orders
        orders = select(_ORDERS.id).where(_ORDERS.node.in_(_BEFORE_CUSTOMS), _ORDERS.lacks == document)
        zh, en = title_of(document)
        wait = Wait(limit="missing", orders=orders, since=_ORDERS.node_at, kind=kind)
        for each in too_long(looking, wait, looking.cases):
            yield _condition(looking, each, document, document=en, document_zh=zh)


def unattended(looking: Looking) -> Iterator[AlarmCondition]:
    """Orders that the checks or customs refused and nobody has corrected."""
    own = _reaching(HubNode.REFUSED).where(_ORDERS.stage == OrderStage.REFUSED)
    theirs = _declared().where(_ORDERS.node == State.REJECTED)
    for subject, orders, since in (("checks", own, _NODES.at), ("customs", theirs, _ORDERS.node_at)):
        for each in too_long(looking, Wait(limit="unattended", orders=orders, since=since), looking.cases):
            yield _condition(looking, each, subject)


def goods_late(looking: Looking) -> Iterator[AlarmCondition]:
    """Released goods that are not packed, out, collected or signed for, where the provider tells these at all."""
    horizon = looking.now - looking.rule.times["horizon"]
    for node, (before, kind) in _GOODS_WAITS.items():
        orders = _declared().where(
            _ORDERS.goods.in_(before),
            _ORDERS.goods_at > horizon,
            _ORDERS.node.in_(MAY_SHIP),
            _ORDERS.refund.is_(False),
        )
        zh, en = _GOODS_WORDS[node]
        wait = Wait(limit=node.value, orders=orders, since=_ORDERS.goods_at, kind=kind)
        for each in too_long(looking, wait, looking.cases):
            if _tells(looking, node, each.provider):
                yield _condition(looking, each, node.value, node=en, node_zh=zh)


def _tells(looking: Looking, node: HubNode, provider: str) -> bool:
    """True if a provider told this node, or a later one, of any order within the horizon."""
    kind, code = provider_parts(provider) if provider else ("", "")
    later = GOODS[GOODS.index(node.value) :]
    told = exists().where(
        _ORDERS.enterprise == looking.enterprise.name,
        _ORDERS.goods.in_(later),
        _ORDERS.goods_at > looking.now - looking.rule.times["horizon"],
        *([_ORDERS[PROVIDER_KINDS[kind].column] == code] if kind else []),
    )
    return bool(looking.connection.sql.execute(select(told)).scalar())
