"""Messages that other systems wrote: every code that a profile reads is read, also those that our own writer never
writes.
"""

import json
import re
from datetime import datetime
from typing import Any

import pytest
from lxml import etree

from customs import areas
from customs.areas import read_local
from customs.areas.messages.compiled_fields import Column, columns_of
from customs.areas.profile.conversions import codes_of
from customs.areas.profile.fields import LocalMessage
from support import some
from support.area_parcels import MESSAGES, area_of, copied, parcels_of, written

Place = tuple[str, str, str]


def coded(name: str, message: LocalMessage) -> list[Column]:
    """The fields of a message whose codes are those of the area."""
    return [
        column for column in columns_of(area_of(name), message)
        if column.spec.code_map and column.fact and column.fact.section not in ("parameter", "message")
    ]  # fmt: skip


#: Each field with a code map: its area, message and path.
FIELDS: list[Place] = [
    (name, message, column.path)
    for name, message in MESSAGES
    for column in coded(name, area_of(name).profile.message(message))
]


def codes_read(name: str, code_map: str) -> dict[str, str]:
    """The codes that a code map reads, with the canonical code of each: what it says of reading, else what it writes."""
    mapped = areas.find(name).code_maps[code_map]
    if mapped.reads:
        return dict(mapped.reads)
    written_codes: dict[str, str] = {}
    for canonical, local in codes_of(mapped)[0].items():
        written_codes.setdefault(local, canonical)
    return written_codes


def code_for(name: str, column: Column, canonical: str) -> str:
    """The code that a field reads as the canonical one, which itself is the text of a field without a code map."""
    if column.spec.code_map is None:
        return canonical
    codes = codes_read(name, column.spec.code_map)
    return next((code for code in codes if codes[code] == canonical), "")


def replaced(content: bytes, path: str, text: str) -> bytes:
    """The message with another text wherever the field stands."""
    if content.lstrip()[:1] == b"{":
        tree = json.loads(content)
        _put(tree, path.split("/"), text)
        return json.dumps(tree).encode()
    start = content.find(b"<")
    root = etree.fromstring(content[start:])
    steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
    for element in some(root.xpath(steps)):
        element.text = text
    return content[:start] + etree.tostring(root, encoding="utf-8")


def _put(tree: Any, steps: list[str], text: str) -> None:
    for each in tree if isinstance(tree, list) else [tree]:
        if len(steps) == 1:
            each[steps[0]] = text
        else:
            _put(each[steps[0]], steps[1:], text)


#: How many areas have fields with codes of their own, and how many fields those are.
AREAS, CODED = 20, 109


def test_areas_have_fields_with_codes_of_their_own() -> None:
    assert len({name for name, _, _ in FIELDS}) == AREAS
    assert len(FIELDS) == CODED


@pytest.mark.parametrize(("name", "message_name", "path"), FIELDS)
@pytest.mark.long
def test_every_code_that_a_field_reads_is_read_as_its_meaning(name: str, message_name: str, path: str) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    column = next(each for each in coded(name, message) if each.path == path)
    assert column.fact
    content = written(area, message, [copied(parcels_of(name)[0])])
    twins = [each for each in columns_of(area, message) if each.fact == column.fact]
    codes, found = codes_read(name, str(column.spec.code_map)), {}
    # a message cannot say one thing twice where one of its codes has no word for it
    expected = {local: each for local, each in codes.items() if all(code_for(name, twin, each) for twin in twins)}
    for local, canonical in some(expected.items()):
        foreign = content
        for each in twins:  # a message that says one thing twice has to say the same
            same_map = each.spec.code_map == column.spec.code_map
            foreign = replaced(foreign, each.path, local if same_map else code_for(name, each, canonical))
        (parcel,) = read_local(area, foreign, message=message_name).parcels
        found[local] = (parcel.lines[0] if column.fact.of_line else parcel.facts)[column.fact.name]
    assert found == expected


def test_every_number_of_the_identity_types_of_zhejiang_is_read() -> None:
    """The standard knows the identity card and anything else; the area also tells passports apart."""
    maps = areas.find("zhejiang_jkf").code_maps
    assert {key: codes_of(each)[1] for key, each in maps.items() if key.startswith("id_type")} == {
        "id_type_order": {"01": "1", "02": "2", "03": "2"},
        "id_type_list": {"1": "1", "2": "2", "3": "2"},
    }


@pytest.mark.parametrize("text", ["2026-11-11", "2026-11-11 00:00:00"])
def test_the_day_of_entry_of_zhejiang_is_read_with_and_without_a_time(text: str) -> None:
    area = area_of("zhejiang_jkf")
    message = area.profile.message("IMPORTBILL")
    (column,) = (each for each in columns_of(area, message) if each.path.endswith("importDateString"))
    content = replaced(written(area, message, [copied(parcels_of("zhejiang_jkf")[0])]), column.path, text)
    (parcel,) = read_local(area, content, message="IMPORTBILL").parcels
    assert parcel.facts["local.entered_at"] == datetime(2026, 11, 11)


def test_an_order_number_that_only_some_lines_have_is_no_conflict() -> None:
    area = area_of("zhengzhou_airport_cbec")
    message = next(each for each in area.profile.messages if any(c.path.endswith("/ORDERID") and c.level == "line"
                   for c in columns_of(area, each)))  # fmt: skip
    (column,) = (each for each in columns_of(area, message) if each.path.endswith("/ORDERID") and each.level == "line")
    content = written(area, message, [copied(parcels_of("zhengzhou_airport_cbec")[0])])
    plain = read_local(area, content, message=message.name)
    order_no = plain.parcels[0].facts["order.order_no"]
    assert order_no
    emptied = read_local(area, replaced(content, column.path, ""), message=message.name)
    assert emptied.conflicts == ()
    assert emptied.parcels[0].facts["order.order_no"] == order_no
    other = read_local(area, replaced(content, column.path, "another"), message=message.name)
    assert other.conflicts == ("order.order_no",)


def test_the_serial_of_the_airport_zone_has_11_digits() -> None:
    area = area_of("zhengzhou_airport_cbec")
    parcels = [copied(parcels_of("zhengzhou_airport_cbec")[0])]
    contents = [written(area, message, parcels).decode() for message in area.profile.messages]
    numbers = [number for content in contents for number in re.findall("<SEQNO>(.*?)</SEQNO>", content)]
    assert numbers
    assert [each for each in numbers if not re.fullmatch("[0-9]{11}", each)] == []
