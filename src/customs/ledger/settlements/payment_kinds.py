"""The kinds of differences of payments (支付对账差异种类): PAY01 to PAY14, with what to do about each.

An error is a difference; a warning waits for what has not come yet, such as a bill or a refund under way; a note is a
difference that something explains, and closes by itself.
"""

from customs.ledger.settlements.difference_kinds import DifferenceKinds

_KINDS = DifferenceKinds("CEB411, bills of the payment companies")

NOT_DECLARED = _KINDS.error(
    "PAY01",
    "已支付 {amount} 元（{at}），逾期未申报支付凭证",
    "{amount} CNY were paid at {at}, and no payment was declared in time.",
    "向支付企业申报该订单的支付凭证（CEB411），或退款并登记原因",
    "Have the payment declared (CEB411), or refund it and enter why.",
)
NOT_DECLARED_YET = _KINDS.warning(
    "PAY01",
    "已支付 {amount} 元（{at}），尚在申报期限内",
    "{amount} CNY were paid at {at}; the time to declare it has not passed.",
    "到期前申报支付凭证（CEB411）",
    "Declare the payment (CEB411) in time.",
)
REFUNDED_BEFORE = _KINDS.note(
    "PAY01",
    "已支付 {amount} 元，未申报即全额退款",
    "{amount} CNY were paid and refunded in full before anything was declared.",
)
NOT_PAID = _KINDS.error(
    "PAY02",
    "已申报支付 {amount} 元（{at}），当日及前后一日的账单中没有该笔支付{missing_zh}",
    "A payment of {amount} CNY at {at} was declared; no bill of its day or the two beside it has it{missing_en}.",
    "向支付企业查询该订单是否成功支付；未支付的，申请撤单",
    "Ask the payment company if the order was paid; cancel the list if it was not.",
)
BILL_MISSING = _KINDS.warning(
    "PAY02",
    "已申报支付 {amount} 元（{at}），尚无当日账单",
    "A payment of {amount} CNY at {at} was declared; the bill of that day is not here yet.",
    "下载并导入当日对账单（次日 10 时以后）",
    "Fetch the bill of that day, after 10:00 of the next one, and read it in.",
)
AMOUNT = _KINDS.error(
    "PAY03",
    "申报支付 {declared} 元，账单为 {billed} 元，相差 {difference} 元",
    "{declared} CNY were declared, the bill has {billed}: {difference} CNY differ.",
    "核对订单金额；申报有误的，变更支付凭证",
    "Compare with the order; if the declaration is wrong, amend the payment.",
)
AMOUNT_EXPLAINED = _KINDS.note(
    "PAY03",
    "申报支付 {declared} 元，账单为 {billed} 元，差额由{why_zh}说明",
    "{declared} CNY were declared, the bill has {billed}; explained by {why_en}.",
)
SPLIT = _KINDS.note(
    "PAY03",
    "账单 {billed} 元，拆分为 {count} 个订单申报",
    "The {billed} CNY of the bill were declared as {count} orders.",
)
PAID_TWICE = _KINDS.error(
    "PAY04",
    "同一订单支付了 {count} 次，共 {billed} 元：{numbers}",
    "The order was paid {count} times, {billed} CNY together: {numbers}.",
    "退还多付的一笔，并核对申报的是哪一笔",
    "Refund what was paid too much, and see which payment was declared.",
)
PAID_TWICE_REFUNDED = _KINDS.note(
    "PAY04",
    "同一订单支付了 {count} 次，多付的已全额退还",
    "The order was paid {count} times; what was paid too much was refunded in full.",
)
NUMBER = _KINDS.error(
    "PAY05",
    "申报的支付交易号 {declared} 不是该订单的（账单为 {billed}{owner_zh}）",
    "The transaction number declared, {declared}, is not of this order; the bill has {billed}{owner_en}.",
    "变更支付凭证中的支付交易号",
    "Amend the transaction number of the payment.",
)
REFUND_KEPT = _KINDS.error(
    "PAY06",
    "清单已放行，退款 {refunded} 元，但没有撤单或退货申请",
    "{refunded} CNY were refunded after release, without a cancellation or a return.",
    "货物退回的，申报退货（CEB625）；未退货的，登记退款原因",
    "Declare the return (CEB625) if the goods come back; otherwise enter why it was refunded.",
)
NO_REFUND = _KINDS.error(
    "PAY07",
    "已撤单或退货（{at}），逾期未见退款",
    "The list was cancelled or the goods returned at {at}, and no refund followed in time.",
    "向买家退款，或登记不退款的原因",
    "Refund the buyer, or enter why not.",
)
NO_REFUND_YET = _KINDS.warning(
    "PAY07",
    "已撤单或退货（{at}），尚未退款",
    "The list was cancelled or the goods returned at {at}; the refund is still to come.",
    "按期向买家退款",
    "Refund the buyer in time.",
)
REFUND_OVER = _KINDS.error(
    "PAY08",
    "申请退款共 {refunded} 元，超过支付的 {billed} 元",
    "{refunded} CNY of refunds were asked for a payment of {billed}.",
    "向支付企业核实每笔退款，追回多退的款项",
    "Check each refund with the payment company, and recover what was too much.",
)
REFUND_ALONE = _KINDS.warning(
    "PAY08",
    "有退款 {refunded} 元，但账本中没有其支付，无法核对",
    "{refunded} CNY were refunded; the payment is in no bill here, so that it cannot be compared.",
    "导入该订单支付当日的对账单",
    "Read in the bill of the day on which the order was paid.",
)
REFUND_FAILED = _KINDS.error(
    "PAY09",
    "退款 {number} 未成功（{state}），{refunded} 元",
    "The refund {number} of {refunded} CNY did not succeed ({state}).",
    "改用其他方式退款，并登记结果",
    "Refund the buyer in another way, and enter how it ended.",
)
REFUND_OPEN = _KINDS.warning(
    "PAY09",
    "退款 {number} 处理中，{refunded} 元；账单不会更新其结果",
    "The refund {number} of {refunded} CNY is under way; no later bill tells how it ends.",
    "用退款查询接口查询结果，再以退款结果表导入",
    "Query the refund at the payment company, and read in its result.",
)
FEE = _KINDS.error(
    "PAY10",
    "手续费 {fee} 元，按费率 {rate} 应为 {due} 元（交易 {number}）",
    "The fee of {number} is {fee} CNY; at a rate of {rate} it should be {due}.",
    "核对签约费率，向支付企业申请调整",
    "Compare with the rate agreed, and ask the payment company to correct the fee.",
)
FILE = _KINDS.error(
    "PAY11",
    "账单文件第 {line} 行：{what_zh}",
    "Line {line} of the bill: {what_en}.",
    "重新下载该日账单后导入",
    "Fetch the bill of that day again, and read it in.",
)
MERCHANT = _KINDS.error(
    "PAY12",
    "商户号 {merchant} 不在已登记的商户号之中",
    "Merchant {merchant} is not registered.",
    "核对收款商户号与平台备案是否一致（海关代码 13035）",
    "Compare the merchant with the platform's registration (customs refuses with 13035).",
)
DAY = _KINDS.note(
    "PAY13",
    "申报的支付时间为 {declared}，账单为 {billed}，按支付日核对",
    "The payment was declared as of {declared}, the bill has {billed}: it is compared on the day of payment.",
)
PAYER = _KINDS.error(
    "PAY14",
    "支付人与订购人不是同一人",
    "The person who paid is not the person who bought.",
    "停止申报并告知买家：支付人须与订购人一致（海关代码 1327），由订购人本人支付后重新下单",
    "Stop and tell the buyer: customs wants the buyer to pay (1327); a new order has to be paid by who buys.",
)
BOOKED = _KINDS.error(
    "PAY11",
    "资金账单入账 {booked} 元，交易账单应为 {billed} 元（{number}）",
    "The fund bill books {booked} CNY for {number}, the trade bill makes {billed}.",
    "向支付企业核实该笔入账",
    "Ask the payment company about this booking.",
)

#: All kinds by their codes.
PAYMENT_KINDS = (
    NOT_DECLARED, NOT_DECLARED_YET, REFUNDED_BEFORE, NOT_PAID, BILL_MISSING, AMOUNT, AMOUNT_EXPLAINED, SPLIT, PAID_TWICE,
    PAID_TWICE_REFUNDED, NUMBER, REFUND_KEPT, NO_REFUND, NO_REFUND_YET, REFUND_OVER, REFUND_ALONE, REFUND_FAILED,
    REFUND_OPEN, FEE, FILE, MERCHANT, DAY, PAYER, BOOKED,
)  # fmt: skip
