"""The command line (命令行), a thin front over the library's functions. Needs the extra ``cli``."""


def main() -> None:
    """Run the command ``customs``."""
    try:
        from customs.cli.commands import app
    except ModuleNotFoundError as error:
        raise SystemExit(
            f'{error.name} is missing: install the command line with pip install "cbec-customs[cli]"'
        ) from None
    app()
