"""Customs codes and areas: which profile a district or an office has on a day, and the codes that are easily mixed
up.
"""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs import areas
from customs.areas import AreaProfile
from customs.codes import code_list
from customs.payments.agencies import Basis, places_for
from customs.payments.agencies.customs_places import Agency
from support import SINGLES_DAY, exactly, some

DISTRICTS = code_list("districts")
PROFILES = [areas.find(name) for name in areas.names()]

#: Before the law of 2016, soon after it, before the platforms gave way to the unified edition, and today.
DAYS = [date(2014, 6, 30), date(2016, 6, 1), date(2018, 6, 1), SINGLES_DAY]
days = pytest.mark.parametrize("on", DAYS, ids=str)

#: Profiles that codes lead to today; everything else is unified.
CURRENT = {
    "zhejiang_jkf": "2900", "jiangxi_jkf": "4000", "ningbo_kjb2c": "3100", "shanghai_shcepp": "2200", "guangzhou": "5100",
    "changsha_ext": "4900", "tianjin_ent": "0213", "shandong_sdeport": "4258", "dalian_insp": "0904",
}  # fmt: skip

#: Used today as well, but by their names only: no code leads there.
BY_NAME = {"unified", "haikou", "bonded_goldengate2", "bc_cbe103", "ceb_general_2014", "tianjin_bh_api"}

#: The district of profiles that name offices only.
DISTRICT_OF = {
    "guangzhou_880020": {"5100"}, "guangzhou_nansha_ciq": {"5100"}, "zhengzhou_airport_cbec": {"4600"}, "zhengzhou_ent": {"4600"},
    "zhengzhou_etrade": {"4600"}, "tianjin_ent": {"0200"}, "tianjin_bh": {"0200"}, "tianjin_bh_ciq": {"0200"},
    "shandong_sdeport": {"4200"}, "qingdao_ent": {"4200"}, "dalian_insp": {"0900"}, "nanjing_njkj": {"2300"},
}  # fmt: skip

#: Formats that are of the past, with the last day of each: whoever declares there today sends the unified edition.
HISTORICAL = {
    "beijing_ept": date(2016, 4, 7), "chongqing_dtc": date(2016, 12, 31), "guangzhou_880020": date(2016, 4, 30),
    "guangzhou_kj": date(2018, 12, 31), "guangzhou_nansha_ciq": date(2018, 4, 20), "ningbo_kjb2c_2013": date(2016, 4, 7),
    "shenzhen_ceb301": date(2016, 4, 7), "shenzhen_ceb311": date(2018, 12, 31), "zhengzhou_airport_cbec": date(2016, 4, 7),
    "zhengzhou_ent": date(2018, 4, 20), "zhengzhou_etrade": date(2016, 4, 7),
    "tianjin_bh": date(2016, 12, 31), "tianjin_bh_ciq": date(2018, 4, 20), "qingdao_ent": date(2019, 12, 31),
    "nanjing_njkj": date(2016, 12, 31),
}  # fmt: skip

#: Profiles that a parcel goes to as well, beside the one of customs.
BESIDE = {name for each in PROFILES for name in each.beside}

both_agencies: list[Agency] = ["wechat", "alipay"]


def at(code: str, on: date = SINGLES_DAY) -> str:
    return areas.of(code, on=on).name


# Every code


@days
def test_every_customs_code_has_a_profile_in_force_that_day(on: date) -> None:
    assert len(DISTRICTS) > 1000
    for code in DISTRICTS:
        found = areas.of(code, on=on)
        assert found.in_force(on) or found.name == "unified", code
        assert code in found.codes or found.name == "unified", code
        assert found.name not in BESIDE


@days
def test_a_code_has_the_unified_edition_only_where_no_profile_of_its_own_is_in_force(on: date) -> None:
    for code in exactly(1367, DISTRICTS):
        own = {each.name for each in PROFILES if code in each.codes and each.in_force(on) and each.name not in BESIDE}
        assert at(code, on) in (own or {"unified"}), code


