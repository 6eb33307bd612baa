"""The whole stand-in: broker, market, clock and terminal together, moved on by every call of the package."""

import copy
import os
from typing import Any, Dict, List, Optional, Set, Tuple

from . import constants as c
from .api_market import Minutes
from .book import NEVER, Book, Quote
from .clock import Clock
from .control import apply_command, poll_folder
from .faults import Faults
from .market import Feed, Generated, RawTick, Recorded
from .memory import Memory
from .server import move_to, quote
from .settings import Settings, market_of
from .symbols import SandboxError

#: Most ticks that one step of the pipeline takes from a source at once.
_BATCH = 20_000


class Terminal:
    """What the terminal beside the trader is in: switches, link and Market Watch (rulebook B.6). Times are the sandbox's UTC ms."""

    def __init__(self, is_running: bool) -> None:
        self.is_running = is_running
        self.back_at = 0
        self.is_initialized = False
        self.trade_allowed = True
        self.tradeapi_disabled = False
        self.is_linked = True
        self.link_back_at = 0
        self.requests = 0
        self.ping_us = 12_000
        #: "keep", "drop" or "replace": what the broker does to the comments of orders (rulebook B.7).
        self.comments = "keep"


class World:
    """One sandbox. `pump` brings it to the present; the functions of the package call it first. Nothing here raises for a trader's mistakes."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        clock = dict(settings.clock)
        self.clock = Clock(**clock)
        self.offset_s = settings.server_offset_s
        self.specs = settings.symbols
        self.quotes: Dict[str, Quote] = {name: Quote() for name in self.specs}
        self.terminal = Terminal(settings.terminal_running)
        self.faults = Faults()
        self.error: Tuple[int, str] = (c.RES_S_OK, "Success")
        self.selected = {name: spec.select for name, spec in self.specs.items()}
        self.books: Dict[int, Book] = {}
        self.accounts = {account.login: copy.copy(account) for account in settings.accounts}
        self.login = settings.accounts[0].login
        self.start = self.clock.now()
        self.steps_done = 0
        #: Things that happen later, at a UTC ms: {"at", "do", ...}; restarts remember them.
        self.later: List[Dict[str, Any]] = []
        self.frozen: Optional[Tuple[Book, int]] = None
        self.processed = 0
        #: Specification fields that commands changed, by symbol.
        self.changes: Dict[str, Dict[str, Any]] = {}
        #: Symbols whose depth of market was added.
        self.depth: Set[str] = set()
        self.is_dirty = bool(settings.state)
        self.memory = Memory(settings.state) if settings.state else None
        if settings.control:
            os.makedirs(settings.control, exist_ok=True)
        saved = self._remembered()
        if saved is not None:
            self.start = saved["start"]
        self.feeds = {name: self._feed(name) for name in self.specs}
        self.minutes = {name: Minutes(feed) for name, feed in self.feeds.items()}
        for login in self.accounts:
            self._open_book(login)
        if saved is not None:
            try:
                self._restore(saved)
            except (KeyError, TypeError, AttributeError) as error:
                text = "the state in %s does not fit this configuration (%s: %s): use another folder or delete it"
                raise SandboxError(text % (settings.state, type(error).__name__, error)) from error
            self._thin_gap()
        self._catch_up()

    # ---- what the functions of the package look at ----

    @property
    def book(self) -> Book:
        """The account that is logged in, as the server has it."""
        return self.books[self.login]

    @property
    def seen(self) -> Book:
        """The account as the terminal shows it: frozen while the link to the broker is down."""
        return self.frozen[0] if self.frozen is not None else self.book

    def server_now(self) -> int:
        """Server wall clock, ms (as if it were UTC, rulebook A5.4)."""
        return self.clock.now() + self.offset_s * 1000

    def horizon(self) -> int:
        """The newest server time whose ticks the terminal has: all there are, while the link to the broker is up."""
        return self.frozen[1] if self.frozen is not None else NEVER

    # ---- movement ----

    def pump(self) -> None:
        """Brings the world to the present: commands, script, ticks, triggers, then writes what must not be forgotten."""
        if self.settings.control:
            poll_folder(self, self.settings.control)
        self._run_until(self.clock.now())
        self.save()

    def command(self, values: Dict[str, Any]) -> Dict[str, Any]:
        """Carries out one command now (see control.py) and gives its result."""
        self._run_until(self.clock.now())
        result = apply_command(self, dict(values))
        self._run_until(self.clock.now())
        self.is_dirty = True
        self.save()
        return result

    def _run_until(self, now: int) -> None:
        while True:
            step = self._next_step(now)
            due = now if step is None else min(now, step["at"])
            self._ticks_until(due + self.offset_s * 1000)
            if step is None:
                break
            self._take_step(step)
        for book in self.books.values():
            before = (len(book.history), len(book.deals), book.next_midnight)
            move_to(book, now + self.offset_s * 1000)
            if before != (len(book.history), len(book.deals), book.next_midnight):
                self.is_dirty = True

    def _next_step(self, now: int) -> Optional[Dict[str, Any]]:
        """The next script step or delayed thing that is due, earliest first."""
        due: List[Dict[str, Any]] = [item for item in self.later if item["at"] <= now]
        if self.steps_done < len(self.settings.script):
            step = self.settings.script[self.steps_done]
            at = self.start + int(step.get("at", 0))
            if at <= now:
                due.append({**step, "at": at, "script": True})
        return min(due, key=lambda item: item["at"]) if due else None

    def _take_step(self, step: Dict[str, Any]) -> None:
        if step.get("script"):
            self.steps_done += 1
        else:
            self.later.remove(step)
        self.is_dirty = True
        apply_command(self, {key: value for key, value in step.items() if key not in ("at", "script")}, step["at"])

    def _ticks_until(self, at: int) -> None:
        while True:
            fresh: List[Tuple[int, str, RawTick]] = []
            for name, feed in self.feeds.items():
                if feed.source is not None:
                    fresh.extend((tick.at, name, tick) for tick in feed.source.until(at, _BATCH))
            if not fresh:
                return
            fresh.sort(key=lambda item: (item[0], item[1]))
            for _, name, tick in fresh:
                offset = self.feeds[name].offset
                self.accept(name, tick._replace(bid=tick.bid + offset, ask=tick.ask + offset) if offset else tick)

    def accept(self, name: str, tick: RawTick) -> None:
        """A tick of the broker's market: history, quote, then everything it triggers on every account."""
        stored = self.feeds[name].append(tick)
        self._trade_on(name, stored)

    def _trade_on(self, name: str, tick: RawTick) -> None:
        now = self.quotes[name]
        now.bid, now.ask, now.last = tick.bid, tick.ask, tick.last
        self.processed = max(self.processed, tick.at)
        for book in self.books.values():
            if book.positions or book.orders:
                quote(book, name, tick.at)

    def _catch_up(self) -> None:
        """After a start: quotes from the log, and its ticks that the saved state had not seen yet."""
        missed: List[Tuple[int, str, RawTick]] = []
        for name, feed in self.feeds.items():
            for tick in feed.ticks[-1:]:
                self.quotes[name].bid, self.quotes[name].ask, self.quotes[name].last = tick.bid, tick.ask, tick.last
            missed.extend((tick.at, name, tick) for tick in reversed(feed.ticks) if tick.at > self.processed and self.processed > 0)
        for _, name, tick in sorted(missed, key=lambda item: item[0]):
            self._trade_on(name, tick)
        for login, book in self.books.items():
            book.on_change = self._mark_dirty

    def _thin_gap(self) -> None:
        """When nobody looked for more than half an hour, generated markets fill that time with few ticks, so that a start does not take long."""
        recent = self.server_now() - 60_000
        for feed in self.feeds.values():
            if isinstance(feed.source, Generated) and recent - feed.source.next_at > 1_800_000:
                feed.source.start = recent

    # ---- link and faults ----

    def set_link(self, is_up: bool) -> None:
        """Cuts or restores the terminal's link to the broker; while it is cut the terminal shows what it knew."""
        self.terminal.is_linked = is_up
        if is_up:
            self.frozen = None
        elif self.frozen is None:
            shown = {name: copy.copy(now) for name, now in self.quotes.items()}
            book = Book(self.book.account, self.specs, self.book.terms, shown, 0, self.book.first_ticket)
            book.restore(self.book.to_json())
            self.frozen = (book, self.server_now())
        self.is_dirty = True

    def cut_link(self, seconds: float) -> None:
        """Cuts the link and lets it come back `seconds` later."""
        self.set_link(False)
        self.later.append({"at": self.clock.now() + int(seconds * 1000), "do": "link", "up": True})

    def save_now(self) -> None:
        """Writes the state at once: before a fault that may end the process, so that it does not strike again, and after a trade."""
        self.is_dirty = True
        self.save()

    def _mark_dirty(self) -> None:
        self.is_dirty = True

    # ---- accounts and feeds ----

    def _open_book(self, login: int) -> None:
        settings = self.settings
        account = self.accounts[login]
        self.books[login] = Book(account, self.specs, settings.terms, self.quotes, settings.seed, settings.first_ticket)
        self.books[login].on_change = self._mark_dirty

    def add_account(self, account: Any) -> None:
        """Adds an account that `login` and the account command can switch to."""
        self.accounts[account.login] = account
        self._open_book(account.login)
        self.is_dirty = True

    def change_symbol(self, name: str, values: Dict[str, Any]) -> None:
        """Changes fields of a specification, for this life and after a restart."""
        for key, value in values.items():
            setattr(self.specs[name], key, value)
        self.changes.setdefault(name, {}).update(values)

    def _feed(self, name: str) -> Feed:
        settings, spec = self.settings, self.specs[name]
        options = dict(settings.markets[name])
        kind = market_of(settings, name)
        options.pop("source", None)
        start = self.start + self.offset_s * 1000
        source: Any = None
        if kind == "generated":
            source = Generated(spec, options, settings.seed, start)
        elif kind == "csv":
            source = Recorded(spec, options.get("path", ""), start, bool(options.get("loop", False)))
        log = os.path.join(settings.state, "ticks-%s.jsonl" % name) if settings.state else None
        feed = Feed(spec, source, log)
        feed.load()
        return feed

    # ---- memory ----

    def save(self) -> None:
        """Writes tick logs and, when something changed, the state: whole, to a new file that replaces the old one."""
        for feed in self.feeds.values():
            feed.flush()
        if self.memory is not None and self.is_dirty:
            self.memory.write(self.to_json(), self.books)
            self.is_dirty = False

    def to_json(self) -> Dict[str, Any]:
        """Everything a restart needs besides the books, plain JSON."""
        terminal = {key: value for key, value in vars(self.terminal).items() if key != "is_initialized"}
        return {
            "start": self.start, "clock": self.clock.to_json(), "offset_s": self.offset_s, "login": self.login,
            "steps_done": self.steps_done, "later": self.later, "processed": self.processed, "terminal": terminal,
            "selected": self.selected, "changes": self.changes, "faults": self.faults.to_json(),
        }  # fmt: skip

    def _remembered(self) -> Optional[Dict[str, Any]]:
        try:
            return self.memory.read() if self.memory is not None else None
        except (OSError, ValueError, KeyError, TypeError) as error:
            text = "the state in %s cannot be read (%s): use another folder or delete it"
            raise SandboxError(text % (self.settings.state, error)) from error

    def _restore(self, state: Dict[str, Any]) -> None:
        self.clock.restore(state["clock"])
        self.offset_s, self.login, self.steps_done = state["offset_s"], state["login"], state["steps_done"]
        self.later, self.processed = state["later"], state["processed"]
        self.selected.update(state["selected"])
        for name, values in state["changes"].items():
            self.change_symbol(name, values)
        vars(self.terminal).update(state["terminal"])
        self.faults.restore(state["faults"])
        for login, saved in state["books"].items():
            if int(login) not in self.books:
                self.accounts[int(login)] = copy.copy(self.settings.accounts[0])
                self._open_book(int(login))
            self.books[int(login)].restore(saved)
            self.accounts[int(login)] = self.books[int(login)].account
        if not self.terminal.is_linked:
            self.set_link(False)
