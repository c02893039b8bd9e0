import { SvelteMap } from 'svelte/reactivity';
import * as z from 'zod';
import { noteApi, reviewApi } from '@reelroom/shared/review/api.ts';
import type { Mentionable } from '@reelroom/shared/review/mentions.ts';
import { Note, type NoteTarget } from '@reelroom/shared/review/note.ts';
import { Review, type ReviewStatus } from '@reelroom/shared/review/review.ts';
import { threadsOf, type Thread } from '@reelroom/shared/review/threads.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { Project } from '@reelroom/shared/project/project.ts';
import { can } from '@reelroom/shared/workspace/access.ts';
import { workspaceApi } from '@reelroom/shared/workspace/api.ts';
import { serverNow } from '#lib/clock.svelte.ts';
import { call } from '#lib/call.ts';
import { problemWords } from '#lib/i18n/words.svelte.ts';
import type { Device } from '#lib/offline/device.ts';
import type { Answered, HeldAs, Outbox } from '#lib/outbox/outbox.svelte.ts';
import { toasts } from '#lib/ui/toasts.svelte.ts';
import {
	isReviewCall,
	notesWith,
	reviewsWith,
	type ReviewCall,
	type ReviewCallName,
	type ShownNote,
} from './review-calls.ts';

/** Clocks of servers differ by less than this: what changed so long before the newest note is asked for again. */
const overlapMs = 10_000;
/** A visit begins further back: a note may have been written a while before the database took it. */
const firstOverlapMs = 24 * 3_600_000;
/** Longer than this nobody waits for what the device keeps. */
const deviceMs = 1_000;
/** Changes that come together are kept together. */
const keepAfterMs = 1_000;
const Kept = z.object({
	/** Whether these are all notes there were: then only what changed since is asked for. */
	whole: z.boolean().default(false),
	notes: z.array(Note),
	reviews: z.array(Review),
	members: z.array(z.object({ id: z.string(), name: z.string() })),
});
type ReviewDeps = {
	project: Project;
	account: { id: string; name: string };
	device: Device;
	outbox: Outbox;
	newId: () => string;
};
/** Something that waits for a yes because a shot is approved. */
type Asking = { shotIds: readonly string[]; runs: ReadonlyMap<string, () => void> };
export type ShownThread = Thread<ShownNote>;

/** Where a thread stands, so that those at one place are numbered together. */
const placeOf = (target: NoteTarget): string =>
	target.kind === 'shot' ? target.shotId : target.kind === 'film' ? target.filmId : 'script';

/** Notes and reviews of the open project: what the server said, with what is under way or held on this device laid upon it. */
export class ReviewState {
	readonly #deps: ReviewDeps;
	readonly #notes = new SvelteMap<string, Note>();
	readonly #reviews = new SvelteMap<string, Review>();
	#sending = $state.raw<ReviewCall[]>([]);
	/** Who can be named. */
	members = $state.raw<Mentionable[]>([]);
	/** False until the server was heard. */
	known = $state(false);
	/** Whether all notes that there were at some time are here. */
	#isWhole = false;
	readonly #recalled: Promise<void>;
	#keepTimer: ReturnType<typeof setTimeout> | undefined;
	/** The thread that is shown to somebody who asked for it. */
	focusedId = $state<string | null>(null);
	/** Only shots of this status are on the board; null for all. */
	filter = $state<ReviewStatus | null>(null);
	asking = $state.raw<Asking | null>(null);
	#refreshing: Promise<void> | null = null;
	#again = false;

	constructor(deps: ReviewDeps) {
		this.#deps = deps;
		this.#recalled = this.#recall();
	}

