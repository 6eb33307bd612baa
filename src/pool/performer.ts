import { Failure } from "../adapters/failure.ts";
import type { TaskTable } from "./tasks.ts";

/** What a thread is asked: the name of a task, and its data. */
export type Asked = { readonly task: string; readonly data: unknown };

/**
 * What came of a task. Errors cross as text: of an error object the way between threads keeps neither kind nor exit code. `exitCode` is null for a
 * bug, whose `trace` tells where it was.
 */
export type Outcome =
	| { readonly ok: true; readonly result: unknown }
	| { readonly ok: false; readonly message: string; readonly exitCode: number | null; readonly trace: string };

/** The thread's side of a pool: performs the tasks of a table and never rejects. */
export function performerOf(tasks: TaskTable): (asked: Asked) => Promise<Outcome> {
	refuseExit();
	return async ({ task, data }) => {
		try {
			const perform = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
			if (perform === undefined) throw new Error("there is no such task");
			return { ok: true, result: await perform(data as never) };
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			const trace = error instanceof Error ? (error.stack ?? "") : "";
			return { ok: false, message, exitCode: error instanceof Failure ? error.exitCode : null, trace };
		}
	};
}

/**
 * A task that ended its thread would never be answered, and whoever waits for it would wait for ever. An error that nobody has caught ends the thread in
 * the same way, after its parent has been told: that must go on.
 */
function refuseExit(): void {
	const exit = process.exit;
	let dying = false;
	process.on("uncaughtExceptionMonitor", () => {
		dying = true;
	});
	process.exit = (code) => {
		if (dying) return exit(code);
		throw new Error(`it asked for the end of the program (exit code ${code ?? 0})`);
	};
}
