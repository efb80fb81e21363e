"""Names on demand: what a package offers beyond its first use is loaded when a name is first asked for.

Each such package imports its names for type checkers alone and gives the same names here, by module. ``tests/house``
compares the two. A name must not be that of a module of the package.

>>> get, names = on_demand("customs.codes", {"states": "State state_of_status"})
>>> get("State").REJECTED.value
'rejected'
>>> get("Colour")
Traceback (most recent call last):
AttributeError: module 'customs.codes' has no attribute 'Colour'
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def on_demand(package: str, modules: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a package, given the names of each module, separated by spaces.

    Modules are named from the package on, those beside it with a dot before them.
    """
    module_of = {name: module for module, names in modules.items() for name in names.split()}

    def get(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f".{module_of[name]}", package), name)
        setattr(sys.modules[package], name, value)
        return value

    return get, lambda: sorted({*vars(sys.modules[package]), *module_of})
