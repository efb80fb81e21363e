"""Workers (工作进程): processes of this machine that decide the chunks of a stream, in the order of the stream.

A worker holds at most two chunks, so that it never waits for the next; the stream is read as results are taken. Whatever
ends the stream ends the workers: a result that is not taken, an error, Ctrl-C, the death of this process.
"""

import gc
import multiprocessing
import os
import pickle
import signal
import socket
import threading
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pickle import PickleBuffer
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from customs.road.chunks import Chunk, DecidedChunk

if TYPE_CHECKING:
    from customs.road.run import Run

#: How a chunk is decided; found by its name in the worker.
Decide = Callable[["Run", Chunk], DecidedChunk]

#: Chunks that a worker holds at most: one in hand, one waiting.
HELD = 2

#: What a worker says before its pickled answer.
_DONE, _FAILED = b"\0", b"\1"

#: What one process tells another at once: bytes, each of which crosses as it lies in memory.
_Parts = list[bytes]

_PROTOCOL = 5

#: A worker drops what it makes chunk by chunk: looking for cycles among it more often finds nothing.
_COLLECT_AFTER = 50_000


class WorkerLostError(RuntimeError):
    """A worker process ended before its chunk was decided; nothing of that chunk was handed on."""

    def __init__(self, code: int | None, first: int) -> None:
        super().__init__(
            f"a worker process ended (exit code {code}) before the parcels from position {first} on were decided: what came "
            f"before is whole; give more memory or fewer workers, and the rest again "
            f"工作进程意外终止，自第 {first} 个包裹起未处理，此前结果完整"
        )


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: socket.socket
    held: list[int] = field(default_factory=list)
    """The numbers of its chunks."""


def in_workers(
    decide: Decide, run: "Run", chunks: Iterable[Chunk], workers: int
) -> Generator[tuple[Chunk, DecidedChunk], None, None]:
    """Yield each chunk with what was decided of it, in order.

    The processes are started as ``multiprocessing`` is set to; where that is ``spawn`` or ``forkserver``, the program
    must be importable. ``decide`` and ``run`` are pickled. An error of the stream is raised after what was read
    before it; an error of a worker in the place of its chunk; ``WorkerLostError`` if one dies.
    """
    tasks = _tasks(decide, run, workers)
    return _in_order(tasks, chunks)


def _tasks(decide: Decide, run: "Run", workers: int) -> list[bytes]:
    """Return what each worker is told first: how to decide, and the run with its own key of a pool."""
    if workers < 1:
        raise ValueError(f"workers= is a number of processes, at least 1, not {workers}")
    pool = run.keys if isinstance(run.keys, Sequence) else ()
    if pool and workers > len(pool):
        raise ValueError(
            f"{workers} workers need a key each, and keys= gives {len(pool)}: give more keys or fewer workers "
            f"每个工作进程须有各自的密钥"
        )
    return [pickle.dumps((decide, run.with_key(number)), _PROTOCOL) for number in range(workers)]


def _in_order(tasks: Sequence[bytes], chunks: Iterable[Chunk]) -> Generator[tuple[Chunk, DecidedChunk], None, None]:
    pool: list[_Worker] = []
    try:
        for task in tasks:
            pool.append(_started(task, [each.connection for each in pool]))
        yield from _handed_out(pool, iter(chunks))
    finally:
        for each in pool:
            each.connection.close()  # a worker ends when it has nobody left to work for
        for each in pool:
            each.process.join()


@dataclass(slots=True)
class _Given:
    """Chunks that workers have and nobody has taken yet, in order, and what was answered."""

    pool: list[_Worker]
    chunks: dict[int, Chunk] = field(default_factory=dict)
    answers: dict[int, _Parts | WorkerLostError] = field(default_factory=dict)
    number: int = 0

    def free(self) -> _Worker | None:
        """Return the worker that holds the least, if it may hold more."""
        if len(self.chunks) >= HELD * len(self.pool):
            return None
        least = min(self.pool, key=lambda each: len(each.held))
        return least if len(least.held) < HELD else None

    def give(self, worker: _Worker, chunk: Chunk) -> None:
        """Give a chunk to a worker."""
        self.chunks[self.number] = chunk
        worker.held.append(self.number)
        content = pickle.dumps(chunk, _PROTOCOL)
        self.number += 1
        with suppress(OSError):  # a worker that is lost is told when its answer is waited for
            _send(worker.connection, content)

    def wait(self) -> None:
        """Wait until a worker says something, and take it."""
        of_connection: dict[Any, _Worker] = {each.connection: each for each in self.pool if each.held}
        for ready in wait(list(of_connection)):
            worker = of_connection[ready]
            try:
                parts = _received(worker.connection)
            except (EOFError, OSError):
                worker.process.join()
                for number in worker.held:
                    lost = WorkerLostError(worker.process.exitcode, self.chunks[number].first)
                    self.answers[number] = lost
                worker.held.clear()
                self.pool.remove(worker)
            else:
                number = worker.held.pop(0)
                self.answers[number] = parts


