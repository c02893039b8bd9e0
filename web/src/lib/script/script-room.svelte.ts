import { pagesOf } from '@reelroom/shared/script/pages.ts';
import { readBlocks, type ScriptBlocks } from '@reelroom/shared/script/script-blocks.ts';
import { countsOf, type Counts } from '@reelroom/shared/script/word-count.ts';
import { whenIdle } from '#lib/ui/idle.ts';
import type { FocusModes } from './focus-modes.ts';
import type { LineKind } from './line-look.ts';
import type { ScriptEditor } from './script-editor.ts';

/** How long a script is. */
export type Length = Counts & { pages: number };

const countMs = 400;
const remembered = 'script-modes';

function rememberedModes(): FocusModes {
	const kept = typeof localStorage === 'undefined' ? '' : (localStorage.getItem(remembered) ?? '');
	return { typewriter: kept.includes('typewriter'), quiet: false };
}
const lengthOf = (script: ScriptBlocks): Length => ({ ...countsOf(script), pages: pagesOf(script).length });

/** What the script room shows beside the text itself. */
export class ScriptRoom {
	editor = $state.raw<ScriptEditor | null>(null);
	/** What the line with the caret is. */
	kind = $state<LineKind>('blank');
	/** The whole script. */
	length = $state.raw<Length | null>(null);
	/** What is selected; null when nothing is. */
	selected = $state.raw<Length | null>(null);
	modes = $state.raw<FocusModes>(rememberedModes());
	#timer: ReturnType<typeof setTimeout> | undefined;
	#callOff: () => void = () => undefined;

	/** Takes in that text or selection changed; counting waits until the typing rests. */
	changed(): void {
		this.#timer ??= setTimeout(
			() => (this.#callOff = whenIdle(() => this.count())),
			this.length === null ? 0 : countMs,
		);
	}
	/** Counts now. */
	count(): void {
		this.#rest();
		const { editor } = this;
		if (editor === null) return;
		this.kind = editor.kind();
		this.length = lengthOf(editor.script());
		const text = editor.selectedText();
		this.selected = text.trim() === '' ? null : lengthOf(readBlocks(text));
	}
	setModes(change: Partial<FocusModes>): void {
		this.modes = { ...this.modes, ...change };
		this.editor?.setModes(this.modes);
		localStorage.setItem(remembered, this.modes.typewriter ? 'typewriter' : '');
	}
	#rest(): void {
		clearTimeout(this.#timer);
		this.#callOff();
		this.#timer = undefined;
	}
	close(): void {
		this.#rest();
		this.editor?.view.destroy();
		this.editor = null;
	}
}
