"""For tests (测试工具): fictitious parcels, keys and certificates that are marked as tests, and Hypothesis strategies.

The strategies need the extra ``testing``; they, and Hypothesis with them, are loaded when first asked for.

>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> parcel.clearance.trade_mode
'1210'
"""

from importlib import import_module
from typing import TYPE_CHECKING

from customs.testing.bills import tax_bill_of
from customs.testing.keys import issue_test_key, issue_test_root
from customs.testing.order_lists import rows_of
from customs.testing.parcels import sample_parcels
from customs.testing.rehearsal import Rehearsal, office
from customs.testing.violations import Facet, Invalid, Violation, violations_of

if TYPE_CHECKING:
    from customs.testing.parcel_strategies import (
        declaration_lists,
        declarations,
        invalid,
        orders,
        parcel_documents,
        payments,
        receipts,
        waybills,
    )
    from customs.testing.strategies import documents_of, guids, messages_of, records_of, values_of
else:
    _STRATEGIES = {
        **dict.fromkeys(("documents_of", "guids", "messages_of", "records_of", "values_of"), "strategies"),
        **dict.fromkeys(
            (
                "declaration_lists",
                "declarations",
                "invalid",
                "orders",
                "parcel_documents",
                "payments",
                "receipts",
                "waybills",
            ),
            "parcel_strategies",
        ),
    }

    def __getattr__(name):
        """A strategy, from the module that needs Hypothesis."""
        if name not in _STRATEGIES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            module = import_module(f"{__name__}.{_STRATEGIES[name]}")
        except ModuleNotFoundError as error:
            if error.name != "hypothesis":
                raise
            raise ImportError(f"{name} needs Hypothesis: pip install 'cbec-customs[testing]'") from error
        globals()[name] = value = getattr(module, name)
        return value

    def __dir__():
        return sorted({*globals(), *_STRATEGIES})


__all__ = [
    "Facet",
    "Invalid",
    "Rehearsal",
    "Violation",
    "declaration_lists",
    "declarations",
    "documents_of",
    "guids",
    "invalid",
    "issue_test_key",
    "issue_test_root",
    "messages_of",
    "office",
    "orders",
    "parcel_documents",
    "payments",
    "receipts",
    "records_of",
    "rows_of",
    "sample_parcels",
    "tax_bill_of",
    "values_of",
    "violations_of",
    "waybills",
]
