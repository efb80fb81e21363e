"""The group ``hub``: what each module adds to it."""

from customs.cli import hub as hub
from customs.cli import hub_alarms as hub_alarms
from customs.cli import hub_doctor as hub_doctor
from customs.cli import hub_erase as hub_erase
from customs.cli import hub_init as hub_init
from customs.cli import hub_people as hub_people
from customs.cli import hub_receipts as hub_receipts
from customs.cli import hub_rehearse as hub_rehearse
from customs.cli import hub_report as hub_report
from customs.cli import hub_tell as hub_tell
from customs.cli import hub_tokens as hub_tokens
