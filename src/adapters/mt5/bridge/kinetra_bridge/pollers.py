"""The tasks that ask the terminal again and again, because it tells Python nothing by itself (rulebook E.1, E.5)."""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Dict, List, Optional

from .activity import Told, by_number, diff_orders, diff_positions, merge_events
from .codes import CLOSE_ACCOUNT
from .desk import Desk
from .gateway import POLL, READ, CallFailed, WorkerDied
from .journal import JournalTrouble
from .preflight import NO_PACKAGE, account_words, explain_sdk, switches_off, wrong_account
from .spec import spec_body

_BOUND_FIELDS = ("trade_mode", "leverage", "currency", "margin_mode")
_MOST_TICKS = 500
_ROOM_BYTES = 256 * 1024


class Pollers:
    """Runs the loops; `on_link` is called each time that the terminal has become usable, `on_tend` several times a second."""

    def __init__(self, desk: Desk, on_link: Callable[[], None], on_tend: Callable[[], Awaitable[None]]) -> None:
        self.desk = desk
        self.on_link = on_link
        self.on_tend = on_tend
        self._tasks: List["asyncio.Task[None]"] = []
        self._deals_due = 0.0
        self._told_trouble = ""
        self._book_lock = asyncio.Lock()
        self._told = Told()

    def start(self) -> None:
        """Starts all loops."""
        timings = self.desk.settings.timings
        loops = (
            (self._poll_state, timings.account_ms),
            (self.poll_book, timings.book_ms),
            (self._poll_ticks, timings.ticks_ms),
            (self._poll_bars, 1000.0),
            (self._poll_specs, 5000.0),
            (self._tell_status, timings.status_s * 1000),
            (self.on_tend, 200.0),
        )
        self._tasks = [asyncio.get_running_loop().create_task(self._loop(step, pause)) for step, pause in loops]

    async def stop(self) -> None:
        """Ends all loops."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _loop(self, step: Callable[[], Awaitable[None]], pause_ms: float) -> None:
        due = self.desk.mono_s()
        while True:
            try:
                await step()
            except WorkerDied:
                pass
            except CallFailed as trouble:
                if trouble.code <= -10000:
                    self._down(explain_sdk(trouble.code, trouble.text))
                elif trouble.code == 0:
                    self.desk.log("a poll failed: %s" % trouble.text)
            except JournalTrouble as trouble:
                self.desk.broken = str(trouble)
                self.desk.log(str(trouble))
            except Exception as trouble:  # a defect in one loop must not end the others
                self.desk.log("defect in a poll: %s: %s" % (type(trouble).__name__, trouble))
                await asyncio.sleep(0.5)
            due = max(due + pause_ms / 1000, self.desk.mono_s() + 0.005)
            await asyncio.sleep(due - self.desk.mono_s())

    # terminal and account

    async def _poll_state(self) -> None:
        desk = self.desk
        if desk.link != "up":
            await self._connect()
            return
        state = await desk.gateway.call("state", POLL)
        self.take_state(state["account"], state["terminal"])

    async def _connect(self) -> None:
        desk = self.desk
        if not desk.gateway.alive:
            return
        try:
            state = await desk.gateway.call("connect", READ, path=desk.settings.terminal_path, timeout_ms=20_000)
        except CallFailed as trouble:
            text = NO_PACKAGE if trouble.missing else explain_sdk(trouble.code, trouble.text)
            self._down(text, "package_missing" if trouble.missing else "terminal_down")
            await asyncio.sleep(1.0)
            return
        version = " ".join(str(part) for part in state["version"] or ("unknown",))
        desk.package = "MetaTrader5 %s, terminal %s" % (state["package"], version)
        wrong = wrong_account(desk.settings, state["account"], desk.pinned)
        if wrong is not None:
            self._down(wrong, "wrong_account")
            await asyncio.sleep(1.0)
            return
        first = desk.pinned is None
        desk.pinned = [int(state["account"]["login"]), str(state["account"]["server"])]
        desk.account, desk.terminal, desk.account_at = state["account"], state["terminal"], desk.mono_s()
        desk.magics = set(desk.journal.magics(desk.account_key))
        desk.link, desk.trouble, self._told_trouble = "up", "", ""
        if first:
            desk.log(account_words(state["account"]))
            for switch in switches_off(state["account"], state["terminal"]):
                desk.log("note: " + switch["message"])
            if desk.live_lock == "closed":
                desk.log("the account is REAL and bridge.json does not open the live lock for it: orders will be refused")
        await self.poll_book()
        self.on_link()
        self._tell_terminal()
        desk.broadcast("account", desk.account_body())

    def _down(self, text: str, link: str = "terminal_down") -> None:
        desk = self.desk
        desk.link, desk.trouble = link, text
        if text != self._told_trouble:
            self._told_trouble = text
            desk.log(text)
            self._tell_terminal()

    def _tell_terminal(self) -> None:
        self.desk.broadcast("terminal", self.desk.terminal_body())

    def take_state(self, account: Dict[str, Any], terminal: Dict[str, Any]) -> None:
        """Takes a fresh reading, whoever asked for it: every change is noticed here and nowhere else."""
        desk = self.desk
        wrong = wrong_account(desk.settings, account, desk.pinned)
        if wrong is not None:
            desk.unlocked = False
            desk.journal.latch_kill("all", "block_new", "account switched", desk.utc_ms())
            desk.drop_fence()
            desk.publish("account_switched", None, {"message": wrong})
            self._down(wrong, "wrong_account")
            for client in list(desk.clients):
                client.end(CLOSE_ACCOUNT, "the account was switched")
            return
        old_account, old_terminal = desk.account, desk.terminal
        desk.account, desk.terminal, desk.account_at = account, terminal, desk.mono_s()
        desk.note_day()
        if old_account is None or old_terminal is None:
            return
        if any(account[name] != old_account[name] for name in _BOUND_FIELDS):
            desk.unlocked = False
            desk.publish("account_mode_changed", *({name: table[name] for name in _BOUND_FIELDS} for table in (old_account, account)))
        before, after = self._switches(old_account, old_terminal), self._switches(account, terminal)
        if before != after:
            desk.publish("switch_changed", before, after)
        if account != old_account:
            desk.broadcast("account", desk.account_body())
        if before != after or terminal["build"] != old_terminal["build"]:
            self._tell_terminal()

    @staticmethod
    def _switches(account: Dict[str, Any], terminal: Dict[str, Any]) -> Dict[str, Any]:
        return {"connected": bool(terminal["connected"]), "off": [item["switch"] for item in switches_off(account, terminal)]}

    # positions, orders, deals

    async def poll_book(self) -> None:
        """Looks at positions, orders and new deals once and tells what changed. One look at a time: an older one must not overtake a newer."""
        async with self._book_lock:
            await self._poll_book()

    async def _poll_book(self) -> None:
        desk = self.desk
        if desk.link != "up" or desk.account is None:
            return
        book = await desk.gateway.call("book", POLL)
        first = desk.positions is None
        changed = first or diff_positions(desk.positions or {}, by_number(book["positions"], "identifier")) or diff_orders(desk.orders, by_number(book["orders"], "ticket"))
        fresh: List[Dict[str, Any]] = []
        if changed or desk.mono_s() >= self._deals_due:
            fresh = await self._new_deals()
            self._deals_due = desk.mono_s() + desk.settings.timings.deals_ms / 1000
        if fresh:
            # The deals are newer than the look before them: a position that they opened would seem to be gone already.
            book = await desk.gateway.call("book", POLL)
        positions, orders = by_number(book["positions"], "identifier"), by_number(book["orders"], "ticket")
        events = merge_events(fresh, desk.positions, positions, self._told)
        events += [] if first else diff_orders(desk.orders, orders)
        desk.positions, desk.orders = positions, orders
        desk.note_book(book["positions"], book["orders"], fresh)
        if not events:
            return
        for deal in (after for kind, _, after in events if kind == "balance_op" and after is not None):
            desk.note_balance_deal(float(deal["profit"]))
        late = [(row, deal) for deal in fresh for row in [self._row_of(deal)] if row is not None and row.state in ("not_executed", "rejected", "expired_ttl")]
        desk.publish_all(events, None, fresh)
        for row, deal in late:
            if desk.on_late_deal is not None:
                desk.on_late_deal(row, deal)

    def _row_of(self, deal: Dict[str, Any]) -> Optional[Any]:
        tagged = self.desk.tag(deal)
        return self.desk.journal.order(tagged["cid"]) if tagged is not None and tagged.get("cid") else None

    async def _new_deals(self) -> List[Dict[str, Any]]:
        """Deals that were never reported. At the very first sight of an account what is there already is remembered, not reported."""
        desk = self.desk
        key = desk.account_key
        known = "deals_from:" + key
        from_s, to_s = desk.server.range_s(desk.utc_ms(), desk.journal.last_deal_time(key))
        deals = (await desk.gateway.call("deals", POLL, from_s=from_s, to_s=to_s))["deals"]
        fresh_tickets = set(desk.journal.new_deals(key, [(deal["ticket"], deal["time"]) for deal in deals]))
        fresh = [deal for deal in deals if deal["ticket"] in fresh_tickets]
        if desk.journal.meta(known) is None:
            desk.note_book([], [], deals)
            desk.journal.begin()
            desk.journal.remember_deals(key, [(deal["ticket"], deal["time"]) for deal in fresh])
            desk.journal.set_meta(known, str(desk.utc_ms()))
            desk.journal.commit()
            return []
        return fresh

    # quotes

    async def _poll_ticks(self) -> None:
        desk = self.desk
        if desk.link != "up":
            return
        asked = [(client, stream) for client in list(desk.clients) for stream in client.tick_streams() if client.room() < _ROOM_BYTES]
        if not asked:
            return
        began = desk.mono_s()
        jobs = [{"symbol": stream.symbol, "msc": stream.msc, "seen": stream.seen, "most": _MOST_TICKS} for _, stream in asked]
        found = await desk.gateway.call("ticks", POLL, streams=jobs)
        desk.poll_lag_ms = (desk.mono_s() - began) * 1000
        for (client, stream), answer in zip(asked, found):
            columns = answer.get("columns")
            if columns is None or all(kept is not stream for kept in client.tick_streams()):
                continue  # nothing came, or the stream was ended while the terminal was asked: after `unsub_ok` none of its ticks may follow
            stream.msc, stream.seen = answer["msc"], answer["seen"]
            times = columns["t"]
            if not times:
                continue
            desk.server.saw(stream.symbol, times[-1], desk.utc_ms(), desk.mono_s())
            stream.sseq += 1
            body = {"symbol": stream.asked, "name": stream.symbol, "sseq": stream.sseq, "first_msc": times[0], "last_msc": times[-1]}
            body.update(offset_s=desk.server.offset_s, cols=columns, gap=bool(answer["gap"]))
            client.push("ticks", body, ticks=True)

    async def _poll_bars(self) -> None:
        desk = self.desk
        if desk.link != "up":
            return
        for client in list(desk.clients):
            for stream in client.bar_streams():
                rows = await desk.gateway.call("rates", POLL, symbol=stream.symbol, timeframe=stream.timeframe, start=0, count=2, from_s=None, to_s=None)
                if rows != stream.last:
                    stream.last = rows
                    client.push("bars", {"symbol": stream.asked, "name": stream.symbol, "tf": stream.tf, "rows": rows, "forming": True})

    async def _poll_specs(self) -> None:
        desk = self.desk
        if desk.link != "up":
            return
        for client in list(desk.clients):
            for asked, (name, known) in list(client.specs.items()):
                body = spec_body(asked, (await desk.gateway.call("symbol", POLL, name=name, select=False))["spec"])
                if body["hash"] != known:
                    client.specs[asked] = (name, body["hash"])
                    client.push("symbol_spec", body)

    async def _tell_status(self) -> None:
        self.desk.broadcast("status", self.desk.status_body())
