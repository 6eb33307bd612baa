import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountHashOf } from "../../../src/adapters/mt5/account.ts";
import { openMt5Broker } from "../../../src/adapters/mt5/broker.ts";
import type { DealBody } from "../../../src/adapters/mt5/wire/messages.ts";
import type { BrokerEvent, OrderRequest } from "../../../src/engine/order.ts";
import { createAudit } from "../../helpers/broker-audit.ts";
import type { Fate } from "../../helpers/sim-bridge.ts";
import { openSimRig, type SimRig, settleOpen, shortOf } from "../../helpers/sim-rig.ts";

const OPENED = ["answer done 10009", "deal IN 0.2", "position 0.2", "account"];
const AGAIN = ["link reconciling", "link up"];

function positionIn(events: readonly BrokerEvent[]): number {
	const found = events.find((event) => event.type === "position");
	if (found?.type !== "position") throw new Error(`no position in ${shortOf(events).join(", ")}`);
	return found.position.id;
}

async function withPosition(rig: SimRig): Promise<number> {
	return positionIn(await rig.send(rig.deal("BUY")));
}

function detailOf(events: readonly BrokerEvent[]): string {
	return events.flatMap((event) => (event.type === "account-trouble" || event.type === "link" ? [event.detail] : [])).join(" | ");
}

/** A position of somebody else, or of this agent with no order behind it. */
function appear(rig: SimRig, magic: string, symbol = "EURUSD"): void {
	rig.market.execute({ cid: "X", action: "deal", symbol, type: "buy", volume: 0.3, sl: 1, magic, ttl_ms: 1, fence: { epoch: 1, nonce: "n" } }, "by hand");
}

