"""The command ``office`` (模拟海关): the customs side, simulated, behind a folder and an HTTP port."""

import json as to_json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from customs.bilingual import halves
from customs.cli.app import HELD, app, misuse, misuse_of, screen, tell
from customs.cli.common import AsJson, clock_of
from customs.cli.listening import signals_taken
from customs.cli.office_gateways import GatewayFile, gateway_file
from customs.cli.parcels import echo
from customs.fields.moments import system_clock
from customs.files import FolderHeldError
from customs.office import Trouble
from customs.office.amqp_door import AmqpDoor
from customs.office.aside import AsideMessage
from customs.office.folder_door import FolderDoor
from customs.office.http_door import GatewaySecrets, http_door
from customs.office.push_door import PushDoor
from customs.office.served import ServedOffice

#: Seconds between two looks into the pick-up folder.
_LOOK = 0.2


@dataclass(slots=True)
class _OfficeClock:
    """The time at the office: it goes on from a time, or stands until it is set."""

    begin: datetime
    stands: bool
    since: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.begin if self.stands else self.begin + timedelta(seconds=time.monotonic() - self.since)


@app.command("office")
def serve_office(
    folder: Annotated[
        Path,
        typer.Option(
            "--dir",
            file_okay=False,
            help="Folder of the office: messages in out/, receipts in in/, what was taken beside them.",
        ),
    ],
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            min=0,
            max=65535,
            help="Port for HTTP; 0 for any that is free. Without it, the folders alone are served.",
        ),
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Address on which to listen.")] = "127.0.0.1",
    amqp: Annotated[
        str | None,
        typer.Option(
            "--amqp",
            metavar="URL",
            envvar="CUSTOMS_OFFICE_AMQP",
            help="Broker: messages in the queue CEB_IN, receipts in the queue of each exchange id with _OUT.",
        ),
    ] = None,
    gateways: Annotated[
        Path | None,
        typer.Option(
            "--gateways",
            dir_okay=False,
            exists=True,
            help="Districts' gateways: TOML, a table for each with a file for each secret that it checks, and where it pushes receipts.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed and times give the same answers.")] = 0,
    clock: Annotated[
        str | None,
        typer.Option(
            "--clock",
            metavar="TIME",
            help="Time in China at which the office opens, such as 2026-11-11T08:00:00; the present time if left out.",
        ),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(
            "--pass",
            min=0.0,
            help="Take what lies in the folder, let so many minutes pass at once, write the receipts, and end.",
        ),
    ] = None,
    losses: Annotated[float, typer.Option("--losses", min=0.0, max=1.0, help="Share of answers that never come.")] = 0,
    repeats: Annotated[
        float, typer.Option("--repeats", min=0.0, max=1.0, help="Share of answers that come twice.")
    ] = 0,
    reordered: Annotated[
        float, typer.Option("--reordered", min=0.0, max=1.0, help="Share of answers that others overtake.")
    ] = 0,
    json: AsJson = False,
) -> None:
    """Simulate customs: take messages from a folder or over HTTP, and answer as customs does.

    Nothing is sent to customs. Whatever it takes is stored before it answers, and the same seed and times give the same
    answers.
    """
    begin = (clock_of(clock) if clock else system_clock)().replace(tzinfo=None)
    trouble = Trouble(losses=losses, repeats=repeats, reordered=reordered)
    at_gateways = gateway_file(gateways) if gateways else GatewayFile()
    with ExitStack() as opened:
        at = _OfficeClock(begin, stands=True)
        try:
            office = ServedOffice(folder, clock=at, seed=seed, trouble=trouble, told=_tell_aside)
        except FolderHeldError as error:
            tell(f"customs: {error}", f"{error}")
            raise typer.Exit(HELD) from None
        except ValueError as error:
            raise misuse(f"--dir: {error}") from None
        opened.callback(office.close)
        at.begin = max(begin, office.last)
        door, pushing = FolderDoor(office, folder), at_gateways.doors(office)
        if minutes is not None:
            taken, written = _passed(door, at, minutes)
            pushed = sum(each.deliver() for each in pushing)
        else:
            if port is not None:
                opened.callback(_listening(office, (host, port), at_gateways.secrets, json=json))
            doors: list[FolderDoor | AmqpDoor] = [door]
            if amqp:
                doors.append(_broker(office, amqp, opened))
            taken, written, pushed = _served(doors, pushing, at)
    if json:
        echo(to_json.dumps({"taken": taken, "written": written, **({"pushed": pushed} if pushing else {})}))
    else:
        en, zh = (f", {pushed:,} receipts pushed", f"，推送回执 {pushed:,} 份") if pushing else ("", "")
        tell(
            f"{taken:,} messages taken, {written:,} files of receipts written{en}",
            f"收报文 {taken:,} 份，写出回执文件 {written:,} 个{zh}",
        )


