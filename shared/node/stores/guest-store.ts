import type { Db } from 'mongodb';

/** Somebody without an account who writes by a comment link. */
export type GuestRecord = {
	_id: string;
	linkId: string;
	projectId: string;
	name: string;
	/** SHA-256 of the secret, hex; the secret itself is told once and kept nowhere. */
	secretHash: string;
	createdAt: Date;
};

export type GuestStore = ReturnType<typeof createGuestStore>;

/** Questions asked of the `guests` collection. */
export function createGuestStore(db: Db) {
	const guests = db.collection<GuestRecord>('guests');
	return {
		ready: async () =>
			void (await guests.createIndexes([
				{ key: { secretHash: 1 }, unique: true },
				{ key: { linkId: 1 } },
				{ key: { projectId: 1 } },
			])),
		add: async (guest: GuestRecord) => void (await guests.insertOne(guest)),
		/** The guest of a link behind a secret. */
		findByHash: (linkId: string, secretHash: string) => guests.findOne({ linkId, secretHash }),
		count: (linkId: string) => guests.countDocuments({ linkId }),
		removeOfProject: async (projectId: string) => void (await guests.deleteMany({ projectId })),
	};
}
