"""The published samples of each area: written from a declaration and settings, and read back to the same facts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from customs.areas.gateway.rendering import render
from customs.areas.messages.compiled_fields import Column, columns_of
from customs.areas.messages.parcel_facts import NO_LINE, MessageFacts
from customs.areas.messages.reading import read_local
from support.area_cases import CASES, Case, case_of, facts_on_the_way, flat

cases = pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)


def published(case: Case, samples: Path) -> bytes:
    """The message of a sample; one is the form in which a message is posted, as its parameter ``data``."""
    content = (samples / case.sample).read_bytes()
    return json.loads(content)["data"].encode() if case.sample == "tianjin_api_order.json" else content


def rendered(case: Case) -> bytes:
    message = case.profile.message(case.message)
    return render(case.area, message, [case.facts()], time=case.clock, guid=case.guids[0]).content


@pytest.fixture
def samples(facts: Path) -> Path:
    return facts / "areas" / "samples"


@cases
def test_a_declaration_and_settings_give_the_published_sample(case: Path, samples: Path) -> None:
    told = case_of(case)
    sample, ours = flat(published(told, samples)), flat(rendered(told))
    assert [path for path, _ in ours] == [path for path, _ in sample]
    different = {path: (here, there) for (path, here), (_, there) in zip(ours, sample, strict=True) if here != there}
    assert different.keys() == told.not_derived.keys(), different


@cases
def test_the_published_sample_reads_back_to_the_facts_that_wrote_it(case: Path, samples: Path) -> None:
    told = case_of(case)
    message = told.profile.message(told.message)
    reading = read_local(told.area, published(told, samples))
    assert (reading.message, reading.unknown, reading.conflicts) == (message.name, (), ())
    known = told.facts()
    (parcel,) = reading.parcels
    for column in columns_of(told.area, message):
        if column.fact is None or column.path in told.not_derived or column.spec.total or column.level == "message":
            continue
        if column.fact.section in ("parameter", "step", "message"):
            continue
        if column.level == "line":
            for said, line in zip(parcel.lines, known.lines, strict=True):
                held = said if column.fact.of_line else parcel.facts
                assert read_of(column, held) == column.value(known, line, MessageFacts()), column.path
        else:
            assert read_of(column, parcel.facts) == column.value(known, NO_LINE, MessageFacts()), column.path


def read_of(column: Column, held: Mapping[str, Any]) -> Any:
    """The value that was read for a column; one that is left out where it is empty may be missing."""
    assert column.fact is not None, "only fields with a fact are compared"
    return held.get(column.fact.name) if column.spec.omit else held[column.fact.name]


#: Samples that are no local message of a declaration: receipts, envelopes, unified messages and those of export.
OTHERS = {
    "bonded_SAS221.xml", "guangzhou_kjdocrec.xml", "zhejiang_RESULT.xml", "zhejiang_approval.xml", "guangzhou_transfer_envelope.xml",
    "zhengzhou_etrade_envelope.xml", "ningbo_http_params.txt", "haikou_ceb312msg.txt", "haikou_upload.json",
    "general2014_CEB301.xml", "general2014_CEB501.xml", "general2014_CEB601.xml", "nanjing_receipt_list.xml",
    "nanjing_soap_ParseXml.xml", "qingdao_OrderReturn.xml", "qingdao_queryOrderStatus.json", "shandong_CEB311.xml",
    "shandong_ResponseMessage.xml", "tianjin_BIR002.xml", "tianjin_BUR008.xml", "tianjin_OrderReturn.xml", "tianjin_SDD001.xml",
}  # fmt: skip


def test_every_sample_has_a_case_or_is_something_else(samples: Path) -> None:
    told = [case_of(case).sample for case in CASES]
    assert len(told) == len(set(told))
    assert set(told) | OTHERS == {each.name for each in samples.iterdir()}


__all__ = ["facts_on_the_way"]
