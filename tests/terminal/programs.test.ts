import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildProgram, environment, newHome } from "../helpers/cli.ts";
import { commandOf, eventually, isAlive, scriptOf } from "../helpers/programs.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
}, 300_000);

const STUBBORN = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
const READY = "on((m) => { if (m.type === 'hello') ready(); });";

describe("a program that decides is gone with Kinetra", { timeout: 300_000 }, () => {
	it.each<[string, string, "starting" | "session", readonly NodeJS.Signals[], number | null]>([
		["asked to end while it starts", `${STUBBORN} on(() => {});`, "starting", ["SIGINT"], 130],
		["asked twice while it starts", `${STUBBORN} on(() => {});`, "starting", ["SIGINT", "SIGINT"], 130],
		["ended by force while it starts", "on(() => {});", "starting", ["SIGKILL"], null],
		["asked twice in a session", `${STUBBORN} ${READY}`, "session", ["SIGINT", "SIGINT"], 130],
		["left by its terminal", READY, "session", ["SIGHUP"], 143],
		["ended by force in a session", READY, "session", ["SIGKILL"], null],
	])("that is %s", async (_name, body, when, signals, code) => {
		const pidFile = join(mkdtempSync(join(tmpdir(), "kinetra-pid-")), "pid");
		const script = scriptOf(`import { writeFileSync } from "node:fs"; ${body} writeFileSync(${JSON.stringify(pidFile)}, process.pid + "\\n");`);
		const args = [program, "run", "--headless", "--speed", "1", "--seed", "1", "--agent", `process:${commandOf(script)}`];
		const child = spawn(process.execPath, args, { env: environment(newHome()), stdio: ["ignore", "pipe", "pipe"] });
		const exited = once(child, "exit");
		let text = "";
		for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (text += String(bytes)));
		await eventually(
			() => existsSync(pidFile) && readFileSync(pidFile, "utf8").endsWith("\n") && text.includes(when === "starting" ? "is starting" : "session 0"),
		);
		const pid = Number(readFileSync(pidFile, "utf8"));
		expect(isAlive(pid)).toBe(true);
		for (const signal of signals) {
			child.kill(signal);
			// Two of a kind that come together are one.
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		expect((await exited)[0]).toBe(code);
		await eventually(() => !isAlive(pid));
	});
});
