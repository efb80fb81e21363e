"""Differential test: signed messages changed in every way that XML allows, judged by us and by xmlsec1.

Nothing may be accepted here that xmlsec1 refuses, but for what ``docs/signing.md`` names. ``make engines`` runs more.
"""

import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from customs.signing import Certificate, Signer, Verification, sign, sign_envelope, verify
from customs.testing import issue_test_key, issue_test_root
from customs.testing.parcels import DECLARANT
from customs.wire import wrap
from support import MORNING, ROOT
from support.engines import Xmlsec1
from support.mutations import MUTATIONS, mutations
from support.other_forms import with_default_namespace
from support.unsigned_messages import unsigned

COUNT = int(os.environ.get("CUSTOMS_MUTATIONS", "5000"))
SEED = os.environ.get("CUSTOMS_SEED", "1")

#: Mutations that one test judges.
BLOCK = 1000

SINCE = datetime(2026, 1, 1)
MESSAGE = "CEB711"

#: What we accept and xmlsec1 refuses, as the page says it, and how to tell such a message.
ALLOWED: dict[str, Callable[[bytes], bool]] = {
    "a signature with SM2": lambda content: b"#sm2-sm3" in content,
    "GBK or GB2312 declared, and characters that only GB18030 has": lambda content: bool(
        re.match(rb"<\?xml [^>]*encoding=.(?:GBK|GB2312|CP936)\b", content, re.IGNORECASE)
    ),
}


class Bench(NamedTuple):
    """A way to judge, by both: the messages to begin with, our judgement, and xmlsec1."""

    messages: tuple[bytes, ...]
    ours: Callable[[bytes], Verification]
    xmlsec1: Xmlsec1


@pytest.fixture(scope="module")
def by_root(xmlsec1: str, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Judged by an authority: prefix and default namespace, with and without indents."""
    root = issue_test_root("测试根", since=SINCE)
    signer = issue_test_key(*DECLARANT, since=SINCE, issuer=root).signer()
    trusted = Certificate.load(root.certificate)
    messages = (
        sign(unsigned(MESSAGE, 1), signer),
        with_default_namespace(unsigned(MESSAGE, 1), signer),
        with_default_namespace(unsigned(MESSAGE, 1), signer, "\n    "),
    )
    judge = Xmlsec1.of_root(xmlsec1, root.certificate, tmp_path_factory.mktemp("root"))
    return Bench(messages, lambda content: verify(content, roots=[trusted], at=MORNING), judge)


@pytest.fixture(scope="module")
def by_key(xmlsec1: str, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Judged by a key that is known: with a certificate, without one, and the signature of an envelope."""
    pair = issue_test_key(*DECLARANT, since=SINCE)
    signer, own = pair.signer(), Certificate.load(pair.certificate)
    signed = sign(unsigned(MESSAGE, 1), signer)
    messages = signed, re.sub(rb"<ds:X509Data>.*</ds:X509Data>", b"", signed), envelope(signer)
    judge = Xmlsec1.of_key(xmlsec1, pair.certificate, own.key_name, tmp_path_factory.mktemp("key"))
    return Bench(messages, lambda content: verify(content, signed_by=own), judge)


def envelope(signer: Signer) -> bytes:
    made = wrap(
        b"<CEB711Message/>",
        copy_id="DXPENT0000000001202611110800000001",
        sender="DXPENT0000000001",
        receivers=["DXPEDCCEB0000002"],
        created=MORNING,
    )
    return sign_envelope(made, signer)


@pytest.mark.parametrize("block", range(max(1, COUNT // BLOCK)))
@pytest.mark.long
def test_nothing_is_accepted_that_xmlsec1_refuses_but_what_the_page_names(
    block: int, by_root: Bench, by_key: Bench
) -> None:
    bench = (by_root, by_key)[block % 2]
    signed = {message: bench.ours(message).signed for message in bench.messages}
    accepted, tampered = [], []
    for number, (family, message, content) in enumerate(mutations(f"{SEED}-{block}", bench.messages, BLOCK)):
        found = bench.ours(content)
        if found.trusted:
            assert found.signed == signed[message], f"{number} ({family}): other content than what was signed"
            accepted.append((f"{number} ({family})", content))
        elif found.digest_holds is False or found.signature_holds is False:
            tampered.append(content)
    differ = [accepted[place] for place in bench.xmlsec1.refused(content for _, content in accepted)]
    assert [what for what, content in differ if not any(is_allowed(content) for is_allowed in ALLOWED.values())] == []
    assert len(accepted) >= BLOCK // 20, "some changes change nothing that matters"
    assert all(map(bench.xmlsec1.says, tampered[:10])), "xmlsec1 sees what we see"
    assert len(tampered) >= 10


def test_every_message_to_begin_with_is_accepted_by_both(by_root: Bench, by_key: Bench) -> None:
    for bench in (by_root, by_key):
        assert [bench.ours(message).reasons for message in bench.messages] == [()] * 3
        assert list(bench.xmlsec1.refused(bench.messages)) == []


@pytest.mark.long
def test_the_messages_that_xmlsec1_refuses_are_found_among_others(by_root: Bench) -> None:
    good, bad = by_root.messages[0], by_root.messages[0].replace(b"</ceb:guid>", b"0</ceb:guid>", 1)
    mixed = [good] * 1200
    for place in (0, 7, 499, 500, 1199):
        mixed[place] = bad
    assert list(by_root.xmlsec1.refused(mixed)) == [0, 7, 499, 500, 1199]


def test_mutations_are_drawn_anew_by_their_seed_and_of_every_family(by_root: Bench) -> None:
    drawn = list(mutations("seed", by_root.messages, 400))
    assert drawn == list(mutations("seed", by_root.messages, 400))
    assert {each for families, _, _ in drawn for each in families.split(" and ")} == set(MUTATIONS)
    assert all(content != message for _, message, content in drawn)


def sm2(xmlsec1: str, folder: Path) -> tuple[bytes, Bench]:
    pair = issue_test_key(*DECLARANT, since=SINCE, kind="SM2")
    own = Certificate.load(pair.certificate)
    judge = Xmlsec1.of_key(xmlsec1, issue_test_key(*DECLARANT, since=SINCE).certificate, own.key_name, folder)
    return sign(unsigned(MESSAGE, 1), pair.signer()), Bench((), lambda content: verify(content, signed_by=own), judge)


def test_the_page_names_each_difference_and_each_is_one(xmlsec1: str, by_root: Bench, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "signing.md").read_text(encoding="utf-8").partition("### Compared with xmlsec1")[2]
    rows = re.findall(r"^\| (.+?) \| .+ \|$", page.partition("\n#")[0], re.MULTILINE)[2:]
    assert rows == list(ALLOWED)
    of_sm2, bench = sm2(xmlsec1, tmp_path)
    of_gbk = by_root.messages[0].decode().replace('"UTF-8"', '"GBK"', 1).encode("gb18030")
    for (row, is_allowed), (content, judges) in zip(ALLOWED.items(), ((of_sm2, bench), (of_gbk, by_root)), strict=True):
        assert judges.ours(content).trusted, row
        assert judges.xmlsec1.says(content), row
        assert is_allowed(content), row
        assert not is_allowed(by_root.messages[0]), row
