"""Which message of an area a content is: the one most of whose elements are there, and none of whose constants is
contradicted.
"""

import pytest

from customs import ReadError, areas
from customs.areas import LocalReading, read_local
from customs.areas.gateway.ciphers import CIPHERS
from customs.areas.profile.loading import load_text
from support.area_parcels import area_of
from support.small_profiles import TWINS


def read(content: str) -> LocalReading:
    return read_local(areas.configure(load_text(TWINS, "twins", "twins.toml")), content.encode())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<M><version>1</version><order>A</order></M>", "OLD"),
        ("<M><version>2</version><order>A</order></M>", "NEW"),
        ("<M><order>A</order></M>", "OLD"),
        ("<M><order>A</order><note>n</note></M>", "OLD"),
        ("<M><order>A</order><waybill>W</waybill></M>", "NEW"),
        # the constant says more than any number of elements
        ("<M><version>1</version><order>A</order><waybill>W</waybill></M>", "OLD"),
        ("<M><version>2</version><order>A</order><note>n</note></M>", "NEW"),
        # more elements are known than unknown
        ("<M><order>A</order><note>n</note><other>x</other></M>", "OLD"),
    ],
)
def test_a_message_is_told_by_its_elements_and_its_constants(content: str, message: str) -> None:
    assert read(content).message == message


@pytest.mark.parametrize(
    "content",
    [
        "<M><version>3</version><order>A</order></M>",
        "<M><order>A</order><other>x</other></M>",  # as many unknown elements as known ones
        "<M><other>x</other></M>",
        "<M/>",
        "<N><version>1</version><order>A</order></N>",
    ],
)
def test_what_is_mostly_something_else_is_no_message_of_the_area(content: str) -> None:
    with pytest.raises(ReadError, match=r"^this is no message of twins; it has OLD, NEW$"):
        read(content)


def nested(levels: int) -> bytes:
    return ('{"a":' * levels + '"x"' + "}" * levels).encode()


def test_json_of_21_objects_in_each_other_is_looked_at_and_no_deeper_one() -> None:
    area = area_of("shanghai_shcepp")
    with pytest.raises(ReadError, match="this is no message of shanghai_shcepp"):
        read_local(area, nested(21))
    with pytest.raises(ReadError, match="nested more than 20 levels deep"):
        read_local(area, nested(22))


def test_ciphers_that_nobody_should_choose_today_are_called_legacy() -> None:
    assert {name for name, each in CIPHERS.items() if each.legacy} == {
        "md5", "md5_upper", "aes_ecb", "rsa_sha1", "rsa_blocks", "xmldsig",
    }  # fmt: skip


def test_of_two_messages_that_a_content_fits_alike_the_first_is_taken() -> None:
    assert read("<M><order>A</order></M>").message == "OLD"
