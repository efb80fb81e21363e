"""Gateways (接入网关): the forms, ciphers and signatures in which a platform takes messages."""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.areas.gateway.rendering import Carried, Rendered, carry, render
    from customs.areas.gateway.steps import GatewayError
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "rendering": "Carried Rendered carry render",
            "steps": "GatewayError",
        },
    )

__all__ = ["Carried", "GatewayError", "Rendered", "carry", "render"]
