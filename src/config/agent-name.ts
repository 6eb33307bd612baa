import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { BUILT_IN_POLICIES } from "../adapters/agent/built-in-names.ts";
import { cleanText } from "../adapters/clean-text.ts";
import { type Failure, usageFailure } from "../adapters/failure.ts";
import { listAgents } from "../engine/agents/registry.ts";
import { suggestion } from "./nearest.ts";

/** What kind of thing `--agent` names, as far as its text says. */
export type AgentText =
	| { readonly kind: "rule" | "built-in"; readonly name: string }
	| { readonly kind: "path"; readonly path: string }
	| { readonly kind: "process"; readonly command: string };

/** How long a path or command may be. */
const CHARS_MAX = 2000;

/** The form of `--agent`: a name, something with a slash, an .onnx file, or a program's command. Nothing is looked up for it. */
export const AGENT_FORM = {
	pattern: new RegExp(`^(?=.{1,${CHARS_MAX}}$)(?:[a-z][a-z0-9-]{0,31}|process:[^\\p{Cc}]*|[^\\p{Cc}]*[/\\\\][^\\p{Cc}]*|[^\\p{Cc}]*\\.onnx|\\.{1,2})$`, "iu"),
	what: 'an agent: a name, a policy\'s folder (./my-policy), an .onnx file, or process:"COMMAND"',
} as const;

/** The names that `--agent` takes: rules, and the policies that ship with Kinetra. */
export function agentIds(): readonly string[] {
	return [...listAgents().map(({ id }) => id), ...BUILT_IN_POLICIES].sort();
}

/** Tells what `--agent` names, without opening it. Throws a usage `Failure` for a name that is none, with the nearest one. */
export function readAgentText(text: string): AgentText {
	if (text.startsWith("process:")) {
		const command = text.slice("process:".length).trim();
		if (command === "") throw usageFailure('--agent process: names no program. Write its command behind it, such as --agent process:"python my_agent.py".');
		return { kind: "process", command };
	}
	if (isPath(text)) return { kind: "path", path: fromHome(text) };
	if (listAgents().some(({ id }) => id === text)) return { kind: "rule", name: text };
	if (BUILT_IN_POLICIES.includes(text)) return { kind: "built-in", name: text };
	throw unknownAgent(text);
}

function isPath(text: string): boolean {
	return /[/\\]/.test(text) || /\.onnx$/i.test(text) || text === "." || text === "..";
}

/** `~/x` as a shell takes it: no shell has seen what was typed into a form or stood in quotes. */
function fromHome(path: string): string {
	return /^~[/\\]/.test(path) ? join(homedir(), path.slice(2)) : path;
}

function unknownAgent(text: string): Failure {
	const shown = cleanText(text, 60);
	// Without a slash a text is a name, so that a folder that happens to be there never takes the place of an agent.
	const hint = existsSync(text) ? ` For the folder of that name write: --agent ./${shown}` : " See: kinetra agents";
	return usageFailure(`--agent: there is no agent "${shown}"${suggestion(text, agentIds()) || "."}${hint}`);
}
