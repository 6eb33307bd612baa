import { chmodSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readLedger } from "../../../src/adapters/archive/ledger.ts";
import { canonicalJson } from "../../../src/adapters/canonical.ts";
import type { Home } from "../../../src/adapters/home.ts";
import { encodeLine, GENESIS } from "../../../src/adapters/journal/line.ts";
import { judgeStage, type StageVerdict } from "../../../src/commands/standing/judge.ts";
import { standings } from "../../../src/commands/standing/standings.ts";
import { VERSIONS } from "../../../src/commands/standing/versions.ts";
import type { SessionConfig } from "../../../src/engine/config.ts";
import { RULES, type RuleKey } from "../../../src/engine/rules-table.ts";
import type { StageLimits } from "../../../src/engine/stages/binding.ts";
import { emptyHome, FIRST_WALL, LIMITS, smallConfig, smallSession, smallSessions } from "../../helpers/small-session.ts";

const machine = vi.hoisted(() => ({ other: false }));
vi.mock("../../../src/adapters/archive/machine.ts", async (original) => {
	const real = await original<typeof import("../../../src/adapters/archive/machine.ts")>();
	return { machineId: () => (machine.other ? "0123456789abcdef" : real.machineId()) };
});
const versions = vi.hoisted(() => ({ now: { engineVersion: "1", bridgeProtocol: 1, observationVersion: "obs-1" } }));
vi.mock("../../../src/commands/standing/versions.ts", () => ({ VERSIONS: versions.now }));

const DAY = 86_400_000;
const PLAIN_VERSIONS = { ...versions.now };

afterEach(() => {
	machine.other = false;
	Object.assign(versions.now, PLAIN_VERSIONS);
});

function certified(): Home {
	const home = emptyHome();
	smallSessions(home, 0, 5);
	return home;
}

/** Demo with the configuration that was certified, or a changed one. */
function demo(home: Home, config: Partial<SessionConfig> = {}, limits: StageLimits = LIMITS): StageVerdict {
	return judgeStage(home, { mode: "demo", config: smallConfig(6, { mode: "demo", config }), limits, venue: "mt5", nowMs: FIRST_WALL + 6 * DAY });
}

function certificateFile(home: Home): string {
	const folder = join(home.root, "certificates");
	return join(folder, readdirSync(folder)[0] ?? "");
}

describe("a certificate (G-15)", () => {
	it("opens demo as it was issued", () => {
		expect(demo(certified())).toMatchObject({ kind: "full", certificate: { problem: null } });
		expect(Object.keys(VERSIONS)).toHaveLength(3);
	});

	it("opens nothing with any single field of its file changed, and the field is named", () => {
		const home = certified();
		const file = certificateFile(home);
		const original = readFileSync(file, "utf8");
		const paths = pathsOf(JSON.parse(original));
		for (const path of paths) {
			const changed = JSON.parse(original) as Record<string, unknown>;
			changeAt(changed, path);
			writeFileSync(file, `${canonicalJson(changed)}\n`, { mode: 0o600 });
			const { kind, certificate } = demo(home);
			expect(kind, path.join(".")).toBe("rehearsal");
			expect(certificate?.problem, path.join(".")).toContain(path[0] === "mac" ? "signature" : (path[0] ?? ""));
		}
		expect(paths.length).toBeGreaterThan(200);
		writeFileSync(file, original, { mode: 0o600 });
		expect(demo(home).kind).toBe("full");
	}, 60_000);

	it.each<[string, (home: Home) => void, string]>([
		["its file is gone", (home) => rmSync(certificateFile(home)), "is missing"],
		["its file is empty", (home) => writeFileSync(certificateFile(home), "", { mode: 0o600 }), "damaged"],
		[
			"its file has a field more",
			(home) =>
				writeFileSync(certificateFile(home), `${canonicalJson({ ...(JSON.parse(readFileSync(certificateFile(home), "utf8")) as object), extra: 1 })}\n`, {
					mode: 0o600,
				}),
			"extra is 1 in its file",
		],
		[
			"its file is formatted anew",
			(home) => writeFileSync(certificateFile(home), JSON.stringify(JSON.parse(readFileSync(certificateFile(home), "utf8")), null, 2), { mode: 0o600 }),
			"rewritten",
		],
		[
			"others may change its file",
			(home) => {
				chmodSync(certificateFile(home), 0o644);
			},
			"Others may read or change",
		],
	])("opens nothing when %s", (_name, damage, why) => {
		const home = certified();
		damage(home);
		expect(demo(home)).toMatchObject({ kind: "rehearsal", certificate: { problem: expect.stringContaining(why) } });
	});

	it("is refused on another machine, and so is the whole ledger", () => {
		const home = certified();
		machine.other = true;
		expect(demo(home)).toMatchObject({ kind: "refused", missing: [expect.stringContaining("machine: it was begun on another machine")] });
	});

	it("is not good before it was issued: a clock that was set back", () => {
		const home = certified();
		const verdict = judgeStage(home, { mode: "demo", config: smallConfig(6, { mode: "demo" }), limits: LIMITS, venue: "mt5", nowMs: FIRST_WALL });
		expect(verdict.certificate?.problem).toContain("lies in the future");
	});

	it("is not good for random edits of its file", () => {
		const home = certified();
		const file = certificateFile(home);
		const original = readFileSync(file);
		fc.assert(
			fc.property(fc.nat(original.length - 1), fc.nat(255), (at, byte) => {
				fc.pre(original[at] !== byte);
				const bytes = Buffer.from(original);
				bytes[at] = byte;
				writeFileSync(file, bytes, { mode: 0o600 });
				expect(demo(home).kind).toBe("rehearsal");
			}),
			{ numRuns: 60 },
		);
	}, 60_000);
});

