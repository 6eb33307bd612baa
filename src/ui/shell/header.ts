import type { Projection } from "../../engine/project.ts";
import { PROBATION_SESSIONS } from "../../engine/stages/probation.ts";
import type { Summary } from "../../engine/summary-type.ts";
import { formatBrokerTime } from "../../engine/time.ts";
import { cellWidth, clipLine, fitLine, type Line, line, lineWidth, span, type Tone } from "../../print/line.ts";
import { formatSigned } from "../../print/text.ts";
import { frontOf } from "../layout.ts";
import { type Pane, pane, type Rect } from "../pane.ts";
import { amountText, signedText, speedText } from "../panels/figures.ts";
import type { Screen } from "../screen.ts";
import type { SessionEnd, SessionView } from "../session-view.ts";
import type { CockpitState, PartState, ScreenId, StatusPart } from "../state.ts";
import { outcomeOf } from "../summary/outcome.ts";
import { isTrading } from "./leave.ts";

/** Room of the clocks at the right end of the title row. */
const CLOCKS_COLUMNS = 40;

/**
 * The name and the badges: the mode of what is shown, whether it is a stand-in or a replay, and that a session has no limits or can never
 * count, which nobody should find out at its end. VIRTUAL is what would run.
 */
export function titleLine(state: CockpitState): Line {
	const about = shownSession(state)?.about ?? null;
	const { mode, replay, unlimited, noEvidence, broker } = about ?? { ...NO_SESSION, mode: wouldRun(state) };
	const isReal = broker !== null && !replay;
	const badge = (text: string, tone: Tone): Line => [span(` ${text} `, tone), span(" ")];
	return [
		span(" KINETRA  ", "strong"),
		...badge(mode.toUpperCase(), mode),
		...(isSandbox(state) ? badge("SANDBOX", "selected") : []),
		...(replay ? badge("REPLAY", "accent") : []),
		...(broker?.rehearsal == null ? [] : badge("REHEARSAL", "warn")),
		...(broker?.probation == null ? [] : badge(`PROBATION ${broker.probation} of ${PROBATION_SESSIONS}`, "warn")),
		...(unlimited ? badge("UNLIMITED", "warn") : noEvidence !== null && !replay && !isReal && !state.leaving ? badge("NO EVIDENCE", "faint") : []),
		...(state.leaving ? badge("ENDING THE SESSION", "warn") : []),
	];
}

/** What is shown, or would run from here: a summary's own mode; of the screens that lead to demo and live, theirs. */
function wouldRun(state: CockpitState): "virtual" | "demo" | "live" {
	const { path, stageStart } = state;
	const summary = shownSummary(state);
	if (summary !== null) return summary.mode;
	if (path.includes("stage-start") && stageStart !== null) return stageStart.mode;
	return path.includes("demo") ? "demo" : "virtual";
}

const NO_SESSION = { replay: false, unlimited: false, noEvidence: null, broker: null } as const;

/** The finished session that is looked at, or null. */
function shownSummary({ path, summary }: CockpitState): Summary | null {
	return path.includes("summary") && summary.state === "ready" ? summary.value.summary : null;
}

/** The screens that speak of the bridge that was tested last, or lead to it. */
const OF_THE_BRIDGE: readonly ScreenId[] = ["connection", "test-connection", "demo", "live"];

/** True while anything in front, in hand or about to start is the stand-in terminal: every screen says so. */
function isSandbox(state: CockpitState): boolean {
	if (shownSession(state)?.about.sandbox === true || (isTrading(state) && state.live?.about.sandbox === true) || state.stageStart?.sandbox === true)
		return true;
	const { connection } = state;
	if (shownSummary(state)?.broker?.venue === "sandbox") return true;
	return shownSession(state) === null && OF_THE_BRIDGE.includes(frontOf(state)) && connection.state === "ready" && connection.value.sandbox;
}

