import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../src/engine/summary-type.ts";
import { barsFile, buildProgram, type Finished, newHome, ROOT, runProgram } from "../helpers/cli.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

function kinetra(home: string, ...args: string[]): Promise<Finished> {
	return runProgram(process.execPath, [program, ...args], home);
}

/** The newest session of a home: its folder and, parsed, its summary. */
function lastSession(home: string): { folder: string; journal: string; summary: Summary } {
	const id = readdirSync(join(home, "sessions")).sort().at(-1) ?? "none";
	const folder = join(home, "sessions", id);
	return { folder, journal: join(folder, "journal.jsonl"), summary: JSON.parse(readFileSync(join(folder, "summary.json"), "utf8")) as Summary };
}

function withoutSeal(journal: string): string {
	const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
	expect(lines.at(-1)).toContain('"kind":"sealed"');
	return lines.slice(0, -1).join("\n");
}

describe("the simplest commands", () => {
	it.concurrent("--version prints the package's version and nothing else", async () => {
		const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
		expect(await kinetra(newHome(), "--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
	});

	it.concurrent("help, agents and status make no home", async () => {
		const home = newHome();
		expect((await kinetra(home, "--help")).stdout).toContain("--chs-threshold");
		expect((await kinetra(home, "agents")).stdout).toMatch(/^berserker .*\n[\s\S]*^sma /m);
		const status = await kinetra(home, "status");
		expect(status.stdout).toMatch(/data +Data not prepared[\s\S]*bridge +not set up\ncredentials +none, [^\n]*\nlast session none/);
		expect((await kinetra(home, "sessions")).stdout).toContain("No session yet");
		expect(JSON.parse((await kinetra(home, "status", "--json")).stdout)).toMatchObject({ home, bridge: { state: "not set up" }, lastSession: null });
		expect(existsSync(home)).toBe(false);
	});
});

describe("a session without a terminal", () => {
	it.concurrent("runs, ends as planned, prints a plain page of at most 80 columns and keeps its files private", async () => {
		const home = newHome();
		const { code, stdout, stderr } = await kinetra(home, "--seed", "5");
		expect([code, stderr]).toEqual([0, ""]);
		const page = stdout.slice(stdout.indexOf("───"));
		expect(Math.max(...page.split("\n").map((line) => Array.from(line).length))).toBeLessThanOrEqual(80);
		expect(stdout).not.toContain("\u001b");
		for (const part of [
			"VIRTUAL  EURUSD M1",
			"Ended: duration",
			"Promotion targets",
			"Validator rejections",
			"Equity",
			"CHS",
			"latencyMs 100",
			"seed         5",
			"Next: ",
		])
			expect(page).toContain(part);
		const { folder, summary } = lastSession(home);
		expect(page).toContain(summary.fingerprint);
		expect(readdirSync(folder).sort()).toEqual(["config.json", "journal.jsonl", "summary.json"]);
		for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
		for (const place of [home, join(home, "sessions"), folder]) expect(statSync(place).mode & 0o777).toBe(0o700);
	});

	it.concurrent("gives the same journal and fingerprint again, here as a repeat and in another home", async () => {
		const [home, other] = [newHome(), newHome()];
		const args = ["run", "--agent", "sma", "--duration", "240", "--seed", "11"];
		await kinetra(home, ...args);
		const first = lastSession(home);
		await kinetra(home, ...args);
		const second = lastSession(home);
		await kinetra(other, ...args);
		const third = lastSession(other);
		expect(second.summary.repeatOf).toBe(first.summary.sessionId);
		expect([first.summary.evidence, second.summary.evidence, third.summary.evidence]).toEqual([true, false, true]);
		for (const again of [second, third]) {
			expect(again.summary.fingerprint).toBe(first.summary.fingerprint);
			expect(withoutSeal(again.journal)).toBe(withoutSeal(first.journal));
		}
		await kinetra(other, "run", "--agent", "sma", "--scenario", "trend", "--seed", "12");
		expect(lastSession(other).summary.fingerprint).not.toBe(first.summary.fingerprint);
	});

	it.concurrent("with --json writes the journal and the summary to stdout, and nothing else", async () => {
		const home = newHome();
		const { code, stdout } = await kinetra(home, "run", "--agent", "berserker", "--json", "--seed", "3");
		expect(code).toBe(0);
		const lines = stdout.trimEnd().split("\n");
		const { journal, summary } = lastSession(home);
		expect(lines.slice(0, -1).join("\n")).toBe(readFileSync(journal, "utf8").trimEnd());
		expect(JSON.parse(lines.at(-1) ?? "")).toEqual({ type: "summary", ...summary });
	});

	it.concurrent("shows the breaker act in the crash scenario, and why", async () => {
		const home = newHome();
		const { stdout } = await kinetra(home, "run", "--agent", "berserker", "--scenario", "crash", "--seed", "1");
		const { summary } = lastSession(home);
		expect(summary.breaker.trips).toBeGreaterThan(0);
		expect(stdout).toMatch(/breaker: trip at CHS 0\.\d\d\d \(.+\)/);
	});

	it.concurrent("without limits is marked, and is never evidence", async () => {
		const home = newHome();
		const { stdout } = await kinetra(home, "run", "--unlimited", "--seed", "2", "--duration", "20");
		expect(stdout).toContain("UNLIMITED");
		expect(lastSession(home).summary).toMatchObject({ unlimited: true, evidence: false });
		expect(readdirSync(join(home, "agents"))).toEqual([]);
	});
});

describe("looking at a session", () => {
	it("replays to the same fingerprint, verifies, shows, lists and exports; damage is found", async () => {
		const home = newHome();
		await kinetra(home, "run", "--agent", "sma", "--scenario", "chop", "--seed", "4");
		const { journal, summary, folder } = lastSession(home);
		const replay = await kinetra(home, "sessions", "replay", "last", "--json");
		expect([replay.code, JSON.parse(replay.stdout)]).toMatchObject([
			0,
			{ matches: true, fingerprint: summary.fingerprint, recorded: summary.fingerprint, firstDifference: null },
		]);
		expect(await kinetra(home, "sessions", "verify", summary.sessionId)).toMatchObject({ code: 0, stderr: "" });
		expect(JSON.parse((await kinetra(home, "sessions", "show", "last", "--json")).stdout)).toEqual(summary);
		expect((await kinetra(home, "sessions", "list")).stdout).toContain(summary.sessionId);
		expect(JSON.parse((await kinetra(home, "status", "--json")).stdout)).toMatchObject({ lastSession: { id: summary.sessionId, symbol: "EURUSD" } });

		const out = join(home, "..", "out");
		expect((await kinetra(home, "sessions", "export", "last", "--csv", out)).code).toBe(0);
		expect(readFileSync(join(out, "trades.csv"), "utf8").split("\r\n")[0]).toBe(
			"number,side,lots,openedAt,closedAt,openPrice,closePrice,net,r,mfeR,maeR,entryReason,exitReason,shadow",
		);
		expect(readFileSync(join(out, "equity.csv"), "utf8").split("\r\n").length).toBe(summary.curve.length + 2);
		const again = await kinetra(home, "sessions", "export", "last", "--csv", out);
		expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("exists already and is not overwritten")]);

		const whole = readFileSync(journal, "utf8");
		writeFileSync(journal, whole.replace('"kind":"trading"', '"kind":"Trading"'));
		expect(await kinetra(home, "sessions", "verify", "last")).toMatchObject({ code: 3, stderr: expect.stringContaining("broken at line 2") });
		const lines = whole.trimEnd().split("\n");
		writeFileSync(journal, `${lines.slice(0, -2).join("\n")}\n`);
		expect(await kinetra(home, "sessions", "verify", "last")).toMatchObject({ code: 3, stderr: expect.stringContaining("the end was cut off or replaced") });
		writeFileSync(journal, whole);
		chmodSync(join(folder, "summary.json"), 0o644);
		expect(await kinetra(home, "sessions", "show", "last")).toMatchObject({ code: 3, stderr: expect.stringContaining("chmod 600") });
	});

	it.concurrent("with a name that fits none or nothing is refused", async () => {
		expect(await kinetra(newHome(), "sessions", "show", "last")).toMatchObject({ code: 2, stdout: "" });
	});
});

