"""Forms of numbers (编号格式): the ``pattern`` that a profile gives for the numbers of enterprises.

A pattern is matched in a time that grows with the text alone, whoever wrote it: by the engine of pydantic, which goes
through a text once. It knows no look-around and no back-references.

>>> number_form("[A-Z]{2}[0-9]{4}")("ZJ0001"), number_form("[A-Z]{2}[0-9]{4}")("ZJ1")
(True, False)
>>> number_form("(a+)+b")("a" * 1_000)
False
"""

from collections.abc import Callable
from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

#: The longest pattern, in characters; the longest that is shipped has some thirty.
LONGEST_PATTERN = 200


@lru_cache(maxsize=256)
def number_form(pattern: str) -> Callable[[str], bool]:
    """Return a function that is True for a text of the form. Raises ``ValueError`` for what is no such pattern."""
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"has {len(pattern)} characters, a pattern has at most {LONGEST_PATTERN}")
    try:
        form = SchemaValidator(core_schema.str_schema(strict=True, pattern=f"^(?:{pattern})$"))
    except SchemaError:
        raise ValueError(
            "is no regular expression, or one with look-around or back-references, which are not supported"
        ) from None
    return form.isinstance_python
