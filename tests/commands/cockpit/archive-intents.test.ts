import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type SessionFolder, sessionFolder, writeStart, writeSummary } from "../../../src/adapters/archive/sessions.ts";
import { dataFailure } from "../../../src/adapters/failure.ts";
import { type Home, homeAt, makePrivateFolder, prepareHome } from "../../../src/adapters/home.ts";
import { openJournal } from "../../../src/adapters/journal/writer.ts";
import { type ArchiveIntents, createArchiveIntents } from "../../../src/commands/cockpit/archive-intents.ts";
import { createSessionRows } from "../../../src/commands/cockpit/session-rows.ts";
import type { Summary } from "../../../src/engine/summary-type.ts";
import type { runJob } from "../../../src/thread/client.ts";
import { performJob } from "../../../src/thread/perform-job.ts";
import { type CockpitStore, createCockpitStore } from "../../../src/ui/store.ts";
import { configWith, START } from "../../helpers/session.ts";
import { idOf, recordedSummary } from "../../helpers/stored.ts";
import { until } from "../../helpers/until.ts";

let recorded: Summary;
beforeAll(async () => {
	recorded = await recordedSummary({ minutes: 400 });
});

function newHome(): Home {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-archive-")), "home") });
	prepareHome(home);
	return home;
}

/** A session with a sealed journal and its configuration; `summary` null = its process was ended by force. */
function storeSession(home: Home, number: number, changes: Partial<Summary> | null = {}): SessionFolder {
	const files = sessionFolder(home, idOf(number));
	makePrivateFolder(files.folder);
	const config = configWith();
	writeStart(files, {
		format: 1,
		sessionId: files.id,
		startedWall: "2026-01-02T03:04:05.000Z",
		version: "0",
		config,
		feed: { kind: "synthetic", generator: "test", symbol: "EURUSD", scenario: "normal", seed: 1, startAt: START, sessionStartAt: START },
		runKey: "r",
		configHash: "c",
		carry: null,
		repeatOf: null,
	});
	const journal = openJournal(files.journal, null);
	journal.append("header", START, 0, { test: true });
	for (const trade of recorded.trades) journal.append("trade", trade.closedAt, 1, trade);
	if (changes !== null) journal.append("sealed", START, 2, { fingerprint: "f", wall: "w" });
	journal.close();
	const summary = { ...recorded, sessionId: files.id, journal: { file: files.journal, lines: journal.lines(), bytes: journal.bytes(), head: journal.head() } };
	if (changes !== null) writeSummary(files, { ...summary, ...changes });
	return files;
}

/** The intents with their jobs done here instead of in a thread. */
function archiveOf(home: Home, run?: typeof runJob): { store: CockpitStore; archive: ArchiveIntents } {
	const store = createCockpitStore();
	const here = (async (_entry: URL, _root: string, asked: Parameters<typeof performJob>[1]) => performJob(home, asked)) as unknown as typeof runJob;
	return { store, archive: createArchiveIntents({ store, home, entry: new URL("file:///kinetra.mjs"), clock: { nowMs: () => 7 }, runJob: run ?? here }) };
}

async function rowsOf(home: Home): Promise<readonly { id: string; ended: string }[]> {
	return (await createSessionRows(home).read(() => false)) ?? [];
}

const isSettled = (text: string | undefined): boolean => text !== undefined && !text.endsWith("...");