@days
def test_no_code_has_two_profiles_on_one_day(on: date) -> None:
    for code in exactly(1367, DISTRICTS):
        found = [each.name for each in PROFILES if code in each.codes and each.in_force(on) and each.name not in BESIDE]
        assert len(found) <= 1, (code, found)


@given(
    st.from_regex("[0-9]{4}", fullmatch=True).filter(lambda code: code not in DISTRICTS),
    st.dates(date(2013, 1, 1), date(2030, 1, 1)),
)
@pytest.mark.long
def test_a_code_that_no_list_has_resolves_to_unified(code: str, on: date) -> None:
    assert at(code, on) == "unified"


MALFORMED = [
    "",
    "510",
    "51000",
    "510165",
    "443400",
    "510a",
    " 510",
    "510 ",
    "5100\n",
    "５１００",
    "٥١٠٠",
    "51.0",
    "-510",
    "+510",
]


@pytest.mark.parametrize("code", MALFORMED)
def test_what_is_no_customs_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="customs code"):
        areas.of(code, on=SINGLES_DAY)


# What profiles say of their places


@pytest.mark.parametrize("profile", [each for each in PROFILES if each.codes], ids=lambda each: each.name)
def test_every_place_of_a_profile_stands_in_the_list_under_the_district_of_the_profile(profile: AreaProfile) -> None:
    named = set(profile.districts) or DISTRICT_OF[profile.name]
    for district in some(named):
        assert DISTRICTS[district].level == "district", district
    for code in profile.sites:
        assert DISTRICTS[code].level == "site", code
        assert DISTRICTS[code].district in named, code


#: Offices whose name on the platform shares no word with those of the list: the platform's is older, or that of the
#: zone.
OTHER_NAMES = {"3113": "慈溪保税区", "4250": "西海岸综保"}


def words(name: str) -> set[str]:
    """Every two characters that stand together: offices have short names without blanks."""
    return {one + other for one, other in pairwise(name)}


@pytest.mark.parametrize("profile", [each for each in PROFILES if each.sites], ids=lambda each: each.name)
def test_the_name_of_a_place_shares_a_word_with_the_list(profile: AreaProfile) -> None:
    for code, name in some(profile.sites.items()):
        entry = DISTRICTS[code]
        listed = words("|".join((entry.zh, *entry.former, *(each.zh for each in entry.also))))
        assert bool(words(name) & listed) is not (OTHER_NAMES.get(code) == name), (code, name, entry.zh, entry.former)


def test_an_area_that_names_no_place_is_the_base_or_is_asked_for_by_name() -> None:
    assert {each.name for each in PROFILES if not each.codes} == BY_NAME


# Days

#: Codes that led to a younger profile before the older one ended: Tianjin took the ENT format beside that of Binhai.
YOUNGER = {"tianjin_bh": {"0208", "0213"}}


@pytest.mark.parametrize(
    "profile", [each for each in PROFILES if each.codes and each.name not in BESIDE], ids=lambda each: each.name
)
def test_a_profile_begins_and_ends_on_its_days(profile: AreaProfile) -> None:
    day = timedelta(days=1)
    for code in some(profile.codes - YOUNGER.get(profile.name, set())):
        assert at(code, profile.valid_from or profile.valid_to or SINGLES_DAY) == profile.name
        if profile.valid_from is not None:
            assert at(code, profile.valid_from - day) != profile.name
        if profile.valid_to is not None:
            assert at(code, profile.valid_to) == profile.name
            assert at(code, profile.valid_to + day) != profile.name
        else:
            assert at(code, date.max) == profile.name


