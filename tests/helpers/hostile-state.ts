import type { LogEntry } from "../../src/engine/log.ts";
import type { CheckRow } from "../../src/print/check-row.ts";
import { NO_ALERTS } from "../../src/ui/alerts.ts";
import type { SessionView } from "../../src/ui/session-view.ts";
import type { Choices, CockpitState, Dialog, Folder, StatusPart } from "../../src/ui/state.ts";
import { gateStanding, standing } from "./standing.ts";
import { projectionOf, viewOf } from "./view.ts";

const AT = Date.UTC(2025, 0, 6, 10, 15);

/** The cockpit with `text` everywhere where words from outside can stand: symbols, agents, files, reasons, messages. */
export function hostileState(text: string): Partial<CockpitState> {
	const entry: LogEntry = {
		at: AT,
		kind: "refused",
		weight: "alarm",
		event: text,
		price: 1.1,
		lots: 0.1,
		result: -1,
		reason: text,
		control: "C08",
		trade: { number: 1, shadow: false },
		mark: null,
	};
	const alert = { id: 1, at: AT, lastAt: AT, weight: "alarm", text, control: "C08", count: 2 } as const;
	const folder: Folder = {
		path: "/data",
		shown: text,
		parent: "/",
		entries: (["folder", "export", "other"] as const).map((kind) => ({ name: text, path: "/data/x", kind, bytes: 1, note: text })),
	};
	const view: SessionView = viewOf(
		{
			now: projectionOf({
				link: { state: "down", since: AT, detail: text, unknown: 1 },
				agent: { words: text, outside: text, outsideCount: 1, lasting: true, disagreements: 1 },
				quoteWhy: text,
				state: "HALTED",
				holds: [{ control: "C39", state: "HALTED", reason: text, until: null }],
			}),
			log: Array.from({ length: 40 }, () => entry),
			alerts: { ...NO_ALERTS, first: alert, recent: [alert, alert], waiting: [alert], nextId: 2 },
		},
		{
			mode: "demo",
			sandbox: true,
			broker: { server: text, loginTail: text, tradeMode: "demo", rehearsal: [text], probation: 1, paperTwin: true },
			symbol: text,
			agent: text,
			agentBuild: text,
			feed: text,
			folder: text,
			notes: [text],
			noEvidence: text,
			currency: text,
			timeframe: text,
		},
	);
	const check: CheckRow = { id: "x", label: text, state: "failed", found: text, advice: text };
	const choices: Choices = { symbol: text, agent: text };
	const judged = gateStanding("virtual-to-demo", {
		requirements: [{ name: text, must: text, value: text, verdict: "insufficient", missing: text }],
		text,
		certificate: { id: text, issuedWall: text, expiresWall: text, problem: text },
		sessions: [{ sessionId: text, startedWall: text, counts: "no", why: text, trades: 1 }],
	});
	return {
		stageChoices: { demo: choices, live: choices },
		connection: {
			state: "ready",
			value: {
				url: text,
				tokenPath: text,
				token: "unusable",
				tokenText: text,
				checks: [check, check],
				testing: false,
				sandbox: true,
				realAccount: true,
				testedWallMs: AT,
				earlier: { wallMs: AT, ok: false },
			},
		},
		standings: {
			state: "ready",
			value: [standing({ agentBuild: text, symbol: text, timeframe: text, bindingHash: text, settings: [text], gates: [judged], demoted: text, broken: text })],
		},
		stageStart: {
			mode: "demo",
			choices,
			phase: "asking",
			checks: [check],
			facts: [text],
			rehearsal: [text],
			sandbox: true,
			found: [text],
			foundChoice: "resume",
			question: { text, expects: text, triesLeft: 1, notBeforeWallMs: null, wrong: text },
			refusal: text,
		},
		live: view,
		replay: { ...view, about: { ...view.about, replay: true } },
		notice: { text, tone: "bad", untilWallMs: 10 },
		status: (["data", "bridge", "credentials", "home", "terminal", "last session"] as const).map(
			(part): StatusPart => ({ part, state: "attention", text, advice: text }),
		),
		agents: {
			state: "ready",
			value: [
				{
					id: text,
					argument: `${text}/policy`,
					build: text,
					line: text,
					warmupBars: 1,
					parameters: [{ key: text, value: 1, min: 0, max: 2, line: text }],
					record: { sessions: 1, trades: 1, chs: 0.5, latched: true, accepted: 0 },
					policy: {
						algorithm: text,
						command: text,
						seed: 1,
						steps: 2,
						trainedWith: text,
						trainedOn: null,
						data: [],
						verdict: text,
						outOfSample: [{ against: text, data: text, sessions: 5, meanR: 0.1, differenceR: 0, low: -1, high: 1 }],
						sha256: "a".repeat(64),
						timeframe: null,
						symbols: [text],
					},
					problem: text,
				},
			],
		},
		sessions: {
			state: "ready",
			value: [
				{
					id: text,
					ended: text,
					startedWallMs: AT,
					mode: "virtual",
					symbol: text,
					agent: text,
					agentBuild: text,
					scenario: text,
					trades: 1,
					netProfit: 1,
					currency: text,
					chs: 0.5,
					evidence: true,
					gate: null,
				},
			],
		},
		summary: { state: "failed", reason: text },
		compare: { state: "failed", reason: text },
		trade: { state: "failed", reason: text },
		folder: { state: "ready", value: folder },
		exports: { state: "ready", value: [folder] },
		choices: { symbol: text, file: text },
	};
}

/** A question that carries `text`. */
export function hostileDialog(text: string): Dialog {
	return {
		title: text,
		tone: "warn",
		lines: [text, text],
		input: { label: text, text, check: () => text, accept: () => {} },
		choices: [{ key: "y", label: text, run: () => {} }],
	};
}
