"""The real bridge process on the stand-in terminal, and a cockpit that speaks the protocol by hand over a real loopback socket."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

ROOT = Path(__file__).resolve().parents[4]
BRIDGE = ROOT / "src" / "adapters" / "mt5" / "bridge"
SANDBOX = ROOT / "src" / "adapters" / "mt5" / "sandbox"
sys.path.insert(0, str(BRIDGE))

from kinetra_bridge.auth import client_proof  # noqa: E402
from kinetra_bridge.kill import new_cid  # noqa: E402

TOKEN = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
MAGIC = "770001"
FAST = {
    "watchdog_s": 10.0, "reconcile_window_s": 2.0, "absence_s": 1.0, "heartbeat_s": 15.0, "lease_max_s": 5.0, "auth_s": 2.0, "status_s": 1.0,
    "ticks_ms": 20, "book_ms": 50, "deals_ms": 100, "account_ms": 60, "terminal_ms": 100,
}


def websocket_connect() -> Callable[..., Any]:
    """`connect` of whichever websockets is installed."""
    import websockets

    return websockets.connect  # type: ignore[attr-defined]


class Rig:
    """One bridge in a folder of its own. `sandbox` and `config` are merged into the stand-in's and the bridge's configuration."""

    def __init__(self, sandbox: Optional[Dict[str, Any]] = None, config: Optional[Dict[str, Any]] = None, no_terminal: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kinetra-rig-"))
        (self.folder / "control").mkdir()
        (self.folder / "state").mkdir()
        (self.folder / "data").mkdir(mode=0o700)
        market = {"source": "generated", "interval_ms": 15, "volatility": 0.4, "history_minutes": 5}
        world = {
            "symbols": ["EURUSD", "XAUUSD"], "markets": {"EURUSD": market, "XAUUSD": {**market, "interval_ms": 100}}, "control": "control", "state": "state", "seed": 7,
        }
        self.write("sandbox.json", {**world, **(sandbox or {})})
        self.config = {"sandbox": True, "port": 0, "data": "data", "timings": FAST, **(config or {})}
        self.config["timings"] = {**FAST, **(config or {}).get("timings", {})} if self.config["sandbox"] else None
        self.write("bridge.json", {name: value for name, value in self.config.items() if value is not None})
        token = self.folder / "data" / "token"
        token.write_text(TOKEN + "\n")
        token.chmod(0o600)
        self.environment = {**os.environ, "KINETRA_SANDBOX": str(self.folder / "sandbox.json"), "PYTHONDONTWRITEBYTECODE": "1"}
        self.environment["PYTHONPATH"] = os.pathsep.join([str(BRIDGE)] + ([] if no_terminal else [str(SANDBOX)]))
        self.process: Optional["subprocess.Popen[str]"] = None
        self.port = 0
        self.lines: List[str] = []
        self._commands = 0
        self._readers: List[threading.Thread] = []

    def write(self, name: str, content: Any) -> None:
        """A JSON file of the folder."""
        (self.folder / name).write_text(json.dumps(content))

    def start(self) -> "Rig":
        """Starts the bridge and waits for the line that says where it listens."""
        self.process = subprocess.Popen(
            [sys.executable, *bridge_command(), "--config", str(self.folder / "bridge.json")], stderr=subprocess.PIPE, text=True, env=self.environment
        )
        self._readers.append(threading.Thread(target=self._read, args=(self.process,), daemon=True))
        self._readers[-1].start()
        found = self.until(lambda: next((line for line in self.lines if "listens on" in line), None), "the bridge does not listen")
        self.port = int(found.split("127.0.0.1:")[1].split(";")[0])
        return self

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        with process.stderr as lines:
            for line in lines:
                self.lines.append(line.rstrip("\n"))

    def until(self, found: Callable[[], Any], what: str, seconds: float = 20.0) -> Any:
        """Waits until `found` gives something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = found()
            if value:
                return value
            time.sleep(0.01)
        raise AssertionError(what + "\n" + "\n".join(self.lines[-30:]))

    def worker_pid(self) -> int:
        """Process id of the newest worker, as the log tells it."""
        return int(next(line for line in reversed(self.lines) if "worker process" in line and "started" in line).split("process ")[1].split()[0])

    def kill_worker(self) -> None:
        """kill -9 of the worker."""
        os.kill(self.worker_pid(), signal.SIGKILL)

    def crash(self) -> None:
        """kill -9 of the bridge; the worker ends by itself when its input ends."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.lines = []

    def stop(self) -> int:
        """Asks the bridge to end; returns its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(6)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("the bridge does not end\n" + "\n".join(self.lines[-30:])) from None

    def remove(self) -> None:
        """Ends everything and deletes the folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join(3)
        shutil.rmtree(self.folder, ignore_errors=True)

    def order(self, *commands: Dict[str, Any]) -> List[Dict[str, Any]]:
        """Has the stand-in carry out commands, and waits for its answers."""
        self._commands += 1
        name = self.folder / "control" / ("%04d.json" % self._commands)
        (self.folder / "control" / "next").write_text(json.dumps(list(commands)))
        os.replace(self.folder / "control" / "next", name)

        def answered() -> Optional[List[Dict[str, Any]]]:
            for ending in (".done", ".failed"):
                path = Path(str(name) + ending)
                if path.exists():
                    return list(json.loads(path.read_text()))
            return None

        answers = self.until(answered, "the stand-in did not take the command")
        assert all(answer["ok"] for answer in answers), answers
        return list(answers)


def bridge_command() -> List[str]:
    """The joined file when the tests were given one, else the package."""
    joined = os.environ.get("KINETRA_BRIDGE_FILE")
    return [joined] if joined else ["-m", "kinetra_bridge"]


class Cockpit:
    """A client: authenticates, keeps sequence numbers, collects every frame, answers questions by `re`."""

    def __init__(self, rig: Rig, role: str = "control") -> None:
        self.rig, self.role = rig, role
        self.frames: List[Dict[str, Any]] = []
        self.seq = 0
        self.ids = 0
        self.epoch = 0
        self.nonce = ""
        self.closed: Optional[int] = None
        self._new = asyncio.Event()
        self._tasks: List["asyncio.Task[None]"] = []

    async def open(self, **auth: Any) -> "Cockpit":
        """Connects and authenticates; `auth` overrides fields."""
        options: Dict[str, Any] = {"max_size": 2**20, "compression": None, "ping_interval": None}
        self.socket = await websocket_connect()("ws://127.0.0.1:%d" % self.rig.port, **options)
        self._tasks.append(asyncio.ensure_future(self._read()))
        hello = await self.wait("hello")
        proof = client_proof(TOKEN.encode(), hello["d"]["nonce"], "n" * 32, self.role)
        body = {"protocol": 1, "client": "test", "nonce": "n" * 32, "role": self.role, "proof": proof, **auth}
        await self.send("auth", body)
        return self

    async def begin(self) -> "Cockpit":
        """Opens, waits for the snapshot with a terminal, fences, holds the lease, and sees EURUSD move."""
        await self.open()
        await self.wait("auth_ok")
        await self.linked()
        await self.fence()
        self._tasks.append(asyncio.ensure_future(self._renew()))
        await self.ask("sub", {"symbols": ["EURUSD"], "stream": "ticks"})
        for count in (1, 2, 3):
            await self.wait("ticks", lambda f, count=count: f["d"]["sseq"] >= count)
        return self

    async def linked(self) -> None:
        """Waits until the bridge is linked to the terminal."""
        for _ in range(400):
            status = await self.ask("status")
            if status["d"]["link"] == "up" and not (status["d"]["unresolved"] and self.rig.config.get("wait_resolved")):
                return
            await asyncio.sleep(0.03)
        raise AssertionError("no link: %s\n%s" % (status["d"], "\n".join(self.rig.lines[-20:])))

    async def fence(self) -> None:
        """Puts up a new fence."""
        status = await self.ask("status")
        self.epoch, self.nonce = status["d"]["fence_epoch"] + 1, "nonce%d" % self.ids
        await self.ask("fence", {"epoch": self.epoch, "nonce": self.nonce}, "fence_ok")

    async def _renew(self) -> None:
        while True:
            await self.send("lease", {"magics": [MAGIC], "ms": 5000})
            await asyncio.sleep(0.3)

    def stop_lease(self) -> None:
        """Lets the lease run out."""
        self._tasks.pop().cancel()

    async def _read(self) -> None:
        try:
            while True:
                self.frames.append(json.loads(await self.socket.recv()))
                self._new.set()
        except Exception as trouble:  # closed: the code is what tests ask for
            code = getattr(trouble, "code", None)
            received = getattr(trouble, "rcvd", None)
            self.closed = int(received.code if received is not None else code or 1006)
            self._new.set()

    async def send(self, kind: str, body: Optional[Dict[str, Any]] = None, **envelope: Any) -> str:
        """Sends one frame; returns its id."""
        self.seq += 1
        self.ids += 1
        frame = {"v": 1, "t": kind, "seq": self.seq, "ts": int(time.time() * 1000), "id": "q%d" % self.ids, "d": body or {}, **envelope}
        await self.socket.send(json.dumps(frame))
        return str(frame["id"])

    async def wait(self, kind: str, fits: Callable[[Dict[str, Any]], bool] = lambda _: True, seconds: float = 20.0, since: int = 0) -> Dict[str, Any]:
        """The first frame of a type that fits."""
        end = time.monotonic() + seconds
        at = since
        while True:
            while at < len(self.frames):
                frame = self.frames[at]
                at += 1
                if frame["t"] == kind and fits(frame):
                    return frame
            left = end - time.monotonic()
            if left <= 0 or self.closed is not None:
                seen = [(f["t"], f["d"].get("code") or f["d"].get("kind") or f["d"].get("state")) for f in self.frames if f["t"] not in ("ticks", "lease_ok", "account", "status")]
                raise AssertionError("no %s (closed %s); seen %s\n%s" % (kind, self.closed, seen[-30:], "\n".join(self.rig.lines[-20:])))
            self._new.clear()
            try:
                await asyncio.wait_for(self._new.wait(), left)
            except asyncio.TimeoutError:
                pass

    async def ask(self, kind: str, body: Optional[Dict[str, Any]] = None, expect: Optional[str] = None, seconds: float = 20.0) -> Dict[str, Any]:
        """Sends a question and returns its answer, an error too unless another type is expected."""
        name = await self.send(kind, body)
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.closed is None:
            for frame in self.frames:
                if frame.get("re") == name and frame["t"] != "order_ack":
                    assert expect is None or frame["t"] == expect, frame
                    return frame
            self._new.clear()
            try:
                await asyncio.wait_for(self._new.wait(), 0.2)
            except asyncio.TimeoutError:
                pass
        raise AssertionError("no answer to %s (closed %s)\n%s" % (kind, self.closed, "\n".join(self.rig.lines[-20:])))

    def wish(self, **changes: Any) -> Dict[str, Any]:
        """Body of an order: buy 0.1 EURUSD at the market with a stop far below."""
        quote = next((f["d"] for f in reversed(self.frames) if f["t"] == "ticks" and f["d"]["symbol"] == "EURUSD"), None)
        bid = quote["cols"]["bid"][-1] if quote else 1.17
        body = {
            "cid": new_cid(int(time.time() * 1000)), "action": "deal", "symbol": "EURUSD", "type": "buy", "volume": 0.1, "sl": round(bid - 0.005, 5),
            "magic": MAGIC, "ttl_ms": 20000, "fence": {"epoch": self.epoch, "nonce": self.nonce},
        }
        body.update(changes)
        return {name: value for name, value in body.items() if value is not None}

    async def place(self, **changes: Any) -> Dict[str, Any]:
        """Sends an order and returns the body of its result (or error)."""
        result = dict((await self.ask("order", self.wish(**changes)))["d"])
        self.rig.lines.append("placed %s: %s" % (changes, {name: result.get(name) for name in ("state", "code", "message")}))
        return result

    async def snapshot(self) -> Dict[str, Any]:
        """A new snapshot's body."""
        return dict((await self.ask("snapshot", {}, "snapshot"))["d"])

    def events(self, kind: str) -> List[Dict[str, Any]]:
        """Bodies of the events of a kind so far."""
        return [f["d"] for f in self.frames if f["t"] == "event" and f["d"]["kind"] == kind]

    async def event(self, kind: str, fits: Callable[[Dict[str, Any]], bool] = lambda _: True) -> Dict[str, Any]:
        """Waits for an event of a kind."""
        return dict((await self.wait("event", lambda f: f["d"]["kind"] == kind and fits(f["d"])))["d"])

    async def close(self) -> None:
        """Leaves."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.socket.close()


class BridgeCase(unittest.IsolatedAsyncioTestCase):
    """A test with bridges and cockpits that are cleared away at the end."""

    async def asyncSetUp(self) -> None:
        """Without the loop's debugging, which is slow and tells of slow steps."""
        asyncio.get_running_loop().set_debug(False)

    def rig(self, sandbox: Optional[Dict[str, Any]] = None, config: Optional[Dict[str, Any]] = None, **options: Any) -> Rig:
        """A started bridge."""
        made = Rig(sandbox, config, **options)
        self.addCleanup(made.remove)
        return made.start()

    async def cockpit(self, rig: Rig, role: str = "control") -> Cockpit:
        """An opened, authenticated client."""
        made = Cockpit(rig, role)
        self.addAsyncCleanup(self._leave, made)
        await made.open()
        await made.wait("auth_ok")
        return made

    async def trading(self, rig: Rig) -> Cockpit:
        """A client that may trade."""
        made = Cockpit(rig)
        self.addAsyncCleanup(self._leave, made)
        return await made.begin()

    @staticmethod
    async def _leave(cockpit: Cockpit) -> None:
        try:
            await asyncio.wait_for(cockpit.close(), 3)
        except Exception:  # already gone
            pass
