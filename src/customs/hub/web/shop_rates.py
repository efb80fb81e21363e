"""The rate table by which the enterprise's taxes are assessed today (税率表)."""

from http import HTTPStatus

from customs.hub.enterprises.enterprise import NoProfileError
from customs.hub.web.catalogue import console_text
from customs.hub.web.visits import PageError, Visit
from customs.intake.problems import IntakeError
from customs.signing import SigningError
from customs.tax import RateTable


def rates_today(visit: Visit) -> RateTable | None:
    """Return the rate table of the first profile, None if it names none. Raises ``PageError`` if the profile cannot be opened."""
    try:
        return visit.shop.run("", visit.now.date()).rates
    except (NoProfileError, IntakeError, SigningError, OSError):
        raise PageError(HTTPStatus.CONFLICT, console_text("problem.profile", shop=visit.shop.name)) from None
