import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { barsFile, buildProgram, newHome, runProgram } from "../helpers/cli.ts";
import { LONG, openCockpit, openRunning, storedSessions } from "../helpers/cockpit-terminal.ts";
import { HOSTILE } from "../helpers/hostile.ts";
import { foreignBytes } from "../helpers/own-bytes.ts";
import { KEYS, type RunningTerminal } from "../helpers/terminal.ts";

let program = "";
beforeAll(() => {
	program = buildProgram();
});

/** What of the corpus a file may be called: no NUL, no slash, no lone surrogate, not too long. Many in one name, to have all in few files. */
const NAMES: readonly string[] = HOSTILE.map(({ text }) => text.replaceAll("\u0000", "").replaceAll("/", "")).filter(
	(text) => !/\p{Cs}/u.test(text) && Buffer.byteLength(text) < 150,
);
/** The whole corpus as one text of a file that JSON may hold. */
const ALL = HOSTILE.map(({ text }) => text.slice(0, 60)).join(" ");

/** A home whose data folder is full of files and folders with such names. */
function hostileHome(): string {
	const home = newHome();
	for (const folder of ["data", "data/train", "data/test"]) mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
	const bars = readFileSync(barsFile("EURUSD_M1.csv", 50));
	for (const [index, name] of NAMES.entries()) {
		writeFileSync(join(home, "data", `EURUSD_M1_${name}.csv`), bars);
		if (index % 8 === 0) mkdirSync(join(home, "data", `${name} folder`));
		if (index % 8 === 1) writeFileSync(join(home, "data", "train", `${name}_M1.csv`), bars);
	}
	return home;
}

/** Changes every text that a file of a session holds beside its structure. */
function poison(path: string, fields: readonly string[]): void {
	const poisoned = (value: unknown, name: string): unknown => {
		if (Array.isArray(value)) return value.map((part) => poisoned(part, name));
		if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, poisoned(part, key)]));
		return typeof value === "string" && fields.includes(name) ? `${value} ${ALL}` : value;
	};
	const lines = readFileSync(path, "utf8").trimEnd().split("\n");
	const isLines = path.endsWith(".jsonl");
	const changed = isLines ? lines.map((line) => JSON.stringify(poisoned(JSON.parse(line), ""))) : [JSON.stringify(poisoned(JSON.parse(lines.join("\n")), ""))];
	writeFileSync(path, `${changed.join("\n")}\n`, { mode: 0o600 });
}

async function leave(terminal: RunningTerminal): Promise<void> {
	terminal.press(KEYS.escape, KEYS.escape, KEYS.ctrlC);
	await terminal.ended();
}

