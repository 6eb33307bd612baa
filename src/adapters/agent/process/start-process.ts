import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { reasonOf } from "../../reason.ts";
import type { AgentProgram } from "../loaded.ts";
import { endGroup, isGroupAlive } from "./end-group.ts";
import { environmentOfProgram } from "./environment.ts";
import type { ProgramLimits } from "./limits.ts";
import { createLineReader } from "./line-reader.ts";
import { remember } from "./running.ts";

/** One run of a program, from its start to its end. */
export type ProgramProcess = {
	/** Hands it a line; false when it is gone or does not read what it was sent. */
	send(line: string): boolean;
	/** What it writes is counted anew: it has been asked something. */
	allowOutput(): void;
	/** Its input ends, then SIGTERM, then SIGKILL; resolves when nothing of its process group is alive. */
	end(): Promise<void>;
	endByForce(): void;
};

/** Whom the news of a run go to. */
export type ProcessNews = {
	onLine(line: string): void;
	onComplaint(bytes: Buffer): void;
	/** Its output cannot be followed any more: too long a line, too much, or closed. It is being ended. */
	onFault(what: string): void;
	/** It has ended, in words; told once. */
	onEnd(how: string): void;
};

/** How long a program may live on without its stdout (ms). */
const CLOSED_MS = 250;
/** How often the end of a group is looked for (ms). */
const LOOK_MS = 10;

/**
 * Starts a program without a shell, in a process group of its own (Ctrl-C of the terminal does not reach it), with a clean environment. When Kinetra is
 * gone, however that came, its input ends.
 */
export function startProcess({ command, folder }: Pick<AgentProgram, "command" | "folder">, limits: ProgramLimits, news: ProcessNews): ProgramProcess {
	const [program = "", ...args] = command;
	const child = spawn(program, args, {
		cwd: folder,
		env: environmentOfProgram(process.env),
		stdio: ["pipe", "pipe", "pipe"],
		detached: process.platform !== "win32",
		windowsHide: true,
	});
	const endByForce = (): void => endGroup(child, "SIGKILL");
	const forget = remember(endByForce);
	let isOver = false;
	const over = (how: string): void => {
		if (isOver) return;
		isOver = true;
		// What it has started does not stay behind; nothing that is still in the pipes counts any more.
		endByForce();
		forget();
		for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
		news.onEnd(how);
	};
	const fault = (what: string): void => {
		if (isOver) return;
		news.onFault(what);
		void endInOrder(child, limits);
	};
	const reader = createLineReader(limits, news.onLine, fault);
	child.stdout.on("data", (bytes: Buffer) => {
		if (!isOver) reader.take(bytes);
	});
	// The output of a program that ends is closed a moment before: then its end is the news.
	child.stdout.on("end", () => setTimeout(fault, CLOSED_MS, "has closed its stdout").unref());
	child.stderr.on("data", news.onComplaint);
	// An error of a pipe is news of an end, which comes by itself.
	for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on("error", () => {});
	child.on("error", (error) => over(`cannot be started: ${reasonOf(error)}`));
	child.on("exit", (code, signal) => {
		// Its last words may still be in the pipes; a turn of the loop reads what is there.
		setImmediate(() => setImmediate(() => over(signal === null ? `has ended (exit ${code})` : `was ended by ${signal}`)));
	});
	return {
		send(line) {
			if (isOver || !child.stdin.writable || child.stdin.writableLength > limits.pendingBytesMax) return false;
			child.stdin.write(line);
			return true;
		},
		allowOutput: reader.allow,
		end: () => endInOrder(child, limits),
		endByForce,
	};
}

async function endInOrder(child: ChildProcessWithoutNullStreams, limits: ProgramLimits): Promise<void> {
	if (child.pid === undefined) return;
	child.stdin.end();
	if (!(await endsWithin(child, limits.endMs))) endGroup(child, "SIGTERM");
	if (!(await endsWithin(child, limits.killMs))) endGroup(child, "SIGKILL");
	await endsWithin(child, limits.killMs);
	// Children that it left behind are in its group still.
	endGroup(child, "SIGKILL");
	for (let left = limits.killMs; left > 0 && isGroupAlive(child); left -= LOOK_MS) await pause(LOOK_MS);
}

async function endsWithin(child: ChildProcessWithoutNullStreams, ms: number): Promise<boolean> {
	if (child.exitCode !== null || child.signalCode !== null) return true;
	const patience = new AbortController();
	const ended = await Promise.race([once(child, "exit").then(() => true), pause(ms, false, { signal: patience.signal }).catch(() => true)]);
	patience.abort();
	return ended;
}
