"""
A stand-in for the MetaTrader5 package: the same 32 functions, names and shapes on a simulated terminal and broker (rulebook B).

**SANDBOX: no broker, no money.** What the module is made from says `settings.py`; the file named by KINETRA_SANDBOX configures it.
Like the package it is one terminal a process, keeps `last_error` for all callers and is not made for threads. Tests reach the machinery
with `sandbox(...)`, the one name that the package does not have.
"""

from typing import Any, Dict, Optional

from . import api_history, api_market, api_state, api_trade
from .api_state import enter as _enter
from .constants import *  # noqa: F403
from .settings import load_settings as _load_settings
from .settings import make_settings as _make_settings
from .world import World as _World

__version__ = "5.0.5260+kinetra.sandbox"
__author__ = "Kinetra (stand-in; not MetaQuotes)"

_world: Optional[_World] = None


def sandbox(settings: Optional[Dict[str, Any]] = None) -> _World:
    """The simulated world of this process; with `settings` (see settings.py) a new one. SandboxError for settings that are wrong."""
    global _world
    if settings is not None:
        _world = _World(_make_settings(settings))
    elif _world is None:
        _world = _World(_load_settings())
    return _world


def initialize(
    path: Optional[str] = None,
    *,
    login: Optional[int] = None,
    password: Optional[str] = None,
    server: Optional[str] = None,
    timeout: int = 60_000,
    portable: bool = False,
) -> bool:
    """Connects to the terminal. False with -10005 when it does not run, -6 when the account is unknown."""
    del path, server, portable
    return api_state.initialize(sandbox(), login, password, timeout)


def login(login: int, password: Optional[str] = None, server: Optional[str] = None, timeout: int = 60_000) -> bool:
    """Logs in to an account of the sandbox."""
    del server, timeout
    return _enter(sandbox(), "login") and api_state.log_in(sandbox(), login, password)


def shutdown() -> None:
    """Ends the connection; every function but `initialize` fails with -10004 afterwards."""
    sandbox().terminal.is_initialized = False


def version() -> Any:
    """(500, build, date of the build) or None."""
    return (500, sandbox().settings.build, "01 Jan 2026") if _enter(sandbox(), "version") else None


def last_error() -> Any:
    """(code, text) of the last call; codes RES_*."""
    return sandbox().error


def account_info() -> Any:
    """AccountInfo or None."""
    return api_state.account_info(sandbox()) if _enter(sandbox(), "account_info") else None


def terminal_info() -> Any:
    """TerminalInfo or None."""
    return api_state.terminal_info(sandbox()) if _enter(sandbox(), "terminal_info") else None


def symbols_total() -> Any:
    """How many symbols there are, 0 without a connection."""
    return len(sandbox().specs) if _enter(sandbox(), "symbols_total") else 0


def symbols_get(group: str = "") -> Any:
    """SymbolInfo of all symbols, or of a group ("*USD*,!*JPY*"); None without a connection."""
    world = sandbox()
    if not _enter(world, "symbols_get"):
        return None
    return tuple(api_state.symbol_info(world, name) for name in api_state.names_of(world, group))


def symbol_info(symbol: str) -> Any:
    """SymbolInfo or None."""
    return api_state.symbol_info(sandbox(), symbol) if _enter(sandbox(), "symbol_info") else None


def symbol_info_tick(symbol: str) -> Any:
    """The newest Tick or None."""
    return api_state.symbol_info_tick(sandbox(), symbol) if _enter(sandbox(), "symbol_info_tick") else None


def symbol_select(symbol: str, enable: bool = True) -> bool:
    """Shows or hides a symbol in Market Watch."""
    return _enter(sandbox(), "symbol_select") and api_state.symbol_select(sandbox(), symbol, enable)


def market_book_add(symbol: str) -> bool:
    """Subscribes to the depth of market."""
    world = sandbox()
    if not _enter(world, "market_book_add") or symbol not in world.specs:
        return False
    world.depth.add(symbol)
    return True


def market_book_get(symbol: str) -> Any:
    """Tuple of BookInfo or None."""
    return api_state.market_book_get(sandbox(), symbol) if _enter(sandbox(), "market_book_get") else None


def market_book_release(symbol: str) -> bool:
    """Ends the subscription."""
    world = sandbox()
    if not _enter(world, "market_book_release") or symbol not in world.depth:
        return False
    world.depth.discard(symbol)
    return True


