"""Codes of the export side (出口), of which ranges are printed alone: signature, format, business, processing."""

from collections.abc import Callable
from typing import Any

from customs.testing.provoking.lists import spoilt_signature
from customs.testing.provoking.provocation import Provocation
from customs.testing.provoking.stage import Stage, filled, later, spoilt

_DECLARANT = {"declarant_code": "910000000000000053", "declarant_name": "示例报关服务有限公司"}

#: By message: receipt, name, first number of its ranges, and what else the least document needs.
_KINDS: tuple[tuple[str, str, str, str, int, dict[str, Any]], ...] = (
    ("CEB303", "CEB304", "订单", "order", 301001, {}),
    ("CEB403", "CEB404", "收款单", "collection", 401001, {"payment_no": "1"}),
    ("CEB505", "CEB506", "运单", "waybill", 501001, {}),
    ("CEB509", "CEB510", "离境单", "departure", 505001, {}),
    ("CEB603", "CEB604", "清单", "list", 601001, _DECLARANT),
    ("CEB605", "CEB606", "撤销申请单", "cancellation", 605001, _DECLARANT),
    ("CEB701", "CEB702", "汇总申请单", "consolidation", 701001, _DECLARANT),
    ("CEB507", "CEB508", "运抵单", "arrival", 801001, {}),
    ("CEB607", "CEB608", "总分单", "master and house list", 901001, _DECLARANT),
)


def _prepared(stage: Stage, message: str) -> None:
    """Declare what a document of the export side refers to: the order of a list or collection, the list of others."""
    if message in ("CEB403", "CEB603", "CEB605", "CEB701"):
        stage.send(filled("CEB303"))
    if message in ("CEB605", "CEB701"):
        stage.send(filled("CEB603", **_DECLARANT))


def _document(stage: Stage, message: str, values: dict[str, Any], **spoils: Any) -> Any:
    made = filled(message, **values, **spoils)
    numbers = [str(getattr(each, "list_no", "")) for each in stage.rehearsal.receipts("CEB604")]
    if not numbers:
        return made
    if message == "CEB605":
        return made.model_copy(update={"list_no": numbers[-1]})
    if message == "CEB701":
        return spoilt(made, line={"list_no": numbers[-1]})
    return made


def _sent(message: str, values: dict[str, Any], how: dict[str, Any], **spoils: Any) -> Callable[[Stage], None]:
    def play(stage: Stage) -> None:
        _prepared(stage, message)
        stage.send(_document(stage, message, values, **spoils), **how)

    return play


def _twice(message: str, values: dict[str, Any]) -> Callable[[Stage], None]:
    def play(stage: Stage) -> None:
        _prepared(stage, message)
        first = _document(stage, message, values)
        stage.send(first)
        stage.send(later(first, 60))

    return play


def _ranges() -> tuple[Provocation, ...]:
    found: list[Provocation] = []
    for message, receipt, zh, en, first, values in _KINDS:
        wrong = {"app_type": "9"}
        plays = (
            (
                "签名值不符",
                "the signature of an export {} does not match",
                _sent(message, values, {"signed": True, "twist": spoilt_signature}),
            ),
            ("报送类型为 9", "the type of an export {} is 9", _sent(message, values, {}, **wrong)),
            (
                "变更从未申报的单证",
                "an export {} is changed that was never declared",
                _sent(message, values, {}, app_type="2"),
            ),
            ("同一单证稍后再次新增", "the same export {} is declared as new again, later", _twice(message, values)),
        )
        found += [
            Provocation(
                code=f"-{first + 1000 * place}",
                receipt=receipt,
                zh=f"出口{zh}：{zh_play}",
                en=en_play.format(en),
                play=play,
                export=True,
            )
            for place, (zh_play, en_play, play) in enumerate(plays)
        ]
    return tuple(found)


EXPORTS = _ranges()
