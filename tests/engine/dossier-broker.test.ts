import { describe, expect, it, vi } from "vitest";
import { createDossiers } from "../../src/engine/dossier.ts";
import type { BrokerEvent, OrderRequest } from "../../src/engine/order.ts";
import { dealOf, demoConfig, FILLED, later, link, positionOf, quote, type RealRun, resolved, runReal, WARM_UP } from "../helpers/real-broker.ts";
import { answerTo } from "../helpers/session.ts";

vi.mock("../../src/engine/engine.ts", async (original) => (await import("../helpers/engine-hook.ts")).hooked(await original()));

function story({ journal }: RealRun): readonly (readonly [string, string])[] {
	const dossiers = createDossiers(10, demoConfig());
	for (const record of journal.records) dossiers.add(record);
	return (dossiers.of(1, false)?.steps ?? []).map(({ what, details }) => [what, details.map(([name, value]) => `${name} ${value}`).join(", ")]);
}

describe("the dossier of a trade at a real broker", () => {
	it("tells how a lost answer was found out, and what the simulator did beside it", async () => {
		let sent: OrderRequest | null = null;
		const made = dealOf({ positionId: 7 });
		const paper = { type: "paper", at: later(0), paper: { kind: "deal", openedBy: 1, deal: made.type === "deal" ? made.deal : (null as never) } } as const;
		const run = await runReal(demoConfig({ onExit: "keep" }, { paperTwin: true }), {
			respond(request) {
				sent = request;
				return [answerTo(request, { outcome: "unknown", retcode: 10012, lots: 0, price: 0 })];
			},
			steps: (tell) => [
				...WARM_UP,
				() => tell(paper, resolved(sent as unknown as OrderRequest, { lots: 0.1 }, later(1)), dealOf({ at: later(1) }), positionOf({}, later(1))),
				[quote(2)],
			],
		});
		expect(story(run).map(([what]) => what)).toEqual([
			"agent decided: open BUY",
			"open sent",
			"broker answered: unknown",
			"paper beside it: opened",
			"found out by comparing with the broker: done",
			"opened",
		]);
	});

	it("begins with what was taken over", async () => {
		const made = positionOf({ intentId: null, lots: 0.2 });
		const position = made.type === "position" ? made.position : (null as never);
		const adopted: BrokerEvent = { type: "adopted", at: later(-5), adoption: { position, riskMoney: 80, reason: "cross", commission: 0 } };
		const run = await runReal(demoConfig({}, { found: "close" }), {
			respond: FILLED,
			steps: (tell) => [() => tell(adopted, link("up", later(-4))), ...WARM_UP, [quote(1)]],
			script: () => [],
		});
		expect(story(run)[0]).toEqual([
			"taken over from before",
			"reason cross, position BUY 0.2 lots at 1.10002, stop loss 1.09902, take profit none, planned risk (1 R) 80.00 USD, what now closed at once, as the operator chose",
		]);
		expect(story(run).map(([what]) => what)).toContain("result");
	});
});
