"""What goes wrong on order: lost answers, hangs, crashes, requotes, links, foreign hands, account switches (rulebook B.7, B.8)."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Any, Dict, List

from standin import NOON, PLAIN_SYMBOL, SANDBOX, deal, mt5, open_world, quote


def fault(world: Any, kind: str, **more: Any) -> None:
    """Orders a fault."""
    world.command({"do": "fault", "kind": kind, **more})


class OrderFaults(unittest.TestCase):
    def test_a_lost_request_did_nothing_and_a_lost_answer_did_everything(self) -> None:
        for kind, code, opened in (("lost_request", -10001, 0), ("lost_answer", -10002, 1)):
            world = open_world()
            fault(world, kind)
            self.assertIsNone(deal(0, 0.1, comment="k1-LOST"))
            self.assertEqual(mt5.last_error()[0], code)
            self.assertEqual((mt5.positions_total(), mt5.history_deals_total(0, 2**33)), (opened, opened), kind)
            self.assertEqual(deal(0, 0.1).retcode, 10009, "a fault strikes once")
        world = open_world()
        fault(world, "lost_answer", code=-10005)
        deal(0, 0.1)
        self.assertEqual(mt5.last_error(), (-10005, "IPC timeout"))

    def test_return_codes_with_and_without_execution(self) -> None:
        for code, executed in ((10006, False), (10012, True), (10031, True), (10011, False)):
            world = open_world()
            fault(world, "retcode", retcode=code, executed=executed)
            result = deal(0, 0.1)
            self.assertEqual((result.retcode, result.deal, result.order, mt5.positions_total()), (code, 0, 0, int(executed)))

    def test_requotes_n_times_then_executes(self) -> None:
        world = open_world({"trade_exemode": 1})
        fault(world, "requote", times=2)
        results = [deal(0, 0.1, price=1.10002) for _ in range(3)]
        self.assertEqual([result.retcode for result in results], [10004, 10004, 10009])
        self.assertEqual((results[0].bid, results[0].ask), (1.1, 1.10002))

    def test_a_partial_fill_is_10010_with_the_real_volume(self) -> None:
        world = open_world()
        fault(world, "partial", volume=0.3)
        result = deal(0, 1.0)
        self.assertEqual((result.retcode, result.volume, mt5.positions_get()[0].volume, mt5.orders_get()), (10010, 0.3, 0.3, ()))
        self.assertEqual(mt5.history_orders_get(ticket=result.order)[0].volume_current, 0.7)
        fault(world, "partial", volume=0.3)
        self.assertEqual(deal(0, 1.0, type_filling=0).retcode, 10009, "FOK is all or nothing")

    def test_the_rest_of_a_return_order_works_on_under_its_ticket(self) -> None:
        world = open_world({"trade_exemode": 3}, {"margin_mode": 1})
        fault(world, "partial", volume=0.3)
        result = deal(0, 1.0, type_filling=2)
        (order,) = mt5.orders_get()
        self.assertEqual((order.ticket, order.type, order.volume_current, order.volume_initial, order.price_open), (result.order, 2, 0.7, 1.0, 1.10002))
        self.assertEqual(order.state, mt5.ORDER_STATE_PARTIAL)

    def test_slippage_is_against_the_trader(self) -> None:
        world = open_world()
        fault(world, "slip", points=5, times=2)
        self.assertEqual((deal(0, 0.1).price, deal(1, 0.1).price, deal(0, 0.1).price), (1.10007, 1.09995, 1.10002))

    def test_placed_first_and_decided_later(self) -> None:
        for code, state, opened in ((0, 4, 1), (10018, 5, 0)):
            world = open_world()
            fault(world, "placed", seconds=2, retcode=code)
            result = deal(0, 0.1, magic=9)
            self.assertEqual((result.retcode, result.deal, mt5.positions_total()), (10008, 0, 0))
            (waiting,) = mt5.orders_get(ticket=result.order)
            self.assertEqual((waiting.state, waiting.magic), (mt5.ORDER_STATE_STARTED, 9))
            world.command({"do": "advance", "ms": 1999})
            self.assertEqual(mt5.orders_total(), 1)
            world.command({"do": "advance", "ms": 1})
            self.assertEqual((mt5.orders_get(), mt5.positions_total()), ((), opened))
            self.assertEqual(mt5.history_orders_get(ticket=result.order)[0].state, state)
            self.assertEqual(len(mt5.history_deals_get(ticket=result.order)), opened)

    def test_faults_can_wait_and_choose(self) -> None:
        world = open_world()
        fault(world, "retcode", retcode=10006, skip=1)
        self.assertEqual([deal(0, 0.1).retcode for _ in range(3)], [10009, 10006, 10009])
        fault(world, "retcode", retcode=10006, magic=5)
        self.assertEqual([deal(0, 0.1, magic=magic).retcode for magic in (4, 5, 5)], [10009, 10006, 10009])
        fault(world, "retcode", retcode=10006, action=6)
        self.assertEqual(deal(0, 0.1).retcode, 10009)
        world.command({"do": "clear_faults"})
        self.assertEqual(mt5.order_send({"action": 6, "position": mt5.positions_get()[0].ticket, "sl": 1.09}).retcode, 10009)

    def test_a_delay_takes_its_time(self) -> None:
        world = open_world()
        fault(world, "delay", seconds=0.05)
        began = time.monotonic()
        self.assertEqual(deal(0, 0.1).retcode, 10009)
        self.assertGreaterEqual(time.monotonic() - began, 0.05)

    def test_any_call_can_fail(self) -> None:
        world = open_world()
        fault(world, "error", function="positions_get", times=2, code=-10004)
        self.assertIsNone(mt5.positions_get())
        self.assertEqual(mt5.last_error(), (-10004, "No IPC connection"))
        self.assertEqual((mt5.orders_get(), mt5.positions_get(), mt5.positions_get()), ((), None, ()))

    def test_what_is_no_fault_is_refused_with_what_is(self) -> None:
        world = open_world()
        for values in ({"kind": "nonsense"}, {"kind": "delay", "secnods": 1}, {"kind": "partial", "function": "positions_get"},
                       {"kind": "hang", "when": "sometimes"}):  # fmt: skip
            with self.assertRaisesRegex(Exception, "fault: "):
                world.command({"do": "fault", **values})

    def test_comments_that_the_broker_changes(self) -> None:
        world = open_world()
        for mode, expected in (("drop", ""), ("replace", "broker 50000001"), ("keep", "k1-A")):
            world.command({"do": "comments", "mode": mode})
            ticket = deal(0, 0.1, comment="k1-A").order
            shown = mt5.positions_get(ticket=ticket)[0].comment
            self.assertEqual(shown if mode != "replace" else shown[:7], expected if mode != "replace" else "broker ")


class Links(unittest.TestCase):
    def test_without_the_broker_the_terminal_shows_what_it_knew(self) -> None:
        world = open_world()
        ticket = deal(0, 0.1, sl=1.09).order
        world.command({"do": "link", "down_s": 5})
        quote(world, 1.08, 1.08002, after_ms=2000)
        self.assertIs(mt5.terminal_info().connected, False)
        self.assertIs(mt5.account_info().trade_allowed, False)
        self.assertEqual([p.ticket for p in mt5.positions_get()], [ticket])
        self.assertEqual((mt5.account_info().balance, mt5.symbol_info_tick("EURUSD").bid, len(mt5.copy_ticks_from("EURUSD", 0, 9, -1))), (100_000.0, 1.1, 1))
        self.assertEqual(deal(1, 0.1, position=ticket).retcode, 10031)
        world.command({"do": "advance", "ms": 3000})
        self.assertIs(mt5.terminal_info().connected, True)
        self.assertEqual((mt5.positions_get(), mt5.account_info().balance), ((), 99_799.8))
        self.assertEqual(mt5.history_deals_get(position=ticket)[1].reason, mt5.DEAL_REASON_SL)
        self.assertEqual(len(mt5.copy_ticks_from("EURUSD", 0, 9, -1)), 2, "the ticks of the gap come with the link")

    def test_a_link_that_breaks_in_mid_order(self) -> None:
        for when, opened in (("before", 0), ("after", 1)):
            world = open_world()
            fault(world, "cut", when=when, seconds=20)
            self.assertEqual(deal(0, 0.1, comment="k1-CUT").retcode, 10031)
            self.assertEqual((mt5.terminal_info().connected, mt5.positions_total(), mt5.history_deals_total(0, 2**33)), (False, 0, 0))
            self.assertEqual(deal(0, 0.1).retcode, 10031, "still cut")
            world.command({"do": "advance", "ms": 20_000})
            self.assertEqual((mt5.terminal_info().connected, [p.comment for p in mt5.positions_get()]), (True, ["k1-CUT"] * opened), when)

    def test_a_terminal_restart_forgets_the_connection_and_the_request_numbers(self) -> None:
        world = open_world()
        self.assertEqual([deal(0, 0.1).request_id for _ in range(2)], [1, 2])
        world.command({"do": "terminal", "down_s": 3})
        self.assertIsNone(mt5.positions_get())
        self.assertEqual(mt5.last_error()[0], -10004)
        world.command({"do": "advance", "ms": 3000})
        self.assertIsNone(mt5.positions_get(), "initialize is needed")
        self.assertIs(mt5.initialize(), True)
        self.assertEqual((mt5.positions_total(), deal(0, 0.1).request_id), (2, 1))

    def test_a_gap_in_the_ticks(self) -> None:
        world = open_world(markets={"EURUSD": {"interval_ms": 100, "history_minutes": 0}})
        world.command({"do": "advance", "ms": 1000})
        world.command({"do": "pause", "seconds": 30})
        before = mt5.symbol_info_tick("EURUSD").time_msc
        world.command({"do": "advance", "ms": 31_000})
        times = [tick for tick in mt5.copy_ticks_range("EURUSD", 0, 2**33, -1)["time_msc"].tolist() if tick > before]
        self.assertGreaterEqual(times[0] - before, 29_000)
        self.assertGreater(len(times), 5)

    def test_server_time_can_jump(self) -> None:
        world = open_world(server_offset_s=7200)
        self.assertEqual(mt5.symbol_info_tick("EURUSD").time_msc, NOON + 7_200_000)
        world.command({"do": "offset", "seconds": 10_800})
        quote(world, 1.1, 1.10002, after_ms=1000)
        self.assertEqual(mt5.symbol_info_tick("EURUSD").time_msc, NOON + 10_801_000)
        world.command({"do": "offset", "seconds": 7200})
        quote(world, 1.2, 1.20002, after_ms=1000)  # Ticks never run backwards: stamped with the last one's time.
        self.assertEqual((mt5.symbol_info_tick("EURUSD").time_msc, mt5.symbol_info_tick("EURUSD").bid), (NOON + 10_801_000, 1.2))


class OtherHands(unittest.TestCase):
    def test_a_foreign_position_and_order(self) -> None:
        world = open_world()
        opened = world.command({"do": "foreign_position", "symbol": "EURUSD", "side": "sell", "volume": 0.5, "sl": 1.2, "comment": "by hand"})
        (position,) = mt5.positions_get()
        self.assertEqual((position.ticket, position.magic, position.reason, position.comment, position.sl), (opened["position"], 0, 0, "by hand", 1.2))
        self.assertEqual(mt5.history_deals_get(position=position.ticket)[0].reason, mt5.DEAL_REASON_CLIENT)
        placed = world.command({"do": "foreign_order", "symbol": "EURUSD", "type": 2, "price": 1.09, "volume": 0.1})
        self.assertEqual([order.ticket for order in mt5.orders_get()], [placed["order"]])

    def test_somebody_closes_ours(self) -> None:
        world = open_world()
        ticket = deal(0, 0.3, magic=7).order
        world.command({"do": "foreign_close", "ticket": ticket, "volume": 0.1})
        self.assertEqual(mt5.positions_get()[0].volume, 0.2)
        world.command({"do": "foreign_close"})
        self.assertEqual([(d.magic, d.reason) for d in mt5.history_deals_get(position=ticket)], [(7, 3), (0, 0), (0, 0)])

    def test_an_account_switch_brings_another_book(self) -> None:
        world = open_world()
        deal(0, 0.1)
        first = mt5.account_info().login
        world.command({"do": "account", "login": 7, "trade_mode": 2, "balance": 50.0, "margin_mode": 0})
        account = mt5.account_info()
        self.assertEqual((account.login, account.trade_mode, account.balance, account.margin_mode, mt5.positions_get()), (7, 2, 50.0, 0, ()))
        world.command({"do": "account", "login": first})
        self.assertEqual((mt5.account_info().trade_mode, mt5.positions_total()), (0, 1))
        world.command({"do": "account", "leverage": 30})
        self.assertEqual((mt5.account_info().login, mt5.account_info().leverage), (first, 30))

    def test_deposits_and_terms_that_change(self) -> None:
        world = open_world()
        world.command({"do": "balance", "amount": -250.5, "comment": "withdrawal"})
        self.assertEqual(mt5.account_info().balance, 99_749.5)
        (row,) = mt5.history_deals_get(0, 2**33)
        self.assertEqual((row.type, row.profit, row.symbol, row.order, row.position_id), (2, -250.5, "", 0, 0))
        world.command({"do": "symbol", "symbol": "EURUSD", "trade_mode": 3, "trade_stops_level": 50})
        self.assertEqual((mt5.symbol_info("EURUSD").trade_stops_level, deal(0, 0.1).retcode), (50, 10044))


class Deaths(unittest.TestCase):
    """A process that hangs or dies in mid-order, and the one after it, on the same state folder."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        settings: Dict[str, Any] = {
            "symbols": [PLAIN_SYMBOL], "markets": {"EURUSD": {"history_minutes": 1}}, "state": "state", "control": "control",
        }  # fmt: skip
        with open(os.path.join(self.folder, "sandbox.json"), "w", encoding="utf-8") as file:
            json.dump(settings, file)

    def environment(self) -> Dict[str, str]:
        """The environment of a process on this sandbox."""
        return {**os.environ, "KINETRA_SANDBOX": os.path.join(self.folder, "sandbox.json"), "PYTHONPATH": SANDBOX}

    def script(self, lines: List[str]) -> str:
        """A program that connects and then runs the lines."""
        return "\n".join(["import MetaTrader5 as mt5", "assert mt5.initialize()", *lines])

    def run_process(self, lines: List[str]) -> "subprocess.CompletedProcess[str]":
        """A Python process on the sandbox, connected; prints are its output."""
        command = [sys.executable, "-B", "-c", self.script(lines)]
        return subprocess.run(command, env=self.environment(), timeout=120, capture_output=True, text=True, check=False)

    def has_deal(self) -> bool:
        """Whether the broker's memory holds a deal."""
        try:
            with open(os.path.join(self.folder, "state", "state.json"), encoding="utf-8") as file:
                return any(book["deals"] > 0 for book in json.load(file)["books"].values())
        except OSError:
            return False

    BUY = "r = mt5.order_send({'action': 1, 'symbol': 'EURUSD', 'volume': 0.1, 'type': 0, 'type_filling': 1, 'comment': 'k1-DEAD'})"

    def test_a_crash_before_or_after_the_execution_strikes_once_and_the_broker_remembers(self) -> None:
        for number, (when, opened) in enumerate((("before", 0), ("after", 1))):
            died = self.run_process(["mt5.sandbox().command({'do': 'fault', 'kind': 'crash', 'when': '%s'})" % when, self.BUY])
            self.assertEqual(died.returncode, 70, died.stderr)
            after = self.run_process(["print([p.comment for p in mt5.positions_get()])", self.BUY, "print(r.retcode, mt5.positions_total())"])
            self.assertEqual(after.stdout.split("\n")[:2], [str(["k1-DEAD"] * (opened + number)), "10009 %d" % (opened + number + 1)], after.stderr)

    def test_a_hang_ends_with_the_process_and_does_not_come_back(self) -> None:
        os.makedirs(os.path.join(self.folder, "control"))
        with open(os.path.join(self.folder, "control", "1.json"), "w", encoding="utf-8") as file:
            json.dump({"do": "fault", "kind": "hang", "when": "after"}, file)
        hanging = subprocess.Popen([sys.executable, "-B", "-c", self.script([self.BUY])], env=self.environment())
        deadline = time.monotonic() + 60
        while not self.has_deal() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertIsNone(hanging.poll(), "executed, but the call does not come back")
        hanging.kill()
        hanging.wait()
        after = self.run_process(["print(mt5.positions_total(), mt5.history_deals_get(0, 2**33)[0].comment)"])
        self.assertEqual(after.stdout.strip(), "1 k1-DEAD", after.stderr)

    def test_levels_fire_while_nobody_looks_and_no_tick_is_lost(self) -> None:
        first = self.run_process([
            self.BUY, "t = mt5.symbol_info_tick('EURUSD')",
            "print(mt5.order_send({'action': 6, 'position': r.order, 'sl': round(t.bid - 0.0002, 5)}).retcode)",
            "print(t.time_msc)",
        ])  # fmt: skip
        self.assertEqual(first.stdout.split()[0], "10009", first.stderr)
        os.makedirs(os.path.join(self.folder, "control"), exist_ok=True)
        with open(os.path.join(self.folder, "control", "move.json"), "w", encoding="utf-8") as file:
            json.dump([{"do": "move", "symbol": "EURUSD", "points": -500}], file)
        after = self.run_process([
            "d = mt5.history_deals_get(0, 2**33)", "print(len(d), d[-1].reason, mt5.positions_total())",
            "ticks = mt5.copy_ticks_from('EURUSD', 0, 10**6, -1)['time_msc']", "print(ticks == sorted(ticks), %s in ticks)" % first.stdout.split()[1],
        ])  # fmt: skip
        self.assertEqual(after.stdout.split("\n")[:2], ["2 4 0", "True True"], after.stderr)


if __name__ == "__main__":
    unittest.main()
