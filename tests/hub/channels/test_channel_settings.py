"""The channels of a hub's file: read whole, every mistake told at its key in both languages, and no secret shown."""

from pathlib import Path

import pytest

from customs.hub.channels.mail import MailChannel
from customs.hub.channels.others import AppriseChannel
from customs.hub.channels.robots import ROBOTS, RobotChannel
from customs.hub.channels.settings import read_channels
from customs.hub.channels.smtp import MailServer
from customs.hub.channels.telling import Channel
from customs.hub.channels.webhooks import WebhookChannel
from customs.intake.enterprise_reading import Reading
from customs.intake.enterprise_text import read_text

URL = "https://robot.example.com/send?access_token=fictitious-token"

GOOD = """
[channels.duty]
kind = "dingtalk"
url = { env = "DUTY_URL" }
secret = { file = "duty.secret" }
mention = ["ops-duty"]
keyword = "履约"

[channels.group]
kind = "feishu"
url = { env = "DUTY_URL" }
languages = ["zh"]

[channels.wecom]
kind = "wecom"
url = { env = "DUTY_URL" }

[channels.mail]
kind = "mail"
host = "smtp.example.com"
security = "tls"
user = "hub"
password = { env = "MAIL_PASSWORD" }
from = "reports@example.com"
to = ["duty@example.com", "warehouse@example.com"]
languages = ["en", "zh"]

[channels.phone]
kind = "sms"
url = "https://sms.example.com/send"
format = "form"
template = { apikey = { env = "SMS_KEY" }, mobile = "duty", content = "【测试签名】{subject}" }
good = { code = 0 }

[channels.pager]
kind = "webhook"
url = "https://pager.example.com/in"
headers = { Authorization = { env = "SMS_KEY" } }
template = { alarm = { title = "{subject}", lines = ["{text}"] } }
"""


@pytest.fixture(autouse=True)
def _secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUTY_URL", URL)
    monkeypatch.setenv("MAIL_PASSWORD", "fictitious-password")
    monkeypatch.setenv("SMS_KEY", "fictitious-key")
    (tmp_path / "duty.secret").write_text("SECfictitious\n", encoding="utf-8")


def read(folder: Path, text: str) -> tuple[dict[str, Channel], list[str]]:
    file = folder / "hub.toml"
    file.write_text(text, encoding="utf-8")
    reading = Reading(read_text(file))
    found = read_channels(reading, reading.text.data["channels"])
    return found, [f"{each.en} {each.zh}" for each in reading.problems]


def test_every_kind_of_channel_is_read(tmp_path: Path) -> None:
    found, mistakes = read(tmp_path, GOOD)
    assert mistakes == []
    duty, group, mail = found["duty"], found["group"], found["mail"]
    assert isinstance(duty, RobotChannel)
    assert (duty.kind, duty.secret, duty.address.url) == (ROBOTS["dingtalk"], "SECfictitious", URL)
    assert (duty.mention, duty.keyword, duty.languages) == (("ops-duty",), "履约", ("zh", "en"))
    assert isinstance(group, RobotChannel)
    assert (group.kind, group.languages) == (ROBOTS["feishu"], ("zh",))
    assert isinstance(mail, MailChannel)
    assert mail.server == MailServer(
        host="smtp.example.com", port=465, security="tls", user="hub", password=mail.server.password
    )
    assert (mail.sender, len(mail.to), mail.languages) == ("reports@example.com", 2, ("en", "zh"))
    phone, pager = found["phone"], found["pager"]
    assert isinstance(phone, WebhookChannel)
    assert phone.template == {"apikey": "fictitious-key", "mobile": "duty", "content": "【测试签名】{subject}"}
    assert (phone.form, phone.sms, phone.good, phone.languages) == (True, True, {"code": "0"}, ("zh",))
    assert isinstance(pager, WebhookChannel)
    assert (pager.headers, pager.form) == ({"Authorization": "fictitious-key"}, False)


