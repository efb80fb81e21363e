"""Texts of receipts (回执说明), explained: any text gives explanations, and none of them shows a person."""

import json
import re

import customs
from fuzz.promises import hides, promise

#: Identity numbers and mobile telephones that stand alone.
_OF_A_PERSON = re.compile(
    r"(?<![0-9A-Za-z,._-])(?:[0-9]{6}(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z,._-])"
)


def explain(data: bytes) -> None:
    """A text, with a code and a receipt, gives at least one explanation. The first line of an input names both."""
    first, _, rest = data.partition(b"\n")
    code, _, receipt = first.decode("utf-8", "replace").partition(" ")
    text = rest.decode("utf-8", "replace")
    found = customs.explain(text, code=code, receipt=receipt)
    promise(found, "nothing is explained")
    promise(found == customs.explain(text, code=code, receipt=receipt), "the second explanation differs")
    persons = [each for each in _OF_A_PERSON.findall(text) if each not in receipt]  # a name given is shown as given
    for each in found:
        promise(each.zh and each.en, "an explanation without words")
        promise(each.known or each.action.value == "manual", "an action is guessed")
        promise(each.known or not each.sources, "a source is guessed")
        hides(json.dumps(each.as_dict(), ensure_ascii=False) + repr(each), persons)
