"""A run: conditions checked once, parcels that go through it, what it knows of earlier declarations."""

import pickle
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import customs
from customs.areas import UnknownAreaError
from customs.declaration import ClearanceFacts
from customs.documents import BusinessKey, Subscription
from customs.road import LiveSignersError
from customs.rules import Declared, Memory
from customs.rules.knowledge import content_of
from customs.signing import SigningError
from customs.testing import sample_parcels
from customs.testing.keys import KeyPair
from support import MORNING, ROOT, SINGLES_DAY

KEY = customs.KeyFile(ROOT / "tests" / "golden" / "test.key", ROOT / "tests" / "golden" / "test.crt")


def run_of(**conditions: object) -> customs.Run:
    given: dict[str, object] = {
        "on": SINGLES_DAY,
        "clock": customs.fixed_clock(MORNING),
        "guids": customs.seeded_guids(1),
    }
    return customs.Run(**{**given, **conditions})  # type: ignore[arg-type]


def test_the_short_form_and_the_run_prepare_the_same(signer: customs.RsaSigner) -> None:
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    short = customs.prepare(
        parcel, signer=signer, on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1)
    )
    assert run_of(signer=signer).prepare(parcel) == short


def test_a_condition_is_changed_and_the_run_stays(signer: customs.RsaSigner) -> None:
    run = run_of()
    later = run.with_(on=date(2026, 11, 12))
    assert (run.on, later.on) == (SINGLES_DAY, date(2026, 11, 12))
    assert later.with_(on=SINGLES_DAY) == run
    with pytest.raises(TypeError, match="colour"):
        run.with_(colour="blue")


@pytest.mark.parametrize("day", ["2026-11-11", MORNING, None])
def test_a_day_that_is_a_text_or_a_time_is_refused_in_plain_words(day: Any) -> None:
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    with pytest.raises(TypeError, match=r"a day is a datetime\.date, .*日期须为 datetime\.date"):
        run_of(on=day)
    with pytest.raises(TypeError, match=r"a day is a datetime\.date, .*日期须为 datetime\.date"):
        customs.assess(parcel, on=day)
    with pytest.raises(TypeError, match=r"a day is a datetime\.date, .*日期须为 datetime\.date"):
        customs.areas.of("2991", on=day)


@pytest.mark.parametrize(
    "single",
    ["parcels.jsonl", b"{}", Path("parcels.jsonl"), {}, next(sample_parcels(1, seed=7, mode="1210"))],
    ids=["name", "bytes", "path", "mapping", "declaration"],
)
def test_a_single_parcel_or_the_name_of_a_file_is_no_stream(single: Any) -> None:
    for take in (run_of().prepare_many, run_of().examine):
        with pytest.raises(TypeError, match=r"a stream of parcels is expected.*此处须为包裹序列"):
            take(single)


def test_mistakes_in_the_conditions_are_told_when_the_run_is_made(signer: customs.RsaSigner, tmp_path: Path) -> None:
    with pytest.raises(UnknownAreaError, match="mars"):
        run_of(area="mars")
    with pytest.raises(ValueError, match="not both"):
        run_of(signer=signer, keys=KEY)
    with pytest.raises(ValueError, match="not known: list"):
        run_of(keys={"list": KEY})
    with pytest.raises(ValueError, match="at most 5 subscriptions, not 6"):
        run_of(subscriptions=[Subscription(status="ALL", dxp_address="D")] * 6)
    with pytest.raises(FileNotFoundError):
        run_of(keys=customs.KeyFile(tmp_path / "none.key"))


def test_keys_are_opened_for_all_documents_or_for_each(keys: KeyPair, tmp_path: Path) -> None:
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    assert [each.signed for each in run_of(keys=KEY).prepare(parcel).messages] == [True] * 4
    alone = run_of(keys={"declaration_list": KEY}).prepare(parcel)
    assert [each.signed for each in alone.messages] == [False, False, False, True]