describe("a binding (G-15)", () => {
	const instrument = smallConfig(0).instrument;
	it.each<[string, Partial<SessionConfig>, string]>([
		["another agent", { agent: { ...smallConfig(0).agent, id: "berserker", params: {} } }, ""],
		["another symbol", { instrument: { ...instrument, symbol: "OTHER" } }, ""],
		["other digits", { instrument: { ...instrument, digits: 4 } }, "digits of the symbol is 4, was 5"],
		["another volume step", { instrument: { ...instrument, volumeStep: 0.1 } }, "volume step of the symbol is 0.1"],
		["another contract size", { instrument: { ...instrument, contractSize: 1 } }, "contract size of the symbol is 1, was 100000"],
		["another timeframe", { timeframeMinutes: 5 }, "timeframe is 5, was 1"],
		["another warm-up", { warmupBars: 2 }, "bars of warm-up is 2, was 1"],
		["a lower threshold", { chsThreshold: 0.5 }, "CHS threshold is 0.5, was 0.55"],
		["a higher risk", { riskPct: 1.5 }, "risk is 1.5 %, was 1 %"],
		["a threshold that is no number", { chsThreshold: Number.NaN }, "CHS threshold is NaN"],
		["a risk that is no number", { riskPct: Number.NaN }, "risk is NaN"],
	])("with %s is not covered, and the field is named", (_name, config, named) => {
		const verdict = demo(certified(), config);
		expect(verdict.kind).toBe("refused");
		expect(verdict.certificate?.problem ?? "").toContain(named);
	});

	it.each([
		["engineVersion", "2", "version of Kinetra is 2, was 1"],
		["bridgeProtocol", 2, "protocol of the bridge is 2"],
		["observationVersion", "obs-2", "version of the observation is obs-2"],
	] as const)("of another program (%s) is not covered", (field, value, named) => {
		const home = certified();
		Object.assign(versions.now, { [field]: value });
		expect(demo(home)).toMatchObject({ kind: "refused", certificate: { problem: expect.stringContaining(named) } });
	});

	it("with any limit of any stage loosened is not covered, tightened it is", () => {
		const home = certified();
		for (const mode of ["virtual", "demo", "live"] as const) {
			for (const key of Object.keys(RULES) as RuleKey[]) {
				const row = RULES[key];
				const now = LIMITS[mode][key];
				const [looser, tighter] =
					row.kind === "flag"
						? [false, true]
						: row.tighter === "lower"
							? [(now as number) + 1, (now as number) - 0.001]
							: [(now as number) - 0.001, (now as number) + 1];
				const limits = (value: number | boolean): StageLimits => ({ ...LIMITS, [mode]: { ...LIMITS[mode], [key]: value } });
				expect(demo(home, {}, limits(looser)).certificate?.problem, `${mode} ${key} looser`).toContain(`limit ${key} of ${mode}`);
				expect(demo(home, {}, limits(tighter)).kind, `${mode} ${key} tighter`).toBe("full");
			}
		}
	}, 120_000);
});

