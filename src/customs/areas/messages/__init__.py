"""Local messages (地方报文): written from a parcel's facts, checked, read back."""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.areas.messages.checks import check_parcel
    from customs.areas.messages.conditions import goes_into
    from customs.areas.messages.given import check_settings
    from customs.areas.messages.parcel_facts import ParcelFacts, facts_of
    from customs.areas.messages.shared import shared_texts
    from customs.areas.profile.conversions import CodeError
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "checks": "check_parcel",
            "conditions": "goes_into",
            "given": "check_settings",
            "parcel_facts": "ParcelFacts facts_of",
            "shared": "shared_texts",
            ".profile.conversions": "CodeError",
        },
    )

__all__ = ["CodeError", "ParcelFacts", "check_parcel", "check_settings", "facts_of", "goes_into", "shared_texts"]
