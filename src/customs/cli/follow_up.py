"""The commands ``resubmit`` (重报), ``cancel`` (撤单) and ``return`` (退货): what is sent next of parcels that were declared."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from customs.areas import AreaProfile, read_answers
from customs.cli import files
from customs.cli.app import app, misuse, screen, tell
from customs.cli.areas import AreaName, SettingsFile, area_of
from customs.cli.common import AsJson, Cert, Key, On, clock_of, day_of, signer_of
from customs.cli.language import words
from customs.cli.ledger_options import LedgerKeyFile, SharedLedger, shared_ledger
from customs.cli.parcels import (
    ClockOption,
    GuidSeed,
    ParcelFile,
    RateFile,
    UsdRate,
    echo,
    exchange_of,
    rates_of,
    show_texts,
)
from customs.cli.under_journal import Done, StateFolder, interruptible, opened_journal
from customs.declaration import Declaration
from customs.documents import Answer
from customs.files import make_folder
from customs.journal import Journal, continued
from customs.journal.forms import DATABASE
from customs.journal.submissions import submissions
from customs.receipts.corrections import amendment, deletion, resubmission
from customs.receipts.dispatch import dispatch
from customs.receipts.follow_up import FollowUp, Move
from customs.receipts.lifecycle import track
from customs.receipts.state import ParcelState, Submitted
from customs.receipts.withdrawal import ReturnRequest, cancellation, goods_return
from customs.road import Prepared, Run, random_guids, seeded_guids
from customs.road.recognition import keys_of
from customs.road.results import DOCUMENTS, DocumentName
from customs.rules import read_declaration
from customs.rules.salvage import order_no_in
from customs.wire import ReadError

#: No line and quantity has more characters.
_LONGEST_QUANTITY = 40

#: Makes the follow-up of a parcel in its state.
Maker = Callable[[Run, Declaration, ParcelState], FollowUp]

Out = Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for the messages.")]
Receipts = Annotated[
    Path | None,
    typer.Option("--receipts", exists=True, file_okay=False, help="Folder of the receipts that customs sent."),
]
Orders = Annotated[
    list[str] | None,
    typer.Option("--order", metavar="NO", help="Only this order of the file; may be repeated. All if left out."),
]
NothingStored = Annotated[
    bool,
    typer.Option(
        "--nothing-stored",
        help="Customs was asked by the business key and holds nothing: an open outcome may be repeated.",
    ),
]
Quantity = Annotated[
    list[str] | None,
    typer.Option(
        "--line", metavar="NUMBER=QTY", help="What comes back: line and quantity; may be repeated. All if left out."
    ),
]
Earlier = Annotated[
    list[str] | None,
    typer.Option("--earlier", metavar="NUMBER=QTY", help="What came back before, added up by line; may be repeated."),
]


class Correction(StrEnum):
    """The ways to correct documents."""

    RESUBMIT = "resubmit"
    AMEND = "amend"
    DELETE = "delete"


@app.command()
def resubmit(
    file: ParcelFile,
    out: Out,
    state: StateFolder = None,
    ledger: SharedLedger = None,
    ledger_key: LedgerKeyFile = None,
    receipts: Receipts = None,
    order: Orders = None,
    document: Annotated[
        list[str] | None,
        typer.Option(
            "--document",
            metavar="DOCUMENT",
            help="Only these documents; the refused ones if left out, or the list for the other ways.",
            autocompletion=lambda: list(DOCUMENTS),
        ),
    ] = None,
    how: Annotated[
        Correction, typer.Option("--how", help="Refused documents again, or stored ones amended or deleted.")
    ] = Correction.RESUBMIT,
    nothing_stored: NothingStored = False,
    area: AreaName = None,
    settings: SettingsFile = None,
    key: Key = None,
    cert: Cert = None,
    on: On = None,
    clock: ClockOption = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    guid_seed: GuidSeed = None,
    json: AsJson = False,
) -> None:
    """Send corrected documents of declared parcels again, where customs refused them; or amend or delete stored ones.

    The file holds the corrected parcels. A document that customs may hold is never sent twice.
    """
    documents = _documents(document)

    def made(run: Run, declaration: Declaration, known: ParcelState) -> FollowUp:
        if how is Correction.RESUBMIT:
            return resubmission(declaration, known, run=run, documents=documents, nothing_stored=nothing_stored)
        correct = amendment if how is Correction.AMEND else deletion
        return correct(declaration, known, run=run, documents=documents or ("declaration_list",))

    move = {Correction.RESUBMIT: Move.RESUBMISSION, Correction.AMEND: Move.AMENDMENT, Correction.DELETE: Move.DELETION}
    run = _run(area, settings, key, cert, on, clock, guid_seed, rates=rates_of(rates), exchange=exchange_of(usd_rate))
    _carry_out(_Job(move[how], file, out, state, receipts, order or (), json, ledger, ledger_key), run, made)


@app.command()
def cancel(
    file: ParcelFile,
    out: Out,
    reason: Annotated[str, typer.Option("--reason", help="Why the list is taken back.")],
    state: StateFolder = None,
    ledger: SharedLedger = None,
    ledger_key: LedgerKeyFile = None,
    receipts: Receipts = None,
    order: Orders = None,
    goods_left: Annotated[
        bool,
        typer.Option("--goods-left", help="Released goods have left the supervised site: they are returned instead."),
    ] = False,
    nothing_stored: NothingStored = False,
    area: AreaName = None,
    settings: SettingsFile = None,
    key: Key = None,
    cert: Cert = None,
    on: On = None,
    clock: ClockOption = None,
    guid_seed: GuidSeed = None,
    json: AsJson = False,
) -> None:
    """Cancel the lists of declared parcels (CEB623). Running it twice cancels once."""

    def made(run: Run, declaration: Declaration, known: ParcelState) -> FollowUp:
        options = {"goods_left": goods_left, "nothing_stored": nothing_stored}
        return cancellation(declaration, known, reason, run=run, **options)

    run = _run(area, settings, key, cert, on, clock, guid_seed)
    _carry_out(_Job(Move.CANCELLATION, file, out, state, receipts, order or (), json, ledger, ledger_key), run, made)


@app.command("return")
def return_goods(
    file: ParcelFile,
    out: Out,
    reason: Annotated[str, typer.Option("--reason", help="Why the goods come back.")],
    state: StateFolder = None,
    ledger: SharedLedger = None,
    ledger_key: LedgerKeyFile = None,
    receipts: Receipts = None,
    order: Orders = None,
    line: Quantity = None,
    earlier: Earlier = None,
    number: Annotated[
        str | None, typer.Option("--number", help="Internal number of the return; needed from the second return on.")
    ] = None,
    released: Annotated[
        str | None, typer.Option("--released", metavar="DAY", help="Day of release, where no receipt says it.")
    ] = None,
    back: Annotated[str | None, typer.Option("--back", metavar="DAY", help="Day on which the goods are back.")] = None,
    nothing_stored: NothingStored = False,
    area: AreaName = None,
    settings: SettingsFile = None,
    key: Key = None,
    cert: Cert = None,
    on: On = None,
    clock: ClockOption = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    guid_seed: GuidSeed = None,
    json: AsJson = False,
) -> None:
    """Declare that released goods come back (CEB625), whole or in part, with the tax that is given back."""
    if (line or earlier or number) and len(order or ()) != 1:
        raise misuse("--line, --earlier and --number are of one parcel: name it with --order 须以 --order 指定一个订单")
    request = ReturnRequest(
        reason=reason,
        quantities=_quantities("--line", line) if line else None,
        earlier=_quantities("--earlier", earlier),
        internal_no=number,
        released=_day("--released", released),
        back=_day("--back", back),
    )

    def made(run: Run, declaration: Declaration, known: ParcelState) -> FollowUp:
        return goods_return(declaration, known, request, run=run, nothing_stored=nothing_stored)

    run = _run(area, settings, key, cert, on, clock, guid_seed, rates=rates_of(rates), exchange=exchange_of(usd_rate))
    _carry_out(_Job(Move.GOODS_RETURN, file, out, state, receipts, order or (), json, ledger, ledger_key), run, made)


# options


def _run(
    area: str | None,
    settings: Path | None,
    key: Sequence[str] | None,
    cert: Sequence[str] | None,
    on: str | None,
    clock: str | None,
    guid_seed: int | None,
    **conditions: Any,
) -> Run:
    guids = random_guids if guid_seed is None else seeded_guids(guid_seed)
    place, signer = area_of(area, settings), signer_of(key, cert)
    return Run(area=place, signer=signer, on=day_of(on), clock=clock_of(clock), guids=guids, **conditions)


def _documents(given: Sequence[str] | None) -> tuple[DocumentName, ...]:
    if unknown := sorted({*(given or ())} - {*DOCUMENTS}):
        raise misuse(
            f"--document: {', '.join(unknown)} is none of {', '.join(DOCUMENTS)} 应为 {'、'.join(DOCUMENTS)} 之一"
        )
    return tuple(each for each in DOCUMENTS if each in (given or ()))


def _quantities(option: str, given: Sequence[str] | None) -> Mapping[int, Decimal]:
    found = dict[int, Decimal]()
    for each in given or ():
        number, _, qty = each.partition("=")
        try:
            found[int(number)], finite = Decimal(qty), Decimal(qty).is_finite()
        except (ValueError, InvalidOperation):
            finite = False
        if not finite or len(each) > _LONGEST_QUANTITY:
            raise misuse(f"{option}: {each!r} is not NUMBER=QTY, such as 1=2 应为 序号=数量，如 1=2")
    return found


def _day(option: str, text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise misuse(f"{option}: {text!r} is not a day as YYYY-MM-DD 日期格式应为 YYYY-MM-DD") from None


# what customs answered


class _Answers:
    """The answers in a folder of receipts, by the numbers that lead to their declarations."""

    def __init__(self, folder: Path | None, profile: AreaProfile) -> None:
        self._by_number: dict[str, list[Answer]] = defaultdict(list)
        unreadable = 0
        for path in sorted(folder.iterdir()) if folder else ():
            if path.is_file():
                try:
                    self._add(read_answers(path.read_bytes(), profile, unwrap=True))
                except ReadError:
                    unreadable += 1
        if unreadable:
            tell(
                f"{unreadable} files of {folder} are no receipts of {profile.name} and were left out",
                f"{folder} 中有 {unreadable} 个文件不是该关区的回执，已略过",
            )

    def _add(self, answers: Iterable[Answer]) -> None:
        for answer in answers:
            numbers = [text for name, text in answer.key.fields if text and name.endswith(("_no", "_id"))]
            for number in {*numbers, answer.submitted} - {""}:
                self._by_number[number].append(answer)

    def about(self, declaration: Declaration, sent: Sequence[Submitted]) -> list[Answer]:
        """Return the answers about a parcel: to its documents, its applications, and whole messages of it."""
        keys = [*keys_of(declaration).values(), *(each.key for each in sent)]
        guids = {each.guid for each in sent}
        numbers = {text for key in keys for name, text in key.fields if text and name.endswith(("_no", "_id"))}
        found = dict[Answer, None]()
        for number in sorted(numbers | guids):
            for answer in self._by_number.get(number, ()):
                to_a_message = answer.submitted in guids and not answer.key.message
                if to_a_message or any(key.matches(answer.key) for key in keys):
                    found[answer] = None
        return list(found)


# the job


@dataclass(frozen=True)
class _Job:
    """One run of a command: what to do with which parcels, and where everything is."""

    move: Move
    file: Path
    out: Path
    state: Path | None
    receipts: Path | None
    orders: Sequence[str]
    as_json: bool
    ledger: str | None
    ledger_key: Path | None


def _carry_out(job: _Job, run: Run, made: Maker) -> None:
    """Make the follow-ups of a file, write their messages and record them; the exit code is 1 if any was refused."""
    refused = 0
    done, folder = Done(), job.state or job.out
    _refuse_without_declarations(job, (folder / DATABASE).is_file())  # before opening it makes one
    with (
        shared_ledger(None, job.ledger, job.ledger_key) as shared,
        interruptible(done),
        opened_journal(folder, done, shared=shared) as journal,
    ):
        _refuse_without_declarations(job, journal.parcels)
        known = continued(run, journal)
        follow_ups = list(_follow_ups(job, known, journal, folder, made))
        make_folder(job.out)
        with journal.run(f"{job.move} {job.file.name}", job.out, at=run.clock()):
            for batch in dispatch(known, follow_ups):
                journal.record(batch, job.out, area=known.place, at=run.clock())
                for parcel in batch.parcels:
                    refused += parcel.refused
                    _show(job, parcel, follow_ups[parcel.position - known.first])
    raise typer.Exit(1 if refused else 0)


def _refuse_without_declarations(job: _Job, known: object) -> None:
    """Refuse to go on without the journal of the declarations, by which nothing is sent twice, unless one is named."""
    if job.state is None and not known:
        raise misuse(
            f"{job.out} holds no journal that knows a declared parcel: name the state folder of the declarations by --state, such as "
            f"that of the enterprise file, or an empty folder if they were declared by other means {job.out} 中没有记录过申报的登记簿："
            f"请用 --state 指定申报时的状态目录（如企业档案中的 [state]）；如以其他方式申报，可指定一个空目录"
        )


def _follow_ups(job: _Job, run: Run, journal: Journal, folder: Path, made: Maker) -> Iterator[FollowUp]:
    """Yield the follow-up of each parcel of the file; of one that cannot be read the findings."""
    answers, left = _Answers(job.receipts, run.place.profile), {*job.orders}
    for content in files.read_lines(job.file):
        declaration, findings = read_declaration(content)
        order_no = declaration.order.order_no if declaration else order_no_in(content) or ""
        if job.orders and order_no not in job.orders:
            continue
        left.discard(order_no)
        if declaration is None:
            yield FollowUp(move=job.move, order_no=order_no, findings=tuple(findings))
            continue
        sent = submissions(journal, folder, declaration)
        yield made(run, declaration, track([*sent, *answers.about(declaration, sent)]))
    if left:
        raise misuse(f"--order: not in {job.file.name}: {', '.join(sorted(left))} 文件中没有该订单")


def _show(job: _Job, parcel: Prepared, follow_up: FollowUp) -> None:
    """Print what became of one parcel."""
    if job.as_json:
        echo(files.to_json(_as_dict(job, parcel, follow_up)))
        return
    order = parcel.order_no or "?"
    for finding in parcel.findings:
        at = f" {finding.path}" if finding.path else ""
        show_texts(finding, words(f"order {order}{at}: {finding.code}", f"订单 {order}{at}：{finding.code}"))
    if parcel.messages:
        names = " ".join(message.name for message in parcel.messages)
        told = [words(f"order {order}: {names} written", f"订单 {order}：已生成 {names}")]
        if given := follow_up.refund:
            en = f"tax given back {given.due}, quota {given.dutiable_value}"
            told.append(words(en, f"退税 {given.due}，返还额度 {given.dutiable_value}"))
        if days := follow_up.deadlines:
            told.append(words(f"goods back by {days.back_by}", f"货物须于 {days.back_by} 前退回"))
        screen.print("; ".join(told), highlight=False, markup=False, soft_wrap=True)


def _as_dict(job: _Job, parcel: Prepared, follow_up: FollowUp) -> dict[str, Any]:
    given, days = follow_up.refund, follow_up.deadlines
    return {
        "order_no": parcel.order_no,
        "move": job.move.value,
        "refused": parcel.refused,
        "messages": [{"name": each.name, "guid": each.guid, "area": each.area} for each in parcel.messages],
        "findings": [finding.as_dict() for finding in parcel.findings],
        "refund": given and {"tax": given.due, "quota": given.dutiable_value, **given.taxes._asdict()},
        "deadlines": days and {"apply_by": days.apply_by, "back_by": days.back_by, "source": days.source},
    }
