"""Which symbol is meant, and which filling policy it accepts (rulebook A.2, E.7). Pure."""

from __future__ import annotations

import re as regex
from typing import Any, Dict, Iterable, List, Optional, Sequence

from .codes import EXECUTION_EXCHANGE, EXECUTION_MARKET, FILLINGS, FILL_FLAG_BOC, FILL_FLAG_FOK, FILL_FLAG_IOC
from .frame import BadRequest

ALIASES: Sequence[frozenset] = (
    frozenset({"XAUUSD", "GOLD"}),
    frozenset({"XAGUSD", "SILVER"}),
    frozenset({"US30", "DJ30", "WS30", "DOW30"}),
    frozenset({"NAS100", "USTEC", "US100", "NDX100"}),
    frozenset({"SPX500", "US500", "SP500"}),
    frozenset({"GER40", "DE40", "DAX40", "GER30"}),
    frozenset({"UK100", "FTSE100"}),
    frozenset({"JP225", "JPN225", "NIKKEI225"}),
)
"""Names of one thing among brokers."""

_AFFIX = regex.compile(r"^(?:[._#\-+!][A-Za-z0-9]{0,6}|[a-z]{1,4}|pro|PRO|micro|ecn|ECN|raw|RAW|[.#_\-+!])$")


def resolve_filling(wish: str, pending: bool, execution: int, flags: int, order_type: int) -> int:
    """The `type_filling` to send, 0..3.

    `wish` is auto, fok, ioc, return or boc; `execution` is `trade_exemode`, `flags` is `filling_mode` (a bit mask, not an enum). Raises
    BadRequest MT5_10030 when the symbol has no usable policy or does not accept the one asked for.
    """
    if wish == "boc":
        if pending and flags & FILL_FLAG_BOC and order_type in (2, 3, 6, 7):
            return FILLINGS["boc"]
        raise BadRequest("MT5_10030", "book-or-cancel needs a limit order and a symbol that allows it (flags %d)" % flags)
    if pending:
        return FILLINGS["return"] if wish == "auto" else FILLINGS[wish]
    if execution < EXECUTION_MARKET:
        return FILLINGS["fok"] if wish == "auto" else FILLINGS[wish]
    allowed = [name for name, flag in (("ioc", FILL_FLAG_IOC), ("fok", FILL_FLAG_FOK)) if flags & flag]
    if execution == EXECUTION_EXCHANGE:
        allowed.append("return")
        if wish == "auto":
            return FILLINGS["return"]
    if wish == "auto" and allowed:
        return FILLINGS[allowed[0]]
    if wish in allowed:
        return FILLINGS[wish]
    raise BadRequest(
        "MT5_10030",
        "the symbol accepts %s, not %s" % (", ".join(allowed) or "no filling policy at all", wish),
        {"accepted": allowed, "flags": flags, "execution": execution},
    )


def resolve_pending_retry(execution: int, flags: int) -> List[int]:
    """Policies to try, in this order, when a server refuses RETURN on a pending order with 10030."""
    if execution < EXECUTION_MARKET:
        return [FILLINGS["fok"]]
    return [FILLINGS[name] for name, flag in (("ioc", FILL_FLAG_IOC), ("fok", FILL_FLAG_FOK)) if flags & flag]


def resolve_symbol(wanted: str, symbols: Iterable[Dict[str, Any]], explicit: Dict[str, str]) -> str:
    """The broker's name of a symbol.

    `symbols` are SymbolInfo tables. In this order: the explicit map of bridge.json; the exact name; candidates by an alias, by one stripped
    prefix or suffix, or (foreign exchange) by their two currencies. Of the candidates: visible ones first, then those with full trading,
    then the tightest spread. Raises BadRequest SYMBOL_UNKNOWN or SYMBOL_AMBIGUOUS with the list; never guesses.
    """
    table = {str(item["name"]): item for item in symbols}
    if wanted in explicit:
        if explicit[wanted] in table:
            return explicit[wanted]
        raise BadRequest("SYMBOL_UNKNOWN", "symbol_map sends %s to %s, which this broker does not have" % (wanted, explicit[wanted]))
    if wanted in table:
        return wanted
    names = next((group for group in ALIASES if wanted.upper() in group), frozenset({wanted.upper()}))
    found = [item for item in table.values() if _fits(item, names, wanted)]
    for keep in (lambda item: bool(item.get("visible")), lambda item: item.get("trade_mode") == 4):
        kept = [item for item in found if keep(item)]
        if kept:
            found = kept
    if len(found) > 1:
        spreads = [(item.get("spread") or 0, str(item["name"])) for item in found]
        tightest = min(spread for spread, _ in spreads)
        if tightest > 0 and sum(1 for spread, _ in spreads if spread == tightest) == 1 and all(spread > 0 for spread, _ in spreads):
            found = [item for item in found if item.get("spread") == tightest]
    if not found:
        raise BadRequest("SYMBOL_UNKNOWN", "this broker has no symbol that fits %s" % wanted, {"symbol": wanted})
    if len(found) > 1:
        candidates = sorted(str(item["name"]) for item in found)
        raise BadRequest("SYMBOL_AMBIGUOUS", "%s may be any of %s" % (wanted, ", ".join(candidates[:10])), {"candidates": candidates[:50]})
    return str(found[0]["name"])


def _fits(item: Dict[str, Any], names: Iterable[str], wanted: str) -> bool:
    name = str(item["name"])
    upper = name.upper()
    if any(upper == known or _with_affix(name, upper, known) for known in names):
        return True
    pair = str(item.get("currency_base") or "") + str(item.get("currency_profit") or "")
    return item.get("trade_calc_mode") in (0, 5) and len(pair) == 6 and pair == wanted.upper()


def _with_affix(name: str, upper: str, known: str) -> bool:
    if upper.startswith(known):
        return _AFFIX.match(name[len(known) :]) is not None
    if upper.endswith(known):
        return _AFFIX.match(name[: len(name) - len(known)]) is not None
    return False


def find_token(comment: Optional[str]) -> Optional[str]:
    """The order token within a comment that a broker may have lengthened or cut, or None."""
    match = regex.search(r"k1-([a-z2-7]{13})", comment or "")
    return None if match is None else match.group(1)
