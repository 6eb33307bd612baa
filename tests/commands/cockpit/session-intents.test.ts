import { describe, expect, it } from "vitest";
import { homeAt } from "../../../src/adapters/home.ts";
import { createSessionIntents } from "../../../src/commands/cockpit/session-intents.ts";
import type { Summary } from "../../../src/engine/summary-type.ts";
import type { Thread, ThreadListener } from "../../../src/thread/client.ts";
import type { FromThread, Task, ToThread } from "../../../src/thread/protocol.ts";
import { acknowledge } from "../../../src/ui/alerts.ts";
import type { CockpitState } from "../../../src/ui/state.ts";
import { createCockpitStore, setView } from "../../../src/ui/store.ts";
import { projectionOf, viewOf } from "../../helpers/view.ts";

/** A thread that the test speaks for. */
type Fake = { readonly task: Task; readonly posted: ToThread[]; readonly calls: string[]; say(message: FromThread): void; exit(error?: string): void };

function cockpit(given: Partial<CockpitState> = {}) {
	const store = createCockpitStore({ path: ["main", "live-testing", "virtual"], ...given });
	const threads: Fake[] = [];
	const heard: string[] = [];
	const start = (_entry: URL, task: Task, listener: ThreadListener): Thread => {
		const fake: Fake = { task, posted: [], calls: [], say: listener.onMessage, exit: (error) => listener.onExit(error ?? null) };
		threads.push(fake);
		return {
			post: (message) => fake.posted.push(message),
			leave: (waitMs) => fake.calls.push(`leave ${waitMs}`) > 0,
			terminate: () => fake.calls.push("terminate"),
		};
	};
	const intents = createSessionIntents({
		store,
		entry: new URL("file:///kinetra.mjs"),
		home: homeAt({ KINETRA_HOME: "/nowhere" }),
		services: { effective: (choices) => choices },
		start,
		ring: () => heard.push("bell"),
		onEnded: () => heard.push("ended"),
		onRefused: (message) => message.includes("said elsewhere"),
	});
	const thread = (index = 0): Fake => threads[index] ?? expect.unreachable("no thread was started");
	return { store, intents, threads, thread, heard, notice: () => store.getState().notice?.text ?? null };
}

const ABOUT = viewOf().about;
const BEGUN: FromThread = { type: "begun", about: ABOUT, speed: 60 };
const ALARM: FromThread = {
	type: "update",
	update: {
		now: projectionOf(),
		logLost: 0,
		samples: null,
		log: [
			{
				at: 1,
				kind: "breaker",
				weight: "alarm",
				event: "breaker trip",
				price: null,
				lots: null,
				result: null,
				reason: "",
				control: "C25",
				trade: null,
				mark: null,
			},
		],
	},
};
const SUMMARY = { endReason: "duration", endDetail: "the planned minutes are over", exitCode: 0 } as Summary;
const ENDED: FromThread = { type: "ended", update: null, end: { kind: "ended", summary: SUMMARY, folder: "/f", problems: [] } };

describe("a session from the form", () => {
	it("is started in a thread with the options that the choices mean, and shown when it has begun", () => {
		const { store, intents, thread, notice } = cockpit();
		intents.startSession({ symbol: "GBPUSD", maxTrades: "none", seed: "7" });
		expect(thread().task).toMatchObject({ task: "session", root: "/nowhere", options: { symbol: "GBPUSD", maxTrades: null, seed: 7, set: [] } });
		expect(notice()).toBe("Preparing the session ...");
		expect(store.getState()).toMatchObject({ live: null, path: ["main", "live-testing", "virtual"] });
		thread().say(BEGUN);
		expect(store.getState()).toMatchObject({ path: ["main", "live-testing", "virtual", "session"], source: "live", focus: "content", notice: null });
		expect(store.getState().live).toMatchObject({ about: ABOUT, speed: 60, now: null });
	});

	it("that waits for its agent says so until it has begun", () => {
		const { store, intents, thread, notice } = cockpit();
		intents.startSession({});
		thread().say({ type: "waiting", what: "The agent slow is starting: 5 s of at most 60 s." });
		expect(notice()).toBe("The agent slow is starting: 5 s of at most 60 s.");
		expect(store.getState().live).toBeNull();
		thread().say(BEGUN);
		expect(notice()).toBeNull();
	});

	it("that proves nothing says why when it has begun", () => {
		const { intents, thread, notice } = cockpit();
		intents.startSession({});
		thread().say({ ...BEGUN, about: { ...ABOUT, notes: ["Bars are rough.", "WARNING: The agent was trained on this file."] } });
		expect(notice()).toBe("WARNING: The agent was trained on this file.");
	});

	it("with a choice that is none starts nothing and says what is wrong", () => {
		const { intents, threads, notice } = cockpit();
		intents.startSession({ duration: "soon" });
		expect(threads).toHaveLength(0);
		expect(notice()).toContain('"soon"');
	});

	it("that cannot begin leaves what was shown, says why, and another one may start", async () => {
		const before = viewOf();
		const { store, intents, thread, threads, notice } = cockpit({ live: before });
		intents.startSession({});
		thread().say({ type: "refused", message: "There is no file\u001b[2J.", exitCode: 3 });
		thread().exit();
		expect(store.getState().live).toBe(before);
		expect(notice()).toBe("There is no file\u{FFFD}.");
		expect(await intents.whenIdle()).toEqual({ summary: null, failure: { message: "There is no file\u{FFFD}.", exitCode: 3, hadBegun: false } });
		intents.startSession({});
		expect(threads).toHaveLength(2);
	});

	it("is the only one: a second is refused while it runs", () => {
		const { intents, threads, notice } = cockpit();
		intents.startSession({});
		intents.startSession({});
		expect(threads).toHaveLength(1);
		expect(notice()).toContain("running already");
	});
});

