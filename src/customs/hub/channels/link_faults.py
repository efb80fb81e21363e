"""Faults of links (连接故障): why a server of mail was not reached, whichever protocol is spoken, in both languages."""

import socket
import ssl

#: An exception with its words, English and Chinese.
LinkFault = tuple[type[Exception], str, str]

#: The particular before the general.
LINK_FAULTS: tuple[LinkFault, ...] = (
    (socket.gaierror, "its name is not known: check the address", "域名无法解析，请核对地址"),
    (ConnectionRefusedError, "it takes no connection: check address and port", "拒绝连接，请核对地址和端口"),
    (TimeoutError, "it did not answer in time", "未及时应答"),
    (
        ssl.SSLCertVerificationError,
        "its certificate is not trusted: check the address, or give the authority as ca_file",
        "服务器证书不可信：请核对地址，或将签发机构证书设为 ca_file",
    ),
    (ssl.SSLError, "TLS failed: it must speak TLS 1.2 or later", "加密连接（TLS）失败，需要 TLS 1.2 或以上"),
)
