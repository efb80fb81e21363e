"""Files (文件): one way of writing them, their names, and the lock of a folder.

Whatever writes uses this room: a file is whole or absent, follows no link, and can be read by its owner alone if it
holds personal data or a key.
"""

from customs.files.growing import Growing, length_of
from customs.files.leaving import move_into, remove_file
from customs.files.locking import FolderHeldError, held
from customs.files.names import FORM, LONGEST_NAME, PART, Names, safe_name
from customs.files.reasons import system_reason
from customs.files.settled import SettledFiles, Unsettled
from customs.files.writing import (
    OWNER_ONLY,
    OWNER_ONLY_FOLDER,
    Lines,
    NotWrittenError,
    Staged,
    drop_parts,
    force,
    make_folder,
    make_own,
    part_of,
    place_keeping,
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
    "Growing",
    "Lines",
    "Names",
    "NotWrittenError",
    "SettledFiles",
    "Staged",
    "Unsettled",
    "drop_parts",
    "force",
    "held",
    "length_of",
    "make_folder",
    "make_own",
    "move_into",
    "part_of",
    "place_keeping",
    "safe_name",
    "remove_file",
    "set_aside",
    "stage",
    "system_reason",
    "take_rights",
    "whole_file",
    "write_together",
    "write_whole",
    "writing",
]
