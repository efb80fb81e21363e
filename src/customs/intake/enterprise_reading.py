"""A reading of an enterprise file (读取企业档案): its tables taken by kind, and every mistake noted at its key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from customs.intake import spots
from customs.intake.enterprise_text import EnterpriseText, name_of_key, wrong_path
from customs.intake.problems import FileMistake, near, shown_name
from customs.intake.spots import Spot

#: Where a key stands, from the top of the file.
Steps = tuple[str, ...]


class Reading:
    """Reads one file; ``problems`` collects what is wrong, so that all of it is told at once."""

    def __init__(self, text: EnterpriseText) -> None:
        self.text = text
        self.problems: list[FileMistake] = []

    def wrong(self, steps: Steps, en: str, zh: str) -> None:
        """Note a mistake at a key."""
        self.problems.append(self.text.problem(steps, en, zh))

    def spot(self, steps: Steps) -> Spot:
        """Return the spot of a key."""
        return spots.key(self.text.path.name, self.text.line(steps), name_of_key(steps))

    def table(self, value: object, steps: Steps) -> dict[str, Any]:
        """Return a table, an empty one with a mistake noted for another value."""
        if isinstance(value, dict):
            return value
        self.wrong(
            steps,
            f"this is a table: write [{name_of_key(steps)}] and its keys below",
            f"此处应为表：请写 [{name_of_key(steps)}]，其键写在下面",
        )
        return {}

    def text_at(self, table: Mapping[str, Any], name: str, steps: Steps, *, secret: bool = False) -> str:
        """Return the text of a key, an empty one if it is left out or no text."""
        value = table.get(name)
        if value is None or (isinstance(value, str) and value.strip() and value.isprintable()):
            return value or ""
        if isinstance(value, str):
            self.wrong((*steps, name), "the text is empty or holds control characters", "文本为空或含控制字符")
        else:
            shown = "" if secret or not isinstance(value, int | float) else f', "{value}"'
            self.wrong(
                (*steps, name),
                f"this has to be text, in quotes{shown}",
                f"此处应为文本，须加引号{shown.replace(', ', '：')}",
            )
        return ""

    def path_at(self, table: Mapping[str, Any], name: str, steps: Steps) -> Path | None:
        """Return the path of a key, relative to the file; None if it is left out or no path."""
        value = table.get(name)
        if not isinstance(value, str):
            self.text_at(table, name, steps)
            return None
        if why := wrong_path(value):
            self.wrong((*steps, name), *why)
            return None
        return self.text.path.parent / value

    def known(self, table: Mapping[str, Any], names: tuple[str, ...], steps: Steps) -> None:
        """Note the keys of a table that it does not have."""
        for name in table:
            if name not in names:
                alike = near(name, names)
                en, zh = (
                    (f", {alike} is", f"，相近的是 {alike}")
                    if alike
                    else (f"; there are {', '.join(names)}", f"，可用的有 {'、'.join(names)}")
                )
                self.wrong(
                    (*steps, name),
                    f"{shown_name(name)} is no key of this table{en}",
                    f"此表没有 {shown_name(name)}{zh}",
                )
