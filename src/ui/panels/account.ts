import type { Projection } from "../../engine/project.ts";
import { STATES, type TradingState } from "../../engine/trading-state.ts";
import { cellWidth, fitLine, fitText, type Line, line, lineWidth, span, type Tone } from "../../print/line.ts";
import type { Size } from "../pane.ts";
import { amountText, clockText, countText, fallText, signedText, signTone, UNKNOWN } from "./figures.ts";
import type { Panel } from "./shown.ts";

/** Rows from which every figure is shown. */
const ROOMY_ROWS = 6;

export type AccountSlice = Pick<
	Projection,
	| "balance"
	| "equity"
	| "floating"
	| "margin"
	| "marginLevelPct"
	| "drawdownPct"
	| "maxDrawdownPct"
	| "netClosed"
	| "closed"
	| "wins"
	| "losses"
	| "refused"
	| "shadowClosed"
	| "state"
	| "holds"
	| "entryHold"
	| "flattening"
	| "phase"
> & { readonly currency: string; readonly digits: number };

/** What may be done now and why not, and the money. */
export const accountPanel: Panel<AccountSlice> = {
	// Named one by one: the rest of the projection differs with every row of the market, and would have it painted ten times a second.
	select: ({ now, about }) => ({
		balance: now.balance,
		equity: now.equity,
		floating: now.floating,
		margin: now.margin,
		marginLevelPct: now.marginLevelPct,
		drawdownPct: now.drawdownPct,
		maxDrawdownPct: now.maxDrawdownPct,
		netClosed: now.netClosed,
		closed: now.closed,
		wins: now.wins,
		losses: now.losses,
		refused: now.refused,
		shadowClosed: now.shadowClosed,
		state: now.state,
		holds: now.holds,
		entryHold: now.entryHold,
		flattening: now.flattening,
		phase: now.phase,
		currency: about.currency,
		digits: about.currencyDigits,
	}),
	title: () => "Account",
	right: ({ currency }) => [span(currency, "faint")],
	paint: paintAccount,
};

const STATE_MARKS: Readonly<Record<TradingState, readonly [mark: string, tone: Tone]>> = {
	ACTIVE: ["●", "good"],
	PAUSED: ["⏸", "warn"],
	REDUCING: ["▼", "warn"],
	RECONCILING: ["⚠", "warn"],
	HALTED: ["■", "bad"],
	KILLED: ["✗", "bad"],
};

/** The trading state with its mark: `● ACTIVE`. */
export function stateSpans(state: TradingState): Line {
	const [mark, tone] = STATE_MARKS[state] ?? ["⚠", "bad"];
	return [span(`${mark} ${state}`, tone)];
}

function paintAccount(slice: AccountSlice, size: Size): readonly Line[] {
	const { digits } = slice;
	const money = (amount: number | null): string => amountText(amount, digits);
	const signed = (amount: number | null): Line => [span(signedText(amount, digits), signTone(amount))];
	const state = stateLine(slice, size.width);
	const whys = holdLines(slice);
	const first = whys[0];
	if (size.height < ROOMY_ROWS) {
		return [
			first === undefined ? state : [...stateSpans(slice.state), span("  "), ...first],
			pair(["equity", line(span(money(slice.equity), "strong"))], ["floating", signed(slice.floating)], size.width),
			pair(["balance", line(money(slice.balance))], ["margin lvl", line(levelText(slice))], size.width),
			pair(["drawdown", line(fallText(slice.drawdownPct))], ["closed", signed(slice.netClosed)], size.width),
		];
	}
	const figures = [
		pair(["equity", line(span(money(slice.equity), "strong"))], ["floating", signed(slice.floating)], size.width),
		pair(["balance", line(money(slice.balance))], ["closed net", signed(slice.netClosed)], size.width),
		pair(["margin", line(money(slice.margin))], ["level", line(levelText(slice))], size.width),
		pair(["drawdown", line(fallText(slice.drawdownPct))], ["largest", line(fallText(slice.maxDrawdownPct))], size.width),
		pair(
			["trades", line(`${countText(slice.closed)} closed`)],
			[
				"won/lost",
				[span(countText(slice.wins), slice.wins > 0 ? "good" : "plain"), span("/"), span(countText(slice.losses), slice.losses > 0 ? "bad" : "plain")],
			],
			size.width,
		),
		pair(["refused", line(countText(slice.refused))], ["shadow", line(countText(slice.shadowClosed))], size.width),
	];
	// The reasons why nothing new may be opened matter more than the last figures.
	const room = Math.max(1, size.height - 1 - 4);
	const shownWhys = whys.length > room ? [...whys.slice(0, room - 1), line(span(`and ${whys.length - room + 1} more holds`, "faint"))] : whys;
	return [state, ...shownWhys, ...figures];
}

