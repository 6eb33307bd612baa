import type { Binding } from "../key.ts";

/** From the pages about evidence to where it is collected. */
export const NEW_SESSION: Binding = {
	keys: ["enter"],
	label: "new session",
	help: "The form of a virtual session, to collect evidence",
	run: ({ store }) => store.setState({ path: ["main", "live-testing", "virtual"] }),
};
