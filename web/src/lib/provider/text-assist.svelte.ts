import { textApi } from '@reelroom/shared/provider/api.ts';
import type { TextWish, WrittenText } from '@reelroom/shared/provider/text.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { call } from '#lib/call.ts';

type Wish = Partial<TextWish> & Pick<TextWish, 'task'>;

/** Words that are being written for one field of a shot, as a proposal. */
export class TextAssist {
	readonly projectId: string;
	/** The text model; undefined until it is known, null where rules do what they can. */
	model = $state.raw<string | null | undefined>(undefined);
	proposal = $state.raw<WrittenText | null>(null);
	failure = $state.raw<unknown>(null);
	busy = $state(false);
	#run = 0;
	constructor(projectId: string) {
		this.projectId = projectId;
	}

	/** Asks which model there is; away, nobody is told of one. */
	async refresh(): Promise<void> {
		try {
			this.model = (await call(textApi.model, { params: { id: this.projectId } }, { stay: true })).model;
		} catch (failure) {
			if (!(failure instanceof Problem)) throw failure;
		}
	}
	/** Has words written, and follows them until they are at their end or another wish takes their place. */
	async write(wish: Wish): Promise<void> {
		this.discard();
		const run = ++this.#run;
		const isCurrent = (): boolean => run === this.#run;
		this.busy = true;
		try {
			let written = await call(textApi.write, { params: { id: this.projectId }, body: wish });
			if (!isCurrent()) return this.#stop(written);
			this.proposal = written;
			while (!written.done) {
				written = await call(textApi.read, {
					params: { id: this.projectId, textId: written.id },
					query: { after: written.text.length },
				});
				if (!isCurrent()) return;
				this.proposal = written;
			}
			if (written.problem !== null) throw new Problem(written.problem.code as Problem['code'], written.problem.detail);
		} catch (failure) {
			if (!isCurrent()) return;
			this.failure = failure;
			this.proposal = null;
		} finally {
			if (isCurrent()) this.busy = false;
		}
	}
	/** Forgets the proposal; what is still being written is stopped. */
	discard(): void {
		this.#run++;
		if (this.proposal !== null) this.#stop(this.proposal);
		this.proposal = null;
		this.failure = null;
		this.busy = false;
	}
	#stop({ id, by }: WrittenText): void {
		if (by === 'model')
			// It is forgotten there by itself some minutes later.
			void call(textApi.stop, { params: { id: this.projectId, textId: id } }, { stay: true }).catch(() => undefined);
	}
}
