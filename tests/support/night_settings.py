"""The file of the hub in the story of a night: who is told of what, by which channel, at which hours."""

from pathlib import Path

from support.mail_server import PASSWORD, USER, Mailbox
from support.night_parcels import BRAND_WAREHOUSE, GUARANTOR, PAYER

#: People and teams that are told through a webhook of their own.
TOLD = ("desk", "li", "wang", "head", "finance", "payer", "warehouse")

_WHO = f"""
[ledger]
url = "sqlite:///not-used.db"
[enterprises.shop]
file = "shop.toml"
[enterprises.brand]
file = "brand.toml"

[alarms.limits]
missing = "10m"
packed = "2h"
[alarms.rules.lacking]
after = "5m"
[alarms.rules.silent_gateway]
cases = 3
[alarms.rules.goods_late]
repeat = "1h"
[alarms.quiet]
hours = "22:00-07:00"
severity = "warning"
[[alarms.routes]]
tell = ["desk"]
[[alarms.routes]]
tell = ["night"]
severity = "warning"
hours = "22:00-08:00"
[[alarms.routes]]
tell = ["head"]
severity = "serious"
after = "15m"
[[alarms.routes]]
tell = ["finance"]
rules = ["guarantee_low", "guarantee_runs_out"]
[alarms.rosters.night]
channels = ["li", "wang"]
begins = 2026-11-11
at = 20:00:00
[alarms.providers."payer:{PAYER}"]
tell = ["payer"]
[alarms.providers."warehouse:{BRAND_WAREHOUSE}"]
tell = ["warehouse"]
[alarms.watched.shop]
guarantors = ["{GUARANTOR}"]

[reports]
ends = "08:00"
[reports.limits]
packed = "2h"
[reports.limits.waits]
packed = "3h"
[reports.sent.morning]
channels = ["desk", "office-mail"]
[reports.sent.money]
edition = "finance"
enterprises = ["shop"]
channels = ["finance-mail"]
[reports.sent.packing]
edition = "warehouse"
enterprises = ["brand"]
channels = ["warehouse-mail"]
"""


def hub_file(folder: Path, receiver: str, box: Mailbox) -> Path:
    """Write the file of the hub, whose channels go to a local receiver and mailbox; return its path."""
    (folder / "mail.secret").write_text(PASSWORD, encoding="utf-8")
    channels = [
        f'[channels.{name}]\nkind = "webhook"\nurl = "{receiver}/{name}"\ninner = true\n'
        'template = { subject = "{subject}", text = "{text}" }\n'
        for name in TOLD
    ]
    channels += [
        f'[channels.{name}-mail]\nkind = "mail"\nhost = "localhost"\nport = {box.port}\nuser = "{USER}"\n'
        f'password = {{ file = "mail.secret" }}\nfrom = "hub@example.com"\nto = ["{name}@example.com"]\n'
        f'ca_file = "{box.ca_file}"\ninner = true\n'
        for name in ("office", "finance", "warehouse")
    ]
    file = folder / "hub.toml"
    file.write_text(_WHO + "".join(channels), encoding="utf-8")
    return file
