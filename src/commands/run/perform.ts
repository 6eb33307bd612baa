import type { Home } from "../../adapters/home.ts";
import type { LineListener } from "../../adapters/journal/writer.ts";
import { readKill } from "../../adapters/kill-file.ts";
import type { Clock, MarketData } from "../../adapters/ports.ts";
import type { RunPlan } from "../../config.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Command } from "../../engine/event.ts";
import type { Progress } from "../../engine/project.ts";
import type { Summary } from "../../engine/summary-type.ts";
import type { Pace } from "../../pace.ts";
import { runSession } from "../../session.ts";
import type { Watcher } from "../../watcher.ts";
import { openBroker, openFeed } from "../../wiring.ts";
import { type BegunSession, beginSession, headerOf } from "./begin.ts";
import { finishSession } from "./finish.ts";
import { createKeeper } from "./keeper.ts";
import { paceNotes } from "./pace-notes.ts";

/** A session to be run, and who hears of it; the plain command line and the cockpit's thread give one each. */
export type Order = {
	readonly home: Home;
	readonly plan: RunPlan;
	readonly clock: Clock;
	/** Every journal line, or null. */
	readonly onLine: LineListener | null;
	readonly pace: Pace;
	/** What the operator asks for while it runs; filled by the caller, emptied by the session. */
	readonly commands: Command[];
	readonly watch: Watcher | null;
	/** The session exists; its first event has not been. `notes` are for the user. */
	begun(session: BegunSession, notes: readonly string[]): void;
	/** Ten times a second and at the end. */
	onProgress(progress: Progress): void;
	/** Remembers what must be done if the process has to go at once; returns what forgets it. */
	onLeave(leave: () => void): () => void;
	/** The exit code of an interrupt: 130 or 143. */
	interruptCode(): number;
};

/** How a session came out. `problems`: what could not be stored, for people. */
export type Performed = { readonly summary: Summary; readonly problems: readonly string[]; readonly folder: string };

/**
 * Runs one session from its plan to its stored summary. Throws a `Failure` when it cannot begin (nothing is left behind then), and an
 * error that names the journal for a bug on the way.
 */
export async function performSession(order: Order): Promise<Performed> {
	const { plan, home, clock } = order;
	const { feed, config, notes, marketMs } = openFeed(plan);
	try {
		const session = beginSession(home, config, feed.identity, clock.nowMs(), order.onLine, { sessionId: null, limits: plan.limits });
		try {
			order.begun(session, [...notes, ...paceNotes(plan.speed, config.durationMinutes, marketMs)]);
			return await runAndFinish(order, session, feed);
		} finally {
			session.release();
		}
	} finally {
		feed.close();
	}
}

async function runAndFinish(order: Order, session: BegunSession, feed: MarketData): Promise<Performed> {
	const { home, clock } = order;
	const { journal, start, files } = session;
	const broker = openBroker(start.config, feed);
	const keeper = createKeeper(home, session);
	// However the process goes (second Ctrl-C, a bug outside the loop), what the journal holds is written and the lock let go.
	const forget = order.onLeave(() => {
		journal.flush(false);
		session.release();
	});
	try {
		const engine = await guarded(session, () =>
			runSession(
				start.config,
				{ feed, broker, journal, clock },
				{
					carry: session.carry,
					header: headerOf(start),
					pace: order.pace,
					commands: order.commands,
					watch: order.watch,
					inputs: null,
					killed: () => readKill(home),
					onProgress(progress, handOn) {
						// Ten times a second the journal goes to the file, so that even a process ended by force leaves what led up to it.
						journal.flush(false);
						keeper.keep(progress, clock.nowMs(), handOn);
						order.onProgress(progress);
					},
				},
			),
		);
		const finished = finishSession(home, session, engine, { feed, wallEndMs: clock.nowMs(), interruptCode: order.interruptCode() });
		return { ...finished, folder: files.folder };
	} finally {
		forget();
		broker.close();
	}
}

/** A bug inside the engine must not lose the journal: what was gathered is written before the message is. */
async function guarded(session: BegunSession, work: () => Promise<Engine>): Promise<Engine> {
	try {
		return await work();
	} catch (error) {
		session.journal.close();
		const reason = error instanceof Error ? error : new Error(String(error));
		reason.message = `${reason.message} (journal: ${session.files.journal})`;
		throw reason;
	}
}
