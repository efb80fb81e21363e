"""Figures of this machine (本机性能): what its cores and its disk take for a parcel, measured in some 20 seconds.

Fictitious parcels go through a run with a test key, in batches and one by one, and into a journal in a folder that is
deleted. The best of several rounds that take turns counts, since machines are noisy. The figures are kept in a file.
"""

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from customs.bulk.planning import REFERENCE, MachineFigures, PlanningError
from customs.documents.base import DOCUMENTS_IN_A_MESSAGE
from customs.files import make_folder, write_together
from customs.journal import open_journal
from customs.journal.forms import DATABASE
from customs.road import Run, fixed_clock, random_guids
from customs.signing import Signer, SigningError
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT

#: Parcels in batches, those one by one, and signatures of a round.
PARCELS, SINGLE, SIGNATURES = 500, 50, 200
ROUNDS = 7

#: The documents of a parcel.
FOUR = 4

_DAY, _NOW, _SINCE = date(2026, 11, 11), datetime(2026, 11, 11, 8), datetime(2026, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The figures of a machine, and which machine that is."""

    figures: MachineFigures
    machine: str
    on: str
    """The day on which they were measured, empty for the machine of reference."""


#: The machine whose figures count where none were measured.
OF_REFERENCE = Machine(figures=REFERENCE, machine="Intel Xeon, AVX-512 IFMA, 2 cores, CPython 3.11", on="")


def default_file() -> Path:
    """Return where figures are kept: in the user's cache folder (XDG), since they can be measured again."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache else Path.home() / ".cache") / "customs" / "figures.json"


def kept(path: Path) -> Machine:
    """Return the figures of a file. Raises ``OSError``, and ``PlanningError`` for a file that holds none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        figures = MachineFigures(**{name: float(value) for name, value in found["figures"].items()})
        return Machine(figures=figures, machine=str(found["machine"]), on=str(found["on"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PlanningError(
            f"{path} holds no figures of a machine: measure them with customs plan --measure "
            f"不是性能数据文件，请用 customs plan --measure 测量"
        ) from None


def keep(measured: Machine, path: Path) -> None:
    """Write figures to a file, in place of older ones."""
    make_folder(path.parent)
    content = json.dumps(asdict(measured), indent=1, ensure_ascii=False) + "\n"
    write_together({path: content.encode()}, replacing=True)


def measured_now(on: date) -> Machine:
    """Measure this machine."""
    pair = issue_test_key(*DECLARANT, since=_SINCE)
    signer = pair.signer()
    run = Run(signer=signer, on=_DAY, clock=fixed_clock(_NOW), guids=random_guids)
    texts = [each.model_dump_json(exclude_none=True).encode() for each in sample_parcels(PARCELS, seed=7, mode="1210")]
    sm2 = _sm2_signer()
    works: dict[str, Callable[[], object]] = {
        "batched": lambda: sum(len(batch.messages) for batch in run.prepare_many(texts)),
        "single": lambda: [run.prepare(text) for text in texts[:SINGLE]],
        "rsa": lambda: _sign(signer),
        "sm2": lambda: _sign(sm2) if sm2 else None,
    }
    times = {"batched": PARCELS, "single": SINGLE, "rsa": SIGNATURES, "sm2": SIGNATURES}
    spent = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.process_time()
            work()
            spent[name] = min(spent[name], (time.process_time() - start) / times[name])
    if sm2 is None:  # no OpenSSL 3 on this machine
        spent["sm2"] = REFERENCE.sm2 / REFERENCE.rsa * spent["rsa"]
    journal, journal_bytes = min(_journaled(run, texts) for _ in range(3))
    document_bytes, message_bytes = _sizes(run, texts)
    share = FOUR / DOCUMENTS_IN_A_MESSAGE
    signed_message = (spent["single"] - spent["batched"]) / (FOUR - share)
    figures = MachineFigures(
        parcel=spent["batched"] - share * signed_message,
        message=max(signed_message - spent["rsa"], 0),
        rsa=spent["rsa"],
        sm2=spent["sm2"],
        journal=journal,
        document_bytes=document_bytes,
        message_bytes=message_bytes,
        journal_bytes=journal_bytes,
    )
    return Machine(figures=figures, machine=_machine(), on=str(on))


def _sign(signer: Signer) -> None:
    for _ in range(SIGNATURES):
        signer.sign(b"x" * 711)


def _sm2_signer() -> Signer | None:
    try:
        return issue_test_key(*DECLARANT, since=_SINCE, kind="SM2").signer()
    except SigningError:
        return None


def _journaled(run: Run, texts: Sequence[bytes]) -> tuple[float, float]:
    """Return the seconds and the bytes that a parcel takes in a journal; the disk's own time counts."""
    with TemporaryDirectory() as name:
        folder, spent = Path(name), 0.0
        with open_journal(folder) as journal, journal.run("figures", folder, at=_NOW):
            for batch in run.with_(knowledge=journal).prepare_many(texts):
                start = time.perf_counter()
                journal.record(batch, folder, area=run.place, at=_NOW)
                spent += time.perf_counter() - start
        return spent / len(texts), (folder / DATABASE).stat().st_size / len(texts)


def _sizes(run: Run, texts: Sequence[bytes]) -> tuple[float, float]:
    """Return the bytes of a document, and those of a message beside its documents."""
    batches = [message.content for batch in run.prepare_many(texts) for message in batch.messages]
    whole = sum(map(len, batches)) / len(batches)
    singles = [message.content for text in texts[:SINGLE] for message in run.prepare(text).messages]
    one = sum(map(len, singles)) / len(singles)
    document = (whole - one) / (DOCUMENTS_IN_A_MESSAGE - 1)
    return round(document, 1), round(one - document, 1)


def _machine() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    cores = f"{os.cpu_count()} {'core' if os.cpu_count() == 1 else 'cores'}"
    return f"{name}, {cores}, {platform.python_implementation()} {platform.python_version()}"
