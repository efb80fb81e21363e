"""The form of a ledger (账簿结构): migrations shipped with the library lead it from each release to the next, and back.

>>> from tempfile import mkdtemp
>>> url = f"sqlite:///{mkdtemp()}/ledger.db"
>>> upgrade(url)
>>> form_of(url) == newest_form()
True
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from customs.ledger.engines import LedgerError, engine_of, exists, told

try:
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError
except ImportError:
    raise ImportError(
        "the ledger needs SQLAlchemy and Alembic: pip install 'cbec-customs[ledger]' 账簿功能需先安装 ledger 组件"
    ) from None

from sqlalchemy import Connection


class LedgerFormError(LedgerError):
    """The tables of a ledger are of another release."""


#: A ledger without tables, the beginning of all migrations.
NOTHING = "base"


def upgrade(url: str, form: str = "head") -> None:
    """Lead a ledger to a form, by default the newest; a new database is made. All of it or nothing.

    Raises ``LedgerError``.
    """
    with _migrating(url) as config:
        command.upgrade(config, form)


def downgrade(url: str, form: str) -> None:
    """Lead a ledger back to an earlier form; what only later ones can hold is lost. Raises ``LedgerError``."""
    with _migrating(url) as config:
        command.downgrade(config, form)


def form_of(url: str) -> str | None:
    """Return the form of a ledger, None if there is none. Nothing is made. Raises ``LedgerError``."""
    if not exists(url):
        return None
    engine = engine_of(url)
    try:
        with told(), engine.begin() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


@cache
def newest_form() -> str:
    """Return the form that this release knows."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None
    return found


def checked_form(connection: Connection) -> None:
    """Raise ``LedgerFormError`` if the tables of a database are not those of this release."""
    found, known = MigrationContext.configure(connection).get_current_revision(), newest_form()
    if found == known:
        return
    if found and not _is_known(found):
        raise LedgerFormError(
            f"a newer release led the ledger to the form {found}, which this one does not know (it needs {known}): install that "
            f"release and start again 账簿已由更新的版本升级，本版本无法使用，请安装该版本后重新启动"
        )
    raise LedgerFormError(
        f"the ledger has the form {found or 'of an empty database'}, this release needs {known}: "
        f"run customs ledger upgrade 账簿结构与本版本不符，请执行 customs ledger upgrade"
    )


def _is_known(form: str) -> bool:
    """True if this release has the migration that leads to a form."""
    try:
        return ScriptDirectory.from_config(_config()).get_revision(form) is not None
    except CommandError:
        return False


@contextmanager
def _migrating(url: str) -> Iterator[Config]:
    """The configuration of the migrations on one transaction of a database."""
    engine = engine_of(url)
    try:
        with told(), engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            yield config
    except CommandError as error:
        raise LedgerError(f"the ledger cannot be led to that form: {error} 账簿结构无法变更") from None
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
