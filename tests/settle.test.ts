import { describe, expect, it } from "vitest";
import { createEngine } from "../src/engine/engine.ts";
import type { BrokerEvent } from "../src/engine/order.ts";
import type { SessionPorts } from "../src/session.ts";
import { hearLastWords } from "../src/settle.ts";
import { anyAgent } from "./helpers/rule-agent.ts";
import { configWith, scriptedFeed } from "./helpers/session.ts";
import { DEMO } from "./helpers/small-session.ts";

function account(balance: number): BrokerEvent {
	return { type: "account", at: 5, account: { balance, credit: 0, margin: 0, marginCall: false } };
}

const LINK: BrokerEvent = { type: "link", at: 6, state: "down", detail: "gone" };

/** A session that is over, whose deals came to `ofDeals`; what the broker tells at each wait. */
async function listen(ofDeals: number, told: readonly (readonly BrokerEvent[])[]) {
	const engine = createEngine(configWith({ mode: "demo", broker: DEMO }), scriptedFeed([]).traits, null, anyAgent());
	const { broker } = engine;
	if (broker === null) throw new Error("a demo session has no broker");
	broker.ofDeals = ofDeals;
	broker.reportedBalance = engine.config.account.startBalance;
	engine.end = { reason: "duration", detail: "done" };
	const events: BrokerEvent[] = [];
	const lines: string[] = [];
	let waits = 0;
	const ports = {
		feed: {
			async wait() {
				events.push(...(told[waits++] ?? []));
			},
		},
		broker: { events },
		journal: {
			append: (kind: string, _at: number, _tick: number, data: unknown) => lines.push(`${kind} ${(data as { type: string }).type}`),
			failure: () => null,
		},
	} as unknown as SessionPorts;
	await hearLastWords(engine, { ...ports, told: { killed: false } });
	return { waits, lines, left: events.length, balance: broker.reportedBalance };
}

describe("the end of a session at a broker", () => {
	it("waits for the balance that the last deal left, and journals it", async () => {
		expect(await listen(5, [[], [account(10_002)], [account(10_005)], [account(1)]])).toEqual({
			waits: 3,
			lines: ["broker account", "broker account"],
			left: 0,
			balance: 10_005,
		});
	});

	it("does not wait when deals and balance agree", async () => {
		expect(await listen(0, [[account(1)]])).toMatchObject({ waits: 0, lines: [] });
	});

	it("leaves everything else to the books, and stops waiting for it", async () => {
		expect(await listen(5, [[account(10_001), LINK, account(10_005)]])).toMatchObject({ waits: 1, lines: ["broker account"], left: 2 });
	});

	it("does not wait for ever", async () => {
		expect((await listen(5, [])).waits).toBe(200);
	});
});
