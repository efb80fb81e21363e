"""Acts on a case (工单操作): what each form of the page of a case does, within the transaction of the act."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import TypeVar

from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.attachments import LARGEST_FILE, CaseFile, attach_file
from customs.hub.cases.classes import case_groups
from customs.hub.cases.escalating import escalate_case
from customs.hub.cases.kept import CaseError
from customs.hub.cases.merging import merge_case, split_case
from customs.hub.cases.opening import CaseLink, NewCase, class_named
from customs.hub.cases.priorities import CaseImpact, CaseUrgency
from customs.hub.cases.states import CaseState
from customs.hub.cases.working import (
    assign_case,
    classify_case,
    comment_on_case,
    link_case,
    move_case,
    prioritise_case,
    queue_case,
    unlink_case,
)
from customs.hub.web.acting import Act
from customs.ledger.database import LedgerConnection

#: The types of files by the end of their names.
TYPES: Mapping[str, str] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".zip": "application/zip",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".xml": "application/xml",
}


class CaseDoing(StrEnum):
    """The acts on a case, by the end of their address."""

    COMMENT = "comment"
    TAKE = "take"
    ASSIGN = "assign"
    MOVE = "move"
    RESOLVE = "resolve"
    ESCALATE = "escalate"
    QUEUE = "queue"
    CLASSIFY = "classify"
    PRIORITISE = "prioritise"
    MERGE = "merge"
    SPLIT = "split"
    LINK = "link"
    UNLINK = "unlink"
    ATTACH = "attach"


E = TypeVar("E", bound=StrEnum)

CaseDone = int | None
"""The number of the case that is shown next, None for the same one."""


def _comment(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    text = str(act.form.get("text_comment", "")).strip()
    comment_on_case(connection, seen, text, by, outside=act.value("outside_comment") == "yes")
    return None


def _take(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    assign_case(connection, seen, by.by, by, act.visit.console.cases.groups)
    return None


def _assign(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    assign_case(connection, seen, act.value("person_assign", most=40), by, act.visit.console.cases.groups)
    return None


def _move(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    move_case(connection, seen, _chosen(CaseState, act.value("state_move")), by)
    return None


def _resolve(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    """Resolve a case with its cause: the class that it turned out to be of, why it was so, and what the asker is told."""
    if not by.why:
        raise CaseError("say what the cause was and what solved it 请填写原因和处理结果")
    answer, plain = str(act.form.get("answer_resolve", "")).strip(), CaseAct(by=by.by, at=by.at)
    if answer:
        comment_on_case(connection, seen, answer, plain, outside=True)
    version = seen.version
    case = classify_case(connection, seen, act.value("class_resolve"), plain)
    move_case(connection, SeenCase(seen.enterprise, seen.number, version and case.version), CaseState.RESOLVED, by)
    return None


def _escalate(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    escalate_case(connection, seen, act.visit.console.cases, by)
    return None


def _queue(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    queue = act.value("group_queue")
    if queue not in case_groups():
        raise CaseError(f"there is no group {queue} 没有小组 {queue}")
    queue_case(connection, seen, queue, by)
    return None


def _classify(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    classify_case(connection, seen, act.value("class_classify"), by)
    return None


def _prioritise(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    scale = (
        _chosen(CaseImpact, act.value("impact_prioritise")),
        _chosen(CaseUrgency, act.value("urgency_prioritise")),
    )
    prioritise_case(connection, seen, scale, by)
    return None


def _merge(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    into = act.value("into_merge", most=18)
    if not (into.isascii() and into.isdigit()):
        raise CaseError("name the other case by its number 请填写另一工单的编号")
    return merge_case(connection, seen, int(into), by).id


def _split(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    links = tuple(CaseLink("order", each) for each in act.values("order_split"))
    key = act.value("class_split")
    class_named(key)
    new = NewCase(title=act.value("title_split", most=2000), case_class=key, source="split", links=links)
    _, other = split_case(connection, seen, new, by)
    return other.id


def _link(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    link_case(connection, seen, (CaseLink(act.value("kind_link"), act.value("target_link")),), by)
    return None


def _unlink(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    unlink_case(connection, seen, (CaseLink(act.value("kind"), act.value("target")),), by)
    return None


def _attach(connection: LedgerConnection, act: Act, seen: SeenCase, by: CaseAct) -> CaseDone:
    given = act.file("file")
    if given is None:
        raise CaseError("choose a file 请选择文件")
    name = str(given.filename)
    kind = TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")
    file = CaseFile(name=name, content_type=kind, content=given.file.read(LARGEST_FILE + 1))
    attach_file(connection, seen, file, by, outside=act.value("outside_attach") == "yes")
    return None


def _chosen(kind: type[E], value: str) -> E:
    """Return a value of a list that was chosen. Raises ``CaseError`` for one that is not there."""
    if value not in {each.value for each in kind}:
        raise CaseError(f"there is no {value or 'choice'} 没有选项 {value}")
    return kind(value)


#: The acts on a case.
CASE_ACTS: Mapping[CaseDoing, Callable[[LedgerConnection, Act, SeenCase, CaseAct], CaseDone]] = {
    CaseDoing.COMMENT: _comment,
    CaseDoing.TAKE: _take,
    CaseDoing.ASSIGN: _assign,
    CaseDoing.MOVE: _move,
    CaseDoing.RESOLVE: _resolve,
    CaseDoing.ESCALATE: _escalate,
    CaseDoing.QUEUE: _queue,
    CaseDoing.CLASSIFY: _classify,
    CaseDoing.PRIORITISE: _prioritise,
    CaseDoing.MERGE: _merge,
    CaseDoing.SPLIT: _split,
    CaseDoing.LINK: _link,
    CaseDoing.UNLINK: _unlink,
    CaseDoing.ATTACH: _attach,
}
