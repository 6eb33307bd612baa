import { StringDecoder } from "node:string_decoder";
import type { ReadStream } from "node:tty";
import type { Terminal } from "../../terminal.ts";

/** Lines typed by a person, one at a time. */
export type TypedLines = {
	/** The next line typed after the prompt (its last line is drawn again with every key); null when the person has left: Ctrl-C, Ctrl-D, or the input is gone. */
	ask(prompt: string): Promise<string | null>;
	/** Whether the person has left. */
	ended(): boolean;
	/** Whether that was by Ctrl-C. */
	interrupted(): boolean;
	/** Ends the asking from outside, as Ctrl-D does. */
	end(): void;
	/** Gives the keyboard back. */
	close(): void;
};

type Keyboard = Pick<ReadStream, "on" | "off" | "setRawMode" | "resume" | "pause">;

/** Longer than anything that is asked for. */
const CHARACTERS_MAX = 100;
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const CTRL_U = "\u0015";

/**
 * Reads lines key by key, so that nothing typed before a question was asked counts as its answer: keys between two questions are thrown away. Only
 * printable characters are taken; a key that sends a sequence does nothing.
 */
export function typedLines(keyboard: Keyboard, terminal: Pick<Terminal, "print" | "redraw" | "endProgress">): TypedLines {
	let prompt = "";
	let text = "";
	let take: ((line: string | null) => void) | null = null;
	let isOver = false;
	let wasInterrupted = false;
	// Decoded here and not by the stream, which would stay that way: the cockpit reads the same keyboard afterwards, as bytes.
	const decoder = new StringDecoder("utf8");

	function give(line: string | null): void {
		const waiting = take;
		take = null;
		if (waiting === null) return;
		terminal.endProgress();
		waiting(line);
	}
	function end(): void {
		isOver = true;
		give(null);
	}
	function onKeys(bytes: Buffer): void {
		const keys = decoder.write(bytes);
		if (keys.includes(CTRL_C)) wasInterrupted = true;
		if (keys.includes(CTRL_C)) end();
		// Arrows and function keys.
		else if (!keys.startsWith("\u001b")) for (const key of keys) onKey(key);
	}
	function onKey(key: string): void {
		if (take === null) return;
		if (key === "\r" || key === "\n") give(text);
		else if (key === CTRL_D && text === "") end();
		else {
			if (key === "\u007f" || key === "\b") text = [...text].slice(0, -1).join("");
			else if (key === CTRL_U) text = "";
			else if (/^[^\p{C}\p{Z}]$|^ $/u.test(key) && text.length < CHARACTERS_MAX) text += key;
			terminal.redraw(`${prompt}${text}`);
		}
	}

	const giveBack = (): void => void keyboard.setRawMode(false);
	keyboard.setRawMode(true);
	keyboard.on("data", onKeys);
	keyboard.on("end", end);
	keyboard.resume();
	process.once("exit", giveBack);
	return {
		ask(question) {
			if (isOver) return Promise.resolve(null);
			const lines = question.split("\n");
			prompt = lines.pop() ?? "";
			text = "";
			for (const line of lines) terminal.print(line);
			terminal.redraw(prompt);
			return new Promise((resolve) => {
				take = resolve;
			});
		},
		ended: () => isOver,
		interrupted: () => wasInterrupted,
		end,
		close() {
			keyboard.off("data", onKeys);
			keyboard.off("end", end);
			keyboard.pause();
			process.off("exit", giveBack);
			giveBack();
		},
	};
}
