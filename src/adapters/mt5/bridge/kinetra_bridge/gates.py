"""The questions that an order must pass, in three rounds: before anything is asked, on fresh data, and at the last moment (rulebook E.4, E.6)."""

from __future__ import annotations

from typing import Any, Dict, Optional

from .codes import ACCOUNT_REAL
from .desk import Desk
from .frame import BadRequest
from .limits import EntryFacts, check_entry, check_rate
from .orders import OrderWish
from .preflight import switches_off, wrong_account


def check_before(desk: Desk, wish: OrderWish, deadline_s: float, blocked: Optional[str]) -> None:
    """What is known without asking the terminal. `blocked` is why unknown outcomes forbid this order. Raises BadRequest."""
    if desk.broken is not None:
        raise BadRequest("INTERNAL", "the journal failed, nothing may be sent any more: " + desk.broken)
    check_last(desk, wish, deadline_s)
    desk.need_link()
    if blocked is not None:
        raise BadRequest("BUSY", blocked, {}, True)


def check_last(desk: Desk, wish: OrderWish, deadline_s: float) -> None:
    """Asked again just before the order leaves: time to live, fence, kills, lease. Raises BadRequest."""
    if desk.mono_s() >= deadline_s:
        raise BadRequest("EXPIRED_TTL", "the order was older than its %d ms" % wish.ttl_ms)
    if desk.fence_nonce is None or (wish.epoch, wish.nonce) != (desk.fence_epoch, desk.fence_nonce):
        raise BadRequest("STALE_FENCE", "the order's fence (epoch %d) is not in force (epoch %d)" % (wish.epoch, desk.fence_epoch), {"epoch": desk.fence_epoch})
    if not wish.is_opening:
        return
    kills = desk.journal.kills()
    for scope in ("all", str(wish.magic)):
        if scope in kills:
            raise BadRequest("KILLED", "a kill is latched for %s: %s" % (scope, kills[scope]["reason"]), {"scope": scope, **kills[scope]})
    if desk.settings.kill_path.exists():
        raise BadRequest("KILLED", "the kill file %s exists" % desk.settings.kill_path.name, {"scope": "all"})
    if not desk.lease.is_held(desk.mono_s()):
        raise BadRequest("LEASE_EXPIRED", "no lease is held: renew it every second", {}, True)


def check_fresh(desk: Desk, wish: OrderWish, request: Dict[str, Any], fresh: Dict[str, Any], held: Optional[Dict[str, Any]]) -> None:
    """What only the terminal knows: account, switches, live lock, position, guards, limits. Raises BadRequest."""
    account, terminal = fresh["account"], fresh["terminal"]
    wrong = wrong_account(desk.settings, account, desk.pinned)
    if wrong is not None:
        raise BadRequest("WRONG_ACCOUNT", wrong)
    if desk.account is not None and account["trade_mode"] != desk.account["trade_mode"]:
        raise BadRequest("WRONG_ACCOUNT", "the broker changed what the account is; look again before trading")
    if account["trade_mode"] == ACCOUNT_REAL and desk.live_lock != "open":
        raise BadRequest("LIVE_LOCKED", "the account is REAL and the live lock is %s" % desk.live_lock, {"live_lock": desk.live_lock})
    if account["trade_mode"] not in (0, 1, ACCOUNT_REAL):
        raise BadRequest("LIVE_LOCKED", "the broker reports an account type that is not known: %s" % account["trade_mode"])
    off = switches_off(account, terminal)
    if off:
        raise BadRequest("TRADE_DISABLED", off[0]["message"], {"switches_off": [item["switch"] for item in off]}, True)
    if not terminal["connected"]:
        raise BadRequest("NOT_CONNECTED", "the terminal has no connection to the broker", {}, True)
    check_rate(desk.settings.limits, desk.journal.sent_since(desk.account_key, desk.utc_ms() - 60_000))
    _check_direction(desk, wish, request, fresh, held)
    _check_guards(wish, request, fresh)
    if not wish.is_opening:
        return
    if not request.get("sl"):
        raise BadRequest("NO_STOP_LOSS", "an entry needs a stop-loss at the broker", {"field": "sl"})
    unknown = desk.journal.open_orders(desk.account_key)
    facts = EntryFacts(
        symbol=str(request["symbol"]),
        volume=float(request["volume"]),
        positions=fresh["positions"],
        orders=fresh["orders"],
        unknown=unknown,
        sent_last_minute=desk.journal.sent_since(desk.account_key, desk.utc_ms() - 60_000),
        day_loss_pct=desk.day_loss_pct(account),
        quote_age_s=desk.server.age_s(str(request["symbol"]), desk.utc_ms(), desk.mono_s()),
        netting=not desk.hedging,
    )
    check_entry(desk.settings.limits, facts)


def _check_direction(desk: Desk, wish: OrderWish, request: Dict[str, Any], fresh: Dict[str, Any], held: Optional[Dict[str, Any]]) -> None:
    """A close must be opposite to its position; a reduce-only deal must make an existing netting position smaller, never turn it round."""
    if wish.action != "deal" or wish.is_opening:
        return
    if held is None:
        if desk.hedging:
            raise BadRequest("BAD_REQUEST", "on a hedging account a reduce-only deal needs the position's ticket", {"field": "position"})
        held = next((item for item in fresh["positions"] if item["symbol"] == request["symbol"]), None)
    else:
        held = next((item for item in fresh["positions"] if item["ticket"] == held["ticket"]), None)
    if held is None or held["type"] == request["type"]:
        raise BadRequest("MT5_10036" if held is None else "BAD_REQUEST", "there is no opposite position to reduce", {"field": "type"})
    if held["magic"] != wish.magic:
        raise BadRequest("READ_ONLY", "the position carries another magic: what is not the agent's own is never touched")
    if float(request["volume"]) > held["volume"] + 1e-9:
        raise BadRequest("MT5_10038", "closing %g lots of a position of %g" % (request["volume"], held["volume"]))


def _check_guards(wish: OrderWish, request: Dict[str, Any], fresh: Dict[str, Any]) -> None:
    tick, spec = fresh["tick"], fresh["spec"]
    if wish.max_spread_points is not None:
        spread = (float(tick["ask"]) - float(tick["bid"])) / float(spec["point"])
        if not spread <= wish.max_spread_points + 1e-6:
            raise BadRequest("GUARD", "the spread is %.1f points, at most %g wanted" % (spread, wish.max_spread_points), {"guard": "max_spread_points", "got": round(spread, 1)}, True)
    if wish.price_limit is not None and wish.action == "deal":
        price = float(tick["ask"] if wish.is_buy else tick["bid"])
        if price > wish.price_limit if wish.is_buy else price < wish.price_limit:
            raise BadRequest("GUARD", "the price is %g, the limit %g" % (price, wish.price_limit), {"guard": "price_limit", "got": price}, True)
    if wish.max_margin_pct is not None and wish.is_opening:
        margin, equity = fresh["margin"], float(fresh["account"]["equity"])
        if margin is None or not equity > 0:
            raise BadRequest("GUARD", "the margin needed cannot be calculated", {"guard": "max_margin_pct", "got": None}, True)
        share = (float(margin) + float(fresh["account"]["margin"])) / equity * 100
        if not share <= wish.max_margin_pct:
            raise BadRequest("GUARD", "margin would be %.1f %% of equity, at most %g wanted" % (share, wish.max_margin_pct), {"guard": "max_margin_pct", "got": round(share, 2)})
