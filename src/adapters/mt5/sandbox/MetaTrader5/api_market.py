"""The package's functions about bars and ticks (rulebook B.2, B.3). Dates are server wall clock, as MT5 has it (rulebook A5.4)."""

import bisect
import datetime
import math
from typing import Any, List, Optional, Tuple

from . import constants as c
from .api_state import INVALID, NOT_FOUND, fail
from .structures import RATE_FIELDS, TICK_FIELDS, Table

World = Any
_MINUTE = 60_000
_DAY = 86_400_000
#: Minutes of a time frame below days.
_MINUTES = {**{minutes: minutes for minutes in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)}, **{16384 + h: 60 * h for h in (1, 2, 3, 4, 6, 8, 12)}}


def seconds_of(date: Any) -> Optional[int]:
    """
    A date argument as whole seconds: a datetime (naive = local time) or a number of seconds; None for anything else. Fractions are cut
    off (*assumed*, the hard case: a tick cursor cannot rely on milliseconds and has to read its last second again).
    """
    if isinstance(date, datetime.datetime):
        return int(math.floor(date.timestamp()))
    if isinstance(date, (int, float)) and not isinstance(date, bool) and math.isfinite(date):
        return int(math.floor(date))
    return None


def copy_ticks(world: World, name: str, date_from: Any, flags: Any, count: Any = None, date_to: Any = None) -> Any:
    """Ticks from a date on: the first `count`, or those up to `date_to`. None for bad arguments or a symbol not in Market Watch."""
    start, end = seconds_of(date_from), (None if date_to is None else seconds_of(date_to))
    by_count = date_to is None
    if start is None or (by_count and not _is_count(count)) or (not by_count and end is None) or flags not in (-1, 1, 2):
        return fail(world, INVALID)
    if name not in world.specs or not world.selected[name]:
        return fail(world, NOT_FOUND)
    spec, feed = world.specs[name], world.feeds[name]
    place = bisect.bisect_left(feed.times, start * 1000)
    until = bisect.bisect_right(feed.times, min(world.horizon(), (end * 1000) if end is not None else world.horizon()))
    rows: List[Tuple[Any, ...]] = []
    limit = count if by_count else until
    digits, power = spec.digits, 10**spec.digits
    while place < until and len(rows) < limit:
        t = feed.ticks[place]
        place += 1
        if flags == c.COPY_TICKS_TRADE and not t.flags & 24 or flags == c.COPY_TICKS_INFO and not t.flags & 6:
            continue
        prices = (round(t.bid / power, digits), round(t.ask / power, digits), round(t.last / power, digits))
        rows.append((t.at // 1000, *prices, int(t.volume), t.at, t.flags, float(t.volume)))
    return Table(TICK_FIELDS, rows)


def copy_rates_from_pos(world: World, name: str, timeframe: Any, start: Any, count: Any) -> Any:
    """`count` bars, oldest first, ending `start` bars before the forming one (0 = with the forming bar)."""
    if not _is_count(start, 0) or not _is_count(count):
        return fail(world, INVALID)
    bars = _bars(world, name, timeframe)
    if bars is None:
        return None
    end = len(bars) - start
    return _answer(world, bars[max(0, end - count) : end] if end > 0 else [])


def copy_rates_from(world: World, name: str, timeframe: Any, date_from: Any, count: Any) -> Any:
    """`count` bars up to and including the one that opens at or before the date."""
    at = seconds_of(date_from)
    if at is None or not _is_count(count):
        return fail(world, INVALID)
    bars = _bars(world, name, timeframe)
    if bars is None:
        return None
    fitting = [bar for bar in bars if bar[0] <= at]
    return _answer(world, fitting[-count:])


def copy_rates_range(world: World, name: str, timeframe: Any, date_from: Any, date_to: Any) -> Any:
    """Bars that open within the two dates, both included."""
    start, end = seconds_of(date_from), seconds_of(date_to)
    if start is None or end is None:
        return fail(world, INVALID)
    bars = _bars(world, name, timeframe)
    return None if bars is None else _answer(world, [bar for bar in bars if start <= bar[0] <= end])


def _is_count(value: Any, least: int = 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _answer(world: World, rows: List[Tuple[Any, ...]]) -> Any:
    del world
    return Table(RATE_FIELDS, rows)


def _bars(world: World, name: str, timeframe: Any) -> Optional[List[Tuple[Any, ...]]]:
    if name not in world.specs:
        return fail(world, NOT_FOUND)
    if timeframe not in _MINUTES and timeframe not in (c.TIMEFRAME_D1, c.TIMEFRAME_W1, c.TIMEFRAME_MN1):
        return fail(world, INVALID)
    minutes = world.minutes[name].until(world.horizon())
    if timeframe == c.TIMEFRAME_M1:
        return minutes
    bars: List[Tuple[Any, ...]] = []
    for bar in minutes:
        opens = _opens_at(bar[0] * 1000, timeframe) // 1000
        if bars and bars[-1][0] == opens:
            b = bars[-1]
            bars[-1] = (opens, b[1], max(b[2], bar[2]), min(b[3], bar[3]), bar[4], b[5] + bar[5], min(b[6], bar[6]), b[7] + bar[7])
        else:
            bars.append((opens, *bar[1:]))
    return bars


def _opens_at(at: int, timeframe: int) -> int:
    if timeframe in _MINUTES:
        length = _MINUTES[timeframe] * _MINUTE
        return at // length * length
    day = at // _DAY
    if timeframe == c.TIMEFRAME_D1:
        return day * _DAY
    if timeframe == c.TIMEFRAME_W1:
        return (day - (day + 4) % 7) * _DAY
    first = datetime.date(1970, 1, 1) + datetime.timedelta(days=day)
    return (first.replace(day=1) - datetime.date(1970, 1, 1)).days * _DAY


class Minutes:
    """M1 bars of one feed (bid prices, least spread of the minute in points), built once and grown with its ticks."""

    def __init__(self, feed: Any) -> None:
        self.feed = feed
        self.closed: List[Tuple[Any, ...]] = []
        self.next_tick = 0
        self.dropped = 0

    def until(self, horizon: int) -> List[Tuple[Any, ...]]:
        """All bars at server time `horizon`, oldest first; the last one is forming."""
        times, ticks = self.feed.times, self.feed.ticks
        end = bisect.bisect_right(times, horizon)
        self.next_tick = max(0, self.next_tick - (self.feed.dropped - self.dropped))
        self.dropped = self.feed.dropped
        while self.next_tick < len(times):
            minute = times[self.next_tick] // _MINUTE
            after = bisect.bisect_left(times, (minute + 1) * _MINUTE, self.next_tick)
            if after >= len(times):
                break
            self.closed.append(self._bar(ticks[self.next_tick : after], minute))
            self.next_tick = after
        opens = horizon // _MINUTE * _MINUTE // 1000
        bars = list(self.closed)
        while bars and bars[-1][0] >= opens:
            bars.pop()
        first = bisect.bisect_left(times, (bars[-1][0] + 60) * 1000) if bars else 0
        if first < end:
            bars.append(self._bar(ticks[first:end], times[first] // _MINUTE))
        return bars

    def _bar(self, ticks: List[Any], minute: int) -> Tuple[Any, ...]:
        power, digits = 10**self.feed.spec.digits, self.feed.spec.digits
        bids = [tick.bid for tick in ticks]
        prices = [round(value / power, digits) for value in (bids[0], max(bids), min(bids), bids[-1])]
        spread = int(min(tick.ask - tick.bid for tick in ticks))
        return (minute * 60, *prices, len(ticks), spread, int(sum(tick.volume for tick in ticks)))
