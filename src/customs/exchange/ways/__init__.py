"""Ways over a network (网络通道): HTTPS gateways, FTP servers and AMQP brokers, each a value of settings and a class of the contract."""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.exchange.ways.amqp import AmqpSettings, AmqpWay
    from customs.exchange.ways.calls import CallLimits
    from customs.exchange.ways.ftp import FTP_LAYOUTS, FtpLayout, FtpSettings, FtpWay
    from customs.exchange.ways.gateway_dialects import DIALECTS
    from customs.exchange.ways.https import HttpsSettings, HttpsWay
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "amqp": "AmqpSettings AmqpWay",
            "calls": "CallLimits",
            "ftp": "FTP_LAYOUTS FtpLayout FtpSettings FtpWay",
            "gateway_dialects": "DIALECTS",
            "https": "HttpsSettings HttpsWay",
        },
    )

__all__ = [
    "DIALECTS",
    "FTP_LAYOUTS",
    "AmqpSettings",
    "AmqpWay",
    "CallLimits",
    "FtpLayout",
    "FtpSettings",
    "FtpWay",
    "HttpsSettings",
    "HttpsWay",
]
