/** The four questions the score asks: does it earn, can the account bear it, does it catch the moves, do orders and data work? */
export type Pillar = "agent" | "risk" | "market" | "execution";

export type Component =
	| "omega"
	| "winRate"
	| "payoff"
	| "edge"
	| "ruin"
	| "drawdown"
	| "downVol"
	| "margin"
	| "overshoot"
	| "energy"
	| "leak"
	| "falseAct"
	| "regime"
	| "validator"
	| "broker"
	| "slippage"
	| "latency"
	| "feed";

/** What a component's good news is counted in. */
export type EvidenceUnit = "trades" | "orders" | "bars" | "ticks";

export type ComponentTerms = {
	readonly pillar: Pillar;
	/** Share of the pillar; a pillar's shares sum to 1. */
	readonly weight: number;
	/** A vital component caps the whole score when it fails, and its bad news counts at once. */
	readonly vital: boolean;
	/** Raw values, rising, and the scores they stand for; straight lines between, flat beyond (chs.md 4). */
	readonly raws: readonly number[];
	readonly scores: readonly number[];
	/** Evidence needed until the score is believed in full (chs.md 5). */
	readonly evidence: EvidenceUnit;
	/** In a trader's words, for the screen and the docs. */
	readonly label: string;
	readonly unit: string;
};

/** Shares of the four pillars in the mean (chs.md 4). */
export const PILLAR_WEIGHTS = { agent: 0.4, risk: 0.25, market: 0.15, execution: 0.2 } as const satisfies Record<Pillar, number>;

/** The pillars in the order in which ties are broken. */
export const PILLARS = ["agent", "risk", "market", "execution"] as const satisfies readonly Pillar[];

/** How many of each make evidence complete (chs.md 5). */
export const FULL_EVIDENCE = { trades: 30, orders: 20, bars: 100, ticks: 200 } as const satisfies Record<EvidenceUnit, number>;

const OMEGA_CURVE = { raws: [0, 1, 2.7, 5], scores: [0, 0.55, 0.9, 1] } as const;
const FALLING = [1, 0.9, 0.55, 0] as const;

/** The 18 components with weights, vital marks and curves, in the order of the table of chs.md 4. */
export const COMPONENTS = {
	omega: { pillar: "agent", weight: 0.35, vital: false, ...OMEGA_CURVE, evidence: "trades", label: "gains over losses (Omega)", unit: "" },
	winRate: { pillar: "agent", weight: 0.15, vital: false, ...OMEGA_CURVE, evidence: "trades", label: "win rate, as the Omega it implies", unit: "" },
	payoff: { pillar: "agent", weight: 0.1, vital: false, ...OMEGA_CURVE, evidence: "trades", label: "payoff, as the Omega it implies", unit: "" },
	edge: {
		pillar: "agent",
		weight: 0.4,
		vital: true,
		raws: [0, 2.3, 5.5, 11],
		scores: FALLING,
		evidence: "trades",
		label: "evidence that the edge is gone",
		unit: "nats",
	},
	ruin: {
		pillar: "risk",
		weight: 0.3,
		vital: false,
		raws: [0, 0.01, 0.1, 0.5, 1],
		scores: [1, 0.9, 0.55, 0.15, 0],
		evidence: "trades",
		label: "risk of ruin",
		unit: "probability",
	},
	drawdown: {
		pillar: "risk",
		weight: 0.3,
		vital: true,
		raws: [0, 0.05, 0.2, 0.35],
		scores: FALLING,
		evidence: "trades",
		label: "drawdown from the peak",
		unit: "share",
	},
	downVol: { pillar: "risk", weight: 0.1, vital: false, raws: [0, 1, 2, 4], scores: FALLING, evidence: "trades", label: "downside volatility", unit: "R" },
	margin: {
		pillar: "risk",
		weight: 0.15,
		vital: true,
		raws: [100, 120, 300, 1000],
		scores: [0, 0.55, 0.9, 1],
		evidence: "trades",
		label: "margin level",
		unit: "%",
	},
	overshoot: { pillar: "risk", weight: 0.15, vital: true, raws: [0, 1.5, 3, 6], scores: FALLING, evidence: "trades", label: "loss beyond the plan", unit: "R" },
	energy: {
		pillar: "market",
		weight: 0.35,
		vital: false,
		raws: [0, 0.45, 0.65, 0.85],
		scores: [0, 0.55, 0.9, 1],
		evidence: "trades",
		label: "energy captured",
		unit: "share",
	},
	leak: {
		pillar: "market",
		weight: 0.25,
		vital: true,
		raws: [0, 3, 7, 14],
		scores: FALLING,
		evidence: "trades",
		label: "evidence that exits leak energy",
		unit: "nats",
	},
	falseAct: {
		pillar: "market",
		weight: 0.2,
		vital: false,
		raws: [0, 0.25, 0.45, 0.9],
		scores: FALLING,
		evidence: "trades",
		label: "entries that never moved",
		unit: "share",
	},
	regime: {
		pillar: "market",
		weight: 0.2,
		vital: false,
		raws: [0, 0.5, 0.8, 1],
		scores: [0.2, 0.55, 0.9, 1],
		evidence: "bars",
		label: "steadiness of the regime",
		unit: "kappa",
	},
	validator: {
		pillar: "execution",
		weight: 0.25,
		vital: true,
		raws: [0, 0.02, 0.2, 0.6],
		scores: FALLING,
		evidence: "orders",
		label: "orders refused by validation",
		unit: "share",
	},
	broker: {
		pillar: "execution",
		weight: 0.15,
		vital: true,
		raws: [0, 0.03, 0.25, 0.7],
		scores: FALLING,
		evidence: "orders",
		label: "orders rejected by the broker",
		unit: "share",
	},
	slippage: {
		pillar: "execution",
		weight: 0.25,
		vital: true,
		raws: [0, 0.03, 0.15, 0.5],
		scores: FALLING,
		evidence: "orders",
		label: "adverse slippage",
		unit: "R",
	},
	latency: {
		pillar: "execution",
		weight: 0.15,
		vital: true,
		raws: [0, 300, 3000, 8000],
		scores: FALLING,
		evidence: "orders",
		label: "order latency",
		unit: "ms",
	},
	feed: {
		pillar: "execution",
		weight: 0.2,
		vital: true,
		raws: [0, 0.25, 1, 3],
		scores: FALLING,
		evidence: "ticks",
		label: "age of the last tick over 30 s",
		unit: "",
	},
} as const satisfies Record<Component, ComponentTerms>;

/** The components in table order. */
export const COMPONENT_NAMES = Object.keys(COMPONENTS) as readonly Component[];