describe("a running session", () => {
	function running(given: Partial<CockpitState> = {}) {
		const all = cockpit(given);
		all.intents.startSession({});
		all.thread().say(BEGUN);
		return all;
	}

	it("gets commands, speed and questions, and every update is answered", () => {
		const { store, intents, thread } = running();
		intents.command({ command: "kill", reason: "K" });
		intents.setSpeed("live", 120);
		intents.setSpeed("live", Number.NaN);
		intents.setSpeed("live", 1e9);
		thread().say(ALARM);
		intents.stop("the operator left", "keep", 143);
		expect(thread().posted).toEqual([
			{ type: "command", command: { command: "kill", reason: "K" } },
			{ type: "speed", speed: 120, from: 60 },
			{ type: "speed", speed: 1_000_000, from: 120 },
			{ type: "acknowledge" },
			{ type: "stop", reason: "the operator left", positions: "keep", interruptCode: 143 },
		]);
		expect(store.getState().live).toMatchObject({ speed: 1_000_000, log: [{ event: "breaker trip" }] });
	});

	it.each([
		[true, ["bell"]],
		[false, []],
	])("rings for an alarm only when the user wants it: %s", (bell, expected) => {
		const { store, thread, heard } = running();
		setView(store, "session", { bell });
		thread().say(ALARM);
		expect(heard).toEqual(expected);
	});

	it("rings once for an alarm, however often it comes again, and again once it was acknowledged", () => {
		const { store, thread, heard } = running();
		setView(store, "session", { bell: true });
		thread().say(ALARM);
		thread().say(ALARM);
		expect(heard).toEqual(["bell"]);
		const { live } = store.getState();
		if (live !== null) store.setState({ live: { ...live, alerts: acknowledge(live.alerts) } });
		thread().say(ALARM);
		expect(heard).toEqual(["bell", "bell"]);
	});

	it("that was slowed down because something has latched says so until the user changes the speed", () => {
		const { store, intents, thread, notice } = running();
		thread().say({ type: "slowed", speed: 1 });
		expect(store.getState().live).toMatchObject({ speed: 1, slowed: true });
		expect(notice()).toBe("The session has latched: slowed to 1x, waiting for you (w shows it, + speeds up).");
		intents.setSpeed("live", 2);
		expect(store.getState().live).toMatchObject({ speed: 2, slowed: false });
		expect(thread().posted).toEqual([{ type: "speed", speed: 2, from: 1 }]);
	});

	it("that ends while it is watched shows its summary", async () => {
		const { store, intents, thread, heard } = running();
		const idle = intents.whenIdle();
		thread().say(ENDED);
		expect(store.getState()).toMatchObject({
			path: ["main", "live-testing", "virtual", "summary"],
			summary: { state: "ready", value: { summary: SUMMARY, folder: "/f" } },
			live: { end: { kind: "ended" } },
		});
		expect(await idle).toEqual({ summary: SUMMARY, failure: null });
		expect((await intents.whenIdle()).summary).toBe(SUMMARY);
		expect(heard).toEqual(["ended"]);
		thread().exit();
		expect(store.getState().live?.end?.kind).toBe("ended");
	});

	it("that ends while the user is elsewhere leaves him there and tells him", () => {
		const { store, thread, notice } = running();
		store.setState({ path: ["main", "live-testing", "guide"] });
		thread().say(ENDED);
		expect(store.getState()).toMatchObject({ path: ["main", "live-testing", "guide"], summary: { state: "none" } });
		expect(notice()).toContain("The session has ended (duration): the planned minutes are over");
		// The notice goes after seconds; that nobody has looked yet stays, until another session begins.
		expect(store.getState().unread).toBe(true);
	});

	it.each<[string, (fake: Fake) => void, string]>([
		["says so", (fake) => fake.say({ type: "failed", message: "This is a bug" }), "This is a bug"],
		["is gone with an error", (fake) => fake.exit("out of memory"), "out of memory"],
		["is gone without a word", (fake) => fake.exit(), "ended unexpectedly"],
	])("whose thread failed and %s is shown as failed", async (_name, fail, message) => {
		const { store, intents, thread, notice } = running();
		fail(thread());
		expect(store.getState().live?.end).toMatchObject({ kind: "failed", message: expect.stringContaining(message) });
		expect(notice()).toContain(message);
		expect(await intents.whenIdle()).toEqual({ summary: null, failure: { message: expect.stringContaining(message), exitCode: 70, hadBegun: true } });
	});

	it("writes its journal before the process goes, and is waited for no longer than it takes", () => {
		const { intents, thread } = running();
		expect(intents.terminateNow()).toBe(ABOUT.folder);
		expect(thread().calls).toEqual(["leave 250"]);
		expect(intents.terminateNow()).toBeNull();
	});

	it("listens to the end of the process only while it runs", () => {
		const before = process.listenerCount("exit");
		const { thread } = running();
		expect(process.listenerCount("exit")).toBe(before + 1);
		thread().say(ENDED);
		expect(process.listenerCount("exit")).toBe(before);
	});
});

