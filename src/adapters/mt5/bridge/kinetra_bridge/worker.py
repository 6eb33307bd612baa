"""The worker process: the only one that imports MetaTrader5; one call after another, asked and answered in lines of JSON (rulebook E.1).

It knows nothing of clients, limits or the journal. A job is {id, op, args}; the answer {id, ok, r} or {id, ok: false, sdk: [code, text]}.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from typing import Any, Dict, List, Optional

from .cursor import TICK_COLUMNS, Cursor, read_batch

DAY_S = 86_400


class SdkError(Exception):
    """A call of the package failed; `code` and `text` are its `last_error`."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__("%d %s" % (code, text))
        self.code = code
        self.text = text


def plain(value: Any) -> Any:
    """Named tuples as tables, arrays as lists, numbers of numpy as plain ones."""
    if hasattr(value, "_asdict"):
        return {name: plain(item) for name, item in value._asdict().items()}
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        return value.item()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def column_of(rows: Any, name: str) -> List[Any]:
    """One field of all rows, of a structured numpy array or of a sequence of records."""
    if hasattr(rows, "dtype"):
        return list(rows[name].tolist())
    return [row[name] if not hasattr(row, "_asdict") else getattr(row, name) for row in rows]


class Terminal:
    """Every operation that the front may ask for; each public method is one `op`."""

    def __init__(self, package: Any) -> None:
        self.mt5 = package

    def _need(self, value: Any) -> Any:
        if value is None:
            code, text = self.mt5.last_error()
            raise SdkError(int(code), str(text))
        return value

    def connect(self, path: Optional[str], timeout_ms: int) -> Dict[str, Any]:
        """Attaches to the terminal; the login stays whatever the user chose there."""
        arguments = [path] if path else []
        if not self.mt5.initialize(*arguments, timeout=timeout_ms):
            code, text = self.mt5.last_error()
            raise SdkError(int(code), str(text))
        return {"package": str(getattr(self.mt5, "__version__", "")), "version": plain(self.mt5.version()), **self.state()}

    def state(self) -> Dict[str, Any]:
        """Account and terminal; raises SdkError when the terminal does not answer."""
        return {"account": plain(self._need(self.mt5.account_info())), "terminal": plain(self._need(self.mt5.terminal_info()))}

    def book(self) -> Dict[str, Any]:
        """Open positions and working orders."""
        return {"positions": plain(self._need(self.mt5.positions_get())), "orders": plain(self._need(self.mt5.orders_get()))}

    def deals(self, from_s: int, to_s: int) -> Dict[str, Any]:
        """Deals of a range of server time."""
        return {"deals": plain(self._need(self.mt5.history_deals_get(from_s, to_s)))}

    def ticks(self, streams: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
        """New ticks of several streams; a stream that fails has `error` instead of `columns`."""
        out: List[Dict[str, Any]] = []
        for stream in streams:
            cursor = Cursor(int(stream["msc"]), int(stream["seen"]))
            if cursor.msc == 0:
                tick = self.mt5.symbol_info_tick(stream["symbol"])
                if tick is None or not tick.time_msc:
                    out.append({"waiting": True})
                    continue
                cursor = Cursor(int(tick.time_msc))
            batch = read_batch(lambda second, count: self._tick_columns(stream["symbol"], second, count), cursor, int(stream["most"]))
            if batch is None:
                out.append({"error": list(self.mt5.last_error())})
            else:
                out.append({"columns": batch.columns, "msc": batch.cursor.msc, "seen": batch.cursor.seen, "gap": batch.gap})
        return out

    def _tick_columns(self, symbol: str, second: int, count: int) -> Optional[Dict[str, List[Any]]]:
        rows = self.mt5.copy_ticks_from(symbol, second, count, self.mt5.COPY_TICKS_ALL)
        return None if rows is None else {wire: column_of(rows, name) for wire, name in TICK_COLUMNS}

    def past_ticks(self, symbol: str, from_msc: int, to_msc: int, seen: int, most: int) -> Dict[str, Any]:
        """One page of ticks of a range of server ms."""
        batch = read_batch(lambda second, count: self._tick_columns(symbol, second, count), Cursor(from_msc, seen), most)
        if batch is None:
            self._need(None)
        assert batch is not None
        keep = sum(1 for moment in batch.columns["t"] if moment <= to_msc)
        columns = {name: values[:keep] for name, values in batch.columns.items()}
        return {"columns": columns, "msc": batch.cursor.msc, "seen": batch.cursor.seen, "more": keep == most}

    def rates(self, symbol: str, timeframe: int, start: int, count: int, from_s: Optional[int], to_s: Optional[int]) -> List[List[Any]]:
        """Bars, oldest first, as [time, open, high, low, close, tick volume, spread, volume]; by position, or by a range of server seconds."""
        if from_s is not None:
            rows = self._need(self.mt5.copy_rates_range(symbol, timeframe, from_s, to_s))
        else:
            rows = self._need(self.mt5.copy_rates_from_pos(symbol, timeframe, start, count))
        names = ("time", "open", "high", "low", "close", "tick_volume", "spread", "real_volume")
        return [list(row) for row in zip(*(column_of(rows, name) for name in names))]

    def symbols(self, group: Optional[str]) -> List[Dict[str, Any]]:
        """SymbolInfo of all symbols, or of a group."""
        return list(plain(self._need(self.mt5.symbols_get(group) if group else self.mt5.symbols_get())))

    def symbol(self, name: str, select: bool) -> Dict[str, Any]:
        """SymbolInfo and the last quote of one symbol; selects it in Market Watch first, without which there are no prices."""
        if select:
            self.mt5.symbol_select(name, True)
        return {"spec": plain(self._need(self.mt5.symbol_info(name))), "tick": plain(self.mt5.symbol_info_tick(name))}

    def prepare(self, symbol: str, kind: Optional[int], volume: Optional[float], price: Optional[float]) -> Dict[str, Any]:
        """Everything that the checks before an order look at, read in one go."""
        out = {**self.state(), **self.book(), **self.symbol(symbol, True), "margin": None}
        if kind is not None and volume is not None and out["tick"] is not None:
            at = price or (out["tick"]["ask"] if kind % 2 == 0 else out["tick"]["bid"])
            out["margin"] = plain(self.mt5.order_calc_margin(kind % 2, symbol, volume, at))
        return out

    def check(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """order_check: what the terminal says before anything is sent; retcode 0 is fine."""
        return dict(plain(self._need(self.mt5.order_check(request))))

    def send(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """order_send, once. `answer` None means that the package returned None; `deals` are those of the order, when they are there already."""
        began = time.monotonic()
        answer = self.mt5.order_send(request)
        error = [int(self.mt5.last_error()[0]), str(self.mt5.last_error()[1])] if answer is None else None
        took_ms = round((time.monotonic() - began) * 1000, 3)
        deals: List[Any] = []
        if answer is not None and answer.order and request["action"] in (1, 10):
            deals = plain(self.mt5.history_deals_get(ticket=answer.order) or ())
        return {"answer": plain(answer), "error": error, "deals": deals, "took_ms": took_ms}

    def evidence(self, from_s: int, to_s: int, symbol: str) -> Dict[str, Any]:
        """Everything that shows what became of an order."""
        tick = self.mt5.symbol_info_tick(symbol) if symbol else None
        return {
            **self.state(),
            **self.book(),
            **self.deals(from_s, to_s),
            "history_orders": plain(self._need(self.mt5.history_orders_get(from_s, to_s))),
            "server_msc": int(tick.time_msc) if tick is not None else 0,
        }

    def calc(self, what: str, kind: int, symbol: str, volume: float, price: float, price_close: float) -> Dict[str, Any]:
        """order_calc_margin or order_calc_profit, in account currency."""
        if what == "margin":
            return {"value": plain(self._need(self.mt5.order_calc_margin(kind, symbol, volume, price)))}
        return {"value": plain(self._need(self.mt5.order_calc_profit(kind, symbol, volume, price, price_close)))}

    def history(self, from_s: int, to_s: int) -> Dict[str, Any]:
        """Orders and deals of a range of server time."""
        return {**self.deals(from_s, to_s), "history_orders": plain(self._need(self.mt5.history_orders_get(from_s, to_s)))}


def worker_main() -> int:
    """Runs until standard input ends. Standard output belongs to the answers; what libraries print goes to standard error."""
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    terminal: Optional[Terminal] = None
    for line in sys.stdin.buffer:
        job = json.loads(line)
        answer: Dict[str, Any] = {"id": job["id"], "ok": True}
        try:
            if terminal is None:
                terminal = Terminal(importlib.import_module("MetaTrader5"))
            answer["r"] = getattr(terminal, job["op"])(**job["args"])
        except ImportError as trouble:
            answer = {"id": job["id"], "ok": False, "missing": str(trouble)}
        except SdkError as trouble:
            answer = {"id": job["id"], "ok": False, "sdk": [trouble.code, trouble.text]}
        except Exception as trouble:  # one bad call must not end the process that holds the link to the terminal
            answer = {"id": job["id"], "ok": False, "broken": "%s: %s" % (type(trouble).__name__, trouble)}
        out.write(json.dumps(answer) + "\n")
        out.flush()
    if terminal is not None:
        terminal.mt5.shutdown()
    return 0
