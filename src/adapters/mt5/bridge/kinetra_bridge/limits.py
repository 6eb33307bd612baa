"""Limits that hold inside the bridge, whatever the cockpit asks for (rulebook E.6, controls C16 to C21, C35). Pure: time is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from .frame import BadRequest
from .journal import OrderRow
from .settings import Limits


@dataclass(frozen=True)
class EntryFacts:
    """What an entry is measured against. `volume` in lots; `quote_age_s` None = not known; `day_loss_pct` of the broker day's first balance."""

    symbol: str
    volume: float
    positions: List[Dict[str, Any]]
    orders: List[Dict[str, Any]]
    unknown: List[OrderRow]
    sent_last_minute: int
    day_loss_pct: Optional[float]
    quote_age_s: Optional[float]
    netting: bool


def check_entry(limits: Limits, facts: EntryFacts) -> None:
    """Refuses an entry beyond a limit. Raises BadRequest LIMIT_EXCEEDED (details: limit, got, max) or STALE_TICK.

    Working orders and orders with an unknown outcome count as if they were filled (controls P8).
    """
    _at_most("max_lots_per_order", facts.volume, limits.max_lots_per_order)
    held = sum(item["volume"] for item in facts.positions if item["symbol"] == facts.symbol)
    held += sum(item["volume_current"] for item in facts.orders if item["symbol"] == facts.symbol)
    held += sum(float((row.sent or {}).get("volume") or 0) for row in facts.unknown if row.symbol == facts.symbol and row.opening)
    _at_most("max_lots_per_symbol", held + facts.volume, limits.max_lots_per_symbol)
    count = len(facts.positions) + len(facts.orders) + sum(1 for row in facts.unknown if row.opening)
    if not (facts.netting and any(item["symbol"] == facts.symbol for item in facts.positions)):
        _at_most("max_open_positions", count + 1, limits.max_open_positions)
    _at_most("max_orders_per_minute", facts.sent_last_minute + 1, limits.max_orders_per_minute)
    if facts.day_loss_pct is None:
        raise BadRequest("LIMIT_EXCEEDED", "the loss of the day is not known yet", {"limit": "max_daily_loss_pct", "got": None, "max": limits.max_daily_loss_pct}, True)
    if facts.day_loss_pct >= limits.max_daily_loss_pct:
        raise _beyond("max_daily_loss_pct", facts.day_loss_pct, limits.max_daily_loss_pct)
    if facts.quote_age_s is None:
        raise BadRequest("STALE_TICK", "the age of the quote is not known yet: no tick of %s was seen to move" % facts.symbol, {}, True)
    if facts.quote_age_s > limits.stale_tick_s:
        raise BadRequest("STALE_TICK", "the last quote is %.1f s old; at most %g s" % (facts.quote_age_s, limits.stale_tick_s), {"age_s": round(facts.quote_age_s, 1)}, True)


def check_rate(limits: Limits, sent_last_minute: int) -> None:
    """Refuses any order, entries or not, far beyond the rate for entries: an exit must pass when an entry may not, a loop must not."""
    _at_most("max_orders_per_minute", sent_last_minute + 1, limits.max_orders_per_minute * 4)


def _at_most(name: str, got: float, most: float) -> None:
    if not got <= most + 1e-9:
        raise _beyond(name, got, most)


def _beyond(name: str, got: float, most: float) -> BadRequest:
    return BadRequest("LIMIT_EXCEEDED", "%s: got %g, at most %g" % (name, got, most), {"limit": name, "got": round(got, 8), "max": most})


class Bucket:
    """Frames a second with a burst. `now` is monotonic seconds."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate = rate
        self.burst = burst
        self._level = burst
        self._at: Optional[float] = None

    def take(self, now: float) -> bool:
        """Takes one; False when there is none."""
        if self._at is not None:
            self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True


class Lease:
    """The dead-man lease (controls C35): without renewal no new risk, and the agents' pending orders are cancelled.

    States: none -> held -> expired. Only a new fence, that is a reconcile, lets an expired lease be taken again.
    """

    def __init__(self) -> None:
        self.state = "none"
        self.until = 0.0
        self.magics: List[int] = []

    def renew(self, now: float, seconds: float, magics: List[int]) -> bool:
        """Holds the lease until now + seconds; False if it has expired and was not fenced anew."""
        if self.state == "expired" or (self.state == "held" and now > self.until):
            return False
        self.state, self.until, self.magics = "held", now + seconds, magics
        return True

    def is_held(self, now: float) -> bool:
        """Whether new risk may be taken."""
        return self.state == "held" and now <= self.until

    def expire(self, now: float) -> bool:
        """Marks a lease that ran out; True exactly once."""
        if self.state == "held" and now > self.until:
            self.state = "expired"
            return True
        return False

    def fenced(self) -> None:
        """A new fence was put up: the lease may be taken again."""
        if self.state == "expired":
            self.state = "none"


def day_loss(baseline: Optional[float], account: Dict[str, Any]) -> Optional[float]:
    """Percent lost since the broker day began, 0 when ahead; None when it cannot be said."""
    equity = account.get("equity")
    if baseline is None or equity is None or not baseline > 0:
        return None
    return max(0.0, (baseline - float(equity)) / baseline * 100)
