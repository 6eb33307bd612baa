"""Which prices and levels the server takes, what it freezes and what fires (rulebook A.6, A.7). All prices are points."""

import math

from . import constants as c
from .symbols import EXCHANGE, Spec

BUY_TYPES = (c.ORDER_TYPE_BUY, c.ORDER_TYPE_BUY_LIMIT, c.ORDER_TYPE_BUY_STOP, c.ORDER_TYPE_BUY_STOP_LIMIT)
STOP_LIMITS = (c.ORDER_TYPE_BUY_STOP_LIMIT, c.ORDER_TYPE_SELL_STOP_LIMIT)
LIMITS = (c.ORDER_TYPE_BUY_LIMIT, c.ORDER_TYPE_SELL_LIMIT)


def is_on_tick(spec: Spec, price: float) -> bool:
    """Positive and on the tick grid."""
    return math.isfinite(price) and price > 0 and (price / spec.tick_points) == int(price / spec.tick_points)


def _is_far(spec: Spec, distance: float) -> bool:
    """At least the stops level away; with level 0 still strictly on the right side (*assumed*, A.6)."""
    return distance > 0 and distance >= spec.trade_stops_level


def are_levels_valid(spec: Spec, is_buy: bool, reference: float, sl: float, tp: float) -> bool:
    """Whether SL and TP (0 = none) may stand while the closing price (of a pending: its own price) is `reference`."""
    direction = 1 if is_buy else -1
    if sl != 0 and not (is_on_tick(spec, sl) and _is_far(spec, (reference - sl) * direction)):
        return False
    return tp == 0 or (is_on_tick(spec, tp) and _is_far(spec, (tp - reference) * direction))


def is_pending_price_valid(spec: Spec, kind: int, price: float, stoplimit: float, bid: float, ask: float) -> bool:
    """Whether a waiting order may stand at `price`; on exchanges a limit on the wrong side is taken and executes at once."""
    if not is_on_tick(spec, price):
        return False
    if kind in LIMITS and spec.trade_exemode == EXCHANGE:
        return True
    if not _is_far(spec, distance_to_trigger(kind, price, bid, ask)):
        return False
    if kind == c.ORDER_TYPE_BUY_STOP_LIMIT:
        return is_on_tick(spec, stoplimit) and price - stoplimit >= spec.trade_stops_level
    if kind == c.ORDER_TYPE_SELL_STOP_LIMIT:
        return is_on_tick(spec, stoplimit) and stoplimit - price >= spec.trade_stops_level
    return True


def distance_to_trigger(kind: int, price: float, bid: float, ask: float) -> float:
    """How far the market still is from firing the order; at or below 0 it fires."""
    if kind == c.ORDER_TYPE_BUY_LIMIT:
        return ask - price
    if kind == c.ORDER_TYPE_SELL_LIMIT:
        return price - bid
    if kind in (c.ORDER_TYPE_BUY_STOP, c.ORDER_TYPE_BUY_STOP_LIMIT):
        return price - ask
    return bid - price


def is_triggered(spec: Spec, kind: int, price: float, bid: float, ask: float, last: float) -> bool:
    """Whether the quote fires the order: buys by the ask, sells by the bid; stops of exchange symbols by the last trade where there is one."""
    if spec.trade_exemode == EXCHANGE and last > 0 and kind not in LIMITS:
        return distance_to_trigger(kind, price, last, last) <= 0
    return distance_to_trigger(kind, price, bid, ask) <= 0


def is_position_frozen(spec: Spec, is_buy: bool, reference: float, sl: float, tp: float) -> bool:
    """Whether a level is so near the closing price that the position may not be changed or closed."""
    freeze, direction = spec.trade_freeze_level, 1 if is_buy else -1
    if freeze <= 0:
        return False
    if sl != 0 and not (reference - sl) * direction > freeze:
        return True
    return tp != 0 and not (tp - reference) * direction > freeze


def is_order_frozen(spec: Spec, kind: int, price: float, bid: float, ask: float) -> bool:
    """Whether a waiting order is so near its trigger that it may not be changed or removed."""
    return spec.trade_freeze_level > 0 and not distance_to_trigger(kind, price, bid, ask) > spec.trade_freeze_level
