import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readLedger } from "../../../src/adapters/archive/ledger.ts";
import type { Home } from "../../../src/adapters/home.ts";
import { judgeStage, type StageVerdict } from "../../../src/commands/standing/judge.ts";
import { standings } from "../../../src/commands/standing/standings.ts";
import type { Venue } from "../../../src/engine/config.ts";
import { DEMO, emptyHome, FIRST_WALL, GOOD, LIMITS, LIVE, type Small, smallConfig, smallSession, smallSessions } from "../../helpers/small-session.ts";

const DAY = 86_400_000;
/** Twenty-five good trades a session: four of them reach a checkpoint of the demo gate. */
const MANY = [...GOOD, ...GOOD, 1.5];

function verdict(home: Home, mode: "demo" | "live", day: number, small: Small = {}, venue: Venue = "mt5"): StageVerdict {
	const config = smallConfig(day, { mode, ...small });
	return judgeStage(home, { mode, config, limits: small.limits ?? LIMITS, venue, nowMs: FIRST_WALL + day * DAY });
}

const kindsOf = (home: Home): string[] => readLedger(home).lines.map(({ kind }) => kind);

/** A home with a virtual certificate: five clean sessions on days 0 to 4. */
function withVirtual(small: Small = {}): Home {
	const home = emptyHome();
	expect(smallSessions(home, 0, 5, small).outcome?.news.join()).toContain("CERTIFICATE V-");
	return home;
}

/** A home with a demo certificate: six demo sessions on days 5 to 10, 150 trades. */
function withDemo(broker = DEMO): Home {
	const home = withVirtual();
	expect(smallSessions(home, 5, 6, { mode: "demo", trades: MANY, broker }).outcome?.news.join()).toContain("CERTIFICATE D-");
	return home;
}

