"""What happened at the broker, found by comparing: MetaTrader 5 tells Python nothing by itself (rulebook E.5). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Set, Tuple

Event = Tuple[str, Optional[Dict[str, Any]], Optional[Dict[str, Any]]]
"""Kind, before, after."""

POSITION_FIELDS = ("ticket", "type", "volume", "price_open", "sl", "tp", "magic", "comment")
"""A position counts as changed when one of these differs; floating profit and price change with every tick and do not count."""
ORDER_FIELDS = ("state", "volume_current", "price_open", "price_stoplimit", "sl", "tp", "type", "type_time", "time_expiration", "comment")
BALANCE_DEALS = frozenset(range(2, 18)) - {13, 14}
"""Deal types that move money without a trade."""


def diff_positions(before: Dict[int, Dict[str, Any]], after: Dict[int, Dict[str, Any]]) -> List[Event]:
    """Positions by identifier, which stays when a netting position turns round: opened, changed, closed."""
    return _diff(before, after, POSITION_FIELDS, ("position_opened", "position_changed", "position_closed"))


def diff_orders(before: Dict[int, Dict[str, Any]], after: Dict[int, Dict[str, Any]]) -> List[Event]:
    """Working orders by ticket: added, changed, removed."""
    return _diff(before, after, ORDER_FIELDS, ("order_added", "order_changed", "order_removed"))


@dataclass
class Told:
    """Identifiers of positions whose opening or closing was told in this run: the terminal shows deals and positions at different moments."""

    opened: Set[int] = field(default_factory=set)
    closed: Set[int] = field(default_factory=set)


def merge_events(deals: List[Dict[str, Any]], before: Optional[Dict[int, Dict[str, Any]]], after: Dict[int, Dict[str, Any]], told: Told) -> List[Event]:
    """Deals first, oldest first, then what they and two looks at the positions say; every opening and closing once, whatever shows it first.

    `before` is None at the first look after a start. Events made from deals alone carry `from_deals`. `told` is brought up to date.
    """
    events: List[Event] = []
    for deal in sorted(deals, key=lambda item: (item["time_msc"], item["ticket"])):
        is_balance = deal["type"] in BALANCE_DEALS
        events.append(("balance_op" if is_balance else "deal_added", None, deal))
        identifier = deal["position_id"]
        if is_balance or not identifier:
            continue
        if deal["entry"] == 0 and identifier not in told.opened and identifier not in (before or ()) and (identifier not in after or before is None):
            told.opened.add(identifier)
            events.append(("position_opened", None, _from_deal(deal)))
        last = not any(later["position_id"] == identifier and (later["time_msc"], later["ticket"]) > (deal["time_msc"], deal["ticket"]) for later in deals)
        if deal["entry"] in (1, 3) and last and identifier not in after and identifier not in (before or ()) and identifier not in told.closed:
            told.closed.add(identifier)
            events.append(("position_closed", _from_deal(deal), None))
    for kind, old, new in [] if before is None else diff_positions(before, after):
        identifier = int((new or old or {})["identifier"])
        if kind == "position_opened":
            if identifier in told.opened:
                kind = "position_changed"
            told.opened.add(identifier)
        if kind == "position_closed":
            if identifier in told.closed:
                continue
            told.closed.add(identifier)
        events.append((kind, old, new))
    return events


def by_number(rows: List[Dict[str, Any]], name: str) -> Dict[int, Dict[str, Any]]:
    """Rows by one of their numbers."""
    return {int(row[name]): row for row in rows}


def highest_order(positions: List[Dict[str, Any]], orders: List[Dict[str, Any]], deals: List[Dict[str, Any]]) -> int:
    """The highest order ticket that these show, 0 when none."""
    numbers = [0]
    numbers += [int(row["identifier"]) for row in positions]
    numbers += [int(row["ticket"]) for row in orders]
    numbers += [int(row["order"]) for row in deals]
    return max(numbers)


def _diff(before: Dict[int, Dict[str, Any]], after: Dict[int, Dict[str, Any]], fields: Tuple[str, ...], kinds: Tuple[str, str, str]) -> List[Event]:
    events: List[Event] = []
    for number in sorted(set(before) | set(after)):
        old, new = before.get(number), after.get(number)
        if old is None:
            events.append((kinds[0], None, new))
        elif new is None:
            events.append((kinds[2], old, None))
        elif any(old.get(name) != new.get(name) for name in fields):
            events.append((kinds[1], old, new))
    return events


def _from_deal(deal: Dict[str, Any]) -> Dict[str, Any]:
    side = deal["type"] if deal["entry"] == 0 else 1 - deal["type"]
    return {
        "identifier": deal["position_id"],
        "symbol": deal["symbol"],
        "type": side,
        "volume": deal["volume"],
        "magic": deal["magic"],
        "reason": deal["reason"],
        "comment": deal["comment"],
        "from_deals": True,
    }
