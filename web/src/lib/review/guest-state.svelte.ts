import type { GuestNote } from '@reelroom/shared/review/api.ts';
import { guestNoteApi } from '@reelroom/shared/review/api.ts';
import type { Point } from '@reelroom/shared/review/note.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import { threadsOf } from '@reelroom/shared/review/threads.ts';
import { call } from '#lib/call.ts';
import { problemWords } from '#lib/i18n/words.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';
import { Unsent } from './unsent.ts';
import type { CardThread, NoteActions } from './note-actions.ts';

/** Guests have no socket: they look again this often. */
const lookMs = 8_000;
type Kept = { id: string; name: string; secret: string };

const newId = (): string =>
	[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** What a guest of a comment link sees and writes; who they are is kept by this browser alone. */
export class GuestState {
	readonly #token: string;
	readonly #filmId: string;
	readonly #unsent = new Unsent(newId);
	#notes = $state.raw<GuestNote[]>([]);
	#me = $state.raw<Kept | null>(null);
	name = $state('');
	/** The link was ended while it was open. */
	ended = $state(false);
	#timer: ReturnType<typeof setInterval> | undefined;

	constructor(token: string, filmId: string) {
		this.#token = token;
		this.#filmId = filmId;
	}

	readonly threads: CardThread[] = $derived.by(() => threadsOf(this.#notes));
	get isKnown(): boolean {
		return this.#me !== null;
	}
	readonly actions: NoteActions = {
		isMine: ({ author }) => author.kind === 'guest' && author.id === this.#me?.id,
		canWrite: true,
		canResolve: false,
		answer: (thread, text) => this.#write({ threadId: thread.root.id, target: null }, text),
		edit: (note, text) =>
			this.#do(async ({ secret }) =>
				this.#keep(await call(guestNoteApi.edit, { params: this.#note(note.id), body: { secret, text } })),
			),
		remove: (note) =>
			void this.#do(async ({ secret }) =>
				this.#keep(await call(guestNoteApi.delete, { params: this.#note(note.id), body: { secret } })),
			),
		resolve: () => undefined,
		reopen: () => undefined,
	};

	/** Looks, and goes on looking until the answer is called. */
	follow(): () => void {
		this.#me = recall(this.#key);
		this.name = this.#me?.name ?? '';
		void this.look();
		this.#timer = setInterval(() => void this.look(), lookMs);
		return () => clearInterval(this.#timer);
	}
	async look(): Promise<void> {
		try {
			this.#notes = await call(guestNoteApi.list, { params: { token: this.#token } });
		} catch (failure) {
			this.#failed(failure, false);
		}
	}
	write(at: { frame: number; point: Point | null }, text: string): Promise<boolean> {
		return this.#write({ threadId: null, target: { kind: 'film', filmId: this.#filmId, ...at } }, text);
	}

	#write(
		about: {
			threadId: string | null;
			target: { kind: 'film'; filmId: string; frame: number; point: Point | null } | null;
		},
		text: string,
	): Promise<boolean> {
		const what = { ...about, text };
		const note = { id: this.#unsent.idFor(what), ...what, mentions: [] };
		return this.#do(async ({ secret }) => {
			this.#keep(await call(guestNoteApi.create, { params: { token: this.#token }, body: { secret, note } }));
			this.#unsent.arrived(what);
		});
	}
	/** Does something as this guest, who takes a name first where they have none; false when it could not be done. */
	async #do(work: (me: Kept) => Promise<void>): Promise<boolean> {
		try {
			await work(await this.#enter());
			return true;
		} catch (failure) {
			this.#failed(failure, true);
			return false;
		}
	}
	async #enter(): Promise<Kept> {
		if (this.#me !== null) return this.#me;
		const body = { name: this.name };
		const { guest, secret } = await call(guestNoteApi.enter, { params: { token: this.#token }, body });
		const me = { ...guest, secret };
		this.#me = me;
		localStorage.setItem(this.#key, JSON.stringify(me));
		return me;
	}
	#failed(failure: unknown, tell: boolean): void {
		if (!(failure instanceof Problem)) throw failure;
		if (failure.code === 'share-ended' || failure.code === 'not-allowed') {
			this.ended ||= failure.code === 'share-ended';
			if (this.ended) clearInterval(this.#timer);
		}
		if (tell) toasts.show(problemWords(failure), { kind: 'danger' });
	}
	#keep(note: GuestNote): void {
		this.#notes = [...this.#notes.filter(({ id }) => id !== note.id), note];
	}
	#note(noteId: string): { token: string; noteId: string } {
		return { token: this.#token, noteId };
	}
	get #key(): string {
		return `guest/${this.#token}`;
	}
}

/** Who this browser was the last time; null for nobody. */
function recall(key: string): Kept | null {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
		const { id, name, secret } = (kept ?? {}) as Record<string, unknown>;
		return typeof id === 'string' && typeof name === 'string' && typeof secret === 'string'
			? { id, name, secret }
			: null;
	} catch {
		return null; // Another program wrote there.
	}
}
