"""The commands around keys and signatures: what they write, show and refuse."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

import customs
from customs.signing import Certificate, verify
from customs.testing import issue_test_key, issue_test_root
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from customs.wire.canonical import XSI
from customs.wire.reader import DS
from support import ROOT
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
