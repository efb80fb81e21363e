"""Signing in to the console by an identity provider (统一身份认证登录): who comes in, and which answers count."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from customs.fields.frozen import FrozenDict
from customs.fields.moments import CHINA_TIME
from customs.hub.settings.console_place import ConsolePlace
from customs.hub.settings.oidc_place import GIVEN_ROLES, GivenRole, OidcPlace, configuration_fault
from customs.hub.web.oidc_check import ProviderFaultError, check_provider
from customs.hub.web.people import lock_person, person_named
from customs.hub.web.roles import ConsoleRole
from customs.hub.web.tables import HUB_AUDIT
from customs.intake.enterprise_keys import Secret
from support import absent, exactly, some
from support.console import PASSWORD, ConsoleReader, FilledConsole, mounted
from support.identity_provider import CLIENT, SECRET, IdentityProvider, serving_identities

if find_spec("authlib") is None:
    absent("Authlib is not installed")


@pytest.fixture(scope="module")
def serving() -> Iterator[IdentityProvider]:
    with serving_identities() as found:
        yield found


@dataclass
class SigningIn:
    """A console with a provider, and the browser of somebody who has not signed in."""

    console: FilledConsole
    provider: IdentityProvider
    browser: ConsoleReader

    def begun(self, to: str = "/e/shop/alarms") -> Any:
        """The provider's answer, as the browser brings it back to the console."""
        import urllib3

        sent = self.browser.get(f"/sign-in/oidc?next={to}", follow=False)
        assert sent.status_code == 303
        answer = urllib3.request("GET", sent.headers["location"], redirect=False)
        back = urlsplit(answer.headers["location"])
        assert back.netloc == "localhost"
        return f"{back.path.removeprefix('/console')}?{back.query}"

    def done(self, to: str = "/e/shop/alarms") -> Any:
        """The page of the console after the provider's answer."""
        return self.browser.get(self.begun(to), follow=False)


def reset(provider: IdentityProvider) -> None:
    fresh = IdentityProvider()
    for name in ("claims", "wrong", "algorithm", "foreign_key", "refusal"):
        setattr(provider, name, getattr(fresh, name))


