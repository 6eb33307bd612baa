"""What the bridge must not forget: orders before they are sent, events, deals seen, kills, the fence (rulebook E.4, E.5).

One SQLite file in WAL mode with `synchronous=FULL`: every commit is on the disk when the call returns. The front process owns it alone.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Tuple

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
  cid TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, account TEXT NOT NULL, magic INTEGER NOT NULL, symbol TEXT NOT NULL, opening INTEGER NOT NULL,
  state TEXT NOT NULL, digest TEXT NOT NULL, wish TEXT NOT NULL, sent TEXT, result TEXT, known TEXT, created_ms INTEGER NOT NULL, sent_ms INTEGER,
  updated_ms INTEGER NOT NULL, order_ticket INTEGER, deal_ticket INTEGER, position_ticket INTEGER);
CREATE INDEX IF NOT EXISTS orders_by_state ON orders (state);
CREATE INDEX IF NOT EXISTS orders_by_order ON orders (order_ticket);
CREATE INDEX IF NOT EXISTS orders_by_position ON orders (position_ticket);
CREATE TABLE IF NOT EXISTS events (eseq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deals (account TEXT NOT NULL, ticket INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (account, ticket));
CREATE TABLE IF NOT EXISTS kills (scope TEXT PRIMARY KEY, mode TEXT NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL);
"""
_FORMAT = "1"
_EVENTS_KEPT = 50_000

OPEN_STATES = ("sending", "unknown", "watching")
"""Rows whose outcome is not known yet."""


class JournalTrouble(Exception):
    """The journal cannot be opened or written; nothing may be sent any more."""


@dataclass
class OrderRow:
    """One journalled order. `state`: sending, unknown, watching, or final as in `order_result`; times UTC ms."""

    cid: str
    token: str
    account: str
    magic: int
    symbol: str
    opening: bool
    state: str
    digest: str
    wish: Dict[str, Any]
    sent: Optional[Dict[str, Any]]
    result: Optional[Dict[str, Any]]
    known: Optional[Dict[str, Any]]
    created_ms: int
    sent_ms: Optional[int]
    updated_ms: int
    order_ticket: Optional[int]
    deal_ticket: Optional[int]
    position_ticket: Optional[int]

    @property
    def is_open(self) -> bool:
        """Whether the outcome is still to be found out."""
        return self.state in OPEN_STATES


_COLUMNS = list(OrderRow.__dataclass_fields__)
_JSON = ("wish", "sent", "result", "known")


