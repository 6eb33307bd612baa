import type { GateStanding, Standing } from "../../engine/stages/standing.ts";
import { dayOf } from "../../print/gate-lines.ts";
import { type Line, span, type Tone } from "../../print/line.ts";
import { wrapped } from "../../print/line-block.ts";
import type { Sheet } from "../form/sheet.ts";
import type { Loadable } from "../state.ts";

/** What a form is about to trade, as it shows it. */
type Wanted = { readonly agent: string; readonly symbol: string; readonly timeframe: string };

/** The agent, symbol and timeframe of a form. */
export function wantedOf(sheet: Sheet): Wanted {
	const value = (key: string): string => sheet.rows.find((row) => row.key === key)?.value ?? "";
	return { agent: value("agent"), symbol: value("symbol"), timeframe: value("timeframe") };
}

/**
 * The evidence of this agent with this symbol and timeframe, that with the usual settings first, which a form has; settings and limits are compared
 * when the session is started.
 */
function standingsFor(standings: readonly Standing[], wanted: Wanted): readonly Standing[] {
	const { agent, symbol, timeframe } = wanted;
	const mine = standings.filter(
		(one) =>
			new RegExp(`^${agent.replace(/[^a-z0-9-]/g, "")}(?:-\\d|@[0-9a-f])`).test(one.agentBuild) &&
			one.symbol.toLowerCase() === symbol.toLowerCase() &&
			one.timeframe === timeframe,
	);
	return mine.sort((one, other) => one.settings.length - other.settings.length);
}

/** The gate that leads into a stage. */
export function gateInto(standing: Standing, mode: "demo" | "live"): GateStanding | null {
	return standing.gates.find(({ gate }) => gate === (mode === "demo" ? "virtual-to-demo" : "demo-to-live")) ?? null;
}

/** True when a certificate opens the gate into this stage for at least one agent and configuration. */
export function opensFor(standings: readonly Standing[], mode: "demo" | "live"): boolean {
	return standings.some((one) => isOpen(gateInto(one, mode)));
}

function isOpen(gate: GateStanding | null): boolean {
	return gate?.verdict === "open" && gate.certificate !== null && gate.certificate.problem === null;
}

/** What a demo or live session with these choices would be as far as the evidence tells: counting, a rehearsal, or refused; and why. */
export function stageNote(mode: "demo" | "live", standings: Loadable<readonly Standing[]>, wanted: Wanted, width: number): readonly Line[] {
	const lines = (text: string, tone: Tone): Line[] => wrapped(text, Math.max(10, width - 2), tone).map((row) => [span(" "), ...row]);
	if (standings.state === "none" || standings.state === "loading") return lines("· Gate: the evidence is being read ...", "faint");
	if (standings.state === "failed") return lines(`✗ Gate: the evidence cannot be read: ${standings.reason}`, "bad");
	// Only its manifest says what its name is, and only Start reads it.
	if (isOwnAgent(wanted.agent)) return lines(`· Gate: Start reads ${wanted.agent} and then says what is proven of it.`, "faint");
	const mine = standingsFor(standings.value, wanted);
	const gates = mine.map((one) => gateInto(one, mode)).filter((gate) => gate !== null);
	const open = gates.find(isOpen);
	const what = `${wanted.agent} on ${wanted.symbol} ${wanted.timeframe}`;
	if (open !== undefined) {
		return [
			...lines(`✓ Gate open: ${what} has a certificate until ${open.certificate === null ? "?" : dayOf(open.certificate.expiresWall)}.`, "good"),
			...lines("It holds for the configuration that it was issued for; Start compares every setting.", "faint"),
		];
	}
	if (mine.length === 0 && mode === "demo") {
		return [
			...lines(`✗ No virtual session of ${what} yet: Start will refuse.`, "warn"),
			...lines("Demo needs at least one clean virtual session of it first (Virtual Trading).", "plain"),
		];
	}
	const why = mine.find(({ broken }) => broken !== null)?.broken ?? gates[0]?.text ?? `There is no evidence of ${what} yet: begin with virtual sessions.`;
	if (mode === "live") return [...lines(`✗ Gate closed for ${what}: Start will refuse.`, "warn"), ...lines(why, "plain")];
	return [...lines(`⚠ REHEARSAL: no valid certificate of ${what}. It may run, and never counts.`, "warn"), ...lines(why, "plain")];
}

/** A path or a command: no name of a rule or of a policy that ships with Kinetra. */
function isOwnAgent(agent: string): boolean {
	return !/^[a-z][a-z0-9-]*$/.test(agent);
}
