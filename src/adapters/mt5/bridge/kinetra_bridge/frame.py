"""The envelope of the protocol, decoded strictly and encoded safely (rulebook E.2, controls S-11, S-14)."""

from __future__ import annotations

import json
import math
import re as regex
import unicodedata
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .codes import MAX_FRAME_IN, MAX_SAFE_INTEGER

_TYPE = regex.compile(r"^[a-z][a-z_]{0,31}$")
_ID = regex.compile(r"^[\x21-\x7e]{1,64}$")
_BIG = frozenset(
    {"ticket", "magic", "order", "deal", "position", "position_by", "identifier", "position_id", "position_by_id", "login"}
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class BadFrame(Exception):
    """A frame that cannot be read at all; the text says why. Five within ten seconds close the link."""


class BadRequest(Exception):
    """A request that is refused with a code of `codes.ERROR_CODES`, `MT5_<n>` or `SDK_<n>`.

    `details` are plain JSON values. `retryable` says whether the same wish, with a new client id, may succeed later.
    """

    def __init__(self, code: str, message: str, details: Optional[Dict[str, Any]] = None, retryable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details or {}
        self.retryable = retryable

    def body(self) -> Dict[str, Any]:
        """The error as the body of an `error` message."""
        return {"code": self.code, "message": self.message, "retryable": self.retryable, "details": self.details}


@dataclass(frozen=True)
class Frame:
    """One decoded frame: type, body, sequence number (1...), sender's UTC time in ms, and the optional ids."""

    t: str
    d: Dict[str, Any]
    seq: int
    ts: int
    id: Optional[str] = None
    re: Optional[str] = None
    sid: Optional[str] = None


def decode_frame(data: Any) -> Frame:
    """Reads one WebSocket message. Raises BadFrame for everything that is not one well-formed envelope; never anything else."""
    if not isinstance(data, str):
        raise BadFrame("binary frames are not part of the protocol")
    if len(data.encode("utf-8", "surrogatepass")) > MAX_FRAME_IN:
        raise BadFrame("the frame is larger than %d bytes" % MAX_FRAME_IN)
    try:
        found = json.loads(data, object_pairs_hook=_object_without_doubles, parse_constant=_no_constant, parse_float=_finite)
    except BadFrame:
        raise
    except RecursionError:
        raise BadFrame("nested too deeply") from None
    except ValueError:
        raise BadFrame("not JSON") from None
    if not isinstance(found, dict):
        raise BadFrame("a frame is an object")
    version, kind, body = found.get("v"), found.get("t"), found.get("d", {})
    if version != 1 or isinstance(version, bool):
        raise BadFrame("v must be 1")
    if not isinstance(kind, str) or not _TYPE.match(kind):
        raise BadFrame("t must be a message type")
    if not isinstance(body, dict):
        raise BadFrame("d must be an object")
    _check_depth(body, 0)
    seq, ts = found.get("seq"), found.get("ts")
    if not _whole(seq, 1) or not _whole(ts, 0):
        raise BadFrame("seq and ts must be whole numbers")
    ids: List[Optional[str]] = []
    for name in ("id", "re", "sid"):
        value = found.get(name)
        if value is not None and (not isinstance(value, str) or not _ID.match(value)):
            raise BadFrame("%s must be 1 to 64 printable characters" % name)
        ids.append(value)
    return Frame(kind, body, int(seq), int(ts), ids[0], ids[1], ids[2])


def encode_body(body: Dict[str, Any]) -> str:
    """A message body as JSON: 64-bit numbers as strings, outside text cleaned, numbers that are not finite as null."""
    return json.dumps(_wire(body, ""), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def envelope(kind: str, body_json: str, seq: int, ts_ms: int, sid: Optional[str] = None, re: Optional[str] = None) -> str:
    """Puts an encoded body into the envelope. `kind`, `sid` and `re` are words of ours or were checked by `decode_frame`."""
    head = '{"v":1,"t":"%s","seq":%d,"ts":%d' % (kind, seq, ts_ms)
    if sid is not None:
        head += ',"sid":%s' % json.dumps(sid)
    if re is not None:
        head += ',"re":%s' % json.dumps(re)
    return head + ',"d":' + body_json + "}"


def clean_text(text: Any, longest: int = 256) -> str:
    """Text from outside without control, format, bidi and zero-width characters, each shown as U+FFFD; at most `longest` characters."""
    out = "".join("\ufffd" if unicodedata.category(character) in _INVISIBLE else character for character in str(text)[: longest + 1])
    return out if len(out) <= longest else out[: longest - 1] + "\u2026"


class Fields:
    """Reads the fields of a request body; each reader raises BadRequest BAD_REQUEST that names the field, the value and what is expected."""

    def __init__(self, body: Dict[str, Any], known: Optional[Sequence[str]] = None) -> None:
        self.body = body
        if known is not None:
            for name in body:
                if name not in known:
                    raise BadRequest("BAD_REQUEST", "unknown field %s" % clean_text(name, 40))

    def _refuse(self, name: str, expected: str) -> BadRequest:
        shown = clean_text(json.dumps(self.body.get(name), default=str), 60)
        return BadRequest("BAD_REQUEST", "%s must be %s, not %s" % (name, expected, shown), {"field": name})

    def text(self, name: str, longest: int = 64, default: Optional[str] = None, required: bool = True) -> Optional[str]:
        """A string of 1 to `longest` printable ASCII characters."""
        value = self.body.get(name)
        if value is None and not required:
            return default
        if not isinstance(value, str) or not 1 <= len(value) <= longest or not all(" " <= c <= "~" for c in value):
            raise self._refuse(name, "1 to %d printable characters" % longest)
        return value

    def choice(self, name: str, choices: Sequence[str], default: Optional[str] = None) -> str:
        """One of the words given."""
        value = self.body.get(name, default)
        if not isinstance(value, str) or value not in choices:
            raise self._refuse(name, "one of " + ", ".join(choices))
        return value

    def number(self, name: str, low: float, high: float, required: bool = True) -> Optional[float]:
        """A finite number within [low, high]; None when absent and not required."""
        value = self.body.get(name)
        if value is None and not required:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise self._refuse(name, "a number from %s to %s" % (_short(low), _short(high)))
        return float(value)

    def whole(self, name: str, low: int, high: int, default: Optional[int] = None) -> int:
        """A whole number within [low, high]."""
        value = self.body.get(name, default)
        if not _whole(value, low) or value > high:
            raise self._refuse(name, "a whole number from %d to %d" % (low, high))
        return int(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """True or false."""
        value = self.body.get(name, default)
        if not isinstance(value, bool):
            raise self._refuse(name, "true or false")
        return value

    def ticket(self, name: str, required: bool = True) -> Optional[int]:
        """A 64-bit number (ticket, magic) sent as a string of digits."""
        value = self.body.get(name)
        if value is None and not required:
            return None
        if not isinstance(value, str) or not regex.match(r"^(0|[1-9][0-9]{0,18})$", value, regex.ASCII) or int(value) >= 2**63:
            raise self._refuse(name, "a string of digits")
        return int(value)

    def texts(self, name: str, most: int, longest: int = 64) -> List[str]:
        """A list of 1 to `most` printable strings."""
        value = self.body.get(name)
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise self._refuse(name, "a list of 1 to %d texts" % most)
        return [str(Fields({name: item}).text(name, longest)) for item in value]


def finite_number(value: Any) -> Optional[float]:
    """The value as a float, or None if it is no finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _short(value: float) -> str:
    return "%g" % value


def _whole(value: Any, low: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= MAX_SAFE_INTEGER


def _object_without_doubles(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    out: Dict[str, Any] = {}
    for name, value in pairs:
        if name in out:
            raise BadFrame("a key occurs twice")
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_SAFE_INTEGER:
            raise BadFrame("a whole number beyond 2^53; 64-bit numbers are sent as strings")
        out[name] = value
    return out


def _no_constant(_name: str) -> Any:
    raise BadFrame("NaN and Infinity are not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise BadFrame("a number is too large")
    return value


def _check_depth(value: Any, depth: int) -> None:
    if depth > 8:
        raise BadFrame("nested too deeply")
    if isinstance(value, dict):
        for item in value.values():
            _check_depth(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_depth(item, depth + 1)


def _wire(value: Any, name: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(value, 4096)
    if isinstance(value, int):
        return str(value) if name in _BIG or abs(value) > MAX_SAFE_INTEGER else value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {clean_text(key, 64): _wire(item, str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_wire(item, name) for item in value]
    return clean_text(value, 256)
