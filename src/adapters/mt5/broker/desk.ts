import type { MoneyTerms } from "../../../engine/money.ts";
import type { AccountReport, BrokerEvent, OrderRequest, PendingOrder, Position } from "../../../engine/order.ts";
import type { BrokerMs, Lots, Points } from "../../../engine/units.ts";
import { cleanText } from "../../clean-text.ts";
import type { AccountBody, DealBody, OrderBody, PositionBody } from "../wire/messages.ts";
import type { Grid } from "./convert.ts";
import type { Verdict } from "./verdict.ts";

/** A request of the session on its way through the bridge. */
export type Sent = {
	readonly request: OrderRequest;
	readonly cid: string;
	readonly token: string;
	readonly sentAt: BrokerMs;
	/** Its place in `inOrder`. */
	readonly number: number;
	/** Monotonic. */
	readonly sentMs: number;
	/** The bridge's journal when it was sent: only that one can prove that it never came. */
	readonly journalId: string;
	/** `flight`: no word yet; `unknown`: neither yes nor no; `settled`: what became of it is known. */
	phase: "flight" | "unknown" | "settled";
	/** The newest word, also while it is unknown. */
	verdict: Verdict | null;
	/** What the session has heard: no answer yet; that it is unknown; that only a person can tell; or what became of it. */
	told: "nothing" | "unknown" | "human" | "final";
	/** Volume and number of its deals that were told. */
	filledLots: Lots;
	dealCount: number;
	latencyMs: number;
};

/** A position of this session. */
export type Held = {
	/** MT5 identifier, digits. */
	readonly id: string;
	readonly intentId: number | null;
	/** By the deals that were told: buying is positive. 0 = closed. */
	signedLots: Lots;
	/** It was ordered with a stop-loss, so the broker must show one (control C12). */
	wantsStop: boolean;
	/** Monotonic time since which the broker shows it without; null while it has one. */
	bareSinceMs: number | null;
	/** As last told. */
	told: Position | null;
};

/** A waiting order of this session. */
export type Working = {
	readonly ticket: string;
	readonly intentId: number | null;
	told: PendingOrder;
	/** Monotonic time at which the broker showed it no more; null while it works. */
	goneSinceMs: number | null;
	/** Our own REMOVE was carried out. */
	removed: boolean;
};

/** What the account was when the session was opened, and what was heard of it since. */
export type AccountDesk = {
	readonly first: AccountBody;
	newest: AccountBody;
	/** Monotonic time of the reading, its age at the bridge taken off. */
	readMs: number;
	/** As last told; null when a deal was told since: the session has booked it itself, and the broker's word must follow. */
	told: AccountReport | null;
	/** Monotonic time since which the balance is another and no deal says why; null while it is explained. */
	oddSinceMs: number | null;
	/** Counts what moves money; a report is told only when it was asked for after the last of it. */
	moves: number;
	askedAtMoves: number;
	/** False as soon as the account is not what was confirmed (control C02): nothing is sent any more. */
	asExpected: boolean;
};

/**
 * Everything the broker knows, changed by functions of this folder and told as events in the order of the contract. No waiting and no clock of its
 * own: `nowMs` is set by the shell before each call.
 */
