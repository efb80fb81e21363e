"""The kinds of differences of freight and warehouse bills (物流仓储对账差异种类): FRT01 to FRT10."""

from customs.ledger.settlements.difference_kinds import DifferenceKinds

_KINDS = DifferenceKinds("bills of carriers and warehouses, contracts")

TWICE = _KINDS.error(
    "FRT01", "重复计费 {count} 次（{places}）", "It is billed {count} times ({places}).",
    "向服务商扣回重复计费", "Have the provider take back what is billed twice.",
)  # fmt: skip
NOT_OURS = _KINDS.error(
    "FRT02", "不是本企业的运单，或没有出区记录", "The waybill is not ours, or never passed the gate.",
    "核对运单来源，非本企业的拒付", "Find out whose parcel it is, and do not pay for one that is not yours.",
)  # fmt: skip
NOT_BILLED = _KINDS.error(
    "FRT03", "已出区{day_zh}，账单中没有", "It passed the gate{day_en}, and no bill has it.",
    "向承运商查询，预提运费", "Ask the carrier, and set the freight aside.",
)  # fmt: skip
WEIGHT = _KINDS.error(
    "FRT04", "计费重量 {billed} 千克，按合同应为 {due} 千克（称重 {actual}，体积重 {volume}）",
    "{billed} kg are charged, the contract makes {due} (scale {actual}, volumetric {volume}).",
    "以称重和尺寸记录向承运商申请复核", "Ask the carrier to check it, with the records of scale and size.",
)  # fmt: skip
SCALE = _KINDS.warning(
    "FRT04", "称重 {scale} 千克，理论重量 {theory} 千克，偏差为称重的 {share}%、理论重量的 {theory_share}%",
    "The scale says {scale} kg, theory {theory}: {share} % of the scale, {theory_share} % of the theory.",
    "复核商品备案重量与包材，必要时复称", "Check the weights on record and the packaging; weigh it again if need be.",
)  # fmt: skip
DECLARED_WEIGHT = _KINDS.warning(
    "FRT04", "申报毛重 {declared} 千克，称重 {scale} 千克，超出允差", "{declared} kg were declared, the scale says {scale}.",
    "核对申报毛重", "Check the gross weight that was declared.",
)  # fmt: skip
PRICE = _KINDS.error(
    "FRT05", "应付 {billed} 元，按合同应为 {due} 元", "{billed} CNY are billed, the contract makes {due}.",
    "按合同价向承运商申请调整", "Have the carrier correct it by the contract.",
)  # fmt: skip
NO_PRICE = _KINDS.error(
    "FRT05", "应付 {billed} 元，合同中没有该目的地或日期的价格", "{billed} CNY are billed; no contract has a price for this place and day.",
    "补充合同价格，或拒付", "Complete the contract, or do not pay.",
)  # fmt: skip
NEVER_COLLECTED = _KINDS.error(
    "FRT06", "面单已取消、从未揽收，仍计费 {billed} 元", "It was never collected, and {billed} CNY are billed.",
    "向承运商扣回", "Have the carrier take it back.",
)  # fmt: skip
VOLUME = _KINDS.warning(
    "FRT07", "体积重 {volume} 千克为实际重量 {actual} 千克的 {factor} 倍，按体积计费",
    "The volumetric weight of {volume} kg is {factor} times the actual {actual}: the box is too large.",
    "改用较小的包材", "Use a smaller box.",
)  # fmt: skip
PACKAGING = _KINDS.error(
    "FRT08", "包材计费 {billed}，实际使用 {own}", "{billed} of the material are billed, {own} were used.",
    "按出库记录核减", "Have it corrected by the records of the packing.",
)  # fmt: skip
NOT_AGREED = _KINDS.error(
    "FRT08", "未订购的服务或包材 {what}", "{what} was not agreed.",
    "拒付，或补签协议", "Do not pay for it, or agree on it.",
)  # fmt: skip
STORAGE = _KINDS.error(
    "FRT09", "仓租计费 {billed}，日终库存 {own}", "{billed} are billed, the closing stock was {own}.",
    "按库存快照核减", "Have it corrected by the snapshot of the stock.",
)  # fmt: skip
WORK = _KINDS.error(
    "FRT10", "作业计费 {billed}，完工 {own}", "{billed} units of work are billed, {own} were finished.",
    "按完工记录核减", "Have it corrected by the work orders.",
)  # fmt: skip

#: All kinds.
CHARGE_KINDS = (
    TWICE, NOT_OURS, NOT_BILLED, WEIGHT, SCALE, DECLARED_WEIGHT, PRICE, NO_PRICE, NEVER_COLLECTED, VOLUME, PACKAGING,
    NOT_AGREED, STORAGE, WORK,
)  # fmt: skip

#: The kind of a quantity that differs, by the kind of bill.
OF_QUANTITIES = {"packaging": PACKAGING, "storage": STORAGE, "work": WORK}
