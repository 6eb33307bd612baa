"""The package's functions that list orders, positions and history (rulebook B.2, B.3). Times are server wall clock."""

from typing import Any, List, Optional, Tuple

from . import constants as c
from . import money
from .api_market import seconds_of
from .api_state import INVALID, fail, fits
from .book import NEVER, Book, Deal, Order, Position
from .structures import TradeDeal, TradeOrder, TradePosition, TradeRequest

World = Any


def positions(world: World, symbol: Optional[str], group: Optional[str], ticket: Optional[int]) -> Any:
    """Open positions, all or of a symbol, a group, a ticket; maybe empty."""
    book: Book = world.seen
    found = [p for p in book.positions if _fits(p.symbol, p.ticket, symbol, group, ticket)]
    return tuple(_position(world, p) for p in found)


def orders(world: World, symbol: Optional[str], group: Optional[str], ticket: Optional[int]) -> Any:
    """Waiting orders and those in process (state STARTED after 10008); maybe empty."""
    book: Book = world.seen
    waiting = [*book.orders, *(_in_process(world) if world.frozen is None else [])]
    return tuple(_order(world, o) for o in waiting if _fits(o.symbol, o.ticket, symbol, group, ticket))


def history_orders(world: World, date_from: Any, date_to: Any, group: Optional[str], ticket: Optional[int], position: Optional[int]) -> Any:
    """Done orders: by the time they were set up within the dates, or one by ticket, or all of a position."""
    book: Book = world.seen
    if ticket is not None:
        found = [o for o in book.history if o.ticket == ticket]
    elif position is not None:
        found = [o for o in book.history if position in (o.position_id, o.position_by_id)]
    else:
        span = _span(world, date_from, date_to)
        if span is None:
            return None
        found = [o for o in book.history if span[0] <= o.time_setup_msc // 1000 <= span[1] and fits(o.symbol, group or "")]
    return tuple(_order(world, o) for o in found)


def history_deals(world: World, date_from: Any, date_to: Any, group: Optional[str], ticket: Optional[int], position: Optional[int]) -> Any:
    """Deals within the dates (both included), or those of an order (`ticket` is an order's ticket!), or of a position."""
    book: Book = world.seen
    if ticket is not None:
        found = [d for d in book.deals if d.order == ticket]
    elif position is not None:
        found = [d for d in book.deals if d.position_id == position]
    else:
        span = _span(world, date_from, date_to)
        if span is None:
            return None
        found = [d for d in book.deals if span[0] <= d.time_msc // 1000 <= span[1] and (not group or fits(d.symbol, group))]
    return tuple(_deal(world, d) for d in found)


def _span(world: World, date_from: Any, date_to: Any) -> Optional[Tuple[int, int]]:
    start, end = seconds_of(date_from), seconds_of(date_to)
    return fail(world, INVALID) if start is None or end is None else (start, end)


def _fits(name: str, number: int, symbol: Optional[str], group: Optional[str], ticket: Optional[int]) -> bool:
    if symbol is not None:
        return name == symbol
    return number == ticket if ticket is not None else fits(name, group or "")


def _in_process(world: World) -> List[Order]:
    found = []
    for item in world.later:
        if item.get("do") == "_execute" and item["login"] == world.login:
            r = TradeRequest(**item["request"])
            found.append(
                Order(item["ticket"], r.symbol, r.type, r.volume, r.volume, r.price, r.stoplimit, r.sl, r.tp, r.type_filling, r.type_time,
                      r.expiration, NEVER, item["since"], r.magic, r.comment, c.ORDER_REASON_EXPERT, c.ORDER_STATE_STARTED)
            )  # fmt: skip
    return found


def _position(world: World, p: Position) -> Any:
    book: Book = world.seen
    spec = world.specs[p.symbol]
    profit = money.round_money(book.profit_of(p), book.account.currency_digits)
    return TradePosition(
        p.ticket, p.time_msc // 1000, p.time_msc, p.time_update_msc // 1000, p.time_update_msc, p.type, p.magic, p.identifier, p.reason,
        p.volume, spec.price(p.price_open), spec.price(p.sl), spec.price(p.tp), spec.price(book.close_price(p)), p.swap, profit, p.symbol,
        p.comment, "",
    )  # fmt: skip


def _order(world: World, o: Order) -> Any:
    book: Book = world.seen
    spec = world.specs[o.symbol]
    is_buy = o.type in (0, 2, 4, 6)
    current = o.price_current if o.time_done_msc else book.deal_price(o.symbol, is_buy)
    return TradeOrder(
        o.ticket, o.time_setup_msc // 1000, o.time_setup_msc, o.time_done_msc // 1000, o.time_done_msc, o.expiration, o.type, o.type_time,
        o.filling, o.state, o.magic, o.position_id, o.position_by_id, o.reason, o.volume_initial, o.volume_current, spec.price(o.price),
        spec.price(o.sl), spec.price(o.tp), spec.price(current), spec.price(o.stoplimit), o.symbol, o.comment, "",
    )  # fmt: skip


def _deal(world: World, d: Deal) -> Any:
    price = world.specs[d.symbol].price(d.price) if d.symbol else 0.0
    return TradeDeal(
        d.ticket, d.order, d.time_msc // 1000, d.time_msc, d.type, d.entry, d.magic, d.position_id, d.reason, d.volume, price, d.commission,
        d.swap, d.profit, d.fee, d.symbol, d.comment, "",
    )  # fmt: skip
