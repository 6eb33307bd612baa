import { describe, expect, it } from "vitest";
import { openMt5Broker } from "../../../../src/adapters/mt5/broker.ts";
import type { BridgeListener } from "../../../../src/adapters/mt5/link/client-type.ts";
import type { StatusBody, TerminalBody } from "../../../../src/adapters/mt5/wire/messages.ts";
import { openSimRig, type SimRig, settleOpen, shortOf } from "../../../helpers/sim-rig.ts";

const BEYOND = "9007199254740993";
const TERMINAL: TerminalBody = {
	link: "up",
	trouble: null,
	switches_off: [],
	connected: true,
	ping_last: 1,
	build: 1,
	name: "sim",
	company: "SANDBOX",
	last_tick_age_ms: 1,
};

type Deal = SimRig["market"]["deals"][number];

/** The deal of the position that the session has opened, with other fields, is told by the bridge. */
function tellDeal(rig: SimRig, change: Partial<Deal>): void {
	rig.sim.publish("deal_added", null, { ...rig.market.deals[0], ticket: "99999", ...change });
}

/** A position or waiting order that nobody's deal explains is there. */
function placePosition(rig: SimRig, magic: string): void {
	const [own] = [...rig.market.positions.values()];
	if (own === undefined) throw new Error("no position to copy");
	rig.market.positions.set("900", { ...own, ticket: "900", identifier: "900", magic, comment: "" });
}

function placeOrder(rig: SimRig, magic: string): void {
	const wish = { cid: "X", action: "pending", symbol: "EURUSD", type: "buy_limit", volume: 0.3, price: 1.09, sl: 1.08, magic } as const;
	rig.market.execute({ ...wish, ttl_ms: 1, fence: { epoch: 1, nonce: "n" } }, "");
}

async function statusOf(rig: SimRig): Promise<StatusBody> {
	const asked = rig.sim.client.request("status", {});
	await rig.pass(300);
	const reply = await asked;
	if (reply.kind !== "ok") throw new Error("the bridge does not tell its state");
	return reply.d;
}

function troubles(rig: SimRig): string[] {
	return shortOf(rig.all()).filter((text) => text.startsWith("trouble"));
}

describe("what is told of the account and fits no order of the session", () => {
	it.each<[string, (rig: SimRig) => void, string]>([
		["more executed than was asked for", (rig) => tellDeal(rig, {}), "trouble C39 HALTED"],
		["a deal with a ticket that no number holds", (rig) => tellDeal(rig, { ticket: BEYOND }), "trouble C38 HALTED"],
		[
			"a deal of somebody else, whose position was never seen",
			(rig) => tellDeal(rig, { magic: "0", comment: "", order: "1", position_id: "901" }),
			"trouble C31 HALTED",
		],
		["a deal with this agent's number that no order made", (rig) => tellDeal(rig, { comment: "", order: "1", position_id: "901" }), "trouble C39 HALTED"],
		["a position of somebody else, whose deal was never seen", (rig) => placePosition(rig, "0"), "trouble C31 HALTED"],
		["a position with this agent's number that no deal opened", (rig) => placePosition(rig, "7"), "trouble C39 HALTED"],
		["a waiting order of somebody else", (rig) => placeOrder(rig, "0"), "trouble C31 HALTED"],
		["a waiting order with this agent's number that no order placed", (rig) => placeOrder(rig, "7"), "trouble C39 HALTED"],
		["the terminal at another account", (rig) => rig.sim.publish("account_switched", null, { message: "another login" }), "trouble C31 KILLED"],
	])("%s halts, once", async (_what, make, expected) => {
		const rig = await openSimRig();
		await rig.send(rig.deal("BUY"));
		make(rig);
		await rig.pass(40_000);
		const told = troubles(rig);
		expect(told[0]).toBe(expected);
		expect(told.filter((text) => text === expected)).toHaveLength(1);
	});

	it("is not a kill of another agent: it costs the fence, and the session goes on behind a new one", async () => {
		const rig = await openSimRig();
		rig.sim.publish("kill_latched", null, { scope: "999", mode: "flatten", reason: "another agent" });
		const events = shortOf(await rig.pass(10_000));
		expect(events).toEqual(["link reconciling", "link up"]);
		expect(shortOf(await rig.send(rig.deal("BUY")))[0]).toBe("answer done 10009");
	});
});

