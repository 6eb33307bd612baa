import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { findPython } from "../../src/adapters/mt5/python.ts";
import { parseArgs } from "../../src/args.ts";
import { buildProgram, environment, type Finished, newHome, ROOT, runProgram } from "../helpers/cli.ts";

const BUILT = buildProgram();
/** The bridge program as the joiner makes it. */
const JOINED = join(mkdtempSync(join(tmpdir(), "kinetra-joined-")), "kinetra_bridge.py");
execFileSync(process.execPath, [join(ROOT, "scripts/bridge-file.mjs"), JOINED]);
const bridgeText = readFileSync(JOINED, "utf8");
const PROGRAMS: readonly (readonly [string, readonly string[]])[] = [
	["built", [BUILT]],
	["in the source tree", ["--import", "tsx", join(ROOT, "src/main.ts")]],
];

const run = (home: string, ...args: string[]): Promise<Finished> => runProgram(process.execPath, [BUILT, "bridge", ...args], home);

/** A program that answers the question for its version as told, and runs `body` (a script of Node) when it is to run the bridge. */
function fakePython(version: string, websockets: string | null, body = ""): string {
	const path = join(mkdtempSync(join(tmpdir(), "kinetra-fake-")), "python3");
	const answer = `kinetra:[[${version.replaceAll(".", ", ")}], ${websockets === null ? "null" : `"${websockets}"`}]`;
	writeFileSync(path, `#!${process.execPath}\nif (!process.argv.includes("--config")) console.log(${JSON.stringify(answer)});\nelse {\n${body}\n}\n`);
	chmodSync(path, 0o755);
	return path;
}

describe("the options of kinetra bridge", () => {
	const port = 8765;
	it.each([
		[["--print"], { name: "print", file: null }],
		[["--print", "a.py"], { name: "print", file: "a.py" }],
		[["--token"], { name: "token", showPath: false }],
		[["--show-path", "--token"], { name: "token", showPath: true }],
		[["--sandbox"], { name: "sandbox", port, seed: 1 }],
		[["--sandbox", "--seed", "7"], { name: "sandbox", port, seed: 7 }],
		[["--port", "0", "--sandbox"], { name: "sandbox", port: 0, seed: 1 }],
	])("%j", (argv, action) => {
		expect(parseArgs(["bridge", ...argv], "1")).toEqual({ command: "bridge", action });
	});

	it.each([
		[["--print", "--token"], /^--print and --token are different things/],
		[["--token", "--sandbox"], /^--token and --sandbox are different things/],
		[["--show-path"], /^--show-path belongs to --token/],
		[["--print", "--show-path"], /^--show-path belongs to --token/],
		[["--port", "1"], /^--port belongs to --sandbox/],
		[["--token", "--seed", "1"], /^--seed belongs to --sandbox/],
		[["--print", ""], /^--print: the file name is empty/],
		[["--sandbox", "--port", "65536"], /^--port must be a whole number from 0 to 65535, not "65536"/],
		[["--sandbox", "--port", "-1"], /^--port must be a whole number/],
		[["--sandbox", "--port", "1e3"], /^--port must be a whole number/],
		[["--sandbox", "--port", ""], /^--port must be a whole number/],
		[["--sandbox", "--seed", "1.5"], /^--seed must be a whole number/],
		[["--sandbox", "--seed"], /argument missing/],
		[["extra"], /Too many arguments/],
		[["--sandbx"], /did you mean "--sandbox"\? See: kinetra help bridge/],
	])("refuses %j", (argv, message) => {
		expect(() => parseArgs(["bridge", ...argv], "1")).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }));
	});

	it.each([[["bridge"]], [["help", "bridge"]]])("%j says what each does", (argv) => {
		const request = parseArgs(argv, "1");
		const text = request.command === "help" ? request.text : "";
		for (const option of ["--print [file]", "--token", "--show-path", "--sandbox", "--port <number>", "--seed <number>"])
			expect(text).toContain(`  ${option} `);
	});
});

describe("kinetra bridge --print", () => {
	it.each(PROGRAMS)("writes the joined program to stdout and the steps to stderr: %s", async (_name, program) => {
		const { code, stdout, stderr } = await runProgram(process.execPath, [...program, "bridge", "--print"], newHome());
		expect(code).toBe(0);
		expect(stdout === bridgeText).toBe(true);
		for (const step of ["Python 3.9", "pip install MetaTrader5 websockets", "Wine", "Algo Trading", "--make-token", "python kinetra_bridge.py  "])
			expect(stderr).toContain(step);
	});

	it("writes a new file and never over one that is there", async () => {
		const file = join(dirname(newHome()), "bridge.py");
		expect(await run(newHome(), "--print", file)).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/bridge\.py\n\nSet-up/) });
		expect(readFileSync(file, "utf8") === bridgeText).toBe(true);
		writeFileSync(file, "mine");
		expect(await run(newHome(), "--print", file)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("exists already") });
		expect(readFileSync(file, "utf8")).toBe("mine");
		expect(await run(newHome(), "--print", join(file, "x"))).toMatchObject({ code: 3, stderr: expect.stringContaining("cannot be written") });
	});
});

