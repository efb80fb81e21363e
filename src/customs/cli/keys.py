"""The commands around keys and signatures: ``sign``, ``verify``, ``cert``, ``keygen``."""

import os
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from customs.cli import files
from customs.cli.app import app, misuse, screen, side
from customs.cli.common import KEY_OPTION, AsJson, Cert, Only, clock_of, only_of, signer_of
from customs.cli.language import Language, label, language, words
from customs.cli.parcels import show_texts
from customs.documents import Document, Message
from customs.fields.moments import CHINA_TIME
from customs.files import make_folder, write_together, write_whole
from customs.road import system_clock
from customs.road.results import KINDS, DocumentName
from customs.road.run import Signers
from customs.rules import Finding
from customs.signing import (
    Certificate,
    CertificateError,
    PublicKey,
    Signer,
    SigningError,
    Verification,
    chain_to,
    check_signing,
    load_public_key,
    sign,
    verify,
)
from customs.signing.declarant import check_signer, check_signing_party
from customs.signing.errors import cut
from customs.testing import issue_test_key
from customs.testing.parcels import DECLARANT
from customs.wire import ReadError, read, write
from customs.wire.envelope import message_in
from customs.wire.parsing import parse_tolerantly
from customs.wire.reader import DS, read_parsed


class KeyType(StrEnum):
    """Kinds of keys that customs knows."""

    RSA = "rsa"
    SM2 = "sm2"


Messages = Annotated[list[Path], typer.Argument(metavar="FILES", help="Messages.", exists=True, dir_okay=False)]
Roots = Annotated[
    list[Path] | None,
    typer.Option(
        "--roots", exists=True, help="Certificates of authorities to trust: a file or a folder of PEM or DER."
    ),
]
At = Annotated[
    str | None, typer.Option("--at", metavar="TIME", help="Check certificates at this time in China; now if left out.")
]


@app.command("sign")
def sign_files(
    paths: Messages,
    key: Annotated[list[str], KEY_OPTION],
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for the signed messages.")],
    cert: Cert = None,
    only: Only = None,
) -> None:
    """Sign unsigned messages and write them in canonical form.

    Messages that cannot be signed are skipped, with the reason. A payment, waybill or order whose enterprise is not the
    certificate's is signed, with a warning.
    """
    signers, wanted = signer_of(key, cert), only_of(only)
    make_folder(out)
    failed = 0
    for path in paths:
        target = out / path.name
        try:
            if os.path.lexists(target):
                raise SigningError(f"{target} would be overwritten")
            message = _unsigned(path.read_bytes())
            if wanted and _document_of(message) not in wanted:
                screen.print(
                    f"skipped {path.name}, {label('another document 非所选单证')}", highlight=False, soft_wrap=True
                )
                continue
            signer = _signer_for(message, signers)
            content, findings = _signed(message, signer)
        except (ReadError, SigningError, ValueError) as error:
            failed += 1
            screen.print(Text.assemble((label("not signed 未签名"), "red"), f"  {path.name}: {error}"), soft_wrap=True)
            continue
        write_whole(target, content, replacing=False)
        screen.print(
            Text.assemble((label("signed 已签名"), "green"), f"  {path.name}, by {signer.certificate.key_name}"),
            soft_wrap=True,
        )
        _show(findings)
    raise typer.Exit(1 if failed else 0)


SignedBy = Annotated[
    Path | None,
    typer.Option(
        "--cert",
        exists=True,
        dir_okay=False,
        help="Certificate of the signer, PEM or DER; the message need carry none.",
    ),
]
ByKey = Annotated[
    Path | None,
    typer.Option("--public-key", exists=True, dir_okay=False, help="Public key of the signer, RSA or SM2, PEM or DER."),
]
Unwrap = Annotated[bool, typer.Option("--unwrap", help="Take messages out of their envelopes (DxpMsg) first.")]
AnyKeyName = Annotated[
    bool,
    typer.Option("--any-key-name", help="Admit any KeyName; without it, the certificate's serial number or 0001."),
]


