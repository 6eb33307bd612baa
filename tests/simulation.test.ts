import { describe, expect, it, vi } from "vitest";
import { type Defect, simulate } from "./helpers/sim-session.ts";

vi.mock("../src/engine/engine.ts", async (original) => (await import("./helpers/engine-hook.ts")).hooked(await original()));

// Goal G-01 on the real loop, engine and MT5 broker. `npm run sim -- 5000` lives through more seeds; KINETRA_SIM_SESSION=7 through that one alone.

const SEEDS = Number(process.env.KINETRA_SIM_SESSIONS ?? 40);
const ONLY = process.env.KINETRA_SIM_SESSION;
/** Each defect must show within so many seeds, on a way on which most orders are late. */
const PATIENCE = 400;
const SLOW = 0.9;

describe("whole sessions under seeded faults (G-01)", () => {
	it(`keep every promise over ${SEEDS} seeds`, { timeout: 36_000_000 }, async () => {
		const bad: string[] = [];
		const sum = { lives: 0, deals: 0, unknown: 0, killed: 0 };
		const [first, last] = ONLY === undefined ? [1, SEEDS] : [Number(ONLY), Number(ONLY)];
		for (let seed = first; seed <= last && bad.length < 10; seed++) {
			const { faults, lives, deals, unknown, killed } = await simulate(seed);
			sum.lives += lives;
			sum.deals += deals;
			sum.unknown += unknown;
			sum.killed += killed ? 1 : 0;
			if (faults.length > 0) bad.push(`seed ${seed}: ${faults.join("; ")}`);
		}
		expect(bad).toEqual([]);
		// A simulation in which nothing happens holds nothing.
		if (ONLY === undefined && SEEDS >= 40) for (const [name, count] of Object.entries(sum)) expect(count, name).toBeGreaterThan(SEEDS / 20);
	});

	// 2078, 2624, 2989: four lost answers in a row while a session opens; it is refused, and opens when it is started again.
	it.each([2078, 2624, 2989])("keep them in seed %i, which once did not", async (seed) => {
		expect((await simulate(seed)).faults).toEqual([]);
	});

	it("keep them where nearly every order is late", { timeout: 36_000_000 }, async () => {
		const bad: string[] = [];
		for (let seed = 1; seed <= SEEDS / 4; seed++) bad.push(...(await simulate(seed, { straggling: SLOW })).faults.map((fault) => `seed ${seed}: ${fault}`));
		expect(bad).toEqual([]);
	});

	it("keep them, and come out the same from their journal, where an agent outside decides that thinks, is late and fails", {
		timeout: 36_000_000,
	}, async () => {
		const bad: string[] = [];
		const sum = { deals: 0, killed: 0, replays: 0, answers: 0, faults: 0 };
		for (let seed = 1; seed <= SEEDS; seed++) {
			const { faults, deals, killed, replays, journals } = await simulate(seed, { outside: true });
			bad.push(...faults.map((fault) => `seed ${seed}: ${fault}`));
			sum.deals += deals;
			sum.killed += killed ? 1 : 0;
			sum.replays += replays;
			for (const journal of journals) {
				sum.answers += journal.of("decision").length;
				sum.faults += journal.of("agent-fault").length;
			}
		}
		expect(bad).toEqual([]);
		if (SEEDS >= 40) for (const [name, count] of Object.entries(sum)) expect(count, name).toBeGreaterThan(SEEDS / 20);
	});

	it.each<[Defect, RegExp]>([
		["takes any fence", /I11/],
		["carries out a client id again", /I1/],
		["sends again after a time-out", /I[13]/],
		["takes a time-out for a no", /I11.*(taken for not executed|C40)/],
		["forgets the kill", /I5/],
		["sends before the disk has it", /I3/],
	])("find a program or bridge that %s", { timeout: 600_000 }, async (defect, promise) => {
		let found: string | null = null;
		let seed = 0;
		while (found === null && seed < PATIENCE) {
			const { faults } = await simulate(++seed, { defect, straggling: SLOW });
			found = faults.find((fault) => promise.test(fault)) ?? null;
		}
		if (process.env.KINETRA_SIM_SESSIONS !== undefined) console.log(`${defect}: seed ${seed}: ${found}`);
		expect(found).not.toBeNull();
	});

	it("come out the same from the same seed", async () => {
		const lines = async (): Promise<readonly string[]> => {
			const all: string[] = [];
			for (const seed of [1, 2, 3, 4]) for (const journal of (await simulate(seed)).journals) all.push(...journal.lines);
			return all;
		};
		const once = await lines();
		expect(await lines()).toEqual(once);
		expect(once.length).toBeGreaterThan(100);
	});
});