	readonly #calls: ReviewCall[] = $derived.by(() => [...this.#deps.outbox.held.filter(isReviewCall), ...this.#sending]);
	readonly threads: ShownThread[] = $derived.by(() =>
		threadsOf(
			notesWith(this.#notes.values(), this.#calls, {
				projectId: this.#deps.project.id,
				me: this.#me,
			}).values(),
		),
	);
	readonly threadsByPlace: Map<string, ShownThread[]> = $derived.by(() =>
		Map.groupBy(this.threads, ({ target }) => placeOf(target)),
	);
	/** Numbers count from 1 at each place and stay when threads are settled. */
	readonly numbers: Map<string, number> = $derived.by(
		() =>
			new Map(
				[...this.threadsByPlace.values()].flatMap((own) =>
					own.map(({ root }, index): [string, number] => [root.id, index + 1]),
				),
			),
	);
	readonly reviews: Map<string, Review> = $derived.by(() => reviewsWith(this.#reviews.values(), this.#calls, this.#me));

	get #me(): { id: string; name: string } {
		return { id: this.#deps.account.id, name: this.#deps.account.name };
	}
	get openCount(): number {
		return this.threads.filter(({ resolved }) => !resolved).length;
	}
	get canWrite(): boolean {
		return can(this.#deps.project.role, 'note.create');
	}
	get canResolve(): boolean {
		return can(this.#deps.project.role, 'note.resolve');
	}
	get canModerate(): boolean {
		return can(this.#deps.project.role, 'note.moderate');
	}
	get canReview(): boolean {
		return can(this.#deps.project.role, 'review.set');
	}
	threadsOfShot(shotId: string): ShownThread[] {
		return this.threadsByPlace.get(shotId) ?? [];
	}
	statusOf(shotId: string): ReviewStatus {
		return this.reviews.get(shotId)?.status ?? 'none';
	}
	/** Of an approved shot that is not what was approved any more: by whom and when, as far as it is known. */
	changeOf(shotId: string): Review['changed'] {
		const said = this.reviews.get(shotId);
		return said?.status === 'approved' ? said.changed : undefined;
	}
	thread(id: string): ShownThread | undefined {
		return this.threads.find(({ root }) => root.id === id);
	}

	/** Writes a note; answers its id. */
	write(about: { target: NoteTarget } | { threadId: string }, text: string, mentions: string[]): string {
		const id = this.#deps.newId();
		const body = {
			id,
			threadId: 'threadId' in about ? about.threadId : null,
			target: 'target' in about ? about.target : null,
			text,
			mentions,
		};
		void this.#send('note.create', { params: { id: this.#deps.project.id }, body });
		return id;
	}
	editNote(noteId: string, text: string, mentions: string[]): void {
		void this.#send('note.edit', { params: this.#note(noteId), body: { text, mentions } });
	}
	deleteNote(noteId: string): void {
		void this.#send('note.delete', { params: this.#note(noteId) });
	}
	resolve(threadId: string): void {
		// What is settled need not be shown any longer.
		if (this.focusedId === threadId) this.focusedId = null;
		void this.#send('note.resolve', { params: this.#note(threadId) });
	}
	reopen(threadId: string): void {
		void this.#send('note.reopen', { params: this.#note(threadId) });
	}
	setStatus(shotId: string, status: ReviewStatus): void {
		// Approving again approves what has changed since.
		if (this.statusOf(shotId) === status && this.changeOf(shotId) === undefined) return;
		void this.#send('review.set', { params: { id: this.#deps.project.id, shotId }, body: { status } });
	}

	/** Changes shots; asks first where one of them is approved. A later word about the same thing takes the place of an earlier one. */
	beforeChange(shotIds: readonly string[], about: string, run: () => void): void {
		const approved = shotIds.filter((id) => this.statusOf(id) === 'approved');
		if (approved.length === 0) return run();
		this.asking = {
			shotIds: [...new Set([...(this.asking?.shotIds ?? []), ...approved])],
			runs: new Map([...(this.asking?.runs ?? []), [about, run]]),
		};
	}
	/** Yes: what was approved is in review again, and everything that waited is done. */
	goOn(): void {
		const { shotIds, runs } = this.asking ?? { shotIds: [], runs: new Map<string, () => void>() };
		this.asking = null;
		for (const id of shotIds) this.setStatus(id, 'in-review');
		for (const run of runs.values()) run();
	}
	leaveApproved(): void {
		this.asking = null;
	}

	/** Takes in what the server answered to a call. */
	answered(answer: Exclude<Answered, { name: 'task.generate' }>): void {
		if (answer.name === 'review.set') this.#reviews.set(answer.reply.shotId, answer.reply);
		else this.#keep(answer.reply);
		this.#keepHere();
	}
	/** Asks the server for what changed; asked again meanwhile, it looks once more. */
	refresh(): Promise<void> {
		this.#again = true;
		this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = null));
		return this.#refreshing;
	}

	async #refresh(): Promise<void> {
		const { id, workspaceId } = this.#deps.project;
		// Which notes this device knows already need not be told again; one that does not answer keeps nobody waiting.
		await Promise.race([this.#recalled, new Promise((resolve) => setTimeout(resolve, deviceMs))]);
		while (this.#again) {
			this.#again = false;
			const newest = [...this.#notes.values()].reduce(
				(last, { changedAt }) => (changedAt > last ? changedAt : last),
				'',
			);
			const query =
				this.#isWhole && newest !== ''
					? { since: new Date(Date.parse(newest) - (this.known ? overlapMs : firstOverlapMs)).toISOString() }
					: {};
			try {
				const [notes, reviews, members] = await Promise.all([
					call(noteApi.list, { params: { id }, query }, { stay: true }),
					call(reviewApi.list, { params: { id } }, { stay: true }),
					this.known ? null : call(workspaceApi.members, { params: { id: workspaceId } }, { stay: true }),
				]);
				for (const note of notes) this.#keep(note);
				for (const review of reviews) this.#reviews.set(review.shotId, review);
				if (members !== null) this.#seat(members.map(({ accountId, name }) => ({ id: accountId, name })));
				this.known = true;
				this.#isWhole = true;
				this.#keepHere();
			} catch (failure) {
				// Away, or no longer allowed: the next connection asks again, and the studio says why.
				if (!(failure instanceof Problem)) throw failure;
			}
		}
	}
	async #send<Name extends ReviewCallName>(name: Name, request: HeldAs<Name>['request']): Promise<void> {
		const sent = { id: this.#deps.newId(), name, request, heldAt: serverNow() } as unknown as ReviewCall;
		this.#sending = [...this.#sending, sent];
		try {
			const reply = await this.#deps.outbox.send(name, request);
			if (reply !== null) this.answered({ name, reply } as Exclude<Answered, { name: 'task.generate' }>);
		} catch (failure) {
			toasts.show(problemWords(failure), { kind: 'danger' });
		}
		this.#sending = this.#sending.filter((one) => one !== sent);
	}
	#note(noteId: string): { id: string; noteId: string } {
		return { id: this.#deps.project.id, noteId };
	}
	#keep(note: Note): void {
		const known = this.#notes.get(note.id);
		if (known === undefined || known.revision < note.revision) this.#notes.set(note.id, note);
	}
	get #key(): string {
		return `review/${this.#deps.project.id}`;
	}
	#keepHere(): void {
		clearTimeout(this.#keepTimer);
		this.#keepTimer = setTimeout(() => void this.#keepNow(), keepAfterMs);
	}
	async #keepNow(): Promise<void> {
		await this.#deps.device.put(this.#key, {
			whole: this.#isWhole,
			notes: [...this.#notes.values()],
			reviews: [...this.#reviews.values()],
			members: this.members,
		});
	}
	async #recall(): Promise<void> {
		const kept = Kept.safeParse(await this.#deps.device.read(this.#key));
		if (!kept.success) return;
		this.#isWhole = kept.data.whole;
		for (const note of kept.data.notes) this.#keep(note);
		for (const review of kept.data.reviews)
			if (!this.#reviews.has(review.shotId)) this.#reviews.set(review.shotId, review);
		if (!this.known) this.#seat(kept.data.members);
	}
	#seat(members: readonly Mentionable[]): void {
		this.members = members.map(({ id, name }) => ({ id, name, isMe: id === this.#deps.account.id }));
	}
}
