"""
The server's checks of a request, in one place and in the order of rulebook A.4 (*assumed*: the true order is not published).
Each function gives 0 when nothing stands against the request, else a return code. Prices are points, times server ms.
"""

import math
from typing import Any, Optional

from . import constants as c
from . import symbols as s
from .book import DAY_MS, LAST_TIME, NEVER, Book, Position
from .fills import commission_of
from .margins import can_afford
from .price_rules import BUY_TYPES, LIMITS, STOP_LIMITS, are_levels_valid, is_on_tick, is_pending_price_valid, is_position_frozen

OK = 0
#: The package has no name for this one (rulebook B.5).
HEDGE_PROHIBITED = 10046


def are_numbers(*values: float) -> bool:
    """Finite and not negative."""
    return all(math.isfinite(value) and value >= 0 for value in values)


def check_market(book: Book, symbol: str, with_session: bool = True) -> int:
    """Checks 1 to 4: symbol known, trading allowed, session open (`order_check` does not ask for it, A3), quotes present."""
    spec = book.specs.get(symbol)
    if spec is None:
        return c.TRADE_RETCODE_INVALID
    if spec.trade_mode == c.SYMBOL_TRADE_MODE_DISABLED or not book.account.trade_allowed:
        return c.TRADE_RETCODE_TRADE_DISABLED
    if with_session and not spec.is_open(book.at):
        return c.TRADE_RETCODE_MARKET_CLOSED
    return OK if book.quotes[symbol].bid > 0 else c.TRADE_RETCODE_PRICE_OFF


def check_opening(book: Book, r: Any) -> int:
    """A deal that opens, or on netting adds, nets or reverses. `r` is a TradeRequest with prices in points."""
    spec, is_buy = book.specs[r.symbol], r.type == c.ORDER_TYPE_BUY
    if r.type not in (c.ORDER_TYPE_BUY, c.ORDER_TYPE_SELL):
        return c.TRADE_RETCODE_INVALID_ORDER if 0 <= r.type <= 8 else c.TRADE_RETCODE_INVALID
    if not are_numbers(r.volume, r.sl, r.tp):
        return c.TRADE_RETCODE_INVALID
    if not spec.order_mode & s.ORDER_MARKET or not takes_levels(spec, r.sl, r.tp):
        return c.TRADE_RETCODE_INVALID_ORDER
    netted = netted_by(book, r.symbol, is_buy)
    close_lots = min(r.volume, netted.volume) if netted is not None else 0.0
    open_lots = r.volume - close_lots
    refused = trade_mode_refusal(spec, is_buy) if open_lots > 0 else OK
    if refused:
        return refused
    if not is_volume_valid(spec, r.volume):
        return c.TRADE_RETCODE_INVALID_VOLUME
    if exceeds_volume_limit(book, r.symbol, is_buy, open_lots):
        return c.TRADE_RETCODE_LIMIT_VOLUME
    if exceeds_position_limit(book, r.symbol):
        return c.TRADE_RETCODE_LIMIT_POSITIONS
    if not is_deal_filling_valid(spec, r.type_filling):
        return c.TRADE_RETCODE_INVALID_FILL
    if is_price_needed(spec) and not (is_on_tick(spec, r.price) and r.deviation >= 0):
        return c.TRADE_RETCODE_INVALID_PRICE
    if open_lots > 0 and not _are_opening_levels_valid(book, r, is_buy):
        return c.TRADE_RETCODE_INVALID_STOPS
    if netted is not None and is_position_frozen(spec, netted.is_buy, book.close_price(netted), netted.sl, netted.tp):
        return c.TRADE_RETCODE_FROZEN
    if is_hedge_forbidden(book, r.symbol, is_buy):
        return HEDGE_PROHIBITED
    if open_lots > 0 and not can_afford_deal(book, r.symbol, is_buy, open_lots, close_lots):
        return c.TRADE_RETCODE_NO_MONEY
    return OK


def check_closing(book: Book, r: Any, position: Position) -> int:
    """A deal that names the position it closes. Levels are ignored and every trade mode but DISABLED allows it (A.5, A.8)."""
    spec = book.specs[position.symbol]
    if not are_numbers(r.volume) or r.type != (1 - position.type) or r.symbol != position.symbol:
        return c.TRADE_RETCODE_INVALID
    if not r.volume > 0:
        return c.TRADE_RETCODE_INVALID_VOLUME
    if r.volume > position.volume + 1e-9:
        return c.TRADE_RETCODE_INVALID_CLOSE_VOLUME
    if r.volume > spec.volume_max or not is_on_step(r.volume, spec.volume_step):
        return c.TRADE_RETCODE_INVALID_VOLUME
    if r.volume < spec.volume_min and r.volume != position.volume:
        return c.TRADE_RETCODE_INVALID_VOLUME
    if not is_deal_filling_valid(spec, r.type_filling):
        return c.TRADE_RETCODE_INVALID_FILL
    if is_price_needed(spec) and not (is_on_tick(spec, r.price) and r.deviation >= 0):
        return c.TRADE_RETCODE_INVALID_PRICE
    if is_position_frozen(spec, position.is_buy, book.close_price(position), position.sl, position.tp):
        return c.TRADE_RETCODE_FROZEN
    return c.TRADE_RETCODE_FIFO_CLOSE if is_behind_in_fifo(book, position) else OK


