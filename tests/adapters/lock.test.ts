import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockOwner, tryLock, waitForLock } from "../../src/adapters/lock.ts";

function fresh(): { folder: string; path: string } {
	const folder = mkdtempSync(join(tmpdir(), "kinetra-lock-"));
	return { folder, path: join(folder, "engine.lock") };
}

/** The number of a process that has just ended. */
function deadPid(): number {
	return spawnSync(process.execPath, ["-e", ""]).pid;
}

describe("a lock", () => {
	it("is held by one, names its owner to the second, and is free again when released", () => {
		const { folder, path } = fresh();
		const first = tryLock(path);
		expect(first.held).toBe(true);
		const second = tryLock(path);
		expect(second).toMatchObject({ held: false, owner: { pid: process.pid, host: hostname() } });
		expect(lockOwner(path)?.pid).toBe(process.pid);
		if (first.held) first.release();
		expect(lockOwner(path)).toBeNull();
		expect(tryLock(path).held).toBe(true);
		expect(readdirSync(folder)).toEqual(["engine.lock"]);
	});

	it("of a process that died is taken over", () => {
		const { path } = fresh();
		writeFileSync(path, JSON.stringify({ pid: deadPid(), started: null, host: hostname() }));
		expect(lockOwner(path)).toBeNull();
		expect(tryLock(path).held).toBe(true);
	});

	it.runIf(process.platform === "linux")("of a process whose number was given to another is taken over", () => {
		const { path } = fresh();
		writeFileSync(path, JSON.stringify({ pid: process.pid, started: "1", host: hostname() }));
		expect(tryLock(path).held).toBe(true);
	});

	it("of another machine is left alone: nobody here can know whether it is alive", () => {
		const { path } = fresh();
		writeFileSync(path, JSON.stringify({ pid: 1, started: null, host: "elsewhere" }));
		expect(tryLock(path)).toMatchObject({ held: false, owner: { host: "elsewhere" } });
		expect(waitForLock(path, 40).held).toBe(false);
	});

	it("that is damaged belongs to nobody", () => {
		const { path } = fresh();
		writeFileSync(path, "{");
		expect(tryLock(path).held).toBe(true);
	});

	it("is not removed by one who lost it", () => {
		const { path } = fresh();
		const mine = tryLock(path);
		writeFileSync(path, "somebody else's");
		if (mine.held) mine.release();
		expect(existsSync(path)).toBe(true);
		expect(readFileSync(path, "utf8")).toBe("somebody else's");
	});
});