describe("without a session", () => {
	it("a command does nothing and says so", () => {
		const { intents, notice } = cockpit();
		intents.command({ command: "flatten" });
		expect(notice()).toBe("No session is running: there is nothing to flatten.");
	});

	it("nothing is waited for", async () => {
		const { intents } = cockpit();
		intents.stop("nobody", null);
		expect(await intents.whenIdle()).toEqual({ summary: null, failure: null });
	});
});

describe("a replay", () => {
	const SPAN = { from: 1000, to: 9000 };

	function playing() {
		const all = cockpit({ path: ["main", "sessions"] });
		all.intents.startReplay("01J");
		all.thread().say({ type: "begun", about: { ...ABOUT, replay: true, span: SPAN }, speed: 60 });
		return all;
	}

	it("is shown on the session screen, beside a session that trades", () => {
		const { store, thread } = playing();
		expect(thread().task).toEqual({ task: "replay", root: "/nowhere", sessionId: "01J" });
		expect(store.getState()).toMatchObject({ source: "replay", path: ["main", "sessions", "session"], live: null, replay: { held: false } });
	});

	it("is held and moved within its span", () => {
		const { store, intents, thread } = playing();
		intents.holdReplay(true);
		for (const at of [5000, 0, 99_999, Number.NaN]) intents.seekReplay(at);
		expect(thread().posted).toEqual([
			{ type: "hold", held: true },
			{ type: "seek", at: 5000 },
			{ type: "seek", at: 1000 },
			{ type: "seek", at: 9000 },
		]);
		expect(store.getState().replay?.held).toBe(true);
	});

	it("that has reached its end can go back", () => {
		const { store, intents, thread } = playing();
		thread().say({ type: "ended", update: null, end: { kind: "replayed", matches: true, detail: "" } });
		expect(store.getState()).toMatchObject({ path: ["main", "sessions", "session"], replay: { end: { kind: "replayed" } } });
		intents.seekReplay(2000);
		thread().say({ type: "restarted" });
		expect(store.getState().replay?.end).toBeNull();
	});

	it("that is closed ends its thread, and what that still says is not heard", () => {
		const { store, intents, thread } = playing();
		intents.closeReplay();
		thread().say(ALARM);
		thread().exit("killed");
		expect(thread().calls).toEqual(["terminate"]);
		expect(store.getState()).toMatchObject({ replay: null, source: "live", notice: null });
	});

	it("of a damaged journal says why and shows nothing", () => {
		const { store, intents, thread, notice } = cockpit({ path: ["main", "sessions"] });
		intents.startReplay("01J");
		thread().say({ type: "refused", message: "The journal is broken at line 3.", exitCode: 3 });
		expect([notice(), store.getState().replay, store.getState().path.length]).toEqual(["The journal is broken at line 3.", null, 2]);
	});
});

describe("opening a trade", () => {
	it("asks the running session first, then its journal, and shows only the last answer", async () => {
		const { store, intents, thread, threads } = cockpit();
		intents.startSession({});
		thread().say(BEGUN);
		intents.openTrade("live", 3, false);
		intents.openTrade("live", 4, true);
		expect(store.getState().trade).toEqual({ state: "loading" });
		expect(thread().posted.at(-1)).toEqual({ type: "dossier", request: 2, number: 4, shadow: true });
		thread().say({ type: "dossier", request: 1, dossier: null });
		expect(threads).toHaveLength(1);
		thread().say({ type: "dossier", request: 2, dossier: null });
		expect(threads[1]?.task).toEqual({ task: "job", root: "/nowhere", asked: { job: "dossier", sessionId: ABOUT.sessionId, number: 4, shadow: true } });
		threads[1]?.say({ type: "answer", value: null });
		await Promise.resolve();
		expect(store.getState().trade).toEqual({ state: "failed", reason: "The journal has no shadow trade 4." });
	});

	it("of a stored session reads its journal; a damaged one is said to be", async () => {
		const { store, intents, thread } = cockpit();
		intents.openTrade({ sessionId: "01J" }, 1, false);
		thread().say({ type: "refused", message: "The journal is broken at line 3.", exitCode: 3 });
		await Promise.resolve();
		await Promise.resolve();
		expect(store.getState().trade).toEqual({ state: "failed", reason: "The journal is broken at line 3." });
	});
});
