"""Mails that open cases and add to them (来信): a message as a mail server gives it, taken in once.

A mail finds its case by a token in its subject, or in the numbers of the mails that it answers if they begin ``case-`` and
the token. The token is a keyed hash, so that nobody writes into a case by guessing its number. An answer that a machine sends
by itself opens and reopens nothing.

>>> from customs.ledger import LedgerKeys
>>> keys = LedgerKeys(bytes(32), {1: bytes(32)})
>>> case_token(keys, 17), case_of_token(keys, f"Re: 退单 {case_token(keys, 17)}"), case_of_token(keys, "[#17-000000000000]")
('[#17-f9721f97dc13]', 17, None)
"""

import email
import email.policy
import hmac
import re
from dataclasses import dataclass, field
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from hashlib import sha256
from html.parser import HTMLParser

from sqlalchemy import select

from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.attachments import CaseFile, attach_file, checked_file
from customs.hub.cases.entries import ASKER, CaseChange, CaseEntryKind
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import LONGEST_WORDS, CaseError, NoCaseError, append_entries, lock_case
from customs.hub.cases.opening import LONGEST_TITLE, NewCase, OpenedCase, open_case
from customs.hub.cases.tables import HUB_CASE_MAILS
from customs.hub.cases.working import hear_asker
from customs.hub.store.sealed import digest
from customs.ledger.accounts import upserting
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import LedgerKeys

#: Bytes of a mail, and files of one, at most.
LARGEST_MAIL, MOST_FILES = 30 * 1024 * 1024, 20

#: Who wrote, where entries name who did it: the address itself is personal, and stands in the words.
WRITER = "mail"

_TOKEN = re.compile(r"(?:#|\bcase-)([0-9]{1,18})-([0-9a-f]{12})\b", re.ASCII)


