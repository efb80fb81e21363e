"""The table [reports] of hub.toml: what it says is read, and every mistake is told at its key."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from customs.hub.reports.report_settings import ReportSettings
from customs.hub.reports.report_words import ReportEdition
from customs.hub.reports.share_rules import HEALTH_SHARES
from customs.hub.settings.hub_file import load_hub
from customs.intake.problems import EnterpriseError
from support import some

HUB = (
    '[ledger]\nurl = "sqlite:///hub.db"\n[enterprises.shop]\nfile = "shop/customs.toml"\n'
    '[channels.mail]\nkind = "webhook"\nurl = "https://mail.example/in"\ntemplate = { said = "{text}" }\n'
)


def read(tmp_path: Path, text: str) -> ReportSettings:
    file = tmp_path / "hub.toml"
    file.write_text(HUB + text, encoding="utf-8")
    return load_hub(file).reports


def test_reports_are_read_with_their_times_limits_and_channels(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '[reports]\nends = "18:00"\n[reports.limits]\nleft = "36h"\n[reports.limits.waits]\npacked = "6h"\n'
        '[reports.sent.money]\nedition = "finance"\nevery = "week"\nat = "09:00"\nchannels = ["mail"]\nenterprises = ["shop"]\n',
    )
    (sent,) = found.sent
    assert (sent.scope.edition, sent.scope.every, sent.at) == (ReportEdition.FINANCE, "week", time(9))
    assert (sent.scope.ends, sent.scope.limits.left) == (time(18), timedelta(hours=36))
    assert sent.scope.limits.wait_of("packed") == timedelta(hours=6)
    assert sent.is_of("shop")
    assert not sent.is_of("other")


def test_without_the_table_no_report_goes_out(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ReportSettings()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[reports]\nends = "24:00"\n', "ends"),
        ('[reports.limits]\nleft = "a day"\n', "left"),
        ('[reports.limits]\nleaving = "1d"\n', "leaving"),
        ('[reports.limits.waits]\nnowhere = "1d"\n', "nowhere"),
        ("[reports.sent.morning]\n", "channels"),
        ('[reports.sent.morning]\nchannels = "mail"\n', "channels"),
        ('[reports.sent.morning]\nchannels = ["mail"]\nedition = "secret"\n', "edition"),
        ('[reports.sent.morning]\nchannels = ["mail"]\nevery = "year"\n', "every"),
        ('[reports.sent.morning]\nchannels = ["mail", "mial"]\n', "add [channels.mial]"),
        ('[reports.sent.MORNING]\nchannels = ["mail"]\n', "MORNING"),
    ],
)
def test_a_mistake_is_told_at_its_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(EnterpriseError) as caught:
        read(tmp_path, text)
    assert key in str(caught.value)


@pytest.mark.parametrize(
    ("page", "chinese"), [("docs/howto/health-report.md", False), ("docs/zh/howto/health-report.md", True)]
)
def test_the_page_of_the_report_states_the_formula_of_every_share(page: str, chinese: bool) -> None:
    text = (Path(__file__).parents[3] / page).read_text(encoding="utf-8")
    for each in some(HEALTH_SHARES.values()):
        formulas = (each.zh, each.cohort_zh, each.event_zh) if chinese else (each.en, each.cohort_en, each.event_en)
        assert f"| {' | '.join(formulas)} |" in text
