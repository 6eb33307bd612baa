"""One connection: handshake, sequence numbers, what it may ask for, its streams, its end (rulebook E.2, E.3; controls S-02 to S-11)."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass
from typing import Any, Deque, Dict, List, Optional, Set, Tuple

from .auth import bridge_proof, client_proof, new_nonce, proof_matches
from .codes import (
    BRIDGE_NAME, BRIDGE_VERSION, CLOSE_AUTH, CLOSE_HEARTBEAT, CLOSE_PROTOCOL, CLOSE_REPLACED, CLOSE_VERSION, ERROR_CODES, MAX_FRAME_IN, MAX_FRAME_OUT,
    PROTOCOL_MAX, PROTOCOL_MIN, TIMEFRAMES,
)
from .commands import Commands
from .desk import Desk
from .frame import BadFrame, BadRequest, Fields, Frame, decode_frame
from .limits import Bucket
from .outbox import MOST_BYTES, Outbox
from .requests import Requests, replay_page

ROLES = ("control", "watch", "kill")
"""control: trades, one at a time; watch: reads; kill: stops and reads."""
CAPABILITIES = ["ticks", "bars", "history", "order_check", "events", "close_by", "kill", "lease", "fence", "calc"]
_JUNK_MOST, _JUNK_WINDOW_S = 5, 10.0
_MOST_STREAMS = 64
_MOST_QUESTIONS = 16
_RATE, _BURST = 200.0, 400.0


@dataclass
class TickStream:
    """One symbol's ticks: the name asked for, the broker's name, the cursor (server ms, 0 = from now), batches sent."""

    asked: str
    symbol: str
    msc: int = 0
    seen: int = 0
    sseq: int = 0


@dataclass
class BarStream:
    """One symbol's bars of a timeframe, and the two newest as last sent."""

    asked: str
    symbol: str
    tf: str
    timeframe: int
    last: Optional[List[Any]] = None


