"""An error of a reader keeps nothing of what was read, not even where Python puts the error before it."""

from collections.abc import Callable
from pathlib import Path

import pytest

import customs
from customs import areas
from customs.payments.agencies.answers import AgencyAnswerError, root_of
from customs.payments.payment_answer import read_request, read_upload, read_upload_reply
from customs.payments.payment_terms import PaymentDataError
from customs.testing import sample_parcels
from support import MORNING

NAME = "王熙凤"
AREA = areas.configure(areas.find("shanghai_shcepp"))
XML = areas.configure(areas.find("zhejiang_jkf"))
DAMAGED = NAME.encode()[:-1]
ORDER = next(
    each.content
    for each in customs.Run(on=MORNING.date(), clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1))
    .prepare(next(sample_parcels(1, seed=1, mode="1210")))
    .messages
)

#: Reading that fails, with the name of a person in what is read.
FAILING: dict[str, Callable[[], object]] = {
    "a message of damaged bytes": lambda: customs.read(b"<a>" + DAMAGED),
    "a message that is not well-formed": lambda: customs.read(f"<a>{NAME}".encode()),
    "a field that does not fit": lambda: customs.read(
        ORDER.replace(b"<ceb:consignee>", b"<ceb:consignee>" + NAME.encode() * 100, 1)
    ),
    "an envelope": lambda: customs.unwrap(f"<DxpMsg><Data>{NAME}</Data></DxpMsg>".encode()),
    "a reply": lambda: customs.read_reply(f"<DxpRep>{NAME}</DxpRep>".encode()),
    "answers": lambda: customs.read_answers(f'{{"a": "{NAME}"'.encode(), "shanghai_shcepp"),
    "a local message in JSON": lambda: areas.read_local(AREA, f'{{"a": "{NAME}"'.encode()),
    "a local message in damaged JSON": lambda: areas.read_local(AREA, b'{"a": "' + DAMAGED),
    "a local message in XML": lambda: areas.read_local(XML, b"<mo>" + DAMAGED + b"</mo>"),
    "a request": lambda: read_request(b'openReq={"orderNo": "' + NAME.encode()),
    "a damaged request": lambda: read_request(b"openReq=" + DAMAGED),
    "an upload": lambda: read_upload(f'{{"sessionID": "{NAME}", "payExchangeInfoHead": {{}}}}'.encode()),
    "a reply to an upload": lambda: read_upload_reply(f'{{"code": "{NAME}'.encode()),
    "an answer of an agency": lambda: root_of(f"<xml>{NAME}".encode(), "xml"),
}


@pytest.mark.parametrize("sentence", FAILING)
def test_an_error_of_a_reader_keeps_nothing_of_what_was_read(sentence: str) -> None:
    with pytest.raises((customs.ReadError, PaymentDataError, AgencyAnswerError)) as refused:
        FAILING[sentence]()
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)
    assert NAME not in str(refused.value) + repr(vars(refused.value))


def test_an_error_of_settings_keeps_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('area = "unified"\nsecrets = { key = "only-for-me" ')
    with pytest.raises(areas.SettingsError) as refused:
        areas.load_settings(file, areas.find)
    assert refused.value.__context__ is None
    assert "only-for-me" not in str(refused.value)
