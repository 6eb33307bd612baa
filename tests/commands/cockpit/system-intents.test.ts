import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCarry, saveCarry } from "../../../src/adapters/archive/carry.ts";
import { type Home, homeAt, prepareHome } from "../../../src/adapters/home.ts";
import { readFolder } from "../../../src/commands/cockpit/folder.ts";
import { createServices } from "../../../src/commands/cockpit/services.ts";
import { createSystemIntents, type SystemIntents } from "../../../src/commands/cockpit/system-intents.ts";
import { agentIds } from "../../../src/config/agent-name.ts";
import { carryOf, createChs, onStart, onTrade } from "../../../src/engine/health/chs.ts";
import { dataScreen } from "../../../src/ui/screens/data.ts";
import { fileScreen } from "../../../src/ui/screens/file.ts";
import type { AgentRow, CockpitState } from "../../../src/ui/state.ts";
import { type CockpitStore, createCockpitStore } from "../../../src/ui/store.ts";
import { HOSTILE, SHOWS_HOSTILE } from "../../helpers/hostile.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { until } from "../../helpers/until.ts";

type Bench = { readonly store: CockpitStore; readonly intents: SystemIntents; readonly home: Home; readonly userFolder: string; rings(): number };

function bench(home: Home = newHome()): Bench {
	const store = createCockpitStore();
	const userFolder = mkdtempSync(join(tmpdir(), "kinetra-user-"));
	let rung = 0;
	const bell = (): void => {
		rung += 1;
	};
	const env = { TERM: "xterm", LANG: "C.UTF-8" };
	return { store, home, userFolder, intents: createSystemIntents({ store, services: createServices(""), home, env, bell, userFolder }), rings: () => rung };
}

function newHome(): Home {
	return homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-system-")), "home") });
}

async function folderOf({ store }: Bench, isSo: (state: CockpitState) => boolean = ({ folder }) => folder.state === "ready"): Promise<string> {
	const { folder } = await until(store, isSo);
	return folder.state === "ready" ? folder.value.path : folder.state;
}

/** A record of `build` whose last trade lost `r` times what was planned. */
function recordOf(home: Home, build: string, r: number): void {
	prepareHome(home);
	const chs = createChs({ carry: null, riskFraction: 0.01, tripLevel: 0.55 });
	onStart(chs, 0, 10_000);
	for (let trade = 0; trade < 12; trade++) onTrade(chs, { r: trade === 11 ? r : 0.8, mfe: 1, mae: 0.3, shadow: false });
	saveCarry(home, build, "virtual", loadCarry(home, build, "virtual"), "01JZZZZZZZZZZZZZZZZZZZZZZZ", { carry: carryOf(chs), period: null });
}

describe("the status", () => {
	it("comes when it is asked for, behind the frame in hand, and anew every time", async () => {
		const { store, intents, home } = bench();
		intents.loadStatus();
		expect(store.getState().status).toEqual([]);
		expect((await until(store, ({ status }) => status.length === 6)).status[0]?.text).toBe("Data not prepared");
		mkdirSync(join(home.data, "train"), { recursive: true });
		writeFileSync(join(home.data, "train", "EURUSD_M15.csv"), "x");
		intents.loadStatus();
		const { status } = await until(store, (state) => state.status[0]?.text.includes("train") === true);
		expect(status[0]?.text).toBe("Data partly ready (1 train, 0 test files)");
	});
});

function rowOf(agents: CockpitState["agents"], id: string): AgentRow | undefined {
	return agents.state === "ready" ? agents.value.find((row) => row.id === id) : undefined;
}

