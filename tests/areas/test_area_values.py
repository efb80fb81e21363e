"""An area in use is a value: it compares, and it pickles where its secrets are files, which each process reads for
itself.
"""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from customs import areas
from customs.areas.messages.compiled_fields import columns_of
from customs.areas.profile.loading import load_text
from customs.testing.areas import sample_area
from support.area_parcels import every_area
from support.small_profiles import TINY


@every_area
def test_an_area_comes_back_from_a_pickle_as_it_was(name: str) -> None:
    whole = sample_area(areas.find(name))
    area = replace(whole, secrets={}, beside=tuple(replace(each, secrets={}) for each in whole.beside))
    columns_of(area, area.profile.messages[0]) if area.profile.messages else None
    content = pickle.dumps(area)
    again = pickle.loads(content)  # noqa: S301  our own
    assert again.profile is area.profile
    assert (again.parameters, again.companies, again.name) == (area.parameters, area.companies, area.name)
    assert len(content) < 4000, "the profile is named, and nothing that was compiled is carried"


def test_two_areas_with_the_same_settings_are_equal_and_others_are_not() -> None:
    profile = areas.find("zhejiang_jkf")
    one, same = (areas.configure(profile, parameters={"sender": "A1"}) for _ in range(2))
    assert one == same
    assert hash(one) == hash(same)
    assert one != areas.configure(profile, parameters={"sender": "A2"})
    assert one != areas.configure(areas.find("jiangxi_jkf"), parameters={"sender": "A1"})


def test_a_profile_that_no_registry_knows_is_pickled_whole() -> None:
    profile = load_text(TINY + 'all_given = ["goods.shape"]', "tiny", "tiny.toml")
    again = pickle.loads(pickle.dumps(areas.configure(profile)))  # noqa: S301  our own
    assert again.profile == profile
    assert again.profile is not profile


def test_an_area_that_holds_a_secret_itself_is_not_pickled_and_the_secret_is_not_shown() -> None:
    area = areas.configure(areas.find("ningbo_kjb2c"), secrets={"password": "a secret word"})
    with pytest.raises(
        TypeError, match="holds the secret 'password' itself and cannot be pickled: give the path"
    ) as error:
        pickle.dumps(area)
    assert "a secret word" not in str(error.value)


def test_a_secret_in_a_file_is_read_again_where_the_area_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("a secret word\n", encoding="ascii")
    area = areas.configure(areas.find("ningbo_kjb2c"), secrets={"password": file})
    content = pickle.dumps(area)
    assert area.secrets == {"password": "a secret word"}
    assert b"a secret word" not in content
    file.write_text("another word", encoding="ascii")
    assert pickle.loads(content).secrets == {"password": "another word"}  # noqa: S301  our own


def test_a_file_without_a_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b" \n")
    with pytest.raises(areas.SettingsError, match=r"secrets\.password: the file password is empty"):
        areas.configure(areas.find("ningbo_kjb2c"), secrets={"password": tmp_path / "password"})


def test_settings_in_a_file_give_an_area_that_can_be_pickled(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("a secret word", encoding="ascii")
    settings = tmp_path / "settings.toml"
    settings.write_text(
        'area = "ningbo_kjb2c"\nserial = 5\n[secrets]\npassword = { file = "word" }\n', encoding="utf-8"
    )
    again = pickle.loads(pickle.dumps(areas.load_settings(settings, areas.find)))  # noqa: S301  our own
    assert again.secrets == {"password": "a secret word"}
    assert again.serials() == 5


def test_serial_numbers_of_several_workers_never_meet() -> None:
    shares = [areas.counting(100).share(worker, of=3) for worker in range(3)]
    taken = [share() for _ in range(4) for share in shares]
    assert taken == list(range(100, 112))
    assert pickle.loads(pickle.dumps(shares[0]))() == 112  # noqa: S301  our own
