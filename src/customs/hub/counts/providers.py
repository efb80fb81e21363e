"""Providers (服务商): who has a part in an order, in one word for each, such as ``carrier:4401000001``.

>>> kind, code = provider_parts("payer:3301000001")
>>> PROVIDER_KINDS[kind].zh, PROVIDER_KINDS[kind].column, code
('支付企业', 'payment_company_code', '3301000001')
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from customs.fields.frozen import FrozenDict
from customs.receipts.actions import Party


class ProviderKind(NamedTuple):
    """A part that an enterprise has in orders: its name, and the column of an order that says who has it."""

    zh: str
    en: str
    column: str


#: The parts.
PROVIDER_KINDS: Mapping[str, ProviderKind] = FrozenDict(
    {
        "platform": ProviderKind("电商平台", "platform", "platform_code"),
        "payer": ProviderKind("支付企业", "payment company", "payment_company_code"),
        "carrier": ProviderKind("物流企业", "carrier", "carrier_code"),
        "warehouse": ProviderKind("区内仓库", "warehouse", "area_operator_code"),
    }
)

#: The part of whoever declares each document.
PROVIDER_OF_DOCUMENT = FrozenDict({"CEB311": "platform", "CEB411": "payer", "CEB511": "carrier"})

_OF_PARTY = {Party.PLATFORM: "platform", Party.PAYER: "payer", Party.CARRIER: "carrier"}


def provider_of(kind: str, order: Any) -> str:
    """Return who has a part in an order, from its row; empty where nobody has."""
    code = getattr(order, PROVIDER_KINDS[kind].column)
    return f"{kind}:{code}" if code else ""


def provider_to_act(party: Party | None, order: Any) -> str:
    """Return the provider of an order who has to act; empty where it is the declarant, customs, or not clear."""
    kind = _OF_PARTY.get(party) if party else None
    return provider_of(kind, order) if kind else ""


def provider_parts(provider: str) -> tuple[str, str]:
    """Return the part and the code of a provider. Raises ``ValueError`` for a part that there is not."""
    kind, _, code = provider.partition(":")
    if kind not in PROVIDER_KINDS or not code:
        raise ValueError(f"{provider!r} is no provider such as carrier:4401000001 服务商应写作 carrier:4401000001")
    return kind, code
