"""The processes of a hub (枢纽进程) in a test: its workers and the office, and the faults that befall them."""

import json
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.jumping_clock import SET_BACK

JUMPING = Path(__file__).with_name("jumping_clock.py")

WORKERS = 3

#: Seconds until a worker says anything at all.
QUIET = 60.0


@dataclass
class HubProcesses:
    """The workers and the office, and what the workers say."""

    folder: Path
    said: "queue.Queue[dict[str, Any]]" = field(default_factory=queue.Queue)
    workers: list[subprocess.Popen[str]] = field(default_factory=list)
    office: subprocess.Popen[bytes] | None = None
    begun: dict[int, threading.Event] = field(default_factory=dict)
    """By the number of each worker's process: it has begun to work."""

    def start_worker(self, place: int) -> subprocess.Popen[str]:
        command = [sys.executable, str(JUMPING), "hub", "worker", "--config", "hub.toml", "--json"]
        env = {**self.env(), SET_BACK: str(self._clock(place))}
        process = subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE, text=True, env=env)
        self.begun[process.pid] = threading.Event()
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def wait_for(self, worker: "subprocess.Popen[str]") -> None:
        """Wait until a worker has begun: one that finds no room for the ledger when it starts ends, and is not looked at here."""
        assert self.begun[worker.pid].wait(QUIET), "a worker did not begin"

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr
        with closing(process.stderr):
            for line in process.stderr:
                if line.startswith("{"):
                    self.said.put(json.loads(line))
                elif "the worker has begun" in line:
                    self.begun[process.pid].set()

    def env(self) -> dict[str, str]:
        return {**os.environ, "CUSTOMS_LANG": "en", "SOAK_SECRET": "a fictitious secret of this test"}

    def start_office(self) -> None:
        command = [sys.executable, "-m", "customs.cli", "office", "--dir", "office", "--seed", "1", "--repeats", "0.1"]
        self.office = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.env()
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have office and workers run; none is left behind, whatever fails."""
        self.start()
        try:
            yield
        finally:
            for each in (*self.workers, self.office):
                if each:
                    each.kill()
                    each.wait(30)

    def start(self) -> None:
        self.start_office()
        self.workers = [self.start_worker(place) for place in range(WORKERS)]
        for each in self.workers:
            self.wait_for(each)

    def kill_worker(self, place: int) -> None:
        self.workers[place].kill()
        self.workers[place].wait(30)
        self.workers[place] = self.start_worker(place)
        self.wait_for(self.workers[place])

    def set_back(self, place: int, seconds: int) -> None:
        """Set the clock of a worker back, while it works; 0 sets it right."""
        part = self._clock(place).with_suffix(".part")
        part.write_text(str(seconds))
        part.replace(self._clock(place))

    def _clock(self, place: int) -> Path:
        return self.folder / f"worker-{place}.clock"

    @contextmanager
    def disk_full(self, place: int) -> Iterator[None]:
        """Let no file of a worker grow, as on a disk that is full."""
        process = self.workers[place].pid
        _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))

    def kill_office(self) -> None:
        assert self.office
        self.office.kill()
        self.office.wait(30)
        self.start_office()

    def stop(self) -> None:
        assert self.office
        every: list[subprocess.Popen[Any]] = [*self.workers, self.office]
        for each in every:
            each.send_signal(signal.SIGTERM)
        for each in every:
            each.wait(60)

    def hear(self, count: int) -> dict[str, Any]:
        """Wait until the workers have said so many things; return the last. That they say nothing for long is a fault."""
        return [self.said.get(timeout=QUIET) for _ in range(count)][-1]

    def hear_if_any(self) -> None:
        """Wait until the workers say something, a moment at most."""
        with suppress(queue.Empty):
            self.said.get(timeout=0.3)
