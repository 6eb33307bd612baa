import { canonicalJson, sha256Hex } from "../../adapters/canonical.ts";
import { cleanText } from "../../adapters/clean-text.ts";
import { EXIT, Failure } from "../../adapters/failure.ts";
import type { Home } from "../../adapters/home.ts";
import { accountHashOf, loginTailOf, tradeModeOf } from "../../adapters/mt5/account.ts";
import type { BridgeClient } from "../../adapters/mt5/link/client-type.ts";
import type { AccountBody, Hello, PositionBody, StatusBody } from "../../adapters/mt5/wire/messages.ts";
import type { Clock } from "../../adapters/ports.ts";
import type { RunPlan } from "../../config.ts";
import { magicOf } from "../../engine/agents/magic.ts";
import { buildOf } from "../../engine/agents/registry.ts";
import type { SessionConfig } from "../../engine/config.ts";
import { PROBATION_MINUTES, probationRules } from "../../engine/stages/probation.ts";
import type { Money } from "../../engine/units.ts";
import { judgeStage, type StageVerdict } from "../standing/judge.ts";
import type { StageTerms } from "./confirmed.ts";
import { answered, type Described, describe } from "./describe.ts";
import { type FoundOnAccount, foundIn } from "./found.ts";

/** Everything that decides whether and how a demo or live session may start, as it is now. */
export type StageLook = {
	readonly described: Described;
	readonly account: AccountBody;
	/** The session's configuration with the limits of probation; without `broker`. */
	readonly config: SessionConfig;
	readonly magic: number;
	readonly found: FoundOnAccount;
	readonly verdict: StageVerdict;
	readonly terms: StageTerms;
};

/** What the looking asks. */
export type LookAsk = { readonly home: Home; readonly plan: RunPlan; readonly client: BridgeClient; readonly hello: Hello; readonly clock: Clock };

/**
 * Looks at account, symbol, gate and positions over a connection that is up, and changes nothing. Throws a `Failure`: exit 3 for what cannot be had,
 * exit 4 for what speaks against the start, the first thing first.
 */
export async function lookAtStage({ home, plan, client, hello, clock }: LookAsk): Promise<StageLook> {
	const mode = stageOf(plan);
	const described = await describe(plan, client, hello);
	const { account, venue } = described;
	if (account === null) throw new Error("a demo or live session was described without its account");
	const tradeMode = requireTradeMode(mode, account);
	const build = buildOf(described.config.agent);
	const magic = magicOf(build);
	const status = answered(await client.request("status", {}), "its state");
	const found = await lookAtPositions(client, status, magic, described.brokerSymbol);
	const verdict = judgeStage(home, { mode, config: described.config, limits: plan.limits, venue, nowMs: clock.nowMs() });
	if (verdict.kind === "refused" || (mode === "live" && verdict.kind !== "full")) {
		throw refused(`${mode === "demo" ? "Demo" : "Live"} trading is not open for ${build} with these settings: ${verdict.missing.join(" ")} See: kinetra gates`);
	}
	if (mode === "live") requireLiveLock(status, account);
	const config = verdict.probation === null ? described.config : onProbation(described.config);
	const terms: StageTerms = {
		mode,
		accountHash: accountHashOf(account.login, account.server),
		loginTail: loginTailOf(account.login),
		server: described.server,
		tradeMode,
		venue,
		currency: config.account.currency,
		currencyDigits: config.account.currencyDigits,
		maxLoss: maxLossOf(account.equity, config),
		planHash: planHashOf(plan),
		instrumentHash: instrumentHashOf(config),
		certificate: verdict.kind === "full" ? (verdict.certificate?.id ?? null) : null,
		rehearsal: verdict.kind === "rehearsal" ? verdict.missing : null,
		probation: verdict.probation,
		found: idsOf(found.ours),
	};
	return { described, account, config, magic, found, verdict, terms };
}

/** The mode of a plan that is none of the virtual stage. */
export function stageOf(plan: RunPlan): "demo" | "live" {
	const { mode } = plan.config;
	if (mode === "virtual") throw new Error("a virtual session has no stage to prepare");
	return mode;
}

/**
 * Control C02: the broker says what the account is, and nothing else does. Demo takes a demo account only, never a contest; live a real one only.
 * Throws a `Failure` (exit 4).
 */
