"""Ways over a network (网络通道): HTTPS and SOAP gateways, FTP servers, AMQP brokers; each has its settings and its class."""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.exchange.ways.amqp import AmqpSettings, AmqpWay
    from customs.exchange.ways.calls import CallLimits
    from customs.exchange.ways.ftp import FTP_LAYOUTS, FtpLayout, FtpSettings, FtpWay
    from customs.exchange.ways.gateway_dialects import DIALECTS
    from customs.exchange.ways.https import HttpsSettings, HttpsWay
    from customs.exchange.ways.shandong import ShandongSettings, ShandongWay
    from customs.exchange.ways.soap import SOAP_DIALECTS, SoapSettings, SoapWay
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "amqp": "AmqpSettings AmqpWay",
            "calls": "CallLimits",
            "ftp": "FTP_LAYOUTS FtpLayout FtpSettings FtpWay",
            "gateway_dialects": "DIALECTS",
            "https": "HttpsSettings HttpsWay",
            "shandong": "ShandongSettings ShandongWay",
            "soap": "SOAP_DIALECTS SoapSettings SoapWay",
        },
    )

__all__ = [
    "DIALECTS",
    "FTP_LAYOUTS",
    "SOAP_DIALECTS",
    "AmqpSettings",
    "AmqpWay",
    "CallLimits",
    "FtpLayout",
    "FtpSettings",
    "FtpWay",
    "HttpsSettings",
    "HttpsWay",
    "ShandongSettings",
    "ShandongWay",
    "SoapSettings",
    "SoapWay",
]