describe("an MT5 broker", () => {
	it("begins by reconciling, then the link is up", async () => {
		const rig = await openSimRig({}, false);
		await rig.pass(3000);
		expect(shortOf(rig.all())).toEqual(["link reconciling", "account", "link up"]);
	});

	it("is not up before quotes are fresh", async () => {
		const rig = await openSimRig({}, false);
		rig.world.fresh = false;
		const early = await rig.pass(10_000);
		expect(shortOf(early)).not.toContain("link up");
		expect(detailOf(early)).toContain("fresh quotes");
		rig.world.fresh = true;
		expect(shortOf(await rig.pass(1000))).toEqual(["link up"]);
	});

	it.each<[string, Fate, string[]]>([
		["an order that is carried out", "normal", OPENED],
		["an order that never arrives (fault 1)", "lost-frame", ["answer unknown 10012", "link reconciling", "resolved rejected 10006", "link up"]],
		[
			"an answer that is lost (fault 2)",
			"lost-reply",
			["answer unknown 10012", "deal IN 0.2", "position 0.2", "link reconciling", "resolved done 10009", "link up", "account"],
		],
		["a frame that comes twice (fault 3)", "twice", OPENED],
		["a partial fill (fault 12)", "partial", ["answer partial 10010", "deal IN 0.1", "position 0.1", "account"]],
		["a refusal", "reject", ["answer rejected 10019"]],
	])("%s", async (_what, fate, expected) => {
		const rig = await openSimRig({ fates: [fate] });
		expect(shortOf(await rig.send(rig.deal("BUY")))).toEqual(expected);
	});

	it.each<[string, Fate, "done" | "rejected"]>([
		["a time-out that was executed", "unknown-executed", "done"],
		["a time-out that was not", "unknown-not", "rejected"],
		["a bridge that dies before sending (fault 10)", "crash-before", "rejected"],
		["a bridge that dies inside order_send", "crash-after", "done"],
		["a market order that is queued (10008) and then filled", "queued", "done"],
		["a market order that is queued and then refused", "queued-rejected", "rejected"],
	])("%s is unknown first, and then found out without a second try", async (_what, fate, outcome) => {
		const rig = await openSimRig({ fates: [fate] });
		const events = await rig.send(rig.deal("BUY"));
		const words = events.flatMap((event) => (event.type === "answer" || event.type === "resolved" ? [event] : []));
		expect(words.map((event) => event.type)).toEqual(["answer", "resolved"]);
		expect(["unknown", "placed"]).toContain(words[0]?.answer.outcome);
		expect(words[1]?.answer.outcome).toBe(outcome);
		expect(events.filter((event) => event.type === "deal").length).toBe(outcome === "done" ? 1 : 0);
		expect(rig.sim.log.requests.filter((type) => type === "order").length).toBe(1);
		expect(
			shortOf(events)
				.filter((text) => text.startsWith("link"))
				.at(-1),
		).toBe("link up");
	});

	it("stays down on an outcome that only a person can tell", async () => {
		const rig = await openSimRig({ fates: ["human"] });
		const events = await rig.send(rig.deal("BUY"));
		expect(shortOf(events)).toContain("resolved unknown 10012");
		expect(shortOf(events)).not.toContain("link up");
		expect(rig.broker.isQuiet()).toBe(false);
	});

	it("does not take another journal's word for an order that never arrived", async () => {
		const rig = await openSimRig({ fates: ["lost-frame"] });
		rig.submit(rig.deal("BUY"));
		rig.sim.bridge.journalId = "journal-2";
		const events = await rig.pass(30_000);
		expect(shortOf(events)).toEqual(["answer unknown 10012", "link reconciling", "resolved unknown 10012", "link reconciling"]);
	});

	it("closes in part and whole, turns levels, and knows a position that is gone", async () => {
		const rig = await openSimRig();
		const positionId = await withPosition(rig);
		expect(shortOf(await rig.send(rig.deal("SELL", { positionId, lots: 0.1 })))).toEqual(["answer done 10009", "deal OUT 0.1", "position 0.1", "account"]);
		const levels: OrderRequest = { ...rig.common(), action: "SLTP", positionId, sl: 109_600, tp: 0 };
		expect(shortOf(await rig.send(levels))).toEqual(["answer done 10009", "position 0.1"]);
		expect(shortOf(await rig.send({ ...levels, ...rig.common() }))).toEqual(["answer rejected 10025"]);
		expect(shortOf(await rig.send(rig.deal("SELL", { positionId, lots: 0.1 })))).toEqual(["answer done 10009", "deal OUT 0.1", "position-closed", "account"]);
		expect(shortOf(await rig.send(rig.deal("SELL", { positionId, lots: 0.1 })))).toEqual(["answer rejected 10036"]);
	});

	it("tells a stop-loss that fired, with the level as the price asked for", async () => {
		const rig = await openSimRig();
		await withPosition(rig);
		rig.market.move(-520);
		const events = await rig.pass(3000);
		expect(shortOf(events)).toEqual(["deal OUT 0.2 SL", "position-closed", "account"]);
		expect(events[0]).toMatchObject({ deal: { intentId: null, requestedPrice: 109_500, price: 109_480 } });
	});

	it("places, removes and fills waiting orders", async () => {
		const rig = await openSimRig();
		const placed = await rig.send(rig.pending("BUY_LIMIT", 109_900));
		expect(shortOf(placed)).toEqual(["answer placed 10009", "order"]);
		const ticket = placed.flatMap((event) => (event.type === "order" ? [event.order.ticket] : []))[0] ?? 0;
		expect(shortOf(await rig.send({ ...rig.common(), action: "REMOVE", ticket }))).toEqual(["answer done 10009", "order-removed cancelled"]);
		await rig.send(rig.pending("BUY_LIMIT", 109_900));
		rig.market.move(-110);
		expect(shortOf(await rig.pass(8000))).toEqual(["deal IN 0.2", "position 0.2", "order-removed filled", "account"]);
	});

	it("closes a position by another", async () => {
		const rig = await openSimRig();
		const positionId = await withPosition(rig);
		const byPositionId = positionIn(await rig.send(rig.deal("SELL")));
		const events = await rig.send({ ...rig.common(), action: "CLOSE_BY", positionId, byPositionId });
		expect(shortOf(events)).toEqual(["answer done 10009", "deal OUT_BY 0.2", "deal OUT_BY 0.2", "position-closed", "position-closed", "account"]);
	});

	it("nets: adds, turns round in one deal, and addresses the position by its new ticket", async () => {
		const rig = await openSimRig({ marginMode: "netting" });
		const positionId = await withPosition(rig);
		expect(shortOf(await rig.send(rig.deal("BUY")))).toEqual(["answer done 10009", "deal IN 0.2", "position 0.4", "account"]);
		const turned = await rig.send(rig.deal("SELL", { lots: 0.6 }));
		expect(shortOf(turned)).toEqual(["answer done 10009", "deal INOUT 0.6", "position 0.2", "account"]);
		expect(turned.find((event) => event.type === "position")).toMatchObject({ position: { id: positionId, side: "SELL" } });
		expect(shortOf(await rig.send(rig.deal("BUY", { positionId })))).toEqual(["answer done 10009", "deal OUT 0.2", "position-closed", "account"]);
	});

	it("finds its deals by the order's ticket when the broker drops comments", async () => {
		const rig = await openSimRig({ keepsComments: false });
		expect(shortOf(await rig.send(rig.deal("BUY")))).toEqual(OPENED);
	});
});

