"""An application that is served over a real socket by uvicorn, and calls of it."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from customs.exchange.receivers import CallbackApplication
from customs.exchange.receivers.serving import bound, server_of


@contextmanager
def served(application: CallbackApplication, **options: object) -> Iterator[int]:
    """Serve an application in a thread; give the port. It is stopped gracefully."""
    with bound("127.0.0.1", 0) as here:
        here.listen()  # so that the first call waits until the server runs
        server = server_of(application, **options)  # type: ignore[arg-type]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [here]}, daemon=True)
        thread.start()
        try:
            yield here.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()


def posted(
    connection: http.client.HTTPConnection, path: str, body: bytes, content_type: str, **headers: str
) -> tuple[int, bytes]:
    """Post over an open connection; return the status and the body of the answer."""
    connection.request("POST", path, body, {"Content-Type": content_type, **headers})
    answer = connection.getresponse()
    return answer.status, answer.read()
