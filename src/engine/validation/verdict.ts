import type { OrderRequest } from "../order.ts";
import type { SizingCode } from "../sizing.ts";
import type { Lots, Money, Points } from "../units.ts";
import type { CheckCode } from "./checks.ts";

/** What is wanted of the broker, not yet permitted. `plannedRisk` is the money that may be lost at the stop: 1 R; 0 for closes. */
export type Proposal = { readonly request: OrderRequest; readonly plannedRisk: Money };

/** What a request does to exposure. Closes and cancels are never refused by risk limits. */
export type Purpose = "open" | "close" | "modify" | "cancel";

/** One repair made to a proposal, never towards more money at risk. Prices in points, volumes in lots. */
export type Adjustment = {
	readonly field: "lots" | "price" | "stopLimit" | "sl" | "tp";
	readonly from: Lots | Points;
	readonly to: Lots | Points;
	readonly why: string;
};

declare const approvedByValidator: unique symbol;

/** Permission to send exactly `request`. The brand exists only as a type: nothing but validator.ts can make one. */
export type Approved = {
	readonly verdict: "approved";
	readonly request: OrderRequest;
	readonly purpose: Purpose;
	readonly plannedRisk: Money;
	readonly changes: readonly Adjustment[];
	readonly [approvedByValidator]: true;
};

/** A refusal: which check, what was asked (`actual`), what is allowed (`limit`), and the line for journal and screen. */
export type Refused = {
	readonly verdict: "refused";
	readonly code: CheckCode | SizingCode;
	readonly control: string;
	/** The MT5 return code the broker would have answered with; null for our own limits. */
	readonly retcode: number | null;
	/** True when the agent was free to send it and it breaks a broker or risk rule (C08-C13): counts against promotion. */
	readonly isRejection: boolean;
	readonly actual: number | string;
	readonly limit: number | string;
	/** `STOP_TOO_CLOSE: got=8, min=15 points` */
	readonly message: string;
	readonly request: OrderRequest;
	readonly changes: readonly Adjustment[];
};

/** The validator's answer. */
export type Verdict = Approved | Refused;
