"""Lists that wait at customs (待比对清单) for the order, the payment or the waybill that they name."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from customs.office.papers import Paper, PaperKey
from customs.office.store import meant_by, named_by


class WaitingLists:
    """The lists that wait, by the order and the waybill that they name, so that what arrives finds its own."""

    def __init__(self, complete: Callable[[Paper], bool]) -> None:
        self._complete = complete
        self._lists: dict[PaperKey, Paper] = {}
        self._naming: defaultdict[PaperKey, dict[PaperKey, None]] = defaultdict(dict)

    def wait(self, paper: Paper) -> None:
        """Let a list wait; a changed one waits for what it names now."""
        if before := self._lists.get(paper.key):
            self._forget(before)
        self._lists[paper.key] = paper
        for named in named_by(paper):
            self._naming[named][paper.key] = None

    def freed_by(self, arrived: Paper) -> Iterator[Paper]:
        """Yield the lists that name a document that arrived, and lack nothing more; they wait no longer."""
        for key in list(self._naming.get(meant_by(arrived), ())):
            paper = self._lists[key]
            if self._complete(paper):
                self._forget(paper)
                yield paper

    def _forget(self, paper: Paper) -> None:
        del self._lists[paper.key]
        for named in named_by(paper):
            of_named = self._naming[named]
            del of_named[paper.key]
            if not of_named:
                del self._naming[named]
