import { formatBrokerTime } from "../../engine/time.ts";
import type { BrokerMs, Money } from "../../engine/units.ts";
import type { Tone } from "../../print/line.ts";
import { formatCount, formatSeconds } from "../../print/text.ts";

/** What is shown where a value is not known: never a zero, never a default. */
export const UNKNOWN = "--";

/** A score of 0..1 with three decimals, rounded down: 0.5497 must not look like the trip level 0.550. */
export function scoreText(score: number): string {
	if (!(score >= 0 && score <= 1)) return UNKNOWN;
	const near = Math.round(score * 1000);
	return ((near / 1000 > score ? near - 1 : near) / 1000).toFixed(3);
}

/** An amount with thousands separated, `digits` of the currency. */
export function amountText(amount: Money | null, digits: number): string {
	if (amount === null || !Number.isFinite(amount)) return UNKNOWN;
	const text = Math.abs(amount).toFixed(digits);
	const [whole = "0", decimals] = text.split(".");
	const sign = amount < 0 && Number(text) !== 0 ? "-" : "";
	return `${sign}${formatCount(Number(whole))}${decimals === undefined ? "" : `.${decimals}`}`;
}

/** An amount that always carries its sign, except zero. */
export function signedText(amount: Money | null, digits: number): string {
	const text = amountText(amount, digits);
	return amount !== null && amount > 0 && text !== UNKNOWN && Number(amount.toFixed(digits)) !== 0 ? `+${text}` : text;
}

/** Gains are good, losses bad, zero and unknown neither. */
export function signTone(amount: number | null): Tone {
	if (amount === null) return "plain";
	if (amount > 0) return "good";
	return amount < 0 ? "bad" : "plain";
}

/** A price with the symbol's digits. */
export function priceText(price: number, digits: number): string {
	return Number.isFinite(price) && price > 0 ? price.toFixed(digits) : UNKNOWN;
}

/** A stop or target; 0 is none. */
export function levelText(price: number, digits: number): string {
	return price === 0 ? "none" : priceText(price, digits);
}

/** A fall or loss in percent, two decimals, rounded up: it must not look smaller than it is. */
export function fallText(value: number | null): string {
	return value === null || !Number.isFinite(value * 100) ? UNKNOWN : `${(Math.ceil(value * 100 - 1e-6) / 100).toFixed(2)} %`;
}

/** A whole count. */
export function countText(count: number | null): string {
	return count !== null && Number.isFinite(count) ? formatCount(Math.trunc(count)) : UNKNOWN;
}

/** Lots as booked: `0.10`. */
export function lotsText(lots: number, digits: number): string {
	return Number.isFinite(lots) ? lots.toFixed(digits) : UNKNOWN;
}

/** The broker's clock: `14:05:09`. */
export function clockText(at: BrokerMs | null): string {
	return at !== null && isTime(at) ? formatBrokerTime(at).slice(11) : "--:--:--";
}

/** Month, day, hour and minute: `03-04 14:05`. */
export function dayClockText(at: BrokerMs | null): string {
	return at !== null && isTime(at) ? formatBrokerTime(at).slice(5, 16) : UNKNOWN;
}

/** Two thousand years: more is no time of a session. */
const MINUTES_MAX = 1e9;

/** Market minutes as a stopwatch shows them: `12:31`, `90:00`, from ten hours of `scale` on `10:00:00`. Seconds are cut, not rounded. */
export function minutesText(minutes: number | null, scale: number | null = minutes): string {
	if (minutes === null || !(Math.abs(minutes) < MINUTES_MAX)) return UNKNOWN;
	const seconds = Math.max(0, Math.floor(minutes * 60 + 1e-6));
	const two = (value: number): string => String(value).padStart(2, "0");
	if (scale !== null && scale < 600) return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
	return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A time span: `0.4 s`, `12 s`, `3 min 5 s`, `2 h`. */
export function ageText(ms: number | null): string {
	if (ms === null || !Number.isFinite(ms)) return UNKNOWN;
	const known = Math.max(0, ms);
	return known < 9950 ? `${(known / 1000).toFixed(1)} s` : formatSeconds(known / 1000);
}

/** The speed of a session: `60x`, `max`. */
export function speedText(speed: number | "max"): string {
	if (speed === "max") return "max speed";
	return Number.isFinite(speed) ? `${Number(speed.toFixed(2))}x` : UNKNOWN;
}

function isTime(at: BrokerMs): boolean {
	// Before the broker's time is known it is 0: nothing of ours is from 1970.
	return at > 0 && at < 8.64e15;
}
