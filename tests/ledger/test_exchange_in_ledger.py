"""Outboxes and inboxes in the ledger: one transaction holds a change, its cause and the message that it sends.

What they promise to a sender and a receiver is tested with the state folder's, in tests/exchange.
"""

import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import func, select, text

import customs
from customs.exchange.contract import Delivery, Item
from customs.exchange.copies import CopyErasedError
from customs.exchange.sending import SendConditions, send_due
from customs.exchange.standing import DeliveryState
from customs.ledger import Ledger, LedgerError, open_ledger
from customs.ledger.exchange import open_ledger_inbox, open_ledger_outbox, put_messages, take_items
from customs.ledger.exchange.boxes import set_mark
from customs.ledger.exchange.tables import EXCHANGE_COPIES, EXCHANGE_MARKS, EXCHANGE_SALTS
from customs.ledger.holding import LedgerHeldError
from customs.ledger.numbering import insert_numbered
from customs.ledger.quota import OrderUnknownError, order_standing
from support import MORNING, exactly, some
from support.exchanges import Port, deliveries, order_messages, receipt
from support.faults import MANY
from support.ledgers import KEYS, LedgerDatabases
from support.postgres import Postgres

#: Reserves quota and puts the message of the order in one transaction, and kills itself before the statement of a number.
DECLARING = """
import os, signal, sys
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from sqlalchemy import event
from sqlalchemy.engine import Engine
from customs.exchange.contract import Delivery
from customs.ledger import LedgerKeys, open_ledger
from customs.ledger.exchange import put_messages
from customs.ledger.quota import QuotaOrder, reserve

url, last = sys.argv[1], int(sys.argv[2])
done = 0

def counted(*_):
    global done
    done += 1
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)

at = datetime(2026, 11, 11, 8)
with open_ledger(url, LedgerKeys(bytes(range(32)), {1: bytes(range(32, 64))})) as ledger:
    event.listen(Engine, "before_cursor_execute", counted)
    event.listen(Engine, "commit", counted)
    with ledger.begin() as connection:
        order = QuotaOrder(order="P/O1", buyer=("1", "110101180001010011"), amount=Decimal("12.34"))
        reserve(connection, order, at=at)
        message = Delivery(id="M1", name="CEB311", file_name="M1.xml", content=b"<message/>")
        put_messages(connection, "port", [message], at=at)
"""


NEVER = 1_000_000_000


def declaring(url: str, last: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", DECLARING, url, str(last)], capture_output=True, text=True, check=False
    )


def stands(ledger: Ledger) -> tuple[bool, int]:
    """Whether the order has its quota, and how many messages there are."""
    with ledger.read() as connection:
        try:
            held = bool(order_standing(connection, "P/O1").held)
        except OrderUnknownError:
            held = False
        messages = connection.sql.execute(select(func.count()).select_from(EXCHANGE_COPIES)).scalar_one()
    return held, messages


@pytest.mark.long
def test_a_change_and_its_message_count_together_or_not_at_all_whenever_killed(ledger_url: str) -> None:
    for last in some(range(1, 100) if MANY else (2, 8, 13, NEVER)):
        found = declaring(ledger_url, last)
        with open_ledger(ledger_url, KEYS) as ledger:
            if found.returncode == 0:
                assert stands(ledger) == (True, 1)
                assert MANY or last == NEVER, "so many steps there are"
                return
            assert found.returncode == -signal.SIGKILL, found.stderr
            assert stands(ledger) == (False, 0), last
    raise AssertionError("no run ended by itself")


def test_two_transactions_with_a_message_for_one_destination_keep_their_order(ledger: Ledger) -> None:
    """The later one waits until the earlier one counts, so that nothing overtakes."""
    given = order_messages(40)

    def put(part: Sequence[Delivery]) -> None:
        with ledger.begin() as connection:
            put_messages(connection, "port", part, at=MORNING)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(put, [given[at : at + 5] for at in range(0, 40, 5)]))
    with open_ledger_outbox(ledger, "port") as outbox:
        ids = [each.id for each in outbox.entries()]
    order = {each.id: place for place, each in enumerate(given)}
    assert len(ids) == 40
    for at in exactly(8, range(0, 40, 5)):
        part = [order[each] for each in ids[at : at + 5]]
        assert part == list(range(part[0], part[0] + 5)), "the messages of one transaction stand together"


