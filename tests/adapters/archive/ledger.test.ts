import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { appendLedger, readLedger } from "../../../src/adapters/archive/ledger.ts";
import { writeAnchor } from "../../../src/adapters/archive/ledger-anchor.ts";
import type { LedgerEvent } from "../../../src/adapters/archive/ledger-event.ts";
import { machineId } from "../../../src/adapters/archive/machine.ts";
import { ensureSigner } from "../../../src/adapters/archive/signing-key.ts";
import { canonicalJson, sha256Hex } from "../../../src/adapters/canonical.ts";
import type { Home } from "../../../src/adapters/home.ts";
import { emptyHome, smallSession } from "../../helpers/small-session.ts";

const machine = vi.hoisted(() => ({ other: false }));
vi.mock("../../../src/adapters/archive/machine.ts", async (original) => {
	const real = await original<typeof import("../../../src/adapters/archive/machine.ts")>();
	return { machineId: (read?: (path: string) => string) => (machine.other ? "0123456789abcdef" : real.machineId(read)) };
});

const WALL = Date.UTC(2026, 0, 5);
const note = (why: string): LedgerEvent => ({ kind: "void", data: { certificate: "V-1", why } });
const fileOf = (home: Home): string => join(home.root, "ledger.jsonl");
const anchorOf = (home: Home): string => join(home.root, "ledger.head");
const linesOf = (home: Home): string[] => readFileSync(fileOf(home), "utf8").trimEnd().split("\n");
const store = (home: Home, lines: readonly string[]): void => writeFileSync(fileOf(home), `${lines.join("\n")}\n`, { mode: 0o600 });

/** A ledger with its first line and three more. */
function home4(): Home {
	const home = emptyHome();
	for (const why of ["one", "two", "three"]) appendLedger(home, WALL, () => [note(why)]);
	return home;
}

/** The lines with `change` done to line `n` and every hash from there on made right again: a forger who knows the format. */
function rechained(lines: readonly string[], n: number, change: (line: Record<string, unknown>) => void): string[] {
	let prev = "0".repeat(64);
	return lines.map((text, index) => {
		const { hash: _hash, ...content } = JSON.parse(text) as Record<string, unknown>;
		if (index + 1 > n) content.prev = prev;
		if (index + 1 === n) change(content);
		const hash = sha256Hex(canonicalJson(content));
		prev = hash;
		return canonicalJson({ ...content, hash });
	});
}

