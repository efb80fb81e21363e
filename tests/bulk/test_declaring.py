import csv
import json
import multiprocessing
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import customs
from customs.bulk import Totals, declare, declaring
from customs.bulk.sources import Given
from customs.files import NotWrittenError
from customs.journal import JournalHeldError, open_journal, read_journal
from customs.rules import catalogue
from customs.testing import sample_parcels
from customs.testing.keys import KeyPair
from support.interruption import declared_in

NOW = datetime(2026, 11, 11, 8)


@pytest.fixture
def run(keys: KeyPair, tmp_path: Path) -> customs.Run:
    (tmp_path / "own.key").write_bytes(keys.key)
    (tmp_path / "own.crt").write_bytes(keys.certificate)
    return customs.Run(
        on=date(2026, 11, 11),
        clock=customs.fixed_clock(NOW),
        guids=customs.seeded_guids(1),
        keys=customs.KeyFile(tmp_path / "own.key", tmp_path / "own.crt"),
    )


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of 40 parcels, so that a small stream has several."""
    monkeypatch.setattr(declaring, "PARCELS_IN_A_CHUNK", 40)


def texts(count: int, seed: int = 7) -> list[str]:
    """Parcels of which every tenth is refused."""
    parcels = [
        each.model_dump(mode="json", exclude_none=True) for each in sample_parcels(count, seed=seed, mode="1210")
    ]
    for parcel in parcels[9::10]:
        parcel["payment"]["payer_name"] = "别人"
    return [json.dumps(each, ensure_ascii=False) for each in parcels]


def manifest(out: Path, name: str = "parcels") -> list[list[str]]:
    with (out / f"{name}.manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def outcomes(out: Path) -> Counter[str]:
    return Counter(row[3] for row in manifest(out))


def refused(out: Path) -> list[int]:
    return [json.loads(line)["parcel"] for line in (out / "refused.jsonl").read_text("utf-8").splitlines()]


def assert_whole(out: Path, parcels: list[str]) -> None:
    """Each parcel is in one message of each kind, or refused once, and the manifest has a row for each in order."""
    found = declared_in(out)
    assert set(found.values()) == {1}
    assert len(found) == 4 * (len(parcels) - len(parcels) // 10)
    assert refused(out) == list(range(10, len(parcels) + 1, 10))
    assert [int(row[8]) for row in manifest(out)] == list(range(1, len(parcels) + 1))
    assert not list(out.glob("*.part"))


def breaking_off(parcels: Iterable[str], after: int) -> Iterator[str]:
    for number, each in enumerate(parcels):
        if number == after:
            raise ConnectionError("the line was cut")
        yield each


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.long
def test_a_stream_ends_in_messages_refusals_and_a_manifest(workers: int, run: customs.Run, tmp_path: Path) -> None:
    parcels, out = texts(130), tmp_path / "out"
    told: list[int] = []
    totals = declare(parcels, out, run=run, workers=workers, progress=lambda each: told.append(each.parcels))
    assert_whole(out, parcels)
    assert told == [40, 80, 120, 130]
    batches = list(run.prepare_many(parcels))
    tax = sum(
        each.assessment.due for batch in batches for each in batch.parcels if each.assessment and not each.refused
    )
    assert (totals.parcels, totals.refused, totals.skipped, totals.tax) == (130, 13, 0, tax)
    assert (totals.documents, totals.messages) == (4 * 117, len(list(out.glob("*.xml")))) == (468, 16)
    assert sum(Decimal(row[6]) for row in manifest(out) if row[6]) == tax
    assert not multiprocessing.active_children()
    with read_journal(out) as journal:
        assert journal.unfinished == ()
        files = {entry.file for entry in journal.entries()}
        assert files == {each.name for each in out.glob("*.xml")}


@pytest.mark.long
def test_messages_do_not_depend_on_the_number_of_workers(run: customs.Run, tmp_path: Path) -> None:
    parcels = texts(130)
    for workers in (1, 3):
        declare(parcels, tmp_path / str(workers), run=run, workers=workers)
    one, other = (
        {each.name: each.read_bytes() for each in (tmp_path / str(workers)).iterdir() if each.is_file()}
        for workers in (1, 3)
    )
    assert one == other
    assert len(one) == 18


@pytest.mark.long
def test_a_stream_given_again_is_skipped(run: customs.Run, tmp_path: Path) -> None:
    parcels, out = texts(90), tmp_path / "out"
    declare(parcels, out, run=run)
    first = manifest(out)
    totals = declare(parcels, out, run=run, workers=2)
    assert (totals.parcels, totals.skipped, totals.refused, totals.messages) == (90, 81, 9, 0)
    assert_whole(out, parcels)
    assert outcomes(out) == {"declared-before": 81, "refused": 9}
    assert [row[4:7] for row in manifest(out)] == [row[4:7] for row in first], "with its messages and its tax"


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.long
def test_a_stream_that_broke_off_is_gone_on_with(workers: int, run: customs.Run, tmp_path: Path) -> None:
    parcels, out = texts(170), tmp_path / "out"
    with pytest.raises(ConnectionError):
        declare(breaking_off(parcels, 100), out, run=run, workers=workers)
    assert not (out / "refused.jsonl").exists(), "not complete"
    before = {each.name for each in out.glob("*.xml")}
    assert len(before) == 8
    with read_journal(out) as journal:
        assert journal.unfinished == ("parcels",)
    told: list[Totals] = []
    totals = declare(parcels, out, run=run, workers=workers, progress=told.append)
    assert (totals.parcels, totals.refused, totals.skipped) == (170, 17, 0)
    assert told[0].parcels == 120, "the chunks that were entered are passed"
    assert_whole(out, parcels)
    assert outcomes(out) == {"declared": 153, "refused": 17}
    assert before < {each.name for each in out.glob("*.xml")}


def test_lines_that_were_added_but_not_entered_are_cut_off(run: customs.Run, tmp_path: Path) -> None:
    parcels, out = texts(130), tmp_path / "out"
    with pytest.raises(ConnectionError):
        declare(breaking_off(parcels, 100), out, run=run)
    for each in out.glob("*.part"):
        with each.open("ab") as file:
            file.write(b"half a li")
    declare(parcels, out, run=run)
    assert_whole(out, parcels)


def test_lines_that_were_lost_are_written_anew(run: customs.Run, tmp_path: Path) -> None:
    parcels, out = texts(130), tmp_path / "out"
    with pytest.raises(ConnectionError):
        declare(breaking_off(parcels, 100), out, run=run)
    next(out.glob("refused*.part")).unlink()
    totals = declare(parcels, out, run=run)
    assert (totals.skipped, totals.refused) == (72, 13)
    assert_whole(out, parcels)


def test_an_input_that_changed_is_decided_anew_from_there_on(run: customs.Run, tmp_path: Path) -> None:
    parcels, out = texts(130), tmp_path / "out"
    with pytest.raises(ConnectionError):
        declare(breaking_off(parcels, 100), out, run=run)
    other = json.loads(parcels[50])
    other["order"]["buyer_name"] = other["payment"]["payer_name"] = "另一个人"
    parcels[50] = json.dumps(other)
    del parcels[60]
    totals = declare(parcels, out, run=run)
    said = {row[8]: (row[3], row[7]) for row in manifest(out)}
    assert said["1"][0] == "declared"
    assert said["41"][0] == "declared-before"
    assert said["51"] == ("refused", "declared-before")
    assert (totals.parcels, totals.skipped) == (129, 34)
    assert set(declared_in(out).values()) == {1}
    assert [int(row[8]) for row in manifest(out)] == list(range(1, 130))


def test_a_shorter_input_ends_where_it_ends(run: customs.Run, tmp_path: Path) -> None:
    parcels, out = texts(130), tmp_path / "out"
    with pytest.raises(ConnectionError):
        declare(breaking_off(parcels, 100), out, run=run)
    totals = declare(parcels[:40], out, run=run)
    assert totals.parcels == 40
    assert [int(row[8]) for row in manifest(out)] == list(range(1, 41))
    assert refused(out) == [10, 20, 30, 40]


def test_another_day_is_decided_anew(run: customs.Run, tmp_path: Path) -> None:
    parcels, out = texts(130), tmp_path / "out"
    with pytest.raises(ConnectionError):
        declare(breaking_off(parcels, 100), out, run=run)
    totals = declare(parcels, out, run=run.with_(on=date(2026, 11, 12)))
    assert totals.skipped == 72
    assert_whole(out, parcels)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.long
def test_numbers_that_come_again_in_another_chunk_are_found_on_disk(
    workers: int, run: customs.Run, tmp_path: Path
) -> None:
    parcels = texts(170)
    parcels[130] = parcels[121] = parcels[2]
    repeated = json.loads(parcels[150])
    repeated["payment"]["payment_no"] = json.loads(parcels[60])["payment"]["payment_no"]
    parcels[150] = json.dumps(repeated)
    declare(parcels, tmp_path / "out", run=run, workers=workers)
    by_position = {row[8]: (row[3], row[7]) for row in manifest(tmp_path / "out")}
    for position in ("122", "131", "151"):
        assert by_position[position] == ("refused", "duplicate")
    rows = [json.loads(line) for line in (tmp_path / "out" / "refused.jsonl").read_text("utf-8").splitlines()]
    told = {
        row["parcel"]: row["findings"][0]["en"]
        for row in rows
        if row["findings"][0]["code"] == catalogue.DUPLICATE.code
    }
    of_one_stream = {
        parcel.position: parcel.findings[0].en
        for batch in run.prepare_many(parcels)
        for parcel in batch.parcels
        if any(each.code == catalogue.DUPLICATE.code for each in parcel.findings)
    }
    assert told == of_one_stream
    assert list(told) == [122, 131, 151]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.long
def test_a_buyer_passes_the_yearly_limit_with_parcels_of_several_chunks(
    workers: int, run: customs.Run, tmp_path: Path
) -> None:
    parcels = [json.loads(each) for each in texts(130)]
    for number in (3, 93):
        for name in ("buyer_id_number", "buyer_name", "buyer_id_type"):
            parcels[number]["order"][name] = parcels[3]["order"][name]
        parcels[number]["payment"]["payer_id_number"] = parcels[3]["order"]["buyer_id_number"]
        parcels[number]["payment"]["payer_name"] = parcels[3]["order"]["buyer_name"]
    parcels[3]["quota_used"] = "25990"
    given = [json.dumps(each) for each in parcels]
    out = tmp_path / "out"
    with pytest.raises(ConnectionError):
        declare(breaking_off(given, 85), out, run=run, workers=workers)  # the buyers are remembered on disk
    declare(given, out, run=run, workers=workers)
    stream = {each.position: each for batch in run.prepare_many(given) for each in batch.parcels}
    said = {int(row[8]): (row[3] == "refused", row[7]) for row in manifest(out)}
    assert said[94] == (stream[94].refused, "; ".join(dict.fromkeys(each.code for each in stream[94].findings)))
    assert said[94][1]
    content = (out / "journal" / "declared.db").read_bytes() + b"".join(
        each.read_bytes() for each in (out / "journal").glob("*wal")
    )
    assert parcels[3]["order"]["buyer_id_number"].encode() not in content


def test_what_the_source_refuses_keeps_its_reasons_and_its_place(run: customs.Run, tmp_path: Path) -> None:
    finding = catalogue.SOURCE_DAMAGED.at("", place=2, why="cut off", why_zh="不完整")
    parcels = [Given(texts(1)[0], 1), Given(b"", 2, order_no="EX-OF-THE-LIST", findings=(finding,))]
    totals = declare(parcels, tmp_path / "out", run=run)
    assert (totals.parcels, totals.refused) == (2, 1)
    assert [row[0] for row in manifest(tmp_path / "out")][1] == "EX-OF-THE-LIST"
    (row,) = (tmp_path / "out" / "refused.jsonl").read_text("utf-8").splitlines()
    assert [each["code"] for each in json.loads(row)["findings"]] == [finding.code]


def test_a_file_of_json_lines_is_a_source(run: customs.Run, tmp_path: Path) -> None:
    (tmp_path / "november.jsonl").write_text("\n".join(texts(50)) + "\n{\n", encoding="utf-8")
    totals = declare(tmp_path / "november.jsonl", tmp_path / "out", run=run)
    assert (totals.parcels, totals.refused) == (51, 6)
    assert len(manifest(tmp_path / "out", "november")) == 51
    with pytest.raises(TypeError, match="not a single str"):
        declare("november.jsonl", tmp_path / "out", run=run)


def test_an_empty_stream_has_an_empty_manifest(run: customs.Run, tmp_path: Path) -> None:
    assert declare([], tmp_path, run=run).parcels == 0
    assert manifest(tmp_path) == []
    assert (tmp_path / "refused.jsonl").read_bytes() == b""


def test_two_at_once_are_not(run: customs.Run, tmp_path: Path) -> None:
    with open_journal(tmp_path / "state"), pytest.raises(JournalHeldError):
        declare(texts(1), tmp_path / "out", run=run, state=tmp_path / "state")
    declare(texts(1), tmp_path / "out", run=run, state=tmp_path / "state")


def test_a_chunk_that_cannot_be_written_does_not_count(
    run: customs.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcels, out = texts(130), tmp_path / "out"
    with monkeypatch.context() as full:
        left = [11]

        def forced(number: int) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise OSError(28, "No space left on device")

        full.setattr("customs.files.growing.os.fsync", forced)
        with pytest.raises(NotWrittenError):
            declare(parcels, out, run=run)
    with read_journal(out) as journal:
        assert journal.messages == len(list(out.glob("*.xml")))
    declare(parcels, out, run=run)
    assert_whole(out, parcels)


def test_files_of_a_stream_that_was_whole_get_their_names_later(
    run: customs.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcels, out = texts(50), tmp_path / "out"
    with monkeypatch.context() as killed:
        killed.setattr("customs.journal.streams.place_keeping", lambda staged: 1 / 0)
        killed.setattr("customs.journal.runs.Runs.finish", lambda runs, folder: None)
        killed.setattr("customs.journal.runs.Runs.break_off", lambda runs, folder: None)
        with pytest.raises(ZeroDivisionError):
            declare(parcels, out, run=run)
    assert len(list(out.glob("*.part"))) == 2
    totals = declare(parcels, out, run=run)
    assert totals.skipped == 45
    assert_whole(out, parcels)
    assert b",declared," in (out / "parcels.manifest-1.csv").read_bytes()


def test_a_journal_of_the_form_before_knows_its_parcels(run: customs.Run, tmp_path: Path) -> None:
    parcels, out = texts(30), tmp_path / "out"
    declare(parcels, out, run=run)
    database = sqlite3.connect(out / "journal" / "declared.db")
    with database:  # the tables of the second form
        database.execute("CREATE TABLE keys(key TEXT, parcel INTEGER, PRIMARY KEY(key, parcel)) WITHOUT ROWID")
        for key, parcel in database.execute("SELECT key, parcel FROM numbers").fetchall():
            number, message, *codes = key.split("\x1f")
            if message:
                database.execute("INSERT INTO keys VALUES (?, ?)", ("\x1f".join((message, *codes, number)), parcel))
        database.execute(
            "UPDATE parcels SET order_key = (SELECT key FROM keys WHERE parcel = id AND key LIKE 'CEB311%')"
        )
        for table in ("numbers", "streams", "chunks", "used"):
            database.execute(f"DROP TABLE {table}")
        for column in ("order_key", "order_no", "waybill_no", "payment_no", "internal_no"):
            database.execute(f"CREATE INDEX parcels_{column.replace('_key', '')} ON parcels({column})")
        database.execute("PRAGMA user_version = 2")
    database.close()
    order = json.loads(parcels[0])["order"]["order_no"]
    with open_journal(out) as journal:
        assert len(list(journal.entries(order))) == 4
        assert len(list(journal.entries(json.loads(parcels[0])["waybill"]["waybill_no"]))) == 4
        assert len(journal.carrying_order(order)) == 4
        assert journal.release(order, "test", at=NOW) == 1
    totals = declare(parcels, out, run=run)
    assert (totals.skipped, totals.refused, totals.messages) == (26, 3, 4)


def test_a_parcel_is_found_by_every_number_it_has_whatever_was_sent_of_it(run: customs.Run, tmp_path: Path) -> None:
    (parcel,) = texts(1)
    facts = json.loads(parcel)
    for only in ((), ("payment",)):
        out = tmp_path / str(len(only))
        declare([parcel], out, run=run.with_(only=only))
        with read_journal(out) as journal:
            numbers = facts["order"]["order_no"], facts["payment"]["payment_no"], facts["waybill"]["waybill_no"]
            assert [len(list(journal.entries(each))) for each in numbers] == [len(only) or 4] * 3
