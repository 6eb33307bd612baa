import { clipText, type Line, span, type Tone } from "../../print/line.ts";
import { wrap } from "../../print/text.ts";
import type { Alert, AlertBook } from "../alerts.ts";
import type { Size } from "../pane.ts";
import { clockText } from "./figures.ts";
import type { Panel } from "./shown.ts";

/** Control C41: more lines than these nobody reads. */
const ALERTS_SHOWN = 5;

export type AlertsSlice = { readonly alerts: AlertBook; readonly bell: boolean };

/** What the user must know; the first cause stays on top until it is acknowledged. */
export const alertsPanel: Panel<AlertsSlice> = {
	select: ({ alerts }, { views }) => ({ alerts, bell: views.session.bell }),
	title: () => "Alerts",
	right: ({ alerts, bell }) => [
		...(alerts.first === null ? [] : [span(`a acknowledges${alerts.waiting.length > 0 ? `, ${alerts.waiting.length} wait` : ""}`, "key" as const)]),
		...alarmsBehind(alerts),
		...(bell ? [span("  bell on", "faint" as const)] : []),
	],
	paint: paintAlerts,
};

function paintAlerts({ alerts }: AlertsSlice, size: Size): readonly Line[] {
	const { first } = alerts;
	const room = Math.min(ALERTS_SHOWN, Math.max(1, size.height)) - (first === null ? 0 : 1);
	const shown = [...(first === null ? [] : [first]), ...othersFor(alerts, room)];
	if (shown.length === 0) return [[span("No alerts.", "faint")]];
	// Where there are rows to spare, long alerts get a second one; the first cause before the others.
	let spare = size.height - shown.length;
	return shown.flatMap((alert) => {
		const lines = alertLines(alert, alert === first, size.width, 1 + Math.min(2, Math.max(0, spare)));
		spare -= lines.length - 1;
		return lines;
	});
}

/** The newest that fit, in their order; an alarm that nobody has acknowledged is never pushed out by what is milder or seen. */
function othersFor({ first, recent, waiting }: AlertBook, room: number): readonly Alert[] {
	if (room <= 0) return [];
	const unseen = waiting.filter(({ weight }) => weight === "alarm").slice(0, room);
	const rest = recent.filter(({ id }) => id !== first?.id && !unseen.some((alarm) => alarm.id === id));
	const free = room - unseen.length;
	return [...unseen, ...(free > 0 ? rest.slice(-free) : [])].sort((left, right) => left.id - right.id);
}

/** Alarms that wait behind a first cause that is none. */
function alarmsBehind({ first, waiting }: AlertBook): Line {
	const count = first?.weight === "alarm" ? 0 : waiting.filter(({ weight }) => weight === "alarm").length;
	return count === 0 ? [] : [span(` ■ ${count} alarm${count === 1 ? "" : "s"}`, "bad")];
}

function alertLines(alert: Alert, isFirst: boolean, width: number, rows: number): readonly Line[] {
	const [mark, tone] = markOf(alert);
	const times = alert.count > 1 ? ` ×${alert.count}` : "";
	const head = `${mark} ${clockText(alert.at)}${times} `;
	const room = Math.max(1, width - head.length);
	const text = alert.control === null ? alert.text : `${alert.text} (${alert.control})`;
	const all = wrap(text, room);
	const lines = all.length <= rows ? all : [...all.slice(0, rows - 1), clipText(all.slice(rows - 1).join(" "), room)];
	const textTone: Tone = isFirst ? tone : alert.weight === "alarm" ? "bad" : "plain";
	const rest = lines.slice(1).map((part): Line => [span(" ".repeat(head.length)), span(part, textTone)]);
	return [[span(mark, tone), span(head.slice(mark.length), "faint"), span(lines[0] ?? "", textTone)], ...rest];
}

function markOf(alert: Alert): readonly [mark: string, tone: Tone] {
	if (alert.weight === "alarm") return ["■", "bad"];
	return alert.weight === "warn" ? ["⚠", "warn"] : ["✓", "good"];
}
