"""The package's functions about terminal, account and symbols (rulebook B.2, B.3, B.6). `world` is the sandbox; None = failure."""

import fnmatch
import math
import os
import time
from typing import Any, Dict, List, Optional, Tuple

from . import constants as c
from . import money
from .book import Book
from .faults import error_of
from .margins import reserved
from .structures import AccountInfo, BookInfo, SymbolInfo, TerminalInfo, Tick
from .symbols import Spec

World = Any
NO_CONNECTION = (c.RES_E_INTERNAL_FAIL_CONNECT, "No IPC connection")
NOT_FOUND = (c.RES_E_NOT_FOUND, "Terminal: Not found")
INVALID = (c.RES_E_INVALID_PARAMS, "Invalid arguments")


def enter(world: World, function: str, needs_terminal: bool = True) -> bool:
    """Begins a call: moves the world to now, lets an ordered fault strike, checks the connection. False = the call fails."""
    world.pump()
    fault = world.faults.for_call(function)
    if fault is not None:
        world.save_now()
        stop(fault)
        if fault.kind == "error":
            world.error = error_of(fault)
            return False
        world.pump()
    if needs_terminal and not world.terminal.is_initialized:
        world.error = NO_CONNECTION
        return False
    world.error = (c.RES_S_OK, "Success")
    return True


def stop(fault: Any) -> None:
    """Delays, hangs or ends the process as the fault says; the state is on disk already."""
    if fault.kind == "crash":
        os._exit(70)
    if fault.kind == "hang" and not fault.seconds > 0:
        while True:
            time.sleep(3600)
    if fault.kind in ("delay", "hang"):
        time.sleep(fault.seconds)


def fail(world: World, error: Tuple[int, str]) -> Any:
    """Notes the error and gives the None that the caller answers with."""
    world.error = error
    return None


def initialize(world: World, login: Optional[int], password: Optional[str], timeout: float) -> bool:
    """Connects to the terminal; with `login` also logs in. A terminal that does not run is waited for (at most `timeout` ms), then -10005."""
    if not enter(world, "initialize", needs_terminal=False):
        return False
    deadline = time.monotonic() + min(timeout, 1000) / 1000
    while not world.terminal.is_running and time.monotonic() < deadline:
        time.sleep(0.02)
        world.pump()
    if not world.terminal.is_running:
        world.error = (c.RES_E_INTERNAL_FAIL_TIMEOUT, "IPC timeout")
        return False
    world.terminal.is_initialized = True
    return True if login is None else log_in(world, login, password)


def log_in(world: World, login: int, password: Optional[str]) -> bool:
    """Switches to an account of the sandbox; -6 when it has none of that number or the password is another."""
    account = world.accounts.get(login)
    if account is None or (account.password is not None and password is not None and password != account.password):
        world.error = (c.RES_E_AUTH_FAILED, "Terminal: Authorization failed")
        return False
    world.login = login
    world.is_dirty = True
    return True


def account_info(world: World) -> Any:
    """AccountInfo of the account in the terminal; money rounded to its digits, level from the rounded figures (rulebook A2.2)."""
    book: Book = world.seen
    account = book.account
    digits = account.currency_digits
    profit = money.round_money(book.floating(), digits)
    profit = 0.0 if math.isnan(profit) else profit
    equity = money.round_money(book.balance + book.credit + profit, digits)
    margin = money.round_money(book.margin, digits)
    level = equity / margin * 100 if margin > 0 else 0.0
    return AccountInfo(
        account.login, account.trade_mode, account.leverage, account.limit_orders, account.margin_so_mode,
        account.trade_allowed and world.terminal.is_linked, account.trade_expert, account.margin_mode, digits, account.fifo_close,
        book.balance, book.credit, profit, equity, margin, money.round_money(equity - margin, digits), level, account.margin_so_call,
        account.margin_so_so, money.round_money(reserved(book), digits), 0.0, 0.0, 0.0, 0.0, account.name, account.server,
        account.currency, account.company,
    )  # fmt: skip


def terminal_info(world: World) -> Any:
    """TerminalInfo; name and company say SANDBOX."""
    t = world.terminal
    folder = "C:\\SANDBOX\\Kinetra"
    return TerminalInfo(
        False, False, t.is_linked, False, t.trade_allowed, t.tradeapi_disabled, False, False, False, False, world.settings.build,
        100_000, 0, t.ping_us, 0.0, 0.0, "SANDBOX (Kinetra stand-in)", "SANDBOX MetaTrader 5 stand-in", "English", folder, folder, folder,
    )  # fmt: skip


def names_of(world: World, group: str) -> List[str]:
    """Symbols that fit a group: comma list, `*` at the ends, `!` excludes."""
    return [name for name in world.specs if fits(name, group)]


def fits(name: str, group: str) -> bool:
    """Whether a symbol fits a group pattern (rulebook B.2)."""
    if not group:
        return True
    parts = [part.strip() for part in group.split(",") if part.strip()]
    wanted = [part for part in parts if not part.startswith("!")]
    refused = [part[1:] for part in parts if part.startswith("!")]
    included = not wanted or any(fnmatch.fnmatchcase(name, part) for part in wanted)
    return included and not any(fnmatch.fnmatchcase(name, part) for part in refused)


