import type { Db, MongoClient } from 'mongodb';

const counts = new WeakMap<MongoClient, { losses: number }>();

/**
 * How often this connection has lost sight of the database, counted from the first question on. What was answered before such a moment and was not on disk yet may be
 * gone, and a write that the driver then repeats by itself is answered as if nothing had happened: whoever relies on an earlier one compares the two counts.
 */
export function lostSight({ client }: Pick<Db, 'client'>): number {
	let count = counts.get(client);
	if (count === undefined) {
		const counted = { losses: 0 };
		client.on('serverDescriptionChanged', ({ newDescription }) => {
			if (newDescription.type === 'Unknown') counted.losses++;
		});
		client.on('connectionPoolCleared', () => counted.losses++);
		counts.set(client, (count = counted));
	}
	return count.losses;
}
