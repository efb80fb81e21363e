"""Cases over HTTP (工单接口): listed, opened and read, those of the own enterprise alone.

Who does something is the name of the token.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from customs.hub.api.callers import Caller, HubService, caller_once, caller_with
from customs.hub.api.case_answering import (
    ONE_LINE,
    TITLE,
    GivenWords,
    LinkGiven,
    case_act,
    case_answer,
    case_done,
    case_entry_answer,
    case_in_list,
    links_given,
)
from customs.hub.api.case_answers import CaseLinkAnswer, CaseOpened, CasePage, CaseShown, CaseStateName
from customs.hub.api.paging import LINES, MOST_LINES, next_page
from customs.hub.api.problems import READS, WRITES, may_answer
from customs.hub.cases.causes import CAUSE, LONGEST_CAUSE
from customs.hub.cases.classes import UNCLASSIFIED, case_classes
from customs.hub.cases.kept import entries_of_case, links_of_case, read_case, read_opening
from customs.hub.cases.opening import LONGEST_TARGET, LONGEST_TITLE, NewCase, open_case
from customs.hub.cases.priorities import CaseImpact, CaseUrgency
from customs.hub.cases.shown import CaseQuery, list_cases
from customs.hub.cases.states import CaseState
from customs.hub.enterprises.tokens import TokenScope
from customs.hub.shown.masked_numbers import masked_in_text


def _known(key: str) -> str:
    if key not in case_classes():
        raise ValueError("there is no such class 没有此分类")
    return key


_Number = Annotated[int, Path(ge=1, le=2**53)]
_Class = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(case_classes())})]
_Asked = Annotated[str, Query(max_length=100, pattern=ONE_LINE)]


class CaseGiven(BaseModel):
    """A report that is to become a case. Without impact and urgency it has those of its class."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    title: Annotated[str, Field(max_length=LONGEST_TITLE, pattern=TITLE, repr=False)]
    """One line; what cannot be printed is put as ``\ufffd``."""
    text: GivenWords = ""
    case_class: _Class = UNCLASSIFIED
    cause: Annotated[str, Field(max_length=LONGEST_CAUSE, pattern=ONE_LINE)] = ""
    """The cause by which further reports find the same case while it is open."""
    links: list[LinkGiven] = Field(default=[], max_length=200)
    impact: CaseImpact | None = None
    urgency: CaseUrgency | None = None


def case_paths(service: HubService) -> APIRouter:
    """Return the paths of cases."""
    paths = APIRouter(prefix="/v1/cases", tags=["cases 工单"])
    reader, once = caller_with(service, TokenScope.CASES), caller_once(service, TokenScope.CASES)

    @paths.get("", responses=may_answer(*READS))
    def list_(
        state: Annotated[CaseStateName | Literal["open", "done"], Query()] = "open",
        queue: _Asked = "",
        case_class: _Asked = "",
        order: Annotated[str, Query(max_length=LONGEST_TARGET, pattern=ONE_LINE)] = "",
        after: Annotated[str, Query(pattern=r"^([1-4]-[1-9][0-9]{0,14})?$")] = "",
        limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = LINES,
        caller: Caller = reader,
    ) -> CasePage:
        """工单列表: List cases, those of the first priority first: open ones, done ones, or those of one state.

        ``case_class`` is a class or a phase, ``order`` one that they are tied to, as ``PLATFORM/ORDER``.
        """
        query = CaseQuery(
            open={"open": True, "done": False}.get(state),
            state=CaseState(state) if state not in ("open", "done") else None,
            queues=(queue,) if queue else None,
            case_class=case_class,
            link=("order", order) if order else None,
        )
        priority, _, number = after.partition("-")
        place = (int(priority), int(number)) if after else None
        with service.ledger.read() as connection:
            found = list_cases(connection, caller.enterprise.name, query, after=place, most=limit)
        last = f"{found[-1].case.priority}-{found[-1].case.id}" if len(found) == limit else None
        asked = {"state": state, "queue": queue, "case_class": case_class, "order": order, "limit": limit}
        return CasePage(
            cases=[case_in_list(each.case, each.title) for each in found], next=next_page("/v1/cases", last, asked)
        )

    @paths.get("/{number}", responses=may_answer(*READS, 404))
    def show(number: _Number, caller: Caller = reader) -> CaseShown:
        """工单详情: Return a case with what it is tied to and its log."""
        with service.ledger.read() as connection:
            case = case_done(lambda: read_case(connection, caller.enterprise.name, number))
            entries = entries_of_case(connection, number, words=True)
            links = links_of_case(connection, number)
        title, text = read_opening(entries[0].words)
        return CaseShown(
            case=case_in_list(case, title),
            text=masked_in_text(text),
            links=[CaseLinkAnswer(kind=kind, target=target) for kind, target in sorted(links) if kind != CAUSE],
            entries=[case_entry_answer(each) for each in entries],
        )

    @paths.post("", responses=may_answer(*WRITES))
    def open_(given: CaseGiven, caller: Caller = once) -> CaseOpened:
        """建单: Open a case, or add to the open case of the same cause."""
        new = NewCase(
            title="".join(each if each.isprintable() else "\ufffd" for each in given.title),
            text=given.text,
            case_class=given.case_class,
            source="api",
            cause=given.cause,
            links=links_given(given.links),
            impact=given.impact,
            urgency=given.urgency,
        )
        with service.ledger.begin() as connection:
            found = case_done(lambda: open_case(connection, caller.enterprise.name, new, case_act(service, caller)))
            answer = CaseOpened(case=case_answer(found.case), is_new=found.is_new)
            caller.keep(connection, answer, service)
        return answer

    return paths