/** UTC and broker time at the right of the title row; without a session there is no broker and its time is unknown. */
export function clocksPane(title: Rect): Pane {
	const width = Math.min(CLOCKS_COLUMNS, title.width);
	return pane<{ utc: string; broker: string }>({
		id: "clocks",
		rect: { x: title.x + title.width - width, y: title.y, width, height: 1 },
		select: (state) => {
			const at = shownSession(state)?.now?.at ?? null;
			return { utc: clock(state.wallMs), broker: at === null ? "--:--:--" : clock(at) };
		},
		paint: ({ utc, broker }, size) => {
			const row = line(span(utc, "strong"), span(" UTC   ", "faint"), span(broker, "strong"), span(" broker ", "faint"));
			return [clipLine([span(" ".repeat(Math.max(0, size.width - lineWidth(row)))), ...row], size.width)];
		},
	});
}

const MARKS: Readonly<Record<PartState, { readonly mark: string; readonly tone: Tone }>> = {
	ok: { mark: "✓", tone: "good" },
	attention: { mark: "⚠", tone: "warn" },
	absent: { mark: "·", tone: "faint" },
};

/** The parts of the bar, and how one that is absent is called where room is short; null = it keeps its text. */
const BAR_PARTS: readonly (readonly [StatusPart["part"], string | null])[] = [
	["data", null],
	["bridge", "no MT5 bridge"],
	["credentials", "no credentials"],
];

/** The System Status bar: data, bridge and credentials, each with its mark. A bridge that a session uses is as the session sees it. */
export function statusLine(state: Pick<CockpitState, "status" | "live">, width: number): Line {
	if (state.status.length === 0) return [span(" · System status is being read", "faint")];
	const used = bridgeInUse(state);
	const status = used === null ? state.status : state.status.map((row) => (row.part === "bridge" ? used : row));
	const whole = statusParts(status, false);
	return lineWidth(whole) <= width ? whole : clipLine(statusParts(status, true), width);
}

const LINK_TEXTS = {
	up: ["ok", "MT5 bridge in use"],
	reconciling: ["attention", "MT5 bridge: reconciling"],
	down: ["attention", "MT5 bridge: LINK DOWN"],
} as const;

/** The bridge's part while a session takes quotes or trades through it: the last test of it says nothing any more. Null = no session does. */
function bridgeInUse({ live }: Pick<CockpitState, "live">): StatusPart | null {
	if (live === null || live.end !== null || !live.about.liveQuotes) return null;
	const [state, text] = LINK_TEXTS[live.now?.link?.state ?? (live.about.broker === null ? "up" : "reconciling")];
	return { part: "bridge", state, text, advice: "" };
}

function statusParts(status: readonly StatusPart[], isShort: boolean): Line {
	return BAR_PARTS.flatMap(([part, short]) => {
		const found = status.find((row) => row.part === part);
		if (found === undefined) return [];
		const { mark, tone } = MARKS[found.state];
		const text = isShort && found.state === "absent" && short !== null ? short : found.text;
		return line(span(` ${mark} `, tone), span(`${text} `, found.state === "attention" ? "plain" : "faint"));
	});
}

/** `Main Menu > Live Testing > Virtual Trading`, with a rule to the right end. */
export function breadcrumbLine(state: CockpitState, find: (id: ScreenId) => Screen, width: number): Line {
	const titles = state.path.map((id) => find(id).title(state));
	const crumbs = titles.flatMap((title, index) => {
		const last = index === titles.length - 1;
		return [span(title, last ? "strong" : "faint"), ...(last ? [] : [span(" > ", "faint")])];
	});
	const row = clipLine([span(" "), ...crumbs, span(" ")], width);
	return [...row, span("─".repeat(Math.max(0, width - lineWidth(row))), "faint")];
}

