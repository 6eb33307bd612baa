import { describe, expect, it } from "vitest";
import { NO_ALERTS } from "../../../src/ui/alerts.ts";
import { sessionScreen } from "../../../src/ui/screens/session.ts";
import type { CockpitState } from "../../../src/ui/state.ts";
import { renderScreen } from "../../helpers/screen.ts";
import { busyView, sessionState, TRIPPED } from "../../helpers/session-state.ts";

function frame(state: CockpitState, columns: number, rows: number): string {
	return `\n${renderScreen(state, columns, rows, sessionScreen).join("\n")}\n`;
}

describe("the session screen", () => {
	it("shows every essential at 80x24", () => {
		expect(frame(sessionState(busyView()), 80, 24)).toMatchInlineSnapshot(`
			"
			EURUSD M1  1.03905 / 1.03913  8 pt  ✓ 0.0 s old       60x  10:15:30  12:30/60:00
			── Health (CHS) ──── 12 of 30 trades ──  ── Account ───────────────────── USD ──
			0.712 good  0.75 or more                 ● ACTIVE  New positions allowed
			█████████████████████│███│█░░░░░░░░│░░░  equity   10,012.50  floating     +12.50
			▼agent     0.64     risk      0.81       balance  10,000.00  margin lvl  9,720 %
			 market    0.70     execution 0.92       drawdown    0.10 %  closed       +12.00
			▼ agent: gains over losses (Omega)       ⚠ session loss 4.50/5.00 % ████░ KILLED
			│0.55 trip  │0.65 re-arm  │0.90 goal       trades              4/10 ██░░░ ends
			── Positions & orders ──────────────────────────────────────────────── 1 open ──
			▲ BUY 4                0.10  1.03893  1.03790  1.04100    +12    +12.50    02:00

			── Alerts ──────────────────────────────────────────────────── a acknowledges ──
			⚠ 10:11:30 ×2 BUY refused: the spread is 3.4 times its median, at most 3 (C10)

			── Trade log ────────────────────────────────────────────────────── following ──
			  10:09:30   SELL filled       1.03910  0.10 energy burst at low damping
			  10:10:30   stop loss         1.03930  0.10     -2.00 stop loss
			  10:11:30 ⚠ BUY refused                0.10 C10 the spread is 3.4 times its me…
			❯ 10:13:30   BUY filled        1.03893  0.10 energy burst at low damping
			"
		`);
	});

	it("shows an open breaker at 80x24", () => {
		expect(frame(sessionState(busyView(TRIPPED)), 80, 24)).toMatchInlineSnapshot(`
			"
			 ■ CIRCUIT BREAKER  CHS 0.549, lowest 0.541; trips below 0.550
			 Because too many orders break a rule before they are sent (validator).
			 No new risk. 1 open, SL and TP stay; F flattens.
			 Re-arms itself: CHS above 0.650, now 0.549; 4 more minutes of 5
			EURUSD M1  1.03905 / 1.03913  8 pt  ✓ 0.0 s old       60x  10:15:30  12:30/60:00
			── Health (CHS) ──── 12 of 30 trades ──  ── Account ───────────────────── USD ──
			0.549 failing  below the trip level: n…  ▼ REDUCING  ▼ C25 CHS 0.549 is below 0…
			█████████████████████│░░░│░░░░░░░░░│░░░  equity   10,012.50  floating     +12.50
			▼agent     0.64     risk      0.81       balance  10,000.00  margin lvl  9,720 %
			 market    0.70     execution 0.92       drawdown    0.10 %  closed       +12.00
			⚠ capped at 0.549 by orders refused by…  ⚠ session loss 4.50/5.00 % ████░ KILLED
			── Positions & orders ──────────────────────────────────────────────── 1 open ──
			▲ BUY 4                0.10  1.03893  1.03790  1.04100    +12    +12.50    02:00
			── Alerts ──────────────────────────────────────────────────── a acknowledges ──
			⚠ 10:11:30 ×2 BUY refused: the spread is 3.4 times its median, at most 3 (C10)
			── Trade log ────────────────────────────────────────────────────── following ──
			  10:10:30   stop loss         1.03930  0.10     -2.00 stop loss
			  10:11:30 ⚠ BUY refused                0.10 C10 the spread is 3.4 times its me…
			❯ 10:13:30   BUY filled        1.03893  0.10 energy burst at low damping
			"
		`);
	});

	it("shows chart and boxes at 120x40", () => {
		expect(frame(sessionState(busyView()), 120, 40)).toMatchInlineSnapshot(`
			"
			EURUSD M1  1.03905 / 1.03913  8 pt  ✓ 0.0 s old  berserker, synthetic, scenario normal        60x  10:15:30  12:30/60:00
			╭─ Health (CHS) ─────────────── 12 of 30 trades ─╮╭─ Price EURUSD ─────────────────────────────── ▲ buy ▼ sell ● exit ─╮
			│ 0.712 good  0.75 or more                       ││ 1.03930 │      ╭────╮                     ●       ╭─────╮          │
			│ █████████████████████████│███│██░░░░░░░░░│░░░░ ││         │   ╭──╯    ╰─╮                         ╭─╯     ╰─╮        │
			│ │0.55 trip  │0.65 re-arm  │0.90 promotion      ││         │  ╭╯         ╰─╮            ▼        ╭─╯         ╰╮       │
			│ ▼ agent     0.64 ███░░ gains over losses… 0.55 ││         │╭─╯            ╰╮                   ╭╯            ╰─╮     │
			│   risk      0.81 ████░ drawdown from the… 0.79 ││         │╯               ╰╮                 ╭╯          ▲    ╰╮    │
			│   market    0.70 ███░░ energy captured    0.61 ││ 1.03886 │                 ╰╮               ╭╯                 ╰╮   │
			│   execution 0.92 ████░ age of the last t… 0.88 ││         │                  ╰●╮           ╭─╯                   ╰─╮ │
			│ ▼ agent: gains over losses (Omega)             ││         │                    ╰╮         ╭╯                       ╰ │
			╰────────────────────────────────────────────────╯│         │                     ╰─╮     ╭─╯                          │
			╭─ Account ──────────────────────────────── USD ─╮│ 1.03850 │         ▲             ╰─────╯                            │
			│ ● ACTIVE  New positions allowed                ││          10:03:30                10:09:30                 10:15:30 │
			│ equity       10,012.50  floating        +12.50 │╰────────────────────────────────────────────────────────────────────╯
			│ balance      10,000.00  closed net      +12.00 │╭─ Positions & orders ────────────────────────────────────── 1 open ─╮
			│ margin          103.00  level          9,720 % ││   what            lots    entry       SL       TP points     money │
			│ drawdown        0.10 %  largest         0.40 % ││ ▲ BUY 4           0.10  1.03893  1.03790  1.04100    +12    +12.50 │
			│ trades        3 closed  won/lost           2/1 ││                                                                    │
			│ refused              0  shadow               0 ││                                                                    │
			╰────────────────────────────────────────────────╯╰────────────────────────────────────────────────────────────────────╯
			╭─ Alerts ────────────────────── a acknowledges ─╮╭─ Trade log ──────────────────────────────────────────── following ─╮
			│ ⚠ 10:11:30 ×2 BUY refused: the spread is 3.4   ││   time       event               price  lots    result reason      │
			│               times its median, at most 3      ││   10:03:30   trading begins   120 bars of warm-up are in           │
			│               (C10)                            ││   10:05:30   BUY filled        1.03850  0.10 energy burst at low … │
			│                                                ││   10:07:30 ✓ take profit       1.03880  0.10     +3.00 take profit │
			│                                                ││   10:09:30   SELL filled       1.03910  0.10 energy burst at low … │
			╰────────────────────────────────────────────────╯│   10:10:30   stop loss         1.03930  0.10     -2.00 stop loss   │
			╭─ Limits ─────────────────────── nearest first ─╮│   10:11:30 ⚠ BUY refused                0.10 C10 the spread is 3.… │
			│ ⚠ session loss 4.50/5.00 % ███████░ KILLED C21 ││ ❯ 10:13:30   BUY filled        1.03893  0.10 energy burst at low … │
			│   trades              4/10 ███░░░░░ ends   C20 ││                                                                    │
			│   time         12:30/60:00 █░░░░░░░ ends   C20 ││                                                                    │
			│   silence      0.5 s/2 min ░░░░░░░░ HALTED C30 ││                                                                    │
			│                                                ││                                                                    │
			│                                                ││ ❯ energy burst at low damping  Enter opens trade 4                 │
			╰────────────────────────────────────────────────╯╰────────────────────────────────────────────────────────────────────╯
			"
		`);
	});

	it("shows an open breaker at 120x40", () => {
		expect(frame(sessionState(busyView(TRIPPED)), 120, 40)).toMatchInlineSnapshot(`
			"

			                                                   ■ CIRCUIT BREAKER
			                                       CHS 0.549, lowest 0.541; trips below 0.550
			                         Because too many orders break a rule before they are sent (validator).
			                                    No new risk. 1 open, SL and TP stay; F flattens.
			                            Re-arms itself: CHS above 0.650, now 0.549; 4 more minutes of 5
			EURUSD M1  1.03905 / 1.03913  8 pt  ✓ 0.0 s old  berserker, synthetic, scenario normal        60x  10:15:30  12:30/60:00
			╭─ Health (CHS) ─────────────── 12 of 30 trades ─╮╭─ Price EURUSD ─────────────────────────────── ▲ buy ▼ sell ● exit ─╮
			│ 0.549 failing  below the trip level: no new r… ││ 1.03930 │     ╭─────╮                     ●       ╭─────╮          │
			│ █████████████████████████│░░░│░░░░░░░░░░░│░░░░ ││         │   ╭─╯     ╰──╮                       ╭──╯     ╰─╮        │
			│ │0.55 trip  │0.65 re-arm  │0.90 promotion      ││         │ ╭─╯          ╰─╮           ▼        ╭╯          ╰─╮      │
			│ ▼ agent     0.64 ███░░ gains over losses… 0.55 ││ 1.03896 │─╯              ╰╮                 ╭─╯         ▲   ╰─╮    │
			│   risk      0.81 ████░ drawdown from the… 0.79 ││         │                 ╰─●             ╭─╯                 ╰─╮  │
			│   market    0.70 ███░░ energy captured    0.61 ││         │                   ╰╮           ╭╯                     ╰─ │
			│   execution 0.92 ████░ age of the last t… 0.88 ││         │                    ╰──╮     ╭──╯                         │
			│ ⚠ capped at 0.549 by orders refused by valida… ││ 1.03850 │         ▲             ╰─────╯                            │
			╰────────────────────────────────────────────────╯│          10:03:30                10:09:30                 10:15:30 │
			╭─ Account ──────────────────────────────── USD ─╮╰────────────────────────────────────────────────────────────────────╯
			│ ▼ REDUCING  Only orders that shrink a position │╭─ Positions & orders ────────────────────────────────────── 1 open ─╮
			│ ▼ C25 CHS 0.549 is below 0.55: too many order… ││   what            lots    entry       SL       TP points     money │
			│ equity       10,012.50  floating        +12.50 ││ ▲ BUY 4           0.10  1.03893  1.03790  1.04100    +12    +12.50 │
			│ balance      10,000.00  closed net      +12.00 ││                                                                    │
			│ margin          103.00  level          9,720 % ││                                                                    │
			│ drawdown        0.10 %  largest         0.40 % │╰────────────────────────────────────────────────────────────────────╯
			│ trades        3 closed  won/lost           2/1 │╭─ Trade log ──────────────────────────────────────────── following ─╮
			╰────────────────────────────────────────────────╯│   time       event               price  lots    result reason      │
			╭─ Alerts ────────────────────── a acknowledges ─╮│   10:03:30   trading begins   120 bars of warm-up are in           │
			│ ⚠ 10:11:30 ×2 BUY refused: the spread is 3.4   ││   10:05:30   BUY filled        1.03850  0.10 energy burst at low … │
			│               times its median, at most 3      ││   10:07:30 ✓ take profit       1.03880  0.10     +3.00 take profit │
			│               (C10)                            ││   10:09:30   SELL filled       1.03910  0.10 energy burst at low … │
			╰────────────────────────────────────────────────╯│   10:10:30   stop loss         1.03930  0.10     -2.00 stop loss   │
			╭─ Limits ─────────────────────── nearest first ─╮│   10:11:30 ⚠ BUY refused                0.10 C10 the spread is 3.… │
			│ ⚠ session loss 4.50/5.00 % ███████░ KILLED C21 ││ ❯ 10:13:30   BUY filled        1.03893  0.10 energy burst at low … │
			│   trades              4/10 ███░░░░░ ends   C20 ││ ❯ energy burst at low damping  Enter opens trade 4                 │
			╰────────────────────────────────────────────────╯╰────────────────────────────────────────────────────────────────────╯
			"
		`);
	});

	it("shows three charts at 200x60", () => {
		expect(frame(sessionState(busyView()), 200, 60)).toMatchInlineSnapshot(`
			"
			EURUSD M1  1.03905 / 1.03913  8 pt  ✓ 0.0 s old  berserker, synthetic, scenario normal                                                60x  10:15:30  12:30/60:00
			╭─ Health (CHS) ─────────────────────────── 12 of 30 trades ─╮╭─ Price EURUSD ─────────────────────────────────────────────────────────── ▲ buy ▼ sell ● exit ─╮
			│ 0.712 good  0.75 or more                                   ││ 1.03930 │         ╭──────╮                                ●             ╭──────╮               │
			│ ███████████████████████████████│█████│███░░░░░░░░░░░│░░░░░ ││         │      ╭──╯      ╰──╮                                        ╭──╯      ╰──╮            │
			│ │0.55 trip  │0.65 re-arm  │0.90 promotion                  ││         │    ╭─╯            ╰─╮                                    ╭─╯            ╰─╮          │
			│                                                            ││ 1.03908 │   ╭╯                ╰─╮                  ▼             ╭─╯                ╰╮         │
			│ ▼ agent     0.64 █████░░░ gains over losses (Omega)   0.55 ││         │ ╭─╯                   ╰─╮                            ╭─╯                   ╰─╮       │
			│   risk      0.81 ██████░░ drawdown from the peak      0.79 ││         │─╯                       ╰╮                          ╭╯               ▲       ╰─╮     │
			│   market    0.70 █████░░░ energy captured             0.61 ││         │                          ╰╮                       ╭─╯                          ╰╮    │
			│   execution 0.92 ███████░ age of the last tick over … 0.88 ││ 1.03879 │                           ╰●╮                   ╭─╯                             ╰─╮  │
			│ ▼ agent: gains over losses (Omega)                         ││         │                             ╰─╮                ╭╯                                 ╰╮ │
			╰────────────────────────────────────────────────────────────╯│         │                               ╰─╮            ╭─╯                                   ╰ │
			╭─ Account ──────────────────────────────────────────── USD ─╮│         │                                 ╰──╮      ╭──╯                                       │
			│ ● ACTIVE  New positions allowed                            ││ 1.03850 │              ▲                     ╰──────╯                                          │
			│ equity             10,012.50  floating              +12.50 ││          10:03:30                              10:09:30                               10:15:30 │
			│ balance            10,000.00  closed net            +12.00 │╰────────────────────────────────────────────────────────────────────────────────────────────────╯
			│ margin                103.00  level                9,720 % │╭─ Equity USD ──────────────── · start balance ─╮╭─ CHS ────────────────────────── · trip level ─╮
			│ drawdown              0.10 %  largest               0.40 % ││ 10,012.00 │                               ╭── ││  0.739 │────────────────────╮                 │
			│ trades              3 closed  won/lost                 2/1 ││           │                          ╭────╯   ││        │                    ╰──────────────── │
			│ refused                    0  shadow                     0 ││           │                     ╭────╯        ││        │                                      │
			│                                                            ││ 10,006.86 │                ╭────╯             ││  0.658 │                                      │
			╰────────────────────────────────────────────────────────────╯│           │           ╭────╯                  ││        │                                      │
			╭─ Alerts ────────────────────────────────── a acknowledges ─╮│           │      ╭────╯                       ││        │                                      │
			│ ⚠ 10:11:30 ×2 BUY refused: the spread is 3.4 times its     ││           │  ╭───╯                            ││        │                                      │
			│               median, at most 3 (C10)                      ││ 10,000.00 │──╯······························· ││  0.550 │····································· │
			│                                                            ││            10:03:30     10:09:30     10:15:30 ││         10:03:30      10:09:30       10:15:30 │
			│                                                            │╰───────────────────────────────────────────────╯╰───────────────────────────────────────────────╯
			│                                                            │╭─ Positions & orders ────────────────────────────────────────────────────────────────── 1 open ─╮
			│                                                            ││   what                      lots    entry       SL       TP      now points     money      age │
			╰────────────────────────────────────────────────────────────╯│ ▲ BUY 4                     0.10  1.03893  1.03790  1.04100  1.03905    +12    +12.50    02:00 │
			╭─ Limits ─────────────────────────────────── nearest first ─╮│                                                                                                │
			│ ⚠ session loss 4.50/5.00 % ██████████████░░ KILLED C21     ││                                                                                                │
			│   trades              4/10 ██████░░░░░░░░░░ ends   C20     │╰────────────────────────────────────────────────────────────────────────────────────────────────╯
			│   time         12:30/60:00 ███░░░░░░░░░░░░░ ends   C20     │╭─ Trade log ──────────────────────────────────────────────────────────────────────── following ─╮
			│   silence      0.5 s/2 min ░░░░░░░░░░░░░░░░ HALTED C30     ││   time       event               price  lots    result reason                                  │
			│                                                            ││   10:03:30   trading begins   120 bars of warm-up are in                                       │
			│                                                            ││   10:05:30   BUY filled        1.03850  0.10           energy burst at low damping             │
			│                                                            ││   10:07:30 ✓ take profit       1.03880  0.10     +3.00 take profit                             │
			│                                                            ││   10:09:30   SELL filled       1.03910  0.10           energy burst at low damping             │
			│                                                            ││   10:10:30   stop loss         1.03930  0.10     -2.00 stop loss                               │
			│                                                            ││   10:11:30 ⚠ BUY refused                0.10 C10 the spread is 3.4 times its median, at most 3 │
			│                                                            ││ ❯ 10:13:30   BUY filled        1.03893  0.10           energy burst at low damping             │
			│                                                            ││                                                                                                │
			│                                                            ││                                                                                                │
			│                                                            ││                                                                                                │
			│                                                            ││                                                                                                │
			│                                                            ││                                                                                                │
			│                                                            ││                                                                                                │
			│                                                            ││                                                                                                │
			│                                                            ││                                                                                                │
			│                                                            ││                                                                                                │
			│                                                            ││                                                                                                │
			│                                                            ││                                                                                                │
			│                                                            ││ ❯ energy burst at low damping  Enter opens trade 4                                             │
			╰────────────────────────────────────────────────────────────╯╰────────────────────────────────────────────────────────────────────────────────────────────────╯
			"
		`);
	});

	it("gives the score's chart all the room at 80x24", () => {
		expect(frame(sessionState(busyView(), { panes: "chart", chart: "chs" }), 80, 24)).toMatchInlineSnapshot(`
			"
			EURUSD M1  1.03905 / 1.03913  8 pt  ✓ 0.0 s old       60x  10:15:30  12:30/60:00
			CHS 0.712 good  │  ● ACTIVE  │  equity 10,012.50 USD  +12.50  │  1 open
			── CHS ───────────────────────────────────────────────────────── · trip level ──
			 0.740 │────────────────────────────────────────╮
			       │                                        ╰───────────────────────────────
			       │
			 0.658 │
			       │
			       │
			       │
			 0.550 │········································································
			        10:03:30                        10:09:30                        10:15:30
			── Positions & orders ──────────────────────────────────────────────── 1 open ──
			  what                 lots    entry       SL       TP points     money      age
			▲ BUY 4                0.10  1.03893  1.03790  1.04100    +12    +12.50    02:00

			── Alerts ──────────────────────────────────────────────────── a acknowledges ──
			⚠ 10:11:30 ×2 BUY refused: the spread is 3.4 times its median, at most 3 (C10)

			"
		`);
	});

	it("gives the log all the room at 80x24", () => {
		expect(frame(sessionState(busyView(), { panes: "log" }), 80, 24)).toMatchInlineSnapshot(`
			"
			EURUSD M1  1.03905 / 1.03913  8 pt  ✓ 0.0 s old       60x  10:15:30  12:30/60:00
			CHS 0.712 good  │  ● ACTIVE  │  equity 10,012.50 USD  +12.50  │  1 open
			── Trade log ────────────────────────────────────────────────────── following ──
			  time       event               price  lots    result reason
			  10:03:30   trading begins   120 bars of warm-up are in
			  10:05:30   BUY filled        1.03850  0.10 energy burst at low damping
			  10:07:30 ✓ take profit       1.03880  0.10     +3.00 take profit
			  10:09:30   SELL filled       1.03910  0.10 energy burst at low damping
			  10:10:30   stop loss         1.03930  0.10     -2.00 stop loss
			  10:11:30 ⚠ BUY refused                0.10 C10 the spread is 3.4 times its me…
			❯ 10:13:30   BUY filled        1.03893  0.10 energy burst at low damping




			❯ energy burst at low damping  Enter opens trade 4
			── Alerts ──────────────────────────────────────────────────── a acknowledges ──
			⚠ 10:11:30 ×2 BUY refused: the spread is 3.4 times its median, at most 3 (C10)

			"
		`);
	});

	it("warms up at 80x24", () => {
		const warm = busyView(
			{ phase: "warmup", health: null, chs: 0.84, warmupDone: 12, warmupTotal: 120, positions: [], openPositions: 0 },
			{ log: [], samples: [], markers: [], alerts: NO_ALERTS },
		);
		expect(frame(sessionState(warm), 80, 24)).toMatchInlineSnapshot(`
			"
			EURUSD M1  1.03905 / 1.03913  8 pt  ✓ 0.0 s old         60x  warm-up 12/120 bars
			── Health (CHS) ───────────────────────  ── Account ───────────────────── USD ──
			-- not known  warming up, 12 of 120 ba…  · WARM-UP  no entries yet
			░░░░░░░░░░░░░░░░░░░░░│░░░│░░░░░░░░░│░░░  equity   10,012.50  floating     +12.50
			│0.55 trip  │0.65 re-arm  │0.90 goal     balance  10,000.00  margin lvl  9,720 %
			No entry before the score is known.      drawdown    0.10 %  closed       +12.00
			                                         ⚠ session loss 4.50/5.00 % ████░ KILLED
			                                           trades              4/10 ██░░░ ends
			── Positions & orders ──────────────────────────────────────────────── 0 open ──
			Flat: no open position, no order.

			── Alerts ──────────────────────────────────────────────────────────────────────
			No alerts.

			── Trade log ────────────────────────────────────────────────────── following ──
			Nothing has happened yet.



			"
		`);
	});
});