export type Desk = {
	readonly grid: Grid;
	readonly brokerSymbol: string;
	/** Digits. */
	readonly magic: string;
	readonly terms: MoneyTerms;
	readonly serverNow: () => BrokerMs;
	readonly events: BrokerEvent[];
	nowMs: number;
	lastAt: BrokerMs;
	quote: { bid: Points; ask: Points };
	/** By client id. */
	readonly sent: Map<string, Sent>;
	readonly sentByToken: Map<string, Sent>;
	/** By the ticket of the order in its answer, digits; the first request that was answered with it is the one that placed it. */
	readonly sentByOrder: Map<string, Sent>;
	/** As they were sent. */
	readonly inOrder: Sent[];
	/**
	 * Those whose outcome, deals, order or levels are still to come, in the order of sending. What is done at every frame walks over these alone: a session
	 * may send many thousand orders, and few are open at a time.
	 */
	readonly open: Set<Sent>;
	/** Requests whose answer the session has not heard, in the order of sending: answers are told in that order. */
	readonly waiting: Sent[];
	/** Deals by ticket that were ever seen. */
	readonly knownDeals: Set<string>;
	/** Deals that cannot be told yet. */
	deals: DealBody[];
	/** Lots filled by order ticket, of deals that were told. */
	readonly filledByOrder: Map<string, { lots: Lots; positionId: string }>;
	/** All positions and waiting orders of the account as last shown, whosesoever, by identifier and ticket. */
	positions: Map<string, PositionBody>;
	orders: Map<string, OrderBody>;
	readonly mine: Map<string, Held>;
	/** Identifiers of positions of ours that deals have closed. */
	readonly closed: Set<string>;
	readonly working: Map<string, Working>;
	/** Tickets of waiting orders that requests of ours have removed. */
	readonly removed: Set<string>;
	readonly endedOrders: Set<string>;
	/** What was there before the session and is not ours: `position 12`, `order 7`. */
	readonly before: Set<string>;
	/** Troubles that were told, by their key: each once. */
	readonly told: Set<string>;
	/** When something that is not explained yet was first seen, by its key. */
	readonly since: Map<string, number>;
	/** What does not fit together yet, by key, with the monotonic time since when. */
	matters: Map<string, number>;
	/** Keys of matters at the last comparison (control C38). */
	mismatched: ReadonlySet<string>;
	/** Monotonic time at which the newest fresh look was asked for: what began before it would be in it. */
	lookedMs: number;
	lastEseq: number;
	/** The journal of the bridge that `lastEseq` counts in: another one begins anew. */
	journalId: string;
	/** A frame could not be read or is missing: look again soon. */
	mustLook: boolean;
	readonly account: AccountDesk;
	/** The session was killed: no entry leaves any more. */
	killed: boolean;
};

type Untimed<T> = T extends unknown ? Omit<T, "at"> : never;

/** Tells the session. Times never fall. */
export function tell(desk: Desk, event: Untimed<BrokerEvent>): void {
	const now = Math.floor(desk.serverNow());
	if (now > desk.lastAt) desk.lastAt = now;
	desk.events.push({ ...event, at: desk.lastAt } as BrokerEvent);
}

type Trouble = Extract<BrokerEvent, { type: "account-trouble" }>;

/** Tells of something that is not right on the account; each `key` once. */
export function tellTrouble(desk: Desk, key: string, control: Trouble["control"], state: Trouble["state"], detail: string): void {
	if (desk.told.has(key)) return;
	desk.told.add(key);
	tell(desk, { type: "account-trouble", control, state, detail: cleanText(detail, 300) });
}

/** Since when something has not been explained (monotonic): the first call for its key. */
export function firstSeen(desk: Desk, key: string): number {
	const since = desk.since.get(key) ?? desk.nowMs;
	desk.since.set(key, since);
	return since;
}

/** Whether a fresh look was asked for more than `ms` after something was first seen: what it does not show then is not just late. */
export function isLookedAfter(desk: Desk, sinceMs: number, ms: number): boolean {
	return desk.lookedMs - sinceMs > ms;
}

/** What a desk begins with: a first reading of the account, nothing known, nothing sent. */
export type DeskStart = Pick<Desk, "grid" | "brokerSymbol" | "magic" | "terms" | "serverNow" | "nowMs"> & { readonly account: AccountBody };

/** A desk on which nothing has happened. */
export function createDesk(start: DeskStart): Desk {
	const { account, ...given } = start;
	const readMs = start.nowMs - Math.max(0, account.age_ms ?? 0);
	return {
		...given,
		events: [],
		lastAt: 0,
		quote: { bid: 0, ask: 0 },
		sent: new Map(),
		sentByToken: new Map(),
		sentByOrder: new Map(),
		inOrder: [],
		open: new Set(),
		waiting: [],
		knownDeals: new Set(),
		deals: [],
		filledByOrder: new Map(),
		positions: new Map(),
		orders: new Map(),
		mine: new Map(),
		closed: new Set(),
		working: new Map(),
		removed: new Set(),
		endedOrders: new Set(),
		before: new Set(),
		told: new Set(),
		since: new Map(),
		matters: new Map(),
		mismatched: new Set(),
		lookedMs: start.nowMs,
		lastEseq: 0,
		journalId: "",
		mustLook: false,
		account: { first: account, newest: account, readMs, told: null, oddSinceMs: null, moves: 0, askedAtMoves: 0, asExpected: true },
		killed: false,
	};
}
