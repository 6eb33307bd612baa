"""Margin in use, what the account can afford, and the stop-out sequence (rulebook A2.1, A2.2, A2.4)."""

import math
from typing import Dict, List, Optional

from .book import Book, Order, Position

_NOTHING = {"long_lots": 0.0, "long": 0.0, "short_lots": 0.0, "short": 0.0}


def _sides(book: Book, symbol: str) -> Dict[str, float]:
    sums = dict(_NOTHING)
    for position in book.positions:
        if position.symbol == symbol:
            _add(sums, position.is_buy, position.volume, position.margin_per_lot)
    return sums


def _add(sums: Dict[str, float], is_buy: bool, lots: float, per_lot: float) -> None:
    side = "long" if is_buy else "short"
    sums[side + "_lots"] += lots
    sums[side] += lots * per_lot


def _symbol_margin(book: Book, symbol: str, sums: Dict[str, float]) -> float:
    """Uncovered volume at its side's mean margin, covered volume once at `margin_hedged`'s share of the mean of both (A2.1, *assumed* for FX)."""
    spec = book.specs[symbol]
    long_lots, short_lots, long, short = sums["long_lots"], sums["short_lots"], sums["long"], sums["short"]
    if not long_lots > 0 or not short_lots > 0:
        return long + short
    if spec.margin_hedged_use_leg:
        return max(long, short)
    covered, uncovered = min(long_lots, short_lots), abs(long_lots - short_lots)
    per_lot = long / long_lots if long_lots > short_lots else short / short_lots
    whole = spec.margin_initial if spec.margin_initial > 0 else spec.trade_contract_size
    share = spec.margin_hedged / whole if whole > 0 else 0.0
    return uncovered * per_lot + covered * share * ((long + short) / (long_lots + short_lots))


def refresh_margin(book: Book) -> None:
    """Recomputes the margin in use after positions or orders changed."""
    symbols = {position.symbol for position in book.positions}
    book.margin = sum(_symbol_margin(book, symbol, _sides(book, symbol)) for symbol in sorted(symbols)) + reserved(book)


def reserved(book: Book) -> float:
    """What waiting orders reserve (0 except on exchanges)."""
    return sum(order.margin for order in book.orders)


def margin_after(book: Book, symbol: str, is_buy: bool, lots: float, close_lots: float, price: float) -> float:
    """Margin of the account if `lots` more of this side were opened at `price` after closing `close_lots` of the other (netting)."""
    sums = _sides(book, symbol)
    before = _symbol_margin(book, symbol, sums)
    other = "short" if is_buy else "long"
    if close_lots > 0 and sums[other + "_lots"] > 0:
        sums[other] -= sums[other] * close_lots / sums[other + "_lots"]
        sums[other + "_lots"] = max(0.0, sums[other + "_lots"] - close_lots)
    _add(sums, is_buy, lots, book.margin_of(symbol, is_buy, 1.0, price))
    return book.margin - before + _symbol_margin(book, symbol, sums)


def can_afford(book: Book, symbol: str, is_buy: bool, lots: float, close_lots: float, price: float, cost: float) -> bool:
    """Whether free margin stays >= 0 with `cost` charged at once; a trade that frees margin always may. Unknown margin is a no."""
    after = margin_after(book, symbol, is_buy, lots, close_lots, price)
    if after <= book.margin + 1e-6:
        return True
    return book.equity() - cost - after >= 0


def margin_level(book: Book) -> float:
    """Equity in percent of margin; 0 without margin (rulebook A2.2, as the package shows it)."""
    return book.equity() / book.margin * 100 if book.margin > 0 else 0.0


def is_stopped_out(book: Book) -> bool:
    """At or below the stop-out level: percent of margin, or money of equity (A2.4). An unknown equity is."""
    if not book.margin > 0:
        return False
    so = book.account.margin_so_so
    return not book.equity() > (book.margin * so / 100 if book.account.margin_so_mode == 0 else so)


def most_reserving(book: Book) -> Optional[Order]:
    """The waiting order that reserves most; None when none reserves anything."""
    holders = [order for order in book.orders if order.margin > 0]
    return max(holders, key=lambda order: order.margin) if holders else None


def largest_loss(book: Book) -> Optional[Position]:
    """What the stop-out closes first: the largest loss among open sessions; on FIFO accounts a symbol's oldest only."""
    candidates: List[Position] = []
    for position in book.positions:
        if not book.specs[position.symbol].is_open(book.at):
            continue
        is_younger = book.account.fifo_close and any(other.symbol == position.symbol for other in candidates)
        if not (book.is_hedging and is_younger):
            candidates.append(position)
    return min(candidates, key=lambda p: _or_worst(book.profit_of(p)), default=None)


def _or_worst(value: float) -> float:
    return -math.inf if math.isnan(value) else value
