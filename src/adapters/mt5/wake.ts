/** Where the session waits for its broker and its quotes at once: whoever has something new calls `wake`. */
export type Wake = {
	/** There is something to look at. Remembered when nobody waits: the next `wait` returns at once. Costs nothing when called often. */
	wake(): void;
	/** Resolves after the next `wake` (also one since the last `wait` came back), or after `ms` (0 or more; not finite or negative counts as 0). */
	wait(ms: number): Promise<void>;
};

/** Longest wait that a timer of Node takes (ms); a longer one would fire at once. */
const LONGEST_MS = 2_147_483_647;

/** A new one, with nothing to look at. */
export function createWake(): Wake {
	let isNew = false;
	const waiting = new Set<() => void>();
	return {
		wake() {
			isNew = true;
			for (const done of waiting) done();
		},
		wait(ms) {
			if (isNew) {
				isNew = false;
				return Promise.resolve();
			}
			return new Promise((resolve) => {
				const done = (): void => {
					clearTimeout(timer);
					waiting.delete(done);
					isNew = false;
					resolve();
				};
				const timer = setTimeout(done, ms > 0 ? Math.min(ms, LONGEST_MS) : 0);
				waiting.add(done);
			});
		},
	};
}
