"""Connections that obey one deadline and remember whether anything was sent over them.

A timeout of a socket starts anew with every byte, so a server that drips bytes could hold a command for days.
The watch ends the whole exchange: at its deadline it shuts the socket down, whatever is being waited for. And
it separates "not sent" from "no answer" (upstream-billmanager4 9.1) by what was done, not by the class of an
exception.
"""

from __future__ import annotations

import socket
import threading
from typing import Any, Optional

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

# the watch of this thread's exchange: pools make connections without asking for one
_here = threading.local()


class Watch:
    """One exchange. Use as a context manager; `seconds` from entering to the last byte of the answer."""

    def __init__(self, seconds: float) -> None:
        self.sent = False  # did a byte of the request leave, as far as we know?
        self.over = False  # did the deadline pass?
        self._sock: Optional[socket.socket] = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Watch:
        _here.watch = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _here.watch = None

    def check(self) -> None:
        """Raises TimeoutError after the deadline: what was read since is cut off, even if it looks whole."""
        if self.over:
            raise TimeoutError("the deadline has passed")

    def follow(self, sock: socket.socket, ready: bool) -> None:
        """Bytes are about to go to `sock`; ready: to the upstream itself, not to a proxy on the way."""
        self._sock = sock
        self.check()
        self.sent = self.sent or ready

    def _end(self) -> None:
        self.over = True
        if self._sock is None:
            return
        try:  # not SSLSocket.shutdown: that would take TLS off under a reader
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
        except OSError:
            self._sock = None  # closed meanwhile: nobody waits for it any more


class _Watched(HTTPConnection):
    ready = False

    def connect(self) -> None:
        self.ready = False
        super().connect()
        self.ready = True

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _here.watch.follow(self.sock, self.ready)
        super().send(data)


class _WatchedTLS(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


POOLS = {"http": _Pool, "https": _PoolTLS}
