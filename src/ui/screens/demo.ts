import { laterScreen } from "./later.ts";

/** Demo Account Testing: what it will be, and the gate that leads to it. */
export const demoScreen = laterScreen("demo", "Demo Account Testing", [
	"What it will do: run the same agent, limits and breaker on a demo account of your broker, with real quotes and real execution and without money.",
	"Why it is not here: this version has no bridge to MetaTrader 5. Nothing in it can send an order to a broker.",
	"What you can do today: collect the evidence that the demo gate asks for with virtual sessions (0, then 1). Promotion Gates (0, then 6) shows what is passed and what is missing.",
]);
