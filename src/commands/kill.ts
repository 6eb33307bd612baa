import { bridgeAddress, bridgeSettings, isBridgeKnown } from "../adapters/bridge-settings.ts";
import { wallClock } from "../adapters/clock/wall.ts";
import { EXIT, Failure } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import { clearKill, killFile, noteKill, readKill, writeKill } from "../adapters/kill-file.ts";
import { reasonOf } from "../adapters/reason.ts";
import type { ConnectionRequest } from "../args/connection.ts";
import type { Terminal } from "../terminal.ts";
import { earlyEnd } from "./connection/early-end.ts";
import { type BridgeKill, killAtBridge, releaseAtBridge } from "./kill/bridge-kill.ts";
import { bridgeText, LAST_RESORT, sessionText } from "./kill/kill-text.ts";
import { type RunningSession, runningSessions, type SessionOutcome, watchSessions } from "./kill/watch-sessions.ts";

type Asked = Extract<ConnectionRequest, { command: "kill" }>;
type Way = Pick<Asked, "bridge" | "tokenFile">;

/** How long sessions may take to write that they are killed: they look four times a second, and a loaded machine is slow. */
const SESSIONS_MS = 5000;

/**
 * `kinetra kill`: stops everything, from any terminal (controls C33, C34). The kill file first, which every session of this home sees and which lets no
 * other start; then straight to the bridge, whatever became of the file. Returns 0 only when all of it is confirmed, else 3. `--release` lifts both.
 */
export async function kill(asked: Asked, home: Home, terminal: Terminal): Promise<number> {
	const ending = earlyEnd();
	try {
		const done =
			asked.action.name === "kill"
				? await stopAll(asked, asked.action, home, terminal, ending.signal)
				: await release(asked, asked.action.reason, home, terminal, ending.signal);
		return ending.code() ?? (done ? EXIT.ok : EXIT.data);
	} finally {
		ending.done();
	}
}

async function stopAll(
	way: Way,
	action: { readonly flatten: boolean; readonly reason: string },
	home: Home,
	terminal: Terminal,
	signal: AbortSignal,
): Promise<boolean> {
	const clock = wallClock();
	const startedAt = performance.now();
	const fileProblem = tryTo(() => writeKill(home, { at: clock.nowMs(), ...action }));
	terminal.print(
		fileProblem === null
			? `kill file written: ${killFile(home)}. Every session of this home stops, and none starts while it is there.`
			: `The kill file could NOT be written (${fileProblem}): sessions of this home do not see this kill. Going on to the bridge.`,
	);
	noteKill(home, { at: clock.nowMs(), what: action.flatten ? "kill --flatten" : "kill", reason: action.reason });
	const { running, problem } = sessionsOf(home);
	if (problem !== null) terminal.print(`The sessions of this home cannot be listed: ${problem}`);
	const bridge = bridgeOf(way, home);
	// Both at once: neither has to wait for the other.
	const [outcomes, atBridge] = await Promise.all([
		watchSessions(running, startedAt, SESSIONS_MS, signal),
		bridge.kind === "known" ? tellBridge(bridge, action, clock, signal) : null,
	]);
	for (const outcome of outcomes) terminal.print(sessionText(outcome));
	return verdict(terminal, { fileProblem: fileProblem ?? problem, outcomes, bridge, atBridge });
}

type KnownBridge = { readonly kind: "known"; readonly url: string; readonly settings: ReturnType<typeof bridgeSettings> };
type WayToBridge = KnownBridge | { readonly kind: "none" } | { readonly kind: "unusable"; readonly why: string };

