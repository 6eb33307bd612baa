import type { AgentPosition } from "../../../engine/agents/agent.ts";
import type { Question, Sight } from "../../../engine/agents/outside.ts";
import { OBSERVATION, OBSERVATION_VERSION } from "../../../engine/market/observation.ts";
import { timeframeName } from "../../../engine/market/timeframe.ts";
import type { Points } from "../../../engine/units.ts";
import type { ProgramSession } from "./open-program.ts";

/** Version of the lines that are exchanged with a program (docs/WRITING_AGENTS.md). */
export const PROTOCOL = 1;

/**
 * The first line: what the session is. `point` is the price of one point; what is called `...Points` is in whole points, other prices are prices; times
 * are the broker's wall clock, ms since 1970.
 */
export function helloLine(session: ProgramSession, answerMs: number, start: number): string {
	const { instrument, timeframeMinutes, mode, account, seed, warmupBars } = session;
	return line({
		type: "hello",
		protocol: PROTOCOL,
		observation: { version: OBSERVATION_VERSION, fields: OBSERVATION.map(({ name }) => name) },
		symbol: {
			name: instrument.symbol,
			digits: instrument.digits,
			point: priceOf(1, instrument.digits),
			tickSizePoints: instrument.tickSizePoints,
			contractSize: instrument.contractSize,
			volumeMin: instrument.volumeMin,
			volumeMax: instrument.volumeMax,
			volumeStep: instrument.volumeStep,
			stopsLevelPoints: instrument.stopsLevelPoints,
			currencyBase: instrument.currencyBase,
			currencyProfit: instrument.currencyProfit,
			currencyMargin: instrument.currencyMargin,
		},
		timeframe: timeframeName(timeframeMinutes),
		timeframeMinutes,
		mode,
		account: { currency: account.currency },
		seed,
		warmupBars,
		answerMs,
		start,
	});
}

/** A closed bar on which nothing is asked. */
export function barLine(sight: Sight, digits: number): string {
	return line({ type: "bar", ...fieldsOf(sight, digits) });
}

/** A closed bar on which a decision is asked for. */
export function decideLine(question: Question, digits: number): string {
	const { entry } = question;
	const permission = entry.mayEnter ? { mayEnter: true } : { mayEnter: false, control: entry.control, reason: entry.reason };
	return line({ type: "decide", question: question.question, ...fieldsOf(question, digits), entry: permission });
}

function fieldsOf({ at, bar, observation, atrPoints, bid, ask, positions }: Sight, digits: number): object {
	const price = (points: Points): number => priceOf(points, digits);
	return {
		at,
		bar: {
			openAt: bar.openAt,
			open: price(bar.open),
			high: price(bar.high),
			low: price(bar.low),
			close: price(bar.close),
			volume: bar.volume,
			spreadPoints: bar.spreadPoints,
		},
		observation,
		atrPoints,
		bid: price(bid),
		ask: price(ask),
		bidPoints: bid,
		askPoints: ask,
		positions: positions.map((position) => positionOf(position, price)),
	};
}

function positionOf(position: AgentPosition, price: (points: Points) => number): object {
	const { positionId, side, lots, openPrice, openedAt, sl, tp, ageBars, floatingR, mfeR } = position;
	return {
		positionId,
		side,
		lots,
		openedAt,
		openPrice: price(openPrice),
		openPoints: openPrice,
		slPoints: sl,
		tpPoints: tp,
		ageBars,
		floatingR,
		mfeR,
	};
}

function priceOf(points: Points, digits: number): number {
	return Number((points / 10 ** digits).toFixed(digits));
}

function line(message: object): string {
	return `${JSON.stringify(message)}\n`;
}
