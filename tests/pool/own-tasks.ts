import { threadId } from "node:worker_threads";
import { Failure } from "../../src/adapters/failure.ts";

/** Tasks that do what a thread must survive, or must not. */
export const OWN_TASKS = {
	double: async (value: number) => value * 2,
	environment: async (_: null) => ({ token: process.env.KINETRA_TOKEN ?? null, file: process.env.KINETRA_TOKEN_FILE ?? null, path: process.env.PATH ?? null }),
	/** Waits until `count` threads are in this task at the same time. */
	meet: async ({ met, count }: { met: Int32Array; count: number }) => {
		Atomics.add(met, 0, 1);
		while (Atomics.load(met, 0) < count) await new Promise((resolve) => setTimeout(resolve, 5));
		return threadId;
	},
	length: async (bytes: Uint8Array) => bytes.length,
	refuse: async (_: null) => {
		throw new Failure(3, "The file is empty.");
	},
	throws: async (_: null) => {
		throw new TypeError("no such field");
	},
	/** An error that nobody waits for. */
	crash: async (_: null) =>
		new Promise(() => {
			setTimeout(() => {
				throw new Error("out of the blue");
			}, 1);
		}),
	exit: async (_: null) => process.exit(7),
	never: async ({ begun }: { begun: Int32Array }) => {
		Atomics.store(begun, 0, 1);
		for (;;) Math.sqrt(2);
	},
};
