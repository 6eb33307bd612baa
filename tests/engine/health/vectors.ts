import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { createChs, onAccount, onBar, onClock, onOrder, onStart, onTick, onTrade, rebase } from "../../../src/engine/health/chs.ts";
import type { AgentRecord } from "../../../src/engine/health/edge.ts";
import { type ChsSnapshot, snapshotOf } from "../../../src/engine/health/snapshot.ts";
import type { Chs, ChsCarry } from "../../../src/engine/health/state.ts";

type VectorCase = { readonly id: string; readonly kind: string; readonly note: string; readonly input: never; readonly expect: never };

/** The 28 cases of chs-1, made by the reference implementation of the design (chs.md 13). */
export const VECTORS = JSON.parse(readFileSync(new URL("./chs-vectors.json", import.meta.url), "utf8")).cases as readonly VectorCase[];

/** The cases of one kind, with their real shapes named by the caller. */
export function vectorsOf<In, Out>(kind: string): readonly { readonly id: string; readonly note: string; readonly input: In; readonly expect: Out }[] {
	return VECTORS.filter((one) => one.kind === kind) as never;
}

/** Compares two plain values, numbers to 1e-9; "inf" stands for Infinity, which we keep as null. Keys missing in `wanted` are not compared. */
export function expectClose(got: unknown, wanted: unknown, path: string): void {
	if (typeof wanted === "number") {
		expect(typeof got, path).toBe("number");
		expect(Math.abs((got as number) - wanted), `${path}: ${got} for ${wanted}`).toBeLessThanOrEqual(1e-9);
	} else if (wanted === "inf") {
		expect(got, path).toBeNull();
	} else if (wanted !== null && typeof wanted === "object") {
		for (const [key, value] of Object.entries(wanted)) expectClose((got as Record<string, unknown>)[key], value, `${path}.${key}`);
	} else {
		expect(got, path).toBe(wanted);
	}
}

/** One event of a session vector: `[method, ...arguments]`. */
export type VectorEvent = readonly [string, ...unknown[]];

/** The old short names of the vectors' records in ours. */
type VectorRecord = Readonly<Record<"n" | "s1" | "s2" | "s3" | "c" | "d" | "cc" | "cd" | "dd", number>>;
type VectorCarry = {
	readonly s: Readonly<Record<"w" | "nW" | "nL" | "G" | "L" | "r" | "r2" | "d2", number>>;
	readonly f: Readonly<Record<"nW" | "nL" | "G" | "L", number>>;
	readonly m: Readonly<Record<"cap" | "rel" | "w" | "fa", number>>;
	readonly nTrades: number;
	readonly S1: number;
	readonly S2: number;
	readonly S3: number;
	readonly rec: VectorRecord;
	readonly used: VectorRecord;
	readonly over: number;
};
export type VectorConfig = { readonly carry?: VectorCarry; readonly edge?: { readonly record: VectorRecord } };

export function recordOf(from: VectorRecord): AgentRecord {
	return { n: from.n, y: from.s1, y2: from.s2, y3: from.s3, c: from.c, d: from.d, c2: from.cc, cd: from.cd, d2: from.dd };
}

export function carryFrom({ s, f, m, nTrades, S1, S2, S3, rec, used, over }: VectorCarry): ChsCarry {
	return {
		sums: {
			slow: { weight: s.w, wins: s.nW, losses: s.nL, gain: s.G, loss: s.L, r: s.r, rSquared: s.r2, lossSquared: s.d2 },
			fast: { wins: f.nW, losses: f.nL, gain: f.G, loss: f.L },
			market: { weight: m.w, captured: m.cap, released: m.rel, falseStarts: m.fa },
		},
		trades: nTrades,
		arms: { gone: S1, inverted: S2, leak: S3 },
		record: recordOf(rec),
		usedRecord: recordOf(used),
		overshoot: over,
	};
}

export function createFrom(config: VectorConfig): Chs {
	return createChs({
		carry: config.carry ? carryFrom(config.carry) : null,
		record: config.edge ? recordOf(config.edge.record) : null,
		riskFraction: 0.01,
		tripLevel: 0.55,
	});
}

const LABELS = ["underdamped", "critical", "overdamped"] as const;

/** Applies one event of a session vector (not `snap`). */
export function applyEvent(chs: Chs, [method, ...args]: VectorEvent): void {
	const [first, second, third] = args as never[];
	if (method === "start") onStart(chs, first as never, second as never);
	else if (method === "tick") onTick(chs, first as never);
	else if (method === "clock") onClock(chs, first as never, second ?? true);
	else if (method === "bar") onBar(chs, LABELS[first as never] ?? null);
	else if (method === "account") onAccount(chs, first as never, second as never, third as never);
	else if (method === "order") onOrder(chs, first as never);
	else if (method === "trade") onTrade(chs, { shadow: false, ...(first as unknown as object) } as never);
	else if (method === "rebase") rebase(chs);
	else throw new Error(`unknown event ${method}`);
}

/** Replays a session vector; `between` may swap the state after each event (to test persistence). */
export function replay(config: VectorConfig, events: readonly VectorEvent[], between: (chs: Chs, index: number) => Chs): readonly ChsSnapshot[] {
	let chs = createFrom(config);
	const snapshots: ChsSnapshot[] = [];
	events.forEach((event, index) => {
		if (event[0] === "snap") snapshots.push(snapshotOf(chs));
		else applyEvent(chs, event);
		chs = between(chs, index);
	});
	return snapshots;
}
