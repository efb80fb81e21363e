"""The tables of areas: what each is made of, its states, and the facts, parameters and ciphers that profiles draw on."""

from collections.abc import Iterator, Mapping
from importlib.resources import files

from tabular import table
from tongues import Tongue

from customs import areas
from customs.areas import AreaProfile
from customs.areas.gateway.ciphers import CIPHERS
from customs.areas.leads import leads
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


def overview(tongue: Tongue) -> str:
    """Every area: names, codes, days, messages, gateway."""
    return table(
        tongue.heads("Profile, area", "Codes", "In force", "Messages", "Gateway, confidence"),
        (
            (
                f"`{each.name}`<br>{each.zh}",
                " ".join(sorted(each.codes)) or tongue.say("every other" if each.name == UNIFIED else "by its name"),
                _in_force(each, tongue),
                _messages(each, tongue),
                "<br>".join(filter(None, (_gateway(each, tongue), tongue.say(each.confidence)))),
            )
            for each in profiles()
        ),
    )


def _in_force(profile: AreaProfile, tongue: Tongue) -> str:
    if not (profile.valid_from or profile.valid_to):
        return tongue.say("not known")
    to = "至" if tongue.chinese else "to"
    first = f"`{profile.valid_from}`" if profile.valid_from else "..."
    last = f"`{profile.valid_to}`" if profile.valid_to else tongue.say("now")
    return f"{first}<br>{to} {last}"


def _messages(profile: AreaProfile, tongue: Tongue) -> str:
    own = [
        f"`{each.name}` ({', '.join(tongue.say(name.replace('_', ' ')) for name in each.documents)})"
        for each in profile.messages
    ]
    return ", ".join([*own, *(f"`{name}`" for name in profile.takes_unified)]) or tongue.say("receipts only")


def _gateway(profile: AreaProfile, tongue: Tongue) -> str:
    if profile.gateway is None:
        return ""
    ciphers = _ciphers(profile)
    return ", ".join([tongue.say(profile.gateway.transport.replace("_", " ")), *(f"`{each}`" for each in ciphers)])


def _ciphers(profile: AreaProfile) -> dict[str, None]:
    """The ciphers of a profile's gateway, each once."""
    if profile.gateway is None:
        return {}
    return dict.fromkeys(step.cipher or "envelope" for step in profile.gateway.all_steps)


def share(tongue: Tongue) -> str:
    """How much of an area is data, and how much is code."""
    found = {each.name: lines_of(each.name) for each in profiles()}
    data, code = (sum(each[at] for each in found.values()) for at in (0, 1))
    rows = [(f"`{name}`", str(data_lines), str(code_lines)) for name, (data_lines, code_lines) in found.items()]
    titles = tongue.heads("Profile", "Lines of data", "Lines of Python")
    return table(titles, [*rows, (tongue.say("all"), f"{data:,}", f"{code:,}")])


def states(tongue: Tongue) -> str:
    """The codes of each area and the canonical state that they are read as."""
    return table(
        tongue.heads("Profile", "What is told", "Codes and states"),
        (
            (
                f"`{each.name}`",
                tongue.say(name, "state_maps") if tongue.chinese else name.replace("_", " "),
                "<br>".join(_codes(codes, tongue)),
            )
            for each in profiles()
            for name, codes in each.state_maps.items()
        ),
    )


def _codes(codes: Mapping[str, str], tongue: Tongue) -> Iterator[str]:
    for state in State:
        found = [f"`{code}`" for code, each in codes.items() if each == state.value]
        if found:
            named = tongue.say(state.value, "states") if tongue.chinese else state.value.replace("_", " ")
            yield f"{', '.join(found)} {named}"


def ciphers(tongue: Tongue) -> str:
    """The named ciphers of gateways."""
    users = {name: [each.name for each in profiles() if name in _ciphers(each)] for name in CIPHERS}
    return table(
        tongue.heads("Cipher", "What it does", "Key", "Legacy", "Profiles"),
        (
            (
                f"`{each.name}`",
                each.zh if tongue.chinese else f"{each.en}<br>{each.zh}",
                tongue.say(each.needs_key),
                tongue.say("yes" if each.legacy else ""),
                ", ".join(users[each.name]),
            )
            for each in CIPHERS.values()
        ),
    )


def names_only(tongue: Tongue) -> str:
    """Formats of which only the name, or a word, is known."""
    titles = tongue.heads("Format", "Codes", "What is known", "What is missing")
    if tongue.chinese:
        return table(titles, ((each.zh, " ".join(each.codes), each.known_zh, each.missing_zh) for each in leads()))
    return table(
        titles, ((f"{each.en}<br>{each.zh}", " ".join(each.codes), each.known_en, each.missing_en) for each in leads())
    )


def local_facts(tongue: Tongue) -> str:
    """The facts beyond the standard that every profile may use."""
    found = [fact_named(name) for name in fact_names() if name.startswith(("local.", "goods."))]
    personal = f"（{tongue.say('personal')}）" if tongue.chinese else " *(personal)*"
    return table(
        tongue.heads("Fact", "What it is", "Form", "Profiles"),
        (
            (
                f"`{each.name}`",
                (each.zh if tongue.chinese else f"{each.zh}<br>{each.en}") + personal * each.personal,
                tongue.say(each.kind),
                ", ".join(_users(each.name)),
            )
            for each in found
        ),
    )


def _users(name: str) -> Iterator[str]:
    for profile in profiles():
        if any(name in spec.facts for _, spec in profile.fields()):
            yield profile.name


AREA_TABLES = {
    "areas": overview,
    "leads": names_only,
    "share": share,
    "states": states,
    "ciphers": ciphers,
    "local_facts": local_facts,
}
