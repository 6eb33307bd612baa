import { setMaxListeners } from "node:events";
import type { Transferable } from "node:worker_threads";
import { Tinypool } from "tinypool";
import { environmentOfWorker } from "../adapters/dot-env.ts";
import { Failure } from "../adapters/failure.ts";
import type { Asked, Outcome } from "./performer.ts";
import type { DataOf, ResultOf, TASKS, TaskTable } from "./tasks.ts";

/** What a task may be given besides its data: what gives it up, and buffers that move to the thread instead of being copied. */
export type TaskOptions = { readonly signal?: AbortSignal; readonly transfer?: readonly Transferable[] };

/** Threads that perform tasks side by side. Tasks wait in the order asked for; what a thread keeps between two tasks is its own affair. */
export type Pool<Table extends TaskTable = typeof TASKS> = {
	/** Threads at work at the same time. */
	readonly workers: number;
	/**
	 * Performs a task in the next free thread. Rejects with the task's own `Failure`; with an `Error` that names task and cause for a bug or a thread
	 * that died; and with an `AbortError` at once when `signal` says so, wherever the task is.
	 */
	run<Name extends keyof Table & string>(task: Name, data: DataOf<Table, Name>, options?: TaskOptions): Promise<ResultOf<Table, Name>>;
	/** Ends every thread, whatever it is doing; tasks still waited for reject. Resolves when they are gone. */
	close(): Promise<void>;
};

/** How many threads, at least one; `entry` is the threads' own file, of which only tests have another. */
export type PoolOptions = { readonly workers: number; readonly entry?: URL };

/**
 * Starts a pool. Its threads get no secrets and keep no program alive that has nothing else to do: close it anyway, in a `finally`.
 */
export function createPool<Table extends TaskTable = typeof TASKS>({ workers, entry = ownEntry() }: PoolOptions): Pool<Table> {
	const pool = new Tinypool({
		filename: bootOf(entry),
		name: "performTask",
		minThreads: workers,
		maxThreads: workers,
		// A thread that sleeps in a lock between its tasks would not hear of ports and programs that close.
		useAtomics: false,
		env: environmentOfWorker(process.env) as Record<string, string>,
	});
	const { died, onError } = watchIdle();
	pool.on("error", onError);
	return {
		workers,
		async run(task, data, { signal, transfer = [] } = {}) {
			// Every task that waits listens to the same signal: that is no leak.
			if (signal !== undefined) setMaxListeners(0, signal);
			const asked: Asked = { task, data };
			const options = { transferList: [...transfer] as never, ...(signal === undefined ? {} : { signal }) };
			const outcome = (await Promise.race([pool.run(asked, options), died]).catch((error: unknown) => {
				throw signal?.aborted === true ? error : lostThread(task, error);
			})) as Outcome;
			if (!outcome.ok) throw failureOf(task, outcome);
			return outcome.result as never;
		},
		close: () => pool.destroy(),
	};
}

/** A thread that dies while it has nothing to do (its file cannot be loaded, a task left something running) fails whatever is asked from then on. */
function watchIdle(): { readonly died: Promise<never>; onError(error: unknown): void } {
	let onError: (error: unknown) => void = () => {};
	const died = new Promise<never>((_, reject) => {
		onError = reject;
	});
	died.catch(() => {});
	return { died, onError };
}

function lostThread(task: string, error: unknown): Error {
	const message = error instanceof Error ? error.message : String(error);
	return new Error(`Task "${task}": its thread died: ${message}`, { cause: error });
}

function failureOf(task: string, { message, exitCode, trace }: Extract<Outcome, { ok: false }>): Error {
	if (exitCode !== null) return new Failure(exitCode, message);
	const error = new Error(`Task "${task}" failed: ${message}`);
	error.stack = `${error.message}\n${trace}`;
	return error;
}

/** The threads' file: beside this one in the sources, at the top of the built program, whose parts lie one folder below (scripts/build.mjs). */
function ownEntry(): URL {
	return import.meta.url.endsWith(".ts") ? new URL("./worker.ts", import.meta.url) : new URL("../pool-worker.mjs", import.meta.url);
}

/** What a thread loads first. From the sources (tsx, vitest) it needs what reads TypeScript: Node hands that on to no thread. */
function bootOf(entry: URL): string {
	if (!entry.pathname.endsWith(".ts")) return entry.href;
	const boot = `import { register } from ${JSON.stringify(import.meta.resolve("tsx/esm/api"))};
register();
export const { performTask } = await import(${JSON.stringify(entry.href)});`;
	return `data:text/javascript,${encodeURIComponent(boot)}`;
}
