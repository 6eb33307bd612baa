import type { MessagePort } from "node:worker_threads";
import type { ConfirmedStage } from "../commands/stage/confirmed.ts";
import type { RunOptions } from "../config/options.ts";
import type { TradeDossier } from "../engine/dossier.ts";
import type { Command } from "../engine/event.ts";
import type { BrokerMs } from "../engine/units.ts";
import type { SessionNews } from "../ui/session-update.ts";
import type { SessionAbout } from "../ui/session-view.ts";
import type { JobAsked } from "./jobs.ts";

/** What a thread is started for. `root` is the home's folder. */
export type Task =
	/** `confirmed`: what a person has typed for a demo or live session; null for virtual ones. */
	| { readonly task: "session"; readonly root: string; readonly options: RunOptions; readonly confirmed: ConfirmedStage | null }
	| { readonly task: "replay"; readonly root: string; readonly sessionId: string }
	| { readonly task: "job"; readonly root: string; readonly asked: JobAsked };

/**
 * Handed to a thread at its start. The port is one of our own, because its closing tells the thread that nobody is left; `left` is one
 * shared 32-bit number that the thread sets to 1 when its journal is written and it may be ended.
 */
export type ThreadStart = { readonly task: Task; readonly port: MessagePort; readonly left: SharedArrayBuffer };

/** From the screen's thread to the engine's. Plain data; what a task does not know it ignores. */
export type ToThread =
	/** The last update has been dealt with: the next one may come. */
	| { readonly type: "acknowledge" }
	| { readonly type: "command"; readonly command: Command }
	/** The orderly end asked for by the program; `interruptCode` is the exit code that it leads to. */
	| { readonly type: "stop"; readonly reason: string; readonly positions: "flatten" | "keep" | null; readonly interruptCode: number }
	/** Write the journal now and let go of the session: the process is about to be ended. */
	| { readonly type: "leave" }
	/** `from` is the speed that the screen showed: a session that has been slowed down meanwhile keeps its own. */
	| { readonly type: "speed"; readonly speed: number | "max"; readonly from: number | "max" }
	| { readonly type: "hold"; readonly held: boolean }
	| { readonly type: "seek"; readonly at: BrokerMs }
	| { readonly type: "dossier"; readonly request: number; readonly number: number; readonly shadow: boolean };

/** From the engine's thread to the screen's. Plain data. */
export type FromThread =
	/** What takes long before the session exists, in words: a program that decides loads its model. */
	| { readonly type: "waiting"; readonly what: string }
	| { readonly type: "begun"; readonly about: SessionAbout; readonly speed: number | "max" }
	/** Of the updates at most ten a second, and none before the one before has been acknowledged. */
	| SessionNews
	| { readonly type: "dossier"; readonly request: number; readonly dossier: TradeDossier | null }
	/** The world's or the user's trouble before anything began; nothing was left behind. */
	| { readonly type: "refused"; readonly message: string; readonly exitCode: number }
	/** A bug: the thread ends. The journal keeps what led to it. */
	| { readonly type: "failed"; readonly message: string }
	| { readonly type: "answer"; readonly value: unknown };
