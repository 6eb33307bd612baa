import { numberOf, textOf } from "./journal-fields.ts";
import type { BREACHES } from "./limits/breach.ts";
import type { LogEntry, Weight } from "./log.ts";
import { entry, type LogLine } from "./log-line.ts";
import { BREAKER_CONTROL } from "./trading-state.ts";

/** What a trading state means for the one who watches. */
const STATE_WEIGHTS: Readonly<Record<string, Weight>> = {
	ACTIVE: "good",
	PAUSED: "warn",
	REDUCING: "warn",
	RECONCILING: "warn",
	HALTED: "alarm",
	KILLED: "alarm",
};

/** A limit that was passed, in a trader's words by its code; the change of state that follows needs no line of its own. */
const LIMIT_WORDS: Readonly<Record<keyof typeof BREACHES, string>> = {
	SIZE_DENIALS: "size refusals",
	COLLAR_DENIALS: "price refusals",
	INTENT_TWICE: "intent used twice",
	RATE_DENIALS: "rate refusals",
	ENTRIES_RUNAWAY: "runaway entries",
	ENTRIES_USED_UP: "entries used up",
	SESSION_LOSS: "session loss",
	EQUITY_INVALID: "equity unknown",
	DAILY_LOSS: "daily loss",
	DRAWDOWN: "drawdown",
	LOSS_SPEED: "loss too fast",
	PROFIT_SANITY: "profit too good",
	LOSING_STREAK: "losing streak",
	LOSING_STREAKS: "losing streaks",
	STOP_GUARD: "stop-outs",
	BROKER_REJECTS: "broker refusals",
	SLIPPAGE: "slippage",
	FEED_SILENT: "feed silent",
	FEED_BAD: "bad quotes",
	AGENT_FAULTS: "agent faults",
	ORDER_UNKNOWN: "order unknown",
};

/** A breach of a limit, or a margin call. */
export function limitEntry(line: LogLine, kind: string): LogEntry | null {
	const { data, memory } = line;
	if (kind === "margin-call") {
		const reason = `the broker asks for more margin: ${numberOf(data, "margin") ?? "?"} is used`;
		return entry(line, "limit", "margin call", reason, { weight: "alarm", control: "C11" });
	}
	const code = textOf(data, "code");
	const control = textOf(data, "control");
	const state = textOf(data, "state");
	const words = Object.hasOwn(LIMIT_WORDS, code) ? LIMIT_WORDS[code as keyof typeof LIMIT_WORDS] : code.toLowerCase().replaceAll("_", " ");
	memory.told = { control, at: line.at };
	// That all entries are used is how a session is meant to end.
	const weight = code === "ENTRIES_USED_UP" ? "info" : (STATE_WEIGHTS[state] ?? "warn");
	return entry(line, "limit", `${state} ${words}`.trim(), textOf(data, "reason"), { weight, control });
}

/** The breaker, and changes of the trading state that neither a limit nor the breaker has just told. */
export function stateEntry(line: LogLine, kind: string): LogEntry | null {
	const { data, memory } = line;
	if (kind === "breaker") return breakerEntry(line);
	const control = textOf(data, "control");
	const told = memory.told;
	memory.told = null;
	if (told !== null && told.control === control && told.at === line.at) return null;
	const to = textOf(data, "to");
	const weight = STATE_WEIGHTS[to] ?? "warn";
	const event = to === "ACTIVE" ? "ACTIVE again" : to;
	return entry(line, control === "C36" || control === "C33" ? "command" : "limit", event, textOf(data, "reason"), { weight, control: control || null });
}

function breakerEntry(line: LogLine): LogEntry {
	const { data, memory } = line;
	const what = textOf(data, "what");
	const score = numberOf(data, "score");
	// Cut, not rounded: a score just below the level must not read as the level.
	const shown = score === null ? "unknown" : (Math.floor(score * 1000) / 1000).toFixed(3);
	const reason = what === "re-arm" ? `CHS ${shown}: new risk is allowed again` : `CHS ${shown}: ${textOf(data, "text")}`;
	const latched = data.latched === true && what !== "re-arm" ? ", latched: a reset is needed" : "";
	memory.told = { control: BREAKER_CONTROL, at: line.at };
	return entry(line, "breaker", `breaker ${what}`, `${reason}${latched}`, { weight: what === "re-arm" ? "good" : "alarm", control: BREAKER_CONTROL });
}

const DATA_WORDS: Readonly<Record<string, string>> = { ok: "data back", stale: "data stale", bad: "bad quote", jump: "price jump", none: "no data" };

/** The quotes become unbelievable, or believable again. */
export function dataEntry(line: LogLine): LogEntry | null {
	const to = textOf(line.data, "to");
	const reason = to === "ok" ? "quotes are fresh and plausible again" : textOf(line.data, "why");
	return entry(line, "data", DATA_WORDS[to] ?? `data ${to}`, reason, { weight: to === "ok" ? "good" : "warn", control: "C30" });
}
