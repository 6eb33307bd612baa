"""
Commands that steer a running sandbox: from its script, from files in the control folder, or in process (`world.command`).

A command is an object with `do` and the fields of that command; an unknown one is refused with what is possible. In the control folder
every `*.json` file (one command or a list) is carried out once, in order of file names, and replaced by `<name>.done` with the results
or `<name>.failed` with the reason. Write to another name and rename, so that no half file is read.
"""

import json
import os
from dataclasses import fields
from typing import Any, Callable, Dict, List, Optional

from . import constants as c
from .book import NEVER, Order
from .faults import make_fault
from .fills import Fill, book_fill, finish_order, record_balance
from .market import RawTick
from .server import execute
from .structures import TradeRequest
from .symbols import SandboxError, Spec

World = Any
#: Deals and orders that people make by hand.
_BY_HAND = c.DEAL_REASON_CLIENT


def apply_command(world: World, command: Dict[str, Any], at: Optional[int] = None) -> Dict[str, Any]:
    """Carries out a command at UTC ms `at` (default now). Gives {"ok": true, ...}. SandboxError for what cannot be done."""
    values = dict(command)
    name = values.pop("do", None)
    action = COMMANDS.get(name) if isinstance(name, str) else None
    if action is None:
        raise SandboxError("unknown command %r; known are %s" % (name, ", ".join(key for key in COMMANDS if key[0] != "_")))
    try:
        result = action(world, values, world.clock.now() if at is None else at)
    except (KeyError, TypeError, ValueError) as error:
        raise SandboxError("command %s: %s: %s" % (name, type(error).__name__, error)) from error
    world.is_dirty = True
    return {"ok": True, **(result or {})}


def poll_folder(world: World, folder: str) -> None:
    """Carries out the command files that lie in `folder`; never raises for what they contain."""
    try:
        names = sorted(entry for entry in os.listdir(folder) if entry.endswith(".json"))
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        try:
            with open(path, encoding="utf-8") as file:
                content = json.load(file)
            commands: List[Dict[str, Any]] = content if isinstance(content, list) else [content]
            answer, ending = [world.command(command) for command in commands], ".done"
        except (SandboxError, ValueError, OSError) as error:
            answer, ending = [{"ok": False, "error": str(error)}], ".failed"
        os.unlink(path)
        with open(path + ".new", "w", encoding="utf-8") as file:
            json.dump(answer, file)
        os.replace(path + ".new", path + ending)


def _tick(world: World, v: Dict[str, Any], at: int) -> None:
    """symbol, bid, ask (prices), last?, volume?: a tick of the market."""
    spec = _spec(world, v)
    last = float(v.get("last", 0.0))
    flags = 6 | (24 if last else 0)
    points = (spec.points(float(v["bid"])), spec.points(float(v["ask"])), spec.points(last) if last else 0.0)
    world.accept(spec.name, RawTick(at + world.offset_s * 1000, *points, volume=float(v.get("volume", 0.0)), flags=flags))


def _move(world: World, v: Dict[str, Any], at: int) -> None:
    """symbol, points: shifts the market's price from now on, with a first tick at once."""
    name, points = _spec(world, v).name, float(v["points"])
    world.feeds[name].offset += points
    now = world.quotes[name]
    if now.bid + points > 0:
        world.accept(name, RawTick(at + world.offset_s * 1000, now.bid + points, now.ask + points))


def _pause(world: World, v: Dict[str, Any], at: int) -> None:
    """symbol? (default all), seconds: no ticks for that long (a gap)."""
    for name, feed in world.feeds.items():
        if feed.source is not None and v.get("symbol", name) == name:
            feed.source.skip_to(at + world.offset_s * 1000 + int(float(v["seconds"]) * 1000))


def _advance(world: World, v: Dict[str, Any], at: int) -> None:
    """ms: moves a manual clock."""
    del at
    world.clock.advance(int(v["ms"]))


def _fault(world: World, v: Dict[str, Any], at: int) -> None:
    """Fields of a fault (faults.py): what goes wrong with the next calls."""
    del at
    world.faults.add(make_fault(v))


def _clear_faults(world: World, v: Dict[str, Any], at: int) -> None:
    """Forgets all faults that are still to come."""
    del v, at
    world.faults.clear()


