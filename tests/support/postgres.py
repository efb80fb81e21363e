"""A PostgreSQL of its own on this machine: its own folder and socket, no service of the system."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

#: The server runs as nobody special; where the tests run as root, as the user of its package.
USER = "postgres"


@dataclass(frozen=True)
class Postgres:
    """A server that runs: the folder of its socket and data, and its programs."""

    folder: Path
    programs: Path

    def url(self, database: str) -> str:
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run a statement outside any transaction."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def emptied(self, database: str, *, like: str) -> bool:
        """Take all rows out of the tables of a database; False if its tables are not those of another one any more."""
        tables, form = self._tables(database)
        if (tables, form) != self._tables(like):
            return False
        filled = " UNION ALL ".join(f"SELECT '{each}' WHERE EXISTS (TABLE {each})" for each in tables)
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if found := [each for (each,) in connection.execute(filled.encode())]:
                connection.execute(f"TRUNCATE {', '.join(found)} RESTART IDENTITY CASCADE".encode())
        return True

    def _tables(self, database: str) -> tuple[list[str], str]:
        """The tables of a ledger's database but that of its form, and the form."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            named = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            names = [each for (each,) in named]
            if "alembic_version" not in names:
                return names, ""
            form = "".join(each for (each,) in connection.execute("SELECT version_num FROM alembic_version"))
            return [each for each in names if each != "alembic_version"], form

    def stop(self, mode: str = "fast") -> None:
        """Stop the server, with ``immediate`` as if the machine had lost its power."""
        self._control("stop", "-m", mode)

    def start(self, *, forced: bool = True) -> None:
        """Start the server; without ``forced`` it does not wait for the disk."""
        settings = (
            f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_connections=60 -c timezone=UTC"
        )
        self._control("start", "-o", settings if forced else f"{settings} -c fsync=off", "-l", str(self.folder / "log"))

    def _control(self, *arguments: str) -> None:
        command = [str(self.programs / "pg_ctl"), "-w", "-D", str(self.folder / "data"), *arguments]
        subprocess.run(command, check=True, capture_output=True, user=_owner(), cwd="/")


def programs() -> Path | None:
    """The folder of the programs of PostgreSQL; None if it is not installed."""
    found = [*sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))]
    if beside := shutil.which("initdb"):
        found.append(Path(beside))
    return found[-1].parent if found else None


def _owner() -> str | None:
    return USER if os.geteuid() == 0 else None


@contextmanager
def postgres_running(*, forced: bool = False) -> Iterator[Postgres]:
    """A server, for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="customs-pg-"))
    try:
        with postgres_in(folder, forced=forced, stop="immediate") as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_in(folder: Path, *, forced: bool = False, stop: str = "fast") -> Iterator[Postgres]:
    """A server over the data in a folder, for as long as the block lasts; without data they are begun."""
    found = programs()
    assert found is not None
    if not (folder / "data").exists():
        if os.geteuid() == 0:
            owner = pwd.getpwnam(USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        command = [
            str(found / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]
        subprocess.run([*command, "--no-sync"], check=True, capture_output=True, user=_owner(), cwd="/")
    server = Postgres(folder, found)
    server.start(forced=forced)
    try:
        yield server
    finally:
        server.stop(stop)
