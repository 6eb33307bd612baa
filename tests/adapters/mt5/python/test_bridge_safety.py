"""Who may come in, what stops trading, and what no client may break."""

import asyncio
import json
import os
import random
import socket
import tempfile
import unittest
from pathlib import Path

from rig import MAGIC, TOKEN, BridgeCase, Cockpit

from kinetra_bridge.auth import bridge_proof, client_proof
from kinetra_bridge.client import Client
from kinetra_bridge.desk import Desk
from kinetra_bridge.gateway import Gateway
from kinetra_bridge.journal import Journal
from kinetra_bridge.outbox import MOST_BYTES
from kinetra_bridge.settings import Settings, Timings


def http_answer(port: int, headers: str) -> str:
    """The first line that a WebSocket handshake with these headers is answered with."""
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        line.sendall(
            ("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n" % headers).encode()
        )
        return line.recv(4096).decode("latin1").split("\r\n")[0]


class Doors(BridgeCase):
    async def test_only_who_knows_the_token_and_the_version_comes_in(self) -> None:
        rig = self.rig()
        good = Cockpit(rig)
        self.addAsyncCleanup(self._leave, good)
        await good.open()
        welcome = (await good.wait("auth_ok"))["d"]
        hello = good.frames[0]["d"]
        self.assertEqual(welcome["proof"], bridge_proof(TOKEN.encode(), hello["nonce"], "n" * 32, welcome["session"]))
        self.assertEqual((welcome["live_lock"] in ("not_needed", "closed"), welcome["read_only"]), (True, False))
        wrong = client_proof(b"x" * 64, hello["nonce"], "n" * 32, "control")
        cases = [
            ({"proof": wrong}, "AUTH_FAILED", 4001), ({"proof": ""}, "AUTH_FAILED", 4001), ({"proof": None}, "AUTH_FAILED", 4001),
            ({"proof": "\u00e9" * 64}, "AUTH_FAILED", 4001), ({"role": "watch"}, "AUTH_FAILED", 4001), ({"nonce": "short"}, "AUTH_FAILED", 4001),
            ({"protocol": 2}, "VERSION_UNSUPPORTED", 4002), ({"protocol": 0}, "VERSION_UNSUPPORTED", 4002),
        ]
        for auth, code, close in cases:
            with self.subTest(auth=auth):
                other = Cockpit(rig)
                self.addAsyncCleanup(self._leave, other)
                await other.open(**auth)
                refused = await other.wait("auth_error")
                self.assertEqual(refused["d"]["code"], code)
                for _ in range(200):
                    if other.closed is not None:
                        break
                    await asyncio.sleep(0.02)
                self.assertEqual(other.closed, close)
        self.assertIsNone(good.closed, "nobody who failed replaced the one who is in")
        self.assertNotIn(TOKEN, "\n".join(rig.lines))

    async def test_browsers_strange_hosts_and_silent_callers_stay_out(self) -> None:
        rig = self.rig()
        host = "Host: 127.0.0.1:%d\r\n" % rig.port
        self.assertIn("101", http_answer(rig.port, host))
        for headers in (host + "Origin: https://evil.example\r\n", host + "Origin: null\r\n", "Host: evil.example:%d\r\n" % rig.port, "Host: 127.0.0.1:1\r\n"):
            with self.subTest(headers=headers):
                self.assertIn("403", http_answer(rig.port, headers))
        silent = Cockpit(rig)
        self.addAsyncCleanup(self._leave, silent)
        silent_auth = silent.send
        silent.send = lambda *_a, **_k: asyncio.sleep(0)  # type: ignore[assignment,method-assign]
        await silent.open()
        await silent.wait("auth_error", seconds=6)
        silent.send = silent_auth  # type: ignore[method-assign]

    async def test_one_controls_others_watch_and_a_newer_session_takes_over(self) -> None:
        rig = self.rig()
        first = await self.trading(rig)
        watcher = await self.cockpit(rig, "watch")
        self.assertEqual((await watcher.ask("order", first.wish(), "error"))["d"]["code"], "READ_ONLY")
        self.assertEqual((await watcher.ask("kill", {"scope": "all", "mode": "block_new"}, "error"))["d"]["code"], "READ_ONLY")
        self.assertEqual((await watcher.ask("status"))["t"], "status")
        second = await self.cockpit(rig)
        for _ in range(200):
            if first.closed is not None:
                break
            await asyncio.sleep(0.02)
        self.assertEqual(first.closed, 4003)
        self.assertIsNone(watcher.closed)
        stale = second.wish(fence={"epoch": first.epoch, "nonce": first.nonce})
        self.assertEqual((await second.ask("order", stale))["d"]["code"], "STALE_FENCE")
        used = await second.ask("fence", {"epoch": first.epoch, "nonce": "x"}, "error")
        self.assertEqual(used["d"]["code"], "STALE_FENCE")

    async def test_junk_never_harms_and_ends_in_a_close(self) -> None:
        rig = self.rig()
        dice = random.Random(11)
        seeds = [
            "", "{", "[]", "null", '{"v":1}', '{"v":1,"t":"ping","seq":1,"ts":1,"d":NaN}', '{"v":1,"t":"ping","seq":1e400,"ts":1}',
            '{"v":1,"v":1,"t":"x"}', "[" * 20000, '{"v":1,"t":"__proto__","seq":2,"ts":0}', '{"v":1,"t":"order","seq":2,"ts":0,"d":[]}',
            '{"v":1,"t":"ping","seq":9007199254740993,"ts":0}', json.dumps({"v": 1, "t": "sub", "seq": True, "ts": 0}), "\ud7ff\u0000\u202e",
        ]
        for start in range(0, len(seeds), 5):
            cockpit = await self.cockpit(rig)
            for text in (seeds[start : start + 5] + ["".join(chr(dice.randrange(1, 300)) for _ in range(50)) for _ in range(5)])[:8]:
                try:
                    await cockpit.socket.send(text if dice.random() < 0.8 else text.encode("utf-8", "replace"))
                except Exception:  # closed meanwhile, as it should be
                    break
            for _ in range(200):
                if cockpit.closed is not None:
                    break
                await asyncio.sleep(0.02)
            self.assertEqual(cockpit.closed, 4004)
        large = await self.cockpit(rig)
        await large.socket.send("x" * 65537)
        for _ in range(200):
            if large.closed is not None:
                break
            await asyncio.sleep(0.02)
        self.assertEqual(large.closed, 1009)
        cockpit = await self.cockpit(rig)
        for kind in ("order", "kill", "sub", "lease", "fence", "bars", "calc", "symbols", "order_query", "replay", "live_unlock", "order_resolve", "nonsense"):
            for body in ({}, {"symbols": 7, "scope": [], "cid": {}, "symbol": "\x1b]52;c;x\x07", "epoch": -1, "eseq": "1", "from": 1.5, "what": None}):
                with self.subTest(kind=kind, body=body):
                    answer = await cockpit.ask(kind, body)
                    self.assertTrue(answer["t"] == "error" or (kind, answer["t"]) == ("symbols", "symbols"), answer)
                    self.assertNotIn("\x1b", json.dumps(answer, ensure_ascii=False))
        self.assertEqual((await cockpit.ask("status"))["d"]["worker_restarts"], 0)
        self.assertFalse([line for line in rig.lines if "defect" in line])

    async def test_a_gap_in_the_sequence_is_told_and_a_number_used_before_is_ignored(self) -> None:
        cockpit = await self.cockpit(self.rig())
        cockpit.seq += 3
        await cockpit.send("ping")
        gap = (await cockpit.wait("resync"))["d"]
        self.assertEqual((gap["expected"], gap["got"]), (2, 5))
        cockpit.seq -= 2
        await cockpit.send("ping", {"n": 77})
        await cockpit.wait("error", lambda f: "used before" in f["d"]["message"])
        self.assertEqual([f for f in cockpit.frames if f["t"] == "pong" and f["d"]["n"] == 77], [])
        seqs = [f["seq"] for f in cockpit.frames]
        self.assertEqual(seqs, list(range(1, len(seqs) + 1)))

    async def test_a_client_that_does_not_read_is_let_go(self) -> None:
        class Stuck:
            """A socket whose other side takes nothing."""

            aborted = False

            async def send(self, _frame: str) -> None:
                await asyncio.Event().wait()

            async def recv(self) -> str:
                await asyncio.Event().wait()
                return ""

            async def close(self, _code: int, _reason: str) -> None:
                await asyncio.Event().wait()

            @property
            def transport(self) -> "Stuck":
                return self

            def abort(self) -> None:
                self.aborted = True

        with tempfile.TemporaryDirectory() as folder:
            journal, said = Journal(Path(folder) / "bridge.db"), []
            self.addCleanup(journal.close)
            desk = Desk(Settings(timings=Timings(auth_s=60)), journal, Gateway(30, said.append), said.append)
            socket_end = Stuck()
            client = Client(desk, None, None, b"x" * 64, socket_end)  # type: ignore[arg-type]
            life = asyncio.ensure_future(client.run())
            await asyncio.sleep(0)
            count = 0
            while not client._end_wanted.is_set():
                client.push("ticks", {"cols": {"t": [1_700_000_000_000] * 500}}, ticks=True)
                count += 1
            self.assertLess(client.room(), MOST_BYTES + 10_000)
            self.assertGreater(count, 100)
            await asyncio.wait_for(life, 10)
            self.assertTrue(socket_end.aborted)