@pytest.mark.parametrize(
    ("code", "before", "last", "after"),
    [
        ("3105", "ningbo_kjb2c_2013", date(2016, 4, 7), "ningbo_kjb2c"),
        ("5349", "shenzhen_ceb301", date(2016, 4, 7), "shenzhen_ceb311"),
        ("5349", "shenzhen_ceb311", date(2018, 12, 31), "unified"),
        ("5141", "guangzhou_880020", date(2016, 4, 30), "guangzhou_kj"),
        ("5100", "unified", date(2016, 4, 30), "guangzhou_kj"),
        ("5165", "guangzhou_kj", date(2018, 12, 31), "guangzhou"),
        ("8012", "chongqing_dtc", date(2016, 12, 31), "unified"),
        ("4606", "unified", date(2016, 7, 3), "zhengzhou_ent"),
        ("4612", "zhengzhou_ent", date(2018, 4, 20), "unified"),
        ("0213", "unified", date(2015, 10, 31), "tianjin_bh"),
        ("0213", "tianjin_bh", date(2016, 6, 30), "tianjin_ent"),
        ("0211", "tianjin_bh", date(2016, 12, 31), "unified"),
        ("4258", "unified", date(2017, 4, 17), "shandong_sdeport"),
        ("0904", "unified", date(2018, 11, 30), "dalian_insp"),
        ("2308", "unified", date(2015, 6, 30), "nanjing_njkj"),
        ("2308", "nanjing_njkj", date(2016, 12, 31), "unified"),
        ("0127", "beijing_ept", date(2016, 4, 7), "unified"),
        ("2244", "unified", date(2016, 4, 7), "shanghai_shcepp"),
        ("4017", "unified", date(2018, 12, 31), "jiangxi_jkf"),
        ("4921", "unified", date(2017, 12, 31), "changsha_ext"),
        ("2991", "unified", date(2012, 12, 31), "zhejiang_jkf"),
    ],
)
def test_one_format_follows_another_from_one_day_to_the_next(code: str, before: str, last: date, after: str) -> None:
    assert (at(code, last), at(code, last + timedelta(days=1))) == (before, after)


# Today


def test_the_formats_of_today_are_these_and_no_others() -> None:
    current = {at(code) for code in DISTRICTS}
    assert current == {*CURRENT, "unified"}
    for name, district in CURRENT.items():
        assert at(district) == name


@pytest.mark.parametrize(("name", "last"), HISTORICAL.items(), ids=HISTORICAL)
def test_a_format_of_the_past_ended_on_its_day_and_resolves_no_more(name: str, last: date) -> None:
    profile = areas.find(name)
    assert profile.valid_to == last
    assert profile.codes
    successors = {at(code) for code in profile.codes}
    assert name not in successors
    assert successors <= {"unified", "guangzhou", "ningbo_kjb2c", "tianjin_ent", "shandong_sdeport"}


def test_every_profile_with_places_is_of_today_or_of_the_past() -> None:
    assert {each.name for each in PROFILES if each.codes} == {*CURRENT, *HISTORICAL}
    assert not set(CURRENT) & set(HISTORICAL)


@pytest.mark.parametrize("code", ["6400", "6404", "6409", "6414"])
def test_the_carrier_of_haikou_is_asked_for_by_name_and_its_codes_have_the_unified_edition(code: str) -> None:
    assert at(code) == "unified"
    assert areas.find("haikou").in_force(SINGLES_DAY)
    assert (code in areas.find("haikou").open_to) is (code in ("6409", "6414"))


def test_guangzhou_and_huangpu_send_unified_messages_in_the_envelope_of_the_platform() -> None:
    for code in ("5100", "5165", "5200", "5208"):
        profile = areas.of(code, on=SINGLES_DAY)
        assert (profile.name, profile.messages) == ("guangzhou", ())
        assert profile.takes_unified == ("CEB311", "CEB411", "CEB511", "CEB621")
        assert profile.gateway is not None


