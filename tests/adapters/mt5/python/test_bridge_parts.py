"""The bridge's pure parts, and that the one file a trader saves is what the modules say."""

import ast
import json
import os
import random
import re
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List

from rig import BRIDGE, TOKEN

from kinetra_bridge.activity import Told, diff_orders, merge_events
from kinetra_bridge.auth import bridge_proof, client_proof, proof_matches
from kinetra_bridge.client import ROLES
from kinetra_bridge.codes import ERROR_CODES, RETCODES, retcode_class, retcode_name
from kinetra_bridge.commands import Commands
from kinetra_bridge.cursor import Cursor, advance, read_batch
from kinetra_bridge.frame import BadFrame, BadRequest, clean_text, decode_frame, encode_body, envelope
from kinetra_bridge.journal import Journal, OrderRow
from kinetra_bridge.kill import KILL_MODES, new_cid
from kinetra_bridge.limits import Bucket, Lease, day_loss
from kinetra_bridge.offset import ServerClock
from kinetra_bridge.orders import build_request, lint_request, order_token, parse_order, round_price, round_volume, valid_cid
from kinetra_bridge.outcome import judge_answer, judge_evidence
from kinetra_bridge.requests import Requests
from kinetra_bridge.resolver import find_token, resolve_filling, resolve_symbol
from kinetra_bridge.server import refusal
from kinetra_bridge.settings import BadSettings, Limits, Settings, is_loopback, parse_settings

CID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


class Frames(unittest.TestCase):
    def test_a_good_frame_is_read(self) -> None:
        frame = decode_frame('{"v":1,"t":"ping","seq":7,"ts":1,"id":"a","d":{"n":1},"more":2}')
        self.assertEqual((frame.t, frame.seq, frame.id, frame.d), ("ping", 7, "a", {"n": 1}))

    def test_what_is_no_frame_raises_bad_frame_and_nothing_else(self) -> None:
        dice = random.Random(5)
        good = '{"v":1,"t":"order","seq":2,"ts":3,"id":"x","d":{"a":[1,2.5,{"b":null}]}}'
        for _ in range(4000):
            text = list(good)
            for _ in range(dice.randrange(1, 6)):
                text[dice.randrange(len(text))] = chr(dice.choice([dice.randrange(32, 127), 0, 0x202E, 0xD800, 0x1F600]))
            try:
                decode_frame("".join(text)[: dice.randrange(1, len(text) + 1)])
            except BadFrame:
                pass
        for data in (b"{}", None, '{"v":true,"t":"a","seq":1,"ts":1}', '{"v":1,"t":"A","seq":1,"ts":1}', "[" * 100_000, '{"v":1,"t":"a","seq":1,"ts":1,"d":{"x":1e999}}'):
            with self.subTest(data=str(data)[:40]), self.assertRaises(BadFrame):
                decode_frame(data)

    def test_64_bit_numbers_are_strings_and_what_is_not_finite_is_null(self) -> None:
        body = {"ticket": 5, "magic": 2**60, "volume": 0.1, "profit": float("nan"), "deals": [{"order": 7, "x": 2**60}], "open": True, "text": "a\x1b[31m\u202eb"}
        self.assertEqual(
            json.loads(encode_body(body)),
            {"ticket": "5", "magic": str(2**60), "volume": 0.1, "profit": None, "deals": [{"order": "7", "x": str(2**60)}], "open": True, "text": "a\ufffd[31m\ufffdb"},
        )
        self.assertEqual(json.loads(envelope("pong", "{}", 3, 9, "s", "r")), {"v": 1, "t": "pong", "seq": 3, "ts": 9, "sid": "s", "re": "r", "d": {}})
        self.assertEqual(len(clean_text("x" * 500)), 256)

    def test_proofs_depend_on_every_part_and_are_compared_whole(self) -> None:
        proof = client_proof(b"k" * 32, "a", "b", "control")
        for other in (client_proof(b"l" * 32, "a", "b", "control"), client_proof(b"k" * 32, "b", "a", "control"), client_proof(b"k" * 32, "a", "b", "kill"), proof[:-1], None, 7):
            self.assertFalse(proof_matches(proof, other))
        self.assertTrue(proof_matches(proof, proof))


