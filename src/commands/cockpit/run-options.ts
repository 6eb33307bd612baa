import { Failure } from "../../adapters/failure.ts";
import { RUN_OPTIONS, type RunOptionKey, type RunOptions, setOption } from "../../config/options.ts";
import type { Choices } from "../../ui/state.ts";

/** The options of `kinetra run` that these choices mean, or what is wrong with one of them. Keys that are no options are left out. */
export function optionsOf(choices: Choices): RunOptions | string {
	try {
		return requireOptions(choices);
	} catch (error) {
		if (error instanceof Failure) return error.message;
		throw error;
	}
}

/** The same; throws a usage `Failure` for a text that is no value of its option. */
export function requireOptions(choices: Choices): RunOptions {
	const options: RunOptions = { set: [] };
	for (const [key, text] of Object.entries(choices)) {
		if (Object.hasOwn(RUN_OPTIONS, key)) setOption(options, key as RunOptionKey, text);
	}
	return options;
}
