/** Digits: a 64-bit number of MT5 (ticket, magic, login) as the wire carries it. */
export type Digits = string;

/** First frame of a bridge. */
export type Hello = {
	readonly bridge: string;
	readonly version: string;
	readonly bootId: string;
	readonly journalId: string;
	/** Below: known only after authentication. */
	readonly protocol: number;
	readonly session: string;
	readonly readOnly: boolean;
	/** Version of the MetaTrader5 package; contains `sandbox` on the stand-in terminal. */
	readonly package: string;
	readonly sandbox: boolean;
	readonly liveLock: LiveLock;
	readonly fenceEpoch: number;
	readonly eseq: number;
	readonly serverTimeOffsetS: number | null;
	readonly leaseMaxMs: number;
	/** Limits of bridge.json, by their names there. */
	readonly limits: Readonly<Record<string, number>>;
};

/** The lock before real money (docs/BRIDGE_PROTOCOL.md, live lock). */
export type LiveLock = "not_needed" | "closed" | "armed" | "open";

/** AccountInfo of the package, as far as Kinetra reads it. */
export type AccountBody = {
	readonly login: Digits;
	readonly trade_mode: number;
	readonly trade_mode_name: string;
	readonly leverage: number;
	readonly limit_orders: number;
	readonly margin_mode: number;
	readonly margin_so_mode: number;
	readonly margin_so_call: number;
	readonly margin_so_so: number;
	readonly currency_digits: number;
	readonly fifo_close: boolean;
	readonly trade_allowed: boolean;
	readonly trade_expert: boolean;
	readonly balance: number;
	readonly credit: number;
	readonly profit: number;
	readonly equity: number;
	readonly margin: number;
	readonly margin_free: number;
	readonly margin_level: number;
	readonly name: string;
	readonly server: string;
	readonly currency: string;
	readonly company: string;
	readonly live_lock: LiveLock | null;
	readonly age_ms: number | null;
};

/** The terminal beside the bridge; null where it has not told yet. */
export type TerminalBody = {
	readonly link: string;
	readonly trouble: string | null;
	readonly switches_off: readonly { readonly switch: string; readonly message: string }[];
	readonly connected: boolean | null;
	readonly ping_last: number | null;
	readonly build: number | null;
	readonly name: string | null;
	readonly company: string | null;
	readonly last_tick_age_ms: number | null;
};

/** A kill that is latched at the bridge. */
export type KillLatch = { readonly scope: string; readonly mode: string; readonly reason: string; readonly at_ms: number };

/** The bridge itself. */
export type StatusBody = {
	readonly boot_id: string;
	readonly journal_id: string;
	readonly eseq: number;
	readonly worker_alive: boolean;
	readonly worker_restarts: number;
	readonly link: string;
	readonly connected: boolean | null;
	readonly last_tick_age_ms: number | null;
	readonly queue_depth: number;
	readonly server_time_offset_s: number | null;
	/** Client ids whose outcome is not known. */
	readonly unresolved: readonly string[];
	readonly fence_epoch: number;
	readonly fenced: boolean;
	/** Of the dead-man lease: `held`, `expired`, or what the bridge says before the first. */
	readonly lease: string;
	/** Latched kills; `scope` is `all` or a magic. (On the wire a table by scope.) */
	readonly kills: readonly KillLatch[];
	readonly live_lock: LiveLock;
	/** Why the terminal cannot be used; null while it can. */
	readonly trouble: string | null;
	/** Why nothing may be sent any more (its journal failed); null normally. */
	readonly broken: string | null;
};
