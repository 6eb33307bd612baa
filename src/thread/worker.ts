import { workerData } from "node:worker_threads";
import { takeToken } from "../adapters/dot-env.ts";
import { Failure } from "../adapters/failure.ts";
import { homeAt } from "../adapters/home.ts";
import { cleanData } from "./clean-data.ts";
import type { FromThread, ThreadStart } from "./protocol.ts";

/** What a task needs of its thread. */
export type Post = (message: FromThread) => void;

/**
 * The entry of a thread: does its one task and ends. Every message passes the door that makes texts safe. The port is closed at the end, so
 * that the other side knows that nothing more will come.
 */
export async function runThread(): Promise<void> {
	takeToken(process.env);
	const start = workerData as ThreadStart;
	const post: Post = (message) => start.port.postMessage(cleanData(message));
	try {
		await perform(start, post);
	} catch (error) {
		if (error instanceof Failure) post({ type: "refused", message: error.message, exitCode: error.exitCode });
		else post({ type: "failed", message: bugText(error) });
	} finally {
		start.port.close();
	}
}

/** Only the task asked for is loaded. */
async function perform(start: ThreadStart, post: Post): Promise<void> {
	const { task } = start;
	const home = homeAt({ KINETRA_HOME: task.root });
	switch (task.task) {
		case "session":
			return (await import("./session-task.ts")).runSessionTask(start, home, task, post);
		case "replay":
			return (await import("./replay-task.ts")).runReplayTask(start, home, task.sessionId, post);
		case "job":
			return post({ type: "answer", value: (await import("./perform-job.ts")).performJob(home, task.asked) });
	}
}

function bugText(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	const trace = process.env.KINETRA_DEBUG === "1" && error instanceof Error ? `\n${error.stack ?? ""}` : "";
	return `This is a bug in Kinetra: ${message}${trace}`;
}
