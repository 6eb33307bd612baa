import { amendCarry } from "../adapters/archive/carry.ts";
import { listSessionIds, readStart, runningBy, sessionFolder } from "../adapters/archive/sessions.ts";
import { cleanText } from "../adapters/clean-text.ts";
import { wallClock } from "../adapters/clock/wall.ts";
import { dataFailure, EXIT, Failure, usageFailure } from "../adapters/failure.ts";
import type { Home } from "../adapters/home.ts";
import type { AgentsAction } from "../args.ts";
import { buildOf } from "../engine/agents/registry.ts";
import { readCarry } from "../engine/health/carry.ts";
import { acceptOvershoot } from "../engine/health/chs.ts";
import { colouredText } from "../print/coloured.ts";
import { indented, wrapped } from "../print/line-block.ts";
import { policyLines } from "../print/policy-lines.ts";
import { WIDTH, wrap } from "../print/text.ts";
import type { Terminal } from "../terminal.ts";
import { type KnownAgent, knownAgents, ownPolicies } from "./agents/known.ts";
import { whyNoEvidence } from "./run/no-evidence.ts";

/** `kinetra agents ...`: what can be named after `--agent`, and the operator's word on an agent's record. Returns the exit code. */
export function agents(action: AgentsAction, json: boolean, home: Home, terminal: Terminal): number {
	return action.name === "list" ? list(json, home, terminal) : accept(action.build, action.reason, home, terminal);
}

function accept(build: string, reason: string, home: Home, terminal: Terminal): number {
	terminal.print(acceptCarriedLoss(home, build, reason));
	return EXIT.ok;
}

/**
 * Lifts the latch that a carried loss beyond the plan would cause at every start (chs.md 7: acknowledge, then rebase); nothing else is forgotten.
 * Returns what to say; throws a `Failure` for a reason that is none, an unknown build, a
 * damaged record, and while a session of it runs.
 */
export function acceptCarriedLoss(home: Home, build: string, reason: string): string {
	const typed = cleanText(reason, 200).trim();
	if (typed.length < 3) throw usageFailure("--reason: say in at least three characters why the loss is accepted; it is kept in the record.");
	requireNoneRunning(home, build);
	const acceptance = { wall: new Date(wallClock().nowMs()).toISOString(), reason: typed };
	const found = amendCarry(home, build, "virtual", acceptance, (stored) => {
		const carry = readCarry(stored);
		if (carry === null) throw dataFailure(`The record of agent ${cleanText(build, 60)} does not fit this version of Kinetra; nothing was changed.`);
		return acceptOvershoot(carry);
	});
	if (!found) throw usageFailure(`Agent "${cleanText(build, 60)}" has no record. The build is printed in the first line of a session, such as berserker-1.`);
	return `Accepted for ${cleanText(build, 60)}: its next session is not latched by that loss any more. Its results stay in the record.`;
}

/** A session that runs could not store what it loses from now on, because its record had been changed meanwhile. */
function requireNoneRunning(home: Home, build: string): void {
	for (const id of listSessionIds(home)) {
		const files = sessionFolder(home, id);
		if (runningBy(files) === null) continue;
		const start = readStart(files);
		if (buildOf(start.config.agent) !== build || whyNoEvidence(start) !== null) continue;
		throw new Failure(
			EXIT.refused,
			`Session ${id} of agent ${cleanText(build, 60)} is running: what it loses would be left out of the record. Accept the loss when it has ended.`,
		);
	}
}

function list(json: boolean, home: Home, terminal: Terminal): number {
	const listed = knownAgents();
	const known = [...listed, ...ownPolicies(home, listed)];
	if (json) terminal.print(JSON.stringify(known));
	else for (const agent of known) printAgent(agent, terminal);
	return known.some(({ problem }) => problem !== null) ? EXIT.data : EXIT.ok;
}

function printAgent({ id, argument, build, line, warmupBars, parameters, policy, problem }: KnownAgent, { print, palette }: Terminal): void {
	print(`${palette.strong(id)}  ${palette.faint(problem === null ? `${build}, warm-up ${warmupBars} bars` : "cannot be used")}`);
	for (const row of wrap(line, WIDTH - 2)) print(`  ${row}`);
	if (argument !== id) print(palette.faint(`  kept from a session here: --agent ${argument}`));
	if (problem !== null) for (const row of indented(wrapped(problem, WIDTH - 2, "bad"), 2)) print(colouredText(row, palette));
	if (policy !== null) for (const row of indented(policyLines(policy, WIDTH - 2), 2)) print(colouredText(row, palette));
	for (const parameter of parameters) {
		const [first = "", ...more] = wrap(`${parameter.line} (${parameter.min} to ${parameter.max})`, WIDTH - 34);
		print(palette.faint(`  ${`--set agent.${parameter.key}=${parameter.value}`.padEnd(32)}${first}`));
		for (const row of more) print(palette.faint(`${" ".repeat(34)}${row}`));
	}
}
