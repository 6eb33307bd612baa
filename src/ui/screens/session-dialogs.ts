import type { BrokerMs } from "../../engine/units.ts";
import { formatTime } from "../../print/text.ts";
import { amountText, clockText, lotsText, signedText } from "../panels/figures.ts";
import { runningView } from "../panels/shown.ts";
import type { SessionView } from "../session-view.ts";
import type { CockpitState, Dialog } from "../state.ts";
import { notify } from "../store.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const REASON_MIN = 3;

/** Asks before every position is closed, with what is open now. Null while nothing is known of the session. */
export function flattenDialog(state: CockpitState): Dialog | null {
	const view = runningView(state);
	if (view === null) return null;
	const { now, about } = view;
	const real = now.positions.filter(({ shadow }) => !shadow);
	const lots = real.reduce((sum, position) => sum + position.lots, 0);
	const listed = real.length === now.openPositions ? lotsText(lots, about.lotsDigits) : `at least ${lotsText(lots, about.lotsDigits)}`;
	return {
		title: "Flatten",
		tone: "warn",
		lines: [
			`Close every open position of ${about.symbol} at the market now?`,
			`Positions: ${now.openPositions}. Lots: ${listed}.`,
			`Floating: ${signedText(now.floating, about.currencyDigits)} ${about.currency} of ${amountText(now.equity, about.currencyDigits)} equity, as of ${clockText(now.at)}.`,
			"The session goes on; space pauses new entries.",
		],
		input: null,
		choices: [{ key: "y", label: "close them all", run: ({ intents }) => intents.command({ command: "flatten" }) }],
	};
}

/** Asks for the reason of a reset, which the journal keeps. */
export function resetDialog(state: CockpitState): Dialog | null {
	const view = runningView(state);
	if (view === null) return null;
	const latched = view.now.holds
		.filter((hold) => hold.state === "HALTED" || hold.state === "KILLED")
		.map((hold) => `${hold.control} ${hold.state}: ${hold.reason}`);
	return {
		title: "Reset the latch",
		tone: "alarm",
		lines: [
			...(latched.length > 0 ? latched : ["The breaker is latched."]),
			"A reset accepts the loss behind it. Trading stays paused afterwards until you press space.",
		],
		input: {
			label: "Reason",
			text: "",
			check: (text) => (text.trim().length >= REASON_MIN ? null : `Type why, at least ${REASON_MIN} characters; the journal keeps it.`),
			accept({ store, intents }, text) {
				if (!isLatched(store.getState())) {
					notify(store, "Nothing is latched any more: no reset was sent.", "warn");
					return;
				}
				// In place of what was said about the kill; before the command, which has a better word where there is nothing to reset.
				notify(store, "Reset sent. Space allows new entries once it is lifted.", "warn");
				intents.command({ command: "reset", reason: text.trim() });
			},
		},
		choices: [],
	};
}

/** True while something needs a reset by the operator. */
export function isLatched(state: CockpitState): boolean {
	const now = runningView(state)?.now;
	if (now === undefined) return false;
	return now.breaker.latched || now.holds.some((hold) => hold.state === "HALTED" || hold.state === "KILLED");
}

/** Asks for a market time to move the replay to. */
export function seekDialog(view: SessionView): Dialog | null {
	const { span } = view.about;
	if (span === null) return null;
	const from = view.now?.at ?? span.from;
	return {
		title: "Go to a time",
		tone: "plain",
		lines: [`The session runs from ${formatTime(span.from)} to ${formatTime(span.to)} (broker time).`, "Type HH:MM, or MM-DD HH:MM for another day."],
		input: {
			label: "Time",
			text: "",
			check: (text) => {
				const at = parseTime(text, from, span);
				return typeof at === "string" ? at : null;
			},
			accept: ({ intents }, text) => {
				const at = parseTime(text, from, span);
				if (typeof at === "number") intents.seekReplay(at);
			},
		},
		choices: [],
	};
}

/**
 * The market time that `HH:MM` or `MM-DD HH:MM` means within the span: of the days on which it lies inside, the one nearest to `now`.
 * What is wrong with it otherwise.
 */
export function parseTime(text: string, now: BrokerMs, span: { readonly from: BrokerMs; readonly to: BrokerMs }): BrokerMs | string {
	const found = /^(?:(\d{1,2})-(\d{1,2})\s+)?(\d{1,2}):(\d{2})$/.exec(text.trim());
	if (found === null) return `"${text.trim()}" is no time: type HH:MM, for example 14:30.`;
	const [, month, day, hour, minute] = found;
	if (Number(hour) > 23 || Number(minute) > 59) return `"${text.trim()}" is no time of a day: hours go to 23, minutes to 59.`;
	const ofDay = (Number(hour) * 60 + Number(minute)) * MINUTE_MS;
	let best: BrokerMs | null = null;
	// The minute in which the session begins counts as its beginning.
	for (let midnight = Math.floor(span.from / DAY_MS) * DAY_MS; midnight <= span.to; midnight += DAY_MS) {
		const at = Math.max(midnight + ofDay, midnight + ofDay + MINUTE_MS > span.from ? span.from : Number.NEGATIVE_INFINITY);
		const isInside = midnight + ofDay + MINUTE_MS > span.from && midnight + ofDay <= span.to;
		const isDay = month === undefined || formatTime(midnight).slice(5, 10) === `${month.padStart(2, "0")}-${(day ?? "").padStart(2, "0")}`;
		if (isInside && isDay && (best === null || Math.abs(at - now) < Math.abs(best - now))) best = at;
	}
	return best ?? `"${text.trim()}" is not between ${formatTime(span.from)} and ${formatTime(span.to)}.`;
}