def test_a_format_of_before_2016_is_of_the_past_wherever_it_does_not_still_run() -> None:
    began = {each.name for each in PROFILES if each.valid_from is not None and each.valid_from < date(2016, 4, 8)}
    assert began - set(HISTORICAL) - BY_NAME == {"zhejiang_jkf"}


@pytest.mark.parametrize(
    "code", ["0200", "0211", "9007", "3516", "4200", "3709", "5349", "0129", "8013", "4611", "4612", "5720", "7900"]
)
def test_areas_without_a_format_of_their_own_have_the_unified_edition_today(code: str) -> None:
    assert at(code) == "unified"


# Codes that are mixed up


def test_8012_is_lianglu_cuntan_and_8013_is_xiyong() -> None:
    chongqing = areas.find("chongqing_dtc")
    assert "两路寸滩" in chongqing.sites["8012"]
    assert "西永" not in chongqing.sites["8012"] + DISTRICTS["8012"].zh + "".join(DISTRICTS["8012"].former)
    assert (chongqing.sites["8013"], DISTRICTS["8013"].zh) == ("西永综保", "西永综保")
    assert (chongqing.sites["8014"], DISTRICTS["8014"].zh) == ("西永海关", "西永海关")
    assert DISTRICTS["8012"].former == ("重庆保税",)


def test_4611_is_e_trade_and_4612_the_airport_zone_and_never_the_other() -> None:
    etrade, airport = areas.find("zhengzhou_etrade"), areas.find("zhengzhou_airport_cbec")
    assert set(etrade.codes) == {"4611"}
    assert set(airport.codes) == {"4604", "4612", "4613"}
    assert set(areas.find("zhengzhou_ent").codes) == {"4604", "4606", "4612"}
    assert (DISTRICTS["4611"].zh, DISTRICTS["4612"].former) == ("经开综保", ("新郑综保",))
    assert "经开" in etrade.sites["4611"]
    assert "新郑" in airport.sites["4612"]
    for on in (date(2013, 1, 1), date(2014, 12, 31)):
        assert (at("4611", on), at("4612", on)) == ("zhengzhou_etrade", "unified")
    for on in (date(2015, 1, 1), date(2016, 4, 7)):
        assert (at("4611", on), at("4612", on)) == ("zhengzhou_etrade", "zhengzhou_airport_cbec")
    for on in (date(2016, 4, 8), date(2016, 7, 3), date(2018, 4, 21), SINGLES_DAY):
        assert (at("4611", on), at("4612", on)) == ("unified", "unified")
    for on in (date(2016, 7, 4), date(2018, 4, 20)):
        assert (at("4611", on), at("4612", on)) == ("unified", "zhengzhou_ent")
    for on in DAYS:
        assert at("4600", on) == "unified", "the whole district has never been one of the two"


@pytest.mark.parametrize(
    ("code", "place"), [("443400", "Nansha"), ("442100", "Huangpu"), ("442300", "Guangzhou airport")]
)
def test_a_code_of_inspection_is_no_customs_code(code: str, place: str) -> None:
    assert code not in DISTRICTS, place
    assert all(code not in each.codes for each in PROFILES)
    with pytest.raises(ValueError, match="customs code"):
        areas.of(code, on=SINGLES_DAY)


def test_the_message_to_the_inspection_of_nansha_names_another_receiver_than_its_code() -> None:
    nansha = areas.find("guangzhou_nansha_ciq")
    constants = {spec.const for message in nansha.messages for section in message.sections for spec in section.fields}
    assert "000069" in constants
    assert not {"443400", "442100", "442300"} & constants


@pytest.mark.parametrize(
    ("code", "zh", "former"),
    [("2216", "浦机综保", "沪金山办"), ("2232", "嘉定综保", "船监管处"), ("3505", "榕罗源办", "福保税区")],
)
def test_a_code_that_changed_its_meaning_keeps_the_former_name(code: str, zh: str, former: str) -> None:
    entry = DISTRICTS[code]
    assert entry.zh == zh
    assert former in entry.former
    assert entry.note
    assert code in {each.code for each in DISTRICTS.by_name(former)}


