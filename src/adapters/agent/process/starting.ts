import { type Complaints, createComplaints } from "./complaints.ts";

/** What goes with the start of a program: where its complaints go, whether anybody still waits for it, and who is told that it takes long. */
export type Starting = {
	readonly complaints: Complaints;
	/** True when the session has been stopped before it began: nothing is waited for any more. */
	isStopped(): boolean;
	/** Told what is waited for, in words: at once, and every five seconds. */
	onWaiting(what: string): void;
};

/** A start that nobody watches and whose complaints nobody reads. */
export function unattendedStart(): Starting {
	return { complaints: createComplaints(), isStopped: () => false, onWaiting: () => {} };
}
