"""A symbol's specification as it is told to the cockpit: the raw fields, their names, and a hash to notice changes (rulebook A.1, E.3). Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Dict

from .codes import CALC_MODES, EXECUTIONS, SWAP_MODES, SYMBOL_TRADE_MODES

SPEC_FIELDS = (
    "digits point trade_tick_size trade_contract_size volume_min volume_max volume_step volume_limit trade_calc_mode trade_mode trade_exemode "
    "trade_stops_level trade_freeze_level filling_mode order_mode expiration_mode order_gtc_mode swap_mode swap_long swap_short swap_rollover3days "
    "margin_initial margin_maintenance margin_hedged margin_hedged_use_leg currency_base currency_profit currency_margin spread_float"
).split()
"""What a change of the specification means; quotes and tick values move all the time and are left out of the hash."""


def spec_body(asked: str, spec: Dict[str, Any]) -> Dict[str, Any]:
    """Body of a `symbol_spec`. `sessions` is null: the Python package cannot read them (rulebook A2.7)."""
    flags, execution = int(spec["filling_mode"]), int(spec["trade_exemode"])
    if execution <= 1:
        filling = ["fok", "ioc", "return"]
    else:
        filling = [name for name, flag in (("fok", 1), ("ioc", 2)) if flags & flag] + (["return"] if execution == 3 else [])
    bound = {name: spec.get(name) for name in SPEC_FIELDS}
    names = {
        "calc_mode_name": CALC_MODES.get(int(spec["trade_calc_mode"]), "unknown"),
        "exemode_name": EXECUTIONS.get(execution, "unknown"),
        "trade_mode_name": SYMBOL_TRADE_MODES.get(int(spec["trade_mode"]), "unknown"),
        "swap_mode_name": SWAP_MODES.get(int(spec["swap_mode"]), "unknown"),
        "filling": filling,
        "sessions": None,
    }
    digest = hashlib.sha256(json.dumps(bound, sort_keys=True).encode("utf-8")).hexdigest()[:16]
    return {"symbol": asked, "name": spec["name"], "spec": spec, **names, "hash": digest}
