"""Procedures in the console (作业程序): step by step, with evidence, the hub's own actions, and a second person."""

from typing import Any

import pytest
from lxml import html

from customs.hub.cases.acts import CaseAct
from customs.hub.cases.kept import read_case
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from customs.hub.cases.states import CaseState
from customs.hub.shown.order import show_order
from support.console import HOSTILE, ConsoleReader, FilledConsole


def begun(console: FilledConsole, reader: ConsoleReader, enterprise: str = "shop") -> tuple[int, str]:
    """The number of a case of a limit that was exceeded, and the address of the run over its order."""
    order = CaseLink("order", console.path(2).removeprefix("/orders/"))
    new = NewCase(title="超限", case_class="identity/over_yearly", links=(order,))
    with console.ledger.begin() as connection:
        case = open_case(connection, enterprise, new, CaseAct(by="of-support", at=console.hub.now)).case
    answer = reader.submit(reader.shop(f"/cases/{case.id}"), f"/cases/{case.id}/run", order=order.target)
    assert answer.status_code == 200, answer.text
    return case.id, str(answer.url.path).removeprefix("/console/e/shop")


def step(reader: ConsoleReader, path: str, doing: str = "take", **fields: Any) -> Any:
    return reader.submit(reader.shop(path), f"{path}/{doing}", **fields)


def now(answer: Any) -> str:
    return str(html.fromstring(answer.text).xpath("string(//section[contains(@class, 'next')]/p[1])"))


@pytest.mark.long
def test_a_procedure_is_run_to_its_end_and_solves_the_case(console: FilledConsole) -> None:
    support, goods = console.reader("support", "en"), console.reader("goods", "en")
    case, path = begun(console, support)
    assert now(support.shop(path)) == "Keep the goods in the warehouse"
    answer = step(support, path)
    platform, number = console.path(2).removeprefix("/orders/").split("/")
    with console.ledger.read() as connection:
        assert show_order(connection, "shop", platform, number, now=console.hub.now).refund  # the hub did it
    assert now(answer) == "Tell the buyer the figure by which the limit is exceeded"
    wrong = step(support, path, evidence=" ")
    assert wrong.status_code == 422
    assert "words as evidence" in wrong.text
    step(support, path, evidence="over by 1,234 yuan")
    step(support, path, evidence="R-1")
    asked = support.shop(path)
    assert "of-support asks for it" in asked.text
    assert f"{path}/take" not in asked.text  # who asked does not agree to it
    declined = step(goods, path, "decline", why="another refund")
    assert "another refund" in declined.text
    step(support, path, evidence="R-2")
    step(goods, path)
    answer = step(support, path)
    assert "The run is over." in answer.text
    with console.ledger.read() as connection:
        assert read_case(connection, "shop", case).state is CaseState.RESOLVED


def test_a_step_is_not_taken_twice(console: FilledConsole) -> None:
    support = console.reader("support", "en")
    _, path = begun(console, support)
    page = support.shop(path)
    support.submit(page, f"{path}/take")
    again = support.submit(support.shop(path), f"{path}/take", step="hold", evidence="x")
    assert again.status_code == 422
    assert "another person went on" in again.text


def test_who_may_not_act_on_orders_has_the_hub_not_do_it_by_a_procedure(console: FilledConsole) -> None:
    support, goods = console.reader("support", "en"), console.reader("goods", "en")
    _, path = begun(console, support)
    assert step(goods, path).status_code == 403
    assert now(support.shop(path)) == "Keep the goods in the warehouse"


def test_a_run_is_given_up_for_a_reason_and_shows_nothing_that_runs(console: FilledConsole) -> None:
    support = console.reader("support", "en")
    _, path = begun(console, support)
    assert step(support, path, "stop", why=" ").status_code == 422
    answer = step(support, path, "stop", why=HOSTILE)
    assert "The run is over." in answer.text
    assert "<script>alert" not in answer.text
    assert support.shop("/runs/999").status_code == 404
    assert console.reader("look").shop(path).status_code == 403
