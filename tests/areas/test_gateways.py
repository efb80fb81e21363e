"""Gateways of areas: the form that leaves, judged by openssl, xmlsec1 and the published samples; and what the
platform sends, opened.
"""

import json
import logging
import re
import traceback
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import customs
from customs import areas
from customs.areas import Area, GatewayError, SettingsError, open_form, read_local
from customs.areas.gateway.rendering import Rendered, carry, render
from customs.areas.keys import Key
from customs.areas.profile.loading import load_text
from customs.codes.states import State
from customs.signing.xmldsig import DS
from customs.tax import RateTable, from_rows
from customs.testing import sample_parcels
from customs.testing.areas import parcel_for, sample_area
from support import MORNING, ROOT, SINGLES_DAY, exactly, flipped, openssl_of_the_machine, run, some
from support.area_cases import Case, case_of, flat

CASES = ROOT / "tests" / "areas" / "samples"

AES_KEY = "fictitious key 1"
WORD = "fictitious-password-of-nobody"
GUID = "00000000-0000-4000-8000-000000000001"

#: The areas whose messages are posted as the parameters of a form; those of the others leave as files.
FORMS = [
    "bc_cbe103", "changsha_ext", "chongqing_dtc", "guangzhou", "guangzhou_kj", "haikou", "jiangxi_jkf", "nanjing_njkj",
    "ningbo_kjb2c", "ningbo_kjb2c_2013", "qingdao_ent", "shanghai_shcepp", "tianjin_bh_api", "zhejiang_jkf",
    "zhengzhou_airport_cbec", "zhengzhou_etrade",
]  # fmt: skip
JKF = ["zhejiang_jkf", "jiangxi_jkf"]
GUANGZHOU = ["guangzhou_kj", "guangzhou"]

Walk = Callable[..., customs.Prepared]


class Pair:
    """An RSA key as settings have it, and in files for the commands."""

    def __init__(self, folder: Path) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.folder = folder
        self.private_file, self.public_file = (
            self.file(self.private, "private.pem"),
            self.file(self.public, "public.pem"),
        )

    def file(self, content: bytes = b"", name: str = "content") -> str:
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)


@pytest.fixture(scope="module")
def enterprise(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("enterprise"))


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Pair(tmp_path_factory.mktemp("platform"))


@pytest.fixture(scope="module")
def openssl() -> str:
    return openssl_of_the_machine()


def done(*command: str) -> None:
    found = run(*command)
    assert found.returncode == 0, found.stderr


def with_secrets(area: Area, secrets: Mapping[str, Key]) -> Area:
    """The area with other secrets, which are not looked at: a key may break after it was set."""
    return replace(area, secrets=secrets, serials=areas.counting())


def secrets_of(name: str, enterprise: Pair, platform: Pair) -> dict[str, Key]:
    """A secret of the right kind for each that the area asks for."""
    kinds: dict[str, Key] = {"aes_key": AES_KEY, "rsa_key": enterprise.private, "platform_key": enterprise.private}
    if name == "zhengzhou_etrade":
        kinds["platform_key"] = platform.public
    return {each: kinds.get(each, f"{WORD}-{each}") for each in areas.find(name).secrets}


def area_of(name: str, secrets: Mapping[str, Key]) -> Area:
    return with_secrets(sample_area(areas.find(name)), secrets)


def parcels(name: str, count: int = 1) -> list[customs.Declaration]:
    return [parcel_for(each, areas.find(name)) for each in sample_parcels(count, seed=7, mode="1210")]


def messages(walk: Walk, area: Area) -> list[customs.Outgoing]:
    """The messages of a parcel in an area, none of it refused."""
    prepared = walk(parcels(area.name)[0], area=area)
    assert not prepared.refused, [each.en for each in prepared.findings if each.is_error]
    return list(prepared.messages)


def form_of(message: customs.Outgoing) -> dict[str, str]:
    assert message.form is not None
    return dict(message.form)


def written(case: Case, secrets: Mapping[str, Key]) -> Rendered:
    """The published sample, written with secrets."""
    area = replace(case.area, secrets=secrets)
    return render(area, case.profile.message(case.message), [case.facts()], time=case.clock, guid=case.guids[0])


def sample(name: str, secrets: Mapping[str, Key]) -> dict[str, str]:
    form = written(case_of(CASES / f"{name}.json"), secrets).form
    assert form is not None
    return dict(form)


def texts(content: bytes, tag: str) -> list[str]:
    return [each.text or "" for each in etree.fromstring(content).iter() if etree.QName(each).localname == tag]


def test_every_area_that_posts_a_form_is_tested_here() -> None:
    assert [each for each in areas.names() if (gateway := areas.find(each).gateway) and gateway.form] == FORMS


# Ningbo and Chongqing: a digest of the password


@pytest.mark.parametrize("case", ["ningbo_cnec_jh_order", "ningbo_cnec_jh_order_2015"])
def test_ningbo_signs_user_password_and_time_as_published(case: str) -> None:
    found = case_of(CASES / f"{case}.json")
    area = areas.configure(
        found.profile,
        parameters={**found.area.parameters, "user_id": "demo"},
        companies=found.area.companies,
        secrets={"password": "demo-password"},
    )
    made = render(area, found.profile.message(found.message), [found.facts()], time=datetime(2024, 5, 1, 12), guid=GUID)
    assert made.form is not None
    assert made.form["sign"] == "5c10d1b4fb9a38899cdda612be0a0f3a"
    assert (made.form["userid"], made.form["timestamp"]) == ("demo", "2024-05-01 12:00:00")
    assert (made.form["xmlstr"], made.form["msgtype"]) == (made.content.decode(), "cnec_jh_order")


