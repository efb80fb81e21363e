"""The calls of the page on the interface run as they stand there, in both languages: curl against a hub, and the client."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from customs.hub.enterprises.belongings import EVERYTHING
from customs.hub.enterprises.tokens import TokenScope
from customs.hub.turns.turn import declare_turn
from customs.ledger import Ledger
from customs.signing import Signer
from support import exactly
from support.hub_callers import EIGHT, Caller, calling, orders
from support.hub_office import PORT, HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "howto" / "hub-api.md", DOCS / "zh" / "howto" / "hub-api.md"]


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger in SQLite: ``test_interface.py`` calls the hub on both databases."""
    with sqlite_databases.ledger() as found:
        yield found


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    return hub_at_work(ledger, EIGHT, signer, belongings=EVERYTHING)


@pytest.fixture
def caller(hub: HubAtWork) -> Iterator[Caller]:
    with calling(hub) as found:
        yield found


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```text\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def described(hub: HubAtWork, caller: Caller, order: dict[str, Any]) -> dict[str, str]:
    """The variables of the page."""
    caller.post("/v1/orders", {"orders": [order]})
    declare_turn(hub.ledger, hub.enterprise, now=hub.now)
    message = caller.get(f"/v1/deliveries/{PORT}")[1]["deliveries"][0]["id"]
    case = caller.post("/v1/cases", {"title": "未放行"})[1]["case"]["number"]
    return {
        "CASE": str(case),
        "HUB": f"http://127.0.0.1:{caller.port}",
        "TOKEN": caller.token,
        "PLATFORM": order["parties"]["platform_code"],
        "ORDER": order["order"]["order_no"],
        "PORT": PORT,
        "MESSAGE": message,
    }


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
@pytest.mark.long
def test_each_curl_of_the_page_is_answered(hub: HubAtWork, caller: Caller, page: Path, tmp_path: Path) -> None:
    lines = [line for block in blocks(page) for line in block.splitlines() if line.startswith("curl ")]
    given = orders(3)
    (tmp_path / "orders.json").write_text(json.dumps({"orders": given[1:]}), "utf-8")
    variables = described(hub, caller, given[0])
    for line in exactly(32, lines):
        found = subprocess.run(
            ["sh", "-c", f"{line} --fail-with-body"], cwd=tmp_path, env={**os.environ, **variables},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert found.returncode == 0, f"{line}\n{found.stdout}{found.stderr}"
        assert json.loads(found.stdout), line


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
@pytest.mark.long
def test_the_python_of_the_page_runs(caller: Caller, page: Path) -> None:
    (program,) = [block for block in blocks(page) if "HubClient" in block]
    names = {"address": f"http://127.0.0.1:{caller.port}", "token": caller.token, "orders": orders(2)}
    with redirect_stdout(StringIO()) as printed:
        exec(compile(program, str(page), "exec"), names)  # noqa: S102  our own page
    said = printed.getvalue()
    assert said.count(" new\n") == 2
    assert said.count("not released") == 2
    assert "404 there is no such order 没有该订单" in said


def test_the_page_names_every_scope() -> None:
    for page in exactly(2, PAGES):
        assert re.findall(r"^\| `(\w+)` \|", page.read_text("utf-8"), re.MULTILINE) == [
            each.value for each in TokenScope
        ]
