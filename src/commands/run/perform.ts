import { type Complaints, createComplaints } from "../../adapters/agent/process/complaints.ts";
import { endProgramsNow } from "../../adapters/agent/process/running.ts";
import { Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import type { LineListener } from "../../adapters/journal/writer.ts";
import { readKill } from "../../adapters/kill-file.ts";
import type { Agent, Clock } from "../../adapters/ports.ts";
import type { RunPlan } from "../../config.ts";
import type { SessionConfig } from "../../engine/config.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Command } from "../../engine/event.ts";
import type { Progress } from "../../engine/project.ts";
import type { Summary } from "../../engine/summary-type.ts";
import { openAgent } from "../../open-agent.ts";
import type { Pace } from "../../pace.ts";
import { runSession } from "../../session.ts";
import type { Watcher } from "../../watcher.ts";
import { type OpenedMarket, openMarket } from "../../wiring.ts";
import type { ConfirmedStage } from "../stage/confirmed.ts";
import { type BegunSession, beginSession, headerOf } from "./begin.ts";
import { finishSession } from "./finish.ts";
import { createKeeper } from "./keeper.ts";
import { paceNotes } from "./pace-notes.ts";
import { type SessionMarket, trainingDataOf, trainingOverlap } from "./trained-on.ts";

/** A session to be run, and who hears of it; the plain command line and the cockpit's thread give one each. */
export type Order = {
	readonly home: Home;
	readonly plan: RunPlan;
	/** What a person has typed for a demo or live session; null for virtual ones. */
	readonly confirmed: ConfirmedStage | null;
	readonly clock: Clock;
	/** Every journal line, or null. */
	readonly onLine: LineListener | null;
	readonly pace: Pace;
	/** What the operator asks for while it runs; filled by the caller, emptied by the session. */
	readonly commands: Command[];
	readonly watch: Watcher | null;
	/** Told in words what takes long before the session exists: a program that decides loads its model. */
	onWaiting?(what: string): void;
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
	const market = await open(order);
	const { feed, config, notes, marketMs, sessionId } = market;
	const trainedOn = trainingOverlap(trainingDataOf(plan.agent), marketOf(market));
	const complaints = createComplaints();
	// A program that decides must not outlive us, whatever the way out; it is started before the session is, so that one that does not start leaves nothing.
	const forget = order.onLeave(endProgramsNow);
	try {
		const agent = await startAgent(order, config, complaints).finally(forget);
		try {
			// What reads policies is large: a rule's session starts without it.
			if (plan.agent.kind === "policy") (await import("../../adapters/agent/policy-store.ts")).keepPolicy(home, plan.agent);
			const session = beginSession(home, config, feed.identity, clock.nowMs(), order.onLine, { sessionId, limits: plan.limits, trainedOn });
			try {
				if (plan.agent.kind === "process") complaints.keepIn(session.files.folder);
				order.begun(session, [...(trainedOn === null ? [] : [`WARNING: ${trainedOn}`]), ...notes, ...paceNotes(plan.speed, config.durationMinutes, marketMs)]);
				return await runAndFinish(order, session, market, agent);
			} finally {
				session.release();
			}
		} finally {
			await agent.close();
		}
	} finally {
		complaints.close();
		// In demo and live with this the lease ends: the bridge takes no new risk from nobody.
		market.close();
	}
}

/** What is played, and when: as far as it is known before the first row. */
function marketOf({ feed, config, firstAt, marketMs }: OpenedMarket): SessionMarket {
	const to = firstAt === null || marketMs === null ? null : firstAt + marketMs;
	const asked = feed.identity.kind === "csv" ? feed.identity.to : null;
	return { feed: feed.identity, symbol: config.instrument.symbol, from: firstAt, to: to ?? asked };
}

/** Whoever asks for the end meanwhile does not wait for it. */
async function startAgent({ plan, home, commands, onWaiting, interruptCode }: Order, config: SessionConfig, complaints: Complaints): Promise<Agent> {
	const isStopped = (): boolean => commands.some(({ command }) => command === "stop" || command === "kill") || readKill(home) !== null;
	const agent = await openAgent(plan.agent, config, { complaints, isStopped, onWaiting: onWaiting ?? (() => {}) });
	if (plan.agent.kind !== "process" || !isStopped()) return agent;
	await agent.close();
	throw new Failure(interruptCode(), "Stopped before the session began: nothing was traded.");
}

/** Demo and live never come as far as a session without what a person has typed (control C07). */
async function open({ home, plan, clock, confirmed }: Order): Promise<OpenedMarket> {
	if (plan.live === null && plan.config.mode === "virtual") return openMarket(plan);
	// The link, its schemas and the WebSocket library are loaded only when there is a bridge to talk to.
	const { openLive } = await import("../stage/open-live.ts");
	return openLive({ home, plan, clock, env: process.env, confirmed });
}

async function runAndFinish(order: Order, session: BegunSession, { feed, broker }: OpenedMarket, agent: Agent): Promise<Performed> {
	const { home, clock } = order;
	const { journal, start, files } = session;
	const keeper = createKeeper(home, session);
	// However the process goes (second Ctrl-C, a bug outside the loop), what the journal holds is written and the lock let go.
	const forget = order.onLeave(() => {
		endProgramsNow();
		journal.flush(false);
		session.release();
	});
	try {
		const engine = await guarded(session, () =>
			runSession(
				start.config,
				{ feed, agent, broker, journal, clock },
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