describe("an MT5 broker sends nothing", () => {
	it.each<[string, (rig: SimRig) => void | Promise<void>, RegExp]>([
		["while the line is cut", (rig) => rig.sim.cut(60_000), /link to the broker is down/],
		["while it reconciles", (rig) => rig.sim.restartWorker(), /link to the broker is reconciling/],
		[
			"on an account that changed its kind",
			(rig) => rig.sim.push({ t: "account", d: { ...rig.market.account(), trade_mode: 2 } }),
			/not the one that was confirmed/,
		],
		["on another login", (rig) => rig.sim.push({ t: "account", d: { ...rig.market.account(), login: "70009999" } }), /not the one that was confirmed/],
		["after a kill", (rig) => rig.broker.kill("by hand"), /killed/],
	])("%s", async (_what, make, why) => {
		const rig = await openSimRig();
		await make(rig);
		await rig.pass(60);
		const events = await rig.send(rig.deal("BUY"));
		const [answer] = events.flatMap((event) => (event.type === "answer" ? [event.answer] : []));
		expect(answer).toMatchObject({ outcome: "rejected", lots: 0, dealTicket: 0 });
		expect(answer?.comment).toMatch(why);
		expect(rig.sim.log.requests).not.toContain("order");
	});

	it("with the number of an order that was sent before, or another agent's", async () => {
		const rig = await openSimRig();
		const first = rig.deal("BUY");
		await rig.send(first);
		expect(shortOf(await rig.send(first))).toEqual(["answer rejected 10013"]);
		expect(shortOf(await rig.send(rig.deal("BUY", { magic: 8 })))).toEqual(["answer rejected 10013"]);
		expect(rig.sim.log.requests.filter((type) => type === "order").length).toBe(1);
	});

	it("of another symbol than the session's", async () => {
		const rig = await openSimRig();
		expect(shortOf(await rig.send(rig.deal("BUY", { symbol: "XAUUSD" })))).toEqual(["answer rejected 10013"]);
		expect(rig.sim.log.requests).not.toContain("order");
	});

	it.each([
		["", 0],
		[", which calls itself one of the future", -3_600_000],
	])("after an old reading of the account%s", async (_what, age_ms) => {
		const rig = await openSimRig();
		rig.sim.push({ t: "account", d: { ...rig.market.account(), age_ms } });
		await rig.pass(60);
		rig.time.freeze(5500);
		expect(shortOf(await rig.send(rig.deal("BUY"))).slice(0, 1)).toEqual(["answer rejected 10028"]);
	});

	it.each([
		[3000, "answer done 10009"],
		[3001, "answer rejected 10028"],
		[Number.NaN, "answer rejected 10028"],
	])("new when nothing was heard of the bridge for %d ms, though the link is not given up yet (fault 8); a close leaves", async (quiet, entry) => {
		const rig = await openSimRig();
		const positionId = await withPosition(rig);
		Object.assign(rig.sim.client, { quietMs: () => quiet });
		expect(shortOf(await rig.send(rig.deal("BUY")))[0]).toBe(entry);
		expect(shortOf(await rig.send(rig.deal("SELL", { positionId })))[0]).toBe("answer done 10009");
	});

	it.each(["closed", "armed", "not_needed", null] as const)("for real money while the bridge's live lock is %s", async (live_lock) => {
		const rig = await openSimRig({ before: makeReal, request: { live: { login: "70001234", server: "SANDBOX-1" }, ...expectedReal() } });
		await withPosition(rig);
		rig.sim.push({ t: "account", d: { ...rig.market.account(), live_lock } });
		await rig.pass(60);
		const events = await rig.send(rig.deal("BUY"));
		expect(shortOf(events)).toEqual(["answer rejected 10017"]);
		expect(events[0]).toMatchObject({ answer: { comment: expect.stringContaining("live lock is not open") } });
	});
});

