"""With cebFlag 03 the platform waits for a signature: what was declared here is signed within a bound, and nothing else."""

import asyncio
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest

import customs
from customs.documents import Document
from customs.exchange.receivers import (
    CallbackApplication,
    PushedRequest,
    PushReceiver,
    Refusal,
    SigningDesk,
    ZhejiangSigning,
)
from customs.signing import Signature, Signer, SigningError
from customs.testing import sample_parcels
from support.pushes import (
    FORM,
    NETWORKS,
    NOW,
    PLATFORM,
    PLATFORMS,
    MemoryStore,
    platform_key,
    public_key,
    receipt,
    request,
    zhejiang_area,
    zhejiang_fields,
    zhejiang_form,
)

Walk = Callable[..., customs.Prepared]


class Slow:
    """A key that signs when it is let, and remembers how often."""

    def __init__(self, signer: Signer, *, broken: bool = False) -> None:
        self.signer, self.broken = signer, broken
        self.certificate = signer.certificate
        self.algorithm = signer.algorithm
        self.let = threading.Event()
        self.signed = 0

    def sign(self, data: bytes) -> Signature:
        assert self.let.wait(20)
        if self.broken:
            raise SigningError("the card is not in the reader")
        self.signed += 1
        return self.signer.sign(data)


@pytest.fixture
def message(walk: Walk) -> bytes:
    """The message of one order as the platform makes it: without a signature."""
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    content = walk(parcel).messages[0].content
    return re.sub(rb"<ds:Signature.*</ds:Signature>", b"", content, flags=re.DOTALL)


def call(content: bytes, **changed: str | bytes) -> PushedRequest:
    return request(zhejiang_form(content, kind="CEB311") | changed)


def receiver(
    store: MemoryStore, desk: SigningDesk, ours: Callable[[Document], bool] = lambda document: True
) -> PushReceiver:
    dialect = ZhejiangSigning(area=zhejiang_area(), platform_key=public_key(platform_key()), desk=desk, ours=ours)
    return PushReceiver(name="signing", dialect=dialect, store=store, networks=NETWORKS)


def refused(why: Refusal) -> bytes:
    told = f"<errorCode>{why.name}</errorCode><errorMsg>{why.zh}</errorMsg>"
    return f"<response><success>false</success>{told}</response>".encode()


def test_what_was_declared_here_is_stored_signed_and_given_back_and_a_repetition_gets_the_same(
    message: bytes, signer: Signer
) -> None:
    store, declared = MemoryStore(), customs.read(message).documents
    taken = receiver(store, SigningDesk(signer), lambda document: document in declared)
    first, again = taken.answer(call(message)), taken.answer(call(message))
    assert (first.outcome, again.outcome, first.status) == ("stored", "known", 200)
    assert first.content == again.content
    found = customs.verify(first.content)
    assert found.valid, found.reasons
    assert found.certificate == signer.certificate
    assert customs.read(first.content).documents == declared
    assert [each.content for each in store.items.values()] == [message]


def test_nothing_is_signed_that_was_not_declared_here_or_does_not_come_from_the_platform(
    message: bytes, signer: Signer
) -> None:
    slow = Slow(signer)
    desk = SigningDesk(slow)
    cases = {
        Refusal.NOT_OURS: receiver(MemoryStore(), desk, lambda document: False).answer(call(message)),
        Refusal.SIGNATURE: receiver(MemoryStore(), desk).answer(call(message, data_digest="AAAA")),
        Refusal.STORE: receiver(MemoryStore(failing=1), desk).answer(call(message)),
        Refusal.FORM: receiver(MemoryStore(), desk).answer(request({"content": "AAAA"})),
    }
    assert {why: (each.why, each.content) for why, each in cases.items()} == {why: (why, refused(why)) for why in cases}
    no_message = receiver(MemoryStore(), desk).answer(call(b"<!DOCTYPE a><a/>"))
    receipt_of_customs = receiver(MemoryStore(), desk).answer(call(receipt(1)))
    assert [no_message.content, receipt_of_customs.content] == [refused(Refusal.NOT_OURS)] * 2
    assert slow.signed == 0


@pytest.mark.long
def test_a_key_that_does_not_answer_in_time_keeps_nobody_waiting_and_few_wait_for_it(
    message: bytes, signer: Signer
) -> None:
    slow, store = Slow(signer), MemoryStore()
    taken = receiver(store, SigningDesk(slow, seconds=0.2, at_once=1, waiting=1))
    for _ in range(4):
        found = taken.answer(call(message))
        assert (found.outcome, found.status, found.content) == ("failed", 503, refused(Refusal.SIGNING))
    assert len(store.items) == 1, "it is stored all the same"
    slow.let.set()
    patient = receiver(store, SigningDesk(slow, seconds=20))
    assert patient.answer(call(message)).outcome == "known"
    assert slow.signed <= 2, "what was given up while it waited is not signed"


def test_a_key_that_stands_still_does_not_keep_receipts_waiting(message: bytes, signer: Signer) -> None:
    slow, receipts = Slow(signer), MemoryStore()
    application = CallbackApplication(
        {"/sign": receiver(MemoryStore(), SigningDesk(slow)), "/receipts": PLATFORMS["Zhejiang"].receiver(receipts)},
        clock=lambda: NOW,
    )
    signing, receipt_call = call(message), request(zhejiang_fields(1))

    async def called(path: str, body: bytes) -> bytes:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(part: dict[str, Any]) -> None:
            sent.append(part)

        head = {"type": "http", "method": "POST", "path": path, "client": (PLATFORM, 1)}
        await application({**head, "headers": [(b"content-type", FORM.encode())]}, receive, send)
        return bytes(sent[1]["body"])

    async def all_at_once() -> tuple[bytes, list[bytes]]:
        waiting = [asyncio.create_task(called("/sign", signing.body)) for _ in range(12)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            heard = await called("/receipts", receipt_call.body)
            while sum(each.done() for each in waiting) < 8:  # those beyond the four are refused before the key goes on
                await asyncio.sleep(0)
        slow.let.set()
        return heard, await asyncio.gather(*waiting)

    heard, signed = asyncio.run(all_at_once())
    assert heard == PLATFORMS["Zhejiang"].success
    assert len(receipts.items) == 1
    assert sum(customs.verify(each).valid for each in signed if each != refused(Refusal.SIGNING)) == 4
    assert signed.count(refused(Refusal.SIGNING)) == 8


def test_a_key_that_fails_is_answered_as_a_failure_and_the_desk_serves_the_next(message: bytes, signer: Signer) -> None:
    slow = Slow(signer, broken=True)
    slow.let.set()
    desk = SigningDesk(slow, at_once=1, waiting=0)
    taken = receiver(MemoryStore(), desk)
    assert [taken.answer(call(message)).why for _ in range(3)] == [Refusal.SIGNING] * 3
    slow.broken = False
    assert customs.verify(taken.answer(call(message)).content).valid
    desk.close()
    assert taken.answer(call(message)).why is Refusal.SIGNING
