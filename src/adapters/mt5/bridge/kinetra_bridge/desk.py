"""What the bridge knows right now, and the events that everybody hears: one object that the front's tasks share."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, Iterable, List, Optional, Set

from .activity import Event, highest_order
from .codes import BRIDGE_VERSION, MARGIN_HEDGING, PROTOCOL_MAX, TRADE_MODES
from .frame import BadRequest
from .gateway import Gateway
from .journal import Journal, JournalTrouble, OrderRow
from .limits import Lease, day_loss
from .offset import ServerClock
from .preflight import live_lock, switches_off
from .resolver import find_token
from .settings import Settings


class Desk:
    """Shared state. `link` is starting, package_missing, terminal_down, wrong_account or up; `trouble` says why it is not up."""

    def __init__(self, settings: Settings, journal: Journal, gateway: Gateway, log: Callable[[str], None]) -> None:
        self.settings = settings
        self.journal = journal
        self.gateway = gateway
        self.log = log
        self.link = "starting"
        self.trouble = "the bridge is starting"
        self.broken: Optional[str] = None
        self.account: Optional[Dict[str, Any]] = None
        self.terminal: Optional[Dict[str, Any]] = None
        self.account_at = 0.0
        self.package = ""
        self.pinned: Optional[List[Any]] = None
        self.positions: Optional[Dict[int, Dict[str, Any]]] = None
        self.orders: Dict[int, Dict[str, Any]] = {}
        self.server = ServerClock()
        self.lease = Lease()
        self.fence_epoch = int(journal.meta("fence_epoch") or 0)
        self.fence_nonce: Optional[str] = None
        self.unlocked = False
        self.highest_order = 0
        self.highest_deal = 0
        self.poll_lag_ms = 0.0
        self.clients: Set[Any] = set()
        self.magics: Set[int] = set()
        self.names: Dict[str, str] = {}
        self.on_late_deal: Optional[Callable[[OrderRow, Dict[str, Any]], None]] = None

    @staticmethod
    def utc_ms() -> int:
        """Now, UTC ms."""
        return int(time.time() * 1000)

    @staticmethod
    def mono_s() -> float:
        """Now on the clock that never jumps, seconds."""
        return time.monotonic()

    @property
    def account_key(self) -> str:
        """Which account rows of the journal belong to."""
        return "" if self.account is None else "%s@%s" % (self.account["login"], self.account["server"])

    @property
    def hedging(self) -> bool:
        """Whether the account holds several positions a symbol."""
        return self.account is not None and self.account["margin_mode"] == MARGIN_HEDGING

    @property
    def live_lock(self) -> str:
        """State of the lock before real money."""
        return live_lock(self.settings, self.account, self.unlocked)

    def need_link(self) -> None:
        """Raises BadRequest while the terminal cannot be asked."""
        if self.link == "wrong_account":
            raise BadRequest("WRONG_ACCOUNT", self.trouble)
        if self.link != "up":
            raise BadRequest("TERMINAL_DOWN", self.trouble, {"link": self.link}, True)

    def broadcast(self, kind: str, body: Dict[str, Any]) -> None:
        """Sends to every authenticated client."""
        for client in list(self.clients):
            client.push(kind, body)

    def publish(self, kind: str, before: Optional[Dict[str, Any]], after: Optional[Dict[str, Any]], cause: Optional[str] = None) -> None:
        """Writes one event to the journal and tells everybody."""
        self.publish_all([(kind, before, after)], cause)

    def publish_all(self, events: Iterable[Event], cause: Optional[str] = None, deals: Iterable[Dict[str, Any]] = ()) -> None:
        """Writes events and the deals they tell of in one step, then tells everybody. A journal that fails stops all trading."""
        now = self.utc_ms()
        told: List[Dict[str, Any]] = []
        try:
            self.journal.begin()
            for kind, before, after in events:
                shown = after if after is not None else before
                body = {"kind": kind, "at_ms": now, "before": self.tag(before), "after": self.tag(after), "cause_cid": cause or self._cause(kind, shown)}
                told.append({"eseq": self.journal.add_event(now, kind, body), **body})
            self.journal.remember_deals(self.account_key, [(deal["ticket"], deal["time"]) for deal in deals])
            self.journal.commit()
        except JournalTrouble as trouble:
            self.journal.rollback()
            self.broken = str(trouble)
            self.log(str(trouble))
        for body in told:
            self.broadcast("event", body)

    def _cause(self, kind: str, shown: Optional[Dict[str, Any]]) -> Optional[str]:
        """The client id of the order that directly caused an event, as far as its ticket or comment tells."""
        if shown is None or self.account is None:
            return None
        ticket = shown.get("order") if kind == "deal_added" else shown.get("ticket") if kind.startswith("order_") else shown.get("identifier")
        row = self.journal.order_by_ticket(self.account_key, int(ticket)) if isinstance(ticket, int) and ticket else None
        if row is None and kind != "position_closed":
            token = find_token(shown.get("comment"))
            row = self.journal.order_by_token(token) if token else None
        return row.cid if row is not None else None

    def tag(self, item: Optional[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
        """Adds to an order, deal or position: `owner` (ours, agent, foreign), the `cid` it came from, and its time as UTC ms."""
        if item is None or "magic" not in item or self.account is None:
            return item
        key = self.account_key
        token = find_token(item.get("comment"))
        row = self.journal.order_by_token(token) if token else None
        opened = item.get("identifier") or item.get("position_id")
        if row is None and item.get("order"):
            row = self.journal.order_by_ticket(key, int(item["order"]))
        if row is None and "state" in item:
            row = self.journal.order_by_ticket(key, int(item["ticket"]))
        position_row = self.journal.order_by_position(key, int(opened)) if opened else None
        if row is None and "identifier" in item:
            row = position_row
        ours = row is not None or position_row is not None
        owner = "ours" if ours else "agent" if item["magic"] and item["magic"] in self.magics else "foreign"
        moment = item.get("time_msc") or item.get("time_setup_msc") or 0
        return {**item, "owner": owner, "cid": row.cid if row is not None else None, "time_utc_ms": self.server.utc_ms(int(moment))}

    def note_book(self, positions: List[Dict[str, Any]], orders: List[Dict[str, Any]], deals: List[Dict[str, Any]]) -> None:
        """Keeps the highest tickets ever seen: evidence of an order that was sent later must lie above them."""
        self.highest_order = max(self.highest_order, highest_order(positions, orders, deals))
        self.highest_deal = max([self.highest_deal] + [int(deal["ticket"]) for deal in deals])

    # the fence

    def raise_fence(self, epoch: int, nonce: str) -> None:
        """Puts up a new fence; orders of an older one are refused from now on. Raises BadRequest STALE_FENCE for an epoch used before."""
        if epoch <= self.fence_epoch:
            raise BadRequest("STALE_FENCE", "epoch %d was used before; the next is %d" % (epoch, self.fence_epoch + 1), {"epoch": self.fence_epoch})
        self.journal.set_meta("fence_epoch", str(epoch))
        self.fence_epoch, self.fence_nonce = epoch, nonce
        self.lease.fenced()

    def drop_fence(self) -> None:
        """Makes every order on its way stale: after a kill, a restart of the worker, another client."""
        self.fence_epoch += 1
        self.fence_nonce = None
        self.journal.set_meta("fence_epoch", str(self.fence_epoch))

    # money of the day

    def _day_name(self) -> str:
        day = time.strftime("%Y-%m-%d", time.gmtime(self.server.newest_msc // 1000))
        return "day:%s:%s" % (self.account_key, day)

    def note_day(self) -> None:
        """Stores what the broker day began with: balance and credit at its first sight."""
        if self.account is None or not self.server.newest_msc:
            return
        name = self._day_name()
        if self.journal.meta(name) is None:
            self.journal.set_meta(name, repr(float(self.account["balance"]) + float(self.account["credit"])))

    def note_balance_deal(self, amount: float) -> None:
        """A deposit or withdrawal is neither gain nor loss: the day's beginning moves along."""
        stored = self.journal.meta(self._day_name())
        if stored is not None:
            self.journal.set_meta(self._day_name(), repr(float(stored) + amount))

    def day_loss_pct(self, account: Dict[str, Any]) -> Optional[float]:
        """Percent lost today by the broker's day."""
        stored = self.journal.meta(self._day_name())
        return day_loss(float(stored) if stored is not None else None, account)

    # what is told

    def account_body(self) -> Dict[str, Any]:
        """Body of an `account` message."""
        if self.account is None:
            raise BadRequest("TERMINAL_DOWN", self.trouble, {"link": self.link}, True)
        names = {"trade_mode_name": TRADE_MODES.get(int(self.account["trade_mode"]), "unknown"), "live_lock": self.live_lock}
        return {**self.account, **names, "as_of": self.utc_ms(), "age_ms": int((self.mono_s() - self.account_at) * 1000)}

    def terminal_body(self) -> Dict[str, Any]:
        """Body of a `terminal` message: also while there is none, then with the reason."""
        off = switches_off(self.account, self.terminal) if self.account is not None and self.terminal is not None else []
        age = self.server.newest_age_s(self.mono_s())
        body: Dict[str, Any] = {"link": self.link, "trouble": None if self.link == "up" else self.trouble, "switches_off": off, "package": self.package}
        body["last_tick_age_ms"] = None if age is None else int(age * 1000)
        for name in ("connected", "trade_allowed", "tradeapi_disabled", "ping_last", "build", "name", "company"):
            body[name] = None if self.terminal is None else self.terminal.get(name)
        return body

    def status_body(self) -> Dict[str, Any]:
        """Body of a `status` message."""
        age = self.server.newest_age_s(self.mono_s())
        return {
            "bridge": BRIDGE_VERSION,
            "protocol": PROTOCOL_MAX,
            "boot_id": self.gateway.boot_id,
            "journal_id": self.journal.id,
            "eseq": self.journal.last_event(),
            "worker_alive": self.gateway.alive,
            "worker_restarts": self.gateway.restarts,
            "worker_op": self.gateway.busy_op or None,
            "link": self.link,
            "trouble": None if self.link == "up" else self.trouble,
            "broken": self.broken,
            "connected": None if self.terminal is None else bool(self.terminal["connected"]),
            "last_tick_age_ms": None if age is None else int(age * 1000),
            "queue_depth": self.gateway.depth,
            "poll_lag_ms": round(self.poll_lag_ms, 1),
            "server_time_offset_s": self.server.offset_s,
            "journal_orders": self.journal.count_orders(),
            "unresolved": [row.cid for row in self.journal.open_orders(self.account_key)] if self.account is not None else [],
            "fence_epoch": self.fence_epoch,
            "fenced": self.fence_nonce is not None,
            "lease": "held" if self.lease.is_held(self.mono_s()) else self.lease.state if self.lease.state != "held" else "expired",
            "kills": self.journal.kills(),
            "live_lock": self.live_lock,
        }
