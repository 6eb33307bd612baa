"""The front's handle on the worker process: one queue, a watchdog, restarts with back-off (rulebook E.1)."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import os
import secrets
import sys
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

URGENT, ORDER, READ, POLL = 0, 1, 2, 3
"""Who goes first: kills, orders, questions of the cockpit, polling."""
_LONGEST_LINE = 256 * 1024 * 1024
_MOST_WAITING = 512
_CONNECT_S = 60.0


class WorkerDied(Exception):
    """The worker ended or was ended. `started` tells whether the call had been handed to it: then its outcome is unknown."""

    def __init__(self, started: bool) -> None:
        super().__init__("the worker process ended")
        self.started = started


class CallFailed(Exception):
    """The package refused a call. `code` is its `last_error` code, 0 when the package itself is missing or broke; `text` explains."""

    def __init__(self, code: int, text: str, missing: bool = False) -> None:
        super().__init__("%d %s" % (code, text))
        self.code = code
        self.text = text
        self.missing = missing


class Gateway:
    """Runs the worker and hands it one job at a time, the most urgent first."""

    def __init__(self, watchdog_s: float, log: Callable[[str], None]) -> None:
        self.watchdog_s = watchdog_s
        self.log = log
        self.boot_id = ""
        self.on_boot: Optional[Callable[[], None]] = None
        self.restarts = 0
        self._numbers = itertools.count(1)
        self._waiting: List[Tuple[int, int, Dict[str, Any], "asyncio.Future[Any]"]] = []
        self._wake = asyncio.Event()
        self._process: Optional[asyncio.subprocess.Process] = None
        self._task: Optional["asyncio.Task[None]"] = None
        self._closing = False
        self._busy_op = ""

    @property
    def alive(self) -> bool:
        """Whether a worker process runs."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> Optional[int]:
        """Process id of the worker, for tests and for the log."""
        return self._process.pid if self._process is not None else None

    @property
    def depth(self) -> int:
        """Jobs that wait."""
        return len(self._waiting)

    @property
    def busy_op(self) -> str:
        """The operation being carried out, or an empty text."""
        return self._busy_op

    def start(self) -> None:
        """Begins to run the worker; it is restarted until `stop`."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Ends the worker after the job in hand, by force after 2 s."""
        self._closing = True
        self._wake.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            if self._process.stdin is not None:
                self._process.stdin.close()
            try:
                await asyncio.wait_for(self._process.wait(), 2)
            except asyncio.TimeoutError:
                self._process.kill()
                await self._process.wait()
        self._fail_waiting()

    async def call(self, op: str, priority: int = READ, **args: Any) -> Any:
        """Carries out one operation of `worker.Terminal`. Raises WorkerDied or CallFailed."""
        if self._closing or not self.alive or len(self._waiting) >= _MOST_WAITING:
            raise WorkerDied(False)
        future: "asyncio.Future[Any]" = asyncio.get_running_loop().create_future()
        number = next(self._numbers)
        heapq.heappush(self._waiting, (priority, number, {"id": number, "op": op, "args": args}, future))
        self._wake.set()
        return await future

    async def _run(self) -> None:
        pause = 0.25
        while not self._closing:
            began = time.monotonic()
            try:
                await self._run_worker()
            except OSError as trouble:
                self.log("cannot start the worker process: %s" % trouble)
            if time.monotonic() - began > 30:
                pause = 0.25
            self._fail_waiting()
            self.restarts += 1
            await asyncio.sleep(pause)
            pause = min(pause * 2, 10.0)

    async def _run_worker(self) -> None:
        self._process = process = await asyncio.create_subprocess_exec(
            *worker_command(), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=_LONGEST_LINE, env=worker_environment()
        )
        self.boot_id = secrets.token_hex(8)
        self.log("worker process %d started, boot %s" % (process.pid, self.boot_id))
        if self.on_boot is not None:
            self.on_boot()
        try:
            while not self._closing:
                if not await self._next_job(process):
                    return
        finally:
            if process.returncode is None and not self._closing:
                process.kill()
                await process.wait()
            if not self._closing:
                self.log("worker process %d ended" % process.pid)

    async def _next_job(self, process: asyncio.subprocess.Process) -> bool:
        assert process.stdin is not None and process.stdout is not None
        gone = asyncio.ensure_future(process.wait())
        while not self._waiting:
            self._wake.clear()
            wake = asyncio.ensure_future(self._wake.wait())
            try:
                await asyncio.wait({wake, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                wake.cancel()
            if gone.done():
                return False
        gone.cancel()
        _, _, job, future = heapq.heappop(self._waiting)
        if future.done():
            return True
        self._busy_op = str(job["op"])
        try:
            process.stdin.write(json.dumps(job).encode("utf-8") + b"\n")
            await process.stdin.drain()
            # Attaching may start the terminal, which takes its time; nothing is in flight then.
            patience = max(self.watchdog_s, _CONNECT_S) if job["op"] == "connect" else self.watchdog_s
            line = await asyncio.wait_for(process.stdout.readline(), patience)
        except asyncio.TimeoutError:
            self.log("the terminal did not answer %s within %g s: the worker is restarted" % (job["op"], self.watchdog_s))
            line = b""
        except asyncio.CancelledError:
            _fail(future, WorkerDied(True))
            raise
        except (OSError, ValueError) as trouble:
            self.log("the link to the worker broke: %s" % trouble)
            line = b""
        finally:
            self._busy_op = ""
        if line == b"":
            _fail(future, WorkerDied(True))
            return False
        _settle(future, json.loads(line))
        return True

    def _fail_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for _, _, _, future in waiting:
            _fail(future, WorkerDied(False))


def worker_command() -> List[str]:
    """How to start this very program as the worker: the joined file by its path, the package by its name."""
    if __package__:
        return [sys.executable, "-m", __package__, "--worker"]
    return [sys.executable, os.path.abspath(__file__), "--worker"]


def worker_environment() -> Dict[str, str]:
    """The environment of the worker: ours, with the folder of the package added to the path when it runs as a package."""
    environment = dict(os.environ)
    if __package__:
        folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        environment["PYTHONPATH"] = os.pathsep.join([folder] + ([environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else []))
    return environment


def _fail(future: "asyncio.Future[Any]", trouble: Exception) -> None:
    if not future.done():
        future.set_exception(trouble)


def _settle(future: "asyncio.Future[Any]", answer: Dict[str, Any]) -> None:
    if future.done():
        return
    if answer.get("ok"):
        future.set_result(answer.get("r"))
    elif "sdk" in answer:
        future.set_exception(CallFailed(int(answer["sdk"][0]), str(answer["sdk"][1])))
    elif "missing" in answer:
        future.set_exception(CallFailed(0, str(answer["missing"]), missing=True))
    else:
        future.set_exception(CallFailed(0, str(answer.get("broken"))))
