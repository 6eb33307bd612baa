import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Home, homeAt } from "../../../src/adapters/home.ts";
import { statusFacts } from "../../../src/commands/cockpit/status-facts.ts";
import { dataText, speaksUtf8, statusParts } from "../../../src/commands/cockpit/status-parts.ts";
import { status } from "../../../src/commands/status.ts";
import { createPalette } from "../../../src/print/palette.ts";
import type { StatusPart } from "../../../src/ui/state.ts";

const UTF8 = { TERM: "xterm-256color", LANG: "C.UTF-8" };

function homeWith(files: Readonly<Record<string, string>>): Home {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-status-")), "home") });
	mkdirSync(home.root, { mode: 0o700 });
	for (const [name, text] of Object.entries(files)) {
		const path = join(home.root, name);
		mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
		writeFileSync(path, text, { mode: 0o600 });
	}
	return home;
}

async function partOf(home: Home, name: StatusPart["part"], env: Record<string, string> = UTF8): Promise<StatusPart> {
	const part = statusParts(await statusFacts(home), env).find((row) => row.part === name);
	if (part === undefined) throw new Error(`no part ${name}`);
	return part;
}

const BARS = "EURUSD_M15_202401020000_202512262345.csv";

describe("the state of the data", () => {
	it.each<[string, string[], string, string]>([
		["no folder", [], "absent", "Data not prepared"],
		["a file that is no export", ["data/notes.txt", "data/summary.csv"], "absent", "Data not prepared"],
		["one export", [`data/${BARS}`], "ok", "1 MT5 export, not split"],
		["two exports", [`data/${BARS}`, "data/GBPUSD_H1.csv.gz"], "ok", "2 MT5 exports, not split"],
		["both parts", [`data/train/${BARS}`, "data/train/GBPUSD_H1.csv", `data/test/${BARS}`], "ok", "Data ready (2 train, 1 test files)"],
		["both parts and loose ones", [`data/${BARS}`, `data/train/${BARS}`, `data/test/${BARS}`], "ok", "Data ready (1 train, 1 test files)"],
		["one part only", [`data/train/${BARS}`], "attention", "Data partly ready (1 train, 0 test files)"],
	])("%s", async (_, files, state, text) => {
		const home = homeWith(Object.fromEntries(files.map((name) => [name, "x"])));
		expect(await partOf(home, "data")).toMatchObject({ state, text });
		expect(dataText((await statusFacts(home)).data)).toBe(text);
	});

	it("that cannot be read is said, not taken for none", async () => {
		const home = homeWith({ data: "a file" });
		expect(await partOf(home, "data")).toMatchObject({ state: "attention", text: "Data cannot be read", advice: expect.stringMatching(/\(ENOTDIR\)/) });
	});
});

describe("the home", () => {
	it("that does not exist yet is made with the first session, not by looking", async () => {
		const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-status-")), "a", "b") });
		expect(await partOf(home, "home")).toMatchObject({ state: "ok", text: expect.stringMatching(/made with the first session/) });
		expect((await statusFacts(home)).home).toMatchObject({ exists: false, mode: null });
	});

	it("is private and writable", async () => {
		expect((await partOf(homeWith({}), "home")).text).toMatch(/home, writable, private \(mode 700\), [\d.]+ GB free$/);
	});

	it("into which others may look needs a repair", async () => {
		const home = homeWith({});
		chmodSync(home.root, 0o755);
		expect(await partOf(home, "home")).toMatchObject({
			state: "attention",
			advice: `Others may look into it (mode 755), so no session starts. Repair it with: chmod 700 ${home.root}`,
		});
	});

	it("that is a file is none", async () => {
		const home = homeAt({ KINETRA_HOME: join(homeWith({ file: "x" }).root, "file") });
		expect(await partOf(home, "home")).toMatchObject({ state: "attention", advice: expect.stringMatching(/is not a folder.*KINETRA_HOME/) });
	});

	it("is shown without what its name would do to the terminal", async () => {
		const home = homeAt({ KINETRA_HOME: "/nowhere/\u001b]0;x\u0007" });
		const parts = statusParts(await statusFacts(home), { TERM: "\u001b[2Jx" });
		// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
		expect(JSON.stringify(parts.map(({ text, advice }) => text + advice))).not.toMatch(/\\u00|[\u0000-\u001f]/);
	});
});

describe("the terminal", () => {
	it.each<[Record<string, string>, string, string]>([
		[UTF8, "ok", "xterm-256color, colours, UTF-8"],
		[{ TERM: "xterm", LANG: "C" }, "attention", "xterm, colours, no UTF-8"],
		[{ TERM: "xterm", LC_ALL: "de_DE.utf8", NO_COLOR: "1" }, "ok", "xterm, no colours (NO_COLOR), UTF-8"],
		[{ LC_ALL: "C", LANG: "C.UTF-8" }, "attention", "unknown type, colours, no UTF-8"],
	])("%j", async (env, state, text) => {
		expect(await partOf(homeWith({}), "terminal", env)).toMatchObject({ state, text });
	});

	it("of Windows speaks UTF-8 without a locale", () => {
		expect([speaksUtf8({}, "win32"), speaksUtf8({}, "linux")]).toEqual([true, false]);
	});
});

describe("the last session", () => {
	const ID = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

	it.each<[string, Record<string, string>, string, string]>([
		["none", {}, "absent", "No session yet"],
		["ended by force", { [`sessions/${ID}/journal.jsonl`]: "" }, "attention", `${ID} not finished`],
		["damaged", { [`sessions/${ID}/summary.json`]: "[]" }, "attention", `${ID} damaged`],
	])("%s", async (_, files, state, text) => {
		expect(await partOf(homeWith(files), "last session")).toMatchObject({ state, text });
	});
});

describe("kinetra status", () => {
	it("says the same as the bar", async () => {
		const home = homeWith({ [`data/train/${BARS}`]: "x", [`data/test/${BARS}`]: "x" });
		const printed: string[] = [];
		const terminal = { interactive: false, palette: createPalette(false), columns: () => 80, print: (text: string) => printed.push(text) };
		expect(await status(false, home, terminal as never)).toBe(0);
		expect(await status(true, home, terminal as never)).toBe(0);
		expect(printed[0]).toContain(`data         Data ready (1 train, 1 test files) in ${home.data}`);
		expect(JSON.parse(printed[1] ?? "")).toMatchObject({ home: home.root, data: { state: "ready", train: 1, test: 1 }, lastSession: null });
	});
});
