"""An order as the cockpit asks for it, and as MetaTrader 5 gets it (rulebook A.4, A.6, A.8, B.7, E.3, E.4). Pure.

Volumes are rounded down to the volume step, prices to the tick size; nothing here ever makes an order larger.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import Any, Dict, List, Optional

from .codes import ACTIONS, FILLINGS, MAX_SAFE_INTEGER, ORDER_TYPES, TIMES_IN_FORCE
from .frame import BadRequest, Fields
from .resolver import resolve_filling

_FIELDS = (
    "cid action symbol type volume price sl tp stoplimit deviation_points filling time_in_force expiration position position_by order magic "
    "agent ttl_ms guard fence reduce_only"
).split()
_CROCKFORD = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@dataclass(frozen=True)
class OrderWish:
    """One `order` message, checked. Prices in quote units (None = not given), volume in lots, expiration in server seconds, tickets whole numbers."""

    cid: str
    action: str
    symbol: Optional[str]
    type: Optional[str]
    volume: Optional[float]
    price: Optional[float]
    sl: Optional[float]
    tp: Optional[float]
    stoplimit: Optional[float]
    deviation_points: int
    filling: str
    time_in_force: str
    expiration: int
    position: Optional[int]
    position_by: Optional[int]
    order: Optional[int]
    magic: int
    ttl_ms: int
    reduce_only: bool
    max_spread_points: Optional[float]
    price_limit: Optional[float]
    max_margin_pct: Optional[float]
    epoch: int
    nonce: str
    digest: str

    @property
    def token(self) -> str:
        """The 13 characters that the comment carries."""
        return order_token(self.cid)

    @property
    def is_opening(self) -> bool:
        """Whether it may add exposure: a deal without a position and not reduce-only, or a pending order."""
        return self.action == "pending" or (self.action == "deal" and self.position is None and not self.reduce_only)

    @property
    def is_buy(self) -> bool:
        """Whether the order type is a buying one."""
        return self.type is not None and self.type.startswith("buy")


def order_token(cid: str) -> str:
    """65 bits of SHA-256 of the client id as 13 characters of lower-case base32: which order a comment belongs to."""
    return base64.b32encode(hashlib.sha256(cid.encode("ascii")).digest()).decode("ascii")[:13].lower()


def valid_cid(value: Any) -> bool:
    """Whether a value is a ULID: 26 characters of Crockford's base32, upper case."""
    return isinstance(value, str) and len(value) == 26 and all(character in _CROCKFORD for character in value)


def parse_order(body: Dict[str, Any]) -> OrderWish:
    """Checks the body of an `order` message: exact fields, types, ranges and what the action needs. Raises BadRequest BAD_REQUEST."""
    fields = Fields(body, _FIELDS)
    cid = body.get("cid")
    if not valid_cid(cid):
        raise BadRequest("BAD_REQUEST", "cid must be a ULID", {"field": "cid"})
    guard = Fields(_object(body.get("guard", {}), "guard"), ["max_spread_points", "price_limit", "max_margin_pct"])
    fence = Fields(_object(body.get("fence"), "fence"), ["epoch", "nonce"])
    action = fields.choice("action", list(ACTIONS))
    magic = fields.ticket("magic")
    if magic is None or not 0 < magic <= MAX_SAFE_INTEGER:
        raise BadRequest("BAD_REQUEST", "magic must be a string of digits from 1 to 2^53-1 (0 is what a person's orders carry)", {"field": "magic"})
    wish = OrderWish(
        cid=str(cid),
        action=action,
        symbol=fields.text("symbol", 32, required=action in ("deal", "pending")),
        type=fields.choice("type", list(ORDER_TYPES)) if action in ("deal", "pending") else None,
        volume=fields.number("volume", 1e-8, 1e6, required=action in ("deal", "pending")),
        price=fields.number("price", 1e-12, 1e12, required=action in ("pending", "modify")),
        sl=fields.number("sl", 0, 1e12, required=False),
        tp=fields.number("tp", 0, 1e12, required=False),
        stoplimit=fields.number("stoplimit", 0, 1e12, required=False),
        deviation_points=fields.whole("deviation_points", 0, 100_000, 20),
        filling=fields.choice("filling", ["auto"] + list(FILLINGS), "auto"),
        time_in_force=fields.choice("time_in_force", list(TIMES_IN_FORCE), "gtc"),
        expiration=fields.whole("expiration", 0, 2**33, 0),
        position=fields.ticket("position", required=action in ("sltp", "close_by")),
        position_by=fields.ticket("position_by", required=action == "close_by"),
        order=fields.ticket("order", required=action in ("modify", "remove")),
        magic=magic,
        ttl_ms=fields.whole("ttl_ms", 1, 60_000),
        reduce_only=fields.flag("reduce_only"),
        max_spread_points=guard.number("max_spread_points", 0, 1e9, required=False),
        price_limit=guard.number("price_limit", 1e-12, 1e12, required=False),
        max_margin_pct=guard.number("max_margin_pct", 0, 100, required=False),
        epoch=fence.whole("epoch", 1, MAX_SAFE_INTEGER),
        nonce=str(fence.text("nonce", 64)),
        digest=_digest(body),
    )
    _check_fit(wish)
    return wish


