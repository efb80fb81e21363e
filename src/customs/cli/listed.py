"""The commands by name (命令目录), with the module of each and its line in the list of commands, in the order of the help.

The list is shown from here, without loading what the commands run. ``tests/cli`` compares it with the commands.

>>> next(each.name for each in COMMANDS if each.module == "declare")
'declare'
"""

from importlib import import_module
from typing import Any, NamedTuple

from typer.main import get_command

from customs.cli.app import Commands, NotLoaded, app, misuse
from customs.cli.texts import translated


class Listed(NamedTuple):
    """A command as it is listed."""

    name: str
    module: str
    text: str


#: Every command.
COMMANDS = (
    Listed(
        "init",
        "init",
        "Make an enterprise file, a goods list and an order list to fill in. Nothing that exists is written over.",
    ),
    Listed(
        "doctor",
        "doctor",
        "Check a whole set-up: enterprise file, keys, certificate, area, rates, goods, clock and state folder.",
    ),
    Listed(
        "declare",
        "declare",
        "Write signed messages for an order list or a file of parcels. What is refused is given back with the reasons.",
    ),
    Listed(
        "send",
        "sending",
        "Hand messages over to their destinations. Running it again is always safe: nothing is sent twice, and what is open goes on.",
    ),
    Listed(
        "receive",
        "receiving",
        "Take in what came, each receipt once, and store it before it is confirmed. It may be run beside send.",
    ),
    Listed(
        "resubmit",
        "follow_up",
        "Send corrected documents of declared parcels again, where customs refused them; or amend or delete stored ones.",
    ),
    Listed("cancel", "follow_up", "Cancel the lists of declared parcels (CEB623). Running it twice cancels once."),
    Listed(
        "return",
        "follow_up",
        "Declare that released goods come back (CEB625), whole or in part, with the tax that is given back.",
    ),
    Listed("check", "check", "Check an order list or a file of parcels as customs will, without writing messages."),
    Listed("parcels", "compose", "Print the parcels of an order list as JSON lines, for other commands and programs."),
    Listed(
        "tax", "tax_commands", "Show the tax of each parcel in a file, line by line, by the law of the declaration day."
    ),
    Listed(
        "rates", "tax_commands", "Show the rates of a commodity code, and the total tax burden by the law of a day."
    ),
    Listed(
        "reconcile",
        "reconcile",
        "Compare tax bills in files with the assessment of your parcels, and show why they differ.",
    ),
    Listed(
        "explain", "explain", "Explain a receipt: what happened, the likely cause, what to do, and who has to do it."
    ),
    Listed("track", "track", "Show where each parcel stands by the receipts in folders, and what to do next."),
    Listed(
        "health",
        "track",
        "Show how many parcels are at which node, how long, how many are overdue, and why others were refused.",
    ),
    Listed(
        "codes", "codes", "Look up a code list by code, Chinese or English name; without arguments, list the lists."
    ),
    Listed(
        "serve-callbacks",
        "serve",
        "Take what platforms and customs push, by the call-backs of the enterprise file, until it is stopped.",
    ),
    Listed(
        "office", "office", "Simulate customs: take messages from a folder or over HTTP, and answer as customs does."
    ),
    Listed("sign", "keys", "Sign unsigned messages and write them in canonical form."),
    Listed(
        "verify",
        "keys",
        "Verify the signatures of messages; with --roots, also check that each certificate leads to a trusted authority.",
    ),
    Listed(
        "cert", "keys", "Show the holder, number, validity and algorithms of certificates. Names of persons are masked."
    ),
    Listed(
        "keygen", "keys", "Make a test key and its certificate, by default for the declarant of the sample parcels."
    ),
    Listed("plan", "plan", "Say how many cores, keys, messages and how much storage a number of parcels a day takes."),
    Listed(
        "sample",
        "sample",
        "Print fictitious parcels as JSON lines, or write a shop that declares them, to try the library with.",
    ),
    Listed(
        "schema",
        "sample",
        "Write the schemas: XSD of the messages and the envelope, JSON Schema of documents and parcel.",
    ),
    Listed("goods", "goods_group", "Goods records: check a list, keep records with their history, compare, export."),
    Listed("areas", "areas", "The formats of customs districts: list, show, check them."),
    Listed("hub", "hub_group", "The hub: one service from order to release, with its interface."),
    Listed("outbox", "outbox", "Messages that wait, are parked or dead: list them, say what is to be done."),
    Listed("ledger", "ledger", "What must be remembered: make the ledger, upgrade it, erase a person."),
    Listed("journal", "journal_commands", "What was declared: list it, find a number in it, release an order."),
    Listed("quota", "quota", "Yearly quota of buyers: ask, reserve, follow the receipts, correct."),
    Listed("settle", "settle", "Bills of payment companies, carriers and warehouses: read, compare, close days."),
    Listed("bills", "tax_bill_group", "Tax bills and guarantee: enter bills, reconcile months, foresee the guarantee."),
    Listed("book", "book_group", "Account book: enter bond lists, show balances, compare with the stock."),
    Listed("trace", "trace", "Lots and trace codes: take them in, recall a lot, trace a code or a parcel."),
    Listed("risk", "risk", "Patterns that customs' risk control looks at: observe orders, report and explain."),
    Listed(
        "parties",
        "parties_check",
        "Parties: registrations, licences and agreements with their days; check parcels.",
    ),
)


def program() -> Commands:
    """Return the program with its commands listed, each to be loaded when it is called."""
    group = get_command(app)
    assert isinstance(group, Commands), "several commands make a group"
    for each in COMMANDS:
        group.commands[each.name] = NotLoaded(each.name, each.text, _loaded)
    return group


def _loaded(name: str) -> Any:
    """Return a command with what it runs, its help in the language chosen; one whose extra is missing is misuse."""
    (module,) = [each.module for each in COMMANDS if each.name == name]
    try:
        import_module(f"customs.cli.{module}")
    except ImportError as error:
        if "pip install" not in str(error):
            raise
        raise misuse(str(error)) from None
    group = get_command(app)
    assert isinstance(group, Commands), "several commands make a group"
    return translated(group.commands[name])
