import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildProgram, type Finished, newHome, runProgram } from "../helpers/cli.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

function kinetra(home: string, ...args: string[]): Promise<Finished> {
	return runProgram(process.execPath, [program, ...args], home);
}

function journalOf(home: string): string {
	return join(home, "sessions", readdirSync(join(home, "sessions"))[0] ?? "none", "journal.jsonl");
}

/** Runs a paced session and ends it as soon as its first order has been printed. */
function endedAtFirstOrder(home: string, end: (kill: (signal: NodeJS.Signals) => void) => void): Promise<Finished> {
	let ended = false;
	return runProgram(process.execPath, [program, "run", "--agent", "berserker", "--json", "--seed", "1", "--speed", "600"], home, (text, kill) => {
		if (ended || !text.includes('"kind":"order"')) return;
		ended = true;
		end(kill);
	});
}

describe("a session ended by force", () => {
	it.concurrent("leaves in its journal everything it had said, and its lines replay", async () => {
		const home = newHome();
		const { stdout } = await endedAtFirstOrder(home, (kill) => kill("SIGKILL"));
		const said = stdout.slice(0, stdout.lastIndexOf("\n"));
		expect(readFileSync(journalOf(home), "utf8").startsWith(said)).toBe(true);
		expect(await kinetra(home, "sessions", "verify", "last")).toMatchObject({ code: 3, stderr: expect.stringContaining("ended by force") });
		expect((await kinetra(home, "sessions", "list")).stdout).toMatch(/not finished +EURUSD +berserker/);
		const replay = await kinetra(home, "sessions", "replay", "last", "--json");
		expect([replay.code, JSON.parse(replay.stdout)]).toMatchObject([0, { matches: null, fingerprint: null, recorded: null, firstDifference: null }]);
	});

	it.concurrent("by a second signal says where the journal is", async () => {
		// The orderly end takes a millisecond: now and then it is over before the second signal is heard.
		for (let attempt = 0; attempt < 10; attempt++) {
			const home = newHome();
			const { code, stderr } = await endedAtFirstOrder(home, (kill) => {
				kill("SIGTERM");
				kill("SIGINT");
			});
			expect([130, 143]).toContain(code);
			if (stderr === "") continue;
			expect(stderr).toBe(`kinetra: Ended at once, without a summary. The journal is kept: ${journalOf(home)}\n`);
			return;
		}
		expect.unreachable("no second signal was heard in ten sessions");
	});
});

describe("a replay", () => {
	it.concurrent("refuses a journal whose end is missing and a summary of another end: damage is no bug", async () => {
		const home = newHome();
		await kinetra(home, "run", "--seed", "1", "--duration", "30");
		const journal = journalOf(home);
		const whole = readFileSync(journal, "utf8");
		writeFileSync(journal, whole.trimEnd().split("\n").slice(0, -1).join("\n"));
		expect(await kinetra(home, "sessions", "replay", "last")).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("cut off or replaced") });
		writeFileSync(journal, whole);
		const summary = join(journal, "..", "summary.json");
		const honest = readFileSync(summary, "utf8");
		expect((await kinetra(home, "sessions", "replay", "last")).code).toBe(0);
		writeFileSync(summary, honest.replace(/("netProfit": ).*/, "$1999999,"));
		expect(await kinetra(home, "sessions", "replay", "last")).toMatchObject({
			code: 3,
			stderr: expect.stringContaining("its netProfit is not what the journal leads to"),
		});
		writeFileSync(summary, honest.replace(/("fingerprint": ")[0-9a-f]{4}/, "$1beef"));
		expect(await kinetra(home, "sessions", "replay", "last")).toMatchObject({ code: 3, stderr: expect.stringContaining("the summary was changed") });
	});
});

describe.skipIf(!existsSync("/dev/full"))("an output that cannot be written", () => {
	it.concurrent.each([["run --json --seed 1"], ["--help"], ["--version"]])("is no success: %s", async (args) => {
		const home = newHome();
		const { code, stderr } = await runProgram("bash", ["-c", `"${process.execPath}" "${program}" ${args} > /dev/full`], home);
		expect(code).toBe(3);
		if (args !== "--version") expect(stderr).toContain("The output could not be written: the disk is full (ENOSPC)");
		expect(stderr).not.toMatch(/\n\s+at /);
	});
});
