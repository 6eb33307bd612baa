import { join } from "node:path";
import { type Home, makePrivateFolder, readPrivateFile, writePrivateFile } from "./home.ts";

/** Wrong words at the start of a demo or live session, kept in a small file of the home: ending the program and starting it again heals nothing (control C06). */
export type WrongWords = {
	/** Wrong answers since the last right one or the last lock, and the wall time at which the lock ends (null = none). Never throws. */
	read(): { readonly count: number; readonly lockedUntilMs: number | null };
	/** Throws a system error or a `Failure` when it cannot be kept. */
	write(count: number, lockedUntilMs: number | null): void;
};

/** What a file that cannot be read counts as: one more wrong word locks. */
const UNREADABLE = { count: 2, lockedUntilMs: null } as const;

/** The wrong words of a home. */
export function wrongWords(home: Home): WrongWords {
	const path = join(home.root, "wrong-words.json");
	return {
		read() {
			try {
				const text = readPrivateFile(path);
				return text === null ? { count: 0, lockedUntilMs: null } : parse(text);
			} catch {
				return UNREADABLE;
			}
		},
		write(count, lockedUntilMs) {
			makePrivateFolder(home.root);
			writePrivateFile(path, `${JSON.stringify({ format: 1, count, lockedUntilMs })}\n`);
		},
	};
}

function parse(text: string): ReturnType<WrongWords["read"]> {
	const value: unknown = JSON.parse(text);
	if (typeof value !== "object" || value === null) return UNREADABLE;
	const { count, lockedUntilMs } = value as { count?: unknown; lockedUntilMs?: unknown };
	if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) return UNREADABLE;
	if (lockedUntilMs !== null && (typeof lockedUntilMs !== "number" || !Number.isSafeInteger(lockedUntilMs))) return UNREADABLE;
	return { count, lockedUntilMs };
}
