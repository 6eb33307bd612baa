import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, resolve } from "node:path";
import { wallClock } from "../adapters/clock/wall.ts";
import { EXIT, usageFailure } from "../adapters/failure.ts";
import type { TrainRequest } from "../args/train.ts";
import { listAgents } from "../engine/agents/registry.ts";
import { LEARNING_SETTINGS } from "../engine/learning/settings.ts";
import { timeframeName } from "../engine/market/timeframe.ts";
import { createPool } from "../pool/pool.ts";
import { wrap } from "../print/text.ts";
import type { Terminal } from "../terminal.ts";
import { checkpointFile, openKeeper } from "./train/checkpoint.ts";
import { prepareGround } from "./train/data.ts";
import { jsonTraining, peoplesTraining } from "./train/display.ts";
import { checkpointFolder, type TrainPlan } from "./train/plan.ts";
import { reportLines } from "./train/report-lines.ts";
import { learnerOf, progressOf, train as runTraining, type TrainOutcome } from "./train/session.ts";
import { listenForTrainStop } from "./train/stop.ts";

/** Width of sentences. */
const TEXT_COLUMNS = 80;
/** More threads than this have not been tried: rounds get too short for them. */
const WORKERS_MAX = 8;

/**
 * `kinetra train`: from the options to a tested policy in its folder. Returns the exit code: 0, or 130 and 143 when it was interrupted and the best policy so
 * far was kept. Throws a `Failure` before any work when the data cannot be used or something stands where the policy would.
 */
export async function train(request: TrainRequest, terminal: Terminal): Promise<number> {
	const { plan, notes } = await planOf(request);
	const keeper = openKeeper(plan, request.resume);
	const pool = createPool({ workers: plan.workers });
	const stop = listenForTrainStop(
		() =>
			terminal.complain(
				"Ending with the best policy so far, when what runs now is done. Ctrl-C once more ends at once: only the last checkpoint is kept then.",
			),
		() =>
			terminal.complain(
				`Ended at once. ${existsSync(checkpointFile(plan.out)) ? "Go on from the last checkpoint with --resume." : "There is no checkpoint yet."}`,
			),
	);
	let done = false;
	try {
		const learner = learnerOf(plan, keeper.found);
		const progress = progressOf(keeper.found);
		const order = { steps: plan.steps, doneBefore: progress.steps, endsAtMs: plan.minutes === null ? null : plan.minutes * 60_000 - progress.wallMs };
		const display = request.json ? jsonTraining(terminal, order) : peoplesTraining(terminal, order);
		if (!request.json) announce(plan, notes, progress.steps, terminal);
		else for (const text of notes) terminal.print(JSON.stringify({ type: "note", text }));
		const { nowMs } = wallClock();
		const outcome = await runTraining({ plan, learner, progress, keeper, pool, stop, display, nowMs });
		done = !outcome.interrupted;
		tell(plan, outcome, request, terminal);
		return outcome.interrupted ? (stop.code() ?? EXIT.sigterm) : EXIT.ok;
	} finally {
		stop.release();
		await pool.close();
		keeper.release(done);
	}
}

/** The options as one checked plan, its data read. */
async function planOf(request: TrainRequest): Promise<{ readonly plan: TrainPlan; readonly notes: readonly string[] }> {
	const { agent: algorithm, steps, minutes, seed } = request;
	const name = nameOf(request);
	if (listAgents().some(({ id }) => id === name)) throw usageFailure(`--name ${name} is the name of one of Kinetra's rules. Choose another.`);
	const workers = request.workers ?? Math.min(WORKERS_MAX, availableParallelism());
	const { ground, data, test, notes } = await prepareGround({ paths: request.data, symbol: request.symbol, timeframe: request.timeframe });
	const { learnFrom = 0 } = LEARNING_SETTINGS[algorithm];
	const tooFew = `${algorithm} only gathers experience in its first ${learnFrom} steps: with --steps ${steps} it learns nothing. Give many times as many.`;
	const command = commandOf(request, name, workers);
	const out = resolve(request.out ?? name);
	return { plan: { algorithm, name, out, steps, minutes, seed, workers, ground, data, test, command }, notes: steps > learnFrom ? notes : [...notes, tooFew] };
}

const NAME = /^[a-z][a-z0-9-]{0,31}$/;

function nameOf({ agent, name, out }: TrainRequest): string {
	if (name !== null) return name;
	const folder = out === null ? "" : basename(resolve(out));
	return NAME.test(folder) ? folder : `my-${agent}`;
}

/** The command that makes the same policy again, but for the folder it is put into. */
function commandOf({ agent, data, symbol, timeframe, steps, seed }: TrainRequest, name: string, workers: number): string {
	const options: readonly (readonly [string, string | null])[] = [
		["agent", agent],
		["data", data.length === 0 ? null : data.map(quoted).join(" ")],
		["symbol", symbol],
		["timeframe", timeframe],
		["steps", String(steps)],
		["seed", String(seed)],
		["workers", String(workers)],
		["name", name],
	];
	const text = `kinetra train${options.map(([key, value]) => (value === null ? "" : ` --${key} ${value}`)).join("")}`;
	// A manifest takes so much.
	return text.length <= 1000 ? text : `${text.slice(0, 990)} ...`;
}

function quoted(path: string): string {
	return /^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function announce({ algorithm, name, ground, workers, seed, steps }: TrainPlan, notes: readonly string[], doneBefore: number, terminal: Terminal): void {
	const { palette } = terminal;
	const where =
		ground.kind === "synthetic" ? `synthetic ${ground.terms.instrument.symbol}` : `${ground.files.length} ${ground.files.length === 1 ? "file" : "files"}`;
	terminal.print(`${palette.strong(`TRAINING  ${name}  ${algorithm}`)}  on ${where}  seed ${seed}  ${workers} ${workers === 1 ? "worker" : "workers"}`);
	if (doneBefore > 0) terminal.print(palette.faint(`goes on after ${doneBefore} of ${steps} steps`));
	for (const note of notes) terminal.print(palette.warn(note));
}

/** A market to try the policy on: a test file, or one of the symbol and timeframe that it has learned. */
function marketOf({ ground, test }: TrainPlan): string {
	const file = test.sessions[0]?.file;
	if (file !== undefined) return ` --file ${quoted(file)}`;
	if (ground.kind === "files") return "";
	const { instrument, timeframeMinutes } = ground.terms;
	const changes = [
		["symbol", instrument.symbol, "EURUSD"],
		["timeframe", timeframeName(timeframeMinutes), "M1"],
	].filter(([, value, usual]) => value !== usual);
	return changes.map(([key, value]) => ` --${key} ${value}`).join("");
}

function tell(plan: TrainPlan, { policy, report, interrupted }: TrainOutcome, { json }: TrainRequest, terminal: Terminal): void {
	const { sha256, manifest } = policy.policy;
	if (json) {
		terminal.print(JSON.stringify({ type: "policy", name: plan.name, folder: plan.out, sha256, interrupted, provenance: manifest.provenance, report }));
		return;
	}
	terminal.endProgress();
	if (report !== null) terminal.print(reportLines(report, terminal.palette).join("\n"));
	terminal.print(`The policy is in ${plan.out}  (sha256 ${sha256.slice(0, 16)})`);
	if (interrupted) {
		const text = `It is the best so far, not tested. The training goes on with the same command and --resume; its checkpoint is in ${checkpointFolder(plan.out)}`;
		terminal.print(wrap(text, TEXT_COLUMNS).join("\n"));
	}
	terminal.print(`Next: kinetra run --agent ${quoted(plan.out)}${marketOf(plan)}`);
}
