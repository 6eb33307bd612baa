"""The named tuples of the MetaTrader5 package, fields in its exact order (rulebook B.3), and tables of bars and ticks.

The package answers bars and ticks with structured numpy arrays. This module must not need numpy: `Table` behaves alike where
careful code touches it (length, iteration, rows by number, columns by name, `dtype.names`, `tolist()`), and refuses where numpy
refuses (the truth of a table with more than one row).
"""

from collections import namedtuple
from typing import Any, Iterable, Iterator, List, Sequence, Tuple, Union


def _tuple(name: str, fields: str) -> Any:
    return namedtuple(name, fields.replace(",", " ").split())


AccountInfo = _tuple(
    "AccountInfo",
    """login, trade_mode, leverage, limit_orders, margin_so_mode, trade_allowed, trade_expert, margin_mode, currency_digits,
    fifo_close, balance, credit, profit, equity, margin, margin_free, margin_level, margin_so_call, margin_so_so, margin_initial,
    margin_maintenance, assets, liabilities, commission_blocked, name, server, currency, company""",
)
TerminalInfo = _tuple(
    "TerminalInfo",
    """community_account, community_connection, connected, dlls_allowed, trade_allowed, tradeapi_disabled, email_enabled,
    ftp_enabled, notifications_enabled, mqid, build, maxbars, codepage, ping_last, community_balance, retransmission, company,
    name, language, path, data_path, commondata_path""",
)
SymbolInfo = _tuple(
    "SymbolInfo",
    """custom, chart_mode, select, visible, session_deals, session_buy_orders, session_sell_orders, volume, volumehigh, volumelow,
    time, digits, spread, spread_float, ticks_bookdepth, trade_calc_mode, trade_mode, start_time, expiration_time,
    trade_stops_level, trade_freeze_level, trade_exemode, swap_mode, swap_rollover3days, margin_hedged_use_leg, expiration_mode,
    filling_mode, order_mode, order_gtc_mode, option_mode, option_right, bid, bidhigh, bidlow, ask, askhigh, asklow, last,
    lasthigh, lastlow, volume_real, volumehigh_real, volumelow_real, option_strike, point, trade_tick_value,
    trade_tick_value_profit, trade_tick_value_loss, trade_tick_size, trade_contract_size, trade_accrued_interest,
    trade_face_value, trade_liquidity_rate, volume_min, volume_max, volume_step, volume_limit, swap_long, swap_short,
    margin_initial, margin_maintenance, session_volume, session_turnover, session_interest, session_buy_orders_volume,
    session_sell_orders_volume, session_open, session_close, session_aw, session_price_settlement, session_price_limit_min,
    session_price_limit_max, margin_hedged, price_change, price_volatility, price_theoretical, price_greeks_delta,
    price_greeks_theta, price_greeks_gamma, price_greeks_vega, price_greeks_rho, price_greeks_omega, price_sensitivity, basis,
    category, currency_base, currency_profit, currency_margin, bank, description, exchange, formula, isin, name, page, path""",
)
Tick = _tuple("Tick", "time, bid, ask, last, volume, time_msc, flags, volume_real")
BookInfo = _tuple("BookInfo", "type, price, volume, volume_dbl")
TradeOrder = _tuple(
    "TradeOrder",
    """ticket, time_setup, time_setup_msc, time_done, time_done_msc, time_expiration, type, type_time, type_filling, state, magic,
    position_id, position_by_id, reason, volume_initial, volume_current, price_open, sl, tp, price_current, price_stoplimit,
    symbol, comment, external_id""",
)
TradePosition = _tuple(
    "TradePosition",
    """ticket, time, time_msc, time_update, time_update_msc, type, magic, identifier, reason, volume, price_open, sl, tp,
    price_current, swap, profit, symbol, comment, external_id""",
)
TradeDeal = _tuple(
    "TradeDeal",
    """ticket, order, time, time_msc, type, entry, magic, position_id, reason, volume, price, commission, swap, profit, fee,
    symbol, comment, external_id""",
)
TradeRequest = _tuple(
    "TradeRequest",
    """action, magic, order, symbol, volume, price, stoplimit, sl, tp, deviation, type, type_filling, type_time, expiration,
    comment, position, position_by""",
)
OrderSendResult = _tuple(
    "OrderSendResult",
    "retcode, deal, order, volume, price, bid, ask, comment, request_id, retcode_external, request",
)
OrderCheckResult = _tuple(
    "OrderCheckResult",
    "retcode, balance, equity, profit, margin, margin_free, margin_level, comment, request",
)

RATE_FIELDS = ("time", "open", "high", "low", "close", "tick_volume", "spread", "real_volume")
TICK_FIELDS = ("time", "bid", "ask", "last", "volume", "time_msc", "flags", "volume_real")


class Column(List[Any]):
    """One column of a table: a list that also has numpy's `tolist()`."""

    def tolist(self) -> List[Any]:
        """The values as a plain list."""
        return list(self)


class Row:
    """One row: values by field name or by number, as a numpy record (no attributes, as there)."""

    __slots__ = ("_names", "_values")

    def __init__(self, names: Sequence[str], values: Sequence[Any]) -> None:
        self._names = names
        self._values = tuple(values)

    def __getitem__(self, key: Union[str, int]) -> Any:
        if isinstance(key, str):
            if key not in self._names:
                raise ValueError("no field of name %s" % key)
            return self._values[self._names.index(key)]
        return self._values[key]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __repr__(self) -> str:
        return repr(self._values)

    def item(self) -> Tuple[Any, ...]:
        """The row as a plain tuple."""
        return self._values

    tolist = item


class _Dtype:
    def __init__(self, names: Tuple[str, ...]) -> None:
        self.names = names


class Table:
    """Bars or ticks, oldest first: what the package gives as a structured array."""

    __slots__ = ("_rows", "dtype")

    def __init__(self, names: Tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
        self.dtype = _Dtype(names)
        self._rows = [tuple(row) for row in rows]

    def __len__(self) -> int:
        return len(self._rows)

    def __bool__(self) -> bool:
        if len(self._rows) > 1:
            raise ValueError("The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
        return len(self._rows) == 1

    def __iter__(self) -> Iterator[Row]:
        return (Row(self.dtype.names, row) for row in self._rows)

    def __getitem__(self, key: Union[str, int, slice]) -> Any:
        if isinstance(key, str):
            if key not in self.dtype.names:
                raise ValueError("no field of name %s" % key)
            index = self.dtype.names.index(key)
            return Column(row[index] for row in self._rows)
        if isinstance(key, slice):
            return Table(self.dtype.names, self._rows[key])
        return Row(self.dtype.names, self._rows[key])

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self._rows)

    @property
    def shape(self) -> Tuple[int]:
        """(rows,)."""
        return (len(self._rows),)

    def tolist(self) -> List[Tuple[Any, ...]]:
        """All rows as plain tuples."""
        return list(self._rows)
