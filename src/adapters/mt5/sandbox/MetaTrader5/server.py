"""The broker's trade server: executes requests on a book and moves it by quotes and time (rulebook A.3, A.8, A.10, F.1)."""

from dataclasses import dataclass
from typing import Any, Optional

from . import constants as c
from . import symbols as s
from .book import DAY_MS, NEVER, Book, Order, Position
from .checks import (
    OK, are_numbers, check_closing, check_market, check_opening, check_pending, check_pending_levels, end_of, family_of, is_behind_in_fifo,
    is_price_needed, pending_margin, takes_levels,
)  # fmt: skip
from .fills import Fill, book_fill, close_by, finish_order
from .margins import refresh_margin
from .price_rules import BUY_TYPES, STOP_LIMITS, are_levels_valid, is_order_frozen, is_position_frozen, is_triggered
from .rollover import roll_over
from .triggers import activate, next_expiring, settle


@dataclass
class Outcome:
    """What a request came to; tickets, volume and price (points) are 0 where MT5 returns 0."""

    retcode: int
    deal: int = 0
    order: int = 0
    volume: float = 0.0
    price: float = 0.0
    #: The position that was opened, changed or closed; not part of MT5's answer.
    position: int = 0


@dataclass
class Trouble:
    """What a fault does to a deal: only `volume` lots are there (None = all), `slip` points against the trader."""

    volume: Optional[float] = None
    slip: float = 0.0


def execute(book: Book, r: Any, trouble: Optional[Trouble] = None) -> Outcome:
    """Executes a TradeRequest whose prices are points, at the book's time and quotes. Never raises for what a request says."""
    target = book.position_by(r.position) if r.position else None
    order = book.order_by(r.order) if r.order else None
    symbol = r.symbol or (target.symbol if target is not None else order.symbol if order is not None else "")
    if r.action in (c.TRADE_ACTION_MODIFY, c.TRADE_ACTION_REMOVE) and order is not None:
        symbol = order.symbol
    if symbol == "" and (r.position or r.order):
        return _gone(book, r.position or r.order, bool(r.position))
    refused = check_market(book, symbol)
    if refused != OK:
        return Outcome(refused)
    r = r._replace(symbol=symbol)
    if r.action == c.TRADE_ACTION_DEAL:
        return _deal(book, r, trouble or Trouble())
    if r.action == c.TRADE_ACTION_PENDING:
        return _place(book, r)
    if r.action == c.TRADE_ACTION_SLTP:
        return _set_levels(book, r)
    if r.action == c.TRADE_ACTION_MODIFY:
        return _modify(book, r)
    if r.action == c.TRADE_ACTION_REMOVE:
        return _remove(book, r)
    if r.action == c.TRADE_ACTION_CLOSE_BY:
        return _close_by(book, r)
    return Outcome(c.TRADE_RETCODE_INVALID)


def check(book: Book, r: Any) -> int:
    """The return code that a request would meet before execution, the session aside; 0 = fine (what `order_check` says, rulebook A3)."""
    refused = check_market(book, r.symbol, with_session=False)
    if refused != OK:
        return refused
    if r.action == c.TRADE_ACTION_PENDING:
        return check_pending(book, r)
    if r.action == c.TRADE_ACTION_DEAL:
        if not r.position:
            return check_opening(book, r)
        position = book.position_by(r.position)
        return _gone(book, r.position, True).retcode if position is None else check_closing(book, r, position)
    return OK


