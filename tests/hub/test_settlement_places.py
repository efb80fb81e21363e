"""The terms by which an enterprise settles, in ``hub.toml`` (对账设置)."""

from pathlib import Path

import pytest

from customs.hub.settings.hub_file import load_hub
from customs.intake.problems import EnterpriseError

HUB = '[ledger]\nurl = "sqlite:///hub.db"\n[enterprises.shop]\nfile = "shop/customs.toml"\n'


def hub(folder: Path, settlements: str) -> Path:
    file = folder / "hub.toml"
    file.write_text(HUB + settlements, encoding="utf-8")
    return file


def test_an_enterprise_names_its_terms_and_providers(tmp_path: Path) -> None:
    (tmp_path / "terms.toml").write_text('merchants = ["1999000001"]\n', encoding="utf-8")
    columns = 'waybill = ["运单号"]\nchargeable = ["计费重量"]\namount = ["应付金额"]\n'
    profile = f'provider = "yunda"\nkind = "freight"\n[columns]\n{columns}[own]\nwaybill = ["waybill"]\n'
    (tmp_path / "carrier.toml").write_text(profile, encoding="utf-8")
    file = hub(tmp_path, '[settlements.shop]\nterms = "terms.toml"\nproviders = { carrier = "carrier.toml" }\n')
    place = load_hub(file).settlements["shop"]
    assert place.terms.merchants == {"1999000001"}
    assert {name: each.kind for name, each in place.providers.items()} == {"yunda": "freight"}


@pytest.mark.parametrize(
    ("settlements", "told"),
    [
        ("[settlements.other]\n", "other is no key of this table"),
        ('[settlements.shop]\nterms = "none.toml"\n', "none.toml cannot be read"),
        ('[settlements.shop]\nproviders = { a = "bad.toml" }\n', "must be one of freight"),
        ('[settlements.shop]\nterms = "bad.toml"\n', "must be one of declare_within"),
        ('[settlements.shop]\nrates = "r"\n', "rates is no key of this table"),
        ('[settlements.shop]\nproviders = { a = "good.toml", b = "good.toml" }\n', "the same key provider"),
    ],
)
def test_a_mistake_is_told_at_its_key(tmp_path: Path, settlements: str, told: str) -> None:
    (tmp_path / "bad.toml").write_text("nothing = 1\n", encoding="utf-8")
    columns = 'sku = ["a"]\nday = ["b"]\nquantity = ["c"]\n'
    good = f'provider = "w"\nkind = "storage"\n[columns]\n{columns}[own]\n{columns}'
    (tmp_path / "good.toml").write_text(good, encoding="utf-8")
    with pytest.raises(EnterpriseError, match=told):
        load_hub(hub(tmp_path, settlements))
