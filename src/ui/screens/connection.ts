import { laterScreen } from "./later.ts";

/** Connection & Credentials: what will be here, and that nothing of it is needed today. */
export const connectionScreen = laterScreen("connection", "Connection & Credentials", [
	"What it will do: find the MetaTrader 5 terminal, log in to a demo or live account, and keep the login where no other program can read it.",
	"Why it is not here: this version has no bridge to MetaTrader 5. It asks for no password and stores none.",
	"What you can do today: virtual sessions need neither a connection nor credentials (0, then 4, 1). Your broker's prices come in as a file that MetaTrader 5 exports; 2 Market Data shows how.",
]);