def test_ningbo_posts_the_published_parameters_in_their_order(facts: Path) -> None:
    lines = (facts / "areas" / "samples" / "ningbo_http_params.txt").read_text(encoding="utf-8").strip().splitlines()
    published = dict(each.split("=", 1) for each in lines[1:])
    published["sign"] = published["sign"].rpartition("-> ")[2]
    form = sample("ningbo_cnec_jh_order", {"password": "demo-password"})
    assert list(form) == list(published)
    assert published.pop("xmlstr") == "<url-encoded Message>"
    assert form.pop("xmlstr").startswith("<?xml")
    assert form == published
    gateway = areas.find("ningbo_kjb2c").gateway
    assert gateway is not None
    assert lines[0] == f"POST {gateway.address}"


@pytest.mark.parametrize("case", ["chongqing_ORDER_INFO", "chongqing_BILL_INFO", "chongqing_SKU_INFO"])
def test_chongqing_has_the_published_password_in_the_head_and_the_message_in_base64(case: str) -> None:
    made = written(case_of(CASES / f"{case}.json"), {"password": "demo"})
    assert texts(made.content, "Password") == ["ca36e3d37d445282f5ebe1db563c7280"]
    assert made.form is not None
    assert list(made.form) == ["data"]
    assert b64decode(made.form["data"], validate=True) == made.content
    assert b"demo<" not in made.content


def test_chongqing_has_another_password_for_each_message(walk: Walk) -> None:
    made = messages(walk, area_of("chongqing_dtc", {"password": WORD}))
    assert len(made) == 3
    for each in made:
        (number,), (password,) = texts(each.content, "MessageId"), texts(each.content, "Password")
        assert password == md5(f"{number}{WORD}".encode()).hexdigest()  # noqa: S324  the rule of the platform
    assert len({texts(each.content, "Password")[0] for each in made}) == 3


# Zhejiang and Jiangxi: encrypted and signed


@pytest.fixture(params=JKF)
def jkf(request: pytest.FixtureRequest, enterprise: Pair, platform: Pair) -> Area:
    return area_of(request.param, secrets_of(request.param, enterprise, platform))


def test_what_zhejiang_is_sent_openssl_decrypts_and_verifies(
    jkf: Area, walk: Walk, enterprise: Pair, openssl: str
) -> None:
    made = messages(walk, jkf)
    assert len(made) >= 2
    for each in made:
        form, clear = form_of(each), enterprise.folder / "clear"
        assert (form["msgType"], form["sendCode"]) == (each.name, jkf.parameters["sender"])
        encrypted = enterprise.file(b64decode(form["content"], validate=True), "encrypted")
        done(openssl, "enc", "-d", "-aes-128-ecb", "-K", AES_KEY.encode().hex(), "-in", encrypted, "-out", str(clear))
        assert clear.read_bytes() == each.content
        signature = enterprise.file(b64decode(form["dataDigest"], validate=True), "signature")
        done(openssl, "dgst", "-sha1", "-verify", enterprise.public_file, "-signature", signature, str(clear))
        assert list(form) == ["content", "msgType", "dataDigest", "sendCode"]


def test_a_form_of_zhejiang_opens_to_the_message_that_went_into_it(jkf: Area, walk: Walk, enterprise: Pair) -> None:
    for each in some(messages(walk, jkf)):
        assert open_form(jkf, form_of(each), public_key=enterprise.public) == each.content


def posted_by(platform: Pair, openssl: str, content: bytes, **others: str) -> dict[str, str]:
    """What the platform of Zhejiang posts, made by openssl alone: the enterprise's AES key, the platform's RSA key."""
    clear, encrypted, signature = (
        platform.file(content, "clear"),
        platform.folder / "encrypted",
        platform.folder / "signature",
    )
    done(openssl, "enc", "-aes-128-ecb", "-K", AES_KEY.encode().hex(), "-in", clear, "-out", str(encrypted))
    done(openssl, "dgst", "-sha1", "-sign", platform.private_file, "-out", str(signature), clear)
    made = {
        name: b64encode(path.read_bytes()).decode()
        for name, path in (("content", encrypted), ("dataDigest", signature))
    }
    return {"msgType": "RESULT", "sendCode": "PLATFORM", **made, **others}


RESULT = (
    "<mo version='1.0.0'><head><businessType>RESULT</businessType></head><body><list><jkfResult><businessNo>A1</businessNo>"
    "<chkMark>1</chkMark><resultList><jkfResultDetail><resultInfo>00000:处理成功</resultInfo></jkfResultDetail></resultList>"
    "</jkfResult></list></body></mo>"
).encode()
OTHER = RESULT.replace(b"<chkMark>1", b"<chkMark>2")


def test_a_receipt_that_the_platform_of_zhejiang_posts_opens_with_the_platforms_key(
    jkf: Area, platform: Pair, openssl: str
) -> None:
    content = open_form(jkf, posted_by(platform, openssl, RESULT), public_key=platform.public)
    assert content == RESULT
    (answer,) = areas.read_answers(content, jkf.profile)
    assert (answer.state, answer.code, answer.key["business_no"]) == (State.SENT, "1", "A1")


def shown(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))


def hidden(enterprise: Pair, platform: Pair) -> list[str]:
    """Texts that nothing may show: passwords, each line of the keys, and what stands in the receipts."""
    keys = [
        line.decode()
        for pem in (enterprise.private, platform.private)
        for line in pem.splitlines()
        if not line.startswith(b"--")
    ]
    return [AES_KEY, AES_KEY.encode().hex(), b64encode(AES_KEY.encode()).decode(), WORD, "处理成功", "jkfResult", *keys]


