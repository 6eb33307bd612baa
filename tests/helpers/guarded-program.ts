// A small full-screen program for tests/terminal/screen-guard.test.ts: the screen's adapters around a frame that changes all the time.
// What it does on each key is below; its report (one JSON line a tenth of a second, then the exit code) goes to the file it is given.
import { appendFileSync } from "node:fs";
import { createGuard } from "../../src/adapters/screen/guard.ts";
import { readKeys } from "../../src/adapters/screen/keyboard.ts";
import { createOutput } from "../../src/adapters/screen/output.ts";
import { openTerminalSink } from "../../src/adapters/screen/sink.ts";
import { watchSize } from "../../src/adapters/screen/size.ts";
import { line } from "../../src/print/line.ts";
import { createCompositor } from "../../src/ui/frame/compositor.ts";

const [, , report = "", patience = ""] = process.argv;
const compositor = createCompositor({ colours: true, ascii: false });
const sink = openTerminalSink(process.stdout);
let frames = 0;
const source = {
	onChange: compositor.onChange,
	diff() {
		frames++;
		return compositor.diff();
	},
};

function leave(message: string, code: number): void {
	guard.leave(message);
	process.exit(code);
}

const guard = createGuard({
	sink,
	stdin: process.stdin,
	onSignal(signal) {
		if (patience === "") leave(`ended by ${signal}`, 7);
	},
	onCrash: () => process.exit(9),
	onContinue: () => compositor.forget(),
	onSuspend: () => {},
	lastWords: () => "ended at once",
});

const KEYS: Readonly<Record<string, () => void>> = {
	q: () => leave("bye \u001b]0;title\u0007", 0),
	e: () => process.exit(5),
	x: () => {
		throw new Error("thrown");
	},
	r: () => void Promise.reject(new Error("rejected")),
	"ctrl+c": () => guard.interrupt(),
};

guard.enter();
const size = watchSize(process.stdout, ({ columns, rows }) => compositor.resize(columns, rows)).size();
compositor.resize(size.columns, size.rows);
const pane = compositor.region("all", { x: 0, y: 0, width: 200, height: 60 }, 1);
createOutput({ sink, source, onLost: () => leave("lost", 6) });
readKeys({ stdin: process.stdin, onKey: (key) => KEYS[key]?.(), onLost: () => leave("lost", 6) });

let count = 0;
setInterval(() => {
	count++;
	pane.paint(Array.from({ length: 60 }, (_, row) => line(`${count * (row + 7)} `.repeat(30))));
	if (count % 10 === 0) appendFileSync(report, `${JSON.stringify({ pid: process.pid, count, frames })}\n`);
}, 10);
process.on("exit", (code) => appendFileSync(report, `${JSON.stringify({ pid: process.pid, count, frames, code })}\n`));
