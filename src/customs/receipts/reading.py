"""Documents read from values (单证组成): a document whose fields are in order, or the findings that say why not."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from customs.documents import Document
from customs.fields import faults_of
from customs.rules import Finding
from customs.rules.reading import finding_of

D = TypeVar("D", bound=Document)


def read_document(kind: type[D], values: Mapping[str, Any]) -> tuple[D | None, tuple[Finding, ...]]:
    """Return a document of these values, or None and what is wrong with them."""
    try:
        return kind.model_validate(values), ()
    except ValidationError as error:
        return None, tuple(finding_of(each) for each in faults_of(error, kind, values))
