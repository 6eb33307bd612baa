import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { findPython, type Python } from "../../src/adapters/mt5/python.ts";
import { Secret } from "../../src/adapters/secret.ts";

// The real bridge program on the stand-in terminal, for tests of what talks to it: fast, in a folder of its own, on a port of its own.

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = join(ROOT, "src/adapters/mt5/bridge");
const SANDBOX = join(ROOT, "src/adapters/mt5/sandbox");
/** The token of every bridge that these tests start. */
export const SANDBOX_TOKEN = "0123456789abcdef".repeat(4);
/** Quicker than a real one, so that a test sees in a second what a terminal takes a minute for; as rig.py of the Python tests. */
const FAST = {
	watchdog_s: 10,
	reconcile_window_s: 2,
	absence_s: 1,
	heartbeat_s: 15,
	lease_max_s: 5,
	auth_s: 10,
	status_s: 1,
	ticks_ms: 20,
	book_ms: 50,
	deals_ms: 100,
	account_ms: 60,
	terminal_ms: 100,
};
/** A market that moves every 15 ms, with five minutes of history. */
export const FAST_MARKET = { source: "generated", interval_ms: 15, volatility: 0.4, history_minutes: 5 };
const PATIENCE_MS = 60_000;

/** Runs the program like Python itself and ends at once when we are gone, however that happened. */
const LAUNCHER = `import os, runpy, sys, threading
def watch():
    while os.read(0, 1024):
        pass
    os._exit(9)
threading.Thread(target=watch, daemon=True).start()
del sys.argv[0]
if sys.argv[0] == "-m":
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
else:
    runpy.run_path(sys.argv[0], run_name="__main__")`;

const found = askForPython();
/** Why there is no bridge on this machine, or null. */
export const NO_BRIDGE: string | null = "why" in found ? found.why : null;
if (NO_BRIDGE !== null) process.stderr.write(`\nSKIPPED: tests that need a running bridge: ${NO_BRIDGE}\n`);
/** `describe` for tests that start bridges: skipped, with the reason printed, where there is no Python for them. */
export const describeBridge = describe.skipIf(NO_BRIDGE !== null);

/** What the world of a bridge is. Everything may be left out. */
export type SandboxSettings = {
	/** Merged over the stand-in's settings (docs/SANDBOX.md): `markets`, `clock`, `account`, `accounts`, `symbols`, `script` ... */
	readonly world?: Readonly<Record<string, unknown>>;
	/** Merged over bridge.json: `live`, `limits`, `symbol_map`, `account`, `lease` ... (`timings` is merged by name). */
	readonly bridge?: Readonly<Record<string, unknown>>;
	/** Runs the one joined file that a trader saves instead of the modules of the source tree. */
	readonly joined?: boolean;
};

export type SandboxBridge = {
	readonly url: string;
	readonly port: number;
	readonly token: Secret;
	/** File of the token, mode 0600. */
	readonly tokenFile: string;
	readonly folder: string;
	/** What the bridge has said on stderr since it was last started. */
	lines(): readonly string[];
	/** Has the stand-in terminal carry out commands (docs/SANDBOX.md) and gives its answers; throws when one is refused. */
	command(...commands: readonly Readonly<Record<string, unknown>>[]): Promise<Record<string, unknown>[]>;
	/** kill -9 of the bridge; the stand-in's world stays in its folder. */
	crash(): Promise<void>;
	/** kill -9 of the worker process, which alone knows the terminal; the bridge starts another. */
	killWorker(): void;
	/** Starts it again on the same port, after `crash`. */
	restart(): Promise<void>;
	/** Asks it to end, waits, deletes the folder. */
	stop(): Promise<void>;
};

/** Starts a bridge on the stand-in terminal: EURUSD and XAUUSD, a demo account, real time. Rejects with what the bridge said when it does not come up. */
export async function startSandboxBridge(settings: SandboxSettings = {}): Promise<SandboxBridge> {
	if ("why" in found) throw new Error(found.why);
	const python = found;
	const folder = mkdtempSync(join(tmpdir(), "kinetra-bridge-"));
	writeWorld(folder, settings);
	const port = await freePort();
	let running = await startOnce(python, folder, port, settings.joined === true);
	let commands = 0;
	const crash = async (): Promise<void> => {
		if (running.child.exitCode !== null || running.child.signalCode !== null) return;
		running.child.kill("SIGKILL");
		await once(running.child, "exit");
	};
	return {
		url: `ws://127.0.0.1:${port}`,
		port,
		token: new Secret(SANDBOX_TOKEN),
		tokenFile: join(folder, "data", "token"),
		folder,
		lines: () => running.lines,
		command: (...wanted) => carryOut(join(folder, "control"), ++commands, wanted, () => running.lines),
		crash,
		killWorker() {
			const line = running.lines.findLast((text) => /worker process \d+ started/.test(text));
			const pid = /worker process (\d+)/.exec(line ?? "")?.[1];
			if (pid === undefined) throw new Error(`no worker is known\n${running.lines.slice(-20).join("\n")}`);
			process.kill(Number(pid), "SIGKILL");
		},
		async restart() {
			await crash();
			running = await startOnce(python, folder, port, settings.joined === true);
		},
		async stop() {
			const { child } = running;
			const ended = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, "exit");
			child.kill("SIGTERM");
			const force = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS / 4);
			await ended;
			clearTimeout(force);
			rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
		},
	};
}

