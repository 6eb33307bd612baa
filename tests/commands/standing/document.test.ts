import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VALID_DAYS } from "../../../src/commands/standing/certificates.ts";
import { GATES, isCheckpoint, TARGETS } from "../../../src/engine/stages/gates.ts";
import { PROBATION_MINUTES, PROBATION_SESSIONS } from "../../../src/engine/stages/probation.ts";
import { SESSIONS_NEEDED } from "../../../src/engine/stages/requirements.ts";

const text = readFileSync(new URL("../../../docs/GATES.md", import.meta.url), "utf8");
const [virtual, demo] = [GATES["virtual-to-demo"], GATES["demo-to-live"]];
const [first, second] = [SESSIONS_NEEDED["virtual-to-demo"], SESSIONS_NEEDED["demo-to-live"]];
const percent = (share: number): string => `${Number((share * 100).toFixed(6))} %`;

describe("docs/GATES.md", () => {
	it.each([
		`| trades; losing ones among them | ${virtual.trades}; ${virtual.losses} | ${demo.trades}; ${demo.losses} |`,
		`| Omega; its lower 95 % bound | > ${TARGETS.omega}; > ${virtual.omegaLow} | > ${TARGETS.omega}; > ${demo.omegaLow} |`,
		`| energy captured; its lower 95 % bound | > ${percent(TARGETS.energy)}; > ${percent(virtual.energyLow)} | > ${percent(TARGETS.energy)}; > ${percent(demo.energyLow)} |`,
		`| Z-factor | > ${TARGETS.z} | > ${TARGETS.z} |`,
		`| CHS, mean of the last 30 closes | > ${TARGETS.chs} | > ${TARGETS.chs} |`,
		`| circuit breaker events | < ${percent(TARGETS.eventRate)}, at least 60 decisions |`,
		`| clean sessions; broker days | ${first.sessions} | ${second.sessions}; ${second.days} |`,
		`| virtual -> demo | ${VALID_DAYS["virtual-to-demo"]} days |`,
		`| demo -> live | ${VALID_DAYS["demo-to-live"]} days | live, for ${VALID_DAYS.permit} days`,
		`one position, ${PROBATION_MINUTES} minutes`,
	])("says what the code demands: %s", (row) => {
		expect(text).toContain(row);
	});

	it("names the checkpoints and the sessions of probation", () => {
		expect(Array.from({ length: 201 }, (_, trades) => trades).filter(isCheckpoint)).toEqual([60, 100, 150, 200]);
		expect(text).toContain("judged at 60, 100, 150, 200 ... trades");
		expect([PROBATION_SESSIONS, text.includes("The first three live sessions are **probation**")]).toEqual([3, true]);
		expect([virtual.passes, demo.passes, text.includes("| passed once | passed twice in a row |")]).toEqual([1, 2, true]);
	});
});
