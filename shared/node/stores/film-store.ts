import type { Db } from 'mongodb';
import type { Film } from '../../src/cut/film.ts';

export type FilmRecord = Omit<Film, 'id' | 'createdAt'> & { _id: string; createdAt: Date };

/** The record as clients see it. */
export const toFilm = ({ _id, createdAt, ...film }: FilmRecord): Film => ({
	...film,
	posterSha256: film.posterSha256 ?? null,
	id: _id,
	createdAt: createdAt.toISOString(),
});
export type FilmStore = ReturnType<typeof createFilmStore>;

/** Questions asked of the `films` collection. A task has one film at most. */
export function createFilmStore(db: Db) {
	const films = db.collection<FilmRecord>('films');
	return {
		ready: async () =>
			void (await films.createIndexes([
				{ key: { taskId: 1 }, unique: true },
				{ key: { projectId: 1, createdAt: -1 } },
				{ key: { sha256: 1 } },
				{ key: { posterSha256: 1 } },
			])),
		/** Stores the film of a task, or answers the one that an earlier attempt stored. */
		async add(film: FilmRecord): Promise<FilmRecord> {
			await films.updateOne({ taskId: film.taskId }, { $setOnInsert: film }, { upsert: true });
			return (await films.findOne({ taskId: film.taskId })) ?? film;
		},
		find: (id: string) => films.findOne({ _id: id }),
		ofTask: (taskId: string) => films.findOne({ taskId }),
		list: (projectId: string) => films.find({ projectId }).sort({ createdAt: -1 }).limit(200).toArray(),
		/** Those of these files that a film refers to. */
		filesInUse: async (sha256s: readonly string[]): Promise<string[]> => {
			const names = { $in: [...sha256s] };
			const rows = await films
				.find({ $or: [{ sha256: names }, { posterSha256: names }] })
				.project<Pick<FilmRecord, 'sha256' | 'posterSha256'>>({ sha256: 1, posterSha256: 1 })
				.toArray();
			return rows.flatMap(({ sha256, posterSha256 }) => [sha256, ...(posterSha256 ? [posterSha256] : [])]);
		},
		removeOfTask: async (taskId: string) => void (await films.deleteOne({ taskId })),
		removeOfProject: async (projectId: string) => void (await films.deleteMany({ projectId })),
	};
}
