import type { Line } from "../../print/line.ts";
import { refresh, startPlace } from "../form/fill-in.ts";
import type { Form } from "../form/form.ts";
import { blockedStart } from "../form/keys.ts";
import { type FormSlice, formLines, formRows, planLines } from "../form/paint.ts";
import type { Sheet } from "../form/sheet.ts";
import { stageNote, wantedOf } from "../gates/note.ts";
import type { Context } from "../key.ts";
import { type Pane, pane, type Rect } from "../pane.ts";
import type { CockpitState } from "../state.ts";

/** From this width the plan stands beside the fields instead of below them. */
const BESIDE_FROM = 120;
const FORM_COLUMNS = 84;

/** Lines that a form shows above its plan, from a slice of the state and the form as it is. */
type FormNote<Slice extends object> = {
	readonly select: (state: CockpitState) => Slice;
	readonly lines: (slice: Slice, sheet: Sheet, width: number) => readonly Line[];
};

const NO_NOTE: FormNote<object> = { select: () => ({}), lines: () => [] };

/** The panes of a form: the fields, and what will happen beside or below them, under the form's own note. */
export function formPanes<Slice extends object = object>(
	form: Form,
	state: CockpitState,
	content: Rect,
	note: FormNote<Slice> = NO_NOTE as unknown as FormNote<Slice>,
): readonly Pane[] {
	const rects = rectsIn(content, state.views[form.name].sheet);
	const plan = pane<{ sheet: Sheet | null } & Slice>({
		id: "plan",
		rect: rects.plan,
		select: (now) => ({ ...note.select(now), sheet: now.views[form.name].sheet }),
		paint({ sheet, ...slice }, size) {
			if (sheet === null) return [];
			const above = note.lines(slice as unknown as Slice, sheet, size.width).slice(0, Math.max(0, size.height - 1));
			return [...above, ...planLines(sheet, { width: size.width, height: size.height - above.length })];
		},
	});
	return [pane<FormSlice>({ id: "form", rect: rects.form, select: (now) => sliceOf(form, now), paint: formLines }), plan];
}

/** What the gate into a stage says to the choices of its form. */
export function gateNote(mode: "demo" | "live"): FormNote<Pick<CockpitState, "standings">> {
	return { select: ({ standings }) => ({ standings }), lines: ({ standings }, sheet, width) => [...stageNote(mode, standings, wantedOf(sheet), width), []] };
}

/** What a form does when it comes to the front: the cursor goes to Start, so that Enter starts with what was chosen last. */
export function openForm(context: Context, form: Form): void {
	refresh(context, form, { field: startPlace(context, form), typed: null, cursor: 0 });
}

function rectsIn(content: Rect, sheet: Sheet | null): { readonly form: Rect; readonly plan: Rect } {
	const { x, y, width, height } = content;
	if (width >= BESIDE_FROM) {
		return { form: { ...content, width: FORM_COLUMNS }, plan: { x: x + FORM_COLUMNS + 2, y, width: width - FORM_COLUMNS - 2, height } };
	}
	const rows = Math.min(height, formRows(sheet));
	return { form: { ...content, height: rows }, plan: { x, y: y + rows, width, height: height - rows } };
}

function sliceOf({ name, startText, startHelp }: Form, state: CockpitState): FormSlice {
	const { sheet, field, typed, cursor } = state.views[name];
	return { sheet, field, typed, cursor, blocked: blockedStart(state, name), focused: state.focus === "content", startText, startHelp };
}
