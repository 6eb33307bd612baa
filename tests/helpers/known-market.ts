import type { Home } from "../../src/adapters/home.ts";
import { performSession } from "../../src/commands/run/perform.ts";
import type { RunOptions } from "../../src/config/options.ts";
import { planRun } from "../../src/config.ts";
import type { Command } from "../../src/engine/event.ts";
import type { Summary } from "../../src/engine/summary-type.ts";
import { paceOf } from "../../src/pace.ts";
import { barsText } from "./csv-files.ts";
import { hook, type Script } from "./engine-hook.ts";

/** Bars before the first episode: they fill the features. */
const WARMUP_BARS = 80;
/** Bars of one episode: calm, a move, calm. */
const EPISODE_BARS = 20;
const CALM_BARS = 4;
const MOVE_BARS = 8;
const MINUTE = 60_000;

/** What an agent that knows the market would get out of each episode of a day: the price goes its way or against it. */
export type Episode = "win" | "loss";

/** Every sixth episode is lost, the others are won: an agent far above the targets, whose losses are known. */
export function goodDay(trades: number): readonly Episode[] {
	return Array.from({ length: trades }, (_, index) => (index % 6 === 2 ? "loss" : "win"));
}

/** Begin of the market's `day` (0 = Tuesday 2025-03-04, weekdays only), broker ms. */
function dayStart(day: number): number {
	return Date.UTC(2025, 2, 4 + Math.floor((day + 1) / 5) * 2 + day, 8);
}

/** A bars export of one day in which these episodes follow each other; EURUSD around 1.10, spread 2. */
export function knownMarket(day: number, episodes: readonly Episode[]): string {
	const rows: string[] = [];
	let price = 110_000;
	const bar = (move: number): void => {
		const at = new Date(dayStart(day) + rows.length * MINUTE).toISOString();
		const open = price;
		price += move;
		const [high, low] = [Math.max(open, price) + 2, Math.min(open, price) - 2];
		const four = [open, high, low, price].map((points) => (points / 100_000).toFixed(5)).join(" ");
		rows.push(`${at.slice(0, 10).replaceAll("-", ".")} ${at.slice(11, 19)} ${four} 40 2`);
	};
	for (let index = 0; index < WARMUP_BARS; index++) bar(index % 2 === 0 ? 3 : -3);
	for (const episode of episodes) {
		for (let index = 0; index < EPISODE_BARS; index++) {
			const inMove = index >= CALM_BARS && index < CALM_BARS + MOVE_BARS;
			bar(inMove ? (episode === "win" ? 25 : -25) : index % 2 === 0 ? 3 : -3);
		}
	}
	for (let index = 0; index < CALM_BARS - 1; index++) bar(0);
	return barsText(...rows);
}

/** Buys at the beginning of every episode with a stop of 100 points and a target of 150: it knows when, not what comes. */
export const knowing: Script = (view) => {
	const minute = Math.round((view.bar.openAt % 86_400_000) / MINUTE) - 8 * 60 - WARMUP_BARS;
	if (minute < 0 || minute % EPISODE_BARS !== CALM_BARS - 1 || view.positions.length > 0) return [];
	return [{ kind: "open", side: "BUY", size: { kind: "risk", share: 1 }, stopPoints: 100, targetPoints: 150, reason: "episode" }];
};

export type KnownSession = {
	readonly options?: Partial<RunOptions>;
	readonly commands?: readonly Command[];
	readonly wallMs: number;
	readonly script?: Script;
};

/**
 * One session of a scripted agent on a file of `knownMarket`, through the real preparation, loop and end. The test file must put the engine's hook in
 * place (engine-hook.ts).
 */
export async function runKnown(home: Home, file: string, { options = {}, commands = [], wallMs, script = knowing }: KnownSession): Promise<Summary> {
	const plan = await planRun({ agent: "sma", set: [], speed: "max", file, warmup: WARMUP_BARS, risk: 0.25, maxTrades: null, ...options }, false);
	let wall = wallMs;
	hook.script = script;
	const { summary, problems } = await performSession({
		home,
		plan,
		clock: { nowMs: () => wall++ },
		onLine: null,
		pace: paceOf("max"),
		commands: [...commands],
		watch: null,
		begun: () => {},
		onProgress: () => {},
		onLeave: () => () => {},
		interruptCode: () => 130,
		confirmed: null,
	});
	if (problems.length > 0) throw new Error(problems.join(" "));
	return summary;
}
