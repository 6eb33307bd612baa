import { type ChildProcess, spawn } from "node:child_process";
import { cleanText } from "../../clean-text.ts";
import { dataFailure } from "../../failure.ts";
import { readOnnx } from "../onnx/read.ts";
import { findOnnxRuntime, INSTALL_HINT } from "./find.ts";
import { watchMemory } from "./memory.ts";
import { RUNTIME_PROGRAM } from "./program.ts";

/** A model loaded elsewhere, in a process of its own. */
export type ModelRunner = {
	/**
	 * Outputs of one observation. Rejects with an `Error` when the model fails, answers with numbers that are not finite, does not answer in time, or is
	 * gone: then every later call does too.
	 */
	run(observation: Float32Array): Promise<Float32Array>;
	/** Ends it; nothing of it is alive when this resolves. */
	close(): Promise<void>;
};

/** How long loading and one inference may take at most (then the process is ended), and what memory the process may take. */
export type RuntimeLimits = { readonly loadMs: number; readonly runMs: number; readonly memoryMb: number };
export const RUNTIME_LIMITS: RuntimeLimits = { loadMs: 20_000, runMs: 5_000, memoryMb: 1_024 };

/**
 * Loads the bytes of a model into the user's ONNX Runtime. It runs in a process of its own, not a thread: native code that crashes, hangs or takes all
 * memory then costs a decision, not a session with open positions, and can be ended at any moment. Rejects with a `Failure` (exit 3) when there is no
 * runtime, saying how to install it, or when the model does not load in time; with `ModelRefused` for a model that must not be used.
 */
export async function openOnnxRuntime(
	model: Uint8Array,
	{ folder = findOnnxRuntime(), limits = RUNTIME_LIMITS }: { readonly folder?: string | null; readonly limits?: RuntimeLimits } = {},
): Promise<ModelRunner> {
	const { input, output } = readOnnx(model);
	if (folder === null)
		throw dataFailure(`This policy's network has operators that Kinetra does not compute itself, and onnxruntime-node was not found. ${INSTALL_HINT}`);
	const desk = startProcess(limits);
	try {
		await desk.ask({ type: "load", folder, model, input: input.name, output: output.name }, limits.loadMs);
	} catch (error) {
		await desk.end();
		throw dataFailure(`The model could not be loaded into the ONNX Runtime of ${cleanText(folder)}: ${(error as Error).message}. ${INSTALL_HINT}`);
	}
	return {
		async run(observation) {
			if (observation.length !== input.features) throw new Error(`the model reads ${input.features} values, not ${observation.length}`);
			const numbers = await desk.ask({ type: "run", id: desk.nextId(), observation, outputsMax: OUTPUTS_MAX }, limits.runMs);
			const broken = numbers.findIndex((value) => !Number.isFinite(value));
			if (broken >= 0) throw new Error(`the model answered ${numbers[broken]} as number ${broken + 1}`);
			return numbers;
		},
		close: () => desk.end(),
	};
}

/** No policy has more outputs than this. */
const OUTPUTS_MAX = 4_096;

type Asked =
	| { readonly type: "load"; readonly folder: string; readonly model: Uint8Array; readonly input: string; readonly output: string }
	| { readonly type: "run"; readonly id: number; readonly observation: Float32Array; readonly outputsMax: number };

/** The process: one question at a time, each with its time. */
type Desk = { ask(question: Asked, ms: number): Promise<Float32Array>; nextId(): number; end(): Promise<void> };

type Waiting = { readonly id: number; readonly resolve: (numbers: Float32Array) => void; readonly reject: (error: Error) => void };

function startProcess(limits: RuntimeLimits): Desk {
	// Nothing of our environment goes along: a model's runtime has no use for it, and it may hold a token.
	const child = spawn(process.execPath, ["--max-old-space-size=128", "--input-type=commonjs", "-e", RUNTIME_PROGRAM], {
		env: systemEnvironment(process.env),
		stdio: ["ignore", "ignore", "ignore", "ipc"],
		serialization: "advanced",
		windowsHide: true,
	});
	let waiting: Waiting | null = null;
	let gone: string | null = null;
	let id = 0;
	const fail = (what: string): void => {
		const asked = waiting;
		waiting = null;
		asked?.reject(new Error(what));
	};
	const stop = (what: string): void => {
		gone ??= what;
		child.kill("SIGKILL");
		fail(gone);
	};
	const unwatch = watchMemory(child.pid, limits.memoryMb, (mb) => stop(`the model's process took ${mb} MB; at most ${limits.memoryMb} MB are allowed`));
	const exited = exitOf(child).then((how) => {
		unwatch();
		gone ??= how;
		fail(gone);
	});
	child.on("message", (message: unknown) => {
		const said = readMessage(message);
		if (said.type === "failed") fail(said.what);
		else if (waiting !== null && said.id === waiting.id) {
			const { resolve } = waiting;
			waiting = null;
			resolve(said.numbers);
		}
	});
	return {
		ask: (question, ms) =>
			new Promise((resolve, reject) => {
				if (gone !== null) return reject(new Error(gone));
				if (waiting !== null) return reject(new Error("the model has not answered the question before"));
				// A late process is ended: an answer to an old question must never be taken for one to the next.
				const timer = setTimeout(() => stop(`the model did not answer within ${ms} ms`), ms);
				const done = (settle: () => void): void => {
					clearTimeout(timer);
					settle();
				};
				const asked = question.type === "run" ? question.id : 0;
				waiting = { id: asked, resolve: (numbers) => done(() => resolve(numbers)), reject: (error) => done(() => reject(error)) };
				child.send(question, (error) => error !== null && stop(`the model's process cannot be reached: ${cleanText(error.message)}`));
			}),
		nextId: () => ++id,
		async end() {
			stop("the model has been closed");
			await exited;
		},
	};
}

/** Resolves when the process is over, or was never started, with how in words. */
function exitOf(child: ChildProcess): Promise<string> {
	return new Promise((resolve) => {
		child.once("error", (error) => child.pid === undefined && resolve(`the model's process could not be started: ${cleanText(error.message)}`));
		child.once("exit", (code, signal) => resolve(`the model's process has ended (${signal ?? `exit code ${code}`})`));
	});
}

type Said = { readonly type: "failed"; readonly what: string } | { readonly type: "answer"; readonly id: number; readonly numbers: Float32Array };

/** What the process says is not trusted: its memory is the model's. */
function readMessage(message: unknown): Said {
	const { type, id, numbers, what } = (typeof message === "object" && message !== null ? message : {}) as Readonly<Record<string, unknown>>;
	if (type === "loaded") return { type: "answer", id: 0, numbers: new Float32Array(0) };
	if (type === "answer" && typeof id === "number" && numbers instanceof Float32Array && numbers.length <= OUTPUTS_MAX) return { type, id, numbers };
	return { type: "failed", what: cleanText(typeof what === "string" ? what : "the model's process said what it should not", 300) };
}

/** What a program needs to start on each system, and nothing else. */
function systemEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	const names = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "TEMP", "TMP", "TMPDIR"];
	return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