def _link(world: World, v: Dict[str, Any], at: int) -> None:
    """up, or down_s: the terminal's link to the broker."""
    if "down_s" in v:
        world.set_link(False)
        world.later.append({"at": at + int(float(v["down_s"]) * 1000), "do": "link", "up": True})
    else:
        world.set_link(bool(v["up"]))


def _terminal(world: World, v: Dict[str, Any], at: int) -> None:
    """running, or down_s: the terminal program; after a restart `initialize` is needed and request ids begin again."""
    running = False if "down_s" in v else bool(v["running"])
    world.terminal.is_running = running
    if not running:
        world.terminal.is_initialized, world.terminal.requests = False, 0
    if "down_s" in v:
        world.later.append({"at": at + int(float(v["down_s"]) * 1000), "do": "terminal", "running": True})


def _switch(world: World, v: Dict[str, Any], at: int) -> None:
    """name "algo" | "api" | "account" | "expert", on: the four switches that allow trading (rulebook B.6)."""
    del at
    name, is_on = v["name"], bool(v["on"])
    if name == "algo":
        world.terminal.trade_allowed = is_on
    elif name == "api":
        world.terminal.tradeapi_disabled = not is_on
    elif name == "account":
        world.book.account.trade_allowed = is_on
    elif name == "expert":
        world.book.account.trade_expert = is_on
    else:
        raise SandboxError('switch: name must be "algo", "api", "account" or "expert", got %r' % (name,))


def _symbol(world: World, v: Dict[str, Any], at: int) -> None:
    """symbol and fields of its specification (symbols.py): the broker changes terms."""
    del at
    spec = _spec(world, v)
    known = {entry.name for entry in fields(Spec)} - {"name", "commission"}
    values = {key: value for key, value in v.items() if key != "symbol"}
    unknown = sorted(set(values) - known)
    if unknown:
        raise SandboxError("symbol: unknown field %s; known are %s" % (unknown[0], ", ".join(sorted(known))))
    world.change_symbol(spec.name, values)


def _foreign_position(world: World, v: Dict[str, Any], at: int) -> Dict[str, Any]:
    """symbol, side "buy" | "sell", volume, sl?, tp? (prices), magic?, comment?: somebody else trades on the account."""
    del at
    spec, book = _spec(world, v), world.book
    is_buy = _is_buy(v)
    price = book.deal_price(spec.name, is_buy)
    order = _hand_order(book, spec, v, 0 if is_buy else 1, price)
    fill = Fill(order.ticket, spec.name, is_buy, order.volume_initial, price, order.sl, order.tp, order.magic, order.comment, _BY_HAND)
    deal, order.position_id = book_fill(book, fill, None)
    order.volume_current = 0.0
    finish_order(book, order, c.ORDER_STATE_FILLED)
    return {"order": order.ticket, "deal": deal, "position": order.position_id}


def _foreign_close(world: World, v: Dict[str, Any], at: int) -> Dict[str, Any]:
    """ticket? (default the oldest position), volume?: somebody closes a position by hand; the deal's magic is 0."""
    del at
    book = world.book
    position = book.position_by(int(v["ticket"])) if "ticket" in v else next(iter(book.positions), None)
    if position is None:
        raise SandboxError("foreign_close: there is no such position")
    spec, is_buy = world.specs[position.symbol], not position.is_buy
    price = book.close_price(position)
    values = {"volume": v.get("volume", position.volume), "comment": v.get("comment", "")}
    order = _hand_order(book, spec, values, 0 if is_buy else 1, price)
    fill = Fill(order.ticket, spec.name, is_buy, order.volume_initial, price, comment=order.comment, reason=_BY_HAND)
    deal, order.position_id = book_fill(book, fill, position)
    order.volume_current = 0.0
    finish_order(book, order, c.ORDER_STATE_FILLED)
    return {"order": order.ticket, "deal": deal}


def _foreign_order(world: World, v: Dict[str, Any], at: int) -> Dict[str, Any]:
    """symbol, type (2..7), price, volume, sl?, tp?, magic?, comment?: somebody places a waiting order."""
    del at
    spec, book = _spec(world, v), world.book
    order = _hand_order(book, spec, v, int(v["type"]), spec.points(float(v["price"])))
    book.orders.append(order)
    return {"order": order.ticket}


