"""Answering about cases (工单应答): what is given and what was found, as the forms of the interface, and problems of cases."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from customs.bilingual import halves
from customs.hub.api.answering import in_china
from customs.hub.api.callers import Caller, HubService
from customs.hub.api.case_answers import CaseAnswer, CaseEntryAnswer, CaseInList, CaseLinkKind
from customs.hub.api.problems import ApiProblemError
from customs.hub.cases.acts import CaseAct
from customs.hub.cases.entries import CaseEntry, CaseEntryKind
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import LONGEST_WORDS, CaseConflictError, CaseError, NoCaseError
from customs.hub.cases.opening import LONGEST_TARGET, CaseLink
from customs.hub.shown.masked_numbers import masked_in_text

T = TypeVar("T")

#: A text of one line in an address or a body.
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"

#: A title: one line with something in it.
TITLE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"

#: The number of a thing that a case is tied to.
TARGET = r"^[\x20-\x7e\u4e00-\u9fff]+$"

#: Words of several lines; those of a comment have something in them.
GivenWords = Annotated[str, Field(max_length=LONGEST_WORDS, pattern=r"^[^\x00]*$", repr=False)]
SaidWords = Annotated[str, Field(max_length=LONGEST_WORDS, pattern=r"^[^\x00]*[^\s\x00-\x1f][^\x00]*$", repr=False)]


class LinkGiven(BaseModel):
    """A thing that a case is to be tied to: an order as ``PLATFORM/ORDER``, anything else by its number."""

    model_config = ConfigDict(extra="forbid")
    kind: CaseLinkKind
    target: Annotated[str, Field(min_length=1, max_length=LONGEST_TARGET, pattern=TARGET)]


def case_done(doing: Callable[[], T]) -> T:
    """Return what comes of doing something with a case. Raises ``ApiProblemError``."""
    try:
        return doing()
    except (CaseConflictError, CaseError) as error:
        raise ApiProblemError(HTTPStatus.CONFLICT, *halves(str(error))) from None
    except NoCaseError as error:
        raise ApiProblemError(HTTPStatus.NOT_FOUND, *halves(str(error))) from None


def case_act(service: HubService, caller: Caller) -> CaseAct:
    """Return an act of a caller: by the name of the token, now."""
    return CaseAct(by=caller.holder.name, at=service.clock())


def links_given(given: list[LinkGiven]) -> tuple[CaseLink, ...]:
    """Return what a request names as what a case is tied to."""
    return tuple(CaseLink(each.kind, each.target) for each in given)


def case_answer(case: HubCase) -> CaseAnswer:
    """Return a case as it is answered, without what was said in it."""
    opened = in_china(case.opened_at)
    assert opened is not None, "a case was opened"
    return CaseAnswer(
        number=case.id,
        version=case.version,
        state=case.state.value,
        open=case.state.open,
        case_class=case.case_class,
        priority=case.priority,
        impact=case.impact.value,
        urgency=case.urgency.value,
        queue=case.queue,
        assignee=case.assignee,
        level=case.level,
        source=case.source,
        opened_at=opened,
        answered_at=in_china(case.answered_at),
        resolved_at=in_china(case.resolved_at),
        closed_at=in_china(case.closed_at),
        merged_into=case.merged_into,
    )


def case_in_list(case: HubCase, title: str) -> CaseInList:
    """Return a case with its title."""
    return CaseInList(**case_answer(case).model_dump(), title=masked_in_text(title))


def case_entry_answer(entry: CaseEntry) -> CaseEntryAnswer:
    """Return an entry of a case as it is answered; title and text of the first one stand beside the log."""
    at = in_china(entry.at)
    assert at is not None
    is_opening = entry.kind is CaseEntryKind.OPENED
    return CaseEntryAnswer(
        at=at,
        by=entry.by,
        kind=entry.kind.value,
        before=entry.before,
        after=entry.after,
        outside=entry.outside,
        words="" if is_opening else masked_in_text(entry.words),
    )