def _check_fit(wish: OrderWish) -> None:
    if wish.action == "deal" and wish.type not in ("buy", "sell"):
        raise BadRequest("BAD_REQUEST", "a deal is of type buy or sell", {"field": "type"})
    if wish.action == "pending":
        if wish.type in ("buy", "sell"):
            raise BadRequest("BAD_REQUEST", "a pending order is a limit, stop or stop-limit", {"field": "type"})
        if (wish.type or "").endswith("stop_limit") != bool(wish.stoplimit):
            raise BadRequest("BAD_REQUEST", "stoplimit belongs to stop-limit orders and to them only", {"field": "stoplimit"})
    if wish.time_in_force.startswith("specified") and wish.expiration == 0:
        raise BadRequest("BAD_REQUEST", "expiration is missing", {"field": "expiration"})
    if wish.action == "sltp" and (wish.sl is None or wish.tp is None):
        raise BadRequest("BAD_REQUEST", "sltp needs both sl and tp; 0 removes the level, so send the one to keep again", {"field": "sl"})
    if wish.action == "modify" and (wish.sl is None or wish.tp is None):
        raise BadRequest("BAD_REQUEST", "modify needs both sl and tp; 0 removes the level, so send the one to keep again", {"field": "sl"})


def round_price(price: float, spec: Dict[str, Any]) -> float:
    """The nearest multiple of `trade_tick_size` (of `point` when that is 0), with the symbol's digits."""
    step = Decimal(repr(spec.get("trade_tick_size") or spec.get("point") or 10 ** -int(spec["digits"])))
    count = (Decimal(repr(price)) / step).to_integral_value(ROUND_HALF_EVEN)
    return float(round(count * step, int(spec["digits"])))


def round_volume(volume: float, spec: Dict[str, Any]) -> float:
    """The largest multiple of `volume_step` that is not above the volume."""
    step = Decimal(repr(spec.get("volume_step") or 0.01))
    count = (Decimal(repr(volume)) / step).to_integral_value(ROUND_DOWN)
    return float(count * step)


