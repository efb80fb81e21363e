"""Opening an enterprise of a hub (打开企业): its file read, its runs made day by day, its destinations and hooks."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from customs.exchange.destinations import Exchange, load_exchange
from customs.exchange.opening import ANSWERS
from customs.exchange.receivers.configured import KINDS, Callbacks, load_callbacks
from customs.fields.moments import Clock
from customs.hub.calls.making import Hook
from customs.hub.enterprises.belongings import EVERYTHING, belongings_of
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.settings.hub_file import EnterprisePlace
from customs.intake.enterprise import Enterprise, load_enterprise
from customs.road.numbers import random_guids
from customs.road.run import Run

#: Runs that are kept: those of two days for many profiles.
_MOST_RUNS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEnterprise:
    """An enterprise as a worker has it: for its turns, its ways, and the systems that are told."""

    hub: HubEnterprise
    exchange: Exchange
    hooks: Mapping[str, Hook] = field(repr=False)
    intake: Enterprise = field(repr=False)
    """Its file, by which order lists are read."""
    callbacks: Callbacks = field(repr=False)
    """Who pushes receipts to it."""
    folder: Path | None = None
    """Where order lists are dropped."""
    nodes: Path | None = None
    """Where node files are dropped."""


def open_enterprise(place: EnterprisePlace, clock: Clock, *, alone: bool = False) -> OpenEnterprise:
    """Open an enterprise of a hub; its keys are opened with the first run. Raises ``EnterpriseError`` and ``OSError``.

    ``alone`` says that the hub has no other enterprise, so that all goods records, books and bills are its own.
    """
    enterprise, exchange = load_enterprise(place.file), load_exchange(place.file)
    callbacks = load_callbacks(place.file, needed=False)
    runs = _Runs(enterprise, exchange, clock)
    first = [enterprise.default] if enterprise.default else []
    hub = HubEnterprise(
        name=place.name,
        profiles=tuple(dict.fromkeys([*first, *enterprise.profiles])),
        run_on=runs.run_on,
        destinations=tuple(exchange.destinations.values()),
        hooks=tuple(place.hooks),
        belongings=EVERYTHING if alone else belongings_of(enterprise.profiles.values()),
        areas=_areas(exchange, callbacks),
    )
    return OpenEnterprise(
        hub=hub,
        exchange=exchange,
        hooks=place.hooks,
        intake=enterprise,
        callbacks=callbacks,
        folder=place.folder,
        nodes=place.nodes,
    )


def _areas(exchange: Exchange, callbacks: Callbacks) -> dict[str, tuple[str, ...]]:
    """Return the formats of what comes into each inbox: fetched, come with answers, pushed."""
    fetched = {name + end: each.areas for name, each in exchange.destinations.items() for end in ("", ANSWERS)}
    pushed = {each.name: KINDS[each.kind].areas for each in callbacks.callbacks if each.kind != "payment_data"}
    return {**{name: tuple(map(str, areas)) for name, areas in pushed.items()}, **fetched}


class _Runs:
    """The runs of an enterprise by profile and day; threads may share it, and keys stay open for a day."""

    def __init__(self, enterprise: Enterprise, exchange: Exchange, clock: Clock) -> None:
        self._enterprise, self._exchange, self._clock = enterprise, exchange, clock
        self._runs: dict[tuple[str, date], Run] = {}
        self._lock = threading.Lock()

    def run_on(self, profile: str, on: date) -> Run:
        with self._lock:
            if (profile, on) not in self._runs:
                if len(self._runs) >= _MOST_RUNS:
                    self._runs.clear()
                self._runs[profile, on] = self._made(profile, on)
            return self._runs[profile, on]

    def _made(self, name: str, on: date) -> Run:
        profile = self._enterprise.profiles[name]
        area = self._enterprise.area_of(profile)
        most_bytes = self._exchange.most_bytes_for([area.name, *(each.name for each in area.beside)])
        return self._enterprise.run_of(profile, on=on, clock=self._clock, guids=random_guids, most_bytes=most_bytes)
