"""Keys in tokens, against SoftHSM2: a token of software that speaks PKCS#11 as those of hardware do."""

import logging
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

import customs
from customs.signing import Algorithm, Certificate, CertificateError, SigningError, sign, verify
from customs.signing.keys import pkcs11_module
from customs.signing.keys.pkcs11 import Pkcs11Signer
from customs.signing.keys.pool import SignerPool
from customs.testing import issue_test_key
from customs.testing.keys import KeyPair
from customs.testing.parcels import DECLARANT
from support import absent, exactly

SINCE = datetime(2026, 1, 1)
DATA = b"<ds:SignedInfo>4f1e</ds:SignedInfo>"
PIN, OFFICER = "zq80418273", "zq55663311"
MODULES = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
]


@dataclass
class Drawer:
    """Tokens of SoftHSM2 in a folder, and the settings by which the module finds them."""

    module: str
    folder: Path
    travelling: Path = Path()  # where the token lies that is pulled out

    @property
    def settings(self) -> Path:
        return self.folder / "softhsm2.conf"

    def set_up(self, more: str = "") -> None:
        (self.folder / "tokens").mkdir(exist_ok=True)
        self.settings.write_text(f"directories.tokendir = {self.folder / 'tokens'}\nlog.level = ERROR\n{more}")

    def run(self, *words: str) -> None:
        found = subprocess.run(["softhsm2-util", *words], capture_output=True, check=False)
        assert found.returncode == 0, found.stderr.decode()

    def token(self, label: str) -> Path:
        """A new token; where it lies."""
        before = set((self.folder / "tokens").iterdir())
        self.run("--init-token", "--free", "--label", label, "--so-pin", OFFICER, "--pin", PIN)
        (made,) = set((self.folder / "tokens").iterdir()) - before
        return made

    def put_key(self, token: str, pair: KeyPair, label: str, number: int) -> None:
        key = load_pem_private_key(pair.key, None)
        file = self.folder / "key.p8"
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.run("--import", str(file), "--token", token, "--label", label, "--id", f"{number:02x}", "--pin", PIN)

    def put_certificate(self, token: str, pair: KeyPair, label: str, number: int | None) -> None:
        import pkcs11
        from pkcs11 import Attribute

        identity = {} if number is None else {Attribute.ID: bytes([number])}
        with self.opened(token) as session:
            session.create_object(
                {
                    Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.LABEL: label,
                    Attribute.SUBJECT: b"",
                    Attribute.VALUE: Certificate.load(pair.certificate).der,
                    **identity,
                }
            )

    def put_curve_key(self, token: str, label: str, number: int, curve: str) -> None:
        import pkcs11

        with self.opened(token) as session:
            parameters = {pkcs11.Attribute.EC_PARAMS: bytes.fromhex(curve)}
            domain = session.create_domain_parameters(pkcs11.KeyType.EC, parameters, local=True)
            domain.generate_keypair(store=True, label=label, id=bytes([number]))

    def put_decryption_key(self, token: str, label: str, number: int) -> None:
        import pkcs11

        with self.opened(token) as session:
            session.generate_keypair(
                pkcs11.KeyType.RSA,
                1024,
                store=True,
                label=label,
                id=bytes([number]),
                capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT,
            )

    def opened(self, token: str) -> Any:
        """A session outside the library under test, to write."""
        import pkcs11

        (found,) = (each for each in pkcs11.lib(self.module).get_tokens() if each.label == token)
        return found.open(rw=True, user_pin=PIN)

    def signer(self, **options: Any) -> Pkcs11Signer:
        chosen = {"token": "e-port", "pin": PIN, **options}
        if not options.keys() & {"key", "key_id"}:
            chosen["key"] = "signing"
        return Pkcs11Signer(self.module, chosen.pop("token"), chosen.pop("pin"), **chosen)


