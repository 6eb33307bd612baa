"""One account over several symbols, what must always hold under random requests, and starts after a long absence."""

import json
import os
import random
import tempfile
import unittest
from typing import Any, Dict, List

from standin import NOON, PLAIN_SYMBOL, mt5, open_world, quote

FREE = {"kind": "none", "rate": 0.0, "minimum": 0.0, "side": "both"}


def open_pairs(balance: float = 100_000.0, **more: Any) -> Any:
    """EURUSD at 1.1, USDJPY at 150, EURJPY at 165, all without markets of their own."""
    names = ("EURUSD", "USDJPY", "EURJPY")
    world = mt5.sandbox({
        "symbols": [{"name": name, "trade_stops_level": 0, "filling_mode": 3, "commission": FREE, "swap_mode": 0} for name in names],
        "markets": {name: {"source": "none"} for name in names}, "clock": {"mode": "manual", "start_ms": NOON}, "server_offset_s": 0,
        "account": {"balance": balance, **more},
    })  # fmt: skip
    mt5.initialize()
    for name, bid, ask in (("EURUSD", 1.1, 1.1001), ("USDJPY", 150.0, 150.02), ("EURJPY", 165.0, 165.05)):
        quote(world, bid, ask, name)
    return world


def buy(symbol: str, volume: float, **more: Any) -> Any:
    """A market order, IOC."""
    return mt5.order_send({"action": 1, "symbol": symbol, "volume": volume, "type": 0, "type_filling": 1, **more})


class SeveralSymbols(unittest.TestCase):
    def test_margin_adds_up_over_symbols_and_converts_at_live_quotes(self) -> None:
        open_pairs()
        for symbol in ("EURUSD", "USDJPY", "EURJPY"):
            self.assertEqual(buy(symbol, 1.0).retcode, 10009)
        # 1100.10 at its own ask, 1000 USD, 1000 EUR at the ask of EURUSD.
        self.assertEqual(mt5.account_info().margin, 3200.2)
        self.assertEqual(mt5.order_calc_margin(1, "EURJPY", 1.0, 165.0), 1100.0, "sells at the bid")

    def test_profit_of_a_cross_takes_the_worse_side_of_the_live_rate(self) -> None:
        world = open_pairs()
        buy("EURJPY", 1.0)
        quote(world, 166.05, 166.1, "EURJPY", 1000)
        self.assertEqual(mt5.positions_get()[0].profit, 666.58)  # 100,000 JPY / 150.02
        quote(world, 164.05, 164.1, "EURJPY", 1000)
        self.assertEqual(mt5.positions_get()[0].profit, -666.67)  # 100,000 JPY / 150.00
        info = mt5.symbol_info("EURJPY")
        self.assertEqual((round(info.trade_tick_value_profit, 6), round(info.trade_tick_value_loss, 6)), (0.666578, 0.666667))

    def test_without_a_rate_there_is_no_number_and_no_trade(self) -> None:
        mt5.sandbox({"symbols": ["EURJPY"], "markets": {"EURJPY": {"source": "none"}}, "clock": {"mode": "manual", "start_ms": NOON}})
        mt5.initialize()
        quote(mt5.sandbox(), 165.0, 165.05, "EURJPY")
        self.assertIsNone(mt5.order_calc_margin(0, "EURJPY", 1.0, 165.0))
        self.assertIsNone(mt5.order_calc_profit(0, "EURJPY", 1.0, 165.0, 166.0))
        self.assertEqual(buy("EURJPY", 0.1, type_filling=1).retcode, 10019)

    def test_the_stop_out_takes_the_largest_loss_of_any_symbol(self) -> None:
        world = open_pairs(balance=3000.0, margin_so_so=50.0)
        buy("EURUSD", 1.0)
        first = buy("USDJPY", 1.0).order
        quote(world, 1.0951, 1.0952, "EURUSD", 1000)
        self.assertEqual(mt5.positions_total(), 2)
        quote(world, 147.8, 147.82, "USDJPY", 1000)
        self.assertEqual([p.symbol for p in mt5.positions_get()], ["EURUSD"])
        deal = mt5.history_deals_get(position=first)[-1]
        self.assertEqual((deal.reason, deal.comment[:4], deal.profit), (mt5.DEAL_REASON_SO, "[so ", -1502.03))  # 222,000 JPY / 147.80

    def test_stop_out_by_money(self) -> None:
        world = open_pairs(balance=2000.0, margin_so_mode=1, margin_so_so=500.0)
        buy("EURUSD", 1.0)
        quote(world, 1.0852, 1.0853, "EURUSD", 1000)
        self.assertEqual((mt5.positions_total(), mt5.account_info().equity), (1, 510.0))
        quote(world, 1.0851, 1.0852, "EURUSD", 1000)
        self.assertEqual((mt5.positions_total(), mt5.account_info().balance), (0, 500.0))


