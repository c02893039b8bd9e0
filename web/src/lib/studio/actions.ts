import {
	addShot,
	duplicateShot,
	moveShot,
	omitShot,
	restoreShot,
	type SceneOnBoard,
	type ShotOnBoard,
} from '@reelroom/shared/project/document.ts';
import type { RequestOf } from '@reelroom/shared/http/endpoint.ts';
import { limits } from '@reelroom/shared/limits.ts';
import { parseHeading } from '@reelroom/shared/script/fountain.ts';
import type { ShotContent } from '@reelroom/shared/board/shot.ts';
import { taskApi } from '@reelroom/shared/task/api.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import { can } from '@reelroom/shared/workspace/access.ts';
import { call } from '#lib/call.ts';
import { serverNow } from '#lib/clock.svelte.ts';
import { formatDate, problemWords, t } from '#lib/i18n/words.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';
import type { StudioState } from './studio-state.svelte.ts';

const told = (failure: unknown): void => toasts.show(problemWords(failure), { kind: 'danger' });

type GenerateWish = NonNullable<RequestOf<typeof taskApi.generate>['body']>;
/** How pictures or clips are made: of words where no kind is said. */
export type Making = Pick<GenerateWish, 'kind' | 'count' | 'seed' | 'strength'>;

/** Queues pictures or clips; without shots, for every shot that has none. One request takes so many shots and no more: a large board takes several. */
export function generate(studio: StudioState, shotIds?: string[], making: Making = {}): void {
	if (!can(studio.project.role, 'task.create')) return;
	const about = `generate/${making.kind ?? ''}/${shotIds?.join() ?? ''}`;
	// Whoever was asked about approved shots has said yes by the time it is sent.
	const confirmed = shotIds?.some((id) => studio.review.statusOf(id) === 'approved') ?? false;
	studio.review.beforeChange(shotIds ?? [], about, () => void queue(studio, shotIds, making, confirmed));
}
async function queue(
	studio: StudioState,
	shotIds: string[] | undefined,
	making: Making,
	confirmed: boolean,
): Promise<void> {
	const most = Math.floor(limits.shotsPerRequest / (making.count ?? 1));
	const wish = { ...studio.model.wishFor(making.kind), ...making };
	/** Asks for one part; answers how many shots are left, of a whole board. */
	const ask = async (body: { shotIds?: string[] }): Promise<number> => {
		const reply = await studio.outbox.send('task.generate', {
			params: { id: studio.project.id },
			body: { ...body, ...wish, ...(confirmed ? { confirmApproved: true } : {}) },
		});
		if (reply === null) toasts.show(t('studio.heldHere'));
		else {
			const [there] = reply.tasks.filter(({ cached, takeId }) => cached && studio.takes.has(takeId ?? ''));
			for (const task of reply.tasks) studio.tasks.keep(task);
			if (there !== undefined && shotIds?.length === 1) tellThere(studio, there, making);
		}
		if (reply?.refused === undefined) return reply?.left ?? 0;
		const { shotIds: refused, retryAt } = reply.refused;
		// Of a whole board what is left counts those of later requests, too.
		const values = { n: Math.max(refused.length, reply.left ?? 0), time: formatDate(retryAt, 'both') };
		toasts.show(t('plan.partly', values), { kind: 'danger' });
		return 0;
	};
	try {
		if (shotIds !== undefined)
			for (let at = 0; at < shotIds.length; at += most) await ask({ shotIds: shotIds.slice(at, at + most) });
		// Counted down here, so that pictures which fail at once are not asked for for ever.
		else for (let left = await ask({}); left > 0; left -= most) await ask({});
	} catch (failure) {
		told(failure);
	}
}
/** What was asked for is there already: it is shown, and another one can be made. */
function tellThere(studio: StudioState, task: Task, making: Making): void {
	studio.tasks.adopt([task]);
	const { shotId } = task;
	const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
	if (shotId === null) return;
	toasts.show(t('take.thereAlready', { number: studio.takes.get(task.takeId ?? '')?.number ?? '' }), {
		action: { label: t('take.makeNew'), run: () => generate(studio, [shotId], { ...making, seed }) },
	});
}
/** Takes a request for this shot's picture back that waits for the network. */
export function dropHeld(studio: StudioState, shot: ShotOnBoard): void {
	const held = studio.heldFor(shot, studio.cell(shot));
	if (held !== undefined) void studio.outbox.drop(held);
}
/** Stops a task. */
export async function cancelTask(studio: StudioState, task: Task): Promise<void> {
	await call(taskApi.cancel, { params: { id: task.id } }).then((changed) => studio.tasks.keep(changed), told);
}
/** Queues a task again; that of an approved shot is asked about first. */
export function retryTask(studio: StudioState, task: Task): void {
	studio.review.beforeChange(task.shotId === null ? [] : [task.shotId], `retry/${task.id}`, () => {
		call(taskApi.retry, { params: { id: task.id }, body: { confirmApproved: true } }).then(
			(changed) => studio.tasks.keep(changed),
			told,
		);
	});
}

