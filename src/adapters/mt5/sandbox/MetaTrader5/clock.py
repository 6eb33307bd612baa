"""The sandbox's time: real, faster than real, or moved by hand."""

import time
from typing import Any, Dict

from .symbols import SandboxError


class Clock:
    """
    UTC milliseconds of the sandbox's world. "real": the machine's clock; with `factor` f it runs f times as fast from `start_ms` (or
    from now); "manual": stands at `start_ms` until `advance`. Server time is this plus the server's offset.
    """

    def __init__(self, mode: str = "real", factor: float = 1.0, start_ms: int = 0) -> None:
        if mode not in ("real", "manual"):
            raise SandboxError('clock.mode must be "real" or "manual", got %r' % (mode,))
        if not 0 < factor <= 10_000:
            raise SandboxError("clock.factor must be above 0 and at most 10000, got %r" % (factor,))
        self.mode = mode
        self.factor = float(factor)
        self.anchor_wall = _wall_ms()
        self.anchor_ms = int(start_ms) if start_ms else int(self.anchor_wall)

    def now(self) -> int:
        """The sandbox's UTC time, ms."""
        if self.mode == "manual":
            return self.anchor_ms
        return int(self.anchor_ms + (_wall_ms() - self.anchor_wall) * self.factor)

    def advance(self, ms: int) -> None:
        """Moves a manual clock on by `ms` >= 0. SandboxError for a real clock or a negative step."""
        if self.mode != "manual" or not ms >= 0:
            raise SandboxError("only a manual clock can be advanced, and only forwards (mode %s, %r ms)" % (self.mode, ms))
        self.anchor_ms += int(ms)

    def to_json(self) -> Dict[str, Any]:
        """What a restart needs to go on where time stands."""
        return {"anchor_wall": self.anchor_wall, "anchor_ms": self.anchor_ms}

    def restore(self, state: Dict[str, Any]) -> None:
        """Takes back what `to_json` gave."""
        self.anchor_wall, self.anchor_ms = float(state["anchor_wall"]), int(state["anchor_ms"])


def _wall_ms() -> float:
    return time.time() * 1000