def refused(area: Area, form: Mapping[str, str], key: Key | None, secrets: list[str]) -> None:
    with pytest.raises(GatewayError) as caught:
        open_form(area, form, public_key=key)
    assert str(caught.value)
    told = shown(caught.value) + repr(caught.value)
    assert not [each for each in secrets if each in told]
    assert not [each for each in form.values() if len(each) > 20 and each in told]


Tamper = Callable[[dict[str, str], dict[str, str]], dict[str, str]]


def bit(text: str, place: int) -> str:
    return b64encode(flipped(b64decode(text), place)).decode()


TAMPERED: dict[str, Tamper] = {
    "the first block of the content": lambda form, other: form | {"content": bit(form["content"], 0)},
    "the middle of the content": lambda form, other: form | {"content": bit(form["content"], 40)},
    "the last block of the content": lambda form, other: form | {"content": bit(form["content"], -1)},
    "the content cut by a block": lambda form, other: (
        form | {"content": b64encode(b64decode(form["content"])[:-16]).decode()}
    ),
    "the content cut by a byte": lambda form, other: (
        form | {"content": b64encode(b64decode(form["content"])[:-1]).decode()}
    ),
    "the content of another form": lambda form, other: form | {"content": other["content"]},
    "no content": lambda form, other: form | {"content": ""},
    "content that is not base64": lambda form, other: form | {"content": "<mo/>"},
    "content that is no ASCII": lambda form, other: form | {"content": "浙江"},
    "content that is no text": lambda form, other: form | {"content": "\ud800"},
    "a bit of the digest": lambda form, other: form | {"dataDigest": bit(form["dataDigest"], 5)},
    "the digest of another form": lambda form, other: form | {"dataDigest": other["dataDigest"]},
    "no digest": lambda form, other: form | {"dataDigest": ""},
    "a digest that is not base64": lambda form, other: form | {"dataDigest": "***"},
    "a digest that is no text": lambda form, other: form | {"dataDigest": "\udfff"},
    "the content as digest": lambda form, other: form | {"dataDigest": form["content"]},
    "a form without the content": lambda form, other: {name: text for name, text in form.items() if name != "content"},
    "a form without the digest": lambda form, other: {
        name: text for name, text in form.items() if name != "dataDigest"
    },
    "an empty form": lambda form, other: {},
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
@pytest.mark.long
def test_a_form_that_was_tampered_with_is_refused_and_shows_nothing(
    jkf: Area, enterprise: Pair, platform: Pair, openssl: str, tamper: Tamper
) -> None:
    form, other = posted_by(platform, openssl, RESULT), posted_by(platform, openssl, OTHER)
    assert open_form(jkf, form, public_key=platform.public) == RESULT
    assert open_form(jkf, other, public_key=platform.public) == OTHER
    refused(jkf, tamper(form, other), platform.public, hidden(enterprise, platform))


def test_a_form_is_opened_with_the_right_keys_only(jkf: Area, enterprise: Pair, platform: Pair, openssl: str) -> None:
    form, secrets = posted_by(platform, openssl, RESULT), hidden(enterprise, platform)
    for key in (
        None,
        b"",
        enterprise.public,
        platform.private,
        AES_KEY,
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    ):
        refused(jkf, form, key, secrets)
    for aes_key in ("another key of 1", "short", b"\0" * 16):
        other = with_secrets(jkf, {"aes_key": aes_key, "rsa_key": enterprise.private})
        refused(other, form, platform.public, secrets)


@pytest.mark.parametrize(
    "name", ["zhejiang_jkf", "shanghai_shcepp", "changsha_ext", "ningbo_kjb2c", "guangzhou", "zhengzhou_etrade"]
)
def test_a_form_cannot_be_opened_without_the_secrets(name: str, enterprise: Pair, platform: Pair, walk: Walk) -> None:
    area = area_of(name, secrets_of(name, enterprise, platform))
    form = form_of(messages(walk, area)[0])
    refused(area_of(name, {}), form, enterprise.public, hidden(enterprise, platform))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.text(max_size=60) | st.binary(max_size=64).map(lambda each: b64encode(each).decode()),
    digest=st.text(max_size=20),
)
def test_whatever_stands_in_a_form_is_refused_as_a_form(
    platform: Pair, enterprise: Pair, content: str, digest: str
) -> None:
    area = area_of("zhejiang_jkf", secrets_of("zhejiang_jkf", enterprise, platform))
    with pytest.raises(GatewayError):
        open_form(area, {"content": content, "dataDigest": digest}, public_key=platform.public)


# Zhejiang: the platform builds the unified message and calls back for a signature


def as_the_platform_writes(content: bytes) -> bytes:
    """The same message in other bytes: a default namespace, no prefix, indented."""
    text = re.sub(rb"(</?)ceb:", rb"\1", content).replace(b"xmlns:ceb=", b"xmlns=")
    return etree.tostring(
        etree.fromstring(text, etree.XMLParser(remove_blank_text=True)), encoding="UTF-8", pretty_print=True
    )


@pytest.mark.parametrize("kind", ["CEB311", "CEB621"])
def test_the_text_that_zhejiang_calls_back_with_is_read_signed_and_verified(
    jkf: Area, walk: Walk, platform: Pair, signer: customs.RsaSigner, openssl: str, kind: str
) -> None:
    """cebFlag 03: the platform posts the unified message over the four parameters of a receipt; the enterprise signs
    it.
    """
    built = next(each for each in walk(parcels("unified")[0]).messages if each.name == kind)
    unsigned = as_the_platform_writes(re.sub(rb"<ds:Signature.*</ds:Signature>", b"", built.content, flags=re.DOTALL))
    assert b"Signature" not in unsigned
    assert unsigned != built.content

    form = posted_by(platform, openssl, unsigned, msgType=kind)
    declared = customs.read(built.content).documents
    signed = areas.sign_callback(
        jkf, form, signer, platform_key=platform.public, ours=lambda document: document in declared
    )

    found = customs.verify(signed)
    assert found.valid, found.reasons
    assert found.certificate == signer.certificate
    assert customs.read(signed).documents == declared
    assert not customs.verify(signed.replace(b"<ceb:appType>1", b"<ceb:appType>2")).valid


