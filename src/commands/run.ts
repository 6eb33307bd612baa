import { wallClock } from "../adapters/clock/wall.ts";
import { EXIT } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import type { RunOptions } from "../config/options.ts";
import { planRun, type RunPlan } from "../config.ts";
import type { BrokerTerms } from "../engine/config.ts";
import type { Command } from "../engine/event.ts";
import { PROBATION_SESSIONS } from "../engine/stages/probation.ts";
import { paceOf } from "../pace.ts";
import { summaryLines } from "../print/summary.ts";
import type { Terminal } from "../terminal.ts";
import type { BegunSession } from "./run/begin.ts";
import { jsonDisplay, plainDisplay, redrawnDisplay } from "./run/display.ts";
import { performSession } from "./run/perform.ts";

/** Signals that end a session orderly, and the exit code they lead to. */
const SIGNALS = { SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm, SIGHUP: EXIT.sigterm } as const;
type Signal = keyof typeof SIGNALS;

/** `kinetra run` without the full screen: one session from its configuration to its printed summary. Returns the exit code. */
export async function run(options: RunOptions, home: Home, terminal: Terminal): Promise<number> {
	const { mode } = options;
	// Without a person there is nothing else to say, whatever the options are.
	if (mode === "demo" || mode === "live") (await import("./stage/ask.ts")).requirePerson(mode, terminal);
	const asked = await planRun(options, terminal.interactive);
	const confirmed = asked.config.mode === "virtual" ? null : await (await import("./stage/ask.ts")).askStage(options, home, terminal);
	const plan = confirmed === null ? asked : await planRun(confirmed.options, terminal.interactive);
	const clock = wallClock();
	const display = plan.json ? jsonDisplay(terminal) : plan.headless || !terminal.interactive ? plainDisplay(terminal, clock) : redrawnDisplay(terminal);
	const stop = createStop();
	let isWaiting = false;
	try {
		const { summary, problems, folder } = await performSession({
			home,
			plan,
			confirmed,
			clock,
			onLine: display.onLine,
			pace: paceOf(plan.speed),
			commands: stop.commands,
			watch: null,
			onWaiting(what) {
				// On stderr, so that nothing of it gets into output that is read by programs; once, where lines stay.
				if (!isWaiting || terminal.interactive) terminal.complain(what);
				if (!isWaiting) stop.onSignals(() => terminal.complain("Ended at once: no session had begun."));
				isWaiting = true;
			},
			begun(session, notes) {
				if (!plan.json) announce(session, plan, notes, terminal);
				stop.onSignals(() => terminal.complain(`Ended at once, without a summary. The journal is kept: ${session.files.journal}`));
			},
			onProgress(progress) {
				display.onProgress(progress);
				if (terminal.closed()) stop.ask("nobody reads the output any more");
			},
			onLeave(leave) {
				process.once("exit", leave);
				return () => process.off("exit", leave);
			},
			interruptCode: stop.exitCode,
		});
		display.flush();
		if (plan.json) terminal.print(JSON.stringify({ type: "summary", ...summary }));
		else terminal.print(summaryLines(summary, folder, terminal.palette).join("\n"));
		for (const problem of problems) terminal.complain(problem);
		if (summary.exitCode === EXIT.data && problems.length === 0) terminal.complain(summary.endDetail);
		return summary.exitCode;
	} finally {
		stop.stopListening();
	}
}

function announce(session: BegunSession, plan: RunPlan, notes: readonly string[], terminal: Terminal): void {
	const { config, repeatOf } = session.start;
	const { palette } = terminal;
	const speed = plan.live !== null ? "live quotes" : plan.speed === "max" ? "full speed" : `${plan.speed} x real time`;
	terminal.print(`${palette.strong(`${config.mode.toUpperCase()}  ${config.instrument.symbol}  ${session.agentBuild}`)}  seed ${config.seed}  ${speed}`);
	terminal.print(palette.faint(`session ${session.files.id}`));
	for (const note of notes) terminal.print(note.startsWith("WARNING") ? palette.warn(note) : palette.faint(note));
	if (config.broker !== undefined) for (const mark of marksOf(config.broker)) terminal.print(palette.warn(mark));
	if (config.unlimited) terminal.print(palette.warn("UNLIMITED: no breaker, no loss, count or rate limits. To measure only; never evidence."));
	if (repeatOf !== null) terminal.print(palette.warn(`Same configuration, data and seed as session ${repeatOf}: this repeats it.`));
}

/** What must not be overlooked of a session at a broker. */
function marksOf({ venue, rehearsal, probation, loginTail, server, tradeMode }: BrokerTerms): readonly string[] {
	return [
		`Account ••${loginTail} at ${server}, ${tradeMode.toUpperCase()} by the broker's word.`,
		...(venue === "sandbox" ? ["SANDBOX: a stand-in terminal, no real market and no money."] : []),
		...(rehearsal === null ? [] : ["REHEARSAL: this session is no evidence."]),
		...(probation === null ? [] : [`PROBATION ${probation} of ${PROBATION_SESSIONS}: the smallest volume, one position, at most half an hour.`]),
		"Stop it with Ctrl-C, or from another terminal: kinetra kill",
	];
}

type Stop = {
	/** Read by the session. */
	readonly commands: Command[];
	/** Asks for an orderly end, once. */
	ask(reason: string): void;
	/** From now on the first signal asks for an orderly end, the second ends at once. */
	onSignals(onForced: () => void): void;
	exitCode(): number;
	stopListening(): void;
};

function createStop(): Stop {
	const commands: Command[] = [];
	const names = Object.keys(SIGNALS) as Signal[];
	let asked = false;
	let code: number = EXIT.sigterm;
	let forced: () => void = () => {};
	function ask(reason: string): void {
		if (!asked) commands.push({ command: "stop", reason, positions: null });
		asked = true;
	}
	function onSignal(signal: Signal): void {
		if (asked) {
			// A window that is closed sends SIGHUP twice, once from the system and once from the shell: that is no hurry.
			if (signal === "SIGHUP") return;
			forced();
			process.exit(SIGNALS[signal]);
		}
		ask(`interrupted by ${signal}`);
		code = SIGNALS[signal];
	}
	return {
		commands,
		ask,
		onSignals(onForced) {
			forced = onForced;
			for (const name of names) process.off(name, onSignal).on(name, onSignal);
		},
		exitCode: () => code,
		stopListening() {
			for (const name of names) process.off(name, onSignal);
		},
	};
}
