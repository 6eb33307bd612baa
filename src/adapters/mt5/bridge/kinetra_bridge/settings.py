"""bridge.json, read strictly: unknown keys and values out of range are refused with the reason (rulebook E.6; controls C07, S-01)."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

from .frame import BadFrame, _object_without_doubles, finite_number


class BadSettings(Exception):
    """bridge.json or an option cannot be used; the text says which key, which value, and what is expected."""


@dataclass(frozen=True)
class Limits:
    """Limits inside the bridge; they hold whatever the cockpit asks for. Lots, counts, percent of the day's first balance, seconds."""

    max_lots_per_order: float = 1.0
    max_lots_per_symbol: float = 2.0
    max_orders_per_minute: int = 30
    max_open_positions: int = 10
    max_daily_loss_pct: float = 5.0
    stale_tick_s: float = 10.0
    requote_retries: int = 1


@dataclass(frozen=True)
class Timings:
    """Seconds, except the polls (milliseconds). Only the sandbox may change them: they decide when an unknown order counts as not executed."""

    watchdog_s: float = 30.0
    reconcile_window_s: float = 60.0
    absence_s: float = 30.0
    heartbeat_s: float = 15.0
    lease_max_s: float = 5.0
    auth_s: float = 2.0
    status_s: float = 5.0
    ticks_ms: float = 50.0
    book_ms: float = 200.0
    deals_ms: float = 500.0
    account_ms: float = 500.0
    terminal_ms: float = 2000.0


@dataclass(frozen=True)
class Settings:
    """Everything that the bridge is told at the start; frozen for the run."""

    host: str = "127.0.0.1"
    port: int = 8765
    tls: Optional[Tuple[str, str]] = None
    data: Path = field(default_factory=lambda: default_data_folder())
    token_file: Optional[Path] = None
    terminal_path: Optional[str] = None
    account: Optional[Tuple[int, Optional[str]]] = None
    live: Optional[Tuple[int, str]] = None
    symbol_map: Dict[str, str] = field(default_factory=dict)
    lease_cancels_pendings: bool = True
    lease_flattens: bool = False
    sandbox: bool = False
    limits: Limits = field(default_factory=Limits)
    timings: Timings = field(default_factory=Timings)

    @property
    def token_path(self) -> Path:
        """Where the token lies."""
        return self.token_file if self.token_file is not None else self.data / "token"

    @property
    def journal_path(self) -> Path:
        """The SQLite journal of orders and events."""
        return self.data / "bridge.db"

    @property
    def kill_path(self) -> Path:
        """While this file exists nothing is opened; its first word may be block_new, cancel_pendings (default) or flatten."""
        return self.data / "KILL"


CEILINGS: Dict[str, Tuple[float, float]] = {
    "max_lots_per_order": (0.0, 10.0),
    "max_lots_per_symbol": (0.0, 20.0),
    "max_orders_per_minute": (1, 120),
    "max_open_positions": (1, 100),
    "max_daily_loss_pct": (0.1, 20.0),
    "stale_tick_s": (1.0, 60.0),
    "requote_retries": (0, 3),
}
"""Range of each limit: no configuration passes it (controls C07)."""


def default_data_folder() -> Path:
    """`.kinetra-bridge` in the user's own folder."""
    return Path.home() / ".kinetra-bridge"


def load_settings(path: Optional[Path]) -> Settings:
    """Reads bridge.json; without a path the defaults. Raises BadSettings."""
    if path is None:
        return Settings()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as trouble:
        raise BadSettings("cannot read %s: %s" % (path, trouble.strerror)) from None
    except UnicodeDecodeError:
        raise BadSettings("%s is not UTF-8 text" % path) from None
    try:
        found = json.loads(text, object_pairs_hook=_object_without_doubles)
    except BadFrame as trouble:
        raise BadSettings("%s: %s" % (path, trouble)) from None
    except (ValueError, RecursionError) as trouble:
        raise BadSettings("%s is not JSON: %s" % (path, trouble)) from None
    return parse_settings(found, path.parent)


