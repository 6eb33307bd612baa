import { describe, expect, it } from "vitest";
import { checkManifest } from "../../../src/adapters/agent/check-manifest.ts";
import { manifestText } from "../../../src/adapters/agent/manifest-text.ts";
import { BY_HAND, tinyPolicy } from "../../helpers/policy.ts";

/** What is said of the tiny policy's manifest with one place changed; undefined removes the field. */
function said(path: string, value: unknown): string | null {
	const parsed = structuredClone(tinyPolicy().manifest) as unknown as Record<string, unknown>;
	const steps = path.split(".");
	const last = steps.pop() ?? "";
	const at = steps.reduce<Record<string, unknown>>((inner, step) => inner[step] as Record<string, unknown>, parsed);
	if (value === undefined) delete at[last];
	else at[last] = value;
	return saidOf(parsed);
}

function saidOf(parsed: unknown): string | null {
	const checked = checkManifest(parsed);
	return "manifest" in checked ? null : `${checked.fault.field} = ${JSON.stringify(checked.fault.value)} ${checked.fault.problem}`;
}

const SYNTHETIC = { kind: "synthetic", generator: "gbm-1", symbol: "EURUSD", scenarios: ["normal"], seedFrom: 5, seedTo: 4 };
const FILE = {
	kind: "file",
	name: "EURUSD_M1.csv",
	sha256: "ab".repeat(32),
	symbol: "EURUSD",
	timeframe: "M1",
	from: "2024-02-01T00:00",
	to: "2024-01-01T00:00",
	rows: 5,
};
const TEST_ROW = { against: "sma", data: "EURUSD_M1.csv", sessions: 5, meanR: 0, differenceR: 0, low: 1, high: 0 };

