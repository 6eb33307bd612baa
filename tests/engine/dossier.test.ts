import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createDossiers, type TradeDossier } from "../../src/engine/dossier.ts";
import { OBSERVATION } from "../../src/engine/market/observation.ts";
import type { JournalRecord } from "../../src/engine/outbox.ts";
import { close, configWith, EASY, flat, type MemoryJournal, minutes, open, runWith, START, scriptedFeed, syntheticFeed } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

type View = { readonly positions: readonly { readonly positionId: number; readonly side: string; readonly tp: number }[] };
const CONFIG = configWith({ rules: EASY, simulator: { latencyMs: 120 } });

function collected(journal: MemoryJournal, keep = 50, config = CONFIG): ReturnType<typeof createDossiers> {
	const dossiers = createDossiers(keep, config);
	for (const record of journal.records) dossiers.add(record);
	return dossiers;
}

function story(dossier: TradeDossier | null): string[] {
	return dossier?.steps.map(({ what }) => what) ?? [];
}

function detail(dossier: TradeDossier | null, what: string, name: string): string | undefined {
	return dossier?.steps.find((step) => step.what === what)?.details.find(([known]) => known === name)?.[1];
}

/** Buys, moves its stop up once, and leaves at decision 6; then a second trade runs until the end. */
const SCRIPT = (view: View, call: number): unknown => {
	const id = view.positions[0]?.positionId ?? 0;
	if (call === 1) return [open("BUY", { size: { kind: "lots", lots: 1.5 }, targetPoints: 300 })];
	if (call === 3) return [{ kind: "modify", positionId: id, sl: 109_950, tp: 110_302, reason: "trail" }];
	if (call === 4) return [{ kind: "modify", positionId: id, sl: 109_800, tp: 110_302, reason: "loosen" }];
	if (call === 6) return [close(id, "enough")];
	return call === 8 ? [open("SELL", { reason: "second" })] : [];
};

async function session(): Promise<MemoryJournal> {
	const bids = [110_000, 110_000, 110_020, 110_040, 110_050, 110_050, 110_060, 110_060, 110_060, 110_060, 110_060, 110_030];
	return (await runWith(configWith({ ...CONFIG, onExit: "keep" }), { feed: scriptedFeed(minutes(bids)), script: SCRIPT as never })).journal;
}

