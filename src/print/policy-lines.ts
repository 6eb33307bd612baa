import type { OutOfSample, Provenance, TrainingData } from "../engine/agents/policy/manifest.ts";
import type { Line } from "./line.ts";
import { cell, indented, lineTable, wrapped } from "./line-block.ts";
import { formatCount } from "./text.ts";

/** Where a policy comes from, what it is for, and the hash of its folder. */
export type PolicyFacts = Provenance & { readonly sha256: string; readonly timeframe: string | null; readonly symbols: readonly string[] | null };

/** Data sets that are named one by one; more are counted. */
const DATA_NAMED = 3;

/** Where a policy comes from and what it is worth, short and honest: its verdict first, then the figures behind it. */
export function policyLines(policy: PolicyFacts, width: number): Line[] {
	return [
		...verdictLines(policy, width),
		...outOfSampleLines(policy.outOfSample, width),
		...wrapped(`trained: ${trainingWords(policy)}`, width),
		...wrapped(`on ${dataWords(policy.data)}`, width),
		...(policy.timeframe === null && policy.symbols === null ? [] : wrapped(scopeWords(policy), width, "warn")),
		...(policy.command === null ? [] : wrapped(`made again by: ${policy.command}`, width, "faint")),
		...wrapped(`sha256 ${policy.sha256}`, width, "faint"),
	];
}

function verdictLines({ verdict, outOfSample }: PolicyFacts, width: number): Line[] {
	if (verdict !== null) return wrapped(`verdict: ${verdict}`, width, "strong");
	if (outOfSample.length > 0) return wrapped("verdict: none given; the figures below are all there is", width, "warn");
	return wrapped("verdict: none. Nobody has shown how it does on data that it was not trained on", width, "warn");
}

/** A table for each data set that it was tried on. A difference whose interval holds 0 is told as no difference, whatever its mean. */
function outOfSampleLines(rows: readonly OutOfSample[], width: number): Line[] {
	const sets = [...new Set(rows.map(({ data }) => data))];
	return sets.flatMap((data) => {
		const own = rows.filter((row) => row.data === data);
		const means = [...new Set(own.map(({ meanR }) => signed(meanR)))].join(" and ");
		const counts = [...new Set(own.map(({ sessions }) => formatCount(sessions)))].join(" and ");
		const table = own.map(({ against, differenceR, low, high }) => [
			cell(`against ${against}`),
			cell(`${signed(differenceR)} R`),
			cell(`(${signed(low)} to ${signed(high)})`),
			low > 0 ? cell("better", "good") : high < 0 ? cell("worse", "bad") : cell("no difference shown", "warn"),
		]);
		const head = `on unseen data, ${data}: ${means} R a session; ${counts} sessions, difference with its 95 % interval`;
		return [...wrapped(head, width), ...indented(lineTable(table, [1]), 2)];
	});
}

function trainingWords({ algorithm, steps, seed, trainedWith, trainedOn }: PolicyFacts): string {
	return [
		algorithm,
		steps === null ? "steps unknown" : `${formatCount(steps)} steps`,
		seed === null ? "seed unknown" : `seed ${seed}`,
		`by ${trainedWith}`,
		...(trainedOn === null ? [] : [trainedOn]),
	].join(", ");
}

function dataWords(data: readonly TrainingData[]): string {
	if (data.length === 0) return "unknown data";
	const named = data.slice(0, DATA_NAMED).map(oneData);
	return data.length > DATA_NAMED ? `${named.join("; ")}; and ${formatCount(data.length - DATA_NAMED)} more` : named.join("; ");
}

function oneData(data: TrainingData): string {
	if (data.kind === "synthetic")
		return `the synthetic market (${data.generator}) ${data.symbol}, ${data.scenarios.join(", ")}, seeds ${data.seedFrom} to ${data.seedTo}`;
	return `${data.name}: ${data.symbol}${data.timeframe === null ? "" : ` ${data.timeframe}`}, ${data.from} to ${data.to}, ${formatCount(data.rows)} rows`;
}

function scopeWords({ timeframe, symbols }: PolicyFacts): string {
	return `only for ${[symbols === null ? "any symbol" : symbols.join(", "), timeframe ?? "any timeframe"].join(" on ")}`;
}

function signed(value: number): string {
	return `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}
