"""The commands ``hub person`` (控制台人员): add people to the console, list them, give roles, lock them, give passwords."""

from datetime import datetime
from typing import Annotated

import typer

from customs.cli import files
from customs.cli.app import misuse, misuse_of, screen, tell
from customs.cli.common import AsJson, Now, clock_of
from customs.cli.hub import HUB_FILE, HubFile, commands, hub_opened, hub_settings
from customs.cli.language import words
from customs.cli.trace_shown import table_of
from customs.exchange.outbox import instant
from customs.hub.settings.hub_file import HubSettings
from customs.hub.web.audit import AuditEntry, enter_audit
from customs.hub.web.people import (
    EVERYWHERE,
    ConsolePerson,
    PersonNameError,
    add_person,
    list_people,
    lock_person,
    person_named,
    set_password,
    set_roles,
)
from customs.hub.web.roles import ConsoleRole
from customs.ledger.database import LedgerConnection

PersonName = Annotated[str, typer.Argument(metavar="NAME", help="Name of the person, such as li.hua.")]
Roles = Annotated[list[ConsoleRole] | None, typer.Option("--role", help="Role of the person; may be repeated.")]
RolesIn = Annotated[
    str, typer.Option("--enterprise", metavar="NAME", help="Enterprise in the hub's file; all of them if left out.")
]

people = typer.Typer(help="People of the console: add, list, give roles, lock, give passwords. 控制台人员")

#: Who does it, in the audit: whoever has the file of the hub and the ledger's keys.
_OPERATOR = "(command line)"

_HEADINGS = (("name", "名称"), ("roles", "角色"), ("state", "状态"), ("since", "添加日期"))


@people.command("add")
def add(
    name: PersonName,
    role: Roles = None,
    enterprise: RolesIn = EVERYWHERE,
    config: HubFile = HUB_FILE,
    now: Now = None,
) -> None:
    """Add a person and print a first password. It is not shown again, and has to be changed at the first sign-in."""
    settings, at, roles = hub_settings(config), instant(clock_of(now, "--now")()), role or [ConsoleRole.LOOK]
    _known(settings, enterprise)
    first, hashed = _first()
    with hub_opened(settings) as (ledger, _), ledger.begin() as connection:
        try:
            number = add_person(connection, name, hashed, at=at)
        except PersonNameError as error:
            raise misuse_of(error.en, error.zh) from None
        set_roles(connection, number, enterprise, roles)
        enter_audit(connection, _entry("person_add", name, " ".join(sorted(roles)), at=at, enterprise=enterprise))
    _shown_once(first)


@people.command("list")
def list_(config: HubFile = HUB_FILE, json: AsJson = False) -> None:
    """List the people with their roles, never their passwords."""
    with hub_opened(hub_settings(config)) as (ledger, _), ledger.read() as connection:
        found = list_people(connection)
    if json:
        for each in found:
            screen.print(files.to_json(_values(each)), highlight=False, markup=False, soft_wrap=True)
    else:
        screen.print(table_of(_HEADINGS, [_row(each) for each in found]))


@people.command("roles")
def roles_(
    name: PersonName,
    role: Roles = None,
    enterprise: RolesIn = EVERYWHERE,
    config: HubFile = HUB_FILE,
    now: Now = None,
) -> None:
    """Give a person these roles in the place of those there; none takes them away."""
    settings, at, roles = hub_settings(config), instant(clock_of(now, "--now")()), role or []
    _known(settings, enterprise)
    with hub_opened(settings) as (ledger, _), ledger.begin() as connection:
        set_roles(connection, _named(connection, name).id, enterprise, roles)
        enter_audit(connection, _entry("person_roles", name, " ".join(sorted(roles)), at=at, enterprise=enterprise))
    tell(f"the roles of {name} are set", f"{name} 的角色已设置")


@people.command("lock")
def lock(
    name: PersonName,
    undo: Annotated[bool, typer.Option("--undo", help="Let the person in again.")] = False,
    config: HubFile = HUB_FILE,
    now: Now = None,
) -> None:
    """Lock a person out at once; all sessions end."""
    settings, at = hub_settings(config), instant(clock_of(now, "--now")())
    with hub_opened(settings) as (ledger, _), ledger.begin() as connection:
        lock_person(connection, _named(connection, name).id, at=at, locked=not undo)
        enter_audit(connection, _entry("person_unlock" if undo else "person_lock", name, at=at))
    if undo:
        tell(f"{name} may sign in again", f"{name} 可以重新登录")
    else:
        tell(f"{name} is locked out", f"{name} 已锁定")


@people.command("password")
def password(name: PersonName, config: HubFile = HUB_FILE, now: Now = None) -> None:
    """Give a person a new first password and print it; all sessions end."""
    settings, at = hub_settings(config), instant(clock_of(now, "--now")())
    first, hashed = _first()
    with hub_opened(settings) as (ledger, _), ledger.begin() as connection:
        set_password(connection, _named(connection, name).id, hashed, at=at, changes=True)
        enter_audit(connection, _entry("person_password", name, at=at))
    _shown_once(first)


def _first() -> tuple[str, str]:
    """Return a first password and its hash."""
    try:
        from customs.hub.web.passwords import Passwords, first_password  # with Argon2, which a worker does not need
    except ImportError:
        raise misuse_of(
            'passwords need the extra hub: pip install "cbec-customs[hub]"',
            '密码功能需要扩展 hub：pip install "cbec-customs[hub]"',
        ) from None
    first = first_password()
    return first, Passwords().hashed(first)


def _shown_once(first: str) -> None:
    screen.print(first, highlight=False, markup=False, soft_wrap=True)
    tell("it is not shown again, and has to be changed at the first sign-in", "不再显示；首次登录时须修改")


def _entry(action: str, name: str, detail: str = "", *, at: datetime, enterprise: str = "") -> AuditEntry:
    return AuditEntry(at=at, enterprise=enterprise, person=_OPERATOR, action=action, subject=name, detail=detail)


def _named(connection: LedgerConnection, name: str) -> ConsolePerson:
    try:
        return person_named(connection, name)
    except PersonNameError as error:
        raise misuse_of(error.en, error.zh) from None


def _known(settings: HubSettings, enterprise: str) -> None:
    if enterprise != EVERYWHERE and enterprise not in settings.enterprises:
        names = ", ".join(settings.enterprises)
        raise misuse(
            f"--enterprise: the hub has no enterprise {enterprise!r}; there are: {names} "
            f"枢纽中没有企业 {enterprise}，现有：{names}"
        )


def _row(person: ConsolePerson) -> tuple[str, ...]:
    held = "; ".join(
        f"{words('everywhere', '全部企业') if shop == EVERYWHERE else shop}: {' '.join(sorted(roles))}"
        for shop, roles in person.roles.items()
    )
    state = words("locked", "已锁定") if person.locked_at else words("may sign in", "可登录")
    return person.name, held, state, f"{person.made_at:%Y-%m-%d}"


def _values(person: ConsolePerson) -> dict[str, object]:
    return {
        "name": person.name,
        "roles": {shop: sorted(roles) for shop, roles in person.roles.items()},
        "locked": person.locked_at is not None,
        "made": f"{person.made_at:%Y-%m-%d}",
    }


commands.add_typer(people, name="person")
