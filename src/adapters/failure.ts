/** Exit codes of the command line; the contract with scripts. */
export const EXIT = { ok: 0, usage: 2, data: 3, refused: 4, stopped: 5, bug: 70, sigint: 130, sigterm: 143 } as const;

/**
 * A failure that is the world's or the user's, not a bug: it ends as one clear message on stderr and an exit code, never as a
 * stack trace. The message says what was wrong, which value, and what to do next.
 */
export class Failure extends Error {
	readonly exitCode: number;
	constructor(exitCode: number, message: string) {
		super(message);
		this.name = "Failure";
		this.exitCode = exitCode;
	}
}

/** A wrong option, configuration or argument (exit 2). */
export function usageFailure(message: string): Failure {
	return new Failure(EXIT.usage, message);
}

/** Data or connection that cannot be used (exit 3). */
export function dataFailure(message: string): Failure {
	return new Failure(EXIT.data, message);
}