class MailTakenError(Exception):
    """Another worker took the mail at the same time; nothing of this transaction counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMail:
    """A mail as cases read it: who wrote, the subject, the text, the files, and the numbers by which mails are known."""

    sender: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    files: tuple[CaseFile, ...] = field(default=(), repr=False)
    number: str = field(default="", repr=False)
    """The Message-ID, or a hash of the content of a mail that has none."""
    answered: str = field(default="", repr=False)
    """The numbers of the mails that it answers."""
    automatic: bool = False
    """True if a machine answers by itself: an absence, a mail that could not be delivered."""


def case_token(keys: LedgerKeys, number: int) -> str:
    """Return the token of a case, which stands in the subject of mails about it."""
    return f"[#{number}-{_mark(keys, number)}]"


def case_of_token(keys: LedgerKeys, text: str) -> int | None:
    """Return the number of the case whose token stands in a text, None if there is none."""
    for number, mark in _TOKEN.findall(text):
        if hmac.compare_digest(mark, _mark(keys, int(number))):
            return int(number)
    return None


def read_mail(content: bytes) -> CaseMail:
    """Read a mail. Raises ``CaseError`` for one that is too large or has no sender."""
    if len(content) > LARGEST_MAIL:
        raise CaseError(f"a mail has {LARGEST_MAIL} bytes at most 邮件最大 {LARGEST_MAIL} 字节")
    message = email.message_from_bytes(content, policy=email.policy.default)
    sender = parseaddr(_header(message, "From"))[1]
    if "@" not in sender:
        raise CaseError("the mail has no sender 邮件没有发件人")
    automatic = _header(message, "Auto-Submitted").strip().lower() not in ("", "no")
    automatic |= _header(message, "Precedence").strip().lower() in ("bulk", "junk", "auto_reply")
    return CaseMail(
        sender=sender,
        subject=_one_line(_header(message, "Subject"))[:LONGEST_TITLE],
        text=_text(message)[: LONGEST_WORDS - 1000],
        files=tuple(_files(message)),
        number=_header(message, "Message-ID").strip() or sha256(content).hexdigest(),
        answered=f"{_header(message, 'In-Reply-To')} {_header(message, 'References')}",
        automatic=automatic,
    )


def take_mail(connection: LedgerConnection, enterprise: str, mail: CaseMail, act: CaseAct) -> OpenedCase | None:
    """Enter a mail: into the case that it answers, or as a new one; None for what was taken before or a machine wrote.

    Raises ``MailTakenError``.
    """
    mails, known = HUB_CASE_MAILS.c, digest(connection.keys, f"{mail.number}\n{mail.sender}".encode())
    before = select(mails.case).where(mails.enterprise == enterprise, mails.hash == known)
    if connection.sql.execute(before).first() is not None:
        return None
    number = case_of_token(connection.keys, f"{mail.subject} {mail.answered}")
    words = f"{mail.sender}\n\n{mail.text}"
    told = CaseAct(by=WRITER, at=act.at)
    try:
        if number is None and mail.automatic:
            return None
        found = _answered(connection, SeenCase(enterprise, number), mail, words, told) if number is not None else None
    except NoCaseError:  # of another enterprise
        found = None
    if found is None:
        new = NewCase(title=mail.subject or mail.sender[:LONGEST_TITLE], text=words, source="mail")
        found = open_case(connection, enterprise, new, told)
    case = _attached(connection, SeenCase(enterprise, found.case.id), mail, told)
    adding = upserting(connection, HUB_CASE_MAILS).on_conflict_do_nothing().returning(mails.case)
    row = {"enterprise": enterprise, "hash": known, "case": case.id, "at": act.at}
    if connection.sql.execute(adding, [row]).first() is None:
        raise MailTakenError
    return OpenedCase(case, found.is_new)


def _answered(connection: LedgerConnection, seen: SeenCase, mail: CaseMail, words: str, act: CaseAct) -> OpenedCase:
    if not mail.automatic:
        return OpenedCase(hear_asker(connection, seen, words, act), False)
    case = lock_case(connection, seen.enterprise, seen.number)
    said = CaseChange(kind=CaseEntryKind.COMMENTED, after=ASKER, words=words)
    return OpenedCase(append_entries(connection, case, [said], by=act.by, at=act.at), False)


def _attached(connection: LedgerConnection, seen: SeenCase, mail: CaseMail, act: CaseAct) -> HubCase:
    """Add the files of a mail; those that are not taken are named in a comment."""
    left = list[str]()
    for file in mail.files:
        try:
            attach_file(connection, seen, checked_file(file), act)
        except CaseError as error:
            left.append(f"{file.name[:100]!r}: {error}")
    case = lock_case(connection, seen.enterprise, seen.number)
    if not left:
        return case
    words = "Files that were not taken 未接收的附件:\n" + "\n".join(left)
    change = CaseChange(kind=CaseEntryKind.COMMENTED, after=ASKER, words=words)
    return append_entries(connection, case, [change], by=act.by, at=act.at)


def _mark(keys: LedgerKeys, number: int) -> str:
    key = hmac.digest(keys.master, b"customs case mails", "sha256")
    return hmac.digest(key, str(number).encode(), "sha256").hex()[:12]


def _header(message: EmailMessage, name: str) -> str:
    """Return a header as text; one that cannot be read is as good as none."""
    try:
        return str(message.get(name, ""))
    except (ValueError, IndexError, AttributeError):  # the parser of headers fails so on malformed ones
        return ""


def _one_line(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text).strip()


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    text = _decoded(part)
    return _words_of_page(text) if part.get_content_type() == "text/html" else text.replace("\x00", "")


def _decoded(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    charset = part.get_content_charset() or "utf-8"
    try:
        return content.decode(charset, "replace") if isinstance(content, bytes) else ""
    except LookupError:  # a charset that there is not
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _files(message: EmailMessage) -> list[CaseFile]:
    found = list[CaseFile]()
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        if len(found) == MOST_FILES or not isinstance(content, bytes):
            continue
        name = _one_line((part.get_filename() or "file").replace("\\", "/").rsplit("/", 1)[-1])
        content_type = part.get_content_type()
        if content_type == "text/xml":
            content_type = "application/xml"
        found.append(CaseFile(name=name or "file", content_type=content_type, content=content))
    return found


class _Page(HTMLParser):
    """Collects the words of a page; scripts and styles are none."""

    def __init__(self) -> None:
        super().__init__()
        self.found, self._hidden = list[str](), 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line with each block, and hide scripts and styles."""
        self._hidden += tag in ("script", "style")
        if tag in ("br", "p", "div", "tr", "li"):
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Show what follows a script or style."""
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        """Keep words that are shown."""
        if not self._hidden:
            self.found.append(data)


def _words_of_page(text: str) -> str:
    page = _Page()
    page.feed(text)
    page.close()
    lines = (" ".join(each.split()) for each in "".join(page.found).splitlines())
    return "\n".join(filter(None, lines)).replace("\x00", "")
