"""The check of an identity provider (身份提供方检查): its configuration is asked for as a sign-in asks for it, within a time limit.

A provider stands in the network of the enterprise as often as outside, so that its address may be an inner one.
"""

import json
from contextlib import closing
from importlib.util import find_spec
from typing import Any

from customs.bilingual import halves
from customs.exchange.contract import WayError
from customs.exchange.ways.calls import CallError, CallLimits, GatewayLine
from customs.hub.settings.oidc_place import DISCOVERY, OidcPlace, configuration_fault
from customs.signing import SigningError

#: Time and size of the answer.
LIMITS = CallLimits(part=5.0, deadline=10.0, most_bytes=1 << 20)


class ProviderFaultError(Exception):
    """An identity provider by which nobody can sign in: why, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{en} {zh}")
        self.en, self.zh = en, zh


def check_provider(place: OidcPlace) -> None:
    """Ask an identity provider for its configuration (OpenID Connect Discovery 1.0). Raises ``ProviderFaultError``."""
    if find_spec("authlib") is None:
        raise ProviderFaultError('install the extra: pip install "cbec-customs[oidc]"', "请安装扩展 oidc")
    if place.secret is not None:
        try:
            place.secret.read()
        except (OSError, SigningError, UnicodeDecodeError):
            raise ProviderFaultError(
                "the secret of the client cannot be read: see secret in [console.oidc]",
                "无法读取客户端密钥，请检查 [console.oidc] 的 secret",
            ) from None
    fault = configuration_fault(place, _configuration(place))
    if fault:
        raise ProviderFaultError(*fault)


def _configuration(place: OidcPlace) -> dict[str, Any]:
    try:
        line = GatewayLine(
            place.issuer.rstrip("/"), ca_file=place.ca_file, plain=place.issuer.startswith("http:"), limits=LIMITS
        )
        with closing(line):
            reply = line.get(DISCOVERY, follow=False)
    except (CallError, WayError) as error:
        raise ProviderFaultError(*_of_issuer(place, *halves(str(error)))) from None
    if reply.status != 200:
        raise ProviderFaultError(
            *_of_issuer(place, f"{DISCOVERY} answered {reply.status}", f"返回状态码 {reply.status}")
        )
    try:
        found = json.loads(reply.content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderFaultError(*_of_issuer(place, f"{DISCOVERY} is no JSON object", "返回的配置不是 JSON 对象"))
    return found


def _of_issuer(place: OidcPlace, en: str, zh: str) -> tuple[str, str]:
    return f"{place.issuer}: {en}", f"{place.issuer}：{zh or en}"