describe("a journal (G-15)", () => {
	it.each<[string, (lines: string[]) => string[], string]>([
		["a loss made a gain", (lines) => lines.map((line) => line.replace('"r":-1', '"r":11')), "broken at line"],
		["a loss taken out", (lines) => lines.filter((line) => !line.includes('"r":-1')), "broken at line"],
		["its tail cut", (lines) => lines.slice(0, -3), "the ledger says line"],
		["every hash made right again", (lines) => rechain(lines.map((line) => line.replace('"r":-1', '"r":1'))), "ends at line"],
		["another configuration", (lines) => rechain(lines.map((line) => line.replace(/"configHash":"[0-9a-f]/, '"configHash":"x'))), "ends at line"],
		["nothing in it", () => [], "ends at line 0"],
	])("with %s breaks the evidence of its binding", (_name, forge, why) => {
		const home = emptyHome();
		const { journal } = smallSession(home, 0);
		const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
		const forged = forge(lines);
		writeFileSync(journal, forged.length === 0 ? "" : `${forged.join("\n")}\n`, { mode: 0o600 });
		expect(standings(home, FIRST_WALL)[0]?.broken).toContain(why);
	});

	it("that is remembered is read again when it was touched, and a memory that was edited is not believed", () => {
		const home = emptyHome();
		const { journal, id } = smallSession(home, 0);
		const memory = join(home.root, "evidence", `${id}.json`);
		const text = readFileSync(memory, "utf8");
		writeFileSync(memory, text.replaceAll('"r":-1', '"r":9'), { mode: 0o600 });
		const wins = (): string | undefined => standings(home, FIRST_WALL)[0]?.gates[0]?.requirements.find(({ name }) => name === "losing trades")?.value;
		expect(wins()).toBe("2");
		writeFileSync(journal, readFileSync(journal, "utf8").replace('"r":-1', '"r":-2'), { mode: 0o600 });
		utimesSync(journal, new Date(1), new Date(2));
		expect(standings(home, FIRST_WALL)[0]?.broken).toContain("broken at line");
	});

	it("of a session that was ended by force counts with its losses, and an empty one is no damage", () => {
		const home = emptyHome();
		const { journal } = smallSession(home, 0, { ends: "never" });
		const gate = () => standings(home, FIRST_WALL)[0]?.gates[0];
		expect(gate()).toMatchObject({ trades: 2, sessions: [{ counts: "losses", why: expect.stringContaining("never came to an end") }] });
		writeFileSync(journal, "", { mode: 0o600 });
		expect(gate()).toMatchObject({ trades: 0, verdict: "closed" });
		rmSync(journal);
		expect(gate()).toMatchObject({ verdict: "broken" });
		expect(readLedger(home).broken).toBeNull();
	});
});

function rechain(lines: readonly string[]): string[] {
	let head = GENESIS;
	return lines.map((text) => {
		const { n, at, tick, kind, data } = JSON.parse(text) as { n: number; at: number; tick: number; kind: string; data: unknown };
		const made = encodeLine(n, at, tick, kind, data, head);
		head = made.hash;
		return made.line;
	});
}

function pathsOf(value: unknown): string[][] {
	if (typeof value !== "object" || value === null) return [[]];
	return Object.entries(value).flatMap(([key, one]) => pathsOf(one).map((path) => [key, ...path]));
}

function changeAt(target: Record<string, unknown>, [key = "", ...rest]: readonly string[]): void {
	const value = target[key];
	if (rest.length > 0) changeAt(value as Record<string, unknown>, rest);
	else target[key] = typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : value === null ? "x" : `${String(value)}x`;
}