describe("the dossier of a trade", () => {
	it("tells everything from what the agent saw to what came of it, in order", async () => {
		const dossier = collected(await session()).of(1, false);
		expect(story(dossier)).toEqual([
			"agent decided: open BUY",
			"open sent",
			"broker answered: done",
			"opened",
			"agent decided: modify",
			"modify sent",
			"broker answered: done",
			"levels set",
			"levels refused",
			"agent decided: close",
			"close sent",
			"broker answered: done",
			"closed",
			"result",
		]);
		expect(dossier).toMatchObject({ number: 1, shadow: false, positionId: 1, row: { number: 1, net: 58, exitReason: "enough" } });
		expect(dossier?.observation?.map(({ name }) => name)).toEqual(OBSERVATION.map(({ name }) => name));
		expect(dossier?.observation?.every(({ value }) => Number.isFinite(value))).toBe(true);
	});

	it("says what validation repaired, how long the broker took, and what it cost", async () => {
		const dossier = collected(await session()).of(1, false);
		expect(detail(dossier, "agent decided: open BUY", "size")).toBe("1.5 lots");
		expect(detail(dossier, "agent decided: open BUY", "stop distance")).toBe("100 points");
		expect(detail(dossier, "open sent", "repaired")).toMatch(/^lots 1\.5 -> 1: /);
		expect(detail(dossier, "open sent", "planned risk (1 R)")).toBe("100.00 USD");
		expect(detail(dossier, "broker answered: done", "latency")).toBe("120 ms");
		expect(detail(dossier, "levels set", "stop loss")).toBe("1.09950");
		expect(detail(dossier, "levels refused", "check")).toBe("STOP_LOOSENED");
		expect(detail(dossier, "result", "net")).toBe("58.00 USD");
		// Bought at the ask, sold at the bid, two points apart: a dollar of half spread each.
		expect(dossier?.costs).toEqual({ spread: 2, commission: 0, swap: 0, slippage: 0 });
	});

	it("of an open trade has no row yet, and is found by its number", async () => {
		const dossier = collected(await session()).of(2, false);
		expect(dossier).toMatchObject({ number: 2, row: null, shadow: false });
		expect(story(dossier)).toEqual(["agent decided: open SELL", "open sent", "broker answered: done", "opened"]);
	});

	it("counts slippage against the trade as a cost", async () => {
		const config = configWith({ rules: EASY, simulator: { slippagePoints: 3 } });
		const { journal, engine } = await runWith(config, {
			feed: scriptedFeed(flat(8)),
			script: ((_view: View, call: number) => (call === 1 ? [open("BUY")] : [])) as never,
		});
		const dossier = collected(journal, 50, config).of(1, false);
		expect(dossier?.costs?.slippage).toBeCloseTo(engine.tally.slippage, 9);
		expect(dossier?.costs?.slippage).toBeGreaterThan(0);
		expect(detail(dossier, "opened", "slippage")).toMatch(/^\d(\.\d)? points against$/);
	});

	it("is unknown for a trade that is not there, and for a shadow of the same number", async () => {
		const dossiers = collected(await session());
		expect(dossiers.of(3, false)).toBeNull();
		expect(dossiers.of(1, true)).toBeNull();
	});

	it("does not name the fields of another version's observation", async () => {
		const journal = await session();
		const dossiers = createDossiers(50, CONFIG);
		for (const record of journal.records) dossiers.add(record.kind === "session" ? { ...record, data: { observation: "obs-0" } } : record);
		expect(dossiers.of(1, false)?.observation).toBeNull();
		expect(story(dossiers.of(1, false))).toContain("agent decided: open BUY");
	});

	it("keeps the last trades only", async () => {
		const script = (view: View, call: number): unknown =>
			view.positions.length > 0 ? [close(view.positions[0]?.positionId ?? 0)] : call < 20 ? [open("BUY")] : [];
		const { journal } = await runWith(configWith({ rules: { ...EASY, losingStreakToPause: 100, entriesPerWindowMax: 100 } }), {
			feed: scriptedFeed(flat(30)),
			script: script as never,
		});
		const trades = journal.of("trade").length;
		expect(trades).toBeGreaterThan(6);
		const dossiers = collected(journal, 4);
		const known = Array.from({ length: trades }, (_, index) => index + 1).filter((number) => dossiers.of(number, false) !== null);
		expect(known).toEqual([trades - 3, trades - 2, trades - 1, trades]);
	});

	it("of a very long story keeps the beginning and the end", async () => {
		const dossiers = createDossiers(5, CONFIG);
		for (const record of (await session()).records.filter(({ kind }) => kind === "broker").slice(0, 3)) dossiers.add(record);
		for (let n = 0; n < 500; n++)
			dossiers.add({ kind: "broker", at: START + n, tick: n, data: { type: "position", position: { id: 1, sl: 100_000 + n, tp: 0 } } });
		const steps = dossiers.of(1, false)?.steps ?? [];
		expect(steps).toHaveLength(120);
		expect(steps[0]?.what).toBe("opened");
		expect(steps.at(-1)?.details).toContainEqual(["stop loss", "1.00499"]);
	});

	it("explains shadow trades by their orders", async () => {
		const config = configWith({ rules: EASY, chsThreshold: 0.75, simulator: { latencyMs: 100 } });
		// The threshold is so high that the first invalid order opens the breaker; the next entry goes into the shadow.
		const script = (view: View, call: number): unknown => {
			if (call === 1) return [open("BUY", { stopPoints: null })];
			if (call === 3) return [open("SELL", { reason: "in the shadow" })];
			return call === 6 ? view.positions.map(({ positionId }) => close(positionId, "shadow exit")) : [];
		};
		const { journal } = await runWith(config, { feed: scriptedFeed(flat(14)), script: script as never });
		const dossier = collected(journal, 50, config).of(1, true);
		expect(story(dossier)).toEqual(["agent decided: open SELL", "shadow order", "agent decided: close", "shadow order", "result"]);
		expect(dossier).toMatchObject({ number: 1, shadow: true, costs: null, row: { side: "SELL", entryReason: "in the shadow" } });
		expect(dossier?.observation).toHaveLength(OBSERVATION.length);
	});

	it("follows a reversal on a netting account into the next trade", async () => {
		const config = configWith({ rules: { ...EASY, repeatEntriesMax: 100 }, account: { marginMode: "netting" } });
		const script = (_view: View, call: number): unknown =>
			call === 1 ? [open("BUY")] : call === 4 ? [open("SELL", { size: { kind: "lots", lots: 0.3 }, reason: "turn" })] : [];
		const { journal, engine } = await runWith(config, { feed: scriptedFeed(flat(9)), script: script as never });
		expect(engine.tally.closed).toBe(2);
		const dossiers = collected(journal, 50, config);
		expect(dossiers.of(1, false)?.row).toMatchObject({ number: 1, side: "BUY", lots: 0.1 });
		expect(dossiers.of(2, false)?.row).toMatchObject({ number: 2, side: "SELL", lots: 0.2 });
		expect(story(dossiers.of(2, false))[0]).toBe("reversed");
	});
});

describe("collecting dossiers", () => {
	it("finds every trade of a busy session, with costs that add up to the session's", async () => {
		const config = configWith({
			agent: { id: "sma", params: { fastBars: 2, slowBars: 4, stopAtr: 3 } },
			warmupBars: 20,
			rules: { ...EASY, maxLots: 0.5 },
			simulator: { latencyMs: 100, latencyJitterMs: 50, slippagePoints: 0.5, partialFillProbability: 0.3, rejectProbability: 0.05 },
		});
		const { journal, engine } = await runWith(config, { feed: syntheticFeed(config, 120) });
		const dossiers = collected(journal, 500, config);
		const rows = journal.of("trade").map(({ data }) => data as { number: number; net: number });
		expect(rows.length).toBeGreaterThan(2);
		let spread = 0;
		for (const { number, net } of rows) {
			const dossier = dossiers.of(number, false);
			expect(dossier?.row?.net, `trade ${number}`).toBe(net);
			expect(dossier?.observation, `trade ${number}`).not.toBeNull();
			spread += dossier?.costs?.spread ?? Number.NaN;
		}
		expect(spread).toBeCloseTo(engine.tally.spreadCost, 1);
	});

	it("takes whatever a journal holds without throwing, and never shows NaN", async () => {
		const real = (await session()).records;
		const spoiled = fc.record({
			kind: fc.constantFrom(...new Set(real.map(({ kind }) => kind)), "shadow-order", "shadow-trade"),
			at: fc.double(),
			tick: fc.nat(),
			data: fc.anything(),
		});
		fc.assert(
			fc.property(fc.array(fc.oneof(fc.constantFrom<JournalRecord>(...real), spoiled), { maxLength: 60 }), (records) => {
				const dossiers = createDossiers(3, CONFIG);
				for (const record of records) dossiers.add(record);
				for (const number of [1, 2]) expect(JSON.stringify(dossiers.of(number, false))).not.toMatch(/NaN|undefined|Infinity/);
			}),
		);
	});
});