def copy_rates_from(symbol: str, timeframe: int, date_from: Any, count: int) -> Any:
    """`count` bars up to a date, or None."""
    world = sandbox()
    return api_market.copy_rates_from(world, symbol, timeframe, date_from, count) if _enter(world, "copy_rates_from") else None


def copy_rates_from_pos(symbol: str, timeframe: int, start_pos: int, count: int) -> Any:
    """`count` bars counted back from the forming one (0), or None."""
    world = sandbox()
    return api_market.copy_rates_from_pos(world, symbol, timeframe, start_pos, count) if _enter(world, "copy_rates_from_pos") else None


def copy_rates_range(symbol: str, timeframe: int, date_from: Any, date_to: Any) -> Any:
    """Bars that open between two dates, or None."""
    world = sandbox()
    return api_market.copy_rates_range(world, symbol, timeframe, date_from, date_to) if _enter(world, "copy_rates_range") else None


def copy_ticks_from(symbol: str, date_from: Any, count: int, flags: int) -> Any:
    """The first `count` ticks from a date on, or None."""
    world = sandbox()
    return api_market.copy_ticks(world, symbol, date_from, flags, count=count) if _enter(world, "copy_ticks_from") else None


def copy_ticks_range(symbol: str, date_from: Any, date_to: Any, flags: int) -> Any:
    """Ticks between two dates, or None."""
    world = sandbox()
    return api_market.copy_ticks(world, symbol, date_from, flags, date_to=date_to) if _enter(world, "copy_ticks_range") else None


def orders_total() -> Any:
    """How many orders wait, or None."""
    return len(api_history.orders(sandbox(), None, None, None)) if _enter(sandbox(), "orders_total") else None


def orders_get(symbol: Optional[str] = None, group: Optional[str] = None, ticket: Optional[int] = None) -> Any:
    """Tuple of TradeOrder, maybe empty, or None."""
    return api_history.orders(sandbox(), symbol, group, ticket) if _enter(sandbox(), "orders_get") else None


def positions_total() -> Any:
    """How many positions are open, or None."""
    return len(sandbox().seen.positions) if _enter(sandbox(), "positions_total") else None


def positions_get(symbol: Optional[str] = None, group: Optional[str] = None, ticket: Optional[int] = None) -> Any:
    """Tuple of TradePosition, maybe empty, or None."""
    return api_history.positions(sandbox(), symbol, group, ticket) if _enter(sandbox(), "positions_get") else None


def order_calc_margin(action: int, symbol: str, volume: float, price: float) -> Any:
    """Margin of a deal in account currency, or None."""
    world = sandbox()
    return api_trade.order_calc_margin(world, action, symbol, volume, price) if _enter(world, "order_calc_margin") else None


def order_calc_profit(action: int, symbol: str, volume: float, price_open: float, price_close: float) -> Any:
    """Profit of a deal in account currency, or None."""
    world = sandbox()
    return api_trade.order_calc_profit(world, action, symbol, volume, price_open, price_close) if _enter(world, "order_calc_profit") else None


def order_check(request: Any) -> Any:
    """OrderCheckResult (0 = fine) or None."""
    return api_trade.order_check(sandbox(), request) if _enter(sandbox(), "order_check") else None


def order_send(request: Any) -> Any:
    """OrderSendResult; None when nothing was sent or the answer was lost."""
    return api_trade.order_send(sandbox(), request) if _enter(sandbox(), "order_send") else None


def history_orders_total(date_from: Any, date_to: Any) -> Any:
    """How many done orders lie within the dates, or None."""
    found = history_orders_get(date_from, date_to)
    return None if found is None else len(found)


def history_orders_get(
    date_from: Any = None, date_to: Any = None, *, group: Optional[str] = None, ticket: Optional[int] = None, position: Optional[int] = None
) -> Any:
    """Tuple of TradeOrder by dates, ticket or position, or None."""
    world = sandbox()
    return api_history.history_orders(world, date_from, date_to, group, ticket, position) if _enter(world, "history_orders_get") else None


def history_deals_total(date_from: Any, date_to: Any) -> Any:
    """How many deals lie within the dates, or None."""
    found = history_deals_get(date_from, date_to)
    return None if found is None else len(found)


def history_deals_get(
    date_from: Any = None, date_to: Any = None, *, group: Optional[str] = None, ticket: Optional[int] = None, position: Optional[int] = None
) -> Any:
    """Tuple of TradeDeal by dates, order ticket or position, or None."""
    world = sandbox()
    return api_history.history_deals(world, date_from, date_to, group, ticket, position) if _enter(world, "history_deals_get") else None
