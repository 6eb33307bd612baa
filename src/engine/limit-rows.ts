import type { Engine } from "./engine.ts";
import { isSessionOpen } from "./instruments/sessions.ts";
import { countSince } from "./limits/event-window.ts";
import { fallsOf } from "./limits/losses.ts";
import type { LimitRow } from "./project.ts";
import { UNLIMITED } from "./rules-table.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Every limit that can end the session or stop its entries, with how far it is; limits that are off are left out. The ones that end or
 * latch come first, in the order of their controls. O(1), for every window behind them is bounded. Changes nothing.
 */
export function limitRows(engine: Engine): readonly LimitRow[] {
	const rows: LimitRow[] = [];
	const add = (control: string, label: string, value: number, limit: number, unit: LimitRow["unit"], action: LimitRow["action"]): void => {
		if (!(limit < UNLIMITED)) return;
		rows.push({ control, label, value: Number.isFinite(value) ? value : null, limit, unit, action });
	};
	addSession(engine, add);
	addLosses(engine, add);
	addStreaks(engine, add);
	addAnswers(engine, add);
	addRates(engine, add);
	return rows;
}

type Add = (control: string, label: string, value: number, limit: number, unit: LimitRow["unit"], action: LimitRow["action"]) => void;

/** C20: entries and time. The entry limit of the session ends it only when `--max-trades` set it. */
function addSession(engine: Engine, add: Add): void {
	const { config, limits } = engine;
	const { rules, maxTrades, durationMinutes } = config;
	const minutes = engine.tradingFrom === null ? 0 : (engine.at - engine.tradingFrom) / MINUTE_MS;
	add("C20", "trades", limits.rates.entriesSent, limits.maxTrades, "count", maxTrades !== null && maxTrades <= limits.maxTrades ? "ends" : "no entries");
	if (durationMinutes !== null) add("C20", "time", minutes, durationMinutes, "minutes", "ends");
	add("C20", "time for entries", minutes, rules.sessionMinutesMax, "minutes", "no entries");
}

function addLosses(engine: Engine, add: Add): void {
	const { limits, account, at } = engine;
	const { rules } = engine.config;
	const falls = fallsOf(limits.losses, rules, at, account.equity);
	add("C21", "session loss", falls.session, rules.sessionLossPct, "percent", "KILLED");
	add("C22", "daily loss", falls.day, rules.dailyLossPct, "percent", "KILLED");
	add("C23", "drawdown", falls.drawdown, rules.drawdownPct, "percent", "HALTED");
	add("C24", `loss within ${rules.lossSpeedWindowMs / 1000} s`, falls.speed, rules.lossSpeedPct, "percent", "KILLED");
}

function addStreaks(engine: Engine, add: Add): void {
	const { limits, at } = engine;
	const { rules } = engine.config;
	const { closes } = limits;
	add("C26", "losses in a row", closes.losingStreak, rules.losingStreakToPause, "count", "PAUSED");
	add("C26", "losing streaks today", closes.day === Math.floor(at / DAY_MS) ? closes.streaksToday : 0, rules.losingStreaksToHalt, "count", "HALTED");
	add("C27", "stop-outs", countSince(closes.stops, at, rules.stopGuardWindowMinutes * MINUTE_MS), rules.stopGuardStopsToPause, "count", "PAUSED");
}

function addAnswers(engine: Engine, add: Add): void {
	const { limits, dataHealth, at } = engine;
	const { rules, instrument } = engine.config;
	const { answers } = limits;
	add("C29", "broker refusals in a row", answers.rejectsInRow, rules.rejectsInRowToHalt, "count", "HALTED");
	add("C29", "broker refusals", countSince(answers.rejects, at, rules.rejectsWindowMs), rules.rejectsToHalt, "count", "HALTED");
	// A closed market is no silence, and before the first quote there is nothing that could have stopped.
	if (dataHealth.quoteAt > 0) add("C30", "silence", isSessionOpen(instrument, at) ? at - dataHealth.quoteAt : 0, rules.staleHaltMs, "ms", "HALTED");
	add("C30", "bad quotes in a row", dataHealth.bad, rules.badQuotesToHalt, "count", "HALTED");
	add("C32", "agent faults", answers.agentFaults, rules.agentFaultsToHalt, "count", "HALTED");
	add("C08", "size refusals", answers.sizeDenials, rules.sizeDenialsToHalt, "count", "HALTED");
	add("C10", "price refusals", countSince(answers.collarDenials, at, rules.collarDenialsWindowMs), rules.collarDenialsToPause, "count", "PAUSED");
	add("C16", "rate refusals", countSince(answers.rateDenials, at, rules.rateDenialsWindowMs), rules.rateDenialsToHalt, "count", "HALTED");
}

function addRates(engine: Engine, add: Add): void {
	const { limits, at } = engine;
	const { rules } = engine.config;
	const { rates } = limits;
	add("C17", "entries without a close", Math.max(rates.repeatsBuy, rates.repeatsSell), rules.repeatEntriesMax, "count", "HALTED");
	add(
		"C17",
		`entries in ${rules.entriesWindowMs / MINUTE_MS} min`,
		countSince(rates.entries, at, rules.entriesWindowMs),
		rules.entriesPerWindowMax,
		"count",
		"HALTED",
	);
	add(
		"C17",
		`side flips in ${rules.sideFlipsWindowMs / MINUTE_MS} min`,
		countSince(rates.flips, at, rules.sideFlipsWindowMs),
		rules.sideFlipsMax,
		"count",
		"HALTED",
	);
	add("C19", "open positions", engine.positions.length, rules.openPositionsMax, "count", "no entries");
	add("C16", "messages an hour", countSince(rates.hour, at, HOUR_MS), rules.ratePerHour, "count", "no entries");
	add("C16", "messages a day", rates.day === Math.floor(at / DAY_MS) ? rates.sentToday : 0, rules.ratePerDay, "count", "no entries");
}
