"""The HTTP/1.1 server, one thread per connection."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import sys
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, Dict, Optional, Tuple
from urllib.parse import parse_qsl, unquote, urlsplit

from bill2bill.sandbox.upstream.engine.control import PREFIX, control
from bill2bill.sandbox.upstream.engine.site import Site
from bill2bill.sandbox.upstream.engine.wire import JSON, Answer, Request, web_page

FORM = "application/x-www-form-urlencoded"
CHUNK = b" " * 65536
MOST_FIELDS = 2000
LOST = (ConnectionError, ssl.SSLError, TimeoutError, socket.timeout)  # the other side went away


class BadRequest(Exception):
    """The request cannot be read; args: HTTP status, text."""


class HttpHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sandbox", ""
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout = 60
    server: Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        try:
            body = self._body()
            if url.path.startswith(PREFIX):
                self._send(self._control(unquote(url.path[len(PREFIX) :]), body, url.query))
            else:
                self._answer(url.path, url.query, body)
        except BadRequest as wrong:
            self.close_connection = True
            self._send(web_page(wrong.args[1], wrong.args[0]))

    do_POST = do_DELETE = do_GET

    def _answer(self, path: str, query: str, body: bytes) -> None:
        is_form = self.headers.get("Content-Type", FORM).split(";")[0].strip().lower() == FORM
        params = {**_params(query), **(_params(body.decode("utf-8", "replace")) if is_form else {})}
        paths = self.server.site.dialect.paths
        answer = self.server.site.handle(
            Request(self.command, path, params, str(self.client_address[0]), self._session(), paths)
        )
        if answer is None:
            self.close_connection = True
        else:
            self._send(answer)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if self.headers.get("Transfer-Encoding") or not (length.isascii() and length.isdigit()):
            raise BadRequest(411, "A request needs a Content-Length")
        control = self.path.startswith(PREFIX)
        if not control and int(length) + len(self.path) > self.server.site.provider.switches.number(
            "max_request_bytes"
        ):
            raise BadRequest(413, "The request is too long")
        body = self.rfile.read(int(length))
        if len(body) < int(
            length
        ):  # whoever sends it has died; no web server gives such a request to what stands behind it
            raise BadRequest(400, "The request is cut off")
        return body

    def _session(self) -> str:
        """The last part of the cookie: billmgr4=<theme>:<lang>:SESSION, billmgrses5=SESSION (1.4 of both
        references).
        """
        try:
            morsel = SimpleCookie(self.headers.get("Cookie", "")).get(self.server.site.dialect.cookie)
        except CookieError:
            return ""
        return morsel.value.rpartition(":")[2] if morsel else ""

    def _control(self, name: str, body: bytes, query: str) -> Answer:
        if not ipaddress.ip_address(str(self.client_address[0]).partition("%")[0]).is_loopback:
            return web_page("The control URLs are for this machine only", 403)
        try:
            data = json.loads(body) if body else {}
        except ValueError as wrong:
            return _json(400, {"error": f"the body is no JSON: {wrong}"})
        return _json(*control(self.server.site, self.command, name, data, _params(query)))

    def _send(self, answer: Answer) -> None:
        length = len(answer.body) + answer.padding
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(length if answer.announced is None else answer.announced))
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.announced is not None:
            self.close_connection = True
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)
        left = answer.padding
        while left > 0:
            self.wfile.write(CHUNK[:left])
            left -= len(CHUNK)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are in requests.jsonl, with secrets masked; the access log would show them."""


def _params(text: str) -> Dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS))
    except ValueError:
        raise BadRequest(400, "The parameters cannot be read") from None


def _json(status: int, data: Any) -> Answer:
    return Answer((json.dumps(data, ensure_ascii=False) + "\n").encode("utf-8", "replace"), JSON, status)


class Server(ThreadingHTTPServer):
    """Serves a site; with a context over TLS, the handshake in the connection's own thread."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, address: Tuple[str, int], site: Site, context: Optional[ssl.SSLContext] = None
    ) -> None:
        self.site = site
        self._context = context
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, HttpHandler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # without the name server that HTTPServer asks for this machine's name
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self._context is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(HttpHandler.timeout)
        with self._context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], LOST):
            super().handle_error(request, client_address)
