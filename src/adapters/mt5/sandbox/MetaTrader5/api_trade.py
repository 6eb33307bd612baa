"""The package's functions that trade and read trades (rulebook B.2, B.3, B.7). Prices leave and enter in the symbol's units."""

import re
import time
from typing import Any, Dict, Optional, Tuple

from . import constants as c
from . import money
from .api_state import fail, stop
from .book import Book
from .checks import OK, netted_by
from .faults import error_of
from .margins import margin_after
from .server import Outcome, Trouble, check, execute
from .structures import OrderCheckResult, OrderSendResult, TradeRequest

World = Any
_WHOLE = {"action", "magic", "order", "deviation", "type", "type_filling", "type_time", "expiration", "position", "position_by"}
_TEXT = {"symbol", "comment"}
#: Longest comment that every report agrees on, and its safe characters (rulebook B.7, *assumed*: the hard case).
_COMMENT = re.compile(r"^[A-Za-z0-9 _.#:-]{0,27}$")
_COMMENTS = {
    10004: "Requote", 10006: "Request rejected", 10007: "Request canceled by trader", 10008: "Order placed", 10009: "Request executed",
    10010: "Request executed partially", 10011: "Request processing error", 10012: "Request canceled by timeout", 10013: "Invalid request",
    10014: "Invalid volume", 10015: "Invalid price", 10016: "Invalid stops", 10017: "Trade disabled", 10018: "Market closed",
    10019: "No money", 10020: "Price changed", 10021: "No prices", 10022: "Invalid expiration", 10023: "Order state changed",
    10024: "Too many requests", 10025: "No changes", 10026: "AutoTrading disabled by server", 10027: "AutoTrading disabled by client",
    10028: "Request locked", 10029: "Order or position frozen", 10030: "Unsupported filling mode", 10031: "No connection",
    10032: "Only real accounts allowed", 10033: "Orders limit reached", 10034: "Volume limit reached", 10035: "Invalid order",
    10036: "Position closed", 10038: "Invalid close volume", 10039: "Close order exists", 10040: "Positions limit reached",
    10041: "Rejected, order canceled", 10042: "Only long positions allowed", 10043: "Only short positions allowed",
    10044: "Only position closing allowed", 10045: "Close by FIFO rule only", 10046: "Hedging prohibited",
}  # fmt: skip


def parse(world: World, request: Any) -> Any:
    """A dict as TradeRequest, missing fields 0 or ""; None with -2 for unknown keys, wrong types and comments the terminal refuses."""
    if not isinstance(request, dict):
        return fail(world, (c.RES_E_INVALID_PARAMS, "Unnamed arguments not allowed"))
    values: Dict[str, Any] = {name: "" if name in _TEXT else 0 if name in _WHOLE else 0.0 for name in TradeRequest._fields}
    for key, value in request.items():
        if key not in values:
            return fail(world, (c.RES_E_INVALID_PARAMS, 'Invalid "%s" argument' % key))
        if key in _TEXT:
            fits = isinstance(value, str)
        elif key in _WHOLE:
            fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64
        else:
            fits = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not fits or (key == "comment" and not _COMMENT.match(value)):
            return fail(world, (c.RES_E_INVALID_PARAMS, 'Invalid "%s" argument' % key))
        values[key] = value if key in _TEXT or key in _WHOLE else float(value)
    return TradeRequest(**values)


def in_points(world: World, request: Any) -> Any:
    """The request with its prices in points of the symbol (of its position or order when it names none)."""
    book: Book = world.book
    symbol = request.symbol
    if not symbol:
        item = book.position_by(request.position) or book.order_by(request.order)
        symbol = item.symbol if item is not None else ""
    spec = world.specs.get(symbol)
    if spec is None:
        return request
    prices = {name: spec.points(getattr(request, name)) for name in ("price", "stoplimit", "sl", "tp")}
    return request._replace(symbol=symbol, **prices)