def test_an_office_that_changed_its_meaning_has_no_local_format_before_it_was_in_the_trade() -> None:
    assert (at("2216", date(2014, 6, 30)), at("2232", date(2014, 6, 30))) == ("unified", "unified")
    assert {at("3505", on) for on in DAYS} == {"unified"}


# Beside


def test_a_profile_beside_another_never_is_the_main_one_of_a_code() -> None:
    assert {"guangzhou_nansha_ciq", "tianjin_bh_ciq", "qingdao_ent"} == BESIDE
    for name in BESIDE:
        profile = areas.find(name)
        assert profile.codes
        assert profile.valid_from is not None
        assert profile.valid_to is not None
        for code in profile.codes:
            for on in (*DAYS, profile.valid_from, profile.valid_to, date(2016, 4, 30), date(2016, 5, 1)):
                assert at(code, on) != name


def test_a_parcel_of_huangdao_goes_to_the_platform_of_the_zone_and_to_the_e_port() -> None:
    port, zone = areas.find("shandong_sdeport"), areas.find("qingdao_ent")
    assert port.beside == ("qingdao_ent",)
    assert zone.codes < port.codes
    assert port.takes_unified == ("CEB311", "CEB411", "CEB511", "CEB621")
    assert at("4258", date(2017, 6, 1)) == "shandong_sdeport"


def test_inspection_of_nansha_goes_beside_customs_at_the_same_offices_only() -> None:
    nansha = areas.find("guangzhou_nansha_ciq")
    assert set(nansha.sites) == {"5165", "5167"}
    assert {each.name for each in PROFILES if "guangzhou_nansha_ciq" in each.beside} == {"guangzhou_kj"}
    assert set(nansha.sites) <= areas.find("guangzhou_kj").codes
    assert nansha.valid_to == date(2018, 4, 20)


# Payment agencies


@pytest.mark.parametrize("agency", both_agencies)
@pytest.mark.parametrize("profile", [each for each in PROFILES if each.codes], ids=lambda each: each.name)
def test_a_payment_agency_has_a_route_for_every_place_of_an_area(profile: AreaProfile, agency: Agency) -> None:
    for code in some(profile.codes):
        route = places_for(agency, code)
        assert route.basis in Basis
        assert bool(route.places) is not (route.basis is Basis.UNKNOWN), code
        if route.basis in (Basis.NAMED, Basis.OLDER):
            for place in route.places:
                assert place.agency == agency
                assert any(code == each or DISTRICTS[code].district == each for each in place.districts), (
                    code,
                    place.code,
                )


@pytest.mark.parametrize(
    ("code", "agency", "places"),
    [
        ("3105", "wechat", "NINGBO"),
        ("3105", "alipay", "NINGBO"),
        ("2991", "wechat", "HANGZHOU_ZS"),
        ("2244", "alipay", "SHANGHAI_CBT"),
        ("8012", "wechat", "CHONGQING"),
        ("5165", "wechat", "GUANGZHOU_ZS"),
    ],
)
def test_the_agencies_name_the_areas_as_their_lists_do(code: str, agency: Agency, places: str) -> None:
    assert places in [each.code for each in places_for(agency, code).places]


@pytest.mark.parametrize("agency", both_agencies)
def test_e_trade_and_the_airport_zone_are_different_places_for_the_agencies_as_well(agency: Agency) -> None:
    etrade, airport = ({each.code for each in places_for(agency, code).places} for code in ("4611", "4612"))
    assert etrade != airport


@pytest.mark.parametrize("agency", both_agencies)
def test_an_agency_has_no_route_for_a_code_of_inspection(agency: Agency) -> None:
    for code in ("443400", "442100", "442300"):
        assert (places_for(agency, code).basis, places_for(agency, code).places) == (Basis.UNKNOWN, ())
