/**
 * What runs in the process that holds ONNX Runtime, as source text: it must run from the sources and out of the bundle alike, and it needs nothing of
 * ours. CommonJS, because the runtime is. Messages are those of runner.ts. The kernel is told to take this process first when memory runs out.
 */
export const RUNTIME_PROGRAM = `
"use strict";
const { writeFileSync } = require("node:fs");
try { if (process.platform === "linux") writeFileSync("/proc/self/oom_score_adj", "1000"); } catch {}
let session = null;
let names = null;
let tensor = null;
const say = (message) => { if (process.connected) process.send(message); };
const fail = (error) => say({ type: "failed", what: String(error && error.message || error).slice(0, 2000) });
process.on("disconnect", () => process.exit(0));
process.on("uncaughtException", (error) => { fail(error); process.exit(1); });
process.on("message", async (message) => {
	try {
		if (message.type === "load") {
			const runtime = require(message.folder);
			session = await runtime.InferenceSession.create(message.model, {
				executionProviders: ["cpu"], intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: "sequential",
				graphOptimizationLevel: "basic", enableCpuMemArena: false, enableMemPattern: false, logSeverityLevel: 4,
			});
			names = message;
			tensor = (data) => new runtime.Tensor("float32", data, [1, data.length]);
			say({ type: "loaded" });
			return;
		}
		const answer = (await session.run({ [names.input]: tensor(message.observation) }, [names.output]))[names.output];
		const numbers = Float32Array.from(answer.data, Number);
		if (numbers.length > message.outputsMax) throw new Error("it answered " + numbers.length + " numbers; at most " + message.outputsMax + " are read");
		say({ type: "answer", id: message.id, numbers });
	} catch (error) {
		fail(error);
	}
});
`;