def order_send(world: World, request: Any) -> Any:
    """Sends a request and gives OrderSendResult, or None when it was not sent, or its answer was lost."""
    asked = parse(world, request)
    if asked is None:
        return None
    refused = _terminal_refusal(world, asked)
    if refused != OK:
        return result(world, Outcome(refused), asked, 0)
    world.terminal.requests += 1
    number = world.terminal.requests
    fault = world.faults.for_order(asked)
    if world.settings.latency_ms > 0:
        time.sleep(world.settings.latency_ms / 1000)
    if fault is not None:
        world.save_now()
        if fault.kind == "lost_request":
            return fail(world, error_of(fault))
        if fault.kind in ("delay", "hang", "crash") and fault.when == "before":
            stop(fault)
        if fault.kind == "cut" and fault.when == "before":
            world.cut_link(fault.seconds)
    world.pump()
    if not world.terminal.is_linked:
        return result(world, Outcome(c.TRADE_RETCODE_CONNECTION), asked, 0)
    is_cut = fault is not None and fault.kind == "cut"
    if is_cut:
        # Before the execution, so that the terminal goes on to show the account as it was.
        world.cut_link(fault.seconds)
    outcome = _execute(world, asked, fault)
    world.save_now()
    if is_cut:
        return result(world, Outcome(c.TRADE_RETCODE_CONNECTION), asked, number)
    if fault is not None and fault.kind in ("delay", "hang", "crash") and fault.when == "after":
        stop(fault)
    if fault is not None and fault.kind == "lost_answer":
        return fail(world, error_of(fault))
    return result(world, outcome, asked, number)


def _terminal_refusal(world: World, asked: Any) -> int:
    t = world.terminal
    if not t.trade_allowed or t.tradeapi_disabled:
        return c.TRADE_RETCODE_CLIENT_DISABLES_AT
    if not t.is_linked:
        return c.TRADE_RETCODE_CONNECTION
    if not world.book.account.trade_allowed:
        return c.TRADE_RETCODE_TRADE_DISABLED
    if not world.book.account.trade_expert:
        return c.TRADE_RETCODE_SERVER_DISABLES_AT
    if asked.symbol in world.specs and not world.selected[asked.symbol]:
        return c.TRADE_RETCODE_PRICE_OFF
    return OK


def _execute(world: World, asked: Any, fault: Any) -> Outcome:
    book: Book = world.book
    kind = fault.kind if fault is not None else ""
    if kind == "requote":
        return Outcome(c.TRADE_RETCODE_REQUOTE)
    if kind == "retcode" and not fault.executed:
        return Outcome(fault.retcode)
    comments = world.terminal.comments
    wanted = in_points(world, asked)
    if comments != "keep":
        wanted = wanted._replace(comment="" if comments == "drop" else "broker %d" % book.next_order)
    if kind == "placed":
        ticket = book.new_order_ticket()
        world.later.append({
            "at": world.clock.now() + int(fault.seconds * 1000), "do": "_execute", "login": world.login, "ticket": ticket,
            "request": wanted._asdict(), "retcode": fault.retcode, "since": world.server_now(),
        })  # fmt: skip
        return Outcome(c.TRADE_RETCODE_PLACED, 0, ticket, asked.volume)
    trouble = Trouble(fault.volume if kind == "partial" else None, fault.points if kind == "slip" else 0.0)
    outcome = execute(book, wanted, trouble)
    return Outcome(fault.retcode) if kind == "retcode" else outcome


