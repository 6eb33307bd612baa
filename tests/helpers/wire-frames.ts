import { FAKE_ACCOUNT, FAKE_SNAPSHOT, FAKE_SPEC, FAKE_STATUS, FAKE_TERMINAL } from "./fake-bridge-bodies.ts";

// One body of every message of the bridge with nothing left out, in the shapes that the real bridge sends (docs/BRIDGE_PROTOCOL.md).

const TAGS = { owner: "ours", cid: "01M82G8X1HN68B2S7WWKP85CQN", time_utc_ms: 1_795_380_507_721 };

/** A position. */
export const WIRE_POSITION = {
	...{ ticket: "50000001", time: 1_795_387_707, time_msc: 1_795_387_707_721, time_update: 1_795_387_707, time_update_msc: 1_795_387_707_721, type: 0 },
	...{ magic: "770001", identifier: "50000001", reason: 3, volume: 0.1, price_open: 1.17002, sl: 1.16499, tp: 0, price_current: 1.17, swap: 0 },
	...{ profit: -0.2, symbol: "EURUSD", comment: "k1-pmyrr7mbdrtpa", external_id: "", ...TAGS },
};

/** A working order. */
export const WIRE_ORDER = {
	...{ ticket: "50000002", time_setup: 1_795_387_707, time_setup_msc: 1_795_387_707_721, time_done: 0, time_done_msc: 0, time_expiration: 0, type: 2 },
	...{ type_time: 0, type_filling: 2, state: 1, magic: "770001", position_id: "0", position_by_id: "0", reason: 3, volume_initial: 0.1 },
	...{ volume_current: 0.1, price_open: 1.16, sl: 1.15, tp: 0, price_current: 1.17, price_stoplimit: 0, symbol: "EURUSD", comment: "k1-a" },
	...{ external_id: "", ...TAGS },
};

/** A deal. */
export const WIRE_DEAL = {
	...{ ticket: "70000001", order: "50000001", time: 1_795_387_707, time_msc: 1_795_387_707_721, type: 0, entry: 0, magic: "770001" },
	...{ position_id: "50000001", reason: 3, volume: 0.1, price: 1.17002, commission: -0.35, swap: 0, profit: 0, fee: 0, symbol: "EURUSD" },
	...{ comment: "k1-pmyrr7mbdrtpa", external_id: "", ...TAGS },
};

/** An event that tells of a deal. */
export const WIRE_EVENT = { eseq: 1, kind: "deal_added", at_ms: 1_795_380_507_765, before: null, after: WIRE_DEAL, cause_cid: TAGS.cid };

/** Ticks of one batch. */
export const WIRE_TICKS = {
	...{ symbol: "EURUSD", name: "EURUSD", sseq: 1, first_msc: 1_795_387_707_643, last_msc: 1_795_387_707_643, offset_s: null },
	...{ cols: { t: [1_795_387_707_643], bid: [1.16999], ask: [1.17001], last: [0], vol: [0], flags: [6] }, gap: false },
};

/** A result with every field. */
export const WIRE_RESULT = {
	...{ cid: TAGS.cid, state: "filled", symbol: "EURUSD", name: "EURUSD", sent_ms: 1_795_380_507_718, deal: "70000001", order: "50000001" },
	...{ volume: 0.1, price: 1.17002, bid: 1.17, ask: 1.17002, comment: "Request executed", request_id: 1, retcode_external: 0, retcode: 10009 },
	...{ retcode_name: "DONE", code: "MT5_10009", already_done: false, class: "ok", position: "50000001", attempts: 1, broker_ms: 4.3, latency_ms: 31.9 },
};

const ITEM = { kind: "position", ticket: "50000001", symbol: "EURUSD", volume: 0.1, cid: TAGS.cid, result: "done", code: "MT5_10009", message: "done" };

/** Body by type of frame. */
export const WIRE_BODIES: Readonly<Record<string, object>> = {
	account: FAKE_ACCOUNT,
	terminal: { ...FAKE_TERMINAL, trouble: "Algo Trading is off", switches_off: [{ switch: "algo_trading_button", message: "click it" }] },
	status: { ...FAKE_STATUS, unresolved: [TAGS.cid], kills: { all: { mode: "flatten", reason: "by hand", at_ms: 1 } } },
	symbol_spec: FAKE_SPEC,
	snapshot: { ...FAKE_SNAPSHOT, positions: [WIRE_POSITION], orders: [WIRE_ORDER], deals: [WIRE_DEAL] },
	ticks: WIRE_TICKS,
	event: WIRE_EVENT,
	order_ack: { cid: TAGS.cid, state: "journaled", token: "pmyrr7mbdrtpa", name: "EURUSD" },
	order_result: WIRE_RESULT,
	kill_result: { scope: "all", mode: "flatten", latched: true, items: [ITEM], complete: true },
	pong: { n: 1, utc_ms: 1_795_380_507_222 },
	bars: { symbol: "EURUSD", name: "EURUSD", tf: "M1", rows: [[1_795_387_680, 1.1, 1.2, 1.0, 1.15, 60, 2, 0]], forming: true, offset_s: null },
	history: { deals: [WIRE_DEAL], orders: [WIRE_ORDER], truncated: false },
	calc: { what: "margin", value: 117, currency: "USD" },
	sub_ok: { stream: "ticks", symbols: [{ symbol: "EURUSD", name: "EURUSD.pro" }] },
	unsub_ok: { stream: "ticks", symbols: [] },
	fence_ok: { epoch: 2, boot_id: "9d11c350e07cb6e4", in_flight: 0, unresolved: [TAGS.cid] },
	lease_ok: { expires_in_ms: 5000 },
	order_query: { known: true, ...WIRE_RESULT, journal_state: "filled" },
	kill_release_ok: { scope: "all" },
	live_lock: { live_lock: "open" },
	replay: { events: [WIRE_EVENT], next: null, eseq: 1 },
	error: { code: "STALE_FENCE", message: "epoch 2 was used before", retryable: false, details: { epoch: 3 } },
};
