"""The stand-in's broker against the cases that the TypeScript simulator meets (tests/vectors/mt5-rules.json)."""

import json
import unittest
from typing import Any, Dict, List

from standin import NOON, VECTORS, mt5

with open(VECTORS, encoding="utf-8") as _file:
    _VECTORS = json.load(_file)

_ENTRY = ["IN", "OUT", "INOUT", "OUT_BY"]
_REASON = ["CLIENT", "MOBILE", "WEB", "EXPERT", "SL", "TP", "SO", "ROLLOVER"]
_TYPES = ["BUY", "SELL", "BUY_LIMIT", "SELL_LIMIT", "BUY_STOP", "SELL_STOP", "BUY_STOP_LIMIT", "SELL_STOP_LIMIT"]
_FILLING = ["FOK", "IOC", "RETURN", "BOC"]
_TIME = ["GTC", "DAY", "SPECIFIED", "SPECIFIED_DAY"]
_WORDS = {
    "calcMode": ["FOREX", "FUTURES", "CFD", "CFDINDEX", "CFDLEVERAGE", "FOREX_NO_LEVERAGE"],
    "tradeMode": ["DISABLED", "LONGONLY", "SHORTONLY", "CLOSEONLY", "FULL"],
    "executionMode": ["REQUEST", "INSTANT", "MARKET", "EXCHANGE"],
    "gtcMode": ["GTC", "DAILY", "DAILY_NO_STOPS"],
    "swapMode": ["DISABLED", "POINTS", "CURRENCY_SYMBOL", "CURRENCY_MARGIN", "CURRENCY_DEPOSIT", "INTEREST_CURRENT", "INTEREST_OPEN",
                 "REOPEN_CURRENT", "REOPEN_BID", "CURRENCY_PROFIT"],
}  # fmt: skip
_BITS = {
    "fillingFlags": {"FOK": 1, "IOC": 2, "BOC": 4},
    "orderFamilies": {"MARKET": 1, "LIMIT": 2, "STOP": 4, "STOP_LIMIT": 8, "SL": 16, "TP": 32, "CLOSEBY": 64},
    "timesInForce": {"GTC": 1, "DAY": 2, "SPECIFIED": 4, "SPECIFIED_DAY": 8},
}
_NAMES = {
    "symbol": "name", "digits": "digits", "contractSize": "trade_contract_size", "calcMode": "trade_calc_mode", "tickValue": "tick_value",
    "currencyBase": "currency_base", "currencyProfit": "currency_profit", "currencyMargin": "currency_margin", "volumeMin": "volume_min",
    "volumeMax": "volume_max", "volumeStep": "volume_step", "volumeLimit": "volume_limit", "stopsLevelPoints": "trade_stops_level",
    "freezeLevelPoints": "trade_freeze_level", "tradeMode": "trade_mode", "executionMode": "trade_exemode", "fillingFlags": "filling_mode",
    "orderFamilies": "order_mode", "timesInForce": "expiration_mode", "gtcMode": "order_gtc_mode", "stopsInRequest": "stops_in_request",
    "marginInitial": "margin_initial", "marginMaintenance": "margin_maintenance", "marginHedged": "margin_hedged",
    "hedgedUsesLargerLeg": "margin_hedged_use_leg", "marginRateLong": "margin_rate_long", "marginRateShort": "margin_rate_short",
    "swapMode": "swap_mode", "swapLong": "swap_long", "swapShort": "swap_short", "swapRollover3Days": "swap_rollover3days",
    "commission": "commission", "sessions": "sessions", "hedgeProhibited": "hedge_prohibited",
}  # fmt: skip


def spec_of(instrument: Dict[str, Any]) -> Dict[str, Any]:
    """An instrument record of the engine as the stand-in's symbol settings."""
    spec: Dict[str, Any] = {}
    for key, value in instrument.items():
        if key in _WORDS:
            value = _WORDS[key].index(value)
        elif key in _BITS:
            value = sum(_BITS[key][word] for word in value)
        if key in _NAMES:
            spec[_NAMES[key]] = value
        elif key == "tickSizePoints":
            spec["trade_tick_size"] = value / 10 ** instrument["digits"]
        elif key != "fifoClose":
            raise AssertionError("the stand-in has no counterpart of %s" % key)
    return spec


