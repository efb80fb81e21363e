"""The table ``[keys]`` of an enterprise file (密钥设置): by which key a document is signed, and where that is kept."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from customs.intake.enterprise_keys import KeyInFile, KeyInToken, KeyInUkey, KeyOfService, Opener, Secret
from customs.intake.enterprise_reading import Reading, Steps
from customs.intake.problems import near, shown_name
from customs.road.results import DOCUMENTS, DocumentName

#: The keys of each kind of key, by the one that tells the kind; the first of each is required, and so are those with a sign.
KINDS_OF_KEY: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "cert", "password"),
    "module": ("module", "token", "pin", "label", "id", "cert"),
    "ukey": ("ukey", "pin"),
    "service": ("service", "form", "cert", "fixed", "headers"),
}
_NEEDED = {"key": (), "module": ("token", "pin"), "ukey": ("pin",), "service": ("form", "cert")}


def openers_of(reading: Reading, table: Mapping[str, Any], steps: Steps) -> dict[DocumentName | None, Opener]:
    """Return the ways to open the keys of ``[keys]``: for all documents under None, for single ones under their names."""
    found: dict[DocumentName | None, Opener] = {}
    of_documents: dict[DocumentName, Any] = {name: table[name] for name in DOCUMENTS if name in table}
    own = {name: value for name, value in table.items() if name not in of_documents}
    if own and (opener := _opener(reading, own, steps)):
        found[None] = opener
    for name, value in of_documents.items():
        place = (*steps, name)
        if (inner := reading.table(value, place)) and (opener := _opener(reading, inner, place)):
            found[name] = opener
    return found


def _opener(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Opener | None:
    kind = next((each for each in KINDS_OF_KEY if each in table), None)
    if kind is None:
        _no_kind(reading, table, steps)
        return None
    before = len(reading.problems)
    reading.known(table, KINDS_OF_KEY[kind], steps)
    for name in _NEEDED[kind]:
        if name not in table:
            reading.wrong(
                steps, f"{name} is missing: a key by {kind} needs it", f"缺少 {name}：以 {kind} 指定的密钥须有此项"
            )
    opener = _MAKERS[kind](reading, table, steps)
    return opener if len(reading.problems) == before else None


def _no_kind(reading: Reading, table: Mapping[str, Any], steps: Steps) -> None:
    known = tuple(dict.fromkeys(name for names in KINDS_OF_KEY.values() for name in names))
    wrong = [name for name in table if name not in known]
    for name in wrong:
        alike = near(name, (*known, *DOCUMENTS))
        en, zh = (f", {alike} is", f"，相近的是 {alike}") if alike else ("", "")
        reading.wrong(
            (*steps, name), f"{shown_name(name)} is no key of this table{en}", f"此表没有 {shown_name(name)}{zh}"
        )
    if not wrong:
        reading.wrong(
            steps,
            "say where the key is: key (a file), module (PKCS#11), ukey or service",
            "请写明密钥所在：key（文件）、module（PKCS#11）、ukey 或 service",
        )


def _secret(reading: Reading, table: Mapping[str, Any], name: str, steps: Steps) -> Secret | None:
    """Read where a password is kept. One in clear is refused, and never shown."""
    value, place = table.get(name), (*steps, name)
    if value is None:
        return None
    if isinstance(value, dict) and len(value) == 1:
        if isinstance(value.get("env"), str) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", value["env"]):
            return Secret(env=value["env"])
        if isinstance(value.get("file"), str) and (file := reading.path_at(value, "file", place)):
            return Secret(file=file)
    clear_en, clear_zh = (
        ("a password in clear is refused: ", "口令不得以明文写出：") if isinstance(value, str | int) else ("", "")
    )
    reading.wrong(
        place,
        f'{clear_en}write {{ env = "VARIABLE" }} or {{ file = "FILE" }}, which holds it',
        f'{clear_zh}请写 {{ env = "环境变量名" }} 或 {{ file = "文件名" }}',
    )
    return None


def _in_file(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Opener:
    key, cert = reading.path_at(table, "key", steps), reading.path_at(table, "cert", steps)
    return KeyInFile(key=key or Path(), cert=cert, password=_secret(reading, table, "password", steps))


def _in_token(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Opener:
    label, key_id = reading.text_at(table, "label", steps), reading.text_at(table, "id", steps)
    if not label and not key_id:
        reading.wrong(steps, "say which key of the token: label or id", "请写明设备中的密钥：label 或 id")
    if key_id and not re.fullmatch("(?:[0-9A-Fa-f]{2}){1,64}", key_id):
        reading.wrong((*steps, "id"), "the id is written in hexadecimal, such as 01a4", "id 以十六进制书写，如 01a4")
    return KeyInToken(
        module=reading.path_at(table, "module", steps) or Path(),
        token=reading.text_at(table, "token", steps),
        pin=_secret(reading, table, "pin", steps) or Secret(),
        label=label or None,
        id=key_id or None,
        cert=reading.path_at(table, "cert", steps),
    )


def _in_ukey(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Opener:
    address = reading.text_at(table, "ukey", steps)
    if address and not re.fullmatch(r"wss?://[A-Za-z0-9.\-\[\]:]{1,200}", address):
        reading.wrong(
            (*steps, "ukey"),
            'give the address of the client control, such as "ws://127.0.0.1:61232"',
            '请填客户端控件的地址，如 "ws://127.0.0.1:61232"',
        )
    return KeyInUkey(ukey=address, pin=_secret(reading, table, "pin", steps) or Secret())


def _of_service(reading: Reading, table: Mapping[str, Any], steps: Steps) -> Opener:
    form = reading.text_at(table, "form", steps)
    if form not in ("", "cainiao", "pinduoduo"):
        reading.wrong((*steps, "form"), "the form is cainiao or pinduoduo", "form 应为 cainiao 或 pinduoduo")
    headers = reading.table(table.get("headers", {}), (*steps, "headers"))
    fixed = reading.table(table.get("fixed", {}), (*steps, "fixed"))
    secrets = {name: _secret(reading, headers, name, (*steps, "headers")) for name in headers}
    return KeyOfService(
        service=reading.text_at(table, "service", steps, secret=True),
        form=form,
        cert=reading.path_at(table, "cert", steps) or Path(),
        fixed={name: reading.text_at(fixed, name, (*steps, "fixed"), secret=True) for name in fixed},
        headers={name: secret for name, secret in secrets.items() if secret},
    )


_MAKERS = {"key": _in_file, "module": _in_token, "ukey": _in_ukey, "service": _of_service}
