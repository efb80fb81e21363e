"""The group ``bills`` with its commands, in the order of the help."""

# isort: off
from customs.cli import tax_bills as tax_bills
from customs.cli import tax_bill_payments as tax_bill_payments
from customs.cli import tax_bill_months as tax_bill_months
from customs.cli import tax_bill_guarantee as tax_bill_guarantee

# isort: on
from customs.cli.app import app
from customs.cli.tax_bill_options import commands

app.add_typer(commands, name="bills")
