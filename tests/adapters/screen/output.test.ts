import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createOutput } from "../../../src/adapters/screen/output.ts";
import { createSink, type Sink } from "../../../src/adapters/screen/sink.ts";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** A terminal that takes `room` bytes a write; 0 = it is full. */
function setUp(room = Number.POSITIVE_INFINITY) {
	const terminal = { room, text: "", error: null as string | null, writes: 0 };
	const sink: Sink = createSink((bytes) => {
		terminal.writes++;
		if (terminal.error !== null) throw failure(terminal.error);
		if (terminal.room === 0) throw failure("EAGAIN");
		const taken = bytes.subarray(0, terminal.room);
		terminal.text += Buffer.from(taken).toString("latin1");
		return taken.length;
	});
	const listeners = new Set<() => void>();
	const source = {
		frame: "",
		diffs: 0,
		change(frame: string) {
			source.frame = frame;
			for (const listener of listeners) listener();
		},
		diff() {
			source.diffs++;
			const { frame } = source;
			source.frame = "";
			return frame;
		},
		onChange(listener: () => void) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
	const onLost = vi.fn();
	const output = createOutput({ sink, source, onLost });
	return { terminal, sink, source, onLost, output, listeners };
}

describe("the output", () => {
	it("writes the first frame at once when asked, and changes soon, several of them in one frame", () => {
		const { terminal, source, output } = setUp();
		source.frame = "first ";
		output.flush();
		expect(terminal.text).toBe("first ");
		source.change("a ");
		source.change("b ");
		expect(terminal.text).toBe("first ");
		vi.advanceTimersByTime(20);
		expect(terminal.text).toBe("first b ");
	});

	it("writes at most 60 frames a second, and always the last change", () => {
		const { source, terminal } = setUp();
		for (let ms = 0; ms < 1000; ms++) {
			source.change(`${ms};`);
			vi.advanceTimersByTime(1);
		}
		expect(terminal.writes).toBeGreaterThan(50);
		expect(terminal.writes).toBeLessThanOrEqual(63);
		vi.advanceTimersByTime(20);
		expect(terminal.text.endsWith("999;")).toBe(true);
	});

	it("does nothing while nothing changes", () => {
		const { source, terminal } = setUp();
		vi.advanceTimersByTime(100);
		const asked = source.diffs;
		vi.advanceTimersByTime(10_000);
		expect([source.diffs - asked, terminal.writes, vi.getTimerCount()]).toEqual([0, 0, 0]);
	});

	it("asks for no frame while the terminal is full, and goes on where it was", () => {
		const { source, terminal } = setUp(4);
		source.change("12345678");
		vi.advanceTimersByTime(1);
		terminal.room = 0;
		for (let ms = 0; ms < 10_000; ms += 10) {
			source.change("later");
			vi.advanceTimersByTime(10);
		}
		expect([terminal.text, source.diffs]).toEqual(["1234", 1]);
		expect(terminal.writes, "a full terminal is asked ten times a second").toBeLessThan(120);
		terminal.room = Number.POSITIVE_INFINITY;
		vi.advanceTimersByTime(200);
		expect(terminal.text).toBe("12345678later");
	});

	it.each(["EIO", "EPIPE", "EBADF"])("says once that the terminal is lost on %s, and writes no more", (code) => {
		const { source, terminal, onLost, listeners } = setUp();
		terminal.error = code;
		source.change("x");
		vi.advanceTimersByTime(50);
		source.change("y");
		vi.advanceTimersByTime(50);
		expect([onLost.mock.calls.length, terminal.writes, listeners.size, vi.getTimerCount()]).toEqual([1, 1, 0, 0]);
	});

	it("rings with the next frame, once, also where nothing changes", () => {
		const { source, terminal, output } = setUp();
		output.ring();
		output.ring();
		vi.advanceTimersByTime(50);
		source.change("x");
		vi.advanceTimersByTime(50);
		expect(terminal.text).toBe("\u0007x");
	});

	it("writes nothing once it is stopped or the screen belongs to somebody else", () => {
		const first = setUp();
		first.source.change("x");
		first.output.stop();
		vi.advanceTimersByTime(100);
		first.output.flush();
		expect(first.terminal.writes).toBe(0);
		const second = setUp();
		second.sink.close();
		second.source.change("x");
		vi.advanceTimersByTime(100);
		expect(second.terminal.writes).toBe(0);
	});
});

describe("the sink", () => {
	it("waits only so long for a terminal that is full", () => {
		vi.useRealTimers();
		let asked = 0;
		const sink = createSink(() => {
			asked++;
			throw failure("EAGAIN");
		});
		expect(sink.writeWithin(Buffer.from("x"), 50)).toBe(false);
		expect(asked).toBe(11);
	});

	it("gives everything piece by piece, also once it is closed", () => {
		let text = "";
		const sink = createSink((bytes) => {
			text += String.fromCharCode(bytes[0] ?? 0);
			return 1;
		});
		sink.close();
		expect([sink.write(Buffer.from("no")), sink.writeWithin(Buffer.from("restored"), 0), text]).toEqual(["gone", true, "restored"]);
	});

	it("gives up at once on a terminal that is gone", () => {
		const sink = createSink(() => {
			throw failure("EIO");
		});
		expect([sink.writeWithin(Buffer.from("x"), 10_000), sink.write(Buffer.from("x"))]).toEqual([false, "gone"]);
	});
});