describe("demo", () => {
	it("is refused without a clean virtual session, a rehearsal without a certificate, and open with one", () => {
		const home = emptyHome();
		expect(verdict(home, "demo", 1).kind).toBe("refused");
		smallSession(home, 0, { latched: "C21" });
		smallSession(home, 1, { trades: [] });
		smallSession(home, 2, { rejections: 1 });
		smallSession(home, 3, { steeredBy: ["pause"] });
		smallSession(home, 4, { endReason: "interrupt" });
		smallSession(home, 5, { ends: "never" });
		expect(verdict(home, "demo", 6)).toMatchObject({ kind: "refused", missing: [expect.stringContaining("clean virtual session")] });
		smallSession(home, 7);
		expect(verdict(home, "demo", 8)).toMatchObject({ kind: "rehearsal", certificate: null });
		expect(verdict(withVirtual(), "demo", 6)).toEqual({ kind: "full", missing: [], probation: null, certificate: expect.objectContaining({ problem: null }) });
	});

	it("gets no certificate by the journal of a losing session being deleted", () => {
		const home = emptyHome();
		const lost = smallSession(home, 0, { trades: GOOD.map((r) => -Math.abs(r)) });
		expect(smallSessions(home, 1, 5).outcome?.news.join()).not.toContain("CERTIFICATE");
		rmSync(lost.journal);
		const outcome = smallSessions(home, 6, 4).outcome;
		expect(outcome?.news.join()).toContain("is missing");
		expect(kindsOf(home)).not.toContain("certificate");
		expect(verdict(home, "demo", 10)).toMatchObject({ kind: "rehearsal", certificate: null });
	});

	it("can be rehearsed, which never counts, and cannot be begun as more than that", () => {
		const home = emptyHome();
		smallSession(home, 0);
		const rehearsal = smallSession(home, 1, { mode: "demo", broker: { ...DEMO, rehearsal: ["12 of 60 trades"] } });
		expect(rehearsal.outcome).toMatchObject({ counts: "no", why: "A rehearsal never counts." });
		expect(() => smallSession(home, 2, { mode: "demo" })).toThrow(/Demo is not open: There is no virtual certificate/);
		expect(kindsOf(home).filter((kind) => kind === "begun")).toHaveLength(2);
		expect(() => smallSession(emptyHome(), 0, { mode: "demo", broker: { ...DEMO, rehearsal: ["all of it"] } })).toThrow(/Demo is not open/);
	});

	it("needs the checkpoints of 100 and 150 trades passed in a row, five clean sessions on three days, and counts one account", () => {
		const home = withVirtual();
		const four = smallSessions(home, 5, 4, { mode: "demo", trades: MANY });
		expect(four.outcome?.news).toEqual(["demo -> live: 100 trades of 4 sessions that count (4 of 5 clean); judged next at 150 trades."]);
		expect(verdict(home, "live", 9)).toMatchObject({ kind: "refused" });
		expect(verdict(home, "live", 9).missing.join("\n")).toContain("checkpoints passed in a row: 1, must be at least 2");
		const other = smallSession(home, 9, { mode: "demo", trades: MANY, broker: { ...DEMO, accountHash: "c".repeat(64) } });
		expect(other.outcome?.news.join()).not.toContain("CERTIFICATE");
		const gate = standings(home, FIRST_WALL + 10 * DAY)[0]?.gates[1];
		expect(gate?.sessions.map(({ counts }) => counts)).toEqual(["whole", "losses", "losses", "losses", "losses"]);
		expect(gate?.sessions[1]?.why).toContain("on another account");
	});

	it.each<[string, Small, RegExp]>([
		["a validator rejection", { rejections: 1 }, /the validator refused 1 of its/],
		["a loss limit", { latched: "C22" }, /halted by C22/],
		["the breaker", { latched: "C25" }, /halted by C25/],
		["the drawdown", { latched: "C23" }, /halted by C23/],
	])("demotes after %s: the virtual certificate is void, and only later virtual sessions count", (_name, small, why) => {
		const home = withVirtual();
		const failed = smallSession(home, 5, { mode: "demo", ...small });
		expect(failed.outcome?.news.join()).toMatch(/DEMOTED/);
		expect(failed.outcome?.news.join()).toMatch(why);
		expect(verdict(home, "demo", 6)).toMatchObject({ kind: "rehearsal", certificate: { problem: expect.stringMatching(why) } });
		const [standing] = standings(home, FIRST_WALL + 6 * DAY);
		expect(standing?.demoted).toMatch(why);
		expect(standing?.gates[0]).toMatchObject({ trades: 0, verdict: "closed" });
		expect(standing?.gates[0]?.sessions.every(({ counts }) => counts === "no")).toBe(true);
		const again = smallSessions(home, 6, 5);
		expect(again.outcome?.news.join()).toContain("CERTIFICATE V-");
		expect(verdict(home, "demo", 11).kind).toBe("full");
	});

	it("demotes when a target is missed at a checkpoint, not when only the sample is small", () => {
		const home = withVirtual();
		const weak = [...GOOD, ...GOOD.map((r) => -Math.abs(r)), -1];
		const news = [5, 6, 7, 8].map((day) => smallSession(home, day, { mode: "demo", trades: weak }).outcome?.news.join() ?? "");
		expect(news.map((text) => text.includes("DEMOTED"))).toEqual([false, false, false, true]);
		expect(news[3]).toMatch(/at 100 trades it missed the target of omega, energy captured/);
	});
});

