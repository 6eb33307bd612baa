import { refresh, startPlace } from "../form/fill-in.ts";
import { blockedStart, captureField, FORM_BINDINGS } from "../form/keys.ts";
import { type FormSlice, formLines, formRows, planLines } from "../form/paint.ts";
import type { Sheet } from "../form/sheet.ts";
import { type Pane, pane, type Rect } from "../pane.ts";
import type { Screen } from "../screen.ts";
import type { CockpitState } from "../state.ts";

/** From this width the plan stands beside the fields instead of below them. */
const BESIDE_FROM = 120;
const FORM_COLUMNS = 84;

/** Live Testing > Virtual Trading: the form of a session. Opens on Start, so that Enter starts with what was chosen last. */
export const virtualScreen: Screen = {
	id: "virtual",
	title: () => "Virtual Trading",
	menu: null,
	panes: (state, content) => {
		const { form, plan } = rectsIn(content, state.views.virtual.sheet);
		return [formPane(form), planPane(plan)];
	},
	bindings: FORM_BINDINGS,
	capture: captureField,
	enter: (context) => refresh(context, { field: startPlace(context), typed: null, cursor: 0 }),
};

function rectsIn(content: Rect, sheet: Sheet | null): { readonly form: Rect; readonly plan: Rect } {
	const { x, y, width, height } = content;
	if (width >= BESIDE_FROM) {
		return { form: { ...content, width: FORM_COLUMNS }, plan: { x: x + FORM_COLUMNS + 2, y, width: width - FORM_COLUMNS - 2, height } };
	}
	const rows = Math.min(height, formRows(sheet));
	return { form: { ...content, height: rows }, plan: { x, y: y + rows, width, height: height - rows } };
}

function formPane(rect: Rect): Pane {
	return pane<FormSlice>({ id: "form", rect, select: sliceOf, paint: formLines });
}

function planPane(rect: Rect): Pane {
	return pane<{ sheet: Sheet | null }>({
		id: "plan",
		rect,
		select: ({ views }) => ({ sheet: views.virtual.sheet }),
		paint: ({ sheet }, size) => (sheet === null ? [] : planLines(sheet, size)),
	});
}

function sliceOf(state: CockpitState): FormSlice {
	const { sheet, field, typed, cursor } = state.views.virtual;
	return { sheet, field, typed, cursor, blocked: blockedStart(state), focused: state.focus === "content" };
}
