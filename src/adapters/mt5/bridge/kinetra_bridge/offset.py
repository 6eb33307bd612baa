"""How far the broker's wall clock is from UTC, and how old a quote is (rulebook A5.4). Pure: times are handed in."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

HALF_HOUR_S = 1800
_AGREE = 3
_NEAR_S = 60.0


class ServerClock:
    """Learns the offset from ticks that are seen to move. MT5 times are the broker's wall clock written as if it were UTC."""

    def __init__(self) -> None:
        self.offset_s: Optional[int] = None
        self.history: List[Tuple[int, int]] = []
        self.newest_msc = 0
        self._quotes: Dict[str, Tuple[int, float, bool]] = {}
        self._candidate: Optional[int] = None
        self._agreed = 0

    def saw(self, symbol: str, msc: int, utc_ms: int, mono_s: float) -> None:
        """Notes the newest tick of a symbol. An offset is believed when three moves in a row agree to within a minute of a half hour."""
        known = self._quotes.get(symbol)
        if msc <= 0 or (known is not None and msc <= known[0]):
            return
        self._quotes[symbol] = (msc, mono_s, known is not None)
        self.newest_msc = max(self.newest_msc, msc)
        if known is None:
            return
        ahead = (msc - utc_ms) / 1000
        candidate = round(ahead / HALF_HOUR_S) * HALF_HOUR_S
        if abs(ahead - candidate) > _NEAR_S or abs(candidate) > 15 * 3600:
            self._candidate, self._agreed = None, 0
            return
        self._agreed = self._agreed + 1 if candidate == self._candidate else 1
        self._candidate = candidate
        if self._agreed >= _AGREE and candidate != self.offset_s:
            self.offset_s = candidate
            self.history.append((utc_ms, candidate))

    def age_s(self, symbol: str, utc_ms: int, mono_s: float) -> Optional[float]:
        """Seconds since the newest tick of a symbol; None when nothing proves it."""
        known = self._quotes.get(symbol)
        if known is None:
            return None
        msc, seen_at, moved = known
        if moved:
            return max(0.0, mono_s - seen_at)
        if self.offset_s is None:
            return None
        return max(0.0, (utc_ms + self.offset_s * 1000 - msc) / 1000)

    def newest_age_s(self, mono_s: float) -> Optional[float]:
        """Seconds since any symbol was seen to move."""
        moved = [mono_s - seen_at for _, seen_at, did in self._quotes.values() if did]
        return min(moved) if moved else None

    def utc_ms(self, server_ms: int) -> Optional[int]:
        """A server time as UTC ms; None while the offset is unknown."""
        return None if self.offset_s is None or server_ms <= 0 else server_ms - self.offset_s * 1000

    def now_s(self, utc_ms: int) -> int:
        """About now in server seconds: for ranges of history, which are widened by days on both sides anyway."""
        return max(self.newest_msc, utc_ms) // 1000

    def range_s(self, utc_ms: int, since_s: Optional[int]) -> Tuple[int, int]:
        """A range of server seconds that surely holds everything from a day before `since_s` (or two days ago) until now."""
        moments = [utc_ms // 1000] + ([self.newest_msc // 1000] if self.newest_msc else [])
        start = min(moments) - 2 * 86_400 if since_s is None else since_s - 86_400
        return max(0, start), max(moments) + 2 * 86_400