describe("a file as the market", () => {
	it.concurrent("is played to its end, and replays from wherever it lies", async () => {
		const home = newHome();
		const file = barsFile("EURUSD_M1_202401021000_202401021700.csv", 400);
		const { code, stderr } = await kinetra(home, "run", "--file", file, "--agent", "sma", "--seed", "1");
		expect([code, stderr]).toEqual([0, ""]);
		expect(lastSession(home).summary).toMatchObject({ feed: "csv", file, symbol: "EURUSD", timeframe: "M1" });
		writeFileSync(file, readFileSync(file, "utf8").replace("1.10", "1.11"));
		expect(await kinetra(home, "sessions", "replay", "last")).toMatchObject({ code: 3, stderr: expect.stringMatching(/line 2|SHA-256/) });
	});

	it.concurrent.each<[string, (path: string) => void, RegExp]>([
		["missing", () => {}, /no such file/],
		["empty", (path) => writeFileSync(path, ""), /empty/],
		["binary", (path) => writeFileSync(path, Buffer.from(Array.from({ length: 999 }, (_, index) => (index * 7) % 256))), /./],
		["a folder", (path) => mkdirSync(path), /folder|directory/],
	])("that is %s is refused with exit 3, one message, and no session", async (_, make, message) => {
		const home = newHome();
		const path = join(dirname(home), "EURUSD_M1.csv");
		make(path);
		const { code, stdout, stderr } = await kinetra(home, "run", "--file", path);
		expect([code, stdout]).toEqual([3, ""]);
		expect(stderr).toMatch(message);
		expect(stderr).not.toMatch(/^\s+at /m);
		expect(existsSync(join(home, "sessions"))).toBe(false);
	});

	it.concurrent("with an impossible row is refused with its line, unless bad rows are skipped", async () => {
		const home = newHome();
		const file = barsFile("EURUSD_M1.csv", 200, (line, index) => (index === 99 ? line.replace(/\t1\.1\d+/, "\tNaN") : line));
		expect(await kinetra(home, "run", "--file", file)).toMatchObject({ code: 3, stderr: expect.stringMatching(/line 101|:101/) });
		expect((await kinetra(home, "run", "--file", file, "--skip-bad-rows")).code).toBe(0);
		expect(lastSession(home).summary.data.badRows).toBe(1);
	});
});

