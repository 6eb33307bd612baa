"""What waits to be sent to one client: answers and events first, ticks after them, the sequence number given at the last moment (controls S-09)."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Callable, Deque, Dict, Optional, Tuple

from .codes import MAX_FRAME_OUT
from .frame import encode_body, envelope

MOST_BYTES = 4 * 1024 * 1024
"""A client that lets more than this pile up is slow beyond help."""


class Outbox:
    """Two queues in bytes of JSON. Ticks never get in front of anything else."""

    def __init__(self) -> None:
        self._urgent: Deque[Tuple[str, str, Optional[str]]] = deque()
        self._ticks: Deque[Tuple[str, str, Optional[str]]] = deque()
        self._filled = asyncio.Event()
        self.bytes = 0
        self.seq = 0

    def put(self, kind: str, body: Dict[str, Any], re: Optional[str] = None, ticks: bool = False) -> None:
        """Queues a message. One that would be larger than a frame may be is replaced by an error that says so."""
        text = encode_body(body)
        if len(text) * 3 > MAX_FRAME_OUT and len(text.encode("utf-8")) > MAX_FRAME_OUT - 512:
            kind, text = "error", encode_body({"code": "INTERNAL", "message": "the answer to %s is too large; ask for less" % kind, "retryable": False, "details": {}})
        (self._ticks if ticks else self._urgent).append((kind, text, re))
        self.bytes += len(text)
        self._filled.set()

    async def next_frame(self, utc_ms: Callable[[], int], sid: Callable[[], Optional[str]]) -> str:
        """Waits for the next message and returns it as a frame; `utc_ms` and `sid` are asked when it is made."""
        while not self._urgent and not self._ticks:
            self._filled.clear()
            await self._filled.wait()
        kind, text, re = (self._urgent or self._ticks).popleft()
        self.bytes -= len(text)
        self.seq += 1
        return envelope(kind, text, self.seq, utc_ms(), sid(), re)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._urgent and not self._ticks