describe("an MT5 broker reconciles", () => {
	it.each<[string, (rig: SimRig) => void]>([
		["when the worker of the bridge was started again", (rig) => rig.sim.restartWorker()],
		["when the line was cut", (rig) => rig.sim.cut(500)],
		["when the bridge crashed", (rig) => rig.sim.crash(500)],
		["when the clock jumped", (rig) => void Object.assign(rig.world, { skewMs: 3_600_000 })],
		["when the program stood still", (rig) => rig.time.freeze(8000)],
		["when somebody else put up a fence", (rig) => void Object.assign(rig.sim.bridge, { epoch: 900 })],
		["when the lease ran out", (rig) => rig.sim.publish("lease_expired", null, {})],
	])("%s, behind a new fence", async (_what, make) => {
		const rig = await openSimRig();
		const fences = rig.sim.log.fences;
		make(rig);
		const events = await rig.pass(12_000);
		const links = shortOf(events).filter((text) => text.startsWith("link") && text !== "link down");
		expect([...new Set(links)]).toEqual(AGAIN);
		expect(links.at(-1)).toBe("link up");
		expect(rig.sim.log.fences).toBeGreaterThan(fences);
		expect(shortOf(await rig.send(rig.deal("BUY")))).toEqual(OPENED);
	});

	it("and tells what happened meanwhile: a stop that fired behind a cut line", async () => {
		const rig = await openSimRig();
		await withPosition(rig);
		rig.sim.cut(5000);
		rig.market.move(-600);
		await rig.pass(15_000);
		const events = shortOf(rig.all());
		expect(events.slice(-6)).toEqual(["link down", "link reconciling", "deal OUT 0.2 SL", "position-closed", "link up", "account"]);
	});

	it("only when the bridge has nothing in flight any more", async () => {
		const rig = await openSimRig();
		rig.sim.bridge.inFlight = 1;
		rig.sim.restartWorker();
		expect(shortOf(await rig.pass(10_000))).not.toContain("link up");
		rig.sim.bridge.inFlight = 0;
		expect(shortOf(await rig.pass(5000))).toContain("link up");
	});

	it("when a frame is missing, and learns what was in it", async () => {
		const rig = await openSimRig();
		await withPosition(rig);
		rig.sim.bridge.loss = 1;
		rig.market.move(-520);
		await rig.pass(400);
		rig.sim.bridge.loss = 0;
		const events = await rig.pass(3000);
		expect(shortOf(events)).toEqual(expect.arrayContaining(["link reconciling", "deal OUT 0.2 SL", "position-closed", "link up"]));
		expect(detailOf(events)).toContain("a frame of the bridge is missing");
	});

	it("and lets no older picture of a position win", async () => {
		const rig = await openSimRig();
		await withPosition(rig);
		const [row] = [...rig.market.positions.values()];
		rig.sim.push({ t: "event", d: { eseq: 1, kind: "position_changed", at_ms: 0, before: row, after: { ...row, sl: 1.05, cid: null }, cause_cid: null } });
		expect(shortOf(await rig.pass(1000))).toEqual([]);
	});

	it("and does not call a waiting order cancelled before a look could have shown its deal", async () => {
		const rig = await openSimRig();
		await rig.send(rig.pending("BUY_LIMIT", 109_900));
		const [row] = [...rig.market.orders.values()];
		rig.sim.publish("order_removed", { ...row, cid: null }, null);
		await rig.pass(6000);
		expect(shortOf(rig.all())).not.toContain("order-removed cancelled");
		rig.market.move(-110);
		expect(shortOf(await rig.pass(8000))).toEqual(["deal IN 0.2", "position 0.2", "order-removed filled", "account"]);
	});

	it("lets a close leave while an entry's outcome is unknown", async () => {
		const rig = await openSimRig({ fates: ["normal", "unknown-not"] });
		const positionId = await withPosition(rig);
		rig.submit(rig.deal("BUY"));
		await rig.pass(1500);
		rig.submit(rig.deal("BUY"));
		rig.submit(rig.deal("SELL", { positionId }));
		await rig.pass(1500);
		// The second entry did not even leave.
		expect(rig.sim.log.requests.filter((type) => type === "order").length).toBe(3);
		expect(shortOf(rig.all())).toEqual(expect.arrayContaining(["answer rejected 10028", "answer done 10009", "deal OUT 0.2", "position-closed"]));
		expect(shortOf(rig.all())).not.toContain("link up");
	});
});

