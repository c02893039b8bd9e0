import type { Db } from 'mongodb';

/** A reference picture that somebody put into the bible of a project. */
export type AssetPictureRecord = {
	/** `<projectId>/<sha256>`: the same picture is kept once in a project. */
	_id: string;
	projectId: string;
	sha256: string;
	thumbnailSha256: string;
	widthPx: number;
	heightPx: number;
	sizeBytes: number;
	createdBy: string;
	createdAt: Date;
};
export type AssetPictureStore = ReturnType<typeof createAssetPictureStore>;

/** Questions asked of the `assetPictures` collection: which files the bible of a project may name. They stay as long as their project, for its versions name them too. */
export function createAssetPictureStore(db: Db) {
	const pictures = db.collection<AssetPictureRecord>('assetPictures');
	const idOf = (projectId: string, sha256: string): string => `${projectId}/${sha256}`;
	return {
		ready: async () =>
			void (await pictures.createIndexes([
				{ key: { projectId: 1 } },
				{ key: { sha256: 1 } },
				{ key: { thumbnailSha256: 1 } },
			])),
		/** Stores it, or answers the one that is there already. */
		async add(picture: Omit<AssetPictureRecord, '_id'>): Promise<AssetPictureRecord> {
			const record = { ...picture, _id: idOf(picture.projectId, picture.sha256) };
			await pictures.updateOne({ _id: record._id }, { $setOnInsert: record }, { upsert: true });
			return record;
		},
		find: (projectId: string, sha256: string) => pictures.findOne({ _id: idOf(projectId, sha256) }),
		count: (projectId: string) => pictures.countDocuments({ projectId }),
		/** Those of these files that are pictures of the project's bible. */
		known: async (projectId: string, sha256s: readonly string[]): Promise<Set<string>> => {
			const ids = sha256s.map((sha256) => idOf(projectId, sha256));
			const rows = ids.length === 0 ? [] : await pictures.find({ _id: { $in: ids } }).toArray();
			return new Set(rows.map(({ sha256 }) => sha256));
		},
		/** Those of these files that a bible refers to. */
		filesInUse: async (sha256s: readonly string[]): Promise<string[]> => {
			const names = { $in: [...sha256s] };
			const rows = await pictures.find({ $or: [{ sha256: names }, { thumbnailSha256: names }] }).toArray();
			return rows.flatMap(({ sha256, thumbnailSha256 }) => [sha256, thumbnailSha256]);
		},
		removeOfProject: async (projectId: string) => void (await pictures.deleteMany({ projectId })),
	};
}
