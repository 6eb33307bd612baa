"""The change of the server's day: swap of the night, and what the symbol's order_gtc_mode sweeps away (rulebook A2.5, A.8)."""

from typing import Any, Dict

from . import constants as c
from . import money
from .book import DAY_MS, Book, Position
from .fills import Fill, finish_order, record_deal
from .margins import refresh_margin
from .symbols import Spec

#: SYMBOL_SWAP_MODE by number; 9 (profit currency) has no name in the package.
_DISABLED, _POINTS, _SYMBOL, _MARGIN, _DEPOSIT, _INTEREST_CURRENT, _INTEREST_OPEN, _REOPEN_CURRENT, _REOPEN_BID, _PROFIT = range(10)


def roll_over(book: Book) -> None:
    """The midnight at `book.next_midnight`; moves it a day on."""
    weekday = ((book.next_midnight - DAY_MS) // DAY_MS + 4) % 7
    book.next_midnight += DAY_MS
    if book.terms.charge_swap:
        for position in list(book.positions):
            nights = nights_of(book.specs[position.symbol], weekday)
            if nights > 0 and book.quotes[position.symbol].bid > 0:
                _charge(book, position, nights)
    _sweep(book)
    book.on_change()


def nights_of(spec: Spec, weekday: int) -> int:
    """How often the night after `weekday` (0 = Sunday) is charged: 3 on the triple day, 1 on weekdays, 0 at weekends; 7 = every night once."""
    if spec.swap_rollover3days == 7:
        return 1
    if weekday == spec.swap_rollover3days:
        return 3
    return 0 if weekday in (0, 6) else 1


def _charge(book: Book, position: Position, nights: int) -> None:
    spec = book.specs[position.symbol]
    rate = spec.swap_long if position.is_buy else spec.swap_short
    if rate == 0 or spec.swap_mode == _DISABLED:
        return
    if spec.swap_mode in (_REOPEN_CURRENT, _REOPEN_BID):
        _reopen(book, position, rate * nights)
        return
    digits = book.account.currency_digits
    amount = money.round_money(swap_of(book, position, rate) * nights, digits)
    position.swap = money.round_money(position.swap + amount, digits)


def swap_of(book: Book, position: Position, rate: float) -> float:
    """Swap of one night, account currency, unrounded; interest modes use a year of 360 days (A2.5)."""
    spec, lots = book.specs[position.symbol], position.volume
    price = book.close_price(position)

    def of(currency: str, amount: float) -> float:
        way = money.conversion_of(spec, currency, book.account.currency, book.rate)
        return money.convert(way, amount, price / 10**spec.digits)

    if spec.swap_mode == _POINTS:
        return of(spec.currency_profit, lots * rate * money.per_point(spec))
    if spec.swap_mode in (_SYMBOL, _MARGIN, _PROFIT):
        currency = {_SYMBOL: spec.currency_base, _MARGIN: spec.currency_margin, _PROFIT: spec.currency_profit}[spec.swap_mode]
        return of(currency, lots * rate)
    if spec.swap_mode == _DEPOSIT:
        return lots * rate
    basis = price if spec.swap_mode == _INTEREST_CURRENT else position.price_open
    return of(spec.currency_profit, lots * spec.trade_contract_size * basis / 10**spec.digits * rate / 36_000)


def _reopen(book: Book, position: Position, points: float) -> None:
    """Closes at the day's end and opens again at that price moved by the swap points; the identifier stays (*assumed*)."""
    spec = book.specs[position.symbol]
    direction = 1 if position.is_buy else -1
    closed = book.quotes[position.symbol].bid if spec.swap_mode == _REOPEN_BID else book.close_price(position)
    opened = float(max(1, round(closed - direction * points)))
    profit = book.profit_of(position, position.volume, closed)
    order = book.new_order_ticket()
    common: Dict[str, Any] = {"magic": position.magic, "comment": "rollover", "reason": c.DEAL_REASON_ROLLOVER}
    out = Fill(order, position.symbol, not position.is_buy, position.volume, closed, **common)
    record_deal(book, out, position.identifier, c.DEAL_ENTRY_OUT, profit, position.swap, position.volume)
    again = Fill(order, position.symbol, position.is_buy, position.volume, opened, **common)
    record_deal(book, again, position.identifier, c.DEAL_ENTRY_IN)
    position.swap, position.price_open, position.time_msc, position.time_update_msc = 0.0, opened, book.at, book.at
    position.margin_per_lot = book.margin_of(position.symbol, position.is_buy, 1.0, opened, True)
    refresh_margin(book)


def _sweep(book: Book) -> None:
    for order in [o for o in book.orders if o.type_time == c.ORDER_TIME_GTC]:
        if book.specs[order.symbol].order_gtc_mode != c.SYMBOL_ORDERS_GTC:
            finish_order(book, order, c.ORDER_STATE_EXPIRED)
    for position in book.positions:
        if book.specs[position.symbol].order_gtc_mode == c.SYMBOL_ORDERS_DAILY:
            position.sl = position.tp = 0.0
    refresh_margin(book)
