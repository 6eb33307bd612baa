"""Questions of the cockpit that change nothing at the broker: each method `on_<type>` answers one request type (rulebook E.3)."""

from __future__ import annotations

from typing import Any, Awaitable, Callable, Dict, List, Optional, Tuple

from .codes import MAX_SAFE_INTEGER, ORDER_TYPES, TIMEFRAMES
from .desk import Desk
from .frame import BadRequest, Fields
from .gateway import READ, CallFailed, WorkerDied
from .orders import build_request, lint_request, parse_order, valid_cid
from .pollers import Pollers
from .preflight import explain_sdk
from .reconciler import told_row
from .spec import spec_body
from .trader import Trader, find_held

Answer = Tuple[str, Dict[str, Any]]
PAGE_TICKS = 2000
PAGE_BARS = 2000
PAGE_SYMBOLS = 200
PAGE_EVENTS = 200
SNAPSHOT_DEALS = 500


class Requests:
    """Answers; raises BadRequest with the reason. `client` is the session that asks."""

    def __init__(self, desk: Desk, trader: Trader, pollers: Pollers) -> None:
        self.desk = desk
        self.trader = trader
        self.pollers = pollers

    def handler(self, kind: str) -> Optional[Callable[[Any, Dict[str, Any]], Awaitable[Answer]]]:
        """The method for a request type, None when it is not a question."""
        return getattr(self, "on_" + kind, None)

    async def answer(self, client: Any, kind: str, body: Dict[str, Any]) -> Answer:
        """Carries out one question; whatever the terminal does becomes a BadRequest."""
        handler = self.handler(kind)
        assert handler is not None
        try:
            return await handler(client, body)
        except CallFailed as trouble:
            raise BadRequest("SDK_%d" % trouble.code, explain_sdk(trouble.code, trouble.text), {}, True) from None
        except WorkerDied:
            raise BadRequest("TERMINAL_DOWN", "the terminal did not answer; the worker is being restarted", {}, True) from None

    async def on_account(self, _client: Any, _body: Dict[str, Any]) -> Answer:
        """The account, read now."""
        await self._read_state()
        return "account", self.desk.account_body()

    async def _read_state(self) -> None:
        """Account and terminal, read now. Raises BadRequest when the terminal cannot be used, also if this very reading shows it."""
        self.desk.need_link()
        state = await self.desk.gateway.call("state", READ)
        self.pollers.take_state(state["account"], state["terminal"])
        self.desk.need_link()

    async def on_terminal(self, _client: Any, _body: Dict[str, Any]) -> Answer:
        """The terminal as last seen, at most 0.5 s old."""
        return "terminal", self.desk.terminal_body()

    async def on_status(self, _client: Any, _body: Dict[str, Any]) -> Answer:
        """The bridge itself."""
        return "status", self.desk.status_body()

    async def on_symbols(self, _client: Any, body: Dict[str, Any]) -> Answer:
        """Names and descriptions, a page at a time: {group?, from}."""
        fields = Fields(body)
        self.desk.need_link()
        start = fields.whole("from", 0, 1_000_000, 0)
        found = await self.desk.gateway.call("symbols", READ, group=fields.text("group", 128, required=False))
        names = ("name", "path", "visible", "currency_base", "currency_profit", "description")
        rows = [{name: item[name] for name in names} for item in found[start : start + PAGE_SYMBOLS]]
        end = start + len(rows)
        return "symbols", {"rows": rows, "total": len(found), "next": end if end < len(found) else None}

    async def on_symbol_spec(self, client: Any, body: Dict[str, Any]) -> Answer:
        """Specification and last quote of a symbol: {symbol}. Later changes are pushed."""
        asked = str(Fields(body).text("symbol", 32))
        name = await self.trader.resolve(asked)
        seen = await self.desk.gateway.call("symbol", READ, name=name, select=True)
        told = spec_body(asked, seen["spec"])
        if len(client.specs) < 64 or asked in client.specs:
            client.specs[asked] = (name, told["hash"])
        age = self.desk.server.age_s(name, self.desk.utc_ms(), self.desk.mono_s())
        return "symbol_spec", {**told, "tick": seen["tick"], "quote_age_ms": None if age is None else int(age * 1000)}

    async def on_bars(self, _client: Any, body: Dict[str, Any]) -> Answer:
        """The newest bars: {symbol, tf, count}. The last one is still forming."""
        fields = Fields(body)
        asked, tf = str(fields.text("symbol", 32)), fields.choice("tf", list(TIMEFRAMES))
        count = fields.whole("count", 1, PAGE_BARS, 200)
        name = await self.trader.resolve(asked)
        rows = await self.desk.gateway.call("rates", READ, symbol=name, timeframe=TIMEFRAMES[tf], start=0, count=count, from_s=None, to_s=None)
        return "bars", {"symbol": asked, "name": name, "tf": tf, "rows": rows, "forming": True, "offset_s": self.desk.server.offset_s}

    def _server_range(self, fields: Fields) -> Tuple[int, int]:
        """A range in UTC ms as server ms. Raises BadRequest GAP while the offset is unknown."""
        offset = self.desk.server.offset_s
        start, end = fields.whole("from_utc_ms", 0, 2**43), fields.whole("to_utc_ms", 0, 2**43)
        if offset is None:
            raise BadRequest("GAP", "the server's time offset is not known yet: no moving quotes were seen", {}, True)
        return start + offset * 1000, end + offset * 1000

    async def on_history_bars(self, _client: Any, body: Dict[str, Any]) -> Answer:
        """Bars of a range: {symbol, tf, from_utc_ms, to_utc_ms, cursor?}; `cursor` is the `next` of the page before."""
        fields = Fields(body)
        asked, tf = str(fields.text("symbol", 32)), fields.choice("tf", list(TIMEFRAMES))
        start, end = self._server_range(fields)
        first = fields.whole("cursor", 0, 2**43, start // 1000)
        name = await self.trader.resolve(asked)
        rows = await self.desk.gateway.call("rates", READ, symbol=name, timeframe=TIMEFRAMES[tf], start=0, count=0, from_s=first, to_s=end // 1000)
        page = rows[:PAGE_BARS]
        more = page[-1][0] + 1 if len(rows) > len(page) else None
        return "history_bars", {"symbol": asked, "name": name, "tf": tf, "rows": page, "next": more, "offset_s": self.desk.server.offset_s}

    async def on_history_ticks(self, _client: Any, body: Dict[str, Any]) -> Answer:
        """Ticks of a range: {symbol, from_utc_ms, to_utc_ms, cursor?: {msc, seen}}."""
        fields = Fields(body)
        asked = str(fields.text("symbol", 32))
        start, end = self._server_range(fields)
        at = body.get("cursor")
        place = Fields(at if isinstance(at, dict) else {"msc": start, "seen": 0})
        name = await self.trader.resolve(asked)
        page = await self.desk.gateway.call(
            "past_ticks", READ, symbol=name, from_msc=place.whole("msc", 0, 2**43), to_msc=end, seen=place.whole("seen", 0, 1_000_000), most=PAGE_TICKS
        )
        after = {"msc": page["msc"], "seen": page["seen"]} if page["more"] else None
        return "history_ticks", {"symbol": asked, "name": name, "cols": page["columns"], "next": after, "offset_s": self.desk.server.offset_s}

    async def on_history(self, _client: Any, body: Dict[str, Any]) -> Answer:
        """Deals and ended orders of the last `days`, newest last, at most 500 each."""
        days = Fields(body).whole("days", 1, 366, 7)
        self.desk.need_link()
        now = self.desk.server.now_s(self.desk.utc_ms())
        found = await self.desk.gateway.call("history", READ, from_s=max(0, now - days * 86_400), to_s=now + 2 * 86_400)
        deals, orders = found["deals"][-SNAPSHOT_DEALS:], found["history_orders"][-SNAPSHOT_DEALS:]
        cut = len(deals) < len(found["deals"]) or len(orders) < len(found["history_orders"])
        return "history", {"deals": [self.desk.tag(row) for row in deals], "orders": [self.desk.tag(row) for row in orders], "truncated": cut}

    async def on_calc(self, _client: Any, body: Dict[str, Any]) -> Answer:
        """The broker's own margin or profit: {what, symbol, type, volume, price, price_close?}, in account currency."""
        fields = Fields(body)
        what, side = fields.choice("what", ["margin", "profit"]), fields.choice("type", ["buy", "sell"])
        name = await self.trader.resolve(str(fields.text("symbol", 32)))
        price, volume = fields.number("price", 1e-12, 1e12), fields.number("volume", 1e-8, 1e6)
        close = fields.number("price_close", 1e-12, 1e12, required=what == "profit") or 0.0
        found = await self.desk.gateway.call("calc", READ, what=what, kind=ORDER_TYPES[side], symbol=name, volume=volume, price=price, price_close=close)
        return "calc", {"what": what, "value": found["value"], "currency": None if self.desk.account is None else self.desk.account["currency"]}

    async def on_order_check(self, _client: Any, body: Dict[str, Any]) -> Answer:
        """What the terminal and the bridge would say to an order, without sending it: the body of an `order`."""
        wish = parse_order(body)
        held = None
        if wish.symbol is not None and wish.position is None:
            name = await self.trader.resolve(wish.symbol)
        else:
            self.desk.need_link()
            held = find_held(wish, await self.desk.gateway.call("book", READ))
            if held is None:
                raise BadRequest("NOT_FOUND", "there is no such position or order")
            name = str(held["symbol"])
        fresh = await self.desk.gateway.call("prepare", READ, symbol=name, kind=ORDER_TYPES.get(wish.type or ""), volume=wish.volume, price=wish.price)
        if fresh["tick"] is None:
            raise BadRequest("MT5_10021", "there is no quote of %s" % name, {}, True)
        request = build_request(wish, name, fresh["spec"], fresh["tick"], held)
        check = await self.desk.gateway.call("check", READ, request=request) if wish.action in ("deal", "pending") else None
        return "order_check", {"cid": wish.cid, "check": check, "lint": lint_request(request, fresh["spec"], fresh["tick"]), "request": request, "margin": fresh["margin"]}

    async def on_order_query(self, _client: Any, body: Dict[str, Any]) -> Answer:
        """The journal's word on one client id: {cid}."""
        if not valid_cid(body.get("cid")):
            raise BadRequest("BAD_REQUEST", "cid must be a ULID", {"field": "cid"})
        row = self.desk.journal.order(str(body["cid"]))
        if row is None:
            return "order_query", {"cid": body["cid"], "known": False}
        told = told_row(row)
        extra = {"journal_state": row.state, "token": row.token, "wish": row.wish, "sent": row.sent, "created_ms": row.created_ms}
        return "order_query", {"known": True, **told, **extra}

    async def on_replay(self, _client: Any, body: Dict[str, Any]) -> Answer:
        """Events from a number on, a page at a time: {eseq}; a snapshot instead when they are no longer kept."""
        start = Fields(body).whole("eseq", 1, MAX_SAFE_INTEGER)
        if start < self.desk.journal.first_event():
            return await self.on_snapshot(_client, {})
        return "replay", replay_page(self.desk, start)

    async def on_snapshot(self, _client: Any, _body: Dict[str, Any]) -> Answer:
        """Everything that counts, read now; events up to `eseq` are contained in it."""
        desk = self.desk
        trouble = None
        try:
            await self._read_state()
            await self.pollers.poll_book()
            found = await desk.gateway.call("deals", READ, **dict(zip(("from_s", "to_s"), desk.server.range_s(desk.utc_ms(), None))))
            await self.pollers.poll_book()
        except (BadRequest, CallFailed, WorkerDied) as failure:
            trouble, found = str(failure), {"deals": []}
        fresh = trouble is None
        deals: List[Any] = found["deals"][-SNAPSHOT_DEALS:]
        return "snapshot", {
            "fresh": fresh,
            "trouble": trouble,
            "account": desk.account_body() if fresh else None,
            "terminal": desk.terminal_body(),
            "positions": [desk.tag(row) for row in (desk.positions or {}).values()] if fresh else None,
            "orders": [desk.tag(row) for row in desk.orders.values()] if fresh else None,
            "deals": [desk.tag(row) for row in deals] if fresh else None,
            "deals_truncated": len(deals) < len(found["deals"]),
            "open_entries": [told_row(row) for row in desk.journal.open_orders(desk.account_key)],
            "as_of": {"utc_ms": desk.utc_ms(), "server_ms": desk.server.newest_msc or None, "offset_s": desk.server.offset_s},
            "eseq": desk.journal.last_event(),
            "status": desk.status_body(),
        }


def replay_page(desk: Desk, start: int) -> Dict[str, Any]:
    """Body of a `replay`: events from `start` on and where the next page begins, null at the end."""
    found = desk.journal.events_from(start, PAGE_EVENTS)
    events = [{"eseq": eseq, **body} for eseq, _, _, body in found]
    return {"events": events, "next": found[-1][0] + 1 if len(found) == PAGE_EVENTS else None, "eseq": desk.journal.last_event()}