def test_the_password_of_a_key_comes_from_the_environment(
    keys: KeyPair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cryptography.hazmat.primitives import serialization

    loaded = serialization.load_pem_private_key(keys.key, None)
    encrypted = loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    (tmp_path / "a.key").write_bytes(encrypted)
    (tmp_path / "a.crt").write_bytes(keys.certificate)
    file = customs.KeyFile(tmp_path / "a.key", tmp_path / "a.crt", password_from="OWN_PASSWORD")  # noqa: S106
    monkeypatch.setenv("OWN_PASSWORD", "secret")
    assert file().certificate == keys.signer().certificate
    assert b"secret" not in pickle.dumps(file)
    monkeypatch.delenv("OWN_PASSWORD")
    with pytest.raises(SigningError, match="OWN_PASSWORD must hold the password"):
        file()


def test_a_run_with_open_keys_is_not_pickled_and_says_what_to_do(signer: customs.RsaSigner) -> None:
    with pytest.raises(LiveSignersError, match=r"give keys= in place of signer=.*请改用 keys="):
        pickle.dumps(run_of(signer=signer))


def test_a_pickled_run_is_equal_and_holds_no_key() -> None:
    run = run_of(keys=KEY)
    run.prepare(next(sample_parcels(1, seed=7, mode="1210")))
    pickled = pickle.dumps(run)
    assert pickle.loads(pickled) == run  # noqa: S301
    assert len(pickled) < 2000, "paths and names alone"


def test_a_part_of_a_stream_has_its_own_positions_and_guids() -> None:
    parcels = list(sample_parcels(3, seed=7, mode="1210"))
    whole, part = run_of(keys=KEY), run_of(keys=KEY).from_position(3)
    assert part.prepare(parcels[2]).position == 3
    assert [each.position for each in part.examine(parcels)] == [3, 4, 5]
    (one,), (other,) = list(whole.prepare_many(parcels)), list(part.prepare_many(parcels))
    assert not {each.guid for each in one.messages} & {each.guid for each in other.messages}


# what was declared before


def test_two_streams_of_a_run_know_nothing_of_each_other() -> None:
    run = run_of(keys=KEY)
    parcels = list(sample_parcels(2, seed=5, mode="9610"))
    for _ in range(2):
        (batch,) = run.prepare_many(parcels)
        assert [parcel.findings for parcel in batch.parcels] == [(), ()]


def test_an_order_that_was_declared_in_an_earlier_run_is_refused() -> None:
    first, _ = run_of().examine(sample_parcels(2, seed=5, mode="9610"))
    assert first.documents
    memory = Memory()
    memory.note(
        Declared(message="5A3F", content=content_of(first.documents.order), at=datetime(2026, 11, 10, 9)),
        first.documents.order.key,
    )
    again, other = run_of(knowledge=memory).examine(sample_parcels(2, seed=5, mode="9610"))
    assert [(each.code, each.path) for each in again.findings] == [("declared-before", "order.order_no")]
    assert "in message 5A3F on 2026-11-10 09:00:00, with the same content" in again.findings[0].en
    assert "报文 5A3F，2026-11-10 09:00:00，内容相同" in again.findings[0].zh
    assert not other.findings
    assert run_of(knowledge=memory).prepare(first.declaration or "").refused


def test_other_content_under_an_earlier_number_is_named() -> None:
    (first,) = run_of().examine(sample_parcels(1, seed=5, mode="9610"))
    assert first.documents
    memory = Memory()
    memory.note(Declared(message="5A3F", content="of another order"), first.documents.waybill.key)
    (again,) = run_of(knowledge=memory).examine(sample_parcels(1, seed=5, mode="9610"))
    assert [(each.code, each.path) for each in again.findings] == [("declared-before", "waybill.waybill_no")]
    assert "with other content" in again.findings[0].en


def numbered(declaration: customs.Declaration) -> ClearanceFacts:
    """The facts of clearance with the numbers that customs gave."""
    return declaration.clearance.model_copy(
        update={"pre_entry_no": "B20261111000000001", "list_no": "29912026I000000001"}
    )


def test_an_amendment_names_what_was_declared_before() -> None:
    (first,) = run_of().examine(sample_parcels(1, seed=5, mode="9610"))
    assert first.documents
    assert first.declaration
    memory = Memory()
    memory.note(Declared(message="5A3F"), first.documents.order.key, first.documents.waybill.key)
    amended = first.declaration.model_copy(update={"app_type": "2", "clearance": numbered(first.declaration)})
    assert not run_of(keys=KEY, knowledge=memory).prepare(amended).refused


def test_a_run_asks_what_it_is_given_to_know_and_writes_nothing_there() -> None:
    asked: list[BusinessKey] = []

    class Records:
        """The records of an enterprise that has declared nothing yet."""

        def declared(self, key: BusinessKey) -> None:
            asked.append(key)

        def digest(self, content: bytes) -> str:
            raise AssertionError("nothing was declared that could be compared")

    (batch,) = run_of(keys=KEY, knowledge=Records()).prepare_many(sample_parcels(1, seed=5, mode="9610"))
    assert [str(each.message) for each in asked] == ["CEB311", "CEB311", "CEB511", "CEB411", "CEB621"]
    assert len(batch.messages) == 4


def test_the_content_of_a_document_is_all_but_its_number_and_time() -> None:
    def order(minute: int, seed: int) -> str:
        run = run_of(clock=customs.fixed_clock(MORNING.replace(minute=minute)), guids=customs.seeded_guids(minute))
        (parcel,) = run.examine(sample_parcels(1, seed=seed, mode="9610"))
        assert parcel.documents
        return content_of(parcel.documents.order)

    assert order(1, 5) == order(2, 5)
    assert order(1, 5) != order(1, 6)
