"""Parts that the commands share: the app, the two screens, keys and days given as options.

Exit codes: 0 nothing was refused, 1 something was, 2 the command was used wrongly.
"""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from customs.road import Clock, fixed_clock, system_clock
from customs.signing import CertificateError, Signer, SigningError, load_signer
from customs.signing.pem import certificates

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they would show local variables, and so personal data
    help="Declare cross-border e-commerce parcels to China Customs. 跨境电商零售进口申报",
)
screen = Console()
side = Console(stderr=True)

#: Where the password of a key is read from; it is never given on the command line.
PASSWORD_VARIABLE = "CUSTOMS_KEY_PASSWORD"  # noqa: S105

KEY_OPTION = typer.Option(
    "--key", exists=True, dir_okay=False, help="RSA or SM2 key: PEM, DER, or PKCS#12 (.p12, .pfx)."
)
Key = Annotated[Path | None, KEY_OPTION]
Cert = Annotated[
    Path | None,
    typer.Option(
        "--cert", exists=True, dir_okay=False, help="Certificate, PEM or DER; not for PKCS#12 or PEM with both."
    ),
]
On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="Declaration day, YYYY-MM-DD; today if left out.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def misuse(message: str) -> typer.Exit:
    """Say what was used wrongly; the exit code is 2."""
    side.print(f"[bold]customs:[/bold] {escape(message)}", highlight=False, soft_wrap=True)
    return typer.Exit(2)


def signer_of(key: Path | None, cert: Path | None) -> Signer | None:
    """The signer of the key given, if one is."""
    if key is None:
        if cert:
            raise misuse("--cert needs --key")
        return None
    password = os.environ.get(PASSWORD_VARIABLE, "").encode() or None
    bundle = key.suffix.lower() in (".p12", ".pfx")
    content = key.read_bytes()
    if not bundle and cert is None and not certificates(content):
        raise misuse("--key in PEM needs --cert, its certificate")
    try:
        return load_signer(content, None if bundle or cert is None else cert.read_bytes(), password)
    except (SigningError, CertificateError) as error:
        hint = f" (it is read from {PASSWORD_VARIABLE})" if "password" in str(error) else ""
        raise misuse(f"{error}{hint}") from None


def day_of(text: str | None) -> date:
    """The day given, or today."""
    if text is None:
        return system_clock().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise misuse(f"--on: {text!r} is not a day as YYYY-MM-DD") from None


def clock_of(text: str | None, option: str = "--clock") -> Clock:
    """Return a clock fixed at the time given, or the system's."""
    if text is None:
        return system_clock
    try:
        return fixed_clock(datetime.fromisoformat(text))
    except ValueError:
        raise misuse(f"{option}: {text!r} is not a time as 2026-11-11T08:00:00") from None
