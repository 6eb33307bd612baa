"""Booking of trades that are certain to happen: positions, deals, balance (rulebook A.10, A.11, A2.3, A2.6)."""

from dataclasses import dataclass
from typing import Optional, Tuple

from . import constants as c
from . import money
from .book import Book, Deal, Order, Position
from .margins import refresh_margin


@dataclass
class Fill:
    """What the matching decided. `price` and levels in points; `order` the order's ticket; `reason` a DEAL_REASON."""

    order: int
    symbol: str
    is_buy: bool
    lots: float
    price: float
    sl: float = 0.0
    tp: float = 0.0
    magic: int = 0
    comment: str = ""
    reason: int = c.DEAL_REASON_EXPERT


def book_fill(book: Book, fill: Fill, closing: Optional[Position]) -> Tuple[int, int]:
    """Closes `closing` when given, else opens (hedging) or nets (netting). Gives (deal ticket, position identifier)."""
    if closing is not None:
        return _close_part(book, fill, closing)
    position = None if book.is_hedging else next((p for p in book.positions if p.symbol == fill.symbol), None)
    if position is None:
        return _open(book, fill)
    if position.is_buy == fill.is_buy:
        return _add_to(book, fill, position)
    return _close_part(book, fill, position) if fill.lots <= position.volume else _reverse(book, fill, position)


def _open(book: Book, fill: Fill) -> Tuple[int, int]:
    position = Position(
        ticket=fill.order, identifier=fill.order, symbol=fill.symbol, type=0 if fill.is_buy else 1, volume=fill.lots,
        price_open=fill.price, time_msc=book.at, time_update_msc=book.at, sl=fill.sl, tp=fill.tp, magic=fill.magic,
        comment=fill.comment, reason=min(fill.reason, 3), margin_per_lot=book.margin_of(fill.symbol, fill.is_buy, 1.0, fill.price, True),
    )  # fmt: skip
    deal = record_deal(book, fill, position.identifier, c.DEAL_ENTRY_IN)
    book.positions.append(position)
    refresh_margin(book)
    return deal, position.identifier


def _add_to(book: Book, fill: Fill, position: Position) -> Tuple[int, int]:
    """Volume-weighted price, levels and magic of the newest deal, zeros clear levels (A.10)."""

    def mean(old: float, added: float) -> float:
        return old + (added - old) * fill.lots / (position.volume + fill.lots)

    per_lot = book.margin_of(fill.symbol, fill.is_buy, 1.0, fill.price, True)
    position.price_open, position.margin_per_lot = mean(position.price_open, fill.price), mean(position.margin_per_lot, per_lot)
    position.volume = book.on_step(fill.symbol, position.volume + fill.lots)
    position.sl, position.tp, position.magic, position.time_update_msc = fill.sl, fill.tp, fill.magic, book.at
    deal = record_deal(book, fill, position.identifier, c.DEAL_ENTRY_IN)
    refresh_margin(book)
    return deal, position.identifier


def _close_part(book: Book, fill: Fill, position: Position) -> Tuple[int, int]:
    profit = book.profit_of(position, fill.lots, fill.price)
    swap = _take_swap(book, position, fill.lots)
    deal = record_deal(book, fill, position.identifier, c.DEAL_ENTRY_OUT, profit, swap, fill.lots)
    shrink(book, position, fill.lots)
    return deal, position.identifier


def _reverse(book: Book, fill: Fill, position: Position) -> Tuple[int, int]:
    """Closes a netting position and opens the rest on the other side in one deal; identifier stays, ticket changes (A.10)."""
    closed = position.volume
    profit = book.profit_of(position, closed, fill.price)
    swap = _take_swap(book, position, closed)
    deal = record_deal(book, fill, position.identifier, c.DEAL_ENTRY_INOUT, profit, swap, closed)
    position.type, position.volume = (0 if fill.is_buy else 1), book.on_step(fill.symbol, fill.lots - closed)
    position.price_open, position.time_msc, position.time_update_msc, position.ticket = fill.price, book.at, book.at, fill.order
    position.sl, position.tp, position.magic, position.comment = fill.sl, fill.tp, fill.magic, fill.comment
    position.margin_per_lot = book.margin_of(fill.symbol, fill.is_buy, 1.0, fill.price, True)
    refresh_margin(book)
    return deal, position.identifier