def test_nothing_is_signed_for_a_platform_but_what_the_enterprise_declared(
    jkf: Area, walk: Walk, platform: Pair, enterprise: Pair, signer: customs.RsaSigner, openssl: str
) -> None:
    unsigned = walk(parcels("unified")[0]).messages[1].content
    unsigned = re.sub(rb"<ds:Signature.*</ds:Signature>", b"", unsigned, flags=re.DOTALL)

    def called_back(content: bytes, *, by: Pair = platform, ours: bool = True) -> bytes:
        form = posted_by(by, openssl, content, msgType="CEB411")
        return areas.sign_callback(jkf, form, signer, platform_key=platform.public, ours=lambda document: ours)

    assert customs.verify(called_back(unsigned)).valid
    cases: list[tuple[bytes, dict[str, Any], str]] = [
        (unsigned, {"ours": False}, "document 1 of CEB411 is not what was declared here"),
        (unsigned, {"by": enterprise}, "does not belong to this content"),
        (
            unsigned.replace(b"</ceb:PaymentHead>", b"<ceb:extra>1</ceb:extra></ceb:PaymentHead>"),
            {},
            "differs from the standard",
        ),
        (b"<mo/>", {}, "no message of the unified edition"),
    ]
    for content, more, words in some(cases):
        with pytest.raises(GatewayError, match=words):
            called_back(content, **more)


# Guangzhou: a signed envelope


def accepts(xmlsec1: str, pair: Pair, document: bytes) -> bool:
    """Whether xmlsec1 accepts the signature with the key given, and with it alone: KeyValue is not looked at."""
    found = run(
        xmlsec1,
        "--verify",
        "--enabled-key-data",
        "key-name",
        "--enabled-reference-uris",
        "empty",
        "--pubkey-pem",
        pair.public_file,
        pair.file(document, "document.xml"),
    )
    return found.returncode == 0


@pytest.mark.parametrize("name", GUANGZHOU)
@pytest.mark.long
def test_the_envelope_of_guangzhou_verifies_and_holds_the_message(
    name: str, walk: Walk, enterprise: Pair, platform: Pair, xmlsec1: str
) -> None:
    area = area_of(name, secrets_of(name, enterprise, platform))
    made = messages(walk, area)
    assert len(made) == 4
    suffix = "Message" if name == "guangzhou" else ""
    for each in made:
        form = form_of(each)
        assert list(form) == ["clientid", "key", "messageType", "messageText"]
        assert (form["clientid"], form["key"]) == (area.parameters["client_id"], f"{WORD}-client_key")
        assert form["messageType"] == f"{each.name}{suffix}"
        envelope = form["messageText"].encode()
        assert accepts(xmlsec1, enterprise, envelope)
        assert not accepts(xmlsec1, platform, envelope)
        assert [b64decode(text, validate=True) for text in texts(envelope, "Data")] == [each.content]
        assert texts(envelope, "MessageType") == [f"{each.name}{suffix}"]
        root = etree.fromstring(envelope)
        assert root.tag == "GzeportTransfer"
        assert root[-1].tag == f"{{{DS}}}Signature"


@pytest.mark.parametrize("name", GUANGZHOU)
@pytest.mark.parametrize("tag", ["MessageID", "SendTime", "Version", "Data"])
@pytest.mark.long
def test_one_changed_digit_in_the_envelope_of_guangzhou_fails(
    name: str, tag: str, walk: Walk, enterprise: Pair, platform: Pair, xmlsec1: str
) -> None:
    area = area_of(name, secrets_of(name, enterprise, platform))
    envelope = form_of(messages(walk, area)[0])["messageText"]
    (text,) = texts(envelope.encode(), tag)
    at = next(place for place, each in enumerate(text) if each in "0123456789")
    changed = text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
    forged = envelope.replace(f"<{tag}>{text}<", f"<{tag}>{changed}<")
    assert forged != envelope
    assert accepts(xmlsec1, enterprise, envelope.encode())
    assert not accepts(xmlsec1, enterprise, forged.encode())


def test_the_messages_of_a_parcel_have_envelopes_with_numbers_of_their_own(
    walk: Walk, enterprise: Pair, platform: Pair
) -> None:
    for name in GUANGZHOU:
        area = area_of(name, secrets_of(name, enterprise, platform))
        envelopes = [form_of(each)["messageText"].encode() for each in messages(walk, area)]
        numbers = [texts(each, "MessageID")[0] for each in envelopes]
        assert len({each[-5:] for each in numbers}) == 4, "the serial number"
        assert [texts(each, "FileName") for each in envelopes] == [[f"{number}.xml"] for number in numbers]


def test_the_envelope_of_guangzhou_has_the_elements_of_the_published_one_in_their_order(
    facts: Path, enterprise: Pair, platform: Pair
) -> None:
    published = flat((facts / "areas" / "samples" / "guangzhou_transfer_envelope.xml").read_bytes())
    form = sample("guangzhou_KJ881111", secrets_of("guangzhou_kj", enterprise, platform))
    ours = [each for each in flat(form["messageText"].encode()) if not each[0].startswith("Signature")]
    assert [path for path, _ in ours] == [path for path, _ in published]
    assert {path for (path, here), (_, there) in zip(ours, published, strict=True) if here != there} == {"Data"}


