/** What ends by force each program that runs for this thread. */
const RUNNING = new Set<() => void>();

/** Remembers how a program is ended by force, for the ways out on which nothing can be waited for; returns what forgets it. */
export function remember(endByForce: () => void): () => void {
	if (RUNNING.size === 0) process.once("exit", endProgramsNow);
	RUNNING.add(endByForce);
	return () => {
		RUNNING.delete(endByForce);
		if (RUNNING.size === 0) process.off("exit", endProgramsNow);
	};
}

/** Ends every program of this thread by force, at once: the process is about to go. */
export function endProgramsNow(): void {
	for (const endByForce of RUNNING) endByForce();
}
