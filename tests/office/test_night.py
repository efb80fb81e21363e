"""A night with losses, repeats, reordering, an outage and kills: every parcel ends, none is declared twice, nothing is lost."""

import ipaddress
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from support import ROOT, absent
from support.authority import Authority
from support.rabbitmq import PASSWORD, USER, command, rabbit_running

#: ``make faults`` sends 2,000 parcels, by every way.
FAULTS = "CUSTOMS_FAULTS" in os.environ
PARCELS = {"folder": 500, "http": 500, "ftp": 500, "amqp": 500} if FAULTS else {"folder": 60, "http": 40}


def night(way: str, folder: Path, **more: str) -> dict[str, Any]:
    script = [sys.executable, str(ROOT / "tests" / "support" / "night.py"), way, str(PARCELS[way]), str(folder)]
    env = {**os.environ, **more, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))}
    done = subprocess.run(script, capture_output=True, text=True, check=False, env=env, timeout=600)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("way", PARCELS)
def test_every_parcel_ends_none_is_declared_twice_and_no_receipt_is_lost(way: str, tmp_path: Path) -> None:
    if way == "amqp":
        if command() is None:
            absent("RabbitMQ is not installed")
        (tmp_path / "broker").mkdir()
        authority = Authority(tmp_path)
        certificate = authority.server_file(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        with rabbit_running(tmp_path / "broker", authority, certificate) as rabbit:
            found = night(way, tmp_path, NIGHT_PORT=str(rabbit.port), NIGHT_USER=USER, NIGHT_WORD=PASSWORD)
    else:
        found = night(way, tmp_path)
    count = PARCELS[way]
    assert found["nodes"] == {"released": count - 1, "rejected": 1}, "the officer refuses one"
    assert (found["accepted"], found["documents"]) == ([1], 4 * count)
    assert (found["lost"], found["aside"], found["open"]) == (0, 0, 0)
    assert found["handed"] > 3 * count
    assert min(found["kills"].values()) >= 1
    assert found["asked"] < count / 5, "what the office lost is asked for: some 5 % of the answers"
