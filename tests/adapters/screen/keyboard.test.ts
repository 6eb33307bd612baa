import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readKeys } from "../../../src/adapters/screen/keyboard.ts";

const ESC = "\u001b";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

function keyboard() {
	const stdin = Object.assign(new EventEmitter(), { resume: () => {}, pause: vi.fn() });
	const keys: string[] = [];
	const onLost = vi.fn();
	const reader = readKeys({ stdin, onKey: (key) => keys.push(key), onLost });
	return { stdin, keys, onLost, reader, send: (text: string) => stdin.emit("data", Buffer.from(text)) };
}

describe("the keyboard", () => {
	it("takes an Escape for a key when nothing follows for 30 ms", () => {
		const { keys, send } = keyboard();
		send(ESC);
		vi.advanceTimersByTime(29);
		expect(keys).toEqual([]);
		vi.advanceTimersByTime(1);
		expect(keys).toEqual(["escape"]);
	});

	it("waits longer for the rest of a sequence, so that its end is not mistaken for a digit of the menu", () => {
		const { keys, send } = keyboard();
		send(`${ESC}[5`);
		vi.advanceTimersByTime(400);
		send("~");
		send(`${ESC}[6`);
		vi.advanceTimersByTime(500);
		send("K");
		expect(keys).toEqual(["pageup", "K"]);
	});

	it.each([
		["ends", "end", undefined],
		["is closed", "close", undefined],
		["hangs up", "error", Object.assign(new Error("read EIO"), { code: "EIO" })],
	])("says once that it is lost when the terminal %s", (_name, event, error) => {
		const { stdin, keys, onLost, send } = keyboard();
		stdin.emit(event, error);
		stdin.emit("error", new Error("late"));
		stdin.emit("end");
		send("K");
		expect(onLost).toHaveBeenCalledTimes(1);
		expect(keys).toEqual([]);
	});

	it("hands on no key that stood behind the one that stopped it", () => {
		const stdin = Object.assign(new EventEmitter(), { resume: () => {}, pause: () => {} });
		const keys: string[] = [];
		const reader = readKeys({
			stdin,
			onLost: () => {},
			onKey(key) {
				keys.push(key);
				reader.stop();
			},
		});
		stdin.emit("data", Buffer.from("qK"));
		expect(keys).toEqual(["q"]);
	});

	it("hands on no key once it is stopped, not even one that had begun", () => {
		const { stdin, keys, onLost, reader, send } = keyboard();
		send(ESC);
		reader.stop();
		vi.advanceTimersByTime(1000);
		send("K");
		stdin.emit("end");
		expect(keys).toEqual([]);
		expect(onLost).not.toHaveBeenCalled();
		expect(stdin.pause).toHaveBeenCalled();
	});
});