describe("the agents", () => {
	it("are listed with what their records say, without making a home", async () => {
		const { store, intents, home } = bench();
		intents.loadAgents();
		const { agents } = await until(store, (state) => state.agents.state === "ready");
		expect(rowOf(agents, "berserker")).toMatchObject({ record: null, policy: null, problem: null });
		expect(agents.state === "ready" ? agents.value.map(({ id }) => id).sort() : []).toEqual(agentIds());
		expect(() => readFileSync(home.agents)).toThrow(/ENOENT/);
	});

	it.each<[string, number, boolean]>([
		["an ordinary loss", -1, false],
		["a loss far beyond the plan", -6, true],
	])("with %s", async (_, r, latched) => {
		const home = newHome();
		recordOf(home, "berserker-1", r);
		const { store, intents } = bench(home);
		intents.loadAgents();
		const { agents } = await until(store, (state) => state.agents.state === "ready");
		const row = rowOf(agents, "berserker");
		expect(row?.record).toMatchObject({ sessions: 1, trades: 12, latched, accepted: 0 });
		expect((row?.record?.chs ?? 1) < 0.55).toBe(latched);
	});

	it("whose loss is accepted may start again, with the reason kept", async () => {
		const home = newHome();
		recordOf(home, "berserker-1", -6);
		const { store, intents } = bench(home);
		intents.acceptLoss("berserker-1", "a gap over the weekend");
		const { agents, notice } = await until(store, (state) => state.agents.state === "ready");
		expect(rowOf(agents, "berserker")).toMatchObject({ record: { latched: false, accepted: 1, trades: 12 } });
		expect(notice).toMatchObject({ tone: "good", text: expect.stringMatching(/^Accepted for berserker-1/) });
		expect(loadCarry(home, "berserker-1", "virtual").accepted).toMatchObject([{ reason: "a gap over the weekend" }]);
	});

	it.each([
		["an agent without a record", "sma-1", "long enough", /Agent "sma-1" has no record/],
		["a reason that is none", "berserker-1", " x ", /at least three characters/],
	])("refuse %s", async (_, build, reason, message) => {
		const home = newHome();
		recordOf(home, "berserker-1", -6);
		const { store, intents } = bench(home);
		intents.acceptLoss(build, reason);
		const { notice } = await until(store, (state) => state.notice !== null);
		expect(notice).toMatchObject({ tone: "bad", text: expect.stringMatching(message) });
		expect(loadCarry(home, "berserker-1", "virtual").accepted).toEqual([]);
	});

	it("with a damaged record say so and do not hide the others", async () => {
		const home = newHome();
		recordOf(home, "berserker-1", -1);
		writeFileSync(join(home.agents, "berserker-1-virtual.json"), "{}", { mode: 0o600 });
		const { store, intents } = bench(home);
		intents.loadAgents();
		const { agents } = await until(store, (state) => state.agents.state === "ready");
		expect(rowOf(agents, "berserker")).toMatchObject({ record: null, problem: expect.stringMatching(/is damaged/) });
		expect(rowOf(agents, "sma")).toMatchObject({ problem: null });
	});
});

describe("folders", () => {
	it("begin in the user's folder, in the data folder once there is one, then in the last one", async () => {
		const home = newHome();
		const first = bench(home);
		first.intents.listFolder(null);
		expect(await folderOf(first)).toBe(first.userFolder);
		mkdirSync(join(home.data, "train"), { recursive: true, mode: 0o700 });
		const second = bench(home);
		second.intents.listFolder(null);
		expect(await folderOf(second)).toBe(home.data);
		second.intents.listFolder(join(home.data, "train"));
		await folderOf(second, ({ folder }) => folder.state === "ready" && folder.value.path.endsWith("train"));
		const third = bench(home);
		third.intents.listFolder(null);
		expect(await folderOf(third)).toBe(join(home.data, "train"));
	});

	it("that cannot be opened are said, and the one before stays", async () => {
		const own = bench();
		own.intents.listFolder(own.userFolder);
		await folderOf(own);
		own.intents.listFolder(join(own.userFolder, "gone"));
		const { folder, notice } = await until(own.store, (state) => state.notice !== null);
		expect(notice).toMatchObject({ tone: "bad", text: expect.stringMatching(/gone cannot be opened: no such file or folder/) });
		expect(folder).toMatchObject({ state: "ready", value: { path: own.userFolder } });
	});

	it("that cannot be opened from the start are an error of their own", async () => {
		const own = bench();
		own.intents.listFolder("/dev/null/x");
		expect((await until(own.store, ({ folder }) => folder.state === "failed")).folder).toMatchObject({ reason: expect.stringMatching(/ENOTDIR/) });
	});

	it("answer the newest question only, even when an older one takes longer", async () => {
		const own = bench();
		const slow = join(own.userFolder, "slow");
		const quick = join(own.userFolder, "quick");
		for (const folder of [slow, quick]) mkdirSync(folder);
		for (let file = 0; file < 500; file++) writeFileSync(join(slow, `EURUSD_M15 (${file}).csv`), "");
		own.intents.listFolder(slow);
		own.intents.listFolder(quick);
		expect(await folderOf(own)).toBe(quick);
		// Reading it once more takes as long as the answer that must not come.
		await readFolder(slow);
		expect(await folderOf(own)).toBe(quick);
	});

	it("list folders first, then what may be market data, with sizes", async () => {
		const own = bench();
		for (const name of ["GBPUSD_H1.csv.gz", "EURUSD_M15_202401020000_202512262345.csv", "odd.csv", "notes.txt", ".hidden.csv", "XYZ_M5.csv"])
			writeFileSync(join(own.userFolder, name), "12345");
		mkdirSync(join(own.userFolder, "zoo"));
		own.intents.listFolder(own.userFolder);
		await folderOf(own);
		const { folder } = own.store.getState();
		expect(folder.state === "ready" && folder.value.entries.map(({ kind, name, bytes, note }) => [kind, name, bytes, note])).toEqual([
			["folder", "zoo", null, ""],
			["export", "EURUSD_M15_202401020000_202512262345.csv", 5, "EURUSD M15"],
			["export", "GBPUSD_H1.csv.gz", 5, "GBPUSD H1"],
			["other", "odd.csv", 5, "no symbol in the name"],
			["export", "XYZ_M5.csv", 5, "XYZ M5 (unknown)"],
		]);
	});

	it("never show what a name would do to the terminal, and keep the real path", async () => {
		const home = newHome();
		const own = bench(home);
		mkdirSync(home.data, { recursive: true });
		const names = HOSTILE.map(({ text }) => `EURUSD_M15 ${Array.from(text).slice(0, 40).join("")}.csv`).filter((name) => !/[/\0\ud800-\udfff]/.test(name));
		for (const name of names) writeFileSync(join(home.data, name), "");
		own.intents.listFolder(home.data);
		own.intents.loadExports();
		const { folder, exports } = await until(own.store, (state) => state.folder.state === "ready" && state.exports.state === "ready");
		const paths = folder.state === "ready" ? folder.value.entries.map(({ path }) => path) : [];
		expect(new Set(paths)).toEqual(new Set(names.map((name) => join(home.data, name))));
		expect(names.length).toBeGreaterThan(40);
		const shown = [folder, exports].flatMap((slice) => (slice.state !== "ready" ? [] : [slice.value].flat().flatMap(({ entries }) => entries)));
		for (const { name, note } of shown) expect(name + note).not.toMatch(SHOWS_HOSTILE);
		for (const screen of [fileScreen, dataScreen])
			for (const row of renderScreen({ ...own.store.getState(), path: ["main", screen.id] }, 200, 60, screen)) expect(row).not.toMatch(SHOWS_HOSTILE);
	});
});

