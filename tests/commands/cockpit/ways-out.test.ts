import { afterEach, describe, expect, it, vi } from "vitest";
import type { SessionFailure, SessionOver } from "../../../src/commands/cockpit/session-intents.ts";
import { createWaysOut, type WaysOut } from "../../../src/commands/cockpit/ways-out.ts";
import type { Summary } from "../../../src/engine/summary-type.ts";
import { createCockpitStore } from "../../../src/ui/store.ts";
import { viewOf } from "../../helpers/view.ts";

afterEach(() => {
	vi.useRealTimers();
});

/** A session that ends when it is told to, with this exit code; null = no session runs. */
function leaving(running: boolean, summary: { readonly exitCode: number } | null, failure: SessionFailure | null = null) {
	const asked: string[] = [];
	let end = (): void => {};
	const idle = new Promise<SessionOver>((resolve) => {
		end = () => resolve({ summary: summary as Summary | null, failure });
	});
	const store = createCockpitStore({ live: running ? viewOf() : null, dialog: { title: "", tone: "plain", lines: [], input: null, choices: [] } });
	const ways = createWaysOut(store, {
		stop: (...args) => asked.push(`stop ${args.join(" ")}`),
		whenIdle: () => idle,
		terminateNow() {
			asked.push("terminate");
			return null;
		},
	});
	return { ways, store, asked, end: () => end() };
}

describe("the ways out", () => {
	it.each<[string, boolean, { readonly exitCode: number } | null, (ways: WaysOut) => void, string, number]>([
		["q without a session", false, null, (ways) => ways.quit("keep"), "stop the operator left keep 130", 0],
		["q after a session that a limit has stopped", false, { exitCode: 5 }, (ways) => ways.quit("keep"), "stop the operator left keep 130", 5],
		["q in a session: its own code", true, { exitCode: 130 }, (ways) => ways.quit("flatten"), "stop the operator left flatten 130", 130],
		["Ctrl-C without a session", false, null, (ways) => ways.signalled("SIGINT"), "stop interrupted by SIGINT  130", 130],
		["Ctrl-C in a session that was ending by itself", true, { exitCode: 0 }, (ways) => ways.signalled("SIGINT"), "stop interrupted by SIGINT  130", 0],
		["SIGTERM", true, { exitCode: 143 }, (ways) => ways.signalled("SIGTERM"), "stop interrupted by SIGTERM  143", 143],
		["the terminal closed", true, { exitCode: 143 }, (ways) => ways.lost(), "stop the terminal was closed  143", 143],
		["the drawing failed: a bug, whatever the session says", true, { exitCode: 0 }, (ways) => ways.crashed(), "stop the screen failed  70", 70],
	])("%s", async (_name, running, summary, leave, asked, exitCode) => {
		const cockpit = leaving(running, summary);
		let left = false;
		void cockpit.ways.left.then(() => {
			left = true;
		});
		leave(cockpit.ways);
		await Promise.resolve();
		expect([left, cockpit.ways.leaving(), cockpit.store.getState().leaving, cockpit.store.getState().dialog]).toEqual([false, true, true, null]);
		cockpit.end();
		expect(await cockpit.ways.left).toEqual({ exitCode, summary, problem: null });
		expect(cockpit.asked).toEqual([asked]);
	});

	it.each<[string, SessionFailure, number, string | null]>([
		["that died keeps the exit code of a bug, and is told", { message: "out of memory", exitCode: 70, hadBegun: true }, 70, "out of memory"],
		["that was refused and told on the screen is no failure of the program", { message: "no file", exitCode: 3, hadBegun: false }, 0, null],
	])("q after a session %s", async (_name, failure, exitCode, problem) => {
		const cockpit = leaving(false, null, failure);
		cockpit.ways.quit("keep");
		cockpit.end();
		expect(await cockpit.ways.left).toEqual({ exitCode, summary: null, problem });
	});

	it("leaves with the message and exit code of a session that the command line asked for and that could not begin", async () => {
		const cockpit = leaving(false, null);
		cockpit.ways.refused({ message: "no room", exitCode: 3, hadBegun: false });
		expect(await cockpit.ways.left).toEqual({ exitCode: 3, summary: null, problem: "no room" });
		expect(cockpit.ways.leaving()).toBe(true);
		cockpit.ways.refused({ message: "again", exitCode: 4, hadBegun: false });
		expect(cockpit.asked).toEqual([]);
	});

	it("takes the first one only", async () => {
		const cockpit = leaving(true, { exitCode: 130 });
		cockpit.ways.quit("keep");
		cockpit.ways.quit("flatten");
		cockpit.ways.signalled("SIGTERM");
		cockpit.end();
		expect((await cockpit.ways.left).exitCode).toBe(130);
		expect(cockpit.asked).toEqual(["stop the operator left keep 130"]);
	});

	it("says that a session is being ended, and nothing where there is none", () => {
		const running = leaving(true, null);
		running.ways.quit("keep");
		expect(running.store.getState().notice?.text).toContain("Ctrl-C leaves at once");
		const none = leaving(false, null);
		none.ways.quit("keep");
		expect(none.store.getState().notice).toBeNull();
	});

	it("does not wait for ever for a session that nobody can see, and does for one that somebody watches", async () => {
		vi.useFakeTimers();
		const gone = leaving(true, null);
		gone.ways.lost();
		vi.advanceTimersByTime(30_000);
		expect(await gone.ways.left).toEqual({ exitCode: 143, summary: null, problem: expect.stringContaining("did not end in time") });
		expect(gone.asked.at(-1)).toBe("terminate");
		const atBroker = leaving(true, null);
		const { live } = atBroker.store.getState();
		atBroker.store.setState({ live: live === null ? null : { ...live, about: { ...live.about, mode: "demo" } } });
		atBroker.ways.crashed();
		vi.advanceTimersByTime(200_000);
		expect(atBroker.asked, "a lost close is looked up and sent again first").toEqual(["stop the screen failed  70"]);
		vi.advanceTimersByTime(100_000);
		expect(atBroker.asked.at(-1)).toBe("terminate");
		const watched = leaving(true, null);
		watched.ways.quit("flatten");
		vi.advanceTimersByTime(300_000);
		expect(watched.asked).toEqual(["stop the operator left flatten 130"]);
	});
});
