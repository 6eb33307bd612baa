/** The name among `known` that a mistyped one most likely means, or null when none is close. */
export function nearestName(typed: string, known: readonly string[]): string | null {
	let best: string | null = null;
	let least = Math.max(2, Math.floor(typed.length / 3)) + 1;
	for (const name of known) {
		const distance = editDistance(typed.toLowerCase().slice(0, 64), name.toLowerCase());
		if (distance < least) [best, least] = [name, distance];
	}
	return best;
}

/** `; did you mean "X"?`, or nothing. */
export function suggestion(typed: string, known: readonly string[]): string {
	const name = nearestName(typed, known);
	return name === null ? "" : `; did you mean "${name}"?`;
}

/** Levenshtein distance; names are short. */
function editDistance(a: string, b: string): number {
	let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const current = [i];
		for (let j = 1; j <= b.length; j++) {
			const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			current.push(Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, swap));
		}
		previous = current;
	}
	return previous[b.length] ?? 0;
}
