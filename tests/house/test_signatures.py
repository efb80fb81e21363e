"""Signatures: no public function asks for more than six things beside the one that it works on.

A call with more is read twice, and its arguments are mixed up; a value with names carries them instead. Counted are
all public functions, methods and constructors that are written by hand; the fields of a value (a dataclass, a record)
are its own matter.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType

import customs

MOST = 6

#: What may ask for more, and why.
EXEMPT = {
    "customs.road.run.prepare": "the short form of Run, with its conditions",
}

#: The rooms whose functions are commands: each parameter is an option that is given by name.
COMMANDS = "customs.cli."


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(customs.__path__, "customs."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def functions() -> Iterator[tuple[str, Callable[..., object], bool]]:
    """Every public function with its full name, and True if it belongs to a class."""
    for module in modules():
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
                continue
            if inspect.isfunction(value):
                yield f"{module.__name__}.{name}", value, False
            elif inspect.isclass(value):
                for each, method in vars(value).items():
                    written = method.__func__ if isinstance(method, classmethod | staticmethod) else method
                    if inspect.isfunction(written) and (not each.startswith("_") or is_written(value, each)):
                        yield f"{module.__name__}.{name}.{each}", written, True


def is_written(owner: type, name: str) -> bool:
    """True if the constructor of a class is written by hand."""
    return name == "__init__" and not hasattr(owner, "__dataclass_fields__") and not hasattr(owner, "model_fields")


def beside(function: Callable[..., object]) -> int:
    """The number of parameters beside the first, which is the thing that the function works on."""
    return max(len(inspect.signature(function).parameters) - 1, 0)


def test_no_public_function_asks_for_more_than_six_things_beside_the_one_it_works_on() -> None:
    found = {name: beside(function) for name, function, _ in functions()}
    assert len(found) > 400, "the whole library is looked at"
    many = {name: count for name, count in found.items() if count > MOST and not name.startswith(COMMANDS)}
    assert many.keys() - EXEMPT.keys() == set(), many


def test_every_exemption_is_needed() -> None:
    found = {name: beside(function) for name, function, _ in functions()}
    assert [name for name in EXEMPT if found.get(name, 0) <= MOST] == []
