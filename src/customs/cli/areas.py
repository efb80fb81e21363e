"""The commands around areas (关区): ``areas``, ``areas show``, ``areas check``, ``areas settings``; the area of a
declaration.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from customs import areas
from customs.areas import Area, AreaProfile, ProfileError, SettingsError, UnknownAreaError
from customs.areas.leads import leads_of
from customs.areas.profile.model import CUSTOMS_CODE
from customs.areas.registry import UNIFIED, broken
from customs.cli import files, profiles
from customs.cli.app import app, misuse, screen, side
from customs.cli.common import AsJson, day_of
from customs.cli.language import label, words
from customs.cli.settings import template_of
from customs.codes import code_list

AreaName = Annotated[
    str | None,
    typer.Option(
        "--area",
        autocompletion=lambda: list(areas.names()),
        help="Customs district 关区, or the file of a profile; if left out 'unified', the national edition.",
    ),
]
SettingsFile = Annotated[
    Path | None,
    typer.Option(
        "--settings",
        exists=True,
        dir_okay=False,
        help="Settings of an area, TOML, which name it 关区设置; see: areas settings.",
    ),
]
ProfileToShow = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="Name of an area, such as zhejiang_jkf, or the file of a profile.",
        autocompletion=lambda: list(areas.names()),
    ),
]

commands = typer.Typer(help="The formats of customs districts: list, show, check them. 关区格式")
app.add_typer(commands, name="areas")


def area_of(name: str | None, settings: Path | None) -> Area:
    """The area of a name or of a file of settings; the national edition where neither is given."""
    try:
        if settings is None:
            return areas.configure(_named(name or UNIFIED))
        found = areas.load_settings(settings, areas.find)
    except (UnknownAreaError, SettingsError, ProfileError) as error:
        raise misuse(str(error)) from None
    except OSError as error:
        raise misuse(f"{error.filename} cannot be read: {error.strerror} 文件无法读取") from None
    if name not in (None, found.name):
        raise misuse(
            f"--settings: {settings.name} is for {found.name}, --area says {name}: leave --area out 关区不一致，请省略 --area"
        )
    return found


def hint(area: Area, places: Mapping[str, int], day: date) -> None:
    """Say which parcels went in the unified edition although their office has a format of its own on the day."""
    for code, count in sorted(places.items()) if area.name == UNIFIED else ():
        found = areas.of(code, on=day) if CUSTOMS_CODE(code) else area.profile
        if found.name != UNIFIED:
            text = words(
                f"{count} parcels of {code} in the unified edition; the office takes a local format as well",
                f"{code} 的 {count} 个包裹按统一版申报，该关区另有地方版",
            )
            side.print(f"{text}: {found.name}", highlight=False, soft_wrap=True)


@commands.callback(invoke_without_command=True)
def listing(
    context: typer.Context,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="Mark the areas in force on a day 适用日期, YYYY-MM-DD.")
    ] = None,
    code: Annotated[
        str | None,
        typer.Option(
            "--code", metavar="CODE", help="Which area a customs code leads to 关区代码, on the day or today."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """List the areas that have a format, or say which a customs code leads to. 关区格式"""
    if context.invoked_subcommand:
        if on or code or json:
            raise misuse(
                f"options of the command stand behind it: customs areas {context.invoked_subcommand} ... 选项应写在子命令之后"
            )
        return
    if code is not None:
        _show_code(code, on, json)
        return
    day = day_of(on) if on else None
    found, failed = [areas.find(name) for name in areas.names()], broken()
    if json:
        for profile in found:
            typer.echo(files.to_json(profiles.row_of(profile, day)))
        for name, error in failed.items():
            typer.echo(files.to_json({"name": name, "broken": [profiles.problem_of(each) for each in error.problems]}))
        return
    screen.print(profiles.listing(found, failed, day))
    for name, error in failed.items():
        side.print(Text(f"{name} cannot be used 不可用:\n{error}", style="red"), soft_wrap=True)


@commands.command()
def show(
    name: ProfileToShow,
    message: Annotated[
        str | None,
        typer.Option("--message", metavar="NAME", help="The fields of a message 报文字段, such as IMPORTORDER."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Show an area: its messages, what a user has to give, its rules, gateway and receipts. 关区详情"""
    profile = _profile(name)
    if message is not None:
        try:
            found = profile.message(message)
        except LookupError as error:
            raise misuse(f"--message: {error.args[0]}") from None
        if json:
            for row in profiles.fields_of(found):
                typer.echo(files.to_json(row))
        else:
            screen.print(profiles.field_table(profile, found))
    elif json:
        typer.echo(files.to_json(profiles.card_of(profile)))
    else:
        for table in profiles.card(profile):
            screen.print(table)


