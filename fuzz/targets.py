"""The targets: what is fuzzed, and the time that an input may take."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from fuzz import answers, explanations, local_messages, messages, parcels, profiles, sheets, signatures, tracks
from fuzz.promises import BrokenPromiseError

#: Seconds that any input may take, and those for each of its bytes.
LEAST, PER_BYTE = 0.001, 0.000_002

#: An input that took too long is given again so often: the shortest time counts.
TRIES = 5


@dataclass(frozen=True, slots=True)
class Target:
    """One reader under its promises. ``least`` are the seconds that its smallest input may take."""

    name: str
    run: Callable[[bytes], None]
    least: float = LEAST


TARGETS = {
    each.name: each
    for each in (
        Target("read", messages.read),
        Target("unwrap", messages.unwrap),
        Target("reply", messages.reply),
        Target("read_declaration", parcels.read_declaration),
        Target("verify", signatures.verify, 0.06),  # a change of form is sought by some 50 verifications of SM2
        Target("profile", profiles.profile, 0.005),
        Target("receipts", answers.receipts),
        Target("local", local_messages.local),
        Target("payment_agencies", answers.payment_agencies, 0.005),  # five readings
        Target("payment_data", answers.payment_data),
        Target("track", tracks.tracked, 0.02),  # sixteen contents, three formats, folded twice
        Target("sheets", sheets.sheets, 0.1),  # a workbook is read, written and read again
        Target("explain", explanations.explain, 0.03),  # explained twice; every known text in it reads its figures
    )
}


def trial(target: Target, data: bytes, *, slack: float = 1) -> None:
    """Give an input to a target. Raises ``BrokenPromiseError``, and whatever the reader raises and must not.

    ``slack`` multiplies the time that is allowed, for an interpreter that is watched.
    """
    allowed = slack * (target.least + PER_BYTE * len(data))
    took = seconds(target, data)
    for _ in range(TRIES):
        if took <= allowed:
            return
        took = min(took, seconds(target, data))
    raise BrokenPromiseError(f"took {took:.4f} s for {len(data)} bytes, {allowed:.4f} s are allowed")


def seconds(target: Target, data: bytes) -> float:
    """Return the time of the processor that an input took, whatever else the machine does."""
    since = time.thread_time()
    target.run(data)
    return time.thread_time() - since