describe("the list of sessions", () => {
	it("has every session, newest first, with what is known of it", async () => {
		const home = newHome();
		storeSession(home, 1);
		storeSession(home, 2, null);
		writeFileSync(storeSession(home, 3).summary, "{", { mode: 0o600 });
		storeSession(home, 4, { netProfit: "12" as unknown as number });
		storeSession(home, 5, { endReason: "breaker" });
		rmSync(storeSession(home, 6, null).config);
		const { store, archive } = archiveOf(home);
		archive.loadSessions();
		expect(store.getState().sessions.state).toBe("loading");
		const { sessions } = await until(store, (state) => state.sessions.state === "ready");
		const rows = sessions.state === "ready" ? sessions.value : [];
		expect(rows.map((row) => [row.id.slice(-1), row.ended, row.symbol])).toEqual([
			["6", "not finished", null],
			["5", "breaker", "EURUSD"],
			["4", "damaged", null],
			["3", "damaged", null],
			["2", "not finished", "EURUSD"],
			["1", recorded.endReason, "EURUSD"],
		]);
		expect(rows[5]).toMatchObject({
			startedWallMs: Date.UTC(2026, 0, 2, 3, 4, 5),
			agentBuild: "sma-1",
			scenario: "normal",
			evidence: true,
			gate: recorded.gate,
		});
	});

	it("is empty before the first session and says why when the home is open to others", async () => {
		const home = newHome();
		const { store, archive } = archiveOf(home);
		archive.loadSessions();
		expect((await until(store, (state) => state.sessions.state !== "loading")).sessions).toEqual({ state: "ready", value: [] });
		chmodSync(home.root, 0o755);
		archive.loadSessions();
		const { sessions } = await until(store, (state) => state.sessions.state === "failed");
		expect(sessions.state === "failed" ? sessions.reason : "").toContain("chmod 700");
	});

	it("reads in slices: keys have their turn before a thousand sessions are read, and the list that is there stays", async () => {
		const home = newHome();
		for (let number = 0; number < 60; number++) makePrivateFolder(sessionFolder(home, idOf(number)).folder);
		const { store, archive } = archiveOf(home);
		archive.loadSessions();
		let turns = 0;
		const count = (): void => {
			turns++;
			if (store.getState().sessions.state === "loading") setImmediate(count);
		};
		setImmediate(count);
		await until(store, (state) => state.sessions.state === "ready");
		expect(turns).toBeGreaterThan(2);
		archive.loadSessions();
		expect(store.getState().sessions.state).toBe("ready");
	});

	it("gives up when it is asked again meanwhile", async () => {
		const home = newHome();
		storeSession(home, 1);
		expect(await createSessionRows(home).read(() => true)).toBeNull();
	});

	it("reads a session again only when its summary has changed", async () => {
		const home = newHome();
		const files = storeSession(home, 1);
		storeSession(home, 2, null);
		const rows = createSessionRows(home);
		const [first, again] = [await rows.read(() => false), await rows.read(() => false)];
		expect(again?.[1]).toBe(first?.[1]);
		expect(again?.[0]).not.toBe(first?.[0]);
		writeSummary(files, { ...recorded, sessionId: files.id, endReason: "kill" });
		utimesSync(files.summary, 1, 1);
		expect((await rows.read(() => false))?.[1]?.ended).toBe("kill");
	});

	it("cleans what an edited summary says", async () => {
		const home = newHome();
		storeSession(home, 1, { symbol: "EUR\u001b[31mUSD\u202e", agentBuild: "sma\u0007" });
		const text = JSON.stringify(await rowsOf(home));
		for (const forbidden of ["\\u001b", "\\u0007", "\u202e"]) expect(text).not.toContain(forbidden);
	});
});

describe("opening and comparing", () => {
	it("puts a stored summary with its folder into the store", () => {
		const home = newHome();
		const files = storeSession(home, 1);
		const { store, archive } = archiveOf(home);
		archive.openSummary(files.id);
		const { summary } = store.getState();
		expect(summary.state === "ready" ? [summary.value.summary.sessionId, summary.value.folder] : summary).toEqual([files.id, files.folder]);
	});

	it.each<[string, Partial<Summary> | null, string]>([
		["was ended by force", null, "has no summary: its process was ended before it could write one"],
		["has a wrong field", { gate: "none" as unknown as Summary["gate"] }, "its field gate is missing or of the wrong type"],
	])("says why a session that %s cannot be opened or compared", (_name, changes, reason) => {
		const home = newHome();
		storeSession(home, 1);
		storeSession(home, 2, changes);
		const { store, archive } = archiveOf(home);
		archive.openSummary(idOf(2));
		archive.compare(idOf(1), idOf(2));
		for (const slice of [store.getState().summary, store.getState().compare]) expect(slice.state === "failed" ? slice.reason : slice.state).toContain(reason);
	});

	it("says that there is no such session", () => {
		const home = newHome();
		storeSession(home, 1);
		const { store, archive } = archiveOf(home);
		archive.openSummary(idOf(7));
		const { summary } = store.getState();
		expect(summary.state === "failed" ? summary.reason : "").toContain("There is no session");
	});

	it("compares two", () => {
		const home = newHome();
		storeSession(home, 1);
		storeSession(home, 2);
		const { store, archive } = archiveOf(home);
		archive.compare(idOf(2), idOf(1));
		const { compare } = store.getState();
		expect(compare.state === "ready" ? [compare.value.left.summary.sessionId, compare.value.right.summary.sessionId] : []).toEqual([idOf(2), idOf(1)]);
	});
});

