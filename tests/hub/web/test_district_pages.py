"""Districts and keys in the console (关区与密钥页面): profiles with the days their certificates hold, destinations, papers that end."""

from dataclasses import replace
from datetime import date, timedelta

from customs.hub.enterprises.belongings import NOTHING
from customs.hub.web.rooms.districts import profiles_shown
from customs.ledger import EntryCause
from customs.ledger.parties import PartyFact, PartyPaper, PartyRegistration, enter_changed
from customs.signing import SigningError
from support import exactly, some
from support.console import HOSTILE, FilledConsole, mounted


def test_each_key_is_shown_once_with_the_days_that_its_certificate_holds(console: FilledConsole) -> None:
    shop = console.service.enterprises["shop"]
    (signer,) = set(shop.run("", console.hub.now.date()).signers.values())
    ends = signer.certificate.valid_to.date()
    page = console.reader("look", "en").shop("/districts").text
    assert page.count(signer.certificate.key_name) == 1
    assert f"{(ends - console.hub.now.date()).days} days left" in page
    for on, said in exactly(2, ((ends - timedelta(days=60), 60), (ends + timedelta(days=1), -1))):
        (shown,) = profiles_shown(shop, on)
        assert [each.left for each in some(shown.keys)] == [said]


def test_keys_that_do_not_open_are_told_with_their_reason_and_the_page_stays(console: FilledConsole) -> None:
    def lost(profile: str, on: date) -> None:
        raise SigningError(f"the token is not there {HOSTILE}")

    shop = replace(console.service.enterprises["shop"], run_on=lost)  # type: ignore[arg-type]
    console.application = mounted(replace(console.service, enterprises={"shop": shop}))
    page = console.reader("support").shop("/districts").text
    assert "密钥无法打开" in page
    assert "the token is not there" in page
    assert HOSTILE not in page


def test_a_destination_shows_what_it_was_sent(console: FilledConsole) -> None:
    page = console.reader("look", "en").shop("/districts").text
    assert "handed over" in page
    assert "out of order" not in page


def test_a_licence_that_ends_soon_is_told_to_whom_the_parties_belong(console: FilledConsole) -> None:
    now = console.hub.now
    carrier = PartyRegistration(role="carrier", code="910000000000000040", name=HOSTILE)
    ends = now.date() + timedelta(days=9)
    licence = PartyPaper(role="carrier", code=carrier.code, paper="express_licence", number="EX-9", valid_until=ends)
    with console.ledger.begin() as connection:
        facts: tuple[PartyFact, ...] = (carrier, licence)
        for each in exactly(2, facts):
            enter_changed(connection, each, EntryCause("file", "list 1"), at=now)
    page = console.reader("look", "en").shop("/districts").text
    for text in exactly(3, ("EX-9", "express licence", "9 days left")):
        assert text in page
    assert HOSTILE not in page
    shop = replace(console.service.enterprises["shop"], belongings=NOTHING)
    console.application = mounted(replace(console.service, enterprises={"shop": shop}))
    assert "EX-9" not in console.reader("look", "en").shop("/districts").text