def _handed_out(pool: Sequence[_Worker], chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, DecidedChunk]]:
    given = _Given(list(pool))
    failure: Exception | None = None
    reading = True
    while True:
        while reading and len(given.pool) == len(pool) and (worker := given.free()):
            try:
                chunk = next(chunks, None)
            except Exception as error:
                failure, chunk = error, None
            if chunk is None:
                reading = False
            else:
                given.give(worker, chunk)
        if not given.chunks:
            break
        first = next(iter(given.chunks))
        while first not in given.answers:
            given.wait()
        yield given.chunks.pop(first), _answer(given.answers.pop(first))
    if failure:
        raise failure


def _answer(parts: _Parts | WorkerLostError) -> DecidedChunk:
    if isinstance(parts, WorkerLostError):
        raise parts
    kind, content, *beside = parts
    looking = gc.isenabled()
    gc.disable()  # what is unpickled holds no cycles
    try:
        said = pickle.loads(content, buffers=beside)  # noqa: S301  our own process
    finally:
        if looking:
            gc.enable()
    if kind == _FAILED:
        raise said
    decided: DecidedChunk = said
    return decided


def _started(task: bytes, others: Sequence[socket.socket]) -> _Worker:
    """Start a worker. A process that is forked has what its parent has: ``others`` are closed in it."""
    here, there = socket.socketpair()
    for each in here, there:
        each.settimeout(None)  # whatever the program has set for its sockets
    forked = multiprocessing.get_start_method() == "fork"
    process = multiprocessing.Process(
        target=_work, args=(there, task, [*others, here] if forked else []), name="customs-worker", daemon=True
    )
    try:
        process.start()
    finally:
        there.close()
    return _Worker(process, here)


def _work(connection: socket.socket, task: bytes, others: Sequence[socket.socket]) -> None:
    """Decide chunks until there is nobody left to decide them for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends this
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for each in others:
        each.close()
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, requests), daemon=True).start()
    gc.freeze()  # what a forked process has of its parent stays
    gc.set_threshold(_COLLECT_AFTER)
    begin: Callable[[], tuple[Decide, Run]] = cache(partial(pickle.loads, task))
    while True:
        answer = _answered(begin, requests.get())
        with suppress(OSError):  # whoever is left without its parent is ended by ``_listen``
            _send(connection, *answer)


def _answered(begin: "Callable[[], tuple[Decide, Run]]", request: bytes) -> "list[bytes | PickleBuffer]":
    """Return what a worker says to a request: what was decided, the contents of messages beside it, or the error."""
    contents: list[PickleBuffer] = []
    try:
        decide, run = begin()
        decided = pickle.dumps(decide(run, pickle.loads(request)), _PROTOCOL, buffer_callback=contents.append)  # noqa: S301  our own process
    except Exception as error:
        return [_FAILED, _pickled(error)]
    return [_DONE, decided, *contents]


def _listen(connection: socket.socket, requests: "SimpleQueue[bytes]") -> None:
    """Take what the parent sends, also while a chunk is decided; end the process when the parent is gone."""
    try:
        while True:
            (request,) = _received(connection)
            requests.put(request)
    except (EOFError, OSError):
        os._exit(0)


def _pickled(error: Exception) -> bytes:
    """Return an error, or its text if it cannot be pickled."""
    try:
        content = pickle.dumps(error, _PROTOCOL)
        pickle.loads(content)  # noqa: S301
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"), _PROTOCOL)
    return content


def _send(connection: socket.socket, *parts: bytes | PickleBuffer) -> None:
    sizes = [memoryview(each).nbytes for each in parts]
    connection.sendall(array("Q", [len(parts), *sizes]))
    for each in parts:
        connection.sendall(each)


def _received(connection: socket.socket) -> _Parts:
    (count,) = array("Q", _part(connection, 8))
    return [_part(connection, size) for size in array("Q", _part(connection, 8 * count))]


def _part(connection: socket.socket, size: int) -> bytes:
    """Take so many bytes, mostly at once, so that nothing is copied together."""
    part = b""
    while len(part) < size:
        more = connection.recv(size - len(part), socket.MSG_WAITALL)
        if not more:
            raise EOFError
        part += more
    return part
