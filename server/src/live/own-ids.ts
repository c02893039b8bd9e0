import { uint32 } from 'lib0/random';
import { serverOwner } from '@reelroom/shared/live/owner.ts';

/** The client ids under which this server writes into a document, one for each account; with the document's owners they tell who wrote what. */
export class OwnIds {
	private readonly ids = new Map<string, number>();
	private readonly bind: (clientId: number, owner: string) => boolean;

	constructor(bind: (clientId: number, owner: string) => boolean) {
		this.bind = bind;
	}

	/** The one for an account, bound to it at first use. */
	of(accountId: string): number {
		const known = this.ids.get(accountId);
		if (known !== undefined) return known;
		let clientId;
		do clientId = uint32();
		while (!this.bind(clientId, serverOwner(accountId)));
		this.ids.set(accountId, clientId);
		return clientId;
	}
}
