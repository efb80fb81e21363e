"""The tables of areas: what each is made of, its states, and the facts, parameters and ciphers that profiles draw on."""

from collections.abc import Iterator, Mapping
from importlib.resources import files

from tabular import table

from customs import areas
from customs.areas import AreaProfile
from customs.areas.gateway.ciphers import CIPHERS
from customs.areas.profile.facts import fact_named, fact_names
from customs.areas.registry import UNIFIED
from customs.codes.states import State


def profiles() -> list[AreaProfile]:
    """The shipped profiles: those whose folders stand in the library."""
    folder = files("customs.areas").joinpath("profiles")
    return [areas.find(name) for name in areas.names() if folder.joinpath(name, "profile.toml").is_file()]


def lines_of(name: str) -> tuple[int, int]:
    """Lines of data and of Python in the folder of an area, empty ones and comments aside."""
    counts = {".toml": 0, ".csv": 0, ".py": 0}
    for file in files("customs.areas").joinpath("profiles", name).iterdir():
        ending = "." + file.name.rpartition(".")[2]
        if ending in counts:
            text = file.read_text(encoding="utf-8")
            counts[ending] += sum(1 for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return counts[".toml"] + counts[".csv"], counts[".py"]


def overview() -> str:
    """Every area: names, codes, days, messages, gateway."""
    return table(
        ("Profile", "关区", "Codes", "In force", "Messages", "Gateway", "Confidence"),
        (
            (
                f"`{each.name}`",
                each.zh,
                " ".join(sorted(each.codes)) or ("every other" if each.name == UNIFIED else "by its name"),
                f"{each.valid_from or '...'} to {each.valid_to or 'now'}"
                if each.valid_from or each.valid_to
                else "not known",
                _messages(each),
                _gateway(each),
                each.confidence,
            )
            for each in profiles()
        ),
    )


def _messages(profile: AreaProfile) -> str:
    own = [f"`{each.name}` ({', '.join(each.documents).replace('_', ' ')})" for each in profile.messages]
    return ", ".join([*own, *(f"`{name}`" for name in profile.takes_unified)]) or "receipts only"


def _gateway(profile: AreaProfile) -> str:
    if profile.gateway is None:
        return ""
    ciphers = dict.fromkeys(step.cipher or "envelope" for step in profile.gateway.all_steps)
    return ", ".join([profile.gateway.transport.replace("_", " "), *(f"`{each}`" for each in ciphers)])


def share() -> str:
    """How much of an area is data, and how much is code."""
    found = {each.name: lines_of(each.name) for each in profiles()}
    data, code = (sum(each[at] for each in found.values()) for at in (0, 1))
    rows = [(f"`{name}`", str(data_lines), str(code_lines)) for name, (data_lines, code_lines) in found.items()]
    return table(("Profile", "Lines of data", "Lines of Python"), [*rows, ("all", f"{data:,}", f"{code:,}")])


def states() -> str:
    """The codes of each area and the canonical state that they are read as."""
    return table(
        ("Profile", "What is told", "Codes and states"),
        (
            (f"`{each.name}`", name.replace("_", " "), "<br>".join(_codes(codes)))
            for each in profiles()
            for name, codes in each.state_maps.items()
        ),
    )


def _codes(codes: Mapping[str, str]) -> Iterator[str]:
    for state in State:
        found = [f"`{code}`" for code, each in codes.items() if each == state.value]
        if found:
            yield f"{', '.join(found)} {state.value.replace('_', ' ')}"


def ciphers() -> str:
    """The named ciphers of gateways."""
    users = {name: [each.name for each in profiles() if f"`{name}`" in _gateway(each)] for name in CIPHERS}
    return table(
        ("Cipher", "方式", "What it does", "Key", "Legacy", "Profiles"),
        (
            (
                f"`{each.name}`",
                each.zh,
                each.en,
                each.needs_key,
                "yes" if each.legacy else "",
                ", ".join(users[each.name]),
            )
            for each in CIPHERS.values()
        ),
    )


def local_facts() -> str:
    """The facts beyond the standard that every profile may use."""
    found = [fact_named(name) for name in fact_names() if name.startswith(("local.", "goods."))]
    return table(
        ("Fact", "中文", "What it is", "Form", "Profiles"),
        (
            (
                f"`{each.name}`",
                each.zh,
                each.en + (" *(personal)*" if each.personal else ""),
                each.kind,
                ", ".join(_users(each.name)),
            )
            for each in found
        ),
    )


def _users(name: str) -> Iterator[str]:
    for profile in profiles():
        if any(name in spec.facts for _, spec in profile.fields()):
            yield profile.name


AREA_TABLES = {"areas": overview, "share": share, "states": states, "ciphers": ciphers, "local_facts": local_facts}
