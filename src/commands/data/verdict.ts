import { formatNumber, formatSeconds, formatTime } from "../../print/text.ts";
import type { UsableFile } from "./examine.ts";
import { CONSTANT_BARS } from "./quality.ts";

/** Everything about a usable file but what is said of it. */
export type FoundFile = Omit<UsableFile, "remarks" | "verdict">;

/** Fewer bars than this are too few to learn or to prove anything. */
export const FEW_BARS = 2000;
/** Above these shares 0..1 the finding is said; below, it is a figure like others. */
const ZERO_SPREADS_SHARE = 0.01;
const MISSING_SHARE = 0.02;
const CLOSED_SHARE = 0.001;
/** Holidays a year on which most markets are closed. */
const HOLIDAYS_A_YEAR = 10;
const YEAR_MS = 365.25 * 86_400_000;

/** What the user should know before he trusts a file; one sentence or two each, what to do included. Empty: nothing to say against it. */
export function remarksOf(file: FoundFile): readonly string[] {
	return [...rowRemarks(file), ...priceRemarks(file), ...hourRemarks(file)];
}

function rowRemarks({ rows, badRows, firstFault, duplicates, outOfOrder, terms }: FoundFile): string[] {
	const remarks: string[] = [];
	if (rows < FEW_BARS) remarks.push(`Only ${rows} bars: too few to learn or to prove anything. Export a longer time.`);
	if (badRows > 0) remarks.push(`${counted(badRows, "bad row")} left out; the first: ${firstFault}.`);
	if (outOfOrder > 0) remarks.push(`${counted(outOfOrder, "bar")} out of order, sorted in. MT5 does not write such files: was it joined from several?`);
	if (duplicates > 0) remarks.push(`${counted(duplicates, "bar")} with the time of another; the last one of each time is kept.`);
	if (terms.sessions === null)
		remarks.push(`The trading hours of ${terms.symbol} are not known here, so gaps are not judged. Sessions on it need --spec FILE.json.`);
	else if (terms.usualDigits !== null && terms.digits > terms.usualDigits)
		remarks.push(`Prices with ${terms.digits} decimals where ${terms.symbol} usually has ${terms.usualDigits}: sessions on it need --spec FILE.json.`);
	return remarks;
}

function priceRemarks({ rows, quality, terms }: FoundFile): string[] {
	const { zeroSpreads, outliers, constant } = quality;
	const remarks: string[] = [];
	if (zeroSpreads > rows * ZERO_SPREADS_SHARE) {
		const first = terms.typicalSpreadPoints === null ? "" : ` (before the first: by ${terms.typicalSpreadPoints} points, usual for ${terms.symbol})`;
		remarks.push(
			zeroSpreads === rows
				? `No bar has a spread: costs are assumed${first === "" ? "" : `, ${terms.typicalSpreadPoints} points a trade`}. Results will be rough.`
				: `${percent(zeroSpreads, rows)} of the bars have spread 0. When they are played, each is filled with the last known spread${first}.`,
		);
	}
	const odd = outliers.spikes + outliers.jumps;
	if (odd > 0 && outliers.worstAt !== null) {
		remarks.push(
			`${counted(odd, "price")} out of line (${outliers.spikes} spikes, ${outliers.jumps} jumps), the worst ${formatNumber(outliers.worstRanges)} usual ranges at ${formatTime(outliers.worstAt)}. News or bad quotes: look at the chart.`,
		);
	}
	if (constant.longestAt !== null) {
		remarks.push(
			`${counted(constant.stretches, "stretch", "stretches")} of ${CONSTANT_BARS} bars or more without any movement, the longest ${constant.longestBars} bars from ${formatTime(constant.longestAt)}.`,
		);
	}
	return remarks;
}

function hourRemarks({ rows, from, to, quality, terms }: FoundFile): string[] {
	const { hours, hourShifts } = quality;
	const remarks: string[] = [];
	if (hours !== null) {
		const years = Math.max(1, (to - from) / YEAR_MS);
		if (hours.missingShare > MISSING_SHARE && hours.longestGapAt !== null) {
			remarks.push(
				`${percent(hours.missingShare, 1)} of the trading hours have no bar, the longest gap ${formatSeconds(hours.longestGapMs / 1000)} from ${formatTime(hours.longestGapAt)}. Was the history loaded in the terminal before the export?`,
			);
		}
		if (hours.missingDays.length > HOLIDAYS_A_YEAR * years)
			remarks.push(`${counted(hours.missingDays.length, "trading day")} without a bar: more than holidays explain.`);
		if (hours.missingWeekendDays > 0)
			remarks.push(`${terms.symbol} trades at weekends, but ${hours.missingWeekendDays} of ${counted(hours.weekendDays, "weekend day")} have no bar.`);
		if (hours.closedHours > rows * CLOSED_SHARE)
			remarks.push(
				`${counted(hours.closedHours, "bar")} outside the usual hours of ${terms.symbol}: another broker's clock? All files must be of one broker's clock.`,
			);
	}
	const [first] = hourShifts;
	if (first !== undefined) {
		const hoursMoved = Math.abs(first.byMinutes) / 60;
		remarks.push(
			`The opening hour of the week moves ${counted(hourShifts.length, "time")}, first on ${formatTime(first.at)} by ${hoursMoved} h ${first.byMinutes > 0 ? "later" : "earlier"}: daylight saving of the broker's clock, or files of different clocks joined. Hours of the day mean different things before and after.`,
		);
	}
	return remarks;
}

function counted(count: number, one: string, many = `${one}s`): string {
	return `${count} ${count === 1 ? one : many}`;
}

function percent(part: number, whole: number): string {
	const share = (part / whole) * 100;
	return share < 0.1 ? "less than 0.1 %" : `${share.toFixed(1)} %`;
}
