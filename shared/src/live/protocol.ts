/** Path of the live document's WebSocket: `/sync/<projectId>?ticket=…` (y-websocket puts the room name last). */
export const syncPath = '/sync';

/** In the address of a connection whose client takes `packed` messages. */
export const packedParameter = 'packed';

/** Message kinds: 0–3 are those of y-websocket (sync, awareness, auth, query awareness); ours follow. */
export const syncMessages = {
	sync: 0,
	awareness: 1,
	auth: 2,
	queryAwareness: 3,
	/** Server → client: what is durable in the journal, as `durable.ts` writes and reads it; the save mark shows it. */
	durable: 100,
	/** Server → client: the sender may only read; JSON problem details as a string follow. */
	refused: 101,
	/** Server → client, instead of sync step 2 for whoever has nothing yet: the document as an update of Yjs' second format, deflated (raw), as bytes with their length. A third of the bytes. */
	packed: 102,
} as const;

/** 44xx are final for y-websocket, 45xx let it come back. */
export const closeCodes = {
	signIn: 4401,
	notAllowed: 4403,
	gone: 4404,
	badMessage: 4400,
	ticketSpent: 4501,
	goingAway: 4503,
	tooSlow: 4508,
	tooMany: 4529,
} as const;
