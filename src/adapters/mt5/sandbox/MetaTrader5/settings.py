"""Reading the sandbox's configuration: one JSON object, from the file that KINETRA_SANDBOX names, or given in process."""

import json
import os
from dataclasses import dataclass, field, fields
from typing import Any, Dict, List, Optional

from .book import Account, Terms
from .symbols import SandboxError, Spec, make_spec

#: The environment variable that names the configuration file.
ENVIRONMENT = "KINETRA_SANDBOX"


@dataclass
class Settings:
    """
    What the sandbox is made from. Paths are taken relative to the configuration file.

    * `accounts`: the first is logged in; `symbols`: specifications; `markets`: by symbol {"source": "generated" | "csv" | "none", ...}
    * `clock`: {"mode", "factor", "start_ms"}; `server_offset_s`: server time minus UTC
    * `terms`: {"fills_at", "slippage_points", "charge_swap", "rates"}; `latency_ms`: real time that order_send takes
    * `script`: commands with `at` (ms after start), in order; `control`: folder polled for command files; `state`: folder to remember in
    """

    accounts: List[Account] = field(default_factory=lambda: [Account()])
    symbols: Dict[str, Spec] = field(default_factory=dict)
    markets: Dict[str, Dict[str, Any]] = field(default_factory=dict)
    clock: Dict[str, Any] = field(default_factory=dict)
    server_offset_s: int = 7200
    terms: Terms = field(default_factory=Terms)
    latency_ms: float = 0.0
    script: List[Dict[str, Any]] = field(default_factory=list)
    control: str = ""
    state: str = ""
    seed: int = 1
    first_ticket: int = 50_000_001
    terminal_running: bool = True
    build: int = 5260


def load_settings() -> Settings:
    """The configuration that the environment names, or the default market (EURUSD, GBPUSD, USDJPY, XAUUSD, generated)."""
    path = os.environ.get(ENVIRONMENT, "")
    if not path:
        return make_settings({})
    try:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
    except (OSError, ValueError) as error:
        raise SandboxError("%s=%s cannot be read: %s" % (ENVIRONMENT, path, error)) from None
    return make_settings(values, os.path.dirname(os.path.abspath(path)))


def make_settings(values: Dict[str, Any], folder: str = "") -> Settings:
    """Checks and completes a configuration; SandboxError names what is wrong and what is possible."""
    if not isinstance(values, dict):
        raise SandboxError("the sandbox configuration must be a JSON object")
    known = [entry.name for entry in fields(Settings)] + ["account"]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise SandboxError("sandbox: unknown setting %s; known are %s" % (unknown[0], ", ".join(sorted(known))))
    rows = values.get("accounts", [values.get("account", {})])
    settings = Settings(accounts=[make_account(row) for row in rows], terms=_make_terms(values.get("terms", {})))
    if len({account.login for account in settings.accounts}) != len(settings.accounts) or not settings.accounts:
        raise SandboxError("sandbox: accounts need logins, each its own")
    listed = values.get("symbols", [{"name": name} for name in ("EURUSD", "GBPUSD", "USDJPY", "XAUUSD")])
    specs = [make_spec({"name": row} if isinstance(row, str) else row) for row in listed]
    settings.symbols = {spec.name: spec for spec in specs}
    settings.markets = {name: dict(values.get("markets", {}).get(name, {})) for name in settings.symbols}
    strangers = sorted(set(values.get("markets", {})) - set(settings.symbols))
    if strangers:
        raise SandboxError("sandbox: markets names %s, which is no symbol here" % strangers[0])
    for market in settings.markets.values():
        if "path" in market:
            market["path"] = os.path.join(folder, market["path"])
    for name in ("clock", "server_offset_s", "latency_ms", "script", "seed", "first_ticket", "terminal_running", "build"):
        if name in values:
            setattr(settings, name, values[name])
    for step in settings.script:
        if not isinstance(step, dict) or not isinstance(step.get("do"), str) or not isinstance(step.get("at", 0), (int, float)):
            raise SandboxError('sandbox: every script step is an object with "do" and "at" (ms after start), got %r' % (step,))
    settings.script = sorted(settings.script, key=lambda step: step.get("at", 0))
    for name in ("control", "state"):
        if values.get(name):
            setattr(settings, name, os.path.join(folder, values[name]))
    return settings


def make_account(values: Dict[str, Any]) -> Account:
    """An account from AccountInfo names. The server's and the holder's names always say SANDBOX."""
    known = {entry.name for entry in fields(Account)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise SandboxError("account: unknown field %s; known are %s" % (unknown[0], ", ".join(sorted(known))))
    account = Account(**values)
    if account.trade_mode not in (0, 1, 2) or account.margin_mode not in (0, 1, 2):
        raise SandboxError("account: trade_mode is 0 demo, 1 contest, 2 real; margin_mode 0 netting, 1 exchange, 2 hedging")
    if "sandbox" not in account.server.lower():
        account.server = "Kinetra-Sandbox %s" % account.server
    if "sandbox" not in account.name.lower():
        account.name = "SANDBOX %s" % account.name
    if "sandbox" not in account.company.lower():
        account.company = "SANDBOX %s" % account.company
    return account


def _make_terms(values: Dict[str, Any]) -> Terms:
    known = {entry.name for entry in fields(Terms)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise SandboxError("terms: unknown field %s; known are %s" % (unknown[0], ", ".join(sorted(known))))
    terms = Terms(**values)
    if terms.fills_at not in ("market", "requested"):
        raise SandboxError('terms.fills_at must be "market" or "requested", got %r' % (terms.fills_at,))
    return terms


def market_of(settings: Settings, name: str) -> Optional[str]:
    """The kind of a symbol's market: generated (default), csv or none."""
    source = settings.markets[name].get("source", "generated")
    if source not in ("generated", "csv", "none"):
        raise SandboxError('symbol %s: market source must be generated, csv or none, got %r' % (name, source))
    return str(source)
