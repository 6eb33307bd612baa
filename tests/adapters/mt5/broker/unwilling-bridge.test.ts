import { describe, expect, it } from "vitest";
import { openMt5Broker } from "../../../../src/adapters/mt5/broker.ts";
import type { BridgeReply } from "../../../../src/adapters/mt5/link/client-type.ts";
import type { BridgeMessages } from "../../../../src/adapters/mt5/wire/messages.ts";
import { openSimRig, type SimRig, settleOpen, shortOf } from "../../../helpers/sim-rig.ts";

type Type = keyof BridgeMessages;
type Ok<T extends Type> = BridgeMessages[T]["reply"];

/** From now on the bridge answers one type of request in another way. */
function answers<T extends Type>(rig: SimRig, type: T, change: (d: Ok<T>, count: number) => BridgeReply<Ok<T>>): void {
	const { client } = rig.sim;
	const ask = client.request;
	let count = 0;
	const request = (async (asked: Type, d: never, timeoutMs?: number) => {
		const reply = await ask(asked, d, timeoutMs);
		return asked === type && reply.kind === "ok" ? change(reply.d as Ok<T>, ++count) : reply;
	}) as typeof client.request;
	Object.assign(client, { request });
}

const ok = <T>(d: T): BridgeReply<T> => ({ kind: "ok", d });
const LIVE = { login: "70001234", server: "SANDBOX-1" };

/** Opens once more; one that insists for 30 s gives up by then. */
async function reopened(rig: SimRig, change: Partial<SimRig["request"]> = {}): Promise<unknown> {
	rig.broker.close();
	const opening = openMt5Broker({ ...rig.request, ...change }).catch((error: unknown) => error);
	return settleOpen(opening, rig.time);
}

describe("opening an MT5 broker is refused", () => {
	it.each<[string, (rig: SimRig) => void, Partial<SimRig["request"]>, RegExp, number]>([
		[
			"while an order of an earlier session has no known outcome",
			(rig) => answers(rig, "fence", (d) => ok({ ...d, unresolved: ["01ARZ3NDEKTSV4RRFFQ69G5FAV"] })),
			{},
			/1 order\(s\) of an earlier session is not known yet/,
			3,
		],
		[
			"while an order of an earlier session is being carried out",
			(rig) => answers(rig, "fence", (d) => ok({ ...d, in_flight: 1 })),
			{},
			/still carries out an order of an earlier session/,
			3,
		],
		[
			"while another fence comes in between",
			(rig) => answers(rig, "fence", (d) => ok({ ...d, epoch: d.epoch + 1 })),
			{},
			/another fence was put up meanwhile/i,
			3,
		],
		[
			"by a bridge whose journal failed",
			(rig) => answers(rig, "status", (d) => ok({ ...d, broken: "its disk is full" })),
			{},
			/takes no orders any more: its disk is full/,
			3,
		],
		[
			"when the account became a real one between the first reading and the first look",
			(rig) => answers(rig, "snapshot", (d) => ok({ ...d, account: d.account === null ? null : { ...d.account, trade_mode: 2 } })),
			{},
			/REAL, not DEMO/,
			4,
		],
		...(["closed", "armed", "not_needed"] as const).map((lock): [string, (rig: SimRig) => void, Partial<SimRig["request"]>, RegExp, number] => [
			`for real money by a live lock that stays ${lock}`,
			(rig) => answers(rig, "live_unlock", () => ok({ live_lock: lock })),
			{ live: LIVE },
			new RegExp(`live lock is ${lock}`),
			4,
		]),
	])("%s", async (_what, make, change, message, exitCode) => {
		const rig = await openSimRig();
		make(rig);
		expect(await reopened(rig, change)).toMatchObject({ exitCode, message: expect.stringMatching(message) });
		expect(rig.sim.log.requests).not.toContain("order");
	});
});

describe("an MT5 broker stays out of the market", () => {
	it.each<[string, (rig: SimRig) => void]>([
		[
			"while the bridge grants no lease (C35)",
			(rig) => answers(rig, "lease", () => ({ kind: "error", error: { code: "INTERNAL", message: "no lease", retryable: true, details: {} } })),
		],
		["while another fence comes in between", (rig) => answers(rig, "fence", (d) => ok({ ...d, epoch: d.epoch + 1 }))],
		["while the bridge's journal is broken", (rig) => answers(rig, "status", (d) => ok({ ...d, broken: "its disk is full" }))],
		["while the account cannot be read", (rig) => answers(rig, "account", () => ({ kind: "lost", why: "no answer" }))],
	])("%s", async (_what, make) => {
		const rig = await openSimRig();
		make(rig);
		rig.sim.restartWorker();
		const events = await rig.pass(12_000);
		expect(shortOf(events)).not.toContain("link up");
		expect(shortOf(await rig.send(rig.deal("BUY")))[0]).toBe("answer rejected 10028");
		expect(rig.sim.log.requests).not.toContain("order");
	});

	it("for real money when the live lock has fallen shut meanwhile", async () => {
		const rig = await openSimRig({ request: { live: LIVE } });
		answers(rig, "live_unlock", () => ok({ live_lock: "armed" }));
		rig.sim.restartWorker();
		const events = await rig.pass(12_000);
		expect(shortOf(events)).not.toContain("link up");
		expect(rig.sim.log.requests).not.toContain("order");
	});

	it("until the kill is latched by the bridge's own word (C33)", async () => {
		const rig = await openSimRig();
		const { client } = rig.sim;
		const ask = client.request;
		let kills = 0;
		const no: BridgeReply<Ok<"kill">> = ok({ scope: "agent", mode: "cancel_pendings", latched: false, items: [], complete: false, message: null });
		// The kill does not even reach the bridge behind this answer, so no event of it comes either.
		const request = ((asked: Type, d: never, timeoutMs?: number) =>
			asked === "kill" ? Promise.resolve(++kills && no) : ask(asked, d, timeoutMs)) as typeof ask;
		Object.assign(client, { request });
		rig.broker.kill("by hand");
		const events = await rig.pass(12_000);
		expect(shortOf(events)).not.toContain("link up");
		expect(events.flatMap((event) => (event.type === "link" ? [event.detail] : [])).join(" ")).toContain("NOT CONFIRMED");
		expect(kills).toBeGreaterThan(2);
	});

	it("and takes the answer for another order for no answer to this one (C37)", async () => {
		const rig = await openSimRig();
		answers(rig, "order", (d, count) => ok(count === 1 ? { ...d, cid: "01ARZ3NDEKTSV4RRFFQ69G5FAV" } : d));
		const events = shortOf(await rig.send(rig.deal("BUY")));
		expect(events[0]).toBe("answer unknown 10012");
		expect(events).toContain("resolved done 10009");
		expect(events.filter((text) => text.startsWith("deal"))).toEqual(["deal IN 0.2"]);
		expect(rig.sim.log.requests.filter((type) => type === "order").length).toBe(1);
	});
});