/** A new shot at the end of a scene, selected. */
export function newShot(studio: StudioState, scene: SceneOnBoard): void {
	const { place, interior, timeOfDay } = parseHeading(scene.heading);
	const content: ShotContent = {
		size: 'MS',
		angle: 'eye',
		move: 'static',
		characters: [],
		place,
		interior,
		timeOfDay,
		action: '',
		dialogue: [],
		prompt: '',
		durationFrames: studio.project.fps * 4,
		transition: 'cut',
	};
	studio.select(addShot(studio.live.doc, studio.edit, { sceneId: scene.id, content }));
}
/** A copy behind the shot, selected. */
export function copyShot(studio: StudioState, shotId: string): void {
	const copy = duplicateShot(studio.live.doc, studio.edit, shotId);
	if (copy !== null) studio.select(copy);
}
/** Omits a shot, with a way back. */
export function removeShot(studio: StudioState, shot: ShotOnBoard): void {
	const at = studio.shots.findIndex(({ id }) => id === shot.id);
	const undo = (): void => {
		restoreShot(studio.live.doc, studio.edit, shot.id);
		studio.select(shot.id);
	};
	studio.review.beforeChange([shot.id], `remove/${shot.id}`, () => {
		const { id, name } = studio.account;
		omitShot(studio.live.doc, studio.edit, shot.id, { id, name, at: new Date(serverNow()).toISOString() });
		studio.select(studio.shots[at]?.id ?? studio.shots[at - 1]?.id ?? null);
		toasts.show(t('studio.omitted', { label: shot.label }), { action: { label: t('common.undo'), run: undo } });
	});
}
/** Moves a shot one place on or back, over the border of a scene too. */
export function stepShot(studio: StudioState, shot: ShotOnBoard, by: 1 | -1): void {
	const { scenes } = studio.board;
	const sceneAt = scenes.findIndex(({ id }) => id === shot.sceneId);
	const own = scenes[sceneAt]?.shots ?? [];
	const at = own.findIndex(({ id }) => id === shot.id);
	const others = own.filter(({ id }) => id !== shot.id);
	const to = at + by;
	if (to >= 0 && to < own.length) return place(studio, shot.id, shot.sceneId, others[to - 1]?.id ?? null);
	const next = scenes[sceneAt + by];
	if (next !== undefined) place(studio, shot.id, next.id, by === 1 ? null : (next.shots.at(-1)?.id ?? null));
}
/** Puts a shot behind another one (null = first) of a scene. */
export function place(studio: StudioState, shotId: string, sceneId: string, after: string | null): void {
	studio.review.beforeChange([shotId], `move/${shotId}`, () => {
		moveShot(studio.live.doc, studio.edit, shotId, { sceneId, after });
		studio.select(shotId);
	});
}