describe("an MT5 broker tells of trouble", () => {
	it.each<[string, (rig: SimRig) => void | Promise<void>, string]>([
		["somebody else's position", (rig) => appear(rig, "0"), "trouble C31 HALTED"],
		["a position of this agent that no order of the session opened", (rig) => appear(rig, "7"), "trouble C39 HALTED"],
		["another kind of account", (rig) => rig.sim.push({ t: "account", d: { ...rig.market.account(), trade_mode: 2 } }), "trouble C02 KILLED"],
		["another login", (rig) => rig.sim.push({ t: "account", d: { ...rig.market.account(), login: "70009999" } }), "trouble C31 KILLED"],
		["another currency", (rig) => rig.sim.push({ t: "account", d: { ...rig.market.account(), currency: "JPY" } }), "trouble C31 HALTED"],
		["netting in place of hedging", (rig) => rig.sim.push({ t: "account", d: { ...rig.market.account(), margin_mode: 0 } }), "trouble C31 HALTED"],
		["another leverage", (rig) => rig.sim.push({ t: "account", d: { ...rig.market.account(), leverage: 30 } }), "trouble C31 HALTED"],
		["an account that was switched", (rig) => rig.sim.refuse("account-switched"), "trouble C31 KILLED"],
		["another cockpit that took over", (rig) => rig.sim.refuse("replaced"), "trouble C31 HALTED"],
		["a kill from elsewhere", (rig) => rig.sim.publish("kill_latched", null, { scope: "all", mode: "flatten", reason: "test" }), "trouble C31 KILLED"],
	])("%s, once", async (_what, make, expected) => {
		const rig = await openSimRig();
		await make(rig);
		await rig.pass(40_000);
		expect(shortOf(rig.all()).filter((text) => text.startsWith("trouble"))).toEqual([expected]);
	});

	it("of a stop-loss that is gone, after 2 s (control C12)", async () => {
		const rig = await openSimRig();
		await withPosition(rig);
		for (const row of rig.market.positions.values()) row.sl = 0;
		expect(shortOf(await rig.pass(1500))).toEqual(["position 0.2"]);
		expect(shortOf(await rig.pass(3000))).toEqual(["trouble C12 HALTED"]);
	});

	it("of a stop-loss that is gone behind a new journal of the bridge, which counts its events from the beginning", async () => {
		const rig = await openSimRig();
		await withPosition(rig);
		for (let n = 0; n < 50; n++) rig.sim.publish("balance_op", null, {});
		await rig.pass(3000);
		Object.assign(rig.sim.bridge, { journalId: "journal-2", eseq: 0 });
		rig.sim.cut(500);
		await rig.pass(5000);
		for (const row of rig.market.positions.values()) row.sl = 0;
		expect(shortOf(await rig.pass(5000))).toContain("trouble C12 HALTED");
	});

	it.each<[string, Partial<DealBody>, RegExp]>([
		["in another symbol", { symbol: "XAUUSD" }, /is in XAUUSD, not in EURUSD/],
		["of a volume below zero", { volume: -0.2 }, /volume of -0.2/],
		["of no volume", { volume: 0 }, /volume of 0/],
		["at no price", { price: 0 }, /price of 0/],
	])("of a deal that is said to be ours %s, and books nothing of it", async (_what, change, why) => {
		const rig = await openSimRig();
		await withPosition(rig);
		const [made] = rig.market.deals;
		rig.sim.publish("deal_added", null, { ...made, ticket: "99999", ...change });
		const events = await rig.pass(2000);
		expect(shortOf(events)).toEqual(["trouble C39 HALTED"]);
		expect(detailOf(events)).toMatch(why);
	});

	it("of a position that does not fit its deals, at the second look (control C38)", async () => {
		const rig = await openSimRig();
		await withPosition(rig);
		for (const row of rig.market.positions.values()) row.volume = 0.1;
		expect(shortOf(await rig.pass(40_000)).filter((text) => text !== "account")).toEqual(["trouble C38 HALTED"]);
	});

	it("and of money that was paid in, a little later", async () => {
		const rig = await openSimRig();
		rig.market.payIn(2000);
		const events = await rig.pass(8000);
		expect(shortOf(events)).toEqual(["account"]);
		expect(events[0]).toMatchObject({ account: { balance: 12_000 } });
	});

	it("of a close by hand, and takes it over", async () => {
		const rig = await openSimRig();
		await withPosition(rig);
		const [row] = [...rig.market.positions.values()];
		rig.market.execute(
			{ cid: "X", action: "deal", type: "sell", volume: 0.2, position: row?.ticket ?? "", magic: "0", ttl_ms: 1, fence: { epoch: 1, nonce: "n" } },
			"",
		);
		expect(shortOf(await rig.pass(3000))).toEqual(["trouble C31 HALTED", "deal OUT 0.2 EXPERT", "position-closed", "account"]);
	});
});