class Desk:
    """One case on one world: sends the steps through the package's own functions."""

    def __init__(self, case: Dict[str, Any]) -> None:
        instrument = {**_VECTORS["plain"], **case.get("instrument", {})}
        account, limits = case.get("account", {}), case.get("settings", {})
        self.symbol = instrument["symbol"]
        self.world = mt5.sandbox({
            "symbols": [spec_of(instrument)], "markets": {self.symbol: {"source": "none"}},
            "clock": {"mode": "manual", "start_ms": NOON}, "server_offset_s": 0,
            "terms": {
                "fills_at": case.get("triggerFill", "market"),
                "rates": {pair: [rate["bid"], rate["ask"]] for pair, rate in case.get("rates", {}).items()},
            },
            "account": {
                "balance": account.get("startBalance", 100_000.0), "currency": account.get("currency", "USD"), "leverage": 100,
                "margin_mode": 0 if account.get("marginMode") == "netting" else 2, "margin_so_call": 100.0, "margin_so_so": 50.0,
                "fifo_close": instrument["fifoClose"], "limit_orders": limits.get("limitOrders", 0),
                "limit_positions": limits.get("limitPositions", 0),
            },
        })  # fmt: skip
        self.spec = self.world.specs[self.symbol]
        self.labels: Dict[str, int] = {}
        self.now = NOON
        mt5.initialize()
        self.quote(110_000, 110_002, NOON)

    def price(self, points: float) -> float:
        return points / 10**self.spec.digits

    def clock(self, at: int) -> None:
        self.world.command({"do": "advance", "ms": at - self.now})
        self.now = at

    def quote(self, bid: float, ask: float, at: int) -> None:
        self.clock(at)
        self.world.command({"do": "tick", "symbol": self.symbol, "bid": self.price(bid), "ask": self.price(ask)})

    def ticket(self, ref: Any) -> int:
        return int(ref) if isinstance(ref, int) else self.labels[ref]

    def request(self, action: int, more: Dict[str, Any], **fields: Any) -> Dict[str, Any]:
        """MT5's request from the engine's words."""
        asked: Dict[str, Any] = {"action": action, "symbol": self.symbol, **fields}
        for key, value in more.items():
            if key in ("sl", "tp", "price"):
                asked[key] = self.price(value)
            elif key == "stopLimit":
                asked["stoplimit"] = self.price(value)
            elif key == "filling":
                asked["type_filling"] = _FILLING.index(value)
            elif key == "timeInForce":
                asked["type_time"] = _TIME.index(value)
            elif key == "expiresIn":
                asked["expiration"] = (NOON + value) // 1000
            elif key == "deviationPoints":
                asked["deviation"] = value
            elif key == "position":
                asked["position"] = self.ticket(value)
            elif key in ("magic", "symbol"):
                asked[key] = value
            else:
                raise AssertionError("unknown field %s" % key)
        return asked

    def send(self, step: Dict[str, Any]) -> Any:
        """Carries out the step's request, if it has one; gives MT5's result or None."""
        if "deal" in step:
            side, lots, more = (*step["deal"], {})[:3]
            market = self.world.quotes[self.symbol]
            price = self.price(market.ask if side == "BUY" else market.bid)
            asked = self.request(1, more, **{"type": _TYPES.index(side), "volume": lots, "type_filling": 1})
            return mt5.order_send({"price": price, **asked})
        if "pending" in step:
            kind, lots, price, more = (*step["pending"], {})[:4]
            fields = {"type": _TYPES.index(kind), "volume": lots, "price": self.price(price), "type_filling": 2}
            return mt5.order_send(self.request(5, more, **fields))
        if "levels" in step:
            ref, sl, tp = step["levels"]
            return mt5.order_send(self.request(6, {"sl": sl, "tp": tp}, position=self.ticket(ref)))
        if "modify" in step:
            ref, price, more = (*step["modify"], {})[:3]
            return mt5.order_send(self.request(7, more, order=self.ticket(ref), price=self.price(price)))
        if "remove" in step:
            return mt5.order_send(self.request(8, {}, order=self.ticket(step["remove"])))
        if "closeBy" in step:
            first, second = step["closeBy"]
            return mt5.order_send(self.request(10, {}, position=self.ticket(first), position_by=self.ticket(second)))
        return None

    def deals(self) -> List[Dict[str, Any]]:
        rows = mt5.history_deals_get(0, 2**33)
        return [
            {"entry": _ENTRY[d.entry], "side": _TYPES[d.type], "lots": d.volume, "price": self.spec.points(d.price), "profit": d.profit,
             "swap": d.swap, "commission": d.commission, "reason": _REASON[d.reason], "comment": d.comment}
            for d in rows
        ]  # fmt: skip

    def positions(self) -> List[Dict[str, Any]]:
        return [
            {"side": _TYPES[p.type], "lots": p.volume, "openPrice": self.spec.points(p.price_open), "sl": self.spec.points(p.sl),
             "tp": self.spec.points(p.tp), "swap": p.swap, "magic": p.magic}
            for p in mt5.positions_get()
        ]  # fmt: skip

    def orders(self) -> List[Dict[str, Any]]:
        return [
            {"type": _TYPES[o.type], "lots": o.volume_current, "price": self.spec.points(o.price_open), "sl": self.spec.points(o.sl)}
            for o in mt5.orders_get()
        ]


