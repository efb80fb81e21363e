"""Signatures of WeChat Pay's API v3: what is signed, and which answer is believed."""

from base64 import b64decode, b64encode

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from customs.payments.agencies.wechat_v3 import V3Key, answer_holds, authorization


class V3Pair:
    """A key of the agency's rules, and what it signs."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def signs(self, text: bytes) -> bytes:
        return self.key.sign(text, padding.PKCS1v15(), SHA256())

    def verifies(self, serial: str, value: bytes, text: bytes) -> bool:
        try:
            self.key.public_key().verify(value, text, padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return serial == "5F"


@pytest.fixture(scope="module")
def pair() -> V3Pair:
    return V3Pair()


def test_a_request_of_v3_is_signed_over_its_five_lines(pair: V3Pair) -> None:
    path, body = "/v3/global/customs/orders", b'{"customs":"NINGBO"}'
    header = authorization(V3Key("1900000000", "5F", pair.signs), "POST", path, body, timestamp=17, nonce="N1")
    scheme, _, rest = header.partition(" ")
    fields = dict(each.split("=", 1) for each in rest.split(","))
    assert (scheme, fields["mchid"], fields["serial_no"]) == ("WECHATPAY2-SHA256-RSA2048", '"1900000000"', '"5F"')
    text = b'POST\n/v3/global/customs/orders\n17\nN1\n{"customs":"NINGBO"}\n'
    assert pair.verifies("5F", b64decode(fields["signature"].strip('"')), text)


def test_an_answer_of_v3_is_believed_once_its_signature_holds_and_it_is_not_old(pair: V3Pair) -> None:
    body = b'{"state":"SUCCESS"}'
    signature = b64encode(pair.signs(b'1000\nN2\n{"state":"SUCCESS"}\n')).decode()
    headers = {
        "Wechatpay-Timestamp": "1000", "wechatpay-nonce": "N2", "Wechatpay-Signature": signature, "Wechatpay-Serial": "5F",
    }  # fmt: skip
    assert answer_holds(headers, body, pair.verifies, 1300)
    assert not answer_holds(headers, body, pair.verifies, 1301)
    assert not answer_holds(headers, b'{"state":"FAIL"}', pair.verifies, 1000)
    for name, text in (
        ("Wechatpay-Serial", "60"),
        ("wechatpay-nonce", "N3"),
        ("Wechatpay-Signature", "签"),
        ("Wechatpay-Signature", f"!{signature}"),
        ("Wechatpay-Timestamp", ""),
    ):
        assert not answer_holds({**headers, name: text}, body, pair.verifies, 1000)


@pytest.mark.parametrize("nonce", ['N"1', "N 1", "", "N\n1"])
def test_a_nonce_that_would_break_the_header_is_refused(pair: V3Pair, nonce: str) -> None:
    with pytest.raises(ValueError, match="without blanks"):
        authorization(V3Key("1900000000", "5F", pair.signs), "GET", "/", b"", timestamp=17, nonce=nonce)
