import type { TradeDossier } from "../engine/dossier.ts";
import type { Standing } from "../engine/stages/standing.ts";
import type { GateRow, Summary, TradeRow } from "../engine/summary-type.ts";
import type { CheckRow } from "../print/check-row.ts";
import type { PolicyFacts } from "../print/policy-lines.ts";
import type { Source } from "./intents.ts";
import type { Context, Key } from "./key.ts";
import type { SessionView } from "./session-view.ts";
import type { Views } from "./views.ts";

/** The places of the cockpit. */
export type ScreenId =
	| "main"
	| "connection"
	| "data"
	| "agents"
	| "live-testing"
	| "virtual"
	| "file"
	| "demo"
	| "test-connection"
	| "stage-start"
	| "guide"
	| "live"
	| "gates"
	| "sessions"
	| "status"
	| "session"
	| "trade"
	| "summary"
	| "compare"
	| "help";

/** The form's choices: texts as typed, by option key of `kinetra run`; what is not chosen is absent. */
export type Choices = Readonly<Record<string, string>>;

/** Something that is fetched: not asked for, on its way, there, or failed with a reason. */
export type Loadable<T> =
	| { readonly state: "none" }
	| { readonly state: "loading" }
	| { readonly state: "ready"; readonly value: T }
	| { readonly state: "failed"; readonly reason: string };

/** How one part of the system is: `ok` works, `attention` needs the user, `absent` is not there and not needed now. */
export type PartState = "ok" | "attention" | "absent";

/** A row of the status bar and of the status screen. */
export type StatusPart = {
	readonly part: "data" | "bridge" | "credentials" | "home" | "terminal" | "last session";
	readonly state: PartState;
	/** For the bar: `Data ready (87 train, 87 test files)`. */
	readonly text: string;
	/** What to do about it, in a sentence or two; empty when nothing is to be done. */
	readonly advice: string;
};

export type AgentRow = {
	readonly id: string;
	/** What the form takes for it: its id, or the folder of a policy of the user's own. */
	readonly argument: string;
	readonly build: string;
	readonly line: string;
	readonly warmupBars: number;
	readonly parameters: readonly { readonly key: string; readonly value: number; readonly min: number; readonly max: number; readonly line: string }[];
	/** What its virtual record says; null = no session yet. */
	readonly record: { readonly sessions: number; readonly trades: number; readonly chs: number; readonly latched: boolean; readonly accepted: number } | null;
	/** Where a policy comes from and what it is worth; null for a rule. */
	readonly policy: PolicyFacts | null;
	/** The policy or its record cannot be read: why. */
	readonly problem: string | null;
};

/** A line of the list of sessions. */
export type SessionRow = {
	readonly id: string;
	/** Its end reason, or `running`, `not finished`, `damaged`. */
	readonly ended: string;
	readonly startedWallMs: number | null;
	readonly mode: string | null;
	readonly symbol: string | null;
	readonly agent: string | null;
	readonly agentBuild: string | null;
	readonly scenario: string | null;
	readonly trades: number | null;
	readonly netProfit: number | null;
	readonly currency: string | null;
	readonly chs: number | null;
	readonly evidence: boolean | null;
	/** The promotion targets of that session; null without a summary. */
	readonly gate: readonly GateRow[] | null;
};

/** A summary with the place of its files. `trades` are those of the journal, once they have been read: the summary itself keeps the last twenty. */
export type StoredSummary = { readonly summary: Summary; readonly folder: string; readonly trades?: JournalTrades };

/** The closed trades of a session, shadow trades included, oldest first, of a long session the newest; best and worst are of all that moved money. */
export type JournalTrades = { readonly newest: readonly TradeRow[]; readonly count: number; readonly best: TradeRow | null; readonly worst: TradeRow | null };

export type FolderEntry = {
	/** Cleaned, for the screen. */
	readonly name: string;
	readonly path: string;
	readonly kind: "folder" | "export" | "other";
	readonly bytes: number | null;
	/** Symbol and timeframe that the name of an export says. */
	readonly note: string;
};

export type Folder = { readonly path: string; readonly shown: string; readonly parent: string | null; readonly entries: readonly FolderEntry[] };

/** A passing line above the footer: what came of a request. */
export type Notice = { readonly text: string; readonly tone: "good" | "warn" | "bad"; readonly untilWallMs: number };

