/** How far a control is in force in this version. */
export type Coverage = "in force" | "in part" | "later";

/** One control of the catalogue, what it demands in a few words, and how far this version goes. */
export type ControlRow = readonly [id: string, title: string, coverage: Coverage, how: string];

/**
 * The catalogue C01 to C44. "Later" controls belong to demo and live trading, which this version refuses to start; "in part" says what
 * is there. Change a row in the same commit as the code it speaks of.
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
		"in part",
		"A virtual session is wired to the paper broker and to no other; reading the account type comes with the bridge",
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
	["C05", "Handshake with the bridge", "later", ""],
	["C06", "Two typed steps before live", "later", ""],
	[
		"C07",
		"No bypass",
		"in part",
		"Outside virtual no rule can be switched off and `--unlimited` does not exist; the ledger takes no live session that skips its probation",
	],
	["C08", "Shape and size of each order", "in force", "Validator, sizing and repairs; refusals halt"],
	["C09", "Value of an order and of everything open", "in force", "Against equity; the comparison with qualifying sessions comes with certificates"],
	["C10", "Price collar", "in force", "Quote age, distance, deviation, spread, distance of waiting orders; refusals pause"],
	["C11", "Margin after the trade", "in force", "By our own formulas; the broker's OrderCheck comes with the bridge"],
	[
		"C12",
		"A stop in every request, risk limited, never loosened",
		"in part",
		"Checked before sending; watching for a position that lost its stop at the broker comes with the bridge",
	],
	["C13", "Duplicates and orders in flight", "in force", "Intent numbers rise and are used once"],
	["C14", "Tag on each order", "in part", "Intent number in every record, agent in magic and comment; matching by broker tickets comes with the bridge"],
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
	["C31", "Foreign activity", "in part", "Deals without an intent of ours halt; account and terms changes come with the bridge"],
	["C32", "Agent guard", "in part", "Unusable answers and exceptions; a limit on thinking time comes with external agents"],
	["C33", "Kill switch", "in part", "Signals and the end of the terminal stop a session in order; a kill key and a separate command come with the screen"],
	["C34", "A stop that does not depend on what it stops", "later", ""],
	["C35", "Dead-man lease at the bridge", "later", ""],
	["C36", "Latches and typed reset", "in part", "Within a session; an unattended session ends instead of waiting for a reset"],
	[
		"C37",
		"No automatic resend; unknown is a state",
		"in force",
		"Unknown blocks entries until it is found out, halts after 30 s; a session that leaves one ends NOT CONFIRMED with exit code 5",
	],
	["C38", "Reconciliation", "later", ""],
	["C39", "Every deal maps to one intent", "in force", "Each deal once, never more than was asked for; counted in the summary"],
	["C40", "Late and orphan fills", "in force", "A fill of what was taken for not executed is attached to its order, and halts"],
	["C41", "Alerts", "later", "Comes with the screen"],
	[
		"C42",
		"Durability first",
		"in part",
		"The journal is written before an order leaves and a write error ends the session; the check of free space comes with demo",
	],
	["C43", "Audit ledger", "in force", "Hash-chained journals with `sessions verify`; a chained, anchored ledger of all sessions (docs/GATES.md)"],
	["C44", "Denial codes; one engine", "in part", "The codes below; a lock on each session's folder"],
];
