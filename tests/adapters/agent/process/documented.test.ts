import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { barLine, decideLine, helloLine } from "../../../../src/adapters/agent/process/messages.ts";
import { readProgramLine } from "../../../../src/adapters/agent/process/read-line.ts";
import { ROOT } from "../../../helpers/cli.ts";
import { questionAt, SESSION, sightAt } from "../../../helpers/programs.ts";

const GUIDE = readFileSync(join(ROOT, "docs", "WRITING_AGENTS.md"), "utf8");
const LINES = [...GUIDE.matchAll(/^\{"type":"(\w+)".*\}$/gm)].map(([line, type = ""]) => ({ line, type, message: JSON.parse(line) as object }));

/** The fields of a message, those of tables in it included. */
function fieldsOf(value: unknown, path = ""): string[] {
	if (Array.isArray(value)) return typeof value[0] === "object" ? fieldsOf(value[0], `${path}[]`) : [path];
	if (typeof value !== "object" || value === null) return [path];
	return Object.entries(value).flatMap(([name, item]) => fieldsOf(item, `${path}.${name}`));
}

const POSITION = { positionId: 3, side: "BUY", lots: 0.2, openPrice: 1, openedAt: 1, sl: 1, tp: 0, ageBars: 1, floatingR: 0.1, mfeR: 0.2 } as const;
const HELD = questionAt(1, { positions: [POSITION], entry: { mayEnter: false, control: "C14", reason: "cool-down" } });

it.each([
	["hello", helloLine(SESSION, 250, 1)],
	["bar", barLine(sightAt(1), 5)],
	["decide", decideLine(HELD, 5)],
])("the guide's %s line has the fields that are sent", (type, sent) => {
	const [shown] = LINES.filter((line) => line.type === type);
	expect(fieldsOf(shown?.message)).toEqual(fieldsOf(JSON.parse(sent)));
});

it("every line that the guide lets a program write is read as it is meant", () => {
	const own = LINES.filter(({ type }) => ["ready", "decision", "log"].includes(type));
	expect(own.map(({ line }) => readProgramLine(line).type)).toEqual(["ready", "action", "intents", "intents", "intents", "log"]);
});
