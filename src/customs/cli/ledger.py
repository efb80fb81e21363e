"""The commands ``ledger`` (账簿): make and upgrade it, see its form, hash persons anew, erase one."""

from pathlib import Path
from typing import Annotated

import typer

from customs.cli.app import app, misuse, screen, tell
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, ledger_told, over_ledger
from customs.exchange.outbox import instant
from customs.fields.moments import system_clock
from customs.ledger.backup import back_up, confirm_restored
from customs.ledger.configured import LedgerPlace
from customs.ledger.database import open_ledger
from customs.ledger.keys import add_hashing_key, load_keys, make_keys
from customs.ledger.people import erase_person, find_person, people_to_rotate, rotate_people
from customs.ledger.restored import mark_restored, restored_at
from customs.ledger.upgrading import downgrade, form_of, newest_form, upgrade

commands = typer.Typer(help="What must be remembered: make the ledger, upgrade it, erase a person. 账簿")


@commands.command("upgrade")
@over_ledger
def upgraded(ledger: ChosenLedger = BY_OPTIONS) -> None:
    """Make the ledger and its keys, or lead it to the form that this release needs. Running it again is always safe."""
    place = ledger.place()
    with ledger_told():
        before = form_of(place.url)
        if not place.keys.is_file():
            if before is not None:
                raise misuse(
                    f"{place.keys}: the keys of this ledger are missing: put the file back 账簿密钥文件缺失，请恢复该文件"
                )
            make_keys(place.keys)
            tell(
                f"made {place.keys}: keep a copy of it, apart from the database",
                f"已生成 {place.keys}：请另行备份，勿与数据库放在一起",
            )
        upgrade(place.url)
        open_ledger(place.url, load_keys(place.keys)).close()
    _show_form(place)


@commands.command("downgrade")
@over_ledger
def downgraded(
    form: Annotated[
        str, typer.Argument(metavar="FORM", help="The form of the earlier release, or base for no tables.")
    ],
    ledger: ChosenLedger = BY_OPTIONS,
    yes: Annotated[bool, typer.Option("--yes", help="What only later forms can hold is lost: do it.")] = False,
) -> None:
    """Lead the ledger back to the form of an earlier release; what only later ones can hold is lost."""
    place = ledger.place()
    if not yes:
        raise misuse(
            "--yes: what only later forms can hold is lost: make a copy first 较新结构中的数据将丢失，请先备份，确认后加 --yes"
        )
    with ledger_told():
        downgrade(place.url, form)
    _show_form(place)


@commands.command("status")
@over_ledger
def status(ledger: ChosenLedger = BY_OPTIONS) -> None:
    """Show where the ledger is and which form it has; exits 1 if it needs to be upgraded."""
    place = ledger.place()
    if not _show_form(place):
        raise typer.Exit(1)


@commands.command("rotate")
@over_ledger
def rotated(ledger: ChosenLedger = BY_OPTIONS) -> None:
    """Hash all persons anew under a new key. When it was interrupted, run it again: it goes on with the same key."""
    place = ledger.place()
    with ledger.opened() as opened, opened.read() as connection:
        begun = people_to_rotate(connection)
    if not begun:
        with ledger_told():
            add_hashing_key(place.keys)
    count = 0
    with ledger.opened() as opened:
        while True:
            with opened.begin() as connection:
                done = rotate_people(connection)
            if not done:
                break
            count += done
    tell(f"{count} persons and contacts hashed anew", f"已为 {count} 项人员及联系方式重新计算哈希")


@commands.command("erase")
@over_ledger
def erased(ledger: ChosenLedger = BY_OPTIONS) -> None:
    """Erase the identity number of a person for good, which is asked for; entries stay. Exits 1 if it is not known."""
    number = typer.prompt("", prompt_suffix="", hide_input=True).strip()
    with ledger.begin() as connection:
        person = find_person(connection, "1", number)
        done = person is not None and erase_person(connection, person, at=system_clock())
    if not done:
        tell("no identity number of this person is kept", "账簿中没有此人的证件号码")
        raise typer.Exit(1)
    tell(f"person {person} is erased; the entries stay", f"人员 {person} 的证件号码已删除，分录保留")


@commands.command("backup")
@over_ledger
def backed_up(
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="New file for the backup.")],
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Copy a ledger in SQLite into a new file, while others work on it. Its keys are not in it: keep them apart."""
    place = ledger.place()
    with ledger_told():
        back_up(place.url, load_keys(place.keys), file, at=instant(system_clock()))
    tell(
        f"{file} is made; put in the place of the ledger, it sends nothing until customs ledger confirm",
        f"已生成 {file}；用它恢复账簿后，执行 customs ledger confirm 之前不会发送",
    )


@commands.command("restored")
@over_ledger
def restored(ledger: ChosenLedger = BY_OPTIONS) -> None:
    """Say that the ledger was put back by pg_restore: it declares and sends nothing until it is confirmed. Stop workers first."""
    with ledger.begin() as connection:
        mark_restored(connection, instant(system_clock()))
    tell("nothing is declared or sent until customs ledger confirm", "执行 customs ledger confirm 之前不申报、不发送")


@commands.command("confirm")
@over_ledger
def confirmed(ledger: ChosenLedger = BY_OPTIONS) -> None:
    """Let a ledger that was put back declare and send again. What seemed to wait counts as unknown until customs answers."""
    with ledger.begin() as connection:
        if restored_at(connection) is None:
            tell("the ledger is no backup: nothing to confirm", "账簿不是由备份恢复，无需确认")
            return
        count = confirm_restored(connection, at=instant(system_clock()))
    tell(
        f"the ledger goes on; messages that may have been sent: {count:,}",
        f"账簿继续工作；可能已发送的报文 {count:,} 份",
    )


def _show_form(place: LedgerPlace) -> bool:
    """Show where the ledger is and its form; return True if it is that of this release."""
    with ledger_told():
        found = form_of(place.url)
    newest = newest_form()
    screen.print(f"{place.url}\n{found or '-'} / {newest}", highlight=False, markup=False, soft_wrap=True)
    return found == newest


app.add_typer(commands, name="ledger")