/** The way to the bridge as the user has set it, and the last test of it. */
export type ConnectionView = {
	/** Cleaned; `ws://127.0.0.1:8765`. */
	readonly url: string;
	/** Where the token is and how it is, in words; never the token. */
	readonly tokenPath: string;
	readonly token: "ready" | "missing" | "unusable";
	readonly tokenText: string;
	/** The checklist of the running or last test, in order. */
	readonly checks: readonly CheckRow[];
	readonly testing: boolean;
	/** What the last test found: a stand-in terminal; an account that the broker calls real. */
	readonly sandbox: boolean;
	readonly realAccount: boolean;
	/** Wall time of the end of the last test by this cockpit; null = not tested yet. */
	readonly testedWallMs: number | null;
	/** The last test of this address by whoever it was, of which no rows are kept: an earlier start, or the command. */
	readonly earlier: { readonly wallMs: number; readonly ok: boolean } | null;
};

/** The start of a demo or live session: checks, what was found at the broker, and the typed confirmation. Nothing is sent before the last word is typed. */
export type StageStart = {
	readonly mode: "demo" | "live";
	readonly choices: Choices;
	readonly phase: "checking" | "refused" | "asking" | "starting";
	readonly checks: readonly CheckRow[];
	/** What will be traded, on which account, with which limits: at most 12 lines (control C06). */
	readonly facts: readonly string[];
	/** What is missing for evidence; null = the session counts. */
	readonly rehearsal: readonly string[] | null;
	readonly sandbox: boolean;
	/** Positions of this agent that are on the account already, a line each; they need a choice before anything else. */
	readonly found: readonly string[];
	readonly foundChoice: "resume" | "close" | null;
	/** What is asked now; null while checking and once all is typed. */
	readonly question: {
		readonly text: string;
		/** What must be typed, in words (`the word DEMO`); never filled in for the user. */
		readonly expects: string;
		readonly triesLeft: number;
		/** Nothing is taken before this wall time (the ten seconds of live, the lock after three wrong words); null = now. */
		readonly notBeforeWallMs: number | null;
		/** What was wrong with the last answer; empty = nothing yet. */
		readonly wrong: string;
	} | null;
	/** Why the session may not start; empty unless refused. */
	readonly refusal: string;
};

/** A question in front of everything else. */
export type Dialog = {
	readonly title: string;
	readonly tone: "plain" | "warn" | "alarm";
	readonly lines: readonly string[];
	/** A text to type, or null; Enter hands it to `accept` when `check` returns null. */
	readonly input: {
		readonly label: string;
		readonly text: string;
		readonly check: (text: string) => string | null;
		readonly accept: (context: Context, text: string) => void;
	} | null;
	/** Keys and what they do; Escape always closes. */
	readonly choices: readonly { readonly key: Key; readonly label: string; readonly run: (context: Context) => void }[];
};

/** Everything that decides what is on the screen. Replaced piece by piece, never changed in place. */
export type CockpitState = {
	readonly columns: number;
	readonly rows: number;
	readonly wallMs: number;
	/** From `main` to the screen in front; the breadcrumb. */
	readonly path: readonly ScreenId[];
	/** Whether keys go to the menu pane or to the content. */
	readonly focus: "menu" | "content";
	/** The highlighted item of each menu, by screen. */
	readonly highlighted: Readonly<Partial<Record<ScreenId, number>>>;
	readonly dialog: Dialog | null;
	readonly notice: Notice | null;
	readonly live: SessionView | null;
	readonly replay: SessionView | null;
	/** Which of the two the session screen shows. */
	readonly source: Source;
	readonly trade: Loadable<TradeDossier>;
	readonly status: readonly StatusPart[];
	readonly agents: Loadable<readonly AgentRow[]>;
	readonly sessions: Loadable<readonly SessionRow[]>;
	readonly summary: Loadable<StoredSummary>;
	readonly compare: Loadable<{ readonly left: StoredSummary; readonly right: StoredSummary }>;
	readonly folder: Loadable<Folder>;
	/** The data folder, then those of its parts `train` and `test` that exist. */
	readonly exports: Loadable<readonly Folder[]>;
	readonly choices: Choices;
	/** The choices of the demo and the live form. */
	readonly stageChoices: Readonly<Record<"demo" | "live", Choices>>;
	readonly connection: Loadable<ConnectionView>;
	readonly standings: Loadable<readonly Standing[]>;
	/** The demo or live session that is about to start; null = none. */
	readonly stageStart: StageStart | null;
	/** What each screen remembers of its own: scroll positions, filters, tabs. */
	readonly views: Views;
	/** True while nobody has looked at how the last session ended: it ended while something else was in front. */
	readonly unread: boolean;
	/** True once the user has asked to leave and the session is being ended. */
	readonly leaving: boolean;
};
