"""Files that others left in a folder (他方文件): taken away once they were read, or moved aside with what could not be."""

from pathlib import Path

from customs.files.names import Names
from customs.files.writing import make_folder, writing


def remove_file(path: Path) -> None:
    """Delete a file that was taken in; one that is gone is no fault. Raises ``NotWrittenError``."""
    with writing(path):
        path.unlink(missing_ok=True)


def move_into(path: Path, folder: Path) -> None:
    """Move a file into a folder of the same disk, under its name or with a number. Raises ``NotWrittenError``."""
    make_folder(folder)
    with writing(path):
        path.rename(Names(folder).free(path.name))
