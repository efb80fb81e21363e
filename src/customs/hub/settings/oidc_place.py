"""The identity provider by which people sign in to the console (统一身份认证, table ``[console.oidc]``), by OpenID Connect.

Source of the terms: OpenID Connect Core 1.0 and Discovery 1.0.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from customs.fields.frozen import FrozenDict
from customs.intake.enterprise_keys import Secret
from customs.intake.enterprise_reading import Reading, Steps

_KEYS = ("issuer", "client_id", "secret", "ca_file", "name_claim", "role_claim", "roles")

#: Where a provider has its configuration, below its issuer, and the addresses that a sign-in needs of it.
DISCOVERY = "/.well-known/openid-configuration"
_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")

#: The roles that a claim may give; those of the console.
GIVEN_ROLES = ("look", "support", "goods", "finance", "admin")

#: The enterprise of a role that holds in all of them.
ALL = "*"

#: An issuer: HTTPS, or this machine itself without.
_ISSUER = re.compile(r"https://[^\s?#@]+|http://(?:127\.0\.0\.1|localhost)(?::[0-9]+)?(?:/[^\s?#@]*)?")


class GivenRole(NamedTuple):
    """A role that a value of the claim gives, in an enterprise or in all (``*``)."""

    role: str
    enterprise: str = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcPlace:
    """An identity provider: its issuer, the console as its client, and the claims that are looked at."""

    issuer: str
    client_id: str
    secret: Secret | None = field(default=None, repr=False)
    """Where the secret of the client is kept; a public client has none."""
    ca_file: Path | None = None
    name_claim: str = "preferred_username"
    """The claim that has the name under which the person was entered."""
    role_claim: str = ""
    """The claim whose values give roles; where it is empty, roles are those that an administrator gave."""
    roles: Mapping[str, GivenRole] = FrozenDict()


def read_oidc(reading: Reading, table: Mapping[str, Any], steps: Steps) -> OidcPlace | None:
    """Read the table ``[console.oidc]`` of a hub's file; mistakes are noted in ``reading``."""
    reading.known(table, _KEYS, steps)
    issuer, client_id = reading.text_at(table, "issuer", steps), reading.text_at(table, "client_id", steps)
    for name, value in (("issuer", issuer), ("client_id", client_id)):
        if name not in table:
            reading.wrong((*steps, name), f"{name} is missing", f"缺少 {name}")
        elif name == "issuer" and value and not _ISSUER.fullmatch(value):
            reading.wrong(
                (*steps, name),
                "the issuer is an address that begins with https://, as the provider's configuration has it",
                "issuer 应为以 https:// 开头的地址，与身份提供方配置中的一致",
            )
    role_claim = reading.text_at(table, "role_claim", steps)
    given = reading.table(table.get("roles", {}), (*steps, "roles"))
    if bool(role_claim) != bool(given):
        reading.wrong(
            steps,
            "role_claim and [console.oidc.roles] go together: the claim, and the role that each of its values gives",
            "role_claim 与 [console.oidc.roles] 须同时填写：前者为声明名称，后者为各取值对应的角色",
        )
    return OidcPlace(
        issuer=issuer,
        client_id=client_id,
        secret=_secret(reading, table, steps),
        ca_file=reading.path_at(table, "ca_file", steps),
        name_claim=reading.text_at(table, "name_claim", steps) or "preferred_username",
        role_claim=role_claim,
        roles=FrozenDict({name: _role(reading, value, (*steps, "roles", name)) for name, value in given.items()}),
    )


def _secret(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Secret | None:
    if "secret" not in table:
        return None
    where = table["secret"]
    if isinstance(where, dict) and len(where) == 1:
        if isinstance(variable := where.get("env"), str) and variable:
            return Secret(env=variable)
        if isinstance(where.get("file"), str) and (file := reading.path_at(where, "file", (*steps, "secret"))):
            return Secret(file=file)
    reading.wrong(
        (*steps, "secret"),
        'the secret is { env = "VARIABLE" } or { file = "FILE" }, which holds it',
        '密钥请写 { env = "环境变量名" } 或 { file = "文件名" }',
    )
    return None


def _role(reading: Reading, value: object, steps: Steps) -> GivenRole:
    table = reading.table(value, steps)
    reading.known(table, ("role", "enterprise"), steps)
    role = reading.text_at(table, "role", steps)
    if role not in GIVEN_ROLES:
        reading.wrong(
            (*steps, "role"), f"a role is one of {', '.join(GIVEN_ROLES)}", f"角色应为 {'、'.join(GIVEN_ROLES)} 之一"
        )
        role = GIVEN_ROLES[0]
    return GivenRole(role, reading.text_at(table, "enterprise", steps) or ALL)


def configuration_fault(place: OidcPlace, found: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return why nobody can sign in by a provider with this configuration, in English and Chinese; None if they can.

    Its issuer is that of the hub's file, letter by letter, and its addresses are as safe as that is.

    >>> place = OidcPlace(issuer="https://id.example.com", client_id="customs")
    >>> configuration_fault(place, {"issuer": "https://id.example.com/"})[0]
    'the provider names itself https://id.example.com/: write that as issuer in [console.oidc]'
    """
    named = found.get("issuer")
    if named != place.issuer:
        shown = named if isinstance(named, str) and _ISSUER.fullmatch(named) else "-"
        return (
            f"the provider names itself {shown}: write that as issuer in [console.oidc]",
            f"身份提供方自报的 issuer 为 {shown}，请在 [console.oidc] 中照此填写",
        )
    scheme = "http://" if place.issuer.startswith("http:") else "https://"
    for each in _ADDRESSES:
        if not (isinstance(address := found.get(each), str) and address.startswith(scheme)):
            return (
                f"{place.issuer}: its configuration has no {each} that begins with {scheme}",
                f"{place.issuer}：其配置中缺少以 {scheme} 开头的 {each}",
            )
    return None