describe("kinetra bridge --token", () => {
	it("makes it as the bridge expects it, keeps it, says where, and never shows it", async () => {
		const home = newHome();
		const path = join(home, "bridge", "token");
		const made = await run(home, "--token");
		expect(made).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining(`A new token is in ${path}`) });
		const token = readFileSync(path, "utf8");
		expect(token).toMatch(/^[0-9a-f]{64}\n$/);
		if (process.platform !== "win32") expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
		const kept = await run(home, "--token");
		expect(kept.stdout).toContain(`The token that is there was kept: ${path}`);
		expect(await run(home, "--token", "--show-path")).toEqual({ code: 0, stdout: `${path}\n`, stderr: "" });
		expect(readFileSync(path, "utf8")).toBe(token);
		expect(made.stdout + kept.stdout).not.toContain(token.trim());
		const other = newHome();
		await run(other, "--token");
		expect(readFileSync(join(other, "bridge", "token"), "utf8")).not.toBe(token);
	});

	it.skipIf(process.platform === "win32").each<[string, (path: string) => void, RegExp]>([
		["others can read", (path) => writeFileSync(path, "a".repeat(64), { mode: 0o644 }), /Others may read .* chmod 600/],
		["is too short", (path) => writeFileSync(path, `  ${"a".repeat(31)}\n\n\n`, { mode: 0o600 }), /shorter than 32 characters/],
		["is a link", (path) => symlinkSync("/dev/null", path), /symbolic link/],
		["is a folder", (path) => mkdirSync(path, { mode: 0o700 }), /not an ordinary file/],
	])("refuses one that %s, and leaves it alone", async (_name, prepare, message) => {
		const home = newHome();
		mkdirSync(join(home, "bridge"), { recursive: true, mode: 0o700 });
		chmodSync(home, 0o700);
		prepare(join(home, "bridge", "token"));
		for (const option of ["--token", "--sandbox"])
			expect(await run(home, option)).toMatchObject({ code: 3, stdout: "", stderr: expect.stringMatching(message) });
	});
});

describe.skipIf(process.platform === "win32")("finding Python", () => {
	it.each<[string, string, string | null, RegExp | null]>([
		["3.9 with websockets 10", "3.9.0", "10.0", null],
		["3.13 with websockets 15", "3.13.1", "15.0.1", null],
		["3.8", "3.8.20", "12.0", /is Python 3\.8\.20, 3\.9 or newer is needed/],
		["2.7", "2.7.18", null, /is Python 2\.7\.18/],
		["4.0", "4.9.0", "12.0", /is Python 4\.9\.0/],
		["no websockets", "3.11.2", null, /Python 3\.11\.2 has no package websockets/],
		["websockets 9", "3.11.2", "9.1", /has websockets 9\.1, 10 or newer is needed/],
		["websockets of no number", "3.11.2", "dev", /has websockets dev/],
	])("%s", (_name, version, websockets, refused) => {
		const program = fakePython(version, websockets);
		const find = () => findPython({ KINETRA_PYTHON: program }, tmpdir());
		if (refused === null) expect(find()).toEqual({ program, version });
		else expect(find).toThrow(expect.objectContaining({ exitCode: 3, message: expect.stringMatching(refused) }));
	});

	it("tries the places in order when none is named, and tells of each why not", () => {
		const [old, bare, good, better] = [fakePython("3.8.1", "12.0"), fakePython("3.12.0", null), fakePython("3.9.2", "10.4"), fakePython("3.13.0", "15.0")];
		for (const KINETRA_PYTHON of ["", " ", undefined])
			expect(findPython({ KINETRA_PYTHON }, tmpdir(), [old, "/nowhere/python", bare, good, better])).toEqual({ program: good, version: "3.9.2" });
		const none = () => findPython({}, tmpdir(), [old, "/nowhere/python", bare]);
		for (const reason of [`  ${old}: is Python 3.8.1`, "  /nowhere/python: no such file", `  ${bare}: Python 3.12.0 has no`])
			expect(none).toThrow(expect.objectContaining({ exitCode: 3, message: expect.stringContaining(reason) }));
	});

	it.each([
		["a program that is not there", "/nowhere/python3", /KINETRA_PYTHON: \/nowhere\/python3: .*ENOENT/],
		["a program that is no Python", "/bin/true", /KINETRA_PYTHON: \/bin\/true: is no Python 3 that runs/],
	])("uses no other when the one named is %s", (_name, program, message) => {
		const find = () => findPython({ ...process.env, KINETRA_PYTHON: program }, tmpdir());
		expect(find).toThrow(expect.objectContaining({ exitCode: 3, message: expect.stringMatching(message) }));
		expect(find).toThrow(/apt install python3-websockets/);
	});
});

