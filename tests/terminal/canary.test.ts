import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildProgram, environment, newHome, runProgram } from "../helpers/cli.ts";
import { type FakeBridge, startFakeBridge } from "../helpers/fake-bridge.ts";

// A token that must be seen nowhere (S-21 to S-23): not on the screen, in no file, in no argument, in no report of Node.

const CANARY = "c4na7y5ecre7".repeat(4);
const PATIENCE_MS = 120_000;
const built = buildProgram();

let bridge: FakeBridge;
beforeAll(async () => {
	bridge = await startFakeBridge();
});
afterAll(() => bridge.stop());

/** Everything in a folder as one text; the token file itself may hold the token. */
function everything(folder: string, except: string): string {
	if (!existsSync(folder)) return "";
	return readdirSync(folder, { recursive: true, encoding: "utf8" })
		.map((name) => join(folder, name))
		.filter((path) => path !== except && statSync(path).isFile())
		.map((path) => readFileSync(path, "latin1"))
		.join("\n");
}

function homeWithToken(): { readonly home: string; readonly token: string } {
	const home = newHome();
	mkdirSync(join(home, "bridge"), { recursive: true, mode: 0o700 });
	const token = join(home, "bridge", "token");
	writeFileSync(token, `${CANARY}\n`, { mode: 0o600 });
	return { home, token };
}

const NOBODY = "ws://127.0.0.1:9";
const COMMANDS: readonly (readonly string[])[] = [
	["test-connection", "--bridge", NOBODY],
	["test-connection", "--bridge", NOBODY, "--json"],
	["doctor", "--bridge", NOBODY],
	["doctor", "--json"],
	["status"],
	["status", "--json"],
	["kill", "--bridge", NOBODY],
	["kill", "--release", "--reason", "a test", "--bridge", NOBODY],
	["gates"],
	["test-connection", "--token", CANARY],
	["kill", `--token=${CANARY}`],
	["bridge", "--token", CANARY],
	["status", `--nonsense=${CANARY}`],
	["run", "--headless", "--speed", "max", "--duration", "1", "--seed", "1"],
	["run", "--headless", "--feed", "bridge", "--bridge", NOBODY, "--duration", "1"],
	["bridge", "--token"],
];

describe("the token", { timeout: PATIENCE_MS }, () => {
	it.each(COMMANDS)("from its file is shown and kept nowhere by %s %s %s", async (...args) => {
		const { home, token } = homeWithToken();
		vi.stubEnv("KINETRA_DEBUG", "1");
		const { stdout, stderr } = await runProgram(process.execPath, [built, ...args], home);
		vi.unstubAllEnvs();
		expect(stdout + stderr).not.toContain(CANARY);
		expect(stdout + stderr).not.toBe("");
		expect(everything(home, token)).not.toContain(CANARY);
	});

	it.each(COMMANDS)("from the environment is shown and kept nowhere by %s %s %s", async (...args) => {
		const home = newHome();
		vi.stubEnv("KINETRA_TOKEN", CANARY);
		const { stdout, stderr } = await runProgram(process.execPath, [built, ...args], home);
		vi.unstubAllEnvs();
		expect(stdout + stderr).not.toContain(CANARY);
		expect(everything(home, "")).not.toContain(CANARY);
	});

	it("that another bridge refuses is not told by the refusal", async () => {
		const { home } = homeWithToken();
		const { code, stdout, stderr } = await runProgram(process.execPath, [built, "test-connection", "--bridge", bridge.url], home);
		expect(code).toBe(3);
		expect(stdout).toMatch(/FAILED {2}authenticated/);
		expect(stdout + stderr).not.toContain(CANARY);
	});

	it("from the environment opens the bridge", async () => {
		vi.stubEnv("KINETRA_TOKEN", bridge.token.reveal());
		const { code, stdout } = await runProgram(process.execPath, [built, "test-connection", "--bridge", bridge.url], newHome());
		vi.unstubAllEnvs();
		expect([code, stdout.includes("both ways")]).toEqual([0, true]);
	});

	it.skipIf(process.platform !== "linux")("is in no argument of the process, and in no report that Node would write", async () => {
		const silent = createServer((socket) => socket.on("error", () => {}));
		const asked = new Promise<void>((resolve) => silent.once("connection", () => resolve()));
		await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
		const reports = mkdtempSync(join(tmpdir(), "kinetra-reports-"));
		const env = { ...environment(newHome()), KINETRA_TOKEN: CANARY, NODE_OPTIONS: `--report-on-signal --report-on-fatalerror --report-directory=${reports}` };
		const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}`;
		const child = spawn(process.execPath, [built, "test-connection", "--bridge", url], { env, stdio: "ignore" });
		const ended = new Promise((resolve) => child.on("exit", resolve));
		await asked;
		expect(readFileSync(`/proc/${child.pid}/cmdline`, "utf8")).not.toContain(CANARY);
		child.kill("SIGUSR2");
		setTimeout(() => child.kill("SIGINT"), 500);
		await ended;
		silent.close();
		expect(everything(reports, "")).not.toContain(CANARY);
	});
});
