"""The call-backs of a hub's server (枢纽回调): opened with it, and told with their addresses."""

import json as to_json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from customs.cli.app import misuse, screen
from customs.cli.parcels import echo
from customs.exchange.receivers.asgi import CallbackApplication
from customs.exchange.receivers.configured import CallbackError
from customs.fields.moments import system_clock
from customs.hub.api.callbacks import callback_path, callbacks_opened
from customs.hub.service.opening import OpenEnterprise
from customs.journal import JournalError
from customs.ledger.database import Ledger


@contextmanager
def callbacks_told(ledger: Ledger, enterprises: Sequence[OpenEnterprise]) -> Iterator[CallbackApplication | None]:
    """Open the call-backs of all enterprises; one that cannot be used is misuse."""
    with ExitStack() as held:
        settings = {each.hub.name: each.callbacks for each in enterprises if each.callbacks.callbacks}
        try:
            opened = held.enter_context(callbacks_opened(ledger, settings, system_clock))
        except (CallbackError, JournalError) as error:
            raise misuse(str(error)) from None
        yield opened


def say_callbacks(enterprises: Sequence[OpenEnterprise], address: str, *, json: bool) -> None:
    """Say where each call-back is called."""
    for each in enterprises:
        for callback in each.callbacks.callbacks:
            name, path = callback.name, callback_path(each.hub.name, callback)
            if json:
                told = {"enterprise": each.hub.name, "callback": name, "address": f"{address}{path}"}
                echo(to_json.dumps(told, ensure_ascii=False))
            else:
                screen.print(f"{each.hub.name} {name}  {address}{path}", highlight=False, markup=False, soft_wrap=True)