class Stops(BridgeCase):
    async def test_a_kill_is_latched_cancels_flattens_tells_each_item_and_survives(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        bid = (await cockpit.ask("symbol_spec", {"symbol": "EURUSD"}))["d"]["tick"]["bid"]
        mine = await cockpit.place()
        pending = await cockpit.place(action="pending", type="buy_limit", price=round(bid - 0.01, 5), sl=round(bid - 0.02, 5))
        self.assertEqual((mine["state"], pending["state"]), ("filled", "placed"))
        rig.order({"do": "foreign_position", "symbol": "XAUUSD", "side": "sell", "volume": 0.1})
        stopper = await self.cockpit(rig, "kill")
        first = (await stopper.ask("kill", {"scope": "agent", "magic": MAGIC, "mode": "cancel_pendings", "reason": "test"}, "kill_result"))["d"]
        self.assertEqual([(i["kind"], i["result"]) for i in first["items"]], [("order", "done")])
        self.assertEqual((first["complete"], first["latched"]), (True, True))
        self.assertIsNone(cockpit.closed, "the stopper does not replace the one who trades")
        await cockpit.fence()
        self.assertEqual((await cockpit.place())["code"], "KILLED")
        second = (await stopper.ask("kill", {"scope": "all", "mode": "flatten", "reason": "test"}, "kill_result"))["d"]
        self.assertEqual({(i["kind"], i["result"]) for i in second["items"]}, {("position", "done"), ("position", "skipped_foreign")})
        snapshot = await cockpit.snapshot()
        self.assertEqual([p["owner"] for p in snapshot["positions"]], ["foreign"])
        closing = [d for d in snapshot["deals"] if d["entry"] == 1]
        self.assertEqual(len(closing), 1)
        self.assertIsNotNone(closing[0]["cid"], "also the bridge's own closes are journalled")
        rig.crash()
        rig.start()
        again = await self.trading(rig)
        self.assertEqual((await again.place())["code"], "KILLED")
        for scope in ({"scope": "all"}, {"scope": "agent", "magic": MAGIC}):
            await again.ask("kill_release", {**scope, "reason": "looked at it"}, "kill_release_ok")
        self.assertEqual((await again.place())["state"], "filled")

    async def test_a_kill_goes_on_until_the_broker_confirms(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        await cockpit.place()
        rig.order({"do": "fault", "kind": "retcode", "retcode": 10018, "times": 3})
        first = (await cockpit.ask("kill", {"scope": "all", "mode": "flatten"}, "kill_result"))["d"]
        self.assertEqual((first["complete"], {i["result"] for i in first["items"]}, first["items"][0]["code"]), (False, {"failed"}, "MT5_10018"))
        done = await cockpit.wait("kill_result", lambda f: f["d"]["complete"])
        self.assertEqual([i["result"] for i in done["d"]["items"]], ["done"])

    async def test_the_kill_file_stops_while_it_lies_there(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        await cockpit.place()
        (rig.folder / "data" / "KILL").write_text("flatten\n")
        await cockpit.wait("kill_result", lambda f: f["d"]["complete"])
        await cockpit.event("position_closed")
        await cockpit.fence()
        self.assertEqual((await cockpit.place())["code"], "KILLED")
        os.unlink(rig.folder / "data" / "KILL")
        self.assertEqual((await cockpit.place())["code"], "KILLED", "the latch stays until a person releases it")

    async def test_a_lease_that_runs_out_forbids_new_risk_and_cancels_pending_orders(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        bid = (await cockpit.ask("symbol_spec", {"symbol": "EURUSD"}))["d"]["tick"]["bid"]
        opened = await cockpit.place()
        await cockpit.place(action="pending", type="buy_limit", price=round(bid - 0.01, 5), sl=round(bid - 0.02, 5))
        cockpit.stop_lease()
        await cockpit.ask("lease", {"magics": [MAGIC], "ms": 100}, "lease_ok")
        await cockpit.event("lease_expired")
        await cockpit.event("order_removed")
        self.assertEqual((await cockpit.place())["code"], "LEASE_EXPIRED")
        self.assertEqual((await cockpit.ask("lease", {"magics": [MAGIC], "ms": 2000}, "error"))["d"]["code"], "LEASE_EXPIRED")
        closed = await cockpit.place(type="sell", sl=None, position=opened["position"])
        self.assertEqual(closed["state"], "filled", "risk may always be reduced")
        await cockpit.fence()
        await cockpit.ask("lease", {"magics": [MAGIC], "ms": 5000}, "lease_ok")
        self.assertEqual((await cockpit.place())["state"], "filled")

    async def test_limits_of_the_bridge_hold_whatever_is_asked(self) -> None:
        limits = {"max_lots_per_order": 0.2, "max_lots_per_symbol": 0.35, "max_open_positions": 3, "max_orders_per_minute": 6}
        rig = self.rig(config={"limits": limits})
        cockpit = await self.trading(rig)
        too_large = await cockpit.place(volume=0.21)
        self.assertEqual((too_large["code"], too_large["details"]), ("LIMIT_EXCEEDED", {"limit": "max_lots_per_order", "got": 0.21, "max": 0.2}))
        for volume in (0.2, 0.1):
            self.assertEqual((await cockpit.place(volume=volume))["state"], "filled")
        self.assertEqual((await cockpit.place(volume=0.1))["details"]["limit"], "max_lots_per_symbol")
        self.assertEqual((await cockpit.place(volume=0.05))["state"], "filled")
        gold = (await cockpit.ask("symbol_spec", {"symbol": "XAUUSD"}))["d"]["tick"]["bid"]
        fourth = await cockpit.place(symbol="XAUUSD", volume=0.01, sl=round(gold - 50, 2))
        self.assertEqual(fourth["details"]["limit"], "max_open_positions")
        for position in [p["ticket"] for p in (await cockpit.snapshot())["positions"]][:2]:
            volume = next(p["volume"] for p in (await cockpit.snapshot())["positions"] if p["ticket"] == position)
            self.assertEqual((await cockpit.place(type="sell", sl=None, volume=volume, position=position))["state"], "filled")
        self.assertEqual((await cockpit.place(volume=0.01))["state"], "filled")
        self.assertEqual((await cockpit.place(volume=0.01))["details"]["limit"], "max_orders_per_minute")

    async def test_the_loss_of_the_day_and_old_quotes_stop_entries(self) -> None:
        rig = self.rig(config={"limits": {"max_daily_loss_pct": 1.0, "stale_tick_s": 1.0}})
        cockpit = await self.trading(rig)
        self.assertEqual((await cockpit.place(volume=1.0, sl=1.0))["state"], "filled")
        rig.order({"do": "move", "symbol": "EURUSD", "points": -150})
        lost = await cockpit.place()
        self.assertEqual((lost["code"], lost["details"]["limit"]), ("LIMIT_EXCEEDED", "max_daily_loss_pct"))
        rig.order({"do": "move", "symbol": "EURUSD", "points": 150})
        self.assertEqual((await cockpit.place())["state"], "filled")
        rig.order({"do": "pause", "seconds": 60})
        await asyncio.sleep(1.3)
        self.assertEqual((await cockpit.place())["code"], "STALE_TICK")

    async def test_a_real_account_is_refused_until_both_locks_are_open(self) -> None:
        account = {"trade_mode": 2, "login": 4711}
        rig = self.rig({"account": account})
        cockpit = await self.trading(rig)
        self.assertEqual((await cockpit.place())["code"], "LIVE_LOCKED")
        self.assertEqual((await cockpit.ask("live_unlock", {"login": "4711", "server": "Kinetra-Sandbox"}, "error"))["d"]["code"], "LIVE_LOCKED")
        allowed = self.rig({"account": account}, {"live": {"login": 4711, "server": "Kinetra-Sandbox"}})
        other = await self.trading(allowed)
        self.assertEqual((await other.ask("account"))["d"]["live_lock"], "armed")
        self.assertEqual((await other.place())["details"]["live_lock"], "armed")
        self.assertEqual((await other.ask("live_unlock", {"login": "4712", "server": "Kinetra-Sandbox"}, "error"))["d"]["code"], "LIVE_LOCKED")
        await other.ask("live_unlock", {"login": "4711", "server": "Kinetra-Sandbox"}, "live_lock")
        self.assertEqual((await other.place())["state"], "filled")
        await other.close()
        again = await self.trading(allowed)
        self.assertEqual((await again.place())["code"], "LIVE_LOCKED", "the lock closes with the session")

    async def test_a_switch_of_the_account_ends_everything(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        rig.order({"do": "account", "leverage": 500})
        changed = await cockpit.event("account_mode_changed")
        self.assertEqual((changed["before"]["leverage"], changed["after"]["leverage"]), (100, 500))
        rig.order({"do": "account", "login": 123456})
        await cockpit.event("account_switched")
        for _ in range(200):
            if cockpit.closed is not None:
                break
            await asyncio.sleep(0.02)
        self.assertEqual(cockpit.closed, 4005)
        again = await self.cockpit(rig)
        status = (await again.ask("status"))["d"]
        self.assertEqual(status["link"], "wrong_account")
        self.assertIn("all", status["kills"])
        self.assertNotIn("123456", "\n".join(rig.lines))


if __name__ == "__main__":
    unittest.main()