def result(world: World, outcome: Outcome, asked: Any, number: int) -> Any:
    """OrderSendResult in the shapes of rulebook B.7: quotes with deals and requotes, zeros otherwise."""
    bid = ask = 0.0
    symbol = in_points(world, asked).symbol
    spec = world.specs.get(symbol)
    has_deal = outcome.deal != 0
    if spec is not None and (has_deal or outcome.retcode in (c.TRADE_RETCODE_REQUOTE, c.TRADE_RETCODE_PRICE_CHANGED)):
        now = world.quotes[symbol]
        bid, ask = spec.price(now.bid), spec.price(now.ask)
    price = spec.price(outcome.price) if spec is not None and has_deal else 0.0
    comment = _COMMENTS.get(outcome.retcode, "")
    return OrderSendResult(outcome.retcode, outcome.deal, outcome.order, float(outcome.volume), price, bid, ask, comment, number, 0, asked)


def order_check(world: World, request: Any) -> Any:
    """
    OrderCheckResult: retcode 0 "Done" and the account as it would be after the trade; the session is not asked (rulebook A3). Refusals
    show zeros, 10019 the figures (*assumed*).
    """
    asked = parse(world, request)
    if asked is None:
        return None
    book: Book = world.book
    wanted = in_points(world, asked)
    code = check(book, wanted)
    comment = "Done" if code == OK else _COMMENTS.get(code, "")
    if code not in (OK, c.TRADE_RETCODE_NO_MONEY):
        return OrderCheckResult(code, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, comment, asked)
    digits = book.account.currency_digits
    margin = money.round_money(_margin_then(book, wanted), digits)
    profit = money.round_money(book.floating(), digits)
    equity = money.round_money(book.balance + book.credit + profit, digits)
    level = equity / margin * 100 if margin > 0 else 0.0
    free = money.round_money(equity - margin, digits)
    return OrderCheckResult(code, book.balance, equity, profit, margin, free, level, comment, asked)


def _margin_then(book: Book, r: Any) -> float:
    if r.action == c.TRADE_ACTION_DEAL and not r.position and r.type in (c.ORDER_TYPE_BUY, c.ORDER_TYPE_SELL):
        is_buy = r.type == c.ORDER_TYPE_BUY
        netted = netted_by(book, r.symbol, is_buy)
        closed = min(r.volume, netted.volume) if netted is not None else 0.0
        return margin_after(book, r.symbol, is_buy, r.volume - closed, closed, book.deal_price(r.symbol, is_buy))
    return book.margin


def _calculation(world: World, kind: Any, symbol: Any, *numbers: Any) -> Optional[Tuple[Any, bool]]:
    spec = world.specs.get(symbol) if isinstance(symbol, str) else None
    numeric = all(isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e15 for value in numbers)
    if spec is None or not numeric or kind not in range(9):
        return fail(world, (c.RES_E_INVALID_PARAMS, "Invalid arguments") if spec is not None else (c.RES_E_NOT_FOUND, "Terminal: Not found"))
    return spec, kind in (0, 2, 4, 6)


def order_calc_margin(world: World, kind: Any, symbol: Any, volume: Any, price: Any) -> Optional[float]:
    """Margin of a deal, account currency, rounded; None for what is no order type, symbol or positive number, or without a rate."""
    found = _calculation(world, kind, symbol, volume, price)
    if found is None:
        return None
    spec, is_buy = found
    return _finite(world, world.book.margin_of(symbol, is_buy, volume, spec.points(price)))


def order_calc_profit(world: World, kind: Any, symbol: Any, volume: Any, opened: Any, closed: Any) -> Optional[float]:
    """Profit of a deal and its closing, account currency, rounded; None as `order_calc_margin`."""
    found = _calculation(world, kind, symbol, volume, opened, closed)
    if found is None:
        return None
    spec, is_buy = found
    book: Book = world.book
    prices = (spec.points(opened), spec.points(closed))
    return _finite(world, money.profit(spec, book.account.currency, book.rate, is_buy, volume, *prices))


def _finite(world: World, amount: float) -> Optional[float]:
    if amount != amount:
        return fail(world, (c.RES_E_FAIL, "Terminal: Call failed"))
    return money.round_money(amount, world.book.account.currency_digits)
