import { describe, expect, it } from "vitest";
import type { FeedIdentity } from "../../../src/adapters/ports.ts";
import { type SessionMarket, trainingOverlap } from "../../../src/commands/run/trained-on.ts";
import type { TrainingData } from "../../../src/engine/agents/policy/manifest.ts";

const SHA = "a".repeat(64);
const FILE: TrainingData = {
	kind: "file",
	name: "GBPUSD+_M15.csv",
	sha256: SHA,
	symbol: "GBPUSD",
	timeframe: "M15",
	from: "2024-01-02T00:00",
	to: "2024-12-31T23:45",
	rows: 20_000,
};
const SEEDS: TrainingData = { kind: "synthetic", generator: "synthetic-1", symbol: "EURUSD", scenarios: ["normal", "crash"], seedFrom: 1000, seedTo: 2000 };

type Csv = Extract<FeedIdentity, { kind: "csv" }>;
const CSV: Csv = {
	kind: "csv",
	reader: "mt5-csv-1",
	file: "/data/x.csv",
	sha256: "b".repeat(64),
	content: "bars",
	ticks: "ohlc",
	timeframeMinutes: 15,
	from: null,
	to: null,
	skipBadRows: false,
};
const at = (text: string): number => Date.parse(`${text}Z`);
const csv = (symbol: string, from: string | null, to: string | null, changes: Partial<Csv> = {}): SessionMarket => ({
	feed: { ...CSV, ...changes },
	symbol,
	from: from === null ? null : at(from),
	to: to === null ? null : at(to),
});
const synthetic = (seed: number, generator = "synthetic-1", scenario = "normal"): SessionMarket => ({
	feed: { kind: "synthetic", generator, symbol: "EURUSD", scenario, seed, startAt: 0, sessionStartAt: 0 },
	symbol: "EURUSD",
	from: 0,
	to: null,
});
const bridge: SessionMarket = {
	feed: { kind: "bridge", protocol: 1, venue: "mt5", server: "S", symbol: "GBPUSD", brokerSymbol: "GBPUSD+" },
	symbol: "GBPUSD",
	from: null,
	to: null,
};

describe("an agent tested on what it was trained on", () => {
	it.each<[string, TrainingData, SessionMarket]>([
		["the very file", FILE, csv("GBPUSD", "2024-01-02T00:00", "2025-01-01T00:00", { sha256: SHA })],
		["the very file under another symbol", FILE, csv("EURUSD", "2024-05-01T00:00", "2024-06-01T00:00", { sha256: SHA })],
		["another file of the same days", FILE, csv("GBPUSD", "2024-06-01T00:00", "2024-07-01T00:00")],
		["the same days under a broker's name", FILE, csv("GBPUSD.raw", "2024-06-01T00:00", "2024-07-01T00:00")],
		["a file that begins before and ends after", FILE, csv("GBPUSD", "2020-01-01T00:00", "2026-01-01T00:00")],
		["a file that ends in the first minute of training", FILE, csv("GBPUSD", "2023-01-01T00:00", "2024-01-02T00:01")],
		["a file that begins in the last minute of training", FILE, csv("GBPUSD", "2024-12-31T23:45", "2025-06-01T00:00")],
		["a file that begins within the last minute of training", FILE, csv("GBPUSD", "2024-12-31T23:45:30", "2025-06-01T00:00")],
		["a file whose end is not known", FILE, csv("GBPUSD", "2023-06-01T00:00", null)],
		["dates of training that cannot be read", { ...FILE, from: "long ago", to: "yesterday" }, csv("GBPUSD", "2030-01-01T00:00", "2030-02-01T00:00")],
		["a seed of training", SEEDS, synthetic(1500)],
		["the first seed of training", SEEDS, synthetic(1000)],
		["the last seed of training", SEEDS, synthetic(2000)],
		["a seed of training in another scenario", SEEDS, synthetic(1500, "synthetic-1", "gap")],
	])("is found: %s", (_name, data, market) => {
		expect(trainingOverlap([data], market)).toMatch(/^The agent was trained on .* no evidence/);
	});

	it.each<[string, TrainingData, SessionMarket]>([
		["days after training", FILE, csv("GBPUSD", "2025-01-02T00:00", "2025-06-01T00:00")],
		["days before training", FILE, csv("GBPUSD", "2023-01-01T00:00", "2024-01-02T00:00")],
		["the part of the very file that training left out", FILE, csv("GBPUSD", "2025-01-02T00:00", null, { sha256: SHA })],
		["another symbol", FILE, csv("XAUUSD", "2024-06-01T00:00", "2024-07-01T00:00")],
		["live quotes", FILE, bridge],
		["a generated market, when training was on a file", FILE, synthetic(1500)],
		["a seed before", SEEDS, synthetic(999)],
		["a seed after", SEEDS, synthetic(2001)],
		["the seed of another generator", SEEDS, synthetic(1500, "synthetic-2")],
		["a file, when training was on a generated market", SEEDS, csv("EURUSD", null, null)],
	])("is not seen in %s", (_name, data, market) => {
		expect(trainingOverlap([data], market)).toBeNull();
	});

	it("looks at everything that the agent was trained on", () => {
		expect(trainingOverlap([FILE, SEEDS], synthetic(1500))).toContain("seeds 1000 to 2000, and 1500 is one of them");
		expect(trainingOverlap([], synthetic(1500))).toBeNull();
	});
});