def parse_settings(found: Any, folder: Path) -> Settings:
    """Checks the content of bridge.json. Relative paths start at `folder`. Raises BadSettings."""
    names = "host port tls data token_file terminal_path account live symbol_map lease limits timings sandbox".split()
    top = _table(found, "bridge.json", names)
    made: Dict[str, Any] = {}
    made["host"] = _text(top, "host", "127.0.0.1")
    made["port"] = int(_number(top, "port", 8765, 0, 65535, whole=True))
    if "tls" in top:
        tls = _table(top["tls"], "tls", ["certificate", "key"])
        made["tls"] = (str(folder / _text(tls, "certificate", None)), str(folder / _text(tls, "key", None)))
    for name in ("data", "token_file"):
        if name in top:
            made[name] = folder / _text(top, name, None)
    if "terminal_path" in top:
        made["terminal_path"] = _text(top, "terminal_path", None)
    if "account" in top:
        account = _table(top["account"], "account", ["login", "server"])
        made["account"] = (_login(account, "account"), _text(account, "server", "") or None)
    if "live" in top:
        live = _table(top["live"], "live", ["login", "server"])
        made["live"] = (_login(live, "live"), _text(live, "server", None))
    if "symbol_map" in top:
        table = _table(top["symbol_map"], "symbol_map", None)
        made["symbol_map"] = {name: _text(table, name, None) for name in table}
    lease = _table(top.get("lease", {}), "lease", ["cancel_pendings", "flatten"])
    made["lease_cancels_pendings"] = _flag(lease, "cancel_pendings", True)
    made["lease_flattens"] = _flag(lease, "flatten", False)
    made["sandbox"] = _flag(top, "sandbox", False)
    limits = _table(top.get("limits", {}), "limits", list(CEILINGS))
    whole = {"max_orders_per_minute", "max_open_positions", "requote_retries"}
    defaults = Limits()
    made["limits"] = Limits(
        **{name: _number(limits, name, getattr(defaults, name), low, high, name in whole) for name, (low, high) in CEILINGS.items()}
    )
    if "timings" in top:
        if not made["sandbox"]:
            raise BadSettings("timings may be changed only together with sandbox: true")
        known = Timings()
        table = _table(top["timings"], "timings", list(Timings.__dataclass_fields__))
        made["timings"] = Timings(**{name: _number(table, name, getattr(known, name), 0.01, 100000) for name in Timings.__dataclass_fields__})
    settings = Settings(**made)
    check_address(settings)
    return settings


def check_address(settings: Settings) -> None:
    """Refuses an address that other machines can reach unless TLS is configured (controls S-01). Raises BadSettings."""
    if settings.tls is not None or is_loopback(settings.host):
        return
    raise BadSettings(
        "host %s can be reached from other machines: configure tls (certificate and key), or keep 127.0.0.1 and use an SSH tunnel" % settings.host
    )


def is_loopback(host: str) -> bool:
    """Whether the address is of this machine alone: localhost, 127.0.0.0/8, ::1."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _table(value: Any, name: str, known: Optional[list]) -> Dict[str, Any]:
    if not isinstance(value, dict):
        raise BadSettings("%s must be an object" % name)
    for key in value:
        if known is not None and key not in known:
            raise BadSettings("%s: unknown key %s; known are %s" % (name, key, ", ".join(known)))
    return value


def _text(table: Dict[str, Any], name: str, default: Optional[str]) -> str:
    value = table.get(name, default)
    if not isinstance(value, str) or (value == "" and default != ""):
        raise BadSettings("%s must be a text" % name)
    return value


def _flag(table: Dict[str, Any], name: str, default: bool) -> bool:
    value = table.get(name, default)
    if not isinstance(value, bool):
        raise BadSettings("%s must be true or false" % name)
    return value


def _number(table: Dict[str, Any], name: str, default: float, low: float, high: float, whole: bool = False) -> Any:
    value = table.get(name, default)
    number = finite_number(value)
    if number is None or not low <= number <= high or (whole and not isinstance(value, int)):
        raise BadSettings("%s must be a %snumber from %g to %g, not %r" % (name, "whole " if whole else "", low, high, value))
    return value


def _login(table: Dict[str, Any], name: str) -> int:
    value = table.get("login")
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not text.isdigit() or not text.isascii() or not 0 < int(text) < 2**63:
        raise BadSettings("%s.login must be the account number" % name)
    return int(text)
