/**
 * Whose the client ids of a document are. Told here first, and written to the journal before anything that an id wrote is handed on: the
 * first row that names an id counts, on every server and for ever, so that nobody can take the id of somebody whose server died.
 */
export class ClientOwners {
	private readonly owners = new Map<number, string>();
	private readonly written = new Set<number>();
	private wanted: [clientId: number, owner: string][] = [];

	/** All that are known, written or only told. */
	get all(): ReadonlyMap<number, string> {
		return this.owners;
	}

	/** Answers whether the client id is, or now becomes, this owner's. */
	bind(clientId: number, owner: string): boolean {
		const known = this.owners.get(clientId);
		if (known !== undefined) return known === owner;
		this.owners.set(clientId, owner);
		return true;
	}

	/** Whether a row says whose the id is. */
	isWritten(clientId: number): boolean {
		return this.written.has(clientId);
	}

	/** Has the owners of these ids written with the next row; answers those that no row names yet. */
	want(clientIds: Iterable<number>): number[] {
		const unwritten = [...clientIds].filter((clientId) => !this.written.has(clientId));
		for (const clientId of unwritten) {
			const owner = this.owners.get(clientId);
			if (owner !== undefined && !this.wanted.some(([id]) => id === clientId)) this.wanted.push([clientId, owner]);
		}
		return unwritten;
	}

	/** Takes what the next row is to name. */
	takeWanted(): [clientId: number, owner: string][] {
		return this.wanted.splice(0);
	}

	/** Learns what a row names. Rows are learnt in their order. */
	learn(owners: Iterable<readonly [clientId: number, owner: string]>): void {
		for (const [clientId, owner] of owners) {
			if (this.written.has(clientId)) continue;
			this.written.add(clientId);
			this.owners.set(clientId, owner);
		}
	}
}
