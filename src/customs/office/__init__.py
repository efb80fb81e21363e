"""The customs side, simulated (模拟海关): it takes messages and answers as customs does, to rehearse before going live.

A second opinion, written from the published facts: it shares no rule with the checks of this library, and reads
messages by itself. ``Office`` is the core, ``OfficeSettings`` what it knows, ``Trouble`` what goes wrong.
"""

from customs.office.aside import MessageFaultError
from customs.office.office import Office, OfficeAnswer
from customs.office.settings import GoodsOnRecord, OfficeSettings, Pace
from customs.office.trouble import CALM, OfficeClosedError, Trouble

__all__ = [
    "CALM",
    "GoodsOnRecord",
    "MessageFaultError",
    "Office",
    "OfficeAnswer",
    "OfficeClosedError",
    "OfficeSettings",
    "Pace",
    "Trouble",
]
