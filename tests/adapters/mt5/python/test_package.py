"""The stand-in from outside: the functions, names, shapes and errors of the MetaTrader5 package (rulebook B)."""

import datetime
import inspect
import unittest

from standin import NOON, deal, mt5, open_world, quote

FUNCTIONS = """initialize login shutdown version last_error account_info terminal_info symbols_total symbols_get symbol_info symbol_info_tick
symbol_select market_book_add market_book_get market_book_release copy_rates_from copy_rates_from_pos copy_rates_range copy_ticks_from
copy_ticks_range orders_total orders_get positions_total positions_get order_calc_margin order_calc_profit order_check order_send
history_orders_total history_orders_get history_deals_total history_deals_get""".split()


class Module(unittest.TestCase):
    def test_has_the_32_functions_and_nothing_else_but_the_handle(self) -> None:
        self.assertEqual(len(FUNCTIONS), 32)
        public = {name for name, value in vars(mt5).items() if inspect.isfunction(value) and not name.startswith("_")}
        self.assertEqual(public, set(FUNCTIONS) | {"sandbox"})

    def test_says_sandbox_wherever_a_person_looks(self) -> None:
        open_world()
        terminal, account = mt5.terminal_info(), mt5.account_info()
        for text in (mt5.__version__, terminal.name, terminal.company, account.name, account.server, account.company):
            self.assertIn("sandbox", text.lower())
        open_world(account={"name": "J. Doe", "server": "Broker-Live", "company": "Broker", "trade_mode": 2})
        account = mt5.account_info()
        self.assertEqual(account.trade_mode, mt5.ACCOUNT_TRADE_MODE_REAL)
        self.assertEqual((account.name, account.server, account.company), ("SANDBOX J. Doe", "Kinetra-Sandbox Broker-Live", "SANDBOX Broker"))

    def test_constants_have_the_packages_numbers_and_gaps(self) -> None:
        numbers = {
            "TIMEFRAME_H1": 16385, "TIMEFRAME_D1": 16408, "TIMEFRAME_MN1": 49153, "COPY_TICKS_ALL": -1, "ORDER_TYPE_CLOSE_BY": 8,
            "ORDER_FILLING_BOC": 3, "DEAL_TAX": 17, "DEAL_ENTRY_OUT_BY": 3, "TRADE_RETCODE_FIFO_CLOSE": 10045, "ACCOUNT_TRADE_MODE_REAL": 2,
            "RES_E_INTERNAL_FAIL_CONNECT": -10004, "SYMBOL_SWAP_MODE_REOPEN_BID": 8, "SYMBOL_TRADE_EXECUTION_EXCHANGE": 3,
        }  # fmt: skip
        for name, number in numbers.items():
            self.assertEqual(getattr(mt5, name), number, name)
        for name in ("SYMBOL_FILLING_FOK", "SYMBOL_FILLING_IOC", "SYMBOL_EXPIRATION_GTC", "TRADE_RETCODE_HEDGE_PROHIBITED"):
            self.assertFalse(hasattr(mt5, name), name)

    def test_structures_have_the_packages_order(self) -> None:
        from MetaTrader5 import structures

        counts = {"AccountInfo": 28, "TerminalInfo": 22, "SymbolInfo": 96, "Tick": 8, "TradeOrder": 24, "TradePosition": 19, "TradeDeal": 18,
                  "TradeRequest": 17, "OrderSendResult": 11, "OrderCheckResult": 9, "BookInfo": 4}  # fmt: skip
        self.assertEqual({name: len(getattr(structures, name)._fields) for name in counts}, counts)
        self.assertEqual(structures.SymbolInfo._fields[:4] + structures.SymbolInfo._fields[-4:], ("custom", "chart_mode", "select", "visible", "isin", "name", "page", "path"))
        self.assertEqual(structures.TradeRequest._fields[:4], ("action", "magic", "order", "symbol"))


