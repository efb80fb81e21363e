r"""The table ``[ledger]`` of ``customs.toml`` (账簿配置): where the ledger and the file of its keys are.

>>> from tempfile import mkdtemp
>>> file = Path(mkdtemp()) / "customs.toml"
>>> _ = file.write_text('[ledger]\nurl = "postgresql://customs@db/ledger"', encoding="utf-8")
>>> load_ledger_place(file).url, load_ledger_place(file).keys.name
('postgresql://customs@db/ledger', 'ledger.key')
"""

import re
from dataclasses import dataclass
from pathlib import Path

from customs.intake.enterprise_reading import Reading
from customs.intake.enterprise_text import read_text
from customs.intake.problems import EnterpriseError


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """Where a ledger is: the URL of its database, without a password, and the file of its keys."""

    url: str
    keys: Path


def load_ledger_place(path: Path | str) -> LedgerPlace:
    """Read where the ledger of an enterprise is: ``ledger.db`` and ``ledger.key`` beside the file unless it says otherwise.

    Raises ``EnterpriseError`` with every mistake, and ``OSError``.
    """
    text = read_text(Path(path))
    reading, steps = Reading(text), ("ledger",)
    table = reading.table(text.data.get("ledger", {}), steps)
    reading.known(table, ("url", "keys"), steps)
    url = reading.text_at(table, "url", steps) or f"sqlite:///{text.path.parent / 'ledger.db'}"
    if not re.match(r"(sqlite|postgresql)://", url):
        reading.wrong(
            (*steps, "url"),
            "a ledger is kept in sqlite:///FILE or postgresql://USER@HOST/NAME",
            "账簿地址应为 sqlite:///文件 或 postgresql://用户@主机/库名",
        )
    elif re.match(r"\w+://[^/@]*:[^/@]*@", url):
        reading.wrong(
            (*steps, "url"),
            "no password stands in this file: give it by PGPASSWORD or a file .pgpass",
            "本文件不写密码，请用 PGPASSWORD 或 .pgpass 文件提供",
        )
    keys = reading.path_at(table, "keys", steps) or text.path.parent / "ledger.key"
    if reading.problems:
        raise EnterpriseError(reading.problems)
    return LedgerPlace(url, keys)
