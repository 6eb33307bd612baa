import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	createTrading,
	expire,
	type HoldState,
	hold,
	mayOpen,
	mayReduce,
	release,
	reset,
	resume,
	STATES,
	type Trading,
	type TradingState,
	worstHold,
} from "../../src/engine/trading-state.ts";

const DAY = 86_400_000;

/** A trading record in the given state, held there by control X (C25 for the breaker's own). */
function inState(state: TradingState, control = "X"): Trading {
	const trading = createTrading();
	if (state !== "ACTIVE") hold(trading, 0, { control, state, reason: "set up", until: state === "PAUSED" ? 100 : null });
	return trading;
}

const INPUTS: Readonly<Record<string, (trading: Trading) => unknown>> = {
	"hold PAUSED": (t) => hold(t, 10, { control: "A", state: "PAUSED", reason: "r", until: 50 }),
	"hold REDUCING": (t) => hold(t, 10, { control: "A", state: "REDUCING", reason: "r", until: null }),
	"hold RECONCILING": (t) => hold(t, 10, { control: "A", state: "RECONCILING", reason: "r", until: null }),
	"hold HALTED": (t) => hold(t, 10, { control: "A", state: "HALTED", reason: "r", until: null }),
	"hold KILLED": (t) => hold(t, 10, { control: "A", state: "KILLED", reason: "r", until: null }),
	"release X": (t) => release(t, 10, "X", "r"),
	"expire at 99": (t) => expire(t, 99),
	"expire at 100": (t) => expire(t, 100),
	resume: (t) => resume(t, 10),
	reset: (t) => reset(t, 10, "checked the feed", 2),
};

/** Every (from, input) pair, written by hand: rows are the state before, columns the inputs in the order of INPUTS. */
const TABLE: Readonly<Record<TradingState, readonly TradingState[]>> = {
	ACTIVE: ["PAUSED", "REDUCING", "RECONCILING", "HALTED", "KILLED", "ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE"],
	PAUSED: ["PAUSED", "REDUCING", "RECONCILING", "HALTED", "KILLED", "PAUSED", "PAUSED", "ACTIVE", "ACTIVE", "PAUSED"],
	REDUCING: ["REDUCING", "REDUCING", "RECONCILING", "HALTED", "KILLED", "REDUCING", "REDUCING", "REDUCING", "REDUCING", "REDUCING"],
	RECONCILING: ["RECONCILING", "RECONCILING", "RECONCILING", "HALTED", "KILLED", "ACTIVE", "RECONCILING", "RECONCILING", "RECONCILING", "RECONCILING"],
	HALTED: ["HALTED", "HALTED", "HALTED", "HALTED", "KILLED", "HALTED", "HALTED", "HALTED", "HALTED", "PAUSED"],
	KILLED: ["KILLED", "KILLED", "KILLED", "KILLED", "KILLED", "KILLED", "KILLED", "KILLED", "KILLED", "PAUSED"],
};

describe("trading state, every pair", () => {
	const pairs = Object.entries(TABLE).flatMap(([from, row]) => Object.keys(INPUTS).map((input, column) => [from, input, row[column]] as const));
	it.each(pairs)("%s, %s -> %s", (from, input, to) => {
		const trading = inState(from as TradingState);
		const change = INPUTS[input]?.(trading);
		expect(trading.state).toBe(to);
		if (from === to) expect(change === null || typeof change === "string").toBe(true);
		else expect(change).toMatchObject({ from, to });
	});
});

describe("permissions", () => {
	it.each([
		["ACTIVE", true],
		["PAUSED", false],
		["REDUCING", false],
		["RECONCILING", false],
		["HALTED", false],
		["KILLED", false],
	] as const)("%s: may open %s, may always reduce", (state, open) => {
		expect(mayOpen(state)).toBe(open);
		expect(mayReduce(state)).toBe(true);
	});
});

describe("holds", () => {
	it("releases the breaker's own REDUCING on re-arm and says so", () => {
		const trading = inState("REDUCING", "C25");
		expect(release(trading, 20, "C25", "re-armed at 0.66")).toEqual({ from: "REDUCING", to: "ACTIVE", control: "C25", reason: "re-armed at 0.66", at: 20 });
	});

	it("does not release a latched hold of the breaker", () => {
		const trading = inState("HALTED", "C25");
		expect(release(trading, 20, "C25", "re-armed")).toBeNull();
		expect(trading.state).toBe("HALTED");
	});

	it("keeps the stricter reason when the breaker re-arms below a loss limit", () => {
		const trading = inState("REDUCING", "C25");
		hold(trading, 5, { control: "C20", state: "REDUCING", reason: "10 of 10 entries sent", until: null });
		expect(release(trading, 20, "C25", "re-armed")).toBeNull();
		expect(worstHold(trading)?.control).toBe("C20");
	});

	it("lengthens a pause and never shortens it", () => {
		const trading = createTrading();
		const pause = (until: number | null) => hold(trading, 0, { control: "C26", state: "PAUSED", reason: "streak", until });
		expect(pause(100)).toMatchObject({ to: "PAUSED" });
		pause(50);
		expect(trading.nextExpiry).toBe(100);
		pause(200);
		expect(expire(trading, 100)).toBeNull();
		pause(null);
		expect(expire(trading, 1e12)).toBeNull();
		expect(trading.holds).toHaveLength(1);
	});

	it("goes back step by step as pauses of two controls run out", () => {
		const trading = createTrading();
		hold(trading, 0, { control: "C26", state: "PAUSED", reason: "streak", until: 100 });
		hold(trading, 0, { control: "C27", state: "PAUSED", reason: "stops", until: 150 });
		expect(expire(trading, 120)).toBeNull();
		expect(expire(trading, 150)).toMatchObject({ from: "PAUSED", to: "ACTIVE", control: "C27" });
	});

	it.each(["REDUCING", "RECONCILING"] as const)("%s has no end of its own", (state) => {
		const trading = createTrading();
		hold(trading, 0, { control: "C20", state, reason: "r", until: 100 });
		expect(trading.holds[0]?.until).toBeNull();
	});

	it("an end that is not a number is no end", () => {
		const trading = createTrading();
		hold(trading, 0, { control: "C26", state: "PAUSED", reason: "streak", until: Number.NaN });
		expect(expire(trading, 1e15)).toBeNull();
		expect(trading.state).toBe("PAUSED");
	});
});

