import type { AccountBody, Digits, TerminalBody } from "./state-bodies.ts";

/** Whose: an order of this bridge's journal made it; a magic that traded through this bridge; somebody else. */
export type Owner = "ours" | "agent" | "foreign";

/** TradePosition of the package, as far as Kinetra reads it, with whose it is. */
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

/** TradeOrder of the package, working or ended. */
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

/** TradeDeal of the package. */
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

/** Everything at the broker at one moment. */
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

/** What became of an order; `unknown` may or may not have been executed (control C37). */
export type OrderState = "filled" | "partial" | "placed" | "modified" | "removed" | "rejected" | "expired_ttl" | "unknown" | "not_executed";

/** The word of the bridge on an order. What it left out is null, a ticket of 0 too. */
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

/** What happened at the broker or in the bridge; `before` and `after` are read by their kind (trade-schemas.ts: readDeal, readPosition, readOrder). */
export type EventBody = {
	readonly eseq: number;
	readonly kind: string;
	readonly at_ms: number;
	readonly before: unknown;
	readonly after: unknown;
	readonly cause_cid: string | null;
};
