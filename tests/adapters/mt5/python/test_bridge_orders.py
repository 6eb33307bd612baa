"""Orders through the real bridge: every branch of rulebook E.4."""

import unittest
from typing import Any, Dict, List

from rig import BridgeCase, Cockpit


def deals_of(snapshot: Dict[str, Any]) -> List[Dict[str, Any]]:
    """The trades among the deals: without the balance."""
    return [deal for deal in snapshot["deals"] if deal["type"] in (0, 1)]


class Orders(BridgeCase):
    async def resolved(self, cockpit: Cockpit, cid: str) -> Dict[str, Any]:
        """The final result of an order that was unknown first."""
        found = await cockpit.wait("order_result", lambda f: f["d"]["cid"] == cid and f["d"]["state"] not in ("unknown",) and not f["d"].get("pending_confirmation"))
        return dict(found["d"])

    async def test_a_buy_is_journalled_sent_once_filled_and_told_in_events(self) -> None:
        cockpit = await self.trading(self.rig())
        wish = cockpit.wish()
        result = (await cockpit.ask("order", wish, "order_result"))["d"]
        self.assertEqual((result["state"], result["retcode"], result["attempts"]), ("filled", 10009, 1))
        acks = [f["d"] for f in cockpit.frames if f["t"] == "order_ack"]
        self.assertEqual([ack["cid"] for ack in acks], [wish["cid"]])
        deal = await cockpit.event("deal_added")
        self.assertEqual((deal["cause_cid"], deal["after"]["ticket"], deal["after"]["owner"]), (wish["cid"], result["deal"], "ours"))
        opened = await cockpit.event("position_opened")
        self.assertEqual(opened["after"]["ticket"], result["position"])
        self.assertEqual(opened["after"]["comment"], "k1-" + acks[0]["token"])
        self.assertEqual(len(cockpit.events("position_opened")), 1)
        # The same again: the stored answer, nothing sent. Another order under the same id: refused.
        again = (await cockpit.ask("order", wish, "order_result"))["d"]
        self.assertEqual((again["duplicate"], again["state"], again["deal"]), (True, "filled", result["deal"]))
        other = await cockpit.ask("order", {**wish, "volume": 0.2}, "error")
        self.assertEqual(other["d"]["code"], "DUPLICATE_CID")
        self.assertEqual(len(deals_of(await cockpit.snapshot())), 1)

    async def test_stops_closing_and_pending_orders_go_through_and_what_is_gone_counts_as_done(self) -> None:
        cockpit = await self.trading(self.rig())
        opened = await cockpit.place(volume=0.20999)
        self.assertEqual(opened["volume"], 0.2, "rounded down to the step")
        position = opened["position"]
        bid = (await cockpit.snapshot())["positions"][0]["price_current"]
        held = {"symbol": None, "type": None, "volume": None, "position": position}
        moved = await cockpit.place(action="sltp", **{**held, "sl": round(bid - 0.004, 5), "tp": round(bid + 0.004, 5)})
        self.assertEqual(moved["state"], "modified")
        changed = await cockpit.event("position_changed", lambda e: e["after"]["tp"] > 0)
        same = await cockpit.place(action="sltp", **{**held, "sl": changed["after"]["sl"], "tp": changed["after"]["tp"]})
        self.assertEqual((same["state"], same["already_done"]), ("modified", True))
        part = await cockpit.place(type="sell", volume=0.1, sl=None, position=position)
        self.assertEqual(part["state"], "filled")
        refused = await cockpit.place(type="buy", volume=0.1, sl=None, position=position)
        self.assertEqual((refused["state"], refused["code"]), ("rejected", "BAD_REQUEST"))
        rest = await cockpit.place(type="sell", volume=0.1, sl=None, position=position)
        self.assertEqual(rest["state"], "filled")
        gone = await cockpit.place(type="sell", volume=0.1, sl=None, position=position)
        self.assertEqual((gone["state"], gone["already_done"], gone["attempts"]), ("filled", True, 0))
        limit = await cockpit.place(action="pending", type="buy_limit", price=round(bid - 0.01, 5), sl=round(bid - 0.02, 5))
        self.assertEqual(limit["state"], "placed")
        self.assertEqual((await cockpit.event("order_added"))["after"]["ticket"], limit["order"])
        ticket = {"symbol": None, "type": None, "volume": None, "order": limit["order"]}
        changed_order = await cockpit.place(action="modify", **{**ticket, "price": round(bid - 0.011, 5), "sl": round(bid - 0.02, 5), "tp": 0})
        self.assertEqual(changed_order["state"], "modified")
        removed = await cockpit.place(action="remove", **{**ticket, "sl": None})
        self.assertEqual(removed["state"], "removed")
        await cockpit.event("order_removed")

    async def test_a_lost_answer_is_found_out_and_never_sent_again(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        rig.order({"do": "fault", "kind": "lost_answer"})
        wish = cockpit.wish()
        first = (await cockpit.ask("order", wish, "order_result"))["d"]
        self.assertEqual(first["state"], "unknown")
        blocked = await cockpit.place()
        self.assertEqual((blocked["state"], blocked["code"]), ("rejected", "BUSY"))
        found = await self.resolved(cockpit, wish["cid"])
        self.assertEqual((found["state"], found["found_by"]), ("filled", "evidence"))
        self.assertEqual(len(deals_of(await cockpit.snapshot())), 1)
        self.assertEqual((await cockpit.event("order_resolved"))["cause_cid"], wish["cid"])
        self.assertEqual((await cockpit.place())["state"], "filled", "the way is free again")

    async def test_a_broker_that_drops_comments_is_matched_by_everything_else(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        rig.order({"do": "comments", "mode": "drop"}, {"do": "fault", "kind": "lost_answer"})
        wish = cockpit.wish(volume=0.13)
        await cockpit.ask("order", wish)
        found = await self.resolved(cockpit, wish["cid"])
        self.assertEqual((found["state"], found["volume"]), ("filled", 0.13))
        snapshot = await cockpit.snapshot()
        self.assertEqual([(p["owner"], p["cid"]) for p in snapshot["positions"]], [("ours", wish["cid"])])

    async def test_an_order_that_never_arrived_is_absent_only_after_the_window(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        rig.order({"do": "fault", "kind": "lost_request"})
        wish = cockpit.wish()
        self.assertEqual((await cockpit.ask("order", wish))["d"]["state"], "unknown")
        found = await self.resolved(cockpit, wish["cid"])
        self.assertEqual((found["state"], found["by"]), ("not_executed", "absence"))
        self.assertEqual(deals_of(await cockpit.snapshot()), [])

    async def test_a_worker_that_dies_within_order_send_leaves_an_order_to_find_out(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        boot = (await cockpit.ask("status"))["d"]["boot_id"]
        rig.order({"do": "fault", "kind": "crash", "when": "after"})
        wish = cockpit.wish()
        self.assertEqual((await cockpit.ask("order", wish))["d"]["code"], "TIMEOUT_UNKNOWN")
        found = await self.resolved(cockpit, wish["cid"])
        self.assertEqual(found["state"], "filled")
        status = (await cockpit.ask("status"))["d"]
        self.assertNotEqual(status["boot_id"], boot)
        self.assertEqual((await cockpit.place())["code"], "STALE_FENCE", "a new boot makes the old fence stale")
        await cockpit.fence()
        self.assertEqual((await cockpit.place())["state"], "filled")
        self.assertEqual(len(deals_of(await cockpit.snapshot())), 2)

    async def test_a_worker_that_hangs_is_ended_by_the_watchdog(self) -> None:
        rig = self.rig(config={"timings": {"watchdog_s": 1.5}})
        cockpit = await self.trading(rig)
        rig.order({"do": "fault", "kind": "hang", "when": "before"})
        wish = cockpit.wish()
        self.assertEqual((await cockpit.ask("order", wish))["d"]["state"], "unknown")
        found = await self.resolved(cockpit, wish["cid"])
        self.assertEqual(found["state"], "not_executed")
        self.assertTrue(any("did not answer send within 1.5 s" in line for line in rig.lines))

    async def test_final_and_unclear_retcodes_are_told_apart(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        for retcode, kind in ((10006, "no"), (10018, "back"), (10019, "no"), (10030, "req")):
            rig.order({"do": "fault", "kind": "retcode", "retcode": retcode})
            result = await cockpit.place()
            self.assertEqual((result["state"], result["retcode"], result["class"], result["attempts"]), ("rejected", retcode, kind, 1))
        self.assertEqual(deals_of(await cockpit.snapshot()), [])
        rig.order({"do": "fault", "kind": "retcode", "retcode": 10012, "executed": True})
        wish = cockpit.wish()
        self.assertEqual((await cockpit.ask("order", wish))["d"]["state"], "unknown")
        self.assertEqual((await self.resolved(cockpit, wish["cid"]))["state"], "filled")

    async def test_a_partial_fill_is_what_was_filled(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        rig.order({"do": "fault", "kind": "partial", "volume": 0.04})
        result = await cockpit.place(volume=0.1)
        self.assertEqual((result["state"], result["retcode"], result["volume"]), ("partial", 10010, 0.04))

    async def test_a_requote_is_tried_once_more_within_the_price_limit_on_instant_execution_only(self) -> None:
        rig = self.rig({"symbols": [{"name": "EURUSD", "trade_exemode": 1}], "markets": {"EURUSD": {"interval_ms": 15}}})
        cockpit = await self.trading(rig)
        rig.order({"do": "fault", "kind": "requote"})
        result = await cockpit.place(deviation_points=50)
        self.assertEqual((result["state"], result["attempts"]), ("filled", 2))
        rig.order({"do": "fault", "kind": "requote", "times": 2})
        twice = await cockpit.place(deviation_points=50)
        self.assertEqual((twice["state"], twice["retcode"], twice["class"], twice["attempts"]), ("rejected", 10004, "px", 2))
        rig.order({"do": "fault", "kind": "requote"}, {"do": "move", "symbol": "EURUSD", "points": 0})
        quote = (await cockpit.ask("symbol_spec", {"symbol": "EURUSD"}))["d"]["tick"]
        rig.order({"do": "fault", "kind": "requote"})
        limited = await cockpit.place(deviation_points=50, guard={"price_limit": round(quote["ask"] - 0.01, 5)})
        self.assertEqual((limited["state"], limited["code"]), ("rejected", "GUARD"))

    async def test_an_answer_of_placed_is_watched_until_it_is_filled_or_refused(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        rig.order({"do": "fault", "kind": "placed", "seconds": 0.3})
        wish = cockpit.wish()
        first = (await cockpit.ask("order", wish))["d"]
        self.assertEqual((first["state"], first["retcode"], first["pending_confirmation"]), ("placed", 10008, True))
        filled = await cockpit.wait("order_result", lambda f: f["d"]["cid"] == wish["cid"] and f["d"]["state"] == "filled")
        self.assertEqual(filled["d"]["found_by"], "evidence")
        rig.order({"do": "fault", "kind": "placed", "seconds": 0.3, "retcode": 10018})
        other = cockpit.wish()
        self.assertEqual((await cockpit.ask("order", other))["d"]["state"], "placed")
        refused = await cockpit.wait("order_result", lambda f: f["d"]["cid"] == other["cid"] and f["d"]["state"] == "rejected")
        self.assertEqual(refused["d"]["code"], "ORDER_REJECTED")

    async def test_an_old_order_is_not_sent(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        rig.order({"do": "fault", "kind": "delay", "function": "positions_get", "seconds": 0.5, "times": 3})
        result = await cockpit.place(ttl_ms=60)
        self.assertEqual((result["state"], result["attempts"]), ("expired_ttl", 0))
        old = await cockpit.send("order", cockpit.wish(ttl_ms=500), ts=0)
        answer = await cockpit.wait("order_result", lambda f: f.get("re") == old)
        self.assertEqual(answer["d"]["state"], "expired_ttl")
        self.assertEqual(deals_of(await cockpit.snapshot()), [])

    async def test_what_cannot_be_right_is_refused_before_anything_is_sent(self) -> None:
        cockpit = await self.trading(self.rig())
        quote = (await cockpit.ask("symbol_spec", {"symbol": "EURUSD"}))["d"]
        self.assertEqual((quote["filling"], quote["sessions"], quote["exemode_name"]), (["ioc"], None, "market"))
        bid = quote["tick"]["bid"]
        cases = [
            (dict(sl=None), "NO_STOP_LOSS"),
            (dict(sl=round(bid + 0.01, 5)), "MT5_10016"),
            (dict(volume=0.004), "MT5_10014"),
            (dict(volume=500), "MT5_10014"),
            (dict(filling="fok"), "MT5_10030"),
            (dict(symbol="NOPE"), "SYMBOL_UNKNOWN"),
            (dict(volume=3, sl=round(bid - 0.005, 5)), "LIMIT_EXCEEDED"),
            (dict(guard={"max_spread_points": 0}), "GUARD"),
            (dict(guard={"max_margin_pct": 0.1}), "GUARD"),
            (dict(action="pending", type="buy_limit", price=round(bid + 0.01, 5), sl=round(bid - 0.01, 5)), "MT5_10015"),
        ]
        for changes, code in cases:
            with self.subTest(code=code, changes=changes):
                result = await cockpit.place(**changes)
                self.assertEqual((result["state"], result["code"], result["attempts"]), ("rejected", code, 0))
        malformed: List[Dict[str, Any]] = [
            dict(cid="short"), dict(magic="0"), dict(volume="0.1"), dict(volume=float("1e7")), dict(extra=1), dict(ttl_ms=None), dict(type="buy_stop"),
            dict(action="sltp"), dict(fence=None), dict(guard={"no": 1}), dict(magic=770001), dict(time_in_force="specified"),
        ]
        for changes in malformed:
            with self.subTest(changes=changes):
                self.assertEqual((await cockpit.ask("order", cockpit.wish(**changes), "error"))["d"]["code"], "BAD_REQUEST")
        self.assertEqual(deals_of(await cockpit.snapshot()), [])
        check = (await cockpit.ask("order_check", cockpit.wish()))["d"]
        self.assertEqual((check["check"]["retcode"], check["lint"]), (0, []))
        self.assertEqual(deals_of(await cockpit.snapshot()), [])

    async def test_netting_reduces_and_never_turns_round(self) -> None:
        cockpit = await self.trading(self.rig({"account": {"margin_mode": 0}}))
        opened = await cockpit.place(volume=0.3)
        self.assertEqual(opened["state"], "filled")
        smaller = await cockpit.place(type="sell", volume=0.1, sl=None, reduce_only=True)
        self.assertEqual(smaller["state"], "filled")
        too_much = await cockpit.place(type="sell", volume=0.3, sl=None, reduce_only=True)
        self.assertEqual((too_much["state"], too_much["code"]), ("rejected", "MT5_10038"))
        wrong_way = await cockpit.place(type="buy", volume=0.1, sl=None, reduce_only=True)
        self.assertEqual((wrong_way["state"], wrong_way["code"]), ("rejected", "BAD_REQUEST"))
        self.assertEqual([p["volume"] for p in (await cockpit.snapshot())["positions"]], [0.2])

    async def test_an_order_that_only_a_person_can_decide(self) -> None:
        rig = self.rig(config={"timings": {"absence_s": 100_000}})
        cockpit = await self.trading(rig)
        rig.order({"do": "fault", "kind": "lost_request"})
        wish = cockpit.wish()
        await cockpit.ask("order", wish)
        query = (await cockpit.ask("order_query", {"cid": wish["cid"]}))["d"]
        self.assertEqual((query["known"], query["journal_state"], query["sent"]["action"]), (True, "unknown", 1))
        await cockpit.ask("order_resolve", {"cid": wish["cid"], "state": "not_executed", "reason": "seen in the terminal"}, "order_query")
        found = await self.resolved(cockpit, wish["cid"])
        self.assertEqual((found["state"], found["by"]), ("not_executed", "person"))
        missing = await cockpit.ask("order_query", {"cid": "01ARZ3NDEKTSV4RRFFQ69G5FAV"})
        self.assertFalse(missing["d"]["known"])


if __name__ == "__main__":
    unittest.main()
