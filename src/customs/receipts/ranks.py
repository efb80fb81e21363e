"""Ranks (状态位次): the order in which a declaration passes its states, and the moves against that order.

No official text gives a table of moves. Ranks and moves are deduced from the status lists of the unified edition
(announcement 113 of 2018, edition 2022-05) and from four traces of running systems.

>>> rank_of(State.RELEASED) > rank_of(State.ACCEPTED) > rank_of(State.REJECTED) > rank_of(State.SENT)
True
>>> moves(State.RELEASED, State.ACCEPTED), moves(State.ACCEPTED, State.REJECTED), moves(State.RELEASED, State.REJECTED)
(False, True, False)
"""

from types import MappingProxyType

from customs.codes.states import State

#: The rank of each state: of two receipts of one time the higher one is the later. ``UNKNOWN`` and ``REPEATED`` have
#: none, they say nothing about the declaration. Waiting for arrival and withdrawal are judgements of this library.
RANKS = MappingProxyType(
    {
        State.STORED: 10,
        State.SENT: 20,
        State.TECHNICAL_FAILURE: 25,
        State.REJECTED: 45,
        State.ACCEPTED: 50,
        State.AWAITING_ARRIVAL: 55,
        State.MANUAL_REVIEW: 60,
        State.SUSPENDED: 62,
        State.INSPECTION: 65,
        State.CONCLUDED: 70,
        State.RELEASED: 80,
        State.DETAINED: 85,
        State.RETURNED: 90,
        State.CLOSED: 95,
        State.WITHDRAWN: 96,
        State.TAX_ASSESSED: 10,
        State.TAX_SETTLED: 20,
    }
)

#: The ranks of the codes that share a state with another one.
RANKS_OF_CODES = MappingProxyType({"3": 30})

#: The rank of a negative status that is technical: it is above the hand-over to customs.
RANK_OF_ERROR = 40

#: Refusals and interventions: they move a declaration whatever its rank, unless it is at its end.
FAILURES = frozenset({State.REJECTED, State.DETAINED, State.RETURNED})

#: Released or closed: a refusal after it alarms and moves nothing.
OUT = frozenset({State.RELEASED, State.CLOSED})

#: States that nothing moves on; ``RELEASED`` only becomes ``CLOSED``.
ENDS = frozenset({State.CLOSED, State.RETURNED, State.WITHDRAWN})

#: Customs holds the declaration: a second copy would be a duplicate.
HELD = frozenset(
    {
        State.ACCEPTED,
        State.AWAITING_ARRIVAL,
        State.MANUAL_REVIEW,
        State.SUSPENDED,
        State.INSPECTION,
        State.CONCLUDED,
        State.RELEASED,
        State.DETAINED,
        State.RETURNED,
        State.CLOSED,
    }
)

#: Moves that rank alone does not allow: an inspection after the review, and the release of what was detained.
FURTHER_MOVES = frozenset({(State.CONCLUDED, State.INSPECTION), (State.DETAINED, State.RELEASED)})


def rank_of(state: State, code: str = "") -> int:
    """Return the rank of a state, of a code that has a rank of its own that one. ``KeyError`` for a state without."""
    if state is State.TECHNICAL_FAILURE and code.startswith("-"):
        return RANK_OF_ERROR
    return RANKS_OF_CODES.get(code, RANKS[state]) if state is State.SENT else RANKS[state]


def moves(before: State | None, after: State) -> bool:
    """Return True if a later answer with the state ``after`` moves a declaration out of ``before``.

    ``before`` is None as long as nobody has answered.
    """
    if before is None:
        return True
    if before in ENDS or before is after:
        return False
    if before is State.RELEASED:
        return after in (State.CLOSED, State.WITHDRAWN)
    if before is State.TECHNICAL_FAILURE or after in FAILURES or (before, after) in FURTHER_MOVES:
        return True
    if after is State.TECHNICAL_FAILURE:
        return before in (State.STORED, State.SENT)
    return RANKS[after] > RANKS[before]
