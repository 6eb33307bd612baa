import type { ChildProcess } from "node:child_process";

/**
 * Sends a signal to a program and everything it has started in its process group. Windows has no groups: there only the program itself gets it. A program
 * that is gone already is no trouble.
 */
export function endGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
	const { pid } = child;
	if (pid === undefined) return;
	if (process.platform === "win32") {
		child.kill(signal);
		return;
	}
	try {
		process.kill(-pid, signal);
	} catch {
		// No such group: it has ended.
	}
}

/** True while anything of the program's group is alive (or not yet collected by the system). */
export function isGroupAlive(child: ChildProcess): boolean {
	if (child.pid === undefined) return false;
	if (process.platform === "win32") return child.exitCode === null && child.signalCode === null;
	try {
		process.kill(-child.pid, 0);
		return true;
	} catch {
		return false;
	}
}
