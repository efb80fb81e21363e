"""The tables of ways over a network: gateways, services and directories as the library has them."""

from tabular import table
from tongues import Tongue

from customs.exchange.ways import DIALECTS, FTP_LAYOUTS, SOAP_DIALECTS
from customs.exchange.ways.gateway_dialects import HttpDialect


def gateways(tongue: Tongue) -> str:
    """The dialects of HTTPS gateways, with what each needs and offers."""
    return table(
        tongue.heads("Dialect", "Area", "Credentials", "Receipts", "Look-up"),
        (
            (
                f"`{each.name}`",
                tongue.own(each),
                tongue.listed([f"`{name}`" for name in each.credentials]),
                _receipts(each, tongue),
                tongue.say("by order number") if each.lookup_path else "",
            )
            for each in DIALECTS.values()
        ),
    )


def _receipts(dialect: HttpDialect, tongue: Tongue) -> str:
    if dialect.receiving:
        return tongue.say(dialect.receiving)
    return tongue.say("in the answer") if dialect.answer.receipts else ""


def services(tongue: Tongue) -> str:
    """The dialects of SOAP services."""
    return table(
        tongue.heads("Dialect", "Area", "Path"),
        ((f"`{name}`", tongue.own(each), f"`{each.path}`") for name, each in SOAP_DIALECTS.items()),
    )


def directories(tongue: Tongue) -> str:
    """The layouts of FTP servers."""
    return table(
        tongue.heads("Layout", "To send", "Temporary", "Receipts"),
        (
            (
                f"`{name}`",
                tongue.listed(
                    [
                        f"`{each}`"
                        for each in dict.fromkeys([layout.send, *(s for s, _ in layout.by_type.values())])
                        if each
                    ]
                ),
                tongue.say("none, put as they are") if layout.temporary is None else f"`{layout.temporary or '*.tmp'}`",
                tongue.listed([f"`{each}`" for each in layout.all_received]),
            )
            for name, layout in FTP_LAYOUTS.items()
        ),
    )


WAY_TABLES = {"gateways": gateways, "services": services, "directories": directories}