describe("a policy's manifest", () => {
	it("is taken when it is sound, as it is", () => {
		const { manifest } = tinyPolicy();
		expect(checkManifest(JSON.parse(JSON.stringify(manifest)))).toEqual({ manifest });
		expect(checkManifest({ ...manifest, output: { kind: "continuous", deadband: 0.1 }, golden: [{ observation: [0, 0, 0], output: [0.2] }] })).toHaveProperty(
			"manifest",
		);
	});

	it.each<readonly [string, string, unknown, RegExp]>([
		["another format", "format", 2, /^format = 2 must be 1/],
		["no name", "name", undefined, /^name = undefined is missing/],
		["a name with capitals", "name", "Tiny", /small letters, digits and dashes/],
		["the name of a rule", "name", "sma", /is the name of one of Kinetra's rules/],
		["an empty line", "line", "", /^line = "" must not be empty/],
		["a line with an escape sequence", "line", "a\u001b[31mb", /plain text/],
		["a line with a bidi mark", "line", "a\u202eb", /plain text/],
		["a timeframe that MT5 does not have", "timeframe", "M7", /timeframe of MetaTrader 5/],
		["a timeframe written otherwise", "timeframe", "h1", /timeframe of MetaTrader 5/],
		["no symbols", "symbols", [], /must name a symbol, or be null/],
		["a symbol twice", "symbols", ["EURUSD", "EURUSD"], /must not name a symbol twice/],
		["a symbol that is none", "symbols", ["EUR USD"], /^symbols\.0 = "EUR USD" must be a symbol's name/],
		["no warm-up", "warmupBars", 0, /^warmupBars = 0 must be at least 1/],
		["half a bar", "warmupBars", 1.5, /whole number/],
		["an unknown field", "leverage", 5, /^leverage = 5 is unknown: leave it out/],
		["an unknown field inside", "sizing.lots", 1, /^sizing\.lots = 1 is unknown/],
		["a prototype in disguise", "scaler", JSON.parse('{"mean":[0,0,0],"scale":[1,1,1],"clip":5,"__proto__":{"x":1}}'), /^scaler\.__proto__/],
		["an unknown output", "output", { kind: "softmax", actions: ["hold", "buy"] }, /^output\.kind = "softmax" must be "action-logits"/],
		["one action", "output.actions", ["hold"], /at least two actions/],
		["an action twice", "output.actions", ["hold", "buy", "buy", "close"], /must not name an action twice/],
		["an unknown action", "output.actions", ["hold", "buy", "sell", "wait"], /^output\.actions\.3 = "wait" must be one of hold, buy, sell, close/],
		["fewer actions than outputs", "output.actions", ["hold", "buy", "sell"], /^golden\.0\.output\.length = 4 must be 3, as there are 3 actions/],
		["a deadband of an action policy", "output.deadband", 0.1, /^output\.deadband = 0\.1 is unknown/],
		["another observation", "observation.version", "obs-0", /^observation\.version = "obs-0" must be "obs-1"/],
		[
			"an unknown feature",
			"observation.features",
			["velocityAtr", "rsi", "positionSide"],
			/^observation\.features\.1 = "rsi" must be a field of the observation: velocity/,
		],
		["a feature twice", "observation.features", ["momentum", "momentum", "positionSide"], /must not name a feature twice/],
		["a feature less", "observation.features", ["momentum", "positionSide"], /^scaler\.mean\.length = 3 must be 2, as there are 2 features/],
		["a mean too few", "scaler.mean", [0, 0], /^scaler\.mean\.length = 2 must be 3/],
		["a mean that is none", "scaler.mean.1", null, /^scaler\.mean\.1 = null must be a number/],
		["a scale of 0", "scaler.scale.2", 0, /^scaler\.scale\.2 = 0 must be at least 1e-9/],
		["a scale below 0", "scaler.scale.0", -1, /must be at least/],
		["a scale too many", "scaler.scale", [1, 1, 1, 1], /^scaler\.scale\.length = 4 must be 3/],
		["no clip", "scaler.clip", 0, /must be at least 0\.001/],
		["a huge mean", "scaler.mean.0", 1e30, /must be at most 1000000000/],
		["a distribution too few", "distribution", [null, null], /^distribution\.length = 2 must be 3/],
		["a market that is not judged", "distribution.1", null, /^distribution\.1 = null must be nine quantiles: only hours and the own position/],
		["a quantile too few", "distribution.0", [0, 1, 2], /must be 9 numbers/],
		["falling quantiles", "distribution.0", [0, 1, 2, 3, 2, 5, 6, 7, 8], /must not fall/],
		["quantiles beyond the feature", "distribution.1", [-1, 0, 0, 0, 0, 0, 0, 0, 2], /^distribution\.1\.8 = 2 must be from -1 to 1, the range of momentum/],
		["all risk and more", "sizing.riskShare", 1.5, /must be at most 1/],
		["no stop", "sizing.stopAtr", 0, /must be at least 0\.2/],
		["a target of 0", "sizing.targetAtr", 0, /^sizing\.targetAtr = 0 must be at least 0\.1/],
		["a hash that is none", "provenance.data", [{ ...FILE, sha256: "ab" }], /^provenance\.data\.0\.sha256 = "ab" must be a SHA-256/],
		["data that ends before it begins", "provenance.data", [FILE], /^provenance\.data\.0\.to .* must not lie before from/],
		["seeds that end before they begin", "provenance.data", [SYNTHETIC], /^provenance\.data\.0\.seedTo = 4 must be at least seedFrom, 5/],
		["data of no kind", "provenance.data", [{ kind: "web" }], /^provenance\.data\.0\.kind = "web" must be "file" or "synthetic"/],
		["an interval upside down", "provenance", { ...BY_HAND, outOfSample: [TEST_ROW] }, /^provenance\.outOfSample\.0\.low = 1 must not be above high/],
		["a day that is none", "provenance.trainedOn", "yesterday", /must be a day such as 2024-01-31/],
		["no golden cases", "golden", [], /must hold at least one case/],
		["a flood of golden cases", "golden", Array.from({ length: 257 }, () => ({ observation: [0, 0, 0], output: [0, 0, 0, 0] })), /at most 256/],
		["a golden observation too short", "golden.1.observation", [0], /^golden\.1\.observation\.length = 1 must be 3/],
		["a golden output too long", "golden.0.output", [0, 0, 0, 0, 0], /^golden\.0\.output\.length = 5 must be 4, as there are 4 actions/],
		["a golden output that is text", "golden.0.output.0", "1", /^golden\.0\.output\.0 = "1" must be a number/],
	])("with %s is refused with the place and what to do", (_what, path, value, expected) => {
		expect(said(path, value)).toMatch(expected);
	});

	it.each<readonly [string, unknown]>([
		["nothing", null],
		["a number", 5],
		["a list", []],
		["a text", "manifest"],
	])("that is %s is refused", (_what, parsed) => {
		expect(saidOf(parsed)).toMatch(/^the whole = /);
	});

	it("never passes with any number made not finite", () => {
		const { manifest } = tinyPolicy();
		const places = numbersOf(manifest, []);
		for (const place of places) {
			for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, "1", []])
				expect(said(place.join("."), value), place.join(".")).not.toBeNull();
		}
		expect(places.length).toBeGreaterThan(40);
	});

	it("is written so that reading it gives the same, whatever the order of its fields", () => {
		const { manifest } = tinyPolicy({ provenance: { ...BY_HAND, data: [{ ...FILE, kind: "file", to: FILE.from, timeframe: "M1" }] } });
		const shuffled = Object.fromEntries(Object.entries(manifest).reverse());
		const again = checkManifest(shuffled);
		if (!("manifest" in again)) throw new Error(again.fault.problem);
		expect(JSON.parse(manifestText(again.manifest))).toEqual(manifest);
		const once = checkManifest(manifest);
		if ("manifest" in once) expect(manifestText(again.manifest)).toBe(manifestText(once.manifest));
	});
});

describe("a triad's manifest", () => {
	const { format, name, line, timeframe, symbols, warmupBars } = tinyPolicy().manifest;
	const sound = {
		format,
		name,
		line,
		timeframe,
		symbols,
		warmupBars,
		triad: { incumbent: "a", competitor: "b", researcher: "c" },
		provenance: BY_HAND,
	};

	it("is taken when it is sound", () => expect(checkManifest(sound)).toEqual({ manifest: sound }));

	it.each<readonly [string, object, RegExp]>([
		["two roles", { triad: { incumbent: "a", competitor: "b" } }, /^triad\.researcher = undefined is missing/],
		["a fourth role", { triad: { ...sound.triad, critic: "d" } }, /^triad\.critic = "d" is unknown/],
		["one folder twice", { triad: { ...sound.triad, researcher: "a" } }, /must name three folders, each once/],
		["a folder outside", { triad: { ...sound.triad, researcher: "../c" } }, /^triad\.researcher = "\.\.\/c" must be a folder's name/],
		["a network of its own", { output: { kind: "continuous", deadband: 0 } }, /^output = .* is unknown/],
	])("with %s is refused", (_what, changes, expected) => {
		expect(saidOf({ ...sound, ...changes })).toMatch(expected);
	});
});

/** The path of every number. */
function numbersOf(value: unknown, path: readonly (string | number)[]): (readonly (string | number)[])[] {
	if (typeof value === "number") return [path];
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, item]) => numbersOf(item, [...path, key]));
}
