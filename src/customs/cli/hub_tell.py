"""The command ``hub tell`` (测试通知渠道): a test notice by each channel of a hub, and its answer."""

from datetime import datetime
from typing import Annotated

import typer

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import misuse, screen
from customs.cli.common import AsJson, Now, clock_of
from customs.cli.hub import HUB_FILE, HubFile, commands, hub_settings
from customs.cli.language import words
from customs.cli.parcels import echo
from customs.exchange.outbox import instant
from customs.hub.channels.notices import Notice
from customs.hub.channels.telling import QueuedNotice, Telling

_RESULTS = {"told": ("told", "已送达"), "later": ("not told", "未送达"), "refused": ("refused", "被拒收")}


@commands.command("tell")
def tell_by(
    channel: Annotated[
        list[str] | None,
        typer.Option(
            "--channel", metavar="NAME", help="Name of the channel; may be repeated. All of the file if left out."
        ),
    ] = None,
    config: HubFile = HUB_FILE,
    now: Now = None,
    json: AsJson = False,
) -> None:
    """Send a test notice by the channels of a hub, and say what each of them answered.

    Exits 1 if one of them did not take it. Nothing is queued and no ledger is opened.
    """
    settings, at = hub_settings(config), instant(clock_of(now, "--now")())
    names = channel or list(settings.channels)
    missing = [each for each in names if each not in settings.channels]
    if missing or not names:
        there = ", ".join(settings.channels) or "none"
        raise misuse(
            f"--channel: the file has no [channels.{(missing or ['NAME'])[0]}]; there are: {there} "
            f"配置中没有 [channels.{(missing or ['名称'])[0]}]，现有：{', '.join(settings.channels) or '无'}"
        )
    outcomes = {name: settings.channels[name].tell(_test(name, at), now=at) for name in names}
    for name, outcome in outcomes.items():
        _say(name, outcome, json=json)
    raise typer.Exit(0 if all(each.result == "told" for each in outcomes.values()) else 1)


def _test(name: str, at: datetime) -> QueuedNotice:
    notice = Notice(
        subject_zh=f"渠道 {name} 测试",
        subject_en=f"Test of the channel {name}",
        text_zh="这是一条测试通知，无需处理。",
        text_en="This is a test notice: nothing has to be done.",
        key=f"test {at:%Y-%m-%dT%H:%M:%S}",
    )
    return QueuedNotice(id=0, channel=name, at=at, attempts=1, notice=notice)


def _say(name: str, outcome: Telling, *, json: bool) -> None:
    if json:
        echo(files.to_json({"channel": name, "result": outcome.result, "said": outcome.said}))
        return
    (en, zh), (why_en, why_zh) = _RESULTS[outcome.result], halves(outcome.said)
    told = words(f"{en}: {why_en}", f"{zh}：{why_zh or why_en}") if outcome.said else words(en, zh)
    screen.print(f"{name}  {told}", highlight=False, markup=False, soft_wrap=True)