class Connection(unittest.TestCase):
    def test_fails_before_initialize_and_after_shutdown(self) -> None:
        open_world(connect=False)
        for is_first in (True, False):
            for name, arguments in (("account_info", ()), ("terminal_info", ()), ("version", ()), ("positions_get", ()), ("positions_total", ()),
                                    ("symbol_info_tick", ("EURUSD",)), ("copy_ticks_from", ("EURUSD", 0, 1, -1)), ("order_send", ({},)),
                                    ("history_deals_get", (0, 1)), ("order_check", ({},))):  # fmt: skip
                self.assertIsNone(getattr(mt5, name)(*arguments), name)
                self.assertEqual(mt5.last_error(), (-10004, "No IPC connection"), name)
            self.assertIs(mt5.symbol_select("EURUSD", True), False)
            if is_first:
                self.assertIs(mt5.initialize(), True)
                self.assertEqual(mt5.last_error(), (1, "Success"))
                self.assertIsNotNone(mt5.account_info())
                self.assertIsNone(mt5.shutdown())

    def test_a_terminal_that_does_not_run(self) -> None:
        world = open_world(connect=False, terminal_running=False)
        self.assertIs(mt5.initialize(timeout=1), False)
        self.assertEqual(mt5.last_error(), (-10005, "IPC timeout"))
        world.command({"do": "terminal", "running": True})
        self.assertIs(mt5.initialize(), True)

    def test_login_takes_the_accounts_of_the_sandbox(self) -> None:
        first, second = {"login": 1, "balance": 10.0}, {"login": 2, "balance": 20.0, "password": "secret"}
        world = open_world(accounts=[first, second])
        del world
        self.assertEqual(mt5.account_info().login, 1)
        self.assertIs(mt5.login(3), False)
        self.assertEqual(mt5.last_error(), (-6, "Terminal: Authorization failed"))
        self.assertIs(mt5.login(2, "wrong"), False)
        self.assertIs(mt5.login(2, "secret"), True)
        self.assertEqual((mt5.account_info().login, mt5.account_info().balance), (2, 20.0))


