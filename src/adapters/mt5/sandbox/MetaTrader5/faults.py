"""Faults that a test or a user orders: what goes wrong with the next calls (rulebook B.7, B.8)."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Dict, List, Optional, Tuple

from .symbols import SandboxError

#: What may happen to order_send. "before" and "after" say on which side of the execution.
ORDER_FAULTS = {
    "lost_request": "the request never leaves: None, nothing executed",
    "lost_answer": "executed, but the call gives None",
    "delay": "the answer comes `seconds` late (`when` before or after execution)",
    "hang": "the call does not come back (`seconds` 0 = never; `when` before or after execution)",
    "crash": "the process ends at once (`when` before or after execution)",
    "retcode": "answered with `retcode`; `executed` true: although it was executed",
    "requote": "10004 with the present quote",
    "partial": "only `volume` lots are there (IOC and RETURN)",
    "slip": "executed `points` worse (market execution)",
    "cut": "the link to the broker breaks for `seconds` (`when` before or after execution); answered with 10031",
    "placed": "10008 first; executed `seconds` later, or rejected then with `retcode`",
}
#: What may happen to any function.
CALL_FAULTS = {
    "delay": "the answer comes `seconds` late",
    "hang": "the call does not come back (`seconds` 0 = never)",
    "crash": "the process ends at once",
    "error": "None (or False) with last_error (`code`, text)",
}


@dataclass
class Fault:
    """One fault. It skips `skip` matching calls, then strikes `times` calls. `function` "" = order_send."""

    kind: str
    function: str = ""
    times: int = 1
    skip: int = 0
    seconds: float = 0.0
    when: str = "after"
    retcode: int = 0
    executed: bool = False
    volume: float = 0.0
    points: float = 0.0
    #: For last_error; 0 = -10001 for a lost request, -10002 for a lost answer, -10005 else.
    code: int = 0
    #: Only requests of this action, symbol or magic; None = any.
    action: Optional[int] = None
    symbol: Optional[str] = None
    magic: Optional[int] = None


def make_fault(values: Dict[str, Any]) -> Fault:
    """Builds a fault from its fields; SandboxError says which are possible."""
    known = [entry.name for entry in fields(Fault)]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise SandboxError("fault: unknown field %s; known are %s" % (unknown[0], ", ".join(known)))
    fault = Fault(**values)
    if fault.function in ("", "order_send"):
        fault.function = "order_send" if fault.kind == "error" else ""
    kinds = CALL_FAULTS if fault.function else ORDER_FAULTS
    if fault.kind not in kinds:
        raise SandboxError("fault: kind %r is not one of %s" % (fault.kind, ", ".join(kinds)))
    if fault.when not in ("before", "after"):
        raise SandboxError('fault: when must be "before" or "after", got %r' % (fault.when,))
    return fault


def error_of(fault: Fault) -> Tuple[int, str]:
    """What last_error shows after the fault (rulebook B.4, B.7)."""
    code = fault.code or {"lost_request": -10001, "lost_answer": -10002}.get(fault.kind, -10005)
    texts = {-10001: "IPC send failed", -10002: "IPC recv failed", -10004: "No IPC connection", -10005: "IPC timeout"}
    return code, texts.get(code, "Terminal: Call failed")


class Faults:
    """The faults that are still to come, first ordered first."""

    def __init__(self) -> None:
        self.waiting: List[Fault] = []

    def add(self, fault: Fault) -> None:
        """Puts a fault in line."""
        self.waiting.append(fault)

    def clear(self) -> None:
        """Forgets all."""
        self.waiting = []

    def for_call(self, function: str) -> Optional[Fault]:
        """The fault that strikes this call of `function`, used up."""
        return self._take(lambda fault: fault.function == function)

    def for_order(self, request: Any) -> Optional[Fault]:
        """The fault that strikes this order, used up."""

        def matches(fault: Fault) -> bool:
            wanted = ((fault.action, request.action), (fault.symbol, request.symbol), (fault.magic, request.magic))
            return not fault.function and all(value is None or value == actual for value, actual in wanted)

        return self._take(matches)

    def _take(self, matches: Any) -> Optional[Fault]:
        for fault in self.waiting:
            if not matches(fault):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                return None
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            return fault
        return None

    def to_json(self) -> List[Dict[str, Any]]:
        """For the state file: a fault that struck must not strike again after a restart."""
        return [asdict(fault) for fault in self.waiting]

    def restore(self, state: List[Dict[str, Any]]) -> None:
        """Takes back what `to_json` gave."""
        self.waiting = [Fault(**values) for values in state]