/** The state and what it means; of a meaning that does not fit, its first half. */
function stateLine(slice: AccountSlice, width: number): Line {
	const state = (slice.state === "ACTIVE" ? PHASE_MARKS[slice.phase] : undefined) ?? stateSpans(slice.state);
	const meaning = phaseLine(slice);
	const room = width - lineWidth(state) - 2;
	return [...state, span(`  ${cellWidth(meaning) <= room ? meaning : (meaning.split(";")[0] ?? "")}`, "faint")];
}

/** The margin level; without margin in use there is none. */
function levelText({ margin, marginLevelPct }: AccountSlice): string {
	if (margin === 0 && marginLevelPct === null) return "not used";
	return marginLevelPct === null ? UNKNOWN : `${countText(marginLevelPct)} %`;
}

/** While trading has not begun, or is over, ACTIVE would promise what is not so. */
const PHASE_MARKS: Readonly<Partial<Record<AccountSlice["phase"], Line>>> = {
	warmup: [span("· WARM-UP", "accent")],
	ending: [span("▼ ENDING", "warn")],
	ended: [span("■ ENDED", "strong")],
};

function phaseLine(slice: AccountSlice): string {
	if (slice.phase === "ended") return "the session is over";
	if (slice.flattening) return "every position is being closed";
	if (slice.phase === "warmup") return "no entries yet";
	if (slice.phase === "ending") return "no entries any more";
	return STATES[slice.state]?.line ?? "";
}

/** A row for each reason: holds first, then why no entry may be made although the state is ACTIVE. */
function holdLines(slice: AccountSlice): readonly Line[] {
	const row = (control: string, reason: string, until: number | null, tone: Tone): Line => [
		span(`${control} `, tone),
		span(reason, tone),
		...(until === null ? [] : [span(` until ${clockText(until)}`, "faint")]),
	];
	// The hold that decides the state comes first: where there is one row, it is this one.
	const deciding = slice.holds.filter(({ state }) => state === slice.state);
	const others = slice.holds.filter(({ state }) => state !== slice.state);
	const holds = [...deciding, ...others].map(({ control, state, reason, until }) =>
		row(`${STATE_MARKS[state]?.[0] ?? "⚠"} ${control}`, reason, until, STATE_MARKS[state]?.[1] ?? "bad"),
	);
	const { entryHold } = slice;
	return entryHold === null ? holds : [...holds, row(`⏸ ${entryHold.control}`, `no entry: ${entryHold.reason}`, entryHold.until, "warn")];
}

/** Two figures a row, names faint to the left, values to the right of their half. */
function pair(left: readonly [name: string, value: Line], right: readonly [name: string, value: Line], width: number): Line {
	const half = Math.floor((width - 2) / 2);
	return [...figure(left[0], left[1], half), span("  "), ...figure(right[0], right[1], width - half - 2)];
}

function figure(name: string, value: Line, width: number): Line {
	const text = value.map((part) => part.text).join("");
	const label = fitText(name, Math.max(0, width - Array.from(text).length - 1));
	return fitLine([span(`${label} `, "faint"), ...value], width);
}
