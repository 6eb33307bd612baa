import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogEntry } from "../../src/engine/log.ts";
import { type AlertBook, acknowledge, addAlert, NO_ALERTS } from "../../src/ui/alerts.ts";

let clock = 0;

function entry(weight: LogEntry["weight"], event: string, reason = "because", control: string | null = "C25"): LogEntry {
	return { at: ++clock, kind: "limit", weight, event, price: null, lots: null, result: null, reason, control, trade: null, mark: null };
}

function bookOf(...entries: readonly LogEntry[]): AlertBook {
	return entries.reduce(addAlert, NO_ALERTS);
}

/** What stands on the screen, top first. */
function shown({ first, recent }: AlertBook): string[] {
	return [first, ...[...recent].reverse()].flatMap((alert) => (alert === null ? [] : [`${alert.text} x${alert.count}`]));
}

describe("alerts", () => {
	it.each<[string, readonly LogEntry[], readonly string[]]>([
		["nothing for what is read when somebody looks", [entry("info", "BUY filled")], []],
		[
			"the first cause stays on top of what came after",
			[entry("warn", "data stale"), entry("alarm", "breaker trip")],
			["data stale · because x1", "breaker trip · because x1"],
		],
		["a reason that only says the event again is not said", [entry("good", "take profit", "take profit")], ["take profit x1"]],
		["good news takes no place on top", [entry("good", "take profit"), entry("warn", "data stale")], ["data stale · because x1", "take profit · because x1"]],
		[
			"the same cause again is counted, with its newest reason",
			[entry("warn", "BUY refused", "got=8"), entry("alarm", "HALTED", "", null), entry("warn", "BUY refused", "got=9")],
			["BUY refused · got=9 x2", "HALTED x1"],
		],
		[
			"the same words of another control are another cause",
			[entry("warn", "PAUSED", "a", "C26"), entry("warn", "PAUSED", "a", "C27")],
			["PAUSED · a x1", "PAUSED · a x1"],
		],
		[
			"a re-arm does not hide the trip that nobody has seen",
			[entry("alarm", "breaker trip"), ...["a", "b", "c", "d", "e"].map((word) => entry("good", word)), entry("good", "breaker re-arm")],
			["breaker trip · because x1", "breaker re-arm · because x1", "e · because x1", "d · because x1", "c · because x1"],
		],
	])("%s", (_name, entries, lines) => {
		expect(shown(bookOf(...entries))).toEqual(lines);
	});

	it("acknowledging shows the next one that nobody has seen, even when newer ones have pushed it off the screen", () => {
		let book = bookOf(entry("alarm", "one"), entry("warn", "two"), ...["a", "b", "c", "d"].map((word) => entry("good", word)));
		expect(shown(book)).not.toContain("two · because x1");
		book = acknowledge(book);
		expect(book.first).toMatchObject({ text: "two · because", weight: "warn" });
		book = acknowledge(book);
		expect(book.first).toBeNull();
		expect(acknowledge(book)).toEqual(book);
	});

	it("what comes again after it was acknowledged is on top again, as a new one", () => {
		const book = addAlert(acknowledge(bookOf(entry("alarm", "one"))), entry("alarm", "one"));
		expect(book.first).toMatchObject({ id: 2, count: 1 });
	});

	const anyEntry = fc
		.tuple(
			fc.constantFrom("info", "good", "warn", "alarm" as const),
			fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"),
			fc.constantFrom("C01", "C02", null),
		)
		.map(([weight, event, control]) => entry(weight as LogEntry["weight"], event, "why", control));
	const anyStep = fc.oneof({ weight: 6, arbitrary: anyEntry }, { weight: 1, arbitrary: fc.constant("acknowledge" as const) });

	it("holds always: at most five lines, each once; nothing unseen is lost while fewer than twenty wait; only acknowledging changes which is first", () => {
		fc.assert(
			fc.property(fc.array(anyStep, { maxLength: 80 }), (steps) => {
				let book = NO_ALERTS;
				for (const step of steps) {
					const before = book;
					book = step === "acknowledge" ? acknowledge(book) : addAlert(book, step);
					const ids = [...(book.first === null ? [] : [book.first]), ...book.recent].map(({ id }) => id);
					expect(ids.length).toBeLessThanOrEqual(5);
					expect(book.recent.length).toBeLessThanOrEqual(4);
					expect(new Set(ids).size).toBe(ids.length);
					expect(book.waiting.length).toBeLessThanOrEqual(20);
					expect(book.first?.weight).not.toBe("good");
					if (book.first === null) expect(book.waiting).toEqual([]);
					if (step === "acknowledge") expect(book.first?.id ?? null).toBe(before.waiting[0]?.id ?? null);
					else if (before.first !== null) expect(book.first?.id).toBe(before.first.id);
					if (step !== "acknowledge" && (step.weight === "warn" || step.weight === "alarm")) {
						const unseen = [...(book.first === null ? [] : [book.first]), ...book.waiting];
						expect(unseen.some((alert) => alert.control === step.control && alert.text.startsWith(step.event) && alert.weight === step.weight)).toBe(true);
					}
				}
			}),
		);
	});
});
