import type { Rect } from "../pane.ts";
import type { Views } from "../views.ts";
import type { Frame } from "../widgets/box.ts";

export type PanelId =
	| "banner"
	| "quote"
	| "link"
	| "agent"
	| "twin"
	| "strip"
	| "gauge"
	| "account"
	| "limits"
	| "chart"
	| "chart2"
	| "chart3"
	| "positions"
	| "alerts"
	| "log";

/** Where a panel is and how it is set off. */
export type Area = { readonly id: PanelId; readonly rect: Rect; readonly frame: Frame };

/** How loud the banner is: absent, a notice of an end, or an alarm. */
export type BannerNeed = "none" | "notice" | "alarm";

/** From this size on panels have boxes of their own; below it every row counts. */
const ROOMY = { width: 100, height: 30 } as const;
/** From this size on the three charts are shown at once. */
const THREE_CHARTS = { width: 150, height: 45 } as const;
const TWO_COLUMNS_FROM = 72;

/** What only some sessions have: rows of the link's and the agent's line (0 = none), and whether paper runs beside a broker. */
export type Extra = { readonly linkRows: number; readonly agentRows: number; readonly twin: boolean };

const NO_EXTRA: Extra = { linkRows: 0, agentRows: 0, twin: false };

/** A row of a stack: its least height, what it should have, and whether it takes what is left. A stack that is too high loses its last rows. */
type Part = { readonly id: PanelId | "split"; readonly min: number; readonly want: number; readonly grows?: true };

/** The panels of the session screen within the content area. No two overlap, none leaves it. */
export function sessionLayout(content: Rect, shown: Views["session"]["panes"], banner: BannerNeed, extra: Extra = NO_EXTRA): readonly Area[] {
	const isRoomy = content.width >= ROOMY.width && content.height >= ROOMY.height;
	const top = head(content, banner, isRoomy, shown !== "all", extra);
	const used = top.reduce((rows, { rect }) => rows + rect.height, 0);
	const rest: Rect = { ...content, y: content.y + used, height: Math.max(0, content.height - used) };
	return [...top, ...body(rest, shown, isRoomy, extra.twin)].filter(({ rect }) => rect.width > 0 && rect.height > 0);
}

function head(content: Rect, banner: BannerNeed, isRoomy: boolean, hasStrip: boolean, { linkRows, agentRows }: Extra): readonly Area[] {
	const bannerRows = banner === "none" ? 0 : isRoomy ? (banner === "alarm" ? 6 : 4) : banner === "alarm" ? 4 : 2;
	const parts: Part[] = [
		...(bannerRows > 0 ? [{ id: "banner" as const, min: bannerRows, want: bannerRows }] : []),
		{ id: "quote", min: 1, want: 1 },
		...(linkRows > 0 ? [{ id: "link" as const, min: linkRows, want: linkRows }] : []),
		...(agentRows > 0 ? [{ id: "agent" as const, min: agentRows, want: agentRows }] : []),
		...(hasStrip ? [{ id: "strip" as const, min: 1, want: 1 }] : []),
	];
	return stack(content, parts, "none");
}

function body(rest: Rect, shown: Views["session"]["panes"], isRoomy: boolean, hasTwin: boolean): readonly Area[] {
	const frame = isRoomy ? "box" : "rule";
	const edge = isRoomy ? 2 : 1;
	if (shown === "chart") {
		return stack(
			rest,
			[
				{ id: "chart", min: 5, want: 5, grows: true },
				{ id: "positions", min: edge + 1, want: edge + 3 },
				{ id: "alerts", min: edge + 1, want: edge + 2 },
			],
			frame,
		);
	}
	if (shown === "log") {
		return stack(
			rest,
			[
				{ id: "log", min: 5, want: 5, grows: true },
				{ id: "alerts", min: edge + 1, want: edge + 2 },
			],
			frame,
		);
	}
	if (isRoomy) return roomy(rest, hasTwin);
	return rest.width >= TWO_COLUMNS_FROM ? compact(rest) : narrow(rest);
}