describe("an MT5 broker and the kill switch", () => {
	it("latches the bridge, then lets closes leave behind a new fence", async () => {
		const rig = await openSimRig();
		const positionId = await withPosition(rig);
		await rig.send(rig.pending("BUY_LIMIT", 109_900));
		rig.broker.kill("by hand");
		const events = shortOf(await rig.pass(10_000));
		expect(rig.sim.kills.get("agent")).toBe("by hand");
		expect(events).toContain("order-removed cancelled");
		expect(events.at(-1)).toBe("link up");
		expect(shortOf(await rig.send(rig.deal("SELL", { positionId })))).toContain("position-closed");
		expect(shortOf(await rig.send(rig.deal("BUY")))).toEqual(["answer rejected 10017"]);
		rig.broker.release("seen and understood");
		await rig.pass(5000);
		expect(rig.sim.kills.size).toBe(0);
		expect(shortOf(await rig.send(rig.deal("BUY")))).toEqual(OPENED);
	});

	it("is told to the bridge as soon as there is one again (fault 35)", async () => {
		const rig = await openSimRig();
		rig.sim.cut(5000);
		rig.broker.kill("by hand");
		await rig.pass(2000);
		expect(rig.sim.kills.size).toBe(0);
		await rig.pass(10_000);
		expect(rig.sim.kills.get("agent")).toBe("by hand");
	});
});

describe("opening an MT5 broker", () => {
	it("hands over what is there: ours can be adopted, foreign cannot", async () => {
		const before = (market: SimRig["market"]): void => {
			for (const magic of ["7", "0"]) {
				market.execute({ cid: "X", action: "deal", type: "buy", volume: 0.3, sl: 1.09, magic, ttl_ms: 1, fence: { epoch: 1, nonce: "n" } }, "");
			}
		};
		const rig = await openSimRig({ before });
		expect(rig.found.map(({ owner, lots }) => [owner, lots])).toEqual([
			["ours", 0.3],
			["foreign", 0.3],
		]);
		const [ours, foreign] = rig.found;
		if (ours === undefined || foreign === undefined) throw new Error("nothing was found");
		expect(rig.broker.adopt(foreign, { riskMoney: 1, reason: "no" })).toBe(false);
		expect(rig.broker.adopt(ours, { riskMoney: 20, reason: "from before" })).toBe(true);
		expect(rig.broker.adopt(ours, { riskMoney: 20, reason: "twice" })).toBe(false);
		expect(rig.take()).toMatchObject([{ type: "adopted", adoption: { riskMoney: 20, reason: "from before", commission: -0.1 } }]);
		const positionId = ours.position?.id ?? 0;
		expect(shortOf(await rig.send(rig.deal("SELL", { positionId, lots: 0.3 })))).toEqual(["answer done 10009", "deal OUT 0.3", "position-closed", "account"]);
	});

	it.each<[string, (rig: SimRig) => Parameters<typeof openMt5Broker>[0], RegExp, number]>([
		[
			"a real account in demo mode",
			(rig) => ({ ...rig.request, client: { ...rig.sim.client, request: withAccount(rig, { trade_mode: 2 }) } }),
			/REAL, not DEMO/,
			4,
		],
		["a contest account", (rig) => ({ ...rig.request, client: { ...rig.sim.client, request: withAccount(rig, { trade_mode: 1 }) } }), /CONTEST, not DEMO/, 4],
		[
			"a kind of account that nobody knows",
			(rig) => ({ ...rig.request, client: { ...rig.sim.client, request: withAccount(rig, { trade_mode: 9 }) } }),
			/not known \(9\)/,
			4,
		],
		[
			"another account",
			(rig) => ({ ...rig.request, expected: { ...rig.request.expected, accountHash: "0".repeat(64) } }),
			/not to the one that was confirmed/,
			4,
		],
		["a demo account in live mode", (rig) => ({ ...rig.request, expected: { ...rig.request.expected, tradeMode: "real" } }), /DEMO, not REAL/, 4],
		["the sandbox in place of a terminal", (rig) => ({ ...rig.request, expected: { ...rig.request.expected, venue: "mt5" } }), /SANDBOX/, 4],
		[
			"a terminal without a connection",
			(rig) => {
				rig.sim.bridge.connected = false;
				return rig.request;
			},
			/no connection/,
			3,
		],
		[
			"a kill that is latched",
			(rig) => {
				rig.sim.kills.set("all", "yesterday");
				return rig.request;
			},
			/kill is latched.*yesterday/i,
			4,
		],
	])("is refused for %s", async (_what, make, message, exitCode) => {
		const rig = await openSimRig();
		rig.broker.close();
		const opening = settleOpen(openMt5Broker(make(rig)), rig.time);
		await expect(opening).rejects.toMatchObject({ exitCode, message: expect.stringMatching(message) });
		await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining("70001234") });
	});
});

