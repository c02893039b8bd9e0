/** A connection as the document sees it. */
export type Peer = {
	accountId: string;
	/** Its own client id, told by its first word of presence. */
	clientId: number | null;
	/** Frames with edits taken from it so far. */
	received: number;
	/** Whether it has left while edits of its own were judged, which goes on to its end. */
	readonly isOffering: boolean;
	/** Every client id it has edited under. */
	readonly ids: Set<number>;
	/** Another peer's edit, as the frame that all receive. */
	update(frame: Buffer): void;
	/** Who is where, as an awareness update; null = this client left. */
	presence(clientId: number, clock: number, state: string): void;
	/** What is durable now: clocks of this peer's own client ids, or of all when it has just joined, and how many of its frames. */
	durable(clocks: ReadonlyMap<number, number>, frames: number): void;
	/** What was behind has been written. */
	caughtUp(): void;
	/** What was held back may be taken now: offer it again. */
	retry(): void;
	close(code: number, reason: string): void;
	/** Its role may have changed. */
	revoked(): void;
};