class Rules(unittest.TestCase):
    def test_filling_follows_the_table_of_execution_and_flags(self) -> None:
        cases = [("auto", False, 0, 0, 0), ("auto", False, 1, 3, 0), ("auto", False, 2, 3, 1), ("auto", False, 2, 1, 0), ("auto", False, 3, 0, 2), ("fok", False, 2, 1, 0), ("auto", True, 2, 0, 2)]
        for wish, pending, execution, flags, expected in cases:
            with self.subTest(wish=wish, execution=execution, flags=flags):
                self.assertEqual(resolve_filling(wish, pending, execution, flags, 0), expected)
        for wish, execution, flags in (("auto", 2, 0), ("fok", 2, 2), ("return", 2, 3), ("boc", 2, 7)):
            with self.subTest(wish=wish), self.assertRaises(BadRequest) as refused:
                resolve_filling(wish, False, execution, flags, 0)
            self.assertEqual(refused.exception.code, "MT5_10030")
        self.assertEqual(resolve_filling("boc", True, 2, 4, 2), 3)

    def test_symbols_are_resolved_or_listed_never_guessed(self) -> None:
        def row(name: str, spread: int = 5, visible: bool = True, mode: int = 4, base: str = "", profit: str = "") -> Dict[str, Any]:
            return {"name": name, "spread": spread, "visible": visible, "trade_mode": mode, "currency_base": base, "currency_profit": profit, "trade_calc_mode": 0}

        cases = [
            ("EURUSD", [row("EURUSD"), row("EURUSD.m")], "EURUSD"),
            ("EURUSD", [row("EURUSD.m"), row("GBPUSD.m")], "EURUSD.m"),
            ("EURUSD", [row("EURUSDpro", 9), row("EURUSD.raw", 1)], "EURUSD.raw"),
            ("EURUSD", [row("EURUSDm", visible=False), row("EURUSD.x")], "EURUSD.x"),
            ("XAUUSD", [row("GOLD")], "GOLD"),
            ("US30", [row("DJ30.cash")], "DJ30.cash"),
            ("EURUSD", [row("6E", base="EUR", profit="USD")], "6E"),
            ("EURUSD", [row("EURUSD.a", mode=3), row("EURUSD.b")], "EURUSD.b"),
        ]
        for wanted, table, expected in cases:
            with self.subTest(expected=expected):
                self.assertEqual(resolve_symbol(wanted, table, {}), expected)
        self.assertEqual(resolve_symbol("EURUSD", [row("EURUSD"), row("OTHER")], {"EURUSD": "OTHER"}), "OTHER")
        for table, code in (([row("EURUSD.a"), row("EURUSD.b")], "SYMBOL_AMBIGUOUS"), ([row("EURUSDX20260101")], "SYMBOL_UNKNOWN"), ([], "SYMBOL_UNKNOWN")):
            with self.subTest(code=code), self.assertRaises(BadRequest) as refused:
                resolve_symbol("EURUSD", table, {})
            self.assertEqual(refused.exception.code, code)
        with self.assertRaises(BadRequest):
            resolve_symbol("EURUSD", [row("EURUSD")], {"EURUSD": "GONE"})

    def test_rounding_never_makes_an_order_larger(self) -> None:
        spec = {"digits": 2, "trade_tick_size": 0.25, "point": 0.01, "volume_step": 0.01}
        self.assertEqual(round_price(100.13, spec), 100.25)
        dice = random.Random(3)
        for _ in range(2000):
            volume = dice.random() * 10
            rounded = round_volume(volume, spec)
            self.assertLessEqual(rounded, volume)
            self.assertLess(volume - rounded, 0.01 + 1e-12)
        self.assertEqual(round_volume(0.3, {"volume_step": 0.1}), 0.3, "no binary dust")

    def test_tokens_fit_into_comments_and_are_found_in_what_brokers_make_of_them(self) -> None:
        token = order_token(CID)
        self.assertRegex(token, r"^[a-z2-7]{13}$")
        self.assertEqual(find_token("k1-%s[sl 1.2]" % token), token)
        self.assertEqual(find_token("close k1-%s" % token), token)
        self.assertIsNone(find_token("k1-short"))
        self.assertIsNone(find_token(None))
        self.assertTrue(valid_cid(new_cid(1_700_000_000_000)))
        self.assertLess(new_cid(1_000), new_cid(2_000))

    def test_every_retcode_has_one_class_and_what_is_not_published_is_unknown(self) -> None:
        self.assertEqual({kind for _, kind in RETCODES.values()}, {"ok", "px", "unk", "back", "cfg", "req", "noop", "no"})
        self.assertEqual((retcode_name(10004), retcode_class(10004)), ("REQUOTE", "px"))
        self.assertEqual((retcode_name(10005), retcode_class(10005)), ("RETCODE_10005", "unk"))

    def test_answers_are_judged(self) -> None:
        deal = {"action": 1, "volume": 0.1}
        cases = [
            (deal, 10009, 0.1, "filled"), (deal, 10010, 0.05, "partial"), (deal, 10009, 0.05, "partial"), (deal, 10008, 0, "watching"), (deal, 10004, 0, "requote"),
            (deal, 10011, 0, "unknown"), (deal, 10012, 0, "unknown"), (deal, 10031, 0, "unknown"), (deal, 10023, 0, "unknown"), (deal, 10005, 0, "unknown"),
            (deal, 10019, 0, "rejected"), ({"action": 6}, 10025, 0, "modified"), ({**deal, "position": 4}, 10036, 0, "filled"), (deal, 10036, 0, "rejected"),
            ({"action": 5}, 10009, 0, "placed"), ({"action": 5}, 10008, 0, "placed"), ({"action": 8}, 10009, 0, "removed"), ({"action": 7}, 10009, 0, "modified"),
        ]
        for request, retcode, volume, expected in cases:
            with self.subTest(request=request, retcode=retcode):
                answer = {"retcode": retcode, "deal": 1, "order": 2, "volume": volume, "price": 1.1, "bid": 1, "ask": 2, "comment": "", "request_id": 3, "retcode_external": 0}
                self.assertEqual(judge_answer(request, answer, None).state, expected)
        for code, expected in ((-2, "rejected"), (-8, "rejected"), (-10001, "unknown"), (-10004, "unknown"), (-10005, "unknown"), (-1, "unknown"), (1, "unknown")):
            self.assertEqual(judge_answer(deal, None, [code, "x"]).state, expected, code)

    def test_evidence_matches_by_comment_or_by_everything_else_and_two_candidates_are_for_a_person(self) -> None:
        row = OrderRow(CID, order_token(CID), "1@s", 7, "EURUSD", True, "unknown", "", {}, {"action": 1, "type": 0, "volume": 0.1}, None, {"order": 100, "server_msc": 10_000}, 0, 0, 0, None, None, None)

        def order(ticket: int, **more: Any) -> Dict[str, Any]:
            return {"ticket": ticket, "magic": 7, "symbol": "EURUSD", "type": 0, "volume_initial": 0.1, "volume_current": 0, "time_setup_msc": 11_000, "comment": "", "state": 4, "position_id": ticket, "price_open": 1.1, **more}

        def deal(ticket: int, of: int, comment: str = "", volume: float = 0.1) -> Dict[str, Any]:
            return {"ticket": ticket, "order": of, "position_id": of, "volume": volume, "price": 1.1, "comment": comment, "entry": 0}

        def look(orders: List[Any], deals: List[Any]) -> Any:
            return judge_evidence(row, {"positions": [], "orders": [], "history_orders": orders, "deals": deals})

        marked = "k1-" + order_token(CID)
        self.assertEqual(look([order(101)], [deal(5, 101)]).state, "filled")
        self.assertEqual(look([order(101, comment=marked), order(102)], [deal(5, 101), deal(6, 102)]).body["order"], 101)
        self.assertEqual(look([order(101)], [deal(5, 101, volume=0.04)]).state, "partial")
        self.assertEqual(look([order(101), order(102)], [deal(5, 101), deal(6, 102)]).state, "ambiguous")
        self.assertEqual(look([order(101, state=5)], []).state, "rejected")
        self.assertEqual(look([order(101)], []).state, "trace", "an order without its deal yet: there, so never absent")
        for other in (order(99), order(101, magic=8), order(101, symbol="X"), order(101, type=1), order(101, volume_initial=0.2), order(101, time_setup_msc=1), order(101, comment="k1-aaaaaaaaaaaaa")):
            with self.subTest(other=other):
                self.assertIsNone(look([other], [deal(5, other["ticket"])]))

    def test_lint_knows_the_sides(self) -> None:
        spec = {"digits": 5, "point": 0.00001, "trade_tick_size": 0.00001, "trade_stops_level": 10, "trade_mode": 4, "trade_exemode": 2}
        tick = {"bid": 1.1, "ask": 1.1001}
        cases = [
            ({"action": 1, "type": 0, "price": 1.1001, "sl": 1.0}, []), ({"action": 1, "type": 0, "price": 1.1001, "sl": 1.09995}, ["MT5_10016"]),
            ({"action": 1, "type": 1, "price": 1.1, "sl": 1.2, "tp": 1.0}, []), ({"action": 1, "type": 1, "price": 1.1, "sl": 1.0}, ["MT5_10016"]),
            ({"action": 5, "type": 2, "price": 1.2}, ["MT5_10015"]), ({"action": 5, "type": 5, "price": 1.0}, []), ({"action": 5, "type": 4, "price": 1.10015}, ["MT5_10015"]),
        ]
        for request, codes in cases:
            with self.subTest(request=request):
                self.assertEqual([found["code"] for found in lint_request(request, spec, tick)], codes)
        self.assertEqual(lint_request({"action": 1, "type": 0, "price": 1}, {**spec, "trade_mode": 3}, tick)[0]["code"], "MT5_10044")
        self.assertEqual(lint_request({"action": 1, "type": 0, "price": 1}, spec, {"bid": 0, "ask": 0})[0]["code"], "MT5_10021")

    def test_a_request_is_built_as_the_table_of_fields_says(self) -> None:
        body = {"cid": CID, "action": "deal", "symbol": "EURUSD", "type": "sell", "volume": 0.109, "sl": 1.20001234, "magic": "9", "ttl_ms": 5, "fence": {"epoch": 1, "nonce": "n"}}
        spec = {"digits": 5, "point": 1e-5, "trade_tick_size": 1e-5, "volume_min": 0.01, "volume_max": 5, "volume_step": 0.01, "trade_exemode": 2, "filling_mode": 2}
        request = build_request(parse_order(body), "EURUSD.m", spec, {"bid": 1.1, "ask": 1.2}, None)
        self.assertEqual(
            request,
            {"action": 1, "symbol": "EURUSD.m", "magic": 9, "comment": "k1-" + order_token(CID), "volume": 0.1, "type": 1, "price": 1.1, "deviation": 20, "type_filling": 1, "type_time": 0, "sl": 1.20001},
        )


