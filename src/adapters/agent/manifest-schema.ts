import * as z from "zod";
import { type PolicyManifest, QUANTILE_LEVELS, type TriadManifest } from "../../engine/agents/policy/manifest.ts";
import { listAgents } from "../../engine/agents/registry.ts";
import { OBSERVATION, OBSERVATION_VERSION } from "../../engine/market/observation.ts";
import { minutesOfTimeframe, timeframeName } from "../../engine/market/timeframe.ts";
import { cleanText } from "../clean-text.ts";

/** Largest size of a number: beyond it nothing about a market is meant. */
const SIZE_MAX = 1e9;
/** Largest Float32, which is what networks answer in. */
const FLOAT32_MAX = 3.4028234663852886e38;
/** Golden cases read; each is one forward pass at every start. */
const GOLDEN_MAX = 256;

const plainText = (charsMax: number) =>
	z
		.string("must be a text")
		.min(1, "must not be empty")
		.max(charsMax, `must have at most ${charsMax} characters`)
		.refine((text) => cleanText(text, charsMax) === text, "must be plain text, without control or invisible characters");
const finite = (min: number, max: number) =>
	z.number(`must be a number from ${min} to ${max}`).min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);
const whole = (min: number, max: number) =>
	z.int(`must be a whole number from ${min} to ${max}`).min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);
const size = finite(-SIZE_MAX, SIZE_MAX);
const rawOutput = finite(-FLOAT32_MAX, FLOAT32_MAX);
const isDistinct = (items: readonly string[]): boolean => new Set(items).size === items.length;
const sha256 = z.string("must be a text").regex(/^[0-9a-f]{64}$/, "must be a SHA-256: 64 small hexadecimal digits");
const symbol = z.string("must be a text").regex(/^[A-Za-z0-9._+#-]{1,31}$/, "must be a symbol's name (letters, digits, . _ + # -)");
const timeframe = z
	.string("must be a timeframe such as M15 or H1, or null")
	.refine((name) => timeframeName(minutesOfTimeframe(name) ?? 0) === name, "must be a timeframe of MetaTrader 5, such as M15 or H1, or null");
const brokerTime = z.string("must be a text").regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, "must be a moment such as 2024-01-31T09:30");
const folderName = z.string("must be a text").regex(/^[a-z][a-z0-9-]{0,31}$/, "must be a folder's name: small letters, digits and dashes");

const common = {
	format: z.literal(1, "must be 1: this Kinetra knows no other format"),
	name: z
		.string("must be a text")
		.regex(/^[a-z][a-z0-9-]{0,31}$/, "must be 1 to 32 small letters, digits and dashes, a letter first")
		.refine((name) => listAgents().every(({ id }) => id !== name), "is the name of one of Kinetra's rules: choose another"),
	line: plainText(200),
	timeframe: timeframe.nullable(),
	symbols: z
		.array(symbol, "must be a list of symbols, or null")
		.min(1, "must name a symbol, or be null")
		.max(100)
		.refine(isDistinct, "must not name a symbol twice")
		.nullable(),
	warmupBars: whole(1, 100_000),
};

const trainingData = z.discriminatedUnion(
	"kind",
	[
		z.strictObject({
			kind: z.literal("file"),
			name: plainText(200),
			sha256,
			symbol,
			timeframe: timeframe.nullable(),
			from: brokerTime,
			to: brokerTime,
			rows: whole(0, 1e12),
		}),
		z.strictObject({
			kind: z.literal("synthetic"),
			generator: plainText(40),
			symbol,
			scenarios: z.array(plainText(40)).max(100),
			seedFrom: whole(0, Number.MAX_SAFE_INTEGER),
			seedTo: whole(0, Number.MAX_SAFE_INTEGER),
		}),
	],
	'must be "file" or "synthetic"',
);

const provenance = z.strictObject({
	algorithm: plainText(40),
	command: plainText(1000).nullable(),
	seed: whole(0, Number.MAX_SAFE_INTEGER).nullable(),
	steps: whole(0, 1e12).nullable(),
	trainedWith: plainText(100),
	trainedOn: z
		.string("must be a day such as 2024-01-31, or null")
		.regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day such as 2024-01-31, or null")
		.nullable(),
	data: z.array(trainingData).max(10_000),
	verdict: plainText(500).nullable(),
	outOfSample: z
		.array(
			z.strictObject({
				against: plainText(60),
				data: plainText(200),
				sessions: whole(1, 1e9),
				meanR: size,
				differenceR: size,
				low: size,
				high: size,
			}),
		)
		.max(1000),
});

const action = z.enum(["hold", "buy", "sell", "close"], "must be one of hold, buy, sell, close");
const logits = {
	actions: z.array(action, "must be a list of actions").min(2, "must name at least two actions").refine(isDistinct, "must not name an action twice"),
};
const output = z.discriminatedUnion(
	"kind",
	[
		z.strictObject({ kind: z.literal("action-logits"), ...logits }),
		z.strictObject({ kind: z.literal("q-values"), ...logits }),
		z.strictObject({ kind: z.literal("continuous"), deadband: finite(0, 1) }),
	],
	'must be "action-logits", "q-values" or "continuous"',
);

const featureName = z.enum(
	OBSERVATION.map(({ name }) => name),
	`must be a field of the observation: ${OBSERVATION.map(({ name }) => name).join(", ")}`,
);
const quantiles = z
	.array(size, `must be ${QUANTILE_LEVELS.length} numbers, or null`)
	.length(QUANTILE_LEVELS.length, `must be ${QUANTILE_LEVELS.length} numbers, the values at the levels ${QUANTILE_LEVELS.join(", ")}, or null`)
	.refine(
		(values) => values.every((value, index) => index === 0 || value >= (values[index - 1] as number)),
		"must not fall: a quantile is at least the one before",
	);

/** `manifest.json` of a policy with one network: every field with its type and range. How fields fit each other is `contradictionOf`'s to say. */
export const policyManifestSchema = z.strictObject({
	...common,
	output,
	observation: z.strictObject({
		version: z.literal(
			OBSERVATION_VERSION,
			`must be "${OBSERVATION_VERSION}", the observation of this Kinetra: a network trained on another one reads other numbers. Train it again`,
		),
		features: z.array(featureName).min(1, "must name at least one feature").refine(isDistinct, "must not name a feature twice"),
	}),
	scaler: z.strictObject({ mean: z.array(size), scale: z.array(finite(1e-9, SIZE_MAX)), clip: finite(1e-3, SIZE_MAX) }),
	distribution: z.array(quantiles.nullable()),
	sizing: z.strictObject({ riskShare: finite(0.01, 1), stopAtr: finite(0.2, 20), targetAtr: finite(0.1, 50).nullable() }),
	provenance,
	golden: z
		.array(z.strictObject({ observation: z.array(size), output: z.array(rawOutput) }))
		.min(1, "must hold at least one case: without one nothing shows that the network is read as it was meant")
		.max(GOLDEN_MAX, `must hold at most ${GOLDEN_MAX} cases`),
}) satisfies z.ZodType<PolicyManifest>;

/** `manifest.json` of a triad. */
export const triadManifestSchema = z.strictObject({
	...common,
	triad: z
		.strictObject({ incumbent: folderName, competitor: folderName, researcher: folderName })
		.refine((folders) => isDistinct(Object.values(folders)), "must name three folders, each once"),
	provenance,
}) satisfies z.ZodType<TriadManifest>;