class Always(unittest.TestCase):
    """Random requests, sane and senseless: nothing raises, and the broker's books stay right."""

    def test_junk_never_raises_and_never_trades_by_itself(self) -> None:
        dice = random.Random(5)
        junk: List[Any] = [None, True, -1, 0, 1, 2.5, 1e308, float("nan"), float("inf"), "", "EURUSD", "é", [], {}, b"x", 10**30, -(10**30)]
        open_world()
        for name in ("order_send", "order_check"):
            for _ in range(1500):
                fields = ["action", "symbol", "volume", "type", "type_filling", "price", "sl", "tp", "position", "order", "position_by", "magic",
                          "deviation", "expiration", "type_time", "stoplimit", "comment", "extra"]  # fmt: skip
                chosen = dice.sample(fields, dice.randint(0, len(fields)))
                request: Dict[str, Any] = {"action": dice.choice([1, 5, 6, 7, 8, 10, 99]), "symbol": "EURUSD", "volume": 0.1}
                request.update({field: dice.choice(junk) for field in chosen if dice.random() < 0.5})
                result = getattr(mt5, name)(request)
                self.assertTrue(result is None or isinstance(result.retcode, int), request)
        for name in ("order_calc_margin", "order_calc_profit", "copy_rates_from", "copy_rates_from_pos", "copy_rates_range", "copy_ticks_from",
                     "copy_ticks_range"):  # fmt: skip
            count = 5 if name == "order_calc_profit" else 4
            for _ in range(300):
                arguments = [dice.choice(junk) if dice.random() < 0.5 else good for good in (0, "EURUSD", 1, 1.1, 1.2)[:count]]
                if all(_is_hashable(argument) for argument in arguments):
                    getattr(mt5, name)(*arguments)

    def test_balance_is_the_start_plus_every_deal_and_volumes_match(self) -> None:
        for seed in range(20):
            dice = random.Random(seed)
            world = open_world({"commission": {"kind": "perLot", "rate": 3.5}, "swap_mode": 1, "swap_long": -7.0, "swap_short": 2.0},
                               {"margin_mode": dice.choice([0, 2])})  # fmt: skip
            price = 1.1
            for _ in range(60):
                price = round(price + dice.randint(-30, 30) / 1e5, 5)
                quote(world, price, round(price + 0.00002, 5), after_ms=dice.choice([1000, 3_600_000, 86_400_000]))
                open_now = [p.ticket for p in mt5.positions_get()] + [0]
                mt5.order_send({
                    "action": 1, "symbol": "EURUSD", "volume": dice.choice([0.1, 0.3, 1.0]), "type": dice.randint(0, 1), "type_filling": 1,
                    "position": dice.choice(open_now), "sl": dice.choice([0.0, round(price - 0.0003, 5)]),
                })  # fmt: skip
            deals = mt5.history_deals_get(0, 2**33)
            booked = sum(d.profit + d.swap + d.commission + d.fee for d in deals)
            self.assertAlmostEqual(mt5.account_info().balance, 100_000 + booked, 6)
            signed = sum(d.volume * (1 if d.type == 0 else -1) for d in deals)
            held = sum(p.volume * (1 if p.type == 0 else -1) for p in mt5.positions_get())
            self.assertAlmostEqual(signed, held, 8)
            self.assertEqual(len({d.ticket for d in deals}), len(deals))
            orders = {order.ticket for order in mt5.history_orders_get(0, 2**33)}
            self.assertLessEqual({d.order for d in deals}, orders, "every deal has its order in history")


def _is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


class Absence(unittest.TestCase):
    def test_a_night_without_a_look_is_filled_with_few_ticks(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            market = {"history_minutes": 1, "interval_ms": 100}
            settings: Any = {
                "symbols": [PLAIN_SYMBOL], "markets": {"EURUSD": market}, "state": folder, "clock": {"mode": "manual", "start_ms": NOON},
                "server_offset_s": 0,
            }  # fmt: skip
            mt5.sandbox(settings)
            mt5.initialize()
            before = mt5.symbol_info_tick("EURUSD").time_msc
            path = os.path.join(folder, "state.json")
            with open(path, encoding="utf-8") as file:
                state = json.load(file)
            state["clock"]["anchor_ms"] += 12 * 3_600_000
            with open(path, "w", encoding="utf-8") as file:
                json.dump(state, file)
            mt5.sandbox(settings)
            mt5.initialize()
            times = [at for at in mt5.copy_ticks_from("EURUSD", 0, 10**6, -1)["time_msc"].tolist() if at > before]
            self.assertGreater(times[-1] - before, 12 * 3_600_000 - 1000)
            self.assertTrue(3000 < len(times) < 8000, len(times))
            self.assertLess(max(later - earlier for earlier, later in zip(times, times[1:])), 20_000, "and no minute is empty")


if __name__ == "__main__":
    unittest.main()