export function requireTradeMode(mode: "demo" | "live", account: Pick<AccountBody, "trade_mode">): "demo" | "real" {
	const said = tradeModeOf(account);
	if (mode === "demo" && said === "demo") return "demo";
	if (mode === "live" && said === "real") return "real";
	const word =
		said === null ? `of a kind that MT5 does not publish (trade mode ${account.trade_mode})` : said === "real" ? "a REAL account" : `a ${said} account`;
	const advice = mode === "demo" ? "Log the terminal in to a demo account." : "Log the terminal in to the real account that you mean.";
	throw refused(`--mode ${mode} is refused: by the broker's word the terminal is logged in to ${word}. ${advice}`);
}

/** SHA-256 over everything that a plan says, but its dice and who watches. */
export function planHashOf({ config, limits, live, timeframeMinutes, timeframeAsked }: RunPlan): string {
	const { seed: _seed, onLatch: _onLatch, ...rest } = config;
	return sha256Hex(canonicalJson({ config: rest, limits, live, timeframeMinutes, timeframeAsked }));
}

/** Control C21 in money, rounded up to the currency's digits. Stops and closes execute at the market: a gap can cost more. */
export function maxLossOf(equity: Money, { rules, account }: SessionConfig): Money {
	const scale = 10 ** account.currencyDigits;
	// What is exact in the decimal system is not always so in the binary one: 100.5 must not become 100.51.
	return Math.ceil(Number(((equity * rules.sessionLossPct * scale) / 100).toFixed(6))) / scale;
}

/** SHA-256 over what the symbol is, without what moves with its quotes. */
function instrumentHashOf({ instrument }: SessionConfig): string {
	const { typicalSpreadPoints: _spread, tickValue: _tickValue, ...fixed } = instrument;
	return sha256Hex(canonicalJson(fixed));
}

/** The bridge's own lock (control C06): without its owner's word in bridge.json no typed one helps, so none is asked for. Throws a `Failure` (exit 4). */
function requireLiveLock({ live_lock: lock }: StatusBody, { login, server }: AccountBody): void {
	if (lock === "armed" || lock === "open") return;
	throw refused(
		`Live trading is not open: the bridge's live lock is ${lock}, its bridge.json does not name account ••${loginTailOf(login)}. If you mean it, write "live": {"login": ..., "server": "${cleanText(server, 100)}"} there and start the bridge anew.`,
	);
}

async function lookAtPositions(client: BridgeClient, status: StatusBody, magic: number, brokerSymbol: string): Promise<FoundOnAccount> {
	const snapshot = answered(await client.request("snapshot", {}), "what is open on the account");
	if (!snapshot.fresh || snapshot.positions === null || snapshot.orders === null) {
		throw new Failure(
			EXIT.data,
			`The bridge cannot see now what is open on the account${snapshot.trouble === null ? "" : `: ${snapshot.trouble}`}. Check the connection with: kinetra test-connection`,
		);
	}
	const [kill] = status.kills.filter(({ scope }) => scope === "all" || scope === String(magic));
	if (kill !== undefined) {
		throw refused(
			`A kill is latched at the bridge (${kill.reason}): nothing new is traded. See that all is as it should be, then lift it: kinetra kill --release --reason "..."`,
		);
	}
	const found = foundIn(snapshot, magic, brokerSymbol);
	if (found.others.length > 0) {
		const more = found.others.length > 3 ? ` and ${found.others.length - 3} more` : "";
		throw refused(
			`Something else is open on the account: ${found.others.slice(0, 3).join("; ")}${more}. Kinetra never touches what is not its own, and would halt at once (control C31). Close it in the terminal, or use another account.`,
		);
	}
	return found;
}

function onProbation(config: SessionConfig): SessionConfig {
	const rules = probationRules(config.rules, config.instrument.volumeMin);
	return { ...config, rules, durationMinutes: Math.min(config.durationMinutes ?? PROBATION_MINUTES, PROBATION_MINUTES) };
}

function idsOf(positions: readonly PositionBody[]): readonly string[] {
	return positions.map(({ identifier }) => identifier).sort();
}

function refused(message: string): Failure {
	return new Failure(EXIT.refused, message);
}
