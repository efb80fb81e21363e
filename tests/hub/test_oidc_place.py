"""The identity provider of the console in ``hub.toml`` (统一身份认证设置)."""

from pathlib import Path

import pytest

from customs.hub.settings.hub_file import load_hub
from customs.hub.settings.oidc_place import GivenRole
from customs.intake.problems import EnterpriseError

HUB = '[ledger]\nurl = "sqlite:///hub.db"\n[enterprises.shop]\nfile = "shop/customs.toml"\n[console]\n'
ADDRESS = 'address = "https://hub.example.com"\n'
OIDC = '[console.oidc]\nissuer = "https://sso.example.com"\nclient_id = "customs"\n'


def hub(folder: Path, text: str) -> Path:
    file = folder / "hub.toml"
    file.write_text(HUB + text, encoding="utf-8")
    return file


def test_a_provider_is_named_with_its_claims(tmp_path: Path) -> None:
    roles = 'role_claim = "groups"\n[console.oidc.roles]\ndesk = { role = "support", enterprise = "shop" }\n'
    found = load_hub(hub(tmp_path, f'{ADDRESS}{OIDC}secret = {{ env = "S" }}\n{roles}')).console.oidc
    assert found is not None
    assert (found.issuer, found.client_id, found.name_claim) == (
        "https://sso.example.com",
        "customs",
        "preferred_username",
    )
    assert found.secret is not None
    assert (found.secret.env, dict(found.roles)) == ("S", {"desk": GivenRole("support", "shop")})
    assert load_hub(hub(tmp_path, ADDRESS)).console.oidc is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OIDC, "needs address in"),
        (f'{ADDRESS}[console.oidc]\nissuer = "https://a"\n', "client_id is missing"),
        (f'{ADDRESS}[console.oidc]\nissuer = "http://sso.example.com"\nclient_id = "c"\n', "begins with https://"),
        (f'{ADDRESS}{OIDC}secret = "plain"\n', "the secret is"),
        (f'{ADDRESS}{OIDC}role_claim = "groups"\n', "go together"),
        (f'{ADDRESS}{OIDC}role_claim = "g"\n[console.oidc.roles]\na = {{ role = "chief" }}\n', "a role is one of"),
        (f"{ADDRESS}{OIDC}audience = 1\n", "audience is no key of this table"),
    ],
)
def test_a_mistake_is_told_at_its_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(EnterpriseError, match=told):
        load_hub(hub(tmp_path, text))
