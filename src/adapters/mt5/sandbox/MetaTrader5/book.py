"""One account as the broker's server keeps it: positions, orders, history, money. Prices are points, times server milliseconds."""

import random
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Callable, Dict, List, Optional, Tuple

from . import money
from .symbols import Spec

NEVER = 2**53 - 1
#: The last time MT5 can write, end of the year 3000, ms.
LAST_TIME = 32_535_244_799_000
DAY_MS = 86_400_000


@dataclass
class Account:
    """Terms of an account; names of AccountInfo. `margin_mode` 2 = hedging, 0 and 1 = netting. Balance is at start, account currency."""

    login: int = 90000001
    name: str = "SANDBOX (not a real account)"
    server: str = "Kinetra-Sandbox"
    company: str = "SANDBOX - no broker, no money"
    currency: str = "USD"
    currency_digits: int = 2
    leverage: int = 100
    trade_mode: int = 0
    margin_mode: int = 2
    balance: float = 10_000.0
    credit: float = 0.0
    limit_orders: int = 0
    #: Most positions, 0 = no limit (10040); not readable through the package.
    limit_positions: int = 0
    margin_so_mode: int = 0
    margin_so_call: float = 50.0
    margin_so_so: float = 30.0
    trade_allowed: bool = True
    trade_expert: bool = True
    fifo_close: bool = False
    #: Password that login() takes; None = any.
    password: Optional[str] = None


@dataclass
class Position:
    """An open position; `identifier` is constant, `ticket` changes only in a netting reversal (rulebook A.10)."""

    ticket: int
    identifier: int
    symbol: str
    type: int
    volume: float
    price_open: float
    time_msc: int
    time_update_msc: int
    sl: float
    tp: float
    magic: int
    comment: str
    reason: int
    margin_per_lot: float
    swap: float = 0.0

    @property
    def is_buy(self) -> bool:
        return self.type == 0


@dataclass
class Order:
    """An order, waiting (in `orders`) or done (in `history`). `ends_at` is when it lapses; `margin` what it reserves."""

    ticket: int
    symbol: str
    type: int
    volume_initial: float
    volume_current: float
    price: float
    stoplimit: float
    sl: float
    tp: float
    filling: int
    type_time: int
    expiration: int
    ends_at: int
    time_setup_msc: int
    magic: int
    comment: str
    reason: int
    state: int = 1
    time_done_msc: int = 0
    position_id: int = 0
    position_by_id: int = 0
    margin: float = 0.0
    price_current: float = 0.0


@dataclass
class Deal:
    """A line of the account's history; money rounded to the account's digits and signed."""

    ticket: int
    order: int
    symbol: str
    type: int
    entry: int
    volume: float
    price: float
    time_msc: int
    position_id: int
    magic: int
    reason: int
    profit: float
    swap: float
    commission: float
    fee: float
    comment: str


@dataclass
class Quote:
    """The market of one symbol as the server sees it, points; 0 = none yet."""

    bid: float = 0.0
    ask: float = 0.0
    last: float = 0.0


@dataclass
class Terms:
    """What belongs to the server, not to the account. `fills_at` "market" or "requested" (rulebook A4.1); `slippage_points` sd of |N(0, sd)|."""

    fills_at: str = "market"
    slippage_points: float = 0.0
    charge_swap: bool = True
    #: Static (bid, ask) by pair, used before live quotes.
    rates: Dict[str, Tuple[float, float]] = field(default_factory=dict)