@app.command("verify")
def verify_files(
    paths: Messages,
    roots: Roots = None,
    at: At = None,
    cert: SignedBy = None,
    public_key: ByKey = None,
    unwrap: Unwrap = False,
    any_key_name: AnyKeyName = False,
    json: AsJson = False,
) -> None:
    """Verify the signatures of messages; with --roots, also check that each certificate leads to a trusted authority.

    With --cert or --public-key, the messages must be signed with that key, whether they carry a certificate or not.
    """
    trusted = [each for path in roots or () for each in _certificates(path)]
    if roots and not trusted:
        raise misuse("--roots: no certificate was found there 未找到证书")
    signed_by = _signer_expected(cert, public_key)
    moment = clock_of(at, "--at")() if trusted or at else None
    failed = 0
    for path in paths:
        try:
            content = message_in(path.read_bytes()) if unwrap else path.read_bytes()
            found = verify(content, signed_by=signed_by, roots=trusted, at=moment, any_key_name=any_key_name)
        except ReadError as error:
            found = Verification(reasons=(str(error),))
        except SigningError as error:
            raise misuse(str(error)) from None
        findings = _declarant(found)
        failed += not found.valid or any(each.is_error for each in findings)
        if json:
            typer.echo(files.to_json(_row(path.name, found, findings)))
            continue
        _show_verified(path.name, found)
        _show(findings)
    if not json:
        screen.print(_count_of(len(paths) - failed, len(paths)), highlight=False)
        if not trusted and signed_by is None:
            side.print(
                label(
                    "the certificates were not checked against an authority: give --roots 未验证证书链，请用 --roots 指定根证书"
                ),
                highlight=False,
            )
    raise typer.Exit(1 if failed else 0)


@app.command()
def cert(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILES", help="Certificates, PEM or DER.", exists=True, dir_okay=False)
    ],
    roots: Roots = None,
    at: At = None,
    json: AsJson = False,
) -> None:
    """Show the holder, number, validity and algorithms of certificates. Names of persons are masked."""
    trusted = [each for path in roots or () for each in _certificates(path)]
    moment = clock_of(at, "--at")()
    failed = 0
    for certificate in (each for path in paths for each in _certificates(path)):
        try:
            facts = _facts(certificate, moment, trusted)
        except CertificateError as error:
            raise misuse(str(error)) from None
        failed += facts["state"] != VALID
        if json:
            typer.echo(files.to_json(facts))
            continue
        table = Table(show_header=False)
        for name, value in facts.items():
            shown = " < ".join(value) if isinstance(value, list) else value
            table.add_row(label(_LABELS[name]), Text(label(shown or "–") if name == "state" else shown or "–"))
        screen.print(table)
    raise typer.Exit(1 if failed else 0)


@app.command()
def keygen(
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for test.key and test.crt.")],
    kind: Annotated[KeyType, typer.Option("--type", help="Kind of key.")] = KeyType.RSA,
    company: Annotated[str, typer.Option(help="Enterprise in the certificate.")] = DECLARANT[0],
    code: Annotated[str, typer.Option(help="Its unified social credit code, 18 characters.")] = DECLARANT[1],
) -> None:
    """Make a test key and its certificate, by default for the declarant of the sample parcels."""
    if len(code) != 18 or not code.isascii():
        raise misuse(
            "--code: a unified social credit code has 18 characters, digits and capital letters 统一社会信用代码为 18 位数字和大写字母"
        )
    paths = out / "test.key", out / "test.crt"
    if existing := [str(path) for path in paths if os.path.lexists(path)]:
        raise misuse(f"{' and '.join(existing)} would be overwritten: give another folder 文件已存在，请另选目录")
    try:
        pair = issue_test_key(company, code, since=system_clock(), kind="RSA" if kind is KeyType.RSA else "SM2")
    except SigningError as error:
        raise misuse(str(error)) from None
    make_folder(out)
    write_together(dict(zip(paths, (pair.key, pair.certificate), strict=True)), replacing=False)
    screen.print(
        f"test key and certificate of {company} in {out}; customs rejects both 仅供测试",
        highlight=False,
        soft_wrap=True,
    )


def _unsigned(content: bytes) -> Message[Document]:
    """Return the message to sign; refused if signing would lose anything of it."""
    parsed = parse_tolerantly(content)
    if next(parsed.root.iter(f"{{{DS}}}Signature"), None) is not None:
        raise SigningError("it is already signed")
    message = read_parsed(parsed)
    if message.oddities:
        raise SigningError(f"signing would change it: {message.oddities[0].en}")
    return message


def _document_of(message: Message[Document]) -> DocumentName | None:
    """Return the document of a parcel that a message declares, None for any other message."""
    return next((name for name, kind in KINDS.items() if isinstance(message.documents[0], kind)), None)


def _signer_for(message: Message[Document], signers: Signers) -> Signer:
    """Return the signer for a message, of several the one for its document."""
    assert signers is not None, "--key is required"
    if not isinstance(signers, Mapping):
        return signers
    name = _document_of(message)
    if name is None or name not in signers:
        raise SigningError(f"no --key is given for {name or message.documents[0].message}")
    return signers[name]


def _signed(message: Message[Document], signer: Signer) -> tuple[bytes, list[Finding]]:
    """Return the signed message, and the findings on the certificate's holder."""
    findings = check_signer(message, signer.certificate)
    if refused := next((each for each in findings if each.is_error), None):
        raise SigningError(f"{refused.en} {refused.advice_en}")
    return sign(write(message), signer), findings + check_signing_party(message, signer.certificate)