def check_pending(book: Book, r: Any) -> int:
    """A waiting order at placing."""
    spec, is_buy = book.specs[r.symbol], r.type in BUY_TYPES
    family = family_of(r.type)
    if family == 0 or not are_numbers(r.volume, r.price, r.stoplimit, r.sl, r.tp):
        return c.TRADE_RETCODE_INVALID
    if not spec.order_mode & family or not takes_levels(spec, r.sl, r.tp):
        return c.TRADE_RETCODE_INVALID_ORDER
    refused = trade_mode_refusal(spec, is_buy)
    if refused:
        return refused
    if not is_volume_valid(spec, r.volume):
        return c.TRADE_RETCODE_INVALID_VOLUME
    if exceeds_volume_limit(book, r.symbol, is_buy, r.volume):
        return c.TRADE_RETCODE_LIMIT_VOLUME
    if book.account.limit_orders > 0 and len(book.orders) >= book.account.limit_orders:
        return c.TRADE_RETCODE_LIMIT_ORDERS
    if book.is_hedging and exceeds_position_limit(book, r.symbol):
        return c.TRADE_RETCODE_LIMIT_POSITIONS
    if not _is_pending_filling_valid(spec, r.type, r.type_filling):
        return c.TRADE_RETCODE_INVALID_FILL
    if end_of(spec, r.type_time, r.expiration, book.at) is None:
        return c.TRADE_RETCODE_INVALID_EXPIRATION
    refused = check_pending_levels(book, r.symbol, r.type, r)
    if refused:
        return refused
    reserved = pending_margin(book, r.symbol, is_buy, r.volume, r.price)
    return c.TRADE_RETCODE_NO_MONEY if reserved > 0 and not book.equity() - book.margin >= reserved else OK


def check_pending_levels(book: Book, symbol: str, kind: int, r: Any) -> int:
    """Price and levels of a waiting order; levels count from its own price, of stop-limits from the limit price (*assumed*, A.6)."""
    spec, quote = book.specs[symbol], book.quotes[symbol]
    if not is_pending_price_valid(spec, kind, r.price, r.stoplimit, quote.bid, quote.ask):
        return c.TRADE_RETCODE_INVALID_PRICE
    opens_at = r.stoplimit if kind in STOP_LIMITS else r.price
    return OK if are_levels_valid(spec, kind in BUY_TYPES, opens_at, r.sl, r.tp) else c.TRADE_RETCODE_INVALID_STOPS


