import { afterEach, describe, expect, it } from "vitest";
import { Failure } from "../../src/adapters/failure.ts";
import { createPool, type Pool } from "../../src/pool/pool.ts";
import type { OWN_TASKS } from "./own-tasks.ts";

const ENTRY = new URL("./own-worker.ts", import.meta.url);
const pools: Pool<typeof OWN_TASKS>[] = [];

function poolOf(workers: number): Pool<typeof OWN_TASKS> {
	const pool = createPool<typeof OWN_TASKS>({ workers, entry: ENTRY });
	pools.push(pool);
	return pool;
}

/** Waits until a thread has said that it has begun. */
async function begin(begun: Int32Array): Promise<void> {
	while (Atomics.load(begun, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

afterEach(async () => {
	for (const pool of pools.splice(0)) await pool.close();
});

describe("pool", { timeout: 60_000 }, () => {
	it("performs many tasks on few threads, each answer with its question", async () => {
		const pool = poolOf(2);
		const values = Array.from({ length: 40 }, (_, index) => index);
		expect(await Promise.all(values.map((value) => pool.run("double", value)))).toEqual(values.map((value) => value * 2));
	});

	it("performs as many tasks at the same time as it has workers", async () => {
		const pool = poolOf(2);
		const met = new Int32Array(new SharedArrayBuffer(4));
		const threads = await Promise.all([pool.run("meet", { met, count: 2 }), pool.run("meet", { met, count: 2 })]);
		expect(new Set(threads).size).toBe(2);
	});

	it("moves a buffer that it is told to move", async () => {
		const bytes = new Uint8Array(1000);
		expect(await poolOf(1).run("length", bytes, { transfer: [bytes.buffer] })).toBe(1000);
		expect(bytes.length).toBe(0);
	});

	it("gives its threads the environment without what is secret", async () => {
		process.env.KINETRA_TOKEN = "a-token-that-must-not-travel";
		process.env.KINETRA_TOKEN_FILE = "/somewhere/token";
		try {
			expect(await poolOf(1).run("environment", null)).toEqual({ token: null, file: null, path: process.env.PATH ?? null });
		} finally {
			delete process.env.KINETRA_TOKEN;
			delete process.env.KINETRA_TOKEN_FILE;
		}
	});

	it("hands a task's failure on with its exit code", async () => {
		const error = await poolOf(1)
			.run("refuse", null)
			.catch((reason: unknown) => reason);
		expect(error).toBeInstanceOf(Failure);
		expect(error).toMatchObject({ exitCode: 3, message: "The file is empty." });
	});

	it.each([
		["throws", /^Task "throws" failed: no such field$/],
		["crash", /^Task "crash": its thread died: out of the blue$/],
		["exit", /^Task "exit" failed: it asked for the end of the program \(exit code 7\)$/],
	] as const)("names task and cause when a task does this: %s; the next task finds a thread", async (task, message) => {
		const pool = poolOf(1);
		await expect(pool.run(task, null)).rejects.toThrow(message);
		expect(await pool.run("double", 4)).toBe(8);
	});

	it("names a task that does not exist", async () => {
		await expect(poolOf(1).run("fly" as "double", 1)).rejects.toThrow('Task "fly" failed: there is no such task');
	});

	it("gives up at once what runs for ever and what waits behind it, and goes on with the rest", async () => {
		const pool = poolOf(1);
		const begun = new Int32Array(new SharedArrayBuffer(4));
		const stop = new AbortController();
		const running = pool.run("never", { begun }, { signal: stop.signal }).catch((error: Error) => error.name);
		const waiting = Array.from({ length: 30 }, () => pool.run("double", 1, { signal: stop.signal }).catch((error: Error) => error.name));
		await begin(begun);
		stop.abort();
		expect(await running).toBe("AbortError");
		expect(new Set(await Promise.all(waiting))).toEqual(new Set(["AbortError"]));
		expect(await pool.run("double", 5)).toBe(10);
	});

	it("fails every task when the threads' file cannot be loaded", async () => {
		const pool = createPool<typeof OWN_TASKS>({ workers: 1, entry: new URL("./not-there.ts", import.meta.url) });
		pools.push(pool);
		await expect(pool.run("double", 1)).rejects.toThrow(/^Task "double": its thread died: .*not-there/);
		await expect(pool.run("double", 1)).rejects.toThrow(/^Task "double": its thread died: /);
	});

	it("refuses a task whose signal has already spoken", async () => {
		await expect(poolOf(1).run("double", 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
	});

	it("ends a thread that is at work when it is closed", async () => {
		const pool = poolOf(1);
		const begun = new Int32Array(new SharedArrayBuffer(4));
		const running = pool.run("never", { begun }).catch((error: Error) => error.message);
		await begin(begun);
		await pool.close();
		expect(await running).toMatch(/^Task "never": its thread died/);
	});
});