def test_a_unified_message_has_the_same_envelope_in_guangzhou_as_a_local_one(
    walk: Walk, enterprise: Pair, platform: Pair
) -> None:
    shapes = []
    for name in GUANGZHOU:
        form = form_of(messages(walk, area_of(name, secrets_of(name, enterprise, platform)))[0])
        shapes.append([path for path, _ in flat(form["messageText"].encode())])
    assert shapes[0] == shapes[1]


# Zhengzhou


def test_the_envelope_of_zhengzhou_has_the_elements_of_the_published_one(
    facts: Path, enterprise: Pair, platform: Pair
) -> None:
    published = flat((facts / "areas" / "samples" / "zhengzhou_etrade_envelope.xml").read_bytes())
    ours = flat(sample("zhengzhou_etrade_order", secrets_of("zhengzhou_etrade", enterprise, platform))["xml"].encode())
    assert [path for path, _ in ours] == [path for path, _ in published]
    different = {path for (path, here), (_, there) in zip(ours, published, strict=True) if here != there}
    assert different == {"PubInfo/Key", "PubInfo/Signature", "DataInfo"}


def test_what_zhengzhou_is_sent_openssl_decrypts_block_by_block(enterprise: Pair, platform: Pair, openssl: str) -> None:
    made = written(case_of(CASES / "zhengzhou_etrade_order.json"), secrets_of("zhengzhou_etrade", enterprise, platform))
    assert made.form is not None
    envelope = made.form["xml"].encode()
    (data,), (signature,), (key,) = (texts(envelope, tag) for tag in ("DataInfo", "Signature", "Key"))
    cipher, clear = b64decode(data, validate=True), platform.folder / "clear"
    assert len(cipher) % 256 == 0
    assert len(cipher) > 256
    found = b""
    for at in range(0, len(cipher), 256):
        block = platform.file(cipher[at : at + 256], "block")
        done(openssl, "pkeyutl", "-decrypt", "-inkey", platform.private_file, "-in", block, "-out", str(clear))
        found += clear.read_bytes()
    assert found == made.content
    assert signature == md5(data.encode()).hexdigest()  # noqa: S324  the rule of the platform
    assert key == f"{WORD}-company_key"
    assert WORD.encode() not in made.content


def test_the_airport_zone_of_zhengzhou_is_posted_the_message_as_it_is(walk: Walk) -> None:
    for each in some(messages(walk, area_of("zhengzhou_airport_cbec", {}))):
        assert form_of(each) == {"xmlStr": each.content.decode()}


# Shanghai, Changsha, Haikou


def test_shanghai_is_posted_json_and_a_digest_over_it_and_the_key(walk: Walk) -> None:
    area = area_of("shanghai_shcepp", {"key": WORD})
    (each,) = messages(walk, area)
    form = form_of(each)
    assert list(form) == ["EData", "SignMsg"]
    assert re.fullmatch(r"[A-Za-z0-9*._+%-]+", form["EData"])
    text = unquote_plus(form["EData"])
    assert text.encode() == each.content
    assert json.loads(text)["merchantOrderId"] == parcels("shanghai_shcepp")[0].order.order_no
    assert form["SignMsg"] == md5((text + WORD).encode()).hexdigest().upper()  # noqa: S324  the rule of the platform
    assert open_form(area, form) == each.content
    refused(area, form | {"SignMsg": form["SignMsg"].lower()}, None, [WORD])
    refused(area, form | {"EData": form["EData"].replace("v2.1", "v2.0")}, None, [WORD])
    refused(with_secrets(area, {"key": "another"}), form, None, [WORD])


def test_changsha_is_posted_base64_and_a_digest_over_it_and_the_key(walk: Walk) -> None:
    area = area_of("changsha_ext", {"key": WORD})
    made = messages(walk, area)
    assert sorted(each.name for each in made) == ["CEB311", "CEB411", "CEB511", "CEB621"]
    for each in made:
        form = form_of(each)
        assert list(form) == ["Request", "Signed", "Action", "Dcode"]
        assert b64decode(form["Request"], validate=True) == each.content
        assert form["Signed"] == md5((form["Request"] + WORD).encode()).hexdigest()  # noqa: S324  the rule of the platform
        assert form["Action"] == each.name
        assert open_form(area, form) == each.content
        refused(area, form | {"Request": b64encode(each.content + b" ").decode()}, None, [WORD])


def test_whoever_holds_the_platforms_key_against_a_form_without_a_signature_is_refused(
    walk: Walk, signer: customs.RsaSigner, platform: Pair
) -> None:
    area = area_of("changsha_ext", {"key": WORD})
    form = form_of(messages(walk, area)[0])
    with pytest.raises(GatewayError, match="have no signature"):
        open_form(area, form, public_key=platform.public)
    with pytest.raises(GatewayError, match="have no signature"):
        areas.sign_callback(area, form, signer, platform_key=platform.public, ours=lambda document: True)


def test_an_xml_signature_of_the_platform_is_held_against_its_key(enterprise: Pair, platform: Pair) -> None:
    text = """zh = "示例"
en = "Example"
confidence = "low"
sources = ["made up"]
[secrets.rsa_key]
zh = "私钥"
en = "Key"
[gateway]
transport = "https_form"
steps = [
  { name = "signed", cipher = "xmldsig", input = ["content"], secret = "rsa_key" },
  { name = "text", cipher = "base64", input = ["step.signed"] },
]
form = { data = "step.text" }
"""
    profile = load_text(text, "example", "example.toml")
    ours, theirs = (areas.configure(profile, secrets={"rsa_key": each.private}) for each in (enterprise, platform))
    form = carry(theirs, "CEB311", b"<mo>1</mo>", time=MORNING, guid=GUID).form
    assert form is not None
    assert b"<mo>1</mo>" in open_form(ours, form, public_key=platform.public)
    for key in (enterprise.public, enterprise.private, None):
        with pytest.raises(GatewayError):
            open_form(ours, form, public_key=key)


