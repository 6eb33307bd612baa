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

export type Owner = "ours" | "agent" | "foreign";

export type PositionBody = {
	readonly ticket: Digits;
	readonly identifier: Digits;
	readonly time_msc: number;
	readonly type: number;
	readonly magic: Digits;
	readonly reason: number;
	readonly volume: number;
	readonly price_open: number;
	readonly sl: number;
	readonly tp: number;
	readonly swap: number;
	readonly profit: number;
	readonly symbol: string;
	readonly comment: string;
	readonly owner: Owner;
	readonly cid: string | null;
};

export type OrderBody = {
	readonly ticket: Digits;
	readonly time_setup_msc: number;
	readonly time_expiration: number;
	readonly type: number;
	readonly type_time: number;
	readonly state: number;
	readonly magic: Digits;
	readonly position_id: Digits;
	readonly volume_initial: number;
	readonly volume_current: number;
	readonly price_open: number;
	readonly price_stoplimit: number;
	readonly sl: number;
	readonly tp: number;
	readonly symbol: string;
	readonly comment: string;
	readonly owner: Owner;
	readonly cid: string | null;
};

export type DealBody = {
	readonly ticket: Digits;
	readonly order: Digits;
	readonly time_msc: number;
	readonly type: number;
	readonly entry: number;
	readonly magic: Digits;
	readonly position_id: Digits;
	readonly reason: number;
	readonly volume: number;
	readonly price: number;
	readonly commission: number;
	readonly swap: number;
	readonly profit: number;
	readonly fee: number;
	readonly symbol: string;
	readonly comment: string;
	readonly owner: Owner;
	readonly cid: string | null;
};

export type SnapshotBody = {
	readonly fresh: boolean;
	readonly trouble: string | null;
	readonly account: AccountBody | null;
	readonly terminal: TerminalBody | null;
	/** Null when the snapshot is not fresh: not known, which is not the same as none. */
	readonly positions: readonly PositionBody[] | null;
	readonly orders: readonly OrderBody[] | null;
	readonly deals: readonly DealBody[] | null;
	readonly deals_truncated: boolean;
	readonly as_of: { readonly utc_ms: number; readonly server_ms: number | null; readonly offset_s: number | null };
	readonly eseq: number;
};

export type OrderState = "filled" | "partial" | "placed" | "modified" | "removed" | "rejected" | "expired_ttl" | "unknown" | "not_executed";

export type OrderResultBody = {
	readonly cid: string;
	readonly state: OrderState;
	readonly symbol: string | null;
	readonly name: string | null;
	/** Null = never sent to the broker. */
	readonly sent_ms: number | null;
	readonly code: string | null;
	readonly class: string | null;
	readonly message: string | null;
	readonly retryable: boolean;
	readonly retcode: number | null;
	readonly deal: Digits | null;
	readonly order: Digits | null;
	readonly position: Digits | null;
	readonly volume: number | null;
	readonly price: number | null;
	readonly bid: number | null;
	readonly ask: number | null;
	readonly comment: string | null;
	readonly attempts: number | null;
	readonly latency_ms: number | null;
	readonly duplicate: boolean;
	readonly already_done: boolean;
	readonly pending_confirmation: boolean;
	readonly needs_human: boolean;
	readonly late: boolean;
	readonly by: string | null;
};

export type EventBody = {
	readonly eseq: number;
	readonly kind: string;
	readonly at_ms: number;
	readonly before: unknown;
	readonly after: unknown;
	readonly cause_cid: string | null;
};

export type TicksBody = {
	readonly symbol: string;
	readonly name: string;
	readonly sseq: number;
	readonly offset_s: number | null;
	/** Columns of equal length; `t` is the broker's raw time in ms. */
	readonly cols: {
		readonly t: readonly number[];
		readonly bid: readonly number[];
		readonly ask: readonly number[];
		readonly last: readonly number[];
		readonly vol: readonly number[];
		readonly flags: readonly number[];
	};
	readonly gap: boolean;
};

/** SymbolInfo of the package by its names: numbers, texts and flags. */
export type SpecBody = {
	readonly symbol: string;
	readonly name: string;
	readonly spec: Readonly<Record<string, number | string | boolean | null>>;
	readonly calc_mode_name: string;
	readonly exemode_name: string;
	readonly trade_mode_name: string;
	readonly swap_mode_name: string;
	readonly filling: readonly string[];
	readonly hash: string;
	readonly tick: { readonly time_msc: number; readonly bid: number; readonly ask: number } | null;
	readonly quote_age_ms: number | null;
};

export type BarRow = readonly [serverS: number, open: number, high: number, low: number, close: number, ticks: number, spread: number, volume: number];

/** The fence that orders carry. */
export type Fence = { readonly epoch: number; readonly nonce: string };

