"""What an object holds: everything that can be reached from it, to see that a secret is not among it."""

import gc
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType


def reachable(start: object) -> Iterator[object]:
    """Yield whatever can be reached from an object, but for code and what all programs share."""
    seen, left = set[int](), [start]
    while left:
        each = left.pop()
        if id(each) in seen or isinstance(each, ModuleType | FunctionType | type | BuiltinFunctionType):
            continue
        seen.add(id(each))
        yield each
        left += gc.get_referents(each)


def holders_of(secret: str, start: object) -> list[object]:
    """Return the texts that can be reached from an object and hold a secret."""
    texts = (each for each in reachable(start) if isinstance(each, str | bytes | bytearray))
    return [each for each in texts if secret in (each if isinstance(each, str) else bytes(each).decode("latin-1"))]