def build_request(wish: OrderWish, symbol: str, spec: Dict[str, Any], tick: Dict[str, Any], held: Optional[Dict[str, Any]]) -> Dict[str, Any]:
    """The dictionary for `order_check` and `order_send`.

    `spec` is SymbolInfo, `tick` the last quote, `held` the position or pending order that the wish is about (None for entries). Raises
    BadRequest MT5_10014, MT5_10030 or MT5_10038 where the terminal could only refuse.
    """
    request: Dict[str, Any] = {"action": ACTIONS[wish.action], "symbol": symbol, "magic": wish.magic, "comment": "k1-" + wish.token}
    if wish.action in ("deal", "pending"):
        volume = round_volume(wish.volume or 0.0, spec)
        if volume < spec["volume_min"] or volume > spec["volume_max"]:
            raise BadRequest(
                "MT5_10014",
                "volume %g becomes %g on a step of %g; allowed are %g to %g" % (wish.volume or 0, volume, spec["volume_step"], spec["volume_min"], spec["volume_max"]),
            )
        if wish.position is not None and held is not None and volume > held["volume"] + 1e-9:
            raise BadRequest("MT5_10038", "closing %g lots of a position of %g" % (volume, held["volume"]))
        order_type = ORDER_TYPES[wish.type or ""]
        pending = wish.action == "pending"
        price = wish.price if wish.price is not None else float(tick["ask"] if wish.is_buy else tick["bid"])
        request.update(
            volume=volume,
            type=order_type,
            price=round_price(price, spec),
            deviation=wish.deviation_points,
            type_filling=resolve_filling(wish.filling, pending, int(spec["trade_exemode"]), int(spec["filling_mode"]), order_type),
            type_time=TIMES_IN_FORCE[wish.time_in_force],
        )
        if wish.stoplimit:
            request["stoplimit"] = round_price(wish.stoplimit, spec)
    if wish.action == "modify":
        request.update(order=wish.order, price=round_price(wish.price or 0.0, spec), type_time=TIMES_IN_FORCE[wish.time_in_force])
        if wish.stoplimit:
            request["stoplimit"] = round_price(wish.stoplimit, spec)
    if wish.action == "remove":
        return {"action": ACTIONS["remove"], "order": wish.order, "magic": wish.magic}
    if wish.action == "close_by":
        return {"action": ACTIONS["close_by"], "position": wish.position, "position_by": wish.position_by, "magic": wish.magic, "comment": request["comment"]}
    if wish.position is not None:
        request["position"] = wish.position
    for name, level in (("sl", wish.sl), ("tp", wish.tp)):
        if level is not None:
            request[name] = round_price(level, spec) if level > 0 else 0.0
    if wish.expiration:
        request["expiration"] = wish.expiration
    return request


def lint_request(request: Dict[str, Any], spec: Dict[str, Any], tick: Dict[str, Any]) -> List[Dict[str, str]]:
    """What the bridge itself finds wrong with a request, most binding first; empty when nothing (rulebook A.4 to A.6).

    Each finding is {code, message}. The server's word counts in the end: a finding is a reason not to ask it.
    """
    found: List[Dict[str, str]] = []
    kind, buy = request.get("type"), request.get("type") in (0, 2, 4, 6)
    opening = request["action"] in (1, 5) and not request.get("position")
    mode = int(spec.get("trade_mode", 4))
    if opening and (mode == 0 or mode == 3 or (mode == 1 and not buy) or (mode == 2 and buy)):
        names = {0: ("MT5_10017", "trading is disabled"), 1: ("MT5_10042", "long only"), 2: ("MT5_10043", "short only"), 3: ("MT5_10044", "close only")}
        found.append({"code": names[mode][0], "message": "the broker has this symbol on: " + names[mode][1]})
    bid, ask = float(tick.get("bid") or 0), float(tick.get("ask") or 0)
    if bid <= 0 or ask <= 0:
        found.append({"code": "MT5_10021", "message": "there is no quote; is the symbol selected in Market Watch?"})
        return found
    band = int(spec.get("trade_stops_level") or 0) * float(spec.get("point") or 0)
    if request["action"] == 5 and int(spec.get("trade_exemode", 2)) != 3:
        price = float(request["price"])
        room = {2: ask - price, 3: price - bid, 4: price - ask, 5: bid - price, 6: price - ask, 7: bid - price}[int(kind or 2)]
        if room <= 0 or room < band - 1e-12:
            found.append({"code": "MT5_10015", "message": "the price is on the wrong side of the market or nearer than %d points" % int(spec.get("trade_stops_level") or 0)})
    if request["action"] in (1, 5) and opening:
        base = float(request.get("stoplimit") or request["price"]) if request["action"] == 5 else (bid if buy else ask)
        for name, above in (("sl", not buy), ("tp", buy)):
            level = float(request.get(name) or 0)
            room = level - base if above else base - level
            if level > 0 and (room <= 0 or room < band - 1e-12):
                found.append({"code": "MT5_10016", "message": "%s %g is on the wrong side of %g or nearer than %d points" % (name, level, base, int(spec.get("trade_stops_level") or 0))})
    return found


def _object(value: Any, name: str) -> Dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRequest("BAD_REQUEST", "%s must be an object" % name, {"field": name})
    return value


def _digest(body: Dict[str, Any]) -> str:
    asked = {name: value for name, value in body.items() if name not in ("fence", "ttl_ms")}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode("utf-8")).hexdigest()