def test_haikou_is_posted_json_around_the_signed_message(walk: Walk, signer: customs.RsaSigner) -> None:
    area = area_of("haikou", {})
    made = messages(walk, area)
    assert [each.name for each in made] == ["CEB311", "CEB411", "CEB511", "CEB621"]
    for each in made:
        form = form_of(each)
        assert list(form) == ["body"]
        body = json.loads(form["body"])["Message"]
        assert list(body) == ["MessageHead", "MessageBody"]
        assert body["MessageHead"] == {
            "MessageId": "",
            "MessageType": f"{each.name}Message.xml",
            "SenderID": "SHOP",
            "ReceiverID": "PORT",
            "SendTime": "2026-11-11 08:00:00",
            "Version": "1.0",
        }
        signed = b64decode(body["MessageBody"]["data"], validate=True)
        assert signed == each.content
        found = customs.verify(signed)
        assert found.valid, found.reasons
        assert found.certificate == signer.certificate


@pytest.mark.parametrize("name", ["guangzhou", "guangzhou_kj", "haikou", "zhengzhou_etrade"])
def test_a_form_that_leads_one_way_only_says_so(name: str, walk: Walk, enterprise: Pair, platform: Pair) -> None:
    area = area_of(name, secrets_of(name, enterprise, platform))
    with pytest.raises(GatewayError):
        open_form(area, form_of(messages(walk, area)[0]), public_key=enterprise.public)


@pytest.mark.parametrize("name", ["ningbo_kjb2c", "ningbo_kjb2c_2013"])
def test_a_form_of_ningbo_cannot_be_opened_since_its_digest_covers_no_message(name: str, walk: Walk) -> None:
    area = area_of(name, {"password": WORD})
    refused(area, form_of(messages(walk, area)[0]), None, [WORD])


def test_an_area_whose_messages_leave_as_they_are_has_no_form() -> None:
    for name in exactly(14, set(areas.names()) - set(FORMS)):
        assert carry(area_of(name, {}), "CEB311", b"<mo/>", time=MORNING, guid=GUID) == (None, None)
        with pytest.raises(GatewayError):
            open_form(area_of(name, {}), {"content": "PG1vLz4="})


# Shenzhen: a file that begins with the number of the message


def shenzhen() -> Area:
    area = sample_area(areas.find("shenzhen_ceb301"))
    parameters = {**area.parameters, "org_code": "000000001"}
    return areas.configure(area.profile, parameters=parameters, companies=area.companies, serials=lambda: 42)


def test_the_file_of_shenzhen_begins_with_the_number_of_the_message(walk: Walk) -> None:
    area = shenzhen()
    (each,) = messages(walk, area)
    before, _, xml = each.content.partition(b"<")
    number = before.decode()
    assert number == "CEB301" + "000000001" + "20261111080000000" + "0042"
    root = b"<" + xml
    assert root.startswith(b"<?xml")
    assert texts(root, "MessageID") == [number]
    declared = parcels("shenzhen_ceb301")[0]
    assert texts(root, "gnum") == [f"{at:04}" for at, _ in enumerate(declared.order.lines, 1)]
    given = [(line.local or {})["customs_goods_no"] for line in declared.order.lines]
    assert texts(root, "gno") == [each.zfill(18) for each in given]
    assert {len(each) for each in texts(root, "gno")} == {18}


def test_the_file_of_shenzhen_reads_back(walk: Walk) -> None:
    area = shenzhen()
    (each,) = messages(walk, area)
    reading = read_local(area, each.content)
    assert (reading.message, reading.unknown, reading.conflicts) == ("CEB301", (), ())
    (parcel,), declared = reading.parcels, parcels("shenzhen_ceb301")[0]
    assert parcel.facts["order.order_no"] == declared.order.order_no
    assert [line["line.gnum"] for line in parcel.lines] == list(range(1, len(declared.order.lines) + 1))
    assert [line["line.qty"] for line in parcel.lines] == [line.qty for line in declared.order.lines]
    assert [line["goods.customs_goods_no"].lstrip("0") for line in parcel.lines] == ["1"] * len(declared.order.lines)


# Settings that are missing


@pytest.mark.parametrize("name", [each for each in FORMS if areas.find(each).secrets and each != "chongqing_dtc"])
def test_without_secrets_messages_are_written_but_no_form_and_a_note_says_so(name: str, walk: Walk) -> None:
    prepared = walk(parcels(name)[0], area=area_of(name, {}))
    notes = [each for each in prepared.findings if each.code == "not-wrapped"]
    assert len(notes) == len(areas.find(name).secrets)
    assert {each.severity.value for each in notes} == {"note"}
    for secret in areas.find(name).secrets:
        assert any(f"secrets.{secret}" in each.en for each in notes)
    assert prepared.messages
    assert not prepared.refused
    assert [each.form for each in prepared.messages] == [None] * len(prepared.messages)


def test_chongqing_writes_no_message_without_the_password_that_stands_in_it(walk: Walk) -> None:
    prepared = walk(parcels("chongqing_dtc")[0], area=area_of("chongqing_dtc", {}))
    assert prepared.messages == ()
    assert [each.path for each in prepared.findings if each.code == "area-setting-missing"] == ["settings.secrets"], (
        "said once"
    )


