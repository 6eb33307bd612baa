import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Home, homeAt, prepareHome } from "../../src/adapters/home.ts";
import { writeKill } from "../../src/adapters/kill-file.ts";
import { homeRows, machineRows } from "../../src/commands/doctor/machine-checks.ts";
import { doctor } from "../../src/commands/doctor.ts";
import type { CheckRow } from "../../src/print/check-row.ts";
import { type FakeBridge, startFakeBridge } from "../helpers/fake-bridge.ts";
import { recordingTerminal } from "../helpers/recording-terminal.ts";

const ID = "01M82NQPPNQDB6SKW609351CMN";

let home: Home;
let cwd: string;
beforeEach(() => {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-doctor-"));
	home = homeAt({ KINETRA_HOME: join(folder, "home") });
	prepareHome(home);
	cwd = folder;
	vi.spyOn(process, "cwd").mockReturnValue(cwd);
	for (const name of ["KINETRA_BRIDGE", "KINETRA_TOKEN_FILE"]) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

async function run(
	way: { bridge?: string; tokenFile?: string } = {},
): Promise<{ code: number; rows: readonly CheckRow[]; row(id: string): CheckRow; verdict: unknown }> {
	const terminal = recordingTerminal();
	const code = await doctor({ command: "doctor", bridge: null, tokenFile: null, ...way, symbol: "EURUSD", json: true }, home, terminal);
	const lines = terminal.printed.map((line): unknown => JSON.parse(line));
	const rows = lines.slice(0, -1) as CheckRow[];
	return {
		code,
		rows,
		verdict: lines.at(-1),
		row(id) {
			const found = rows.find((row) => row.id === id);
			if (found === undefined) throw new Error(`no row ${id}`);
			return found;
		},
	};
}

describe("kinetra doctor", () => {
	it("without a bridge ever set up takes that for something to note, not for a failure", async () => {
		const { code, row, rows, verdict } = await run();
		expect(code).toBe(3);
		expect(row("bridge-reachable")).toMatchObject({ state: "attention", found: "not set up" });
		expect(row("token")).toMatchObject({ state: "attention", found: "none yet" });
		expect(rows.filter(({ state }) => state === "failed")).toEqual([]);
		expect(verdict).toEqual({ verdict: "attention", needAttention: rows.filter(({ state }) => state === "attention").length });
		expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
	});

	it("goes on to the bridge where there is one, and fails with it", async () => {
		const bridge: FakeBridge = await startFakeBridge();
		const tokenFile = join(cwd, "token");
		writeFileSync(tokenFile, bridge.token.reveal(), { mode: 0o600 });
		const well = await run({ bridge: bridge.url, tokenFile });
		expect(well.row("symbol-found").state).toBe("ok");
		expect(JSON.stringify(well.rows)).not.toContain(bridge.token.reveal());
		await bridge.stop();
		const gone = await run({ bridge: bridge.url, tokenFile });
		expect(gone.row("bridge-reachable").state).toBe("failed");
		expect(gone.code).toBe(3);
	});

	it.each<[string, string, () => void, CheckRow["state"], RegExp]>([
		["a kill file", "kill-file", () => writeKill(home, { at: 1, reason: "x", flatten: false }), "failed", /--release/],
		["a damaged ledger", "ledger", () => writeFileSync(join(home.root, "ledger.jsonl"), "nonsense\n", { mode: 0o600 }), "failed", /live is refused/],
		["a damaged session", "sessions", () => session("summary.json", "{"), "failed", new RegExp(`sessions verify ${ID}`)],
		["a session that was ended by force", "sessions", () => session("journal.jsonl", ""), "attention", new RegExp(`sessions verify ${ID}`)],
		[
			"a lock of a process that is gone",
			"locks",
			() => session("engine.lock", JSON.stringify({ pid: 999_999_999, host: hostname(), started: null })),
			"attention",
			/taken over/,
		],
		["data for training alone", "data-files", () => exportAt("train"), "attention", /data\/test/],
	])("notes %s", async (_name, id, prepare, state, advice) => {
		expect((await run()).row(id).state).toBe("ok");
		prepare();
		expect((await run()).row(id)).toMatchObject({ state, advice: expect.stringMatching(advice) });
	});

	it.skipIf(process.platform === "win32").each<[string, string, () => void, RegExp]>([
		["a home that others may enter", "home", () => chmodSync(home.root, 0o755), /chmod 700/],
		["a folder that others may enter", "folders", () => chmodSync(home.runs, 0o711), /chmod 700 .*runs/],
		["a .env that others may read", "dot-env", () => writeFileSync(join(cwd, ".env"), "KINETRA_BRIDGE=x", { mode: 0o644 }), /chmod 600 \.env/],
		["a token that others may read", "token", () => tokenAt(0o644), /chmod 600/],
	])("fails %s", async (_name, id, prepare, advice) => {
		prepare();
		expect((await run()).row(id)).toMatchObject({ state: "failed", advice: expect.stringMatching(advice) });
	});

	it("refuses an address that is none in its own row and asks nobody", async () => {
		const { row } = await run({ bridge: "ws://10.0.0.1:1" });
		expect(row("bridge-address")).toMatchObject({ state: "failed", advice: expect.stringMatching(/SSH tunnel/) });
		expect(row("bridge-reachable").found).toBe("not asked");
	});
});

describe("the machine's rows", () => {
	const machine = { node: "v22.1.0", env: { TERM: "xterm-256color", LANG: "C.UTF-8" }, size: { columns: 120, rows: 40 }, uid: 1000 };
	const stateOf = (change: object): Record<string, CheckRow["state"]> =>
		Object.fromEntries(machineRows({ ...machine, ...change }).map(({ id, state }) => [id, state]));

	it.each<[string, object, Record<string, CheckRow["state"]>]>([
		["all well", {}, { node: "ok", user: "ok", terminal: "ok" }],
		["the oldest Node", { node: "v20.12.0" }, { node: "ok", user: "ok", terminal: "ok" }],
		["an older Node", { node: "v20.11.9" }, { node: "failed", user: "ok", terminal: "ok" }],
		["a Node of no number", { node: "dev" }, { node: "failed", user: "ok", terminal: "ok" }],
		["root", { uid: 0 }, { node: "ok", user: "attention", terminal: "ok" }],
		["no users, as on Windows", { uid: null }, { node: "ok", user: "ok", terminal: "ok" }],
		["a small window", { size: { columns: 79, rows: 24 } }, { node: "ok", user: "ok", terminal: "attention" }],
		["the smallest window", { size: { columns: 80, rows: 24 } }, { node: "ok", user: "ok", terminal: "ok" }],
		["no UTF-8", { env: { TERM: "xterm", LANG: "C" } }, { node: "ok", user: "ok", terminal: process.platform === "win32" ? "ok" : "attention" }],
		["no terminal", { size: null }, { node: "ok", user: "ok", terminal: "ok" }],
	])("%s", (_name, change, states) => {
		expect(stateOf(change)).toEqual(states);
	});

	it.each<[number | null, CheckRow["state"]]>([
		[200_000_000, "ok"],
		[199_999_999, "failed"],
		[null, "attention"],
	])("%s bytes of disk are %s", (freeBytes, state) => {
		const rows = homeRows({ root: "/h", exists: true, mode: "700", problem: null, freeBytes }, {});
		expect(rows.find(({ id }) => id === "disk-space")?.state).toBe(state);
	});
});

function session(name: string, text: string): void {
	const folder = join(home.sessions, ID);
	mkdirSync(folder, { mode: 0o700 });
	writeFileSync(join(folder, name), text, { mode: 0o600 });
}

function exportAt(part: string): void {
	mkdirSync(join(home.data, part), { recursive: true, mode: 0o700 });
	writeFileSync(join(home.data, part, "EURUSD_M15_202401020000_202512262345.csv"), "x");
}

function tokenAt(mode: number): void {
	mkdirSync(join(home.root, "bridge"), { mode: 0o700 });
	writeFileSync(join(home.root, "bridge", "token"), "a".repeat(64));
	chmodSync(join(home.root, "bridge", "token"), mode);
}
