import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Home, homeAt } from "../../src/adapters/home.ts";
import { killFile, readKill, writeKill } from "../../src/adapters/kill-file.ts";
import type { KillAction } from "../../src/args/connection.ts";
import { kill } from "../../src/commands/kill.ts";
import { buildProgram, environment, newHome, runProgram } from "../helpers/cli.ts";
import { type FakeBridge, refusal, startFakeBridge } from "../helpers/fake-bridge.ts";
import { FAKE_STATUS } from "../helpers/fake-bridge-bodies.ts";
import { recordingTerminal } from "../helpers/recording-terminal.ts";

const PATIENCE_MS = 60_000;
const STOP: KillAction = { name: "kill", flatten: false, reason: "a test" };

let bridge: FakeBridge;
let home: Home;
let tokenFile: string;
beforeEach(async () => {
	bridge = await startFakeBridge();
	const folder = mkdtempSync(join(tmpdir(), "kinetra-kill-"));
	home = homeAt({ KINETRA_HOME: join(folder, "home") });
	mkdirSync(home.root, { mode: 0o700 });
	tokenFile = join(folder, "token");
	writeFileSync(tokenFile, bridge.token.reveal(), { mode: 0o600 });
	vi.spyOn(process, "cwd").mockReturnValue(folder);
});
afterEach(() => bridge.stop());

async function run(action: KillAction = STOP, way: { bridge?: string | null; tokenFile?: string | null } = {}): Promise<{ code: number; text: string }> {
	const terminal = recordingTerminal();
	const code = await kill({ command: "kill", bridge: bridge.url, tokenFile, ...way, action }, home, terminal);
	return { code, text: terminal.text() };
}

const item = (change: object) => ({
	kind: "position",
	ticket: "7",
	symbol: "EURUSD",
	volume: 0.1,
	cid: null,
	result: "done",
	code: "MT5_10009",
	message: "Request executed",
	...change,
});

function answerKill(change: object): void {
	bridge.answer("kill", (d) => ({ t: "kill_result", d: { scope: d.scope, mode: d.mode, latched: true, items: [], complete: true, ...change } }));
}

