import type { Venue } from "../../../engine/config.ts";
import type { Instrument } from "../../../engine/instrument.ts";
import type { MoneyTerms } from "../../../engine/money.ts";
import type { PendingOrder, Position, Side } from "../../../engine/order.ts";
import type { BrokerMs, Lots, Money } from "../../../engine/units.ts";
import type { Broker, Clock } from "../../ports.ts";
import type { BridgeClient } from "../link/client-type.ts";
import type { Wake } from "../wake.ts";
import type { Digits } from "../wire/messages.ts";
import type { Timers } from "./timers.ts";

/** What the account must be, as it was when the person confirmed the session (control C02). */
export type ExpectedAccount = {
	/** As `accountHashOf` gives it. */
	readonly accountHash: string;
	readonly tradeMode: "demo" | "real";
	readonly venue: Venue;
};

/** What an MT5 broker is opened with. */
export type Mt5BrokerRequest = {
	/** Authenticated with the role `control`. The broker does not close it. */
	readonly client: BridgeClient;
	readonly instrument: Instrument;
	/** For the money that a spread costs. */
	readonly terms: MoneyTerms;
	/** The symbol as the broker calls it; orders go out under this name and nothing else is ours. */
	readonly brokerSymbol: string;
	/** MT5 magic of this agent (`magicOf`), 1 to 2^53-1. */
	readonly magic: number;
	readonly sessionId: string;
	readonly expected: ExpectedAccount;
	readonly clock: Clock;
	/** Called when events wait. */
	readonly wake: Wake;
	/** The broker's time now, as the feed estimates it. */
	readonly serverNow: () => BrokerMs;
	/** Whether the feed has caught up and its last quote is young. */
	readonly feedIsFresh: () => boolean;
	/** Live only: login and server as the person typed them, which opens the bridge's live lock; null in demo. */
	readonly live: { readonly login: Digits; readonly server: string } | null;
	/** Tests only: another source of monotonic time. */
	readonly timers?: Timers;
};

/** A position that was on the account before the session. */
export type FoundPosition = {
	/** `ours`: of this agent (magic) and this symbol. Everything else is foreign and never touched. */
	readonly owner: "ours" | "foreign";
	/** Client id of the order that opened it, when the bridge knows: finds the intent in the journal of the session that sent it. */
	readonly cid: string | null;
	/** As the broker calls it. */
	readonly symbol: string;
	readonly side: Side;
	readonly lots: Lots;
	/** In engine units; null for another symbol, whose grid this session does not know. */
	readonly position: Position | null;
	/** Commission and fees booked on it so far, not positive. */
	readonly commission: Money;
};

/** A waiting order that was on the account before the session. */
export type FoundOrder = { readonly owner: "ours" | "foreign"; readonly cid: string | null; readonly symbol: string; readonly order: PendingOrder | null };

/** What the journal of the session that opened a position tells of it: the planned loss (1 R) and the reason; null = nothing tells. */
export type AdoptionPlan = { readonly riskMoney: Money | null; readonly reason: string };

/** The broker behind a bridge. */
export type Mt5Broker = Broker & {
	/** Takes over a position of ours that was found at the start: an `adopted` event, and it is this session's from now on. Foreign ones are refused (false). */
	adopt(found: FoundPosition, plan: AdoptionPlan): boolean;
	/** Whether nothing that was asked is still without its answer, its deals and its positions, and nothing is unknown. */
	isQuiet(): boolean;
};
