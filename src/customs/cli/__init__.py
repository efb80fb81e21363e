"""The command line (命令行), a thin front over the library's functions. Needs the extra ``cli``."""

import os
import sys

from customs.cli.output import print_what_can_be_printed, told


def main() -> None:
    """Run the command ``customs``."""
    print_what_can_be_printed()
    try:
        _run()
    except SystemExit as end:
        raise SystemExit(told(end.code, _tell)) from None
    except KeyboardInterrupt:
        sys.stderr.write("customs: interrupted 已中断\n")
        raise SystemExit(130) from None


def _run() -> None:
    try:
        from customs.cli.language import chosen_in

        sys.argv[1:] = chosen_in(sys.argv[1:], os.environ)
        from customs.cli.listed import program
        from customs.cli.texts import run
    except ModuleNotFoundError as error:
        sys.stderr.write(f'{error.name} is missing: install the command line with pip install "cbec-customs[cli]"\n')
        raise SystemExit(2) from None
    except ValueError as error:
        sys.stderr.write(f"customs: {error}\n")
        raise SystemExit(2) from None
    run(program())


def _tell(failure: str) -> None:
    """Say that the output is lost, and nothing else."""
    from customs.cli.app import tell

    tell(
        f"customs: the output could not be printed, {failure}; nothing else is affected: every file is written",
        f"输出无法打印（{failure}），其他不受影响：文件均已写出",
    )
