import { inspect } from "node:util";

/** A text that must not be seen (S-23): whoever prints, serialises or inspects it gets `***`. */
export class Secret {
	readonly #text: string;

	constructor(text: string) {
		this.#text = text;
	}

	/** The text itself, for the one place that needs it. */
	reveal(): string {
		return this.#text;
	}

	toString(): string {
		return "***";
	}

	toJSON(): string {
		return "***";
	}

	[inspect.custom](): string {
		return "***";
	}
}