@commands.command("check")
def check_profile(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="A profile, or the folder of a profile.toml 关区配置.", exists=True)
    ],
) -> None:
    """Check a profile: every mistake on a line of its own, with file, line and key. 检查关区配置"""
    file = path / "profile.toml" if path.is_dir() else path
    try:
        problems = areas.check(file.resolve())
    except OSError as error:
        raise misuse(f"{file} cannot be read: {error.strerror} 文件无法读取") from None
    for each in problems:
        where = f"{file if each.file == str(file.resolve()) else each.file}:{each.line}"
        screen.print(Text(f"{where}: {f'{each.key}: ' if each.key else ''}{each.reason}"), soft_wrap=True)
    if problems:
        raise typer.Exit(1)
    screen.print("ok")


@commands.command()
def settings(name: ProfileToShow) -> None:
    """Print a template of settings for an area, to fill in and give as --settings. 关区设置模板"""
    typer.echo(template_of(_profile(name)), nl=False)


def _profile(name: str) -> AreaProfile:
    try:
        return _named(name)
    except (UnknownAreaError, ProfileError) as error:
        raise misuse(str(error)) from None
    except OSError as error:
        raise misuse(f"{name} cannot be read: {error.strerror} 文件无法读取") from None


def _named(name: str) -> AreaProfile:
    """An area by its name, or by the file of its profile."""
    return areas.load(Path(name)) if name.endswith(".toml") else areas.find(name)


def _show_code(code: str, on: str | None, json: bool) -> None:
    day = day_of(on)
    try:
        found = areas.of(code, on=day)
    except ValueError as error:
        raise misuse(f"--code: {error}") from None
    listed = code_list("districts")
    place = listed[code].zh if code in listed else None
    others = [
        each for each in map(areas.find, filter(_is_known, found.beside)) if each.in_force(day) and code in each.codes
    ]
    known = [areas.find(name) for name in areas.names()]
    choices = [each for each in known if code in each.open_to and each.in_force(day)]
    if json:
        row: dict[str, object] = {
            "code": code,
            "zh": place,
            "on": str(day),
            "area": found.name,
            "beside": [each.name for each in others],
        }
        row |= {"open_to": [each.name for each in choices], "leads": [asdict(each) for each in leads_of(code)]}
        typer.echo(files.to_json(row))
        return
    if place is None and code not in found.codes:
        side.print(label(f"{code} is in no list of customs codes 关区代码表中没有"), highlight=False)
    for name, reason in broken().items():
        side.print(
            Text(f"{name} cannot be used, and its codes are not known 不可用:\n{reason}", style="red"), soft_wrap=True
        )
    screen.print(
        Text(f"{' '.join(filter(None, (code, place)))} {label(f'on {day} 当日')}: {found.name}  {found.zh}"),
        soft_wrap=True,
    )
    for each in others:
        screen.print(Text(f"{label('and beside it 同时申报')}: {each.name}  {each.zh}"), soft_wrap=True)
    for each in choices:
        screen.print(Text(f"{label('can be chosen as well 也可选用')}: {each.name}  {each.zh}"), soft_wrap=True)
    for lead in leads_of(code):
        told = words(f"{lead.en}; lacking: {lead.missing_en}", f"{lead.zh}；未知：{lead.missing_zh}")
        screen.print(Text(f"{label('known by name only 仅知名称')}: {told}"), soft_wrap=True)


def _is_known(name: str) -> bool:
    return name in areas.names()