class Memory(unittest.TestCase):
    def test_the_cursor_loses_and_repeats_nothing_whatever_the_batches(self) -> None:
        dice = random.Random(9)
        for _ in range(60):
            times, moment = [], 1_000_000
            for _ in range(dice.randrange(1, 400)):
                moment += dice.choice([0, 0, 1, 3, 700, 2500])
                times.append(moment)

            def read(second: int, count: int) -> Dict[str, List[int]]:
                return {"t": [time for time in times if time >= second * 1000][:count]}

            got: List[int] = []
            cursor = Cursor(times[0])
            for _ in range(2000):
                batch = read_batch(read, cursor, dice.randrange(1, 30))
                assert batch is not None
                self.assertFalse(batch.gap)
                if not len(batch):
                    break
                got += batch.columns["t"]
                cursor = batch.cursor
            self.assertEqual(got, times)
        self.assertTrue(read_batch(lambda s, c: {"t": [5000]}, Cursor(4000, 2), 10).gap)  # type: ignore[union-attr]
        self.assertEqual(advance(Cursor(5, 2), [5, 5, 6]), Cursor(6, 1))
        self.assertIsNone(read_batch(lambda s, c: None, Cursor(1), 5))

    def test_the_journal_keeps_orders_events_deals_and_kills(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x" / "bridge.db"
            journal = Journal(path)
            row = OrderRow(CID, "t", "a", 2**52, "S", True, "sending", "d", {"x": 1}, None, None, None, 1, 5, 1, None, None, None)
            journal.add_order(row)
            with self.assertRaises(Exception):
                journal.add_order(row)
            row.state, row.result, row.order_ticket = "filled", {"deal": 3}, 2**50
            journal.update_order(row)
            first = [journal.add_event(1, "k", {"n": n}) for n in range(3)]
            journal.remember_deals("a", [(1, 10)])
            journal.latch_kill("all", "flatten", "r", 1)
            identity = journal.id
            journal.close()
            journal = Journal(path)
            self.assertEqual((journal.id, journal.order(CID)), (identity, row))
            self.assertEqual(journal.order_by_ticket("a", 2**50), row)
            self.assertEqual((journal.open_orders("a"), journal.sent_since("a", 5), journal.sent_since("a", 6)), ([], 1, 0))
            self.assertEqual(journal.new_deals("a", [(1, 10), (2, 11)]), [2])
            self.assertEqual(journal.new_deals("b", [(1, 10)]), [1])
            self.assertEqual(journal.add_event(1, "k", {}), first[-1] + 1)
            self.assertEqual([event[3] for event in journal.events_from(2, 2)], [{"n": 1}, {"n": 2}])
            self.assertEqual(list(journal.kills()), ["all"])
            self.assertTrue(journal.release_kill("all"))
            self.assertFalse(journal.release_kill("all"))
            journal.close()

    def test_openings_and_closings_are_told_once_whatever_shows_them_first(self) -> None:
        def deal(ticket: int, entry: int, position: int) -> Dict[str, Any]:
            return {"ticket": ticket, "time_msc": ticket, "type": 0 if entry == 0 else 1, "entry": entry, "position_id": position, "symbol": "S", "volume": 1, "magic": 0, "reason": 0, "comment": ""}

        def held(position: int) -> Dict[str, Any]:
            return {"identifier": position, "ticket": position, "type": 0, "volume": 1, "price_open": 1, "sl": 0, "tp": 0, "magic": 0, "comment": ""}

        def kinds(*looks: Any) -> List[str]:
            told, before, out = Told(), {}, []
            for deals, after in looks:
                events = merge_events(deals, before, after, told)
                out += [kind for kind, _, _ in events if kind.startswith("position_")]
                before = after
            return out

        opened, closed = deal(1, 0, 7), deal(2, 1, 7)
        self.assertEqual(kinds(([opened], {7: held(7)}), ([closed], {})), ["position_opened", "position_closed"])
        self.assertEqual(kinds(([opened, closed], {})), ["position_opened", "position_closed"])
        self.assertEqual(kinds(([opened], {}), ([], {7: held(7)}), ([], {}), ([closed], {})), ["position_opened", "position_changed", "position_closed"])
        self.assertEqual(kinds(([], {7: held(7)}), ([opened], {7: held(7)}), ([], {}), ([closed], {})), ["position_opened", "position_closed"])
        self.assertEqual(kinds(([closed], {})), ["position_closed"], "closed while the bridge was down")
        self.assertEqual([kind for kind, _, _ in diff_orders({1: {"state": 1}}, {1: {"state": 3}, 2: {"state": 1}})], ["order_changed", "order_added"])

    def test_the_offset_is_believed_only_when_quotes_move_and_agree(self) -> None:
        clock = ServerClock()
        base = 1_700_000_000_000
        for n in range(3):
            clock.saw("S", base + 7_200_000 + n * 1000, base + n * 1000 + 50, float(n))
        self.assertIsNone(clock.offset_s)
        self.assertIsNone(ServerClock().age_s("S", base, 0.0))
        clock.saw("S", base + 7_200_000 + 3000, base + 3050, 3.0)
        self.assertEqual((clock.offset_s, clock.utc_ms(base + 7_200_000)), (7200, base))
        self.assertAlmostEqual(clock.age_s("S", base, 5.5) or 0, 2.5)
        stale = ServerClock()
        for n in range(5):
            stale.saw("S", base + n, base + 900_000 + n * 1000, float(n))
        self.assertIsNone(stale.offset_s, "a quarter of an hour is no time zone")

    def test_limits_of_time_and_loss(self) -> None:
        bucket = Bucket(10, 2)
        self.assertEqual([bucket.take(0.0), bucket.take(0.0), bucket.take(0.0), bucket.take(0.1)], [True, True, False, True])
        lease = Lease()
        self.assertFalse(lease.is_held(0))
        self.assertTrue(lease.renew(0, 5, [1]))
        self.assertEqual((lease.is_held(5), lease.is_held(5.1), lease.expire(5.1), lease.expire(5.2), lease.renew(5.3, 5, [1])), (True, False, True, False, False))
        lease.fenced()
        self.assertTrue(lease.renew(6, 5, [1]))
        self.assertEqual((day_loss(100, {"equity": 95}), day_loss(100, {"equity": 105}), day_loss(None, {"equity": 1}), day_loss(0, {"equity": 1})), (5.0, 0.0, None, None))

    def test_addresses_and_hosts(self) -> None:
        self.assertEqual([is_loopback(host) for host in ("127.0.0.1", "localhost", "::1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "evil")], [True, True, True, True, False, False, False])
        settings = Settings(data=Path("/nowhere"))
        self.assertIsNone(refusal(None, "127.0.0.1:1", settings, 1))
        self.assertIsNone(refusal(None, "[::1]:1", settings, 1))
        for origin, host in (("null", "127.0.0.1:1"), (None, None), (None, "127.0.0.1"), (None, "127.0.0.1.evil:1")):
            self.assertIsNotNone(refusal(origin, host, settings, 1))
        with self.assertRaises(BadSettings):
            parse_settings({"host": "192.168.1.2"}, Path("."))


class Document(unittest.TestCase):
    def test_the_protocol_document_names_every_code_message_field_and_event(self) -> None:
        text = (BRIDGE.parents[3] / "docs" / "BRIDGE_PROTOCOL.md").read_text()
        words = list(ERROR_CODES) + [name[3:] for made in (Commands, Requests) for name in vars(made) if name[:3] in ("do_", "on_")]
        words += list(parse_order.__globals__["_FIELDS"]) + list(Limits.__dataclass_fields__) + list(KILL_MODES) + list(ROLES)
        source = "".join(path.read_text() for path in (BRIDGE / "kinetra_bridge").glob("*.py"))
        words += re.findall(r'publish\(\s*"(\w+)"', source) + re.findall(r'push\("(\w+)"', source)
        self.assertGreater(len(words), 100)
        self.assertEqual([word for word in words if not re.search(r"\b%s\b" % word, text)], [])


    def test_the_examples_are_frames_and_their_proofs_are_right(self) -> None:
        text = (BRIDGE.parents[3] / "docs" / "BRIDGE_PROTOCOL.md").read_text()
        frames = [decode_frame(line) for line in text.split("\n") if line.startswith('{"v":1,')]
        told = {frame.t: frame.d for frame in frames}
        self.assertGreater(len(told), 12)
        nonces = (told["hello"]["nonce"], told["auth"]["nonce"])
        self.assertEqual(told["auth"]["proof"], client_proof(TOKEN.encode(), *nonces, "control"))
        self.assertEqual(told["auth_ok"]["proof"], bridge_proof(TOKEN.encode(), *nonces, told["auth_ok"]["session"]))
        self.assertEqual(told["order_ack"]["token"], parse_order(told["order"]).token)


@unittest.skipUnless(os.environ.get("KINETRA_BRIDGE_FILE"), "KINETRA_BRIDGE_FILE names no joined file")
class OneFile(unittest.TestCase):
    def test_the_joined_file_holds_every_definition_of_every_module_and_nothing_else(self) -> None:
        joined = ast.parse(Path(os.environ["KINETRA_BRIDGE_FILE"]).read_text())

        def statements(tree: ast.Module) -> List[str]:
            kept = [node for node in tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))]
            if kept and isinstance(kept[0], ast.Expr) and isinstance(kept[0].value, ast.Constant):
                kept = kept[1:]
            return [ast.dump(node) for node in kept]

        modules = [path for path in sorted((BRIDGE / "kinetra_bridge").glob("*.py")) if not path.name.startswith("__")]
        expected = sorted(text for path in modules for text in statements(ast.parse(path.read_text())))
        found = statements(joined)
        self.assertIn("__main__", found[-1])
        self.assertEqual(sorted(found[:-1]), expected)

    def test_modules_import_names_only_and_are_short(self) -> None:
        for path in sorted((BRIDGE / "kinetra_bridge").glob("*.py")):
            with self.subTest(module=path.name):
                text = path.read_text()
                self.assertLessEqual(text.count("\n"), 350)
                for node in ast.walk(ast.parse(text)):
                    if isinstance(node, ast.ImportFrom) and node.level > 0:
                        self.assertTrue(node.module and all(name.asname is None for name in node.names))
                    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                        nested = node.name in ("handle", "check", "handshake", "serve_socket")
                        self.assertTrue(nested or ast.get_docstring(node), node.name)


if __name__ == "__main__":
    unittest.main()
