"""Files (文件): one way of writing them, their names, and the lock of a folder.

Whatever writes uses this room: a file is whole or absent, follows no link, and can be read by its owner alone if it
holds personal data or a key.
"""

from customs.files.locking import FolderHeldError, held
from customs.files.names import FORM, LONGEST_NAME, PART, Names, safe_name
from customs.files.writing import (
    OWNER_ONLY,
    OWNER_ONLY_FOLDER,
    Lines,
    NotWrittenError,
    Staged,
    force,
    make_folder,
    make_own,
    part_of,
    set_aside,
    stage,
    take_rights,
    whole_file,
    write_together,
    write_whole,
    writing,
)

__all__ = [
    "FORM",
    "LONGEST_NAME",
    "OWNER_ONLY",
    "OWNER_ONLY_FOLDER",
    "PART",
    "FolderHeldError",
    "Lines",
    "Names",
    "NotWrittenError",
    "Staged",
    "force",
    "held",
    "make_folder",
    "make_own",
    "part_of",
    "safe_name",
    "set_aside",
    "stage",
    "take_rights",
    "whole_file",
    "write_together",
    "write_whole",
    "writing",
]
