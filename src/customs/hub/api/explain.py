"""Explanations over HTTP (回执解释接口): why customs refused, from a receipt's text or a code; the text stands in the body alone."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from customs.hub.api.answers import BothLanguages
from customs.hub.api.callers import Caller, HubService, caller_with
from customs.hub.api.problems import READS, may_answer
from customs.hub.api.tax_answers import Explained, ExplainedAction, ExplainedParty, ExplanationAnswer
from customs.hub.enterprises.tokens import TokenScope
from customs.receipts.explained import Explanation
from customs.receipts.explanation import explain


class ReceiptAsked(BaseModel):
    """The words of a receipt: its text, a code, or the text that came with a code."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    said: Annotated[str, Field(min_length=1, max_length=4000, repr=False)]
    code: Annotated[str, Field(max_length=40)] = ""
    receipt: Annotated[str, Field(max_length=40)] = ""
    """The receipt that it stands in, such as CEB622, or the area or agency of another format."""
    direction: Literal["import", "export"] | None = None


def explain_paths(service: HubService) -> APIRouter:
    """Return the paths of explanations."""
    paths = APIRouter(prefix="/v1", tags=["explain 解释"])
    reader = caller_with(service, TokenScope.READ)

    @paths.post("/explain", responses=may_answer(*READS))
    def told(asked: ReceiptAsked, caller: Caller = reader) -> Explained:
        """回执解释: Say what happened, the likely cause, what to do and who has to do it."""
        found = explain(asked.said, code=asked.code, direction=asked.direction, receipt=asked.receipt)
        return Explained(explanations=[_explanation(each) for each in found])

    return paths


def _explanation(said: Explanation) -> ExplanationAnswer:
    action, party = said.action, said.party
    return ExplanationAnswer(
        known=said.known,
        clear=said.clear,
        code=said.code or None,
        happened=BothLanguages(zh=said.zh, en=said.en),
        cause=BothLanguages(zh=said.cause_zh, en=said.cause_en) if said.cause else None,
        action=ExplainedAction(name=action.value, zh=action.zh, en=action.en, by_machine=action.machine),
        party=ExplainedParty(name=party.value, zh=party.zh, en=party.en) if party else None,
        notes=[BothLanguages(zh=zh, en=en) for zh, en in said.notes],
        certainty=said.certainty,
        sources=list(said.sources),
    )
