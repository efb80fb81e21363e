"""The command line (命令行), a thin front over the library's functions. Needs the extra ``cli``."""

import os
import sys
from io import TextIOWrapper


def main() -> None:
    """Run the command ``customs``."""
    print_what_can_be_printed()
    try:
        from customs.cli.language import chosen_in

        sys.argv[1:] = chosen_in(sys.argv[1:], os.environ)
        from customs.cli.commands import app
        from customs.cli.texts import run
    except ModuleNotFoundError as error:
        raise SystemExit(
            f'{error.name} is missing: install the command line with pip install "cbec-customs[cli]"'
        ) from None
    except ValueError as error:
        sys.stderr.write(f"customs: {error}\n")
        raise SystemExit(2) from None
    run(app)


def print_what_can_be_printed() -> None:
    """Show characters that a stream cannot encode as escapes, instead of breaking off."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