describe("what is refused", () => {
	it.concurrent.each<[number, string[], string]>([
		[2, ["run", "--risk", "50"], "--risk: 50 is out of range"],
		[2, ["run", "--feed", "csv"], "--feed csv needs --file PATH"],
		[2, ["nonsense"], 'Unknown command "nonsense"'],
		[4, ["run", "--mode", "demo"], "--mode demo is refused"],
		[4, ["run", "--mode", "live"], "--mode live is refused"],
	])("with exit %i: %j", async (code, args, message) => {
		const home = newHome();
		const finished = await kinetra(home, ...args);
		expect(finished).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) });
		expect(finished.stderr.trimEnd().split("\n").length).toBe(1);
		expect(existsSync(home)).toBe(false);
	});

	it.concurrent("a home that others may enter, and one that cannot be made", async () => {
		const home = newHome();
		mkdirSync(join(home, "data"), { recursive: true });
		chmodSync(home, 0o755);
		expect(await kinetra(home, "run")).toMatchObject({ code: 3, stderr: expect.stringContaining(`chmod 700 ${home}`) });
		expect(await kinetra("/dev/null/kinetra", "run")).toMatchObject({ code: 3, stderr: expect.stringContaining("KINETRA_HOME=") });
	});

	it.concurrent("an agent's record that is damaged", async () => {
		const home = newHome();
		await kinetra(home, "run", "--seed", "1", "--duration", "5");
		const name = readdirSync(join(home, "agents"))[0] ?? "none";
		writeFileSync(join(home, "agents", name), "{}");
		expect(await kinetra(home, "run", "--seed", "2")).toMatchObject({ code: 3, stderr: expect.stringContaining(`${name} is damaged`) });
	});
});

describe("a session that is cut short", () => {
	it.concurrent.each<[NodeJS.Signals, number]>([
		["SIGINT", 130],
		["SIGTERM", 143],
	])("by %s ends orderly with exit %i, its summary and a journal that replays", async (signal, code) => {
		const home = newHome();
		let sent = false;
		const finished = await runProgram(process.execPath, [program, "run", "--speed", "60", "--seed", "6"], home, (text, kill) => {
			if (sent || !text.includes("/60 min")) return;
			sent = true;
			kill(signal);
		});
		expect([finished.code, finished.stderr]).toEqual([code, ""]);
		expect(finished.stdout).toContain("Ended: interrupt");
		expect(lastSession(home).summary).toMatchObject({ endReason: "interrupt", evidence: false, openPositions: 0 });
		expect((await kinetra(home, "sessions", "replay", "last")).code).toBe(0);
	});

	it.concurrent("by a reader that goes away still has its summary on disk", async () => {
		const home = newHome();
		await runProgram("bash", ["-c", `"${process.execPath}" "${program}" run --json --seed 8 --speed 2000 | head -n 1`], home);
		await expect.poll(() => existsSync(join(lastSessionFolder(home), "summary.json")), { timeout: 20_000 }).toBe(true);
		expect((await kinetra(home, "sessions", "verify", "last")).code).toBe(0);
	});

	it.concurrent("by a file that may not grow keeps its journal, says so, and prints its summary", async () => {
		const home = newHome();
		const file = barsFile("EURUSD_M1.csv", 4000, (line) => line, 12);
		const script = `ulimit -f 160; trap '' XFSZ; "${process.execPath}" "${program}" run --file "${file}" --agent sma --seed 1 --unlimited --balance 100000000`;
		const { code, stdout, stderr } = await runProgram("bash", ["-c", script], home);
		expect(code).toBe(3);
		expect(stderr).toContain("The journal could not be written: the file has reached the largest size allowed (EFBIG)");
		expect(stdout).toContain("Ended: journal-failure");
		expect(lastSession(home).summary).toMatchObject({ endReason: "journal-failure", evidence: false, exitCode: 3 });
		expect((await kinetra(home, "sessions", "verify", "last")).stdout).toContain("not sealed");
		expect(await kinetra(home, "sessions", "replay", "last")).toMatchObject({ code: 0, stdout: expect.stringContaining("the recorded lines are identical") });
	});
});

function lastSessionFolder(home: string): string {
	return join(home, "sessions", readdirSync(join(home, "sessions")).sort().at(-1) ?? "none");
}
