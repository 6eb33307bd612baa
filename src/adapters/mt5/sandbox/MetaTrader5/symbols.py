"""Symbol specifications: the static part of SymbolInfo, plus what a broker knows but Python cannot read (sessions, commission, rates)."""

import math
from dataclasses import dataclass, field, fields
from typing import Any, Dict, List, Optional, Tuple

#: Bits of SymbolInfo.filling_mode and of expiration_mode; the package has no names for them (rulebook A.1, B.5).
FILLING_FOK, FILLING_IOC, FILLING_BOC = 1, 2, 4
#: Bits of SymbolInfo.order_mode (rulebook A.1).
ORDER_MARKET, ORDER_LIMIT, ORDER_STOP, ORDER_STOP_LIMIT, ORDER_SL, ORDER_TP, ORDER_CLOSEBY = 1, 2, 4, 8, 16, 32, 64

FOREX, FUTURES, CFD, CFDINDEX, CFDLEVERAGE, FOREX_NO_LEVERAGE = 0, 1, 2, 3, 4, 5
REQUEST, INSTANT, MARKET, EXCHANGE = 0, 1, 2, 3

#: Modes 0..5, those with margin and profit formulas here (rulebook A2.1). Exchange modes are not modelled.
CALC_MODES = (FOREX, FUTURES, CFD, CFDINDEX, CFDLEVERAGE, FOREX_NO_LEVERAGE)


class SandboxError(Exception):
    """The sandbox was told something it cannot do; the text says which value and what is possible."""


@dataclass
class Commission:
    """What a deal costs (rulebook A2.6). `kind` none | perLot | perMillion | percent; `rate` account currency (or percent); `side` in | out | both."""

    kind: str = "none"
    rate: float = 0.0
    minimum: float = 0.0
    side: str = "both"