class Book:
    """The state of one account. Functions of the sibling modules read and change it; `to_json`/`restore` keep it across restarts."""

    def __init__(self, account: Account, specs: Dict[str, Spec], terms: Terms, quotes: Dict[str, Quote], seed: int, first_ticket: int) -> None:
        self.account = account
        self.specs = specs
        self.terms = terms
        self.quotes = quotes
        self.random = random.Random(seed)
        self.balance = account.balance
        self.credit = account.credit
        self.margin = 0.0
        self.positions: List[Position] = []
        self.orders: List[Order] = []
        self.history: List[Order] = []
        self.deals: List[Deal] = []
        self.at = 0
        self.next_midnight = NEVER
        self.first_ticket = first_ticket
        self.next_order = first_ticket
        #: Far from the orders' numbers, so that code which mixes the two up fails.
        self.next_deal = first_ticket + 20_000_000
        self.reserved_ticket = 0
        #: Called after every change that must not be forgotten.
        self.on_change: Callable[[], None] = lambda: None

    @property
    def is_hedging(self) -> bool:
        return self.account.margin_mode == 2

    def rate(self, pair: str) -> Optional[Tuple[float, float]]:
        """Bid and ask of a currency pair for conversions: a static rate, else the live quote of the symbol of that name."""
        if pair in self.terms.rates:
            bid, ask = self.terms.rates[pair]
            return (bid, ask)
        spec, quote = self.specs.get(pair), self.quotes.get(pair)
        if spec is None or quote is None or not quote.bid > 0:
            return None
        return (spec.price(quote.bid), spec.price(quote.ask))

    def deal_price(self, symbol: str, is_buy: bool) -> float:
        """Where a deal of that side executes: ask for buys, bid for sells (rulebook A.7)."""
        quote = self.quotes[symbol]
        return quote.ask if is_buy else quote.bid

    def close_price(self, position: Position) -> float:
        """Where the position is closed and its levels are judged: bid for longs, ask for shorts."""
        return self.deal_price(position.symbol, not position.is_buy)

    def profit_of(self, position: Position, lots: Optional[float] = None, price: Optional[float] = None) -> float:
        """Floating (or, with `lots` and `price`, realised) profit without swap, account currency, unrounded."""
        closed = self.close_price(position) if price is None else price
        volume = position.volume if lots is None else lots
        spec = self.specs[position.symbol]
        return money.profit(spec, self.account.currency, self.rate, position.is_buy, volume, position.price_open, closed)

    def margin_of(self, symbol: str, is_buy: bool, lots: float, price: float, holding: bool = False) -> float:
        """Margin of a deal, account currency, unrounded (rulebook A2.1)."""
        return money.margin(self.specs[symbol], self.account.currency, self.rate, self.account.leverage, is_buy, lots, price, holding)

    def floating(self) -> float:
        """Profit and collected swap of all positions (rulebook A2.2)."""
        return sum(position.swap + self.profit_of(position) for position in self.positions)

    def equity(self) -> float:
        """Balance, credit, floating profit."""
        return self.balance + self.credit + self.floating()

    def position_by(self, ticket: int) -> Optional[Position]:
        """The open position with this ticket or identifier."""
        return next((p for p in self.positions if ticket in (p.ticket, p.identifier)), None)

    def order_by(self, ticket: int) -> Optional[Order]:
        """The waiting order with this ticket."""
        return next((o for o in self.orders if o.ticket == ticket), None)

    def was_issued(self, ticket: int) -> bool:
        """Whether this ticket was ever given out, to tell "gone" from "never was"."""
        return self.first_ticket <= ticket < self.next_order

    def on_step(self, symbol: str, lots: float) -> float:
        """A volume snapped to the symbol's step, so that 0.3 - 0.1 is 0.2."""
        step = self.specs[symbol].volume_step
        return round(round(lots / step) * step, 8)

    def new_order_ticket(self) -> int:
        """The next order ticket, or the one that was given out before for a request in process (10008)."""
        if self.reserved_ticket:
            ticket, self.reserved_ticket = self.reserved_ticket, 0
            return ticket
        self.next_order += 1
        return self.next_order - 1

    def new_deal_ticket(self) -> int:
        """The next deal ticket; another number space than orders (rulebook A.11)."""
        self.next_deal += 1
        return self.next_deal - 1

    def to_json(self, with_history: bool = True) -> Dict[str, Any]:
        """Everything that must survive a restart, as plain JSON; `with_history` also the deals and done orders."""
        plain = ("balance", "credit", "margin", "at", "next_midnight", "first_ticket", "next_order", "next_deal")
        state: Dict[str, Any] = {name: getattr(self, name) for name in plain}
        state["account"] = asdict(self.account)
        for name in ("positions", "orders", "history", "deals") if with_history else ("positions", "orders"):
            state[name] = [vars(item).copy() for item in getattr(self, name)]
        return state

    def restore(self, state: Dict[str, Any]) -> None:
        """Takes back what `to_json` gave. KeyError or TypeError when the state is of another shape."""
        for name in ("balance", "credit", "margin", "at", "next_midnight", "first_ticket", "next_order", "next_deal"):
            setattr(self, name, state[name])
        known = {entry.name for entry in fields(Account)}
        self.account = Account(**{key: value for key, value in state["account"].items() if key in known})
        self.positions = [Position(**item) for item in state["positions"]]
        self.orders = [Order(**item) for item in state["orders"]]
        self.history = [Order(**item) for item in state["history"]]
        self.deals = [Deal(**item) for item in state["deals"]]
