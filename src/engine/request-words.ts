/** What a request asks for, in a word or two: `BUY`, `close`, `BUY LIMIT`, `levels`. `closes`: a deal on a position that is there. */
export function requestWords(request: { readonly action: string; readonly side: string; readonly type: string; readonly closes: boolean }): string {
	switch (request.action) {
		case "DEAL":
			return request.closes ? "close" : request.side;
		case "PENDING":
			return orderTypeWords(request.type);
		case "SLTP":
			return "levels";
		case "MODIFY":
			return "change";
		case "REMOVE":
			return "cancel";
		case "CLOSE_BY":
			return "close by";
		default:
			return "request";
	}
}

/** `BUY_LIMIT` as people say it. */
export function orderTypeWords(type: string): string {
	return type.replaceAll("_", " ");
}