describe("live", () => {
	it("is refused without a demo certificate, and is on probation for three sessions with one", () => {
		expect(verdict(emptyHome(), "live", 1)).toMatchObject({
			kind: "refused",
			missing: [expect.stringContaining("no demo certificate"), expect.anything(), ...Array(13).fill(expect.anything())],
		});
		expect(verdict(withVirtual(), "live", 6).kind).toBe("refused");
		const home = withDemo();
		for (const number of [1, 2, 3]) {
			expect(verdict(home, "live", 11)).toMatchObject({ kind: "full", probation: number });
			const { outcome } = smallSession(home, 11, { mode: "live", broker: { ...LIVE, probation: number } });
			expect(outcome).toMatchObject({ counts: "no", news: [`Probation: ${number} of 3 sessions done.`] });
		}
		expect(verdict(home, "live", 11)).toMatchObject({ kind: "full", probation: null });
		expect(smallSession(home, 12, { mode: "live", broker: { ...LIVE, probation: null } }).outcome?.news).toEqual([]);
		expect(standings(home, FIRST_WALL + 12 * DAY)[0]?.probation).toEqual({ done: 3, of: 3 });
	});

	it("does not take a session that skips its probation, that is steered, or that has no certificate", () => {
		const home = withDemo();
		expect(() => smallSession(home, 11, { mode: "live", broker: { ...LIVE, probation: null } })).toThrow(/probation is 1, the session says over/);
		smallSession(home, 11, { mode: "live", steeredBy: ["pause"] });
		smallSession(home, 11, { mode: "live", ends: "never" });
		smallSession(home, 11, { mode: "live", trades: [] });
		expect(verdict(home, "live", 11).probation).toBe(1);
		expect(() => smallSession(withVirtual(), 6, { mode: "live" })).toThrow(/Live is not open/);
	});

	it("has a permit for seven days and one account, and the certificate for fourteen", () => {
		const home = withDemo();
		expect(verdict(home, "live", 24).kind).toBe("full");
		expect(verdict(home, "live", 25).certificate?.problem).toContain("ran out");
		smallSession(home, 11, { mode: "live" });
		expect(verdict(home, "live", 17).kind).toBe("full");
		expect(verdict(home, "live", 19)).toMatchObject({ kind: "refused", missing: [expect.stringMatching(/live permit .* ran out/)] });
		expect(verdict(home, "live", 12, { broker: { ...LIVE, accountHash: "d".repeat(64) } })).toMatchObject({
			kind: "refused",
			missing: [expect.stringContaining("account: the live permit")],
		});
	});

	it("ends with the drawdown limit: permit and demo certificate are void", () => {
		const home = withDemo();
		expect(smallSession(home, 11, { mode: "live", latched: "C23" }).outcome?.news.join()).toContain("PERMIT REVOKED");
		expect(verdict(home, "live", 12)).toMatchObject({ kind: "refused", certificate: { problem: expect.stringContaining("voided: live session") } });
		expect(verdict(home, "demo", 12).kind).toBe("full");
	});

	it("is closed again by a demo session that fails after the certificate, until a later checkpoint", () => {
		const home = withDemo();
		smallSession(home, 11, { mode: "demo", latched: "C21" });
		expect(verdict(home, "live", 12)).toMatchObject({ kind: "refused", certificate: { problem: expect.stringContaining("halted by C21") } });
		smallSessions(home, 12, 5);
		expect(smallSession(home, 17, { mode: "demo" }).outcome?.news.join()).not.toContain("CERTIFICATE");
		expect(verdict(home, "live", 18).kind).toBe("refused");
		expect(smallSessions(home, 18, 3, { mode: "demo" }).outcome?.news.join()).toContain("CERTIFICATE D-");
		expect(verdict(home, "live", 21).kind).toBe("full");
	});
});

describe("the sandbox", () => {
	const SANDBOX = { ...DEMO, venue: "sandbox" } as const;

	it("never opens a real terminal, with demo evidence or with virtual evidence on its quotes", () => {
		const home = withVirtual();
		expect(smallSessions(home, 5, 6, { mode: "demo", trades: MANY, broker: SANDBOX }).outcome?.news.join()).toMatch(/CERTIFICATE D-.*sandbox only/);
		expect(verdict(home, "live", 11, { broker: { ...LIVE, venue: "sandbox" } }, "sandbox").kind).toBe("full");
		expect(verdict(home, "live", 11).missing[0]).toContain("no demo certificate");
		const onQuotes = emptyHome();
		expect(smallSessions(onQuotes, 0, 5, { quotesOf: "sandbox" }).outcome?.news.join()).toMatch(/CERTIFICATE V-.*sandbox only/);
		expect(verdict(onQuotes, "demo", 6, { broker: SANDBOX }, "sandbox").kind).toBe("full");
		expect(verdict(onQuotes, "demo", 6)).toMatchObject({ kind: "refused", certificate: null });
		expect(standings(onQuotes, FIRST_WALL)[0]?.venue).toBe("sandbox");
	});

	it("may be opened by what was proven without it", () => {
		expect(verdict(withVirtual(), "demo", 6, { broker: SANDBOX }, "sandbox").kind).toBe("full");
	});
});
