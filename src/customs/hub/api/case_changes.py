"""Changes of cases over HTTP (工单操作接口): comments, states and what they are tied to.

Who does something is the name of the token.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from customs.hub.api.callers import Caller, HubService, caller_once
from customs.hub.api.case_answering import (
    GivenWords,
    LinkGiven,
    SaidWords,
    case_act,
    case_answer,
    case_done,
    links_given,
)
from customs.hub.api.case_answers import CaseAnswer, CaseStateName
from customs.hub.api.problems import WRITES, may_answer
from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.folded import HubCase
from customs.hub.cases.states import CaseState
from customs.hub.cases.working import comment_on_case, hear_asker, link_case, move_case
from customs.hub.enterprises.tokens import TokenScope
from customs.ledger.database import LedgerConnection

_Number = Annotated[int, Path(ge=1, le=2**53)]


class CommentGiven(BaseModel):
    """Words about a case: said inside, to the one who asked, or by the one who asked."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    text: SaidWords
    kind: Literal["inside", "outside", "asker"] = "inside"


class StateGiven(BaseModel):
    """The state into which a case is to come, why, and its version as it was seen; without one it never conflicts."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    state: CaseStateName
    why: GivenWords = ""
    version: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


class LinksGiven(BaseModel):
    """The things that a case is to be tied to."""

    model_config = ConfigDict(extra="forbid")
    links: list[LinkGiven] = Field(min_length=1, max_length=200)


def case_change_paths(service: HubService) -> APIRouter:
    """Return the paths of changes of cases."""
    paths = APIRouter(prefix="/v1/cases/{number}", tags=["cases 工单"])
    once = caller_once(service, TokenScope.CASES)

    @paths.post("/comments", responses=may_answer(*WRITES, 404))
    def comment(number: _Number, given: CommentGiven, caller: Caller = once) -> CaseAnswer:
        """备注、答复: Say something about a case. What the one who asked says reopens one that is resolved or closed."""

        def say(connection: LedgerConnection, seen: SeenCase, act: CaseAct) -> HubCase:
            if given.kind == "asker":
                return hear_asker(connection, seen, given.text, act)
            return comment_on_case(connection, seen, given.text, act, outside=given.kind == "outside")

        return _changed(service, caller, SeenCase(caller.enterprise.name, number), say)

    @paths.post("/state", responses=may_answer(*WRITES, 404))
    def move(number: _Number, given: StateGiven, caller: Caller = once) -> CaseAnswer:
        """流转: Bring a case into another state; 409 tells what another person changed since the version that is given."""
        seen = SeenCase(caller.enterprise.name, number, given.version)

        def go(connection: LedgerConnection, seen: SeenCase, act: CaseAct) -> HubCase:
            return move_case(connection, seen, CaseState(given.state), CaseAct(by=act.by, at=act.at, why=given.why))

        return _changed(service, caller, seen, go)

    @paths.post("/links", responses=may_answer(*WRITES, 404))
    def tie(number: _Number, given: LinksGiven, caller: Caller = once) -> CaseAnswer:
        """关联: Tie a case to orders or other things; those that it is tied to already change nothing."""

        def link(connection: LedgerConnection, seen: SeenCase, act: CaseAct) -> HubCase:
            return link_case(connection, seen, links_given(given.links), act)

        return _changed(service, caller, SeenCase(caller.enterprise.name, number), link)

    return paths


def _changed(
    service: HubService,
    caller: Caller,
    seen: SeenCase,
    doing: Callable[[LedgerConnection, SeenCase, CaseAct], HubCase],
) -> CaseAnswer:
    """Change a case and keep the answer, in one transaction."""
    with service.ledger.begin() as connection:
        answer = case_answer(case_done(lambda: doing(connection, seen, case_act(service, caller))))
        caller.keep(connection, answer, service)
    return answer
