import { describe, expect, it } from "vitest";
import type { BrokerEvent } from "../../../src/engine/order.ts";
import type { Fate } from "../../helpers/sim-bridge.ts";
import { openSimRig, type SimRig, shortOf } from "../../helpers/sim-rig.ts";

const OPENED = ["answer done 10009", "deal IN 0.2", "position 0.2", "account"];

function positionIn(events: readonly BrokerEvent[]): number {
	const found = events.find((event) => event.type === "position");
	if (found?.type !== "position") throw new Error(`no position in ${shortOf(events).join(", ")}`);
	return found.position.id;
}

async function withPosition(rig: SimRig): Promise<number> {
	return positionIn(await rig.send(rig.deal("BUY")));
}

describe("an MT5 broker", () => {
	it("begins by reconciling, then the link is up", async () => {
		const rig = await openSimRig({}, false);
		await rig.pass(3000);
		expect(shortOf(rig.all())).toEqual(["link reconciling", "account", "link up"]);
	});

	it("tells an order, its deal, the position and the account, in this order", async () => {
		const rig = await openSimRig();
		const events = await rig.send(rig.deal("BUY"));
		expect(shortOf(events)).toEqual(OPENED);
	});

	it.each<[string, Fate, string[]]>([
		["an order that never arrives", "lost-frame", ["answer unknown 10012", "link reconciling", "resolved rejected 10006", "link up"]],
		["an answer that is lost", "lost-reply", ["deal"]],
		["a frame that comes twice", "twice", OPENED],
		["a partial fill", "partial", ["answer partial 10010", "deal IN 0.1", "position 0.1", "account"]],
		["a refusal", "reject", ["answer rejected 10019"]],
	])("%s", async (_what, fate, expected) => {
		const rig = await openSimRig({ fates: [fate] });
		expect(shortOf(await rig.send(rig.deal("BUY")))).toEqual(expected);
	});

	it("closes", async () => {
		const rig = await openSimRig();
		const positionId = await withPosition(rig);
		expect(shortOf(await rig.send(rig.deal("SELL", { positionId })))).toEqual([]);
	});
});
