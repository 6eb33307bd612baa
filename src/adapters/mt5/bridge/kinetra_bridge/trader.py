"""The path of an order: asked, checked, journalled, sent once, judged, and, when the answer was lost, found out (rulebook E.4)."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, Dict, Optional

from .codes import ORDER_TYPES, retcode_class, retcode_name
from .desk import Desk
from .frame import BadRequest
from .gateway import ORDER, CallFailed, WorkerDied
from .gates import check_before, check_fresh, check_last
from .journal import JournalTrouble, OrderRow
from .orders import OrderWish, build_request, lint_request, parse_order
from .outcome import Verdict, judge_answer
from .preflight import explain_sdk
from .reconciler import Reconciler, settle_found, told_row
from .resolver import resolve_pending_retry, resolve_symbol

Reply = Callable[[str, Dict[str, Any]], None]
_MOST_QUEUED = 64


class Trader:
    """Takes orders one after another. Nothing here sends an order twice: only a retcode that proves that nothing executed allows another try."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.reconciler = Reconciler(desk)
        self._queue: "asyncio.Queue[Any]" = asyncio.Queue(_MOST_QUEUED)
        self._task: Optional["asyncio.Task[None]"] = None
        self.in_flight = 0

    def start(self) -> None:
        """Begins to work the queue."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Ends after the order in hand; what still waits was never journalled and is lost with the link."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.reconciler.stop()

    def submit(self, body: Dict[str, Any], deadline_s: float, reply: Reply) -> None:
        """Queues the body of an `order` message; answers come through `reply`. Raises BadRequest."""
        wish = parse_order(body)
        try:
            self._queue.put_nowait((wish, deadline_s, body, reply))
        except asyncio.QueueFull:
            raise BadRequest("BUSY", "%d orders wait already" % _MOST_QUEUED, {}, True) from None

    async def _run(self) -> None:
        while True:
            wish, deadline_s, body, reply = await self._queue.get()
            self.in_flight += 1
            try:
                await self._place(wish, deadline_s, body, reply)
            except JournalTrouble as trouble:
                self.desk.broken = str(trouble)
                self.desk.log(str(trouble))
                reply("error", BadRequest("INTERNAL", str(trouble), {"cid": wish.cid}).body())
            except Exception as trouble:  # the queue must go on; a row left in `sending` is reconciled
                self.desk.log("defect while placing %s: %s: %s" % (wish.cid, type(trouble).__name__, trouble))
                self.reconciler.adopt(wish.cid)
                reply("error", BadRequest("INTERNAL", "a defect of the bridge; ask order_query for the outcome", {"cid": wish.cid}).body())
            finally:
                self.in_flight -= 1

    async def _place(self, wish: OrderWish, deadline_s: float, body: Dict[str, Any], reply: Reply) -> None:
        desk = self.desk
        began = desk.mono_s()
        earlier = desk.journal.order(wish.cid)
        if earlier is not None:
            if earlier.digest != wish.digest:
                details = {"cid": wish.cid, "result": told_row(earlier)}
                reply("error", BadRequest("DUPLICATE_CID", "this cid was used for another order", details).body())
            else:
                reply("order_result", {**told_row(earlier), "duplicate": True})
            return
        row = new_row(wish, body, desk)
        try:
            request, fresh = await self._prepare(wish, deadline_s)
            if request is None:
                self._refuse(row, "filled" if wish.action != "remove" else "removed", {"already_done": True, **fresh}, reply, began)
                return
            row.symbol, row.sent = str(request.get("symbol") or fresh["spec"]["name"]), request
            check_last(desk, wish, deadline_s)
        except BadRequest as refusal:
            state = "expired_ttl" if refusal.code == "EXPIRED_TTL" else "rejected"
            self._refuse(row, state, {"class": _class_of(refusal), **refusal.body()}, reply, began)
            return
        except (WorkerDied, CallFailed) as trouble:
            refused = isinstance(trouble, CallFailed) and trouble.code != 0
            text = explain_sdk(trouble.code, trouble.text) if isinstance(trouble, CallFailed) else "the worker process ended; nothing was sent"
            code = "SDK_%d" % trouble.code if isinstance(trouble, CallFailed) and refused else "TERMINAL_DOWN"
            self._refuse(row, "rejected", {"code": code, "message": text, "class": "back", "retryable": True}, reply, began)
            return
        row.state, row.sent_ms = "sending", desk.utc_ms()
        row.known = {"order": desk.highest_order, "deal": desk.highest_deal, "server_msc": int((fresh["tick"] or {}).get("time_msc") or 0)}
        desk.journal.add_order(row)
        desk.magics.add(wish.magic)
        reply("order_ack", {"cid": wish.cid, "state": "journaled", "token": row.token, "name": row.symbol})
        await self._send(wish, row, fresh, deadline_s, began)
        reply("order_result", told_row(row))

    def _refuse(self, row: OrderRow, state: str, body: Dict[str, Any], reply: Reply, began: float) -> None:
        row.state = state
        row.result = {**body, "attempts": 0, "latency_ms": round((self.desk.mono_s() - began) * 1000, 1)}
        self.desk.journal.add_order(row)
        reply("order_result", told_row(row))

    async def resolve(self, wanted: str) -> str:
        """The broker's name of a symbol; asked for once a name and boot. Raises BadRequest, WorkerDied, CallFailed."""
        desk = self.desk
        desk.need_link()
        if wanted not in desk.names:
            try:
                direct = desk.settings.symbol_map.get(wanted, wanted)
                desk.names[wanted] = str((await desk.gateway.call("symbol", ORDER, name=direct, select=True))["spec"]["name"])
            except CallFailed:
                every = await desk.gateway.call("symbols", ORDER, group=None)
                desk.names[wanted] = resolve_symbol(wanted, every, desk.settings.symbol_map)
        return desk.names[wanted]

    async def _prepare(self, wish: OrderWish, deadline_s: float) -> Any:
        """The request to send and what it was checked against; request None when the wish is fulfilled already. Raises BadRequest."""
        desk = self.desk
        check_before(desk, wish, deadline_s, self.reconciler.blocks(wish))
        held: Optional[Dict[str, Any]] = None
        if wish.symbol is not None and wish.position is None:
            symbol = await self.resolve(wish.symbol)
        else:
            book = await desk.gateway.call("book", ORDER)
            held = find_held(wish, book)
            if held is None:
                gone = {"position": wish.position, "order": wish.order, "comment": "it is gone already; the deals tell how"}
                if wish.action in ("deal", "close_by", "remove"):
                    return None, gone
                raise BadRequest("MT5_10036" if wish.position else "MT5_10023", gone["comment"], gone)
            symbol = str(held["symbol"])
        kind = ORDER_TYPES[wish.type] if wish.type is not None else None
        fresh = await desk.gateway.call("prepare", ORDER, symbol=symbol, kind=kind, volume=wish.volume, price=wish.price)
        if fresh["tick"] is None:
            raise BadRequest("MT5_10021", "there is no quote of %s" % symbol, {}, True)
        desk.server.saw(symbol, int(fresh["tick"]["time_msc"]), desk.utc_ms(), desk.mono_s())
        desk.note_day()
        desk.note_book(fresh["positions"], fresh["orders"], [])
        request = build_request(wish, symbol, fresh["spec"], fresh["tick"], held)
        check_fresh(desk, wish, request, fresh, held)
        lint = lint_request(request, fresh["spec"], fresh["tick"])
        if lint:
            raise BadRequest(lint[0]["code"], lint[0]["message"], {"lint": lint})
        if wish.action in ("deal", "pending"):
            check = await desk.gateway.call("check", ORDER, request=request)
            if int(check["retcode"]) != 0:
                code = int(check["retcode"])
                raise BadRequest("MT5_%d" % code, "order_check: %s (%s)" % (retcode_name(code), check["comment"]), {"retcode": code}, retcode_class(code) in ("back", "px"))
        return request, fresh

    async def _send(self, wish: OrderWish, row: OrderRow, fresh: Dict[str, Any], deadline_s: float, began: float) -> None:
        """Sends, at most once without proof that nothing executed; leaves state and result in the row."""
        desk = self.desk
        spec, attempts = fresh["spec"], 0
        retries = desk.settings.limits.requote_retries if int(spec["trade_exemode"]) <= 1 else 0
        fillings = resolve_pending_retry(int(spec["trade_exemode"]), int(spec["filling_mode"])) if wish.action == "pending" and wish.filling == "auto" else []
        while True:
            attempts += 1
            assert row.sent is not None
            verdict, took_ms = await send_once(desk, row.sent)
            verdict.body.update(attempts=attempts, broker_ms=took_ms)
            again: Optional[Dict[str, Any]] = None
            if verdict.state == "requote":
                again = await self._requoted(wish, row, verdict, deadline_s) if attempts <= retries else None
                verdict.state = "rejected"
            elif verdict.body.get("retcode") == 10030 and fillings:
                again = {**row.sent, "type_filling": fillings.pop(0)}
            if again is None:
                break
            row.sent, row.updated_ms = again, desk.utc_ms()
            desk.journal.update_order(row)
        verdict.body["latency_ms"] = round((desk.mono_s() - began) * 1000, 1)
        settle_found(desk, row, verdict)
        if row.is_open:
            self.reconciler.adopt(row.cid)

    async def _requoted(self, wish: OrderWish, row: OrderRow, verdict: Verdict, deadline_s: float) -> Optional[Dict[str, Any]]:
        """The request at the new price, if the wish's own price limit, its time and all gates still allow it."""
        side = "ask" if wish.is_buy else "bid"
        price = float(verdict.body.get(side) or 0)
        try:
            if price <= 0:
                price = float((await self.desk.gateway.call("symbol", ORDER, name=row.symbol, select=False))["tick"][side])
            check_last(self.desk, wish, deadline_s)
        except (BadRequest, CallFailed, WorkerDied, TypeError):
            return None
        if wish.price_limit is not None and (price > wish.price_limit if wish.is_buy else price < wish.price_limit):
            return None
        return {**(row.sent or {}), "price": price}


