"""A RabbitMQ of its own on this machine: its own folder and ports, no service of the system."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from support.authority import Authority

USER, PASSWORD = "customs", "a-word-of-nobody"

#: What the broker says once it takes connections.
_READY = "Server startup complete"


@dataclass(frozen=True)
class Rabbit:
    """A broker that runs: its ports without TLS and with it, and the authority of its certificate."""

    port: int
    tls_port: int
    authority: Authority


def command() -> Path | None:
    """The program, without the wrapper that changes the user; None if it is not installed."""
    found = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    return found[-1] if found and shutil.which("erl") else None


def free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


@contextmanager
def rabbit_running(folder: Path, authority: Authority, certificate: Path) -> Iterator[Rabbit]:
    """The broker, for as long as the block lasts."""
    port, tls_port, mapper_port, inner_port = free_ports(4)
    program = command()
    assert program is not None
    config = folder / "rabbitmq.conf"
    config.write_text(
        f"""listeners.tcp.1 = 127.0.0.1:{port}
listeners.ssl.1 = 127.0.0.1:{tls_port}
ssl_options.cacertfile = {authority.file}
ssl_options.certfile = {certificate}
ssl_options.keyfile = {certificate}
ssl_options.verify = verify_none
default_user = {USER}
default_pass = {PASSWORD}
log.console = true
log.console.level = info
log.file = false
""",
        encoding="utf-8",
    )
    (folder / "plugins").write_text("[].", encoding="utf-8")
    environment = {
        **os.environ,
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(mapper_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": f"customs{port}@localhost",
        "RABBITMQ_DIST_PORT": str(inner_port),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder),
        "RABBITMQ_CONFIG_FILE": str(config),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
    }
    mapper = subprocess.Popen(["epmd", "-port", str(mapper_port), "-relaxed_command_check"], env=environment)
    broker = subprocess.Popen(
        [program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        said = ""
        assert broker.stdout is not None
        for line in broker.stdout:
            said += line
            if _READY in line:
                break
        else:
            raise RuntimeError(f"RabbitMQ did not start:\n{said}")
        yield Rabbit(port, tls_port, authority)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(broker.pid, signal.SIGKILL)
        broker.wait()
        assert broker.stdout is not None
        broker.stdout.close()
        mapper.terminate()
        mapper.wait()