@dataclass
class Spec:
    """One symbol. Names and units of MT5's SymbolInfo; the fields after `spread` cannot be read through the package."""

    name: str
    description: str = ""
    path: str = "Sandbox"
    digits: int = 5
    #: Smallest price change as a price; 0 = one point.
    trade_tick_size: float = 0.0
    #: Profit currency a tick a lot; FUTURES and CFDINDEX only.
    tick_value: float = 0.0
    trade_contract_size: float = 100_000.0
    trade_calc_mode: int = FOREX
    currency_base: str = ""
    currency_profit: str = ""
    currency_margin: str = ""
    volume_min: float = 0.01
    volume_max: float = 80.0
    volume_step: float = 0.01
    volume_limit: float = 0.0
    trade_stops_level: int = 0
    trade_freeze_level: int = 0
    trade_mode: int = 4
    trade_exemode: int = MARKET
    filling_mode: int = FILLING_IOC
    order_mode: int = 127
    expiration_mode: int = 15
    order_gtc_mode: int = 0
    margin_initial: float = 0.0
    margin_maintenance: float = 0.0
    margin_hedged: float = 0.0
    margin_hedged_use_leg: bool = False
    swap_mode: int = 1
    swap_long: float = 0.0
    swap_short: float = 0.0
    #: 0 = Sunday .. 6 = Saturday, 7 = no triple day.
    swap_rollover3days: int = 3
    #: Whether it is in Market Watch at start.
    select: bool = True
    #: Spread of generated quotes and of bars that have none, points.
    spread: int = 2
    margin_rate_long: float = 1.0
    margin_rate_short: float = 1.0
    #: False: the server refuses SL and TP inside an opening deal (rulebook A.3).
    stops_in_request: bool = True
    hedge_prohibited: bool = False
    commission: Commission = field(default_factory=Commission)
    #: Trading windows a weekday, 0 = Sunday: lists of [start, end) minutes of server time, an end may pass 1440; None = always open.
    sessions: Optional[List[List[Tuple[float, float]]]] = None

    @property
    def point(self) -> float:
        """Price of one point."""
        return round(10.0**-self.digits, self.digits)

    @property
    def tick_points(self) -> int:
        """Smallest price change, points."""
        return max(1, int(round(self.trade_tick_size * 10**self.digits))) if self.trade_tick_size > 0 else 1

    def price(self, points: float) -> float:
        """A price in the quote's units; points may be fractional (mean price of a netting position), then 3 more digits are kept."""
        return round(points / 10**self.digits, self.digits if points == int(points) else self.digits + 3)

    def points(self, price: float) -> float:
        """A price in points, infinite when it is; whole when it lies on the point grid (binary dust below 1e-4 points removed)."""
        raw = float(price * 10**self.digits)
        return float(round(raw)) if math.isfinite(raw) and abs(raw - round(raw)) < 1e-4 else raw

    def is_open(self, at_ms: int) -> bool:
        """Whether the symbol trades at this server time, ms (rulebook A2.7)."""
        if self.sessions is None:
            return True
        weekday = (at_ms // 86_400_000 + 4) % 7
        minute = (at_ms % 86_400_000) / 60_000
        if any(start <= minute < end for start, end in self.sessions[weekday]):
            return True
        return any(start <= minute + 1440 < end for start, end in self.sessions[(weekday + 6) % 7])


def _pair(name: str, digits: int, swap_long: float, swap_short: float, spread: int) -> Dict[str, Any]:
    return {
        "name": name, "description": "SANDBOX %s" % name, "digits": digits, "currency_base": name[:3], "currency_profit": name[3:],
        "currency_margin": name[:3], "trade_stops_level": 10, "swap_long": swap_long, "swap_short": swap_short, "spread": spread,
        "commission": {"kind": "perLot", "rate": 3.5, "minimum": 0, "side": "both"},
    }  # fmt: skip


#: Typical retail raw-spread symbols (rulebook F.2 fixtures for USDJPY and XAUUSD). Always open, unless a session table is given.
BUILT_IN: Dict[str, Dict[str, Any]] = {
    row["name"]: row
    for row in (
        _pair("EURUSD", 5, -7.1, 2.9, 2),
        _pair("GBPUSD", 5, -3.1, -1.2, 3),
        _pair("USDJPY", 3, 5.96, -16.95, 3),
        _pair("AUDUSD", 5, -2.2, -0.6, 3),
        _pair("EURJPY", 3, 4.4, -13.2, 6),
        {
            "name": "XAUUSD", "description": "SANDBOX XAUUSD", "digits": 2, "trade_contract_size": 100.0, "trade_calc_mode": CFDLEVERAGE,
            "currency_base": "XAU", "currency_profit": "USD", "currency_margin": "USD", "trade_stops_level": 10, "margin_hedged": 25.0,
            "swap_long": -63.88, "swap_short": 40.23, "spread": 8,
            "commission": {"kind": "perLot", "rate": 3.5, "minimum": 0, "side": "both"},
        },
        {
            "name": "BTCUSD", "description": "SANDBOX BTCUSD", "digits": 2, "trade_contract_size": 1.0, "trade_calc_mode": CFD,
            "currency_base": "BTC", "currency_profit": "USD", "currency_margin": "USD", "volume_max": 20.0, "trade_stops_level": 500,
            "margin_rate_long": 0.05, "margin_rate_short": 0.05, "swap_mode": 5, "swap_long": -20.0, "swap_short": -5.0,
            "swap_rollover3days": 7, "spread": 1600,
        },
    )
}  # fmt: skip


def make_spec(values: Dict[str, Any]) -> Spec:
    """
    Builds a specification from SymbolInfo names; a name of `BUILT_IN`, or `"like": "EURUSD"`, brings its defaults. Raises SandboxError
    for a key that is none, a missing name, or a calculation mode that is not modelled.
    """
    name = values.get("name")
    if not isinstance(name, str) or not name:
        raise SandboxError("a symbol needs a name, got %r" % (name,))
    base = BUILT_IN.get(values.get("like", name), {})
    merged = {**base, **{key: value for key, value in values.items() if key != "like"}}
    known = {entry.name for entry in fields(Spec)}
    unknown = sorted(set(merged) - known)
    if unknown:
        raise SandboxError("symbol %s: unknown field %s; known are %s" % (name, unknown[0], ", ".join(sorted(known))))
    if isinstance(merged.get("commission"), dict):
        merged["commission"] = Commission(**merged["commission"])
    spec = Spec(**merged)
    if spec.trade_calc_mode not in CALC_MODES:
        raise SandboxError("symbol %s: trade_calc_mode %r is not modelled, use one of %s" % (name, spec.trade_calc_mode, CALC_MODES))
    return spec
