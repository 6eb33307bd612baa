import { cleanText } from "../../adapters/clean-text.ts";
import { wallClock } from "../../adapters/clock/wall.ts";
import { EXIT } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import type { RunOptions } from "../../config/options.ts";
import type { Summary } from "../../engine/summary-type.ts";
import type { startThread, Thread } from "../../thread/client.ts";
import type { FromThread, Task } from "../../thread/protocol.ts";
import type { Intents, Source } from "../../ui/intents.ts";
import type { Services } from "../../ui/services.ts";
import { type CockpitStore, notify } from "../../ui/store.ts";
import type { ConfirmedStage } from "../stage/confirmed.ts";
import { createTradeIntent } from "./open-trade.ts";
import { optionsOf } from "./run-options.ts";
import { began, failed, heard, speedOf } from "./session-news.ts";

/** What the sessions' part of the program needs. */
export type SessionIntentsParts = {
	readonly store: CockpitStore;
	/** The program's own file, from which threads are started. */
	readonly entry: URL;
	readonly home: Home;
	/** What choices mean (createServices). */
	readonly services: Pick<Services, "effective">;
	/** Starts threads; `startThread` of thread/client.ts. */
	readonly start: typeof startThread;
	/** Rings the terminal's bell; called for a new alarm when the user wants one. */
	readonly ring: () => void;
	/** Called when a session has ended and its files are written: status and lists may have changed. */
	readonly onEnded: () => void;
	/** Called when a session could not begin, with why (cleaned), before anything is said; true = somebody else says it. */
	readonly onRefused: (message: string) => boolean;
};

/** The intents that have to do with a running or replayed session, and what the program itself asks of one. */
export type SessionIntents = Pick<
	Intents,
	"startSession" | "command" | "setSpeed" | "startReplay" | "holdReplay" | "seekReplay" | "closeReplay" | "openTrade"
> & {
	/** Starts a session from options that are parsed already; `confirmed`: what was typed for a demo or live one. */
	startWith(options: RunOptions, confirmed: ConfirmedStage | null): void;
	/** Ends the session orderly, if one runs: positions as given, or as `onExit` says. `interruptCode` (130 or 143) becomes its exit code. */
	stop(reason: string, positions: "flatten" | "keep" | null, interruptCode?: number): void;
	/** Resolves when no session runs, with how the last one came out. */
	whenIdle(): Promise<SessionOver>;
	/**
	 * The process ends now: the journal of a running session is written (waiting at most a quarter of a second, during which nothing else runs)
	 * and its lock let go, then threads are ended. Called by itself on `process.exit`. Returns the session's folder, or null when none ran.
	 */
	terminateNow(): string | null;
};

/** How the last session came out: nothing of both when there was none, or when it was left behind without an end. */
export type SessionOver = { readonly summary: Summary | null; readonly failure: SessionFailure | null };

/** Why a session has no summary: it was refused before it began, or its thread died. The message is cleaned. */
export type SessionFailure = { readonly message: string; readonly exitCode: number; readonly hadBegun: boolean };

const NOTHING: SessionOver = { summary: null, failure: null };

/** How long the end of the process may wait for the journal of a running session. */
const LEAVE_MS = 250;

/** A thread behind one of the two sessions; `hasBegun` once it has something to show. */
type Running = { readonly thread: Thread; hasBegun: boolean; folder: string | null };

/**
 * Runs sessions and replays in threads and keeps their views in the store up to date. At most one session trades; a replay can run beside
 * it. Nothing here throws: trouble becomes a notice.
 */