type Running = { readonly child: ChildProcess; readonly lines: string[] };

function askForPython(): Python | { readonly why: string } {
	try {
		return findPython(process.env, mkdtempSync(join(tmpdir(), "kinetra-python-")));
	} catch (error) {
		return { why: error instanceof Error ? error.message : String(error) };
	}
}

function writeWorld(folder: string, settings: SandboxSettings): void {
	for (const name of ["control", "state", "data"]) mkdirSync(join(folder, name), { mode: 0o700 });
	const world = {
		symbols: ["EURUSD", "XAUUSD"],
		control: "control",
		state: "state",
		seed: 7,
		...settings.world,
	};
	const markets = { EURUSD: FAST_MARKET, XAUUSD: { ...FAST_MARKET, interval_ms: 100 } };
	writeFileSync(join(folder, "sandbox.json"), JSON.stringify("markets" in world || "symbols" in (settings.world ?? {}) ? world : { ...world, markets }));
	const bridge = { sandbox: true, data: "data", ...settings.bridge, timings: { ...FAST, ...(settings.bridge?.timings ?? {}) } };
	writeFileSync(join(folder, "bridge.json"), JSON.stringify(bridge));
	writeFileSync(join(folder, "data", "token"), `${SANDBOX_TOKEN}\n`, { mode: 0o600 });
}

let joinedFile: string | null = null;

/** The one file that a trader saves, made once a test process. */
function joined(): string {
	if (joinedFile === null) {
		joinedFile = join(mkdtempSync(join(tmpdir(), "kinetra-joined-")), "kinetra_bridge.py");
		execFileSync(process.execPath, [join(ROOT, "scripts/bridge-file.mjs"), joinedFile]);
	}
	return joinedFile;
}

/** Below the ports that the system hands out by itself, so that nobody gets it while the bridge is down. */
async function freePort(): Promise<number> {
	for (;;) {
		const port = 20_000 + Math.floor(Math.random() * 12_000);
		const isFree = await new Promise<boolean>((resolve) => {
			const probe = createServer();
			probe.once("error", () => resolve(false));
			probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
		});
		if (isFree) return port;
	}
}

async function startOnce(python: Python, folder: string, port: number, asFile: boolean): Promise<Running> {
	const start = asFile ? [joined()] : ["-m", "kinetra_bridge"];
	const child = spawn(python.program, ["-c", LAUNCHER, ...start, "--config", join(folder, "bridge.json"), "--port", String(port)], {
		cwd: folder,
		env: {
			...process.env,
			KINETRA_SANDBOX: join(folder, "sandbox.json"),
			PYTHONPATH: [SANDBOX, ...(asFile ? [] : [SOURCES])].join(delimiter),
			PYTHONDONTWRITEBYTECODE: "1",
			PYTHONUNBUFFERED: "1",
		},
		stdio: ["pipe", "ignore", "pipe"],
	});
	const lines: string[] = [];
	const reader = createInterface({ input: child.stderr });
	await new Promise<void>((resolve, reject) => {
		reader.on("line", (line) => {
			lines.push(line);
			if (line.includes("listens on")) resolve();
		});
		child.once("error", reject);
		child.once("exit", (code, signal) => reject(new Error(`the bridge ended (${signal ?? code})\n${lines.slice(-30).join("\n")}`)));
	});
	return { child, lines };
}

async function carryOut(
	control: string,
	number: number,
	commands: readonly Readonly<Record<string, unknown>>[],
	lines: () => readonly string[],
): Promise<Record<string, unknown>[]> {
	const name = join(control, `${String(number).padStart(4, "0")}.json`);
	writeFileSync(join(control, "next"), JSON.stringify(commands));
	renameSync(join(control, "next"), name);
	const until = Date.now() + PATIENCE_MS;
	while (Date.now() < until) {
		for (const ending of [".done", ".failed"]) {
			if (!existsSync(name + ending)) continue;
			const answers = JSON.parse(readFileSync(name + ending, "utf8")) as Record<string, unknown>[];
			if (answers.some((answer) => answer.ok !== true)) throw new Error(`the stand-in refused: ${JSON.stringify(answers)}`);
			return answers;
		}
		await sleep(10);
	}
	throw new Error(`the stand-in did not take ${JSON.stringify(commands)}\n${lines().slice(-30).join("\n")}`);
}