def symbol_info(world: World, name: str) -> Any:
    """SymbolInfo; a symbol that is not in Market Watch shows zero prices (rulebook B.1)."""
    spec: Optional[Spec] = world.specs.get(name)
    if spec is None:
        return fail(world, NOT_FOUND)
    selected = world.selected[name]
    tick = world.feeds[name].newest(world.horizon()) if selected else None
    values: Dict[str, Any] = dict.fromkeys(SymbolInfo._fields, 0)
    for field in SymbolInfo._fields:
        if hasattr(spec, field):
            values[field] = getattr(spec, field)
        elif field in _TEXTS:
            values[field] = ""
        elif field in _FLOATS or field.startswith(("price_greeks", "session_")):
            values[field] = 0.0
    gain, loss = _tick_values(world, spec)
    values.update(
        custom=False, spread_float=True, select=selected, visible=selected, point=spec.point, trade_tick_size=spec.price(spec.tick_points),
        trade_tick_value=loss, trade_tick_value_profit=gain, trade_tick_value_loss=loss, session_deals=0, session_buy_orders=0,
        session_sell_orders=0, margin_hedged_use_leg=spec.margin_hedged_use_leg, spread=0, time=0,
    )  # fmt: skip
    if tick is not None:
        day = world.feeds[name].day
        prices = {key: spec.price(value) for key, value in day.items()}
        values.update(
            time=tick.at // 1000, bid=spec.price(tick.bid), ask=spec.price(tick.ask), last=spec.price(tick.last),
            spread=int(round(tick.ask - tick.bid)), volume=int(tick.volume), volume_real=float(tick.volume), **prices,
        )  # fmt: skip
    return SymbolInfo(**values)


_TEXTS = {"basis", "category", "bank", "exchange", "formula", "isin", "page"}
_FLOATS = {
    "bid", "bidhigh", "bidlow", "ask", "askhigh", "asklow", "last", "lasthigh", "lastlow", "volume_real", "volumehigh_real",
    "volumelow_real", "option_strike", "trade_accrued_interest", "trade_face_value", "trade_liquidity_rate", "price_change",
    "price_volatility", "price_theoretical", "price_sensitivity",
}  # fmt: skip


def _tick_values(world: World, spec: Spec) -> Tuple[float, float]:
    """Account currency of one tick of one lot, for gains and for losses (rulebook A2.3); 0 when a rate is missing."""
    book: Book = world.seen
    now = book.quotes[spec.name]
    amount = money.per_point(spec) * spec.tick_points
    way = money.conversion_of(spec, spec.currency_profit, book.account.currency, book.rate)
    price = spec.price(now.bid)
    values = [money.convert(way, amount, price), -money.convert(way, -amount, price)]
    gain, loss = (0.0 if math.isnan(value) else value for value in values)
    return gain, loss


def symbol_info_tick(world: World, name: str) -> Any:
    """The newest Tick; None for a symbol that is unknown, not in Market Watch, or without quotes."""
    spec = world.specs.get(name)
    if spec is None or not world.selected[name]:
        return fail(world, NOT_FOUND)
    tick = world.feeds[name].newest(world.horizon())
    return fail(world, NOT_FOUND) if tick is None else Tick(*tick_row(spec, tick))


def tick_row(spec: Spec, tick: Any) -> Tuple[Any, ...]:
    """A tick as the package shows it: prices, whole seconds and ms of server time."""
    prices = (spec.price(tick.bid), spec.price(tick.ask), spec.price(tick.last))
    return (tick.at // 1000, *prices, int(tick.volume), tick.at, tick.flags, float(tick.volume))


def symbol_select(world: World, name: str, enable: bool) -> bool:
    """Shows or hides a symbol in Market Watch; one with a position or order cannot be hidden."""
    if name not in world.specs:
        world.error = NOT_FOUND
        return False
    in_use = any(item.symbol == name for item in [*world.book.positions, *world.book.orders])
    if not enable and in_use:
        world.error = (c.RES_E_FAIL, "Terminal: Call failed")
        return False
    world.selected[name] = bool(enable)
    return True


def market_book_get(world: World, name: str) -> Any:
    """Three levels a side around the quote; None for a symbol whose book was not added."""
    spec = world.specs.get(name)
    tick = world.feeds[name].newest(world.horizon()) if spec is not None and name in world.depth else None
    if tick is None:
        return fail(world, NOT_FOUND)
    rows = [BookInfo(c.BOOK_TYPE_SELL, spec.price(tick.ask + step * spec.tick_points), 10 * (step + 1), 10.0 * (step + 1)) for step in (2, 1, 0)]
    rows += [BookInfo(c.BOOK_TYPE_BUY, spec.price(tick.bid - step * spec.tick_points), 10 * (step + 1), 10.0 * (step + 1)) for step in (0, 1, 2)]
    return tuple(rows)
