import { Box, Text } from "ink";
import SelectInput from "ink-select-input";
import { createContext, type ReactNode, useContext, useRef } from "react";
import type { Context, Key } from "../key.ts";
import { frontOf } from "../layout.ts";
import type { Rect } from "../pane.ts";
import { findScreen } from "../registry.ts";
import { toneText } from "../theme.ts";
import { askToLeave } from "./leave.ts";
import { type Menu, menuOf } from "./menus.ts";
import { chooseItem } from "./navigate.ts";

/** What the items need to know besides their label, which is all that ink-select-input hands on. */
type Shown = {
	readonly menu: Menu;
	readonly marks: readonly (string | null)[];
	readonly focused: boolean;
	readonly spaced: boolean;
	readonly taken: readonly Key[];
};

const ShownContext = createContext<Shown | null>(null);

/** Columns beside a label: border, indicator, digit. */
const BESIDE_LABEL = 7;

/** The menu pane. Its keys arrive through the router; the highlighted item is kept in the store, where its explanation is read from. */
export function MenuPane({ context, rect }: { readonly context: Context; readonly rect: Rect }): ReactNode {
	const state = context.store.getState();
	const menu = menuOf(state);
	const marks = menu.items.map((item) => item.mark?.(state) ?? null);
	const focused = state.focus === "menu";
	// Digits that the screen in front has for itself (tabs, sections) are not offered here meanwhile.
	const taken = focused ? [] : findScreen(frontOf(state)).bindings.flatMap(({ keys }) => keys);
	const shown = { menu, marks, focused, spaced: isRoomy(menu, marks, rect), taken };
	const generation = useGeneration(menu.highlighted);
	return (
		<ShownContext.Provider value={shown}>
			<Box
				width={rect.width}
				height={rect.height}
				borderStyle="single"
				borderTop={false}
				borderLeft={false}
				borderBottom={false}
				borderDimColor
				paddingTop={1}
				overflow="hidden"
			>
				<SelectInput
					key={`${menu.screen} ${generation.count}`}
					items={menu.items.map((item) => ({ key: item.key, label: item.label, value: item.key }))}
					initialIndex={menu.highlighted}
					isFocused={shown.focused}
					indicatorComponent={Indicator}
					itemComponent={Item}
					onHighlight={({ value }) => {
						const index = menu.items.findIndex((item) => item.key === value);
						generation.reached(index);
						context.store.setState(({ highlighted }) => ({ highlighted: { ...highlighted, [menu.screen]: index } }));
					}}
					onSelect={({ value }) =>
						chooseItem(
							context,
							menu.items.findIndex((item) => item.key === value),
							askToLeave,
						)
					}
				/>
			</Box>
		</ShownContext.Provider>
	);
}

/** ink-select-input keeps its own place. Where a digit moved the highlight, a new one must begin at that place. */
function useGeneration(highlighted: number): { readonly count: number; reached(index: number): void } {
	const place = useRef({ index: highlighted, count: 0 });
	if (place.current.index !== highlighted) place.current = { index: highlighted, count: place.current.count + 1 };
	return {
		count: place.current.count,
		reached(index) {
			place.current.index = index;
		},
	};
}

/** True when there is room for a blank row between the items. */
function isRoomy(menu: Menu, marks: readonly (string | null)[], { width, height }: Rect): boolean {
	const rows = menu.items.map((item, index) => Math.ceil(item.label.length / Math.max(1, width - BESIDE_LABEL)) + (marks[index] === null ? 0 : 1));
	return rows.reduce((sum, row) => sum + row + 1, 1) <= height;
}

function Indicator({ isSelected = false }: { readonly isSelected?: boolean }): ReactNode {
	const shown = useContext(ShownContext);
	return (
		<Box width={3} flexShrink={0}>
			<Text>{isSelected ? ` ${toneText("❯", shown?.focused === true ? "accent" : "faint")} ` : "   "}</Text>
		</Box>
	);
}

function Item({ isSelected = false, label }: { readonly isSelected?: boolean; readonly label: string }): ReactNode {
	const shown = useContext(ShownContext);
	const index = shown?.menu.items.findIndex((item) => item.label === label) ?? -1;
	const mark = shown?.marks[index] ?? null;
	const digit = shown?.menu.items[index]?.key ?? "";
	const highlighted = isSelected && shown?.focused === true;
	return (
		<Box marginBottom={shown?.spaced === true ? 1 : 0}>
			<Box width={2} flexShrink={0}>
				<Text>{toneText(digit, shown?.taken.includes(digit) === true ? "faint" : "key")}</Text>
			</Box>
			<Box flexDirection="column">
				<Text>{toneText(label, highlighted ? "strong" : "plain")}</Text>
				{mark === null ? null : <Text>{toneText(mark, "faint")}</Text>}
			</Box>
		</Box>
	);
}
