"""Places and days that several tests name."""

from datetime import date, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent

#: The night whose law applies to the fictitious parcels.
SINGLES_DAY = date(2026, 11, 11)

#: When the fictitious parcels are submitted, in China.
MORNING = datetime(2026, 11, 11, 8)