describe("reset (C36)", () => {
	it.each(["", "  ", "ok"])("refuses the reason %j", (reason) => {
		const trading = inState("KILLED");
		expect(reset(trading, 10, reason, 2)).toContain("typed reason");
		expect(trading.state).toBe("KILLED");
	});

	it("takes a reason of three characters", () => expect(reset(inState("HALTED"), 10, " yes ", 2)).toMatchObject({ to: "PAUSED", reason: "reset: yes" }));

	it("permits trading only after a further resume", () => {
		const trading = inState("KILLED");
		expect(reset(trading, 10, "broker called back", 2)).toMatchObject({ from: "KILLED", to: "PAUSED", control: "C36", reason: "reset: broker called back" });
		expect(resume(trading, 20)).toMatchObject({ from: "PAUSED", to: "ACTIVE" });
	});

	it("allows two a broker day and again the next day", () => {
		const trading = createTrading();
		const haltAndReset = (at: number) => {
			hold(trading, at, { control: "C29", state: "HALTED", reason: "rejects", until: null });
			return reset(trading, at, "looked at it", 2);
		};
		expect(haltAndReset(1000)).toMatchObject({ to: "PAUSED" });
		expect(haltAndReset(2000)).toMatchObject({ to: "PAUSED" });
		expect(haltAndReset(3000)).toBe("only 2 resets a broker day are allowed");
		expect(reset(trading, DAY, "next day", 2)).toMatchObject({ to: "PAUSED" });
	});

	it("keeps a daily-loss kill until the next broker day", () => {
		const trading = createTrading();
		hold(trading, 1000, { control: "C22", state: "KILLED", reason: "daily loss 10 %", until: DAY });
		expect(expire(trading, DAY * 2)).toBeNull();
		expect(reset(trading, DAY - 1, "please", 2)).toContain("cannot be reset before the next broker day");
		expect(reset(trading, DAY, "new day", 2)).toMatchObject({ from: "KILLED", to: "PAUSED" });
	});
});

type Step = {
	readonly kind: "hold" | "release" | "expire" | "resume";
	readonly control: string;
	readonly state: HoldState;
	readonly dt: number;
	readonly length: number | null;
};

const step: fc.Arbitrary<Step> = fc.record({
	kind: fc.constantFrom("hold", "hold", "release", "expire", "resume"),
	control: fc.constantFrom("C25", "C26", "C20", "C38", "C29"),
	state: fc.constantFrom<HoldState>("PAUSED", "REDUCING", "RECONCILING", "HALTED", "KILLED"),
	dt: fc.integer({ min: 0, max: 50 }),
	length: fc.option(fc.integer({ min: 1, max: 100 })),
});

/** A deliberately slow second model: the full list of everything asked for, judged anew each time. */
function modelState(holds: readonly { control: string; state: HoldState; until: number | null }[]): TradingState {
	const order: TradingState[] = ["KILLED", "HALTED", "RECONCILING", "REDUCING", "PAUSED"];
	return order.find((state) => holds.some((one) => one.state === state)) ?? "ACTIVE";
}

describe("trading state, any sequence", () => {
	it("agrees with the list model, never loosens a latch, and announces every change", () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const trading = createTrading();
				let model: { control: string; state: HoldState; until: number | null }[] = [];
				let at = 0;
				for (const { kind, control, state, dt, length } of steps) {
					at += dt;
					const before = trading.state;
					const until = state === "PAUSED" && length !== null ? at + length : null;
					const change =
						kind === "hold"
							? hold(trading, at, { control, state, reason: "r", until })
							: kind === "release"
								? release(trading, at, control, "r")
								: kind === "expire"
									? expire(trading, at)
									: resume(trading, at);
					if (kind === "hold") model.push({ control, state, until });
					if (kind === "release")
						model = model.filter(
							(one) => one.control !== control || !(one.state === "RECONCILING" || (control === "C25" && ["PAUSED", "REDUCING"].includes(one.state))),
						);
					if (kind === "expire") model = model.filter((one) => one.state !== "PAUSED" || one.until === null || one.until > at);
					if (kind === "resume") model = model.filter((one) => one.state !== "PAUSED");
					expect(trading.state).toBe(modelState(model));
					expect(change === null).toBe(before === trading.state);
					if (before === "HALTED" || before === "KILLED") expect(STATES[trading.state].severity).toBeGreaterThanOrEqual(STATES[before].severity);
					expect(JSON.parse(JSON.stringify(trading))).toEqual(trading);
				}
			}),
			{ numRuns: 500 },
		);
	});
});
