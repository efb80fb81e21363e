"""The commands around keys and signatures: what they write, show and refuse."""

import codecs
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

import customs
from customs.documents import Message
from customs.signing import Certificate, sign, verify
from customs.testing import issue_test_key, issue_test_root
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from customs.wire.canonical import XSI
from customs.wire.reader import DS
from support import ROOT, openssl_of_the_machine
from support import run as run_program
from support.command_line import FIXED, run

NEW_YEAR = datetime(2026, 1, 1)
AT = ["--at", "2026-11-11T12:00:00"]
UNSIGNED = ROOT / "tests" / "golden" / "1210-CEB621.xml"


@pytest.fixture(params=["RSA", "SM2"])
def pair(request: pytest.FixtureRequest) -> KeyPair:
    return issue_test_key(*DECLARANT, since=NEW_YEAR, kind=request.param)


def written(pair: KeyPair, folder: Path) -> list[str]:
    """The options that name the files of a key."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test.key").write_bytes(pair.key)
    (folder / "test.crt").write_bytes(pair.certificate)
    return ["--key", str(folder / "test.key"), "--cert", str(folder / "test.crt")]


def test_sign_signs_the_messages_that_it_can_and_says_why_not_the_others(tmp_path: Path, pair: KeyPair) -> None:
    key = written(pair, tmp_path / "key")
    strange = tmp_path / "strange.xml"
    strange.write_bytes(
        UNSIGNED.read_bytes().replace(b"<ceb:packNo>", b"<ceb:unheardOf>1</ceb:unheardOf><ceb:packNo>", 1)
    )
    rubbish = tmp_path / "rubbish.xml"
    rubbish.write_bytes(b"<")
    found = run("sign", UNSIGNED, strange, rubbish, *key, "--out", tmp_path / "signed")
    assert found.exit_code == 1
    assert [each.name for each in (tmp_path / "signed").iterdir()] == [UNSIGNED.name]
    signed = (tmp_path / "signed" / UNSIGNED.name).read_bytes()
    assert verify(signed, signed_by=Certificate.load(pair.certificate)).trusted
    assert customs.read(signed).documents == customs.read(UNSIGNED.read_bytes()).documents
    assert "strange.xml: signing would change it" in found.stdout
    assert "rubbish.xml: not well-formed" in found.stdout


def test_sign_neither_signs_twice_nor_overwrites(tmp_path: Path, pair: KeyPair) -> None:
    key = written(pair, tmp_path / "key")
    assert run("sign", UNSIGNED, *key, "--out", tmp_path / "signed").exit_code == 0
    content = (tmp_path / "signed" / UNSIGNED.name).read_bytes()
    again = run("sign", UNSIGNED, *key, "--out", tmp_path / "signed")
    assert (again.exit_code, "would be overwritten" in again.stdout) == (1, True)
    twice = run("sign", tmp_path / "signed" / UNSIGNED.name, *key, "--out", tmp_path / "twice")
    assert (twice.exit_code, "already signed" in twice.stdout) == (1, True)
    assert (tmp_path / "signed" / UNSIGNED.name).read_bytes() == content


#: How a message may be encoded: its declaration, if it has one, and its bytes.
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 declared": lambda text: text.replace("UTF-8", "UTF-16", 1).encode("utf-16"),
    "UTF-16 of big endian": lambda text: codecs.BOM_UTF16_BE + text.replace("UTF-8", "UTF-16", 1).encode("utf-16-be"),
    "UTF-16 declared as UTF-8": lambda text: text.encode("utf-16"),
    "UTF-16 without mark and declaration": lambda text: text.partition("?>")[2].encode("utf-16-le"),
    "UTF-16 of big endian without mark and declaration": lambda text: text.partition("?>")[2].encode("utf-16-be"),
    "GBK declared": lambda text: text.replace("UTF-8", "GBK", 1).encode("gbk"),
    "GBK declared as UTF-8": lambda text: text.encode("gbk"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("prefix", [b"ds:", b"", b"sig:"])
@pytest.mark.long
def test_a_signed_message_is_not_signed_again_in_whatever_encoding(
    tmp_path: Path, pair: KeyPair, encoding: str, prefix: bytes
) -> None:
    key = written(pair, tmp_path / "key")
    signed = sign(UNSIGNED.read_bytes(), pair.signer()).replace(b"ds:", prefix)
    signed = signed.replace(b"xmlns:ds=", b"xmlns:" + prefix[:-1] + b"=" if prefix else b"xmlns=")
    again = tmp_path / "again.xml"
    again.write_bytes(ENCODINGS[encoding](signed.decode()))
    found = run("sign", again, *key, "--out", tmp_path / "out")
    assert (found.exit_code, "again.xml: it is already signed" in found.stdout) == (1, True)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_list_is_not_signed_for_another_enterprise(tmp_path: Path) -> None:
    other = issue_test_key("别家公司", "91000000000000008C", since=NEW_YEAR)
    found = run("sign", UNSIGNED, *written(other, tmp_path / "key"), "--out", tmp_path / "signed")
    assert found.exit_code == 1
    assert "The declarant is not the enterprise of the signing certificate" in found.stdout
    assert not list((tmp_path / "signed").iterdir())


def test_verify_says_that_a_declarant_is_not_the_signer(tmp_path: Path) -> None:
    other = issue_test_key("别家公司", "91000000000000008C", since=NEW_YEAR)
    (tmp_path / "list.xml").write_bytes(customs.sign(UNSIGNED.read_bytes(), other.signer()))
    found = run("verify", tmp_path / "list.xml", "--json")
    row = json.loads(found.stdout)
    assert (found.exit_code, row["valid"]) == (1, True)
    assert [each["code"] for each in row["findings"]] == ["declarant-not-signer", "declarant-name"]
    assert [each["path"] for each in row["findings"]] == ["documents[0].declarant_code", "documents[0].declarant_name"]


@pytest.mark.parametrize("kind", ["RSA", "SM2"])
def test_verify_judges_certificates_by_the_roots_given(tmp_path: Path, kind: str) -> None:
    root = issue_test_root("测试根证书", since=NEW_YEAR, kind="RSA" if kind == "RSA" else "SM2")
    leaf = issue_test_key(*DECLARANT, since=NEW_YEAR, kind="RSA" if kind == "RSA" else "SM2", issuer=root)
    stranger = issue_test_root("别的根证书", since=NEW_YEAR)
    message = tmp_path / "list.xml"
    message.write_bytes(customs.sign(UNSIGNED.read_bytes(), leaf.signer()))
    for name, each in (("trusted", root), ("strange", stranger)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "root.crt").write_bytes(each.certificate)
        (tmp_path / name / "root.key").write_bytes(each.key)
    trusted = run("verify", message, "--roots", tmp_path / "trusted", *AT, "--json")
    assert (trusted.exit_code, json.loads(trusted.stdout)["trusted"]) == (0, True)
    assert len(json.loads(trusted.stdout)["chain"]) == 2
    strange = run("verify", message, "--roots", tmp_path / "strange" / "root.crt", *AT)
    assert (strange.exit_code, "which is not among the 1 roots given" in strange.stdout) == (1, True)
    both = run("verify", message, "--roots", tmp_path / "strange", "--roots", tmp_path / "trusted", *AT)
    assert both.exit_code == 0
    late = run("verify", message, "--roots", tmp_path / "trusted", "--at", "2027-06-01")
    assert (late.exit_code, "it was until 2027-01-01" in late.stdout) == (1, True)
    assert "give --roots" in run("verify", message).stderr


def test_verify_says_in_chinese_how_many_of_how_many_are_valid_and_by_which_key(tmp_path: Path) -> None:
    assert run("sample", "--shop", tmp_path / "shop", "--count", "1").exit_code == 0
    config, out = tmp_path / "shop" / "customs.toml", tmp_path / "out"
    answer = run(
        "--lang",
        "zh",
        "declare",
        tmp_path / "shop" / "orders.xlsx",
        "--config",
        config,
        "--out",
        out,
        "--on",
        "2026-11-11",
    )
    assert (answer.exit_code, "或在企业档案 [rates] 的 file 中指定自己的税率表。" in answer.stderr) == (0, True)
    files = sorted(out.glob("*.xml"))
    files[0].write_bytes(files[0].read_bytes().replace(b"<ceb:orderNo>", b"<ceb:orderNo>X", 1))
    told = run("--lang", "zh", "verify", *files).stdout.splitlines()
    assert told[-1] == "4 份中 3 份通过"
    assert [each for each in told if each.startswith("通过") and ", 签名密钥 " in each] == [
        each for each in told if each.startswith("通过")
    ]


def test_cert_shows_who_and_until_when_and_no_person(tmp_path: Path, pair: KeyPair) -> None:
    written(pair, tmp_path)
    found = run("cert", tmp_path / "test.crt", *AT, "--json")
    facts = json.loads(found.stdout)
    assert found.exit_code == 0
    assert (facts["organisation"], facts["credit_code"]) == DECLARANT
    assert facts["key_name"] == Certificate.load(pair.certificate).key_name
    assert (facts["valid_from"], facts["valid_to"]) == ("2026-01-01 08:00:00", "2027-01-01 08:00:00")
    assert facts["subject"] == f"O={DECLARANT[0]}, OU=***, CN=***"
    assert facts["key_algorithm"] in ("RSA-2048", "SM2")
    table = run("cert", tmp_path / "test.crt", *AT).stdout
    assert DECLARANT[1] in table
    assert "TEST ONLY" not in table
    assert run("cert", tmp_path / "test.crt", "--at", "2027-06-01").exit_code == 1


def test_cert_shows_the_chain_to_a_root(tmp_path: Path) -> None:
    root = issue_test_root("测试根证书", since=NEW_YEAR)
    leaf = issue_test_key(*DECLARANT, since=NEW_YEAR, issuer=root)
    written(leaf, tmp_path)
    (tmp_path / "root.pem").write_bytes(root.certificate)
    facts = json.loads(run("cert", tmp_path / "test.crt", "--roots", tmp_path / "root.pem", *AT, "--json").stdout)
    assert facts["chain"] == [Certificate.load(each.certificate).key_name for each in (leaf, root)]


@pytest.mark.parametrize("kind", ["rsa", "sm2"])
def test_keygen_makes_a_key_that_declares_and_says_it_is_for_tests(tmp_path: Path, kind: str) -> None:
    made = run("keygen", "--type", kind, "--out", tmp_path / "key")
    assert "customs rejects both" in made.stdout
    assert (tmp_path / "key" / "test.key").stat().st_mode & 0o077 == 0
    certificate = Certificate.load((tmp_path / "key" / "test.crt").read_bytes())
    assert "TEST ONLY" in certificate.subject_name.rfc4514_string()
    (tmp_path / "parcels.jsonl").write_text(run("sample", "--count", "2").stdout, encoding="utf-8")
    key = ["--key", str(tmp_path / "key" / "test.key"), "--cert", str(tmp_path / "key" / "test.crt")]
    assert run("declare", tmp_path / "parcels.jsonl", *key, "--out", tmp_path / "sent", *FIXED).exit_code == 0
    assert run("verify", *(tmp_path / "sent").glob("*.xml"), "--roots", tmp_path / "key" / "test.crt").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["verify", UNSIGNED, "--roots", ROOT / "README.md"], "the certificate cannot be read"),
        (["verify", UNSIGNED, "--roots", ROOT / "docs"], "no certificate was found there"),
        (["verify", UNSIGNED, "--at", "noon"], "--at: 'noon' is not a time"),
        (["cert", UNSIGNED], "the certificate cannot be read"),
        (["sign", UNSIGNED, "--key", UNSIGNED, "--out", "x"], "needs --cert"),
        (["sign", UNSIGNED, "--key", UNSIGNED, "--cert", UNSIGNED, "--out", "x"], "the certificate cannot be read"),
    ],
)
def test_misuse_of_keys_says_what_to_give(arguments: list[str | Path], says: str) -> None:
    found = run(*arguments)
    assert found.exit_code == 2
    assert says in found.stderr


@pytest.mark.long
def test_sm2_without_openssl_says_what_to_install(tmp_path: Path) -> None:
    """In a process of its own, since the library is loaded once."""
    command = [sys.executable, "-m", "customs.cli", "keygen", "--type", "sm2", "--out", str(tmp_path)]
    environment = {**os.environ, "CUSTOMS_LIBCRYPTO": str(tmp_path / "absent.so")}
    found = subprocess.run(command, capture_output=True, check=False, text=True, env=environment)
    assert found.returncode == 2
    assert "SM2 needs OpenSSL 3" in found.stderr
    assert "libssl3" in found.stderr
    assert not list(tmp_path.iterdir())


def test_a_message_that_only_declares_the_namespace_of_signatures_is_signed(tmp_path: Path, pair: KeyPair) -> None:
    """As serialisers of .NET write it, which declare every namespace of the schema on the root."""
    scope = f' xmlns:xsi="{XSI}" xmlns:ds="{DS}"'.encode()
    unsigned = tmp_path / "unsigned.xml"
    unsigned.write_bytes(UNSIGNED.read_bytes().replace(f' xmlns:xsi="{XSI}"'.encode(), scope, 1))
    assert scope in unsigned.read_bytes()
    assert run("sign", unsigned, *written(pair, tmp_path), "--out", tmp_path / "signed").exit_code == 0
    assert run("verify", tmp_path / "signed" / unsigned.name).exit_code == 0


def test_a_key_and_its_certificate_in_one_file_sign(tmp_path: Path, pair: KeyPair) -> None:
    (tmp_path / "both.pem").write_bytes(pair.certificate + pair.key)
    found = run("sign", UNSIGNED, "--key", tmp_path / "both.pem", "--out", tmp_path / "signed")
    assert (found.exit_code, "signed 已签名" in found.stdout) == (0, True)


def test_a_payment_of_another_enterprise_is_signed_with_one_warning(tmp_path: Path, pair: KeyPair) -> None:
    """A platform's key signs the payments of a payment company, all in one message."""
    single = customs.read(UNSIGNED.with_name("1210-CEB411.xml").read_bytes())
    several = tmp_path / "payments.xml"
    several.write_bytes(customs.write(Message(single.guid, single.documents * 3, single.transfer)))
    found = run("sign", several, *written(pair, tmp_path / "key"), "--out", tmp_path / "signed")
    assert found.exit_code == 0
    place, en, zh = (each.strip() for each in found.stdout.splitlines()[1:])
    assert place == "documents[0].payment_company_code and 2 more 等 3 处: signer-not-party"
    assert en.startswith("The enterprise of the signing certificate is not this document's payment company.")
    assert zh.startswith("签名证书的企业不是本单证的支付企业。")
    assert verify((tmp_path / "signed" / several.name).read_bytes()).valid