def close_by(book: Book, first: Position, second: Position, order: int, comment: str) -> Tuple[int, int]:
    """Two OUT_BY deals at the other's open price, the whole profit on the first, no spread paid (A.10)."""
    lots = min(first.volume, second.volume)
    profit = book.profit_of(first, lots, second.price_open)
    deals = []
    for position, other, amount in ((first, second, profit), (second, first, 0.0)):
        text = comment or "close by #%d" % other.identifier
        fill = Fill(order, position.symbol, not position.is_buy, lots, other.price_open, magic=position.magic, comment=text)
        deals.append(record_deal(book, fill, position.identifier, c.DEAL_ENTRY_OUT_BY, amount, _take_swap(book, position, lots), lots))
    shrink(book, first, lots)
    shrink(book, second, lots)
    return deals[0], first.identifier


def record_deal(book: Book, fill: Fill, position: int, entry: int, profit: float = 0.0, swap: float = 0.0, closed: float = 0.0) -> int:
    """Rounds the parts to the account's digits, books them on the balance, writes the deal; gives its ticket."""
    digits = book.account.currency_digits
    gain = money.round_money(profit, digits)
    charged = fill.reason != c.DEAL_REASON_ROLLOVER
    commission = -commission_of(book, fill.symbol, entry, fill.lots, closed, fill.price) if charged else 0.0
    ticket = book.new_deal_ticket()
    kind = c.DEAL_TYPE_BUY if fill.is_buy else c.DEAL_TYPE_SELL
    book.deals.append(
        Deal(ticket, fill.order, fill.symbol, kind, entry, fill.lots, fill.price, book.at, position, fill.magic, fill.reason, gain, swap,
             commission or 0.0, 0.0, fill.comment)
    )  # fmt: skip
    book.balance = money.round_money(book.balance + gain + swap + commission, digits)
    book.on_change()
    return ticket


def record_balance(book: Book, amount: float, comment: str) -> int:
    """A deposit or withdrawal: a deal of type BALANCE without order, position or symbol. Gives its ticket."""
    rounded = money.round_money(amount, book.account.currency_digits)
    ticket = book.new_deal_ticket()
    client = c.DEAL_REASON_CLIENT
    book.deals.append(Deal(ticket, 0, "", c.DEAL_TYPE_BALANCE, 0, 0.0, 0.0, book.at, 0, 0, client, rounded, 0.0, 0.0, 0.0, comment))
    book.balance = money.round_money(book.balance + rounded, book.account.currency_digits)
    book.on_change()
    return ticket


def commission_of(book: Book, symbol: str, entry: int, lots: float, closed: float, price: float) -> float:
    """Commission of a deal, account currency, >= 0, rounded; the schedule's side decides which part of the volume pays (A2.6)."""
    spec = book.specs[symbol]
    schedule = spec.commission
    if schedule.kind == "none":
        return 0.0
    charged = lots if schedule.side == "both" else lots - closed if schedule.side == "in" else closed
    if not charged > 0 or (entry == c.DEAL_ENTRY_IN and schedule.side == "out"):
        return 0.0
    if schedule.kind == "perLot":
        base = charged
    else:
        worth = money.notional(spec, book.account.currency, book.rate, charged, price)
        base = worth / (1_000_000 if schedule.kind == "perMillion" else 100)
    return money.round_money(max(schedule.minimum, base * schedule.rate), book.account.currency_digits)


def finish_order(book: Book, order: Order, state: int) -> None:
    """Moves an order from the waiting ones (if it was there) to history with its final state."""
    if order in book.orders:
        book.orders.remove(order)
    order.state, order.time_done_msc, order.margin = state, book.at, 0.0
    book.history.append(order)
    book.on_change()


def _take_swap(book: Book, position: Position, lots: float) -> float:
    digits = book.account.currency_digits
    share = position.swap if lots >= position.volume else money.round_money(position.swap * lots / position.volume, digits)
    position.swap = money.round_money(position.swap - share, digits)
    return share


def shrink(book: Book, position: Position, lots: float) -> None:
    """Takes volume from a position, which goes when none is left."""
    position.volume = book.on_step(position.symbol, position.volume - lots)
    position.time_update_msc = book.at
    if position.volume <= 0:
        book.positions.remove(position)
    refresh_margin(book)