@pytest.mark.parametrize(
    "name",
    [each for each in FORMS if each not in ("chongqing_dtc", "haikou", "nanjing_njkj", "zhengzhou_airport_cbec")],
)
def test_a_secret_less_is_a_secret_too_few(name: str, walk: Walk, enterprise: Pair, platform: Pair) -> None:
    whole = secrets_of(name, enterprise, platform)
    for left_out in some(whole):
        held = {each: secret for each, secret in whole.items() if each != left_out}
        prepared = walk(parcels(name)[0], area=area_of(name, held))
        assert {each.form is None for each in prepared.messages} == {True}
        assert [each.code for each in prepared.findings].count("not-wrapped") == 1


#: Parameters that stand in the form or the envelope alone, in no message.
OUTSIDE = {
    "guangzhou": ["sender", "transfer_receiver", "client_id"], "guangzhou_kj": ["client_id"],
    "ningbo_kjb2c": ["user_id"], "ningbo_kjb2c_2013": ["user_id"], "zhengzhou_etrade": ["company_code"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "parameter"), [(name, each) for name, several in OUTSIDE.items() for each in several])
def test_a_setting_that_only_the_form_asks_for_is_missed_before_a_form_leaves(
    name: str, parameter: str, walk: Walk, enterprise: Pair, platform: Pair
) -> None:
    whole = area_of(name, secrets_of(name, enterprise, platform))
    held = {each: text for each, text in whole.parameters.items() if each != parameter}
    area = areas.configure(
        whole.profile, parameters=held, companies=whole.companies, secrets=whole.secrets, serials=areas.counting()
    )
    prepared = walk(parcels(name)[0], area=area)
    assert [each.form for each in prepared.messages if each.form is not None] == []
    assert f"settings.parameters.{parameter}" in {each.path for each in prepared.findings}


def test_an_envelope_never_leaves_without_the_serial_number_in_its_name(
    walk: Walk, enterprise: Pair, platform: Pair
) -> None:
    whole = area_of("guangzhou", secrets_of("guangzhou", enterprise, platform))
    area = areas.configure(whole.profile, parameters=whole.parameters, companies=whole.companies, secrets=whole.secrets)
    prepared = walk(parcels("guangzhou")[0], area=area)
    assert [each.form for each in prepared.messages if each.form is not None] == []
    assert "settings.serials" in {each.path for each in prepared.findings}


# Secrets in files


@pytest.mark.parametrize("end", ["", "\n", "\r\n"], ids=["bare", "line", "Windows"])
def test_a_password_in_a_file_is_the_line_without_its_end(tmp_path: Path, walk: Walk, end: str) -> None:
    (tmp_path / "password").write_bytes(f"demo-password{end}".encode())
    (tmp_path / "settings.toml").write_text(
        'area = "ningbo_kjb2c"\n[parameters]\nuser_id = "demo"\norder_shop = "S001"\n[secrets]\npassword = { file = "password" }\n',
        encoding="utf-8",
    )
    loaded = areas.load_settings(tmp_path / "settings.toml", areas.find)
    area = areas.configure(
        loaded.profile,
        parameters=loaded.parameters,
        companies=sample_area(loaded.profile).companies,
        secrets=loaded.secrets,
    )
    (made,) = walk(parcels("ningbo_kjb2c")[0], area=area, clock=customs.fixed_clock(datetime(2024, 5, 1, 12))).messages
    assert form_of(made)["sign"] == "5c10d1b4fb9a38899cdda612be0a0f3a"


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"], ids=["bare", "line", "Windows"])
@pytest.mark.parametrize(
    "key",
    [AES_KEY.encode(), b64encode(AES_KEY.encode()), AES_KEY.encode().hex().encode()],
    ids=["text", "base64", "hex"],
)
@pytest.mark.long
def test_an_aes_key_in_a_file_may_be_written_as_in_the_settings(
    tmp_path: Path, walk: Walk, enterprise: Pair, key: bytes, end: bytes
) -> None:
    (tmp_path / "aes").write_bytes(key + end)
    (tmp_path / "settings.toml").write_text(
        'area = "zhejiang_jkf"\n[secrets]\naes_key = { file = "aes" }\n',
        encoding="utf-8",
    )
    loaded = areas.load_settings(tmp_path / "settings.toml", areas.find)
    made = []
    for secret in (loaded.secrets["aes_key"], AES_KEY):
        area = area_of("zhejiang_jkf", {"aes_key": secret, "rsa_key": enterprise.private})
        made.append([each.form for each in walk(parcels(area.name)[0], area=area).messages])
    assert made[0] == made[1] != []


# Keys that are broken

BROKEN: dict[str, list[dict[str, Key]]] = {
    "zhejiang_jkf": [{"aes_key": "short"}, {"rsa_key": "-----BEGIN PRIVATE KEY-----\nfictitious-password-of-nobody"}],
    "jiangxi_jkf": [{"aes_key": b"\0" * 15}, {"rsa_key": WORD}],
    "guangzhou": [{"platform_key": WORD}, {"platform_key": b"\x30\x82"}],
    "guangzhou_kj": [{"platform_key": WORD}],
    "zhengzhou_etrade": [{"platform_key": WORD}],
}


def both_hidden(enterprise: Pair, platform: Pair) -> list[str]:
    return [each for each in hidden(enterprise, platform) if each not in ("处理成功", "jkfResult")]


@pytest.mark.parametrize(("name", "broken"), [(name, each) for name, several in BROKEN.items() for each in several])
def test_a_broken_key_is_named_as_soon_as_it_is_set(name: str, broken: dict[str, Key]) -> None:
    ((secret, value),) = broken.items()
    with pytest.raises(SettingsError, match=rf"^secrets\.{secret}: the .* cannot be read") as refused:
        areas.configure(areas.find(name), secrets=broken)
    assert not isinstance(value, str) or value not in str(refused.value)