@pytest.fixture
def signing_in(
    console: FilledConsole, serving: IdentityProvider, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> SigningIn:
    monkeypatch.setenv("OIDC_SECRET", SECRET)
    reset(serving)
    serving.now = int(console.hub.now.replace(tzinfo=CHINA_TIME).timestamp())
    return with_provider(console, serving, **getattr(request, "param", {}))


def with_provider(console: FilledConsole, serving: IdentityProvider, **more: Any) -> SigningIn:
    from customs.hub.web.oidc import open_provider

    place = OidcPlace(issuer=serving.issuer, client_id=CLIENT, secret=Secret(env="OIDC_SECRET"), **more)
    service = replace(
        console.service,
        place=ConsolePlace(address="http://localhost", oidc=place),
        oidc=open_provider(place),
    )
    found = replace(console, service=service, application=mounted(service))
    return SigningIn(found, serving, found.stranger("en"))


BY_CLAIM = {
    "role_claim": "groups",
    "roles": FrozenDict({"buyers-desk": GivenRole("support", "shop"), "bosses": GivenRole("admin")}),
}


@pytest.mark.long
def test_a_person_who_was_entered_comes_in_and_goes_on_to_the_page(signing_in: SigningIn) -> None:
    assert "/sign-in/oidc?next=" in signing_in.browser.get("/sign-in").text
    answer = signing_in.done()
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/e/shop/alarms")
    assert "of-support" in signing_in.browser.shop("/alarms").text
    asked = signing_in.provider.asked[-1]
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid profile"
    assert "oidc" in [each.detail for each in audit(signing_in)]


def audit(signing_in: SigningIn) -> list[Any]:
    with signing_in.console.ledger.read() as connection:
        return list(connection.sql.execute(select(HUB_AUDIT)))


def test_a_stranger_of_the_console_is_not_let_in(signing_in: SigningIn) -> None:
    signing_in.provider.claims = {"sub": "u-2", "preferred_username": "nobody.here"}
    refused = signing_in.done()
    assert refused.status_code == 403
    assert "An administrator has not entered you here" in refused.text
    assert "customs_console" not in signing_in.browser.client.cookies
    assert [each.detail for each in audit(signing_in)] == ["oidc unknown"]


def test_a_name_that_goes_to_another_person_opens_nothing(signing_in: SigningIn) -> None:
    assert signing_in.done().status_code == 303
    signing_in.provider.claims = {"sub": "u-other", "preferred_username": "of-support"}
    assert signing_in.done().status_code == 403


def test_a_person_is_known_by_number_when_the_name_changes(signing_in: SigningIn) -> None:
    signing_in.done()
    signing_in.provider.claims = {"sub": "u-1", "preferred_username": "married.name"}
    signing_in.browser.client.cookies.clear()
    assert signing_in.done().status_code == 303
    assert "of-support" in signing_in.browser.shop("/alarms").text


def test_a_locked_person_stays_out(signing_in: SigningIn) -> None:
    console = signing_in.console
    with console.ledger.begin() as connection:
        lock_person(connection, person_named(connection, "of-support").id, at=console.hub.now)
    refused = signing_in.done()
    assert refused.status_code == 403
    assert "locked" in refused.text


#: What may be wrong with an ID token.
WRONG: list[dict[str, Any]] = [
    {"wrong": {"aud": "another-client"}},
    {"wrong": {"iss": "https://evil.example"}},
    {"wrong": {"nonce": "of another sign-in"}},
    {"wrong": {"nonce": None}},
    {"wrong": {"exp": 1_000_000_000}},
    {"wrong": {"exp": None}},
    {"wrong": {"sub": None}},
    {"wrong": {"aud": [CLIENT, "other"], "azp": "other"}},
    {"foreign_key": True},
    {"algorithm": "HS256"},
    {"algorithm": "none"},
]


@pytest.mark.long
def test_a_token_that_does_not_hold_lets_nobody_in(signing_in: SigningIn) -> None:
    for wrong in some(WRONG):
        reset(signing_in.provider)
        for name, value in wrong.items():
            setattr(signing_in.provider, name, value)
        refused = signing_in.done()
        assert refused.status_code == 403, wrong
        assert "The answer of the identity provider does not hold" in refused.text
        assert "customs_console" not in signing_in.browser.client.cookies
    reset(signing_in.provider)
    assert signing_in.done().status_code == 303


def test_an_answer_counts_in_the_browser_that_asked_alone(signing_in: SigningIn) -> None:
    back = signing_in.begun()
    other = signing_in.console.stranger("en").get(back, follow=False)
    assert other.status_code == 403
    assert "was not begun in this browser" in other.text
    forged = back.replace("state=", "state=x")
    assert signing_in.browser.get(forged, follow=False).status_code == 403
    assert signing_in.browser.get(back, follow=False).status_code == 403  # a wrong answer ends the sign-in


@pytest.mark.long
def test_an_answer_counts_once_and_within_ten_minutes(signing_in: SigningIn) -> None:
    back = signing_in.begun()
    assert signing_in.browser.get(back, follow=False).status_code == 303
    assert signing_in.browser.get(back, follow=False).status_code == 403
    late = signing_in.begun()
    signing_in.console.hub.rehearsal.now += timedelta(minutes=10)
    signing_in.provider.now += 600
    refused = signing_in.browser.get(late, follow=False)
    assert refused.status_code == 403
    assert "This sign-in is out of date" in refused.text


def test_a_session_that_was_there_before_is_not_taken_over(signing_in: SigningIn) -> None:
    look = signing_in.console.reader("look")
    planted = look.client.cookies["customs_console"]
    signing_in.browser.client.cookies.set("customs_console", planted)
    signing_in.done()
    assert look.get("/account", follow=False).status_code == 303
    assert [each for each in signing_in.browser.client.cookies.jar if each.value != planted]


def test_a_provider_that_says_no_is_told_in_words(signing_in: SigningIn) -> None:
    signing_in.provider.refusal = "access_denied"
    refused = signing_in.done()
    assert refused.status_code == 403
    assert "did not let you in, or you cancelled" in refused.text


def test_a_provider_that_is_away_leaves_the_password(signing_in: SigningIn) -> None:
    from customs.hub.web.oidc import open_provider

    place = OidcPlace(issuer="http://127.0.0.1:9", client_id=CLIENT)
    service = replace(signing_in.console.service, oidc=open_provider(place))
    browser = replace(signing_in.console, service=service, application=mounted(service)).stranger("en")
    away = browser.get("/sign-in/oidc", follow=False)
    assert away.status_code == 502
    assert "sign in with a password" in away.text
    entered = browser.submit(away, "/sign-in", name="of-look", password=PASSWORD)
    assert entered.status_code == 200


@pytest.mark.parametrize("signing_in", [BY_CLAIM], indirect=True)
def test_roles_of_a_claim_are_those_of_the_last_sign_in(signing_in: SigningIn) -> None:
    signing_in.provider.claims = {"sub": "u-9", "preferred_username": "New.Person", "groups": ["buyers-desk", "other"]}
    assert signing_in.done().status_code == 303
    assert roles_of(signing_in) == {"shop": {ConsoleRole.SUPPORT}}
    signing_in.provider.claims["groups"] = ["bosses"]
    signing_in.done()
    assert roles_of(signing_in) == {"*": {ConsoleRole.ADMIN}}
    signing_in.provider.claims["groups"] = ["other"]
    refused = signing_in.done()
    assert refused.status_code == 403
    assert "gives you no role" in refused.text


def roles_of(signing_in: SigningIn) -> dict[str, set[ConsoleRole]]:
    with signing_in.console.ledger.read() as connection:
        found = person_named(connection, "new.person").roles
    return {name: set(each) for name, each in found.items()}


@pytest.mark.parametrize("signing_in", [BY_CLAIM], indirect=True)
def test_a_person_of_the_provider_has_no_password(signing_in: SigningIn) -> None:
    signing_in.provider.claims = {"sub": "u-9", "preferred_username": "new.person", "groups": "bosses"}
    signing_in.done()
    stranger = signing_in.console.stranger("en")
    refused = stranger.submit(stranger.get("/sign-in"), "/sign-in", name="new.person", password="")
    assert refused.status_code == 403


def test_signing_out_there_leads_to_the_provider_and_back(signing_in: SigningIn) -> None:
    away = signing_in.browser.get("/sign-in/oidc/leave", follow=False).headers["location"]
    assert away.startswith(f"{signing_in.provider.issuer}/leave?")
    assert parse_qs(urlsplit(away).query)["post_logout_redirect_uri"] == ["http://localhost/console/sign-in"]


def test_no_other_site_is_gone_on_to(signing_in: SigningIn) -> None:
    assert signing_in.done("//evil.example").headers["location"] == "/console/"


def test_without_a_provider_its_pages_are_not_there(console: FilledConsole) -> None:
    stranger = console.stranger()
    assert stranger.get("/sign-in/oidc", follow=False).status_code == 404
    assert "/sign-in/oidc" not in stranger.get("/sign-in").text


def test_a_claim_may_give_every_role() -> None:
    assert {*GIVEN_ROLES} == {each.value for each in ConsoleRole}


def test_a_provider_is_checked_as_a_sign_in_asks_it(serving: IdentityProvider, tmp_path: Path) -> None:
    reset(serving)
    place = OidcPlace(issuer=serving.issuer, client_id=CLIENT)
    check_provider(place)
    for wrong, en, zh in exactly(
        3,
        (
            (replace(place, issuer=f"{serving.issuer}/realms/shop"), "answered 404", "返回状态码 404"),
            (replace(place, issuer="http://127.0.0.1:9"), "it takes no connection", "拒绝连接"),
            (replace(place, secret=Secret(file=tmp_path / "none")), "secret of the client", "客户端密钥"),
        ),
    ):
        with pytest.raises(ProviderFaultError) as told:
            check_provider(wrong)
        assert (en in told.value.en, zh in told.value.zh) == (True, True)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"issuer": "https://id.example.com/"}, "names itself https://id.example.com/"),
        ({"issuer": "a word of theirs"}, "names itself -"),
        ({"token_endpoint": "http://id.example.com/token"}, "no token_endpoint that begins with https://"),
        ({"jwks_uri": None}, "no jwks_uri"),
    ],
    ids=str,
)
def test_a_configuration_that_no_sign_in_can_use_is_said(told: dict[str, Any], said: str) -> None:
    place = OidcPlace(issuer="https://id.example.com", client_id=CLIENT)
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    whole = {"issuer": place.issuer} | {each: f"{place.issuer}/{each}" for each in names}
    assert configuration_fault(place, whole) is None
    fault = configuration_fault(place, whole | told)
    assert fault is not None
    assert said in fault[0]
