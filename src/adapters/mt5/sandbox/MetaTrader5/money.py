"""Margin, profit and conversion into the account's currency (rulebook A2.1, A2.3). Prices are points, amounts account currency."""

import math
from typing import Any, Callable, Optional, Tuple

from .symbols import CFD, CFDINDEX, CFDLEVERAGE, FOREX, FOREX_NO_LEVERAGE, FUTURES, Spec

#: (bid, ask) of a currency pair by name, or None when there is no usable quote.
Rates = Callable[[str], Optional[Tuple[float, float]]]
#: How an amount becomes account currency: ("same",), ("divide",), ("times",), ("rate", bid, ask) or ("missing", pair).
Conversion = Tuple[Any, ...]


def round_money(amount: float, digits: int) -> float:
    """Rounds half away from zero, as deals are booked (rulebook A2.3, *assumed*). NaN stays NaN."""
    if not math.isfinite(amount):
        return amount
    scale = 10**digits
    scaled = abs(amount) * scale
    rounded = math.floor(scaled + scaled * 2.220446049250313e-16 * 4 + 0.5) / scale
    return -rounded if amount < 0 and rounded > 0 else rounded


def conversion_of(spec: Spec, currency: str, account: str, rates: Rates) -> Conversion:
    """The way from `currency` to the account's, in the precedence of rulebook A2.3: none, the pair itself, direct, inverse, by USD."""
    if currency == account:
        return ("same",)
    if spec.trade_calc_mode in (FOREX, FOREX_NO_LEVERAGE):
        if currency == spec.currency_profit and account == spec.currency_base:
            return ("divide",)
        if currency == spec.currency_base and account == spec.currency_profit:
            return ("times",)
    direct = pair_rate(currency, account, rates)
    if direct is not None:
        return ("rate",) + direct
    if "USD" in (currency, account):
        return ("missing", currency + account)
    first, second = pair_rate(currency, "USD", rates), pair_rate("USD", account, rates)
    if first is None or second is None:
        return ("missing", currency + "USD" if first is None else "USD" + account)
    return ("rate", first[0] * second[0], first[1] * second[1])


def pair_rate(one: str, other: str, rates: Rates) -> Optional[Tuple[float, float]]:
    """(bid, ask) of one unit of `one` in `other`, from the pair in either direction; None when no quote is usable."""
    direct = rates(one + other)
    if direct is not None and 0 < direct[0] <= direct[1] < 1e12:
        return direct
    inverse = rates(other + one)
    if inverse is not None and 0 < inverse[0] <= inverse[1] < 1e12:
        return (1 / inverse[1], 1 / inverse[0])
    return None


def convert(conversion: Conversion, amount: float, price: float) -> float:
    """A signed amount in account currency: gains at the bid, losses at the ask; `price` (not points) for the pair itself. NaN when missing."""
    kind = conversion[0]
    if kind == "same":
        return amount
    if kind == "divide":
        return amount / price if price else math.nan
    if kind == "times":
        return amount * price
    if kind == "rate":
        return amount * (conversion[1] if amount > 0 else conversion[2])
    return math.nan


def per_point(spec: Spec) -> float:
    """Profit currency of one point of one lot (rulebook A2.1)."""
    if spec.trade_calc_mode == FUTURES:
        return spec.tick_value / spec.tick_points
    return spec.trade_contract_size / 10**spec.digits


def profit(spec: Spec, account: str, rates: Rates, is_buy: bool, lots: float, opened: float, closed: float) -> float:
    """Profit of a position closed at `closed` points, unrounded; converted at its own exit price or at the losing side of the rate (A2.3)."""
    moved = closed - opened if is_buy else opened - closed
    amount = moved * lots * per_point(spec)
    return convert(conversion_of(spec, spec.currency_profit, account, rates), amount, closed / 10**spec.digits)


def notional(spec: Spec, account: str, rates: Rates, lots: float, price: float) -> float:
    """Worth of `lots` at `price` points, the dear side of the rate (as the TypeScript simulator does for commissions)."""
    amount = lots * price * per_point(spec)
    return -convert(conversion_of(spec, spec.currency_profit, account, rates), -amount, price / 10**spec.digits)


def margin(spec: Spec, account: str, rates: Rates, leverage: float, is_buy: bool, lots: float, price: float, holding: bool = False) -> float:
    """
    Margin of `lots` at `price` points by calc mode (rulebook A2.1), unrounded: a fixed amount a lot where the symbol has one
    (the maintenance amount when `holding`), converted at ask for buys and bid for sells. NaN when a rate is missing.
    """
    fixed = spec.margin_maintenance if holding and spec.margin_maintenance > 0 else spec.margin_initial
    per_lot = fixed if fixed > 0 or spec.trade_calc_mode == FUTURES else _formula(spec, leverage, price)
    amount = lots * per_lot * (spec.margin_rate_long if is_buy else spec.margin_rate_short)
    conversion = conversion_of(spec, spec.currency_margin, account, rates)
    if conversion[0] == "rate":
        return amount * (conversion[2] if is_buy else conversion[1])
    return convert(conversion, amount, price / 10**spec.digits)


def _formula(spec: Spec, leverage: float, price: float) -> float:
    size, value = spec.trade_contract_size, price / 10**spec.digits
    if spec.trade_calc_mode == FOREX:
        return size / leverage
    if spec.trade_calc_mode == FOREX_NO_LEVERAGE:
        return size
    if spec.trade_calc_mode == CFD:
        return size * value
    if spec.trade_calc_mode == CFDLEVERAGE:
        return size * value / leverage
    if spec.trade_calc_mode == CFDINDEX:
        return size * price * spec.tick_value / spec.tick_points
    return math.nan