@pytest.fixture(scope="module")
def drawer(
    tmp_path_factory: pytest.TempPathFactory, keys: KeyPair, second: KeyPair, other: KeyPair
) -> Iterator[Drawer]:
    """The tokens of an enterprise. The module reads its settings once in a process: all tests here share them."""
    module = next((each for each in MODULES if Path(each).is_file()), None)
    if module is None or not shutil.which("softhsm2-util"):
        absent("SoftHSM2 is not installed")
    pkcs11 = pytest.importorskip("pkcs11")
    assert module
    drawer = Drawer(module, tmp_path_factory.mktemp("drawer"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(drawer.settings))
        drawer.set_up()
        drawer.token("e-port")
        drawer.put_key("e-port", keys, "signing", 1)
        drawer.put_key("e-port", second, "backup", 2)
        drawer.put_key("e-port", other, "bare", 3)
        drawer.put_key("e-port", issue_test_key(*DECLARANT, since=SINCE), "mistaken", 4)
        for number in (5, 6):
            drawer.put_key("e-port", issue_test_key(*DECLARANT, since=SINCE), "twin", number)
        for label in ("same", "same"):
            drawer.token(label)
        drawer.travelling = drawer.token("travelling")
        drawer.put_key("travelling", keys, "signing", 1)
        drawer.put_certificate("e-port", keys, "by id alone", 1)
        drawer.put_certificate("e-port", second, "backup", None)
        drawer.put_certificate("e-port", keys, "mistaken", 4)
        drawer.put_curve_key("e-port", "national", 7, "06082a811ccf5501822d")
        drawer.put_curve_key("e-port", "elliptic", 8, "06082a8648ce3d030107")
        drawer.put_decryption_key("e-port", "envelopes", 9)
        yield drawer
        pkcs11.lib(module).finalize()
        pkcs11.unload(module)


@pytest.fixture(scope="module")
def second() -> KeyPair:
    return issue_test_key(*DECLARANT, since=SINCE)


@pytest.fixture(scope="module")
def other() -> KeyPair:
    return issue_test_key(*DECLARANT, since=SINCE)


@pytest.fixture
def signer(drawer: Drawer) -> Iterator[Pkcs11Signer]:
    with drawer.signer() as signer:
        yield signer


@pytest.fixture(autouse=True)
def nothing_stays_open() -> Iterator[None]:
    """Each test logs out of the tokens that it logged in to."""
    yield
    assert not any(module._logins for module in pkcs11_module.Module._all.values())


@pytest.mark.long
def test_a_token_signs_as_the_key_file_does(signer: Pkcs11Signer, keys: KeyPair) -> None:
    assert signer.sign(DATA) == keys.signer().sign(DATA)
    assert signer.algorithm is Algorithm.RSA_SHA1
    assert signer.certificate == Certificate.load(keys.certificate)


@pytest.mark.long
def test_a_message_signed_by_a_token_verifies_here_and_by_xmlsec1(
    signer: Pkcs11Signer,
    keys: KeyPair,
    xmlsec1: str,
    tmp_path: Path,
    walk: Callable[..., customs.Prepared],
    parcel: customs.Declaration,
) -> None:
    (tmp_path / "cert.pem").write_bytes(keys.certificate)
    messages = [sign(message.content, signer) for message in walk(parcel, signer=None).messages]
    messages += [message.content for message in walk(parcel, signer=signer).messages]
    for message in exactly(7, messages):
        assert verify(message, signed_by=signer.certificate).valid
        (tmp_path / "message.xml").write_bytes(message)
        command = [
            xmlsec1,
            "--verify",
            "--enabled-key-data",
            "x509",
            "--enabled-reference-uris",
            "empty",
            "--trusted-pem",
            str(tmp_path / "cert.pem"),
            str(tmp_path / "message.xml"),
        ]
        found = subprocess.run(command, capture_output=True, check=False)
        assert found.returncode == 0, found.stderr.decode()


def test_four_threads_sign_two_hundred_messages_with_one_token(signer: Pkcs11Signer, keys: KeyPair) -> None:
    pieces = [b"message %d" % number for number in range(200)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(signer.sign, pieces))
    file = keys.signer()
    assert made == [file.sign(piece) for piece in pieces]


def test_two_tokens_of_one_module_are_used_in_turn(drawer: Drawer, keys: KeyPair) -> None:
    """The module is not made for threads: without a lock round both tokens the process crashes."""
    with drawer.signer() as one, drawer.signer(token="travelling", certificate=keys.certificate) as two:  # noqa: S106
        pieces = [b"message %d" % number for number in range(200)]
        with ThreadPoolExecutor(4) as threads:
            made = list(threads.map(lambda number: (one, two)[number % 2].sign(pieces[number]), range(200)))
    file = keys.signer()
    assert made == [file.sign(piece) for piece in pieces]


def test_signers_of_one_token_share_a_login_and_a_lock(drawer: Drawer, keys: KeyPair, second: KeyPair) -> None:
    with drawer.signer() as one, drawer.signer(key="backup") as two, drawer.signer() as again:
        pieces = [b"message %d" % number for number in range(100)]
        with ThreadPoolExecutor(4) as threads:
            made = list(threads.map(lambda piece: (one.sign(piece), two.sign(piece), again.sign(piece)), pieces))
        files = keys.signer(), second.signer()
        assert made == [(files[0].sign(piece), files[1].sign(piece), files[0].sign(piece)) for piece in pieces]
        one.close()
        one.close()
        assert again.sign(DATA), "the login lasts as long as one signer needs it"


def test_the_module_is_the_same_by_whatever_path_it_is_reached(drawer: Drawer) -> None:
    with drawer.signer() as one, Pkcs11Signer(Path(drawer.module).resolve(), "e-port", PIN, key="backup") as two:
        assert one.sign(DATA) != two.sign(DATA)


def test_keys_of_a_token_make_a_pool(drawer: Drawer) -> None:
    with drawer.signer() as one, drawer.signer(key="backup") as two:
        pool = SignerPool([one, two])
        assert [pool.sign(DATA).certificate for _ in range(2)] == [one.certificate, two.certificate]


def test_a_key_is_found_by_label_by_id_or_by_both(drawer: Drawer, keys: KeyPair) -> None:
    for given in ({"key": "signing"}, {"key_id": b"\x01"}, {"key": "signing", "key_id": b"\x01"}):
        with drawer.signer(**given) as signer:
            assert signer.sign(DATA) == keys.signer().sign(DATA)
    with pytest.raises(ValueError, match="which key"):
        Pkcs11Signer(drawer.module, "e-port", PIN)


def test_a_certificate_of_the_same_label_will_do_and_so_will_one_that_is_given(
    drawer: Drawer, second: KeyPair, other: KeyPair
) -> None:
    with drawer.signer(key="backup") as signer:
        assert signer.certificate == Certificate.load(second.certificate)
    with drawer.signer(key="bare", certificate=other.certificate) as signer:
        assert signer.sign(DATA) == other.signer().sign(DATA)


#: What is asked of the drawer, and what the engineer is told.
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no such token": ({"token": "e-prot"}, r"no token 'e-prot': plug it in, .*'e-port'"),
    "two tokens of that label": ({"token": "same"}, "2 tokens are labelled 'same'"),
    "a wrong PIN": ({"pin": "zq99887766"}, "refused the PIN: check it before the next try"),
    "no such key": ({"key": "singing"}, "no private key of label 'singing': give the id of one that it has .*01"),
    "no such id": ({"key_id": b"\x63"}, "no private key of id 63"),
    "a label and an id of two keys": (
        {"key": "signing", "key_id": b"\x02"},
        "no private key of label 'signing' and id 02",
    ),
    "two keys of that label": ({"key": "twin"}, "2 private keys of label 'twin': give label and id"),
    "a key without certificate": ({"key": "bare"}, "no certificate with the id or label of the key: give it"),
    "a key with another's certificate": ({"key": "mistaken"}, "certificate belongs to another key"),
    "an SM2 key": ({"key": "national"}, "PKCS#11 has no SM2 among its standard mechanisms"),
    "a key on another curve": ({"key": "elliptic"}, "not an RSA key"),
    "a key for envelopes": ({"key": "envelopes"}, "may not sign, says the token"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_a_token_lacks_is_said(drawer: Drawer, what: str) -> None:
    options, told = WRONG[what]
    with pytest.raises(SigningError, match=told):
        drawer.signer(**options)
    with drawer.signer() as signer:
        assert signer.sign(DATA), "the token works on with the right words"


def test_a_certificate_that_is_given_has_to_be_the_keys(drawer: Drawer, other: KeyPair) -> None:
    sm2 = issue_test_key(*DECLARANT, since=SINCE, kind="SM2")
    for certificate in (other.certificate, sm2.certificate):
        with pytest.raises(SigningError, match="certificate belongs to another key"):
            drawer.signer(certificate=certificate)
    with pytest.raises(CertificateError):
        drawer.signer(certificate=b"none")


def test_a_module_that_is_not_there_or_is_none_is_named(drawer: Drawer, tmp_path: Path) -> None:
    with pytest.raises(SigningError, match=r"no PKCS#11 module at .*absent\.so"):
        Pkcs11Signer(tmp_path / "absent.so", "e-port", PIN, key="signing")
    (tmp_path / "text.so").write_text("no library")
    with pytest.raises(SigningError, match=r"module at .*text\.so cannot be used"):
        Pkcs11Signer(tmp_path / "text.so", "e-port", PIN, key="signing")


def test_another_pin_is_refused_without_asking_the_token(signer: Pkcs11Signer, drawer: Drawer) -> None:
    with pytest.raises(SigningError, match="another PIN is in use for token 'e-port'"):
        drawer.signer(pin="zq99887766")
    assert signer.sign(DATA)


def test_a_token_in_use_outside_the_library_is_reported(drawer: Drawer) -> None:
    with drawer.opened("e-port"), pytest.raises(SigningError, match="in use by another part of this process"):
        drawer.signer()


def test_a_closed_signer_says_so(drawer: Drawer) -> None:
    with drawer.signer() as signer:
        pass
    with pytest.raises(SigningError, match="closed: make it anew"):
        signer.sign(DATA)


def test_a_token_that_is_removed_is_reported_and_the_others_work_on(
    drawer: Drawer, signer: Pkcs11Signer, keys: KeyPair
) -> None:
    with drawer.signer(token="travelling", certificate=keys.certificate) as travelling:  # noqa: S106
        assert travelling.sign(DATA)
        shutil.rmtree(drawer.travelling)
        for _ in range(2):
            with pytest.raises(SigningError, match="removed or its session has ended: put it back in"):
                travelling.sign(DATA)
    assert signer.sign(DATA)
    with drawer.signer(key="backup") as backup:
        assert backup.sign(DATA)


def test_after_its_session_ended_a_signer_is_made_anew(drawer: Drawer) -> None:
    with drawer.signer() as old:
        assert old._login
        old._login.session.close()  # as a token does that is pulled out
        with pytest.raises(SigningError, match="make the signer anew"):
            old.sign(DATA)
        with drawer.signer() as new:
            assert new.sign(DATA)
            old.close()
            assert new.sign(DATA), "the login of the new one is its own"


def test_a_token_that_fails_but_stays_may_be_asked_again(signer: Pkcs11Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    from pkcs11.exceptions import DeviceError

    class Failing:
        def sign(self, data: bytes, mechanism: object) -> bytes:
            raise DeviceError

    with monkeypatch.context() as patch:
        patch.setattr(signer, "_key", Failing())
        with pytest.raises(SigningError, match=r"failed while signing \(DeviceError\): try again"):
            signer.sign(DATA)
    assert signer.sign(DATA)


def test_a_signature_that_the_token_garbles_is_not_handed_on(
    signer: Pkcs11Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Garbling:
        def sign(self, data: bytes, mechanism: object) -> bytes:
            return bytes(256)

    monkeypatch.setattr(signer, "_key", Garbling())
    with pytest.raises(SigningError, match="not made over these bytes"):
        signer.sign(DATA)


def test_a_forked_process_makes_signers_of_its_own(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    with drawer.signer() as signer:
        with monkeypatch.context() as patch:
            patch.setattr(os, "getpid", lambda: -1)
            with pytest.raises(SigningError, match="before this process was forked"):
                signer.sign(DATA)
            with pytest.raises(SigningError, match="before this process was forked"):
                drawer.signer()
            signer.close()
        assert signer.sign(DATA), "the child closed nothing of its parent"


def test_a_token_without_sha1_is_reported(drawer: Drawer, tmp_path: Path) -> None:
    """In a process of its own, since a module reads its settings once."""
    strict = Drawer(drawer.module, tmp_path)
    strict.set_up("slots.mechanisms = CKM_RSA_PKCS_KEY_PAIR_GEN,CKM_SHA256_RSA_PKCS\n")
    shutil.copytree(drawer.folder / "tokens", tmp_path / "tokens", dirs_exist_ok=True)
    program = f"from customs.signing.keys.pkcs11 import Pkcs11Signer; Pkcs11Signer({drawer.module!r}, 'e-port', {PIN!r}, key='signing')"
    environment = {**os.environ, "SOFTHSM2_CONF": str(strict.settings)}
    found = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, check=False, text=True
    )
    assert "SigningError: token 'e-port' lacks the mechanism SHA1_RSA_PKCS" in found.stderr


def test_without_python_pkcs11_it_is_said_what_to_install(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("pkcs11", "pkcs11.exceptions"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SigningError, match=r'pip install "cbec-customs\[pkcs11\]"'):
        drawer.signer()


def test_neither_pin_nor_data_nor_holder_is_shown(
    drawer: Drawer, signer: Pkcs11Signer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    signer.sign(DATA)
    shown = [repr(signer), str(signer), repr(vars(signer))]
    failures: list[Callable[[], object]] = [partial(drawer.signer, **options) for options, _ in WRONG.values()]
    monkeypatch.setattr(signer, "certificate", Certificate.load(issue_test_key(*DECLARANT, since=SINCE).certificate))
    failures.append(lambda: signer.sign(DATA))
    for failure in failures:
        try:
            failure()
        except SigningError as error:
            shown += [str(error), repr(error), traceback.format_exc()]
    assert len(shown) == 3 + 3 * len(failures)
    everything = "\n".join([*shown, caplog.text])
    for secret in (PIN, "zq99887766", DATA.decode(), "4f1e</ds", DECLARANT[0], DECLARANT[1]):
        assert secret not in everything
