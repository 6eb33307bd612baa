"""The listening socket: websockets 10 to 15, loopback only unless TLS is configured, no browser may come in (controls S-01, S-04, S-05, S-07)."""

from __future__ import annotations

import asyncio
import http
import ssl
from typing import Any, Awaitable, Callable, Optional

from .codes import MAX_FRAME_IN
from .settings import BadSettings, Settings

_MOST_CONNECTIONS = 8


class NoWebsockets(Exception):
    """The websockets package is missing or older than 10."""


def websockets_version() -> int:
    """The major version. Raises NoWebsockets."""
    try:
        from websockets.version import version
    except ImportError:
        raise NoWebsockets("missing") from None
    major = int(str(version).split(".")[0])
    if major < 10:
        raise NoWebsockets("version %s is too old" % version)
    return major


def refusal(origin: Optional[str], host: Optional[str], settings: Settings, port: int) -> Optional[str]:
    """Why an opening handshake is refused, or None. Browsers always send Origin; our peers never do. Host stops DNS rebinding."""
    if origin is not None:
        return "browsers may not connect"
    if settings.tls is None:
        allowed = {"%s:%d" % (name, port) for name in ("127.0.0.1", "localhost", "[::1]", settings.host, "[%s]" % settings.host)}
        if host is None or host.lower() not in allowed:
            return "the Host header must be 127.0.0.1 with the port of the bridge"
    return None


async def listen(settings: Settings, serve_socket: Callable[[Any], Awaitable[None]]) -> Any:
    """Opens the port; returns the server (`close`, `wait_closed`). Raises OSError when the port is taken, BadSettings for bad TLS files."""
    options: Any = {
        "host": settings.host, "port": settings.port, "max_size": MAX_FRAME_IN, "compression": None, "ping_interval": None, "max_queue": 32,
        "open_timeout": 2.5, "close_timeout": 1.0, "write_limit": 64 * 1024, "ssl": tls_context(settings), "backlog": 16,
    }
    bound = {"port": settings.port, "open": 0}

    async def handle(socket: Any, _path: Any = None) -> None:
        if bound["open"] >= _MOST_CONNECTIONS:
            await socket.close(1013, "too many connections")
            return
        bound["open"] += 1
        try:
            await serve_socket(socket)
        finally:
            bound["open"] -= 1

    if websockets_version() >= 14:
        server = await _serve_new(handle, settings, bound, options)
    else:
        server = await _serve_legacy(handle, settings, bound, options)
    bound["port"] = server.sockets[0].getsockname()[1]
    return server


async def _serve_new(handle: Any, settings: Settings, bound: Any, options: Any) -> Any:
    from websockets.asyncio.server import serve

    def check(connection: Any, request: Any) -> Any:
        why = refusal(request.headers.get("Origin"), request.headers.get("Host"), settings, bound["port"])
        return None if why is None else connection.respond(http.HTTPStatus.FORBIDDEN, why + "\n")

    return await serve(handle, process_request=check, server_header=None, **options)


async def _serve_legacy(handle: Any, settings: Settings, bound: Any, options: Any) -> Any:
    from websockets.legacy.server import serve

    async def check(_path: str, headers: Any) -> Any:
        why = refusal(headers.get("Origin"), headers.get("Host"), settings, bound["port"])
        return None if why is None else (http.HTTPStatus.FORBIDDEN, [], (why + "\n").encode("ascii"))

    from websockets.legacy.server import WebSocketServerProtocol

    class TimedProtocol(WebSocketServerProtocol):  # type: ignore[misc]
        """The old server waits for an opening handshake for ever; this one does not."""

        async def handshake(self, *arguments: Any, **named: Any) -> Any:
            try:
                return await asyncio.wait_for(super().handshake(*arguments, **named), options["open_timeout"])
            except asyncio.TimeoutError:
                self.transport.abort()
                raise ConnectionError("no opening handshake in time") from None

    known = {name: value for name, value in options.items() if name != "open_timeout"}
    return await serve(handle, process_request=check, create_protocol=TimedProtocol, **known)


def tls_context(settings: Settings) -> Optional[ssl.SSLContext]:
    """TLS 1.2 or newer with the configured files, None without TLS. Raises BadSettings."""
    if settings.tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(*settings.tls)
    except (OSError, ssl.SSLError) as trouble:
        raise BadSettings("tls: cannot use %s and %s: %s" % (settings.tls[0], settings.tls[1], trouble)) from None
    return context
