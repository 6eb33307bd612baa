/** How far a control is in force in this version. */
export type Coverage = "in force" | "in part";

/** One control of the catalogue, what it demands in a few words, and how far this version goes. */
export type ControlRow = readonly [id: string, title: string, coverage: Coverage, how: string];

/**
 * The catalogue C01 to C44; "in part" says what is there and what is not. Change a row in the same commit as the code it speaks of.
 */
export const CONTROLS: readonly ControlRow[] = [
	[
		"C01",
		"Order of stages",
		"in force",
		"Demo without a clean virtual session and live without a demo certificate are refused, whoever asks: the ledger takes no such session",
	],
	[
		"C02",
		"The broker says what the account is",
		"in force",
		"Demo takes only what the broker calls a demo account, live only a real one; read before the start, by the session's own connection, and at every change",
	],
	[
		"C03",
		"Certificates bound to agent, configuration and account",
		"in force",
		"Checked field by field at each use; tightening a limit keeps a certificate, loosening voids it (docs/GATES.md)",
	],
	[
		"C04",
		"Evidence recomputed from raw events",
		"in force",
		"From the journals of all sessions of a binding; aborted and steered ones count with their losses alone",
	],
	[
		"C05",
		"Handshake with the bridge",
		"in force",
		"Version, token by proof both ways, terminal, broker, the four switches, account, symbol: nothing starts before all of it is so (`kinetra test-connection`)",
	],
	[
		"C06",
		"Two typed steps before live",
		"in force",
		"The account, then the largest loss, typed on a terminal, ten seconds apart; three wrong words lock for a minute; the bridge's own live lock besides",
	],
	[
		"C07",
		"No bypass",
		"in force",
		"Outside virtual no rule can be switched off and `--unlimited` does not exist; nothing replaces the typed words; three probation sessions; the ledger takes no live session that skips one",
	],
	["C08", "Shape and size of each order", "in force", "Validator, sizing and repairs; refusals halt"],
	[
		"C09",
		"Value of an order and of everything open",
		"in part",
		"Against equity; the comparison with the largest order of the qualifying sessions is not made",
	],
	["C10", "Price collar", "in force", "Quote age, distance, deviation, spread, distance of waiting orders; refusals pause"],
	[
		"C11",
		"Margin after the trade",
		"in force",
		"By our own formulas before the order leaves, and by the terminal's own order check in the bridge before it is sent",
	],
	[
		"C12",
		"A stop in every request, risk limited, never loosened",
		"in force",
		"Checked before sending; a position whose stop is gone at the broker for 2 s is closed and halts",
	],
	["C13", "Duplicates and orders in flight", "in force", "Intent numbers rise and are used once"],
	[
		"C14",
		"Tag on each order",
		"in force",
		"The agent in the magic number, the order in the bridge's journal and as a token in the comment; matched by the broker's tickets, never by comments alone",
	],
	["C15", "Symbols, types, hours", "in force", "One symbol a session, its order types, filling, trade mode, session hours, midnight, end of week"],
	["C16", "Message rate", "in force", ""],
	["C17", "Repeated execution and churn", "in force", ""],
	["C18", "Worst-case exposure", "in force", "Positions, waiting orders, in flight and unknown, each side"],
	["C19", "Open positions and waiting orders", "in force", ""],
	["C20", "Entries and length of a session", "in force", ""],
	["C21", "Session loss", "in force", ""],
	["C22", "Daily loss", "in force", "The day's first equity goes on from earlier sessions on the account, also after a crash"],
	["C23", "Drawdown", "in force", "Off in virtual unless set; on a real account the highest equity goes on from earlier sessions"],
	["C24", "Loss speed and profit sanity", "in force", "Loss speed above one planned loss; profit against the best session on the account"],
	["C25", "Health breaker", "in force", "docs/CHS.md"],
	["C26", "Losing streak", "in force", ""],
	["C27", "Stop guard", "in force", ""],
	["C28", "Cooldown", "in force", ""],
	["C29", "Broker answers and slippage", "in force", "Slippage of requests; stops fired by the server are judged by the health score instead"],
	["C30", "Data health", "in force", "Silence where the feed has a clock; impossible quotes and jumps everywhere"],
	[
		"C31",
		"Foreign activity",
		"in force",
		"Orders, positions and deals that are not ours halt and are never touched; another account, leverage, margin mode or currency ends the session",
	],
	["C32", "Agent guard", "in part", "Unusable answers and exceptions; a limit on thinking time comes with external agents"],
	[
		"C33",
		"Kill switch",
		"in force",
		"`K` on every screen, `kinetra kill`, a kill file, signals; KILLED at once, NOT CONFIRMED until the bridge has confirmed it",
	],
	[
		"C34",
		"A stop that does not depend on what it stops",
		"in force",
		"`kinetra kill` goes straight to the bridge, a file KILL beside the bridge does the same without any cockpit; the Algo Trading button is named as the last resort",
	],
	[
		"C35",
		"Dead-man lease at the bridge",
		"in force",
		"5 s, renewed every second; without it the bridge takes no entry and cancels this agent's waiting orders; stops stay at the broker",
	],
	[
		"C36",
		"Latches and typed reset",
		"in force",
		"A typed reason, and PAUSED afterwards; an unattended session ends instead of waiting; a kill file stays until `kinetra kill --release`",
	],
	[
		"C37",
		"No automatic resend; unknown is a state",
		"in force",
		"Unknown blocks entries until it is found out, halts after 30 s; a session that leaves one ends NOT CONFIRMED with exit code 5",
	],
	["C38", "Reconciliation", "in force", "Before the first order and after every gap; RECONCILING until broker and journal agree; nothing is repaired silently"],
	["C39", "Every deal maps to one intent", "in force", "Each deal once, never more than was asked for; counted in the summary"],
	["C40", "Late and orphan fills", "in force", "A fill of what was taken for not executed is attached to its order, and halts"],
	["C41", "Alerts", "in force", "At most five, the first cause on top until it is acknowledged; a bell on request"],
	[
		"C42",
		"Durability first",
		"in part",
		"No order without its line on disk, no real one before the disk has confirmed it; 200 MB free to start demo or live. Free space is not looked at again while a session runs",
	],
	["C43", "Audit ledger", "in force", "Hash-chained journals with `sessions verify`; a chained, anchored ledger of all sessions (docs/GATES.md)"],
	["C44", "Denial codes; one engine", "in force", "The codes below; a lock on each session's folder and on each account; the bridge lets one session trade"],
];
