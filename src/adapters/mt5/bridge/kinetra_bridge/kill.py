"""The stop: latched on the disk first, then pending orders cancelled, then positions closed, each with its own result (controls C33 to C36)."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any, Dict, List, Optional, Set

from .codes import ACTIONS
from .desk import Desk
from .gateway import URGENT, CallFailed, WorkerDied
from .journal import OrderRow
from .orders import order_token
from .outcome import FINAL
from .reconciler import Reconciler, settle_found
from .resolver import resolve_filling
from .trader import send_once

KILL_MODES = ("block_new", "cancel_pendings", "flatten")
"""Each does what the one before does, and more."""
_TRIES = 3
_RETRY_S = 2.0
_DEVIATION_POINTS = 1000
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Killer:
    """Carries out kills. Foreign positions and orders are listed and never touched."""

    def __init__(self, desk: Desk, reconciler: Reconciler) -> None:
        self.desk = desk
        self.reconciler = reconciler
        self._unfinished = {scope: str(latched["mode"]) for scope, latched in desk.journal.kills().items() if latched["mode"] != "block_new"}
        self._retry_at = 0.0
        self._file_seen = False

    async def tend(self) -> None:
        """Called several times a second: obeys the kill file, a lease that ran out, and kills that are not confirmed yet."""
        desk = self.desk
        if desk.lease.expire(desk.mono_s()):
            desk.log("the lease ran out: no new risk until the cockpit fences again")
            desk.publish("lease_expired", None, {"magics": [str(magic) for magic in desk.lease.magics]})
            if desk.settings.lease_flattens:
                await self.flatten(desk.lease.magics)
            elif desk.settings.lease_cancels_pendings:
                await self.cancel_pendings(desk.lease.magics, "lease expired")
        path = desk.settings.kill_path
        if path.exists() != self._file_seen:
            self._file_seen = not self._file_seen
            if self._file_seen:
                desk.broadcast("kill_result", await self.kill("all", kill_file_mode(path), "kill file"))
        if self._unfinished and desk.link == "up" and desk.mono_s() >= self._retry_at:
            self._retry_at = desk.mono_s() + _RETRY_S
            for scope, mode in list(self._unfinished.items()):
                items: List[Dict[str, Any]] = []
                complete = await self._sweep(scope, mode, items)
                if complete:
                    self._unfinished.pop(scope, None)
                if complete or items:
                    desk.broadcast("kill_result", {"scope": scope, "mode": mode, "latched": True, "items": items, "complete": complete})

    async def kill(self, scope: str, mode: str, reason: str) -> Dict[str, Any]:
        """Stops `all` or one magic. Latches, drops the fence, then acts. Raises JournalTrouble only if even the latch cannot be written.

        Returns {scope, mode, latched, items, complete}: `complete` is true when nothing of ours that the mode is about was left at the broker.
        """
        desk = self.desk
        known = desk.journal.kills().get(scope)
        if known is not None and KILL_MODES.index(known["mode"]) > KILL_MODES.index(mode):
            desk.log("a sterner kill is latched already: %s" % known["mode"])
        desk.journal.latch_kill(scope, max(mode, known["mode"] if known else mode, key=KILL_MODES.index), reason, desk.utc_ms())
        desk.drop_fence()
        desk.log("kill of %s: %s (%s)" % (scope, mode, reason))
        desk.publish("kill_latched", None, {"scope": scope, "mode": mode, "reason": reason})
        items: List[Dict[str, Any]] = []
        complete = True
        if mode != "block_new":
            complete = await self._sweep(scope, mode, items)
            if not complete:
                self._unfinished[scope] = mode
                self._retry_at = desk.mono_s() + _RETRY_S
        return {"scope": scope, "mode": mode, "latched": True, "items": items, "complete": complete}

    def release(self, scope: str, reason: str) -> bool:
        """Takes a latch away, by a person's word; trading needs a new fence and lease besides. False if none was latched."""
        self._unfinished.pop(scope, None)
        if not self.desk.journal.release_kill(scope):
            return False
        self.desk.log("kill of %s released: %s" % (scope, reason))
        self.desk.publish("kill_released", {"scope": scope}, {"scope": scope, "reason": reason})
        return True

    async def cancel_pendings(self, magics: List[int], why: str) -> List[Dict[str, Any]]:
        """Cancels the pending orders of agents whose lease ran out; latches nothing."""
        items: List[Dict[str, Any]] = []
        for magic in magics:
            await self._sweep(str(magic), "cancel_pendings", items)
        self.desk.log("%s: %d pending orders looked at" % (why, len(items)))
        return items

    async def flatten(self, magics: List[int]) -> List[Dict[str, Any]]:
        """Cancels the pending orders and closes the positions of agents; latches nothing."""
        items: List[Dict[str, Any]] = []
        for magic in magics:
            await self._sweep(str(magic), "flatten", items)
        return items

    async def _sweep(self, scope: str, mode: str, items: List[Dict[str, Any]]) -> bool:
        """Acts, looks again, acts again; True when the last look found nothing left."""
        uncertain: Set[int] = set()
        for attempt in range(_TRIES):
            try:
                book = await self.desk.gateway.call("book", URGENT)
            except (CallFailed, WorkerDied) as trouble:
                items.append({"kind": "book", "result": "failed", "message": "the terminal cannot be asked: %s" % trouble})
                return False
            orders = self._ours(book["orders"], scope, items if attempt == 0 else [])
            positions = self._ours(book["positions"], scope, items if attempt == 0 else []) if mode == "flatten" else []
            if not orders and not positions:
                return True
            for order in orders:
                items.append(await self._act(order, {"action": ACTIONS["remove"], "order": order["ticket"]}, "order"))
            for position in positions:
                if position["identifier"] in uncertain:
                    continue
                for request in await self._closing(position, items):
                    items.append(await self._act(position, request, "position"))
                    # On a netting account a second close after a lost answer could turn the position round: the outcome is found out first.
                    if items[-1]["result"] == "unknown" and not self.desk.hedging:
                        uncertain.add(position["identifier"])
        try:
            book = await self.desk.gateway.call("book", URGENT)
        except (CallFailed, WorkerDied):
            return False
        return not self._ours(book["orders"], scope, []) and (mode != "flatten" or not self._ours(book["positions"], scope, []))

    def _ours(self, found: List[Dict[str, Any]], scope: str, items: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
        kept = []
        for item in found:
            tagged = self.desk.tag(item) or item
            known = tagged.get("owner") in ("ours", "agent") or item["magic"] in self.desk.lease.magics
            if scope != "all" and str(item["magic"]) == scope or scope == "all" and known:
                kept.append(item)
            elif scope == "all":
                items.append({"kind": "position" if "identifier" in item else "order", "ticket": item["ticket"], "symbol": item["symbol"], "result": "skipped_foreign"})
        return kept

    async def _closing(self, position: Dict[str, Any], items: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
        """Requests that close a position, in pieces of the largest volume allowed. Always with the position's ticket: a double close is refused."""
        try:
            seen = await self.desk.gateway.call("symbol", URGENT, name=position["symbol"], select=True)
            spec, tick = seen["spec"], seen["tick"]
            buy = position["type"] == 1
            filling = resolve_filling("auto", False, int(spec["trade_exemode"]), int(spec["filling_mode"]), 0 if buy else 1)
            price = float(tick["ask"] if buy else tick["bid"])
        except Exception as trouble:  # whatever it is: the other positions must still be closed
            items.append({"kind": "position", "ticket": position["ticket"], "symbol": position["symbol"], "result": "failed", "message": str(trouble)})
            return []
        requests, left = [], float(position["volume"])
        while left > 1e-9:
            piece = min(left, float(spec["volume_max"]))
            requests.append(
                {
                    "action": ACTIONS["deal"], "symbol": position["symbol"], "volume": round(piece, 8), "type": 0 if buy else 1, "price": price,
                    "deviation": _DEVIATION_POINTS, "type_filling": filling, "type_time": 0, "position": position["ticket"],
                }
            )
            left -= piece
        return requests

    async def _act(self, item: Dict[str, Any], request: Dict[str, Any], kind: str) -> Dict[str, Any]:
        """Journals and sends one request; what happened goes into the item."""
        desk = self.desk
        row = self._row(item, request)
        out: Dict[str, Any] = {"kind": kind, "ticket": item["ticket"], "symbol": item["symbol"], "volume": item.get("volume", item.get("volume_current")), "cid": row.cid}
        try:
            desk.journal.add_order(row)
        except Exception as trouble:  # a full disk must not keep a position open: reducing risk goes on without the row
            desk.broken = str(trouble)
            desk.log("closing without a journal: %s" % trouble)
        verdict, _ = await send_once(desk, {**request, "magic": item["magic"], **({"comment": "k1-" + row.token} if kind == "position" else {})}, URGENT)
        if verdict.state == "requote":
            verdict.state = "rejected"
        try:
            settle_found(desk, row, verdict)
            if row.state not in FINAL:
                self.reconciler.adopt(row.cid)
        except Exception as trouble:
            desk.log("the result of %s could not be journalled: %s" % (row.cid, trouble))
        words = {"filled": "done", "partial": "done", "removed": "done", "unknown": "unknown", "watching": "unknown"}
        out.update(result=words.get(verdict.state, "failed"), code=verdict.body.get("code"), message=verdict.body.get("comment"))
        return out

    def _row(self, item: Dict[str, Any], request: Dict[str, Any]) -> OrderRow:
        now = self.desk.utc_ms()
        cid = new_cid(now)
        known = {"order": self.desk.highest_order, "deal": self.desk.highest_deal, "server_msc": self.desk.server.newest_msc}
        sent: Optional[Dict[str, Any]] = {**request, "magic": item["magic"]}
        return OrderRow(
            cid, order_token(cid), self.desk.account_key, int(item["magic"]), str(item["symbol"]), False, "sending", "kill", {"by": "kill"}, sent, None, known,
            now, now, now, None, None, None,
        )


def kill_file_mode(path: Path) -> str:
    """The first word of the kill file if it names a mode, else cancel_pendings: a file that cannot be read still stops."""
    try:
        word = path.read_text(encoding="utf-8", errors="replace")[:64].split()
    except OSError:
        word = []
    return word[0] if word and word[0] in KILL_MODES else "cancel_pendings"


def new_cid(utc_ms: int) -> str:
    """A new ULID for an order that the bridge itself makes."""
    value, out = (utc_ms << 80) | secrets.randbits(80), []
    for _ in range(26):
        out.append(_ALPHABET[value & 31])
        value >>= 5
    return "".join(reversed(out))
