"""Declarations (申报登记) kept in the ledger: by which message each parcel was declared, and what may be declared again.

Several workers declare over one ledger: ``note_declared`` notes the messages of a batch within the caller's transaction, beside
the quota that they hold and the messages that are put into the outbox. ``LedgerKnowledge`` answers what a run asks, and
``LedgerDeclarations`` is the store that journals of several state folders share. Orders and other business numbers stand in
clear, contents are keyed hashes, and nothing personal is kept.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.declared.asking import declared_entries, declared_under
    from customs.ledger.declared.knowledge import LedgerKnowledge
    from customs.ledger.declared.lives import release_declared
    from customs.ledger.declared.noting import note_declared
    from customs.ledger.declared.quota_holds import hold_declared
    from customs.ledger.declared.shop_orders import of_another_platform
    from customs.ledger.declared.store import LedgerDeclarations
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "asking": "declared_entries declared_under",
            "knowledge": "LedgerKnowledge",
            "lives": "release_declared",
            "noting": "note_declared",
            "quota_holds": "hold_declared",
            "shop_orders": "of_another_platform",
            "store": "LedgerDeclarations",
        },
    )

__all__ = [
    "LedgerDeclarations",
    "LedgerKnowledge",
    "declared_entries",
    "declared_under",
    "hold_declared",
    "note_declared",
    "of_another_platform",
    "release_declared",
]