class Journal:
    """The file and every question that is asked of it. Methods raise JournalTrouble when the disk fails."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                os.close(os.open(str(path), os.O_WRONLY | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(str(path), isolation_level=None, timeout=1.0)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            if (self.meta("format") or _FORMAT) != _FORMAT:
                raise JournalTrouble("%s was written by a newer bridge (format %s)" % (path, self.meta("format")))
            self.set_meta("format", _FORMAT)
            self._db.execute("DELETE FROM events WHERE eseq <= (SELECT MAX(eseq) FROM events) - ?", (_EVENTS_KEPT,))
        except (OSError, sqlite3.Error) as trouble:
            busy = "locked" in str(trouble)
            hint = "another bridge already uses this folder" if busy else str(trouble)
            raise JournalTrouble("cannot use the journal %s: %s" % (path, hint)) from None
        self.path = path
        if self.meta("journal_id") is None:
            self.set_meta("journal_id", secrets.token_hex(8))
        self.id = str(self.meta("journal_id"))

    def close(self) -> None:
        """Releases the file."""
        self._db.close()

    def _write(self, statement: str, values: Tuple[Any, ...]) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, values)
        except sqlite3.Error as trouble:
            raise JournalTrouble("cannot write the journal %s: %s" % (self.path, trouble)) from None

    # names and values

    def meta(self, name: str) -> Optional[str]:
        """A stored value, or None."""
        row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row["value"])

    def set_meta(self, name: str, value: str) -> None:
        """Stores a value for good."""
        self._write("INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))

    # orders

    def add_order(self, row: OrderRow) -> None:
        """Writes a new row, on the disk when this returns. Raises JournalTrouble, also for a client id that exists."""
        values = tuple(_stored(name, getattr(row, name)) for name in _COLUMNS)
        self._write("INSERT INTO orders (%s) VALUES (%s)" % (", ".join(_COLUMNS), ", ".join("?" * len(_COLUMNS))), values)

    def update_order(self, row: OrderRow) -> None:
        """Writes what may change of a row: state, sent, result, known, times, tickets."""
        names = ["state", "sent", "result", "known", "sent_ms", "updated_ms", "order_ticket", "deal_ticket", "position_ticket"]
        values = tuple(_stored(name, getattr(row, name)) for name in names)
        self._write("UPDATE orders SET %s WHERE cid = ?" % ", ".join(name + " = ?" for name in names), values + (row.cid,))

    def order(self, cid: str) -> Optional[OrderRow]:
        """The row of a client id."""
        return self._one("cid = ?", (cid,))

    def order_by_token(self, token: str) -> Optional[OrderRow]:
        """The row whose comment token this is."""
        return self._one("token = ?", (token,))

    def order_by_ticket(self, account: str, ticket: int) -> Optional[OrderRow]:
        """The row that made the MT5 order of this ticket."""
        return self._one("account = ? AND order_ticket = ?", (account, ticket))

    def order_by_position(self, account: str, ticket: int) -> Optional[OrderRow]:
        """The opening row of a position (its ticket or identifier)."""
        return self._one("account = ? AND position_ticket = ? AND opening = 1", (account, ticket))

    def open_orders(self, account: str) -> List[OrderRow]:
        """Rows of this account whose outcome is not known, oldest first."""
        marks = ", ".join("?" * len(OPEN_STATES))
        found = self._db.execute(
            "SELECT * FROM orders WHERE account = ? AND state IN (%s) ORDER BY created_ms, rowid" % marks, (account,) + OPEN_STATES
        )
        return [_row(item) for item in found]

    def sent_since(self, account: str, since_ms: int) -> int:
        """How many orders were sent at or after a time."""
        found = self._db.execute("SELECT COUNT(*) AS n FROM orders WHERE account = ? AND sent_ms >= ?", (account, since_ms))
        return int(found.fetchone()["n"])

    def magics(self, account: str) -> List[int]:
        """The agents that ever traded through this bridge on the account."""
        return [int(item["magic"]) for item in self._db.execute("SELECT DISTINCT magic FROM orders WHERE account = ?", (account,))]

    def count_orders(self) -> int:
        """Rows in the journal."""
        return int(self._db.execute("SELECT COUNT(*) AS n FROM orders").fetchone()["n"])

    def _one(self, where: str, values: Tuple[Any, ...]) -> Optional[OrderRow]:
        found = self._db.execute("SELECT * FROM orders WHERE %s ORDER BY created_ms LIMIT 1" % where, values).fetchone()
        return None if found is None else _row(found)

    # events

    def add_event(self, at_ms: int, kind: str, body: Dict[str, Any]) -> int:
        """Stores an event and returns its number; numbers never repeat, whatever restarts."""
        cursor = self._write("INSERT INTO events (at_ms, kind, body) VALUES (?, ?, ?)", (at_ms, kind, json.dumps(body)))
        return int(cursor.lastrowid or 0)

    def last_event(self) -> int:
        """The highest event number given so far, 0 before the first."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
        return 0 if row is None else int(row["seq"])

    def first_event(self) -> int:
        """The lowest event number still kept; one after the last when none is."""
        row = self._db.execute("SELECT MIN(eseq) AS n FROM events").fetchone()
        return self.last_event() + 1 if row["n"] is None else int(row["n"])

    def events_from(self, eseq: int, most: int) -> List[Tuple[int, int, str, Dict[str, Any]]]:
        """(number, UTC ms, kind, body) of the events from a number on, at most `most`."""
        found = self._db.execute("SELECT * FROM events WHERE eseq >= ? ORDER BY eseq LIMIT ?", (eseq, most))
        return [(int(item["eseq"]), int(item["at_ms"]), str(item["kind"]), json.loads(item["body"])) for item in found]

    # deals

    def new_deals(self, account: str, deals: Iterable[Tuple[int, int]]) -> List[int]:
        """Of (ticket, server time in s) those not seen before; does not remember them (see `remember_deals`)."""
        known = "SELECT 1 FROM deals WHERE account = ? AND ticket = ?"
        return [ticket for ticket, _ in deals if self._db.execute(known, (account, ticket)).fetchone() is None]

    def remember_deals(self, account: str, deals: Iterable[Tuple[int, int]]) -> None:
        """Marks (ticket, server time in s) as reported."""
        for ticket, time_s in deals:
            self._write("INSERT OR IGNORE INTO deals VALUES (?, ?, ?)", (account, ticket, time_s))

    def last_deal_time(self, account: str) -> Optional[int]:
        """Server time in s of the newest deal seen, None before the first look."""
        row = self._db.execute("SELECT MAX(time) AS n FROM deals WHERE account = ?", (account,)).fetchone()
        return None if row["n"] is None else int(row["n"])

    # kills

    def kills(self) -> Dict[str, Dict[str, Any]]:
        """Latched kills by scope (`all` or a magic as text)."""
        return {str(item["scope"]): {"mode": item["mode"], "reason": item["reason"], "at_ms": item["at_ms"]} for item in self._db.execute("SELECT * FROM kills")}

    def latch_kill(self, scope: str, mode: str, reason: str, at_ms: int) -> None:
        """Latches a kill; a repeated one keeps the first time and reason, and the sterner mode is up to the caller."""
        self._write("INSERT INTO kills VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO UPDATE SET mode = excluded.mode", (scope, mode, reason, at_ms))

    def release_kill(self, scope: str) -> bool:
        """Releases one scope; False if it was not latched."""
        return self._write("DELETE FROM kills WHERE scope = ?", (scope,)).rowcount > 0

    def begin(self) -> None:
        """Starts a group of writes that reach the disk together with `commit`."""
        self._write("BEGIN IMMEDIATE", ())

    def commit(self) -> None:
        """Ends the group."""
        self._write("COMMIT", ())

    def rollback(self) -> None:
        """Forgets the group."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")


def _stored(name: str, value: Any) -> Any:
    if name in _JSON:
        return None if value is None else json.dumps(value)
    return int(value) if isinstance(value, bool) else value


def _row(found: sqlite3.Row) -> OrderRow:
    values = {name: found[name] for name in _COLUMNS}
    for name in _JSON:
        values[name] = None if values[name] is None else json.loads(values[name])
    values["opening"] = bool(values["opening"])
    return OrderRow(**values)
