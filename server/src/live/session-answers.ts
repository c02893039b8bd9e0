import * as encoding from 'lib0/encoding';
import * as sync from 'y-protocols/sync';
import * as Y from 'yjs';
import { syncMessages } from '@reelroom/shared/live/protocol.ts';
import { withoutAside } from './aside.ts';
import type { DocumentLife } from './document-life.ts';
import type { WorkTime } from './work-time.ts';

type AnswersDeps = {
	life: DocumentLife;
	work: WorkTime;
	accountId: string;
	/** Whether the client takes `packed` messages. */
	takesPacked: boolean;
	/** Whether it was sent the stored form of the document already. */
	hasStored: boolean;
	isClosed(): boolean;
	write(kind: number, fill: (encoder: encoding.Encoder) => void): void;
};

/** Who has used up the time of an account is answered after this long. */
const retryMs = 500;

/** Answers the questions of one connection for what it lacks. */
export class SessionAnswers {
	private readonly deps: AnswersDeps;
	/** The question that is not answered yet, and whether one is being answered: whoever asks again has at least what they had before. */
	private asked: Uint8Array | null = null;
	private isAnswering = false;

	constructor(deps: AnswersDeps) {
		this.deps = deps;
	}

	/** Answers what is behind a state vector, one question after the other; throws when it is none. Rejects when what is there cannot be kept. */
	ask(vector: Uint8Array): Promise<void> {
		// Decoded here first: a broken vector must not half answer.
		Y.decodeStateVector(vector);
		this.asked = vector;
		return this.isAnswering ? Promise.resolve() : this.answerAll();
	}

	private async answerAll(): Promise<void> {
		const { work, accountId, isClosed } = this.deps;
		this.isAnswering = true;
		for (let vector = this.asked; vector !== null && !isClosed(); vector = this.asked) {
			if (work.mayTake(accountId)) {
				this.asked = null;
				await this.answer(vector);
			} else await new Promise((resolve) => setTimeout(resolve, retryMs));
		}
		this.isAnswering = false;
	}

	/** Sends what is behind a state vector; what is taken while it is packed goes to this client as to all others. */
	private async answer(vector: Uint8Array): Promise<void> {
		const { life, takesPacked, hasStored, work, accountId, isClosed, write } = this.deps;
		await life.large.whole();
		await life.told();
		const isNew = vector.length === 1 && !life.ended;
		if (isNew && hasStored && life.isAsStored) return;
		const behind = (isNew && hasStored ? life.stored.vector : null) ?? vector;
		const packed = isNew && behind === vector && takesPacked ? await life.packed() : null;
		if (isClosed()) return;
		if (packed === null)
			work.take(accountId, () =>
				write(syncMessages.sync, (encoder) =>
					withoutAside(life.doc, () => sync.writeSyncStep2(encoder, life.doc, behind)),
				),
			);
		else write(syncMessages.packed, (encoder) => encoding.writeVarUint8Array(encoder, packed));
	}
}
