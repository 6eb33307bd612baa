"""Where a tick stream stands, so that no tick is lost or sent twice (rulebook E.1, E.3 `ticks`). Pure.

Ticks are asked for by whole seconds and several may carry one millisecond, so a cursor is the last millisecond delivered and how many
ticks of that millisecond were. *Assumed*: the terminal's tick history is append-only and ordered by `time_msc` (rulebook B.8).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

TICK_COLUMNS: Sequence[Tuple[str, str]] = (("t", "time_msc"), ("bid", "bid"), ("ask", "ask"), ("last", "last"), ("vol", "volume"), ("flags", "flags"))
"""Name on the wire and in the terminal; `t` is raw server time in ms."""
MOST_TICKS_READ = 200_000


@dataclass(frozen=True)
class Cursor:
    """`msc`: server ms of the last tick delivered; `seen`: how many ticks of that ms were delivered (0 = none yet, deliver from there)."""

    msc: int
    seen: int = 0


@dataclass(frozen=True)
class Batch:
    """New ticks by column, the cursor after them, and whether history before them is missing."""

    columns: Dict[str, List[Any]]
    cursor: Cursor
    gap: bool

    def __len__(self) -> int:
        return len(self.columns["t"])


def read_batch(read: Callable[[int, int], Optional[Dict[str, List[Any]]]], cursor: Cursor, most: int) -> Optional[Batch]:
    """The ticks after a cursor, oldest first, at most `most`.

    `read(from_second, count)` returns columns named as on the wire, from the start of that second on, or None on failure (then None is
    returned). Reads again with a larger count while a single second holds more ticks than were read.
    """
    count = most + cursor.seen + 256
    while True:
        columns = read(cursor.msc // 1000, count)
        if columns is None:
            return None
        times = columns["t"]
        start, here = _after(times, cursor)
        if start < len(times) or len(times) < count or count >= MOST_TICKS_READ:
            break
        count = min(count * 4, MOST_TICKS_READ)
    end = min(len(times), start + most)
    cut = {name: list(values[start:end]) for name, values in columns.items()}
    gap = cursor.seen > 0 and here < cursor.seen
    return Batch(cut, advance(cursor, cut["t"]), gap)


def advance(cursor: Cursor, times: Sequence[int]) -> Cursor:
    """The cursor after delivering ticks of these times."""
    if len(times) == 0:
        return cursor
    last = times[-1]
    same = sum(1 for time in times if time == last)
    return Cursor(last, same + (cursor.seen if last == cursor.msc else 0))


def _after(times: Sequence[int], cursor: Cursor) -> Tuple[int, int]:
    """Index of the first tick not delivered, and how many ticks of the cursor's own millisecond there are."""
    start = here = 0
    for time in times:
        if time < cursor.msc:
            start += 1
            continue
        if time > cursor.msc:
            break
        here += 1
    return start + min(here, cursor.seen), here
