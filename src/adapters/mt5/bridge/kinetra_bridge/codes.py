"""Numbers and words that both ends of the link, or MetaTrader 5 itself, must agree on (rulebook A.1, A3, B.4, E.3)."""

from __future__ import annotations

from typing import Dict, Tuple

BRIDGE_NAME = "kinetra-bridge"
BRIDGE_VERSION = "1.0.0"
PROTOCOL_MIN = 1
PROTOCOL_MAX = 1

MAX_FRAME_IN = 64 * 1024
"""Largest frame that is accepted, bytes (controls S-07)."""
MAX_FRAME_OUT = 1024 * 1024
"""Largest frame that is sent, bytes (rulebook E.2)."""
MAX_SAFE_INTEGER = 2**53 - 1

CLOSE_HEARTBEAT = 4000
CLOSE_AUTH = 4001
CLOSE_VERSION = 4002
CLOSE_REPLACED = 4003
CLOSE_PROTOCOL = 4004
CLOSE_ACCOUNT = 4005

ERROR_CODES: Dict[str, str] = {
    "AUTH_FAILED": "the token does not match, or authentication came too late",
    "VERSION_UNSUPPORTED": "no protocol version in common",
    "BAD_REQUEST": "a field is missing, of the wrong type or out of range, or the request type is unknown",
    "NOT_FOUND": "there is no such order, symbol, position or journal entry",
    "SYMBOL_UNKNOWN": "no symbol of this broker fits the name",
    "SYMBOL_AMBIGUOUS": "several symbols fit the name; details list them; put the right one into the symbol map of bridge.json",
    "NOT_CONNECTED": "the terminal has no connection to the broker",
    "TERMINAL_DOWN": "the terminal does not run or does not answer",
    "TRADE_DISABLED": "trading is switched off; details name the switch",
    "LIVE_LOCKED": "the account is REAL and the live lock is not open",
    "READ_ONLY": "this session may only read",
    "LIMIT_EXCEEDED": "a limit of the bridge itself; details name it with got and max",
    "DUPLICATE_CID": "this client id was used before; details hold the earlier result; nothing was sent",
    "EXPIRED_TTL": "the order was older than its time to live; nothing was sent",
    "BUSY": "too much in flight, or unknown outcomes are being reconciled",
    "RATE_LIMIT": "too many frames",
    "TIMEOUT_UNKNOWN": "no answer in time; the outcome is unknown until it is reconciled",
    "GAP": "a sequence number is missing, or history had to be skipped",
    "STALE_FENCE": "the fence of the order is not the one in force; fence again, take a snapshot, decide anew",
    "LEASE_EXPIRED": "the dead-man lease is not alive: no new risk",
    "KILLED": "a kill is latched for this scope; details tell since when and why",
    "GUARD": "a guard of the order itself refused: spread, price limit or margin share",
    "STALE_TICK": "the last quote is too old to open a position on",
    "NO_STOP_LOSS": "an entry without a stop-loss at the broker is refused",
    "WRONG_ACCOUNT": "the terminal is logged in to another account than the one pinned",
    "INTERNAL": "a defect of the bridge; the log has it",
}
"""Every error code of the bridge; besides these `MT5_<retcode>` and `SDK_<code>` occur."""