/** The line of a session that trades out of sight, or ended there. Loud when its breaker is open or it is stopped. */
export function stripPane(rect: Rect): Pane {
	return pane<{ live: SessionView | null }>({
		id: "strip",
		rect,
		select: ({ live }) => ({ live }),
		paint: ({ live }, size) => (live === null ? [] : [stripLine(live, size.width)]),
	});
}

function stripLine({ about, now, end, slowed, speed }: SessionView, width: number): Line {
	if (end !== null) return endLine(about, end, width);
	const mode = about.mode === "virtual" ? span(" ●", "accent") : span(` ${about.mode.toUpperCase()}${about.sandbox ? " SANDBOX" : ""} `, about.mode);
	if (now === null) return fitLine(line(mode, ` ${about.symbol}  starting`), width);
	const alarm = now.breakerOpen || now.state === "KILLED" || now.state === "HALTED" || now.link?.state === "down";
	const facts = [
		...(now.breakerOpen ? ["⚠ CIRCUIT BREAKER OPEN"] : []),
		stateWord(now),
		...(now.link === null || now.link.state === "up" ? [] : [`⚠ LINK ${now.link.state.toUpperCase()}`]),
		...(slowed ? [alarm ? "waits for you, w shows it" : `still slowed to ${speedText(speed)}`] : []),
		about.symbol,
		now.phase === "warmup" ? "CHS --" : `CHS ${score(now.chs)} ${now.chsState}`,
		`equity ${amountText(now.equity, about.currencyDigits)} ${about.currency}`,
		now.openPositions === 0 ? "0 open" : `${now.openPositions} open ${signedText(now.floating, about.currencyDigits)}`,
		`trades ${now.trades}${now.maxTrades === null ? "" : `/${now.maxTrades}`}`,
		clock(now.at),
	];
	const tone: Tone = alarm ? "alarm" : "plain";
	return fitLine([mode, span(thatFit(facts, width - lineWidth([mode])), tone)], width, tone);
}

/** The state; before and after trading the phase, for then ACTIVE would promise what is not so. */
function stateWord({ state, phase }: Projection): string {
	if (state === "KILLED" || state === "HALTED") return `⚠ ${state}`;
	if (state !== "ACTIVE" || phase === "trading") return state;
	return phase === "warmup" ? "WARM-UP" : "ENDING";
}

/** How a session ended that nobody has looked at yet. */
function endLine(about: SessionView["about"], end: SessionEnd, width: number): Line {
	const { mark, words, tone } = end.kind === "ended" ? outcomeOf(end.summary) : ({ mark: "✗", words: "THE SESSION FAILED", tone: "bad" } as const);
	const facts = end.kind === "ended" ? [`net ${formatSigned(end.summary.netProfit, about.currency)}`, `trades ${end.summary.tradesClosed}`] : [];
	const shown = [`${about.symbol}: ${words}`, "w shows it", ...facts];
	return fitLine([span(` ${mark}`, tone), span(thatFit(shown, width - 2), tone)], width, tone);
}

/** As many facts as fit in full, the most important first. */
function thatFit(facts: readonly string[], width: number): string {
	let text = "";
	for (const [index, fact] of facts.entries()) {
		const next = `${text}${index === 0 ? " " : "  "}${fact}`;
		if (cellWidth(next) > width) break;
		text = next;
	}
	return text;
}

/** The session that badge and clocks speak of: the one in front, else the one that trades. */
function shownSession(state: CockpitState): SessionView | null {
	if (state.path.includes("session") && frontOf(state) !== "help") return state.source === "live" ? state.live : state.replay;
	return isTrading(state) ? state.live : null;
}

function clock(ms: number): string {
	return Number.isFinite(ms) ? formatBrokerTime(ms).slice(11) : "--:--:--";
}

/** Never rounded up: 0.5499 must not look like a threshold that was kept. */
function score(value: number): string {
	return Number.isFinite(value) ? (Math.floor(value * 1000 + 1e-9) / 1000).toFixed(3) : "--";
}
