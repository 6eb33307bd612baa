/** The middle of some measurements: noise of a shared machine is one-sided and large, so means would tell of the neighbours. NaN without any. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	const upper = sorted[middle] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** A figure for a table: three significant digits, thousands apart; a dash for what was not measured. */
export function figure(value: number): string {
	if (!Number.isFinite(value)) return "-";
	const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
	return value.toLocaleString("en-US", { maximumFractionDigits: Math.min(digits, 6) });
}

/** Rows as a Markdown table, the first one being the header; columns padded so that a terminal shows them straight. */
export function table(rows: readonly (readonly string[])[]): string {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
	const line = (row: readonly string[]): string => `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
	const [head = [], ...body] = rows;
	return [line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...body.map(line)].join("\n");
}
