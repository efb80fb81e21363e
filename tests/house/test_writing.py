"""Everything that writes uses the one way of the room ``files``."""

import ast
from collections.abc import Iterator

from support import ROOT

SOURCE = ROOT / "src" / "customs"

#: Methods and functions that write, whatever they are called on.
WRITE = {"write_text", "write_bytes", "mkdir", "makedirs", "touch", "rename", "renames", "hardlink_to", "symlink_to",
         "unlink", "rmdir", "chmod",  "copyfile", "move", "mkstemp", "NamedTemporaryFile", "fsync", "save"}  # fmt: skip

#: The calls that are left: files of SQLite, workbooks in memory, the output that is closed.
ALLOWED = {
    ("journal/state.py", "connect"),
    ("ledger/backup.py", "connect"),
    ("ledger/holding.py", "connect"),
    ("intake/workbook_bytes.py", "save"),
    ("cli/output.py", "open"),
}


def calls(tree: ast.Module) -> Iterator[str]:
    """Yield the names of calls that write, or that open a database."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            on = node.func.value if isinstance(node.func, ast.Attribute) else None
            module = on.id if isinstance(on, ast.Name) else ""
            modes = [
                each.value
                for each in (*node.args, *(word.value for word in node.keywords))
                if isinstance(each, ast.Constant)
            ]
            opened = name == "open" and any(
                isinstance(mode, str) and set(mode) & set("wxa") and len(mode) < 4 for mode in modes
            )
            renamed = (name, module) in (("replace", "os"), ("open", "os"), ("connect", "sqlite3"))
            if name in WRITE or opened or renamed:
                yield name


def test_files_are_written_in_one_place() -> None:
    found = {
        (str(path.relative_to(SOURCE)), name)
        for path in sorted(SOURCE.rglob("*.py"))
        if path.parent.name != "files"
        for name in calls(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == ALLOWED
