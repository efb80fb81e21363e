"""The tables of areas: what each is made of, its states, and the facts, parameters and schemes that profiles draw on."""

from collections.abc import Iterator, Sequence
from importlib.resources import files

from tabular import table

from customs import areas
from customs.areas import AreaProfile, State
from customs.areas.schemes import SCHEMES
from customs.areas.sources import names, source


def profiles() -> list[AreaProfile]:
    """The shipped profiles: those whose folders stand in the library."""
    folder = files("customs.areas")
    return [areas.find(name) for name in areas.names() if folder.joinpath(name, "profile.toml").is_file()]


def lines_of(name: str) -> tuple[int, int]:
    """Lines of data and of Python in the folder of an area, empty ones and comments aside."""
    counts = {".toml": 0, ".csv": 0, ".py": 0}
    for file in files("customs.areas").joinpath(name).iterdir():
        ending = "." + file.name.rpartition(".")[2]
        if ending in counts:
            text = file.read_text(encoding="utf-8")
            counts[ending] += sum(1 for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return counts[".toml"] + counts[".csv"], counts[".py"]


def overview() -> str:
    """Every area: names, codes, days, messages, gateway, lines of data and code."""
    return table(
        ("Profile", "关区", "Codes", "In force", "Messages", "Gateway", "Confidence", "Data", "Python"),
        (
            (
                f"`{each.name}`",
                each.zh,
                " ".join(sorted(each.codes)) or "every other",
                f"{each.valid_from or '...'} to {each.valid_to or 'now'}" if each.valid_from or each.valid_to else "always",
                _messages(each),
                _gateway(each),
                each.confidence,
                *(str(count) for count in lines_of(each.name)),
            )
            for each in profiles()
        ),
    )


def _messages(profile: AreaProfile) -> str:
    own = [f"`{each.name}` ({', '.join(each.documents).replace('_', ' ')})" for each in profile.messages]
    return ", ".join([*own, *(f"`{name}`" for name in profile.unified)]) or "receipts only"


def _gateway(profile: AreaProfile) -> str:
    if profile.gateway is None:
        return ""
    schemes = dict.fromkeys(step.scheme for step in (*profile.gateway.head, *profile.gateway.steps))
    return ", ".join([profile.gateway.transport.replace("_", " "), *(f"`{each}`" for each in schemes)])


def states() -> str:
    """The codes of each area under the canonical state that they are read as."""
    maps = [(each.name, name, codes) for each in profiles() for name, codes in each.states.items()]
    return table(
        ("State", "Codes by profile"),
        ((f"`{state.value}`", "<br>".join(_codes(maps, state)) or "every other code") for state in State),
    )


def _codes(maps: Sequence[tuple[str, str, object]], state: State) -> Iterator[str]:
    for profile, name, codes in maps:
        assert isinstance(codes, dict), "states are tables"
        found = [f"`{code}`" for code, each in codes.items() if each == state.value]
        if found:
            yield f"{profile} {name.replace('_', ' ')}: {', '.join(found)}"


def schemes() -> str:
    """The named schemes of gateways."""
    users = {name: [each.name for each in profiles() if f"`{name}`" in _gateway(each)] for name in SCHEMES}
    return table(
        ("Scheme", "方式", "What it does", "Key", "Legacy", "Profiles"),
        (
            (f"`{each.name}`", each.zh, each.en, each.needs_key, "yes" if each.legacy else "", ", ".join(users[each.name]))
            for each in SCHEMES.values()
        ),
    )


def local_facts() -> str:
    """The facts beyond the standard that every profile may use."""
    found = [source(name) for name in names() if name.startswith(("local.", "goods."))]
    return table(
        ("Fact", "中文", "What it is", "Form", "Profiles"),
        (
            (f"`{each.name}`", each.zh, each.en + (" *(personal)*" if each.personal else ""), each.kind, ", ".join(_users(each.name)))
            for each in found
        ),
    )


def _users(name: str) -> Iterator[str]:
    for profile in profiles():
        fields = [spec for message in profile.messages for section in message.sections for spec in section.fields]
        if any(name in (spec.from_, spec.or_, *(spec.sum or ())) for spec in fields):
            yield profile.name


AREA_TABLES = {"areas": overview, "states": states, "schemes": schemes, "local_facts": local_facts}