describe("all trades of a session", () => {
	it("come from its journal, with best and worst, and without what was changed to be no trade", async () => {
		const home = newHome();
		const { store, archive } = archiveOf(home);
		const files = storeSession(home, 1);
		archive.openSummary(files.id);
		archive.loadTrades(files.id);
		await until(store, () => tradesIn(store) !== undefined);
		const real = recorded.trades.filter((trade) => !trade.shadow).sort((a, b) => a.net - b.net);
		expect(tradesIn(store)).toEqual({ newest: recorded.trades, count: recorded.trades.length, best: real.at(-1), worst: real[0] });
	});

	it("stay out of another session's summary", async () => {
		const home = newHome();
		const [one, two] = [storeSession(home, 1), storeSession(home, 2)];
		let answer: (value: unknown) => void = () => {};
		const late = new Promise((resolve) => {
			answer = resolve;
		});
		const { store, archive } = archiveOf(home, (() => late) as unknown as typeof runJob);
		archive.openSummary(one.id);
		archive.loadTrades(one.id);
		archive.openSummary(two.id);
		answer({ newest: [], count: 0, best: null, worst: null });
		await late;
		expect(tradesIn(store)).toBeUndefined();
	});

	it("leave the summary as it is and say why when the journal is damaged", async () => {
		const home = newHome();
		const { store, archive } = archiveOf(home);
		const files = storeSession(home, 1);
		archive.openSummary(files.id);
		writeFileSync(files.journal, "nonsense\n", { mode: 0o600 });
		archive.loadTrades(files.id);
		await until(store, ({ notice }) => notice !== null);
		expect(store.getState().notice?.text).toContain(`The trades cannot be read from the journal of ${files.id.slice(-6)}`);
		expect(tradesIn(store)).toBeUndefined();
	});
});

function tradesIn(store: CockpitStore): unknown {
	const { summary } = store.getState();
	return summary.state === "ready" ? summary.value.trades : undefined;
}

describe("export and verify", () => {
	it("exports beside the session, never over an earlier export, and says where", async () => {
		const home = newHome();
		const files = storeSession(home, 1);
		const { store, archive } = archiveOf(home);
		for (const folder of ["export", "export-2"]) {
			archive.exportSession(files.id);
			expect(store.getState().notice?.text).toBe("Writing the export of 000001 ...");
			const { notice } = await until(store, (state) => isSettled(state.notice?.text));
			expect(notice?.tone).toBe("good");
			expect(notice?.text).toContain(`${join(files.folder, folder)}: trades.csv (${recorded.trades.length} rows)`);
			expect(readFileSync(join(files.folder, folder, "trades.csv"), "utf8").split("\r\n")).toHaveLength(recorded.trades.length + 2);
		}
		expect(existsSync(join(files.folder, "export-3"))).toBe(false);
	});

	it.each<[string, (files: SessionFolder) => void, RegExp, string]>([
		["an intact journal", () => {}, /^Journal of 000001: intact, \d+ lines, sealed\.$/, "good"],
		[
			"a changed line",
			(files) => writeFileSync(files.journal, readFileSync(files.journal, "utf8").replace('"test":true', '"test":null'), { mode: 0o600 }),
			/broken at line 1/,
			"bad",
		],
		[
			"a cut tail",
			(files) => writeFileSync(files.journal, readFileSync(files.journal, "utf8").split("\n").slice(0, 1).join("\n").concat("\n"), { mode: 0o600 }),
			/cut off or replaced/,
			"bad",
		],
		["no journal", (files) => rmSync(files.journal), /cannot be read/, "bad"],
	])("verifies %s", async (_name, harm, said, tone) => {
		const home = newHome();
		const files = storeSession(home, 1);
		harm(files);
		const { store, archive } = archiveOf(home);
		archive.verifySession(files.id);
		const { notice } = await until(store, (state) => isSettled(state.notice?.text));
		expect(notice?.text).toMatch(said);
		expect(notice?.tone).toBe(tone);
		expect(store.getState().dialog).toBeNull();
	});

	it("says all of what is wrong with a journal in front of the screen that asked, unless something else is in front", async () => {
		const home = newHome();
		const files = storeSession(home, 1);
		rmSync(files.journal);
		const { store, archive } = archiveOf(home);
		store.setState({ path: ["main", "sessions"] });
		archive.verifySession(files.id);
		const { dialog } = await until(store, (state) => state.dialog !== null);
		expect(dialog?.lines.join(" ")).toContain("journal.jsonl cannot be read");
		const asked = { title: "Leave?", tone: "plain", lines: [], input: null, choices: [] } as const;
		store.setState({ dialog: asked, notice: null });
		archive.verifySession(files.id);
		await until(store, (state) => isSettled(state.notice?.text));
		expect(store.getState().dialog).toBe(asked);
	});

	it("turns the trouble of a job into a notice", async () => {
		const home = newHome();
		const { store, archive } = archiveOf(home, () => Promise.reject(dataFailure("the disk is full\u001b[2J")));
		archive.exportSession(idOf(1));
		const { notice } = await until(store, (state) => isSettled(state.notice?.text));
		expect(notice?.text).toBe("the disk is full\u{FFFD}");
		expect(notice?.tone).toBe("bad");
	});
});
