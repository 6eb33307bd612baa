"""What is in the way of trading, and what a person clicks to clear it (rulebook B.4, B.6). Pure."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from .codes import ACCOUNT_REAL, SANDBOX_SERVER, TRADE_MODES
from .settings import Settings

NO_PACKAGE = (
    "The Python package MetaTrader5 is missing. In the window where Python runs: python -m pip install MetaTrader5   "
    "(64-bit Python on Windows, or under Wine; there is no package for Linux or macOS itself)"
)
NO_WEBSOCKETS = "The Python package websockets 10 or newer is missing. Install it: python -m pip install websockets"


def switches_off(account: Dict[str, Any], terminal: Dict[str, Any]) -> List[Dict[str, str]]:
    """The four switches that stop a program from trading, those that are off: {switch, message}."""
    found = []
    if not terminal.get("trade_allowed"):
        found.append({"switch": "algo_trading_button", "message": "Algo Trading is off: click the button Algo Trading in the terminal's toolbar until it is green"})
    if terminal.get("tradeapi_disabled"):
        text = "the terminal refuses orders from Python: Tools > Options > Expert Advisors, clear 'Disable automated trading via external Python API'"
        found.append({"switch": "python_api_option", "message": text})
    if not account.get("trade_allowed"):
        text = "the account may not trade: log in with the master password (not the investor one), or ask the broker whether it is archived"
        found.append({"switch": "account_trade_allowed", "message": text})
    if not account.get("trade_expert"):
        found.append({"switch": "account_trade_expert", "message": "the broker forbids algorithmic trading on this account: ask the broker"})
    return found


def explain_sdk(code: int, text: str) -> str:
    """A `last_error` of the package in words, with what to do."""
    known = {
        -2: "MetaTrader5 did not accept a parameter",
        -6: "the terminal could not log in: open it, File > Login to Trade Account, and log in by hand",
        -8: "automated trading is off in the terminal",
        -10003: "the terminal could not be started: open MetaTrader 5 by hand and start the bridge again",
        -10004: "no running terminal was found: open MetaTrader 5, with the same Windows user and rights as this program",
        -10005: "the terminal did not answer in time: is a dialog open in it, is it still starting or updating? Under Wine this is the usual failure: restart it",
    }
    told = known.get(code, "MetaTrader5 reported %s" % text)
    return "%s (%d %s)" % (told, code, text)


def wrong_account(settings: Settings, account: Dict[str, Any], pinned: Optional[List[Any]]) -> Optional[str]:
    """Why this account may not be used: not the one of bridge.json, not the one pinned at the start, or no sandbox where one was asked for."""
    login, server = int(account["login"]), str(account["server"])
    if settings.sandbox and not server.startswith(SANDBOX_SERVER):
        return "bridge.json says sandbox, but the terminal is logged in to %s: refused" % server
    if settings.account is not None:
        wanted, where = settings.account
        if login != wanted or (where is not None and server != where):
            return "the terminal is logged in to %s at %s; bridge.json wants %s%s" % (
                masked(login), server, masked(wanted), " at " + where if where else "",
            )
    if pinned is not None and (login, server) != (pinned[0], pinned[1]):
        return "the terminal was switched from account %s at %s to %s at %s: start the bridge again if that was wanted" % (
            masked(pinned[0]), pinned[1], masked(login), server,
        )
    return None


def live_lock(settings: Settings, account: Optional[Dict[str, Any]], unlocked: bool) -> str:
    """`not_needed` (no real money), `closed` (bridge.json does not allow this real account), `armed` (waits for `live_unlock`), or `open`."""
    if account is None:
        return "closed"
    if account["trade_mode"] in (0, 1):
        return "not_needed"
    if account["trade_mode"] != ACCOUNT_REAL or settings.live is None:
        return "closed"
    if (int(account["login"]), str(account["server"])) != settings.live:
        return "closed"
    return "open" if unlocked else "armed"


def account_words(account: Dict[str, Any]) -> str:
    """One line on the account for the console: never the whole login."""
    mode = TRADE_MODES.get(int(account["trade_mode"]), "unknown").upper()
    note = "  SANDBOX: no broker behind it" if str(account["server"]).startswith(SANDBOX_SERVER) else ""
    return "account %s at %s: %s, %s, 1:%s%s" % (masked(account["login"]), account["server"], mode, account["currency"], account["leverage"], note)


def masked(login: Any) -> str:
    """The last four digits of a login (controls S-23)."""
    return "*" + str(login)[-4:]