describe("kinetra kill with a bridge that answers", () => {
	it.each([
		[false, "cancel_pendings"],
		[true, "flatten"],
	])("latches file and bridge, closing positions: %s", async (flatten, mode) => {
		answerKill({ items: [item({}), item({ kind: "order", ticket: "8", result: "skipped_foreign", volume: null })] });
		const { code, text } = await run({ ...STOP, flatten });
		expect(code).toBe(0);
		expect(readKill(home)).toMatchObject({ reason: "a test", flatten });
		expect(bridge.received.filter(({ t }) => t === "kill").map(({ d }) => d)).toEqual([{ scope: "all", mode, reason: "a test" }]);
		for (const line of ["position 7 EURUSD 0.1 lots: done", "order 8 EURUSD: not ours, left alone", "CONFIRMED: nothing of ours", "KILL CONFIRMED"])
			expect(text).toContain(line);
	});

	it("has written the file before it asks the bridge", async () => {
		let wasThere = false;
		bridge.answer("kill", (d) => {
			wasThere = existsSync(killFile(home));
			return { t: "kill_result", d: { scope: d.scope, mode: d.mode, latched: true, items: [], complete: true } };
		});
		await run();
		expect(wasThere).toBe(true);
	});

	it("waits while the bridge goes on, and takes its last word", async () => {
		answerKill({ complete: false, items: [item({ result: "failed", code: "MT5_10018", message: "Market closed" })] });
		const running = run();
		await bridge.frame("kill");
		bridge.push("kill_result", { scope: "all", mode: "flatten", latched: true, items: [item({})], complete: true });
		expect(await running).toMatchObject({ code: 0, text: expect.stringContaining("position 7 EURUSD 0.1 lots: done") });
	});

	it("is not confirmed when the link breaks while something is left", async () => {
		bridge.answer("kill", (d) => {
			setTimeout(() => bridge.drop(), 50);
			return {
				t: "kill_result",
				d: { scope: d.scope, mode: d.mode, latched: true, items: [item({ result: "unknown", code: null, message: null })], complete: false },
			};
		});
		const { code, text } = await run();
		expect(code).toBe(3);
		expect(text).toMatch(/UNKNOWN: the broker's answer is missing[\s\S]*NOT CONFIRMED[\s\S]*Algo Trading[\s\S]*KILL NOT CONFIRMED/);
	});

	it.each<[string, () => void, RegExp]>([
		["it could not latch", () => answerKill({ latched: false, complete: false, message: "disk full" }), /NOT LATCHED: disk full/],
		["it refuses", () => bridge.answer("kill", () => refusal("INTERNAL", "broken")), /NOT LATCHED: INTERNAL: broken/],
		[
			"the terminal cannot be asked",
			() => {
				bridge.answer("kill", (d) => {
					setTimeout(() => bridge.drop(), 50);
					return {
						t: "kill_result",
						d: {
							scope: d.scope,
							mode: d.mode,
							latched: true,
							items: [item({ kind: "book", ticket: null, symbol: null, volume: null, result: "failed", message: "no terminal" })],
							complete: false,
						},
					};
				});
			},
			/the terminal could not be asked: no terminal/,
		],
	])("is not confirmed when %s", async (_name, prepare, message) => {
		prepare();
		expect(await run()).toMatchObject({ code: 3, text: expect.stringMatching(message) });
	});
});

describe("kinetra kill without an answer", () => {
	it("says what still holds and names the last resort; the file is there all the same", async () => {
		const { url } = bridge;
		await bridge.stop();
		const { code, text } = await run(STOP, { bridge: url });
		expect(code).toBe(3);
		for (const line of ["it is not reachable", "stop-loss with the broker", "click Algo Trading", "KILL NOT CONFIRMED"]) expect(text).toContain(line);
		expect(readKill(home)?.reason).toBe("a test");
	});

	it.each<[string, { bridge?: string; tokenFile?: string }, RegExp]>([
		["a token file that is missing", { tokenFile: "/nowhere/token" }, /no bridge token at \/nowhere\/token/],
		["an address that is none", { bridge: "ws://10.0.0.1:1" }, /way to it is not usable.*another machine/],
	])("is not confirmed with %s", async (_name, way, message) => {
		expect(await run(STOP, way)).toMatchObject({ code: 3, text: expect.stringMatching(message) });
		expect(readKill(home)).not.toBeNull();
	});

	it("had nothing to stop where no bridge was ever set up and nothing runs", async () => {
		expect(await run(STOP, { bridge: null, tokenFile: null })).toMatchObject({
			code: 0,
			text: expect.stringMatching(/there was nothing to stop[\s\S]*KILL CONFIRMED/),
		});
		expect(bridge.connections()).toBe(0);
	});

	it("goes on to the bridge when the file cannot be written, and is not confirmed", async () => {
		home = homeAt({ KINETRA_HOME: "/proc/kinetra" });
		const { code, text } = await run();
		expect(code).toBe(3);
		expect(text).toMatch(/could NOT be written[\s\S]*latched: it sends no entry/);
		expect(bridge.received.some(({ t }) => t === "kill")).toBe(true);
	});
});

describe("kinetra kill --release", () => {
	const RELEASE: KillAction = { name: "release", reason: "all is closed" };

	it("lifts the file and every latch of the bridge, with the reason, and starts nothing", async () => {
		writeKill(home, { at: 1, reason: "before", flatten: true });
		const kills = { all: { mode: "flatten", reason: "x", at_ms: 1 }, 770001: { mode: "block_new", reason: "y", at_ms: 2 } };
		bridge.answer("status", () => ({ t: "status", d: { ...FAKE_STATUS, kills } }));
		const { code, text } = await run(RELEASE);
		expect(code).toBe(0);
		expect(readKill(home)).toBeNull();
		const asked = bridge.received.filter(({ t }) => t === "kill_release").map(({ d }) => d);
		expect(asked).toHaveLength(2);
		expect(asked).toContainEqual({ scope: "all", reason: "all is closed" });
		expect(asked).toContainEqual({ scope: "agent", magic: "770001", reason: "all is closed" });
		expect(text).toMatch(/It said: before[\s\S]*Nothing starts again by itself/);
		expect(readFileSync(join(home.root, "kills.jsonl"), "utf8")).toContain('"what":"release","reason":"all is closed"');
		expect(bridge.received.some(({ t }) => t === "kill")).toBe(false);
	});

	it("says that there was nothing, and fails when the bridge could not be asked", async () => {
		expect(await run(RELEASE)).toMatchObject({ code: 0, text: expect.stringMatching(/no kill file[\s\S]*no kill was latched there/) });
		const { url } = bridge;
		await bridge.stop();
		expect(await run(RELEASE, { bridge: url })).toMatchObject({ code: 3, text: expect.stringMatching(/NOT lifted/) });
	});
});

describe("kinetra kill from another terminal", () => {
	const built = buildProgram();

	it("stops a running session, which journals it, ends with 5, and none starts until it is lifted", { timeout: PATIENCE_MS * 2 }, async () => {
		const folder = newHome();
		const run = ["run", "--headless", "--speed", "60", "--duration", "5000", "--seed", "3"];
		const session = spawn(process.execPath, [built, ...run], { env: environment(folder), stdio: "ignore" });
		const ended = new Promise<number | null>((resolve) => session.on("exit", resolve));
		const journal = (): string => {
			const [id] = existsSync(join(folder, "sessions")) ? readdirSync(join(folder, "sessions")) : [];
			const path = join(folder, "sessions", id ?? "", "journal.jsonl");
			return id !== undefined && existsSync(path) ? readFileSync(path, "utf8") : "";
		};
		await vi.waitFor(() => expect(journal()).toContain('"kind":"session"'), { timeout: PATIENCE_MS, interval: 50 });
		const stopped = await runProgram(process.execPath, [built, "kill"], folder);
		expect(stopped).toMatchObject({
			code: 0,
			stderr: "",
			stdout: expect.stringMatching(/session \w{26}: (KILLED, in its journal|has ended) after \d+ ms[\s\S]*KILL CONFIRMED/),
		});
		expect(await ended).toBe(5);
		expect(journal()).toMatch(/"command":"kill","reason":"kinetra kill".*\n.*"to":"KILLED","control":"C33"/);
		const refused = await runProgram(process.execPath, [built, ...run], folder);
		expect(refused.code).toBe(4);
		expect(refused.stderr).toMatch(/kill/i);
		expect(await runProgram(process.execPath, [built, "kill", "--release", "--reason", "a test"], folder)).toMatchObject({ code: 0 });
		expect(await runProgram(process.execPath, [built, "run", "--headless", "--speed", "max", "--duration", "1", "--seed", "3"], folder)).toMatchObject({
			code: 0,
		});
	});
});
