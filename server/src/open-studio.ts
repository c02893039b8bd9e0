import type { Studio, StudioContext } from './server.ts';

/** Opens the rooms of tasks, takes and films; until they are wired here a server answers for everything else. */
export async function openStudio(_context: StudioContext): Promise<Studio> {
	return {
		routes: [],
		coverTakeOf: async () => new Map(),
		generateBoard: async () => {},
		onProjectChanged: () => {},
		onProjectDeleted: async () => {},
		onRevoked: () => {},
		close: async () => {},
	};
}
