import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Area, type BannerNeed, type PanelId, sessionLayout } from "../../../src/ui/screens/session-layout.ts";

const LETTERS: Readonly<Record<PanelId, string>> = {
	banner: "!",
	quote: "q",
	link: "k",
	agent: "g",
	twin: "t",
	strip: "s",
	gauge: "G",
	account: "A",
	limits: "L",
	chart: "C",
	chart2: "2",
	chart3: "3",
	positions: "P",
	alerts: "a",
	log: "l",
};

/** One letter a cell of `columns` columns; equal rows as one, with their count in front. */
function drawing(areas: readonly Area[], width: number, height: number, columns: number): string[] {
	const at = (x: number, y: number): string => {
		const area = areas.find(({ rect }) => x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height);
		return area === undefined ? " " : LETTERS[area.id];
	};
	const rows = Array.from({ length: height }, (_, y) => Array.from({ length: Math.floor(width / columns) }, (__, x) => at(x * columns, y)).join(""));
	const drawn: { count: number; row: string }[] = [];
	for (const row of rows) {
		const last = drawn.at(-1);
		if (last?.row === row) last.count++;
		else drawn.push({ count: 1, row });
	}
	return drawn.map(({ count, row }) => `${String(count).padStart(2)} ${row}`);
}

function overlap(one: Area["rect"], other: Area["rect"]): boolean {
	return one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
}

function laid(width: number, height: number, shown: "all" | "chart" | "log", banner: BannerNeed): string[] {
	return drawing(sessionLayout({ x: 0, y: 0, width, height }, shown, banner), width, height, width >= 160 ? 8 : width >= 100 ? 6 : 4);
}

describe("the panes of the session screen", () => {
	it.each([
		[
			"80x24, all",
			[80, 19, "all", "none"],
			[
				" 1 qqqqqqqqqqqqqqqqqqqq",
				" 5 GGGGGGGGGG AAAAAAAAA",
				" 2 GGGGGGGGGG LLLLLLLLL",
				" 3 PPPPPPPPPPPPPPPPPPPP",
				" 3 aaaaaaaaaaaaaaaaaaaa",
				" 5 llllllllllllllllllll",
			],
		],
		[
			"80x24 with the breaker open",
			[80, 19, "all", "alarm"],
			[
				" 4 !!!!!!!!!!!!!!!!!!!!",
				" 1 qqqqqqqqqqqqqqqqqqqq",
				" 5 GGGGGGGGGG AAAAAAAAA",
				" 1 GGGGGGGGGG LLLLLLLLL",
				" 2 PPPPPPPPPPPPPPPPPPPP",
				" 2 aaaaaaaaaaaaaaaaaaaa",
				" 4 llllllllllllllllllll",
			],
		],
		[
			"80x24, chart",
			[80, 19, "chart", "none"],
			[" 1 qqqqqqqqqqqqqqqqqqqq", " 1 ssssssssssssssssssss", "10 CCCCCCCCCCCCCCCCCCCC", " 4 PPPPPPPPPPPPPPPPPPPP", " 3 aaaaaaaaaaaaaaaaaaaa"],
		],
		["80x24, log", [80, 19, "log", "none"], [" 1 qqqqqqqqqqqqqqqqqqqq", " 1 ssssssssssssssssssss", "14 llllllllllllllllllll", " 3 aaaaaaaaaaaaaaaaaaaa"]],
		[
			"120x40, all",
			[120, 35, "all", "none"],
			[
				" 1 qqqqqqqqqqqqqqqqqqqq",
				"10 GGGGGGGGGCCCCCCCCCCC",
				" 3 AAAAAAAAACCCCCCCCCCC",
				" 6 AAAAAAAAAPPPPPPPPPPP",
				" 7 aaaaaaaaalllllllllll",
				" 8 LLLLLLLLLlllllllllll",
			],
		],
		[
			"120x40 with the breaker open",
			[120, 35, "all", "alarm"],
			[
				" 6 !!!!!!!!!!!!!!!!!!!!",
				" 1 qqqqqqqqqqqqqqqqqqqq",
				"10 GGGGGGGGGCCCCCCCCCCC",
				" 1 AAAAAAAAACCCCCCCCCCC",
				" 6 AAAAAAAAAPPPPPPPPPPP",
				" 2 AAAAAAAAAlllllllllll",
				" 5 aaaaaaaaalllllllllll",
				" 4 LLLLLLLLLlllllllllll",
			],
		],
		[
			"200x60 beside the menu, all: three charts",
			[167, 55, "all", "none"],
			[
				" 1 qqqqqqqqqqqqqqqqqqqq",
				"11 GGGGGGGGCCCCCCCCCCCC",
				" 4 AAAAAAAACCCCCCCCCCCC",
				" 6 AAAAAAAA222222233333",
				" 5 aaaaaaaa222222233333",
				" 3 aaaaaaaaPPPPPPPPPPPP",
				" 3 LLLLLLLLPPPPPPPPPPPP",
				"22 LLLLLLLLllllllllllll",
			],
		],
		[
			"beside a menu on a small terminal",
			[48, 19, "all", "none"],
			[" 1 qqqqqqqqqqqq", " 5 GGGGGGGGGGGG", " 4 AAAAAAAAAAAA", " 2 PPPPPPPPPPPP", " 2 aaaaaaaaaaaa", " 3 LLLLLLLLLLLL", " 2 llllllllllll"],
		],
	] as const)("%s", (_name, [width, height, shown, banner], expected) => {
		expect(laid(width, height, shown, banner)).toEqual(expected);
	});

	it("never overlap and never leave their area, whatever its size", () => {
		const sizes = fc.record({
			x: fc.integer({ min: 0, max: 40 }),
			y: fc.integer({ min: 0, max: 6 }),
			width: fc.integer({ min: 1, max: 260 }),
			height: fc.integer({ min: 1, max: 80 }),
		});
		fc.assert(
			fc.property(sizes, fc.constantFrom("all", "chart", "log"), fc.constantFrom<BannerNeed>("none", "notice", "alarm"), (content, shown, banner) => {
				const areas = sessionLayout(content, shown as "all", banner, { linkRows: content.x % 3, agentRows: content.y % 2, twin: content.x % 2 === 0 });
				for (const [index, { rect }] of areas.entries()) {
					expect(rect.x >= content.x && rect.x + rect.width <= content.x + content.width).toBe(true);
					expect(rect.y >= content.y && rect.y + rect.height <= content.y + content.height).toBe(true);
					const overlaps = areas.slice(index + 1).filter((other) => overlap(rect, other.rect));
					expect(overlaps.map(({ id }) => id)).toEqual([]);
				}
				expect(new Set(areas.map(({ id }) => id)).size).toBe(areas.length);
			}),
			{ numRuns: 500 },
		);
	});

	it("shows every essential in the smallest terminal, with and without a banner", () => {
		for (const banner of ["none", "notice", "alarm"] as const) {
			const shown = sessionLayout({ x: 0, y: 3, width: 80, height: 19 }, "all", banner).map(({ id }) => id);
			expect(shown).toEqual(expect.arrayContaining(["quote", "gauge", "account", "limits", "positions", "alerts", "log"]));
			expect(shown.includes("banner")).toBe(banner !== "none");
		}
	});
});