class Rules(unittest.TestCase):
    """One test a case, made below."""

    def run_case(self, case: Dict[str, Any]) -> None:
        """Carries out a case and compares every step."""
        desk = Desk(case)
        for number, step in enumerate(case["steps"], start=1):
            where = "step %d %s" % (number, json.dumps(step))
            if "margin" in step:
                side, lots, price = step["margin"]
                self.assertEqual(mt5.order_calc_margin(_TYPES.index(side), desk.symbol, lots, desk.price(price)), step["value"], where)
            if "profit" in step:
                side, lots, opened, closed = step["profit"]
                prices = (desk.price(opened), desk.price(closed))
                self.assertEqual(mt5.order_calc_profit(_TYPES.index(side), desk.symbol, lots, *prices), step["value"], where)
            before = len(desk.deals())
            if "quote" in step:
                desk.quote(*step["quote"], NOON + step["at"] if "at" in step else desk.now + 1000)
            if "clock" in step:
                desk.clock(NOON + step["clock"])
            result = desk.send(step)
            if "retcode" in step:
                self.assertIsNotNone(result, where)
                self.assertEqual(result.retcode, step["retcode"], where)
                if "as" in step:
                    opened_by = mt5.history_deals_get(ticket=result.order) if result.deal else ()
                    desk.labels[step["as"]] = opened_by[0].position_id if opened_by else result.order
            self.compare(desk.deals()[before:], step.get("deals"), where)
            self.compare(desk.positions(), step.get("positions"), where)
            self.compare(desk.orders(), step.get("orders"), where)
            if "balance" in step:
                self.assertAlmostEqual(mt5.account_info().balance, step["balance"], 8, where)
            if "marginInUse" in step:
                self.assertAlmostEqual(desk.world.book.margin, step["marginInUse"], 6, where)

    def compare(self, actual: List[Dict[str, Any]], wanted: Any, where: str) -> None:
        """A complete list; each item names the fields that matter."""
        if wanted is not None:
            shown = [{key: row[key] for key in want} for row, want in zip(actual, wanted)]
            self.assertEqual((len(actual), shown), (len(wanted), wanted), where)


def _add_cases() -> None:
    for number, case in enumerate(_VECTORS["cases"], start=1):

        def method(self: Rules, case: Dict[str, Any] = case) -> None:
            self.run_case(case)

        method.__doc__ = "%s %s" % (case["rule"], case["name"])
        setattr(Rules, "test_%03d" % number, method)


_add_cases()

if __name__ == "__main__":
    unittest.main()
