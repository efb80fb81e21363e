"""Formats of which only the name is known: told with a code, and never declared by."""

import pytest

from customs import areas
from customs.areas.leads import leads, leads_of
from customs.codes import code_list
from support import some
from support.command_line import run as command


def test_every_lead_is_about_a_district_or_an_office_of_the_list_and_names_no_area() -> None:
    for lead in some(leads()):
        assert set(lead.codes) <= set(code_list("districts"))
        assert lead.zh not in {areas.find(name).zh for name in areas.names()}


@pytest.mark.parametrize(("code", "word"), [("3300", "Anhui"), ("3306", "Anhui"), ("2923", "Yiwu"), ("9007", "Xi'an")])
def test_a_lead_is_told_for_its_district_and_the_offices_in_it(code: str, word: str) -> None:
    assert any(word in lead.en for lead in leads_of(code))


def test_a_code_without_a_lead_has_none() -> None:
    assert leads_of("5141") == leads_of("ZZZZ") == ()


@pytest.mark.parametrize(
    ("code", "on", "said"),
    [
        ("3300", "2026-11-11", ["unified", "Anhui"]),
        ("6409", "2026-11-11", ["unified", "haikou"]),
        ("4258", "2018-01-01", ["shandong_sdeport", "qingdao_ent"]),
        ("0213", "2016-05-01", ["tianjin_bh", "tianjin_bh_ciq", "tianjin_bh_api"]),
        ("2308", "2015-08-01", ["nanjing_njkj", "ceb_general_2014"]),
    ],
)
def test_the_command_tells_what_leads_there_goes_beside_can_be_chosen_and_is_known_by_name(
    code: str, on: str, said: list[str]
) -> None:
    shown = command("areas", "--code", code, "--on", on).stdout
    assert [word for word in said if word not in shown] == []
