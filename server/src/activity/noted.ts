import type { BreakDowns } from '../script/break-downs.ts';
import type { ImportScript } from '../script/import-script.ts';
import type { Note } from './activities.ts';

type Noting = { note: Note; newId: () => string };

/** The same use cases; each import that changed the script is noted. */
export function noteImports(imports: ImportScript, { note, newId }: Noting): ImportScript {
	const noted = (projectId: string, by: string): void =>
		note({ projectId, by, kind: 'imported', subject: {}, things: [newId()] });
	return {
		async put(projectId, file, options) {
			const done = await imports.put(projectId, file, options);
			noted(projectId, options.by);
			return done;
		},
		async propose(projectId, file, options) {
			const reply = await imports.propose(projectId, file, options);
			if (reply.status === 'imported') noted(projectId, options.by);
			return reply;
		},
		async accept(projectId, file, options) {
			const done = await imports.accept(projectId, file, options);
			noted(projectId, options.by);
			return done;
		},
	};
}

/** The same use cases; each break-down that somebody accepted and that brought shots is noted. */
export function noteBreakDowns(breakDowns: BreakDowns, { note, newId }: Noting): BreakDowns {
	return {
		...breakDowns,
		async accept(projectId, sceneIds, by, plans) {
			const done = await breakDowns.accept(projectId, sceneIds, by, plans);
			if (by !== undefined && done.shots > 0)
				note({ projectId, by, kind: 'broke-down', subject: {}, things: [newId()] });
			return done;
		},
	};
}