RETCODES: Dict[int, Tuple[str, str]] = {
    10004: ("REQUOTE", "px"),
    10006: ("REJECT", "no"),
    10007: ("CANCEL", "no"),
    10008: ("PLACED", "ok"),
    10009: ("DONE", "ok"),
    10010: ("DONE_PARTIAL", "ok"),
    10011: ("ERROR", "unk"),
    10012: ("TIMEOUT", "unk"),
    10013: ("INVALID", "req"),
    10014: ("INVALID_VOLUME", "req"),
    10015: ("INVALID_PRICE", "req"),
    10016: ("INVALID_STOPS", "req"),
    10017: ("TRADE_DISABLED", "cfg"),
    10018: ("MARKET_CLOSED", "back"),
    10019: ("NO_MONEY", "no"),
    10020: ("PRICE_CHANGED", "px"),
    10021: ("PRICE_OFF", "back"),
    10022: ("INVALID_EXPIRATION", "req"),
    10023: ("ORDER_CHANGED", "unk"),
    10024: ("TOO_MANY_REQUESTS", "back"),
    10025: ("NO_CHANGES", "noop"),
    10026: ("SERVER_DISABLES_AT", "cfg"),
    10027: ("CLIENT_DISABLES_AT", "cfg"),
    10028: ("LOCKED", "back"),
    10029: ("FROZEN", "back"),
    10030: ("INVALID_FILL", "req"),
    10031: ("CONNECTION", "unk"),
    10032: ("ONLY_REAL", "cfg"),
    10033: ("LIMIT_ORDERS", "no"),
    10034: ("LIMIT_VOLUME", "no"),
    10035: ("INVALID_ORDER", "req"),
    10036: ("POSITION_CLOSED", "noop"),
    10038: ("INVALID_CLOSE_VOLUME", "req"),
    10039: ("CLOSE_ORDER_EXIST", "back"),
    10040: ("LIMIT_POSITIONS", "no"),
    10041: ("REJECT_CANCEL", "no"),
    10042: ("LONG_ONLY", "no"),
    10043: ("SHORT_ONLY", "no"),
    10044: ("CLOSE_ONLY", "no"),
    10045: ("FIFO_CLOSE", "req"),
    10046: ("HEDGE_PROHIBITED", "no"),
}
"""Trade return codes: name and class (ok, px fresh quote, unk unknown, back wait, cfg switch, req mend the request, noop, no final)."""

SDK_NOT_SENT = frozenset({-2, -7, -8})
"""`last_error` codes that prove that `order_send` sent nothing: bad parameters, unsupported, auto-trading off (rulebook B.4, B.7)."""

ACTIONS = {"deal": 1, "pending": 5, "sltp": 6, "modify": 7, "remove": 8, "close_by": 10}
ORDER_TYPES = {"buy": 0, "sell": 1, "buy_limit": 2, "sell_limit": 3, "buy_stop": 4, "sell_stop": 5, "buy_stop_limit": 6, "sell_stop_limit": 7}
FILLINGS = {"fok": 0, "ioc": 1, "return": 2, "boc": 3}
TIMES_IN_FORCE = {"gtc": 0, "day": 1, "specified": 2, "specified_day": 3}
TIMEFRAMES = {
    "M1": 1, "M2": 2, "M3": 3, "M4": 4, "M5": 5, "M6": 6, "M10": 10, "M12": 12, "M15": 15, "M20": 20, "M30": 30, "H1": 16385, "H2": 16386,
    "H3": 16387, "H4": 16388, "H6": 16390, "H8": 16392, "H12": 16396, "D1": 16408, "W1": 32769, "MN1": 49153,
}
TRADE_MODES = {0: "demo", 1: "contest", 2: "real"}
MARGIN_MODES = {0: "netting", 1: "exchange", 2: "hedging"}
EXECUTIONS = {0: "request", 1: "instant", 2: "market", 3: "exchange"}
SYMBOL_TRADE_MODES = {0: "disabled", 1: "long_only", 2: "short_only", 3: "close_only", 4: "full"}
CALC_MODES = {
    0: "forex", 1: "futures", 2: "cfd", 3: "cfd_index", 4: "cfd_leverage", 5: "forex_no_leverage", 32: "exchange_stocks", 33: "exchange_futures",
    34: "exchange_futures_forts", 35: "exchange_options", 36: "exchange_options_margin", 37: "exchange_bonds", 38: "stocks_moex", 39: "bonds_moex",
    64: "collateral",
}
SWAP_MODES = {
    0: "disabled", 1: "points", 2: "currency_symbol", 3: "currency_margin", 4: "currency_deposit", 5: "interest_current", 6: "interest_open",
    7: "reopen_current", 8: "reopen_bid", 9: "currency_profit",
}
FILL_FLAG_FOK, FILL_FLAG_IOC, FILL_FLAG_BOC = 1, 2, 4
EXECUTION_INSTANT, EXECUTION_MARKET, EXECUTION_EXCHANGE = 1, 2, 3
ACCOUNT_DEMO, ACCOUNT_REAL, MARGIN_HEDGING = 0, 2, 2
SANDBOX_SERVER = "Kinetra-Sandbox"


def retcode_name(code: int) -> str:
    """The name of a trade return code, or `RETCODE_<n>` for one that is not published."""
    return RETCODES[code][0] if code in RETCODES else "RETCODE_%d" % code


def retcode_class(code: int) -> str:
    """The class of a trade return code; a code that is not published counts as unknown outcome, the safe reading."""
    return RETCODES[code][1] if code in RETCODES else "unk"