async def send_once(desk: Desk, request: Dict[str, Any], priority: int = ORDER) -> Any:
    """One `order_send` and what it means: (Verdict, ms the broker took or None). Never raises for what the terminal does."""
    try:
        done = await desk.gateway.call("send", priority, request=request)
    except WorkerDied as death:
        if death.started:
            return Verdict("unknown", {"code": "TIMEOUT_UNKNOWN", "class": "unk", "comment": "the worker ended while the order was sent"}), None
        return Verdict("rejected", {"code": "TERMINAL_DOWN", "class": "back", "comment": "the worker was down; nothing was sent"}), None
    except CallFailed as trouble:
        return Verdict("unknown", {"code": "SDK_%d" % trouble.code, "class": "unk", "comment": trouble.text}), None
    verdict = judge_answer(request, done["answer"], done["error"])
    if done["deals"] and verdict.state in ("filled", "partial"):
        volume = sum(deal["volume"] for deal in done["deals"])
        verdict.body["position"] = done["deals"][-1]["position_id"]
        if volume > 0:
            verdict.body["price"] = sum(deal["volume"] * deal["price"] for deal in done["deals"]) / volume
    elif verdict.state in ("filled", "partial", "watching"):
        verdict.body["position"] = request.get("position") or (verdict.body.get("order") if desk.hedging else None)
    return verdict, done["took_ms"]



def new_row(wish: OrderWish, body: Dict[str, Any], desk: Desk) -> OrderRow:
    """A row for a wish that nothing was sent for yet."""
    now = desk.utc_ms()
    return OrderRow(
        wish.cid, wish.token, desk.account_key, wish.magic, wish.symbol or "", wish.is_opening, "rejected", wish.digest, body,
        None, None, None, now, None, now, None, None, None,
    )



def find_held(wish: OrderWish, book: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """The position or working order that a wish is about, None when it is gone. Raises BadRequest for one that is not the agent's."""
    if wish.order is not None:
        found = next((item for item in book["orders"] if item["ticket"] == wish.order), None)
    else:
        found = next((item for item in book["positions"] if wish.position in (item["ticket"], item["identifier"])), None)
    if found is not None and found["magic"] != wish.magic:
        raise BadRequest("READ_ONLY", "it carries magic %d, not %d: what is not the agent's own is never touched" % (found["magic"], wish.magic))
    return found


def _class_of(refusal: BadRequest) -> str:
    if refusal.code.startswith("MT5_"):
        return retcode_class(int(refusal.code[4:]))
    return "back" if refusal.retryable else "no"
