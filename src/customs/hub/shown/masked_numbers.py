"""Numbers of people in texts (文本脱敏): identity and mobile numbers that somebody wrote, as they are shown.

>>> masked_in_text("来电 13800001234，订单 EX121000110000001")
'来电 *******1234，订单 EX121000110000001'
"""

import re

from customs.fields.record import MASK

#: An identity number of mainland China, or a mobile number, in a text.
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z])", re.ASCII)


def masked_in_text(text: str) -> str:
    """Return a text that people wrote with the identity and mobile numbers in it masked."""
    return _NUMBERS.sub(lambda found: last_digits(found.group()), text)


def last_digits(value: str) -> str:
    """Return a number of a person with its last four characters alone; nothing of a short one.

    >>> last_digits("13800001234"), last_digits("1380")
    ('*******1234', '***')
    """
    return "*" * max(len(value) - 4, 4) + value[-4:] if len(value) > 8 else MASK
