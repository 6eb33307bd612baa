import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Instrument } from "../../src/engine/instrument.ts";
import { BUILT_IN_INSTRUMENTS } from "../../src/engine/instruments/built-in.ts";
import { paperAccount } from "../../src/engine/paper/book.ts";
import { fork, uniform } from "../../src/engine/random.ts";
import { hook } from "../helpers/engine-hook.ts";
import { configWith, paperBroker, type Row, runWith, START, scriptedFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

type View = { readonly positions: readonly { readonly positionId: number; readonly sl: number; readonly tp: number; readonly side: string }[] };

/** Start price in points of each symbol, and how far it moves a row. */
const MARKETS: Readonly<Record<string, readonly [price: number, step: number]>> = {
	EURUSD: [110_000, 25],
	USDJPY: [150_000, 30],
	EURJPY: [165_000, 30],
	XAUUSD: [265_000, 120],
	NAS100: [2_100_000, 900],
	BTCUSD: [9_500_000, 9000],
};

function marketOf(symbol: string): Instrument {
	const found = BUILT_IN_INSTRUMENTS.find((instrument) => instrument.symbol === symbol);
	if (found === undefined) throw new Error(symbol);
	return { ...found, sessions: Array.from({ length: 7 }, () => [[0, 1440]] as const) };
}

/** Two and a half days of quotes ten minutes apart, so that every session passes midnights with their swaps. */
function walk(seed: number, symbol: string): Row[] {
	const [price, step] = MARKETS[symbol] as readonly [number, number];
	const dice = fork(seed, "test");
	let bid = price;
	let ask = price + 1;
	return Array.from({ length: 360 }, (_, index) => {
		// Sometimes nothing moves: then a swap at midnight is all that changes.
		if (uniform(dice) < 0.6) {
			bid = Math.max(1000, Math.round(bid + (uniform(dice) - 0.5) * 2 * step));
			ask = bid + 1 + Math.floor(uniform(dice) * (step / 4));
		}
		return { at: START + index * 600_000, bid, ask };
	});
}

/** An agent that does everything: opens both sides, adds, closes, trails stops. */
function restless(seed: number) {
	const dice = fork(seed, "agent");
	return (view: View): unknown => {
		const intents: unknown[] = [];
		for (const { positionId } of view.positions) if (uniform(dice) < 0.15) intents.push({ kind: "close", positionId, reason: "whim" });
		if (intents.length === 0 && uniform(dice) < 0.5) {
			const [, step] = MARKETS[hook.engine?.config.instrument.symbol ?? "EURUSD"] as readonly [number, number];
			const side = uniform(dice) < 0.5 ? "BUY" : "SELL";
			const far = Math.ceil(step * (4 + uniform(dice) * 20));
			intents.push({
				kind: "open",
				side,
				size: { kind: "risk", share: 0.2 + 0.8 * uniform(dice) },
				stopPoints: far,
				targetPoints: uniform(dice) < 0.5 ? far : null,
				reason: "whim",
			});
		}
		return intents;
	};
}

const LOOSE = {
	cooldownMs: 0,
	duplicateWindowMs: 0,
	rateBurst: 20,
	rateIntervalMs: 0,
	ratePerHour: 1000,
	ratePerDay: 10_000,
	noEntryAroundMidnightMinutes: 0,
	noEntryBeforeWeekendMinutes: 0,
	losingStreakToPause: 100,
	stopGuardStopsToPause: 100,
	sessionLossPct: 100,
	dailyLossPct: 100,
	lossSpeedPct: 100,
	repeatEntriesMax: 100,
	entriesPerWindowMax: 1000,
	sideFlipsMax: 1000,
	openPositionsMax: 20,
	spreadMedianMultiple: 50,
	jumpPct: 20,
	maxLots: 50,
	exposureLotsMultiple: 100,
	orderNotionalEquityMultiple: 500,
	openNotionalEquityMultiple: 500,
	slippageSpreadsMax: 100,
	slippageMeanSpreadsMax: 100,
	rejectsInRowToHalt: 100,
	rejectsToHalt: 100,
} as const;

describe("money", () => {
	it("agrees with the broker on equity, balance and margin after every row, and every cent is in a trade", async () => {
		let trades = 0;
		let swaps = 0;
		let partials = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.record({
					seed: fc.integer({ min: 1, max: 1_000_000 }),
					symbol: fc.constantFrom(...Object.keys(MARKETS)),
					marginMode: fc.constantFrom("hedging" as const, "netting" as const),
					latencyMs: fc.constantFrom(0, 200, 700_000),
					partial: fc.constantFrom(0, 0.5),
					triggerFill: fc.constantFrom("market" as const, "requested" as const),
					threshold: fc.constantFrom(0, 0.55),
				}),
				async ({ seed, symbol, marginMode, latencyMs, partial, triggerFill, threshold }) => {
					const config = configWith({
						instrument: marketOf(symbol),
						seed,
						timeframeMinutes: 60,
						chsThreshold: threshold,
						rules: LOOSE,
						account: { marginMode, startBalance: 100_000, leverage: 500 },
						simulator: { latencyMs, slippagePoints: 3, partialFillProbability: partial, rejectProbability: 0.05 },
					});
					const checkRow = (): void => {
						if (hook.engine === null) return;
						const account = paperAccount(broker.book);
						const label = `row ${hook.engine.tick} of seed ${seed} ${symbol} ${marginMode}`;
						expect(Math.abs(hook.engine.account.equity - account.equity), label).toBeLessThan(1e-6);
						expect(hook.engine.account.balance, label).toBe(account.balance);
						expect(Math.abs(hook.engine.account.margin - account.margin), label).toBeLessThan(1e-6);
						expect(hook.engine.positions.map(({ id, lots }) => [id, lots])).toEqual(broker.book.positions.map(({ id, lots }) => [id, lots]));
						const real = hook.engine.trades.filter((trade) => !trade.shadow);
						expect(real.map(({ positionId, lots }) => [positionId, lots]).sort()).toEqual(broker.book.positions.map(({ id, lots }) => [id, lots]).sort());
					};
					const feed = scriptedFeed(walk(seed, symbol), { batchRows: 1, traits: { triggerFill, cadenceMs: 600_000 }, beforeRow: checkRow });
					const broker = paperBroker(config, feed);
					const { engine, journal } = await runWith(config, { feed, broker, script: restless(seed) as never });
					checkRow();
					expect(engine.end?.reason).not.toBe("bug");
					const rows = journal.of("trade").map(({ data }) => data as { net: number });
					const sum = rows.reduce((total, { net }) => total + net, 0);
					if (engine.trades.every((trade) => trade.shadow)) expect(engine.account.balance - 100_000).toBeCloseTo(sum, 6);
					const deals = journal.of("broker").flatMap(({ data }) => {
						const event = data as { type: string; deal: { swap: number; commission: number; spreadCost: number; profit: number } };
						return event.type === "deal" ? [event.deal] : [];
					});
					expect(engine.tally.swap).toBeCloseTo(
						deals.reduce((total, deal) => total + deal.swap, 0),
						6,
					);
					expect(engine.tally.commission).toBeCloseTo(
						deals.reduce((total, deal) => total + deal.commission, 0),
						6,
					);
					expect(engine.tally.spreadCost).toBeCloseTo(
						deals.reduce((total, deal) => total + deal.spreadCost, 0),
						6,
					);
					trades += rows.length;
					if (engine.tally.swap !== 0) swaps++;
					if (journal.of("broker").some(({ data }) => (data as { answer?: { outcome: string } }).answer?.outcome === "partial")) partials++;
				},
			),
			{ numRuns: 30, seed: 20_250_304 },
		);
		// The property means nothing unless all of this happened.
		expect(trades).toBeGreaterThan(300);
		expect(swaps).toBeGreaterThan(10);
		expect(partials).toBeGreaterThan(5);
	});
});
