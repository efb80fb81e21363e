"""What platforms and customs push is stored once and answered as each of them wants to hear it, whoever else calls."""

from dataclasses import replace
from datetime import timedelta

import pytest

from customs.exchange.receivers import NingboPush, PushReceiver, Refusal
from support import exactly
from support.pushes import (
    NOW,
    PLATFORM,
    PLATFORMS,
    MemoryStore,
    Platform,
    data_request_fields,
    guangzhou_fields,
    ningbo_fields,
    receipt,
    request,
    traffic,
)

every_platform = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)


@every_platform
@pytest.mark.long
def test_of_ten_thousand_repeated_reordered_tampered_and_foreign_calls_the_true_ones_are_stored_each_once(
    platform: Platform,
) -> None:
    store = MemoryStore()
    receiver = platform.receiver(store)
    posts = traffic(platform, seed=11, count=10_000, true=400)
    seen, kinds = set[int](), set[Refusal | None]()
    for post in exactly(10_000, posts):
        found = receiver.answer(post.request)
        kinds.add(post.why)
        if post.number is None:
            assert post.why is not None
            assert (found.outcome, found.why) == ("refused", post.why)
            assert (found.status, found.content) == platform.refused[post.why]
        else:
            assert found.outcome == ("known" if post.number in seen else "stored")
            assert (found.status, found.content) == (200, platform.success)
            seen.add(post.number)
    assert len(kinds) >= 4
    assert sorted(each.content for each in store.items.values()) == sorted(
        platform.content(each) for each in range(400)
    )
    assert {(each.caller, each.received) for each in store.items.values()} == {(PLATFORM, NOW)}


@every_platform
def test_a_store_that_fails_is_answered_as_a_failure_and_the_repetition_is_stored(platform: Platform) -> None:
    store = MemoryStore(failing=2)
    receiver, call = platform.receiver(store), request(platform.fields(1))
    for _ in range(2):
        found = receiver.answer(call)
        assert (found.status, found.content) == platform.refused[Refusal.STORE]
        assert (found.outcome, found.why) == ("failed", Refusal.STORE)
    assert store.items == {}
    assert receiver.answer(call).outcome == "stored"
    assert [each.content for each in store.items.values()] == [platform.content(1)]


@every_platform
def test_a_store_that_stored_and_could_not_say_so_has_it_once_after_the_repetition(platform: Platform) -> None:
    store = MemoryStore(lost_answers=1)
    receiver, call = platform.receiver(store), request(platform.fields(1))
    assert receiver.answer(call).outcome == "failed"
    assert (receiver.answer(call).outcome, receiver.answer(call).content) == ("known", platform.success)
    assert len(store.items) == 1


@every_platform
def test_what_is_larger_than_is_read_is_refused_before_it_is_taken_apart(platform: Platform) -> None:
    receiver = platform.receiver()
    large = request(platform.fields(1), body=b"a=" + b"x" * receiver.dialect.most_bytes)
    assert receiver.answer(large).why is Refusal.TOO_LARGE


@every_platform
@pytest.mark.parametrize(
    "body",
    [b"&" * 1_000_000, b"=" * 1_000_000, b"%" * 1_000_000, b"a=1&" * 250_000, b"\x00\xff" * 9_000, b"key[][][]=1&" * 9],
    ids=["ampersands", "equal signs", "percent signs", "fields", "bytes", "brackets"],
)
def test_a_form_bomb_is_refused(platform: Platform, body: bytes) -> None:
    found = platform.receiver().answer(request({}, body=body))
    assert found.outcome == "refused"
    assert len(found.content) < 300


@every_platform
def test_no_refusal_repeats_what_was_posted(platform: Platform) -> None:
    receiver = platform.receiver()
    posted = "SECRET-8a1f"
    for fields in ({}, platform.fields(1), dict.fromkeys(platform.fields(1), posted)):
        call = request(fields | {posted: posted}, content_type=f"text/{posted}")
        found = receiver.answer(call)
        assert found.outcome == "refused"
        assert posted not in f"{found!r} {found.content!r} {call!r}".replace(f"text/{posted}", "")
    assert "fictitious" not in repr(receiver.dialect)


# Guangzhou


def test_a_receipt_in_another_encoding_or_of_no_form_is_kept_to_the_byte() -> None:
    store = MemoryStore()
    receiver = PLATFORMS["Guangzhou"].receiver(store)
    bomb = b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 99 + b'"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>'
    contents = ["<?xml version='1.0' encoding='gb2312'?><a>回执</a>".encode("gb2312"), b"\x00\xff\xfe", b"no xml", bomb]
    for each in contents:
        assert receiver.answer(request(guangzhou_fields(1) | {"messageText": each})).content == b"success"
    assert [each.content for each in store.items.values()] == contents


