import { describe, expect, it } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { freshView } from "../../src/engine/view.ts";
import { anyAgent } from "../helpers/rule-agent.ts";
import { configWith, EASY } from "../helpers/session.ts";

describe("what an agent sees", () => {
	const engine = createEngine(configWith({ rules: EASY }), { triggerFill: "market", cadenceMs: 60_000 }, null, anyAgent());

	it("does not let it enter before the session trades, and counts no hold for that", () => {
		expect(freshView(engine).entry).toEqual({ mayEnter: false, control: "phase", reason: "the session is not trading" });
		expect(engine.tally.holds).toEqual({});
	});

	it("is asked of the engine once a bar: a second look counts no second hold", () => {
		engine.phase = "trading";
		const view = freshView(engine);
		expect(view.entry).toBe(view.entry);
		expect(view.entry).toMatchObject({ mayEnter: false });
		expect(Object.values(engine.tally.holds)).toEqual([1]);
	});
});