describe("the data folder", () => {
	it("is named before anybody has made it", async () => {
		const { store, intents, home } = bench();
		intents.loadExports();
		const { exports } = await until(store, (state) => state.exports.state === "ready");
		expect(exports).toMatchObject({ value: [{ path: home.data, entries: [] }] });
	});

	it("is listed with its parts", async () => {
		const { store, intents, home } = bench();
		mkdirSync(join(home.data, "test"), { recursive: true });
		writeFileSync(join(home.data, "test", "EURUSD_M15.csv"), "");
		intents.loadExports();
		const { exports } = await until(store, (state) => state.exports.state === "ready");
		expect(exports.state === "ready" && exports.value.map(({ path, entries }) => [path, entries.length])).toEqual([
			[home.data, 1],
			[join(home.data, "test"), 1],
		]);
	});
});

describe("choices", () => {
	it("are there again at the next start; what is wrong is not", () => {
		const home = newHome();
		const first = bench(home);
		first.intents.saveChoices({ scenario: "crash", seed: "7", duration: "abc" });
		expect(first.store.getState().choices).toEqual({ scenario: "crash", seed: "7", duration: "abc" });
		const { store } = bench(home);
		expect(store.getState().choices).toEqual({ scenario: "crash", seed: "7" });
		expect(store.getState().notice).toBeNull();
	});

	it("that are damaged are put aside with a notice", () => {
		const home = newHome();
		mkdirSync(home.root, { mode: 0o700 });
		writeFileSync(join(home.root, "preferences.json"), "{", { mode: 0o600 });
		const { store } = bench(home);
		expect(store.getState()).toMatchObject({ choices: {}, notice: { tone: "warn", text: expect.stringMatching(/is damaged/) } });
	});

	it("that cannot be kept are said once, and used all the same", () => {
		const { store, intents } = bench(homeAt({ KINETRA_HOME: "/dev/null/home" }));
		intents.saveChoices({ seed: "7" });
		expect(store.getState()).toMatchObject({ choices: { seed: "7" }, notice: { text: expect.stringMatching(/could not be kept/) } });
		store.setState({ notice: null });
		intents.saveChoices({ seed: "8" });
		expect(store.getState()).toMatchObject({ choices: { seed: "8" }, notice: null });
	});
});

it("rings the bell it was given", () => {
	const { intents, rings } = bench();
	intents.ring();
	expect(rings()).toBe(1);
});
