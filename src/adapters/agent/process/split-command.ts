import { cleanText } from "../../clean-text.ts";
import { usageFailure } from "../../failure.ts";

const CHARS_MAX = 4096;

/**
 * Splits a command into program and arguments without a shell: words are separated by blanks, '...' and "..." keep what is between them as it is, a
 * quote ends with its own kind, and quoted and unquoted parts that touch are one word. Nothing else has a meaning: no variables, no wildcards, no
 * redirection, and a backslash is a backslash, as in a Windows path. Throws a usage `Failure`.
 */
export function splitCommand(command: string): readonly string[] {
	const shown = cleanText(command, 200);
	if (command.length > CHARS_MAX) throw usageFailure(`--agent process: the command has ${command.length} characters, at most ${CHARS_MAX} are read.`);
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
	if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(command)) throw usageFailure(`--agent process: the command "${shown}" holds a control character.`);
	const words: string[] = [];
	let word: string | null = null;
	let quote: string | null = null;
	for (const character of command) {
		if (quote !== null) {
			if (character === quote) quote = null;
			else word += character;
		} else if (character === '"' || character === "'") {
			quote = character;
			word ??= "";
		} else if (character === " " || character === "\t") {
			if (word !== null) words.push(word);
			word = null;
		} else word = (word ?? "") + character;
	}
	if (quote !== null) throw usageFailure(`--agent process: a quote (${quote}) is opened and not closed in: ${shown}`);
	if (word !== null) words.push(word);
	if (words.length === 0 || words[0] === "") throw usageFailure('--agent process: names no program. Write it like this: --agent process:"python my_agent.py"');
	return words;
}
