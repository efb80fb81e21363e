"""Parts that the commands share: the app, the two screens, keys and days given as options.

Exit codes: 0 nothing was refused, 1 something was, 2 the command was used wrongly, 3 another process holds the folder,
4 something could not be written, 130 interrupted.
"""

import errno
import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

from customs.cli.language import label, words
from customs.files import NotWrittenError
from customs.road import Clock, fixed_clock, system_clock
from customs.road.results import DOCUMENTS, DocumentName
from customs.road.run import Signers
from customs.signing import CertificateError, Signer, SigningError, load_signer
from customs.signing.pem import certificates

#: The exit codes beside 0 and 1, which say that nothing or something was refused.
MISUSED, HELD, UNWRITTEN, INTERRUPTED = 2, 3, 4, 130


class _Commands(TyperGroup):
    """Commands that end with one line and their exit code when a file cannot be written or read, or on Ctrl-C."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except NotWrittenError as error:
            en, zh = reason_of(error)
            raise unwritten(
                f"{en}; no file is half-written: mend this and run the same command again",
                f"{zh}；没有写了一半的文件，排除后重新执行同一命令即可",
            ) from None
        except KeyboardInterrupt:
            tell("interrupted: no file is half-written", "已中断：没有写了一半的文件")
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            en, zh = reason_of(error, reading=True)
            raise misuse(f"{en} {zh}") from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,  # they would show local variables, and so personal data
    help="Declare cross-border e-commerce parcels to China Customs. 跨境电商零售进口申报",
)
screen = Console()
side = Console(stderr=True)

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
On = Annotated[str | None, typer.Option("--on", metavar="DAY", help="Declaration day, YYYY-MM-DD; today if left out.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def misuse(message: str) -> typer.Exit:
    """Say what was used wrongly, in English and then Chinese where there is Chinese; the exit code is 2."""
    return _misused(label(message))


def misuse_of(en: str, zh: str) -> typer.Exit:
    """Say what was used wrongly, in texts of which the English one may hold Chinese names; the exit code is 2."""
    return _misused(words(en, zh))


def _misused(message: str) -> typer.Exit:
    side.print(f"[bold]customs:[/bold] {escape(message)}", highlight=False, soft_wrap=True)
    return typer.Exit(MISUSED)


def tell(en: str, zh: str) -> None:
    """Say something beside the result, in the language chosen."""
    side.print(words(en, zh), highlight=False, markup=False, soft_wrap=True)


def unwritten(en: str, zh: str) -> typer.Exit:
    """Say on one line what could not be written, what was done and how to go on; the exit code is 4."""
    tell(f"customs: {en}", zh)
    return typer.Exit(UNWRITTEN)


#: Why a file cannot be written or read, by the system's number.
_REASONS = {
    errno.ENOSPC: ("the disk is full", "磁盘空间不足"),
    errno.EDQUOT: ("the quota of the disk is used up", "磁盘配额已用完"),
    errno.EFBIG: ("the file is larger than this process may write", "文件大小超出进程限制"),
    errno.EROFS: ("the disk is read-only", "磁盘为只读"),
    errno.EACCES: ("the right is missing", "没有权限"),
    errno.EPERM: ("the right is missing", "没有权限"),
    errno.EEXIST: ("another file has the name", "已有同名文件"),
    errno.ELOOP: ("a link is in its place", "该位置是链接"),
    errno.ENOENT: ("it is not there", "文件不存在"),
    errno.ENOTDIR: ("a file is where a folder should be", "路径中有文件而非目录"),
    errno.EISDIR: ("it is a folder", "该路径是目录"),
}


def reason_of(error: OSError, *, reading: bool = False) -> tuple[str, str]:
    """Return in English and Chinese what cannot be written or read, and why."""
    system = error.strerror or type(error).__name__
    en, zh = _REASONS.get(error.errno or 0, (system, system))
    path = error.filename or "the input"
    if reading:
        return f"{path} cannot be read, {en}", f"无法读取：{zh}"
    return f"{path} could not be written, {en}", f"无法写入：{zh}"


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
    bundle = key.suffix.lower() in (".p12", ".pfx")
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
