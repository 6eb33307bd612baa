"""What became of an order: read from the answer, or, when that was lost, from what the broker shows (rulebook A3, B.7, E.4). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from .codes import ACTIONS, SDK_NOT_SENT, retcode_class, retcode_name
from .journal import OrderRow
from .resolver import find_token

_ENDED = {2: "CANCELED", 5: "REJECTED", 6: "EXPIRED"}
FINAL = ("filled", "partial", "placed", "modified", "removed", "rejected", "expired_ttl", "not_executed")


@dataclass
class Verdict:
    """`state` as in `order_result`, or `requote` (try again is safe); `body` the further fields of the result."""

    state: str
    body: Dict[str, Any]


def judge_answer(request: Dict[str, Any], answer: Optional[Dict[str, Any]], sdk_error: Optional[List[Any]]) -> Verdict:
    """Classifies what `order_send` returned. `answer` is OrderSendResult as a table, None when it returned None (then `sdk_error` tells)."""
    if answer is None:
        code = int(sdk_error[0]) if sdk_error else 0
        body = {"code": "SDK_%d" % code, "comment": str(sdk_error[1]) if sdk_error else "no answer", "class": "unk"}
        if code in SDK_NOT_SENT:
            return Verdict("rejected", {**body, "class": "req"})
        return Verdict("unknown", body)
    retcode = int(answer["retcode"])
    kind = retcode_class(retcode)
    names = "deal order volume price bid ask comment request_id retcode_external".split()
    body = {name: answer.get(name) for name in names}
    body.update(retcode=retcode, retcode_name=retcode_name(retcode), code="MT5_%d" % retcode, already_done=False)
    body["class"] = kind
    action = request["action"]
    if kind == "unk":
        return Verdict("unknown", body)
    if kind == "px":
        return Verdict("requote", body)
    if retcode == 10025 and action in (ACTIONS["sltp"], ACTIONS["modify"]):
        return Verdict("modified", {**body, "already_done": True})
    if retcode == 10036 and (request.get("position") or action == ACTIONS["close_by"]):
        return Verdict("filled", {**body, "already_done": True, "volume": 0.0})
    if kind != "ok":
        return Verdict("rejected", body)
    if retcode == 10008 and action in (ACTIONS["deal"], ACTIONS["close_by"]):
        return Verdict("watching", {**body, "pending_confirmation": True})
    done = {ACTIONS["sltp"]: "modified", ACTIONS["modify"]: "modified", ACTIONS["remove"]: "removed", ACTIONS["pending"]: "placed"}
    if action in done:
        return Verdict(done[action], body)
    asked, got = float(request.get("volume") or 0), float(answer.get("volume") or 0)
    partial = retcode == 10010 or (0 < got < asked - 1e-9)
    return Verdict("partial" if partial else "filled", body)


def judge_evidence(row: OrderRow, evidence: Dict[str, Any]) -> Optional[Verdict]:
    """Looks for what an order with an unknown outcome left at the broker.

    `evidence` holds the tables `positions`, `orders`, `history_orders` and `deals`. Returns None when nothing is found; state `trace` when
    the order is there but not what became of it; `ambiguous` (with the candidates) when several fit and a person must decide.
    """
    sent = row.sent or {}
    action = sent.get("action")
    if action in (ACTIONS["sltp"], ACTIONS["modify"], ACTIONS["remove"]):
        return _judge_change(sent, evidence)
    tickets = _matching_orders(row, evidence)
    if len(tickets) > 1:
        return Verdict("ambiguous", {"candidates": sorted(tickets)})
    if not tickets:
        return _judge_vanished(sent, evidence)
    ticket = tickets.pop()
    deals = [deal for deal in evidence["deals"] if deal["order"] == ticket]
    working = next((order for order in evidence["orders"] if order["ticket"] == ticket), None)
    past = next((order for order in evidence["history_orders"] if order["ticket"] == ticket), None)
    body: Dict[str, Any] = {"order": ticket, "found_by": "evidence", "already_done": False}
    if deals:
        volume = sum(deal["volume"] for deal in deals)
        body.update(
            deal=deals[-1]["ticket"],
            position=deals[-1]["position_id"],
            volume=round(volume, 8),
            price=sum(deal["volume"] * deal["price"] for deal in deals) / volume if volume else None,
            comment=deals[-1]["comment"],
        )
        asked = float(sent.get("volume") or volume)
        return Verdict("filled" if volume >= asked - 1e-9 or action == ACTIONS["close_by"] else "partial", body)
    if working is not None:
        if action == ACTIONS["pending"]:
            return Verdict("placed", {**body, "volume": working["volume_current"], "price": working["price_open"]})
        return Verdict("trace", body)
    if past is None or past["state"] not in _ENDED:
        # It was there, and the deal of a filled order may show up later than the order: this is not absence.
        return Verdict("trace", body)
    placed_before = action == ACTIONS["pending"] and past["state"] in (2, 6)
    return Verdict("placed" if placed_before else "rejected", {**body, "code": "ORDER_" + _ENDED[past["state"]], "ended": True})


def _matching_orders(row: OrderRow, evidence: Dict[str, Any]) -> set:
    """Order tickets that belong to the row: by the ticket itself, else by the comment, else by everything else that is known."""
    everything = list(evidence["orders"]) + list(evidence["history_orders"])
    if row.order_ticket:
        return {row.order_ticket}
    marked = {order["ticket"] for order in everything if find_token(order["comment"]) == row.token}
    marked |= {deal["order"] for deal in evidence["deals"] if find_token(deal["comment"]) == row.token and deal["order"]}
    marked |= {pos["identifier"] for pos in evidence["positions"] if row.opening and find_token(pos["comment"]) == row.token}
    if marked:
        return marked
    sent, known = row.sent or {}, row.known or {}
    fits = set()
    for order in everything:
        token = find_token(order["comment"])
        if token is not None and token != row.token:
            continue
        if order["magic"] != row.magic or order["symbol"] != row.symbol or order["ticket"] <= int(known.get("order", 0)):
            continue
        if "type" in sent and order["type"] != sent["type"]:
            continue
        if "volume" in sent and abs(order["volume_initial"] - float(sent["volume"])) > 1e-9:
            continue
        if sent.get("position") and order["position_id"] != sent["position"]:
            continue
        if order["time_setup_msc"] < int(known.get("server_msc", 0)) - 2000:
            continue
        fits.add(order["ticket"])
    return fits


def _judge_change(sent: Dict[str, Any], evidence: Dict[str, Any]) -> Optional[Verdict]:
    """SL/TP, modify and remove leave no order of their own: the state wished for is the evidence."""
    if sent["action"] == ACTIONS["sltp"]:
        held = next((item for item in evidence["positions"] if item["ticket"] == sent.get("position")), None)
        if held is None:
            return Verdict("rejected", {"code": "MT5_10036", "found_by": "evidence", "comment": "the position is gone"})
        same = all(abs(held[name] - float(sent.get(name) or 0)) < 1e-9 for name in ("sl", "tp"))
        return Verdict("modified", {"found_by": "evidence", "position": held["ticket"]}) if same else None
    order = next((item for item in evidence["orders"] if item["ticket"] == sent.get("order")), None)
    past = next((item for item in evidence["history_orders"] if item["ticket"] == sent.get("order")), None)
    if sent["action"] == ACTIONS["remove"]:
        if order is not None or past is None:
            return None
        return Verdict("removed", {"found_by": "evidence", "order": past["ticket"], "already_done": past["state"] != 2})
    if order is None:
        return None if past is None else Verdict("rejected", {"code": "MT5_10023", "found_by": "evidence", "comment": "the order ended meanwhile"})
    wanted = {"price_open": sent.get("price"), "sl": sent.get("sl"), "tp": sent.get("tp")}
    same = all(value is None or abs(order[name] - float(value)) < 1e-9 for name, value in wanted.items())
    return Verdict("modified", {"found_by": "evidence", "order": order["ticket"]}) if same else None


def _judge_vanished(sent: Dict[str, Any], evidence: Dict[str, Any]) -> Optional[Verdict]:
    """A close whose position is gone, however it went, has what it wanted."""
    ticket = sent.get("position")
    if not ticket or any(item["ticket"] == ticket for item in evidence["positions"]):
        return None
    closing = [deal for deal in evidence["deals"] if deal["position_id"] == ticket and deal["entry"] in (1, 3)]
    if not closing:
        return None
    return Verdict("filled", {"found_by": "evidence", "already_done": True, "volume": 0.0, "position": ticket})
