import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type HandOn, loadCarry, overlapOf, peekCarry, saveCarry } from "../../../src/adapters/archive/carry.ts";
import { firstRunOf, rememberRun } from "../../../src/adapters/archive/run-key.ts";
import { type Home, homeAt, prepareHome } from "../../../src/adapters/home.ts";
import { tryLock } from "../../../src/adapters/lock.ts";

function fresh(): Home {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-carry-")), "home") });
	prepareHome(home);
	return home;
}

function carried(carry: unknown): HandOn {
	return { carry, period: null };
}

describe("an agent's record", () => {
	it("begins empty and hands on what the last session left", () => {
		const home = fresh();
		const empty = loadCarry(home, "sma-1", "virtual");
		expect(empty).toEqual({ carry: null, updatedBy: null, sessions: [], accepted: [], periods: [] });
		expect(saveCarry(home, "sma-1", "virtual", empty, "A", carried({ trades: 3 }))).toEqual({ stored: true });
		const second = loadCarry(home, "sma-1", "virtual");
		expect(second).toEqual({ carry: { trades: 3 }, updatedBy: "A", sessions: ["A"], accepted: [], periods: [] });
		saveCarry(home, "sma-1", "virtual", second, "B", carried({ trades: 5 }));
		expect(loadCarry(home, "sma-1", "virtual").sessions).toEqual(["A", "B"]);
	});

	it("has the period of a session once, however often it is stored as it grows, and those of other symbols that began with it", () => {
		const home = fresh();
		const save = (id: string, symbol: string, to: number): unknown =>
			saveCarry(home, "sma-1", "virtual", loadCarry(home, "sma-1", "virtual"), id, { carry: 1, period: { symbol, from: 1000, to } });
		save("A", "EURUSD", 2000);
		save("B", "GBPUSD", 2000);
		save("B", "GBPUSD", 3000);
		expect(loadCarry(home, "sma-1", "virtual").periods).toEqual([
			{ symbol: "EURUSD", from: 1000, to: 2000 },
			{ symbol: "GBPUSD", from: 1000, to: 3000 },
		]);
	});

	it("can be looked at while somebody holds it, and before there is one", () => {
		const home = fresh();
		expect(peekCarry(home, "sma-1", "virtual").updatedBy).toBeNull();
		saveCarry(home, "sma-1", "virtual", loadCarry(home, "sma-1", "virtual"), "A", carried({ trades: 3 }));
		const lock = tryLock(join(home.agents, "sma-1-virtual.json.lock"));
		expect(lock.held).toBe(true);
		expect(peekCarry(home, "sma-1", "virtual")).toMatchObject({ carry: { trades: 3 }, updatedBy: "A" });
		if (lock.held) lock.release();
	});

	it("is one per build, however long the build is, and never that of another put in its place", () => {
		const home = fresh();
		const build = (last: string): string => `${"n".repeat(32)}@${"a".repeat(32)}(outsideMargin=0.12345678901234567,another=0.1234567890123456${last})`;
		saveCarry(home, build("1"), "virtual", loadCarry(home, build("1"), "virtual"), "A", carried(1));
		expect(loadCarry(home, build("2"), "virtual").carry).toBeNull();
		saveCarry(home, "sick@1", "virtual", loadCarry(home, "sick@1", "virtual"), "A", carried(1));
		saveCarry(home, "well@1", "virtual", loadCarry(home, "well@1", "virtual"), "A", carried(1));
		copyFileSync(join(home.agents, "well_1-virtual.json"), join(home.agents, "sick_1-virtual.json"));
		expect(() => loadCarry(home, "sick@1", "virtual")).toThrow(/is of agent well@1 \(virtual\)/);
		copyFileSync(join(home.agents, "well_1-virtual.json"), join(home.agents, "well_1-demo.json"));
		expect(() => loadCarry(home, "well@1", "demo")).toThrow(/is of agent well@1 \(virtual\)/);
	});

	it("is one per build and stage", () => {
		const home = fresh();
		for (const build of ["sma-1", "sma-1(stopAtr=2)", "sma-1(stopAtr=20)", "../../escape"]) {
			saveCarry(home, build, "virtual", loadCarry(home, build, "virtual"), "A", carried(build));
		}
		for (const build of ["sma-1", "sma-1(stopAtr=2)", "sma-1(stopAtr=20)", "../../escape"]) expect(loadCarry(home, build, "virtual").carry).toBe(build);
		expect(loadCarry(home, "sma-1", "demo").carry).toBeNull();
		expect(readdirSync(home.agents).length).toBe(4);
	});

	it("is not overwritten by a session that started before another one ended", () => {
		const home = fresh();
		const base = loadCarry(home, "sma-1", "virtual");
		saveCarry(home, "sma-1", "virtual", base, "FIRST", carried(1));
		expect(saveCarry(home, "sma-1", "virtual", base, "SECOND", carried(2))).toEqual({
			stored: false,
			because: "session FIRST of the same agent ended meanwhile",
		});
		expect(loadCarry(home, "sma-1", "virtual").carry).toBe(1);
	});

	it.each<[string, (text: string) => string]>([
		["cut off", (text) => text.slice(0, 40)],
		["edited", (text) => text.replace('"trades":30', '"trades":90')],
		["emptied", () => ""],
		["another file", () => '{"format":1}'],
	])("that was %s is refused, never taken for none", (_, damage) => {
		const home = fresh();
		saveCarry(home, "sma-1", "virtual", loadCarry(home, "sma-1", "virtual"), "A", carried({ trades: 30 }));
		const path = join(home.agents, "sma-1-virtual.json");
		writeFileSync(path, damage(readFileSync(path, "utf8")), { mode: 0o600 });
		expect(() => loadCarry(home, "sma-1", "virtual")).toThrow(`The agent's record ${path} is damaged. Restore it from a copy, or delete it`);
	});
});

describe("the index of runs", () => {
	it("remembers the first session of a run", () => {
		const home = fresh();
		expect(firstRunOf(home, "abc")).toBeNull();
		rememberRun(home, "abc", "FIRST");
		rememberRun(home, "abc", "SECOND");
		expect(firstRunOf(home, "abc")).toBe("FIRST");
	});

	it("is stored on the way by the session that runs, and by no other", () => {
		const home = fresh();
		const base = loadCarry(home, "sma-1", "virtual");
		saveCarry(home, "sma-1", "virtual", base, "A", carried(1));
		expect(saveCarry(home, "sma-1", "virtual", base, "A", carried(2))).toEqual({ stored: true });
		expect(loadCarry(home, "sma-1", "virtual")).toMatchObject({ carry: 2, sessions: ["A"] });
		expect(saveCarry(home, "sma-1", "virtual", base, "B", carried(3)).stored).toBe(false);
	});

	it("knows which recorded days were traded, whatever the file", () => {
		const home = fresh();
		const period = { symbol: "GBPUSD", from: 1000, to: 2000 };
		saveCarry(home, "sma-1", "virtual", loadCarry(home, "sma-1", "virtual"), "A", { carry: 1, period });
		const record = loadCarry(home, "sma-1", "virtual");
		expect(overlapOf(record, { symbol: "GBPUSD", from: 1999, to: 3000 })).toEqual(period);
		expect(overlapOf(record, { symbol: "GBPUSD", from: 0, to: 1001 })).toEqual(period);
		expect(overlapOf(record, { symbol: "GBPUSD", from: 2000, to: 3000 })).toBeNull();
		expect(overlapOf(record, { symbol: "EURUSD", from: 1000, to: 2000 })).toBeNull();
	});
});
