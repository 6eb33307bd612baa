import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpreterVersion } from "../../../../src/adapters/agent/process/interpreter.ts";
import { createLineReader } from "../../../../src/adapters/agent/process/line-reader.ts";
import { loadProgram, requireUnchanged } from "../../../../src/adapters/agent/process/program.ts";
import { splitCommand } from "../../../../src/adapters/agent/process/split-command.ts";
import { commandOf, scriptOf } from "../../../helpers/programs.ts";

const NODE = `"${process.execPath}"`;

describe("a command", () => {
	it.each<[string, string, readonly string[]]>([
		["words", "python my_agent.py  a\tb ", ["python", "my_agent.py", "a", "b"]],
		["double quotes", 'python "my agent.py"', ["python", "my agent.py"]],
		["single quotes", "python 'it is \"so\"'", ["python", 'it is "so"']],
		["parts that touch", `a"b c"'d'e`, ["ab cde"]],
		["an empty argument", `a "" b`, ["a", "", "b"]],
		["a Windows path", String.raw`C:\py\python.exe a\b.py`, [String.raw`C:\py\python.exe`, String.raw`a\b.py`]],
		["what a shell would do", "a $HOME * | rm ; `b` > c &", ["a", "$HOME", "*", "|", "rm", ";", "`b`", ">", "c", "&"]],
	])("keeps %s", (_name, command, words) => {
		expect(splitCommand(command)).toEqual(words);
	});

	it.each([
		["nothing", "  ", /names no program/],
		["an empty program", `"" a`, /names no program/],
		["an open quote", `python "a b`, /a quote \("\) is opened and not closed/],
		["a control character", "python a\u0007b", /control character/],
		["too much", "a".repeat(5000), /5000 characters/],
	])("is refused: %s", (_name, command, message) => {
		expect(() => splitCommand(command)).toThrow(message);
	});

	it("comes back from any words that are quoted", () => {
		const word = fc.string({ maxLength: 20 }).filter((text) => !/["\p{Cc}]/u.test(text));
		fc.assert(
			fc.property(fc.array(word, { minLength: 1 }), (words) => {
				expect(splitCommand(["p", ...words].map((one) => `"${one}"`).join(" "))).toEqual(["p", ...words]);
			}),
		);
	});
});

describe("lines", () => {
	it("are the same however the bytes are cut, and nothing is read after a fault", () => {
		const text = fc
			.string({ unit: "binary", maxLength: 30 })
			.filter((line) => line.trim() === line && line !== "" && !/[\n\r]/.test(line) && Buffer.from(line).toString() === line);
		fc.assert(
			fc.property(fc.array(text), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (wanted, cuts) => {
				const bytes = Buffer.from(wanted.map((line) => `${line}\n`).join(""));
				const got: string[] = [];
				const reader = createLineReader({ lineBytesMax: 1000, outputBytesMax: 1e6 }, (line) => got.push(line), expect.unreachable);
				for (let from = 0, index = 0; from < bytes.length; index++) {
					const size = cuts[index % cuts.length] as number;
					reader.take(bytes.subarray(from, from + size));
					from += size;
				}
				expect(got).toEqual(wanted);
			}),
		);
	});

	it.each([
		["a long line in pieces", [..."abcdefgh"], ["wrote a line of more than 5 bytes to stdout"], 100],
		["too much in all", ["abc\n", "abc\n", "abc\n"], ["wrote more than 10 bytes to stdout without being asked"], 10],
	])("have limits: %s", (_name, pieces, faults, outputBytesMax) => {
		const found: string[] = [];
		const got: string[] = [];
		const reader = createLineReader(
			{ lineBytesMax: 5, outputBytesMax },
			(line) => got.push(line),
			(what) => found.push(what),
		);
		for (const piece of [...pieces, "\n", "x\n"]) reader.take(Buffer.from(piece));
		expect(found).toEqual(faults);
		expect(got).not.toContain("x");
	});
});

describe("what a program is", { timeout: 60_000 }, () => {
	const manifest = (script: string, value: object | string) =>
		writeFileSync(join(dirname(script), "agent.json"), typeof value === "string" ? value : JSON.stringify({ format: 1, ...value }));

	function linked(script: string): string {
		symlinkSync(script, `${script}.link`);
		return `${NODE} "${script}.link"`;
	}

	it("is its name, files, interpreter and defaults, without a manifest", async () => {
		const script = scriptOf("");
		const program = await loadProgram(`${commandOf(script)} --fast`);
		expect(program).toMatchObject({
			name: "my-agent",
			command: [process.execPath, script, "--fast"],
			folder: process.cwd(),
			interpreter: process.version,
			files: [{ path: script, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
			warmupBars: 100,
			timeframe: null,
			symbols: null,
			sizing: { riskShare: 1, stopAtr: 2, targetAtr: null },
		});
		expect(program.sha256).toMatch(/^[0-9a-f]{64}$/);
	});

	it("is what its manifest says, started in its folder", async () => {
		const script = scriptOf("");
		writeFileSync(join(dirname(script), "model.bin"), "weights");
		manifest(script, {
			name: "mine",
			files: ["model.bin"],
			warmupBars: 7,
			timeframe: "M15",
			symbols: ["EURUSD"],
			sizing: { riskShare: 0.5, stopAtr: 3, targetAtr: 4 },
		});
		const program = await loadProgram(commandOf(script));
		expect(program).toMatchObject({ name: "mine", folder: dirname(script), warmupBars: 7, timeframe: "M15", symbols: ["EURUSD"], sizing: { stopAtr: 3 } });
		expect(program.files.map(({ path }) => path)).toEqual([script, join(dirname(script), "model.bin"), join(dirname(script), "agent.json")]);
	});

	it("is another one as soon as anything that decides is another", async () => {
		const script = scriptOf("let a;");
		const folder = dirname(script);
		writeFileSync(join(folder, "model.bin"), "one");
		manifest(script, { files: ["model.bin"] });
		const hashes = new Set<string>();
		const look = async (command = commandOf(script)) => hashes.add((await loadProgram(command)).sha256);
		await look();
		await look();
		expect(hashes.size).toBe(1);
		await look(`${commandOf(script)} --more`);
		writeFileSync(join(folder, "model.bin"), "two");
		await look();
		writeFileSync(script, "let b;");
		await look();
		manifest(script, { files: ["model.bin"], warmupBars: 99 });
		await look();
		expect(hashes.size).toBe(5);
	});

	it("is its own bytes where no script decides, or it tells no version", async () => {
		const tool = scriptOf('#!/bin/sh\n[ "$1" = --version ] && exit 1\ncat\n', false);
		chmodSync(tool, 0o755);
		const first = await loadProgram(`"${tool}"`);
		expect(first.interpreter).toMatch(/^sha256 [0-9a-f]{64}$/);
		writeFileSync(tool, '#!/bin/sh\n[ "$1" = --version ] && exit 1\ncat \n');
		expect((await loadProgram(`"${tool}"`)).sha256).not.toBe(first.sha256);
	});

	it.each([
		["is given no script, whatever version it says", "1.0", ""],
		["is no interpreter that is known, whatever version it says and file it is given", "1.0", "model.bin"],
	])("is its own bytes where it %s, and is not started once they have changed", async (_name, version, argument) => {
		const tool = scriptOf(`#!/bin/sh\n[ "$1" = --version ] && echo ${version}\ncat\n`, false);
		writeFileSync(join(dirname(tool), "model.bin"), "weights");
		chmodSync(tool, 0o755);
		const command = `"${tool}" ${argument === "" ? "" : `"${join(dirname(tool), argument)}"`}`;
		const first = await loadProgram(command);
		expect(first.interpreter).toBe(version);
		requireUnchanged(first);
		writeFileSync(tool, `#!/bin/sh\n[ "$1" = --version ] && echo ${version}\ncat \n`);
		expect(() => requireUnchanged(first)).toThrow(/has changed since it was read/);
		expect((await loadProgram(command)).sha256).not.toBe(first.sha256);
	});

	it.each<[string, (script: string) => string | undefined, RegExp]>([
		["not on the PATH", () => "kinetra-no-such-program a", /no program kinetra-no-such-program is on the PATH/],
		["not executable", (script) => `"${script}"`, /is no program that can be run/],
		["hidden behind -m", () => `${NODE} -m agent`, /Name the script/],
		["a link", (script) => linked(script), /is a symbolic link/],
		["a second name", (script) => void linkSync(script, `${script}.hard`), /has a second name/],
		["a manifest that is not JSON", (script) => void manifest(script, "{"), /is not JSON/],
		["a manifest of another format", (script) => void manifest(script, '{"format":2}'), /agent\.json: format must be 1/],
		["an unknown field", (script) => void manifest(script, { colour: 1 }), /agent\.json: .*colour/],
		["a name that is taken", (script) => void manifest(script, { name: "sma" }), /name is the name of one of Kinetra's rules/],
		["a file that is not there", (script) => void manifest(script, { files: ["no.bin"] }), /no\.bin cannot be read/],
		["a file outside", (script) => void manifest(script, { files: ["../x"] }), /files\.0 must lead into the folder/],
		["an absolute file", (script) => void manifest(script, { files: ["/etc/passwd"] }), /files\.0 must lead into/],
		[
			"a folder that leads out",
			(script) => {
				symlinkSync("/etc", join(dirname(script), "out"));
				manifest(script, { files: ["out/passwd"] });
				return undefined;
			},
			/out\/passwd lies outside the folder/,
		],
		[
			"a folder as a file",
			(script) => {
				mkdirSync(join(dirname(script), "sub"));
				manifest(script, { files: ["sub"] });
				return undefined;
			},
			/sub is not an ordinary file/,
		],
	])("is refused: %s", async (_name, prepare, message) => {
		const script = scriptOf("");
		const command = prepare(script) ?? commandOf(script);
		await expect(loadProgram(command)).rejects.toThrow(message);
		await expect(loadProgram(command)).rejects.toMatchObject({ exitCode: 2 });
	});

	it("hangs when asked for its version: it has none, and is gone", async () => {
		const tool = scriptOf("#!/bin/sh\nexec sleep 600\n", false);
		chmodSync(tool, 0o755);
		expect(await interpreterVersion(tool, dirname(tool), 200)).toBeNull();
	});
});
