import type { LoadedAgent } from "../../adapters/agent/loaded.ts";
import { builtInSymbol } from "../../adapters/feed/csv/file-name.ts";
import type { FeedIdentity } from "../../adapters/ports.ts";
import { TRIAD_ROLES, type TrainingData } from "../../engine/agents/policy/manifest.ts";
import type { BrokerMs } from "../../engine/units.ts";

/**
 * The market of a session: what made its quotes, its symbol, and its first moment and the first one after it, broker ms; null where that is not known. A
 * session that ends earlier than its data does is judged by the data.
 */
export type SessionMarket = { readonly feed: FeedIdentity; readonly symbol: string; readonly from: BrokerMs | null; readonly to: BrokerMs | null };

/** Everything that a loaded agent was trained on, as its manifests say; nothing for rules, and for programs, which do not say. */
export function trainingDataOf(agent: LoadedAgent): readonly TrainingData[] {
	if (agent.kind !== "policy") return [];
	const { policy } = agent;
	if (policy.kind === "single") return policy.manifest.provenance.data;
	const members = TRIAD_ROLES.map((role) => policy.members[role].manifest);
	return [policy.manifest, ...members].flatMap(({ provenance }) => provenance.data);
}

/**
 * Why a session on this market would test an agent on what it has learnt: the same file (by its bytes) or the same symbol, at a time that training
 * used; of a generated market, a seed that training used, whatever the symbol and scenario, for the dice are the same. Null when it would not. What is
 * not known (an open end, a date that cannot be read) counts as an overlap.
 */
export function trainingOverlap(data: readonly TrainingData[], market: SessionMarket): string | null {
	for (const one of data) {
		const found = one.kind === "file" ? fileOverlap(one, market) : seedOverlap(one, market.feed);
		if (found !== null) return found;
	}
	return null;
}

function fileOverlap(data: Extract<TrainingData, { kind: "file" }>, { feed, symbol, from, to }: SessionMarket): string | null {
	// Live quotes are of now, which nobody has been trained on.
	if (feed.kind !== "csv") return null;
	const isSameFile = feed.sha256 === data.sha256;
	if (!isSameFile && plainSymbol(symbol) !== plainSymbol(data.symbol)) return null;
	// `to` of the manifest is the last moment that was used, to the minute.
	const endsBefore = (to ?? Number.POSITIVE_INFINITY) <= (timeOf(data.from) ?? Number.NEGATIVE_INFINITY);
	const beginsAfter = (from ?? Number.NEGATIVE_INFINITY) > (timeOf(data.to) ?? Number.POSITIVE_INFINITY) + MINUTE_MS - 1;
	if (endsBefore || beginsAfter) return null;
	const what = isSameFile ? "this file" : `${data.symbol} in ${data.name}`;
	return `The agent was trained on ${what}, ${data.from.replace("T", " ")} to ${data.to.replace("T", " ")}: what it does well here it may have learnt by heart, so this session is no evidence.`;
}

const MINUTE_MS = 60_000;

function seedOverlap(data: Extract<TrainingData, { kind: "synthetic" }>, feed: FeedIdentity): string | null {
	if (feed.kind !== "synthetic" || feed.generator !== data.generator || feed.seed < data.seedFrom || feed.seed > data.seedTo) return null;
	return `The agent was trained on the generated markets of seeds ${data.seedFrom} to ${data.seedTo}, and ${feed.seed} is one of them: this session is no evidence. Give another --seed.`;
}

/** Brokers' suffixes and other names stand for the same market. */
function plainSymbol(symbol: string): string {
	return (builtInSymbol(symbol) ?? symbol).toUpperCase();
}

/** Broker ms of YYYY-MM-DDTHH:MM; null when it is no such time. */
function timeOf(text: string): BrokerMs | null {
	const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
	return Number.isFinite(at) ? at : null;
}