/** Body of an `order`, exactly the fields of the protocol; what does not apply is absent. */
export type OrderWish = {
	readonly cid: string;
	readonly action: "deal" | "pending" | "sltp" | "modify" | "remove" | "close_by";
	readonly symbol?: string;
	readonly type?: string;
	readonly volume?: number;
	readonly price?: number;
	readonly sl?: number;
	readonly tp?: number;
	readonly stoplimit?: number;
	readonly deviation_points?: number;
	readonly filling?: "auto" | "fok" | "ioc" | "return" | "boc";
	readonly time_in_force?: "gtc" | "day" | "specified" | "specified_day";
	readonly expiration?: number;
	readonly position?: Digits;
	readonly position_by?: Digits;
	readonly order?: Digits;
	readonly reduce_only?: boolean;
	readonly magic: Digits;
	readonly ttl_ms: number;
	readonly guard?: { readonly max_spread_points?: number; readonly price_limit?: number; readonly max_margin_pct?: number };
	readonly fence: Fence;
};

export type KillItem = {
	/** `position`, `order`, or `book`: the terminal could not be asked, which has neither ticket nor symbol. */
	readonly kind: string;
	readonly ticket: Digits | null;
	readonly symbol: string | null;
	/** Null for foreign ones, which are only listed. */
	readonly volume: number | null;
	readonly result: "done" | "failed" | "unknown" | "skipped_foreign";
	readonly code: string | null;
	readonly message: string | null;
	readonly cid: string | null;
};

export type KillResultBody = {
	readonly scope: string;
	readonly mode: string;
	readonly latched: boolean;
	readonly items: readonly KillItem[];
	readonly complete: boolean;
	/** Why a kill could not even be latched; null normally. */
	readonly message: string | null;
};

type KillMode = "block_new" | "cancel_pendings" | "flatten";
type Nothing = Readonly<Record<never, never>>;

/** Every request of the protocol with its answer. */
export type BridgeMessages = {
	ping: { request: { readonly n?: number }; reply: { readonly n: number | null; readonly utc_ms: number } };
	snapshot: { request: Nothing; reply: SnapshotBody };
	account: { request: Nothing; reply: AccountBody };
	terminal: { request: Nothing; reply: TerminalBody };
	status: { request: Nothing; reply: StatusBody };
	symbol_spec: { request: { readonly symbol: string }; reply: SpecBody };
	bars: { request: { readonly symbol: string; readonly tf: string; readonly count: number }; reply: { readonly rows: readonly BarRow[] } };
	history: { request: { readonly days: number }; reply: { readonly deals: readonly DealBody[]; readonly truncated: boolean } };
	calc: {
		request: {
			readonly what: "margin" | "profit";
			readonly symbol: string;
			readonly type: "buy" | "sell";
			readonly volume: number;
			readonly price: number;
			readonly price_close?: number;
		};
		reply: { readonly value: number | null; readonly currency: string | null };
	};
	sub: {
		request: { readonly symbols: readonly string[]; readonly stream: "ticks"; readonly from_msc?: number; readonly from_seen?: number };
		reply: { readonly symbols: readonly { readonly symbol: string; readonly name: string }[] };
	};
	unsub: { request: { readonly symbols: readonly string[]; readonly stream: "ticks" }; reply: Nothing };
	fence: { request: Fence; reply: { readonly epoch: number; readonly boot_id: string; readonly in_flight: number; readonly unresolved: readonly string[] } };
	lease: { request: { readonly magics: readonly Digits[]; readonly ms: number }; reply: { readonly expires_in_ms: number } };
	/** The reply is the first `order_result`; the `order_ack` before it is a push. */
	order: { request: OrderWish; reply: OrderResultBody };
	order_query: { request: { readonly cid: string }; reply: { readonly known: boolean; readonly result: OrderResultBody | null } };
	kill: { request: { readonly scope: "all" | "agent"; readonly magic?: Digits; readonly mode: KillMode; readonly reason?: string }; reply: KillResultBody };
	kill_release: { request: { readonly scope: "all" | "agent"; readonly magic?: Digits; readonly reason: string }; reply: Nothing };
	live_unlock: { request: { readonly login: Digits; readonly server: string }; reply: { readonly live_lock: LiveLock } };
	replay: { request: { readonly eseq: number }; reply: { readonly events: readonly EventBody[]; readonly next: number | null; readonly eseq: number } };
};

/** Frames of the bridge that nobody asked for. */
export type BridgePush =
	| { readonly t: "account"; readonly d: AccountBody }
	| { readonly t: "terminal"; readonly d: TerminalBody }
	| { readonly t: "status"; readonly d: StatusBody }
	| { readonly t: "symbol_spec"; readonly d: SpecBody }
	| { readonly t: "ticks"; readonly d: TicksBody }
	| { readonly t: "event"; readonly d: EventBody }
	| { readonly t: "snapshot"; readonly d: SnapshotBody }
	| { readonly t: "order_ack"; readonly d: { readonly cid: string } }
	/** A later word on an order: resolved, late, or confirmed. */
	| { readonly t: "order_result"; readonly d: OrderResultBody }
	| { readonly t: "kill_result"; readonly d: KillResultBody };
