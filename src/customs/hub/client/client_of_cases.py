"""The part of the client that works on cases (工单)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from customs.hub.api.case_answers import (
    CaseAnswer,
    CaseInList,
    CaseLinkKind,
    CaseOpened,
    CasePage,
    CaseShown,
    CaseStateName,
)
from customs.hub.client.link import HubLink

#: Lines of a page: the most that the interface gives.
_LINES = 200

#: What a case is tied to: a kind and a number, such as ``order`` and ``PLATFORM/ORDER``.
GivenLink = tuple[CaseLinkKind, str]


class CaseCalls:
    """The calls of a ``HubClient`` about cases; the token needs the scope ``cases``."""

    _link: HubLink

    def cases(
        self,
        *,
        state: CaseStateName | Literal["open", "done"] = "open",
        queue: str = "",
        case_class: str = "",
        order: str = "",
    ) -> Iterator[CaseInList]:
        """工单: Yield cases, those of the first priority first; ``order`` is ``PLATFORM/ORDER``."""
        asked = {"state": state, "queue": queue, "case_class": case_class, "order": order}
        for page in self._link.pages(CasePage, "/v1/cases", **asked, limit=_LINES):
            yield from page.cases

    def case(self, number: int) -> CaseShown:
        """工单详情: Return a case with what it is tied to and its log."""
        return self._link.get(CaseShown, f"/v1/cases/{number}")

    def open_case(
        self,
        title: str,
        text: str = "",
        *,
        case_class: str = "",
        cause: str = "",
        links: Sequence[GivenLink] = (),
        key: str = "",
    ) -> CaseOpened:
        """建单: Open a case, or add to the open case of the same cause."""
        body: Mapping[str, object] = {"title": title, "text": text, "cause": cause, "links": _links(links)}
        more = {"case_class": case_class} if case_class else {}
        return self._link.post(CaseOpened, "/v1/cases", {**body, **more}, key=key)

    def comment_on_case(
        self, number: int, text: str, *, kind: Literal["inside", "outside", "asker"] = "inside", key: str = ""
    ) -> CaseAnswer:
        """备注、答复: Say something inside, to the one who asked, or as the one who asked."""
        return self._link.post(CaseAnswer, f"/v1/cases/{number}/comments", {"text": text, "kind": kind}, key=key)

    def move_case(
        self, number: int, state: CaseStateName, *, why: str = "", version: int | None = None, key: str = ""
    ) -> CaseAnswer:
        """流转: Bring a case into another state; ``version`` is that of the case as it was seen."""
        body = {"state": state, "why": why, "version": version}
        return self._link.post(CaseAnswer, f"/v1/cases/{number}/state", body, key=key)

    def link_case(self, number: int, links: Sequence[GivenLink], *, key: str = "") -> CaseAnswer:
        """关联: Tie a case to orders or other things."""
        return self._link.post(CaseAnswer, f"/v1/cases/{number}/links", {"links": _links(links)}, key=key)


def _links(links: Sequence[GivenLink]) -> list[dict[str, str]]:
    return [{"kind": kind, "target": target} for kind, target in links]