def end_of(spec: s.Spec, type_time: int, expiration: int, at: int) -> Optional[int]:
    """When a waiting order lapses, server ms, from `expiration` in server seconds; None = 10022 (kind not taken, or in the past)."""
    if type_time not in (0, 1, 2, 3) or not spec.expiration_mode & (1 << type_time):
        return None
    ends = expiration * 1000
    if type_time == c.ORDER_TIME_GTC:
        return NEVER
    if type_time == c.ORDER_TIME_DAY:
        return (at // DAY_MS + 1) * DAY_MS
    if type_time == c.ORDER_TIME_SPECIFIED_DAY:
        ends = (ends // DAY_MS + 1) * DAY_MS
    return ends if at < ends <= LAST_TIME + DAY_MS else None


def pending_margin(book: Book, symbol: str, is_buy: bool, lots: float, price: float) -> float:
    """What a waiting order reserves: nothing over the counter, the initial margin on exchanges (A2.1)."""
    return book.margin_of(symbol, is_buy, lots, price) if book.specs[symbol].trade_exemode == s.EXCHANGE else 0.0


def netted_by(book: Book, symbol: str, is_buy: bool) -> Optional[Position]:
    """The netting position that a deal of this side would reduce, or None."""
    if book.is_hedging:
        return None
    return next((p for p in book.positions if p.symbol == symbol and p.is_buy != is_buy), None)


def is_hedge_forbidden(book: Book, symbol: str, is_buy: bool) -> bool:
    """Whether an opposite position would be opened where that is forbidden (hedging accounts only)."""
    forbids = book.is_hedging and book.specs[symbol].hedge_prohibited
    return forbids and any(p.symbol == symbol and p.is_buy != is_buy for p in book.positions)


def is_behind_in_fifo(book: Book, position: Position) -> bool:
    """Whether an older position of the symbol must be closed first."""
    if not (book.is_hedging and book.account.fifo_close):
        return False
    return next(p for p in book.positions if p.symbol == position.symbol) is not position


def can_afford_deal(book: Book, symbol: str, is_buy: bool, open_lots: float, close_lots: float) -> bool:
    """Whether the account carries the deal at the present quote, commission included (10019)."""
    price = book.deal_price(symbol, is_buy)
    entry = c.DEAL_ENTRY_INOUT if close_lots > 0 else c.DEAL_ENTRY_IN
    cost = commission_of(book, symbol, entry, open_lots + close_lots, close_lots, price)
    return can_afford(book, symbol, is_buy, open_lots, close_lots, price, cost)


def family_of(kind: int) -> int:
    """The order_mode bit of a waiting order's type, 0 for a number that is no such type (A.1)."""
    return 1 << (kind // 2) if c.ORDER_TYPE_BUY_LIMIT <= kind <= c.ORDER_TYPE_SELL_STOP_LIMIT else 0


def takes_levels(spec: s.Spec, sl: float, tp: float) -> bool:
    """Whether the symbol's order_mode takes the levels that are set."""
    return (sl == 0 or bool(spec.order_mode & s.ORDER_SL)) and (tp == 0 or bool(spec.order_mode & s.ORDER_TP))


def trade_mode_refusal(spec: s.Spec, is_buy: bool) -> int:
    """10042..10044 when the symbol's trade mode forbids opening that side (A.5)."""
    if spec.trade_mode == c.SYMBOL_TRADE_MODE_CLOSEONLY:
        return c.TRADE_RETCODE_CLOSE_ONLY
    if spec.trade_mode == c.SYMBOL_TRADE_MODE_LONGONLY and not is_buy:
        return c.TRADE_RETCODE_LONG_ONLY
    return c.TRADE_RETCODE_SHORT_ONLY if spec.trade_mode == c.SYMBOL_TRADE_MODE_SHORTONLY and is_buy else OK


def is_on_step(lots: float, step: float) -> bool:
    """A whole multiple of the step (tolerance 1e-7 steps)."""
    return abs(lots / step - round(lots / step)) < 1e-7


def is_volume_valid(spec: s.Spec, lots: float) -> bool:
    """Within minimum and maximum and on the step (A.9)."""
    return spec.volume_min <= lots <= spec.volume_max and is_on_step(lots, spec.volume_step)


def exceeds_volume_limit(book: Book, symbol: str, is_buy: bool, lots: float) -> bool:
    """A.9: open volume plus waiting orders of the same direction."""
    limit = book.specs[symbol].volume_limit
    if not limit > 0 or not lots > 0:
        return False
    total = lots + sum(p.volume for p in book.positions if p.symbol == symbol and p.is_buy == is_buy)
    total += sum(o.volume_current for o in book.orders if o.symbol == symbol and (o.type in BUY_TYPES) == is_buy)
    return not total <= limit + 1e-9


def exceeds_position_limit(book: Book, symbol: str) -> bool:
    """A.9: hedging counts positions and waiting orders; netting positions only, and a symbol that has one is accepted."""
    limit = book.account.limit_positions
    if not limit > 0:
        return False
    if book.is_hedging:
        return len(book.positions) + len(book.orders) >= limit
    return len(book.positions) >= limit and not any(p.symbol == symbol for p in book.positions)


def is_price_needed(spec: s.Spec) -> bool:
    """Request and instant execution compare the request's price with the market, the others ignore it (A.3)."""
    return spec.trade_exemode in (s.REQUEST, s.INSTANT)


def is_deal_filling_valid(spec: s.Spec, filling: int) -> bool:
    """Rulebook A.2, execution mode against policy, for deals."""
    if filling not in (c.ORDER_FILLING_FOK, c.ORDER_FILLING_IOC, c.ORDER_FILLING_RETURN):
        return False
    if is_price_needed(spec):
        return True
    if filling == c.ORDER_FILLING_RETURN:
        return spec.trade_exemode == s.EXCHANGE
    return bool(spec.filling_mode & (s.FILLING_FOK if filling == c.ORDER_FILLING_FOK else s.FILLING_IOC))


def _is_pending_filling_valid(spec: s.Spec, kind: int, filling: int) -> bool:
    if filling == c.ORDER_FILLING_RETURN:
        return True
    if filling == c.ORDER_FILLING_BOC:
        return (kind in LIMITS or kind in STOP_LIMITS) and bool(spec.filling_mode & s.FILLING_BOC)
    return is_deal_filling_valid(spec, filling)


def _are_opening_levels_valid(book: Book, r: Any, is_buy: bool) -> bool:
    spec = book.specs[r.symbol]
    if (r.sl != 0 or r.tp != 0) and not spec.stops_in_request and not is_price_needed(spec):
        return False
    return are_levels_valid(spec, is_buy, book.deal_price(r.symbol, not is_buy), r.sl, r.tp)
