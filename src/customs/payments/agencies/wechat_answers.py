"""Answers of WeChat Pay (微信支付返回): what became of a declaration, what to do next, and which numbers to declare.

Source: fields and states as WeChat Pay's v2 page has them, by way of its clients; which number goes into which document
as its page on declarations says. Verify against the provider's page.

>>> WechatState.EXCEPT.advice_en
'ask again later; if it stays so, push it again with a WechatRedeclaration, which this state admits'
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from customs.codes.states import State
from customs.documents import Answer
from customs.payments.agencies.answers import (
    AgencyAnswerError,
    Stated,
    agency_answer,
    check_same,
    error_code_of,
    flat,
    root_of,
    state_of_refusal,
)
from customs.payments.agencies.request_parameters import parameters_of
from customs.payments.agencies.signatures import UnsignableError, wechat_signature_holds
from customs.payments.agencies.wechat import WechatQuery, WechatRedeclaration, WechatRequest


class WechatState(Stated):
    """The state of a declaration (state)."""

    UNDECLARED = "未申报", "not declared yet"
    SUBMITTED = "申报已提交", "handed in"
    PROCESSING = "申报中", "being declared"
    SUCCESS = "申报成功", "declared"
    FAIL = "申报失败", "refused"
    EXCEPT = "海关接口异常", "the interface of customs failed"
    UNKNOWN = "未知状态", "an unknown state, or none given"

    @property
    def may_be_redeclared(self) -> bool:
        """True if WeChat Pay takes a redeclaration in this state."""
        return self in (WechatState.SUCCESS, WechatState.EXCEPT)

    @property
    def advice_zh(self) -> str:
        """The next step, in Chinese."""
        return _NEXT[self][0]

    @property
    def advice_en(self) -> str:
        """The next step, in English."""
        return _NEXT[self][1]


#: What to do next in each state. WeChat Pay calls nobody back, so it has to be asked.
_NEXT = {
    WechatState.UNDECLARED: (
        "尚未向海关申报：请稍后用 WechatQuery 查询；若一直如此，请核对商户平台的海关备案信息后重新提交（此状态不能重推）",
        "nothing has gone to customs yet: ask again later with a WechatQuery; if it stays so, check the merchant's customs "
        "registration at WeChat Pay and send the request again (this state admits no redeclaration)",
    ),
    WechatState.SUBMITTED: ("请稍后用 WechatQuery 查询结果", "ask later with a WechatQuery what became of it"),
    WechatState.PROCESSING: ("请稍后用 WechatQuery 查询结果", "ask later with a WechatQuery what became of it"),
    WechatState.SUCCESS: (
        "海关已接收支付单；仅当电子口岸丢单时用 WechatRedeclaration 重推",
        "customs has the payment; push it again with a WechatRedeclaration only if the e-port lost it",
    ),
    WechatState.FAIL: (
        "海关退回支付单：请按说明（explanation）改正后以 MODIFY 提交",
        "customs refused the payment: mend what the explanation says, and send the request with the action MODIFY",
    ),
    WechatState.EXCEPT: (
        "请稍后再查询；若仍异常，用 WechatRedeclaration 重推（此状态允许重推）",
        "ask again later; if it stays so, push it again with a WechatRedeclaration, which this state admits",
    ),
    WechatState.UNKNOWN: (
        "请用 WechatQuery 查询结果，勿视为成功",
        "ask with a WechatQuery, and take it for no success",
    ),
}


class IdentityCheck(Stated):
    """The comparison of buyer and payer (cert_check_result)."""

    UNCHECKED = "未校验", "not compared"
    SAME = "一致", "the same person"
    DIFFERENT = "不一致", "another person than the payer"
    UNKNOWN = "未知结果", "an unknown result, or none given"


class VerifyDepartment(Stated):
    """Clearing house that can confirm the payment (verify_department)."""

    UNIONPAY = "银联", "UnionPay"
    NETSUNION = "网联", "NetsUnion"
    OTHERS = "其他", "another"
    UNKNOWN = "未知机构", "an unknown one, or none given"

    @property
    def verifier(self) -> str | None:
        """Its code in the payment data of announcement 179 (verDept), None where it is not known."""
        return {"UNIONPAY": "1", "NETSUNION": "2", "OTHERS": "3"}.get(self.name)


@dataclass(frozen=True, slots=True)
class WechatAnswer:
    """A signed answer. ``taken`` says that the request was processed, ``state`` what became of the declaration."""

    taken: bool
    state: WechatState
    identity: IdentityCheck
    department: VerifyDepartment
    error_code: str = ""
    """The code of the error, empty for none; WeChat Pay gives 0 then."""
    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def declared(self) -> bool:
        """True if WeChat Pay says that the payment is declared. For the buyer see ``identity``."""
        return self.taken and self.state is WechatState.SUCCESS

    @property
    def order_no_to_declare(self) -> str | None:
        """The order number that order and list must have: that of the part after a split (拆单)."""
        return self._number("sub_order_no") or self._number("out_trade_no")

    @property
    def payment_no_to_declare(self) -> str | None:
        """The number that WeChat Pay declares as the payment's (payTransactionId of CEB411), so that order (CEB311) and
        payment match: after a split ``sub_order_id``, else ``transaction_id``. None if the answer does not say.
        """
        return self._number("sub_order_id" if self._number("sub_order_no") else "transaction_id")

    @property
    def verifier_payment_no(self) -> str | None:
        """The number of the payment at the clearing house, for the payment data of announcement 179; None if not given."""
        return self._number("verify_department_trade_id")

    def _number(self, name: str) -> str | None:
        return self.parameters.get(name) or None


#: The canonical state of each state of WeChat Pay. Source: names of the states in its documentation.
STATES = {
    WechatState.UNDECLARED: State.STORED,
    WechatState.SUBMITTED: State.SENT,
    WechatState.PROCESSING: State.SENT,
    WechatState.SUCCESS: State.ACCEPTED,
    WechatState.FAIL: State.REJECTED,
    WechatState.EXCEPT: State.TECHNICAL_FAILURE,
    WechatState.UNKNOWN: State.UNKNOWN,
}


def answer_of_wechat(reply: WechatAnswer) -> Answer:
    """Return the signed answer as one of all receipts: about the payment (CEB411) that WeChat Pay declares.

    Its numbers are those that go to customs: after a split, those of the part.
    """
    return agency_answer(
        "WeChat Pay",
        STATES[reply.state] if reply.taken else state_of_refusal(reply.error_code),
        reply.error_code or (reply.state.name if reply.taken else ""),
        {"payment_no": reply.payment_no_to_declare, "order_no": reply.order_no_to_declare},
        texts=(reply.parameters.get("explanation"), reply.parameters.get("err_code_des")),
    )


_COMPARED = ("appid", "mch_id", "out_trade_no", "transaction_id", "customs", "sub_order_no", "sub_order_id")
_NEEDED = ("mch_id", "transaction_id", "sub_order_no")

#: A field of one of several declarations in the answer to a query.
_INDEXED = re.compile(r"([a-z_]+)_([0-9]{1,2})")


def read_wechat(body: bytes, request: WechatRequest | WechatRedeclaration, key: SecretStr) -> WechatAnswer:
    """The answer to a request, once its signature is verified. Raises ``AgencyAnswerError`` for what cannot be
    believed: it is then not known what became of the request, and is to be asked.
    """
    parameters = _signed(body, key)
    check_same(parameters, parameters_of(request), compared=_COMPARED, needed=_NEEDED if _taken(parameters) else ())
    return _answer(parameters)


def read_wechat_query(body: bytes, query: WechatQuery, key: SecretStr) -> tuple[WechatAnswer, ...]:
    """The answers to a query, one for each declaration of the payment, in order. Raises ``AgencyAnswerError`` as
    ``read_wechat``.

    A query that was refused gives one answer, which was not ``taken``.
    """
    parameters = _signed(body, key)
    asked = parameters_of(query)
    check_same(parameters, asked, compared=_COMPARED, needed=("mch_id",) if _taken(parameters) else ())
    if not _taken(parameters):
        return (_answer(parameters),)
    found = tuple(_declarations(parameters))
    for each in found:
        check_same(each, asked, compared=_COMPARED, needed=())
    return tuple(map(_answer, found))


def _declarations(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    """The fields of each declaration: ``state_0``, ``state_1`` and so on, with those that stand once for all."""
    shared, apart = dict[str, str](), dict[int, dict[str, str]]()
    for name, text in parameters.items():
        if found := _INDEXED.fullmatch(name):
            apart.setdefault(int(found[2]), {})[found[1]] = text
        else:
            shared[name] = text
    if shared.get("count", str(len(apart))) != str(len(apart)):
        raise AgencyAnswerError("count: the answer holds another number of declarations; ask WeChat Pay again")
    return [{**shared, **apart[index]} for index in sorted(apart)]


def _signed(body: bytes, key: SecretStr) -> dict[str, str]:
    """The parameters of an answer whose signature is valid."""
    parameters = flat(root_of(body, "xml"))
    if not parameters.get("sign"):
        raise AgencyAnswerError(
            "WeChat Pay answered without a signature, as it does when it could not process the request: check parameters and key",
            said=parameters.get("return_msg", ""),
        )
    if not _holds(parameters, key):
        raise AgencyAnswerError("the signature of the answer is not valid: check the key, and do not use the answer")
    return parameters


def _taken(parameters: Mapping[str, str]) -> bool:
    return parameters.get("return_code") == parameters.get("result_code") == "SUCCESS"


def _answer(parameters: Mapping[str, str]) -> WechatAnswer:
    return WechatAnswer(
        taken=_taken(parameters),
        state=WechatState.of(parameters.get("state", "")),
        identity=IdentityCheck.of(parameters.get("cert_check_result", "")),
        department=VerifyDepartment.of(parameters.get("verify_department", "")),
        error_code=error_code_of(parameters.get("err_code", "")),
        parameters=parameters,
    )


def _holds(parameters: Mapping[str, str], key: SecretStr) -> bool:
    try:
        return wechat_signature_holds(parameters, key)
    except UnsignableError:
        return False