class Symbols(unittest.TestCase):
    def test_groups(self) -> None:
        mt5.sandbox({"clock": {"mode": "manual", "start_ms": NOON}})
        mt5.initialize()
        names = [info.name for info in mt5.symbols_get()]
        self.assertEqual(names, ["EURUSD", "GBPUSD", "USDJPY", "XAUUSD"])
        self.assertEqual([info.name for info in mt5.symbols_get("*USD*,!*JPY,!XAU*")], ["EURUSD", "GBPUSD"])
        self.assertEqual([info.name for info in mt5.symbols_get(group="EUR*")], ["EURUSD"])
        self.assertEqual((mt5.symbols_total(), mt5.symbols_get("NOPE*")), (4, ()))
        self.assertIsNone(mt5.symbol_info("NOPE"))
        self.assertEqual(mt5.last_error()[0], -4)

    def test_a_symbol_outside_market_watch_has_no_prices(self) -> None:
        open_world({"select": False})
        info = mt5.symbol_info("EURUSD")
        self.assertEqual((info.visible, info.select, info.bid, info.ask, info.time), (False, False, 0.0, 0.0, 0))
        self.assertIsNone(mt5.symbol_info_tick("EURUSD"))
        self.assertIsNone(mt5.copy_ticks_from("EURUSD", 0, 10, -1))
        self.assertEqual(deal(0, 0.1).retcode, mt5.TRADE_RETCODE_PRICE_OFF)
        self.assertIs(mt5.symbol_select("EURUSD"), True)
        self.assertEqual(mt5.symbol_info("EURUSD").ask, 1.10002)
        self.assertEqual(deal(0, 0.1).retcode, mt5.TRADE_RETCODE_DONE)
        self.assertIs(mt5.symbol_select("EURUSD", False), False, "a symbol with a position stays")

    def test_symbol_info_shows_the_market_and_its_terms(self) -> None:
        world = open_world({"trade_stops_level": 7, "trade_tick_size": 0.00005})
        quote(world, 1.101, 1.1011, after_ms=1000)
        quote(world, 1.099, 1.0992, after_ms=1000)
        info = mt5.symbol_info("EURUSD")._asdict()
        want = dict(bid=1.099, ask=1.0992, bidhigh=1.101, bidlow=1.099, askhigh=1.1011, asklow=1.0992, spread=20, digits=5, point=0.00001,
                    trade_tick_size=0.00005, trade_stops_level=7, trade_tick_value=5.0, currency_base="EUR", time=NOON // 1000 + 2)  # fmt: skip
        self.assertEqual({key: info[key] for key in want}, want)

    def test_depth_of_market_needs_a_subscription(self) -> None:
        open_world()
        self.assertIsNone(mt5.market_book_get("EURUSD"))
        self.assertIs(mt5.market_book_add("EURUSD"), True)
        rows = mt5.market_book_get("EURUSD")
        self.assertEqual([row.type for row in rows], [1, 1, 1, 2, 2, 2])
        self.assertEqual((rows[2].price, rows[3].price), (1.10002, 1.1))
        self.assertIs(mt5.market_book_release("EURUSD"), True)
        self.assertIsNone(mt5.market_book_get("EURUSD"))


class Results(unittest.TestCase):
    """The shapes of rulebook B.7."""

    def test_a_deal(self) -> None:
        open_world()
        result = deal(0, 0.1, magic=7, comment="k1-X", price=1.10002)
        self.assertEqual((result.retcode, result.volume, result.price, result.bid, result.ask), (10009, 0.1, 1.10002, 1.1, 1.10002))
        self.assertEqual((result.comment, result.request_id, result.retcode_external), ("Request executed", 1, 0))
        self.assertGreater(result.deal, 0)
        self.assertNotEqual(result.deal, result.order)
        self.assertEqual((result.request.magic, result.request.comment, result.request._asdict()["symbol"]), (7, "k1-X", "EURUSD"))
        (position,) = mt5.positions_get()
        self.assertEqual((position.ticket, position.identifier, position.reason, position.magic), (result.order, result.order, 3, 7))
        (order,) = mt5.history_orders_get(ticket=result.order)
        self.assertEqual((order.state, order.position_id, order.volume_current, order.price_open), (4, position.identifier, 0.0, 0.0))
        (done,) = mt5.history_deals_get(ticket=result.order)
        self.assertEqual((done.ticket, done.order, done.position_id, done.entry, done.time_msc), (result.deal, result.order, position.identifier, 0, NOON))
        self.assertEqual(mt5.history_deals_get(position=position.identifier), (done,))

    def test_a_waiting_order_levels_and_removal(self) -> None:
        open_world()
        placed = mt5.order_send({"action": 5, "symbol": "EURUSD", "volume": 0.2, "type": 2, "price": 1.099, "type_filling": 2})
        self.assertEqual((placed.retcode, placed.deal, placed.price, placed.bid), (10009, 0, 0.0, 0.0))
        self.assertGreater(placed.order, 0)
        ticket = deal(0, 0.1).order
        levels = mt5.order_send({"action": 6, "position": ticket, "sl": 1.09, "tp": 1.11})
        self.assertEqual(levels[:7], (10009, 0, 0, 0.0, 0.0, 0.0, 0.0))
        self.assertEqual((mt5.positions_get(ticket=ticket)[0].sl, mt5.orders_total(), mt5.positions_total()), (1.09, 1, 1))
        changed = mt5.order_send({"action": 7, "order": placed.order, "price": 1.098})
        self.assertEqual((changed.retcode, mt5.orders_get(ticket=placed.order)[0].price_open), (10009, 1.098))
        self.assertEqual(mt5.order_send({"action": 8, "order": placed.order}).retcode, 10009)
        self.assertEqual((mt5.orders_get(), mt5.history_orders_get(ticket=placed.order)[0].state), ((), mt5.ORDER_STATE_CANCELED))

    def test_a_refusal_is_all_zeros(self) -> None:
        open_world()
        result = deal(0, 0.105)
        self.assertEqual(result[:8], (10014, 0, 0, 0.0, 0.0, 0.0, 0.0, "Invalid volume"))
        self.assertEqual(result.request_id, 1)

    def test_a_requote_shows_the_new_quotes(self) -> None:
        open_world({"trade_exemode": 1})
        result = deal(0, 0.1, price=1.099)
        self.assertEqual((result.retcode, result.bid, result.ask, result.price), (10004, 1.1, 1.10002, 0.0))

    def test_bad_arguments_are_none(self) -> None:
        open_world()
        good = {"action": 1, "symbol": "EURUSD", "volume": 0.1, "type": 0, "type_filling": 1}
        for key, value in (("sl", "1.09"), ("volume", None), ("magic", -1), ("magic", 1.5), ("deviation", True), ("symbol", 5), ("surprise", 1),
                           ("comment", "x" * 28), ("comment", "ä"), ("comment", 'a"b')):  # fmt: skip
            self.assertIsNone(mt5.order_send({**good, key: value}), (key, value))
            self.assertEqual(mt5.last_error(), (-2, 'Invalid "%s" argument' % key))
        self.assertIsNone(mt5.order_send("buy"))
        self.assertEqual((mt5.positions_get(), mt5.history_orders_total(0, 2**33)), ((), 0))
        self.assertEqual(mt5.order_send({**good, "comment": "x" * 27, "volume": 1}).retcode, 10009)

    def test_missing_filling_means_fok(self) -> None:
        open_world({"filling_mode": 2})
        self.assertEqual(mt5.order_send({"action": 1, "symbol": "EURUSD", "volume": 0.1, "type": 0}).retcode, 10030)

    def test_not_a_number_is_malformed(self) -> None:
        open_world()
        for value in (float("nan"), float("inf"), -1.0):
            self.assertEqual(deal(0, value).retcode, 10013, value)
            self.assertEqual(deal(0, 0.1, sl=value).retcode, 10013, value)

    def test_order_check_shows_the_account_after_and_ignores_the_session(self) -> None:
        closed = [[], [], [[0, 720]], [], [], [], []]
        open_world({"sessions": closed}, {"balance": 1200.0})
        request = {"action": 1, "symbol": "EURUSD", "volume": 1.0, "type": 0, "type_filling": 1}
        check = mt5.order_check(request)
        self.assertEqual(check[:6], (0, 1200.0, 1200.0, 0.0, 1100.02, 99.98))
        self.assertEqual((round(check.margin_level, 6), check.comment), (round(1200 / 1100.02 * 100, 6), "Done"))
        self.assertEqual(mt5.order_send(request).retcode, 10018)
        self.assertEqual(mt5.order_check({**request, "volume": 0.105})[:8], (10014, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, "Invalid volume"))
        self.assertEqual(mt5.order_check({**request, "volume": 2.0})[:6], (10019, 1200.0, 1200.0, 0.0, 2200.04, -1000.04))

    def test_a_netting_reversal_keeps_the_identifier_and_changes_the_ticket(self) -> None:
        open_world(account={"margin_mode": 0})
        first, second = deal(0, 1.0), deal(1, 1.7)
        (position,) = mt5.positions_get()
        self.assertEqual((position.identifier, position.ticket, position.type, position.volume), (first.order, second.order, 1, 0.7))
        self.assertEqual(mt5.history_deals_get(position=first.order)[1].entry, mt5.DEAL_ENTRY_INOUT)

    def test_account_figures_fit_each_other(self) -> None:
        world = open_world()
        deal(0, 1.0)
        quote(world, 1.10102, 1.10104, after_ms=1000)
        account = mt5.account_info()
        self.assertEqual((account.balance, account.profit, account.equity, account.margin), (100_000.0, 100.0, 100_100.0, 1100.02))
        self.assertEqual(account.margin_free, 98_999.98)
        self.assertAlmostEqual(account.margin_level, 9099.834548, 5)
        self.assertEqual(mt5.positions_get()[0].profit, 100.0)

    def test_history_by_dates_is_server_time_and_both_ends_count(self) -> None:
        world = open_world(server_offset_s=7200)
        world.command({"do": "balance", "amount": 5.0, "comment": "deposit"})
        ticket = deal(0, 0.1).order
        at = NOON // 1000 + 7200
        self.assertEqual([d.type for d in mt5.history_deals_get(at, at)], [2, 0])
        self.assertEqual(mt5.history_deals_get(at - 7200, at - 1), ())
        self.assertEqual(mt5.history_deals_get(at + 1, at + 9), ())
        self.assertEqual([d.order for d in mt5.history_deals_get(at, at, group="EUR*")], [ticket])
        utc = datetime.timezone.utc
        dates = (datetime.datetime.fromtimestamp(at, utc), datetime.datetime.fromtimestamp(at + 5, utc))
        self.assertEqual((mt5.history_deals_total(*dates), mt5.history_orders_total(*dates)), (2, 1))
        self.assertIsNone(mt5.history_deals_get("yesterday", at))
        self.assertEqual(mt5.last_error()[0], -2)


class Switches(unittest.TestCase):
    """The four that allow trading (rulebook B.6)."""

    def test_each_is_visible_and_refuses_with_its_own_code(self) -> None:
        for name, code, shown in (
            ("algo", 10027, lambda: mt5.terminal_info().trade_allowed is False),
            ("api", 10027, lambda: mt5.terminal_info().tradeapi_disabled is True),
            ("account", 10017, lambda: mt5.account_info().trade_allowed is False),
            ("expert", 10026, lambda: mt5.account_info().trade_expert is False),
        ):
            world = open_world()
            world.command({"do": "switch", "name": name, "on": False})
            self.assertTrue(shown(), name)
            result = deal(0, 0.1)
            self.assertEqual((result.retcode, result.request_id, mt5.positions_total()), (code, 0, 0), name)
            world.command({"do": "switch", "name": name, "on": True})
            self.assertEqual(deal(0, 0.1).retcode, 10009, name)


if __name__ == "__main__":
    unittest.main()
