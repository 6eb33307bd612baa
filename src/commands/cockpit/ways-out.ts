import { EXIT } from "../../adapters/failure.ts";
import type { Summary } from "../../engine/summary-type.ts";
import { type CockpitStore, notify } from "../../ui/store.ts";
import type { SessionFailure, SessionIntents } from "./session-intents.ts";

/** How the cockpit was left: the exit code, the summary of the last session, if one was run, and what to say when it could write none. */
export type Left = { readonly exitCode: number; readonly summary: Summary | null; readonly problem: string | null };

/** The ways out of the cockpit. The first one taken counts; each ends a running session orderly first. */
export type WaysOut = {
	/** `q`: positions as the user has answered. */
	quit(positions: "flatten" | "keep"): void;
	/** Ctrl-C and what the system sends: positions as `onExit` says. */
	signalled(signal: NodeJS.Signals): void;
	/** The terminal is gone. */
	lost(): void;
	/** The drawing has failed: nobody can watch the session any more. */
	crashed(): void;
	/** The session that the command line asked for could not begin: there is nothing to watch. */
	refused(failure: SessionFailure): void;
	/** True from the first of them on. */
	leaving(): boolean;
	/** Resolves when the session has ended and the screen may be given back. */
	readonly left: Promise<Left>;
};

/**
 * How long a session may take to end when nobody can see it any more. At a broker longer than the engine allows for an orderly end (engine/ending.ts):
 * a close whose answer was lost is looked up first, and a position that could have been closed must not stay because the program was in a hurry.
 */
const UNSEEN_MS = 30_000;
const UNSEEN_AT_BROKER_MS = 300_000;

/** Watches over the end: the session is stopped, its summary awaited, and only then the program leaves. */
export function createWaysOut(store: CockpitStore, sessions: Pick<SessionIntents, "stop" | "whenIdle" | "terminateNow">): WaysOut {
	let resolve: (left: Left) => void = () => {};
	const left = new Promise<Left>((settle) => {
		resolve = settle;
	});
	let isLeaving = false;

	/** `code` is the exit code of the way itself; without one that of the last session counts. */
	function leave(reason: string, positions: "flatten" | "keep" | null, code: number | null): void {
		if (isLeaving) return;
		isLeaving = true;
		store.setState({ leaving: true, dialog: null });
		sessions.stop(reason, positions, code ?? EXIT.sigint);
		const { live } = store.getState();
		const ran = live !== null && live.end === null;
		if (ran) notify(store, "Ending the session; its summary follows. Ctrl-C leaves at once.", "warn");
		void sessions.whenIdle().then(({ summary, failure }) => {
			// One that never began was told on the screen, and the user went on from there.
			const died = failure?.hadBegun === true ? failure : null;
			const ofSession = summary?.exitCode ?? died?.exitCode ?? EXIT.ok;
			// A signal that met no session still ended the program before the user did.
			resolve({ exitCode: code === EXIT.bug || (code !== null && !ran) ? code : ofSession, summary, problem: died?.message ?? null });
		});
	}
	function leaveUnseen(reason: string, code: number): void {
		const isAtBroker = (store.getState().live?.about.mode ?? "virtual") !== "virtual";
		leave(reason, null, code);
		setTimeout(
			() => {
				sessions.terminateNow();
				resolve({ exitCode: code, summary: null, problem: "The session did not end in time; its journal is kept. See: kinetra sessions list" });
			},
			isAtBroker ? UNSEEN_AT_BROKER_MS : UNSEEN_MS,
		).unref();
	}
	return {
		quit: (positions) => leave("the operator left", positions, null),
		signalled: (signal) => {
			if (signal === "SIGINT") leave(`interrupted by ${signal}`, null, EXIT.sigint);
			else leaveUnseen(`interrupted by ${signal}`, EXIT.sigterm);
		},
		lost: () => leaveUnseen("the terminal was closed", EXIT.sigterm),
		crashed: () => leaveUnseen("the screen failed", EXIT.bug),
		refused({ message, exitCode }) {
			if (isLeaving) return;
			isLeaving = true;
			resolve({ exitCode, summary: null, problem: message });
		},
		leaving: () => isLeaving,
		left,
	};
}
