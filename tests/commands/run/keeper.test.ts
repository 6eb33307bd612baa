import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCarry } from "../../../src/adapters/archive/carry.ts";
import { homeAt, prepareHome } from "../../../src/adapters/home.ts";
import type { BegunSession } from "../../../src/commands/run/begin.ts";
import { createKeeper, type Kept } from "../../../src/commands/run/keeper.ts";
import { carryOf, createChs, onStart, onTrade } from "../../../src/engine/health/chs.ts";
import { configWith, MINUTE, START } from "../../helpers/session.ts";

describe("the keeper of a running session", () => {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-keeper-")), "home") });
	prepareHome(home);
	const base = loadCarry(home, "sma-1", "virtual");
	const session = { base, agentBuild: "sma-1", files: { id: "A" }, start: { config: configWith(), feed: { kind: "synthetic" } } } as unknown as BegunSession;
	const chs = createChs({ carry: null, record: null, riskFraction: 0.01, tripLevel: 0.55 });
	onStart(chs, 0, 10_000);
	const stored = (): number => (loadCarry(home, "sma-1", "virtual").carry as { trades: number } | null)?.trades ?? -1;
	const soFar = (closed: number, minutes = 10): Kept => ({ phase: "trading", at: START + minutes * MINUTE, marketMinute: minutes, closed, shadowClosed: 0 });
	const lose = (): void => onTrade(chs, { r: -1, mfe: 0, mae: 1, shadow: false });

	it("stores after a closed trade, at most once a second, and nothing when nothing closed", () => {
		const keeper = createKeeper(home, session);
		keeper.keep(soFar(0), 0, () => carryOf(chs));
		expect(stored()).toBe(-1);
		lose();
		keeper.keep(soFar(1), 100, () => carryOf(chs));
		expect(stored()).toBe(1);
		lose();
		keeper.keep(soFar(2), 1000, () => carryOf(chs));
		expect(stored()).toBe(1);
		keeper.keep(soFar(2), 1100, () => carryOf(chs));
		expect(stored()).toBe(2);
	});

	it("keeps the market time with the trades: a session ended by force has traded it, and once", () => {
		expect(loadCarry(home, "sma-1", "virtual").periods).toEqual([{ symbol: "EURUSD (seed 7)", from: START, to: START + 10 * MINUTE }]);
		const keeper = createKeeper(home, session);
		keeper.keep(soFar(3, 25), 5000, () => carryOf(chs));
		expect(loadCarry(home, "sma-1", "virtual").periods).toEqual([{ symbol: "EURUSD (seed 7)", from: START, to: START + 25 * MINUTE }]);
	});

	it("knows of no market time before trading", () => {
		const before = loadCarry(home, "sma-1", "virtual").periods;
		createKeeper(home, session).keep({ ...soFar(9, 3), marketMinute: 0, phase: "warmup" }, 9000, () => carryOf(chs));
		expect(loadCarry(home, "sma-1", "virtual").periods).toEqual(before);
	});

	it("leaves the record alone on days that the agent has traded before", () => {
		const later = { ...session, base: loadCarry(home, "sma-1", "virtual"), files: { id: "B" } } as unknown as BegunSession;
		createKeeper(home, later).keep(soFar(99), 1e6, () => {
			throw new Error("must not be asked");
		});
		expect(loadCarry(home, "sma-1", "virtual").updatedBy).toBe("A");
	});

	it("leaves the record alone in runs that never touch it", () => {
		createKeeper(home, { ...session, base: null }).keep(soFar(99), 1e6, () => {
			throw new Error("must not be asked");
		});
		expect(stored()).toBe(2);
	});
});
