import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createDataHealth, onQuote, onSilence, rearmData } from "../../../src/engine/limits/data-health.ts";
import { defaultRules } from "../../../src/engine/rules.ts";

const T0 = 1_700_000_000_000;
const rules = defaultRules("virtual");

function healthy(cadenceMs = 1000) {
	const health = createDataHealth(cadenceMs);
	onQuote(health, rules, T0, 100_000, 100_010);
	return health;
}

describe("C30 silence", () => {
	it("holds entries after ten seconds, halts after 120 (virtual), and frees entries after two fresh quotes", () => {
		const health = healthy();
		const states: string[] = [];
		let halted = 0;
		for (let second = 1; second <= 121; second++) {
			if (onSilence(health, rules, T0 + second * 1000)?.code === "FEED_SILENT") halted = second;
			states[second] = health.state;
		}
		expect([states[10], states[11], halted]).toEqual(["ok", "stale", 121]);
		expect(health.why).toBe("no quote for 121 s");
		onQuote(health, rules, T0 + 122_000, 100_001, 100_011);
		expect(health.state).toBe("stale");
		onQuote(health, rules, T0 + 123_000, 100_002, 100_012);
		expect(health.state).toBe("ok");
	});

	it("halts after 30 seconds in demo and live", () => {
		const health = healthy();
		const live = defaultRules("live");
		const halts = Array.from({ length: 31 }, (_, index) => onSilence(health, live, T0 + (index + 1) * 1000)?.state ?? null);
		expect([halts[29], halts[30]]).toEqual([null, "HALTED"]);
	});

	it("a clock that paused itself tells a closed market: the silence of a weekend is none", () => {
		const health = healthy();
		expect(onSilence(health, rules, T0 + 2 * 86_400_000)).toBeNull();
		expect(health.state).toBe("ok");
		for (let second = 1; second <= 11; second++) onSilence(health, rules, T0 + 2 * 86_400_000 + second * 1000);
		expect(health.state).toBe("stale");
	});
});

describe("C30 impossible quotes", () => {
	it.each([
		[0, 10],
		[-5, 10],
		[100_010, 100_000],
		[Number.NaN, 100_000],
		[100_000, Number.NaN],
		[100_000, Number.POSITIVE_INFINITY],
	])("bid %s ask %s is not believed, and one good quote is enough to go on", (bid, ask) => {
		const health = healthy();
		expect(onQuote(health, rules, T0 + 100, bid, ask)).toBeNull();
		expect([health.state, health.bid]).toEqual(["bad", 100_000]);
		onQuote(health, rules, T0 + 200, 100_001, 100_011);
		expect(health.state).toBe("ok");
	});

	it("the third in a row halts", () => {
		const health = healthy();
		const codes = [1, 2, 3].map((n) => onQuote(health, rules, T0 + n, 0, 0)?.code ?? null);
		expect(codes).toEqual([null, null, "FEED_BAD"]);
		rearmData(health);
		expect([4, 5, 6].map((n) => onQuote(health, rules, T0 + n, 0, 0)?.code ?? null)).toEqual([null, null, "FEED_BAD"]);
	});
});

describe("C30 plain quotes", () => {
	it("a spread of 0 is a quote", () => {
		const health = healthy();
		onQuote(health, rules, T0 + 100, 100_001, 100_001);
		expect([health.state, health.bid]).toEqual(["ok", 100_001]);
	});

	it("the first quote of all is believed whatever its price, also after impossible ones", () => {
		const health = createDataHealth();
		onQuote(health, rules, T0, 0, 0);
		onQuote(health, rules, T0 + 1, 500, 510);
		expect([health.state, health.bid]).toEqual(["ok", 500]);
	});
});

describe("C30 jumps", () => {
	const quote = (health: ReturnType<typeof healthy>, n: number, bid: number) => {
		onQuote(health, rules, T0 + n * 1000, bid, bid + 10);
		return health.state;
	};

	it("0.5 % is no jump, a point more is; two quotes near the new price confirm it", () => {
		expect(quote(healthy(), 1, 100_500)).toBe("ok");
		const health = healthy();
		expect([quote(health, 1, 100_600), quote(health, 2, 100_610), quote(health, 3, 100_620)]).toEqual(["jump", "jump", "ok"]);
		expect(health.bid).toBe(100_620);
	});

	it("a jump of exactly the limit after an impossible quote is none", () => {
		const health = healthy();
		onQuote(health, rules, T0 + 100, 0, 0);
		expect(quote(health, 1, 100_500)).toBe("ok");
	});

	it("a single bad tick is forgotten", () => {
		const health = healthy();
		expect([quote(health, 1, 120_000), quote(health, 2, 100_003)]).toEqual(["jump", "ok"]);
	});

	it("a price that keeps leaping is never confirmed", () => {
		const health = healthy();
		expect([110_000, 120_000, 130_000, 140_000].map((bid, n) => quote(health, n + 1, bid))).toEqual(["jump", "jump", "jump", "jump"]);
	});

	it("bars of fifteen minutes in four ticks may step fifteen times further", () => {
		expect(quote(healthy(225_000), 1, 107_500)).toBe("ok");
		expect(quote(healthy(225_000), 1, 107_501)).toBe("jump");
	});
});

describe("C30, any quotes", () => {
	it("never throws, never believes a crossed quote, stays JSON", () => {
		const odd = fc.oneof(fc.integer({ min: -10, max: 200_000 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0));
		fc.assert(
			fc.property(fc.array(fc.tuple(odd, odd, fc.boolean()), { maxLength: 50 }), (quotes) => {
				const health = createDataHealth();
				quotes.forEach(([bid, ask, silent], index) => {
					if (silent) onSilence(health, rules, T0 + index * 1000);
					else onQuote(health, rules, T0 + index * 1000, bid, ask);
					if (!silent && !(bid > 0 && ask >= bid)) expect(health.state).toBe("bad");
					expect(JSON.parse(JSON.stringify(health))).toEqual(health);
				});
			}),
		);
	});
});
