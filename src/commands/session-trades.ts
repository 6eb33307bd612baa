import type { SessionFolder } from "../adapters/archive/sessions.ts";
import { cleanTrade } from "../adapters/archive/summary-shape.ts";
import { readJournal } from "../adapters/journal/reader.ts";
import type { TradeRow } from "../engine/summary-type.ts";
import type { JournalTrades } from "../ui/state.ts";

/** More than anybody scrolls through; the export has every one. */
const TRADES_READ = 1000;

/** Reads the trades of a session, running ones included. Throws a `Failure` when the journal is not whole. Rows that are no trades are left out. */
export function sessionTrades(files: SessionFolder): JournalTrades {
	const newest: TradeRow[] = [];
	let count = 0;
	let best: TradeRow | null = null;
	let worst: TradeRow | null = null;
	readJournal(files.journal, ({ kind, data }) => {
		if (kind !== "trade" && kind !== "shadow-trade") return;
		const trade = cleanTrade(data);
		if (trade === null) return;
		count++;
		newest.push(trade);
		if (newest.length > TRADES_READ) newest.shift();
		if (trade.shadow || !Number.isFinite(trade.net)) return;
		if (best === null || trade.net > best.net) best = trade;
		if (worst === null || trade.net < worst.net) worst = trade;
	});
	return { newest, count, best, worst };
}
