import { bridgeAddress, bridgeSettings } from "../../adapters/bridge-settings.ts";
import { cleanText } from "../../adapters/clean-text.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import { freeBytes, type Home } from "../../adapters/home.ts";
import type { BridgeAddress } from "../../adapters/mt5/link/client-type.ts";
import type { Clock } from "../../adapters/ports.ts";
import type { RunOptions } from "../../config/options.ts";
import { planRun, type RunPlan } from "../../config.ts";
import type { CheckRow } from "../../print/check-row.ts";
import { formatBytes } from "../../print/text.ts";
import { checkConnection } from "../connection/checklist.ts";
import { connectOnce } from "../connection/connect.ts";
import type { StageTerms } from "./confirmed.ts";
import { stageFacts } from "./facts.ts";
import { earlierPlan, foundLine } from "./found.ts";
import { lookAtStage, requireTradeMode, type StageLook, stageOf } from "./look.ts";
import { requireHome } from "./require-home.ts";

/** What is to be prepared: the options of a demo or live session, and who hears of it. */
export type PrepareAsk = {
	readonly home: Home;
	/** `mode` is demo or live, here or in the file of `--config`. */
	readonly options: RunOptions;
	readonly env: Record<string, string | undefined>;
	readonly clock: Clock;
	/** Gives up early. */
	readonly signal?: AbortSignal;
	/** Each check as soon as it is known, in order. */
	onCheck(row: CheckRow): void;
};

/**
 * A demo or live session before anybody has confirmed it. Nothing was sent, nothing at the bridge was changed. `terms` is null when it may not
 * start: `refusal` then says why and what to do, and `exitCode` is 3 (connection) or 4 (refused).
 */
export type PreparedStage = {
	readonly mode: "demo" | "live";
	readonly options: RunOptions;
	readonly checks: readonly CheckRow[];
	/** What will be traded, on which account, with which limits: at most 12 lines (control C06). */
	readonly facts: readonly string[];
	/** What is missing for evidence, in sentences; null = the session counts. */
	readonly rehearsal: readonly string[] | null;
	readonly sandbox: boolean;
	/** Positions of this agent that are on the account already, a line each. */
	readonly found: readonly string[];
	/** Empty unless it may not start. */
	readonly refusal: string;
	readonly exitCode: number;
	readonly terms: StageTerms | null;
};

const CONNECT_MS = 10_000;

/**
 * Looks at everything that a demo or live session needs: the connection, whose account it is by the broker's word (control C02), the gate, what is
 * open on the account, kills in force, disk space. Goes to the bridge as `watch` and changes nothing there. Throws a usage `Failure` for options that
 * cannot be; everything else that speaks against the start is in the result.
 */
export async function prepareStage(ask: PrepareAsk): Promise<PreparedStage> {
	const plan = await planRun(ask.options, true);
	const mode = stageOf(plan);
	const checks: CheckRow[] = [];
	const check = (row: CheckRow): void => {
		checks.push(row);
		ask.onCheck(row);
	};
	// What a configuration file says of found positions is said to the confirmation too.
	const found = plan.live?.found ?? null;
	const options = found === null ? ask.options : { ...ask.options, found };
	try {
		requireHome(ask.home);
		const address = bridgeAddress(bridgeSettings(ask.home, ask.env, plan.live ?? {}));
		await requireConnection(ask, plan, mode, address, check);
		const look = await lookOnce(ask, plan, address);
		for (const row of stageRows(look, ask.home)) check(row);
		const { terms } = look;
		return {
			mode,
			options,
			checks,
			facts: stageFacts(look, plan.live?.shadow === true),
			rehearsal: terms.rehearsal,
			sandbox: terms.venue === "sandbox",
			found: look.found.ours.map((body) => foundLine(body, look.config.account, earlierPlan(ask.home, body.cid))),
			refusal: "",
			exitCode: EXIT.ok,
			terms,
		};
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		const refusal = cleanText(error.message, 1000);
		return { mode, options, checks, facts: [], rehearsal: null, sandbox: false, found: [], refusal, exitCode: error.exitCode, terms: null };
	}
}

/** This speaks of a person's own precaution, not of the way to the broker. */
const PRECAUTION = "kill-switch";

async function requireConnection(ask: PrepareAsk, plan: RunPlan, mode: "demo" | "live", address: BridgeAddress, onRow: (row: CheckRow) => void): Promise<void> {
	const { home, clock, signal } = ask;
	const symbol = plan.live?.symbol ?? "";
	const { ok, rows, account } = await checkConnection({ address, symbol, home, clock, onRow, ...(signal === undefined ? {} : { signal }) });
	// Said before anything else that may be wrong with an account that is not the one to trade on.
	if (account !== null) requireTradeMode(mode, account);
	const failed = rows.find(({ state }) => state === "failed");
	if (ok && failed === undefined) return;
	if (failed === undefined) throw new Failure(EXIT.data, "The checks were ended early. Nothing was sent.");
	const isPrecaution = failed.id === PRECAUTION;
	const lead = isPrecaution ? "Not allowed" : "The connection is not ready";
	throw new Failure(isPrecaution ? EXIT.refused : EXIT.data, `${lead}: ${failed.label}: ${failed.found}. ${failed.advice}`);
}

async function lookOnce(ask: PrepareAsk, plan: RunPlan, address: BridgeAddress): Promise<StageLook> {
	const { home, clock, signal } = ask;
	const reached = await connectOnce(address, "watch", { clock, name: "kinetra prepare", timeoutMs: CONNECT_MS, ...(signal === undefined ? {} : { signal }) });
	if (reached.kind !== "up") throw new Failure(EXIT.data, reached.kind === "refused" ? reached.refusal.message : `The bridge was lost again: ${reached.why}`);
	try {
		return await lookAtStage({ home, plan, client: reached.client, hello: reached.hello, clock });
	} finally {
		reached.client.close();
	}
}

/** What the stage adds to the checklist of the connection. */
function stageRows({ terms, found, verdict, described }: StageLook, home: Home): readonly CheckRow[] {
	const free = freeBytes(home.root);
	const isRehearsal = terms.rehearsal !== null;
	return [
		{
			id: "stage-account",
			label: `account for ${terms.mode}`,
			state: "ok",
			found: `${terms.tradeMode.toUpperCase()} by the broker's word, ••${terms.loginTail} at ${terms.server}`,
			advice: "",
		},
		{ id: "disk-space", label: "disk space", state: "ok", found: free === null ? "not told by the system" : `${formatBytes(free)} free`, advice: "" },
		{
			id: "open-positions",
			label: "open on the account",
			state: found.ours.length === 0 ? "ok" : "attention",
			found: found.ours.length === 0 ? "nothing" : `${found.ours.length} of this agent`,
			advice: found.ours.length === 0 ? "" : "You are asked what becomes of it before anything is sent.",
		},
		{
			id: "promotion-gate",
			label: "promotion gate",
			state: isRehearsal ? "attention" : "ok",
			found: isRehearsal ? "REHEARSAL: the session will not count" : `certificate ${verdict.certificate?.id ?? "--"}`,
			advice: isRehearsal ? "It may run all the same. What is missing is listed before you confirm; see also: kinetra gates" : "",
		},
		...described.notes.map((note, index) => ({ id: `symbol-note-${index + 1}`, label: "assumed", state: "attention" as const, found: note, advice: "" })),
	];
}