def _signer_expected(cert: Path | None, public_key: Path | None) -> Certificate | PublicKey | None:
    """Return the certificate or public key that is to have signed, if one is given."""
    if cert and public_key:
        raise misuse("give --cert or --public-key, not both --cert 与 --public-key 只能给出一个")
    given = cert or public_key
    if given is None:
        return None
    try:
        return Certificate.load(given.read_bytes()) if cert else load_public_key(given.read_bytes())
    except (CertificateError, SigningError) as error:
        raise misuse(f"{given}: {error}") from None


def _declarant(found: Verification) -> list[Finding]:
    """The declarants of a verified message, if it is one, compared with the certificate that signed it."""
    if found.signed is None or found.certificate is None:
        return []
    try:
        return check_signer(read(found.signed), found.certificate)
    except (ReadError, CertificateError):
        return []


def _count_of(valid: int, files: int) -> str:
    return f"{files} 份中 {valid} 份通过" if language() is Language.CHINESE else label(f"{valid} of {files} valid 通过")


def _show_verified(name: str, found: Verification) -> None:
    verdict, style = ("valid 通过", "green") if found.valid else ("invalid 未通过", "red")
    by = f"{label('signed by 签名密钥')} {cut(found.key_name)}" if found.key_name else label("no certificate 未附证书")
    screen.print(Text.assemble((label(verdict), style), f"  {name}, {by}"), soft_wrap=True)
    for reason in found.reasons:
        screen.print(Text(f"    {label(reason)}"), soft_wrap=True)
    for note in found.notes:
        screen.print(Text(f"    {label(note)}", style="dim"), soft_wrap=True)


def _show(findings: list[Finding]) -> None:
    """Print findings; one that many documents of a message share is printed once."""
    places = Counter((each.code, each.en) for each in findings)
    for finding in {(each.code, each.en): each for each in reversed(findings)}.values():
        others = places[finding.code, finding.en] - 1
        more = words(f" and {others} more", f"等 {others + 1} 处") if others else ""
        show_texts(finding, f"    {finding.path}{more}: {finding.code}")


def _row(name: str, found: Verification, findings: list[Finding]) -> dict[str, Any]:
    return {
        "file": name,
        "valid": found.valid,
        "trusted": found.trusted,
        "digest_holds": found.digest_holds,
        "signature_holds": found.signature_holds,
        "algorithm": found.algorithm.name if found.algorithm else None,
        "key_name": found.key_name,
        "chain": [each.key_name for each in found.chain],
        "only_form": found.only_form,
        "reasons": found.reasons,
        "notes": found.notes,
        "findings": [each.as_dict() for each in findings],
    }


def _certificates(path: Path) -> list[Certificate]:
    """Read the certificates in a file, or in the certificate files of a folder."""
    found: list[Certificate] = []
    for file in (
        sorted(each for each in path.iterdir() if each.suffix.lower() in _SUFFIXES) if path.is_dir() else [path]
    ):
        try:
            found += Certificate.load_all(file.read_bytes())
        except CertificateError as error:
            raise misuse(f"{file}: {error}") from None
    return found


VALID = "valid 有效"

#: Names of files that hold certificates.
_SUFFIXES = frozenset({".cer", ".crt", ".der", ".pem"})

#: How each fact of a certificate is named on the screen.
_LABELS = {
    "organisation": "holder 持有企业",
    "credit_code": "credit code 统一社会信用代码",
    "subject": "subject, masked 主体（脱敏）",
    "key_name": "number 证书编号",
    "issuer": "issuer 颁发者",
    "valid_from": "valid from 生效",
    "valid_to": "valid to 失效",
    "state": "at the time 当时状态",
    "key_algorithm": "key 密钥",
    "signature_algorithm": "signed by its issuer with 颁发者签名算法",
    "chain": "chain 证书链",
}


def _facts(certificate: Certificate, at: datetime, trusted: list[Certificate]) -> dict[str, Any]:
    """Return the facts of a certificate that may be shown, with its chain to the trusted authorities, if any are
    given.
    """
    facts: dict[str, Any] = {
        "organisation": certificate.organisation,
        "credit_code": certificate.credit_code,
        "subject": certificate.subject,
        "key_name": certificate.key_name,
        "issuer": certificate.issuer,
        "valid_from": _in_china(certificate.valid_from),
        "valid_to": _in_china(certificate.valid_to),
        "state": VALID,
        "key_algorithm": certificate.key_algorithm,
        "signature_algorithm": certificate.signature_algorithm,
    }
    try:
        check_signing(certificate, at)
        if trusted:
            facts["chain"] = [each.key_name for each in chain_to(trusted, certificate, at=at, intermediates=trusted)]
    except CertificateError as error:
        facts["state"] = f"refused 不可用: {error}"
    return facts


def _in_china(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}"
