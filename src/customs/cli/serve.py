"""The command ``serve-callbacks`` (接收推送): a server for what platforms and customs push, which stores and then answers."""

import json as to_json
import logging
import ssl
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customs.cli.app import app, misuse, misuse_of, screen, tell
from customs.cli.common import AsJson
from customs.cli.enterprise import CONFIG, ConfigFile, mistakes_told
from customs.cli.exchanging import boxes_opened
from customs.cli.language import words
from customs.cli.listening import address_of, listening, served_until_stopped
from customs.cli.parcels import echo
from customs.exchange.boxes import Boxes
from customs.exchange.receivers.asgi import CallbackApplication
from customs.exchange.receivers.configured import (
    CallbackError,
    Callbacks,
    OpenCallbacks,
    load_callbacks,
    open_callbacks,
)
from customs.exchange.receivers.pushed import Refusal
from customs.exchange.receivers.serving import TlsFiles, server_of
from customs.fields.moments import system_clock

if TYPE_CHECKING:
    import socket

    import uvicorn


@app.command("serve-callbacks")
def serve_callbacks(
    config: ConfigFile = None,
    host: Annotated[str, typer.Option("--host", help="Address on which to listen.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on which to listen; 0 for any that is free.")
    ] = 8080,
    tls_cert: Annotated[
        Path | None,
        typer.Option("--tls-cert", dir_okay=False, exists=True, help="Certificate of the server with its chain, PEM."),
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", dir_okay=False, exists=True, help="Key of the server, PEM.")
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--proxy",
            metavar="ADDRESS",
            help="Proxy whose word on the caller's address (X-Forwarded-For) counts; may be repeated.",
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Take what platforms and customs push, by the call-backs of the enterprise file, until it is stopped.

    Each call is stored before it is answered. What is refused is counted and told with its reason alone.
    """
    if (tls_cert is None) != (tls_key is None):
        raise misuse("--tls-cert and --tls-key go together --tls-cert 与 --tls-key 须同时给出")
    file = config or CONFIG
    if not file.is_file():
        raise misuse(
            f"--config: there is no file {file}: make one with customs init 没有此文件，请用 customs init 生成"
        )
    with mistakes_told():
        settings = load_callbacks(file)
    tls = TlsFiles(certificate=tls_cert, key=tls_key) if tls_cert and tls_key else None
    here = listening(host, port)
    with closing(here), boxes_opened(settings.exchange) as boxes, closing(_opened(settings, boxes)) as opened:
        served = CallbackApplication(opened.receivers, clock=system_clock, tell=_tell)
        _run(_server(served, tls, proxy or ()), here, _addresses(opened, here, tls), json=json)
    _show(served.counts, json=json)


def _opened(settings: Callbacks, boxes: Boxes) -> OpenCallbacks:
    try:
        return open_callbacks(settings, system_clock, boxes)
    except CallbackError as error:
        raise misuse(str(error)) from None


def _server(
    application: CallbackApplication, tls: TlsFiles | None, proxies: list[str] | tuple[str, ...]
) -> "uvicorn.Server":
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # what is no HTTP is not told, however often it comes
    try:
        return server_of(application, tls=tls, proxies=proxies)
    except ImportError:
        raise misuse_of(
            'serving needs the extra serve: pip install "cbec-customs[serve]"',
            '此命令需要扩展 serve：pip install "cbec-customs[serve]"',
        ) from None
    except ssl.SSLError:
        raise misuse(
            "--tls-cert, --tls-key: they are not a certificate in PEM and its key 不是 PEM 格式的证书及其私钥"
        ) from None


def _addresses(opened: OpenCallbacks, here: "socket.socket", tls: TlsFiles | None) -> dict[str, str]:
    """Return where each call-back is called, by its name."""
    base = address_of(here, "https" if tls else "http")
    return {receiver.name: f"{base}{path}" for path, receiver in opened.receivers.items()}


def _run(server: "uvicorn.Server", here: "socket.socket", addresses: dict[str, str], *, json: bool) -> None:
    """Serve until a signal comes; it ends the server and nothing else."""
    here.listen(1024)
    for name, address in addresses.items():
        if json:
            echo(to_json.dumps({"callback": name, "address": address}, ensure_ascii=False))
        else:
            screen.print(f"{name}  {address}", highlight=False, markup=False, soft_wrap=True)
    served_until_stopped(server, here)


def _tell(name: str, why: Refusal, count: int) -> None:
    times_en, times_zh = ("", "") if count == 1 else (f" ({count:,} times so far)", f"（累计 {count:,} 次）")
    tell(f"{name}: {why.en}{times_en}", f"{name}：{why.zh}{times_zh}")


#: The outcomes of calls, in words.
_OUTCOMES = {
    "stored": ("stored", "新存"),
    "known": ("known before", "重复"),
    "refused": ("refused", "拒绝"),
    "failed": ("not stored", "未存"),
}


def _show(counts: Counter[tuple[str, str]], *, json: bool) -> None:
    if json:
        for (name, what), count in sorted(counts.items()):
            echo(to_json.dumps({"callback": name, "outcome": what, "count": count}, ensure_ascii=False))
        return
    shown = {what: words(en, zh) for what, (en, zh) in _OUTCOMES.items()}
    for name in sorted({name for name, _ in counts}):
        told = [f"{text} {counts[name, what]:,}" for what, text in shown.items() if counts[name, what]]
        if told:
            screen.print(f"{name}  {'  '.join(told)}", highlight=False, markup=False, soft_wrap=True)
