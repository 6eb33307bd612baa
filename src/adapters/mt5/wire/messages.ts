import type { AccountBody, Digits, LiveLock, StatusBody, TerminalBody } from "./state-bodies.ts";
import type { DealBody, EventBody, OrderResultBody, SnapshotBody } from "./trade-bodies.ts";

export type { AccountBody, Digits, Hello, KillLatch, LiveLock, StatusBody, TerminalBody } from "./state-bodies.ts";
export type { DealBody, EventBody, OrderBody, OrderResultBody, OrderState, Owner, PositionBody, SnapshotBody } from "./trade-bodies.ts";

/** New quotes of a symbol, oldest first. */
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

/** A bar as the terminal keeps it. */
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

/** What a kill did to one position or order. */
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

/** How far a kill came. */
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
