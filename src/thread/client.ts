import { MessageChannel, Worker, type WorkerOptions } from "node:worker_threads";
import { environmentOfThread } from "../adapters/dot-env.ts";
import { Failure } from "../adapters/failure.ts";
import type { JobAsked, JobName, JobTable } from "./jobs.ts";
import type { FromThread, Task, ThreadStart, ToThread } from "./protocol.ts";

/** The screen's end of a running thread. */
export type Thread = {
	post(message: ToThread): void;
	/**
	 * The process ends at once: asks the thread to write its journal, waits at most `waitMs` (nothing else runs meanwhile), then ends it.
	 * Returns whether the thread has answered; if not, what it had not written since its last flush (at most 100 ms) is lost.
	 */
	leave(waitMs: number): boolean;
	/** Ends the thread where it is; only for work that leaves nothing behind. */
	terminate(): void;
};

/** Hears a thread. `onExit` is called once, after the last message; `error` is what the thread died of, or null. */
export type ThreadListener = { onMessage(message: FromThread): void; onExit(error: string | null): void };

/** Starts a thread for a task. `entry` is the program's own file: main.ts, or what it was bundled into. */
export function startThread(entry: URL, task: Task, listener: ThreadListener): Thread {
	const { port1, port2 } = new MessageChannel();
	const left = new SharedArrayBuffer(4);
	const start: ThreadStart = { task, port: port2, left };
	const worker = workerOf(entry, { workerData: start, transferList: [port2], env: environmentOfThread(process.env) });
	// A replay has nothing to lose: it must not keep a program alive that has nothing else to do.
	if (task.task === "replay") worker.unref();
	let error: string | null = null;
	let open = 2;
	// The last messages may still be on their way when the thread is gone: both ends of its life are waited for.
	const onOver = (): void => {
		if (--open === 0) listener.onExit(error);
	};
	port1.on("message", (message: FromThread) => listener.onMessage(message));
	port1.once("close", onOver);
	if (task.task === "replay") port1.unref();
	worker.on("error", (reason: unknown) => {
		error = reason instanceof Error ? reason.message : String(reason);
	});
	worker.once("exit", onOver);
	return {
		post: (message) => port1.postMessage(message),
		leave(waitMs) {
			const flag = new Int32Array(left);
			port1.postMessage({ type: "leave" } satisfies ToThread);
			Atomics.wait(flag, 0, 0, waitMs);
			const answered = Atomics.load(flag, 0) === 1;
			void worker.terminate();
			return answered;
		},
		terminate: () => void worker.terminate(),
	};
}

/** A thread over the program's file. From the sources (`tsx src/main.ts`) it first needs what reads TypeScript: Node hands that on to no thread. */
function workerOf(entry: URL, options: WorkerOptions): Worker {
	if (!entry.pathname.endsWith(".ts")) return new Worker(entry, options);
	const boot = `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); });`;
	return new Worker(boot, { ...options, eval: true });
}

/**
 * Does a job in a thread of its own and gives its answer. Rejects with a `Failure` for the world's troubles and an `Error` for a bug;
 * the message is fit to be shown.
 */
export function runJob<Name extends JobName>(
	entry: URL,
	root: string,
	asked: Extract<JobAsked, { job: Name }>,
	start: typeof startThread = startThread,
): Promise<JobTable[Name]["answer"]> {
	return new Promise((resolve, reject) => {
		start(
			entry,
			{ task: "job", root, asked },
			{
				onMessage(message) {
					if (message.type === "answer") resolve(message.value as JobTable[Name]["answer"]);
					else if (message.type === "refused") reject(new Failure(message.exitCode, message.message));
					else if (message.type === "failed") reject(new Error(message.message));
				},
				// Settles nothing when an answer has come before.
				onExit: (error) => reject(new Error(error ?? "The thread ended without an answer.")),
			},
		);
	});
}
