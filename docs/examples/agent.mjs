// A program that decides in Kinetra, in JavaScript: it follows a close beyond the range of the last bars, and leaves when the move tires.
//
//     kinetra run --agent process:"node agent.mjs"
import { createInterface } from "node:readline";

const BARS = 20;
const closes = [];
let fields = [];

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

function intentsOf({ bar, observation, atrPoints, positions, entry }) {
	const before = closes.slice(-BARS - 1, -1);
	const momentum = observation[fields.indexOf("momentum")];
	const [held] = positions;
	if (held !== undefined) {
		const isTired = held.side === "BUY" ? momentum < 0 : momentum > 0;
		return isTired ? [{ kind: "close", positionId: held.positionId, reason: `momentum ${momentum.toFixed(2)}` }] : [];
	}
	if (before.length < BARS || atrPoints === null || !entry.mayEnter) return [];
	const side = bar.close > Math.max(...before) ? "BUY" : bar.close < Math.min(...before) ? "SELL" : null;
	if (side === null) return [];
	const size = { kind: "risk", share: 0.5 };
	const stopPoints = Math.ceil(2 * atrPoints);
	return [{ kind: "open", side, size, stopPoints, targetPoints: 2 * stopPoints, reason: `close beyond ${BARS} bars` }];
}

// Kinetra ends the session by ending our input; the loop is over then, and so are we.
for await (const line of createInterface({ input: process.stdin })) {
	const message = JSON.parse(line);
	if (message.type === "hello") {
		fields = message.observation.fields;
		say({ type: "ready", name: "breakout" });
	} else {
		closes.push(message.bar.close);
		if (closes.length > BARS + 1) closes.shift();
		if (message.type === "decide") say({ type: "decision", question: message.question, intents: intentsOf(message) });
	}
}
