"""The settings that an enterprise fills in for an area (关区设置模板), as TOML with comments in both languages."""

import json
from collections.abc import Sequence

from customs.areas import AreaProfile, find
from customs.areas.profile.facts import fact_named
from customs.areas.registry import names as known_areas
from customs.cli.profiles import in_a_line


def template_of(profile: AreaProfile) -> str:
    """Settings of an area to fill in, as TOML with comments in both languages; ``customs.areas.load_settings`` reads
    it.
    """
    lines = [
        f"# Settings for 关区设置: {_comment(profile.zh)}, {_comment(profile.en)}",
        "# Leave empty what you do not have: parcels that need it are refused, and the finding says so.",
        f"area = {_quoted(profile.name)}",
    ]
    if profile.asks_for_a_serial:
        lines += [
            "# the first serial number 起始序号: go on from run to run, since no number may come twice",
            "serial = 1",
        ]
    lines += _tables(profile, "")
    known = known_areas()
    for name in profile.beside:
        if name in known:
            lines += _beside(name)
    return "\n".join(lines) + "\n"


def _tables(profile: AreaProfile, above: str) -> list[str]:
    return [*_parameters(profile, above), *_companies(profile, above), *_secrets(profile, above)]


def _noted(note: str) -> list[str]:
    return [f"# {_comment(note)}"] if note else []


def _parameters(profile: AreaProfile, above: str) -> list[str]:
    lines = ["", f"[{above}parameters]"] if profile.parameters else []
    for name, parameter in profile.parameters.items():
        lines += [f"# {_comment(parameter.zh)}", f"# {_comment(parameter.en)}", *_noted(parameter.note)]
        lines += [f"# for example {_quoted(parameter.example)}"] if parameter.example else []
        if parameter.default is not None:
            lines += [f"# {name} = {_quoted(parameter.default)}  # the default 默认值"]
        elif parameter.need == "optional":
            lines += [f'# {name} = ""  # optional 可选']
        else:
            lines += [f'{name} = ""  # required 必填']
    return lines


def _companies(profile: AreaProfile, above: str) -> list[str]:
    if not profile.numberings:
        return []
    told = "# 企业编号 Numbers of enterprises: such a table for each, with the code under which parcels name it"
    lines = ["", told, f"# [{above}companies.CODE]"]
    for name, numbering in profile.numberings.items():
        lines += [
            f"# {_comment(numbering.zh)}: {_comment(numbering.en)}",
            f"# of 用于: {', '.join(_numbered(profile, name))}",
        ]
        lines += [*_noted(numbering.note), f"# {name} = {_quoted(numbering.example)}"]
    return lines


def _secrets(profile: AreaProfile, above: str) -> list[str]:
    if not profile.secrets:
        return []
    told = "# 密钥 Keys and passwords: each in a file beside this one that only you can read"
    lines = ["", told, f"[{above}secrets]"]
    for name, secret in profile.secrets.items():
        lines += [f"# {_comment(secret.zh)}: {_comment(secret.en)}", *_noted(secret.note)]
        lines += [f"{name} = {{ file = {_quoted(name)} }}"]
    return lines


def _numbered(profile: AreaProfile, numbering: str) -> list[str]:
    """The enterprises whose numbers a numbering gives."""
    found = dict.fromkeys(spec.from_ for _, spec in profile.fields() if spec.numbering == numbering and spec.from_)
    return [f"{fact_named(each).zh} {each}" for each in found]


def _beside(name: str) -> Sequence[str]:
    """The settings of a further area, all of them comments: whoever declares there too takes the signs away."""
    other = find(name)
    serial = ["serial = 1"] if other.asks_for_a_serial else []
    lines = ["[[beside]]", f"area = {_quoted(name)}", *serial, *_tables(other, "beside.")]
    head = f"# 同时申报 The same parcels to {_comment(other.zh)}, {_comment(other.en)} as well:"
    return ["", head, *(f"# {each}".rstrip() for each in lines)]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    """Text on one line, without the characters that no comment may hold."""
    return "".join(each if each.isprintable() else " " for each in in_a_line(text))
