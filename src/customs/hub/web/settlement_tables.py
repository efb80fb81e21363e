"""Differences of bills as a table (对账差异表), in both languages, to be opened in a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from customs.ledger.settlements.answers import SettlementAnswer
from customs.rules.finding import Finding

#: The columns: Chinese and English.
HEADINGS = (
    "编号 number", "代码 code", "状态 standing", "说明", "difference", "处理建议", "advice", "答复 answer", "答复人 by", "答复时间 at",
)  # fmt: skip

#: How a difference stands, in both languages.
STANDING_WORDS: Mapping[str, str] = {
    "different": "有差异 different", "waiting": "待定 waiting", "noticed": "请留意 to look at", "answered": "已答复 answered",
    "explained": "已说明 explained",
}  # fmt: skip


def difference_rows(rows: Iterable[tuple[Finding, str, SettlementAnswer | None]]) -> Iterator[Sequence[object]]:
    """Yield the headings and a row for each difference: what it is, how it stands, and the answer to it."""
    yield HEADINGS
    for finding, standing, said in rows:
        answer = (said.words, said.by, f"{said.at:%Y-%m-%d %H:%M}") if said else ("", "", "")
        yield (
            finding.path,
            finding.code,
            STANDING_WORDS[standing],
            finding.zh,
            finding.en,
            finding.advice_zh,
            finding.advice_en,
            *answer,
        )