def _hand_order(book: Any, spec: Spec, v: Dict[str, Any], kind: int, price: float) -> Order:
    levels = [spec.points(float(v.get(key, 0.0))) for key in ("sl", "tp")]
    return Order(
        book.new_order_ticket(), spec.name, kind, float(v["volume"]), float(v["volume"]), price, 0.0, levels[0], levels[1],
        c.ORDER_FILLING_RETURN, 0, 0, NEVER, book.at, int(v.get("magic", 0)), str(v.get("comment", "")), c.ORDER_REASON_CLIENT,
    )  # fmt: skip


def _balance(world: World, v: Dict[str, Any], at: int) -> Dict[str, Any]:
    """amount, comment?: a deposit or withdrawal."""
    del at
    return {"deal": record_balance(world.book, float(v["amount"]), str(v.get("comment", "deposit")))}


def _account(world: World, v: Dict[str, Any], at: int) -> None:
    """Fields of an account (book.py). Another `login` switches the terminal to it (a new, empty account if unknown); else terms change.

    `balance` of an account that exists is not changed (command balance does that).
    """
    del at
    from .settings import make_account

    login = int(v.get("login", world.login))
    world_has_it = login in world.books
    if not world_has_it:
        world.add_account(make_account(v))
    world.login = login
    if not world_has_it:
        return
    current = vars(world.book.account).copy()
    world.book.account = world.accounts[login] = make_account({**current, **v})


def _offset(world: World, v: Dict[str, Any], at: int) -> None:
    """seconds: server time minus UTC from now on (a DST jump). Ticks never run backwards: after a jump back time stands for them."""
    del at
    world.offset_s = int(v["seconds"])


def _comments(world: World, v: Dict[str, Any], at: int) -> None:
    """mode "keep" | "drop" | "replace": what the broker does to order comments from now on."""
    del at
    if v["mode"] not in ("keep", "drop", "replace"):
        raise SandboxError('comments: mode must be "keep", "drop" or "replace", got %r' % (v["mode"],))
    world.terminal.comments = v["mode"]


def _ping(world: World, v: Dict[str, Any], at: int) -> None:
    """us: the ping that terminal_info shows, microseconds."""
    del at
    world.terminal.ping_us = int(v["us"])


def _execute(world: World, v: Dict[str, Any], at: int) -> None:
    """A request that was answered with 10008 and is decided now (fault "placed"); not for scripts."""
    del at
    book, request = world.books[int(v["login"])], TradeRequest(**v["request"])
    book.reserved_ticket = int(v["ticket"])
    retcode = int(v.get("retcode", 0)) or execute(book, request).retcode
    if book.reserved_ticket:
        book.reserved_ticket = 0
        order = Order(
            int(v["ticket"]), request.symbol, request.type, request.volume, request.volume, request.price, request.stoplimit, request.sl,
            request.tp, request.type_filling, request.type_time, request.expiration, NEVER, int(v["since"]), request.magic,
            request.comment, c.ORDER_REASON_EXPERT,
        )  # fmt: skip
        finish_order(book, order, c.ORDER_STATE_REJECTED if retcode != c.TRADE_RETCODE_CANCEL else c.ORDER_STATE_CANCELED)


def _spec(world: World, v: Dict[str, Any]) -> Spec:
    spec = world.specs.get(v.get("symbol"))
    if spec is None:
        raise SandboxError("no symbol %r in the sandbox; there are %s" % (v.get("symbol"), ", ".join(world.specs)))
    return spec


def _is_buy(v: Dict[str, Any]) -> bool:
    if v["side"] not in ("buy", "sell"):
        raise SandboxError('side must be "buy" or "sell", got %r' % (v["side"],))
    return bool(v["side"] == "buy")


COMMANDS: Dict[str, Callable[[World, Dict[str, Any], int], Optional[Dict[str, Any]]]] = {
    "tick": _tick, "move": _move, "pause": _pause, "advance": _advance, "fault": _fault, "clear_faults": _clear_faults, "link": _link,
    "terminal": _terminal, "switch": _switch, "symbol": _symbol, "foreign_position": _foreign_position, "foreign_close": _foreign_close,
    "foreign_order": _foreign_order, "balance": _balance, "account": _account, "offset": _offset, "comments": _comments, "ping": _ping,
    "_execute": _execute,
}  # fmt: skip
