import { readFileSync } from "node:fs";

/** Between two looks at a process's memory. */
const LOOK_MS = 100;

/**
 * Calls `over` once when a process takes more memory than it may, with how much, MB. Only Linux tells of other processes cheaply; elsewhere the heap's
 * own limit must do. Returns how to stop looking.
 */
export function watchMemory(pid: number | undefined, limitMb: number, over: (mb: number) => void): () => void {
	if (pid === undefined || process.platform !== "linux") return () => {};
	const timer = setInterval(() => {
		const mb = residentMb(pid);
		if (mb === null || mb <= limitMb) return;
		clearInterval(timer);
		over(Math.round(mb));
	}, LOOK_MS);
	timer.unref();
	return () => clearInterval(timer);
}

/** Memory that a process really takes; null when it is gone. */
function residentMb(pid: number): number | null {
	try {
		const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
		return found === null ? null : Number(found[1]) / 1024;
	} catch {
		return null;
	}
}
