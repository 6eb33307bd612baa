import { wallClock } from "../adapters/clock/wall.ts";
import { EXIT } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import type { MarketData } from "../adapters/ports.ts";
import type { RunOptions } from "../config/options.ts";
import { planRun, type RunPlan } from "../config.ts";
import type { Engine } from "../engine/engine.ts";
import { summaryLines } from "../print/summary.ts";
import { formatSeconds } from "../print/text.ts";
import { runSession, type StopSignal } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { openBroker, openFeed } from "../wiring.ts";
import { type BegunSession, beginSession, headerOf } from "./run/begin.ts";
import { type Display, jsonDisplay, plainDisplay, redrawnDisplay } from "./run/display.ts";
import { finishSession } from "./run/finish.ts";
import { createKeeper } from "./run/keeper.ts";

/** Signals that end a session orderly, and the exit code they lead to. */
const SIGNALS = { SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm, SIGHUP: EXIT.sigterm } as const;
type Signal = keyof typeof SIGNALS;

/** `kinetra run`: one session from its configuration to its printed summary. Returns the exit code. */
export async function run(options: RunOptions, home: Home, terminal: Terminal): Promise<number> {
	const plan = await planRun(options, terminal.interactive);
	const clock = wallClock();
	const display = plan.json ? jsonDisplay(terminal) : plan.headless || !terminal.interactive ? plainDisplay(terminal, clock) : redrawnDisplay(terminal);
	const { feed, config, notes, marketMs } = openFeed(plan);
	try {
		const session = beginSession(home, config, feed.identity, clock.nowMs(), display.onLine);
		try {
			if (!plan.json) announce(session, plan, [...notes, ...paceNotes(plan.speed, config.durationMinutes, marketMs)], terminal);
			return await runAndFinish(home, session, feed, plan, display, terminal);
		} finally {
			session.release();
		}
	} finally {
		feed.close();
	}
}

async function runAndFinish(home: Home, session: BegunSession, feed: MarketData, plan: RunPlan, display: Display, terminal: Terminal): Promise<number> {
	const { journal, start } = session;
	const clock = wallClock();
	const broker = openBroker(start.config, feed);
	const stop: StopSignal = { requested: null };
	const signals = listenForSignals(stop, () => terminal.complain(`Ended at once, without a summary. The journal is kept: ${session.files.journal}`));
	const keeper = createKeeper(home, session);
	// However the process goes (second Ctrl-C, a bug outside the loop), what the journal holds is written and the lock let go.
	const atExit = (): void => {
		journal.flush(false);
		session.release();
	};
	process.once("exit", atExit);
	try {
		const engine = await guarded(session, () =>
			runSession(
				start.config,
				{ feed, broker, journal, clock },
				{
					carry: session.carry,
					header: headerOf(start),
					speed: plan.speed,
					stop,
					inputs: null,
					onProgress(progress, handOn) {
						// Ten times a second the journal goes to the file, so that even a process ended by force leaves what led up to it.
						journal.flush(false);
						keeper.keep(progress.closed + progress.shadowClosed, clock.nowMs(), handOn);
						display.onProgress(progress);
						if (terminal.closed()) stop.requested ??= "nobody reads the output any more";
					},
				},
			),
		);
		const { summary, problems } = finishSession(home, session, engine, { feed, wallEndMs: clock.nowMs(), interruptCode: signals.exitCode() });
		display.flush();
		if (plan.json) terminal.print(JSON.stringify({ type: "summary", ...summary }));
		else terminal.print(summaryLines(summary, session.files.folder, terminal.palette).join("\n"));
		for (const problem of problems) terminal.complain(problem);
		if (summary.exitCode === EXIT.data && problems.length === 0) terminal.complain(summary.endDetail);
		return summary.exitCode;
	} finally {
		process.off("exit", atExit);
		signals.stopListening();
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

/** A session longer than this by the wall clock is announced: the default speed turns two years of bars into days. */
const LONG_MS = 600_000;

/** What a limited speed means for a long stretch of market time, in case the user did not. */
export function paceNotes(speed: number | "max", durationMinutes: number | null, marketMs: number | null): string[] {
	if (speed === "max") return [];
	const market = Math.min(durationMinutes === null ? Number.POSITIVE_INFINITY : durationMinutes * 60_000, marketMs ?? Number.POSITIVE_INFINITY);
	const wall = market / speed;
	if (!(wall > LONG_MS) || !Number.isFinite(wall)) return [];
	return [`At ${speed} x real time this may take ${formatSeconds(wall / 1000)}; --speed max runs it at once.`];
}

function announce(session: BegunSession, plan: RunPlan, notes: readonly string[], terminal: Terminal): void {
	const { config, repeatOf } = session.start;
	const { palette } = terminal;
	const speed = plan.speed === "max" ? "full speed" : `${plan.speed} x real time`;
	terminal.print(`${palette.strong(`${config.mode.toUpperCase()}  ${config.instrument.symbol}  ${session.agentBuild}`)}  seed ${config.seed}  ${speed}`);
	terminal.print(palette.faint(`session ${session.files.id}`));
	for (const note of notes) terminal.print(palette.faint(note));
	if (config.unlimited) terminal.print(palette.warn("UNLIMITED: no breaker, no loss, count or rate limits. To measure only; never evidence."));
	if (repeatOf !== null) terminal.print(palette.warn(`Same configuration, data and seed as session ${repeatOf}: this repeats it.`));
}

/** The first signal asks for an orderly end, the second ends at once. */
function listenForSignals(stop: StopSignal, onForced: () => void): { exitCode(): number; stopListening(): void } {
	let code: number = EXIT.sigterm;
	function onSignal(signal: Signal): void {
		if (stop.requested !== null) {
			onForced();
			process.exit(SIGNALS[signal]);
		}
		stop.requested = `interrupted by ${signal}`;
		code = SIGNALS[signal];
	}
	const names = Object.keys(SIGNALS) as Signal[];
	for (const name of names) process.on(name, onSignal);
	return {
		exitCode: () => code,
		stopListening() {
			for (const name of names) process.off(name, onSignal);
		},
	};
}