const open: (() => void)[] = [];
afterEach(() => {
	for (const close of open.splice(0)) close();
});

/** A running `kinetra bridge --sandbox`; `until` waits for what it says on either stream, `ended` for its end. */
function start(program: readonly string[], home: string, python: string | null, ...args: string[]) {
	const env = { ...environment(home), ...(python === null ? {} : { KINETRA_PYTHON: python }) };
	const child = spawn(process.execPath, [...program, "bridge", "--sandbox", ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
	open.push(() => child.kill());
	let said = "";
	const waiting: (() => void)[] = [];
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding("utf8").on("data", (text: string) => {
			said += text;
			for (const look of waiting) look();
		});
	const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
	const until = (pattern: RegExp): Promise<string> =>
		new Promise((resolve, reject) => {
			const look = (): void => {
				const found = pattern.exec(said);
				if (found !== null) resolve(found[1] ?? "");
			};
			waiting.push(look);
			look();
			void ended.then((code) => reject(new Error(`it ended (${code}) before it said ${pattern}:\n${said}`)));
		});
	return { kill: (signal: NodeJS.Signals) => child.kill(signal), ended, until, said: () => said };
}

/** The first frame that a bridge sends to whoever connects. */
function hello(port: number): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = connect(port, "127.0.0.1");
		let text = "";
		socket.setEncoding("latin1").on("data", (part: string) => {
			text += part;
			const found = /\{.*\}/s.exec(text);
			if (found === null) return;
			socket.destroy();
			resolve(found[0]);
		});
		socket.on("error", reject).on("close", () => reject(new Error(`the bridge hung up:\n${text}`)));
		const lines = [
			`Host: 127.0.0.1:${port}`,
			"Upgrade: websocket",
			"Connection: Upgrade",
			"Sec-WebSocket-Version: 13",
			"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
		];
		socket.write(`GET / HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
	});
}

const isAlive = (pid: number): boolean => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

/** Less than the 10 s after which a child is ended by force anyway. */
const SOON_MS = 9_000;

describe.skipIf(process.platform === "win32")("kinetra bridge --sandbox and its child", () => {
	it.each([
		[0, 0, /^SANDBOX/],
		[2, 2, /^SANDBOX/],
		[3, 3, /^SANDBOX/],
		[1, 3, /the sandbox bridge ended by itself \(exit 1\)/],
		[70, 3, /the sandbox bridge ended by itself \(exit 70\)/],
	])("a child that ends with %d makes it end with %d", async (code, expected, message) => {
		const running = start([BUILT], newHome(), fakePython("3.9.1", "10.4", `process.exitCode = ${code};`));
		expect(await running.ended).toBe(expected);
		expect(running.said()).toMatch(message);
	});

	it.each<[NodeJS.Signals, NodeJS.Signals, number]>([
		["SIGTERM", "SIGTERM", 143],
		["SIGINT", "SIGINT", 130],
		["SIGHUP", "SIGINT", 143],
	])("ends a child by force that does not end for %s, at the second signal", { timeout: SOON_MS }, async (first, second, expected) => {
		const stubborn = 'process.on("SIGTERM", () => console.log("asked")); console.log("pid", process.pid, ";"); setInterval(() => {}, 1e6);';
		const running = start([BUILT], newHome(), fakePython("3.9.1", "10.4", stubborn));
		const pid = Number(await running.until(/pid (\d+) ;/));
		running.kill(first);
		await running.until(/asked/);
		expect(isAlive(pid)).toBe(true);
		running.kill(second);
		expect(await running.ended).toBe(expected);
		expect(isAlive(pid)).toBe(false);
	});

	it("gives the child the stand-in first, the settings of the seed, and no secret in its arguments", async () => {
		const home = newHome();
		const show = 'console.log(JSON.stringify({ env: process.env, args: process.argv.slice(2), cwd: process.cwd() }) + ";");';
		const running = start([BUILT], home, fakePython("3.9.1", "10.4", show), "--seed", "5", "--port", "9001");
		expect(await running.ended).toBe(0);
		const { env, args, cwd } = JSON.parse(/^(\{.*\});$/m.exec(running.said())?.[1] ?? "null");
		const world = join(home, "sandbox", "seed-5");
		expect(env.PYTHONPATH.split(delimiter)[0]).toBe(join(dirname(BUILT), "bridge", "sandbox"));
		expect(env.KINETRA_SANDBOX).toBe(join(world, "sandbox.json"));
		expect(cwd).toBe(world);
		expect(args.slice(2)).toEqual([
			join(dirname(BUILT), "bridge", "kinetra_bridge.py"),
			"--config",
			join(world, "bridge.json"),
			"--token-file",
			join(home, "bridge", "token"),
			"--port",
			"9001",
		]);
		expect(JSON.parse(readFileSync(join(world, "sandbox.json"), "utf8"))).toMatchObject({ seed: 5 });
		expect(JSON.parse(readFileSync(join(world, "bridge.json"), "utf8"))).toMatchObject({ sandbox: true });
		expect(running.said()).not.toContain(readFileSync(join(home, "bridge", "token"), "utf8").trim());
	});
});

describe("kinetra bridge --sandbox with a real Python", () => {
	let missing: string | null = null;
	try {
		findPython(process.env, tmpdir());
	} catch (error) {
		missing = (error as Error).message;
	}
	if (missing !== null || process.platform === "win32") {
		const reason = missing ?? "signals need POSIX";
		process.stderr.write(`\nSKIPPED: 5 tests of kinetra bridge --sandbox: ${reason}\n`);
		it.skip.each(["end in order: built", "end in order: sources", "end by force: built", "end by force: sources", "settings and port"])(
			`%s: skipped, ${reason}`,
			() => {},
		);
		return;
	}

	it.each([
		["SIGTERM", 143, PROGRAMS[0]],
		["SIGINT", 130, PROGRAMS[1]],
	] as const)("says hello to who connects, ends with %s in order (%d), and leaves nobody behind", { timeout: 60_000 }, async (signal, code, program) => {
		const home = newHome();
		const running = start(program?.[1] ?? [], home, null, "--port", "0");
		const port = Number(await running.until(/listens on 127\.0\.0\.1:(\d+)/));
		await running.until(/(SANDBOX: no broker behind it)/);
		const frame = JSON.parse(await hello(port));
		expect(frame).toMatchObject({ v: 1, t: "hello", seq: 1, d: { protocol_min: 1, bridge: "kinetra-bridge" } });
		const worker = Number(await running.until(/worker process (\d+) started/));
		expect(isAlive(worker)).toBe(true);
		running.kill(signal);
		expect(await running.ended).toBe(code);
		expect(running.said()).toContain("ending");
		expect(isAlive(worker)).toBe(false);
		await expect(hello(port)).rejects.toThrow("ECONNREFUSED");
	});

	it.each(PROGRAMS)("leaves nobody behind when it is ended by force: %s", { timeout: 60_000 }, async (_name, program) => {
		const running = start(program, newHome(), null, "--port", "0");
		const port = Number(await running.until(/listens on 127\.0\.0\.1:(\d+)/));
		await running.until(/(SANDBOX: no broker behind it)/);
		running.kill("SIGKILL");
		// Its output ends when bridge and worker, which write to it, have ended too.
		expect(await running.ended).toBeNull();
		expect(running.said()).toContain("ending");
		await expect(hello(port)).rejects.toThrow("ECONNREFUSED");
	});

	it("keeps settings that the user changed, and ends with 3 when the port is taken", { timeout: 60_000 }, async () => {
		const home = newHome();
		const first = start([BUILT], home, null, "--port", "0");
		const port = await first.until(/listens on 127\.0\.0\.1:(\d+)/);
		const second = start([BUILT], home, null, "--port", port, "--seed", "2");
		expect(await second.ended).toBe(3);
		expect(second.said()).toContain(`port ${port} is taken`);
		first.kill("SIGTERM");
		expect(await first.ended).toBe(143);
		const settings = join(home, "sandbox", "seed-2", "bridge.json");
		writeFileSync(settings, '{"sandbox": true, "data": "data", "limits": {"max_lots_per_order": 99}}', { mode: 0o600 });
		const third = start([BUILT], home, null, "--port", "0", "--seed", "2");
		expect(await third.ended).toBe(2);
		expect(third.said()).toContain("max_lots_per_order must be a number from 0 to 10, not 99");
	});
});
