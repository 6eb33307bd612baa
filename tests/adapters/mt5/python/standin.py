"""Finds the stand-in for MetaTrader5 in the source tree and opens small worlds with a clock moved by hand."""

import os
import sys
from typing import Any, Dict

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "..", ".."))
SANDBOX = os.path.join(ROOT, "src", "adapters", "mt5", "sandbox")
VECTORS = os.path.join(ROOT, "tests", "vectors", "mt5-rules.json")
if SANDBOX not in sys.path:
    sys.path.insert(0, SANDBOX)

import MetaTrader5 as mt5  # noqa: E402

#: Tuesday 2025-03-04 12:00, ms.
NOON = 1_741_089_600_000

#: A pair worth one dollar a point and lot, with nothing in the way.
PLAIN_SYMBOL: Dict[str, Any] = {
    "name": "EURUSD", "trade_stops_level": 0, "volume_max": 100.0, "filling_mode": 7, "swap_mode": 0, "swap_long": 0.0, "swap_short": 0.0,
    "commission": {"kind": "none", "rate": 0.0, "minimum": 0.0, "side": "both"},
}  # fmt: skip


def open_world(symbol: Any = None, account: Any = None, connect: bool = True, **more: Any) -> Any:
    """A new world: one symbol without a market of its own at 1.10000 / 1.10002, 100,000 USD, server time = UTC = noon."""
    spec = {**PLAIN_SYMBOL, **(symbol or {})}
    settings = {
        "symbols": [spec], "markets": {spec["name"]: {"source": "none"}}, "clock": {"mode": "manual", "start_ms": NOON},
        "server_offset_s": 0, "account": {"balance": 100_000.0, **(account or {})}, **more,
    }  # fmt: skip
    world = mt5.sandbox(settings)
    if connect and not mt5.initialize():
        raise AssertionError("initialize failed: %r" % (mt5.last_error(),))
    if not world.feeds[spec["name"]].ticks:
        quote(world, 1.10000, 1.10002, spec["name"])
    return world


def quote(world: Any, bid: float, ask: float, symbol: str = "EURUSD", after_ms: int = 0) -> None:
    """A tick `after_ms` later."""
    if after_ms:
        world.command({"do": "advance", "ms": after_ms})
    world.command({"do": "tick", "symbol": symbol, "bid": bid, "ask": ask})


def deal(kind: int, volume: float, **more: Any) -> Any:
    """Sends a market order of EURUSD, IOC."""
    return mt5.order_send({"action": 1, "symbol": "EURUSD", "volume": volume, "type": kind, "type_filling": 1, **more})
