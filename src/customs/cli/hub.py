"""The commands ``hub serve`` and ``hub worker`` (申报枢纽): orders taken in over HTTP and declared, until it is stopped."""

import json as to_json
import logging
import random
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from customs.bilingual import halves
from customs.cli.app import app, misuse, misuse_of, screen, side, tell
from customs.cli.common import AsJson
from customs.cli.enterprise import mistakes_told
from customs.cli.hub_callbacks import callbacks_told, say_callbacks
from customs.cli.hub_metrics import MetricsPort, measured
from customs.cli.hub_traces import Tracing, traced
from customs.cli.language import words
from customs.cli.ledgers import ledger_told
from customs.cli.listening import address_of, listening, served_until_stopped, signals_taken
from customs.cli.parcels import echo
from customs.exchange.outbox import instant
from customs.exchange.receivers.asgi import CallbackApplication
from customs.exchange.receivers.serving import server_of
from customs.fields.moments import system_clock
from customs.hub.api.callbacks import WithCallbacks
from customs.hub.service.collecting import collecting_seldom
from customs.hub.service.logs import logged
from customs.hub.service.loops import WATCHING, TurnWatch, WorkEvent, working
from customs.hub.service.opening import OpenEnterprise, open_enterprise
from customs.hub.service.watching import watching_lanes
from customs.hub.service.works import Lane, WorkPace, lanes_of
from customs.hub.settings.hub_file import HubSettings, load_hub
from customs.hub.store.clocks import WatchedClock, check_worker
from customs.hub.web.counting import CountingProcess
from customs.hub.web.forgetting import console_lane
from customs.ledger.database import Ledger, open_ledger
from customs.ledger.keys import load_keys
from customs.ledger.upgrading import LedgerFormError

if TYPE_CHECKING:
    import uvicorn

    from customs.hub.web.oidc import OidcProvider

#: The file of a hub in the present folder.
HUB_FILE = Path("hub.toml")

HubFile = Annotated[
    Path, typer.Option("--config", dir_okay=False, help="File of the hub; hub.toml if left out. See: customs hub init.")
]

commands = typer.Typer(help="The hub: one service from order to release, with its interface. 申报枢纽")


@commands.command("serve")
def serve(
    config: HubFile = HUB_FILE,
    host: Annotated[str | None, typer.Option("--host", help="Address on which to listen; that of the file.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Port on which to listen; 0 for any that is free.")
    ] = None,
    workers: Annotated[
        bool, typer.Option("--work/--no-work", help="Do the work here too, or leave it to customs hub worker.")
    ] = True,
    metrics_port: MetricsPort = None,
    json: AsJson = False,
) -> None:
    """Take orders in over HTTP and do all the work of the hub, in one process, until it is stopped.

    Stopping it ends the turns that it is in; killed, it takes up where it was.
    """
    settings = hub_settings(config)
    with (
        logged(sys.stderr, as_json=json),
        hub_opened(settings) as (ledger, enterprises),
        listening(host or settings.serve.host, settings.serve.port if port is None else port) as here,
        callbacks_told(ledger, enterprises) as pushed,
        traced(settings.traces) as tracing,
        closing(CountingProcess(settings.ledger.url, ledger.keys)) as counter,
    ):
        server = _server(settings, ledger, enterprises, pushed, tracing, counter)
        here.listen(1024)  # from now on callers wait instead of being refused
        _say_address(address_of(here), json=json)
        say_callbacks(enterprises, address_of(here), json=json)
        lanes = tracing.lanes(_lanes(settings, ledger, enterprises)) if workers else [WATCHING]
        telling, outdated = partial(tell_event, json=json), list[LedgerFormError]()

        def end(error: LedgerFormError) -> None:
            outdated.append(error)
            server.should_exit = True

        with (
            measured(settings.metrics, metrics_port, telling, ledger, enterprises, _now) as told,
            collecting_seldom(),
            working(lanes, told, TurnWatch(partial(check_worker, ledger, _now), end)),
        ):
            served_until_stopped(server, here)
    _say_outdated(outdated)


@commands.command("worker")
def work(config: HubFile = HUB_FILE, metrics_port: MetricsPort = None, json: AsJson = False) -> None:
    """Do the work of the hub beside other workers on the same ledger, until it is stopped."""
    settings, stopped = hub_settings(config), threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    with (
        logged(sys.stderr, as_json=json),
        hub_opened(settings) as (ledger, enterprises),
        traced(settings.traces) as tracing,
        signals_taken(stop),
    ):
        lanes = tracing.lanes(_lanes(settings, ledger, enterprises))
        telling, outdated = partial(tell_event, json=json), list[LedgerFormError]()

        def end(error: LedgerFormError) -> None:
            outdated.append(error)
            stopped.set()

        with (
            measured(settings.metrics, metrics_port, telling, ledger, (), _now) as told,
            collecting_seldom(),
            working(lanes, told, TurnWatch(partial(check_worker, ledger, _now), end)),
        ):
            tell("the worker has begun", "已开始工作")
            stopped.wait()
    tell("the worker has ended", "已停止")
    _say_outdated(outdated)


def _say_outdated(outdated: list[LedgerFormError]) -> None:
    """Say that the database was led to another form meanwhile, and end with the exit code for it."""
    for error in outdated[:1]:
        with ledger_told():
            raise error


def hub_settings(config: Path) -> HubSettings:
    """Read the file of a hub; mistakes in it are misuse."""
    if not config.is_file():
        raise misuse(
            f"--config: there is no file {config}: make one with customs hub init 没有此文件，请用 customs hub init 生成"
        )
    with mistakes_told():
        return load_hub(config)