describe("the ledger", () => {
	it("is empty in a new home, begins with its machine, and chains what is added; private, and locked for a moment only", () => {
		const home = emptyHome();
		expect(readLedger(home)).toMatchObject({ lines: [], broken: null, notes: [], head: "0".repeat(64) });
		expect(existsSync(join(home.root, "signing.key"))).toBe(false);
		const added = appendLedger(home, WALL, (ledger) => [note(`after ${ledger.lines.length}`), note("two")]);
		expect(added.lines.map(({ n, kind, wall }) => [n, kind, wall])).toEqual([1, 2, 3].map((n) => [n, n === 1 ? "opened" : "void", "2026-01-05T00:00:00.000Z"]));
		expect(added.lines[0]?.data).toMatchObject({ machine: machineId() });
		expect(readLedger(home)).toEqual(added);
		expect(added.lines[2]?.prev).toBe(added.lines[1]?.hash);
		for (const file of ["ledger.jsonl", "ledger.head", "signing.key"]) expect(statSync(join(home.root, file)).mode & 0o777, file).toBe(0o600);
		expect(existsSync(`${fileOf(home)}.lock`)).toBe(false);
	});

	it("adds nothing when nothing is asked for", () => {
		const home = home4();
		const before = readFileSync(fileOf(home), "utf8");
		expect(appendLedger(home, WALL, () => []).lines).toHaveLength(4);
		expect(readFileSync(fileOf(home), "utf8")).toBe(before);
	});

	it("tolerates a line that was cut in the middle, says so, and takes it away with the next entry, which is written down", () => {
		const home = home4();
		appendFileSync(fileOf(home), '{"data":{"cert');
		expect(readLedger(home)).toMatchObject({ broken: null, notes: [expect.stringContaining("14 bytes")], lines: { length: 4 } });
		const { lines } = appendLedger(home, WALL, () => [note("four")]);
		expect(lines.slice(4).map(({ kind, data }) => [kind, data])).toEqual([
			["recovered", { bytes: 14 }],
			["void", { certificate: "V-1", why: "four" }],
		]);
		expect(readLedger(home)).toMatchObject({ broken: null, notes: [] });
	});

	it.each<[string, (home: Home) => void, string]>([
		["a cut tail", (home) => store(home, linesOf(home).slice(0, 3)), "3 lines, the anchor ledger.head says 4"],
		["a missing ledger", (home) => rmSync(fileOf(home)), "0 lines, the anchor ledger.head says 4"],
		["a missing anchor", (home) => rmSync(anchorOf(home)), "anchor: ledger.head is missing"],
		["a missing key", (home) => rmSync(join(home.root, "signing.key")), "the key signing.key that signed it is missing"],
		["another key", (home) => writeFileSync(join(home.root, "signing.key"), `${"ab".repeat(32)}\n`, { mode: 0o600 }), "does not carry this home's signature"],
		["a line taken out", (home) => store(home, linesOf(home).toSpliced(1, 1)), "line 2: it says that it is line 3"],
		[
			"two lines in another order",
			(home) =>
				store(
					home,
					[0, 2, 1, 3].map((index) => linesOf(home)[index] ?? ""),
				),
			"line 2",
		],
		["a line twice", (home) => store(home, linesOf(home).toSpliced(2, 0, linesOf(home)[1] ?? "")), "line 3: it says that it is line 2"],
		["a blank line", (home) => store(home, linesOf(home).toSpliced(2, 0, "")), "line 3: it is not JSON"],
		["a line written differently", (home) => store(home, linesOf(home).with(1, ` ${linesOf(home)[1]}`)), "line 2: its hash does not fit"],
		["an anchor that is no JSON", (home) => writeFileSync(anchorOf(home), "x", { mode: 0o600 }), "is not JSON"],
		["an anchor without a field", (home) => writeFileSync(anchorOf(home), '{"n":4}', { mode: 0o600 }), "lacks a field"],
		[
			"a line added by somebody who knows the format",
			(home) => {
				const last = JSON.parse(linesOf(home).at(-1) ?? "{}") as { hash: string };
				const content = { kind: "void", data: { certificate: "V-9", why: "mine" }, n: 5, wall: new Date(WALL).toISOString(), prev: last.hash };
				appendFileSync(fileOf(home), `${canonicalJson({ ...content, hash: sha256Hex(canonicalJson(content)) })}\n`);
			},
			"line 5 was added by somebody else",
		],
		[
			"a history written anew with right hashes",
			(home) =>
				store(
					home,
					rechained(linesOf(home), 3, (line) => {
						line.data = { certificate: "V-1", why: "kinder" };
					}),
				),
			"line 4 is not the one that the anchor",
		],
		[
			"a line of a kind that nobody knows",
			(home) =>
				store(
					home,
					rechained(linesOf(home), 2, (line) => {
						line.kind = "gift";
					}),
				),
			'line 2: kind "gift" is unknown',
		],
		[
			"a file that others may change",
			(home) => {
				writeFileSync(fileOf(home), readFileSync(fileOf(home)), { mode: 0o600 });
				rmSync(anchorOf(home));
				writeFileSync(anchorOf(home), "{}", { mode: 0o644 });
			},
			"Others may read or change",
		],
	])("is broken by %s, and takes no entry then", (_name, damage, why) => {
		const home = home4();
		damage(home);
		const { broken } = readLedger(home);
		expect(broken).toContain(why);
		expect(() => appendLedger(home, WALL, () => [note("more")])).toThrow(why);
	});

	it("is refused on another machine", () => {
		const home = home4();
		machine.other = true;
		try {
			expect(readLedger(home).broken).toContain("machine: it was begun on another machine");
		} finally {
			machine.other = false;
		}
		expect(readLedger(home).broken).toBeNull();
	});

	it("survives a crash at every byte of an entry, once it is announced, and goes on from there", () => {
		const home = emptyHome();
		const { lines: before } = appendLedger(home, WALL, () => [note("one")]);
		const size = statSync(fileOf(home)).size;
		const { lines: after } = appendLedger(home, WALL, () => [note("two"), note("three")]);
		const whole = readFileSync(fileOf(home));
		const confirmed = readFileSync(anchorOf(home));
		const place = (lines: typeof after) => ({ n: lines.length, hash: lines.at(-1)?.hash ?? "" });
		for (let cut = size; cut <= whole.length; cut += 7) {
			writeFileSync(fileOf(home), whole.subarray(0, cut), { mode: 0o600 });
			writeFileSync(anchorOf(home), confirmed, { mode: 0o600 });
			expect(readLedger(home).broken, `cut to ${cut} bytes after it was confirmed`).not.toBeNull();
			writeAnchor(home, ensureSigner(home), { ...place(before), next: null });
			const isWhole = whole[cut - 1] === 10 && cut > size;
			expect(readLedger(home).broken === null, `${cut} bytes, nothing announced`).toBe(!isWhole && whole.subarray(size, cut).indexOf(10) === -1);
			writeAnchor(home, ensureSigner(home), { ...place(before), next: place(after) });
			expect(readLedger(home).broken, `${cut} bytes, announced`).toBeNull();
			expect(appendLedger(home, WALL, () => [note("later")]).lines.at(-1)?.data).toMatchObject({ why: "later" });
			expect(readLedger(home)).toMatchObject({ broken: null, notes: [] });
		}
	});

	it("refuses every single field of every line that is changed, whether or not the hashes are made right again", () => {
		const home = emptyHome();
		smallSession(home, 0);
		smallSession(home, 1, { ends: "never" });
		const original = linesOf(home);
		let tried = 0;
		for (const [index, text] of original.entries()) {
			for (const path of pathsOf(JSON.parse(text))) {
				const changed = JSON.parse(text) as Record<string, unknown>;
				change(changed, path);
				store(home, original.with(index, canonicalJson(changed)));
				expect(readLedger(home).broken, `line ${index + 1}, ${path.join(".")}`).toMatch(new RegExp(`line ${index + 1}`));
				store(
					home,
					rechained(original, index + 1, (line) => change(line, path)),
				);
				expect(readLedger(home).broken, `line ${index + 1}, ${path.join(".")}, rechained`).not.toBeNull();
				tried++;
			}
		}
		expect(tried).toBeGreaterThan(250);
		store(home, original);
		expect(readLedger(home).broken).toBeNull();
	}, 60_000);

	it("is not fooled by random edits", () => {
		const home = home4();
		const original = readFileSync(fileOf(home));
		fc.assert(
			fc.property(fc.nat(original.length - 1), fc.nat(255), (at, byte) => {
				fc.pre(original[at] !== byte);
				const bytes = Buffer.from(original);
				bytes[at] = byte;
				writeFileSync(fileOf(home), bytes, { mode: 0o600 });
				expect(readLedger(home).broken).not.toBeNull();
			}),
			{ numRuns: 300 },
		);
	});
});

describe("the machine's identity", () => {
	it("is the system's own, or its name where there is none", () => {
		expect(machineId((path) => (path === "/etc/machine-id" ? "abc\n" : ""))).toBe(machineId(() => "abc"));
		expect(machineId(() => "abc")).not.toBe(machineId(() => "abd"));
		const none = machineId(() => {
			throw new Error("no such file");
		});
		expect(none).toMatch(/^[0-9a-f]{16}$/);
		expect(none).not.toBe(machineId(() => "abc"));
	});
});

/** Every leaf of a JSON value. */
function pathsOf(value: unknown): string[][] {
	if (typeof value !== "object" || value === null) return [[]];
	return Object.entries(value).flatMap(([key, one]) => pathsOf(one).map((path) => [key, ...path]));
}

/** Gives a leaf another value of its type. */
function change(target: Record<string, unknown>, path: readonly string[]): void {
	const [key = "", ...rest] = path;
	const value = target[key];
	if (rest.length > 0) change(value as Record<string, unknown>, rest);
	else target[key] = typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : value === null ? "x" : `${String(value)}x`;
}
