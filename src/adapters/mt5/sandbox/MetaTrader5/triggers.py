"""What the server does by itself on a new quote: levels, waiting orders, expiry, stop-out (rulebook A.7, A2.4, F.1)."""

import math
from typing import Optional, Tuple

from . import constants as c
from .book import NEVER, Book, Order, Position
from .checks import can_afford_deal, is_behind_in_fifo, is_hedge_forbidden, netted_by
from .fills import Fill, book_fill, finish_order
from .margins import is_stopped_out, largest_loss, margin_level, most_reserving, refresh_margin
from .price_rules import BUY_TYPES, LIMITS, STOP_LIMITS, is_triggered
from .symbols import EXCHANGE


def settle(book: Book, symbol: str) -> None:
    """Steps 5 to 8 of F.1 for the symbol whose quote is new. Outside its session nothing fires."""
    if not book.positions and not book.orders:
        return
    if book.specs[symbol].is_open(book.at):
        fire_levels(book, symbol)
        if fire_pendings(book, symbol):
            fire_levels(book, symbol)
    stop_out(book)


def fire_levels(book: Book, symbol: str) -> None:
    """Closes every position whose SL or TP is reached, oldest first, SL asked first."""
    for position in list(book.positions):
        if position.symbol != symbol or position not in book.positions:
            continue
        hit = _fired_level(book, position)
        if hit is None or is_behind_in_fifo(book, position):
            continue
        name, level, reason = hit
        price = level if book.terms.fills_at == "requested" else book.close_price(position)
        spec = book.specs[symbol]
        close_at_server(book, position, position.volume, price, reason, "[%s %.*f]" % (name, spec.digits, level / 10**spec.digits))


def _fired_level(book: Book, position: Position) -> Optional[Tuple[str, float, int]]:
    price = book.close_price(position)
    if position.sl != 0 and (price <= position.sl if position.is_buy else price >= position.sl):
        return ("sl", position.sl, c.DEAL_REASON_SL)
    if position.tp != 0 and (price >= position.tp if position.is_buy else price <= position.tp):
        return ("tp", position.tp, c.DEAL_REASON_TP)
    return None


def fire_pendings(book: Book, symbol: str) -> bool:
    """Fires every waiting order that the quote has reached, oldest first. True when a position may have been opened."""
    fired = False
    spec, quote = book.specs[symbol], book.quotes[symbol]
    for order in list(book.orders):
        if order.symbol == symbol and is_triggered(spec, order.type, order.price, quote.bid, quote.ask, quote.last):
            fired = True
            activate(book, order)
    return fired


def activate(book: Book, order: Order) -> None:
    """A stop-limit turns into its limit, which may execute at once; the others become deals unless hedging rules or margin forbid (10041)."""
    spec, quote = book.specs[order.symbol], book.quotes[order.symbol]
    is_buy = order.type in BUY_TYPES
    if order.type in STOP_LIMITS:
        order.type = c.ORDER_TYPE_BUY_LIMIT if is_buy else c.ORDER_TYPE_SELL_LIMIT
        order.price, order.stoplimit = order.stoplimit, 0.0
        book.on_change()
        if not is_triggered(spec, order.type, order.price, quote.bid, quote.ask, quote.last):
            return
    order.margin = 0.0
    refresh_margin(book)
    netted = netted_by(book, order.symbol, is_buy)
    close_lots = min(order.volume_current, netted.volume) if netted is not None else 0.0
    open_lots = order.volume_current - close_lots
    forbidden = is_hedge_forbidden(book, order.symbol, is_buy)
    if forbidden or (open_lots > 0 and not can_afford_deal(book, order.symbol, is_buy, open_lots, close_lots)):
        finish_order(book, order, c.ORDER_STATE_REJECTED)
        refresh_margin(book)
        return
    on_exchange = order.type in LIMITS and spec.trade_exemode == EXCHANGE
    price = order.price if book.terms.fills_at == "requested" or on_exchange else book.deal_price(order.symbol, is_buy)
    fill = Fill(order.ticket, order.symbol, is_buy, order.volume_current, price, order.sl, order.tp, order.magic, order.comment, order.reason)
    order.price_current, order.volume_current = price, 0.0
    _, order.position_id = book_fill(book, fill, None)
    finish_order(book, order, c.ORDER_STATE_FILLED)
    refresh_margin(book)


def close_at_server(book: Book, position: Position, lots: float, price: float, reason: int, comment: str) -> None:
    """Closes a position, or part of it, by an order of the server's own."""
    ticket = book.new_order_ticket()
    kind = c.ORDER_TYPE_SELL if position.is_buy else c.ORDER_TYPE_BUY
    order = Order(
        ticket, position.symbol, kind, lots, 0.0, price, 0.0, 0.0, 0.0, 0, 0, 0, NEVER, book.at, position.magic, comment,
        reason if reason <= 6 else 3, position_id=position.identifier, price_current=price,
    )  # fmt: skip
    fill = Fill(ticket, position.symbol, not position.is_buy, lots, price, magic=position.magic, comment=comment, reason=reason)
    book_fill(book, fill, position)
    finish_order(book, order, c.ORDER_STATE_FILLED)


def next_expiring(book: Book) -> Optional[Order]:
    """The waiting order that lapses first, or None."""
    return min((order for order in book.orders if order.ends_at < NEVER), key=lambda order: order.ends_at, default=None)


def stop_out(book: Book) -> None:
    """
    Below the stop-out level: deletes the order that reserves most, reads the level again, and so on; then closes the largest loss, at
    most volume_max at a time, until the level is above or nothing can be closed (A2.4).
    """
    while is_stopped_out(book):
        order = most_reserving(book)
        if order is None:
            break
        finish_order(book, order, c.ORDER_STATE_CANCELED)
        refresh_margin(book)
    while is_stopped_out(book):
        position = largest_loss(book)
        if position is None:
            return
        lots = min(position.volume, book.specs[position.symbol].volume_max)
        level = margin_level(book)
        comment = "[so]" if math.isnan(level) else "[so %.2f%%]" % level
        close_at_server(book, position, lots, book.close_price(position), c.DEAL_REASON_SO, comment)