def test_rows_get_the_numbers_that_follow_however_many_come_at_once(ledger: Ledger) -> None:
    given = [[1], [2, 3], [4], [5, 6, 7]]
    for numbers in exactly(4, given):
        with ledger.begin() as connection:
            rows = [{"owner": f"O{number}", "salts": b""} for number in numbers]
            assert insert_numbered(connection, EXCHANGE_SALTS, rows) == numbers
    with ledger.read() as connection:
        found = connection.sql.execute(select(EXCHANGE_SALTS.c.id, EXCHANGE_SALTS.c.owner)).all()
    assert sorted(map(tuple, found)) == [(number, f"O{number}") for numbers in given for number in numbers]


def test_others_put_while_a_sender_has_the_destination_and_no_second_sender_comes_in(ledger: Ledger) -> None:
    first, second = order_messages(2)
    with open_ledger_outbox(ledger, "port") as outbox:
        outbox.put([first], at=MORNING)
        with ledger.begin() as connection:
            put_messages(connection, "port", [second], at=MORNING)
        with pytest.raises(LedgerHeldError, match="another process is sending to port"):
            open_ledger_outbox(ledger, "port")
        open_ledger_outbox(ledger, "another").close()
        assert [each.id for each in outbox.entries()] == [first.id, second.id]
    open_ledger_outbox(ledger, "port").close()


def test_a_sender_hands_over_what_others_put_and_each_once(ledger: Ledger) -> None:
    given, port = deliveries(250), Port()
    with ledger.begin() as connection:
        put_messages(connection, "port", given, at=MORNING)
    conditions = SendConditions(clock=customs.fixed_clock(MORNING), chance=Random(1))  # noqa: S311  a jitter
    with open_ledger_outbox(ledger, "port") as outbox:
        assert send_due(outbox, port, conditions).handed_over == len(given)
        assert send_due(outbox, port, conditions).handed_over == 0
        assert outbox.counts() == {DeliveryState.HANDED_OVER: len(given)}
        with ledger.read() as connection:
            marks = connection.sql.execute(select(func.count()).select_from(EXCHANGE_MARKS)).scalar_one()
        assert not marks, "how a destination stands is entered when it changed"
        assert [outbox.delivery(each.id) for each in given] == given


def test_an_erased_order_leaves_its_entry_and_no_salt(ledger: Ledger) -> None:
    given = deliveries(3)[0]
    number = given.keys[0].get("order_no")
    with open_ledger_outbox(ledger, "port") as outbox:
        outbox.put([given], at=MORNING)
        with ledger.read() as connection:
            before = connection.sql.execute(select(EXCHANGE_SALTS.c.salts)).scalar_one()
        assert outbox.erase([number]) == 1
        assert outbox.erase([number]) == 0
        with pytest.raises(CopyErasedError):
            outbox.delivery(given.id)
        assert outbox.entry(given.id).documents == given.keys
        with ledger.read() as connection:
            after = connection.sql.execute(select(EXCHANGE_SALTS.c.salts)).scalar_one()
    assert before[16:48] not in after
    assert before[48:80] in after, "the other orders keep theirs"


def test_erasing_in_one_box_leaves_the_copies_of_another_with_the_same_id(ledger: Ledger) -> None:
    one, other = order_messages(2)
    twin = replace(other, id=one.id)
    content = receipt(one)
    with open_ledger_outbox(ledger, "port") as first, open_ledger_outbox(ledger, "gateway") as second:
        first.put([one], at=MORNING)
        second.put([twin], at=MORNING)
        assert first.erase([one.keys[0].get("order_no")]) == 1
        assert second.delivery(one.id) == twin
    with open_ledger_inbox(ledger, "port") as first_in, open_ledger_inbox(ledger, "gateway") as second_in:
        taken = [each.take([Item(name="a.xml", content=content)], at=MORNING)[0] for each in (first_in, second_in)]
        assert first_in.erase([one.keys[0].get("order_no")]) == 1
        assert second_in.content(taken[1].number) == content


def test_a_sender_enters_what_happened_while_another_transaction_puts(postgresql_databases: LedgerDatabases) -> None:
    """A put keeps other puts waiting until it counts, and nobody else."""
    first, second = order_messages(2)
    with postgresql_databases.ledger() as ledger, open_ledger_outbox(ledger, "port") as outbox:
        outbox.put([first], at=MORNING)
        with ledger.begin() as putting:
            put_messages(putting, "port", [second], at=MORNING)
            with ledger.begin() as entering:
                entering.sql.execute(text("SET LOCAL lock_timeout = '5s'"))
                set_mark(entering, 1, "circuit", "[0, null, null, 0]")
        assert [each.id for each in outbox.entries()] == [first.id, second.id]


