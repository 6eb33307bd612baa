import { spawn } from "node:child_process";
import { cleanText } from "../../clean-text.ts";
import { endGroup } from "./end-group.ts";
import { environmentOfProgram } from "./environment.ts";
import { remember } from "./running.ts";

/** A program that takes longer to say its version hangs (ms). */
const PATIENCE_MS = 20_000;
const BYTES_MAX = 16_384;

/** First line of what `<program> --version` prints, made safe to show; null when it fails, prints nothing, floods or hangs. Nothing of it is left running. */
export function interpreterVersion(program: string, folder: string, patienceMs: number = PATIENCE_MS): Promise<string | null> {
	return new Promise((resolve) => {
		const texts = { out: "", err: "" };
		const options = { cwd: folder, env: environmentOfProgram(process.env), detached: process.platform !== "win32", windowsHide: true };
		const child = spawn(program, ["--version"], { ...options, stdio: ["ignore", "pipe", "pipe"] });
		const kill = (): void => endGroup(child, "SIGKILL");
		const forget = remember(kill);
		const timer = setTimeout(kill, patienceMs);
		const take = (where: "out" | "err") => (bytes: Buffer) => {
			texts[where] += bytes.toString("latin1");
			if (texts[where].length > BYTES_MAX) kill();
		};
		child.stdout.on("data", take("out"));
		child.stderr.on("data", take("err"));
		let isOver = false;
		const end = (code: number | null): void => {
			if (isOver) return;
			isOver = true;
			clearTimeout(timer);
			kill();
			forget();
			child.stdout.destroy();
			child.stderr.destroy();
			// Python 2 and Java say it on stderr.
			const line = `${texts.out}\n${texts.err}`.split("\n").find((text) => text.trim() !== "");
			resolve(code === 0 && line !== undefined ? cleanText(line.trim(), 100) : null);
		};
		child.on("error", () => end(null));
		child.on("exit", (code) => {
			// What it has written may arrive after the news of its end; what a child of its own holds open is not waited for.
			const late = setTimeout(() => end(code), 1000);
			child.once("close", () => {
				clearTimeout(late);
				end(code);
			});
		});
	});
}
