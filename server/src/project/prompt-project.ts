import type { ProjectStore } from '@reelroom/shared/node/stores/project-store.ts';

export type PromptProjectDeps = {
	projects: Pick<ProjectStore, 'forPrompts' | 'add'>;
	/** The workspace that an account has of its own. */
	ownWorkspaceOf: (accountId: string) => Promise<string>;
	now: () => Date;
	newId: () => string;
};

/** Makes the function that finds somebody's project for pictures of words alone, or makes it; of two at once there is one. */
export function createPromptProject({ projects, ownWorkspaceOf, now, newId }: PromptProjectDeps) {
	return async ({ id: createdBy }: { id: string }): Promise<string> => {
		const found = await projects.forPrompts(createdBy);
		if (found !== null) return found;
		const at = now();
		try {
			const _id = newId();
			await projects.add({
				_id,
				workspaceId: await ownWorkspaceOf(createdBy),
				name: 'API',
				aspectRatio: '16:9',
				fps: 24,
				style: 'anime',
				sample: false,
				createdBy,
				forPrompts: true,
				preparing: false,
				createdAt: at,
				changedAt: at,
			});
			return _id;
		} catch (error) {
			const twin = await projects.forPrompts(createdBy);
			if (twin !== null) return twin;
			throw error;
		}
	};
}
