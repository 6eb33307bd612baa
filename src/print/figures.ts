import { formatMoney, formatNumber, formatSeconds, formatSigned } from "./text.ts";

/** What a value that is no number is shown as: unknown, never 0. */
export const UNKNOWN = "--";

/** As `formatNumber`; what is no finite number is `--`. */
export function figure(value: number): string {
	return Number.isFinite(value) ? formatNumber(value) : UNKNOWN;
}

/** As `formatMoney`; what is no finite number is `--`. */
export function moneyFigure(amount: number, currency: string): string {
	return Number.isFinite(amount) ? formatMoney(amount, currency) : UNKNOWN;
}

/** As `formatSigned`; what is no finite number is `--`. */
export function signedFigure(amount: number, currency: string): string {
	return Number.isFinite(amount) ? formatSigned(amount, currency) : UNKNOWN;
}

/** A result with its sign and two decimals: `+12.50`. */
export function signedPlain(value: number): string {
	return Number.isFinite(value) ? `${value < 0 ? "" : "+"}${value.toFixed(2)}` : UNKNOWN;
}

/** As `formatSeconds`; what is no finite number is `--`. */
export function secondsFigure(seconds: number): string {
	return Number.isFinite(seconds) ? formatSeconds(seconds) : UNKNOWN;
}
