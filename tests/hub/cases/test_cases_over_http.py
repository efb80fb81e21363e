"""Cases over HTTP: opened once, read, talked about and moved by whoever has the scope, of the own enterprise alone."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from sqlalchemy import select

from customs.hub.api.case_answers import CaseLinkKind, CaseStateName
from customs.hub.cases.causes import CAUSE
from customs.hub.cases.opening import LINK_KINDS
from customs.hub.cases.states import CaseState
from customs.hub.client import HubClient, HubProblemError
from customs.hub.enterprises.tokens import TokenScope
from customs.hub.store.tables import HUB_ANSWERED
from customs.ledger import Ledger
from customs.signing import Signer
from support import exactly, some
from support.cases import assert_as_its_log_says
from support.hub_callers import EIGHT, Caller, calling, with_token
from support.hub_office import hub_at_work
from support.ledgers import LedgerDatabases

NUMBER = "110101180001010011"
GIVEN = {
    "title": f"{NUMBER} 退单",
    "text": "来电 13800001234",
    "case_class": "identity/name_number",
    "links": [{"kind": "order", "target": "P1/O1"}],
}


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger on SQLite: the interface asks for nothing that the databases do otherwise."""
    with sqlite_databases.ledger() as found:
        yield found


@pytest.fixture
def caller(ledger: Ledger, signer: Signer) -> Iterator[Caller]:
    with calling(hub_at_work(ledger, EIGHT, signer)) as found:
        yield found


@pytest.fixture
def client(caller: Caller) -> Iterator[HubClient]:
    with HubClient(f"http://127.0.0.1:{caller.port}", caller.token, plain=True) as found:
        yield found


def opened(caller: Caller, **more: Any) -> dict[str, Any]:
    status, answer = caller.post("/v1/cases", {**GIVEN, **more})
    assert status == 200
    return dict(answer["case"])


def test_a_case_is_opened_once_for_its_key_and_joined_for_its_cause(caller: Caller, ledger: Ledger) -> None:
    found = [caller.call("POST", "/v1/cases", GIVEN, **{"Idempotency-Key": "one"}) for _ in range(2)]
    assert found[0][:2] == found[1][:2]
    assert found[1][2]["idempotency-replayed"] == "true"
    assert (found[0][1]["case"]["queue"], found[0][1]["case"]["source"]) == ("support", "api")
    first = opened(caller, cause="platform/1")
    status, again = caller.post("/v1/cases", {**GIVEN, "cause": "platform/1", "links": []})
    assert (status, again["is_new"], again["case"]["number"]) == (200, False, first["number"])
    with ledger.read() as connection:
        assert len(caller.get("/v1/cases")[1]["cases"]) == 2
        kept = connection.sql.execute(select(HUB_ANSWERED.c.answer)).scalars()
        assert not any(NUMBER in each for each in exactly(1, list(kept))), "what was said is in no kept answer"
        assert_as_its_log_says(connection, first["number"])


def test_numbers_of_people_are_masked_in_what_is_read(caller: Caller) -> None:
    number = opened(caller)["number"]
    caller.post(f"/v1/cases/{number}/comments", {"text": f"buyer {NUMBER}", "kind": "outside"})
    shown = caller.get(f"/v1/cases/{number}")[1]
    assert shown["case"]["title"] == "**************0011 退单"
    assert shown["text"] == "来电 *******1234"
    assert shown["links"] == [{"kind": "order", "target": "P1/O1"}]
    (said,) = [each for each in shown["entries"] if each["kind"] == "commented"]
    assert (said["words"], said["by"], said["outside"]) == ("buyer **************0011", "all", True)
    (line,) = caller.get("/v1/cases?order=P1/O1")[1]["cases"]
    assert line["title"] == "**************0011 退单"


def test_a_list_goes_on_where_its_page_ended_with_what_was_asked(caller: Caller) -> None:
    numbers = [opened(caller, urgency=each)["number"] for each in ("none", "goods", "law")]
    other = opened(caller, case_class="tax/tax_differs")
    found, path = list[int](), "/v1/cases?case_class=identity&limit=1"
    while path:
        page = caller.get(path)[1]
        found += [each["number"] for each in page["cases"]]
        path = page["next"] or ""
    assert found == [numbers[1], numbers[2], numbers[0]], "those of the first priority first"
    caller.post(f"/v1/cases/{other['number']}/state", {"state": "resolved", "why": "asked"})
    assert [each["number"] for each in caller.get("/v1/cases?state=done")[1]["cases"]] == [other["number"]]
    assert [each["number"] for each in caller.get("/v1/cases?state=resolved")[1]["cases"]] == [other["number"]]
    assert caller.get("/v1/cases?queue=finance")[1]["cases"] == []
    assert caller.get("/v1/cases?after=nowhere")[0] == 422


def test_two_who_move_a_case_at_once_are_told_of_each_other(caller: Caller) -> None:
    case = opened(caller)
    seen = {"version": case["version"]}
    assert caller.post(f"/v1/cases/{case['number']}/state", {"state": "working", **seen})[1]["assignee"] == "all"
    status, told = caller.post(f"/v1/cases/{case['number']}/state", {"state": "waiting_customs", **seen})
    assert (status, "moved new > working" in told["detail"], "已被他人修改" in told["detail_zh"]) == (409, True, True)
    status, told = caller.post(f"/v1/cases/{case['number']}/state", {"state": "closed"})
    assert (status, "cannot become closed" in told["detail"]) == (409, True)


@pytest.mark.long
def test_what_the_asker_says_reopens_a_case(client: HubClient) -> None:
    number = client.open_case("未放行", links=[("order", "P1/O2")], key="k").case.number
    assert client.move_case(number, "resolved", why="released").open is False
    assert client.comment_on_case(number, "还没有", kind="asker").state == "reopened"
    assert client.link_case(number, [("order", "P1/O3"), ("order", "P1/O2")]).number == number
    assert [each.number for each in client.cases(order="P1/O3")] == [number]
    assert {each.target for each in client.case(number).links} == {"P1/O2", "P1/O3"}
    with pytest.raises(HubProblemError, match="422"):
        client.open_case("x", case_class="weather/rain")


def test_a_case_is_for_those_with_the_scope_and_of_one_enterprise(caller: Caller, ledger: Ledger) -> None:
    number = opened(caller)["number"]
    with ledger.begin() as connection:
        reader = with_token(caller, connection, "shop", *(set(TokenScope) - {TokenScope.CASES}))
        other = with_token(caller, connection, "warehouse", *TokenScope)
    changes = [("comments", {"text": "x"}), ("state", {"state": "working"}), ("links", {"links": GIVEN["links"]})]
    for path, body in some(changes):
        assert reader.post(f"/v1/cases/{number}/{path}", body)[0] == 403
        assert other.post(f"/v1/cases/{number}/{path}", body)[0] == 404
    assert reader.get("/v1/cases")[0] == reader.post("/v1/cases", GIVEN)[0] == 403
    assert (other.get("/v1/cases")[1]["cases"], other.get(f"/v1/cases/{number}")[0]) == ([], 404)


def test_the_interface_names_every_state_and_every_kind_of_link() -> None:
    assert get_args(CaseStateName) == tuple(each.value for each in CaseState)
    assert get_args(CaseLinkKind) == tuple(each for each in LINK_KINDS if each != CAUSE)
