import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import type { TaskRecord } from '@reelroom/shared/node/stores/task-record.ts';
import type { GenerationRequest } from '@reelroom/shared/provider/provider.ts';
import type { Provider } from './provider/provider.ts';

/** A request for a small picture. */
export const aPictureRequest = (): GenerationRequest => ({
	kind: 'text-to-image',
	label: '1A',
	shot: {
		size: 'MS',
		angle: 'eye',
		move: 'static',
		characters: [],
		place: 'A ROOM',
		interior: true,
		timeOfDay: 'day',
		action: 'Nothing moves.',
		dialogue: [],
		prompt: '',
		durationFrames: 48,
		transition: 'cut',
	},
	looks: [],
	style: 'pencil',
	seed: 7,
	widthPx: 64,
	heightPx: 64,
});

/** A queued task as the server stores it. */
export function aTask(about: Partial<TaskRecord> = {}): TaskRecord {
	const now = new Date();
	return {
		_id: randomUUID(),
		projectId: 'project-0001',
		kind: 'image',
		shotId: 'shot-000001',
		label: '1A',
		provider: 'test',
		style: 'pencil',
		status: 'queued',
		claim: 0,
		attempt: 0,
		workerId: null,
		leaseUntil: null,
		progress: null,
		problem: null,
		takeId: null,
		filmId: null,
		work: { kind: 'image', request: aPictureRequest() },
		createdBy: 'account-0001',
		createdByName: 'Somebody',
		createdAt: now,
		queuedAt: now,
		startedAt: null,
		finishedAt: null,
		revision: 1,
		...about,
	};
}

/** A provider that has its picture ready; `before` says what happens first. */
export async function aProvider(
	before: (...about: Parameters<Provider['make']>) => Promise<unknown> = async () => {},
): Promise<Provider> {
	const bytes = new Uint8Array(
		await sharp({ create: { width: 64, height: 64, channels: 3, background: '#446' } })
			.webp()
			.toBuffer(),
	);
	return {
		name: 'test',
		kinds: ['text-to-image'],
		async make(request, context) {
			await before(request, context);
			context.signal.throwIfAborted();
			return { bytes, mediaType: 'image/webp', widthPx: 64, heightPx: 64 };
		},
	};
}
