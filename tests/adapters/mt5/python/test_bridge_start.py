"""How the program starts, and what it says when it cannot."""

import json
import os
import socket
import stat
import subprocess
import sys
import unittest
from typing import Any, Dict, List, Optional, Tuple

from rig import TOKEN, BridgeCase, Rig, bridge_command


def run(rig: Rig, *options: str, environment: Optional[Dict[str, str]] = None) -> Tuple[int, str]:
    """Exit code and what was said, of a start that is expected to end by itself."""
    done = subprocess.run(
        [sys.executable, *bridge_command(), "--data", str(rig.folder / "data"), *options], capture_output=True, text=True, timeout=20, env=environment or rig.environment
    )
    return done.returncode, done.stdout + done.stderr


class Start(BridgeCase):
    def setUp(self) -> None:
        self.idle = Rig()
        self.addCleanup(self.idle.remove)

    def test_the_token_is_made_once_with_mode_0600_and_checked(self) -> None:
        token = self.idle.folder / "data" / "token"
        token.unlink()
        code, said = run(self.idle)
        self.assertEqual(code, 3)
        self.assertIn("--make-token", said)
        code, said = run(self.idle, "--make-token")
        self.assertEqual((code, stat.S_IMODE(token.stat().st_mode), len(token.read_text().strip())), (0, 0o600, 64))
        self.assertNotIn(token.read_text().strip(), said)
        code, said = run(self.idle, "--make-token")
        self.assertEqual(code, 3)
        self.assertIn("exists already", said)
        token.chmod(0o640)
        code, said = run(self.idle)
        self.assertEqual(code, 3)
        self.assertIn("chmod 600", said)
        token.chmod(0o600)
        token.write_text("short\n")
        code, said = run(self.idle)
        self.assertIn("shorter than 32", said)
        token.unlink()
        token.symlink_to(self.idle.folder / "sandbox.json")
        code, said = run(self.idle)
        self.assertEqual(code, 3)

    def test_a_taken_port_a_folder_in_use_and_a_bad_configuration_are_named(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            code, said = run(self.idle, "--port", str(port))
        self.assertEqual(code, 3)
        self.assertIn("port %d is taken" % port, said)
        running = self.rig()
        code, said = run(running, "--port", "0")
        self.assertEqual(code, 3)
        self.assertIn("another bridge already uses this folder", said)
        cases: List[Tuple[Any, str]] = [
            ({"prot": 1}, "unknown key prot"), ({"port": "x"}, "port must be"), ({"host": "0.0.0.0"}, "can be reached from other machines"),
            ({"limits": {"max_lots_per_order": 99}}, "max_lots_per_order must be"), ({"timings": {"absence_s": 1}}, "only together with sandbox"),
            ([], "must be an object"), ({"live": {"login": 1}}, "server must be a text"), ({"tls": {"certificate": "no", "key": "no"}, "port": 0}, "tls: cannot use"),
        ]
        for content, expected in cases:
            with self.subTest(content=content):
                self.idle.write("bad.json", content)
                code, said = run(self.idle, "--config", str(self.idle.folder / "bad.json"))
                self.assertEqual(code, 2)
                self.assertIn(expected, said)

    def test_a_missing_package_is_said_with_the_command_that_installs_it(self) -> None:
        site = self.idle.folder / "site"
        (site / "websockets").mkdir(parents=True)
        (site / "websockets" / "__init__.py").write_text("")
        (site / "websockets" / "version.py").write_text("version = '9.1'\n")
        environment = {**self.idle.environment, "PYTHONPATH": str(site) + os.pathsep + self.idle.environment["PYTHONPATH"]}
        code, said = run(self.idle, environment=environment)
        self.assertEqual(code, 3)
        self.assertIn("pip install websockets", said)
        self.assertIn("9.1", said)

    async def test_without_the_package_or_the_terminal_the_cockpit_is_told_why(self) -> None:
        bare = self.rig(no_terminal=True)
        cockpit = await self.cockpit(bare)
        body = (await cockpit.wait("terminal", lambda f: f["d"]["link"] == "package_missing"))["d"]
        self.assertIn("pip install MetaTrader5", body["trouble"])
        # Said on another channel than the answer above, which may be the faster one.
        bare.until(lambda: any("pip install MetaTrader5" in line for line in bare.lines), "the terminal's window does not say it")
        self.assertEqual((await cockpit.ask("account", {}, "error"))["d"]["code"], "TERMINAL_DOWN")
        snapshot = await cockpit.snapshot()
        self.assertEqual((snapshot["fresh"], snapshot["account"], snapshot["positions"]), (False, None, None), "unknown is null, never empty")
        closed = self.rig({"terminal_running": False})
        other = await self.cockpit(closed)
        gone = await other.wait("terminal", lambda f: f["d"]["link"] == "terminal_down")
        self.assertIn("(-1000", gone["d"]["trouble"])

    async def test_the_wrong_account_is_refused_and_nothing_secret_is_logged(self) -> None:
        rig = self.rig({"account": {"login": 90807060}}, {"account": {"login": 11112222}})
        cockpit = await self.cockpit(rig)
        told = await cockpit.wait("terminal", lambda f: f["d"]["link"] == "wrong_account")
        self.assertIn("*7060", told["d"]["trouble"])
        self.assertEqual((await cockpit.ask("account", {}, "error"))["d"]["code"], "WRONG_ACCOUNT")
        real = self.rig({"account": {"server": "Sandbox-But-Not-Ours"}})
        other = await self.cockpit(real)
        await other.wait("terminal", lambda f: f["d"]["link"] == "wrong_account")
        for line in rig.lines + real.lines:
            self.assertNotIn("90807060", line)
            self.assertNotIn(TOKEN, line)

    async def test_it_ends_orderly_and_files_are_private(self) -> None:
        rig = self.rig()
        cockpit = await self.trading(rig)
        pid = rig.worker_pid()
        self.assertEqual(rig.stop(), 0)
        for _ in range(100):
            if cockpit.closed is not None:
                break
            await cockpit_pause()
        self.assertEqual(cockpit.closed, 1001)
        with self.assertRaises(ProcessLookupError):
            os.kill(pid, 0)
        for name in os.listdir(rig.folder / "data"):
            self.assertEqual(stat.S_IMODE((rig.folder / "data" / name).stat().st_mode) & 0o077, 0, name)
        self.assertEqual(json.loads((rig.folder / "bridge.json").read_text())["sandbox"], True)


async def cockpit_pause() -> None:
    """Lets the cockpit's reader run."""
    import asyncio

    await asyncio.sleep(0.02)


if __name__ == "__main__":
    unittest.main()
