import { accessSync, constants, existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { canonicalJson } from "../../adapters/canonical.ts";
import { cleanText } from "../../adapters/clean-text.ts";
import { dataFailure, EXIT, Failure, usageFailure } from "../../adapters/failure.ts";
import { freeBytes, makePrivateFolder } from "../../adapters/home.ts";
import { tryLock } from "../../adapters/lock.ts";
import { reasonOf } from "../../adapters/reason.ts";
import type { LearnerState } from "../../engine/learning/player.ts";
import { timeframeName } from "../../engine/market/timeframe.ts";
import { VERSION } from "../../version.ts";
import { checkpointFolder, type TrainPlan } from "./plan.ts";
import type { TrainProgress } from "./progress.ts";
import { readState, writeState } from "./state-file.ts";

/** A training between two rounds. */
export type Checkpoint = {
	readonly learner: LearnerState;
	readonly progress: TrainProgress;
	/** SHA-256 of the policy that an interruption left in the training's folder, which the end may replace; null = none. */
	readonly exported: string | null;
};

/** The place where a training keeps its state; held for this program alone. */
export type Keeper = {
	/** The state to go on from; null for a new training. */
	readonly found: Checkpoint | null;
	save(checkpoint: Checkpoint): void;
	/** Lets go of the place; `remove` when the training is over and nothing can be gone on from. */
	release(remove: boolean): void;
};

/** The file of a training's last checkpoint. */
export function checkpointFile(out: string): string {
	return join(checkpointFolder(out), "state");
}

/** Room for some checkpoints of the largest learner. */
const FREE_BYTES_MIN = 100_000_000;

/**
 * Opens the place beside the training's folder, before any work. Throws a `Failure`: exit 2 when something is there that would be overwritten, or nothing to
 * go on from; exit 3 when it cannot be written; exit 4 when another program trains there.
 */
export function openKeeper(plan: TrainPlan, resume: boolean): Keeper {
	const { out } = plan;
	const folder = checkpointFolder(out);
	const state = checkpointFile(out);
	requireFresh(out, folder, existsSync(state), resume);
	const release = prepare(folder);
	try {
		const found = resume ? read(state, plan) : null;
		return {
			found,
			save: (checkpoint) => writeState(state, { version: VERSION, plan: identityOf(plan), ...checkpoint }),
			release(remove) {
				release();
				if (remove) rmSync(folder, { recursive: true, force: true });
			},
		};
	} catch (error) {
		release();
		throw error;
	}
}

function requireFresh(out: string, folder: string, hasState: boolean, resume: boolean): void {
	const shown = cleanText(out, 200);
	if (resume && !hasState) throw usageFailure(`--resume: there is no checkpoint in ${cleanText(folder, 200)}. Leave --resume out to begin.`);
	if (resume) return;
	if (hasState)
		throw usageFailure(
			`An unfinished training of ${shown} lies in ${cleanText(folder, 200)}. Go on with --resume, or choose another --out, or delete that folder.`,
		);
	if (existsSync(out) && !isEmpty(out)) throw usageFailure(`${shown} is there already. Choose another --out, or move it away.`);
}

function isEmpty(path: string): boolean {
	try {
		return readdirSync(path).length === 0;
	} catch {
		return false;
	}
}

/** Makes the folder, holds it, and sees that it can be written; returns what lets go. */
function prepare(folder: string): () => void {
	const shown = cleanText(folder, 200);
	try {
		makePrivateFolder(folder);
		accessSync(dirname(resolve(folder)), constants.W_OK);
		const free = freeBytes(folder);
		if (free !== null && free < FREE_BYTES_MIN)
			throw dataFailure(
				`The disk of ${shown} is full (${free} bytes free; a training needs at least ${FREE_BYTES_MIN}). Free some space or choose another --out.`,
			);
		const lock = tryLock(join(folder, "lock"));
		if (lock.held) return lock.release;
		throw new Failure(EXIT.refused, `Another program (process ${lock.owner?.pid ?? "unknown"}) trains in ${shown}. Wait for its end, or choose another --out.`);
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw dataFailure(`${shown} cannot be written: ${reasonOf(error)}. Choose another --out.`);
	}
}

/** What must be the same to go on: everything that the result depends on. */
function identityOf({ algorithm, name, steps, seed, workers, data, ground }: TrainPlan): Record<string, unknown> {
	// Of files the data says it, each its own.
	const timeframe = ground.kind === "synthetic" ? timeframeName(ground.terms.timeframeMinutes) : null;
	return { agent: algorithm, name, steps, seed, workers, data, timeframe };
}

function read(path: string, plan: TrainPlan): Checkpoint {
	// The hash in the file says that these are the bytes that `save` wrote.
	const stored = readState(path) as Checkpoint & { readonly version: string; readonly plan: Record<string, unknown> };
	if (stored.version !== VERSION)
		throw dataFailure(
			`The checkpoint ${cleanText(path, 200)} is of Kinetra ${cleanText(stored.version, 20)}, this is ${VERSION}: the result would be neither's. Finish it there, or start anew.`,
		);
	const asked = identityOf(plan);
	const other = Object.keys(asked).find((key) => canonicalJson(stored.plan[key]) !== canonicalJson(asked[key]));
	if (other === undefined) return stored;
	const was = other === "data" ? "other data" : `--${other} ${cleanText(String(stored.plan[other]), 60)}`;
	throw usageFailure(`--resume: the training was begun with ${was}. Give the same options as then, or start anew with another --out.`);
}
