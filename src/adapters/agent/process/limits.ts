/** How long a program is waited for and how much is taken from it. Wall ms and bytes. */
export type ProgramLimits = {
	/** From its start until it says `ready`: loading a large library and a model takes its time. */
	readonly startMs: number;
	/** From a question to its answer (control C32). */
	readonly answerMs: number;
	/** How long it may take to end by itself when its input ends; then it is asked to (SIGTERM), and after `killMs` ended by force. */
	readonly endMs: number;
	readonly killMs: number;
	/** Pauses before the restarts of a session; no more restarts than that. */
	readonly restartMs: readonly number[];
	readonly lineBytesMax: number;
	/** Most that it may write to stdout between two questions. */
	readonly outputBytesMax: number;
	/** Most that may wait to be read by it. */
	readonly pendingBytesMax: number;
};

export const PROGRAM_LIMITS: ProgramLimits = {
	startMs: 60_000,
	answerMs: 250,
	endMs: 300,
	killMs: 2000,
	restartMs: [500, 2000, 5000],
	lineBytesMax: 65_536,
	outputBytesMax: 1_048_576,
	pendingBytesMax: 33_554_432,
};
