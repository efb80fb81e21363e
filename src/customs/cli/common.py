"""Options that the commands share (共用选项), and what they stand for: keys, documents, days, clocks."""

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from customs.cli.app import misuse
from customs.documents.base import LEAST_MESSAGE_BYTES
from customs.fields.moments import Clock, fixed_clock, system_clock
from customs.road.results import DOCUMENTS, DocumentName
from customs.road.run import OneKeys, Signers
from customs.signing import CertificateError, KeyFile, Signer, SigningError, load_signer
from customs.signing.pem import certificates

#: Where the password of a key is read from; it is never given on the command line.
PASSWORD_VARIABLE = "CUSTOMS_KEY_PASSWORD"  # noqa: S105

_OF_DOCUMENT = "; for one document: payment=FILE, and again for the next"

KEY_OPTION = typer.Option(
    "--key", metavar="FILE", help=f"RSA or SM2 key: PEM, DER, or PKCS#12 (.p12, .pfx){_OF_DOCUMENT}."
)
#: Key files, each for all documents or as ``document=file``.
Key = Annotated[list[str] | None, KEY_OPTION]
Cert = Annotated[
    list[str] | None,
    typer.Option(
        "--cert",
        metavar="FILE",
        help=f"Certificate, PEM or DER; not for PKCS#12 or PEM with both{_OF_DOCUMENT}.",
    ),
]
DOCUMENT_NAMES = tuple(DOCUMENTS[:3])
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="DOCUMENT",
        help="Only these documents, which your enterprise declares: order, payment, waybill; may be repeated.",
        autocompletion=lambda: list(DOCUMENT_NAMES),
    ),
]
MostBytes = Annotated[
    int | None,
    typer.Option(
        "--most-bytes",
        metavar="N",
        min=LEAST_MESSAGE_BYTES,
        help="Bytes of a message at most; as the destinations in the enterprise file say, or 4 MiB, if left out.",
    ),
]
On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="Declaration day, YYYY-MM-DD; today if left out.")]
#: Settings of a command whose argument may be a number below nought, such as -40.
MAY_BE_NEGATIVE = {"ignore_unknown_options": True}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]

Now = Annotated[
    str | None, typer.Option("--now", metavar="TIME", help="Time in China to judge by, such as 2026-11-11T08:00:00.")
]
#: Folders with receipts, and with messages.
Folders = Annotated[
    list[Path],
    typer.Argument(
        metavar="DIR...",
        help="Folders with receipts, and with the messages that were sent if you have them.",
        exists=True,
        file_okay=False,
    ),
]


def only_of(given: Sequence[str] | None) -> tuple[DocumentName, ...]:
    """The documents that the options ``--only`` name; none of them means all."""
    if unknown := sorted({*(given or ())} - {*DOCUMENT_NAMES}):
        raise misuse(
            f"--only: {', '.join(unknown)} is none of {', '.join(DOCUMENT_NAMES)} 应为 {'、'.join(DOCUMENT_NAMES)} 之一"
        )
    return tuple(each for each in DOCUMENT_NAMES if each in (given or ()))


def signer_of(keys: Sequence[str] | None, certs: Sequence[str] | None) -> Signers:
    """The signer of the key given, or one for each document for which a key is given; None without a key."""
    key_files, cert_files = _by_document("--key", keys), _by_document("--cert", certs)
    if spare := [each for each in cert_files if each not in key_files]:
        where = "" if spare[0] is None else f" {spare[0]}="
        raise misuse(f"--cert{where} needs --key{where} --cert 须与 --key 配对")
    signers: dict[DocumentName | None, Signer] = {
        each: _opened(path, cert_files.get(each)) for each, path in key_files.items()
    }
    whole = signers.pop(None, None)
    if not signers:
        return whole
    of_documents: dict[DocumentName, Signer] = {each: signer for each, signer in signers.items() if each is not None}
    return {**dict.fromkeys(DOCUMENTS, whole), **of_documents} if whole else of_documents


def keys_of(keys: Sequence[str] | None, certs: Sequence[str] | None) -> OneKeys | None:
    """The files of the key given, or of each document, which worker processes open themselves; None without a key."""
    signer_of(keys, certs)  # what is wrong is told now
    cert_files = _by_document("--cert", certs)
    password = PASSWORD_VARIABLE if os.environ.get(PASSWORD_VARIABLE) else None
    found: dict[DocumentName | None, KeyFile] = {
        document: KeyFile(path, None if _is_bundle(path) else cert_files.get(document), password)
        for document, path in _by_document("--key", keys).items()
    }
    whole = found.pop(None, None)
    if not found:
        return whole
    return {each: opened for each in DOCUMENTS if (opened := found.get(each, whole))}


def _is_bundle(key: Path) -> bool:
    return key.suffix.lower() in (".p12", ".pfx")


def _by_document(option: str, given: Sequence[str] | None) -> dict[DocumentName | None, Path]:
    """The files of an option by document, None for the file of all."""
    found: dict[DocumentName | None, Path] = {}
    for each in given or ():
        name, sign, file = each.partition("=")
        known_names: dict[str, DocumentName] = {known: known for known in DOCUMENTS}
        document = known_names.get(name) if sign else None
        path = Path(file if document else each)
        if not path.is_file():
            known = ", ".join(DOCUMENTS)
            raise misuse(
                f"{option}: {each!r} is no file; for one document write DOCUMENT=FILE, DOCUMENT one of {known} "
                f"文件不存在；按单证指定请写作 单证=文件，单证为 {known}"
            )
        if document in found:
            raise misuse(f"{option} is given twice for {document or 'all documents'} 重复指定")
        found[document] = path
    return found


def _opened(key: Path, cert: Path | None) -> Signer:
    password = os.environ.get(PASSWORD_VARIABLE, "").encode() or None
    bundle = _is_bundle(key)
    content = key.read_bytes()
    if not bundle and cert is None and not certificates(content):
        raise misuse("--key in PEM needs --cert, its certificate PEM 格式的 --key 须同时给出证书 --cert")
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
        raise misuse(f"--on: {text!r} is not a day as YYYY-MM-DD 日期格式应为 YYYY-MM-DD") from None


def clock_of(text: str | None, option: str = "--clock") -> Clock:
    """Return a clock fixed at the time given, or the system's."""
    if text is None:
        return system_clock
    try:
        return fixed_clock(datetime.fromisoformat(text))
    except ValueError:
        raise misuse(
            f"{option}: {text!r} is not a time as 2026-11-11T08:00:00 时间格式应如 2026-11-11T08:00:00"
        ) from None
