/** A model that must not be used: broken, too large, unsafe, or not what a policy is. The message says what was wrong, which value, and what to do. */
export class ModelRefused extends Error {
	constructor(message: string) {
		super(message);
		this.name = "ModelRefused";
	}
}
