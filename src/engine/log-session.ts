import { numberOf, textOf } from "./journal-fields.ts";
import type { LogEntry, Weight } from "./log.ts";
import { entry, type LogLine } from "./log-line.ts";
import { formatBrokerTime } from "./time.ts";

/** How much the reason of an end matters; planned ends and what an operator asked for are no alerts. */
const END_WEIGHTS: Readonly<Record<string, Weight>> = {
	breaker: "warn",
	"loss-limit": "warn",
	kill: "warn",
	halt: "warn",
	"data-failure": "alarm",
	"journal-failure": "alarm",
	bug: "alarm",
};

/** The session's own course, and what its operator asked for. */
export function sessionEntry(line: LogLine, kind: string): LogEntry | null {
	const { data } = line;
	switch (kind) {
		case "trading": {
			const endsAt = numberOf(data, "endsAt");
			const until = endsAt === null ? "until the data ends" : `until ${formatBrokerTime(endsAt)}`;
			return entry(line, "session", "trading begins", `${numberOf(data, "bars") ?? "?"} bars of warm-up are in; ${until}`);
		}
		case "ending": {
			const open = numberOf(data, "open") ?? 0;
			const fate = open === 0 ? "" : textOf(data, "positions") === "flatten" ? `; ${open} open: being closed` : `; ${open} open: kept with their stops`;
			return entry(line, "session", "session ending", `${textOf(data, "detail")}${fate}`, { weight: END_WEIGHTS[textOf(data, "reason")] ?? "info" });
		}
		case "ended":
			return entry(line, "session", "session ended", textOf(data, "detail"));
		case "bug":
			return entry(line, "session", "bug", textOf(data, "detail"), { weight: "alarm" });
		case "command":
			return entry(line, "command", `asked: ${textOf(data, "command")}`, textOf(data, "reason"));
		case "command-refused":
			return entry(line, "command", `${textOf(data, "command")} refused`, textOf(data, "why"), { weight: "warn", control: "C36" });
		default:
			return null;
	}
}
