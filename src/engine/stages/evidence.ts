/**
 * What the real trades of one agent build in one stage prove (chs.md 8), kept as sums: its size does not grow with the number of
 * trades. r is not clamped here. Plain JSON.
 */
export type Evidence = {
	trades: number;
	wins: number;
	losses: number;
	/** Gains g = max(r, 0), losses l = max(-r, 0), in R. */
	gain: number;
	loss: number;
	gainSquared: number;
	lossSquared: number;
	/** Energy: captured c = max(0, r), released d = max(mfe, mae, |r|), in R. */
	captured: number;
	released: number;
	captured2: number;
	capturedReleased: number;
	released2: number;
	/** Running mean of r and sum of squared deviations (Welford), for the Z-factor. */
	meanR: number;
	deviations: number;
	/** Score at the last closes, at most 30, oldest overwritten. */
	readonly closes: number[];
	nextClose: number;
	/** Order attempts judged by validation, and those it refused for breaking a rule. */
	orders: number;
	rejections: number;
	/** A result that was no number: nothing can be proven any more. */
	broken: boolean;
};

/** A closed real trade (not a shadow) in R, and the score right after its close. */
export type EvidenceTrade = { readonly r: number; readonly mfe: number; readonly mae: number; readonly chs: number };

/** The numbers that gates judge. Null where a value does not exist: no trades, or Omega without losses. */
export type EvidenceReport = {
	readonly trades: number;
	readonly wins: number;
	readonly losses: number;
	/** Omega(0) = gains over losses; null without losses. */
	readonly omega: number | null;
	/** Omega with half a trade of +1 R and of -1 R added, its log standard error, and 95 % bounds. */
	readonly omegaAdjusted: number | null;
	readonly omegaError: number | null;
	readonly omegaLow: number | null;
	readonly omegaHigh: number | null;
	/** Energy captured, share of the energy released, with standard error and lower 95 % bound. */
	readonly energy: number | null;
	readonly energyError: number | null;
	readonly energyLow: number | null;
	readonly meanR: number | null;
	/** Standard deviation of r with n - 1. */
	readonly deviationR: number | null;
	/** Z-factor = mean / deviation * sqrt(n); 0 when results do not vary. */
	readonly z: number | null;
	/** Mean score of the last 30 closes. */
	readonly chsMean: number | null;
	readonly orders: number;
	readonly rejections: number;
	/** Rule of three: with no rejection in n orders the rate is below 3/n with 95 % confidence; null after a rejection or without orders. */
	readonly rejectionHigh: number | null;
};

/** How many closes the mean score looks back. */
const CHS_CLOSES = 30;
/** Standard errors to a 95 % interval. */
const Z_95 = 1.96;
/** Half a trade of 1 R on each side, so that the bounds exist without losses. */
const HALF_TRADE = 0.5;

/** No trade yet. */
export function createEvidence(): Evidence {
	return {
		trades: 0,
		wins: 0,
		losses: 0,
		gain: 0,
		loss: 0,
		gainSquared: 0,
		lossSquared: 0,
		captured: 0,
		released: 0,
		captured2: 0,
		capturedReleased: 0,
		released2: 0,
		meanR: 0,
		deviations: 0,
		closes: [],
		nextClose: 0,
		orders: 0,
		rejections: 0,
		broken: false,
	};
}

/** Adds a closed real trade. O(1). A trade with numbers that are none breaks the evidence: it will never pass. */
export function addTradeToEvidence(evidence: Evidence, trade: EvidenceTrade): void {
	const { r, mfe, mae, chs } = trade;
	if (!(isReadable(r) && isReadable(mfe) && isReadable(mae) && isReadable(chs))) {
		evidence.broken = true;
		return;
	}
	const gain = Math.max(0, r);
	const loss = Math.max(0, -r);
	const released = Math.max(mfe, mae, Math.abs(r));
	evidence.trades++;
	if (r > 0) evidence.wins++;
	if (r < 0) evidence.losses++;
	evidence.gain += gain;
	evidence.loss += loss;
	evidence.gainSquared += gain * gain;
	evidence.lossSquared += loss * loss;
	evidence.captured += gain;
	evidence.released += released;
	evidence.captured2 += gain * gain;
	evidence.capturedReleased += gain * released;
	evidence.released2 += released * released;
	const before = r - evidence.meanR;
	evidence.meanR += before / evidence.trades;
	evidence.deviations += before * (r - evidence.meanR);
	if (evidence.closes.length < CHS_CLOSES) evidence.closes.push(chs);
	else evidence.closes[evidence.nextClose] = chs;
	evidence.nextClose = (evidence.nextClose + 1) % CHS_CLOSES;
}

/** Adds an order that the agent was free to send: `rejected` when it broke a broker or risk rule. Holds are no orders. */
export function addOrderToEvidence(evidence: Evidence, rejected: boolean): void {
	evidence.orders++;
	if (rejected) evidence.rejections++;
}

/** What the evidence says now (chs.md 8). O(1). */
export function reportOf(evidence: Evidence): EvidenceReport {
	const { trades, gain, loss, captured, released, orders, rejections } = evidence;
	const known = trades > 0;
	const gainAdjusted = gain + HALF_TRADE;
	const lossAdjusted = loss + HALF_TRADE;
	const omega = gainAdjusted / lossAdjusted;
	const omegaError = Math.sqrt(
		(evidence.gainSquared + HALF_TRADE) / (gainAdjusted * gainAdjusted) + (evidence.lossSquared + HALF_TRADE) / (lossAdjusted * lossAdjusted),
	);
	const energy = released > 0 ? captured / released : null;
	const residual = energy === null ? 0 : evidence.captured2 - 2 * energy * evidence.capturedReleased + energy * energy * evidence.released2;
	const energyError = energy === null ? null : Math.sqrt(Math.max(0, residual)) / released;
	const deviationR = trades > 1 ? Math.sqrt(evidence.deviations / (trades - 1)) : null;
	return {
		trades,
		wins: evidence.wins,
		losses: evidence.losses,
		omega: loss > 0 ? gain / loss : null,
		omegaAdjusted: known ? omega : null,
		omegaError: known ? omegaError : null,
		omegaLow: known ? omega * Math.exp(-Z_95 * omegaError) : null,
		omegaHigh: known ? omega * Math.exp(Z_95 * omegaError) : null,
		energy,
		energyError,
		energyLow: energy === null || energyError === null ? null : energy - Z_95 * energyError,
		meanR: known ? evidence.meanR : null,
		deviationR,
		z: deviationR === null ? null : deviationR > 0 ? (evidence.meanR / deviationR) * Math.sqrt(trades) : 0,
		chsMean: meanOf(evidence.closes),
		orders,
		rejections,
		rejectionHigh: rejections === 0 && orders > 0 ? Math.min(1, 3 / orders) : null,
	};
}

/** A number small enough that its square is one too; NaN is not. */
function isReadable(value: number): boolean {
	return Math.abs(value) <= 1e6;
}

function meanOf(values: readonly number[]): number | null {
	if (values.length === 0) return null;
	let sum = 0;
	for (const value of values) sum += value;
	return sum / values.length;
}
