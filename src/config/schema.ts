import * as z from "zod";
import { cleanText } from "../adapters/clean-text.ts";
import { usageFailure } from "../adapters/failure.ts";
import { type Instrument, SWAP_MODES } from "../engine/instrument.ts";
import type { SimulatorSettings } from "../engine/paper/settings.ts";
import { suggestion } from "./nearest.ts";
import { SYMBOL_PATTERN } from "./options.ts";

const points = z.int().min(0).max(1_000_000_000);
const positive = z.number().positive().max(1e12);
const amount = z.number().min(0).max(1e12);
const currency = z.string().regex(/^[A-Z]{3,5}$/, "must be 3 to 5 capital letters");
const window = z.tuple([z.int().min(0).max(1440), z.int().min(1).max(2880)]).refine(([start, end]) => end > start, "must end after its start");

/** A symbol specification as a file may hold it: every field with its type and range (instrument.ts says what they mean). */
const instrumentFields = {
	symbol: z.string().regex(SYMBOL_PATTERN, "may hold letters, digits, . _ + # - only"),
	description: z.string().max(200),
	digits: z.int().min(0).max(8),
	tickSizePoints: z.int().min(1).max(1_000_000),
	contractSize: positive,
	calcMode: z.enum(["FOREX", "FOREX_NO_LEVERAGE", "FUTURES", "CFD", "CFDINDEX", "CFDLEVERAGE"]),
	tickValue: amount,
	currencyBase: currency,
	currencyProfit: currency,
	currencyMargin: currency,
	volumeMin: positive,
	volumeMax: positive,
	volumeStep: positive,
	volumeLimit: amount,
	stopsLevelPoints: points,
	freezeLevelPoints: points,
	tradeMode: z.enum(["DISABLED", "LONGONLY", "SHORTONLY", "CLOSEONLY", "FULL"]),
	executionMode: z.enum(["REQUEST", "INSTANT", "MARKET", "EXCHANGE"]),
	fillingFlags: z.array(z.enum(["FOK", "IOC", "BOC"])),
	orderFamilies: z.array(z.enum(["MARKET", "LIMIT", "STOP", "STOP_LIMIT", "SL", "TP", "CLOSEBY"])),
	timesInForce: z.array(z.enum(["GTC", "DAY", "SPECIFIED", "SPECIFIED_DAY"])),
	gtcMode: z.enum(["GTC", "DAILY", "DAILY_NO_STOPS"]),
	stopsInRequest: z.boolean(),
	marginInitial: amount,
	marginMaintenance: amount,
	marginHedged: amount,
	hedgedUsesLargerLeg: z.boolean(),
	marginRateLong: amount,
	marginRateShort: amount,
	swapMode: z.enum(SWAP_MODES),
	swapLong: z.number().min(-1e9).max(1e9),
	swapShort: z.number().min(-1e9).max(1e9),
	swapRollover3Days: z.int().min(0).max(7),
	commission: z.strictObject({
		kind: z.enum(["none", "perLot", "perMillion", "percent"]),
		rate: amount,
		minimum: amount,
		side: z.enum(["in", "out", "both"]),
	}),
	sessions: z.array(z.array(window)).length(7, "must have seven days, Sunday first"),
	typicalSpreadPoints: points,
	hedgeProhibited: z.boolean(),
	fifoClose: z.boolean(),
} satisfies Record<keyof Instrument, z.ZodType>;

const probability = z.number().min(0).max(1);
const simulatorFields = {
	latencyMs: z.number().min(0).max(60_000),
	latencyJitterMs: z.number().min(0).max(60_000),
	slippagePoints: z.number().min(0).max(100_000),
	partialFillProbability: probability,
	requoteProbability: probability,
	rejectProbability: probability,
	spreadModel: z.enum(["recorded", "fixed", "minimum"]),
	spreadPoints: z.int().min(0).max(1_000_000),
	marginCallPct: z.number().min(0).max(10_000),
	stopOutPct: z.number().min(0).max(10_000),
	limitOrders: z.int().min(0).max(100_000),
	limitPositions: z.int().min(0).max(100_000),
	chargeCommission: z.boolean(),
	chargeSwap: z.boolean(),
} satisfies Record<keyof SimulatorSettings, z.ZodType>;

/** A whole specification: `base` (the built-in one, or null) overlaid with `changes`. Throws a usage `Failure` that names the field. */
export function checkedInstrument(from: string, base: Instrument | null, changes: Readonly<Record<string, unknown>>): Instrument {
	refuseUnknown(from, changes, Object.keys(instrumentFields));
	const merged = { ...(base ?? {}), ...changes };
	const missing = Object.keys(instrumentFields).filter((key) => !(key in merged));
	if (missing.length > 0) {
		throw usageFailure(
			`${from}: the specification lacks ${missing.slice(0, 8).join(", ")}${missing.length > 8 ? ` and ${missing.length - 8} more` : ""}. A symbol without a built-in one needs every field.`,
		);
	}
	const instrument = checked(from, z.strictObject(instrumentFields), merged) as Instrument;
	const problem = contradictionOf(instrument);
	if (problem !== null) throw usageFailure(`${from}: ${problem}.`);
	return instrument;
}

/** Simulator settings overlaid with changes. Throws a usage `Failure`. */
export function checkedSimulator(from: string, base: SimulatorSettings, changes: Readonly<Record<string, unknown>>): SimulatorSettings {
	refuseUnknown(from, changes, Object.keys(simulatorFields));
	return checked(from, z.strictObject(simulatorFields), { ...base, ...changes }) as SimulatorSettings;
}

function refuseUnknown(from: string, changes: Readonly<Record<string, unknown>>, known: readonly string[]): void {
	for (const key of Object.keys(changes)) {
		if (!known.includes(key)) throw usageFailure(`${from}: unknown field "${cleanText(key, 60)}"${suggestion(key, known) || "."}`);
	}
}

function checked(from: string, schema: z.ZodType, value: unknown): unknown {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	const issue = result.error.issues[0];
	const place = issue?.path.map(String).join(".") ?? "";
	const got = issue?.path.reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined), value);
	throw usageFailure(
		`${from}: ${cleanText(place, 80)} = ${cleanText(JSON.stringify(got) ?? "nothing", 80)}: ${cleanText(issue?.message ?? "not valid", 200)}.`,
	);
}

/** What no single field shows. */
function contradictionOf(instrument: Instrument): string | null {
	const { volumeMin, volumeMax, volumeStep, calcMode, tickValue, marginInitial } = instrument;
	if (volumeMin > volumeMax) return `volumeMin ${volumeMin} is above volumeMax ${volumeMax}`;
	if (volumeStep > volumeMax) return `volumeStep ${volumeStep} is above volumeMax ${volumeMax}`;
	if ((calcMode === "FUTURES" || calcMode === "CFDINDEX") && tickValue <= 0) return `calcMode ${calcMode} needs a tickValue above 0`;
	if (calcMode === "FUTURES" && marginInitial <= 0) return "calcMode FUTURES needs a marginInitial above 0";
	if (instrument.sessions.every((day) => day.length === 0)) return "sessions has no trading window in the whole week";
	return null;
}
