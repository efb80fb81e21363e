"""Follow the blocks of a page with the Python that runs this: ``python reading.py README.md`` in an empty folder."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent

_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


def follow(page: Path) -> int:
    """Run the commands of this library and the Python of a page in order; the number of blocks that were run."""
    Path("examples").symlink_to(ROOT / "examples")
    names: dict[str, Any] = {}
    blocks = 0
    for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        commands = [line for line in block["text"].replace("\\\n", " ").splitlines() if line.startswith("customs ")]
        if block["language"] == "python":
            exec(block["text"], names)  # noqa: S102  the page's own code
        for command in commands:
            path = f"PATH={Path(sys.executable).parent}:$PATH"
            subprocess.run(f"{path} {command}", shell=True, check=True, stdout=subprocess.DEVNULL)  # noqa: S602
        blocks += bool(commands) or block["language"] == "python"
    return blocks


if __name__ == "__main__":
    assert follow(Path(sys.argv[1])) > 2, "the page has fewer blocks than it should"