def test_no_secret_of_a_channel_is_shown(tmp_path: Path) -> None:
    shown = repr(read(tmp_path, GOOD)[0])
    assert "smtp.example.com" in shown
    assert "fictitious" not in shown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[channels.duty]\nkind = "pigeon"', "kind is one of mail, dingtalk"),
        ("[channels.duty]\nurl = { env = 'DUTY_URL' }", "kind is one of"),
        ('[channels.duty]\nkind = "wecom"\nurl = "https://x.example.com/fictitious-token"', "url is a secret"),
        ('[channels.duty]\nkind = "wecom"\nurl = { env = "NOT_SET" }', "the variable NOT_SET has to hold"),
        ('[channels.duty]\nkind = "wecom"\nurl = { file = "absent" }', "the file has to hold"),
        ('[channels.duty]\nkind = "wecom"\nurl = { env = "DUTY_URL" }\nsecret = { env = "X" }', "secret is no key"),
        ('[channels.Duty]\nkind = "wecom"\nurl = { env = "DUTY_URL" }', "small letters"),
        ('[channels.duty]\nkind = "wecom"\nurl = { env = "SMS_KEY" }', "must be https://"),
        ('[channels.duty]\nkind = "wecom"\nurl = { env = "DUTY_URL" }\nlanguages = ["fr"]', '["zh"], ["en"]'),
        ('[channels.duty]\nkind = "wecom"\nurl = { env = "DUTY_URL" }\ninner = "yes"', "true or false"),
        ('[channels.duty]\nkind = "wecom"\nurl = { env = "DUTY_URL" }\nmention = "all"', "list of texts"),
        ('[channels.m]\nkind = "mail"\nhost = "a"\nfrom = "a@b.example"\nto = ["A <a@b.example>"]', "name@host"),
        ('[channels.m]\nkind = "mail"\nhost = "a"\nfrom = "a@b.example"\nto = []', "name@host"),
        ('[channels.m]\nkind = "mail"\nhost = "a"\nfrom = "a@b.e"\nto = ["a@b.e"]\nsecurity = "none"', "TLS alone"),
        ('[channels.m]\nkind = "mail"\nhost = "a"\nfrom = "a@b.e"\nto = ["a@b.e"]\nport = 0', "from 1 to 65535"),
        ('[channels.m]\nkind = "mail"\nfrom = "a@b.e"\nto = ["a@b.e"]', "mail server is missing"),
        (
            '[channels.m]\nkind = "mail"\nhost = "a"\nfrom = "a@b.e"\nto = ["a@b.e"]\nuser = "u"\npassword = "fictitious"',
            "password is a secret",
        ),
        ('[channels.s]\nkind = "sms"\nurl = "https://a.example"\ntemplate = { t = "{text}" }', "no place {text}"),
        ('[channels.s]\nkind = "webhook"\nurl = "https://a.example"\ntemplate = { t = "x" }', "has no place"),
        (
            '[channels.s]\nkind = "webhook"\nurl = "https://a.example"\nformat = "form"\ntemplate = { t = ["{text}"] }',
            "texts alone",
        ),
        ('[channels.s]\nkind = "webhook"\nurl = "http://a.example"\ntemplate = { t = "{text}" }', "must be https://"),
    ],
)
def test_a_mistake_is_told_in_both_languages_and_shows_no_secret(tmp_path: Path, text: str, said: str) -> None:
    found, mistakes = read(tmp_path, text)
    assert [each for each in mistakes if said in each] != [], mistakes
    assert all(any("\u4e00" <= char <= "\u9fff" for char in each) for each in mistakes)
    assert not any("fictitious" in each for each in mistakes)
    assert found == {} or "small letters" in said


@pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # of Apprise, on 3.11 and 3.12
def test_a_service_of_apprise_is_told_and_its_address_is_shown_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("apprise")
    monkeypatch.setenv("DUTY_URL", "json://127.0.0.1:1/fictitious-token")
    found, mistakes = read(tmp_path, '[channels.other]\nkind = "apprise"\nurl = { env = "DUTY_URL" }')
    assert (mistakes, type(found["other"])) == ([], AppriseChannel)
    assert "fictitious" not in repr(found)
    monkeypatch.setenv("DUTY_URL", "nothing-that-is-known")
    found, mistakes = read(tmp_path, '[channels.other]\nkind = "apprise"\nurl = { env = "DUTY_URL" }')
    assert found == {}
    assert mistakes[0].startswith("Apprise does not know a URL of this form")
