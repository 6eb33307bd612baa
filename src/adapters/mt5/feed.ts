import type { Venue } from "../../engine/config.ts";
import type { Instrument } from "../../engine/instrument.ts";
import type { BrokerMs } from "../../engine/units.ts";
import type { Clock, MarketData } from "../ports.ts";
import type { BridgeClient } from "./link/client-type.ts";
import type { Wake } from "./wake.ts";

/** Live quotes of one symbol. */
export type BridgeFeed = MarketData & {
	/** The broker's time now, estimated from the newest quotes and never falling; the time of the last row before any quote has come. */
	serverNow(): BrokerMs;
	/** Whether quotes come live: the link is up, what was missed has been taken, and a quote younger than 2 s has come since. */
	isFresh(): boolean;
	/** What a trader should know of the opening, in sentences. */
	readonly notes: readonly string[];
};

/** What a live feed needs. */
export type BridgeFeedRequest = {
	/** Up already (`ready`). */
	readonly client: BridgeClient;
	readonly instrument: Instrument;
	/** The symbol as the broker calls it (`SpecBody.name`). */
	readonly brokerSymbol: string;
	readonly venue: Venue;
	readonly server: string;
	readonly timeframeMinutes: number;
	/** Closed bars that the session warms up on: all but the last are taken from the broker's history, the last closes on a live quote. */
	readonly warmupBars: number;
	/** A steady clock (adapters/clock/steady.ts): only the pace of it counts. */
	readonly clock: Clock;
	readonly wake: Wake;
};

export async function openBridgeFeed(_request: BridgeFeedRequest): Promise<BridgeFeed> {
	throw new Error("being written");
}
