import type { Asset } from '@reelroom/shared/bible/asset.ts';
import type { InputOf } from '@reelroom/shared/http/endpoint.ts';
import type { TakeStore } from '@reelroom/shared/node/stores/take-store.ts';
import type { TaskStore } from '@reelroom/shared/node/stores/task-store.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { OfferedModel } from '@reelroom/shared/provider/offered-models.ts';
import type { taskApi } from '@reelroom/shared/task/api.ts';
import type { Documents } from '../live/documents-port.ts';
import type { By } from './submit-once.ts';
import { readSnapshot, type ProjectFormat } from './task-requests.ts';

export type GroundDeps = {
	store: Pick<TaskStore, 'busyShots'>;
	takes: Pick<TakeStore, 'list'>;
	documents: Documents;
	/** What there is to generate with in a project. */
	modelsOf: (projectId: string, accountId: string) => Promise<readonly OfferedModel[]>;
	/** Null for a project that is gone. */
	formatOf: (projectId: string) => Promise<ProjectFormat | null>;
	/** Which of these files are pictures of the project's bible: the live document may name any. */
	knownPictures: (projectId: string, sha256s: readonly string[]) => Promise<ReadonlySet<string>>;
};
type Made = Pick<InputOf<typeof taskApi.generate>['body'], 'kind' | 'provider' | 'workflow' | 'model'>;
export type Ground = ReturnType<typeof createGround>;

/** What there is to make pictures and clips from: the board at one moment, what it has, and what makes them. */
export function createGround({ store, takes, documents, ...deps }: GroundDeps) {
	const formatOf = async (projectId: string): Promise<ProjectFormat> => {
		const format = await deps.formatOf(projectId);
		if (format === null) throw new Problem('not-found');
		return format;
	};
	return {
		formatOf,
		/** The board and its project's format, and which of its shots have a take or a task. */
		async look(projectId: string) {
			const [snapshot, format, taken, busy] = await Promise.all([
				readSnapshot(documents, projectId),
				formatOf(projectId),
				takes.list(projectId),
				store.busyShots(projectId),
			]);
			return { snapshot, format, taken, busy };
		},
		/** The bible without pictures that this project has never stored. */
		async withKnownPictures(projectId: string, bible: readonly Asset[]): Promise<Asset[]> {
			const named = bible.flatMap(({ pictures }) => pictures.map(({ sha256 }) => sha256));
			const known = await deps.knownPictures(projectId, named);
			return bible.map((asset) => ({ ...asset, pictures: asset.pictures.filter(({ sha256 }) => known.has(sha256)) }));
		},
		/** What was asked for must be offered; without a workflow or model it is the provider's first that makes it. */
		async modelOf(projectId: string, by: By, { provider, workflow, model: name, kind }: Made): Promise<OfferedModel> {
			const able = (await deps.modelsOf(projectId, by.id)).filter(
				(model) => model.provider === provider && model.makes.includes(kind),
			);
			// What can run as it is comes first.
			const first = able.find(({ refused }) => refused === undefined) ?? able[0];
			if (first === undefined) throw new Problem('no-provider', `There is no provider ${provider} for ${kind} here`);
			const found =
				workflow === undefined && name === undefined
					? first
					: able.find((model) => model.workflow === workflow && model.model === name);
			if (found?.refused !== undefined) throw new Problem('workflow-refused', found.refused);
			if (found !== undefined) return found;
			const thing = workflow === undefined ? 'model' : 'workflow';
			const detail = `${provider} has no ${thing} of this name for ${kind}`;
			throw new Problem('invalid-input', detail, { errors: [{ pointer: `#/${thing}`, detail }] });
		},
	};
}
