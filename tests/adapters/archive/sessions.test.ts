import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
	createSession,
	findSession,
	listSessionIds,
	newSessionId,
	readStart,
	readSummary,
	runningBy,
	sessionFolder,
} from "../../../src/adapters/archive/sessions.ts";
import { type Home, homeAt, prepareHome } from "../../../src/adapters/home.ts";

function fresh(): Home {
	const home = homeAt({ KINETRA_HOME: join(mkdtempSync(join(tmpdir(), "kinetra-sessions-")), "home") });
	prepareHome(home);
	return home;
}

describe("session folders", () => {
	it("have ids that sort by time, also within a millisecond", () => {
		const ids = Array.from({ length: 50 }, () => newSessionId(1_700_000_000_000));
		expect([...ids].sort()).toEqual(ids);
		expect(new Set(ids).size).toBe(50);
	});

	it("are run by one engine: the second is refused with exit 4 and the name of the first", () => {
		const home = fresh();
		const id = newSessionId(1);
		const first = createSession(home, id);
		expect(runningBy(first.files)).toBe(process.pid);
		expect(() => createSession(home, id)).toThrow(expect.objectContaining({ exitCode: 4, message: expect.stringContaining(`process ${process.pid}`) }));
		first.release();
		expect(runningBy(first.files)).toBeNull();
		createSession(home, id).release();
	});

	it("are found by the beginning of the id, and by `last`", () => {
		const home = fresh();
		expect(() => findSession(home, "last")).toThrow(/no session in .* yet/);
		for (const id of ["01ARZ3NDEKTSV4RRFFQ69G5FAA", "01ARZ3NDEKTSV4RRFFQ69G5FAB", "01BRZ3NDEKTSV4RRFFQ69G5FAC"])
			mkdirSync(join(home.sessions, id), { mode: 0o700 });
		mkdirSync(join(home.sessions, "not-a-session"));
		expect(listSessionIds(home).length).toBe(3);
		expect(findSession(home, "last").id).toBe("01BRZ3NDEKTSV4RRFFQ69G5FAC");
		expect(findSession(home, "01b").id).toBe("01BRZ3NDEKTSV4RRFFQ69G5FAC");
		expect(() => findSession(home, "01A")).toThrow(/2 sessions begin with 01A: .* Give more of the id/);
		expect(() => findSession(home, "zzz")).toThrow(/no session zzz/);
		expect(() => findSession(home, "../../etc")).toThrow(/no session/);
		expect(() => findSession(home, "")).toThrow(/no session/);
	});

	it("with damaged files are refused with the file's name", () => {
		const home = fresh();
		const files = sessionFolder(home, "01ARZ3NDEKTSV4RRFFQ69G5FAA");
		mkdirSync(files.folder, { mode: 0o700 });
		expect(readSummary(files)).toBeNull();
		expect(() => readStart(files)).toThrow(/config.json is missing/);
		writeFileSync(files.summary, '{"sessionId":"other"}', { mode: 0o600 });
		expect(() => readSummary(files)).toThrow(/is not the summary of session/);
		writeFileSync(files.config, "{", { mode: 0o600 });
		expect(() => readStart(files)).toThrow(/config.json is damaged/);
		writeFileSync(files.config, '{"format":2}', { mode: 0o600 });
		expect(() => readStart(files)).toThrow(/is not the configuration of session/);
	});
});
