import type { Instrument } from "../../instrument.ts";
import { isSessionOpen } from "../../instruments/sessions.ts";
import type { BrokerMs } from "../../units.ts";

const MINUTE_MS = 60_000;
const MINUTES_PER_WEEK = 10_080;

/**
 * When a feed must start so that `minutes` open minutes lie before `sessionStartAt`: where the warm-up begins. Closed hours do not
 * count. Whole weeks are skipped at once; a market that never opens gives `sessionStartAt` back.
 */
export function warmupStartAt(instrument: Instrument, sessionStartAt: BrokerMs, minutes: number): BrokerMs {
	const end = Math.floor(sessionStartAt / MINUTE_MS) * MINUTE_MS;
	let perWeek = 0;
	for (let minute = 1; minute <= MINUTES_PER_WEEK; minute++) if (isSessionOpen(instrument, end - minute * MINUTE_MS)) perWeek++;
	if (perWeek === 0 || !(minutes > 0) || !Number.isFinite(end)) return sessionStartAt;
	const weeks = Math.floor((minutes - 1) / perWeek);
	let at = end - weeks * MINUTES_PER_WEEK * MINUTE_MS;
	let missing = minutes - weeks * perWeek;
	while (missing > 0) {
		at -= MINUTE_MS;
		if (isSessionOpen(instrument, at)) missing--;
	}
	return at;
}
