import { CHECK_MARKS } from "../../print/check-lines.ts";
import { endOfText, type Line, line, span, type Tone } from "../../print/line.ts";
import { titled, wrapped } from "../../print/line-block.ts";
import { formatSeconds } from "../../print/text.ts";
import type { ConnectionView, Loadable } from "../state.ts";

export type ConnectionSlice = {
	readonly connection: Loadable<ConnectionView>;
	/** The address while it is typed, and the place of the cursor in it. */
	readonly typed: string | null;
	readonly cursor: number;
	/** Wall time in whole minutes. */
	readonly wallMinute: number;
};

const WIDEST = 100;
const MINUTE_MS = 60_000;

/** The whole page: address, token, last test, and how to set it up. */
export function connectionLines({ connection, typed, cursor, wallMinute }: ConnectionSlice, width: number): readonly Line[] {
	const room = Math.min(WIDEST, width);
	if (connection.state !== "ready") {
		const text = connection.state === "failed" ? `✗ ${connection.reason}` : "The settings are being read ...";
		return [[], ...wrapped(text, room, connection.state === "failed" ? "bad" : "faint"), [], ...setUpLines(room)];
	}
	const { value } = connection;
	return [
		[],
		...(typed === null ? [fact("Bridge", line(span(value.url, "strong")))] : addressLines(typed, cursor, room)),
		...tokenLines(value, room),
		...lastTestLines(value, wallMinute, room),
		[],
		...setUpLines(room),
	];
}

const NAME_COLUMNS = 12;

function fact(name: string, value: Line): Line {
	return [span(name.padEnd(NAME_COLUMNS), "faint"), ...value];
}

function below(text: string, width: number, tone: Tone): Line[] {
	return wrapped(text, width - NAME_COLUMNS, tone).map((row) => [span(" ".repeat(NAME_COLUMNS)), ...row]);
}

function addressLines(typed: string, cursor: number, width: number): Line[] {
	const characters = Array.from(typed);
	const before = endOfText(characters.slice(0, cursor).join(""), Math.max(10, width - NAME_COLUMNS - 2));
	const after = characters.slice(cursor).join("");
	return [
		[span("Bridge".padEnd(NAME_COLUMNS), "key"), span(before, "strong"), span("█", "accent"), span(after, "strong")],
		...below("Enter keeps it, Esc forgets it. ws:// only for this machine (127.0.0.1); another one needs wss:// or an SSH tunnel.", width, "faint"),
	];
}

const TOKENS = {
	ready: { mark: "✓", tone: "good" },
	missing: { mark: "⚠", tone: "warn" },
	unusable: { mark: "✗", tone: "bad" },
} as const satisfies Record<ConnectionView["token"], { mark: string; tone: Tone }>;

function tokenLines({ token, tokenPath, tokenText }: ConnectionView, width: number): Line[] {
	const { mark, tone } = TOKENS[token];
	const [first = [], ...rest] = wrapped(tokenText, width - NAME_COLUMNS - 2);
	return [
		fact("Token", line(span(`${mark} `, tone), ...first)),
		...rest.map((row): Line => [span(" ".repeat(NAME_COLUMNS + 2)), ...row]),
		...below(tokenPath, width, "faint"),
	];
}

function lastTestLines({ testing, testedWallMs, earlier, checks }: ConnectionView, wallMinute: number, width: number): Line[] {
	if (testing) return [fact("Last test", line(span("running now ...", "accent")))];
	const when = (wallMs: number): string => {
		const ago = Math.max(0, wallMinute - Math.floor(wallMs / MINUTE_MS));
		return ago === 0 ? "just now" : `${formatSeconds(ago * 60)} ago`;
	};
	if (testedWallMs === null && earlier !== null) {
		const { mark, tone } = CHECK_MARKS[earlier.ok ? "ok" : "failed"];
		const words = earlier.ok ? "passed" : "failed; t tests again and says what to do";
		return [fact("Last test", line(span(`${mark} ${words}`, tone), span(`  ${when(earlier.wallMs)}`, "faint")))];
	}
	if (testedWallMs === null) return [fact("Last test", line(span("none of this address yet; t tests it", "faint")))];
	const troubled = checks.filter(({ state }) => state === "failed" || state === "attention");
	const failed = troubled.filter(({ state }) => state === "failed").length;
	const { mark, tone } = CHECK_MARKS[failed > 0 ? "failed" : "ok"];
	const words = failed > 0 ? `${failed} of ${checks.length} checks failed` : `all ${checks.length} checks passed`;
	return [
		fact("Last test", line(span(`${mark} ${words}`, tone), span(`  ${when(testedWallMs)}`, "faint"))),
		...troubled.slice(0, 3).flatMap((row) => below(`${CHECK_MARKS[row.state].mark} ${row.label}: ${row.found}`, width, CHECK_MARKS[row.state].tone)),
	];
}

/** What stands between a fresh machine and a tested connection; commands stand alone on their rows, to be copied. */
function setUpLines(width: number): Line[] {
	const step = (number: number, text: string, command: string | null): Line[] => [
		...wrapped(text, width - 5).map((row, index): Line => [span(index === 0 ? `${number}  ` : "   "), ...row]),
		...(command === null ? [] : [[span("     "), span(command, "accent")]]),
	];
	return [
		...titled(
			"To try it without MetaTrader 5: one command, in another window",
			[
				[span("kinetra bridge --sandbox", "accent")],
				...wrapped(
					"A bridge on a stand-in terminal with an invented market. Everything then says SANDBOX, and its evidence never opens a real terminal.",
					width - 2,
					"faint",
				),
			],
			width,
		),
		[],
		...titled(
			"To set it up beside your MetaTrader 5 terminal",
			[
				...step(1, "Get the bridge program, and put it on the machine of the terminal:", "kinetra bridge --print kinetra_bridge.py"),
				...step(2, "Make the token (M), and copy its file to that machine over a safe way (scp).", null),
				...step(3, "There: log in to the terminal, switch Algo Trading on, and start the bridge:", "python kinetra_bridge.py"),
				...step(4, "Another machine: reach it through a tunnel, which keeps the bridge off the network:", "ssh -L 8765:127.0.0.1:8765 USER@MACHINE"),
				...step(5, "t tests it, and says of each step that fails what to do.", null),
			],
			width,
		),
		[],
		...titled(
			"Credentials",
			wrapped(
				"The login of your broker stays in the MetaTrader 5 terminal: Kinetra asks for no password, has no field for one and never sees it. The token is the key between cockpit and bridge; whoever has it can trade. It is never shown here.",
				width - 2,
			),
			width,
		),
	];
}
