import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Home, homeAt } from "../../src/adapters/home.ts";
import type { Clock } from "../../src/adapters/ports.ts";
import { wrongWords } from "../../src/adapters/wrong-words.ts";
import { performSession } from "../../src/commands/run/perform.ts";
import { type Confirmation, createConfirmation } from "../../src/commands/stage/confirmation.ts";
import type { ConfirmedStage } from "../../src/commands/stage/confirmed.ts";
import { type PreparedStage, prepareStage } from "../../src/commands/stage/prepare.ts";
import type { RunOptions } from "../../src/config/options.ts";
import { planRun } from "../../src/config.ts";
import type { Engine } from "../../src/engine/engine.ts";
import type { Summary } from "../../src/engine/summary-type.ts";
import { isPending } from "../../src/engine/unknown.ts";
import { hook, type Script } from "./engine-hook.ts";
import { giveToken } from "./prepared-home.ts";
import { type SandboxBridge, startSandboxBridge } from "./sandbox-bridge.ts";
import { unattended } from "./unattended.ts";

// Sessions through the whole program but its screen: the real bridge on the stand-in terminal, whose market an agent can know and which is moved by hand. It goes
// on only when the session has taken what there is, so days of market take seconds, and as long as the machine needs.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** One rise and one fall of the market; it is at its lowest at whole periods of server time. */
const WAVE_MS = 2 * MINUTE;
const WAVE_POINTS = 150;
/** Ticks are half to one and a half of this apart: after the longest pause the market has moved by one point. */
const TICK_MS = 300;
const PAUSE_MS = 1.5 * TICK_MS;
const PATIENCE_MS = 60_000;
/** The bridge takes 120 entries a minute of an account, by the clock on the wall, and no setting changes that: a walk that is faster waits. */
const ENTRIES_A_MINUTE = 120;

export const SERVER = "Kinetra-Sandbox";

/**
 * Buys at the beginning of every rise with a stop of 100 points and a target of 140: it knows the market. Every sixth time (or when `errs`) it sells
 * instead and is stopped out, so that its losses are known too.
 */
export function knowingWave(errs: (trade: number) => boolean = (trade) => trade % 6 === 2): Script {
	let trades = 0;
	return (view) => {
		// By the bar that has closed, not by the time: a broker's word may be heard a moment ahead of the quotes.
		const now = view.bar.openAt + MINUTE;
		if (now % WAVE_MS !== 0 || view.positions.length > 0 || !view.entry.mayEnter) return [];
		const isWrong = errs(trades++);
		const [side, reason] = isWrong ? (["SELL", "a mistake"] as const) : (["BUY", "the rise"] as const);
		return [{ kind: "open", side, size: { kind: "risk", share: 1 }, stopPoints: 100, targetPoints: 140, reason }];
	};
}

/** A home, and the wall clock of everything that is done in it. */
export type Walker = {
	readonly home: Home;
	readonly clock: Clock;
	/** Moves the clock on, or back. */
	skip(ms: number): void;
	/** The typed words of a stage, not typed yet. */
	ask(prepared: PreparedStage): Confirmation;
	/** Types the right words, each when its time has come. Throws what stands in the way. */
	confirm(prepared: PreparedStage): ConfirmedStage;
};

/** A home without anything. */
export function newWalker(): Walker {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-walk-")), "home") });
	mkdirSync(home.root, { recursive: true, mode: 0o700 });
	let skippedMs = 0;
	const clock: Clock = { nowMs: () => Date.now() + skippedMs };
	const ask = (prepared: PreparedStage): Confirmation => createConfirmation(prepared, clock, wrongWords(home));
	return {
		home,
		clock,
		skip(ms) {
			skippedMs += ms;
		},
		ask,
		confirm(prepared) {
			if (prepared.terms === null) throw new Error(prepared.refusal);
			const { loginTail, maxLoss } = prepared.terms;
			const asking = ask(prepared);
			for (const word of prepared.mode === "demo" ? ["y", "DEMO"] : [`LIVE ${loginTail}`, String(maxLoss)]) {
				const state = asking.state();
				const notBefore = state.kind === "asking" ? state.question.notBeforeWallMs : null;
				if (notBefore !== null) skippedMs += Math.max(0, notBefore - clock.nowMs());
				asking.answer(word);
			}
			const state = asking.state();
			if (state.kind !== "confirmed") throw new Error(JSON.stringify(state));
			return state.stage;
		},
	};
}

/** A terminal of the stand-in with its bridge, and the market that both look at. */
export type WalkTerminal = {
	readonly bridge: SandboxBridge;
	/** Goes on to an hour after this hour of the next broker day; the night has no ticks. */
	nextDay(hour: number): Promise<void>;
	/** What is looked at before a stage, while quotes move. */
	prepare(options: RunOptions): Promise<PreparedStage>;
	/** Runs a session to its end, the market in step with it. `confirmed`: null for virtual ones. Rejects with the refusal, or with what could not be stored. */
	run(options: RunOptions, confirmed: ConfirmedStage | null, script?: Script): Promise<Summary>;
	/** Starts the bridge anew with these settings of bridge.json besides; the terminal goes on where it is. */
	restart(settings: Readonly<Record<string, unknown>>): Promise<void>;
};

