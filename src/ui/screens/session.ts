import { type Line, line, span } from "../../print/line.ts";
import { wrap } from "../../print/text.ts";
import { type Pane, pane, type Rect, type Size } from "../pane.ts";
import { accountPanel } from "../panels/account.ts";
import { agentPanel, agentRows } from "../panels/agent.ts";
import { alertsPanel } from "../panels/alerts.ts";
import { paintBanner, selectBanner } from "../panels/banner.ts";
import { chartPanel } from "../panels/chart.ts";
import { gaugePanel } from "../panels/gauge.ts";
import { limitsPanel } from "../panels/limits.ts";
import { linkPanel, linkRows } from "../panels/link.ts";
import { logPanel } from "../panels/log.ts";
import { positionsPanel } from "../panels/positions.ts";
import { quotePanel, stripPanel } from "../panels/quote.ts";
import { alarmOf, isGrave, type Panel, runningView, shownView } from "../panels/shown.ts";
import { twinPanel } from "../panels/twin.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState } from "../state.ts";
import { framed, innerSize } from "../widgets/box.ts";
import { captureLogFilter, SESSION_BINDINGS } from "./session-keys.ts";
import { type Area, type BannerNeed, type PanelId, sessionLayout } from "./session-layout.ts";

/** The session that trades, or a recorded one that is played again. */
export const sessionScreen: Screen = {
	id: "session",
	title: (state) => {
		const view = shownView(state);
		return view === null ? "Session" : `${view.about.replay ? "Replay" : "Session"} ${view.about.symbol}`;
	},
	menu: null,
	panes: sessionPanes,
	layoutKey: (state) => {
		const view = shownView(state);
		const shown = view === null ? "none" : view.now === null ? "waiting" : "running";
		return `${shown} ${bannerNeed(state)} ${isAlarmed(state)} ${state.views.session.panes} ${linkRows(view?.now ?? null)} ${agentRows(view?.now ?? null)}`;
	},
	bindings: SESSION_BINDINGS,
	capture: captureLogFilter,
};

/** A panel whose slice's type is hidden, so that panels of different slices fit into one table. */
function panel<Slice extends object>(made: Panel<Slice>): Panel {
	return made as unknown as Panel;
}

const PANELS: Readonly<Record<Exclude<PanelId, "banner">, Panel>> = {
	quote: panel(quotePanel),
	link: panel(linkPanel),
	agent: panel(agentPanel),
	twin: panel(twinPanel),
	strip: panel(stripPanel),
	gauge: panel(gaugePanel),
	account: panel(accountPanel),
	limits: panel(limitsPanel),
	chart: panel(chartPanel(0)),
	chart2: panel(chartPanel(1)),
	chart3: panel(chartPanel(2)),
	positions: panel(positionsPanel),
	alerts: panel(alertsPanel),
	log: panel(logPanel),
};

function sessionPanes(state: CockpitState, content: Rect): readonly Pane[] {
	const view = shownView(state);
	const need = bannerNeed(state);
	if (view === null || (view.now === null && need === "none")) return [emptyPane(content)];
	const extra = { linkRows: linkRows(view.now), agentRows: agentRows(view.now), twin: view.about.broker?.paperTwin === true };
	const areas = sessionLayout(content, state.views.session.panes, need, extra);
	const tone = isAlarmed(state) ? "bad" : "faint";
	return areas.map((area) => (area.id === "banner" ? bannerPane(area.rect) : panelPane(area, area.id, tone)));
}

const NOTHING = {};

function panelPane(area: Area, id: Exclude<PanelId, "banner">, tone: "bad" | "faint"): Pane {
	const shown = PANELS[id];
	return pane<object>({
		id: `session-${id}`,
		rect: area.rect,
		select: (state) => {
			const view = runningView(state);
			return view === null ? NOTHING : shown.select(view, state);
		},
		paint: (slice, size) => {
			if (slice === NOTHING) return [];
			const text = { title: shown.title(slice), right: shown.right(slice), tone } as const;
			return framed(area.frame, text, shown.paint(slice, innerSize(area.frame, size)), size);
		},
	});
}

function bannerPane(rect: Rect): Pane {
	return pane({ id: "session-banner", rect, select: selectBanner, paint: paintBanner });
}

/** Before the first news, and when nothing runs. */
function emptyPane(rect: Rect): Pane {
	return pane<{ readonly text: string; readonly hint: string }>({
		id: "session-empty",
		rect,
		select: (state) => {
			const view = shownView(state);
			if (view === null) return { text: "No session is running.", hint: "Start one under Live Testing, or open an old one under Sessions & Summaries." };
			return { text: `Starting ${view.about.symbol} with ${view.about.agent}: waiting for the engine's first news.`, hint: `Feed: ${view.about.feed}` };
		},
		paint: ({ text, hint }, size) => emptyLines(text, hint, size),
	});
}

function emptyLines(text: string, hint: string, { width }: Size): readonly Line[] {
	const room = Math.max(1, width - 4);
	return [[], ...wrap(text, room).map((part) => line("  ", span(part, "strong"))), [], ...wrap(hint, room).map((part) => line("  ", span(part, "faint")))];
}

function bannerNeed(state: CockpitState): BannerNeed {
	const view = shownView(state);
	const alarm = view === null ? null : alarmOf(view);
	if (alarm === null) return "none";
	return isGrave(alarm) ? "alarm" : "notice";
}

function isAlarmed(state: CockpitState): boolean {
	const view = shownView(state);
	return view !== null && isGrave(alarmOf(view));
}