def test_the_identifier_and_key_may_stand_in_the_query_as_they_do_where_messages_are_sent() -> None:
    receiver = PLATFORMS["Guangzhou"].receiver()
    query = b"clientid=C1&key=fictitious+key&messageType=CEB312"
    assert receiver.answer(request({"messageText": receipt(1)}, query=query)).content == b"success"
    assert receiver.answer(request(guangzhou_fields(1), query=query)).why is Refusal.FORM


def test_a_type_that_is_not_fit_to_be_shown_is_left_out() -> None:
    store = MemoryStore()
    PLATFORMS["Guangzhou"].receiver(store).answer(request(guangzhou_fields(1) | {"messageType": "../../../etc\n"}))
    assert [each.name for each in store.items.values()] == [""]


# Ningbo


@pytest.mark.parametrize(
    ("minutes", "outcome"), [(-20.02, "refused"), (-20, "stored"), (0, "stored"), (20, "stored"), (20.02, "refused")]
)
def test_a_call_of_ningbo_is_taken_within_twenty_minutes_of_its_time(minutes: float, outcome: str) -> None:
    call = request(ningbo_fields(1, NOW), received=NOW + timedelta(minutes=minutes))
    assert PLATFORMS["Ningbo"].receiver().answer(call).outcome == outcome


def test_a_call_of_ningbo_whose_time_is_changed_or_left_out_is_refused() -> None:
    receiver = PLATFORMS["Ningbo"].receiver()
    fields = ningbo_fields(1, NOW)
    later = receiver.answer(request(fields | {"timestamp": "2026-11-11 08:01:00"}))
    without = receiver.answer(request({name: each for name, each in fields.items() if name != "timestamp"}))
    assert (later.why, without.why) == (Refusal.SIGNATURE, Refusal.SIGNATURE)


def test_a_call_of_the_warehouse_has_no_time() -> None:
    assert PLATFORMS["Ningbo"].receiver().answer(request(ningbo_fields(1))).outcome == "stored"


@pytest.mark.parametrize(
    ("kind", "root"),
    [
        ("cnec_wh_3", "kjSkuResponse"),
        ("cnec_wh_4", "kjAsnResponse"),
        ("cnec_wh_5", "kjAsnCancelResponse"),
        ("cnec_wh_6", "kjsoOrderResponse"),
        ("cnec_wh_9", "mftVerifyResponse"),
        ("cnec_wh_11", "wmsOrderCancelResponse"),
        ("cnec_wh_77", "kjResponse"),
    ],
)
def test_ningbo_is_answered_with_the_element_of_the_messages_type(kind: str, root: str) -> None:
    found = PLATFORMS["Ningbo"].receiver().answer(request(ningbo_fields(1) | {"msgtype": kind}))
    assert found.content.decode().endswith(f"<{root}><success>true</success><reasons></reasons></{root}>")


def test_the_digest_of_ningbo_does_not_cover_the_message_so_that_only_the_network_protects_it() -> None:
    store = MemoryStore()
    receiver = PLATFORMS["Ningbo"].receiver(store)
    changed = ningbo_fields(1) | {"msg": "<kjOrder>another one</kjOrder>"}
    assert [receiver.answer(request(each)).outcome for each in (ningbo_fields(1), changed)] == ["stored", "stored"]
    assert receiver.answer(request(changed, caller="198.51.100.1")).why is Refusal.NETWORK
    assert len(store.items) == 2


# announcement 179


def test_a_request_of_customs_asked_again_at_a_later_time_is_the_same_and_another_order_is_not() -> None:
    store = MemoryStore()
    receiver = PLATFORMS["announcement 179"].receiver(store)
    calls = [data_request_fields(1), data_request_fields(1, NOW + timedelta(hours=1)), data_request_fields(2)]
    assert [receiver.answer(request(each)).outcome for each in calls] == ["stored", "known", "stored"]


def test_a_request_whose_quotation_marks_are_entities_is_taken() -> None:
    escaped = str(data_request_fields(1)["openReq"]).replace('"', "&quot;")
    assert PLATFORMS["announcement 179"].receiver().answer(request({"openReq": escaped})).outcome == "stored"


# callers


def test_a_caller_with_the_right_key_from_another_network_is_turned_away_before_anything_is_read() -> None:
    dialect = NingboPush(user_id="U1", password="fictitious")  # noqa: S106
    store = MemoryStore()
    receiver = replace(PLATFORMS["Ningbo"].receiver(store), dialect=dialect)
    for caller in ("198.51.100.1", "", "no address", "::1", "203.0.113.256"):
        assert receiver.answer(request(ningbo_fields(1), caller=caller)).why is Refusal.NETWORK
    assert receiver.answer(request(ningbo_fields(1), caller="::ffff:203.0.113.9")).outcome == "stored"
    everywhere = PushReceiver(name="here", dialect=dialect, store=store)
    assert everywhere.answer(request(ningbo_fields(2), caller="198.51.100.1")).outcome == "stored"
