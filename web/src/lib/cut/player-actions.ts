import { t } from '#lib/i18n/words.svelte.ts';
import type { Action } from '#lib/keys/keyboard.svelte.ts';
import type { Animatic } from './animatic-state.svelte.ts';

/** What the player can do, with the keys that editors know. */
export function playerActions(animatic: Animatic, fullscreen: () => void): Action[] {
	const { fps } = animatic.timeline;
	const action = (id: string, label: string, keys: string[], run: () => void, repeats = false): Action => ({
		id: `player-${id}`,
		label,
		group: 'group_play',
		keys,
		ready: true,
		repeats,
		run,
	});
	return [
		action('toggle', t('keys.toggle'), [' '], () => animatic.toggle()),
		action('back', t('keys.back'), ['j'], () => animatic.shuttle(-1)),
		action('pause', t('keys.pause'), ['k'], () => animatic.pause()),
		action('forward', t('keys.forward'), ['l'], () => animatic.shuttle(1)),
		action('step-back', t('keys.stepBack'), ['arrowleft'], () => animatic.step(-1), true),
		action('step-forward', t('keys.stepForward'), ['arrowright'], () => animatic.step(1), true),
		action('second-back', t('keys.secondBack'), ['shift+arrowleft'], () => animatic.step(-fps), true),
		action('second-forward', t('keys.secondForward'), ['shift+arrowright'], () => animatic.step(fps), true),
		action('start', t('keys.toStart'), ['home'], () => animatic.seek(0)),
		action('end', t('keys.toEnd'), ['end'], () => animatic.seek(animatic.last)),
		action('fullscreen', t('keys.fullscreen'), ['f'], fullscreen),
	];
}
