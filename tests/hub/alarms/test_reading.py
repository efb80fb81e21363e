"""The table [alarms] of a hub's file: an enterprise's own figures, silences, routes; every mistake told with what to write."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from customs.hub.alarms.rules import AlarmSeverity, alarm_rules, shipped_limits
from customs.hub.alarms.settings import AlarmSettings, shipped_settings
from customs.hub.settings.hub_file import load_hub
from customs.intake.problems import EnterpriseError
from support import some

HOUR = timedelta(hours=1)

HEAD = '[enterprises.shop]\nfile = "customs.toml"\n'

#: Channels for those who are told.
CHANNELS = "".join(
    f'[channels.{name}]\nkind = "webhook"\nurl = "https://{name}.example/in"\ntemplate = {{ said = "{{text}}" }}\n'
    for name in ("team", "head", "li", "wang", "carrier-mail")
)

FULL = """
[alarms.rules.rejections]
severity = "warning"
after = "5m"
cases = 3
share = 0.2
window = "30m"
[alarms.rules.strays]
on = false
[alarms.limits]
accepted = "6h"
packed = "36h"
[[alarms.limits_for]]
district = "4600"
carrier = "4401960A01"
accepted = "2h"
[[alarms.silences]]
from = 2026-11-14T02:00:00
until = 2026-11-14T06:00:00
rules = ["silent_gateway"]
districts = ["4600"]
why = "系统维护"
[alarms.quiet]
hours = "22:00-08:00"
severity = "serious"
[[alarms.routes]]
tell = ["team", "night"]
severity = "warning"
[[alarms.routes]]
tell = ["head"]
rules = ["silent_gateway", "key_lost"]
after = "15m"
hours = "08:00-20:00"
[alarms.rosters.night]
channels = ["li", "wang"]
begins = 2026-11-02
days = 7
at = 20:00:00
[alarms.providers."carrier:4401960A01"]
tell = ["carrier-mail"]
[alarms.watched.shop]
guarantors = ["4601960A02"]
books = { T4600A000001 = 2026-09-30 }
"""


def read(tmp_path: Path, text: str) -> AlarmSettings:
    file = tmp_path / "hub.toml"
    file.write_text(f"{HEAD}{text}\n{CHANNELS}", encoding="utf-8")
    return load_hub(file).alarms


def test_a_file_that_says_nothing_of_alarms_has_the_rules_as_shipped(tmp_path: Path) -> None:
    assert read(tmp_path, "") == shipped_settings()


def test_a_file_sets_figures_time_outs_silences_and_who_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, FULL)
    rule = found.rules["rejections"]
    assert (rule.severity, rule.after, rule.numbers["share"]) == (AlarmSeverity.WARNING, HOUR / 12, Decimal("0.2"))
    assert (rule.numbers["cases"], rule.times["window"]) == (Decimal(3), HOUR / 2)
    assert rule.well_after == alarm_rules()["rejections"].well_after, "what is not said stays"
    assert not found.rules["strays"].on
    assert found.limits["accepted"] == 6 * HOUR
    assert found.limits["signed"] == shipped_limits()["signed"]
    (some_orders,) = found.limits_for
    assert some_orders.where == {"customs_code": "4600", "carrier_code": "4401960A01"}
    assert some_orders.limits == {"accepted": 2 * HOUR}
    (silence,) = found.silences
    assert silence.holds(datetime(2026, 11, 14, 5, 59))
    assert silence.scope.has("silent_gateway", "4600", "")
    assert found.quiet
    assert found.quiet.holds_back(AlarmSeverity.WARNING, datetime(2026, 11, 14, 3))
    assert [route.tell for route in found.routes] == [("team", "night"), ("head",)]
    assert found.rosters["night"].at == time(20)
    assert found.rosters["night"].begins == date(2026, 11, 2)
    assert found.providers == {"carrier:4401960A01": ("carrier-mail",)}
    assert found.channels == {"team", "li", "wang", "head", "carrier-mail"}
    assert found.watched_of("shop").guarantors == ("4601960A02",)
    assert found.watched_of("shop").parties is None
    assert found.watched_of("shop").books == {"T4600A000001": date(2026, 9, 30)}
    assert found.watched_of("another").guarantors is None


MISTAKES = {
    '[alarms.rules.silence]\nafter = "5m"': ("there is no rule silence", "没有规则 silence"),
    '[alarms.rules.strays]\nafter = "soon"': ("no time such as 90s", "时长应写作"),
    "[alarms.rules.rejections]\nshare = 5": ("a number from 0 to 1", "0 至 1 的数"),
    "[alarms.rules.strays]\ncases = -1": ("a number from 0", "0 至 1000000"),
    '[alarms.rules.strays]\non = "no"': ("true or false", "true 或 false"),
    '[alarms.rules.strays]\nseverity = "grave"': ("info, warning or serious", "级别应为"),
    "[alarms.rules.strays]\nshare = 1": ("is no key of this table", "此表没有"),
    '[alarms.limits]\naccept = "1h"': ("accepted is", "相近的是 accepted"),
    '[[alarms.limits_for]]\naccepted = "1h"': ("say which orders", "请写明时限适用的订单"),
    '[alarms.limits_for]\naccepted = "1h"': ("a list of tables", "表的列表"),
    "[[alarms.silences]]\nfrom = 2026-11-14\nuntil = 2026-11-15": ("times of China", "北京时间"),
    '[alarms.quiet]\nhours = "late"': ("22:00-08:00", "时段应写作"),
    '[[alarms.routes]]\nseverity = "info"': ("say who is told", "请写明通知对象"),
    '[[alarms.routes]]\ntell = "team"': ("a list of texts", "文本列表"),
    '[[alarms.routes]]\ntell = ["team", 5]': ("a list of texts", "文本列表"),
    '[[alarms.routes]]\ntell = ["team"]\nrules = ["no_rule"]': ("there is no rule no_rule", "没有规则"),
    '[[alarms.routes]]\ntell = ["team"]\nproviders = ["4401"]': ("is no provider", "服务商应写作"),
    '[alarms.rosters.night]\nchannels = ["li"]': ("a roster has channels", "值班表须有"),
    '[alarms.providers."4401"]\ntell = ["team"]': ("is no provider", "服务商应写作"),
    "[alarms.watched.shop]\nbooks = { T1 = 2024-12-31 }": ("from 2025-01-01 on", "不早于 2025-01-01"),
    "[alarms.sound]\nloud = true": ("is no key of this table", "此表没有"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_told_with_what_is_allowed(tmp_path: Path, text: str) -> None:
    with pytest.raises(EnterpriseError) as refused:
        read(tmp_path, text)
    (problem,) = refused.value.problems
    en, zh = MISTAKES[text]
    assert en in problem.en
    assert zh in problem.zh


def test_a_channel_that_the_file_does_not_have_is_refused_wherever_alarms_name_it(tmp_path: Path) -> None:
    roster = '[alarms.rosters.night]\nchannels = ["li", "wnag"]\nbegins = 2026-11-02'
    provider = '[alarms.providers."carrier:4401960A01"]\ntell = ["carier-mail"]'
    with pytest.raises(EnterpriseError) as refused:
        read(tmp_path, f'[[alarms.routes]]\ntell = ["team", "haed", "night"]\n{roster}\n{provider}')
    assert [each.en.partition(",")[0] for each in refused.value.problems] == [
        f"[alarms] tells the channel {name}" for name in ("carier-mail", "haed", "wnag")
    ]
    assert "请添加 [channels.haed]；现有：team、head、li、wang、carrier-mail" in refused.value.problems[1].zh


def test_every_rule_says_in_both_languages_what_is_seen_and_what_to_do() -> None:
    for rule in some(alarm_rules().values()):
        for en, zh in (rule.title, rule.seen, rule.todo, rule.source):
            assert en.isascii() or "—" not in en, rule.name
            assert any("\u4e00" <= letter <= "\u9fff" for letter in zh), rule.name
