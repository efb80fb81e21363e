"""Checks of a declaration before documents are made of it: what no field's own facets can say."""

from collections.abc import Iterator
from decimal import Decimal

from customs.declaration import Declaration
from customs.rules import catalogue
from customs.rules.finding import Finding
from customs.rules.reading import blank_fields, name_of

#: The longest item number that the declaration list admits; the order admits 30 characters.
LIST_ITEM_NO = 20

#: Amounts from here on do not fit N19,5.
TOO_LARGE = Decimal(10) ** 14


def check_declaration(declaration: Declaration) -> Iterator[Finding]:
    """Blank texts, item numbers too long for the list, line values that no message can carry."""
    for path, term in blank_fields(declaration):
        yield catalogue.BLANK.at(path, name=name_of(term, path))
    for position, line in enumerate(declaration.order.lines):
        if line.item_no is not None and len(line.item_no) > LIST_ITEM_NO:
            yield catalogue.ITEM_NO_LENGTH.at(f"order.lines[{position}].item_no")
        if abs(line.value) >= TOO_LARGE:
            yield catalogue.OVERFLOW.at(f"order.lines[{position}].total_price", name="总价 totalPrice")
