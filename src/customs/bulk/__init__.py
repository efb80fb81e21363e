"""Streams without bound (海量申报): parcels cut into chunks, each decided by itself, in any process and on any machine.

A chunk and the run decide everything: whoever decides it, in whatever order, gets the same messages byte for byte. Names
are loaded when they are first asked for.

>>> from customs.bulk import in_chunks
>>> [(chunk.first, len(chunk.parcels)) for chunk in in_chunks(["{}"] * 5, size=2)]
[(1, 2), (3, 2), (5, 1)]
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customs.road.chunks import PARCELS_IN_A_CHUNK, Chunk, DecidedChunk, DecidedParcel, Decision, in_chunks
    from customs.road.deciding import decide
else:
    #: The module of each name.
    _MODULES = {
        "road.chunks": ("PARCELS_IN_A_CHUNK", "Chunk", "DecidedChunk", "DecidedParcel", "Decision", "in_chunks"),
        "road.deciding": ("decide",),
    }
    _MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

    def __getattr__(name):
        """A name from its module."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"customs.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *_MODULE_OF})


__all__ = [
    "PARCELS_IN_A_CHUNK",
    "Chunk",
    "DecidedChunk",
    "Decision",
    "DecidedParcel",
    "decide",
    "in_chunks",
]
