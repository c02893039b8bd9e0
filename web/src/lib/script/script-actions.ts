import { t } from '#lib/i18n/words.svelte.ts';
import type { Action } from '#lib/keys/keyboard.svelte.ts';
import type { StudioState } from '#lib/studio/studio-state.svelte.ts';
import { writtenKinds, type WrittenKind } from './elements.ts';
import type { ScriptRoom } from './script-room.svelte.ts';

/** Keys of the kinds that are changed most. */
export const kindKeys: Partial<Record<WrittenKind, string>> = {
	'scene-heading': 'mod+alt+1',
	action: 'mod+alt+2',
	character: 'mod+alt+3',
	parenthetical: 'mod+alt+4',
	dialogue: 'mod+alt+5',
	transition: 'mod+alt+6',
};

/** What can be done in the script room. */
export function scriptActions(studio: StudioState, room: ScriptRoom): Action[] {
	const { editor } = room;
	const open = editor !== null;
	const writes = open && studio.canEdit;
	const action = (id: string, label: string, run: () => void, rest: Partial<Action> = {}): Action => ({
		id: `script-${id}`,
		label,
		group: 'group_script',
		whileTyping: true,
		ready: writes,
		run,
		...rest,
	});
	return [
		action('find', t('script.findAndReplace'), () => editor?.find(), { keys: ['mod+f'], ready: open }),
		...writtenKinds.map((kind) =>
			action(`kind-${kind}`, t('script.makeKind', { kind: t(`script.kind_${kind}`) }), () => editor?.setKind(kind), {
				...(kindKeys[kind] === undefined ? {} : { keys: [kindKeys[kind]] }),
			}),
		),
		action('dual', t('script.dual'), () => editor?.dual(), { keys: ['mod+alt+d'] }),
		action('bold', t('script.bold'), () => editor?.mark('**'), { keys: ['mod+b'] }),
		action('italic', t('script.italic'), () => editor?.mark('*'), { keys: ['mod+i'] }),
		action('underline', t('script.underline'), () => editor?.mark('_'), { keys: ['mod+u'] }),
		action('fold', t('script.fold'), () => editor?.fold(), { keys: ['mod+alt+['], ready: open }),
		action('fold-all', t('script.foldAll'), () => editor?.foldScenes(), { ready: open }),
		action('unfold-all', t('script.unfoldAll'), () => editor?.unfold(), { keys: ['mod+alt+]'], ready: open }),
		action(
			'typewriter',
			t(room.modes.typewriter ? 'script.typewriterOff' : 'script.typewriterOn'),
			() => room.setModes({ typewriter: !room.modes.typewriter }),
			{ keys: ['mod+alt+t'], ready: open },
		),
		action(
			'quiet',
			t(room.modes.quiet ? 'script.quietOff' : 'script.quietOn'),
			() => {
				room.setModes({ quiet: !room.modes.quiet });
				studio.quiet = room.modes.quiet;
			},
			{ keys: ['mod+alt+q'], ready: open },
		),
	];
}