export function createSessionIntents(parts: SessionIntentsParts): SessionIntents {
	const { store, home } = parts;
	const clock = wallClock();
	const running: Record<Source, Running | null> = { live: null, replay: null };
	const waiting: (() => void)[] = [];
	let last = NOTHING;
	const trades = createTradeIntent(parts, (source) => running[source]?.thread ?? null);

	function begin(source: Source, task: Task): void {
		let mine: Running | null = null;
		const isMine = (): boolean => mine !== null && running[source] === mine;
		const thread = parts.start(parts.entry, task, {
			onMessage: (message) => {
				if (mine !== null && isMine()) hear(source, mine, message);
			},
			onExit(error) {
				if (isMine()) giveUp(source, EXIT.bug, error ?? "Its thread ended unexpectedly. The journal keeps what led to it.");
			},
		});
		mine = { thread, hasBegun: false, folder: null };
		running[source] = mine;
		if (source === "live") process.once("exit", terminateNow);
	}

	function hear(source: Source, mine: Running, message: FromThread): void {
		const now = clock.nowMs();
		switch (message.type) {
			case "waiting":
				notify(store, message.what, "good");
				return;
			case "begun":
				mine.hasBegun = true;
				mine.folder = message.about.folder;
				began(store, source, message.about, message.speed, now);
				return;
			case "update":
			case "restarted":
			case "slowed":
			case "ended":
				heard(store, source, message, now, parts.ring);
				if (message.type === "update") mine.thread.post({ type: "acknowledge" });
				if (message.type !== "ended" || source !== "live") return;
				if (message.end.kind === "ended") last = { summary: message.end.summary, failure: null };
				over();
				return;
			case "dossier":
				trades.answer(message.request, message.dossier);
				return;
			case "refused":
				giveUp(source, message.exitCode, message.message);
				return;
			case "failed":
				giveUp(source, EXIT.bug, message.message);
				return;
			case "answer":
				return;
		}
	}

	/** A thread that could not begin leaves what is shown as it was; one that died shows it. */
	function giveUp(source: Source, exitCode: number, reason: string): void {
		const hadBegun = running[source]?.hasBegun === true;
		const message = cleanText(reason, 600);
		running[source] = null;
		const isSaid = source === "live" && !hadBegun && parts.onRefused(message);
		if (!isSaid) failed(store, source, hadBegun, message);
		if (source !== "live") return;
		last = { summary: null, failure: { message, exitCode, hadBegun } };
		over();
	}

	function over(): void {
		running.live = null;
		process.off("exit", terminateNow);
		for (const resolve of waiting.splice(0)) resolve();
		parts.onEnded();
	}

	function terminateNow(): string | null {
		const { live, replay } = running;
		running.live = null;
		running.replay = null;
		replay?.thread.terminate();
		if (live === null) return null;
		process.off("exit", terminateNow);
		live.thread.leave(LEAVE_MS);
		for (const resolve of waiting.splice(0)) resolve();
		return live.folder;
	}

	function startWith(options: RunOptions, confirmed: ConfirmedStage | null): void {
		if (running.live !== null) {
			notify(store, "A session is running already: end it first (K kills it, q leaves).", "warn");
			return;
		}
		last = NOTHING;
		notify(store, "Preparing the session ...", "good");
		begin("live", { task: "session", root: home.root, options, confirmed });
	}

	function closeReplay(): void {
		running.replay?.thread.terminate();
		running.replay = null;
		store.setState({ replay: null, source: "live" });
	}

	return {
		startWith,
		startSession(choices) {
			const options = optionsOf(parts.services.effective(choices));
			if (typeof options === "string") notify(store, options, "bad");
			else startWith(options, null);
		},
		command(command) {
			if (running.live !== null) running.live.thread.post({ type: "command", command });
			else notify(store, `No session is running: there is nothing to ${command.command}.`, "warn");
		},
		setSpeed(source, speed) {
			const view = store.getState()[source];
			const wanted = speedOf(speed);
			if (view === null || running[source] === null || wanted === null) return;
			store.setState({ [source]: { ...view, speed: wanted, slowed: false } });
			running[source].thread.post({ type: "speed", speed: wanted, from: view.speed });
		},
		startReplay(sessionId) {
			running.replay?.thread.terminate();
			notify(store, "Checking the journal ...", "good");
			begin("replay", { task: "replay", root: home.root, sessionId });
		},
		holdReplay(held) {
			const { replay } = store.getState();
			if (replay === null || running.replay === null) return;
			store.setState({ replay: { ...replay, held } });
			running.replay.thread.post({ type: "hold", held });
		},
		seekReplay(at) {
			const span = store.getState().replay?.about.span ?? null;
			if (span === null || running.replay === null || !Number.isFinite(at)) return;
			running.replay.thread.post({ type: "seek", at: Math.min(Math.max(at, span.from), span.to) });
		},
		closeReplay,
		openTrade: trades.open,
		stop(reason, positions, interruptCode = EXIT.sigint) {
			running.live?.thread.post({ type: "stop", reason, positions, interruptCode });
		},
		whenIdle: () => (running.live === null ? Promise.resolve(last) : new Promise((resolve) => waiting.push(() => resolve(last)))),
		terminateNow,
	};
}