function verdict(
	terminal: Terminal,
	found: {
		readonly fileProblem: string | null;
		readonly outcomes: readonly SessionOutcome[];
		readonly bridge: WayToBridge;
		readonly atBridge: BridgeKill | null;
	},
): boolean {
	const { bridge, atBridge, outcomes } = found;
	if (bridge.kind === "known" && atBridge !== null) for (const line of bridgeText(bridge.url, atBridge)) terminal.print(line);
	if (bridge.kind === "unusable") terminal.print(`bridge: NOT CONFIRMED, the way to it is not usable: ${bridge.why}`);
	const bridgeDone = bridge.kind === "none" || (atBridge?.kind === "told" && atBridge.confirmed);
	const sessionsDone = found.fileProblem === null && outcomes.every(({ kind }) => kind !== "not-confirmed");
	const { palette } = terminal;
	if (!bridgeDone) for (const line of LAST_RESORT) terminal.print(line);
	if (!bridgeDone || !sessionsDone) {
		terminal.print(palette.bad("KILL NOT CONFIRMED"));
		return false;
	}
	if (bridge.kind === "none" && outcomes.length === 0) terminal.print("Nothing was running and no bridge is set up: there was nothing to stop.");
	terminal.print(`${palette.good("KILL CONFIRMED")}. Nothing starts again by itself. To lift it: kinetra kill --release --reason "..."`);
	return true;
}

async function tellBridge(
	bridge: KnownBridge,
	action: { readonly flatten: boolean; readonly reason: string },
	clock: ReturnType<typeof wallClock>,
	signal: AbortSignal,
): Promise<BridgeKill> {
	try {
		return await killAtBridge({ address: bridgeAddress(bridge.settings), clock, signal }, action.flatten, action.reason);
	} catch (error) {
		// Without a token there is no way in; the rest of the kill must not fall over it.
		return { kind: "unreachable", why: messageOf(error) };
	}
}

async function release(way: Way, reason: string, home: Home, terminal: Terminal, signal: AbortSignal): Promise<boolean> {
	const clock = wallClock();
	const had = readKill(home);
	const fileProblem = tryTo(() => clearKill(home));
	noteKill(home, { at: clock.nowMs(), what: "release", reason });
	if (fileProblem !== null) terminal.print(`The kill file ${killFile(home)} could NOT be removed: ${fileProblem}. Remove it by hand.`);
	else terminal.print(had === null ? "There was no kill file in this home." : `The kill file is lifted. It said: ${had.reason}`);
	const bridge = bridgeOf(way, home);
	if (bridge.kind === "none") terminal.print("No bridge is set up, so there was nothing to lift there.");
	const atBridge = bridge.kind === "known" ? await releaseThere(bridge, reason, clock, signal) : bridge.kind === "unusable" ? bridge.why : null;
	if (typeof atBridge === "string") terminal.print(`bridge: its latch is NOT lifted: ${atBridge}. Try again when it is reachable.`);
	else if (atBridge !== null)
		terminal.print(
			atBridge.length === 0
				? "bridge: no kill was latched there."
				: `bridge: lifted for ${atBridge.map((scope) => (scope === "all" ? "everything" : `agent ${scope}`)).join(", ")}.`,
		);
	terminal.print("Nothing starts again by itself. A session that was killed stays so until it is reset in its cockpit.");
	return fileProblem === null && typeof atBridge !== "string";
}

/** The scopes that were lifted at the bridge, or why not. */
async function releaseThere(
	bridge: KnownBridge,
	reason: string,
	clock: ReturnType<typeof wallClock>,
	signal: AbortSignal,
): Promise<readonly string[] | string> {
	try {
		const released = await releaseAtBridge({ address: bridgeAddress(bridge.settings), clock, signal }, reason);
		return released.kind === "released" ? released.scopes : released.why;
	} catch (error) {
		return messageOf(error);
	}
}

/** The bridge to tell: none only where none was ever set up, so that nothing could be trading there. */
function bridgeOf({ bridge, tokenFile }: Way, home: Home): WayToBridge {
	try {
		const settings = bridgeSettings(home, process.env, { bridge, tokenFile });
		return isBridgeKnown(home, settings) ? { kind: "known", url: settings.url, settings } : { kind: "none" };
	} catch (error) {
		return { kind: "unusable", why: messageOf(error) };
	}
}

function sessionsOf(home: Home): { readonly running: readonly RunningSession[]; readonly problem: string | null } {
	try {
		return { running: runningSessions(home), problem: null };
	} catch (error) {
		return { running: [], problem: messageOf(error) };
	}
}

function tryTo(work: () => unknown): string | null {
	try {
		work();
		return null;
	} catch (error) {
		return messageOf(error);
	}
}

function messageOf(error: unknown): string {
	return error instanceof Failure ? error.message : reasonOf(error);
}
