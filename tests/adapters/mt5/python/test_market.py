"""The stand-in's market and steering: generated and recorded ticks, bars, the control folder, settings that are wrong."""

import json
import os
import tempfile
import unittest
from typing import Any, List, Tuple

from standin import NOON, deal, mt5, open_world, quote

HISTORY = {"history_minutes": 30, "history_interval_ms": 1000, "interval_ms": 200}
CSV = (
    "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\r\n"
    "2025.03.04\t10:00:00\t1.10000\t1.10030\t1.09990\t1.10020\t9\t0\t4\r\n"
    "2025.03.04\t10:01:00\t1.10020\t1.10025\t1.09950\t1.09960\t9\t0\t0\r\n"
)


def ticks(flags: int = -1) -> List[Tuple[Any, ...]]:
    """All ticks of EURUSD as tuples."""
    return mt5.copy_ticks_from("EURUSD", 0, 10**6, flags).tolist()


class Generated(unittest.TestCase):
    def test_is_a_function_of_its_seed_whoever_looks_how_often(self) -> None:
        runs = []
        for seed, steps in ((1, 1), (1, 50), (2, 1)):
            world = open_world(markets={"EURUSD": HISTORY}, seed=seed)
            for _ in range(steps):
                world.command({"do": "advance", "ms": 20_000 // steps})
            runs.append(ticks())
        self.assertEqual(runs[0], runs[1])
        self.assertNotEqual(runs[0], runs[2])
        self.assertGreater(len(runs[0]), 1500)

    def test_time_never_runs_backwards_and_prices_fit(self) -> None:
        world = open_world(markets={"EURUSD": {**HISTORY, "interval_ms": 0.2}})
        world.command({"do": "advance", "ms": 1000})
        rows = ticks()
        times = [row[5] for row in rows]
        self.assertEqual(times, sorted(times))
        self.assertGreater(len(times), len(set(times)), "several ticks share a millisecond")
        for _, bid, ask, last, volume, at, flags, _ in rows:
            self.assertTrue(0 < bid <= ask and last == 0 and volume == 0 and flags == 6 and at > 0)
            self.assertEqual((round(bid, 5), round(ask, 5)), (bid, ask))

    def test_the_wave_can_be_foreseen(self) -> None:
        calm = {"history_minutes": 0, "volatility": 0, "spread_jitter": 0, "wave_s": 60, "wave_points": 100, "interval_ms": 1000, "price": 1.1}
        world = open_world(markets={"EURUSD": calm})
        world.command({"do": "advance", "ms": 60_000})
        bids = [row[1] for row in ticks()]
        self.assertAlmostEqual(max(bids), 1.101, 4)
        self.assertAlmostEqual(min(bids), 1.1, 4)

    def test_is_silent_outside_the_session(self) -> None:
        open_only_until_noon = [[], [], [[0, 720]], [], [], [], []]
        world = open_world({"sessions": open_only_until_noon}, markets={"EURUSD": HISTORY})
        world.command({"do": "advance", "ms": 3_600_000})
        self.assertLess(max(row[5] for row in ticks()), NOON)

    def test_a_move_shifts_the_price_for_good_and_fires_levels(self) -> None:
        world = open_world(markets={"EURUSD": {**HISTORY, "volatility": 0.1}})
        before = mt5.symbol_info_tick("EURUSD").bid
        ticket = deal(0, 0.1, sl=round(before - 0.002, 5)).order
        world.command({"do": "move", "symbol": "EURUSD", "points": -300})
        self.assertEqual(mt5.history_deals_get(position=ticket)[-1].reason, mt5.DEAL_REASON_SL)
        world.command({"do": "advance", "ms": 5000})
        self.assertAlmostEqual(mt5.symbol_info_tick("EURUSD").bid, before - 0.003, 3)

    def test_memory_is_bounded_and_bars_survive_it(self) -> None:
        from MetaTrader5 import market

        kept, market.MAX_TICKS = market.MAX_TICKS, 500
        try:
            world = open_world(markets={"EURUSD": {**HISTORY, "history_minutes": 0}})
            for _ in range(12):
                world.command({"do": "advance", "ms": 30_000})
                mt5.copy_rates_from_pos("EURUSD", 1, 0, 5)
            self.assertLessEqual(len(ticks()), 600)
            bars = mt5.copy_rates_from_pos("EURUSD", 1, 0, 100)
            self.assertEqual(bars["time"].tolist(), [NOON // 1000 + 60 * minute for minute in range(6)])
        finally:
            market.MAX_TICKS = kept


class Recorded(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "EURUSD_M1.csv")

    def open(self, text: str, loop: bool = False, encoding: str = "utf-8") -> Any:
        """A world that plays the text."""
        with open(self.path, "w", encoding=encoding, newline="") as file:
            file.write(text)
        return open_world(markets={"EURUSD": {"source": "csv", "path": self.path, "loop": loop}})

    def test_plays_four_ticks_a_bar_from_the_start(self) -> None:
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            world = self.open(CSV, encoding=encoding)
            world.command({"do": "advance", "ms": 600_000})
            rows = ticks()
            self.assertEqual([row[1] for row in rows], [1.1, 1.0999, 1.1003, 1.1002, 1.1002, 1.10025, 1.0995, 1.0996])
            self.assertEqual([row[5] - NOON for row in rows], [0, 15_000, 30_000, 45_000, 60_000, 75_000, 90_000, 105_000])
            self.assertEqual([round((row[2] - row[1]) * 1e5) for row in rows], [4, 4, 4, 4, 2, 2, 2, 2])

    def test_gives_back_the_bars_it_was_made_from(self) -> None:
        world = self.open(CSV)
        world.command({"do": "advance", "ms": 600_000})
        at = NOON // 1000
        want = [(at, 1.1, 1.1003, 1.0999, 1.1002, 4, 4, 0), (at + 60, 1.1002, 1.10025, 1.0995, 1.0996, 4, 2, 0)]
        self.assertEqual(mt5.copy_rates_from_pos("EURUSD", mt5.TIMEFRAME_M1, 0, 9).tolist(), want)

    def test_loops_when_told(self) -> None:
        world = self.open(CSV, loop=True)
        world.command({"do": "advance", "ms": 239_000})
        self.assertEqual([row[1] for row in ticks()][8:], [1.1, 1.0999, 1.1003, 1.1002, 1.1002, 1.10025, 1.0995, 1.0996])

    def test_says_which_line_is_wrong(self) -> None:
        for text, reason in ((CSV.replace("1.09990", "1.2"), "line 2: prices"), (CSV.replace("1.10025", "x"), "line 3"), ("a,b\n1,2\n", "line 1")):
            with self.assertRaisesRegex(Exception, reason):
                self.open(text)


class Bars(unittest.TestCase):
    def test_time_frames_open_where_they_should(self) -> None:
        world = open_world()
        for minutes in (1, 4, 30, 60 * 24 * 3):
            quote(world, 1.1 + minutes / 1e6, 1.2, after_ms=minutes * 60_000)
        noon = NOON // 1000
        opens = {name: mt5.copy_rates_from_pos("EURUSD", getattr(mt5, "TIMEFRAME_" + name), 0, 9)["time"].tolist() for name in ("M5", "H1", "D1", "W1", "MN1")}
        friday = noon - 43_200 + 3 * 86_400
        last = noon + 35 * 60 + 3 * 86_400
        self.assertEqual(opens["M5"], [noon, noon + 300, noon + 2100, last])
        self.assertEqual(opens["H1"], [noon, noon + 3 * 86_400])
        self.assertEqual(opens["D1"], [noon - 43_200, friday])
        self.assertEqual((opens["W1"], opens["MN1"]), ([noon - 43_200 - 2 * 86_400], [1_740_787_200]))

    def test_positions_dates_and_counts(self) -> None:
        world = open_world()
        for minute in range(1, 6):
            quote(world, 1.1 + minute / 1000, 1.2, after_ms=60_000)
        at = NOON // 1000
        pos = mt5.copy_rates_from_pos
        self.assertEqual(pos("EURUSD", 1, 0, 2)["time"].tolist(), [at + 240, at + 300])
        self.assertEqual(pos("EURUSD", 1, 2, 2)["close"].tolist(), [1.102, 1.103])
        self.assertEqual(len(pos("EURUSD", 1, 99, 2)), 0)
        self.assertEqual(mt5.copy_rates_from("EURUSD", 1, at + 150, 2)["time"].tolist(), [at + 60, at + 120])
        self.assertEqual(mt5.copy_rates_range("EURUSD", 1, at + 60, at + 180)["time"].tolist(), [at + 60, at + 120, at + 180])
        for arguments in (("EURUSD", 7, 0, 1), ("EURUSD", 1, -1, 1), ("EURUSD", 1, 0, 0), ("NOPE", 1, 0, 1)):
            self.assertIsNone(pos(*arguments), arguments)

    def test_tables_behave_as_arrays_where_code_touches_them(self) -> None:
        world = open_world()
        quote(world, 1.101, 1.102, after_ms=1000)
        table = mt5.copy_ticks_from("EURUSD", 0, 10, mt5.COPY_TICKS_ALL)
        self.assertEqual((len(table), table.shape, table.dtype.names[5], table[-1]["bid"], table[0][1]), (2, (2,), "time_msc", 1.101, 1.1))
        self.assertEqual([row["ask"] for row in table], [1.10002, 1.102])
        for wrong in (lambda: bool(table), lambda: table["nope"], lambda: table[0]["nope"]):
            self.assertRaises(ValueError, wrong)
        with self.assertRaises(AttributeError):
            table[0].bid

    def test_a_tick_cursor_reads_whole_seconds(self) -> None:
        world = open_world()
        for _ in range(3):
            quote(world, 1.1, 1.2, after_ms=400)
        read = mt5.copy_ticks_from("EURUSD", NOON / 1000 + 0.9, 10, -1)
        self.assertEqual([at - NOON for at in read["time_msc"]], [0, 400, 800, 1200])
        self.assertEqual(len(mt5.copy_ticks_from("EURUSD", NOON // 1000, 2, -1)), 2)
        self.assertEqual(len(mt5.copy_ticks_from("EURUSD", NOON // 1000, 9, mt5.COPY_TICKS_TRADE)), 0)
        world.command({"do": "tick", "symbol": "EURUSD", "bid": 1.1, "ask": 1.2, "last": 1.15, "volume": 3})
        (trade,) = mt5.copy_ticks_from("EURUSD", NOON // 1000, 9, mt5.COPY_TICKS_TRADE)
        self.assertEqual((trade["last"], trade["volume"], trade["flags"]), (1.15, 3, 30))


class Steering(unittest.TestCase):
    def test_a_script_runs_by_the_clock(self) -> None:
        script = [
            {"at": 2000, "do": "tick", "symbol": "EURUSD", "bid": 1.2, "ask": 1.20002},
            {"at": 1000, "do": "switch", "name": "algo", "on": False},
            {"at": 3000, "do": "switch", "name": "algo", "on": True},
        ]
        world = open_world(script=script)
        seen = []
        for _ in range(4):
            seen.append((mt5.terminal_info().trade_allowed, mt5.symbol_info_tick("EURUSD").bid))
            world.command({"do": "advance", "ms": 1000})
        self.assertEqual(seen, [(True, 1.1), (False, 1.1), (False, 1.2), (True, 1.2)])
        self.assertEqual(mt5.symbol_info_tick("EURUSD").time_msc, NOON + 2000, "stamped with the step's own time")

    def test_the_control_folder_is_carried_out_in_order_once(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            open_world(control=folder)
            files = {"b.json": [{"do": "balance", "amount": 2}, {"do": "balance", "amount": 3}], "a.json": {"do": "balance", "amount": 1}}
            for name, content in {**files, "c.json": {"do": "dance"}}.items():
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    json.dump(content, file)
            with open(os.path.join(folder, "d.json"), "w", encoding="utf-8") as file:
                file.write("{half")
            for _ in range(2):
                self.assertEqual([d.profit for d in mt5.history_deals_get(0, 2**33)], [1.0, 2.0, 3.0])
            self.assertEqual(sorted(os.listdir(folder)), ["a.json.done", "b.json.done", "c.json.failed", "d.json.failed"])
            with open(os.path.join(folder, "c.json.failed"), encoding="utf-8") as file:
                self.assertIn("unknown command 'dance'; known are tick, move", file.read())

    def test_a_restart_continues_where_the_broker_was(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            options: Any = {"state": folder, "markets": {"EURUSD": {**HISTORY, "history_minutes": 1}}, "accounts": [{"login": 1}, {"login": 2}]}
            world = open_world(**options)
            ticket = deal(0, 0.1, magic=3, comment="k1-A").order
            mt5.order_send({"action": 5, "symbol": "EURUSD", "volume": 0.1, "type": 2, "price": 1.0, "type_filling": 2, "type_time": 1})
            for command in ({"do": "symbol", "symbol": "EURUSD", "trade_stops_level": 33}, {"do": "fault", "kind": "requote"},
                            {"do": "offset", "seconds": 3600}, {"do": "advance", "ms": 10_000}):  # fmt: skip
                world.command(command)
            before = (mt5.positions_get(), mt5.orders_get(), mt5.history_deals_get(0, 2**33), mt5.account_info(), ticks(), mt5.symbol_info("EURUSD"))
            world = open_world(**options)
            after = (mt5.positions_get(), mt5.orders_get(), mt5.history_deals_get(0, 2**33), mt5.account_info(), ticks(), mt5.symbol_info("EURUSD"))
            self.assertEqual(before, after)
            self.assertEqual([deal(0, 0.1).retcode, deal(0, 0.1).retcode], [10004, 10009])
            self.assertGreater(mt5.positions_get()[-1].ticket, ticket)
            world.command({"do": "pause", "seconds": 86_390})
            world.command({"do": "advance", "ms": 86_400_000})
            self.assertEqual(mt5.orders_get(), (), "a day order lapses after the restart")

    def test_what_was_written_without_the_state_is_dropped_and_what_is_missing_is_told(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            options: Any = {"state": folder, "account": {"login": 1, "balance": 1000.0}}
            world = open_world(**options)
            world.command({"do": "balance", "amount": 1})
            path = os.path.join(folder, "account-1.jsonl")
            with open(path, encoding="utf-8") as file:
                line = file.read()
            with open(path, "a", encoding="utf-8") as file:
                file.write(line + line[:20])
            world = open_world(**options)
            world.command({"do": "balance", "amount": 2})
            open_world(**options)
            self.assertEqual([d.profit for d in mt5.history_deals_get(0, 2**33)], [1.0, 2.0])
            with open(path, "w", encoding="utf-8") as file:
                file.write("")
            with self.assertRaisesRegex(Exception, "cannot be read .* use another folder or delete it"):
                open_world(**options)

    def test_a_torn_tick_log_loses_only_its_last_line(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            options: Any = {"state": folder, "markets": {"EURUSD": HISTORY}}
            open_world(**options)
            before = ticks()
            with open(os.path.join(folder, "ticks-EURUSD.jsonl"), "a", encoding="utf-8") as file:
                file.write("[[17410")
            world = open_world(**options)
            self.assertEqual(ticks(), before)
            world.command({"do": "advance", "ms": 5000})
            grown = ticks()
            open_world(**options)
            self.assertEqual(ticks(), grown)
            self.assertGreater(len(grown), len(before))

    def test_settings_that_are_wrong_say_what_is_possible(self) -> None:
        for settings, reason in (
            ({"sybmols": []}, "unknown setting sybmols; known are"),
            ({"symbols": [{"name": "EURUSD", "digist": 5}]}, "unknown field digist"),
            ({"symbols": ["EURUSD"], "markets": {"XAUUSD": {}}}, "markets names XAUUSD"),
            ({"symbols": ["EURUSD"], "markets": {"EURUSD": {"source": "dice"}}}, "generated, csv or none"),
            ({"symbols": ["EURUSD"], "markets": {"EURUSD": {"volatilty": 1}}}, "unknown market option volatilty"),
            ({"symbols": ["EURUSD"], "markets": {"EURUSD": {"source": "csv", "path": "nope.csv"}}}, "no such CSV file"),
            ({"symbols": [{"name": "X", "trade_calc_mode": 33}]}, "not modelled"),
            ({"account": {"trade_mode": 3}}, "0 demo, 1 contest, 2 real"),
            ({"accounts": [{"login": 1}, {"login": 1}]}, "each its own"),
            ({"clock": {"mode": "sundial"}}, "real"),
            ({"clock": {"factor": 0}}, "above 0"),
            ({"terms": {"fills_at": "dusk"}}, "market"),
            ({"script": [{"at": 1}]}, '"do"'),
        ):
            with self.assertRaisesRegex(Exception, reason, msg=str(settings)):
                mt5.sandbox(settings)

    def test_a_real_clock_runs_by_its_factor(self) -> None:
        from MetaTrader5.clock import Clock

        clock = Clock("real", 1000.0, NOON)
        first = clock.now()
        while clock.now() < first + 1000:
            pass
        self.assertLess(clock.now() - NOON, 600_000)
        self.assertRaises(Exception, clock.advance, 1)


if __name__ == "__main__":
    unittest.main()
