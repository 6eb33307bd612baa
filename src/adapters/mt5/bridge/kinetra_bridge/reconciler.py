"""Finds out what became of orders whose answer was lost, by looking at the broker, never by sending again (rulebook E.4 steps 8 and 10)."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, Optional

from .desk import Desk
from .gateway import ORDER, CallFailed, WorkerDied
from .journal import JournalTrouble, OrderRow
from .orders import OrderWish
from .outcome import FINAL, Verdict, judge_evidence

_PAUSES = (0.5, 1.0, 2.0, 4.0)
_LONG_PAUSE = 5.0


class Reconciler:
    """One task a row. `ready` says whether every row left by an earlier run was looked at once."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.ready = False
        self._tasks: Dict[str, "asyncio.Task[None]"] = {}
        self._left_over: Dict[str, bool] = {}
        self._started = False
        desk.on_late_deal = self.note_late_deal

    def start(self) -> None:
        """Called when the terminal has become usable: takes up what an earlier run, or a worker that died, left open. Safe to repeat."""
        rows = self.desk.journal.open_orders(self.desk.account_key)
        if not self._started:
            self._started = True
            self._left_over = {row.cid: False for row in rows}
        for row in rows:
            self.adopt(row.cid)
        self.ready = all(self._left_over.values())

    async def stop(self) -> None:
        """Ends all tasks; the rows stay open in the journal."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def adopt(self, cid: str) -> None:
        """Begins to look for the outcome of a row, unless that runs already or the row is final."""
        row = self.desk.journal.order(cid)
        if row is None or not row.is_open or (cid in self._tasks and not self._tasks[cid].done()):
            return
        self._tasks[cid] = asyncio.get_running_loop().create_task(self._reconcile(row))

    def blocks(self, wish: OrderWish) -> Optional[str]:
        """Why this order must wait for unknown outcomes, or None."""
        if not self.ready:
            return "orders left over from an earlier run are being reconciled"
        if not wish.is_opening:
            return None
        for row in self.desk.journal.open_orders(self.desk.account_key):
            person = bool((row.result or {}).get("needs_human"))
            same = row.magic == wish.magic and wish.symbol in (row.symbol, row.wish.get("symbol"))
            if same or (row.cid in self._left_over and not person):
                return "the outcome of %s is not known yet%s" % (row.cid, ": a person must decide (order_resolve)" if person else "")
        return None

    async def _reconcile(self, row: OrderRow) -> None:
        desk, timings = self.desk, self.desk.settings.timings
        began: Optional[float] = None
        if row.state == "sending":
            row.state = "unknown"
            desk.journal.update_order(row)
        for attempt in range(10**9):
            first_look = attempt == 0 and row.cid in self._left_over
            await asyncio.sleep(0.0 if first_look else _PAUSES[attempt] if attempt < len(_PAUSES) else _LONG_PAUSE)
            row = desk.journal.order(row.cid) or row
            if not row.is_open:
                return
            try:
                evidence = await self._look(row)
                if evidence is None:
                    continue
                began = began if began is not None else desk.mono_s()
                verdict = self._decide(row, evidence, desk.mono_s() - began, timings.reconcile_window_s, timings.absence_s)
                if verdict is not None:
                    self._settle(row, verdict)
                    if row.state in FINAL or verdict.state == "ambiguous":
                        return
            except JournalTrouble as trouble:
                desk.broken = str(trouble)
                desk.log(str(trouble))
                return
            except Exception as trouble:  # keep looking: the row must not be forgotten because one look failed
                desk.log("defect while reconciling %s: %s: %s" % (row.cid, type(trouble).__name__, trouble))
            finally:
                if row.cid in self._left_over and desk.link == "up":
                    self._left_over[row.cid] = True
                    self.ready = all(self._left_over.values())

    async def _look(self, row: OrderRow) -> Optional[Dict[str, Any]]:
        """What the broker shows now, None when it cannot be asked or shows another account."""
        desk = self.desk
        if desk.link != "up" or desk.account_key != row.account:
            return None
        since_s = int((row.known or {}).get("server_msc", 0)) // 1000 or None
        from_s, to_s = desk.server.range_s(desk.utc_ms(), since_s)
        try:
            evidence: Dict[str, Any] = await desk.gateway.call("evidence", ORDER, from_s=from_s, to_s=to_s, symbol=row.symbol)
        except (CallFailed, WorkerDied):
            return None
        if "%s@%s" % (evidence["account"]["login"], evidence["account"]["server"]) != row.account:
            return None
        return evidence

    @staticmethod
    def _decide(row: OrderRow, evidence: Dict[str, Any], looked_s: float, window_s: float, absence_s: float) -> Optional[Verdict]:
        """The verdict of one look. Absence counts only after the window, with a broker link, and with the broker's own clock well past the order."""
        verdict = judge_evidence(row, evidence)
        if verdict is not None and verdict.state == "trace":
            # It exists: never absent. When nothing more shows up, a person is asked, and the search goes on.
            row.order_ticket = row.order_ticket or int(verdict.body["order"])
            return Verdict("stuck", verdict.body) if looked_s >= 2 * window_s else None
        if verdict is not None:
            return verdict
        sent_at = int((row.known or {}).get("server_msc", 0))
        beyond = sent_at > 0 and int(evidence["server_msc"]) >= sent_at + absence_s * 1000
        if row.order_ticket is not None or looked_s < window_s or not evidence["terminal"]["connected"] or not beyond:
            return None
        return Verdict("not_executed", {"by": "absence", "comment": "no trace at the broker: no order, no deal, no position"})

    def _settle(self, row: OrderRow, verdict: Verdict) -> None:
        desk = self.desk
        if verdict.state in ("ambiguous", "stuck"):
            if (row.result or {}).get("needs_human"):
                return
            row.result = {**(row.result or {}), "needs_human": True, **verdict.body}
            desk.journal.update_order(row)
        else:
            settle_found(desk, row, verdict)
        desk.publish("order_resolved", None, told_row(row), row.cid)
        desk.broadcast("order_result", told_row(row))

    def decide_by_person(self, cid: str, state: str, reason: str) -> OrderRow:
        """Ends an open row by a person's word: `filled` or `not_executed`, with the reason. The caller has checked that the row is open."""
        row = self.desk.journal.order(cid)
        assert row is not None
        self._settle(row, Verdict(state, {"by": "person", "reason": reason, "needs_human": False}))
        return row

    def note_late_deal(self, row: OrderRow, deal: Dict[str, Any]) -> None:
        """A deal of an order that had been written off: adopt it and say so loudly (controls P10)."""
        body = {"order": deal["order"], "deal": deal["ticket"], "position": deal["position_id"], "volume": deal["volume"], "price": deal["price"], "late": True}
        was = row.state
        settle_found(self.desk, row, Verdict("filled", body))
        self.desk.log("late fill of %s, which was %s" % (row.cid, was))
        self.desk.publish("late_fill", {"state": was}, told_row(row), row.cid)
        self.desk.broadcast("order_result", told_row(row))


def settle_found(desk: Desk, row: OrderRow, verdict: Verdict) -> None:
    """Writes what was found at the broker into a row."""
    row.state, row.result, row.updated_ms = verdict.state, {**(row.result or {}), **verdict.body}, desk.utc_ms()
    if verdict.state in ("filled", "partial", "placed", "modified", "removed"):
        row.result["class"] = "ok"
    row.order_ticket = int(verdict.body.get("order") or 0) or row.order_ticket
    row.deal_ticket = int(verdict.body.get("deal") or 0) or row.deal_ticket
    row.position_ticket = int(verdict.body.get("position") or 0) or row.position_ticket
    desk.journal.update_order(row)


def told_row(row: OrderRow) -> Dict[str, Any]:
    """The row as the body of an `order_result`."""
    told = {"sending": "unknown", "watching": "placed"}
    asked = row.wish.get("symbol") or row.symbol
    return {"cid": row.cid, "state": told.get(row.state, row.state), "symbol": asked, "name": row.symbol, "sent_ms": row.sent_ms, **(row.result or {})}