class Client:
    """A connection from its first frame to its last. `socket` needs `recv`, `send`, `close` and `transport` of the websockets package."""

    def __init__(self, desk: Desk, requests: Requests, commands: Commands, token: bytes, socket: Any) -> None:
        self.desk, self.requests, self.commands, self.token, self.socket = desk, requests, commands, token, socket
        self.sid: Optional[str] = None
        self.role = ""
        self.specs: Dict[str, Tuple[str, str]] = {}
        self._outbox = Outbox()
        self._ticks: Dict[str, TickStream] = {}
        self._bars: Dict[Tuple[str, str], BarStream] = {}
        self._seq = 0
        self._heard = desk.mono_s()
        self._junk: Deque[float] = deque()
        self._bucket = Bucket(_RATE, _BURST)
        self._refused = 0
        self._skew_ms: Optional[int] = None
        self._tasks: Set["asyncio.Task[Any]"] = set()
        self._ending: Optional[Tuple[int, str]] = None
        self._end_wanted = asyncio.Event()

    # what the pollers use

    def push(self, kind: str, body: Dict[str, Any], re: Optional[str] = None, ticks: bool = False) -> None:
        """Queues a message; a client with too much waiting is let go."""
        self._outbox.put(kind, body, re, ticks)
        if self._outbox.bytes > MOST_BYTES:
            self.end(CLOSE_HEARTBEAT, "too slow")

    def room(self) -> int:
        """Bytes that wait to be sent."""
        return self._outbox.bytes

    def tick_streams(self) -> List[TickStream]:
        """Subscribed ticks."""
        return list(self._ticks.values())

    def bar_streams(self) -> List[BarStream]:
        """Subscribed bars."""
        return list(self._bars.values())

    def end(self, code: int, reason: str) -> None:
        """Asks for the connection to be closed with a code; the first reason stays."""
        if self._ending is None:
            self._ending = (code, reason)
            self._end_wanted.set()

    # life

    async def run(self) -> None:
        """Serves the connection until it ends; never raises for what the other side does."""
        sender = asyncio.ensure_future(self._send_all())
        reader = asyncio.ensure_future(self._read_all())
        ender = asyncio.ensure_future(self._end_wanted.wait())
        pulse = asyncio.ensure_future(self._watch_heartbeat())
        try:
            await asyncio.wait({sender, reader, ender}, return_when=asyncio.FIRST_COMPLETED)
            self._leave()
            if self._ending is not None:
                await self._drain(sender)
                await self._close(*self._ending)
        finally:
            self._leave()
            for task in [sender, reader, ender, pulse, *self._tasks]:
                task.cancel()
            await asyncio.gather(sender, reader, ender, pulse, *self._tasks, return_exceptions=True)

    def _leave(self) -> None:
        if self in self.desk.clients:
            self.desk.clients.discard(self)
            self.desk.log("%s session %s ended" % (self.role, self.sid))
            if self.role == "control":
                self.desk.unlocked = False

    async def _drain(self, sender: Any) -> None:
        """Gives what says why a moment to leave."""
        for _ in range(20):
            if self._outbox.is_empty or sender.done():
                break
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)

    async def _close(self, code: int, reason: str) -> None:
        try:
            await asyncio.wait_for(self.socket.close(code, reason), 2.0)
        except Exception:  # the other side is gone or does not read: nothing is lost by dropping the line
            transport = getattr(self.socket, "transport", None)
            if transport is not None:
                transport.abort()

    async def _send_all(self) -> None:
        while True:
            frame = await self._outbox.next_frame(self.desk.utc_ms, lambda: self.sid)
            await self.socket.send(frame)

    async def _watch_heartbeat(self) -> None:
        limit = self.desk.settings.timings.heartbeat_s
        while True:
            await asyncio.sleep(min(0.5, limit / 4))
            if self.desk.mono_s() - self._heard > limit:
                self.end(CLOSE_HEARTBEAT, "nothing heard for %g s" % limit)

    async def _read_all(self) -> None:
        if not await self._handshake():
            return
        while self._ending is None:
            data = await self.socket.recv()
            self._heard = self.desk.mono_s()
            try:
                frame = decode_frame(data)
            except BadFrame as trouble:
                self._count_junk(str(trouble))
                continue
            if self._in_sequence(frame):
                self._dispatch(frame)

    # handshake

    async def _handshake(self) -> bool:
        """Hello, auth, auth_ok. Every failure of the token says the same."""
        nonce = new_nonce()
        desk = self.desk
        hello = {"protocol_min": PROTOCOL_MIN, "protocol_max": PROTOCOL_MAX, "bridge": BRIDGE_NAME, "version": BRIDGE_VERSION, "nonce": nonce}
        hello.update(package=None, terminal_build=None, boot_id=desk.gateway.boot_id, journal_id=desk.journal.id, capabilities=CAPABILITIES)
        self.push("hello", hello)
        try:
            frame = decode_frame(await asyncio.wait_for(self.socket.recv(), desk.settings.timings.auth_s))
            if frame.t != "auth" or frame.seq != 1:
                raise BadFrame("the first frame must be auth")
            fields = Fields(frame.d)
            protocol = fields.whole("protocol", 0, 1_000_000)
            role = fields.choice("role", ROLES, "control")
            client_nonce = str(fields.text("nonce", 128))
            name = str(fields.text("client", 64))
            proof = frame.d.get("proof")
        except (asyncio.TimeoutError, BadFrame, BadRequest):
            return self._refuse_auth()
        if not proof_matches(client_proof(self.token, nonce, client_nonce, role), proof) or len(client_nonce) < 16:
            return self._refuse_auth()
        if not PROTOCOL_MIN <= protocol <= PROTOCOL_MAX:
            text = "this bridge speaks protocol %d to %d, the cockpit asked for %d: update the older of the two" % (PROTOCOL_MIN, PROTOCOL_MAX, protocol)
            self.push("auth_error", {"code": "VERSION_UNSUPPORTED", "message": text, "retryable": False, "details": {}}, frame.id)
            self.end(CLOSE_VERSION, "version")
            return False
        self._seq, self._heard, self.role, self.sid = 1, desk.mono_s(), role, secrets.token_hex(8)
        if role == "control":
            self._replace_others()
        elif sum(1 for other in desk.clients if other.role == role) >= 4:
            self.push("auth_error", {"code": "BUSY", "message": "four %s sessions are open already" % role, "retryable": True, "details": {}}, frame.id)
            self.end(CLOSE_AUTH, "too many sessions")
            return False
        self.push("auth_ok", self._welcome(protocol, nonce, client_nonce), frame.id)
        desk.clients.add(self)
        desk.log("%s session %s of %s" % (role, self.sid, name))
        self._resume(frame.d.get("resume"))
        self._ask(Frame("snapshot", {}, 0, 0))
        return True

    def _refuse_auth(self) -> bool:
        self.push("auth_error", {"code": "AUTH_FAILED", "message": ERROR_CODES["AUTH_FAILED"], "retryable": False, "details": {}})
        self.end(CLOSE_AUTH, "authentication failed")
        return False

    def _replace_others(self) -> None:
        for other in list(self.desk.clients):
            if other.role == "control":
                other.end(CLOSE_REPLACED, "a newer session took over")
                other._leave()
        self.desk.drop_fence()

    def _welcome(self, protocol: int, nonce: str, client_nonce: str) -> Dict[str, Any]:
        desk = self.desk
        limits = {"max_frame_in": MAX_FRAME_IN, "max_frame_out": MAX_FRAME_OUT, "frames_per_s": _RATE, **vars(desk.settings.limits)}
        timings = {"heartbeat_ms": int(desk.settings.timings.heartbeat_s * 1000), "lease_max_ms": int(desk.settings.timings.lease_max_s * 1000)}
        return {
            "protocol": protocol, "session": self.sid, "role": self.role, "read_only": self.role != "control", "limits": limits, **timings,
            "proof": bridge_proof(self.token, nonce, client_nonce, str(self.sid)), "boot_id": desk.gateway.boot_id, "journal_id": desk.journal.id,
            "eseq": desk.journal.last_event(), "fence_epoch": desk.fence_epoch, "server_time_offset_s": desk.server.offset_s, "live_lock": desk.live_lock,
            "package": desk.package, "sandbox": desk.settings.sandbox,
        }

    def _resume(self, resume: Any) -> None:
        """Sends the events that the cockpit missed, if it names this journal and they are still kept; the snapshot follows anyway."""
        if not isinstance(resume, dict) or resume.get("journal_id") != self.desk.journal.id:
            return
        start = resume.get("eseq")
        if isinstance(start, int) and not isinstance(start, bool) and self.desk.journal.first_event() <= start + 1 <= self.desk.journal.last_event():
            page: Optional[int] = start + 1
            while page is not None:
                body = replay_page(self.desk, page)
                self.push("replay", body)
                page = body["next"]

    # frames

    def _count_junk(self, why: str) -> None:
        now = self.desk.mono_s()
        self._junk.append(now)
        while self._junk and now - self._junk[0] > _JUNK_WINDOW_S:
            self._junk.popleft()
        self.push("error", BadRequest("BAD_REQUEST", "unreadable frame: " + why).body())
        if len(self._junk) >= _JUNK_MOST:
            self.end(CLOSE_PROTOCOL, "too many unreadable frames")

    def _in_sequence(self, frame: Frame) -> bool:
        if frame.seq <= self._seq:
            self._count_junk("sequence number %d was used before" % frame.seq)
            return False
        if frame.seq != self._seq + 1:
            self.push("resync", {"expected": self._seq + 1, "got": frame.seq})
        self._seq = frame.seq
        if frame.t != "kill" and not self._bucket.take(self.desk.mono_s()):
            self._refused += 1
            if self._refused % 50 == 1:
                self.push("error", BadRequest("RATE_LIMIT", "more than %g frames a second" % _RATE, {}, True).body(), frame.id)
            if self._refused > 2000:
                self.end(CLOSE_PROTOCOL, "flood")
            return False
        return True

    def _age_ms(self, frame: Frame) -> int:
        """How long a frame was on its way, as far as its time stamp tells: the fastest frame so far counts as no delay at all."""
        behind = self.desk.utc_ms() - frame.ts
        self._skew_ms = behind if self._skew_ms is None else min(self._skew_ms, behind)
        return behind - self._skew_ms

    def _dispatch(self, frame: Frame) -> None:
        age_ms = self._age_ms(frame)
        try:
            if frame.t in ("sub", "unsub"):
                self._spawn(self._subscribe(frame))
            elif frame.t == "resync":
                self._ask(Frame("snapshot", {}, frame.seq, frame.ts, frame.id))
            elif self.commands.knows(frame.t):
                self.commands.carry_out(self, frame, age_ms)
            elif self.requests.handler(frame.t) is not None:
                self._ask(frame)
            elif frame.t not in ("pong", "error"):
                raise BadRequest("BAD_REQUEST", "unknown request type %s" % frame.t)
        except BadRequest as refusal:
            self.push("error", refusal.body(), frame.id)

    def _ask(self, frame: Frame) -> None:
        if len(self._tasks) >= _MOST_QUESTIONS:
            raise BadRequest("BUSY", "%d questions are being answered already" % _MOST_QUESTIONS, {}, True)
        self._spawn(self._answer(frame))

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, frame: Frame) -> None:
        try:
            kind, body = await self.requests.answer(self, frame.t, frame.d)
            self.push(kind, body, frame.id)
        except BadRequest as refusal:
            self.push("error", refusal.body(), frame.id)
        except Exception as trouble:  # one question must not end the session
            self.desk.log("defect while answering %s: %s: %s" % (frame.t, type(trouble).__name__, trouble))
            self.push("error", BadRequest("INTERNAL", "a defect of the bridge; its log has it").body(), frame.id)

    async def _subscribe(self, frame: Frame) -> None:
        """sub: {symbols, stream: ticks or bars, tf?, from_msc?, from_seen?}; unsub the same."""
        try:
            fields = Fields(frame.d)
            stream = fields.choice("stream", ["ticks", "bars"], "ticks")
            tf = fields.choice("tf", list(TIMEFRAMES), "M1")
            since, seen = fields.whole("from_msc", 0, 2**43, 0), fields.whole("from_seen", 0, 1_000_000, 0)
            told = []
            for asked in fields.texts("symbols", _MOST_STREAMS, 32):
                if frame.t == "unsub":
                    if stream == "ticks":
                        self._ticks.pop(asked, None)
                    else:
                        self._bars.pop((asked, tf), None)
                    continue
                name = await self.commands.trader.resolve(asked)
                if len(self._ticks) + len(self._bars) >= _MOST_STREAMS:
                    raise BadRequest("LIMIT_EXCEEDED", "at most %d streams" % _MOST_STREAMS)
                if stream == "ticks":
                    self._ticks[asked] = TickStream(asked, name, since, seen)
                else:
                    self._bars[(asked, tf)] = BarStream(asked, name, tf, TIMEFRAMES[tf])
                told.append({"symbol": asked, "name": name})
            self.push(frame.t + "_ok", {"stream": stream, "symbols": told}, frame.id)
        except BadRequest as refusal:
            self.push("error", refusal.body(), frame.id)
        except Exception as trouble:  # the worker may be down: the cockpit tries again after the next status
            self.push("error", BadRequest("TERMINAL_DOWN", "cannot subscribe: %s" % trouble, {}, True).body(), frame.id)
