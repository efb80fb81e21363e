"""Import every module of the hub but those of other extras, and let a small night pass: ``python night.py``."""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

#: The modules of the hub that need an extra which a hub is not installed with.
OF_OTHER_EXTRAS = {"customs.hub.service.spans"}


def imported() -> int:
    """Import the modules of the hub; the number of them."""
    package = importlib.import_module("customs.hub")
    names = {each.name for each in pkgutil.walk_packages(package.__path__, "customs.hub.")}
    for name in names - OF_OTHER_EXTRAS:
        importlib.import_module(name)
    return len(names)


if __name__ == "__main__":
    assert imported() > 200, "the hub has fewer modules than it should"
    program = str(Path(sys.executable).parent / "customs")
    command = [program, "hub", "rehearse", "--count", "20", "--seed", "1", "--out", "night"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
