import { overlapOf, type Period } from "../../adapters/archive/carry.ts";
import { formatBrokerTime } from "../../engine/time.ts";
import type { BrokerMs } from "../../engine/units.ts";
import type { BegunSession } from "./begin.ts";

/**
 * The market time that a session trades, from the beginning of trading (null before it) to now. A generated market is one of its own for
 * every seed and the same for every other setting: whoever has seen it once could choose the settings by its result.
 */
export function periodOf({ start: { config, feed } }: Pick<BegunSession, "start">, from: BrokerMs | null, to: BrokerMs): Period | null {
	if (from === null) return null;
	const { symbol } = config.instrument;
	if (feed.kind === "synthetic") return { symbol: `${symbol} (seed ${config.seed})`, from, to };
	// The stand-in's market is made up too, but by the stand-in: it has one a time.
	return { symbol: feed.kind === "bridge" && feed.venue === "sandbox" ? `${symbol} (sandbox)` : symbol, from, to };
}

/** Why the record must not be touched: the agent has traded some of this time before, in whatever file and with whatever seed. Null when it has not. */
export function tradedBefore({ base }: Pick<BegunSession, "base">, period: Period | null): string | null {
	const known = base === null || period === null ? null : overlapOf(base, period);
	if (known === null) return null;
	return `it has traded ${known.symbol} from ${formatBrokerTime(known.from)} to ${formatBrokerTime(known.to)} before, and the same days count once`;
}