def move_to(book: Book, at: int) -> None:
    """Moves the server's time to `at`, with day changes and expiries in the order of their times. Time never runs backwards."""
    if book.next_midnight == NEVER:
        book.next_midnight = (at // DAY_MS + 1) * DAY_MS
    while True:
        expiring = next_expiring(book)
        ends_at = expiring.ends_at if expiring is not None else NEVER
        due = min(book.next_midnight, ends_at)
        if due > at:
            break
        if not book.positions and not book.orders:
            book.next_midnight = (at // DAY_MS + 1) * DAY_MS
            break
        book.at = max(book.at, due)
        if due == book.next_midnight:
            roll_over(book)
        elif expiring is not None:
            finish_order(book, expiring, c.ORDER_STATE_EXPIRED)
            refresh_margin(book)
    book.at = max(book.at, at)


def quote(book: Book, symbol: str, at: int) -> None:
    """A new quote of `symbol` (already in `book.quotes`) at server time `at`: time first, then levels, waiting orders, margin."""
    move_to(book, at)
    settle(book, symbol)


def _gone(book: Book, ticket: int, is_position: bool) -> Outcome:
    if not book.was_issued(ticket):
        return Outcome(c.TRADE_RETCODE_INVALID)
    return Outcome(c.TRADE_RETCODE_POSITION_CLOSED if is_position else c.TRADE_RETCODE_ORDER_CHANGED)


def _deal(book: Book, r: Any, trouble: Trouble) -> Outcome:
    closing: Optional[Position] = None
    if r.position:
        closing = book.position_by(r.position)
        if closing is None:
            return _gone(book, r.position, True)
        refused = check_closing(book, r, closing)
    else:
        refused = check_opening(book, r)
    if refused != OK:
        return Outcome(refused)
    spec, is_buy = book.specs[r.symbol], r.type == c.ORDER_TYPE_BUY
    market = book.deal_price(r.symbol, is_buy)
    at_request = is_price_needed(spec)
    if at_request and not abs(market - r.price) <= r.deviation:
        return Outcome(c.TRADE_RETCODE_REQUOTE)
    price = r.price if at_request else _slipped(book, spec, is_buy, market, trouble.slip)
    lots = r.volume
    if trouble.volume is not None and not at_request and r.type_filling != c.ORDER_FILLING_FOK:
        lots = min(lots, max(spec.volume_min, book.on_step(r.symbol, trouble.volume)))
    order = _order(book, r, order_price=price if spec.trade_exemode != s.MARKET else 0.0)
    order.volume_current, order.price_current = book.on_step(r.symbol, r.volume - lots), market
    fill = Fill(order.ticket, r.symbol, is_buy, lots, price, r.sl, r.tp, r.magic, r.comment)
    deal, order.position_id = book_fill(book, fill, closing)
    is_partial = lots < r.volume
    if is_partial and r.type_filling == c.ORDER_FILLING_RETURN and closing is None:
        _rest_as_limit(book, order, price)
    else:
        finish_order(book, order, c.ORDER_STATE_PARTIAL if is_partial else c.ORDER_STATE_FILLED)
    retcode = c.TRADE_RETCODE_DONE_PARTIAL if is_partial else c.TRADE_RETCODE_DONE
    return Outcome(retcode, deal, order.ticket, lots, price, order.position_id)


def _slipped(book: Book, spec: s.Spec, is_buy: bool, market: float, extra: float) -> float:
    """Adverse slippage |N(0, sd)| plus a fault's, whole ticks, never below one tick."""
    sd = book.terms.slippage_points
    points = (abs(book.random.gauss(0.0, sd)) if sd > 0 else 0.0) + extra
    adverse = round(points / spec.tick_points) * spec.tick_points
    return market + adverse if is_buy else max(float(spec.tick_points), market - adverse)


def _rest_as_limit(book: Book, order: Order, price: float) -> None:
    """The unfilled part of a RETURN deal works on as a limit under the same ticket (*assumed*)."""
    order.type = c.ORDER_TYPE_BUY_LIMIT if order.type == c.ORDER_TYPE_BUY else c.ORDER_TYPE_SELL_LIMIT
    order.state, order.price = c.ORDER_STATE_PARTIAL, price
    order.margin = pending_margin(book, order.symbol, order.type in BUY_TYPES, order.volume_current, price)
    book.orders.append(order)
    refresh_margin(book)
    book.on_change()


def _order(book: Book, r: Any, order_price: float, ends_at: int = NEVER) -> Order:
    return Order(
        book.new_order_ticket(), r.symbol, r.type, r.volume, r.volume, order_price, r.stoplimit if r.type in STOP_LIMITS else 0.0,
        r.sl, r.tp, r.type_filling, r.type_time, r.expiration, ends_at, book.at, r.magic, r.comment, c.ORDER_REASON_EXPERT,
    )  # fmt: skip


def _place(book: Book, r: Any) -> Outcome:
    refused = check_pending(book, r)
    if refused != OK:
        return Outcome(refused)
    spec, quote_now = book.specs[r.symbol], book.quotes[r.symbol]
    order = _order(book, r, r.price, end_of(spec, r.type_time, r.expiration, book.at) or NEVER)
    order.margin = pending_margin(book, r.symbol, r.type in BUY_TYPES, r.volume, r.price)
    book.orders.append(order)
    refresh_margin(book)
    marketable = spec.trade_exemode == s.EXCHANGE and is_triggered(spec, r.type, r.price, quote_now.bid, quote_now.ask, quote_now.last)
    if marketable and r.type_filling == c.ORDER_FILLING_BOC:
        finish_order(book, order, c.ORDER_STATE_CANCELED)
        refresh_margin(book)
    elif marketable:
        activate(book, order)
    book.on_change()
    return Outcome(c.TRADE_RETCODE_DONE, 0, order.ticket, r.volume)


def _set_levels(book: Book, r: Any) -> Outcome:
    position = book.position_by(r.position) if r.position else None
    if position is None and not book.is_hedging:
        position = next((p for p in book.positions if p.symbol == r.symbol), None)
    if position is None:
        return _gone(book, r.position, True)
    spec = book.specs[position.symbol]
    if not are_numbers(r.sl, r.tp):
        return Outcome(c.TRADE_RETCODE_INVALID)
    if not takes_levels(spec, r.sl, r.tp):
        return Outcome(c.TRADE_RETCODE_INVALID_ORDER)
    reference = book.close_price(position)
    if not are_levels_valid(spec, position.is_buy, reference, r.sl, r.tp):
        return Outcome(c.TRADE_RETCODE_INVALID_STOPS)
    if is_position_frozen(spec, position.is_buy, reference, position.sl, position.tp):
        return Outcome(c.TRADE_RETCODE_FROZEN)
    if r.sl == position.sl and r.tp == position.tp:
        return Outcome(c.TRADE_RETCODE_NO_CHANGES)
    position.sl, position.tp = r.sl, r.tp
    book.on_change()
    return Outcome(c.TRADE_RETCODE_DONE, position=position.identifier)


def _modify(book: Book, r: Any) -> Outcome:
    order = book.order_by(r.order)
    if order is None:
        return _gone(book, r.order, False)
    spec, now = book.specs[order.symbol], book.quotes[order.symbol]
    if not are_numbers(r.price, r.stoplimit, r.sl, r.tp):
        return Outcome(c.TRADE_RETCODE_INVALID)
    if not takes_levels(spec, r.sl, r.tp):
        return Outcome(c.TRADE_RETCODE_INVALID_ORDER)
    ends_at = end_of(spec, r.type_time, r.expiration, book.at)
    if ends_at is None:
        return Outcome(c.TRADE_RETCODE_INVALID_EXPIRATION)
    refused = check_pending_levels(book, order.symbol, order.type, r)
    if refused != OK:
        return Outcome(refused)
    if is_order_frozen(spec, order.type, order.price, now.bid, now.ask):
        return Outcome(c.TRADE_RETCODE_FROZEN)
    stoplimit = r.stoplimit if order.type in STOP_LIMITS else 0.0
    wanted = (r.price, stoplimit, r.sl, r.tp, r.type_time, r.expiration)
    if wanted == (order.price, order.stoplimit, order.sl, order.tp, order.type_time, order.expiration):
        return Outcome(c.TRADE_RETCODE_NO_CHANGES)
    order.price, order.stoplimit, order.sl, order.tp, order.type_time, order.expiration = wanted
    order.ends_at = ends_at
    order.margin = pending_margin(book, order.symbol, order.type in BUY_TYPES, order.volume_current, order.price)
    refresh_margin(book)
    book.on_change()
    return Outcome(c.TRADE_RETCODE_DONE, order=order.ticket)


def _remove(book: Book, r: Any) -> Outcome:
    order = book.order_by(r.order)
    if order is None:
        return _gone(book, r.order, False)
    now = book.quotes[order.symbol]
    if family_of(order.type) and is_order_frozen(book.specs[order.symbol], order.type, order.price, now.bid, now.ask):
        return Outcome(c.TRADE_RETCODE_FROZEN)
    finish_order(book, order, c.ORDER_STATE_CANCELED)
    refresh_margin(book)
    return Outcome(c.TRADE_RETCODE_DONE, order=order.ticket)


def _close_by(book: Book, r: Any) -> Outcome:
    if not book.is_hedging or not book.specs[r.symbol].order_mode & s.ORDER_CLOSEBY:
        return Outcome(c.TRADE_RETCODE_INVALID_ORDER)
    first, second = book.position_by(r.position), book.position_by(r.position_by)
    if first is None or second is None:
        return _gone(book, r.position if first is None else r.position_by, True)
    if first.symbol != second.symbol or first.type == second.type:
        return Outcome(c.TRADE_RETCODE_INVALID)
    spec = book.specs[first.symbol]
    for position in (first, second):
        if is_position_frozen(spec, position.is_buy, book.close_price(position), position.sl, position.tp):
            return Outcome(c.TRADE_RETCODE_FROZEN)
    if is_behind_in_fifo(book, first) and is_behind_in_fifo(book, second):
        return Outcome(c.TRADE_RETCODE_FIFO_CLOSE)
    lots, price = min(first.volume, second.volume), second.price_open
    order = _order(book, r._replace(type=c.ORDER_TYPE_CLOSE_BY, volume=lots), 0.0)
    order.position_id, order.position_by_id, order.volume_current = first.identifier, second.identifier, 0.0
    deal, position_id = close_by(book, first, second, order.ticket, "")
    finish_order(book, order, c.ORDER_STATE_FILLED)
    return Outcome(c.TRADE_RETCODE_DONE, deal, order.ticket, lots, price, position_id)