/** Opens a terminal that is logged in to one account, at about noon of its broker. The caller stops its bridge. */
export async function openTerminalOf(walker: Walker, account: { readonly login: number; readonly trade_mode: 0 | 1 | 2 }): Promise<WalkTerminal> {
	const startedMs = Date.now();
	const offsetMs = (((12 - new Date(startedMs).getUTCHours() + 36) % 24) - 12) * HOUR;
	const market = { interval_ms: TICK_MS, volatility: 0, spread_jitter: 0, wave_s: WAVE_MS / SECOND, wave_points: WAVE_POINTS, history_minutes: 120 };
	const bridge = await startSandboxBridge({
		world: {
			accounts: [{ ...account, server: SERVER }],
			symbols: ["EURUSD"],
			clock: { mode: "manual", start_ms: startedMs },
			server_offset_s: offsetMs / SECOND,
			markets: { EURUSD: { source: "generated", ...market } },
		},
		bridge: { limits: { max_orders_per_minute: 120 }, timings: { ticks_ms: 10, book_ms: 20, deals_ms: 20 } },
	});
	giveToken(walker.home, bridge);
	let now = startedMs + offsetMs;
	const entriesMs: number[] = [];

	async function advanceTo(at: number): Promise<void> {
		if (!(at > now)) return;
		await bridge.command({ do: "advance", ms: at - now });
		now = at;
	}

	/** The next moment a whole number of half hours from the clock on the wall: quotes from there on tell the bridge the broker's offset. */
	async function alignWithWall(): Promise<void> {
		const half = HOUR / 2;
		await advanceTo(now + ((((Date.now() - now) % half) + half) % half));
	}

	async function moving<T>(work: () => Promise<T>): Promise<T> {
		const moves = new AbortController();
		const move = (async () => {
			while (!moves.signal.aborted) {
				await advanceTo(now + SECOND);
				await sleep(100);
			}
		})();
		try {
			return await work();
		} finally {
			moves.abort();
			await move;
		}
	}

	/** The market's next step: to just after the agent has decided, to the top of the wave, to the next decision. */
	async function stepWith(isReal: boolean, isOver: () => boolean): Promise<void> {
		const { engine } = hook;
		const begin = Math.floor(now / WAVE_MS) * WAVE_MS;
		const top = begin + WAVE_MS / 2;
		if (engine === null) {
			// Quotes move while it opens, but never past a decision that nobody would hear in time.
			await advanceTo(Math.min(now + SECOND / 2, begin + WAVE_MS - 5 * SECOND));
			await sleep(20);
			return;
		}
		const decided = [begin, begin + WAVE_MS].map((at) => at + PAUSE_MS + 50);
		const target = (isReal ? [...decided, top] : [begin + 10 * WAVE_MS]).sort((a, b) => a - b).find((at) => at > now);
		if (target === undefined) throw new Error("the walk has lost its way");
		await advanceTo(target);
		const isTaken = (): boolean => engine.quoteAt > target - PAUSE_MS && (!isReal || isSettled(engine, target === top));
		await until(
			() => isOver() || isTaken(),
			() => `${describe(engine, now)}\n${bridge.lines().slice(-5).join("\n")}`,
		);
	}

	return {
		bridge,
		async nextDay(hour) {
			const at = (Math.floor(now / DAY) + 1) * DAY + hour * HOUR;
			await bridge.command({ do: "pause", seconds: (at - now) / SECOND });
			await advanceTo(at + HOUR);
		},
		prepare: (options) =>
			moving(() => prepareStage({ home: walker.home, options: { ...options, bridge: bridge.url }, env: {}, clock: walker.clock, onCheck: () => {} })),
		async run(options, confirmed, script = knowingWave()) {
			const room = ENTRIES_A_MINUTE - (options.maxTrades ?? 0);
			// Not during the session: a market that stands still is halted (control C30).
			await moving(() =>
				until(
					() => confirmed === null || entriesLately(entriesMs) <= room,
					() => "too many entries",
				),
			);
			hook.engine = null;
			await advanceTo((Math.floor(now / WAVE_MS) + 1) * WAVE_MS + 5 * SECOND);
			hook.script = (view, call) => {
				const wish = script(view, call);
				if (Array.isArray(wish) && wish.length > 0) entriesMs.push(performance.now());
				return wish;
			};
			let isOver = false;
			const session = perform(walker, { ...options, bridge: bridge.url }, confirmed).finally(() => {
				isOver = true;
			});
			session.catch(() => {});
			while (!isOver) await stepWith(confirmed !== null, () => isOver);
			return session;
		},
		async restart(settings) {
			const path = join(bridge.folder, "bridge.json");
			writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, "utf8")) as object), ...settings }));
			await bridge.restart();
			await alignWithWall();
		},
	};
}

async function perform({ home, clock }: Walker, options: RunOptions, confirmed: ConfirmedStage | null): Promise<Summary> {
	const { summary, problems } = await performSession(unattended({ home, plan: await planRun(options, true), confirmed, clock }));
	if (problems.length > 0) throw new Error(problems.join(" "));
	return summary;
}

/** Every order has been answered and its deals are there; at the top of the wave every position has met its stop or its target. */
function isSettled({ plans, positions }: Engine, isTop: boolean): boolean {
	return !plans.some(isPending) && (!isTop || positions.length === 0);
}

function entriesLately(entriesMs: readonly number[]): number {
	const from = performance.now() - 61_000;
	return entriesMs.filter((at) => at > from).length;
}

function describe({ at, quoteAt, phase, plans, positions, trading }: Engine, now: number): string {
	return JSON.stringify({ now, at, quoteAt, phase, plans, positions, trading });
}

async function until(isSo: () => boolean, why: () => string): Promise<void> {
	const end = performance.now() + 2 * PATIENCE_MS;
	while (!isSo()) {
		if (performance.now() > end) throw new Error(`the session does not go on: ${why()}`);
		await sleep(2);
	}
}
