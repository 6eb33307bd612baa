import { Box, Text } from "ink";
import { type ReactNode, useMemo, useSyncExternalStore } from "react";
import type { Line } from "../print/line.ts";
import { dialogPane } from "./dialog.ts";
import type { Compositor } from "./frame/compositor.ts";
import type { Context } from "./key.ts";
import { frontOf } from "./layout.ts";
import type { Pane } from "./pane.ts";
import { findScreen } from "./registry.ts";
import { chromeOf } from "./shell/chrome.ts";
import { contentPanes, noticePane, noticeRows, tooSmallPane } from "./shell/content.ts";
import { clocksPane, stripPane } from "./shell/header.ts";
import { MenuPane } from "./shell/menu.tsx";
import { toneText } from "./theme.ts";
import { Canvas } from "./widgets/canvas.tsx";

export type AppProps = {
	readonly context: Context;
	readonly compositor: Compositor;
	/** A painter failed: the drawing cannot be trusted any more. */
	readonly onCrash: (error: unknown) => void;
};

/** What lies over what: the content, the moving parts of the shell, a dialog. */
const LAYER = { content: 1, shell: 2, dialog: 3 } as const;

/**
 * The whole screen: ink draws header, menu and footer, and only when one of them differs; everything that moves is panes, which follow the
 * store by themselves.
 */
export function App({ context, compositor, onCrash }: AppProps): ReactNode {
	const { store } = context;
	const key = useSyncExternalStore(store.subscribe, () => chromeOf(store.getState()).key);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for everything that the chrome is made from
	const chrome = useMemo(() => chromeOf(store.getState()), [store, key]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: the content's panes are made anew for another screen, size or layout only
	const content = useMemo(() => contentPanes(store.getState(), findScreen(frontOf(store.getState()))), [store, chrome.contentKey]);
	const { columns, rows, dialog } = store.getState();
	const { layout } = chrome;
	const canvases = (panes: readonly Pane[], layer: number): ReactNode =>
		panes.map((pane) => <Canvas key={pane.id} pane={pane} store={store} compositor={compositor} layer={layer} onCrash={onCrash} />);
	if (layout.tooSmall) return canvases([tooSmallPane(columns, rows)], LAYER.shell);
	const moving = [
		clocksPane(layout.title),
		noticePane(layout.notice, noticeRows(store.getState())),
		...(layout.strip === null ? [] : [stripPane(layout.strip)]),
	];
	return (
		<Box flexDirection="column" width={columns} height={rows}>
			<Row content={chrome.title} />
			<Row content={chrome.status} />
			<Row content={chrome.breadcrumb} />
			{layout.strip === null ? null : <Row content={[]} />}
			<Box height={layout.content.height}>{layout.menu === null ? null : <MenuPane context={context} rect={layout.menu} />}</Box>
			<Row content={[]} />
			<Row content={chrome.footer} />
			{canvases(content, LAYER.content)}
			{canvases(moving, LAYER.shell)}
			{dialog === null ? null : canvases([dialogPane(dialog, columns, rows)], LAYER.dialog)}
		</Box>
	);
}

function Row({ content }: { readonly content: Line }): ReactNode {
	return (
		<Box height={1} flexShrink={0}>
			<Text wrap="truncate-end">{content.map(({ text, tone }) => toneText(text, tone)).join("") || " "}</Text>
		</Box>
	);
}
