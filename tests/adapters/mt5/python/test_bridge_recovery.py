"""What survives: workers and bridges that die, ticks, events, and what other people do on the account."""

import asyncio
import unittest

from rig import MAGIC, BridgeCase, Cockpit


def ticks_of(cockpit: Cockpit) -> list:
    """(time, bid, ask) of every tick received, in order."""
    out = []
    for frame in cockpit.frames:
        if frame["t"] == "ticks" and frame["d"]["symbol"] == "EURUSD":
            cols = frame["d"]["cols"]
            out += list(zip(cols["t"], cols["bid"], cols["ask"]))
    return out


class Recovery(BridgeCase):
    async def test_ticks_are_lossless_across_a_restart_of_the_worker(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        before = len(ticks_of(cockpit))
        rig.kill_worker()
        await cockpit.event("worker_restarted")
        await cockpit.linked()
        await cockpit.wait("ticks", lambda f: len(f["d"]["cols"]["t"]) > 0, since=len(cockpit.frames))
        got = ticks_of(cockpit)
        self.assertGreater(len(got), before)
        offset = next(f["d"]["offset_s"] for f in reversed(cockpit.frames) if f["t"] == "ticks" and f["d"]["offset_s"] is not None)
        self.assertEqual(offset, 7200)
        utc = [moment - offset * 1000 for moment in (got[0][0], got[-1][0])]
        page = (await cockpit.ask("history_ticks", {"symbol": "EURUSD", "from_utc_ms": utc[0], "to_utc_ms": utc[1]}, "history_ticks"))["d"]
        self.assertIsNone(page["next"])
        history = list(zip(page["cols"]["t"], page["cols"]["bid"], page["cols"]["ask"]))
        self.assertEqual(got, history[: len(got)])
        self.assertEqual([f["d"]["gap"] for f in cockpit.frames if f["t"] == "ticks" and f["d"]["gap"]], [])
        batches = [f["d"]["sseq"] for f in cockpit.frames if f["t"] == "ticks"]
        self.assertEqual(batches, list(range(1, len(batches) + 1)))

    async def test_a_bridge_killed_within_an_order_finds_it_out_before_it_takes_another(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        rig.order({"do": "fault", "kind": "hang", "when": "after", "seconds": 3})
        wish = cockpit.wish()
        await cockpit.send("order", wish)
        await cockpit.wait("order_ack")
        await asyncio.sleep(0.2)
        last = max([event["d"]["eseq"] for event in cockpit.frames if event["t"] == "event"] or [0])
        rig.crash()
        rig.start()
        again = await self.trading(rig)
        found = await again.wait("order_result", lambda f: f["d"]["cid"] == wish["cid"])
        self.assertEqual((found["d"]["state"], found["d"]["found_by"]), ("filled", "evidence"))
        resolved = await again.event("order_resolved")
        self.assertGreater(resolved["eseq"], last)
        stored = (await again.ask("order", {**wish, "fence": {"epoch": again.epoch, "nonce": again.nonce}}, "order_result"))["d"]
        self.assertEqual((stored["duplicate"], stored["state"]), (True, "filled"))
        snapshot = await again.snapshot()
        self.assertEqual([(p["cid"], p["owner"]) for p in snapshot["positions"]], [(wish["cid"], "ours")])

    async def test_events_have_numbers_that_persist_and_can_be_replayed(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        await cockpit.place()
        await cockpit.event("position_opened")
        numbers = [f["d"]["eseq"] for f in cockpit.frames if f["t"] == "event"]
        self.assertEqual(numbers, sorted(set(numbers)))
        journal = (await cockpit.ask("status"))["d"]["journal_id"]
        await cockpit.close()
        rig.stop()
        rig.lines = []
        rig.start()
        again = Cockpit(rig)
        self.addAsyncCleanup(self._leave, again)
        await again.open(resume={"journal_id": journal, "eseq": numbers[0] - 1})
        replay = (await again.wait("replay"))["d"]["events"]
        self.assertEqual([event["eseq"] for event in replay][: len(numbers)], numbers)
        page = (await again.ask("replay", {"eseq": numbers[-1]}, "replay"))["d"]
        self.assertEqual(page["events"][0]["eseq"], numbers[-1])

    async def test_a_position_opened_and_closed_between_two_looks_is_told_from_its_deals(self) -> None:
        rig = self.rig(config={"timings": {"book_ms": 1500}})
        cockpit = await self.trading(rig)
        rig.order({"do": "foreign_position", "symbol": "EURUSD", "side": "buy", "volume": 0.5}, {"do": "foreign_close"})
        opened, closed = await cockpit.event("position_opened"), await cockpit.event("position_closed")
        self.assertTrue(opened["after"]["from_deals"])
        self.assertEqual(opened["after"]["identifier"], closed["before"]["identifier"])
        self.assertEqual(opened["after"]["owner"], "foreign")
        self.assertEqual(len(cockpit.events("deal_added")), 2)

    async def test_what_others_do_is_reported_as_foreign_and_never_touched(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        rig.order({"do": "foreign_position", "symbol": "XAUUSD", "side": "sell", "volume": 0.1})
        opened = await cockpit.event("position_opened")
        self.assertEqual((opened["after"]["owner"], opened["cause_cid"]), ("foreign", None))
        refused = await cockpit.place(type="buy", symbol=None, sl=None, volume=0.1, position=str(opened["after"]["ticket"]))
        self.assertIn(refused["code"], ("READ_ONLY", "BAD_REQUEST"))
        mine = await cockpit.place()
        rig.order({"do": "foreign_close", "ticket": int(mine["position"])})
        closed = await cockpit.event("position_closed")
        self.assertEqual((closed["before"]["owner"], closed["before"]["cid"]), ("ours", mine["cid"]))
        rig.order({"do": "balance", "amount": 500})
        self.assertEqual((await cockpit.event("balance_op"))["after"]["profit"], 500)

    async def test_a_fill_after_it_was_written_off_is_adopted_loudly(self) -> None:
        rig = self.rig(config={"timings": {"reconcile_window_s": 0.1, "absence_s": 0.1}})
        cockpit = await self.trading(rig)
        rig.order({"do": "fault", "kind": "lost_request"})
        wish = cockpit.wish()
        await cockpit.send("order", wish)
        ack = await cockpit.wait("order_ack")
        await cockpit.wait("order_result", lambda f: f["d"]["state"] == "not_executed")
        rig.order({"do": "foreign_position", "symbol": "EURUSD", "side": "buy", "volume": 0.1, "magic": int(MAGIC), "comment": "k1-" + ack["d"]["token"]})
        late = await cockpit.event("late_fill")
        self.assertEqual((late["cause_cid"], late["before"]["state"], late["after"]["state"]), (wish["cid"], "not_executed", "filled"))

    async def test_a_broken_link_and_a_closed_terminal_are_told_and_heal(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        rig.order({"do": "link", "up": False})
        down = await cockpit.event("switch_changed", lambda e: e["after"]["connected"] is False)
        self.assertTrue(down["before"]["connected"])
        refused = await cockpit.place()
        self.assertIn(refused["code"], ("NOT_CONNECTED", "TRADE_DISABLED", "MT5_10031", "STALE_TICK"))
        rig.order({"do": "link", "up": True})
        await cockpit.event("switch_changed", lambda e: e["after"]["connected"] is True)
        rig.order({"do": "terminal", "down_s": 0.4})
        gone = await cockpit.wait("terminal", lambda f: f["d"]["link"] == "terminal_down")
        self.assertIn("(-1000", gone["d"]["trouble"])
        await cockpit.linked()
        self.assertEqual((await cockpit.place())["state"], "filled")

    async def test_the_switches_are_named_one_by_one(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        cases = (("algo", "algo_trading_button"), ("api", "python_api_option"), ("account", "account_trade_allowed"), ("expert", "account_trade_expert"))
        for name, told in cases:
            rig.order({"do": "switch", "name": name, "on": False})
            await cockpit.event("switch_changed", lambda e, told=told: e["after"]["off"] == [told])
            refused = await cockpit.place()
            self.assertEqual((refused["code"], refused["details"]["switches_off"]), ("TRADE_DISABLED", [told]))
            rig.order({"do": "switch", "name": name, "on": True})
            await cockpit.event("switch_changed", lambda e, told=told: e["before"]["off"] == [told] and e["after"]["off"] == [])

    async def test_no_tick_follows_the_end_of_its_stream_even_when_the_terminal_was_being_asked(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        for _ in range(3):
            rig.order({"do": "fault", "kind": "delay", "function": "copy_ticks_from", "seconds": 0.4})
            await cockpit.ask("unsub", {"symbols": ["EURUSD"], "stream": "ticks"}, "unsub_ok")
            ended = len(cockpit.frames)
            for _ in range(2):  # the worker answers in turn: after these the delayed ticks are told, if they are told at all
                await cockpit.ask("bars", {"symbol": "EURUSD", "tf": "M1", "count": 1}, "bars")
            self.assertEqual([frame["t"] for frame in cockpit.frames[ended:] if frame["t"] == "ticks"], [])
            again = len(cockpit.frames)
            await cockpit.ask("sub", {"symbols": ["EURUSD"], "stream": "ticks"}, "sub_ok")
            self.assertEqual((await cockpit.wait("ticks", since=again))["d"]["sseq"], 1)

    async def test_bars_and_prices_can_be_asked_for(self) -> None:
        cockpit = await self.trading(self.rig())
        bars = (await cockpit.ask("bars", {"symbol": "EURUSD", "tf": "M1", "count": 3}, "bars"))["d"]
        self.assertEqual(len(bars["rows"]), 3)
        await cockpit.ask("sub", {"symbols": ["EURUSD"], "stream": "bars", "tf": "M1"}, "sub_ok")
        await cockpit.wait("bars", lambda f: "re" not in f)
        margin = (await cockpit.ask("calc", {"what": "margin", "symbol": "EURUSD", "type": "buy", "volume": 0.01, "price": 1.2}, "calc"))["d"]
        self.assertEqual((round(margin["value"], 2) > 0, margin["currency"]), (True, "USD"))
        names = (await cockpit.ask("symbols", {}, "symbols"))["d"]
        self.assertEqual([row["name"] for row in names["rows"]], ["EURUSD", "XAUUSD"])
        gold = (await cockpit.ask("symbol_spec", {"symbol": "GOLD"}, "symbol_spec"))["d"]
        self.assertEqual(gold["name"], "XAUUSD")


if __name__ == "__main__":
    unittest.main()
