/**
 * Exponentially weighted sums over closed trades, `S <- decay * S + x` (chs.md 3). Ratios of them need no correction for the start.
 * r is clamped to +-5 R, so that one freak trade neither makes nor breaks the picture.
 */
export type TradeSums = {
	/** Decay 0.98 a trade: half-life 34 trades. */
	readonly slow: { weight: number; wins: number; losses: number; gain: number; loss: number; r: number; rSquared: number; lossSquared: number };
	/** Decay 0.92: half-life 8 trades. */
	readonly fast: { wins: number; losses: number; gain: number; loss: number };
	/** Decay 0.97: half-life 23 trades; R captured and released, and trades that never ran half an R. */
	readonly market: { weight: number; captured: number; released: number; falseStarts: number };
};

/** One closed trade in R (1 R = planned risk at entry): net result, largest favourable and adverse excursion (both >= 0). */
export type TradeResult = { readonly r: number; readonly mfe: number; readonly mae: number; readonly shadow: boolean };

/** Omega and payoffs are capped here: beyond it more is not better known. */
const OMEGA_CAP = 10;
/** Results and excursions are clamped to this many R. */
const R_CLAMP = 5;
/** An entry whose best excursion stays below this many R is a false activation. */
const FALSE_START_MFE_R = 0.5;

const SLOW = 0.98;
const FAST = 0.92;
const MARKET = 0.97;

/** Sums of no trade. */
export function emptyTradeSums(): TradeSums {
	return {
		slow: { weight: 0, wins: 0, losses: 0, gain: 0, loss: 0, r: 0, rSquared: 0, lossSquared: 0 },
		fast: { wins: 0, losses: 0, gain: 0, loss: 0 },
		market: { weight: 0, captured: 0, released: 0, falseStarts: 0 },
	};
}

/** Adds one closed trade; all three numbers must be finite. O(1). */
export function addTrade(sums: TradeSums, r: number, mfe: number, mae: number): void {
	const x = clampR(r);
	const won = x > 0 ? 1 : 0;
	const gain = Math.max(x, 0);
	const loss = Math.max(-x, 0);
	const { slow, fast, market } = sums;
	slow.weight = SLOW * slow.weight + 1;
	slow.wins = SLOW * slow.wins + won;
	slow.losses = SLOW * slow.losses + 1 - won;
	slow.gain = SLOW * slow.gain + gain;
	slow.loss = SLOW * slow.loss + loss;
	slow.r = SLOW * slow.r + x;
	slow.rSquared = SLOW * slow.rSquared + x * x;
	slow.lossSquared = SLOW * slow.lossSquared + loss * loss;
	fast.wins = FAST * fast.wins + won;
	fast.losses = FAST * fast.losses + 1 - won;
	fast.gain = FAST * fast.gain + gain;
	fast.loss = FAST * fast.loss + loss;
	market.weight = MARKET * market.weight + 1;
	market.captured = MARKET * market.captured + capturedOf(x);
	market.released = MARKET * market.released + releasedOf(x, mfe, mae);
	market.falseStarts = MARKET * market.falseStarts + (mfe < FALSE_START_MFE_R ? 1 : 0);
}

/** r limited to -5..5 R. */
export function clampR(r: number): number {
	return Math.max(-R_CLAMP, Math.min(R_CLAMP, r));
}

/** c: the work that ended in the account, R (chs.md 3, energy captured). */
export function capturedOf(r: number): number {
	return Math.max(0, r);
}

/** d: the largest excursion, R, that the market offered or inflicted; mfe and mae are clamped to 5 (chs.md 3). */
export function releasedOf(r: number, mfe: number, mae: number): number {
	return Math.max(Math.min(mfe, R_CLAMP), Math.min(mae, R_CLAMP), Math.abs(r));
}

/** Omega(0) = gains over losses, 0..10. Without losses 10 if anything was gained, else 1 (chs.md 3). */
export function omegaRatio(gain: number, loss: number): number {
	if (!(loss > 0)) return gain > 0 ? OMEGA_CAP : 1;
	return Math.min(OMEGA_CAP, gain / loss);
}

/** The Omega that the recent win rate implies at the long-run payoff, 0..10 (chs.md 3). */
export function winRateOmega(sums: TradeSums): number {
	const { slow, fast } = sums;
	if (!hasPayoff(sums)) return omegaRatio(slow.gain, slow.loss);
	const odds = fast.losses > 0 ? fast.wins / fast.losses : Number.POSITIVE_INFINITY;
	return Math.min(OMEGA_CAP, (slow.gain / slow.wins / (slow.loss / slow.losses)) * odds);
}

/** The Omega that the recent payoff implies at the long-run win rate, 0..10 (chs.md 3). */
export function payoffOmega(sums: TradeSums): number {
	const { slow, fast } = sums;
	if (!hasPayoff(sums) || !(fast.gain > 0 && fast.loss > 0)) return omegaRatio(slow.gain, slow.loss);
	return Math.min(OMEGA_CAP, (fast.gain / fast.wins / (fast.loss / fast.losses)) * (slow.wins / slow.losses));
}

function hasPayoff(sums: TradeSums): boolean {
	return sums.slow.wins > 0 && sums.slow.losses > 0 && sums.slow.loss > 0;
}

/**
 * Risk of ruin `exp(-2 mean distance / variance)`, 0..1, all in R a trade (chs.md 3). 1 without an edge or without distance to the
 * floor, 0 when results do not vary. Anything not a number counts as ruin.
 */
export function riskOfRuin(meanR: number, varianceR: number, distanceR: number): number {
	if (!(meanR > 0 && distanceR > 0)) return 1;
	if (varianceR < 1e-9) return 0;
	const ruin = Math.exp((-2 * meanR * distanceR) / varianceR);
	return ruin <= 1 ? ruin : 1;
}

/** Share of the released energy that was captured, 0..1; 0 when nothing was released (chs.md 3). */
export function energyShare(captured: number, released: number): number {
	return released > 0 ? captured / released : 0;
}