@pytest.mark.parametrize(("name", "broken"), [(name, each) for name, several in BROKEN.items() for each in several])
def test_a_broken_key_stops_the_message_and_not_the_stream(
    name: str,
    broken: dict[str, Key],
    signer: customs.RsaSigner,
    enterprise: Pair,
    platform: Pair,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    area = area_of(name, {**secrets_of(name, enterprise, platform), **broken})
    sent = parcels(name, 3)
    run = customs.Run(
        area=area,
        signer=signer,
        on=SINGLES_DAY,
        clock=customs.fixed_clock(MORNING),
        guids=customs.seeded_guids(1),
    )
    batches = list(run.prepare_many(sent))
    assert [each for batch in batches for each in batch.messages] == []
    came = [each for batch in batches for each in batch.parcels]
    assert sorted(each.position for each in came) == [1, 2, 3]
    for each in came:
        failed = [finding for finding in each.findings if finding.code == "gateway-failed"]
        assert failed
        assert each.refused
        assert each.messages == ()
    told = repr(batches) + repr([each.findings for each in came]) + caplog.text
    assert not [each for each in both_hidden(enterprise, platform) if each in told]


@pytest.mark.parametrize(
    ("name", "secret"),
    [("guangzhou", "client_key"), ("guangzhou_kj", "client_key"), ("zhengzhou_etrade", "company_key")],
)
def test_a_password_that_is_no_text_fails_the_gateway_and_not_the_stream(
    name: str, secret: str, walk: Walk, enterprise: Pair, platform: Pair
) -> None:
    area = area_of(name, {**secrets_of(name, enterprise, platform), secret: b"\xff\xfe\x00"})
    prepared = walk(parcels(name)[0], area=area)
    assert {each.code for each in prepared.findings if each.is_error} == {"gateway-failed"}
    assert prepared.messages == ()


def rates(declared: customs.Declaration) -> RateTable:
    units = {line.hs_code: (line.legal_unit1, line.legal_unit2 or "") for line in declared.order.lines}
    return from_rows(
        {
            "hs_code": code,
            "name": "test",
            "legal_unit1": first,
            "legal_unit2": second,
            "vat": "standard",
            "consumption": "",
            "valid_from": "2012-01-01",
            "valid_to": "",
            "as_of": "2026-01-01",
            "source": "fictitious",
        }
        for code, (first, second) in units.items()
    )


def test_a_broken_key_of_customs_does_not_keep_back_what_goes_to_inspection(
    walk: Walk, enterprise: Pair, platform: Pair
) -> None:
    in_force = date(2017, 6, 1)
    sound = secrets_of("guangzhou_kj", enterprise, platform)
    declared = next(
        each for each in parcels("guangzhou_kj", 30) if sum(line.total_price or 0 for line in each.order.lines) < 1000
    )
    at_nansha = declared.clearance.model_copy(
        update={"customs_code": "5165", "port_code": "5165", "entry_day": in_force}
    )
    declared = declared.model_copy(update={"clearance": at_nansha})
    found = []
    for secrets in (sound, {**sound, "platform_key": WORD}):
        prepared = walk(declared, area=area_of("guangzhou_kj", secrets), on=in_force, rates=rates(declared))
        found.append(
            (
                {each.area for each in prepared.messages},
                [each.code for each in prepared.findings].count("gateway-failed"),
            )
        )
    assert found == [({"guangzhou_kj", "guangzhou_nansha_ciq"}, 0), ({"guangzhou_nansha_ciq"}, 4)]


# Nothing secret


@pytest.mark.parametrize("name", FORMS)
def test_no_secret_shows_in_reprs_findings_or_logs(
    name: str, walk: Walk, enterprise: Pair, platform: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    area = area_of(name, secrets_of(name, enterprise, platform))
    prepared = walk(parcels(name)[0], area=area)
    made = prepared.messages
    assert made
    told = [repr(area), str(area), repr(prepared), repr(made), str(prepared.findings), repr(area.profile), caplog.text]
    told += [f"{each}{each!r}" for each in made]
    secrets = both_hidden(enterprise, platform)
    assert not [each for each in secrets for text in told if each in text]
    person = parcels(name)[0].order.buyer_id_number
    assert person not in repr(made)


def test_no_secret_shows_where_wrapping_fails(enterprise: Pair, platform: Pair) -> None:
    secrets = both_hidden(enterprise, platform)
    for name, several in BROKEN.items():
        for broken in some(several):
            area = area_of(name, {**secrets_of(name, enterprise, platform), **broken})
            found = list(failures(area))
            assert found
            for error in found:
                assert not [each for each in secrets if each in shown(error) + repr(error)]


def failures(area: Area) -> Iterator[GatewayError]:
    if area.profile.takes_unified:
        with pytest.raises(GatewayError) as caught:
            carry(area, "CEB311", b"<mo/>", time=MORNING, guid=GUID)
        yield caught.value
        return
    case = {
        "zhejiang_jkf": "zhejiang_IMPORTORDER",
        "guangzhou_kj": "guangzhou_KJ881111",
        "zhengzhou_etrade": "zhengzhou_etrade_order",
    }
    if area.name in case:
        with pytest.raises(GatewayError) as caught:
            written(case_of(CASES / f"{case[area.name]}.json"), area.secrets)
        yield caught.value
        return
    with pytest.raises(GatewayError) as caught:
        carry(area, "IMPORTORDER", b"<mo/>", time=MORNING, guid=GUID)
    yield caught.value