@contextmanager
def hub_opened(settings: HubSettings) -> Iterator[tuple[Ledger, list[OpenEnterprise]]]:
    """Open the ledger and the enterprises of a hub; why they cannot be opened is said on lines of their own."""
    place = settings.ledger
    if not place.keys.is_file():
        raise misuse(
            f"{place.keys}: there is no file of the ledger's keys: customs hub init makes it with a new hub "
            f"没有账簿密钥文件：新建枢纽时由 customs hub init 生成"
        )
    with mistakes_told():
        alone = len(settings.enterprises) == 1
        enterprises = [open_enterprise(each, system_clock, alone=alone) for each in settings.enterprises.values()]
    with ledger_told(), open_ledger(place.url, load_keys(place.keys)) as ledger:
        yield ledger, enterprises


def _lanes(settings: HubSettings, ledger: Ledger, enterprises: list[OpenEnterprise]) -> list[Lane]:
    pace = WorkPace(clock=system_clock, chance=random.Random(), every=settings.serve.every)  # noqa: S311  a jitter
    works = [lane for each in enterprises for lane in lanes_of(ledger, each, pace)]
    watching = watching_lanes(ledger, settings, [each.hub for each in enterprises], pace)
    return [*works, *watching, console_lane(ledger, pace)]


def _server(
    settings: HubSettings,
    ledger: Ledger,
    enterprises: list[OpenEnterprise],
    pushed: CallbackApplication | None,
    tracing: Tracing,
    counter: CountingProcess,
) -> "uvicorn.Server":
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # what is no HTTP is not told, however often it comes
    try:
        from customs.hub.api.application import hub_application  # with FastAPI, which a worker does not need
        from customs.hub.api.callers import HubService
        from customs.hub.web.console import console_application
        from customs.hub.web.service import GIVES_WAY, ConsoleService

        by_name = {each.hub.name: each.hub for each in enterprises}
        service = HubService(ledger=ledger, enterprises=by_name, clock=WatchedClock(ledger, _now))
        application = hub_application(service)
        console = ConsoleService(
            ledger=ledger,
            enterprises=by_name,
            clock=_now,
            place=settings.console,
            alarms=settings.alarms,
            reports=settings.reports,
            cases=settings.cases,
            settlements=settings.settlements,
            oidc=_provider(settings),
            counter=counter,
        )
        application.mount("/console", console_application(console))
        sys.setswitchinterval(GIVES_WAY)
        served = WithCallbacks(application, pushed) if pushed else application
        return server_of(tracing.application(served), proxies=settings.serve.proxies)
    except ImportError:
        raise misuse_of(
            'serving needs the extra hub: pip install "cbec-customs[hub]"',
            '此命令需要扩展 hub：pip install "cbec-customs[hub]"',
        ) from None


def _provider(settings: HubSettings) -> "OidcProvider | None":
    """Return the identity provider of the console, None if the file names none."""
    if settings.console.oidc is None:
        return None
    from customs.exchange.contract import WayError
    from customs.hub.web.oidc import open_provider

    try:
        return open_provider(settings.console.oidc)
    except ImportError:
        raise misuse_of(
            'signing in by a provider needs the extra oidc: pip install "cbec-customs[oidc]"',
            '统一身份认证需要扩展 oidc：pip install "cbec-customs[oidc]"',
        ) from None
    except WayError as error:
        raise misuse(str(error)) from None


def _now() -> datetime:
    return instant(system_clock())


def _say_address(address: str, *, json: bool) -> None:
    if json:
        echo(to_json.dumps({"address": address}))
        return
    screen.print(words(f"the hub listens on {address}", f"枢纽已监听 {address}"), highlight=False, markup=False)


#: The words for what a turn does.
WORKS = {
    "declare": ("declare", "申报"),
    "steps": ("next steps", "后续处理"),
    "intake": ("order lists", "订单文件"),
    "nodes": ("node files", "节点文件"),
    "send": ("send", "发送"),
    "receive": ("receive", "接收"),
    "fold": ("receipts", "回执归并"),
    "call": ("calls", "回调"),
    "alarms": ("alarms", "告警"),
    "retention": ("personal data", "个人信息"),
    "tell": ("notices", "通知"),
    "reports": ("reports", "报告"),
    "alarm_cases": ("cases of alarms", "告警工单"),
    "cases": ("cases", "工单"),
    "mail": ("mails", "来信"),
    "form": ("database", "数据库"),
}


def tell_event(event: WorkEvent, *, json: bool) -> None:
    """Tell a turn on one line of standard error, as JSON if that is wanted."""
    at = f"{_now():%Y-%m-%d %H:%M:%S}"
    if json:
        told = {"at": at, "work": event.kind, "enterprise": event.enterprise, "source": event.source}
        outcome = {"outcome": "failed" if event.error else "done", "error": event.error, "error_kind": event.error_kind}
        line = {**told, **outcome, **event.counts, "seconds": round(event.seconds, 3)}
        typer.echo(to_json.dumps(line, ensure_ascii=False), err=True)
        return
    counts = "  ".join(f"{name} {count:,}" for name, count in event.counts.items())
    en, zh = halves(event.error)
    place = f"{event.enterprise} {event.source}".strip()
    shown = f"{at}  {place}  {words(*WORKS[event.kind])}  {counts}{words(en, zh or en)}"
    side.print(shown, highlight=False, markup=False, soft_wrap=True)


app.add_typer(commands, name="hub")
