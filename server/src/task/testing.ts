import { join } from 'node:path';
import sharp from 'sharp';
import { createFiles } from '@reelroom/shared/node/files.ts';
import { createTakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import { createTaskClaims } from '@reelroom/shared/node/stores/task-claims.ts';
import { claimTask } from '@reelroom/shared/testing/claim-task.ts';
import type { Task } from '@reelroom/shared/task/task.ts';
import type { TestServer } from '../testing.ts';

/** Lets a task succeed as a worker would, with a picture whose colour follows from its seed; answers its take. */
export async function makeTask({ mongo, dataDir }: TestServer, { id }: Task): Promise<string> {
	const { db } = mongo;
	const takes = createTakeStore(db);
	const task = await claimTask(db, id);
	if (task.work.kind === 'render') throw new Error('not a picture');
	const { kind, request, ...how } = task.work;
	const colour = `#${(request.seed % 0xfff).toString(16).padStart(3, '0')}`;
	const { sha256, sizeBytes } = await createFiles(join(dataDir, 'files')).put(
		await sharp({ create: { width: 320, height: 180, channels: 3, background: colour } })
			.webp()
			.toBuffer(),
	);
	const { _id } = await takes.add({
		_id: `take-${id}`,
		projectId: task.projectId,
		shotId: task.shotId ?? '',
		taskId: id,
		kind,
		provider: task.provider,
		style: task.style,
		seed: request.seed,
		fingerprint: task.fingerprint ?? '',
		sha256,
		thumbnailSha256: sha256,
		mediaType: kind === 'video' ? 'video/mp4' : 'image/webp',
		widthPx: 320,
		heightPx: 180,
		sizeBytes,
		createdBy: task.createdBy,
		createdAt: new Date(),
		request,
		...how,
	});
	const { claim } = task;
	await createTaskClaims(db).finishMany([{ id, claim, to: 'succeeded', at: new Date(), takeId: _id }]);
	return _id;
}