describe("a position that was found at the start", () => {
	it.each([
		["has another volume", { volume: 0.1 }],
		["has turned round", { type: 1 }],
	])("is not taken over when it %s by then", async (_what, change) => {
		const rig = await openSimRig({
			before: (market) => {
				market.execute({ cid: "X", action: "deal", type: "buy", volume: 0.3, sl: 1.09, magic: "7", ttl_ms: 1, fence: { epoch: 1, nonce: "n" } }, "");
			},
		});
		const [found] = rig.found;
		const [row] = [...rig.market.positions.values()];
		if (found === undefined || row === undefined) throw new Error("nothing was found");
		rig.sim.publish("position_changed", { ...row, cid: null }, { ...row, ...change, cid: null });
		await rig.pass(100);
		expect(rig.broker.adopt(found, { riskMoney: 1, reason: "from before" })).toBe(false);
	});
});

describe("what the bridge tells of itself", () => {
	it.each<[string, (rig: SimRig) => void | Promise<void>]>([
		["its terminal does not answer", (rig) => rig.sim.push({ t: "terminal", d: { ...TERMINAL, link: "down", trouble: "it hangs" } })],
		["its terminal has lost the broker", (rig) => rig.sim.push({ t: "terminal", d: { ...TERMINAL, connected: false } })],
		["its terminal does not say whether it has the broker", (rig) => rig.sim.push({ t: "terminal", d: { ...TERMINAL, connected: null } })],
		["its worker is another than the fence was put up in", async (rig) => rig.sim.push({ t: "status", d: { ...(await statusOf(rig)), boot_id: "boot-99" } })],
		["its journal failed", async (rig) => rig.sim.push({ t: "status", d: { ...(await statusOf(rig)), broken: "its disk is full" } })],
	])("%s: nothing new leaves before all is compared again", async (_what, make) => {
		const rig = await openSimRig();
		const { fences } = rig.sim.log;
		await make(rig);
		expect(shortOf(await rig.pass(10_000))).toEqual(["link reconciling", "link up"]);
		expect(rig.sim.log.fences).toBeGreaterThan(fences);
	});

	it("a lease that is refused while all else is well: nothing new leaves (C35)", async () => {
		const rig = await openSimRig();
		const { client } = rig.sim;
		const ask = client.request;
		const refused = { kind: "error", error: { code: "LEASE_EXPIRED", message: "it ran out", retryable: false, details: {} } } as const;
		Object.assign(client, {
			request: ((type: never, d: never, ms?: number) => (type === "lease" ? Promise.resolve(refused) : ask(type, d, ms))) as typeof ask,
		});
		expect(shortOf(await rig.pass(3000))).toEqual(["link reconciling"]);
	});

	it("a real terminal in place of the sandbox when the line comes back: killed, and nothing leaves (C02)", async () => {
		const { rig, heard } = await overheard();
		const link = rig.sim.client.link();
		if (link.state !== "up") throw new Error("the link is not up");
		rig.again.events.splice(0);
		heard().onLink?.({ state: "up", hello: { ...link.hello, sandbox: false, package: "5.0.5260" } });
		await rig.pass(12_000);
		const events = shortOf(rig.again.events.splice(0));
		expect(events).toContain("trouble C02 KILLED");
		expect(events).not.toContain("link up");
	});

	it("nothing of the account by itself: it is asked, so that a good reading is there for an order (C02)", async () => {
		const { rig } = await overheard((listener) => ({ ...listener, onPush: (push) => push.t === "account" || listener.onPush?.(push) }));
		await rig.pass(9000);
		rig.again.events.splice(0);
		rig.again.submit({ ...rig.deal("BUY"), intentId: 77 }, rig.market.now());
		await rig.pass(3000);
		expect(shortOf(rig.again.events)[0]).toBe("answer done 10009");
	});
});

/** A second broker on the same bridge, with a hand on what it is told. */
async function overheard(change: (listener: Partial<BridgeListener>) => Partial<BridgeListener> = (listener) => listener) {
	const rig = await openSimRig();
	rig.broker.close();
	const listeners: Partial<BridgeListener>[] = [];
	const client: typeof rig.sim.client = {
		...rig.sim.client,
		listen(listener) {
			listeners.push(listener);
			return rig.sim.client.listen(change(listener));
		},
	};
	const { broker } = await settleOpen(openMt5Broker({ ...rig.request, client, sessionId: "again" }), rig.time);
	await rig.pass(3000);
	const heard = (): Partial<BridgeListener> => {
		const [first] = listeners;
		if (first === undefined) throw new Error("nobody listens");
		return first;
	};
	return { rig: { ...rig, again: broker }, heard };
}
