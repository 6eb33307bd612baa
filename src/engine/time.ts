import type { BrokerMs } from "./units.ts";

const DAY_MS = 86_400_000;

/** A broker time for people and files: `2025-03-04 14:00:00` (the broker's wall clock, not UTC). Days follow Howard Hinnant's civil calendar algorithm. */
export function formatBrokerTime(at: BrokerMs): string {
	const day = Math.floor(at / DAY_MS);
	const seconds = Math.floor((at - day * DAY_MS) / 1000);
	const { year, month, date } = civilFromDays(day);
	const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
	return `${year}-${two(month)}-${two(date)} ${clock}`;
}

/** The broker day of a time, counted from 1970: what daily limits and swaps go by. */
export function brokerDay(at: BrokerMs): number {
	return Math.floor(at / DAY_MS);
}

function two(value: number): string {
	return String(value).padStart(2, "0");
}

/** Calendar date of a day number since 1970-01-01 (howardhinnant.github.io/date_algorithms.html, civil_from_days). */
function civilFromDays(day: number): { year: number; month: number; date: number } {
	const shifted = day + 719_468;
	const era = Math.floor(shifted / 146_097);
	const dayOfEra = shifted - era * 146_097;
	const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
	const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
	const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
	const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
	return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date: dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1 };
}