/** Figures on the left, chart, positions and log on the right, each in a box. */
function roomy(rest: Rect, hasTwin: boolean): readonly Area[] {
	const isLarge = rest.width >= THREE_CHARTS.width && rest.height >= THREE_CHARTS.height - 7;
	const leftWidth = Math.max(46, Math.min(62, Math.floor(rest.width * 0.42)));
	const left: Rect = { ...rest, width: leftWidth };
	const right: Rect = { ...rest, x: rest.x + leftWidth, width: rest.width - leftWidth };
	const figures = stack(
		left,
		[
			{ id: "gauge", min: 10, want: isLarge ? 11 : 10 },
			{ id: "account", min: 8, want: isLarge ? 10 : 9 },
			{ id: "alerts", min: 4, want: isLarge ? 8 : 7 },
			...(hasTwin ? [{ id: "twin" as const, min: 5, want: 7 }] : []),
			{ id: "limits", min: 4, want: 8, grows: true },
		],
		"box",
	);
	const parts: Part[] = [
		{ id: "chart", min: 7, want: Math.max(10, Math.floor(rest.height * (isLarge ? 0.29 : 0.4))) },
		...(isLarge ? [{ id: "split" as const, min: 8, want: 11 }] : []),
		{ id: "positions", min: 4, want: 6 },
		{ id: "log", min: 6, want: 8, grows: true },
	];
	const split = isLarge ? Math.ceil(right.width / 2) : right.width;
	const drawn = stack(right, parts, "box", split);
	return [...figures, ...drawn];
}

/** The essentials of the smallest terminal: health and account side by side, then full rows. */
function compact(rest: Rect): readonly Area[] {
	const isHigh = rest.height >= 26;
	// Beside a banner the legend of the gauge and an empty row of positions give way to the log.
	const isLow = rest.height < 18;
	const rows = stack(
		rest,
		[
			{ id: "gauge", min: 6, want: isLow ? 6 : 7 },
			{ id: "positions", min: 2, want: isLow ? 2 : 3 },
			{ id: "alerts", min: 2, want: isHigh ? 5 : 3 },
			...(isHigh ? [{ id: "chart" as const, min: 7, want: Math.floor(rest.height * 0.3) }] : []),
			{ id: "log", min: 4, want: 4, grows: true },
		],
		"rule",
	);
	const leftWidth = Math.floor(rest.width / 2) - 1;
	return rows.flatMap((area) => {
		if (area.id !== "gauge") return [area];
		const right: Rect = { ...area.rect, x: area.rect.x + leftWidth + 2, width: area.rect.width - leftWidth - 2 };
		const account = Math.min(right.height, 5);
		return [
			{ ...area, rect: { ...area.rect, width: leftWidth } },
			{ id: "account", frame: "rule", rect: { ...right, height: account } },
			{ id: "limits", frame: "none", rect: { ...right, y: right.y + account, height: right.height - account } },
		] satisfies Area[];
	});
}

/** One below the other, beside an open menu on a small terminal. */
function narrow(rest: Rect): readonly Area[] {
	return stack(
		rest,
		[
			{ id: "gauge", min: 3, want: 5 },
			{ id: "account", min: 3, want: 4 },
			{ id: "positions", min: 2, want: 2 },
			{ id: "alerts", min: 2, want: 2 },
			{ id: "limits", min: 2, want: 3 },
			{ id: "log", min: 2, want: 4, grows: true },
		],
		"rule",
	);
}

/** Gives every part its least height, then what it wants in their order, then the rest to the one that grows. */
function stack(rect: Rect, parts: readonly Part[], frame: Frame, split = rect.width): readonly Area[] {
	let kept = parts;
	while (kept.length > 1 && sum(kept.map(({ min }) => min)) > rect.height) kept = kept.slice(0, -1);
	const heights = kept.map(({ min }) => Math.min(min, rect.height));
	let spare = rect.height - sum(heights);
	for (const [index, part] of kept.entries()) {
		const more = Math.max(0, Math.min(spare, part.want - (heights[index] ?? 0)));
		heights[index] = (heights[index] ?? 0) + more;
		spare -= more;
	}
	const grower = Math.max(
		kept.findIndex(({ grows }) => grows === true),
		0,
	);
	if (frame !== "none" && kept.length > 0) heights[grower] = (heights[grower] ?? 0) + spare;
	let y = rect.y;
	return kept.flatMap((part, index): readonly Area[] => {
		const row: Rect = { ...rect, y, height: heights[index] ?? 0 };
		y += row.height;
		if (part.id !== "split") return [{ id: part.id, rect: row, frame }];
		return [
			{ id: "chart2", rect: { ...row, width: split }, frame },
			{ id: "chart3", rect: { ...row, x: row.x + split, width: row.width - split }, frame },
		];
	});
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
