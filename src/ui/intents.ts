import type { Command } from "../engine/event.ts";
import type { BrokerMs } from "../engine/units.ts";
import type { Choices } from "./state.ts";

/** Which of the two sessions that a cockpit can hold: the one that trades, or a recorded one that is played again. */
export type Source = "live" | "replay";

/**
 * What the screen can ask of the program. Every call returns at once; what comes of it appears in the store. Nothing here throws: trouble
 * becomes a notice or an error field of the slice that was asked for.
 */
export type Intents = {
	/** Starts a session with these choices and shows it; what is wrong with them becomes a notice. */
	startSession(choices: Choices): void;
	/** A command for the session that trades; journalled by the engine before it acts. */
	command(command: Command): void;
	/** Market seconds a wall second of either session. */
	setSpeed(source: Source, speed: number | "max"): void;
	/** Plays a recorded session again on the session screen. */
	startReplay(sessionId: string): void;
	/** Holds the replay or lets it go on. */
	holdReplay(held: boolean): void;
	/** Moves the replay to this market time: forward at full speed, backward from the start. */
	seekReplay(at: BrokerMs): void;
	closeReplay(): void;
	/** Fetches everything the journal has on a trade into `state.trade`. `number` as in the trade log; shadow trades have numbers of their own. */
	openTrade(source: Source | { readonly sessionId: string }, number: number, shadow: boolean): void;
	/** Fetches the way to the bridge into `state.connection`. */
	loadConnection(): void;
	/** Remembers another address of the bridge; what is wrong with it becomes a notice. */
	saveBridge(url: string): void;
	/** Makes the token file, if there is none; where it is becomes a notice. */
	makeToken(): void;
	/** Runs the checklist of `kinetra test-connection` into `state.connection`. */
	testConnection(): void;
	/** Computes where every agent and configuration stands into `state.standings`. */
	loadStandings(): void;
	/** Begins the start of a demo or live session with these choices: checks, then questions, in `state.stageStart`. */
	prepareStage(mode: "demo" | "live", choices: Choices): void;
	/** What is to become of positions that were found. `stop` gives the start up; nothing is touched. */
	chooseFound(choice: "resume" | "close" | "stop"): void;
	/** The typed answer to `stageStart.question`. After the last right one the session starts and is shown. */
	answerStage(text: string): void;
	/** Gives the start up. */
	leaveStage(): void;
	loadStatus(): void;
	loadAgents(): void;
	/** Accepts a carried loss of an agent build (`kinetra agents accept`). */
	acceptLoss(build: string, reason: string): void;
	loadSessions(): void;
	/** Fetches a stored summary into `state.summary`. */
	openSummary(sessionId: string): void;
	/** Reads all trades of the session whose summary is open from its journal, into `state.summary`. */
	loadTrades(sessionId: string): void;
	/** Fetches two summaries into `state.compare`. */
	compare(left: string, right: string): void;
	/** Writes trades.csv, orders.csv and equity.csv; the result becomes a notice. */
	exportSession(sessionId: string): void;
	/** Checks the journal's chain; the result becomes a notice. */
	verifySession(sessionId: string): void;
	/** Fetches a folder's entries into `state.folder`; null = the last one, or the data folder. */
	listFolder(path: string | null): void;
	/** Fetches what MT5 exports lie in the data folder into `state.exports`. */
	loadExports(): void;
	/** Remembers the choices of the form for the next start. */
	saveChoices(choices: Choices): void;
	/** The same for the form of a stage at the broker. */
	saveStageChoices(mode: "demo" | "live", choices: Choices): void;
	/** Rings the terminal's bell, if the user wants one. */
	ring(): void;
	/** Leaves the cockpit; a session that trades is ended orderly first, its positions as asked. */
	quit(positions: "flatten" | "keep"): void;
};