def test_a_waybill_of_the_signers_own_is_signed_without_a_word(tmp_path: Path) -> None:
    carrier = issue_test_key("示例速运有限公司", "910000000000000040", since=NEW_YEAR)
    waybill = UNSIGNED.with_name("1210-CEB511.xml")
    found = run("sign", waybill, *written(carrier, tmp_path / "key"), "--out", tmp_path / "signed")
    assert (found.exit_code, len(found.stdout.splitlines())) == (0, 1)


def test_verify_takes_the_signers_certificate_or_key_where_the_message_carries_none(
    tmp_path: Path, pair: KeyPair
) -> None:
    written(pair, tmp_path)
    bare = tmp_path / "bare.xml"
    bare.write_bytes(re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", customs.sign(UNSIGNED.read_bytes(), pair.signer())))
    public = tmp_path / "public.pem"
    assert (
        run_program(
            openssl_of_the_machine(), "pkey", "-in", str(tmp_path / "test.key"), "-pubout", "-out", str(public)
        ).returncode
        == 0
    )
    row = json.loads(run("verify", bare, "--json").stdout)
    assert (row["valid"], row["digest_holds"], row["signature_holds"], row["key_name"]) == (False, None, None, None)
    assert "customs verify --cert or --public-key" in row["reasons"][0]
    for option in (("--cert", tmp_path / "test.crt"), ("--public-key", public)):
        row = json.loads(run("verify", bare, *option, "--json").stdout)
        assert (row["valid"], row["trusted"], row["digest_holds"], row["signature_holds"]) == (True, True, True, True)
        assert "--roots" not in run("verify", bare, *option).stderr
    both = run("verify", bare, "--cert", tmp_path / "test.crt", "--public-key", public)
    assert (both.exit_code, "not both" in both.stderr) == (2, True)
    wrong = run("verify", bare, "--public-key", tmp_path / "test.crt")
    assert (wrong.exit_code, "holds no public key that can be read, but CERTIFICATE" in wrong.stderr) == (2, True)


def test_verify_unwraps_an_envelope_on_request(tmp_path: Path, pair: KeyPair) -> None:
    envelope = tmp_path / "envelope.xml"
    envelope.write_bytes(
        customs.wrap(
            customs.sign(UNSIGNED.read_bytes(), pair.signer()),
            copy_id="1",
            sender="DXPENT0000000001",
            receivers=["DXPEDCCEB0000002"],
            created=datetime(2026, 11, 11, 8),
        )
    )
    told = run("verify", envelope)
    assert (told.exit_code, "(DxpMsg), not a message: unwrap it with" in told.stdout) == (1, True)
    assert run("verify", envelope, "--unwrap").exit_code == 0
    envelope.write_bytes(envelope.read_bytes().replace(b"<dxp:Data>", b"<dxp:Data>*"))
    broken = run("verify", envelope, "--unwrap")
    assert (broken.exit_code, "not base64 at its character 1" in broken.stdout) == (1, True)


def test_verify_names_what_was_changed_in_form(tmp_path: Path, pair: KeyPair) -> None:
    changed = tmp_path / "changed.xml"
    changed.write_bytes(customs.sign(UNSIGNED.read_bytes(), pair.signer()).replace(b"><ceb:", b">\r\n<ceb:"))
    row = json.loads(run("verify", changed, "--json").stdout)
    assert (row["valid"], row["only_form"]) == (False, True)
    assert "white space between elements removed" in row["reasons"][-1]


def test_verify_admits_the_key_name_of_device_certificates_and_others_on_request(tmp_path: Path, pair: KeyPair) -> None:
    signed = customs.sign(UNSIGNED.read_bytes(), pair.signer())
    message = tmp_path / "device.xml"
    for name, options, code in (("0001", [], 0), ("7", [], 1), ("7", ["--any-key-name"], 0)):
        message.write_bytes(re.sub(rb"<ds:KeyName>[^<]*", b"<ds:KeyName>" + name.encode(), signed))
        found = run("verify", message, *options)
        assert (found.exit_code, f"KeyName '{name}' is not the certificate's serial number" in found.stdout) == (
            code,
            True,
        )


@pytest.mark.long
def test_each_document_has_its_own_key(tmp_path: Path, pair: KeyPair) -> None:
    payer = issue_test_key("支付公司", "91000000000000003M", since=NEW_YEAR)
    ours, theirs = written(pair, tmp_path / "ours"), written(payer, tmp_path / "theirs")
    both = [*ours, "--key", f"payment={theirs[1]}", "--cert", f"payment={theirs[3]}"]
    found = run("declare", ROOT / "examples/parcels-9610.jsonl", *both, "--out", tmp_path / "out", *FIXED)
    assert found.exit_code == 0, found.output
    signed_by = {path.name[:6]: verify(path.read_bytes()).key_name for path in (tmp_path / "out").glob("*.xml")}
    own, other = Certificate.load(pair.certificate).key_name, Certificate.load(payer.certificate).key_name
    assert signed_by == {"CEB311": own, "CEB411": other, "CEB511": own, "CEB621": own}
    assert run("sign", UNSIGNED, *both, "--only", "payment", "--out", tmp_path / "signed").exit_code == 0
    assert not (tmp_path / "signed" / UNSIGNED.name).exists()


@pytest.mark.parametrize(
    "wrong", [["--key", "payer=x.key"], ["--cert", "payment={0}"], ["--key", "{0}", "--key", "{0}"]]
)
def test_a_key_for_what_is_no_document_is_misuse(tmp_path: Path, pair: KeyPair, wrong: list[str]) -> None:
    key = written(pair, tmp_path / "key")[1]
    options = [each.format(key) for each in wrong]
    found = run("declare", ROOT / "examples/parcels-9610.jsonl", *options, "--out", tmp_path / "out", *FIXED)
    assert found.exit_code == 2