@pytest.mark.long
def test_a_server_that_falls_while_a_message_is_handed_over_is_started_again_and_each_goes_out_once(
    postgres: Postgres, postgresql_databases: LedgerDatabases
) -> None:
    """The message of that moment is looked up, since nobody has entered what became of it."""
    given = order_messages(3)
    conditions = SendConditions(clock=customs.fixed_clock(MORNING), chance=Random(1))  # noqa: S311  a jitter

    def fall(delivery: Delivery) -> None:
        if delivery.id == given[1].id:
            postgres.stop("immediate")

    port = Port(can_lookup=True, in_between=fall)
    with postgresql_databases.ledger() as ledger:
        with open_ledger_outbox(ledger, "port") as outbox:
            outbox.put(given, at=MORNING)
            with pytest.raises(LedgerError, match="nothing of this change counts"):
                send_due(outbox, port, conditions)
            postgres.start(forced=False)
        port.in_between = lambda delivery: None
        assert port.ids == [each.id for each in given[:2]]
        with open_ledger_outbox(ledger, "port") as outbox:
            assert send_due(outbox, port, conditions).handed_over == 2
            assert outbox.counts() == {DeliveryState.HANDED_OVER: 3}
        assert (port.ids, port.looked) == ([each.id for each in given], 1)


def test_a_receipt_is_taken_in_with_what_follows_from_it(ledger: Ledger) -> None:
    """The item, and the change that it causes, are one transaction."""
    content = receipt(order_messages(1)[0])

    def take_and_fail() -> None:
        with ledger.begin() as connection:
            (taken,) = take_items(connection, "port", [Item(name="a.xml", content=content)], at=MORNING)
            assert taken.kind == "receipt"
            raise InterruptedError

    with pytest.raises(InterruptedError):
        take_and_fail()
    with open_ledger_inbox(ledger, "port") as inbox:
        assert list(inbox.after(0)) == [], "what was given up never came"
        (taken,) = inbox.take([Item(name="a.xml", content=content)], at=MORNING)
        assert (taken.kind, inbox.content(taken.number)) == ("receipt", content)
        (again,) = inbox.take([Item(name="b.xml", content=content)], at=MORNING)
        assert (again.kind, again.number, again.known) == ("repeat", taken.number, True)


def test_a_receipt_that_came_to_another_inbox_is_no_repetition(ledger: Ledger) -> None:
    (order,) = order_messages(1)
    items = [Item(name=f"{number}.xml", content=receipt(order, number=number)) for number in (1, 2, 3)]
    with ledger.begin() as connection:
        kinds = [
            take_items(connection, source, [item], at=MORNING)[0].kind
            for source, item in zip(("port", "other", "port"), items, strict=True)
        ]
    assert kinds == ["receipt", "receipt", "repeat"]


def test_what_happened_to_a_message_is_only_appended(ledger: Ledger) -> None:
    with open_ledger_outbox(ledger, "port") as outbox:
        outbox.put(order_messages(1), at=MORNING)
    for change in exactly(2, ["UPDATE exchange_events SET said = 'x'", "DELETE FROM exchange_events"]):
        with pytest.raises(Exception, match=r"refuses|only appended"), ledger.begin() as connection:
            connection.sql.execute(text(change))


@pytest.mark.long
def test_a_sender_that_was_killed_gives_the_destination_back(ledger_url: str) -> None:
    holding = (
        "import sys, time\n"
        "from customs.ledger import LedgerKeys, open_ledger\n"
        "from customs.ledger.exchange import open_ledger_outbox\n"
        "ledger = open_ledger(sys.argv[1], LedgerKeys(bytes(range(32)), {1: bytes(range(32, 64))}))\n"
        "outbox = open_ledger_outbox(ledger, 'port')\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, ledger_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        with open_ledger(ledger_url, KEYS) as ledger:
            with pytest.raises(LedgerHeldError):
                open_ledger_outbox(ledger, "port")
            process.kill()
            process.wait()
            _await_free(ledger)


def _await_free(ledger: Ledger) -> None:
    """Open the outbox as soon as the database has seen that the other process is gone."""
    for _ in range(200):
        try:
            open_ledger_outbox(ledger, "port").close()
        except LedgerHeldError:
            with ledger.read() as connection:
                connection.sql.execute(select(func.count()).select_from(EXCHANGE_SALTS))
        else:
            return
    raise AssertionError("the destination is still held")
