import { expect, test } from 'vitest';
import { limits } from '@reelroom/shared/limits.ts';
import type { ShotOnBoard } from '@reelroom/shared/project/document.ts';
import { RenderRequest } from '@reelroom/shared/task/task.ts';
import { renderRequest } from './task-requests.ts';

const aShot = (index: number): ShotOnBoard => ({
	id: `shot-${String(index).padStart(6, '0')}`,
	sceneId: 'scene-0001',
	order: `a${index}`,
	selectedTakeId: null,
	seed: null,
	omitted: false,
	label: `1-${index}`,
	start: null,
	end: null,
	size: 'MS',
	angle: 'eye',
	move: 'static',
	characters: [],
	place: '',
	interior: true,
	timeOfDay: 'unknown',
	action: 'Snow falls.',
	dialogue: [],
	prompt: '',
	durationFrames: 24,
	transition: 'cut',
});
const filmOf = (shots: number) => {
	const scene = {
		id: 'scene-0001',
		heading: 'EXT. STREET',
		omitted: false,
		number: 1,
		start: 0,
		shots: Array.from({ length: shots }, (_, index) => aShot(index)),
	};
	const board = { scenes: [scene], omittedScenes: [], omittedShots: [] };
	return renderRequest(
		{ board, bible: [], looks: [], text: '' },
		{ aspectRatio: '16:9', fps: 24, style: 'anime', name: 'Large' },
		[],
		{ subtitles: 'none', quality: 'draft', titleCard: true, endCard: true },
	);
};

test('the largest board that there may be is a film that the worker takes', () => {
	expect(RenderRequest.safeParse(filmOf(limits.shotsPerBoard)).error).toBeUndefined();
});

test('a film of more shots is refused before it is queued, and says why', () => {
	expect(() => filmOf(limits.shotsPerBoard + 1)).toThrow(
		expect.objectContaining({ code: 'too-large', message: expect.stringContaining(`${limits.shotsPerBoard}`) }),
	);
});