def _tell_aside(aside: AsideMessage) -> None:
    en, zh = halves(aside.reason)
    tell(f"set aside, {aside.path}: {en}", f"已搁置 {aside.path}：{zh}")


def _passed(door: FolderDoor, at: _OfficeClock, minutes: float) -> tuple[int, int]:
    """Take what is there, let time pass, and write the receipts."""
    taken, written = door.collect(), 0
    at.begin += timedelta(minutes=minutes)
    while more := door.deliver():
        written += more
    return taken, written


def _served(
    doors: Sequence[FolderDoor | AmqpDoor], pushing: Sequence[PushDoor], at: _OfficeClock
) -> tuple[int, int, int]:
    """Serve folders, queues and call-backs until a signal comes."""
    at.stands, at.since = False, time.monotonic()
    stop = threading.Event()
    taken = written = 0
    with (
        signals_taken(lambda *_: stop.set()),
        ThreadPoolExecutor(max(1, len(pushing))) as threads,  # a slow receiver keeps nobody else waiting
    ):
        calls = [threads.submit(_pushed, each, stop) for each in pushing]
        try:
            while not stop.is_set():
                taken += sum(door.collect() for door in doors)
                written += sum(door.deliver() for door in doors)
                stop.wait(_LOOK)
        finally:
            stop.set()
        return taken, written, sum(each.result() for each in calls)


def _pushed(door: PushDoor, stop: threading.Event) -> int:
    """Push receipts until the end; return how many were taken."""
    count = door.deliver()
    while not stop.wait(_LOOK):
        count += door.deliver()
    return count


def _broker(office: ServedOffice, url: str, opened: ExitStack) -> AmqpDoor:
    """Return the door at a broker."""
    try:
        import pika
        from pika.exceptions import AMQPError
    except ImportError:
        raise misuse_of(
            '--amqp needs the extra amqp: pip install "cbec-customs[amqp]"',
            '--amqp 需要扩展 amqp：pip install "cbec-customs[amqp]"',
        ) from None
    try:
        connection = pika.BlockingConnection(pika.URLParameters(url))
    except (AMQPError, ValueError, OSError):
        raise misuse_of(
            "--amqp: the broker cannot be reached: check host, port, user and password of the URL",
            "--amqp：无法连接消息服务器，请核对 URL 中的地址、端口、账号和密码",
        ) from None
    opened.callback(connection.close)
    return AmqpDoor(office, connection.channel())


def _listening(office: ServedOffice, at: tuple[str, int], secrets: GatewaySecrets, *, json: bool) -> Callable[[], None]:
    """Serve over HTTP beside the folders, say where, and return what ends it."""
    host, port = at
    try:
        server = http_door(office, host, port, secrets=secrets)
    except OSError as error:
        raise misuse_of(
            f"--host, --port: {host} port {port} cannot be listened on: {error.strerror}",
            f"--host、--port：无法监听 {host} 端口 {port}",
        ) from None
    address = f"http://{host}:{server.server_address[1]}"
    if json:
        echo(to_json.dumps({"address": address}))
    else:
        screen.print(address, highlight=False, markup=False, soft_wrap=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def end() -> None:
        server.shutdown()
        server.server_close()

    return end
