"""Risk patterns: each is seen where it is, told in full, and not seen where it is not. Nobody is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter

import pytest

from customs.declaration import Declaration
from customs.ledger import Ledger
from customs.ledger.risk import RiskHit, RiskRule, orders_of, read_risk_numbers, risk_hits, risk_rules
from customs.ledger.risk.patterns import PATTERNS
from support import some
from support.risk_parcels import SHOP, bought, identity, observed


def personal(parcel: Declaration) -> Sequence[str]:
    """All that says who buys and receives."""
    order = parcel.order
    found = (order.buyer_id_number, order.buyer_name, order.buyer_telephone, order.consignee_telephone)
    return (*found, order.consignee, order.consignee_address)


FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
HOUR = {"paid_at": "2026-11-11T03:10:00"}
PLATFORM = SHOP.partition("/")[0]


@dataclass(frozen=True)
class Scenario:
    """Orders in which one pattern is seen: with how many of them, and how it is told."""

    rule: str
    orders: Sequence[Declaration]
    told: str
    fewer: int = 1
    """How many orders less show nothing of it."""


def of_one(count: int, **changes: str) -> list[Declaration]:
    """Orders of one person."""
    return [bought(each, buyer_id_number=identity(1), **changes) for each in range(1, count + 1)]


def of_many(count: int, **changes: str) -> list[Declaration]:
    """Orders of as many persons."""
    return [bought(each, **changes) for each in range(1, count + 1)]


SCENARIOS = (
    Scenario(
        "telephone_shared",
        [
            bought(1, buyer_telephone="13800009999"),
            bought(2, consignee_telephone="+86 138-0000-9999"),
            bought(3, buyer_telephone="１３８００００９９９９"),
        ],
        "telephone 1 stands in 3 orders of 3 identities, with 3 names and 3 addresses of consignees",
    ),
    Scenario(
        "address_shared",
        [bought(each, consignee_address=f"示例 路7号{'，' * each}") for each in range(1, 6)],
        "address 2 stands in 5 orders of 5 identities, with 5 names of consignees",
    ),
    Scenario(
        "shop_address",
        of_many(3, consignee_address="示例路7号", paid_at="2026-11-11T08:00:00"),
        f"shop {SHOP} has 3 orders of 3 identities on 2026-11-11 that go to address 2",
    ),
    Scenario(
        "shop_hour",
        of_many(10, price="88.00", **HOUR),
        f"shop {SHOP} has 10 orders of 10 identities on 2026-11-11 between 3:00 and 3:59, each of 88.00 CNY",
    ),
    Scenario(
        "payer_differs",
        [bought(1, payer=identity(2))],
        f"shop {SHOP} has 1 orders of 1 buyers whose payer is another person",
    ),
    Scenario(
        "order_renamed",
        [bought(1), bought(1, buyer_id_number=identity(2))],
        f"order {PLATFORM}/O1 was declared 2 times, for 2 identities",
    ),
    Scenario(
        "payment_repeated",
        of_many(2, payment_no="PAY-9"),
        "payment PAY-9 of company 91000000000000003W stands in 2 orders of 2 identities",
    ),
    Scenario(
        "waybill_repeated",
        of_many(2, waybill_no="W-9"),
        "waybill W-9 of carrier 910000000000000040 stands in 2 orders of 2 identities",
    ),
    Scenario(
        "one_maker",
        [bought(1, payment_company_code="910000000000000040")],
        f"in 1 orders of shop {SHOP} the payment company 910000000000000040 is also platform, merchant or carrier",
    ),
    Scenario(
        "goods_gathered",
        of_many(3, record_no="000012", consignee_address="示例路7号"),
        "article T2991W000001/000012 stands in 3 orders of 3 identities that go to address 2, 3 pieces in all",
    ),
    Scenario(
        "goods_repeated",
        of_one(5, record_no="000012", qty="2"),
        "person 1 has 5 orders of article T2991W000001/000012, 10 pieces in all",
    ),
    Scenario(
        "identity_contacts",
        of_one(3),
        "person 1 has 3 orders with 3 telephones of the buyer, 3 addresses and 3 names of consignees",
    ),
    Scenario(
        "identity_shops",
        [bought(each, buyer_id_number=identity(1), merchant_code=f"M{each}", price="100.00") for each in range(1, 5)],
        "person 1 has 4 orders in 4 shops on 1 platforms, 400.00 CNY in all",
    ),
    Scenario(
        "identity_year",
        of_one(6, price="3900.00"),
        "person 1 has 6 orders of 23,400.00 CNY in 2026, in 1 shops; the yearly limit is 26,000.00 CNY",
    ),
    Scenario(
        "identity_day",
        of_one(3, price="1500.00", **HOUR),
        "person 1 has 3 orders of 4,500.00 CNY on 2026-11-11; the limit of one transaction is 5,000.00 CNY",
    ),
    Scenario(
        "price_below",
        [
            *(bought(each, record_no="000012", price="100.00") for each in range(1, 6)),
            bought(6, record_no="000012", price="10.00"),
        ],
        "article T2991W000001/000012 stands in 1 orders at 10.00 CNY and more for one 瓶; the average of all is 85.00 CNY",
    ),
)


def hits(ledger: Ledger, *names: str) -> list[RiskHit]:
    with ledger.read() as connection:
        return list(risk_hits(connection, names=names, since=FIRST, until=LAST))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.rule)
@pytest.mark.long
def test_a_pattern_is_seen_and_told_with_its_orders_and_their_time(ledger: Ledger, scenario: Scenario) -> None:
    with ledger.begin() as connection:
        observed(connection, *scenario.orders[: -scenario.fewer])
    assert hits(ledger, scenario.rule) == []
    with ledger.begin() as connection:
        observed(connection, *scenario.orders[-scenario.fewer :])
    (hit,) = hits(ledger, scenario.rule)
    assert hit.told() == scenario.told
    numbers = sorted({f"{each.parties.platform_code}/{each.order.order_no}" for each in scenario.orders})
    times = [each.payment.paid_at for each in scenario.orders]
    if scenario.rule == "price_below":
        numbers, times = numbers[-1:], times[-1:]
    assert (sorted(hit.orders), hit.since, hit.until) == (numbers, min(times), max(times))
    with ledger.read() as connection:
        assert list(orders_of(connection, hit)) == list(hit.orders)
    said = f"{hit!r}{hit.told()}{hit.told(chinese=True)}"
    assert [each for parcel in scenario.orders for each in personal(parcel) if each in said] == []
    assert "key=" not in said  # no hash of a telephone in a log either


def test_every_rule_is_a_pattern_and_the_other_way_round() -> None:
    assert list(risk_rules()) == list(PATTERNS)
    assert {each.rule for each in SCENARIOS} | {"returns_late"} == risk_rules().keys()


@pytest.mark.parametrize("rule", risk_rules().values(), ids=lambda each: each.name)
def test_a_rule_is_told_in_both_languages_with_the_same_figures(rule: RiskRule) -> None:
    for pair in some((rule.title, rule.seen, rule.why, rule.everyday, rule.look, rule.source)):
        assert pair.en.isascii() or "推单" in pair.en
        assert any("\u4e00" <= each <= "\u9fff" for each in pair.zh)
    english, chinese = (sorted(name for _, name, _, _ in Formatter().parse(text) if name) for text in rule.seen)
    assert {*english} == {*chinese}


def test_orders_of_different_people_show_nothing(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        observed(connection, *of_many(30))
    assert hits(ledger) == []


def test_only_orders_of_the_days_are_looked_at_but_the_year_counts_whole(ledger: Ledger) -> None:
    march = {"paid_at": "2026-03-01T08:00:00"}
    with ledger.begin() as connection:
        observed(connection, *of_one(5, price="3900.00", **march))
        observed(connection, *(bought(each, payment_no="PAY-9", **march) for each in (7, 8)))
        observed(connection, bought(9, buyer_id_number=identity(1), price="3900.00"))
    assert [each.rule.name for each in hits(ledger)] == ["identity_year"]
    assert hits(ledger)[0].since == datetime(2026, 3, 1, 8)


def test_a_pattern_of_an_hour_is_told_with_the_hour(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        observed(
            connection, *(bought(each, price="88.00", paid_at=f"2026-11-11T03:{each}:59") for each in range(10, 20))
        )
        observed(connection, bought(20, price="88.00", paid_at="2026-11-11T04:00:00"))
    (hit,) = hits(ledger, "shop_hour")
    assert hit.figures["orders"] == 10


def test_a_limit_is_that_of_the_year(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        observed(connection, *of_one(6, price="3000.00", paid_at="2018-11-11T08:00:00"))
        (hit,) = risk_hits(connection, since=date(2018, 1, 1), until=date(2019, 6, 30), names=["identity_year"])
    assert hit.told().endswith("18,000.00 CNY in 2018, in 1 shops; the yearly limit is 20,000.00 CNY")


def test_the_last_declaration_of_an_order_counts(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        observed(connection, *of_many(2, payment_no="PAY-9"), bought(2, payment_no="PAY-10"))
    assert hits(ledger, "payment_repeated") == []


def test_a_hit_names_ten_orders_and_knows_all(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        observed(connection, *of_many(24, waybill_no="W-9"))
        (hit,) = risk_hits(connection, names=["waybill_repeated"], since=FIRST, until=LAST)
        assert (len(hit.orders), hit.figures["orders"]) == (10, 24)
        every = list(orders_of(connection, hit))
    assert (every[:10], len(every)) == (list(hit.orders), 24)


def test_the_hit_with_most_orders_comes_first(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        observed(connection, *of_many(2, payment_no="PAY-2"))
        observed(connection, *(bought(each, payment_no="PAY-3") for each in range(3, 6)))
    assert [each.figures["payment_no"] for each in hits(ledger, "payment_repeated")] == ["PAY-3", "PAY-2"]


@pytest.mark.long
def test_numbers_of_a_file_take_the_place_of_those_shipped(ledger: Ledger) -> None:
    rules = read_risk_numbers("mine.toml", "[telephone_shared]\npeople = 2\n[identity_year]\nshare = 0.5")
    with ledger.begin() as connection:
        observed(connection, *of_many(2, buyer_telephone="13800009999"))
        found = list(risk_hits(connection, rules=rules, since=FIRST, until=LAST))
    assert [each.rule.name for each in found] == ["telephone_shared"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[telephone]\npeople = 2", "mine.toml: there is no rule telephone"),
        (
            "[address_shared]\norders = 2",
            "mine.toml, address_shared: orders is no number of this rule, which has people, names",
        ),
        ("[address_shared]\npeople = 0", "mine.toml, address_shared.people: must be a number above 0"),
        ('[address_shared]\npeople = "many"', "mine.toml, address_shared.people: must be a number above 0"),
        ("[address_shared]\npeople = nan", "mine.toml, address_shared.people: must be a number above 0"),
        ("[address_shared]\npeople = true", "mine.toml, address_shared.people: must be a number above 0"),
        ("[address_shared", "mine.toml is no TOML"),
    ],
)
def test_a_mistake_in_a_file_of_numbers_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_risk_numbers("mine.toml", text)


def test_a_telephone_that_the_platform_has_masked_is_not_compared(ledger: Ledger) -> None:
    masked = {"buyer_telephone": "138****9999", "consignee_telephone": "138****9999", "consignee": "贾*"}
    with ledger.begin() as connection:
        observed(connection, *of_many(5, consignee_address="浙江省杭州市余杭区****", **masked))
    assert hits(ledger) == []
