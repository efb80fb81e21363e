"""Metrics of a hub: what stands in its database and what its turns did, without orders and persons."""

import json
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from customs.hub.orders.taking_in import take_in
from customs.hub.service.loops import WorkEvent
from customs.hub.service.measuring import HubMetrics, metrics_served
from customs.hub.service.opening import open_enterprise
from customs.hub.settings.hub_file import EnterprisePlace, load_hub
from customs.hub.settings.metrics import MetricsPlace
from customs.hub.store.tables import HUB_ORDERS
from customs.intake.problems import EnterpriseError
from customs.ledger import Ledger
from customs.ledger.keys import make_keys
from customs.ledger.upgrading import upgrade
from customs.signing import Signer
from customs.testing import sample_parcels
from support import some
from support.command_line import run
from support.hub_office import HubAtWork, hub_at_work
from support.rabbitmq import free_ports

EIGHT = datetime(2026, 11, 11, 8)


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer)


def metrics_of(hub: HubAtWork) -> HubMetrics:
    metrics = HubMetrics()
    metrics.ask(hub.ledger, [hub.enterprise], lambda: hub.now)
    return metrics


def give(hub: HubAtWork, count: int) -> list[str]:
    """Give orders; returns what of them is personal."""
    orders = list(sample_parcels(count, seed=7, mode="1210"))
    with hub.ledger.begin() as connection:
        take_in(connection, "shop", orders, at=hub.now)
    heads = [each.order for each in orders]
    return [text for each in heads for text in (each.buyer_id_number, each.buyer_name, each.buyer_telephone) if text]


def test_orders_are_counted_by_stage_and_what_is_due_has_an_age(hub: HubAtWork) -> None:
    metrics = metrics_of(hub)
    give(hub, 5)
    hub.rehearsal.now += timedelta(minutes=3)
    text = metrics.text()
    assert 'customs_hub_orders{enterprise="shop",node="",stage="received"} 5.0' in text
    assert 'customs_hub_orders_due{enterprise="shop"} 5.0' in text
    assert 'customs_hub_orders_due_oldest_seconds{enterprise="shop"} 180.0' in text
    assert "customs_hub_database_answers 1.0" in text
    hub.turn()
    text = metrics.text()
    assert 'customs_hub_orders{enterprise="shop",node="",stage="declared"} 5.0' in text
    assert 'customs_hub_orders_due{enterprise="shop"} 0.0' in text
    assert 'customs_hub_orders_due_oldest_seconds{enterprise="shop"} 0.0' in text


def test_an_enterprise_as_its_file_gives_it_has_figures(hub: HubAtWork, tmp_path: Path) -> None:
    assert run("sample", "--shop", tmp_path / "shop", "--count", "1").exit_code == 0
    place = EnterprisePlace(name="shop", file=tmp_path / "shop" / "customs.toml", hooks={})
    metrics = HubMetrics()
    metrics.ask(hub.ledger, [open_enterprise(place, lambda: hub.now).hub], lambda: hub.now)
    assert "customs_hub_database_answers 1.0" in metrics.text()


def test_messages_receipts_and_certificates_have_figures(hub: HubAtWork) -> None:
    metrics = metrics_of(hub)
    give(hub, 3)
    hub.turn()
    hub.rehearsal.now += timedelta(minutes=5)
    hub.turn()
    lines = [each for each in metrics.text().splitlines() if not each.startswith("#")]
    for name in some(("messages", "certificate_days_left")):
        assert any(each.startswith(f"customs_hub_{name}{{") for each in lines), name


def test_no_label_is_an_order_or_a_person(hub: HubAtWork) -> None:
    metrics = metrics_of(hub)
    personal = give(hub, 4)
    hub.turn()
    text = metrics.text()
    for each in some(personal):
        assert each not in text
    for order in some(sample_parcels(4, seed=7, mode="1210")):
        assert order.order.order_no not in text


def test_orders_of_another_enterprise_are_not_counted(hub: HubAtWork) -> None:
    give(hub, 2)
    with hub.ledger.begin() as connection:
        connection.sql.execute(update(HUB_ORDERS).values(enterprise="other"))
    text = metrics_of(hub).text()
    assert "other" not in text
    assert "customs_hub_orders{" not in text


def test_turns_are_counted_with_what_they_did_and_why_they_failed() -> None:
    metrics = HubMetrics()
    metrics.note(WorkEvent(kind="declare", enterprise="shop", source="main", counts={"declared": 7}, seconds=0.2))
    for kind in ("LedgerNotWrittenError", ""):
        metrics.note(WorkEvent(kind="send", enterprise="shop", source="port", error="closed 关闭", error_kind=kind))
    text = metrics.text()
    assert 'customs_hub_done_total{enterprise="shop",thing="declared",work="declare"} 7.0' in text
    assert 'customs_hub_turns_failed_total{enterprise="shop",error="LedgerNotWrittenError",work="send"} 1.0' in text
    assert 'customs_hub_turns_failed_total{enterprise="shop",error="outage",work="send"} 1.0' in text
    assert 'customs_hub_turn_seconds_bucket{le="0.5",work="declare"} 1.0' in text


def test_a_database_that_does_not_answer_is_told_and_turns_still_are(tmp_path: Path, signer: Signer) -> None:
    from customs.ledger.database import open_ledger

    url, keys = f"sqlite:///{tmp_path / 'hub.db'}", make_keys(tmp_path / "keys")
    upgrade(url)
    with open_ledger(url, keys) as ledger:
        metrics = metrics_of(hub_at_work(ledger, EIGHT, signer))
        metrics.note(WorkEvent(kind="fold", enterprise="shop", source="port", counts={"answers": 1}))
    (tmp_path / "hub.db").unlink()
    (tmp_path / "hub.db").mkdir()
    text = metrics.text()
    assert "customs_hub_database_answers 0.0" in text
    assert "customs_hub_orders{" not in text
    assert 'thing="answers"' in text


def test_metrics_are_served_where_the_file_says_and_nowhere_else(hub: HubAtWork) -> None:
    metrics, (port,) = metrics_of(hub), free_ports(1)
    address = f"http://127.0.0.1:{port}/metrics"
    with metrics_served(MetricsPlace(port=port), metrics), urllib.request.urlopen(address, timeout=30) as answer:
        assert "customs_hub_database_answers 1.0" in answer.read().decode()
    with metrics_served(MetricsPlace(), metrics), pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=30)


def test_the_file_says_where_metrics_are_served(tmp_path: Path) -> None:
    file = tmp_path / "hub.toml"
    begin = '[ledger]\nurl = "sqlite:///hub.db"\n[enterprises.shop]\nfile = "customs.toml"\n'
    file.write_text(begin, "utf-8")
    assert load_hub(file).metrics == MetricsPlace(host="127.0.0.1", port=None)
    file.write_text(begin + "[metrics]\nport = 9464\n", "utf-8")
    assert load_hub(file).metrics.port == 9464
    file.write_text(begin + "[metrics]\nport = true\n", "utf-8")
    with pytest.raises(EnterpriseError, match=r"metrics\.port"):
        load_hub(file)


def test_a_turn_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    from customs.cli.hub import tell_event

    tell_event(
        WorkEvent(kind="send", enterprise="shop", source="port", error="gone 断", error_kind="WayError"), json=True
    )
    told = json.loads(capsys.readouterr().err)
    wanted = {"work": "send", "enterprise": "shop", "source": "port", "outcome": "failed", "error_kind": "WayError"}
    assert wanted.items() <= told.items()
