"""Receivers of pushes (推送接收): what platforms and customs post to an enterprise is stored, then answered."""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.exchange.receivers.asgi import CallbackApplication, CallbackLimits
    from customs.exchange.receivers.data_requests import DataRequestPush
    from customs.exchange.receivers.guangzhou import GuangzhouPush
    from customs.exchange.receivers.ningbo import NingboPush
    from customs.exchange.receivers.pushed import (
        PushDialect,
        PushedAnswer,
        PushedItem,
        PushedRequest,
        PushReceiver,
        PushRefusedError,
        PushStore,
        Refusal,
    )
    from customs.exchange.receivers.zhejiang import SigningDesk, ZhejiangPush, ZhejiangSigning
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "asgi": "CallbackApplication CallbackLimits",
            "data_requests": "DataRequestPush",
            "guangzhou": "GuangzhouPush",
            "ningbo": "NingboPush",
            "pushed": "PushDialect PushReceiver PushRefusedError PushStore PushedAnswer PushedItem PushedRequest Refusal",
            "zhejiang": "SigningDesk ZhejiangPush ZhejiangSigning",
        },
    )

__all__ = [
    "CallbackApplication",
    "CallbackLimits",
    "DataRequestPush",
    "GuangzhouPush",
    "NingboPush",
    "PushDialect",
    "PushReceiver",
    "PushRefusedError",
    "PushStore",
    "PushedAnswer",
    "PushedItem",
    "PushedRequest",
    "Refusal",
    "SigningDesk",
    "ZhejiangPush",
    "ZhejiangSigning",
]
