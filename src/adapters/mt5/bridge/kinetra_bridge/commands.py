"""What a client may have done, each at once or queued: heartbeat, fence, lease, orders, kills, locks (rulebook E.3, E.6; controls 5.1)."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, Dict, Optional

from .desk import Desk
from .frame import BadRequest, Fields, Frame
from .journal import JournalTrouble
from .kill import KILL_MODES, Killer
from .orders import valid_cid
from .codes import MAX_SAFE_INTEGER
from .trader import Trader


class Commands:
    """Each method `do_<type>` carries out one command for a client. Raises BadRequest."""

    def __init__(self, desk: Desk, trader: Trader, killer: Killer) -> None:
        self.desk = desk
        self.trader = trader
        self.killer = killer

    def knows(self, kind: str) -> bool:
        """Whether this is a command."""
        return hasattr(self, "do_" + kind)

    def carry_out(self, client: Any, frame: Frame, age_ms: int) -> None:
        """Does it; READ_ONLY for a role that may not."""
        if frame.t not in ("ping", "kill") and client.role != "control" and not (frame.t == "kill_release" and client.role == "kill"):
            raise BadRequest("READ_ONLY", "a %s session may not send %s" % (client.role, frame.t))
        if frame.t == "kill" and client.role == "watch":
            raise BadRequest("READ_ONLY", "a watch session may not kill; authenticate with the role kill")
        try:
            getattr(self, "do_" + frame.t)(client, frame, age_ms)
        except JournalTrouble as trouble:
            self.desk.broken = str(trouble)
            raise BadRequest("INTERNAL", str(trouble)) from None

    def do_ping(self, client: Any, frame: Frame, _age_ms: int) -> None:
        """Answers at once with what came and the bridge's time."""
        client.push("pong", {"n": frame.d.get("n") if isinstance(frame.d.get("n"), int) else None, "utc_ms": self.desk.utc_ms()}, frame.id)

    def do_fence(self, client: Any, frame: Frame, _age_ms: int) -> None:
        """{epoch, nonce}: orders must carry both from now on; those of an older fence are refused."""
        fields = Fields(frame.d)
        self.desk.raise_fence(fields.whole("epoch", 1, MAX_SAFE_INTEGER), str(fields.text("nonce", 64)))
        unresolved = [row.cid for row in self.desk.journal.open_orders(self.desk.account_key)]
        body = {"epoch": self.desk.fence_epoch, "boot_id": self.desk.gateway.boot_id, "in_flight": self.trader.in_flight, "unresolved": unresolved}
        client.push("fence_ok", body, frame.id)

    def do_lease(self, client: Any, frame: Frame, _age_ms: int) -> None:
        """{magics, ms}: keeps the dead-man lease; at most 5 s."""
        fields = Fields(frame.d)
        longest = int(self.desk.settings.timings.lease_max_s * 1000)
        ms = fields.whole("ms", 1, longest, longest)
        magics = [int(text) for text in fields.texts("magics", 16, 16) if text.isascii() and text.isdigit() and int(text) > 0]
        if not self.desk.lease.renew(self.desk.mono_s(), ms / 1000, magics):
            raise BadRequest("LEASE_EXPIRED", "the lease ran out: fence again, take a snapshot, then renew", {}, True)
        client.push("lease_ok", {"expires_in_ms": ms}, frame.id)

    def do_order(self, client: Any, frame: Frame, age_ms: int) -> None:
        """Queues an order; `order_ack` and `order_result` follow, both with `re`."""
        ttl = frame.d.get("ttl_ms")
        if self.desk.broken is not None:
            raise BadRequest("INTERNAL", "the journal failed, nothing may be sent any more: " + self.desk.broken)
        left_ms = (ttl if isinstance(ttl, int) and not isinstance(ttl, bool) else 0) - age_ms
        request_id = frame.id
        reply: Callable[[str, Dict[str, Any]], None] = lambda kind, body: client.push(kind, body, request_id)
        self.trader.submit(frame.d, self.desk.mono_s() + left_ms / 1000, reply)

    def do_order_resolve(self, client: Any, frame: Frame, _age_ms: int) -> None:
        """{cid, state: filled or not_executed, reason}: a person's word on an order that could not be found out."""
        fields = Fields(frame.d)
        state, reason = fields.choice("state", ["filled", "not_executed"]), str(fields.text("reason", 200))
        row = self.desk.journal.order(str(frame.d.get("cid"))) if valid_cid(frame.d.get("cid")) else None
        if row is None or not row.is_open:
            raise BadRequest("NOT_FOUND", "there is no order with this cid whose outcome is open")
        self.trader.reconciler.decide_by_person(row.cid, state, reason)
        client.push("order_query", {"cid": row.cid, "known": True, "state": state}, frame.id)

    def do_kill(self, client: Any, frame: Frame, _age_ms: int) -> None:
        """{scope: all or agent, magic?, mode, reason}: latches at once, answers with `kill_ack`, then `kill_result` with each item."""
        fields = Fields(frame.d)
        scope = self._scope(fields)
        mode, reason = fields.choice("mode", KILL_MODES), fields.text("reason", 200, "no reason given", required=False)
        asyncio.ensure_future(self._kill(client, scope, mode, str(reason), frame.id))

    async def _kill(self, client: Any, scope: str, mode: str, reason: str, request_id: Optional[str]) -> None:
        try:
            result = await self.killer.kill(scope, mode, reason)
            client.push("kill_result", result, request_id)
        except Exception as trouble:  # the one who stops must hear that it did not work
            self.desk.broken = self.desk.broken or "a kill failed: %s" % trouble
            self.desk.log("kill failed: %s: %s" % (type(trouble).__name__, trouble))
            body = {"scope": scope, "mode": mode, "latched": False, "items": [], "complete": False, "message": str(trouble)}
            client.push("kill_result", body, request_id)

    def do_kill_release(self, client: Any, frame: Frame, _age_ms: int) -> None:
        """{scope, magic?, reason}: a person takes a latch away; trading does not start again by itself."""
        fields = Fields(frame.d)
        scope, reason = self._scope(fields), str(fields.text("reason", 200))
        if not self.killer.release(scope, reason):
            raise BadRequest("NOT_FOUND", "no kill is latched for %s" % scope)
        client.push("kill_release_ok", {"scope": scope}, frame.id)

    @staticmethod
    def _scope(fields: Fields) -> str:
        if fields.choice("scope", ["all", "agent"]) == "all":
            return "all"
        magic = fields.ticket("magic")
        if not magic:
            raise BadRequest("BAD_REQUEST", "magic 0 is what a person's orders carry: they are never touched", {"field": "magic"})
        return str(magic)

    def do_live_unlock(self, client: Any, frame: Frame, _age_ms: int) -> None:
        """{login, server}: the account as the person typed it. Opens the lock only if bridge.json names the very same real account."""
        fields = Fields(frame.d)
        login, server = fields.ticket("login"), fields.text("server", 128)
        account, live = self.desk.account, self.desk.settings.live
        if account is None or live is None or (login, server) != live or (int(account["login"]), str(account["server"])) != live:
            raise BadRequest("LIVE_LOCKED", "the account typed is not the real account that bridge.json opens, or the terminal is on another one")
        self.desk.unlocked = True
        self.desk.log("live lock: %s" % self.desk.live_lock)
        client.push("live_lock", {"live_lock": self.desk.live_lock}, frame.id)