/** The account is a real one, and the bridge's lock before it is open. */
function makeReal(market: SimRig["market"]): void {
	const demo = market.account;
	Object.assign(market, { account: () => ({ ...demo(), trade_mode: 2, trade_mode_name: "real", live_lock: "open" }) });
}

function expectedReal(): Pick<SimRig["request"], "expected"> {
	return { expected: { accountHash: accountHashOf("70001234", "SANDBOX-1"), tradeMode: "real", venue: "sandbox" } };
}

function withAccount(rig: SimRig, change: object): SimRig["sim"]["client"]["request"] {
	const ask = rig.sim.client.request;
	return (async (type, d, timeoutMs) => {
		const reply = await ask(type, d, timeoutMs);
		return type === "account" && reply.kind === "ok" ? { kind: "ok", d: { ...reply.d, ...change } } : reply;
	}) as SimRig["sim"]["client"]["request"];
}

describe("whatever order the frames come in", () => {
	it("every event keeps its place, and positions are those of the broker", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 30, maxLength: 60 }),
				fc.array(fc.constantFrom("open", "close", "stop", "wait"), { minLength: 3, maxLength: 8 }),
				fc.constantFrom("hedging", "netting"),
				async (dice, plan, marginMode) => {
					let throwOf = 0;
					const rig = await openSimRig({ random: () => dice[throwOf++ % dice.length] ?? 0.5, slowestMs: 400, marginMode: marginMode as "hedging" | "netting" });
					const audit = createAudit();
					const hear = (): void => {
						for (const event of rig.take()) audit.hear(event);
					};
					for (const act of plan) {
						hear();
						const [held] = [...audit.shown];
						const request =
							act === "open" || held === undefined
								? rig.deal("BUY")
								: act === "close"
									? rig.deal(held[1].side === "BUY" ? "SELL" : "BUY", { positionId: held[0], lots: 0.1 })
									: ({ ...rig.common(), action: "SLTP", positionId: held[0], sl: held[1].sl - 1, tp: 0 } as const);
						if (act !== "wait") {
							audit.sent(request);
							rig.submit(request);
						}
						await rig.time.pass((dice[throwOf++ % dice.length] ?? 0.5) * 900);
					}
					await rig.time.pass(20_000);
					hear();
					expect(audit.faults).toEqual([]);
					expect(audit.open()).toEqual([]);
					const there = [...rig.market.positions.values()].map((row) => [Number(row.identifier), row.type === 0 ? row.volume : -row.volume]);
					expect([...audit.positions].filter(([, lots]) => lots !== 0)).toEqual(there);
					rig.broker.close();
				},
			),
			{ numRuns: 150 },
		);
	});
});
