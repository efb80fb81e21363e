"""The typed client of a hub (枢纽客户端): orders in and answers out from another program, over HTTP.

It needs the extra ``remote`` alone, no database and no server. Answers are the forms that the interface describes
(``customs.hub.api.answers`` and its neighbours); problems are exceptions in both languages.

>>> from customs.hub.client import HubClient
>>> HubClient("http://hub.example.com", "cbhub_...")
Traceback (most recent call last):
ValueError: the address of a hub must be https:// with host and path only; http:// needs plain=True, for this machine or a private ...
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.hub.client.hub_client import HubClient
    from customs.hub.client.link import HubProblemError, HubUnreachableError, LinkLimits
else:
    __getattr__, __dir__ = on_demand(
        __name__, {"hub_client": "HubClient", "link": "HubProblemError HubUnreachableError LinkLimits"}
    )

__all__ = ["HubClient", "HubProblemError", "HubUnreachableError", "LinkLimits"]