describe("no foreign byte reaches the terminal from", () => {
	it.concurrent("names of files and folders, in the list of exports and in the picker", async () => {
		expect(NAMES.length).toBeGreaterThan(50);
		const home = hostileHome();
		const terminal = openCockpit(program, home, [], { size: [120, 40] });
		await terminal.untilText("Connection & Credentials");
		terminal.press("2");
		await terminal.untilText(/EURUSD_M1/);
		terminal.press(...Array.from({ length: 80 }, () => KEYS.down), KEYS.end, KEYS.home);
		await terminal.screen();
		terminal.press("0", "41", KEYS.home, KEYS.down, KEYS.down, KEYS.right);
		await terminal.untilText(/File +/);
		terminal.press(KEYS.down, KEYS.enter);
		await terminal.untilText("EURUSD_M1_");
		terminal.press(...Array.from({ length: 90 }, () => KEYS.down), KEYS.enter);
		await terminal.untilText("> Choose a File");
		await leave(terminal);
	});

	it.concurrent("an edited summary, configuration and journal of an old session", async () => {
		const home = newHome();
		await runProgram(process.execPath, [program, "run", "--seed", "3"], home);
		await runProgram(process.execPath, [program, "run", "--seed", "4"], home);
		const [first, second] = storedSessions(home);
		if (first === undefined || second === undefined) throw new Error("no sessions");
		const fields = [
			"endDetail",
			"evidenceNote",
			"nextStep",
			"reason",
			"entryReason",
			"exitReason",
			"agent",
			"symbol",
			"file",
			"comment",
			"cause",
			"detail",
			"currency",
			"description",
			"missing",
			"note",
		];
		for (const session of [first, second]) {
			poison(join(session.folder, "summary.json"), fields);
			poison(join(session.folder, "config.json"), ["description", "startedWall", "comment"]);
		}
		poison(join(first.folder, "journal.jsonl"), [...fields, "message", "why"]);
		const terminal = openCockpit(program, home, [], { size: [120, 40] });
		await terminal.untilText("Connection & Credentials");
		terminal.press("5");
		await terminal.untilText("1 of 2, newest first");
		terminal.press("x", "j", "C");
		await terminal.until((rows) => !rows.join("\n").includes("2 of 2, newest first"), "the comparison");
		for (const [keys, seen] of [
			["0", "newest first"],
			[`${KEYS.home}v`, "Journal of"],
			[`${KEYS.end}v`, "The journal is not whole"],
			[KEYS.escape, "newest first"],
			["R", /broken|differ|line/],
			[KEYS.enter, "> Summary"],
			["2", "Equity"],
			["3", "newest first; Enter opens one"],
			[KEYS.enter, "> Trade"],
			["0", "newest first; Enter opens one"],
			["4", "Health"],
			["5", "fingerprint"],
			["e", /Export|export|journal/],
		] as const) {
			terminal.press(keys);
			await terminal.untilText(seen);
		}
		await leave(terminal);
		for (const args of [["sessions", "list"], ["sessions", "show", first.id], ["sessions", "verify", first.id], ["status"]]) {
			const { stdout, stderr } = await runProgram(process.execPath, [program, ...args], home);
			expect(foreignBytes(stdout), args.join(" ")).toBeNull();
			expect(foreignBytes(stderr), args.join(" ")).toBeNull();
		}
	});

	it.concurrent("the description of a symbol", async () => {
		const home = newHome();
		const spec = join(dirname(home), "spec.json");
		writeFileSync(spec, JSON.stringify({ description: `mark\u001b]0;title\u0007\u202e${"\u001b[2J".repeat(5)}` }));
		const terminal = await openRunning(program, home, {}, [...LONG, "--spec", spec]);
		terminal.press(KEYS.ctrlC);
		expect((await terminal.ended()).code).toBe(130);
	});

	it.concurrent("options, configuration files and preferences", async () => {
		const home = newHome();
		mkdirSync(home, { mode: 0o700 });
		const config = join(dirname(home), "config.json");
		writeFileSync(config, JSON.stringify({ symbol: ALL, agent: ALL, [ALL]: 1 }));
		const spec = join(dirname(home), "spec.json");
		writeFileSync(spec, JSON.stringify({ description: ALL.slice(0, 60) }));
		for (const args of [
			["run", "--config", config],
			["run", "--spec", spec, "--duration", ALL.replaceAll("\u0000", "")],
			["run", "--symbol", ALL.replaceAll("\u0000", "")],
			["run", "--file", `/nowhere/${ALL.replaceAll("\u0000", "").slice(0, 900)}`],
		]) {
			const terminal = openCockpit(program, home, args);
			expect((await terminal.ended()).code, args[1]).not.toBe(0);
		}
		writeFileSync(
			join(home, "preferences.json"),
			JSON.stringify({ format: 1, choices: { symbol: ALL, file: `/x/${ALL}.csv`, feed: "csv", agent: ALL, [ALL]: ALL }, folder: `/x/${ALL}` }),
			{ mode: 0o600 },
		);
		const terminal = openCockpit(program, home);
		await terminal.untilText("Connection & Credentials");
		terminal.press("41");
		await terminal.untilText(/Symbol/);
		terminal.press(KEYS.enter, KEYS.home, "e", `\u001b[200~mark\u001b]0;x\u0007\u001b[201~`, KEYS.enter);
		await terminal.screen();
		await leave(terminal);
	});
});
