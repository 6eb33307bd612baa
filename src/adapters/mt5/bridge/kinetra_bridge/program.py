"""The program: options, checks before the start with what to do about each failure, then everything until Ctrl-C (rulebook E.1)."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import errno
import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, List, Optional

from .auth import TokenTrouble, make_token, read_token
from .client import Client
from .codes import BRIDGE_VERSION, PROTOCOL_MAX
from .commands import Commands
from .desk import Desk
from .frame import clean_text
from .gateway import Gateway
from .journal import Journal, JournalTrouble
from .kill import Killer
from .pollers import Pollers
from .preflight import NO_WEBSOCKETS
from .requests import Requests
from .server import NoWebsockets, listen, websockets_version
from .settings import BadSettings, Settings, check_address, load_settings
from .trader import Trader
from .worker import worker_main

EXIT_OK, EXIT_USAGE, EXIT_NEEDS_ATTENTION = 0, 2, 3


def log_line(text: str) -> None:
    """One line on standard error, cleaned; nothing secret is ever handed to it."""
    sys.stderr.write("%s %s\n" % (time.strftime("%H:%M:%S"), clean_text(text, 500)))
    sys.stderr.flush()


def parse_options(arguments: List[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="kinetra_bridge.py", description="The bridge between Kinetra and a MetaTrader 5 terminal on this machine.")
    parser.add_argument("--port", type=int, help="port to listen on (8765)")
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--config", type=Path, help="bridge.json")
    parser.add_argument("--data", type=Path, help="folder of token, journal and kill file (.kinetra-bridge in your own folder)")
    parser.add_argument("--token-file", type=Path, help="file with the token (token in the data folder)")
    parser.add_argument("--make-token", action="store_true", help="create the token file, then end")
    parser.add_argument("--version", action="version", version="kinetra-bridge %s, protocol %d" % (BRIDGE_VERSION, PROTOCOL_MAX))
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def settings_of(options: argparse.Namespace) -> Settings:
    """bridge.json with the options on top. Raises BadSettings."""
    settings = load_settings(options.config)
    changes: Any = {name: getattr(options, name) for name in ("port", "host", "data", "token_file") if getattr(options, name) is not None}
    settings = dataclasses.replace(settings, **changes)
    if not 0 <= settings.port <= 65535:
        raise BadSettings("port must be 0 to 65535, not %d" % settings.port)
    check_address(settings)
    return settings


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the program; returns the exit code: 0 ended as asked, 2 wrong options, 3 something needs attention (said on standard error)."""
    options = parse_options(sys.argv[1:] if arguments is None else arguments)
    if options.worker:
        return worker_main()
    os.umask(0o077)
    if hasattr(sys.stdout, "reconfigure"):
        # A Windows console may lack characters of a path: better a question mark than no token.
        sys.stdout.reconfigure(errors="replace")
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    try:
        settings = settings_of(options)
        if options.make_token:
            make_token(settings.token_path)
            print("token written to %s\nCopy this file to the machine of the cockpit, keep it readable by you alone." % settings.token_path)
            return EXIT_OK
        websockets_version()
        token = read_token(settings.token_path)
        asyncio.run(Bridge(settings, token).run())
    except BadSettings as trouble:
        return _give_up(str(trouble), EXIT_USAGE)
    except NoWebsockets as trouble:
        return _give_up("%s (%s)" % (NO_WEBSOCKETS, trouble))
    except (TokenTrouble, JournalTrouble) as trouble:
        return _give_up(str(trouble))
    except OSError as trouble:
        if trouble.errno in (errno.EADDRINUSE, errno.EACCES, 10048, 10013):
            return _give_up("port %d is taken: is another bridge running? End it, or choose another port: --port %d" % (settings.port, settings.port + 1))
        return _give_up(str(trouble))
    except KeyboardInterrupt:
        pass
    return EXIT_OK


def _give_up(text: str, code: int = EXIT_NEEDS_ATTENTION) -> int:
    sys.stderr.write(clean_text(text, 1000) + "\n")
    return code


class Bridge:
    """All parts put together, from the first line on the console to the last."""

    def __init__(self, settings: Settings, token: bytes) -> None:
        self.settings = settings
        self.token = token

    async def run(self) -> None:
        """Listens and serves until SIGINT or SIGTERM. Raises JournalTrouble, BadSettings or OSError when it cannot begin."""
        journal = Journal(self.settings.journal_path)
        gateway = Gateway(self.settings.timings.watchdog_s, log_line)
        desk = Desk(self.settings, journal, gateway, log_line)
        trader = Trader(desk)
        killer = Killer(desk, trader.reconciler)
        pollers = Pollers(desk, trader.reconciler.start, killer.tend)
        requests, commands = Requests(desk, trader, pollers), Commands(desk, trader, killer)
        gateway.on_boot = lambda: note_boot(desk)

        async def serve_socket(socket: Any) -> None:
            await Client(desk, requests, commands, self.token, socket).run()

        try:
            server = await listen(self.settings, serve_socket)
            address = server.sockets[0].getsockname()
            log_line("kinetra-bridge %s listens on %s:%d; end it with Ctrl-C" % (BRIDGE_VERSION, address[0], address[1]))
            gateway.start()
            trader.start()
            pollers.start()
            await _asked_to_stop()
            log_line("ending")
            for client in list(desk.clients):
                client.end(1001, "the bridge ends")
            server.close()
            await asyncio.wait({asyncio.ensure_future(server.wait_closed())}, timeout=3)
            await pollers.stop()
            await trader.stop()
            await gateway.stop()
        finally:
            journal.close()


def note_boot(desk: Desk) -> None:
    """A worker process started: nothing known of the terminal holds, and orders on their way are stale."""
    first = desk.gateway.restarts == 0
    desk.link, desk.trouble = "starting", "the terminal is being asked"
    desk.names.clear()
    if not first:
        desk.drop_fence()
        desk.publish("worker_restarted", None, {"boot_id": desk.gateway.boot_id})
    desk.broadcast("status", desk.status_body())


async def _asked_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            try:
                loop.add_signal_handler(getattr(signal, name), stop.set)
            except (NotImplementedError, RuntimeError):
                # Windows has no handlers in the loop: Ctrl-C arrives as KeyboardInterrupt.
                pass
    while not stop.is_set():
        # Windows wakes up for Ctrl-C only between waits.
        try:
            await asyncio.wait_for(stop.wait(), 0.5)
        except asyncio.TimeoutError:
            continue
