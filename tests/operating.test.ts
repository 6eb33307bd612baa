import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { homeAt, prepareHome } from "../src/adapters/home.ts";
import { CHECKS } from "../src/commands/connection/checks.ts";
import { doctor } from "../src/commands/doctor.ts";
import type { CheckRow } from "../src/print/check-row.ts";
import { recordingTerminal } from "./helpers/recording-terminal.ts";

const TEXT = readFileSync(new URL("../docs/OPERATING.md", import.meta.url), "utf8");

/** The rows `| \`id\` | label | meaning |` of the document, in their order. */
const ROWS = [...TEXT.matchAll(/^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, id = "", label = "", meaning = ""]) => ({ id, label, meaning }));

afterEach(() => vi.unstubAllEnvs());

describe("docs/OPERATING.md", () => {
	it("explains every row of the connection test by its name, in its order", () => {
		const told = ROWS.slice(0, CHECKS.length).map(({ id, label }) => ({ id, label }));
		expect(told).toEqual(CHECKS.map(({ id, label }) => ({ id, label })));
	});

	it("explains every row of the doctor besides, and none that there is not", async () => {
		const folder = mkdtempSync(join(tmpdir(), "kinetra-operating-"));
		vi.spyOn(process, "cwd").mockReturnValue(folder);
		for (const name of ["KINETRA_BRIDGE", "KINETRA_TOKEN_FILE"]) vi.stubEnv(name, undefined);
		const home = homeAt({ KINETRA_HOME: join(folder, "home") });
		prepareHome(home);
		const terminal = recordingTerminal();
		await doctor({ command: "doctor", bridge: null, tokenFile: null, symbol: "EURUSD", json: true }, home, terminal);
		const rows = terminal.printed.slice(0, -1).map((line) => JSON.parse(line) as CheckRow);
		const own = rows.filter(({ id }) => !CHECKS.some((check) => check.id === id)).map(({ id, label }) => ({ id, label }));
		expect(ROWS.slice(CHECKS.length).map(({ id, label }) => ({ id, label }))).toEqual(own);
	});

	it("says of each what it means", () => {
		for (const { id, meaning } of ROWS) expect(meaning.trim().length, id).toBeGreaterThan(10);
	});

	it("has at least forty acceptance cards, numbered without a gap, each said to be assumed or observed", () => {
		const cards = [...TEXT.matchAll(/^\| (OP-\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)];
		expect(cards.length).toBeGreaterThanOrEqual(40);
		expect(cards.map(([, id]) => id)).toEqual(cards.map((_, index) => `OP-${String(index + 1).padStart(2, "0")}`));
		for (const [, id, , , result = ""] of cards) expect(result, id).toMatch(/^(assumed|observed)\b/);
	});
});
