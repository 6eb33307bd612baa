/** The name among `known` that a mistyped one most likely means, or null when none is close. */
export function nearestName(typed: string, known: readonly string[]): string | null {
	let best: string | null = null;
	let least = Math.max(2, Math.floor(typed.length / 3)) + 1;
	for (const name of known) {
		const distance = editDistance(typed.toLowerCase().slice(0, 64), name.toLowerCase());
		// With more than half of its letters wrong, nobody meant this name.
		if (distance < least && distance <= name.length / 2) [best, least] = [name, distance];
	}
	return best;
}

/** `; did you mean "X"?`, or nothing. */
export function suggestion(typed: string, known: readonly string[]): string {
	const name = nearestName(typed, known);
	return name === null ? "" : `; did you mean "${name}"?`;
}

/** Edits that turn `a` into `b`: insert, delete, replace, or swap two neighbours (the commonest slip). Names are short. */
function editDistance(a: string, b: string): number {
	let before: number[] = [];
	let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const current = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : replaced;
			current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, replaced, swapped));
		}
		before = previous;
		previous = current;
	}
	return previous[b.length] ?? 0;
}
