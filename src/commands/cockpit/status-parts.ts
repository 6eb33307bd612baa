import { cleanText } from "../../adapters/clean-text.ts";
import { formatSigned } from "../../print/text.ts";
import type { PartState, StatusPart } from "../../ui/state.ts";
import { bridgePart, credentialsPart } from "./bridge-facts.ts";
import type { DataFacts, HomeFacts, StatusFacts } from "./status-facts.ts";

/** What decides how the terminal can be drawn on. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Less disk than this is said; a long session's journal takes tens of megabytes. */
const FREE_BYTES_LOW = 200_000_000;

/** The parts of the system, each with its state, its text for the bar and what to do about it. */
export function statusParts(facts: StatusFacts, env: Environment): readonly StatusPart[] {
	return [
		dataPart(facts.data),
		bridgePart(facts.bridge),
		credentialsPart(facts.credentials),
		homePart(facts.home),
		terminalPart(env),
		lastSessionPart(facts.lastSession),
	];
}

/** The state of the data in words; shared by the bar, the status screen and `kinetra status`. */
export function dataText(data: DataFacts): string {
	switch (data.state) {
		case "ready":
			return `Data ready (${data.train} train, ${data.test} test files)`;
		case "partly ready":
			return `Data partly ready (${data.train} train, ${data.test} test files)`;
		case "not split":
			return `${data.loose} MT5 export${data.loose === 1 ? "" : "s"}, not split`;
		case "not prepared":
			return "Data not prepared";
		case "unreadable":
			return "Data cannot be read";
	}
}

/** True when the locale of the environment is UTF-8; Windows terminals are. */
export function speaksUtf8(env: Environment, platform: NodeJS.Platform = process.platform): boolean {
	const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== "") ?? "";
	return platform === "win32" || /utf-?8/i.test(locale);
}

const DATA_STATES: Readonly<Record<DataFacts["state"], PartState>> = {
	ready: "ok",
	"partly ready": "attention",
	"not split": "ok",
	"not prepared": "absent",
	unreadable: "attention",
};

function dataPart(data: DataFacts): StatusPart {
	const folder = cleanText(data.folder, 300);
	const advice: Readonly<Record<DataFacts["state"], string>> = {
		ready: "",
		"partly ready": `An agent must be tested on days it has not seen: kinetra data prepare FOLDER fills both ${folder}/train and ${folder}/test.`,
		"not split": `They can be used as they are. To test an agent on days it has not seen, part them into train and test: kinetra data prepare ${folder}`,
		"not prepared": `The synthetic market needs none. For recorded quotes put MT5 exports into ${folder}, or choose a file anywhere in the form of Virtual Trading.`,
		unreadable: `${data.problem ?? ""}. Repair the folder's permissions, or choose a file anywhere in the form of Virtual Trading.`,
	};
	return part("data", DATA_STATES[data.state], dataText(data), advice[data.state]);
}

function homePart(home: HomeFacts): StatusPart {
	const root = cleanText(home.root, 300);
	if (home.problem !== null) return part("home", "attention", root, `${home.problem}${home.problem.endsWith("chmod 700") ? ` ${root}` : "."}`);
	const free = home.freeBytes === null ? "" : `, ${(home.freeBytes / 1e9).toFixed(1)} GB free`;
	const mode = home.mode === null ? "" : `, private (mode ${home.mode})`;
	const text = `${root}${home.exists ? `, writable${mode}` : ", made with the first session"}${free}`;
	const isLow = home.freeBytes !== null && home.freeBytes < FREE_BYTES_LOW;
	return part("home", isLow ? "attention" : "ok", text, isLow ? "The disk is nearly full. Free some space, or choose another folder with KINETRA_HOME." : "");
}

function terminalPart(env: Environment): StatusPart {
	const utf8 = speaksUtf8(env);
	const plain = env.NO_COLOR !== undefined && env.NO_COLOR !== "" ? "no colours (NO_COLOR)" : "colours";
	const text = `${cleanText(env.TERM ?? "unknown type", 40)}, ${plain}, ${utf8 ? "UTF-8" : "no UTF-8"}`;
	const advice = utf8 ? "" : "Marks and lines are drawn in plain ASCII. For the full picture use a UTF-8 locale, such as LANG=C.UTF-8.";
	return part("terminal", utf8 ? "ok" : "attention", text, advice);
}

function lastSessionPart(last: StatusFacts["lastSession"]): StatusPart {
	if (last === null) return part("last session", "absent", "No session yet", "Start one: Live Testing > Virtual Trading, Enter.");
	if ("unreadable" in last) return part("last session", "attention", "Sessions cannot be read", last.unreadable);
	const what = [last.symbol, last.agent].filter((word) => word !== null).join(" ");
	const net = last.netProfit === null || last.currency === null ? "" : `, net ${formatSigned(last.netProfit, last.currency)}`;
	const text = `${last.id} ${what === "" ? "" : `${what}, `}${last.state}${net}`;
	if (last.state === "damaged")
		return part("last session", "attention", text, `Its summary cannot be read. See what is left with: kinetra sessions verify ${last.id}`);
	if (last.state === "not finished")
		return part("last session", "attention", text, `It was ended by force, without a summary. Its journal is kept: kinetra sessions verify ${last.id}`);
	return part("last session", "ok", text, "");
}

function part(name: StatusPart["part"], state: PartState, text: string, advice: string): StatusPart {
	return { part: name, state, text, advice };
}
